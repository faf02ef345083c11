"""What a scenario implies, against sums done by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deactsim.model.compile import compile_plan
from deactsim.study.implied import implied, loads, overloaded
from tests.study.small import small

REPORTS = """
  protected: {command: deactivate, rate: 96 per day, actioned: 25%, slip: 2%, handling: exponential mean 30 min}"""
TEAMS = """
  support: {headcount: 4, may: {deactivate: [protected]}, shift: "09:00-21:00 UTC"}
  night: {headcount: 2, may: {deactivate: [protected]}}
  desk: {headcount: 2, shift: "Mon-Fri 08:00-16:00 UTC"}
  on-call: {headcount: 1}"""
POLICIES = """
  as-it-was: {}
  two: {approval: {by: {desk: 2}, review: uniform 0 min to 20 min, catches: 90%, covers: 50%}}
  seniors: {protected_list: {then: desk, handling: 20 min, covers: 50%}}
  others: {separation_of_duties: {by: night, takes: 10 min, catches: 0%}}
  alarms: {alert: {after: 1 s, recall: 50%, false_alarms: 36 per day, triage: exponential mean 60 min}}
  elsewhere: {approval: {of: [], by: {desk: 1}, review: 1 h, catches: 90%}}
  few: {least_privilege: {holders: 3}}"""


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, float]]:
    scenario = small(reports=REPORTS, teams=TEAMS, policies=POLICIES)
    return {name: loads(compile_plan(scenario, name, None)) for name in scenario.policies}


def test_reports_are_shared_by_capacity(found: dict[str, dict[str, float]]) -> None:
    # 48 hours of work a day; 4 people for half the day and 2 for all of it: 96 hours of people.
    assert found["as-it-was"] == pytest.approx({"support": 0.5, "night": 0.5}, rel=1e-12)


def test_approvers_work_for_each_slot(found: dict[str, dict[str, float]]) -> None:
    # 24 actions a day, half of them listed, two reviews of 10 min: 4 h a day; desks 2 x 8 h x 5/7.
    desk = 4 / (2 * 8 * 5 / 7)
    assert found["two"] == pytest.approx({"support": 0.5, "night": 0.5, "desk": desk}, rel=1e-12)
    assert found["seniors"]["desk"] == pytest.approx(desk, rel=1e-12)


def test_executors_and_responders(found: dict[str, dict[str, float]]) -> None:
    # 4 h of executing on top of 24 h of reports, by 48 hours of people.
    assert found["others"]["night"] == pytest.approx(28 / 48, rel=1e-12)
    assert found["alarms"]["on-call"] == pytest.approx(36 / 24, rel=1e-12)


def test_what_is_not_covered_costs_nothing(found: dict[str, dict[str, float]]) -> None:
    assert found["elsewhere"] == found["as-it-was"]


def test_fewer_holders_carry_more(found: dict[str, dict[str, float]]) -> None:
    # Three holders, two in support and one at night: 24 + 24 hours of people for 48 of work.
    assert found["few"] == pytest.approx({"support": 1.0, "night": 1.0}, rel=1e-12)


def test_implied_says_so() -> None:
    scenario = small(reports=REPORTS, teams=TEAMS, policies=POLICIES)
    told = implied(scenario)
    assert told.wrongful_per_year == pytest.approx({"protected": 96 * 0.25 * 0.02 * 365.25}, rel=1e-12)
    texts = {(pool.policy, pool.team): pool.text for pool in told.pools}
    assert texts[None, "support"] == "support is busy 50.0% of its time on shift"
    assert (
        texts["alarms", "on-call"]
        == "on-call is offered 150% of what it can do: its queue grows without bound"
    )
    assert ("elsewhere", "desk") not in texts


def test_nobody_on_shift_is_an_endless_load() -> None:
    scenario = small(
        reports=REPORTS,
        teams="""
  support: {headcount: 4, may: {deactivate: [protected]}}
  desk: {headcount: 1}
  on-call: {headcount: 1}""",
        policies="{as-it-was: {approval: {by: {desk: 1}, review: 1 min, catches: 0%}}}",
    )
    plan = compile_plan(scenario, "as-it-was", None)
    assert loads(plan)["desk"] == pytest.approx(24 / 60 / 24, rel=1e-12)
    nobody = tuple(replace(team, windows=()) if team.name == "desk" else team for team in plan.teams)
    assert loads(replace(plan, teams=nobody))["desk"] == float("inf")
    # Requests leave when their time is up; what is handed to a senior stays.
    assert overloaded(replace(plan, teams=nobody)) == {}
    handed = compile_plan(
        small(
            reports=REPORTS,
            teams=TEAMS,
            policies="{as-it-was: {protected_list: {then: desk, handling: 1 min}}}",
        ),
        "as-it-was",
        None,
    )
    nobody = tuple(replace(team, windows=()) if team.name == "desk" else team for team in handed.teams)
    assert overloaded(replace(handed, teams=nobody)) == {"desk": "nobody in desk is ever on shift"}
    # Reports that nobody is there to take: nothing comes to the desk, nothing is ever done.
    without = replace(plan, teams=tuple(replace(team, windows=()) for team in plan.teams))
    assert loads(without) == {"support": float("inf")}
    assert overloaded(without) == {"support": "nobody in support is ever on shift"}


def test_reports_that_nobody_may_take() -> None:
    scenario = small(
        reports=REPORTS.replace("protected:", "usual:")
        + "\n  protected: {command: deactivate, rate: 1 per day, actioned: 0%, slip: 0%, handling: 6 min}",
        platform="""
  commands: {deactivate: {undo: restore}, restore: {}}
  tiers: {protected: {accounts: 5, followers: 1M}, usual: {accounts: 5, followers: 1k}}
  accounts: {"@it": {tier: protected, followers: 4M}}""",
        teams="""
  support: {headcount: 40, may: {deactivate: [usual, protected]}}
  seniors: {headcount: 2, may: {deactivate: [protected]}}
  press: {headcount: 1, may: {restore: [protected]}}
  on-call: {headcount: 1}""",
        policies="""
  as-it-was: {}
  one: {least_privilege: {holders: 1}, approval: {by: {seniors: 1}, review: 10 min, catches: 0%, covers: 50%}}""",
    )
    plan = compile_plan(scenario, "one", None)
    assert [team.holders for team in plan.teams] == [1, 0, 0, 0]
    # Support's one holder has 48 h and 6 min of reports a day; the two seniors may do
    # nothing but approve, and 2 h a day of that are no load without end.
    assert loads(plan) == pytest.approx({"support": 48.1 / 24, "seniors": 2 / 48}, rel=1e-12)
    assert overloaded(plan) == {"support": "support at 200%"}
    teams = tuple(replace(team, holders=int(team.name == "press")) for team in plan.teams)
    nobody = replace(plan, teams=teams)
    assert loads(nobody) == {"support": float("inf"), "seniors": float("inf")}
    assert overloaded(nobody) == {
        "support": "nobody in support holds the right",
        "seniors": "nobody in seniors holds the right",
    }
    quiet = tuple(replace(stream, per_microsecond=0.0) for stream in plan.streams)
    assert loads(replace(nobody, streams=quiet)) == {}


def test_holders_have_the_reports_and_everybody_the_rest() -> None:
    scenario = small(
        reports=REPORTS,
        teams="""
  support: {headcount: 4, may: {deactivate: [protected]}}
  on-call: {headcount: 1}""",
        policies="""
  as-it-was: {separation_of_duties: {by: support, takes: 2 h, catches: 0%}}""",
    )
    plan = compile_plan(scenario, "as-it-was", None)
    # 48 h of reports and 48 h of executing a day by four people; then the same with three holders.
    assert loads(plan)["support"] == pytest.approx(1.0, rel=1e-12)
    for holders, load in ((3, 1.0), (2, 1.0), (1, 2.0)):
        fewer = tuple(replace(t, holders=holders) if t.name == "support" else t for t in plan.teams)
        assert loads(replace(plan, teams=fewer))["support"] == pytest.approx(load, rel=1e-12)


def test_implied_says_what_is_never_handled(monkeypatch: pytest.MonkeyPatch) -> None:
    from deactsim.study import implied as module

    scenario = small(
        reports=REPORTS,
        teams=TEAMS,
        policies="{as-it-was: {approval: {by: {desk: 1}, review: 1 min, catches: 0%}}}",
    )
    whole = compile_plan(scenario, "as-it-was", None)
    nobody = replace(whole, teams=tuple(replace(team, holders=0) for team in whole.teams))
    closed = replace(
        whole, teams=tuple(replace(t, windows=()) if t.name == "desk" else t for t in whole.teams)
    )
    for plan, expected in (
        (nobody, {"nobody in support holds the right, its reports are never handled",
                  "nobody in night holds the right, its reports are never handled"}),
        (closed, {"nobody in desk is ever on shift: requests wait until their time is up"}),
    ):  # fmt: skip
        monkeypatch.setattr(module, "compile_plan", lambda *_, plan=plan: plan)
        assert {pool.text for pool in implied(scenario).pools if pool.load == float("inf")} == expected
