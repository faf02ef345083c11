"""Evenings, occurrences and reports that the fast engine runs at once: the same as one by one by the reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba")

from deactsim.engines import chosen, reference
from deactsim.engines.fast import _jit, batch, tables, take_reports
from deactsim.engines.fast.layout import MEETINGS
from deactsim.engines.handled import handling
from deactsim.engines.seen import FIELDS, UNDER_REVIEW, UNMANNED, Seen
from deactsim.model.causes import YEAR, occurrence
from deactsim.model.compile import CannotBeSaid, compile_plan
from deactsim.model.compile_causes import compile_causes
from deactsim.model.plan import Plan
from deactsim.model.shifts import DAY
from deactsim.model.states import Reason
from deactsim.model.streams import world_key
from deactsim.model.trace import Trace
from deactsim.model.world import HOUR, World
from deactsim.model.worlds import Worlds
from deactsim.scenario.load import load, loads
from deactsim.scenario.schema import Scenario
from deactsim.study import background, occurrences
from deactsim.study.background import see_incidents
from deactsim.study.condition import condition, new_worlds, pins
from deactsim.study.forecast import year_start
from deactsim.study.measures import MINUTE, marks, table_of
from deactsim.study.occurrences import Meeting
from tests.study.chains import FAR_OUT

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
#: What is not compiled takes its time.
MANY = 40 if _jit.COMPILED else 4


@pytest.fixture(autouse=True)
def engine() -> Iterator[str]:
    """What is at once is fast; the reference is asked by name."""
    chosen.use("fast")
    yield "fast"
    chosen.use("auto")


def scenario(name: str) -> Scenario:
    return load(SCENARIOS / f"{name}.yaml")


def plans_of(read: Scenario) -> list[Plan]:
    """The plans of all policies under all readings that can be said."""
    assert read.incident is not None
    found = []
    for policy in read.policies:
        for reading in read.incident.readings:
            try:
                found.append(compile_plan(read, policy, reading))
            except CannotBeSaid:
                continue
    return list(dict.fromkeys(found))


def each(plan: Plan, worlds: Worlds) -> list[World]:
    """The worlds one by one."""
    return [worlds.world(place, plan.streams) for place in range(len(worlds))]


def one_by_one(plan: Plan, worlds: Worlds) -> Seen:
    """What the reference says, each world run as a whole."""
    assert plan.incident is not None
    seen = [marks(reference.run(plan, world), world.end) for world in each(plan, worlds)]
    drawn = [world.effect_as_documented(plan.incident) for world in each(plan, worlds)]
    return table_of(seen, len(plan.incident.acts), plan.incident.id, drawn)


def same(found: Seen, expected: Seen) -> None:
    """Every field but what it missed, and all that gates said."""
    ours, theirs = found.table.copy(), expected.table.copy()
    for name in ("said", "missed"):
        ours[:, FIELDS.index(name)] = theirs[:, FIELDS.index(name)] = 0
    assert np.array_equal(ours, theirs), np.argwhere(ours != theirs)[:5]
    for evening in range(len(found)):
        assert np.array_equal(found.said_in(evening), expected.said_in(evening))


@pytest.mark.parametrize("name", ["trump", "jack"])
def test_evenings_are_those_of_the_reference(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read, alone = scenario(name), Counter[str]()
    monkeypatch.setattr(
        background, "run_incident", lambda plan, world: alone.update(["alone"]) or reference.run(plan, world)
    )
    own = plans_of(read)[0]
    kept = condition(read, own, 1, MANY)
    alone.clear()
    reasons = Counter[int]()
    for plan in plans_of(read):
        for worlds in (kept.worlds_for(plan), new_worlds(plan, 2, range(MANY // 4))):
            seen = see_incidents(plan, worlds)
            same(seen, one_by_one(plan, worlds))
            reasons.update(seen.said[:, 1].tolist())
    assert alone["alone"] == 0
    assert len(reasons) > (15 if name == "trump" else 3)


@pytest.mark.parametrize("lag", ["90 days", "median 40 days, p90 200 days"])
def test_an_act_that_lags_for_months_is_run_with_the_others(
    lag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All the false alarms of the time between come, and no world is left to the reference."""
    alert = "as-it-was: {alert: {after: 1 min, recall: 95%, false_alarms: 2 per day, triage: 40 min}}"
    text = FAR_OUT.replace("undo: unlock}", f"undo: unlock, lag: '{lag}'}}").replace("as-it-was: {}", alert)
    own = compile_plan(loads(text), "as-it-was", "rule")
    worlds, alone = new_worlds(own, 1, range(5)), Counter[str]()
    monkeypatch.setattr(background, "run_incident", lambda plan, world: alone.update(["alone"]))  # noqa: ARG005
    seen = see_incidents(own, worlds)
    assert not alone
    same(seen, one_by_one(own, worlds))


