"""Leaving routine out where it cannot matter changes nothing: held to equality."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from deactsim.engines.chosen import run
from deactsim.engines.handled import Requests, handling
from deactsim.model.causes import YEAR, incident_of, occurrence
from deactsim.model.compile import CannotBeSaid, compile_plan
from deactsim.model.compile_causes import compile_causes
from deactsim.model.plan import Plan
from deactsim.model.shifts import DAY
from deactsim.model.states import Event, Reason
from deactsim.model.streams import AGENT, ALARM, REPORT, TEAM, tag_of, team_of_agent, world_key
from deactsim.model.trace import Trace
from deactsim.model.world import World
from deactsim.scenario.load import load
from deactsim.scenario.paths import replace
from deactsim.scenario.schema import Scenario
from deactsim.study import background
from deactsim.study.background import run_incident, see_incidents
from deactsim.study.condition import new_worlds
from deactsim.study.measures import marks, marks_in
from deactsim.study.occurrences import FOLLOW, WARM_UP, measured, window
from tests.engines.compared import case
from tests.study.small import SECTIONS, new_world, small

FOLDER = Path(__file__).parents[2] / "scenarios"
WORLDS = 20


def plans(scenario: Scenario) -> list[Plan]:
    assert scenario.incident is not None
    found = []
    for policy in scenario.policies:
        for reading in scenario.incident.readings:
            for adapts in (False, True):
                try:
                    found.append(compile_plan(scenario, policy, reading, adapts=adapts))
                except CannotBeSaid:
                    continue
    return list(dict.fromkeys(found))


def careless(scenario: Scenario) -> Scenario:
    """Every second action a slip, and more of them: responders are needed all the time."""
    for tier in scenario.reports:
        scenario = replace(scenario, f"reports.{tier}.slip", 0.5)
        scenario = replace(scenario, f"reports.{tier}.actioned", 1.0)
    return scenario


class Runs:
    """Counts which plans the engine was asked to run: whole, with the actions that matter, without routine."""

    def __init__(self) -> None:
        self.whole = 0
        self.parts = 0
        self.without = 0

    def __call__(self, plan: Plan, world: World, requests: Requests | None = None) -> Trace:
        if not plan.streams:
            self.without += 1
        elif requests is None:
            self.whole += 1
        else:
            self.parts += 1
        return run(plan, world, requests)


@pytest.mark.parametrize("slips", ["rare", "every second"])
@pytest.mark.parametrize("name", ["trump", "jack", "hawaii"])
def test_marks_are_those_of_the_whole_run(name: str, slips: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load(FOLDER / f"{name}.yaml")
    if slips == "every second":
        scenario = careless(scenario)
    runs, incidents = Runs(), 0
    monkeypatch.setattr(background, "run", runs)
    for plan in plans(scenario):
        for number in range(WORLDS):
            world = new_world(plan, 3, number)
            assert marks(run_incident(plan, world), world.end) == marks(run(plan, world), world.end)
            incidents += 1
    # All ways were gone: quiet runs that stood, and others because of people or of a slip.
    assert runs.without > 0
    assert runs.parts > 0 or name == "hawaii"
    assert runs.without + runs.parts + runs.whole >= incidents
    if slips == "every second" and name != "hawaii":
        assert runs.without + runs.parts + runs.whole > incidents, "no run was repeated because of a slip"


def thinned(plan: Plan) -> Plan:
    """The plan with some hundred reports a day, of which many end in an error."""
    streams = [
        dataclasses.replace(
            stream,
            per_microsecond=min(max(stream.per_microsecond, 200 / DAY), 1000 / DAY),
            actioned=max(stream.actioned, 0.3),
            slip=0.3,
        )
        for stream in plan.streams
    ]
    return dataclasses.replace(plan, streams=tuple(streams))


@pytest.mark.parametrize(
    "name", ["platform-2017", "vendor-exit", "borrowed-keys", "small-saas", "late-cut-off"]
)
def test_occurrences_are_those_of_the_whole_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Causes of years too: what is measured of each under every policy."""
    scenario, runs, seen = load(FOLDER / f"{name}.yaml"), Runs(), set()
    monkeypatch.setattr(background, "run", runs)
    fleet = {policy: thinned(compile_plan(scenario, policy, None)) for policy in scenario.policies}
    start = 17_532 * DAY
    for number, cause in enumerate(compile_causes(scenario)):
        key = world_key(6, number)
        what = occurrence(World(key, start, start + YEAR), fleet[scenario.baseline], cause, 0, start)
        first = window(key, what)
        world = dataclasses.replace(first, end=min(first.end, what.at + 3 * DAY))
        for plan in fleet.values():
            one = dataclasses.replace(plan, incident=incident_of(plan, what, WARM_UP, FOLLOW))
            parts, whole = run_incident(one, world), run(one, world)
            assert marks(parts, world.end) == marks(whole, world.end)
            accounts = {one.incident.id + k: (1, True) for k in range(len(what.acts))}
            found, expected = (measured(trace.rows, accounts.get) for trace in (parts, whole))
            assert repr(found) == repr(expected)
            seen.add(repr(found))
    assert runs.parts > 10
    assert runs.without > 10
    assert len(seen) > 10


