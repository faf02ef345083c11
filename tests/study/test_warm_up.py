"""How long before an incident its run begins, and that its people are then as busy as they would be."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.stats import poisson

from deactsim.model.compile import compile_plan
from deactsim.model.world import HOUR
from deactsim.scenario.load import loads
from deactsim.scenario.paths import vary
from deactsim.study.background import see_incidents
from deactsim.study.condition import new_worlds
from deactsim.study.forecast import forecast
from deactsim.study.settling import settling
from deactsim.study.warm_up import ahead, hour_of_week, unsettled_hours, with_warm_up
from tests.study.queues import desk

MONDAY_NINE, MONDAY_NOON, FRIDAY_FOUR, SUNDAY_NOON = 9, 12, 4 * 24 + 16, 6 * 24 + 12
WORKDAYS = "Mon-Fri 09:00-17:00 UTC"


def test_hours_of_the_week_begin_on_monday() -> None:
    for text, hour in (("1970-01-05T00:00", 0), ("2024-03-11T09:30", 9), ("2024-03-17T23:59", 167)):
        time = datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
        assert hour_of_week(int(time) * 1_000_000) == hour


def test_people_who_are_hardly_busy_need_no_more_than_the_least() -> None:
    assert set(ahead([desk(people=9)], HOUR)) == {HOUR}
    # Nor does it matter when reports are handled if nobody is asked.
    assert set(ahead([desk(people=9, shift=WORKDAYS, actioned="100%")], HOUR)) == {HOUR}


def test_a_gap_of_approvers_is_gone_back_to() -> None:
    given = {
        "people": 9,
        "actioned": "100%",
        "handling": "1 min",
        "leads_shift": WORKDAYS,
        "review": "10 min",
    }
    found = ahead([desk("asked", per_hour=0.5, **given)], HOUR)  # type: ignore[arg-type]
    assert found[SUNDAY_NOON] >= (7 + 24 + 12) * HOUR
    assert 64 * HOUR < found[MONDAY_NINE] < 70 * HOUR
    # The weekend's 32 actions take five hours and a bit.
    assert found[MONDAY_NOON] >= 67 * HOUR
    assert found[FRIDAY_FOUR] < 12 * HOUR
    # A time-out bounds what can still wait.
    short = ahead([desk("asked", per_hour=0.5, time_out="4 h", **given)], HOUR)  # type: ignore[arg-type]
    assert 4 * HOUR <= short[SUNDAY_NOON] < 8 * HOUR


def test_approvers_of_a_busy_team_take_relaxation_times() -> None:
    plan = desk(
        "asked", people=90, per_hour=1.8, actioned="100%", handling="1 s", review="exponential mean 30 min"
    )
    found = ahead([plan], HOUR)
    assert min(found) > 2.5 * settling(plan).relaxation
    # It is the same for all plans that meet each other.
    light = desk(people=90, per_hour=1.8, actioned="100%", handling="1 s")
    assert ahead([light, plan], HOUR) == ahead([plan, light], HOUR) == found
    assert set(ahead([light], HOUR)) == {HOUR}


def test_the_desk_is_gone_back_to_where_it_is_asked_for() -> None:
    """Actions of a desk that works on work days come on Monday; who is asked about them always works."""
    plan = desk(
        "asked", people=9, shift=WORKDAYS, per_hour=1.0, actioned="100%", handling="1 min", review="20 min"
    )
    found = ahead([plan], HOUR)
    assert found[MONDAY_NOON] > 66 * HOUR


def test_what_never_settles_is_not_waited_for() -> None:
    plan = desk("asked", people=9, per_hour=3.0, actioned="100%", handling="1 min", time_out="365 days")
    assert max(ahead([plan], HOUR)) <= (20_000 / 3 + 1) * HOUR
    assert set(ahead([desk(per_hour=3.0)], HOUR)) == {HOUR}


MORNING = """
deactsim: 1
title: A Monday
zone: UTC
platform:
  retention: 90 days
  commands: {{suspend: {{undo: restore}}, restore: {{}}}}
  tiers: {{listed: {{accounts: 1M}}}}
  accounts: {{"@a": {{tier: listed, followers: 1k}}}}
teams:
  support: {{headcount: 50, may: {{suspend: [listed]}}}}
  leads: {{headcount: 1, shift: "Mon-Fri 09:00-17:00 UTC"}}
  on-call: {{headcount: 5}}
reports:
  listed: {{command: suspend, rate: 0.16 per hour, actioned: 100%, handling: 1 s}}
detection:
  public: {{delay: 1 min, at_followers: 1k}}
  word_reaches_platform: {{delay: 1 min}}
response: {{by: on-call, pick_up: 1 min, find_cause: 1 min, authorise: 1 min, restore: 1 min}}
incident:
  account: "@a"
  command: suspend
  actor: {{team: support}}
  at: 2024-03-11T09:30:00Z
  follow: 14 days{warm_up}
  readings: {{meant: {{cause: deliberate}}}}
baseline: none
policies:
  none: {{}}
  asked: {{approval: {{of: listed, by: {{leads: 1}}, review: 30 min, catches: 0%, time_out: 300 days}}}}