def test_pinned_stages_that_are_missed_are_named() -> None:
    read = scenario("trump")
    own = plans_of(read)[0]
    for stratum in pins(read, own):
        worlds = replace(new_worlds(own, 1, range(MANY)), pins=stratum)
        seen = see_incidents(own, worlds)
        missed = [reference.run(own, world).missed for world in each(own, worlds)]
        assert seen["missed"].tolist() == [0 if stage is None else stage for stage in missed]


def test_what_gates_say_may_need_more_room(monkeypatch: pytest.MonkeyPatch) -> None:
    read = scenario("trump")
    plan = compile_plan(read, "layered", next(iter(read.incident.readings))) if read.incident else None
    assert plan is not None
    worlds = new_worlds(plan, 1, range(MANY))
    expected = see_incidents(plan, worlds)
    monkeypatch.setattr(batch, "SAID_ROOM", 4200)
    many = worlds.take(np.tile(np.arange(MANY), 30))
    same(see_incidents(plan, many).take(range(MANY)), expected)


def test_an_evening_with_more_events_than_it_may_have_is_run_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, alone = scenario("trump"), Counter[str]()
    plan = plans_of(read)[0]
    worlds = new_worlds(plan, 1, range(4))
    expected = see_incidents(plan, worlds)

    def run(plan: Plan, world: World) -> Trace:
        alone["alone"] += 1
        return reference.run(plan, world)

    monkeypatch.setattr(background, "run_incident", run)
    monkeypatch.setattr(tables, "most_events", lambda _: 3)
    same(see_incidents(plan, worlds), expected)
    assert alone["alone"] == 4


