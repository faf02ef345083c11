"""How long queues take to settle, and friction of settled weeks against closed forms."""

from __future__ import annotations

import math
from heapq import heapify, heapreplace

import numpy as np
import pytest

from deactsim.model.plan import Plan
from deactsim.model.shifts import DAY
from deactsim.model.world import HOUR, WEEK
from deactsim.study.friction import Weeks, routine_weeks
from deactsim.study.settling import A_BATCH, BATCHES, MOST_WEEKS, settling, stretch, unsettled
from tests.study.queues import desk, wait_of_many, wait_of_one

UNTIL = 1_700_000_000 * 1_000_000  # in November 2023
WORKDAYS, OTHER_DAYS = "Mon-Fri 09:00-17:00 UTC", "Wed-Sun 09:00-17:00 UTC"


def weeks_of(plan: Plan, seed: int = 1, weeks: int = 52) -> Weeks:
    return routine_weeks(plan, seed, stretch([plan], UNTIL, weeks))


# ---------------------------------------------------------------- how long


@pytest.mark.parametrize("load", [0.6, 0.8, 0.9, 0.95, 0.98])
def test_the_relaxation_time_of_one_server_is_near_the_exact_one(load: float) -> None:
    plan = desk(per_hour=2 * load, handling="exponential mean 30 min")
    exact = 0.5 / (1 - math.sqrt(load)) ** 2
    assert settling(plan).relaxation / HOUR == pytest.approx(exact, rel=0.2)
    # Fixed times have half the spread; ten people forget sooner what all of them have to do.
    fixed = settling(desk(per_hour=2 * load, handling="30 min")).relaxation / HOUR
    assert fixed == pytest.approx(0.5 * exact, rel=0.2)
    many = settling(desk(people=10, per_hour=20 * load, handling="exponential mean 30 min"))
    assert many.relaxation / HOUR - 1.0 == pytest.approx(0.1 * (exact - 1.0), abs=0.2 * exact)


def test_the_longest_gap_is_remembered_and_waited_for() -> None:
    plan = desk(people=50, shift=WORKDAYS, per_hour=1.0, handling="1 min")
    found = settling(plan)
    assert 64 * HOUR < found.memory < 70 * HOUR
    assert 64 * HOUR < found.over < 70 * HOUR
    other = settling(desk(people=50, shift=OTHER_DAYS, per_hour=1.0, handling="1 min"))
    assert (other.memory, other.over) == (found.memory, found.over)
    # One person of a load of 0.8 is not through with the weekend before Tuesday.
    busy = settling(desk(shift=WORKDAYS, per_hour=0.8 * 40 / 168, handling="1 h"))
    assert busy.memory > 80 * HOUR


def test_desks_and_whom_they_ask_are_behind_one_another() -> None:
    plan = desk("asked", people=50, shift=WORKDAYS, leads=50, leads_shift=OTHER_DAYS, actioned="100%")
    found = settling(plan)
    # The leads do on Wednesday what has come since Monday.
    assert (64 + 48) * HOUR < found.memory < 130 * HOUR
    assert 64 * HOUR < found.over < 75 * HOUR


def test_a_hold_is_waited_for() -> None:
    plan = desk("held", people=3, actioned="100%", handling="1 min")
    assert settling(plan).over >= 14 * DAY
    found = weeks_of(plan, weeks=4)
    estimates = found.estimates()
    assert estimates["minutes_held"].mean == 14 * 1440
    assert estimates["held"].mean == estimates["actions"].mean


@pytest.mark.parametrize("load", [0.995, 1.0, 1.5])
def test_what_is_too_busy_does_not_settle(load: float) -> None:
    found = settling(desk(per_hour=2 * load))
    assert not found.settles
    # Where requests time out, the queue is never longer than that.
    asked = desk("asked", people=20, per_hour=2 * load, actioned="100%", handling="1 min", time_out="4 h")
    assert settling(asked).settles
    assert settling(asked).relaxation < 2 * DAY
    assert settling(asked).over < 6 * HOUR
    assert settling(asked).memory > (4 * HOUR / (load - 1.0) if load > 1.0 else 0.0)


def test_a_team_without_work_needs_no_time() -> None:
    found = settling(desk(per_hour=1e-6))
    assert found.memory < 5 * HOUR


