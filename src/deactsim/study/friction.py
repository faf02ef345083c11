"""Friction: what safeguards cost honest work, from routine weeks of the same model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..engines.chosen import run_blocks, take_reports
from ..engines.handled import handling
from ..model.plan import Plan, StreamPlan
from ..model.streams import world_key
from ..model.world import WEEK, World
from ..stats import batches, weighted
from ..stats.weighted import Array
from .results import Estimate, Refused
from .settling import Stretch
from .utilisation import HOURS, busy_hours, busy_with_reports, rows_of_work
from .week import DENIED_AT, MEAN_OVER, Rows, Waits, asked_of_gates, fold, mean_wait, report_waits

#: Measures of a usual week: unit, and what they mean.
FRICTION = {
    "actions": ("per week", "honest actions asked for"),
    "held": ("per week", "honest actions that had to wait for a safeguard"),
    "minutes_held": ("min", "mean wait of those held"),
    "minutes_held_p95": ("min", "95th percentile of that wait"),
    "urgent_held": ("per week", "urgent ones among those held"),
    "rerouted": ("per week", "handed to a senior team"),
    "denied": ("per week", "honest actions denied"),
    "timed_out": ("per week", "honest actions that nobody approved in time, denied or let through"),
    "approver_hours": ("h per week", "hours of approvers, senior and executing staff"),
    "approver_utilisation": ("share", "of their hours on shift"),
    "responder_hours": ("h per week", "responders' hours on false alarms"),
    "false_alarms": ("per week", "alerts that were nothing"),
    "wrongly_undone": ("per week", "honest actions undone by mistake"),
    "agent_days_lost": ("agent-days per week", "leavers' shifts without the right to act"),
    "report_wait": ("min", "mean wait of a report for somebody with the right"),
}


#: Actions of which it is kept how their reports were handled, under as many plans as `_kept` has room for.
KEPT_ACTIONS = 1 << 19

#: A percentile has no value a week that could be averaged: only the pooled waits have one.
POOLED = "minutes_held_p95"


@dataclass(frozen=True)
class Weeks:
    """Friction of simulated routine weeks under one plan, one after another.

    `values` has one array entry a week (nan for the mean of nothing), `waits` tells of each action held, `batch` is
    which weeks are taken together as independent of others, (weeks,); `busy` has the beginning of each week and each
    team's hours of work by hour, if they were asked for.
    """

    values: Mapping[str, Array]
    waits: Waits
    batch: NDArray[np.int64]
    busy: tuple[tuple[int, dict[int, Array]], ...] = ()

    def __len__(self) -> int:
        return self.batch.size

    def estimates(self) -> dict[str, Estimate]:
        """Each measure with its interval; what never occurs, and means of nothing, are left out.

        Counts and hours are means over weeks. Waits are pooled: over all held actions or reports
        of all weeks, so that a week with few of them counts for little. Intervals are by batch means.
        """
        found = {}
        for name, (unit, _) in FRICTION.items():
            if name == POOLED:
                interval = self._p95()
            elif name in MEAN_OVER:
                interval = self._mean(name, self.values[MEAN_OVER[name]])
            elif self.values[name].any():
                interval = self.mean(self.values[name])
            else:
                interval = None
            if interval is not None:
                found[name] = Estimate(interval.mean, interval.low, interval.high, unit)
        return found

    def mean(self, values: Array) -> weighted.Interval:
        """The mean of a value of each week."""
        return batches.mean_interval(values, np.ones(len(self)), self.batch)

    def _mean(self, name: str, weights: Array) -> weighted.Interval | None:
        # Weighting a week's mean with its number is the mean of all, clustered by batch.
        has = weights > 0.0
        if not has.any():
            return None
        return batches.mean_interval(self.values[name][has], weights[has], self.batch[has])

    def _p95(self) -> weighted.Interval | None:
        waits = self.waits
        if waits.count.size == 0:
            return None
        count = waits.count.astype(np.float64)
        return batches.quantile_interval(waits.centres(), count, 0.95, self.batch[waits.week])


def routine_weeks(plan: Plan, seed: int, stretch: Stretch, *, by_hour: bool = False) -> Weeks:
    """Simulate the weeks of a stretch in one run, in which what they begin with has settled and ends what they begin.

    Only what begins within the weeks counts. `by_hour` asks for `busy` as well.
    """
    begins, weeks = stretch.begins, stretch.weeks
    batch = batches.batch_of(weeks, max(1, stretch.batches))
    if weeks == 0:
        names = (*FRICTION, *MEAN_OVER.values(), *DENIED_AT, "asked")
        return Weeks({name: np.empty(0) for name in names}, Waits.joined([]), batch)
    world, apart = _world(plan.streams, seed, stretch), handling(plan)
    handled = None if apart is None else _handled(apart, seed, stretch, by_hour=by_hour)
    (blocks,) = run_blocks(plan, [world], None if handled is None else [handled.actions])
    work = list[Rows]()
    folded = fold(plan, _with_work(blocks, work) if by_hour else blocks, begins, weeks, world.end)
    values = dict(folded.values)
    if handled is not None:
        reports = handled.waits
        values["reports"] = reports["reports"].astype(np.float64)
        values["report_wait"] = mean_wait(reports)
    if not by_hour:
        return Weeks(values, folded.waits, batch)
    hours = busy_hours(plan, np.concatenate(work), begins, weeks)
    if handled is not None:
        hours = {team: hours[team] + handled.busy[team] for team in hours}
    of_weeks = {team: each.reshape(weeks, HOURS) for team, each in hours.items()}
    busy = tuple(
        (begins + number * WEEK, {team: each[number] for team, each in of_weeks.items()})
        for number in range(weeks)
    )
    return Weeks(values, folded.waits, batch, busy)


def _with_work(blocks: Iterable[Rows], work: list[Rows]) -> Iterator[Rows]:
    """The blocks, of which the rows of work are put aside."""
    for block in blocks:
        work.append(rows_of_work(block))
        yield block


@dataclass(frozen=True)
class _Handled:
    """How the reports of a run are handled: what is added up of that, and the actions they end in."""

    actions: Rows
    waits: Mapping[str, NDArray[np.int64]]
    busy: Mapping[int, Array]


def _handled(plan: Plan, seed: int, stretch: Stretch, *, by_hour: bool) -> _Handled:
    """How reports are handled.

    It is the same for all policies that leave that as it is: where there are not too many actions it is kept for
    the next.
    """
    kept = _kept(plan, seed, stretch, by_hour)
    if kept:
        return kept[0]
    found = _measured(plan, _world(plan.streams, seed, stretch), stretch, by_hour=by_hour)
    if len(found.actions) <= KEPT_ACTIONS:
        kept.append(found)
    return found


def _measured(plan: Plan, world: World, stretch: Stretch, *, by_hour: bool) -> _Handled:
    (taken,) = take_reports(plan, [world])
    begins, weeks = stretch.begins, stretch.weeks
    came = (begins <= taken.arrived) & (taken.arrived < begins + weeks * WEEK)
    arrived = taken.arrived[came]
    waits = report_waits((arrived - begins) // WEEK, taken.taken[came] - arrived, weeks)
    busy = busy_with_reports(plan, taken, begins, world.end, weeks) if by_hour else {}
    return _Handled(taken.actions, waits, busy)


@lru_cache(maxsize=4)
def _kept(plan: Plan, seed: int, stretch: Stretch, by_hour: bool) -> list[_Handled]:  # noqa: ARG001
    """What was kept of a run, if it was."""
    return []


@lru_cache(maxsize=1)
def _world(streams: tuple[StreamPlan, ...], seed: int, stretch: Stretch) -> World:  # noqa: ARG001
    """The world of the weeks; every plan meets the same reports, drawn once."""
    return World(world_key(seed, 0), stretch.start, stretch.end)


def wages_of(plan: Plan, wages: Mapping[str, float]) -> dict[str, float] | None:
    """What a unit of each costly measure of a week costs, by the hourly wages of teams.

    Asked teams and teams that act are averaged; None where a wage is missing that is needed.
    """
    asked, acting = asked_of_gates(plan), [team for team in plan.teams if team.holders]
    responders = [plan.teams[plan.response.team]]
    hours = {"approver_hours": asked, "responder_hours": responders, "agent_days_lost": acting}
    found = {}
    for measure, teams in hours.items():
        if any(team.name not in wages for team in teams):
            return None
        if teams:
            found[measure] = sum(wages[team.name] for team in teams) / len(teams)
    found["agent_days_lost"] *= 8.0
    return found


#: How the counts of `friction_text` are said, after those held.
_SAID = {
    "denied": "denied",
    "agent_days_lost": "agent-days lost",
    "false_alarms": "false alarms",
    "wrongly_undone": "wrongly undone",
}


def friction_text(
    friction: Mapping[str, Estimate], own: Mapping[str, Estimate], refused: Refused | None = None
) -> str:
    """What honest work pays a week, in a few words: only what reads as more than the baseline pays.

    Where much of it is `refused` that comes first, whatever the baseline does.
    """
    parts = [f"CAREFUL, {refused.short}"] if refused is not None else []
    parts += _held_text(friction, own)
    for name, said in _SAID.items():
        if _more(name, friction, own):
            parts.append(f"{_short(friction[name].mean)} {said}")
    before = own.get("report_wait", _NONE).mean
    if friction.get("report_wait", _NONE).mean > before + 1.0:
        parts.append(f"reports wait {_short(friction['report_wait'].mean - before)} min more")
    return ", ".join(parts) if parts else "none seen"


_NONE = Estimate(0.0, 0.0, 0.0, "")


def _held_text(friction: Mapping[str, Estimate], own: Mapping[str, Estimate]) -> list[str]:
    """How many are held and how long; where all of them are rerouted, that is the word for it."""
    longer = friction.get("minutes_held", _NONE).mean > own.get("minutes_held", _NONE).mean
    longer &= _wait(friction) != _wait(own)
    more = {
        name: name in friction and (longer or _more(name, friction, own)) for name in ("held", "rerouted")
    }
    held, rerouted = (_short(friction.get(name, _NONE).mean) for name in ("held", "rerouted"))
    each = f" {_wait(friction)} each" if "minutes_held" in friction else ""
    if more["rerouted"] and rerouted == held:
        return [f"{rerouted} rerouted{',' if each else ''}{each}"]
    parts = [f"{held} held{each}"] if more["held"] else []
    return parts + ([f"{rerouted} rerouted"] if more["rerouted"] else [])


def _more(name: str, friction: Mapping[str, Estimate], own: Mapping[str, Estimate]) -> bool:
    """Whether a measure is above the baseline's by as much as shows."""
    here, there = friction.get(name, _NONE).mean, own.get(name, _NONE).mean
    return here > there and _short(here) != _short(there)


def _short(value: float) -> str:
    if 0.0 < value < 0.05:
        return "under 0.1"
    return f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}"


def _wait(friction: Mapping[str, Estimate]) -> str:
    minutes = friction.get("minutes_held", _NONE).mean
    if minutes * 60.0 < 0.5:
        return "under 1 s"
    if minutes * 60.0 < 59.5:
        return f"~{minutes * 60.0:.0f} s"
    return f"~{minutes:.0f} min" if minutes < 119.5 else f"~{minutes / 60.0:.1f} h"
