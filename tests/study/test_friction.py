"""Friction: hand-made weeks counted by hand, and simulated weeks against theory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import t

from deactsim.engines.chosen import run, run_blocks, take_reports
from deactsim.engines.handled import Taken
from deactsim.model.compile import compile_plan
from deactsim.model.plan import Plan
from deactsim.model.shifts import DAY
from deactsim.model.states import Event, Gate, Reason
from deactsim.model.streams import agent_id, alarm_id, report_id, team_id, world_key
from deactsim.model.trace import Row
from deactsim.model.world import WEEK, World
from deactsim.scenario.load import load
from deactsim.stats import batches
from deactsim.stats.log_bins import A_DECADE
from deactsim.study import friction
from deactsim.study import week as week_
from deactsim.study.friction import FRICTION, Weeks, friction_text, routine_weeks
from deactsim.study.measures import MINUTE
from deactsim.study.results import Estimate
from deactsim.study.settling import Stretch
from deactsim.study.utilisation import busy_hours
from deactsim.study.week import Folded, Waits
from deactsim.study.week import fold as fold_weeks
from tests.study.small import row, small

FOLDER = Path(__file__).parents[2] / "scenarios"
MONDAY = 17_469 * DAY  # 30 October 2017
BEGINS, ENDS = MONDAY, MONDAY + WEEK
B = BEGINS / MINUTE
TEAMS = """
  support: {headcount: 5, may: {deactivate: [protected]}, shift: "09:00-17:00 UTC"}
  desk: {headcount: 2, shift: "Mon-Fri 08:00-16:00 UTC"}
  on-call: {headcount: 2, may: {deactivate: [protected]}}"""
DESK = "{as-it-was: {approval: {by: {desk: 1}, review: 1 min, catches: 0%}}}"
FIRST, SECOND, THIRD = (report_id("protected", 400_000 + n, 0) for n in range(3))
AGENT, APPROVER = agent_id(team_id("support"), 1), agent_id(team_id("desk"), 0)
RESPONDER = agent_id(team_id("on-call"), 0)
ALARM = alarm_id(7 << 59 | 1 << 40, 400_000, 0)


@cache
def plan(
    policies: str = "{as-it-was: {}}", policy: str = "as-it-was", reports: str = "{}", teams: str = TEAMS
) -> Plan:
    return compile_plan(small(policies=policies, reports=reports, teams=teams), policy, None)


Rows = tuple[float, Event, int, int, int]


def table(rows: Sequence[Row]) -> NDArray[np.int64]:
    """The rows of a trace as an array."""
    return np.array(rows, dtype=np.int64).reshape(-1, 5)


def week_of(plan: Plan, rows: Sequence[Row], begins: int) -> Folded:
    """One week by itself, and a day after it."""
    return fold_weeks(plan, [table(rows)], begins, 1, begins + WEEK + DAY)


def joined(weeks: Sequence[Folded]) -> Weeks:
    """Weeks after one another, each a batch of its own."""
    values = {name: np.concatenate([week.values[name] for week in weeks]) for name in fold().values}
    waits = [replace(week.waits, week=week.waits.week + number) for number, week in enumerate(weeks)]
    return Weeks(values, Waits.joined(waits), np.arange(len(weeks)))


def long_ago(weeks: int, *, before: int = DAY, after: int = DAY, until: int = MONDAY) -> Stretch:
    """A stretch of so many weeks, each a batch of its own."""
    begins = until - weeks * WEEK
    return Stretch(begins - before, begins, until + after, weeks, weeks)


def fold(*rows: Rows, policies: str = "{as-it-was: {}}", teams: str = TEAMS) -> Folded:
    """A hand-made week, minutes from its beginning."""
    at = [row(B + minutes, event, entity, by, reason) for minutes, event, entity, by, reason in rows]
    return week_of(plan(policies, teams=teams), at, BEGINS)


def means(*weeks: Folded) -> dict[str, float]:
    """The measures of hand-made weeks; what never occurs is left out."""
    return {name: estimate.mean for name, estimate in joined(weeks).estimates().items()}


def week(*rows: Rows, policies: str = "{as-it-was: {}}", teams: str = TEAMS) -> dict[str, float]:
    """The friction of a hand-made week."""
    return means(fold(*rows, policies=policies, teams=teams))


# ---------------------------------------------------------------- by hand


def test_nothing_happened() -> None:
    assert week() == {}


def test_a_report_waits_and_an_action_does_not() -> None:
    assert week(
        (10, Event.REPORT_ARRIVES, FIRST, team_id("support"), 0),
        (13, Event.REPORT_TAKEN, FIRST, AGENT, 0),
        (20, Event.REPORT_CLOSED, FIRST, AGENT, Reason.ACTION),
        (20, Event.REQUESTED, FIRST, AGENT, Reason.NONE),
        (20, Event.TOOK_EFFECT, FIRST, AGENT, 0),
        (30, Event.REPORT_ARRIVES, SECOND, team_id("support"), 0),
        (31, Event.REPORT_TAKEN, SECOND, AGENT, 0),
    ) == {"actions": 1, "report_wait": 2.0}


def test_held_for_a_person() -> None:
    assert week(
        (20, Event.REQUESTED, FIRST, AGENT, Reason.URGENT),
        (20, Event.ASKED, FIRST, team_id("desk"), 0),
        (500, Event.REVIEW_STARTS, FIRST, APPROVER, 0),
        (530, Event.REVIEW_ENDS, FIRST, APPROVER, Reason.APPROVED),
        (530, Event.GATE_PASSED, FIRST, Gate.APPROVAL, Reason.APPROVED),
        (530, Event.TOOK_EFFECT, FIRST, AGENT, 0),
        (600, Event.REQUESTED, SECOND, AGENT, Reason.NONE),
        (600, Event.HELD, SECOND, Gate.CONFIRM, 0),
        (610, Event.TOOK_EFFECT, SECOND, AGENT, 0),
        policies=DESK,
    ) == pytest.approx(
        {
            "actions": 2,
            "held": 2,
            "minutes_held": 260,
            "minutes_held_p95": 510,
            "urgent_held": 1,
            "approver_hours": 0.5,
            "approver_utilisation": 0.5 / (2 * 5 * 8),
        }
    )


def test_a_senior_team_signs_with_its_name() -> None:
    other = agent_id(team_id("desk"), 1)
    assert week(
        (20, Event.REQUESTED, FIRST, AGENT, 0),
        (20, Event.REROUTED, FIRST, team_id("desk"), 0),
        (20, Event.REVIEW_STARTS, SECOND, other, 0),
        (30, Event.REVIEW_STARTS, FIRST, APPROVER, 0),
        (60, Event.REVIEW_ENDS, FIRST, team_id("desk"), Reason.SENIOR_PASSED),
        (60, Event.TOOK_EFFECT, FIRST, AGENT, 0),
        (80, Event.REVIEW_ENDS, SECOND, other, Reason.APPROVED),
        policies="{as-it-was: {protected_list: {then: desk, handling: 20 min}}}",
    ) == pytest.approx(
        {
            "actions": 1,
            "held": 1,
            "rerouted": 1,
            "minutes_held": 40,
            "minutes_held_p95": 40,
            "approver_hours": 1.5,
            "approver_utilisation": 1.5 / 80,
        }
    )


def test_denied_and_never_ended() -> None:
    last = WEEK / MINUTE - 60
    found = week(
        (last, Event.REQUESTED, FIRST, AGENT, 0),
        (last, Event.ASKED, FIRST, team_id("desk"), 0),
        (last + 10, Event.REQUESTED, SECOND, AGENT, 0),
        (last + 10, Event.ASKED, SECOND, team_id("desk"), 0),
        (last + 30, Event.GATE_DENIED, SECOND, Gate.APPROVAL, Reason.TIMED_OUT),
    )
    # The one still held when the run ends counts up to there: an hour and a day.
    assert found == pytest.approx(
        {
            "actions": 2,
            "held": 2,
            "denied": 1,
            "minutes_held": (1500 + 20) / 2,
            "minutes_held_p95": 1500,
        }
    )


def test_slips_and_other_weeks_do_not_count() -> None:
    assert (
        week(
            (-10, Event.REPORT_ARRIVES, FIRST, team_id("support"), 0),
            (-5, Event.REQUESTED, FIRST, AGENT, 0),
            (-5, Event.HELD, FIRST, Gate.CONFIRM, 0),
            (1, Event.REPORT_TAKEN, FIRST, AGENT, 0),
            (1, Event.TOOK_EFFECT, FIRST, AGENT, 0),
            (5, Event.REQUESTED, SECOND, AGENT, Reason.SLIPPED),
            (5, Event.HELD, SECOND, Gate.CONFIRM, 0),
            (9, Event.GATE_DENIED, SECOND, Gate.CONFIRM, Reason.DIALOG_STOPPED),
            (WEEK / MINUTE, Event.REQUESTED, THIRD, AGENT, 0),
            (WEEK / MINUTE, Event.HELD, THIRD, Gate.CONFIRM, 0),
            (WEEK / MINUTE, Event.FALSE_ALARM, ALARM, team_id("on-call"), 0),
            (WEEK / MINUTE, Event.WRONGLY_UNDONE, THIRD, 0, 0),
        )
        == {}
    )


def test_work_of_before_is_not_of_the_week() -> None:
    assert week(
        (-30, Event.FALSE_ALARM, ALARM, team_id("on-call"), 0),
        (-30, Event.ALARM_TAKEN, ALARM, RESPONDER, 0),
        (-20, Event.REVIEW_STARTS, FIRST, APPROVER, 0),
        (10, Event.REVIEW_ENDS, FIRST, APPROVER, Reason.APPROVED),
        (15, Event.ALARM_CLOSED, ALARM, RESPONDER, 0),
        (20, Event.FALSE_ALARM, ALARM + 1, team_id("on-call"), 0),
        (25, Event.WRONGLY_UNDONE, SECOND, 0, 0),
        policies=DESK,
    ) == pytest.approx({"approver_utilisation": 1 / 6 / 80, "false_alarms": 1, "wrongly_undone": 1})


def test_work_counts_to_the_week_of_its_cause() -> None:
    """A review asked for on Sunday evening and done on Monday, and an alarm: hours of the week, not of its shifts."""
    end = WEEK / MINUTE
    assert week(
        (end - 30, Event.REQUESTED, FIRST, AGENT, 0),
        (end - 30, Event.ASKED, FIRST, team_id("desk"), 0),
        (end - 20, Event.FALSE_ALARM, ALARM, team_id("on-call"), 0),
        (end + 10, Event.ALARM_TAKEN, ALARM, RESPONDER, 0),
        (end + 40, Event.ALARM_CLOSED, ALARM, RESPONDER, 0),
        (end + 480, Event.REVIEW_STARTS, FIRST, APPROVER, 0),
        (end + 510, Event.REVIEW_ENDS, FIRST, APPROVER, Reason.APPROVED),
        (end + 510, Event.TOOK_EFFECT, FIRST, AGENT, 0),
        policies=DESK,
    ) == pytest.approx(
        {
            "actions": 1,
            "held": 1,
            "minutes_held": 540,
            "minutes_held_p95": 540,
            "approver_hours": 0.5,
            "approver_utilisation": 0.0,
            "responder_hours": 0.5,
            "false_alarms": 1,
        }
    )


def test_shifts_lost_to_stepping_down() -> None:
    nine, five = 9 * 60, 17 * 60
    assert week(
        # From Monday noon to the end of Tuesday's shift: five hours and a whole shift of eight.
        (12 * 60, Event.RIGHTS_END, AGENT, team_id("support"), 0),
        (1440 + five, Event.RIGHTS_ON, AGENT, team_id("support"), 0),
        # From Sunday's beginning on, and never back within the run.
        (6 * 1440 + nine, Event.RIGHTS_END, AGENT + 1, team_id("support"), 0),
    ) == pytest.approx({"agent_days_lost": 5 / 8 + 1 + 1})


def test_a_team_always_on_shift_works_by_turns() -> None:
    assert week(
        (0, Event.RIGHTS_END, RESPONDER, team_id("on-call"), 0),
        (1440, Event.RIGHTS_ON, RESPONDER, team_id("on-call"), 0),
    ) == pytest.approx({"agent_days_lost": 3})


def test_a_successor_who_leaves_too() -> None:
    # The right is away while either is due to leave: the whole shift, not until one o'clock.
    assert week(
        (9 * 60, Event.RIGHTS_END, AGENT, team_id("support"), 0),
        (10 * 60, Event.RIGHTS_END, AGENT, team_id("support"), 0),
        (13 * 60, Event.RIGHTS_ON, AGENT, team_id("support"), 0),
        (17 * 60, Event.RIGHTS_ON, AGENT, team_id("support"), 0),
        # And back in between: two hours, then the last one of the day.
        (1440 + 9 * 60, Event.RIGHTS_END, AGENT, team_id("support"), 0),
        (1440 + 11 * 60, Event.RIGHTS_ON, AGENT, team_id("support"), 0),
        (1440 + 16 * 60, Event.RIGHTS_END, AGENT, team_id("support"), 0),
        (1440 + 17 * 60, Event.RIGHTS_ON, AGENT, team_id("support"), 0),
    ) == pytest.approx({"agent_days_lost": 1 + 3 / 8})


def test_only_holders_have_a_right_to_lose() -> None:
    # Two of seven seats hold the right: one in support (seat 0), one on call (seat 0).
    few = "{as-it-was: {least_privilege: {holders: 2}}}"
    assert [team.holders for team in plan(few).teams] == [1, 0, 1]
    day = ((9 * 60, Event.RIGHTS_END), (17 * 60, Event.RIGHTS_ON))
    lost = {
        seat: week(
            *((at, event, agent_id(team_id("support"), seat), team_id("support"), 0) for at, event in day),
            policies=few,
        )
        for seat in (0, 1)
    }
    assert lost == {0: {"agent_days_lost": 1.0}, 1: {}}
    assert (
        week(*((at, event, APPROVER, team_id("desk"), 0) for at, event in day)) == {}
    )  # the desk may do nothing


# ---------------------------------------------------------------- weeks put together


def test_waits_are_pooled_over_weeks() -> None:
    """A week with one wait of 100 min among two with ten each counts for one, not for a third."""
    tens, hundred = np.arange(1.0, 11.0), np.array([100.0])
    weeks = [waiting(tens), waiting(hundred), waiting(tens + 10.0), waiting(np.array([]))]
    found = joined(weeks).estimates()
    # By hand: 55 + 100 + 155 over 21 actions; the p95 is the smallest with 19.95 of 21 at or below.
    assert found["held"].mean == 21 / 4
    assert found["minutes_held"].mean == pytest.approx(310 / 21)
    assert found["minutes_held_p95"].mean == 20.0
    assert found["report_wait"].mean == pytest.approx(310 / 21)
    # The ratio's error from what the three weeks with any are off in sum.
    centre = 310 / 21
    off = [55 - 10 * centre, 100 - centre, 155 - 10 * centre]
    half = t.ppf(0.975, 2) * np.sqrt(sum(each**2 for each in off) * 3 / 2) / 21
    for name in ("minutes_held", "report_wait"):
        assert found[name].high - found[name].mean == pytest.approx(half)
        assert found[name].mean - found[name].low == pytest.approx(half)
    everything = np.concatenate([tens, hundred, tens + 10.0])
    expected = batches.quantile_interval(everything, np.ones(21), 0.95, np.repeat([0, 1, 2], [10, 1, 10]))
    assert (found["minutes_held_p95"].low, found["minutes_held_p95"].high) == (expected.low, expected.high)
    assert expected.low < 20.0 < expected.high == 100.0


@pytest.mark.parametrize("sigma", [0.1, 1.0, 3.0])
def test_the_percentile_of_waits_is_off_by_less_than_a_bin(sigma: float) -> None:
    rng = np.random.default_rng(8)
    weeks = [np.exp(sigma * rng.standard_normal(rng.integers(0, 90))) for _ in range(40)]
    parts = [
        replace(fold(), waits=Waits.of(in_microseconds(minutes), np.zeros(minutes.size, dtype=np.int64)))
        for minutes in weeks
    ]
    found = joined(parts)._p95()
    clusters = np.repeat(np.arange(40), [minutes.size for minutes in weeks])
    exact = batches.quantile_interval(np.concatenate(weeks), np.ones(clusters.size), 0.95, clusters)
    assert found is not None
    # The interval's own limits move by what is told together in a bin: a part of its width.
    assert found.mean == pytest.approx(exact.mean, rel=10 ** (1 / A_DECADE) - 1)
    assert found.low == pytest.approx(exact.low, abs=0.1 * (exact.mean - exact.low) + 0.01 * exact.mean)
    assert found.high == pytest.approx(exact.high, abs=0.1 * (exact.high - exact.mean) + 0.01 * exact.mean)


def in_microseconds(minutes: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(minutes * MINUTE).astype(np.int64)


def test_one_bad_week_is_one_observation() -> None:
    # All long waits are of one week of eleven: whether there is such a week at all is uncertain.
    weeks = [waiting(np.arange(1.0, 11.0)) for _ in range(10)] + [waiting(np.arange(101.0, 111.0))]
    p95 = joined(weeks).estimates()["minutes_held_p95"]
    # The 105th of 110; 0.0455 is the error of the share below it (0.0198 if actions were independent).
    assert (p95.low, p95.mean, p95.high) == (10.0, 105.0, 110.0)


def waiting(minutes: np.ndarray) -> Folded:
    """A week in which reports wait so long, and the actions on them as long again."""
    rows: list[Rows] = []
    for k, wait in enumerate(minutes):
        report = report_id("protected", 400_000, k)
        rows += [
            (0, Event.REPORT_ARRIVES, report, team_id("support"), 0),
            (wait, Event.REPORT_TAKEN, report, AGENT, 0),
            (wait, Event.REQUESTED, report, AGENT, 0),
            (wait, Event.HELD, report, Gate.COOLING_OFF, 0),
            (2 * wait, Event.TOOK_EFFECT, report, AGENT, 0),
        ]
    return fold(*rows)


def test_idle_weeks_use_none_of_the_approvers_hours() -> None:
    busy = fold(
        (600, Event.REVIEW_STARTS, FIRST, APPROVER, 0),
        (1000, Event.REVIEW_ENDS, FIRST, APPROVER, Reason.APPROVED),
        policies=DESK,
    )
    idle = fold(policies=DESK)
    # Two people, five days of eight hours; 400 minutes in one week of two.
    assert means(idle) == {"approver_utilisation": 0.0}
    assert means(busy, idle) == pytest.approx(
        {"approver_hours": 400 / 60 / 2, "approver_utilisation": 400 / 60 / 160}
    )
    assert means(fold(), fold()) == {}


@pytest.mark.parametrize(
    ("policy", "hours"),
    [
        ("approval: {by: {desk: 1, on-call: 1}, review: 1 min, catches: 0%}", 80 + 2 * 168),
        ("approval: {by: {desk: 2}, review: 1 min, catches: 0%}", 80),
        ("protected_list: {then: desk, handling: 20 min}", 80),
        ("protected_list: {then: deny}", 0),
        ("separation_of_duties: {by: support, takes: 10 min, catches: 0%}", 5 * 7 * 8),
        ("cooling_off: {for: 15 min}", 0),
    ],
)
def test_hours_on_shift_of_whom_gates_ask(policy: str, hours: float) -> None:
    found = fold(policies=f"{{as-it-was: {{{policy}}}}}").values
    assert found["approver_shifts"].tolist() == [hours]
    assert np.isnan(found["approver_utilisation"]).tolist() == [hours == 0]


def test_no_weeks_no_friction() -> None:
    for path in FOLDER.glob("*.yaml"):
        scenario = load(path)
        for policy in scenario.policies:
            found = routine_weeks(compile_plan(scenario, policy, None), 1, long_ago(0), by_hour=True)
            assert (found.estimates(), found.waits.count.size, found.busy) == ({}, 0, ())


# ---------------------------------------------------------------- against theory

BUSY = """
  protected: {command: deactivate, rate: 72 per day, actioned: 50%, urgent: 30%, handling: exponential mean 12 min}"""
ONE = "{support: {headcount: 1, may: {deactivate: [protected]}}, desk: {headcount: 40}, on-call: {headcount: 2}}"
POLICIES = """
  as-it-was: {}
  review: {approval: {by: {desk: 1}, review: uniform 5 min to 25 min, catches: 90%, covers: 50%}}
  alarms: {alert: {after: 1 s, recall: 50%, false_alarms: 5 per day, triage: exponential mean 20 min}}
  watchdog: {automatic_restore: {after: 1 min, undoes_honest: 40%}}
  refuse: {protected_list: {then: deny, covers: 25%}}"""
WEEKS = 30


@cache
def simulated(policy: str) -> Weeks:
    return routine_weeks(plan(POLICIES, policy, BUSY, ONE), 4, long_ago(WEEKS))


def poisson(values: np.ndarray, each: float) -> float:
    """z of the sum of weekly counts against a Poisson law."""
    expected = each * values.size
    return float((values.sum() - expected) / np.sqrt(expected))


@pytest.mark.parametrize(
    ("policy", "measure", "each"),
    [
        ("as-it-was", "actions", 72 * 7 * 0.5),
        ("review", "held", 72 * 7 * 0.25),
        ("review", "urgent_held", 72 * 7 * 0.25 * 0.3),
        ("alarms", "false_alarms", 35.0),
        ("watchdog", "wrongly_undone", 72 * 7 * 0.5 * 0.4),
        ("refuse", "denied", 72 * 7 * 0.5 * 0.25),
    ],
)
def test_counts_are_poisson(policy: str, measure: str, each: float) -> None:
    values = simulated(policy).values[measure]
    assert values.size == WEEKS
    assert abs(poisson(values, each)) < 4
    # A Poisson count spreads as its mean: the ratio is a chi-squared over its degrees of freedom.
    assert 0.35 < values.var(ddof=1) / each < 2.2


def test_work_is_rate_times_mean() -> None:
    reviews, alarms = simulated("review").estimates(), simulated("alarms").estimates()
    expected = {
        "approver_hours": 72 * 7 * 0.25 / 4,
        "minutes_held": 15.0,
        "approver_utilisation": 72 * 7 / 16 / (40 * 168),
    }
    for name, value in expected.items():
        assert abs(reviews[name].mean - value) < 2 * (reviews[name].high - reviews[name].low), name
    hours = alarms["responder_hours"]
    assert abs(hours.mean - 35 / 3) < 2 * (hours.high - hours.low)
    assert "held" not in alarms
    assert "responder_hours" not in reviews


def test_reports_wait_as_in_the_single_server_queue() -> None:
    # Load 0.6: the mean wait is rho / (mu - lambda), whatever the order of urgent and other reports.
    wait = simulated("as-it-was").estimates()["report_wait"]
    assert abs(wait.mean - 0.6 / (1 / 12 - 1 / 20)) < (wait.high - wait.low)


def test_littles_law_holds_in_every_run() -> None:
    """The queue's length over time adds up to the waits of those who stood in it."""
    busy = plan(POLICIES, "as-it-was", BUSY, ONE)
    world = World(world_key(4, 0), BEGINS - DAY, ENDS + DAY)
    trace = run(busy, world)
    since, waits = {}, 0
    queue, area, last = 0, 0, world.start
    for time, event, entity, _, _ in trace:
        area, last = area + queue * (time - last), time
        if event == Event.REPORT_ARRIVES:
            queue, since[entity] = queue + 1, time
        elif event == Event.REPORT_TAKEN:
            queue, waits = queue - 1, waits + time - since.pop(entity)
    area += queue * (world.end - last)
    assert area == waits + sum(world.end - time for time in since.values())
    found = week_of(trace.plan, trace.rows, BEGINS).values["report_wait"]
    inside = [row.time for row in trace if row.event == Event.REPORT_ARRIVES and BEGINS <= row.time < ENDS]
    assert found > 0
    assert len(inside) > 400


