"""Friction: what safeguards cost honest work, from routine weeks of the same model."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from ..engines.chosen import run_rows, take_reports
from ..engines.handled import Handled, askers, closed_within, handling
from ..model.plan import Plan, StreamPlan, TeamPlan
from ..model.shifts import DAY, overlap
from ..model.states import Event, Reason
from ..model.streams import REPORT, agent_id, tag_of, team_of_agent, world_key
from ..model.trace import Row
from ..model.world import HOUR, World
from ..stats import weighted
from ..stats.weighted import Array
from .measures import MINUTE
from .results import Estimate
from .utilisation import busy_hours, busy_with_reports

WEEK = 7 * DAY
#: Rows of a trace as an array, (rows, 5).
Rows = NDArray[np.int64]

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


#: A percentile has no value a week that could be averaged: only the pooled waits have one.
POOLED = "minutes_held_p95"

#: Measures that are means over something other than weeks: what a week weighs in them.
_MEAN_OVER = {"minutes_held": "held", "report_wait": "reports", "approver_utilisation": "approver_shifts"}


@dataclass(frozen=True)
class Week:
    """Friction of one week: `values` by name, `waits` the minutes of each action held.

    Besides the measures `values` has what their means are over: reports taken, and hours on
    shift of the teams that gates ask.
    """

    values: Mapping[str, float]
    waits: Array


@dataclass(frozen=True)
class Weeks:
    """Friction of simulated routine weeks under one plan.

    `values` has one array entry a week (nan for the mean of nothing), `waits` one array a week,
    `busy` the beginning of each week and each team's hours of work by hour, if they were asked for.
    """

    values: Mapping[str, Array]
    waits: tuple[Array, ...]
    busy: tuple[tuple[int, dict[int, Array]], ...] = ()

    @classmethod
    def of(cls, weeks: Sequence[Week], busy: Sequence[tuple[int, dict[int, Array]]] = ()) -> Weeks:
        """Put weeks beside each other."""
        names = [name for name in (*FRICTION, *_MEAN_OVER.values()) if name != POOLED]
        values = {name: np.array([week.values[name] for week in weeks]) for name in names}
        return cls(values, tuple(week.waits for week in weeks), tuple(busy))

    def estimates(self) -> dict[str, Estimate]:
        """Each measure with its interval; what never occurs, and means of nothing, are left out.

        Counts and hours are means over weeks. Waits are pooled: over all held actions or reports
        of all weeks, with weeks as clusters, so that a week with few of them counts for little.
        """
        found = {}
        for name, (unit, _) in FRICTION.items():
            if name == POOLED:
                interval = self._p95()
            elif name in _MEAN_OVER:
                interval = self._mean(name, self.values[_MEAN_OVER[name]])
            elif self.values[name].any():
                interval = self._mean(name, np.ones(len(self.waits)))
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
        waits = np.array([minutes for week in self.waits for minutes in week])
        if waits.size == 0:
            return None
        clusters = np.repeat(np.arange(len(self.waits)), [week.size for week in self.waits])
        return weighted.quantile_interval(waits, np.ones(waits.size), 0.95, clusters)


def routine_weeks(plan: Plan, seed: int, weeks: int, until: int, *, by_hour: bool = False) -> Weeks:
    """Simulate the `weeks` weeks up to `until` (microseconds since 1970 UTC), each on its own.

    Each has a day's warm-up before it and a day after it in which what was held is let
    finish; only actions asked for within the week count. `by_hour` asks for `busy` as well.
    """
    found, busy = [], []
    apart = handling(plan)
    handled = _handled(apart, seed, weeks, until) if apart is not None else None
    for number, world in enumerate(_weeks(plan.streams, seed, weeks, until)):
        begins = world.start + DAY
        requests = partial(closed_within, handled[number].actions) if handled is not None else None
        rows = run_rows(plan, world, requests)
        week = week_of(plan, rows, begins, begins + WEEK)
        if handled is not None:
            week = replace(week, values={**week.values, **handled[number].values})
        found.append(week)
        if by_hour:
            hours = busy_hours(plan, rows, begins)
            if handled is not None:
                hours = {team: hours[team] + handled[number].busy[team] for team in hours}
            busy.append((begins, hours))
    return Weeks.of(found, busy)


@dataclass(frozen=True)
class _Handled:
    """How the reports of a week are handled: what is measured of that, and the actions they end in."""

    actions: Sequence[Handled]
    values: Mapping[str, float]
    busy: Mapping[int, Array]


@lru_cache(maxsize=4)
def _handled(plan: Plan, seed: int, weeks: int, until: int) -> tuple[_Handled, ...]:
    """How reports are handled, once for all policies that leave that as it is.

    Actions are few beside reports, so that several such are kept, and without their worlds.
    """
    found = []
    for world in _weeks(plan.streams, seed, weeks, until):
        begins, taken = world.start + DAY, take_reports(plan, world)
        came = (begins <= taken.arrived) & (taken.arrived < begins + WEEK)
        waits = (taken.taken[came] - taken.arrived[came]) / MINUTE
        busy = busy_with_reports(plan, taken, begins, world.end)
        found.append(_Handled(taken.actions, _waited(waits), busy))
    return tuple(found)


def _waited(waits: Sequence[float] | Array) -> dict[str, float]:
    """What is measured of the waits of reports, in minutes."""
    return {"report_wait": float(np.mean(waits)) if len(waits) else np.nan, "reports": float(len(waits))}


@lru_cache(maxsize=1)
def _weeks(streams: tuple[StreamPlan, ...], seed: int, weeks: int, until: int) -> tuple[World, ...]:  # noqa: ARG001
    """The worlds of the weeks; every plan meets the same reports, drawn once."""
    monday = (until // DAY + 3) // 7 * 7 - 3
    begins = [(monday - 7 * (weeks - number)) * DAY for number in range(weeks)]
    return tuple(
        World(world_key(seed, number), begin - DAY, begin + WEEK + DAY) for number, begin in enumerate(begins)
    )


@dataclass(slots=True)
class _Life:
    requested: int = 0
    waited: bool = False
    ended: int | None = None
    urgent: bool = False
    denied: bool = False


_WAITS = (Event.HELD, Event.ASKED, Event.REROUTED)
_COUNTED = {Event.FALSE_ALARM: "false_alarms", Event.WRONGLY_UNDONE: "wrongly_undone"}
#: What is followed one by one: of actions that waited or were denied, and of whoever works or leaves.
_OF_PEOPLE = (
    Event.REVIEW_STARTS,
    Event.REVIEW_ENDS,
    Event.ALARM_TAKEN,
    Event.ALARM_CLOSED,
    Event.RIGHTS_END,
    Event.RIGHTS_ON,
    *_COUNTED,
)
#: What an event is to the fold: a bit for each of these, by its code.
_STOPS, _ENDS, _PEOPLE = 1, 2, 4
_KIND = np.zeros(max(Event) + 1, dtype=np.uint8)
_KIND[[*_WAITS, Event.GATE_DENIED]] |= _STOPS
_KIND[[Event.REQUESTED, Event.TOOK_EFFECT]] |= _ENDS
_KIND[list(_OF_PEOPLE)] |= _PEOPLE


def week_of(plan: Plan, rows: Rows, begins: int, ends: int) -> Week:
    """Fold the rows of a trace, (rows, 5), into the friction of the week from `begins` to `ends`."""
    time, event, entity = rows[:, 0], rows[:, 1], rows[:, 2]
    within = (begins <= time) & (time < ends)
    kind = _KIND[event]
    stopped = np.unique(entity[(kind & _STOPS) > 0])
    ours = np.flatnonzero(kind & (_STOPS | _ENDS))
    followed = _among(entity[ours], stopped)
    asked = ours[(event[ours] == Event.REQUESTED) & within[ours] & ~followed]
    asked = asked[(entity[asked] >> 59 == REPORT) & (rows[asked, 4] != Reason.SLIPPED)]
    week = _Week(plan, begins, ends)
    week.never_stopped = np.unique(entity[asked]).size
    week.waits = _report_waits(rows, within)
    taken = np.concatenate([ours[followed], np.flatnonzero(kind == _PEOPLE)])
    taken.sort()
    for row in rows[taken].tolist():
        week.take(Row._make(row))
    return week.close()


def _among(these: Rows, known: Rows) -> NDArray[np.bool_]:
    """Which of these are among those known, which are in order."""
    if not known.size:
        return np.zeros(these.size, dtype=bool)
    place = np.searchsorted(known, these)
    return np.asarray(known[np.minimum(place, known.size - 1)] == these)


def _report_waits(rows: Rows, within: NDArray[np.bool_]) -> Array:
    """Minutes that each report of the week waited, in the order in which they were taken."""
    came, taken = rows[(rows[:, 1] == Event.REPORT_ARRIVES) & within], rows[rows[:, 1] == Event.REPORT_TAKEN]
    if not len(came):
        return np.empty(0)
    came = came[np.argsort(came[:, 2])]
    place = np.minimum(np.searchsorted(came[:, 2], taken[:, 2]), len(came) - 1)
    mine = came[place, 2] == taken[:, 2]
    return np.asarray((taken[mine, 0] - came[place[mine], 0]) / MINUTE)


class _Week:
    """The fold: what has been counted so far, and what has begun and not ended."""

    def __init__(self, plan: Plan, begins: int, ends: int) -> None:
        self.plan, self.begins, self.ends = plan, begins, ends
        self.lives: dict[int, _Life] = {}
        self.counts: defaultdict[str, float] = defaultdict(float)
        self.busy: defaultdict[int, float] = defaultdict(float)
        self.since: dict[tuple[int, int], int] = {}
        #: Actions asked for that nothing stopped, and the waits of reports.
        self.never_stopped = 0
        self.waits = np.empty(0)
        self.teams = {team.id: team for team in plan.teams}
        self.away: Counter[int] = Counter()
        self.away_since: dict[int, int] = {}

    def take(self, row: Row) -> None:
        """Count one event."""
        time, event, entity, by, reason = row
        within = self.begins <= time < self.ends
        if event == Event.REQUESTED and within and tag_of(entity) == REPORT and reason != Reason.SLIPPED:
            self.lives[entity] = _Life(requested=time, urgent=reason == Reason.URGENT)
        elif event in (Event.REVIEW_STARTS, Event.ALARM_TAKEN):
            self.since[entity, by] = time
        elif event == Event.REVIEW_ENDS:
            self._reviewed(entity, by, time)
        elif event == Event.ALARM_CLOSED:
            self.counts["responder_hours"] += self._hours(self.since.pop((entity, by)), time)
        elif event in _COUNTED and within:
            self.counts[_COUNTED[Event(event)]] += 1
        elif event == Event.RIGHTS_END:
            self._stepped_down(entity, time)
        elif event == Event.RIGHTS_ON:
            self._returned(entity, time)
        if entity in self.lives:
            self._follow(self.lives[entity], event, time)

    def _follow(self, life: _Life, event: int, time: int) -> None:
        if event in _WAITS:
            life.waited = True
            self.counts["rerouted"] += event == Event.REROUTED
        elif event == Event.TOOK_EFFECT and life.ended is None:
            life.ended = time
        elif event == Event.GATE_DENIED:
            life.ended, life.denied = time, True

    def _reviewed(self, entity: int, by: int, time: int) -> None:
        """Count a review; its end names the person, or the team for a senior or executing one."""
        key = (entity, by)
        if key not in self.since:
            key = next(k for k in self.since if k[0] == entity and team_of_agent(k[1]) == by)
        self.busy[team_of_agent(key[1])] += self._hours(self.since.pop(key), time)

    def _stepped_down(self, agent: int, time: int) -> None:
        team = self.teams[team_of_agent(agent)]
        if agent - agent_id(team.id, 0) < team.holders:  # others have no right to lose
            # Leavers may follow each other in one seat: the right is away while any of them is due.
            self.away[agent] += 1
            self.away_since.setdefault(agent, time)

    def _returned(self, agent: int, time: int) -> None:
        if agent in self.away_since:
            self.away[agent] -= 1
            if self.away[agent] == 0:
                self._lost(agent, self.away_since.pop(agent), time)

    def _lost(self, agent: int, start: int, end: int) -> None:
        """Count shifts without the right, in shifts of the team's usual length."""
        windows = self.teams[team_of_agent(agent)].windows
        longest = max(((w.end - w.start - 1) % 1440) + 1 for w in windows)
        # A team that is always on shift is so by turns: a person's day is eight hours of it.
        usual = 8 * 60 if longest == 1440 else longest
        lost = overlap(windows, max(start, self.begins), min(end, self.ends))
        self.counts["agent_days_lost"] += lost / (usual * MINUTE)

    def _hours(self, start: int, end: int) -> float:
        """Hours of a piece of work that fall into the week."""
        return max(0, min(end, self.ends) - max(start, self.begins)) / HOUR

    def close(self) -> Week:
        """The week's measures, once all of the trace is counted."""
        for agent, start in self.away_since.items():
            self._lost(agent, start, self.ends)
        held = [life for life in self.lives.values() if life.waited]
        # What is still held at the end of the run counts up to there: never less than it was.
        over = self.ends + DAY
        waits = np.array(
            [((over if life.ended is None else life.ended) - life.requested) / MINUTE for life in held]
        )
        shifts = sum(
            team.headcount * overlap(team.windows, self.begins, self.ends) / HOUR
            for team in _asked(self.plan)
        )
        worked = sum(self.busy.values())
        values = {
            "actions": float(len(self.lives) + self.never_stopped),
            "held": float(len(held)),
            "minutes_held": float(waits.mean()) if held else np.nan,
            "urgent_held": float(sum(life.urgent for life in held)),
            "rerouted": self.counts["rerouted"],
            "denied": float(sum(life.denied for life in self.lives.values())),
            "approver_hours": float(worked),
            "approver_utilisation": worked / shifts if shifts else np.nan,
            "approver_shifts": float(shifts),
            "responder_hours": self.counts["responder_hours"],
            "false_alarms": self.counts["false_alarms"],
            "wrongly_undone": self.counts["wrongly_undone"],
            "agent_days_lost": self.counts["agent_days_lost"],
            **_waited(self.waits),
        }
        return Week(values, waits)


def _asked(plan: Plan) -> list[TeamPlan]:
    """The teams that gates ask, whether or not they have work."""
    places = {team for _, teams in askers(plan) for team in teams}
    return [plan.teams[place] for place in sorted(places)]


def wages_of(plan: Plan, wages: Mapping[str, float]) -> dict[str, float] | None:
    """What a unit of each costly measure of a week costs, by the hourly wages of teams.

    Asked teams and teams that act are averaged; None where a wage is missing that is needed.
    """
    asked, acting = _asked(plan), [team for team in plan.teams if team.holders]
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
