"""The engine and a naive third opinion agree, row by row, on small random scenarios full of ties."""

from __future__ import annotations

from collections import Counter

import pytest

from deactsim.engines.chosen import run
from deactsim.model.invariants import check_trace
from deactsim.model.states import Event

from .compared import case, difference
from .oracle import Oracle

CASES = 240


@pytest.mark.parametrize("part", range(4))
def test_engine_and_oracle_agree(part: int) -> None:
    compared, rows, ties = 0, 0, 0
    seen: Counter[int] = Counter()
    for seed in range(part, CASES, 4):
        plan, worlds = case(seed)
        for world in worlds:
            trace = run(plan, world)
            assert not (found := difference(trace, Oracle(plan, world).run())), f"case {seed}: {found}"
            broken = check_trace(trace, world)
            assert not broken, f"case {seed}: {broken}"
            compared += 1
            rows += len(trace)
            ties += sum(a.time == b.time for a, b in zip(trace.rows, trace.rows[1:], strict=False))
            seen.update(row.event for row in trace)
    assert compared == 3 * CASES // 4
    assert rows > 50 * compared
    assert ties > rows // 2
    missing = {event for event in Event if event not in seen} - NOT_IN_THE_ORACLE
    assert not missing, "the cases have become too tame"


NOT_IN_THE_ORACLE = {
    Event.FIRST_STATEMENT, Event.SECOND_STATEMENT, Event.AUDIENCE_STEP, Event.AUDIENCE_WHOLE,
    Event.LOCKED_DOWN, Event.LOCK_LIFTED, Event.RIGHTS_END, Event.RIGHTS_ON,
}  # fmt: skip