def of_incident(trace: Trace) -> list[tuple[int, ...]]:
    """What becomes of the acts, and by which team: with people to spare another of them may take it up."""
    return sorted(
        (time, event, entity, team_of_agent(by) if tag_of(by) == AGENT else by, reason)
        for time, event, entity, by, reason in trace.rows
        if tag_of(entity) not in (TEAM, AGENT, REPORT, ALARM)
    )


@pytest.mark.parametrize("part", range(2))
def test_much_falls_together(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random platforms and policies on a coarse grid of time: every row of the incident is that of the whole run."""
    runs = Runs()
    monkeypatch.setattr(background, "run", runs)
    for seed in (*range(part, 220, 2), 319, 342):  # the last two are hard on what remembers earlier actions
        plan, worlds = case(seed, all_safeguards=True)
        if plan.incident is None or handling(plan) is None:
            continue
        for world in worlds:
            found = of_incident(run_incident(plan, world))
            assert found == of_incident(run(plan, world))
    assert runs.whole == 0
    assert runs.parts > 50
    assert runs.without > 50


def test_what_cannot_matter_is_left_out() -> None:
    """Only wrongful actions, and those that a gate hands to somebody, are simulated with the incident."""
    reports = (
        "{protected: {command: deactivate, rate: 400 per day, actioned: 50%, handling: 5 min, slip: 20%}}"
    )
    for policy, honest in (
        ("{}", False),
        ("{confirm: {stops_slips: 50%}}", False),
        ("{approval: {by: {desk: 1}, review: 1 min, catches: 0%}}", True),
        ("{rate_limit: {per_agent: 1 per hour}}", True),
        ("{just_in_time: {takes: 1 min}}", True),
    ):
        scenario = small(policies=f"{{as-it-was: {policy}}}", reports=reports)
        plan = compile_plan(scenario, "as-it-was", "meant")
        reasons, arrived = set(), 0
        for number in range(5):
            rows = run_incident(plan, new_world(plan, 1, number)).rows
            routine = [row for row in rows if tag_of(row.entity) == REPORT]
            reasons |= {row.reason for row in routine if row.event == Event.REQUESTED}
            arrived += sum(row.event == Event.REPORT_ARRIVES for row in routine)
        assert arrived == 0
        assert Reason.SLIPPED in reasons
        assert (Reason.NONE in reasons) == honest


def test_policies_of_a_world_share_its_desk() -> None:
    reports = (
        "{protected: {command: deactivate, rate: 400 per day, actioned: 50%, handling: 5 min, slip: 20%}}"
    )
    policies = "{as-it-was: {}, confirm: {confirm: {stops_slips: 50%}}, few: {least_privilege: {holders: 1}}}"
    incident = SECTIONS["incident"].replace("{team: support}", "{team: support, among_holders: 100%}")
    scenario = small(reports=reports, policies=policies, incident=incident)
    fleet = [compile_plan(scenario, policy, "meant") for policy in scenario.policies]
    world = new_world(fleet[0], 1, 0)
    for plan, desks in zip(fleet, (1, 1, 2), strict=True):
        run_incident(plan, world)
        assert len(world.kept) == desks


def test_a_quiet_run_has_no_routine_and_a_slip_brings_it_back() -> None:
    reports = (
        "{protected: {command: deactivate, rate: 60 per day, actioned: 50%, handling: 5 min, slip: 60%}}"
    )
    plan = compile_plan(small(reports=reports), "as-it-was", "meant")
    rows = [row for n in range(40) for row in run_incident(plan, new_world(plan, 1, n)).rows]
    slips = {row.entity for row in rows if row.reason == Reason.SLIPPED}
    assert 0 < len(slips) < 40 * 60 * 0.3


@pytest.mark.parametrize(
    ("policy", "plain"),
    [
        ("{}", True),
        ("{automatic_restore: {after: 1 min}}", True),
        ("{approval: {by: {desk: 1}, review: 1 min, catches: 0%}}", True),
        ("{protected_list: {then: desk}}", True),
        ("{protected_list: {then: deny}}", True),
        ("{separation_of_duties: {by: desk, takes: 1 min, catches: 0%}}", True),
        ("{approval: {by: {support: 1}, review: 1 min, catches: 0%}}", False),
        ("{approval: {by: {desk: 1, support: 1}, review: 1 min, catches: 0%}}", False),
        ("{protected_list: {then: support}}", False),
        ("{approval: {by: {desk: 1}, review: 1 min, catches: 0%, commands: [deactivate, restore]}}", True),
        ("{lock_down: {after: 1 min, for: 1 h}}", True),
    ],
)
def test_routine_stays_where_its_people_are_needed(policy: str, plain: bool) -> None:
    """A slip's freeze, or an undo that many ask for, could reach the incident, and is never counted out."""
    reports = "{protected: {command: deactivate, rate: 20 per day, actioned: 50%, handling: 5 min}}"
    scenario = small(policies=f"{{as-it-was: {policy}}}", reports=reports)
    apart = background._apart_of(compile_plan(scenario, "as-it-was", "meant"))
    assert (apart is not None) == plain
    if apart is not None:
        assert apart.can_be_counted != ("restore]" in policy or "lock_down" in policy)


ASKING = {
    "approval": "{approval: {by: {desk: 2}, review: 'median 9 min, p90 40 min', catches: 30%, stamps: 10%,"
    " stamps_per_queued: 30%, time_out: 1 h}}",
    "handed over": "{protected_list: {then: desk, handling: 'median 20 min, p90 1 h', catches: 10%, covers: 80%}}",
    "executed": "{separation_of_duties: {by: desk, takes: 'median 20 min, p90 1 h', catches: 10%}}",
    "both": "{approval: {by: {desk: 1, on-call: 1}, review: 'median 9 min, p90 40 min', catches: 0%},"
    " separation_of_duties: {by: desk, takes: 'median 20 min, p90 1 h', catches: 0%}}",
    "alarms": "{alert: {after: 3 min, recall: 70%, false_alarms: 2 per hour, triage: 'median 20 min, p90 1 h'}}",
}


def test_what_comes_while_nobody_is_there_may_go_first() -> None:
    """The approver comes 41 minutes after the request; what is urgent and was asked for meanwhile is first."""
    reports = (
        "{protected: {command: deactivate, rate: 15 per day, actioned: 100%, urgent: 100%, handling: 5 min}}"
    )
    teams = """
  support: {headcount: 5, may: {deactivate: [protected]}}
  desk: {headcount: 1, shift: "19:30-23:00 UTC"}
  on-call: {headcount: 9}"""
    policies = "{as-it-was: {approval: {by: {desk: 1}, review: 20 min, catches: 100%}}}"
    plan = compile_plan(small(policies=policies, reports=reports, teams=teams), "as-it-was", "meant")
    assert plan.incident is not None
    worlds, waits = new_worlds(plan, 4, range(40)), 0
    at_once = see_incidents(plan, worlds)
    for number in range(40):
        world = worlds.world(number, plan.streams)
        found, whole = run_incident(plan, world), run(plan, world)
        assert of_incident(found) == of_incident(whole)
        assert marks_in(at_once, number, plan.incident.id) == marks(whole, world.end)
        waits += of_incident(run(replace_streams(plan), world)) != of_incident(whole)
    assert 0 < waits < 40


@pytest.mark.parametrize("policy", ASKING)
@pytest.mark.parametrize("heads", [2, 4, 9])
def test_who_could_be_kept_waiting_by_routine_is(
    policy: str, heads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the people suffice is looked up world by world: the marks are those of the whole run."""
    reports = (
        "{protected: {command: deactivate, rate: 60 per day, actioned: 60%, handling: 20 min, slip: 2%,"
        " misidentified: 2%}}"
    )
    teams = f"""
  support: {{headcount: 5, may: {{deactivate: [protected]}}}}
  desk: {{headcount: {heads}, shift: "07:00-19:30 UTC"}}
  on-call: {{headcount: {heads}}}"""
    scenario = small(policies=f"{{as-it-was: {ASKING[policy]}}}", reports=reports, teams=teams)
    plan, runs, waits = compile_plan(scenario, "as-it-was", "meant"), Runs(), 0
    monkeypatch.setattr(background, "run", runs)
    for number in range(40):
        world = new_world(plan, 4, number)
        found, whole = run_incident(plan, world), run(plan, world)
        assert marks(found, world.end) == marks(whole, world.end)
        quiet = run(replace_streams(plan), world)
        waits += marks(quiet, world.end) != marks(whole, world.end)
    assert runs.without == 40
    assert runs.whole == 0
    if heads == 2:
        assert runs.parts > 5
    if heads == 9:
        assert runs.parts < 40
    if heads == 2 and policy in ("approval", "executed"):
        assert waits > 0, "routine keeps nobody waiting here: the test is about nothing"


def replace_streams(plan: Plan) -> Plan:
    """The plan without reports."""
    return dataclasses.replace(plan, streams=())


def test_routine_stays_where_responders_handle_reports() -> None:
    scenario = small(
        reports="{protected: {command: deactivate, rate: 20 per day, actioned: 50%, handling: 5 min}}",
        teams="""
  support: {headcount: 5, may: {deactivate: [protected]}}
  on-call: {headcount: 2, may: {deactivate: [protected]}}
  desk: {headcount: 2}""",
    )
    assert background._apart_of(compile_plan(scenario, "as-it-was", "meant")) is None
