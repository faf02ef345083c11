"""Honest work that is refused: simulated, worked out, and against what is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from deactsim.model.compile import compile_plan
from deactsim.model.plan import Plan
from deactsim.scenario.load import loads
from deactsim.study.friction import Weeks, routine_weeks
from deactsim.study.implied import implied, overloaded
from deactsim.study.results import Refused
from deactsim.study.settling import stretch
from deactsim.study.unserved import counted, expected
from tests.stats.test_reneging import late
from tests.study.queues import desk

UNTIL = 1_704_067_200_000_000  # 2024-01-01, a Monday


def weeks_of(plan: Plan, weeks: int = 40) -> Weeks:
    return routine_weeks(plan, 7, stretch([plan], UNTIL, weeks, exactly=True))


def asked(**more: object) -> Plan:
    """Requests that come as a Poisson process: nobody waits for those who handle reports."""
    return desk("asked", people=60, handling="1 s", actioned="100%", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("load", "patience"), [(0.5, 2.0), (1.0, 4.0), (2.0, 3.0)])
def test_one_approver_and_a_time_out_are_the_queue_m_m_1_d(load: float, patience: float) -> None:
    """However much is asked, the queue is bounded: 30 min a review, and requests leave after so many of them."""
    plan = asked(per_hour=2.0 * load, review="exponential mean 30 min", time_out=f"{30 * patience:g} min")
    found = weeks_of(plan)
    refused = found.values["timed_out"].sum() / found.values["actions"].sum()
    # 6,700 to 27,000 requests: four standard errors, doubled for their dependence.
    error = 8.0 * math.sqrt(late(load, patience) / found.values["actions"].sum())
    assert refused == pytest.approx(late(load, patience), abs=error)
    assert (found.values["denied"] == found.values["timed_out"]).all()
    assert overloaded(plan) == {}
    told, worked_out = counted(plan, found), expected(plan)
    assert told is not None
    assert worked_out is not None
    assert told.share == pytest.approx(refused)
    assert worked_out.share == pytest.approx(late(load, patience), rel=0.05)


def marketplace(policy: str, leads: str = "Mon-Fri 08:00-20:00 UTC") -> Plan:
    text = f"""
deactsim: 1
title: A marketplace
zone: UTC
platform:
  commands: {{suspend: {{undo: restore}}, restore: {{}}}}
  tiers: {{top: {{accounts: 300}}, usual: {{accounts: 1M}}}}
teams:
  support: {{headcount: 60, may: {{suspend: [top, usual]}}}}
  leads: {{headcount: 4, shift: "{leads}"}}
  on-call: {{headcount: 1}}
reports:
  top: {{command: suspend, rate: 50 per day, actioned: 100%, handling: 5 min}}
  usual: {{command: suspend, rate: 500 per day, actioned: 10%, handling: 5 min}}
detection:
  public: {{delay: 1 min, at_followers: 10k}}
  word_reaches_platform: {{delay: 1 min}}
response: {{by: on-call, pick_up: 1 min, find_cause: 1 min, authorise: 1 min, restore: 1 min}}
forecast: {{appetite: 1 h, protected: top}}
causes: {{grudge: {{cause: deliberate, rate: 10% per year, targets: {{top: 100%}}}}}}
baseline: none
policies:
  none: {{}}
  tried: {{{policy}}}