def test_every_plan_meets_the_same_reports() -> None:
    base, other = simulated("as-it-was"), simulated("review")
    assert base.values["reports"].sum() > 0
    assert np.array_equal(base.values["actions"], other.values["actions"])
    assert np.array_equal(base.values["report_wait"], other.values["report_wait"])


LEAVING = """
  support: {headcount: 60, may: {deactivate: [protected]}, turnover: 150% per year, shift: "09:00-17:00 UTC"}
  on-call: {headcount: 2}"""
RARE = "{protected: {command: deactivate, rate: 1 per year, actioned: 0%, handling: 1 min}}"


@pytest.mark.parametrize(("before", "shifts"), [("1 day", 1.0), ("3 days", 3.0), ("4 h", 0.5)])
def test_agent_days_are_leavers_times_shifts(before: str, shifts: float) -> None:
    policies = f"{{as-it-was: {{}}, down: {{step_down: {{before_last_shift: {before}, told_in_time: 80%}}}}}}"
    down = routine_weeks(plan(policies, "down", RARE, LEAVING), 5, long_ago(100)).estimates()[
        "agent_days_lost"
    ]
    each = 60 * 1.5 / 365.25 * 7 * 0.8 * shifts
    assert abs(down.mean - each) < 1.7 * (down.high - down.low)


