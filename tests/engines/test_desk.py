"""Reports handled at the desk and in the whole run: the same rows."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from deactsim.engines.chosen import run
from deactsim.engines.handled import handling
from deactsim.engines.reference import Desk
from deactsim.model.lengths import FIXED, Length, length_of
from deactsim.model.plan import Plan
from deactsim.model.shifts import DAY
from deactsim.model.states import Event, Reason
from deactsim.model.streams import team_id, world_key
from deactsim.model.trace import Row
from deactsim.model.world import HOUR, World
from deactsim.scenario.distributions import read_distribution

from .compared import GRID, case, on_grid
from .tiny import MINUTE, NOON, acts, plan_of

OF_REPORTS = {Event.REPORT_ARRIVES, Event.REPORT_TAKEN, Event.REPORT_CLOSED}


def of_desk(desk: Desk, world: World) -> list[Row]:
    """What the desk says of its reports, as rows; of those never taken it says nothing."""
    found, plan = [], desk.plan
    for report, _, place, agent, taken, closed, wrongful in desk.work(world.end + 1):
        team = plan.teams[plan.streams[report.stream].teams[place]].id
        found.append(Row(report.time, Event.REPORT_ARRIVES, report.id, team, 0))
        found.append(Row(taken, Event.REPORT_TAKEN, report.id, agent, 0))
        if closed <= world.end:
            why = Reason.NO_ACTION if wrongful is None else Reason.ACTION
            found.append(Row(closed, Event.REPORT_CLOSED, report.id, agent, why))
    return found


def in_parts(plan: Plan, apart: Plan, world: World) -> tuple[list[Row], list[Row]]:
    """What the desk says, and the rest of the run."""
    once = of_desk(Desk(apart, world, world.start), world)
    return once, run(plan, world, Desk(apart, world, world.start).actions_of).rows


def as_a_whole(plan: Plan, world: World) -> list[Row]:
    """The whole run, without reports that were never taken."""
    rows = run(plan, world).rows
    taken = {row.entity for row in rows if row.event == Event.REPORT_TAKEN}
    return [row for row in rows if row.event != Event.REPORT_ARRIVES or row.entity in taken]


def agree(plan: Plan, world: World) -> Counter[int]:
    """Hold the parts to the whole; the events of reports, counted."""
    whole, apart = as_a_whole(plan, world), handling(plan)
    assert apart is not None
    once, rest = in_parts(plan, apart, world)
    assert not OF_REPORTS & {row.event for row in rest}
    assert sorted(once + rest) == sorted(whole)
    # The order is the same but for rows of one instant, and who takes what comes in the very same.
    by_event = [[row for row in rows if row.event == Event.REPORT_TAKEN] for rows in (once, whole)]
    assert by_event[0] == by_event[1]
    others = [row for row in whole if row.event not in OF_REPORTS]
    assert [row[0] for row in rest] == [row[0] for row in others]
    return Counter(row.event for row in whole)


@pytest.mark.parametrize("part", range(4))
def test_much_falls_together(part: int) -> None:
    """Random platforms and policies on a coarse grid of time, without an incident of the run's own."""
    compared, events = 0, Counter[int]()
    for seed in range(part, 240, 4):
        plan, worlds = case(seed, all_safeguards=True)
        plan = replace(plan, incident=None)
        if handling(plan) is None:
            continue
        for world in worlds:
            begins = on_grid(world.key, NOON - 2 * HOUR, NOON + 4 * HOUR)
            events += agree(plan, begins)
            compared += 1
    assert compared > 40
    assert min(events[each] for each in (*OF_REPORTS, Event.TOOK_EFFECT, Event.GATE_DENIED)) > 20


BUSY = """
teams:
  support: {headcount: 3, shift: "Mon-Fri 08:00-16:00 UTC", turnover: 6000% per year}
  agency:  {headcount: 2, may: {deactivate: [ordinary]}, shift: "10:00-22:00 UTC", turnover: 6000% per year}
  night:   {headcount: 1, may: {deactivate: [vip, ordinary]}, shift: "20:00-04:00 UTC"}
  leads:   {headcount: 1}
reports:
  ordinary: {command: deactivate, rate: 12 per hour, actioned: 50%, urgent: 20%, slip: 10%, misidentified: 10%,
    handling: "median 9 min, p90 40 min"}
  vip: {command: deactivate, rate: 3 per hour, actioned: 50%, urgent: 20%, handling: uniform 1 min to 20 min}
"""
POLICIES = {
    "none": "confirm: {stops_slips: 50%}",
    "step-down": "step_down: {before_last_shift: 2 days, told_in_time: 80%}",
    "step-down of one stream": "step_down: {before_last_shift: 2 days, of: vip}",
    "step-down of one team": "step_down: {before_last_shift: 2 days, teams: support, works: 60%, stretch: 1 day}",
    "fewer": "least_privilege: {holders: 3}",
    "none left somewhere": "least_privilege: {holders: 1}",
    "counting": "rate_limit: {per_agent: 2 per hour}\njust_in_time: {takes: 5 min, lasts: 1 h}",
    "asking": "approval: {by: {leads: 1}, review: 'median 9 min, p90 30 min', catches: 50%, time_out: 3 h}",
    "freezing": "lock_down: {after: 1 min, for: 30 min}\nautomatic_restore: {after: 9 min, undoes_honest: 9%}",
}


