"""Runs: a plan and a world in, a trace out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ...model.event_budget import EventBudget
from ...model.plan import Plan
from ...model.states import Stage
from ...model.trace import Row, Trace
from ...model.world import HOUR, World
from ..handled import Requests, table_of
from .kernel import go_on
from .layout import ASKED_FOR, NIGHT
from .night import IS_OVER, MEMORY_IS_FULL, ROWS_ARE_FULL, WANTS_REQUESTS
from .tables import Nights

#: Rows given out at once, at the most.
BLOCK = 1 << 13
Rows = NDArray[np.int64]


def run(plan: Plan, world: World, requests: Requests | None = None) -> Trace:
    """Run one plan in one world and return its trace, the same as that of the reference engine."""
    night = Running(plan, world, requests)
    rows = [Row._make(row) for block in night.blocks(lent=True) for row in block.tolist()]
    return Trace(plan, rows, night.missed, night.is_over)


def count(budget: EventBudget, rows: Rows) -> None:
    """Hold the events of each hour of a block of rows to the budget."""
    first = 0
    while first < len(rows):
        hour = int(rows[first, 0]) // HOUR
        last = int(np.searchsorted(rows[:, 0], (hour + 1) * HOUR))
        if not budget.add(hour, last - first):
            raise budget.exceeded(rows[:last, 1].tolist())
        first = last


def nights_of(plan: Plan, worlds: Sequence[World], *, asks_for_requests: bool) -> Nights:
    """The nights of a plan in these worlds."""
    begins = min((world.begins(plan) for world in worlds), default=0)
    ends = max((world.end for world in worlds), default=0)
    return Nights(plan, begins, ends, asks_for_requests=asks_for_requests)


class Running:
    """A run that gives out its trace in blocks of rows; it may be one of `nights`.

    Reports that were handled elsewhere may be a table, as `Taken` has it.
    """

    def __init__(
        self,
        plan: Plan,
        world: World,
        requests: Requests | NDArray[np.int64] | None = None,
        nights: Nights | None = None,
    ) -> None:
        nights = nights or nights_of(plan, [world], asks_for_requests=requests is not None)
        self.night = nights.night(world)
        self.requests = requests
        self.budget = EventBudget(plan)

    @property
    def missed(self) -> Stage | None:
        """The pinned stage that began after its pin, once the run is over."""
        stage = int(self.night[NIGHT.MISSED])
        return Stage(stage) if stage else None

    @property
    def is_over(self) -> bool:
        """Whether nothing of the incident is left that could still end."""
        return bool(self.night[NIGHT.HAS_INCIDENT]) and int(self.night[NIGHT.PENDING]) == 0

    def blocks(self, *, lent: bool = False) -> Iterator[Rows]:
        """The rows in order, as (rows, 5) arrays: time, event, entity, by, reason.

        What is lent is written over when the next block is asked for: who only looks at it spares a copy.
        """
        while True:
            status = go_on(self.night)
            if status == MEMORY_IS_FULL:
                self._grow()
            elif status == WANTS_REQUESTS:
                self._answer()
            else:
                rows = self._rows()
                count(self.budget, rows)
                yield rows if lent else rows.copy()
                if status == IS_OVER:
                    return

    def _rows(self) -> Rows:
        """Take the rows written so far; the next are written over them, or into more room."""
        night = self.night
        at, count, room = (int(night[place]) for place in (NIGHT.ROWS, NIGHT.ROW_COUNT, NIGHT.ROW_ROOM))
        rows = night[at : at + 5 * count].reshape(count, 5)
        night[NIGHT.ROW_COUNT] = 0
        if room < BLOCK and night[NIGHT.STATUS] == ROWS_ARE_FULL:
            self.night[NIGHT.ROWS] = self._more(5 * 8 * room)
            self.night[NIGHT.ROW_ROOM] = 8 * room
        return rows

    def _grow(self) -> None:
        """More memory, and a larger heap if it is the one that is full."""
        night, margin = self.night, int(self.night[NIGHT.MARGIN])
        if night[NIGHT.HEAP_SIZE] + margin > night[NIGHT.HEAP_ROOM]:
            room = 2 * int(night[NIGHT.HEAP_ROOM])
            place, old = self._more(2 * room), int(night[NIGHT.HEAP])
            self.night[place : place + room] = self.night[old : old + room]
            self.night[NIGHT.HEAP], self.night[NIGHT.HEAP_ROOM] = place, room
        else:
            self._more(0)

    def _more(self, words: int) -> int:
        """So many words at the end, and room after them."""
        night = self.night
        place = int(night[NIGHT.TOP])
        least = place + words + 2 * int(night[NIGHT.MARGIN])
        if least > night.size:
            self.night = np.empty(max(least, 2 * night.size), dtype=np.int64)
            self.night[:place] = night[:place]
            self.night[NIGHT.ROOM] = self.night.size
        self.night[NIGHT.TOP] = place + words
        return place

    def _answer(self) -> None:
        """Hand over the requests of another hour."""
        assert self.requests is not None  # noqa: S101 - asked for only where there are some
        begin, until = int(self.night[NIGHT.BEGIN]), int(self.night[NIGHT.UNTIL])
        if isinstance(self.requests, np.ndarray):
            first, last = np.searchsorted(self.requests[:, 0], (begin, until)).tolist()
            found = self.requests[first:last]
        else:
            found = table_of(self.requests(begin, until))
        words = found[:, : ASKED_FOR.SIZE]
        # What was handed over before is read no more, but for the one that is waited for.
        self.night[NIGHT.REQUESTS] = at = self._more(words.size)
        self.night[at : at + words.size] = words.reshape(-1)
        self.night[NIGHT.REQUEST_COUNT], self.night[NIGHT.REQUEST_NEXT] = len(words), 0
