"""Nights run by both engines, held to each other to the last bit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from deactsim.engines import chosen, fast, reference
from deactsim.engines.handled import Requests
from deactsim.model.plan import Plan
from deactsim.model.states import Event, Stage
from deactsim.model.trace import Trace
from deactsim.model.world import World

from .compared import difference

#: Events that tell by which gate, channel or way, or for what reason.
SAYS = {
    Event.REPORT_CLOSED, Event.REQUESTED, Event.GATE_PASSED, Event.GATE_DENIED, Event.HELD, Event.REVIEW_ENDS,
    Event.CANCELLED, Event.ASKED, Event.NOTICED, Event.WORD_ARRIVES, Event.UNDO_AUTHORISED, Event.VISIBLE,
}  # fmt: skip
#: Ids begin here: what is below is a code.
ID = 1 << 59


class Both:
    """Runs nights by both engines, and remembers what happened in them."""

    def __init__(self) -> None:
        self.runs = 0
        self.rows = 0
        self.events: set[Event] = set()
        #: What was said: by whom it was, as far as that is a code, and why.
        self.said: Counter[tuple[Event, int, int]] = Counter()
        self.missed: Counter[Stage | None] = Counter()

    def __call__(self, plan: Plan, world: World, what: object, requests: Requests | None = None) -> Trace:
        """Run a plan by both; `what` says which it is, should they differ."""
        one, two = reference.run(plan, world, requests), fast.run(plan, world, requests)
        if one.rows != two.rows or one.missed is not two.missed:
            raise AssertionError(f"{what}, world {world.key}: {difference(one, two)}")
        self.runs += 1
        self.rows += len(one.rows)
        self.events.update(Event(row.event) for row in one.rows)
        self.said.update(
            (Event(row.event), row.by if row.by < ID else 0, row.reason)
            for row in one.rows
            if row.event in SAYS
        )
        self.missed[one.missed] += 1
        return one


@contextmanager
def by(name: chosen.Name) -> Iterator[None]:
    """Have `chosen` run nights by an engine."""
    before = chosen.asked()
    chosen.use(name)
    try:
        yield
    finally:
        chosen.use(before)