"""
    scenario = loads(text)
    assert implied(scenario).refused == {
        name: found
        for name in scenario.policies
        if (found := expected(compile_plan(scenario, name, None))) is not None
    }
    return compile_plan(scenario, "tried", None)


APPROVAL = "approval: {{of: top, by: {{leads: 1}}, review: 5 min, catches: 90%{}}}"


@pytest.mark.parametrize(
    ("more", "share", "then"),
    [
        # On five days from 4:00 to 20:00 less the review there is somebody in time, and after Friday 20:00 nobody.
        ("", 1 - 5 * (16 - 1 / 12) / 168, "denied"),
        (", then: pass", 1 - 5 * (16 - 1 / 12) / 168, "let through unseen"),
        (", time_out: 12 h", 1 - (5 * 24 - 1 / 12) / 168, "denied"),
        (", time_out: 8 min", 1 - 5 * (12 + 1 / 20) / 168, "denied"),
    ],
)
def test_requests_that_come_when_nobody_is_on_shift(more: str, share: float, then: str) -> None:
    """It is the share of the requests that approval covers: of all actions it is half of that."""
    plan = marketplace(APPROVAL.format(more))
    told, worked_out = counted(plan, weeks_of(plan, 20)), expected(plan)
    for found in (told, worked_out):
        assert found is not None
        assert found.share == pytest.approx(share, abs=0.025)
        assert then in found.short
        assert "nobody in leads is on shift" in found.text
    assert overloaded(plan) == {}


def test_requests_that_wait_or_pass_are_not_refused() -> None:
    for more in (", time_out: 4 days", ", off_shift: pass"):
        plan = marketplace(APPROVAL.format(more))
        assert expected(plan) is None
        assert counted(plan, weeks_of(plan, 8)) is None


def test_requests_that_pass_while_nobody_is_on_shift_are_no_work() -> None:
    """One lead by day in the week, 6 requests an hour of 5.8 min: 58 % of the shift, 243 % of it if all were asked."""
    plan = asked(
        per_hour=6.0, leads_shift="Mon-Fri 09:00-17:00 UTC", review="median 4 min, p90 12 min", time_out="4 h"
    )
    glass = plan.safeguards.approval
    assert glass is not None
    assert counted(plan, weeks_of(plan, 20)) is not None
    open_ = compile_with_glass(plan)
    assert overloaded(open_) == overloaded(plan) == {}
    found = weeks_of(open_, 52).estimates()
    assert found["approver_utilisation"].mean == pytest.approx(0.578, abs=0.02)
    assert found["minutes_held"].mean == pytest.approx(17.0, abs=2.0)
    assert found["timed_out"].mean / found["actions"].mean == pytest.approx(0.004, abs=0.003)


def compile_with_glass(plan: Plan) -> Plan:
    """The same plan whose requests pass where nobody is on shift."""
    from dataclasses import replace

    approval = plan.safeguards.approval
    assert approval is not None
    return replace(plan, safeguards=replace(plan.safeguards, approval=replace(approval, break_glass=True)))


def test_lists_and_limits_that_deny() -> None:
    listed = marketplace("protected_list: {of: top, then: deny}")
    found = counted(listed, weeks_of(listed, 4))
    assert found is not None
    assert found.share == pytest.approx(1.0, abs=0.1)
    text = "all honest requests it covers are denied: the protected list lets none pass"
    assert expected(listed) == Refused(1.0, "about 100 % of requests denied", text)
    limit = marketplace("rate_limit: {of: top, per_agent: 1 per hour, then: deny}")
    told, worked_out = counted(limit, weeks_of(limit, 20)), expected(limit)
    assert told is not None
    assert worked_out is not None
    assert worked_out.share == pytest.approx(told.share, abs=0.05)
    loose = marketplace("rate_limit: {of: top, per_agent: 40 per hour, then: deny}")
    assert expected(loose) is counted(loose, weeks_of(loose, 4)) is None


def test_a_limit_that_holds_less_than_comes_holds_without_end() -> None:
    """550 reports a day of 5 min keep 1.91 people at work, and 0.656 of the first (one less Erlang's loss): of 100
    actions a day he asks for 1.43 an hour, the third still for 0.78. With a limit of one an hour they are held for
    ever longer, with three an hour they are not."""
    base = "rate_limit: {{per_agent: {} per hour, then: hold}}"
    tight, loose = (marketplace(base.format(number)) for number in (1, 3))
    assert overloaded(loose) == {}
    held = weeks_of(loose, 8).values["minutes_held"]
    assert np.nanmax(held) < 3 * 60
    assert overloaded(tight) == {
        "support": "the busiest of support at 143% of what the rate limit lets through"
    }
    longer = weeks_of(tight, 8).values["minutes_held"]
    assert longer[-1] > 2 * longer[0] > 6 * 60


def test_reports_grow_behind_urgent_requests_that_fill_the_day() -> None:
    """One team does both: reports take half of it. Requests for as much again leave, unless they come first."""
    base = """
deactsim: 1
title: Both
zone: UTC
platform:
  commands: {suspend: {undo: restore}, restore: {}}
  tiers: {some: {accounts: 300}, others: {accounts: 300}}
teams:
  support: {headcount: 60, may: {suspend: [some]}}
  seniors: {headcount: 1, may: {suspend: [others]}}
  on-call: {headcount: 1}
reports:
  some: {command: suspend, rate: 1 per hour, actioned: 100%, handling: 1 s, urgent: URGENT}
  others: {command: suspend, rate: 1 per hour, actioned: 0%, handling: 30 min}
detection:
  public: {delay: 1 min, at_followers: 10k}
  word_reaches_platform: {delay: 1 min}
response: {by: on-call, pick_up: 1 min, find_cause: 1 min, authorise: 1 min, restore: 1 min}
baseline: two
policies:
  two: {approval: {of: some, by: {seniors: 1}, review: 45 min, catches: 90%, time_out: 2 h}}
"""
    usual, urgent = (
        compile_plan(loads(base.replace("URGENT", share)), "two", None) for share in ("0%", "100%")
    )
    assert overloaded(usual) == {}
    assert overloaded(urgent) == {"seniors": "seniors at 125%"}
    taken, hardly = (weeks_of(plan, 10).values["reports"] for plan in (usual, urgent))
    assert taken[-3:].mean() == pytest.approx(2 * 168, rel=0.15)
    assert hardly[-3:].mean() < 1.6 * 168
    assert np.nanmax(weeks_of(usual, 10).values["report_wait"]) < 6 * 60


LEAVERS = """
deactsim: 1
title: Leavers
zone: UTC
platform:
  commands: {suspend: {undo: restore}, restore: {}}
  tiers: {listed: {accounts: 1000}}
teams:
  staff:  {headcount: 40, may: {suspend: [listed]}, turnover: 38% per year, shift: "Mon-Fri 09:00-17:00 UTC"}
  agency: {headcount: 60, may: {suspend: [listed]}, turnover: 100% per year, shift: "Mon-Fri 09:00-17:00 UTC"}
  others: {headcount: 60, turnover: 100% per year}
  on-call: {headcount: 1}
detection:
  public: {delay: 1 min, at_followers: 10k}
  word_reaches_platform: {delay: 1 min}
response: {by: on-call, pick_up: 1 min, find_cause: 1 min, authorise: 1 min, restore: 1 min}
baseline: none
policies:
  none: {}
  step: {step_down: {before_last_shift: 14 days, told_in_time: 80%}}
  alert: {alert: {after: 20 s, recall: 98%, false_alarms: 3 per day, triage: 20 min}}
"""


def test_leavers_and_alarms_cost_where_no_reports_come() -> None:
    """75.2 leavers a year, of whom 80 % lose ten shifts; less what two of one seat lose together (under 3 %)."""
    scenario = loads(LEAVERS)
    step, alert = (compile_plan(scenario, name, None) for name in ("step", "alert"))
    usual = stretch([step, alert], UNTIL, 52)
    assert usual.weeks == 40 * 10
    assert stretch([alert], UNTIL, 52).weeks == 52
    found = routine_weeks(step, 3, usual).estimates()["agent_days_lost"]
    assert found.low < 0.985 * 75.2 * 0.8 * 10 / (365.25 / 7) < found.high
    assert found.high - found.low < 2.5
    alarms = routine_weeks(alert, 3, usual).estimates()
    assert alarms["false_alarms"].mean == pytest.approx(21.0, abs=1.0)
    assert alarms["responder_hours"].mean == pytest.approx(7.0, abs=0.4)
