"""The comparator: it notices whatever is changed in a trace, and names the row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deactsim.engines import reference
from deactsim.model.plan import Plan
from deactsim.model.states import Stage
from deactsim.model.trace import Row, Trace
from deactsim.model.world import World

from .compared import case, difference
from .tiny import acts, plan_of, world_of


@pytest.fixture(scope="module", autouse=True)
def engine() -> str:
    """What is compared is changed by hand."""
    return "none"


def several() -> tuple[Plan, World]:
    """A case with an incident of its own, others beside it, and routine."""
    for seed in range(100):
        plan, worlds = case(seed, all_safeguards=True)
        if plan.incident is not None and len(plan.others) == 2:
            return plan, worlds[0]
    raise AssertionError("no case has several incidents")


def one() -> tuple[Plan, World]:
    plan = plan_of("", acts("@b 0 min"))
    return plan, world_of(plan)


@pytest.fixture(scope="module", params=[one, several], ids=["one incident", "several"])
def trace(request: pytest.FixtureRequest) -> Trace:
    return reference.run(*request.param())


def test_equal_traces_do_not_differ(trace: Trace) -> None:
    assert len(trace) > 15
    assert difference(trace, Trace(trace.plan, list(trace.rows))) == ""
    assert difference(trace, list(trace.rows)) == ""


@pytest.mark.parametrize("field", Row._fields)
@pytest.mark.parametrize("by", [1, -1, 1 << 40])
def test_a_changed_field_is_noticed(trace: Trace, field: str, by: int) -> None:
    for number, row in enumerate(trace.rows):
        rows = list(trace.rows)
        rows[number] = row._replace(**{field: getattr(row, field) + by})
        assert_differs_at(number, trace, rows)


def test_swapped_rows_are_noticed(trace: Trace) -> None:
    rows = trace.rows
    tied = [n for n in range(len(rows) - 1) if rows[n].time == rows[n + 1].time]
    assert len(tied) > 5
    for n in tied:
        assert_differs_at(n, trace, [*rows[:n], rows[n + 1], rows[n], *rows[n + 2 :]])


def test_a_dropped_row_is_noticed(trace: Trace) -> None:
    for number in range(len(trace)):
        assert_differs_at(number, trace, trace.rows[:number] + trace.rows[number + 1 :])


def test_an_added_row_is_noticed(trace: Trace) -> None:
    rows = trace.rows
    for number in range(len(rows)):
        # A row that is there twice is one too many where the next should be.
        assert_differs_at(number + 1, trace, [*rows[: number + 1], rows[number], *rows[number + 1 :]])


def test_a_cut_end_is_noticed(trace: Trace) -> None:
    for number in range(len(trace)):
        assert_differs_at(number, trace, trace.rows[:number])


@pytest.mark.parametrize(
    ("ours", "theirs"), [(None, Stage.RESTORE), (Stage.RESTORE, None), (Stage.RESTORE, Stage.PICK_UP)]
)
def test_another_miss_is_noticed(trace: Trace, ours: Stage | None, theirs: Stage | None) -> None:
    found = difference(replace(trace, missed=ours), replace(trace, missed=theirs))
    assert found == f"row {len(trace)}: one missed {ours!r}, two {theirs!r}"
    assert difference(replace(trace, missed=ours), replace(trace, missed=ours)) == ""


def test_what_came_before_is_shown(trace: Trace) -> None:
    rows = list(trace.rows)
    rows[12] = rows[12]._replace(time=rows[12].time + 60_000_000)
    found = difference(trace, rows).splitlines()
    assert found[0] == "row 12:"
    assert len(found) == 1 + 8 + 2
    assert found[-2].startswith("one: ")
    assert trace.event_name(rows[12]) in found[-2]
    assert found[-1].startswith("two: ")


def assert_differs_at(number: int, trace: Trace, rows: list[Row]) -> None:
    """Told of either way round, by rows alone or as another trace."""
    other = Trace(trace.plan, rows)
    for found in (difference(trace, rows), difference(trace, other), difference(other, trace)):
        assert found.startswith(f"row {number}:\n")
