"""Busy hours of a hand-made trace, and their shares by the clock of a zone."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from deactsim.model.compile import compile_plan
from deactsim.model.plan import Plan
from deactsim.model.states import Event
from deactsim.model.streams import agent_id
from deactsim.model.world import HOUR
from deactsim.study.utilisation import HOURS, busy_hours, by_hour, hours_ahead
from tests.study.small import small

BEGINS = int(datetime(2018, 1, 8, tzinfo=UTC).timestamp()) * 1_000_000  # a Monday
SUMMER = int(datetime(2018, 7, 2, tzinfo=UTC).timestamp()) * 1_000_000
TEAMS = """
  support: {headcount: 4, may: {deactivate: [protected]}}
  desk: {headcount: 2, shift: "Mon-Fri 09:00-17:00 America/New_York"}
  on-call: {headcount: 2}"""
REPORT, OTHER, ALARM = 101, 102, 103


def plan() -> Plan:
    return compile_plan(small(teams=TEAMS), "as-it-was", None)


def team(name: str) -> int:
    return next(each.id for each in plan().teams if each.name == name)


def at(hours: float) -> int:
    return BEGINS + round(hours * HOUR)


def busy(*rows: tuple[float, Event, int, int]) -> dict[int, list[float]]:
    """Hours of work by team, of rows of (hours from the week's beginning, event, whose, by)."""
    trace = np.array([(at(hours), event, entity, by, 0) for hours, event, entity, by in rows]).reshape(-1, 5)
    return {who: hours.tolist() for who, hours in busy_hours(plan(), trace, BEGINS).items()}


def only(**hours: float) -> list[float]:
    found = [0.0] * HOURS
    for hour, amount in hours.items():
        found[int(hour.removeprefix("h"))] = amount
    return found


def test_work_is_split_over_the_hours_it_touches() -> None:
    first, second = (agent_id(team("support"), index) for index in range(2))
    found = busy(
        (1.5, Event.REPORT_TAKEN, REPORT, first),
        (1.75, Event.REPORT_TAKEN, OTHER, second),
        (2.25, Event.REPORT_CLOSED, OTHER, second),
        (4.25, Event.REPORT_CLOSED, REPORT, first),
    )
    assert found[team("support")] == pytest.approx(only(h1=0.5 + 0.25, h2=1 + 0.25, h3=1, h4=0.25))
    assert found[team("on-call")] == only()


def test_a_verdict_of_a_team_ends_the_work_of_its_person() -> None:
    lead = agent_id(team("on-call"), 1)
    found = busy(
        (10, Event.REVIEW_STARTS, REPORT, lead),
        (10.5, Event.REVIEW_ENDS, REPORT, team("on-call")),
        (12, Event.ALARM_TAKEN, ALARM, lead),
        (12.25, Event.ALARM_CLOSED, ALARM, lead),
        (13, Event.RESPONDER_TAKES, REPORT, lead),
        (14, Event.RESPONDER_FREE, REPORT, lead),
    )
    assert found[team("on-call")] == pytest.approx(only(h10=0.5, h12=0.25, h13=1))


def test_work_beyond_the_week_is_cut_off_at_both_ends() -> None:
    first, second, third = (agent_id(team("support"), index) for index in range(3))
    found = busy(
        (-3, Event.REPORT_TAKEN, 1, first),
        (-2, Event.REPORT_TAKEN, 2, second),
        (-1, Event.REPORT_CLOSED, 2, second),
        (0.5, Event.REPORT_CLOSED, 1, first),
        (167.5, Event.REPORT_TAKEN, 3, first),
        (167.75, Event.REPORT_TAKEN, 4, third),  # never closed
        (170, Event.REPORT_CLOSED, 3, first),
        (171, Event.REPORT_TAKEN, 5, first),
    )
    assert found[team("support")] == pytest.approx(only(h0=0.5, h167=0.5 + 0.25))


def worked(begins: int, **hours: float) -> tuple[int, dict[int, np.ndarray]]:
    """A week in which the desk worked so many hours, by hours of UTC."""
    rest = {each.id: np.zeros(HOURS) for each in plan().teams}
    return begins, rest | {team("desk"): np.array(only(**hours))}


def test_shares_are_of_those_on_shift_by_the_clock_of_the_zone() -> None:
    found = by_hour(plan(), [worked(BEGINS, h14=1.0, h21=2.0)], "America/New_York")
    assert list(found) == ["desk"]  # nobody else has worked
    desk = found["desk"]
    # 14:00 UTC is 9:00 in New York; two people are there. 21:00 UTC is 16:00, the last hour.
    assert (desk[9], desk[16]) == (0.5, 1.0)
    assert {hour for hour in range(HOURS) if not math.isnan(desk[hour])} == {
        24 * day + hour for day in range(5) for hour in range(9, 17)
    }
    assert sum(share for share in desk if not math.isnan(share)) == 1.5


def test_a_week_goes_round() -> None:
    sunday = by_hour(plan(), [worked(BEGINS, h14=1.0)], "America/New_York")["desk"]
    kiritimati = by_hour(plan(), [worked(BEGINS, h14=1.0)], "Pacific/Kiritimati")["desk"]  # UTC+14
    assert sunday[9] == kiritimati[28] == 0.5
    late = replace(plan().teams[0], windows=plan().teams[0].windows)
    hours = {each.id: np.zeros(HOURS) for each in plan().teams} | {late.id: np.array(only(h2=4.0))}
    assert by_hour(plan(), [(BEGINS, hours)], "America/New_York")["support"][165] == 1.0  # Sunday 21:00


def test_summer_time_moves_the_shift_and_not_its_picture() -> None:
    both = [worked(BEGINS, h14=1.0), worked(SUMMER, h13=1.0)]
    desk = by_hour(plan(), both, "America/New_York")["desk"]
    assert desk[9] == 0.5
    assert math.isnan(desk[8])
    assert math.isnan(desk[17])
    assert (hours_ahead("America/New_York", BEGINS), hours_ahead("America/New_York", SUMMER)) == (-5, -4)
    assert hours_ahead("Europe/Berlin", SUMMER) == 2
    assert hours_ahead("UTC", SUMMER) == 0


def test_a_team_that_is_never_on_shift_has_no_shares() -> None:
    given = plan()
    teams = tuple(replace(each, windows=()) if each.name == "desk" else each for each in given.teams)
    assert by_hour(replace(given, teams=teams), [worked(BEGINS, h14=1.0)], "UTC") == {}
    assert by_hour(given, [], "UTC") == {}
