"""Runs of one plan in many worlds: those that are small many at once, in one call of the kernel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import repeat

import numpy as np

from ...model.event_budget import EventBudget, most_events
from ...model.plan import Plan
from ...model.world import World
from .kernel import run_weeks
from .layout import ASKED_FOR, NIGHT, RUN, RUNS
from .run import Rows, Running, count, nights_of
from .tables import ROWS, Nights, calendar_of, image_of

#: Rows that runs of one call may come to, by and large, and what a report or an action comes to.
AT_ONCE, ROWS_EACH = 1 << 16, 8
#: Words that a run may need beside its tables; what needs more runs by itself, in a memory that grows.
WORDS = 1 << 16
#: A world, and the actions that its reports end in if these are known.
Given = tuple[World, Rows | None]


def run_blocks(
    plan: Plan, worlds: Sequence[World], handled: Iterable[Rows] | None = None
) -> Iterator[Iterator[Rows]]:
    """The rows of a run in each world, in blocks of (rows, 5): time, event, entity, by, reason."""
    return Runs(plan, worlds, handled).blocks()


class Runs:
    """Runs of a plan in worlds, with the actions that reports end in if somebody has `handled` these.

    As a `desk` they say how reports are handled.
    """

    def __init__(
        self,
        plan: Plan,
        worlds: Sequence[World],
        handled: Iterable[Rows] | None = None,
        *,
        desk: bool = False,
    ) -> None:
        self.plan, self.worlds, self.handled, self.desk = plan, worlds, handled, desk

    def blocks(self) -> Iterator[Iterator[Rows]]:
        """The blocks of each run; those of a desk are lent, as `Running` has it."""
        for some in self._some_at_once():
            if len(some) > 1 and self._are_alike:
                yield from self._at_once(some)
            else:
                while some:
                    yield self._alone(some.pop(0))

    @property
    def _are_alike(self) -> bool:
        """Whether runs differ in luck and reports alone: who leaves, and what is placed, is each one's own."""
        plan = self.plan
        alike = plan.incident is None and not plan.others and plan.safeguards.step_down is None
        return alike and all(world.script is None for world in self.worlds)

    def _some_at_once(self) -> Iterator[list[Given]]:
        given = repeat(None) if self.handled is None else iter(self.handled)
        rate = sum(stream.per_microsecond for stream in self.plan.streams)
        some, expected = list[Given](), 0.0
        for world in self.worlds:
            actions = next(given)
            expected += ROWS_EACH * ((world.end - world.start) * rate if actions is None else len(actions))
            some.append((world, actions))
            del actions  # those of a large platform are not held while the next are worked out
            if expected >= AT_ONCE:
                yield some
                some, expected = [], 0.0
        if some:
            yield some

    @cached_property
    def _nights(self) -> Nights:
        return nights_of(self.plan, self.worlds, asks_for_requests=self.handled is not None)

    def _alone(self, one: Given) -> Iterator[Rows]:
        world, actions = one
        running = Running(self.plan, world, actions, self._nights)
        running.night[NIGHT.IS_DESK] = self.desk
        return running.blocks(lent=self.desk)

    def _at_once(self, some: Sequence[Given]) -> Iterator[Iterator[Rows]]:
        """In one call of the kernel, as far as there is room."""
        image, night, given = self._memories(some)
        batch = np.zeros(RUNS.SIZE, dtype=np.int64)
        batch[RUNS.IMAGE_SIZE], batch[RUNS.COUNT], batch[RUNS.ROW_ROOM] = image.size, len(some), 2 * AT_ONCE
        first, most = 0, most_events(self.plan)
        while first < len(some):
            rows = np.empty((2 * AT_ONCE, 5), dtype=np.int64)
            batch[RUNS.FIRST], batch[RUNS.ROW_COUNT] = first, 0
            upto, at = run_weeks(batch, image, night, given.reshape(-1), rows.reshape(-1)), 0
            for number, size in enumerate(given[first:upto, RUN.ROWS].tolist(), first):
                if size < 0:  # it outgrew its memory
                    yield self._alone(some[number])
                else:
                    if size > most:
                        count(EventBudget(self.plan), rows[at : at + size])
                    yield iter([rows[at : at + size]])
                    at += size
            if upto == first:  # its rows alone are too many
                yield self._alone(some[upto])
                upto += 1
            first = upto

    def _memories(self, some: Sequence[Given]) -> tuple[Rows, Rows, Rows]:
        """The image of the plan, a night with its calendar and all requests behind it, and the runs."""
        begins = min((world.start for world in self.worlds), default=0)
        ends = max((world.end for world in self.worlds), default=0)
        calendar = calendar_of(begins, ends)
        image, room, dated = image_of(
            self.plan,
            World(0, begins, ends),
            begins,
            ends,
            rows=ROWS,
            spare=WORDS,
            calendar=calendar,
            asks_for_requests=self.handled is not None,
        )
        image[dated] += room
        image[NIGHT.IS_DESK] = self.desk
        none = np.empty((0, ASKED_FOR.SIZE), dtype=np.int64)
        requests = [none if actions is None else actions[:, : ASKED_FOR.SIZE] for _, actions in some]
        night = np.concatenate(
            [np.empty(room, dtype=np.int64), calendar.words, *(each.reshape(-1) for each in requests)]
        )
        given = np.zeros((len(some), RUN.SIZE), dtype=np.int64)
        given[:, RUN.KEY] = np.array([world.key for world, _ in some], dtype=np.uint64).view(np.int64)
        given[:, RUN.START] = [world.start for world, _ in some]
        given[:, RUN.END] = [world.end for world, _ in some]
        given[:, RUN.REQUEST_COUNT] = sizes = np.array([len(each) for each in requests])
        given[:, RUN.REQUESTS] = room + calendar.words.size + ASKED_FOR.SIZE * (np.cumsum(sizes) - sizes)
        return image, night, given
