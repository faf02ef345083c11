"""Friction: what safeguards cost honest work, from routine weeks of the same model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..engines.chosen import run_blocks, take_reports
from ..engines.handled import Taken, handling
from ..model.plan import Plan, StreamPlan
from ..model.shifts import DAY
from ..model.streams import world_key
from ..model.world import WEEK, World
from ..stats import weighted
from ..stats.weighted import Array
from .measures import MINUTE
from .results import Estimate
from .utilisation import busy_hours, busy_with_reports, rows_of_work
from .week import MEAN_OVER, Folded, Rows, Waits, asked_of_gates, report_waits, weeks_of

#: Measures of a usual week: unit, and what they mean.
FRICTION = {
    "actions": ("per week", "honest actions asked for"),
    "held": ("per week", "honest actions that had to wait for a safeguard"),
    "minutes_held": ("min", "mean wait of those held"),
    "minutes_held_p95": ("min", "95th percentile of that wait"),
    "urgent_held": ("per week", "urgent ones among those held"),
    "rerouted": ("per week", "handed to a senior team"),
    "denied": ("per week", "honest actions denied"),
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
    """Friction of simulated routine weeks under one plan.

    `values` has one array entry a week (nan for the mean of nothing), `waits` tells of each action held,
    `busy` the beginning of each week and each team's hours of work by hour, if they were asked for.
    """

    values: Mapping[str, Array]
    waits: Waits
    busy: tuple[tuple[int, dict[int, Array]], ...] = ()

    @classmethod
    def of(cls, parts: Sequence[Folded], busy: Sequence[tuple[int, dict[int, Array]]] = ()) -> Weeks:
        """Put weeks beside each other."""
        names = [name for name in (*FRICTION, *MEAN_OVER.values()) if name != POOLED]
        values = {
            name: np.concatenate([np.empty(0), *(part.values[name] for part in parts)]) for name in names
        }
        first = np.cumsum([0, *(part.values["actions"].size for part in parts)])[:-1].tolist()
        return cls(values, Waits.joined([part.waits for part in parts], first), tuple(busy))

    def __len__(self) -> int:
        return self.values["actions"].size

    def estimates(self) -> dict[str, Estimate]:
        """Each measure with its interval; what never occurs, and means of nothing, are left out.

        Counts and hours are means over weeks. Waits are pooled: over all held actions or reports
        of all weeks, with weeks as clusters, so that a week with few of them counts for little.
        """
        found = {}
        for name, (unit, _) in FRICTION.items():
            if name == POOLED:
                interval = self._p95()
            elif name in MEAN_OVER:
                interval = self._mean(name, self.values[MEAN_OVER[name]])
            elif self.values[name].any():
                interval = self._mean(name, np.ones(len(self)))
            else:
                interval = None
            if interval is not None:
                found[name] = Estimate(interval.mean, interval.low, interval.high, unit)
        return found

    def _mean(self, name: str, weights: Array) -> weighted.Interval | None:
        # Weighting a week's mean with its number is the mean of all, clustered by week.
        has = weights > 0.0
        return weighted.mean_interval(self.values[name][has], weights[has]) if has.any() else None

    def _p95(self) -> weighted.Interval | None:
        waits = self.waits
        if waits.count.size == 0:
            return None
        return weighted.quantile_interval(waits.centres(), waits.count, 0.95, waits.week)


def routine_weeks(plan: Plan, seed: int, weeks: int, until: int, *, by_hour: bool = False) -> Weeks:
    """Simulate the `weeks` weeks up to `until` (microseconds since 1970 UTC), each on its own.

    Each has a day's warm-up before it and a day after it in which what was held is let
    finish; only actions asked for within the week count. `by_hour` asks for `busy` as well.
    """
    worlds, apart = _weeks(plan.streams, seed, weeks, until), handling(plan)
    busy, of_reports = [], list[tuple[Mapping[str, Array], Mapping[int, Array]]]()

    def actions_of(one: _Handled) -> Rows:
        of_reports.append((one.values, one.busy))
        return one.actions

    # As the weeks are run, and nothing of those before: one of a large platform takes a hundred megabytes.
    handled = None if apart is None else map(actions_of, _handled(apart, seed, weeks, until, by_hour=by_hour))

    def runs() -> Iterator[tuple[int, Iterator[Rows]]]:
        for number, blocks in enumerate(run_blocks(plan, worlds, handled)):
            world = worlds[number]
            begins, work = world.start + DAY, list[Rows]()
            yield begins, _with_work(blocks, work) if by_hour else blocks
            if by_hour:
                hours = busy_hours(plan, np.concatenate(work), begins)
                if of_reports:
                    hours = {team: hours[team] + of_reports[number][1][team] for team in hours}
                busy.append((begins, hours))

    found = Weeks.of(list(weeks_of(plan, runs())), busy)
    if not of_reports:
        return found
    values = {name: np.concatenate([one[name] for one, _ in of_reports]) for name in of_reports[0][0]}
    return replace(found, values={**found.values, **values})


def _with_work(blocks: Iterable[Rows], work: list[Rows]) -> Iterator[Rows]:
    """The blocks, of which the rows of work are put aside."""
    for block in blocks:
        work.append(rows_of_work(block))
        yield block


@dataclass(frozen=True)
class _Handled:
    """How the reports of a week are handled: what is measured of that, and the actions they end in."""

    actions: Rows
    values: Mapping[str, Array]
    busy: Mapping[int, Array]


def _handled(plan: Plan, seed: int, weeks: int, until: int, *, by_hour: bool) -> Iterator[_Handled]:
    """How reports are handled, week by week.

    It is the same for all policies that leave that as it is: where there are not too many actions they are kept for
    the next.
    """
    kept = _kept(plan, seed, weeks, until, by_hour)
    yield from kept
    worlds = _weeks(plan.streams, seed, weeks, until)[len(kept) :]
    found, room = take_reports(plan, worlds), KEPT_ACTIONS - sum(len(one.actions) for one in kept)
    for world in worlds:
        one = _measured(plan, world, next(found), by_hour=by_hour)
        room -= len(one.actions)
        if room >= 0:
            kept.append(one)
        yield one
        del one


def _measured(plan: Plan, world: World, taken: Taken, *, by_hour: bool) -> _Handled:
    begins = world.start + DAY
    came = (begins <= taken.arrived) & (taken.arrived < begins + WEEK)
    waits = (taken.taken[came] - taken.arrived[came]) / MINUTE
    busy = busy_with_reports(plan, taken, begins, world.end) if by_hour else {}
    return _Handled(taken.actions, report_waits([waits]), busy)


@lru_cache(maxsize=4)
def _kept(plan: Plan, seed: int, weeks: int, until: int, by_hour: bool) -> list[_Handled]:  # noqa: ARG001
    """What was kept of the first weeks."""
    return []


@lru_cache(maxsize=1)
def _weeks(streams: tuple[StreamPlan, ...], seed: int, weeks: int, until: int) -> tuple[World, ...]:  # noqa: ARG001
    """The worlds of the weeks; every plan meets the same reports, drawn once."""
    monday = (until // DAY + 3) // 7 * 7 - 3
    begins = [(monday - 7 * (weeks - number)) * DAY for number in range(weeks)]
    return tuple(
        World(world_key(seed, number), begin - DAY, begin + WEEK + DAY) for number, begin in enumerate(begins)
    )


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


def friction_text(friction: Mapping[str, Estimate], own: Mapping[str, Estimate]) -> str:
    """What honest work pays a week, in a few words: only what reads as more than the baseline pays."""
    parts = _held_text(friction, own)
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