@pytest.mark.parametrize("name", ["small-saas", "vendor-exit", "borrowed-keys", "late-cut-off"])
def test_occurrences_are_those_of_the_reference(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read, alone = scenario(name), Counter[str]()
    assert read.forecast is not None
    protected, start = frozenset(read.forecast.protected), year_start(read)
    whole = World(world_key(5, 0), start, start + YEAR)
    plans = list(dict.fromkeys(compile_plan(read, policy, None) for policy in read.policies))
    singly = occurrences.run_occurrence

    def run(*given: object) -> tuple[float, ...]:
        alone["alone"] += 1
        return singly(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(occurrences, "run_occurrence", run)
    compared, many = 0, 3 if _jit.COMPILED else 1
    for cause in compile_causes(read):
        if cause.per_year <= 0.0 or (cause.accounts > 50 and not _jit.COMPILED):
            continue
        found = [occurrence(whole, plans[0], cause, number, start) for number in range(many)]
        alone.clear()
        values = occurrences.run_occurrences(Meeting.of(plans), [whole] * many, found, protected)
        assert alone["alone"] == 0
        chosen.use("reference")
        for place, plan in enumerate(plans):
            for number, what in enumerate(found):
                expected = singly(plan, occurrences.window(whole.key, what), what, protected)
                assert np.array_equal(values[place, number], expected, equal_nan=True), (
                    cause.name,
                    place,
                    number,
                )
                compared += 1
        chosen.use("fast")
    assert compared >= 3 * many * len(plans)


@pytest.mark.parametrize("room", [1 << 14, 3])
def test_a_desk_hands_over_the_actions_that_matter(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Occurrences that could be kept waiting are as the reference has them, also where the desk has no room."""
    read, opened = scenario("borrowed-keys"), Counter[bool]()
    assert read.forecast is not None
    protected, start = frozenset(read.forecast.protected), year_start(read)
    whole = World(world_key(3, 1), start, start + YEAR)
    plans = list(dict.fromkeys(compile_plan(read, policy, None) for policy in read.policies))
    at_once = batch.run_occurrences

    def run(meetings: batch.Array, *memories: batch.Array) -> int:
        done = at_once(meetings, *memories)
        opened[bool(meetings[MEETINGS.DESK] >= 0 and meetings[MEETINGS.HANDLED_COUNT] > 2)] += 1
        return done

    monkeypatch.setattr(batch, "run_occurrences", run)
    monkeypatch.setattr(batch, "ACTIONS", room)
    cause = max(compile_causes(read), key=lambda each: each.per_year)
    for number in range(12 if _jit.COMPILED else 2):
        what = occurrence(whole, plans[0], cause, number, start)
        values = occurrences.run_occurrences(Meeting.of(plans), [whole], [what], protected)
        chosen.use("reference")
        for place, plan in enumerate(plans):
            expected = occurrences.run_occurrence(plan, occurrences.window(whole.key, what), what, protected)
            assert np.array_equal(values[place, 0], expected, equal_nan=True), (number, place)
        chosen.use("fast")
    assert opened[True]


@pytest.mark.parametrize("name", ["trump", "vendor-exit", "platform-2017"])
def test_reports_are_taken_as_at_the_desk(name: str) -> None:
    read, taken = scenario(name), 0
    start = year_start(read) + 9 * DAY
    plans = {handling(compile_plan(read, policy, None)) for policy in read.policies} - {None}
    for number, plan in enumerate(plans):
        assert plan is not None
        span = (6 if name == "platform-2017" else 9 * 24) * HOUR
        world = World(world_key(3, number), start, start + (span if _jit.COMPILED else span // 6))
        (ours,), (theirs,) = take_reports(plan, [world]), reference.take_reports(plan, [world])
        for field in ("arrived", "taken", "closed", "agent", "actions"):
            assert np.array_equal(getattr(ours, field), getattr(theirs, field)), field
        taken += len(ours.taken)
    assert taken > 50


def test_it_is_told_how_a_time_out_came_about() -> None:
    """Somebody was looking, nobody had looked, or nobody was there, as the reference's traces have it."""
    read = scenario("trump")
    hows = Counter[int]()
    for plan in plans_of(read):
        approval = plan.safeguards.approval
        if approval is None:
            continue
        for away in (False, True):
            asked = set(approval.slots) if away else set()
            short = replace(
                plan,
                safeguards=replace(plan.safeguards, approval=replace(approval, time_out=4 * MINUTE)),
                teams=tuple(replace(t, windows=()) if n in asked else t for n, t in enumerate(plan.teams)),
            )
            worlds = new_worlds(short, 4, range(MANY))
            seen = see_incidents(short, worlds)
            same(seen, one_by_one(short, worlds))
            hows.update(seen.said[seen.said[:, 1] == Reason.TIMED_OUT, 2].tolist())
    assert {UNMANNED, UNDER_REVIEW} <= set(hows)


def test_some_evenings_of_a_table_are_as_another_has_them() -> None:
    """What gates said goes with its evening: 5 evenings in which a gate says as much as their number."""
    table = np.zeros((5, len(FIELDS) + 8), dtype=np.int64)
    counts = np.arange(5)
    table[:, FIELDS.index("said")], table[:, FIELDS.index("said_count")] = np.cumsum(counts) - counts, counts
    seen = Seen(table, np.repeat(counts, counts)[:, None] * [1, 1, 1], acts=1)
    others = Seen(table + 100 * (np.arange(len(table[0])) == 0), -seen.said, acts=1)
    mixed = seen.with_others(np.array([1, 4]), others.take([3, 2]))
    assert mixed["status"].tolist() == [0, 100, 0, 0, 100]
    assert [mixed.said_in(evening)[:, 0].tolist() for evening in range(5)] == [
        [],
        [-3, -3, -3],
        [2, 2],
        [3, 3, 3],
        [-2, -2],
    ]