@pytest.mark.parametrize("policy", POLICIES)
def test_queues_shifts_and_leavers(policy: str) -> None:
    plan, events = plan_of(POLICIES[policy], BUSY, reading=None), Counter[int]()
    for number in range(4):
        events += agree(plan, World(world_key(3, number), NOON - HOUR // 3, NOON + 4 * DAY))
    assert events[Event.REPORT_TAKEN] > 500
    assert (events[Event.RIGHTS_END] > 1) == policy.startswith("step-down")


def handled_in(length: Length, plan: Plan) -> Plan:
    """The plan with every report handled in such a time."""
    return replace(plan, streams=tuple(replace(stream, handling=length) for stream in plan.streams))


@pytest.mark.parametrize("length", [1.0, 3.0 * HOUR])
def test_work_that_takes_an_instant_and_work_that_takes_long(length: float) -> None:
    plan = handled_in(Length(FIXED, length), plan_of("", BUSY, reading=None))
    agree(plan, World(world_key(4, 1), NOON, NOON + 2 * DAY))
    if length > GRID:  # on the grid an instant would be no time
        agree(plan, on_grid(world_key(4, 1), NOON, NOON + 2 * DAY))


#: Approvers whose turn comes before the handlers', and who are the quicker the more wait.
QUEUING = """
teams: {support: {headcount: 3, shift: "12:00-20:00 UTC"}, leads: {headcount: 1}}
reports:
  ordinary: {command: deactivate, rate: 12 per hour, actioned: 50%, urgent: 40%, handling: 1 min}
  vip:      {command: deactivate, rate: 12 per hour, actioned: 50%, urgent: 40%, handling: 1 min}
"""
STAMPED = (
    "approval: {by: {leads: 1}, review: 'median 9 min, p90 30 min', catches: 50%, time_out: 3 h, stamps: 5%,"
    " stamps_per_queued: 5%}"
)


def test_work_that_takes_no_time_stays_in_the_run() -> None:
    """The desk would close reports before the approvers' turn at the same instant, the whole run some after it."""
    assert team_id("leads") < team_id("support")
    plan = handled_in(Length(FIXED, 1.0), plan_of(STAMPED, QUEUING, reading=None))
    apart, at_once, differ = handling(plan), handled_in(Length(FIXED, 0.0), plan), 0
    assert apart is not None
    assert handling(at_once) is None
    for number in range(5):
        world = World(world_key(3, number), NOON - 6 * HOUR, NOON + 6 * HOUR)
        agree(plan, world)
        once, rest = in_parts(at_once, handled_in(Length(FIXED, 0.0), apart), world)
        differ += sorted(once + rest) != sorted(as_a_whole(at_once, world))
    assert differ > 0, "the desk would do: the test is about nothing"


@pytest.mark.parametrize(
    ("length", "apart"),
    [
        ("0 s", False),
        ("1 s", True),
        ("uniform 0 s to 20 min", False),
        ("uniform 1 s to 20 min", True),
        ("triangular 0 s, 1 min, 20 min", False),
        ("triangular 1 s, 1 min, 20 min", True),
        ("quantiles p0 0 s, p50 4 min, p100 10 min", False),
        ("quantiles p0 1 s, p50 4 min, p100 10 min", True),
        ("exponential mean 5 min", True),
        ("median 5 min, p90 20 min", True),
        ("weibull shape 0.9, scale 5 min", True),
        ("weibull shape 0.1, scale 5 min", False),
    ],
)
def test_what_may_take_no_time(length: str, apart: bool) -> None:
    plan = handled_in(length_of(read_distribution(length)), plan_of("", BUSY))
    assert (handling(plan) is not None) == apart


def test_the_desk_is_the_same_however_far_one_asks_at_a_time() -> None:
    plan = handling(plan_of("", BUSY, reading=None))
    assert plan is not None
    world = World(world_key(5, 0), NOON, NOON + DAY)
    at_once, by_steps = Desk(plan, world, NOON), Desk(plan, world, NOON)
    whole, chance, steps = at_once.work(world.end + 1), random.Random(1), []
    until = NOON
    while until <= world.end:
        until += chance.randrange(1, 3 * HOUR)
        steps += by_steps.work(until)
    assert steps == whole
    assert by_steps.actions == at_once.actions
    cut = NOON + 7 * HOUR + 3 * MINUTE
    parts = at_once.actions_of(NOON, cut) + at_once.actions_of(cut, world.end + 1)
    assert parts == [one for one in at_once.actions if one.closed <= world.end]
    assert len(parts) > 50


@pytest.mark.parametrize(
    ("policy", "apart"),
    [
        ("", True),
        ("approval: {by: {leads: 1}, review: 1 min, catches: 0%}", True),
        ("approval: {by: {leads: 1, agency: 1}, review: 1 min, catches: 0%}", False),
        ("protected_list: {then: agency}", False),
        ("protected_list: {then: deny}", True),
        ("separation_of_duties: {by: support, takes: 1 min, catches: 0%}", False),
    ],
)
def test_handlers_with_other_work_stay_in_the_run(policy: str, apart: bool) -> None:
    assert (handling(plan_of(policy, BUSY)) is not None) == apart


def test_handlers_who_respond_stay_in_the_run() -> None:
    assert handling(plan_of("", BUSY + "response: {by: agency}")) is None


def test_policies_that_leave_handling_alone_share_it() -> None:
    plans = {name: handling(plan_of(policy, BUSY, reading=None)) for name, policy in POLICIES.items()}
    same = {name for name, plan in plans.items() if plan == plans["none"]}
    assert same == {"none", "counting", "asking", "freezing"}
    # An incident's actor adds nothing, and nobody steps down around one.
    assert handling(plan_of(POLICIES["step-down"], BUSY + acts("@c 5 min"))) == plans["none"]