def test_two_leavers_in_one_chair() -> None:
    teams = LEAVING.replace("headcount: 60", "headcount: 1").replace("150%", "5000%")
    policies = "{as-it-was: {}, down: {step_down: {before_last_shift: 30 days}}}"
    found = routine_weeks(plan(policies, "down", RARE, teams), 5, long_ago(20))
    assert 0 < found.values["agent_days_lost"].mean() <= 7.0


# ---------------------------------------------------------------- reports handled once for all policies


def bits(weeks: Folded | Weeks) -> tuple[dict[str, list[str]], list[list[Any]]]:
    """Every number, by the names of what a week says."""
    values = {name: [float(each).hex() for each in column] for name, column in sorted(weeks.values.items())}
    waits = weeks.waits
    return values, [each.tolist() for each in (waits.week, waits.bin, waits.count, waits.centres())]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_week_in_parts_is_the_whole_week(path: Path) -> None:
    """To the last bit, under every policy of every scenario: what is counted, waits, and who is busy when."""
    scenario = load(path)
    for policy in scenario.policies:
        given = compile_plan(scenario, policy, None)
        streams = [replace(s, per_microsecond=min(s.per_microsecond, 400 / DAY)) for s in given.streams]
        given = replace(given, streams=tuple(streams))
        found = routine_weeks(given, 6, long_ago(1), by_hour=True)
        begins, busy = found.busy[0]
        trace = run(given, World(world_key(6, 0), begins - DAY, begins + WEEK + DAY))
        assert bits(found) == bits(week_of(given, trace.rows, begins))
        hours = busy_hours(given, table(trace.rows), begins)
        assert {team: each.tolist() for team, each in busy.items()} == {
            team: each.tolist() for team, each in hours.items()
        }


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_long_run_is_folded_in_parts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last bit what the whole run says, which is never put together."""
    scenario = load(path)
    block, parts = 10, 0
    monkeypatch.setattr(week_, "AT_ONCE", 3 * block)
    for policy in scenario.policies:
        given = compile_plan(scenario, policy, None)
        streams = [replace(s, per_microsecond=20 / DAY) for s in given.streams]
        given = replace(given, streams=tuple(streams), incident=None)
        end = BEGINS + 2 * WEEK + DAY
        (blocks,) = run_blocks(given, [World(world_key(8, 0), BEGINS - DAY, end)])
        rows = np.concatenate(list(blocks))
        whole = fold_weeks(given, [rows], BEGINS, 2, end)
        some = [rows[at : at + block] for at in range(0, len(rows), block)]
        found = fold_weeks(given, some, BEGINS, 2, end)
        folded = list(week_._parts(some))
        parts += len(folded)
        assert sum(map(len, folded)) == np.count_nonzero(week_._KIND[rows[:, 1]])
        assert bits(found) == bits(whole), policy
    assert parts > 10 * len(scenario.policies)


def test_approval_of_an_undo_does_not_hold_up_honest_work() -> None:
    """An action passes at once; of what undoes it later approvers are asked, and deny it: their hours count."""
    found = week(
        (600, Event.REQUESTED, FIRST, AGENT, 0),
        (600, Event.TOOK_EFFECT, FIRST, AGENT, 0),
        (700, Event.ASKED, FIRST, team_id("desk"), 0),
        (710, Event.REVIEW_STARTS, FIRST, APPROVER, 0),
        (770, Event.REVIEW_ENDS, FIRST, APPROVER, Reason.SENIOR_OBJECTED),
        (770, Event.GATE_DENIED, FIRST, Gate.APPROVAL, Reason.SENIOR_OBJECTED),
        policies=DESK,
    )
    assert (found["actions"], found["approver_hours"]) == (1.0, 1.0)
    assert not {"held", "denied", "minutes_held"} & set(found)


def test_how_reports_were_handled_is_kept_for_the_next_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as there is room; and a policy is told the same either way."""
    taken: list[int] = []

    def counted(plan: Plan, worlds: Sequence[World]) -> Iterator[Taken]:
        for one in take_reports(plan, worlds):
            taken.append(len(one.actions))
            yield one

    monkeypatch.setattr(friction, "take_reports", counted)
    found = {}
    # Three weeks have some thousand actions: there is room for none, or for all.
    for room, runs in ((0, 2), (1 << 19, 1)):
        monkeypatch.setattr(friction, "KEPT_ACTIONS", room)
        friction._kept.cache_clear()
        taken.clear()
        found[room] = [
            bits(routine_weeks(plan(POLICIES, name, BUSY, ONE), 9, long_ago(3)))
            for name in ("as-it-was", "review")
        ]
        assert len(taken) == runs, taken
    assert found[0] == found[1 << 19]