def test_a_stretch_is_of_whole_weeks_before_a_monday() -> None:
    light = desk(people=5)
    found = stretch([light], UNTIL, 52)
    assert (found.weeks, found.batches) == (52, 52)
    assert (found.begins // DAY + 3) % 7 == 0
    assert 0 <= UNTIL - (found.begins + 52 * WEEK) < WEEK
    assert found.begins - found.start == DAY
    assert found.end - (found.begins + 52 * WEEK) == DAY


def test_a_slow_queue_has_long_batches_and_as_many_weeks() -> None:
    slow, light = desk(per_hour=1.8), desk(people=5, per_hour=1.8)
    found = stretch([slow, light], UNTIL, 52)
    assert found == stretch([light, slow], UNTIL, 52)
    relaxation = settling(slow).relaxation
    assert found.batches == BATCHES
    assert found.weeks * WEEK >= BATCHES * A_BATCH * relaxation
    assert found.begins - found.start >= 4 * relaxation
    # So many weeks and no more, if they were asked for: then batches are few.
    assert stretch([slow], UNTIL, 30, exactly=True).weeks == 30
    assert stretch([slow], UNTIL, 30, exactly=True).batches < 10
    assert stretch([desk(per_hour=1.97)], UNTIL, 52).weeks <= MOST_WEEKS
    # What never settles is not waited for.
    assert stretch([light, desk(per_hour=3.0)], UNTIL, 52) == stretch([light], UNTIL, 52)


def test_what_does_not_settle_is_said() -> None:
    plan = desk(per_hour=1.99)
    found = stretch([plan], UNTIL, 52)
    assert unsettled(plan, found) == {
        "support": "support at 99.5%, whose queue does not settle so close to all its time"
    }
    plan = desk(per_hour=1.9)
    assert unsettled(plan, stretch([plan], UNTIL, 52)) == {}
    few = stretch([plan], UNTIL, 8, exactly=True)
    assert unsettled(plan, few) == {
        "support": "support at 95.0%, whose queue takes 16 days to settle (simulated: 8 weeks)"
    }


# ---------------------------------------------------------------- against closed forms


@pytest.mark.parametrize("load", [0.3, 0.6, 0.9])
def test_reports_wait_as_in_the_steady_state_of_one_server(load: float) -> None:
    for handling, square in (("exponential mean 30 min", 0.5), ("30 min", 0.25)):
        found = weeks_of(desk(per_hour=2 * load, handling=handling)).estimates()["report_wait"]
        exact = wait_of_one(2 * load, 0.5, square)
        assert abs(found.mean - exact) < found.high - found.low, (handling, load)
        assert found.high - found.low < 0.5 * exact


@pytest.mark.parametrize("load", [0.5, 0.85])
def test_reports_wait_as_in_the_steady_state_of_many(load: float) -> None:
    plan = desk(people=4, per_hour=8 * load, handling="exponential mean 30 min")
    found = weeks_of(plan).estimates()["report_wait"]
    assert abs(found.mean - wait_of_many(4, 8 * load, 0.5)) < found.high - found.low


@pytest.mark.parametrize("shift", [WORKDAYS, OTHER_DAYS])
def test_reports_wait_for_the_next_shift(shift: str) -> None:
    """People enough: four gaps of 16 h a week, and one of 64, in each of which one waits half of it."""
    found = weeks_of(desk(people=60, shift=shift, per_hour=2.0, handling="1 min")).estimates()["report_wait"]
    exact = 60.0 * (4 * 16**2 + 64**2) / 2 / 168
    assert exact == pytest.approx(914.3, abs=0.05)
    assert abs(found.mean - exact) < found.high - found.low
    assert found.high - found.low < 0.1 * exact


def by_hand(seed: int, per_hour: float, mean: float, people: int, weeks: int) -> float:
    """Minutes that reports wait on average for one of some people on work days from nine to five, in plain Python."""
    chance, clock, total, count = np.random.default_rng(seed), 0.0, 0.0, 0
    free = [0.0] * people
    heapify(free)
    while True:
        clock += chance.exponential(1 / per_hour)
        if clock > weeks * 168:
            return 60.0 * total / count
        begin = max(clock, free[0])
        day, hour = divmod(begin % 168, 24)
        if day < 5 and hour < 9:
            begin += 9 - hour
        elif day > 4 or hour >= 17:
            ahead = 7 - day if day >= 4 else 1
            begin += 24 * ahead - hour + 9
        heapreplace(free, begin + chance.exponential(mean))
        if clock > 168 * 8:
            total, count = total + begin - clock, count + 1


@pytest.mark.parametrize("shift", [WORKDAYS, OTHER_DAYS])
def test_a_busy_desk_on_work_days_waits_as_worked_out_by_hand(shift: str) -> None:
    per_hour, mean = 2 * 0.7 * 40 / 168, 1.0
    plan = desk(people=2, shift=shift, per_hour=per_hour, handling="exponential mean 1 h")
    found = weeks_of(plan, weeks=200).estimates()["report_wait"]
    exact = by_hand(1, per_hour, mean, 2, 4000)
    assert abs(found.mean - exact) < found.high - found.low


def test_work_asked_for_on_a_friday_counts_where_it_is_done_on_monday() -> None:
    """An action an hour, half an hour's review of each on work days: 84 hours a week."""
    plan = desk(
        "asked",
        people=10,
        leads=30,
        leads_shift=WORKDAYS,
        per_hour=1.0,
        actioned="100%",
        handling="1 min",
        time_out="30 days",
    )
    found = weeks_of(plan)
    hours, actions = found.values["approver_hours"], found.values["actions"]
    assert np.array_equal(hours, actions / 2)
    estimate = found.estimates()["approver_hours"]
    assert abs(estimate.mean - 84.0) < estimate.high - estimate.low


def test_what_approvers_are_asked_waits_as_in_the_steady_state() -> None:
    plan = desk(
        "asked",
        people=100,
        per_hour=1.6,
        actioned="100%",
        handling="1 s",
        review="exponential mean 30 min",
    )
    found = weeks_of(plan).estimates()
    # M/M/1 at a load of 0.8: sojourns are exponential.
    mean = 30.0 / 0.2
    held, late = found["minutes_held"], found["minutes_held_p95"]
    assert abs(held.mean - mean) < held.high - held.low
    assert (
        late.low - (late.high - late.low) / 2 < mean * math.log(20) < late.high + (late.high - late.low) / 2
    )
    assert abs(found["approver_hours"].mean - 1.6 * 168 / 2) < 5.0