"""


def monday_by_hand(seed: int, weeks: int) -> float:
    """Minutes that one waits for a lead on a Monday at 9:30 behind what has come, in plain Python."""
    chance, clock, free, waits, mondays = np.random.default_rng(seed), 0.0, 0.0, list[float](), 1
    while mondays < weeks:
        clock += chance.exponential(1 / 0.16)
        while clock > 168 * mondays + 9.5:
            waits.append(max(0.0, free - 168 * mondays - 9.5))
            mondays += 1
        begin = max(clock, free)
        day, hour = divmod(begin % 168, 24)
        if day < 5 and hour < 9:
            begin += 9 - hour
        elif day > 4 or hour >= 17:
            begin += 24 * (7 - day if day >= 4 else 1) - hour + 9
        free = begin + 0.5
    return 60.0 * float(np.mean(waits))


def test_on_monday_morning_the_weekend_waits() -> None:
    scenario = with_warm_up(loads(MORNING.format(warm_up="")))
    assert scenario.incident is not None
    assert scenario.incident.warm_up.value > 64 * HOUR
    plan = compile_plan(scenario, "asked", "meant")
    incident = plan.incident
    assert incident is not None
    seen = see_incidents(plan, new_worlds(plan, 1, range(400)))
    waits = (seen["effect"] - incident.at) / 60e6 - 30.0
    exact = monday_by_hand(3, 4000)
    assert exact > 200
    assert abs(waits.mean() - exact) < 4 * waits.std() / np.sqrt(waits.size)
    # With the eight hours that are usual elsewhere most of it is missing.
    short = compile_plan(loads(MORNING.format(warm_up="\n  warm_up: 8 h")), "asked", "meant")
    seen = see_incidents(short, new_worlds(short, 1, range(200)))
    assert ((seen["effect"] - incident.at) / 60e6 - 30.0).mean() < 60


def test_a_warm_up_that_is_stated_stays() -> None:
    stated = loads(MORNING.format(warm_up="\n  warm_up: 3 h"))
    assert with_warm_up(stated) is stated
    light = loads(MORNING.format(warm_up="").replace("0.16 per hour", "1 per year"))
    found = with_warm_up(light).incident
    assert found is not None
    assert found.warm_up.value == 8 * HOUR
    assert not found.warm_up.given
    without = loads(MORNING.format(warm_up=""))
    without = without.model_copy(update={"incident": None})
    assert with_warm_up(without) is without


def test_a_variation_begins_as_the_scenario_does() -> None:
    scenario = loads(MORNING.format(warm_up=""))
    moved = vary(scenario, "reports.listed.rate", "1 per year")
    usual, varied = with_warm_up(scenario).incident, with_warm_up(moved).incident
    assert usual is not None
    assert varied is not None
    assert varied.warm_up.value == usual.warm_up.value > 64 * HOUR


@pytest.mark.parametrize("hour", [0, 100])
def test_what_comes_to_very_much_is_bounded(hour: int) -> None:
    plan = desk(
        "asked",
        people=900,
        per_hour=3000.0,
        actioned="100%",
        handling="1 s",
        leads=1900,
        leads_shift=WORKDAYS,
    )
    assert ahead([plan], HOUR)[hour] <= 7 * HOUR
    # Twenty thousand reports are seven hours of this; a weekend is longer, and so is what chance is remembered for.
    assert hour in unsettled_hours([plan])


def test_hours_that_settle_are_none_of_those_that_do_not() -> None:
    plan = desk(
        "asked", people=9, per_hour=2.0, actioned="100%", handling="1 s", leads=20, leads_shift=WORKDAYS
    )
    assert ahead([plan], HOUR)[0] > 24 * HOUR
    assert unsettled_hours([plan]) == ()


STAMPED = """
deactsim: 1
title: Approvers who are busy
zone: UTC
platform:
  commands: {suspend: {undo: restore}, restore: {}}
  tiers: {listed: {accounts: 1M}}
teams:
  support: {headcount: 400, may: {suspend: [listed]}}
  oncall: {headcount: 1}
  leads: {headcount: 1}
reports:
  listed: {command: suspend, rate: 1.8 per hour, actioned: 100%, handling: 1 s, slip: 0.5%}
detection:
  word_reaches_platform: {delay: 1 min}
  public: {delay: 1 min, at_followers: 10k}
response: {by: oncall, pick_up: 1 min, find_cause: 1 min, authorise: 1 min, restore: 1 min}
forecast: {appetite: 1 h, protected: listed}
baseline: none
policies:
  none: {}
  two:
    approval:
      {of: listed, by: {leads: 1}, review: "exponential mean 30 min", catches: 90%, stamps_per_queued: 5%,
       time_out: 30 days}
"""


def stamped(load: float, stamps: float) -> float:
    """How many requests of M/M/1 are stamped unread: by what waits behind when a review begins, summed over the law.

    A customer is followed by as many as come while he waits; his wait is 0, or exponential.
    """
    rate = 2.0 * load
    waits = np.linspace(0.0, 400.0, 400_001)
    density = load * (2.0 - rate) * np.exp(-(2.0 - rate) * waits)
    counts = np.arange(200)
    share = np.array(
        [
            np.sum(poisson.pmf(counts, rate * wait) * np.minimum(1.0, stamps * counts))
            for wait in waits[::1000]
        ]
    )
    return float(np.trapezoid(density[::1000] * share, waits[::1000]))


@pytest.mark.parametrize("method", ["episodes", "direct"])
def test_both_methods_begin_as_busy_as_usual(method: str) -> None:
    """At a load of 0.9 an empty queue would have nine tenths of the errors caught; a third is stamped unread."""
    found = forecast(loads(STAMPED), years=12, method=method, weeks=1)  # type: ignore[arg-type]
    dark = next(each for each in found.policies if each.name == "two").yearly["accounts_dark"]
    unread = stamped(0.9, 0.05)
    exact = 1.8 * 8766 * 0.005 * (unread + (1.0 - unread) * 0.1)
    assert exact > 30
    assert abs(dark.mean - exact) < 1.5 * (dark.high - dark.low)
    assert dark.mean > 20
