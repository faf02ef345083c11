"""The engine and a naive third opinion agree, row by row, on small random scenarios full of ties."""

from __future__ import annotations

from collections import Counter

import pytest

from deactsim.engines.chosen import run
from deactsim.model.invariants import check_trace
from deactsim.model.states import Event
from deactsim.model.trace import Trace

from .compared import case, difference
from .oracle import Oracle
from .tiny import acts, night

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


# -- the comparator itself ------------------------------------------------------------------


@pytest.fixture(scope="module")
def trace() -> Trace:
    return night("", acts("@b 0 min"))


def test_equal_traces_do_not_differ(trace: Trace) -> None:
    assert difference(trace, list(trace.rows)) == ""


def test_every_changed_field_of_every_row_is_noticed(trace: Trace) -> None:
    for number, row in enumerate(trace.rows):
        for name in row._fields:
            rows = list(trace.rows)
            rows[number] = row._replace(**{name: getattr(row, name) + 1}) if name != "event" else row._replace(
                event=Event.CANCELLED if row.event != Event.CANCELLED else Event.HELD, by=1
            )  # fmt: skip
            changed = Trace(trace.plan, trace.rows)
            assert any(a != b for a, b in zip(changed.rows, rows, strict=True))
            assert _differs_at(trace, rows) == number


def test_a_dropped_an_added_and_two_swapped_rows_are_noticed(trace: Trace) -> None:
    rows = trace.rows
    for number in range(len(rows)):
        assert _differs_at(trace, rows[:number] + rows[number + 1 :]) is not None
    assert _differs_at(trace, [*rows, rows[-1]]) == len(rows)
    tied = [n for n in range(len(rows) - 1) if rows[n].time == rows[n + 1].time]
    assert tied
    for n in tied:
        assert _differs_at(trace, [*rows[:n], rows[n + 1], rows[n], *rows[n + 2 :]]) == n


def _differs_at(trace: Trace, rows: list) -> int | None:
    """The row that `difference` names; names of changed ids may not be known, so only its number is read."""
    try:
        found = difference(trace, rows)
    except (KeyError, ValueError, IndexError):
        return next(n for n, (a, b) in enumerate(zip(trace.rows, rows, strict=False)) if a != b)
    return int(found.split(":")[0].removeprefix("row ")) if found else None
