"""How long before an incident its run begins, so that whom it needs are as busy as they would be.

The people of an incident are responders and whoever gates ask; who handles reports matters by when they ask. From the
hour of the week in which it happens one goes back stage by stage: to when, as a fluid, no work lay there, and on for
as long as chance is remembered (`settling`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..model.compile import compile_plan
from ..model.plan import Plan
from ..model.shifts import DAY
from ..model.world import HOUR
from ..scenario.schema import Scenario
from .settling import HOURS, MONDAY, Array, Flow, backlog, flows, on_shift, settled

#: What is left of a beginning without work when it is forgotten: so large a share of a team's time.
FORGOTTEN = 0.05
#: Less work than this for each of a team keeps nobody waiting (a minute).
NEGLIGIBLE = 60_000_000.0
#: A run has no more reports than this ahead of its incident, by and large, and is no longer ahead.
MOST_REPORTS, LONGEST = 20_000.0, 366 * DAY


@dataclass(frozen=True, slots=True)
class _Stage:
    """People whom work passes: for how long there has been work by hour of the week, (168,), and what chance adds."""

    since: Array
    chance: float


@dataclass(frozen=True, slots=True)
class _Ahead:
    """How long before an incident runs begin, in microseconds, and whether that is too short, both (168,)."""

    runs: tuple[int, ...]
    short: tuple[bool, ...]


def ahead(plans: Iterable[Plan], least: int) -> tuple[int, ...]:
    """How long before an incident in each hour of the week (Monday 0:00 UTC first) its run begins, at least `least`.

    It is the same for all plans, which meet the same reports: microseconds, (168,).
    """
    found = [_of_plan(plan).runs for plan in dict.fromkeys(plans)]
    return tuple(max(least, *(each[hour] for each in found)) for hour in range(HOURS))


def unsettled_hours(plans: Iterable[Plan]) -> tuple[int, ...]:
    """The hours of the week in which a run of any plan would have to begin earlier than `ahead` allows."""
    found = [_of_plan(plan).short for plan in dict.fromkeys(plans)]
    return tuple(hour for hour in range(HOURS) if any(each[hour] for each in found))


def hour_of_week(time: int) -> int:
    """The hour of the week of a time in microseconds since 1970 UTC, from Monday 0:00 UTC on."""
    return (time - MONDAY) // HOUR % HOURS


def with_warm_up(scenario: Scenario) -> Scenario:
    """The scenario with the warm-up of its incident worked out: no less than the usual one, if none is stated.

    A variation of a scenario begins as the scenario does.
    """
    incident, usual = scenario.incident, scenario.unmoved
    if incident is None or incident.warm_up.given:
        return scenario
    plans = (compile_plan(usual, name, None) for name in usual.policies)
    needed = ahead(plans, incident.warm_up.value)[hour_of_week(incident.at.value.value)]
    warm_up = replace(incident.warm_up, value=needed)
    return scenario.model_copy(update={"incident": incident.model_copy(update={"warm_up": warm_up})})


@lru_cache(maxsize=256)
def _of_plan(plan: Plan) -> _Ahead:
    """The same of one plan; 0 where it needs nothing."""
    work = flows(plan)
    reports = [flow for flow in work if flow.reports]
    called = dict.fromkeys(flow.team for flow in work if flow.alarms or flow.undo)
    asked = dict.fromkeys(flow.team for flow in work if not (flow.reports or flow.alarms or flow.undo))
    stages = [_stage(plan, [place], work, NEGLIGIBLE) for place in (*called, *reversed(asked))]
    desks = [_stage(plan, pool, reports) for pool in _pools(plan, {flow.team for flow in reports})]
    rate = sum(float(flow.rate.mean()) for flow in reports)
    most = min(LONGEST / HOUR, MOST_REPORTS / (rate * HOUR) if rate > 0.0 else math.inf)
    runs, short = [], []
    for hour in range(HOURS):
        back = 0.0
        for stage in stages:
            back += float(stage.since[int(hour - back) % HOURS]) + stage.chance
        if back > 0.0 and desks:
            back += max(float(desk.since[int(hour - back) % HOURS]) + desk.chance for desk in desks)
        runs.append(math.ceil(min(back, most)) * HOUR)
        short.append(back > most)
    return _Ahead(tuple(runs), tuple(short))


def _stage(plan: Plan, places: Sequence[int], work: Sequence[Flow], negligible: float = 0.0) -> _Stage:
    """Teams that share their work, with all of it; for each of their people some of it is `negligible`."""
    teams = [plan.teams[place] for place in places]
    mine = [flow for flow in work if flow.team in places]
    people = max(1, sum(team.headcount for team in teams))
    there = sum((team.headcount * on_shift(team.windows) for team in teams), np.zeros(HOURS)) / people
    left, _ = backlog(people, there, mine)
    patience = max(flow.patience for flow in mine)
    chance = max(_remembered(plan, place, work) for place in {flow.team for flow in mine})
    return _Stage(np.minimum(_since(left > negligible * people), patience / HOUR), chance / HOUR)


def _remembered(plan: Plan, place: int, work: Sequence[Flow]) -> float:
    """For how long chance matters to a team, in microseconds."""
    found = settled(plan, place, work)
    if not math.isfinite(found.relaxation) or found.load <= FORGOTTEN:
        return 0.0
    return found.grows + found.relaxation * math.log(min(found.load, 1.0) / FORGOTTEN)


def _since(there: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Array:
    """For how many hours there has been work in each hour, at its end or its beginning, (168,)."""
    run, ends = 0, np.zeros(HOURS)
    for hour in range(2 * HOURS):
        run = min(run + 1, HOURS) if there[hour % HOURS] else 0
        ends[hour % HOURS] = run
    return np.maximum(ends, np.roll(ends, 1))


def _pools(plan: Plan, handling: set[int]) -> list[list[int]]:
    """Teams that share reports, directly or by others, among those that handle any."""
    pools: list[set[int]] = []
    for stream in plan.streams:
        pool = set(stream.teams) & handling
        for other in [each for each in pools if each & pool]:
            pools.remove(other)
            pool |= other
        if pool:
            pools.append(pool)
    return [sorted(pool) for pool in pools]
