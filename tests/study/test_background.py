"""Leaving routine out where it cannot matter changes nothing: held to equality."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from deactsim.engines.reference import run
from deactsim.model.compile import CannotBeSaid, compile_plan
from deactsim.model.plan import Plan
from deactsim.model.trace import Trace
from deactsim.model.world import World
from deactsim.scenario.load import load
from deactsim.scenario.paths import replace
from deactsim.scenario.schema import Scenario
from deactsim.study import background
from deactsim.study.background import run_incident
from deactsim.study.condition import new_world
from deactsim.study.measures import marks
from tests.study.small import small

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
    """Counts which plans the engine was asked to run."""

    def __init__(self) -> None:
        self.with_routine = 0
        self.without = 0

    def __call__(self, plan: Plan, world: World) -> Trace:
        self.with_routine += bool(plan.streams)
        self.without += not plan.streams
        return run(plan, world)


@pytest.mark.parametrize("slips", ["rare", "every second"])
@pytest.mark.parametrize("name", ["trump", "jack", "hawaii"])
def test_marks_are_those_of_the_whole_run(name: str, slips: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load(FOLDER / f"{name}.yaml")
    if slips == "every second":
        scenario = careless(scenario)
    quiet, whole = Runs(), 0
    monkeypatch.setattr(background, "run", quiet)
    for plan in plans(scenario):
        for number in range(WORLDS):
            world = new_world(plan, 3, number)
            assert marks(run_incident(plan, world), world.end) == marks(run(plan, world), world.end)
            whole += 1
    # Both ways were gone: quiet runs that stood, and whole runs because of people or of a slip.
    assert quiet.without > quiet.with_routine * 0.05
    assert quiet.with_routine > 0 or name == "hawaii"
    assert quiet.without + quiet.with_routine >= whole
    if slips == "every second" and name != "hawaii":
        assert quiet.without + quiet.with_routine > whole, "no run was repeated because of a slip"


def test_a_quiet_run_has_no_routine_and_a_slip_brings_it_back() -> None:
    reports = (
        "{protected: {command: deactivate, rate: 20 per day, actioned: 50%, handling: 5 min, slip: 20%}}"
    )
    scenario = small(reports=reports)
    plan = compile_plan(scenario, "as-it-was", "meant")
    lengths = {
        bool(len(run_incident(plan, new_world(plan, 1, n))) == len(run(plan, new_world(plan, 1, n))))
        for n in range(40)
    }
    assert lengths == {True, False}


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
        ("{approval: {by: {desk: 1}, review: 1 min, catches: 0%, commands: [deactivate, restore]}}", False),
        ("{lock_down: {after: 1 min, for: 1 h}}", False),
    ],
)
def test_routine_stays_where_its_people_are_needed(policy: str, plain: bool) -> None:
    """Or where a slip's freeze, or an undo that many ask for, could reach the incident."""
    reports = "{protected: {command: deactivate, rate: 20 per day, actioned: 50%, handling: 5 min}}"
    scenario = small(policies=f"{{as-it-was: {policy}}}", reports=reports)
    assert (background._quiet(compile_plan(scenario, "as-it-was", "meant")) is not None) == plain


ASKING = {
    "approval": "{approval: {by: {desk: 2}, review: 'median 9 min, p90 40 min', catches: 30%, stamps: 10%,"
    " stamps_per_queued: 30%, time_out: 1 h}}",
    "handed over": "{protected_list: {then: desk, handling: 'median 20 min, p90 1 h', catches: 10%, covers: 80%}}",
    "executed": "{separation_of_duties: {by: desk, takes: 'median 20 min, p90 1 h', catches: 10%}}",
    "both": "{approval: {by: {desk: 1, on-call: 1}, review: 'median 9 min, p90 40 min', catches: 0%},"
    " separation_of_duties: {by: desk, takes: 'median 20 min, p90 1 h', catches: 0%}}",
    "alarms": "{alert: {after: 3 min, recall: 70%, false_alarms: 2 per hour, triage: 'median 20 min, p90 1 h'}}",
}


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
    if heads == 2:
        assert runs.with_routine > 5
    if heads == 9:
        assert runs.with_routine < 40
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
    assert background._quiet(compile_plan(scenario, "as-it-was", "meant")) is None