def test_what_never_ends_is_not_looked_at_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """An overloaded team takes up none of its reports: each is looked at a few times, not once a block."""
    looked: list[int] = []

    def goes_on(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        looked.append(len(rows))
        return np.ones(len(rows), dtype=bool)

    monkeypatch.setattr(week_, "_goes_on", goes_on)
    monkeypatch.setattr(week_, "AT_ONCE", 100)
    rows = table(
        [row(B + n, Event.REPORT_ARRIVES, report_id("protected", 400_000, n), 0, 0) for n in range(10_000)]
    )
    parts = list(week_._parts([rows[at : at + 10] for at in range(0, len(rows), 10)]))
    assert sum(map(len, parts)) == 10_000
    assert 5 < len(looked) < 10
    assert sum(looked) < 2 * 10_000


# ---------------------------------------------------------------- in words


def estimates(**means: float) -> dict[str, Estimate]:
    return {name: Estimate(mean, mean, mean, FRICTION[name][0]) for name, mean in means.items()}


@pytest.mark.parametrize(
    ("friction", "own", "text"),
    [
        ({}, {}, "none seen"),
        ({"held": 28, "minutes_held": 15}, {}, "28 held ~15 min each"),
        ({"held": 28, "minutes_held": 0.05}, {"held": 28, "minutes_held": 0.05}, "none seen"),
        ({"held": 28, "minutes_held": 0.05}, {"held": 27, "minutes_held": 0.05}, "28 held ~3 s each"),
        # As many as under the baseline, but longer.
        ({"held": 28, "minutes_held": 7}, {"held": 28, "minutes_held": 4}, "28 held ~7 min each"),
        ({"held": 28, "minutes_held": 4.1}, {"held": 28, "minutes_held": 4}, "none seen"),
        ({"held": 28, "minutes_held": 0.005}, {}, "28 held under 1 s each"),
        ({"held": 28, "minutes_held": 0.995}, {}, "28 held ~1 min each"),
        ({"rerouted": 9.96, "held": 9.96, "minutes_held": 150}, {}, "10 rerouted, ~2.5 h each"),
        ({"rerouted": 2.34, "held": 28, "minutes_held": 4}, {}, "28 held ~4 min each, 2.3 rerouted"),
        ({"rerouted": 2.34, "held": 2.34}, {}, "2.3 rerouted"),
        # What rounds to nothing was seen all the same, if rarely.
        ({"held": 0.02, "minutes_held": 116}, {}, "under 0.1 held ~116 min each"),
        ({"held": 0.02, "minutes_held": 116}, {"held": 0.01, "minutes_held": 116}, "none seen"),
        ({"denied": 0.04}, {}, "under 0.1 denied"),
        ({"denied": 0.05}, {}, "0.1 denied"),
        ({"denied": 1, "agent_days_lost": 2.16, "false_alarms": 21, "wrongly_undone": 0.4}, {},
         "1.0 denied, 2.2 agent-days lost, 21 false alarms, 0.4 wrongly undone"),
        # What the baseline pays as well is no cost of the policy.
        ({"false_alarms": 21, "denied": 2}, {"false_alarms": 21, "denied": 1}, "2.0 denied"),
        ({"report_wait": 3.0}, {"report_wait": 2.5}, "none seen"),
        ({"report_wait": 30.0}, {"report_wait": 2.5}, "reports wait 28 min more"),
    ],
)  # fmt: skip
def test_in_a_few_words(friction: dict[str, float], own: dict[str, float], text: str) -> None:
    assert friction_text(estimates(**friction), estimates(**own)) == text


def test_measures_that_never_occur_are_left_out() -> None:
    found = joined([fold(), waiting(np.array([4.0, 8.0])), waiting(np.array([6.0]))]).estimates()
    assert set(found) == {"actions", "held", "minutes_held", "minutes_held_p95", "report_wait"}
    assert found["held"].mean == 1.0
    assert found["minutes_held"].mean == 6.0
    assert found["minutes_held"].unit == "min"
