"""Friction: what safeguards cost honest work, from routine weeks of the same model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..engines.reference import run
from ..model.plan import Plan, StreamPlan
from ..model.shifts import DAY, overlap
from ..model.states import Event, Reason
from ..model.streams import REPORT, tag_of, team_of_agent, world_key
from ..model.trace import Row, Trace
from ..model.world import World
from ..stats import weighted
from .results import Estimate

WEEK = 7 * DAY
HOUR = 3_600_000_000
MINUTE = 60_000_000

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


@dataclass(frozen=True)
class Weeks:
    """Friction of simulated routine weeks under one plan: one array entry a week."""

    values: Mapping[str, np.ndarray]

    def estimates(self) -> dict[str, Estimate]:
        """Each measure's mean over weeks with its interval; those that never occur are left out.

        Waits are means over the weeks that had any.
        """
        found = {}
        for name, (unit, _) in FRICTION.items():
            values = self.values[name]
            has = ~np.isnan(values)
            if not has.any() or not values[has].any():
                continue
            mean = weighted.mean_interval(values[has], np.ones(int(has.sum())))
            found[name] = Estimate(mean.mean, mean.low, mean.high, unit)
        return found


def routine_weeks(plan: Plan, seed: int, weeks: int, until: int) -> Weeks:
    """Simulate the `weeks` weeks up to `until` (microseconds since 1970 UTC), each on its own.

    Each has a day's warm-up before it and a day after it in which what was held is let
    finish; only actions asked for within the week count.
    """
    rows = []
    for world in _weeks(plan.streams, seed, weeks, until):
        begins = world.start + DAY
        rows.append(week_of(run(plan, world), begins, begins + WEEK))
    return Weeks({name: np.array([row[name] for row in rows]) for name in FRICTION})


@lru_cache(maxsize=2)
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


_WAITS = {Event.HELD, Event.ASKED, Event.REROUTED}
_COUNTED = {Event.FALSE_ALARM: "false_alarms", Event.WRONGLY_UNDONE: "wrongly_undone"}


def week_of(trace: Trace, begins: int, ends: int) -> dict[str, float]:
    """Fold a trace into the friction of the week from `begins` to `ends`."""
    week = _Week(trace.plan, begins, ends)
    for row in trace.rows:
        week.take(row)
    return week.row()


class _Week:
    """The fold: what has been counted so far, and what has begun and not ended."""

    def __init__(self, plan: Plan, begins: int, ends: int) -> None:
        self.plan, self.begins, self.ends = plan, begins, ends
        self.lives: dict[int, _Life] = {}
        self.counts: defaultdict[str, float] = defaultdict(float)
        self.busy: defaultdict[int, float] = defaultdict(float)
        self.since: dict[tuple[int, int], int] = {}
        self.arrived: dict[int, int] = {}
        self.waits: list[float] = []
        self.stepped_down: dict[int, int] = {}

    def take(self, row: Row) -> None:
        """Count one event."""
        time, event, entity, by, reason = row
        within = self.begins <= time < self.ends
        if event == Event.REPORT_ARRIVES and within:
            self.arrived[entity] = time
        elif event == Event.REPORT_TAKEN and entity in self.arrived:
            self.waits.append((time - self.arrived[entity]) / MINUTE)
        elif event == Event.REQUESTED and within and tag_of(entity) == REPORT and reason != Reason.SLIPPED:
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
            # Two leavers may follow each other in one place: the right ends once, and is back once.
            self.stepped_down.setdefault(entity, time)
        elif event == Event.RIGHTS_ON and entity in self.stepped_down:
            self._returned(self.stepped_down.pop(entity), time, by)
        if entity in self.lives:
            self._follow(self.lives[entity], Event(event), time)

    def _follow(self, life: _Life, event: Event, time: int) -> None:
        if event in _WAITS:
            life.waited = True
            self.counts["rerouted"] += event is Event.REROUTED
        elif event is Event.TOOK_EFFECT and life.ended is None:
            life.ended = time
        elif event is Event.GATE_DENIED:
            life.ended, life.denied = time, True

    def _reviewed(self, entity: int, by: int, time: int) -> None:
        """Count a review; its end names the person, or the team for a senior or executing one."""
        key = (entity, by)
        if key not in self.since:
            key = next(k for k in self.since if k[0] == entity and team_of_agent(k[1]) == by)
        self.busy[team_of_agent(key[1])] += self._hours(self.since.pop(key), time)

    def _returned(self, stepped_down: int, returned: int, team: int) -> None:
        """Count shifts without the right, in shifts of the team's usual length."""
        windows = next(each.windows for each in self.plan.teams if each.id == team)
        longest = max(((w.end - w.start - 1) % 1440) + 1 for w in windows)
        # A team that is always on shift is so by turns: a person's day is eight hours of it.
        usual = 8 * 60 if longest == 1440 else longest
        lost = overlap(windows, max(stepped_down, self.begins), min(returned, self.ends))
        self.counts["agent_days_lost"] += lost / (usual * MINUTE)

    def _hours(self, start: int, end: int) -> float:
        """Hours of a piece of work that fall into the week."""
        return max(0, min(end, self.ends) - max(start, self.begins)) / HOUR

    def row(self) -> dict[str, float]:
        """The week's measures; nan for a wait nobody had."""
        for agent, start in self.stepped_down.items():
            self._returned(start, self.ends, team_of_agent(agent))
        held = [life for life in self.lives.values() if life.waited]
        # What is still held at the end of the run counts up to there: never less than it was.
        over = self.ends + DAY
        minutes = np.array([((life.ended or over) - life.requested) / MINUTE for life in held])
        capacity = sum(
            team.headcount * overlap(team.windows, self.begins, self.ends) / HOUR
            for team in self.plan.teams
            if team.id in self.busy
        )
        worked = sum(self.busy.values())
        return {
            "actions": float(len(self.lives)),
            "held": float(len(held)),
            "minutes_held": float(minutes.mean()) if held else np.nan,
            "minutes_held_p95": float(np.quantile(minutes, 0.95)) if held else np.nan,
            "urgent_held": float(sum(life.urgent for life in held)),
            "rerouted": self.counts["rerouted"],
            "denied": float(sum(life.denied for life in self.lives.values())),
            "approver_hours": float(worked),
            "approver_utilisation": worked / capacity if capacity else np.nan,
            "responder_hours": self.counts["responder_hours"],
            "false_alarms": self.counts["false_alarms"],
            "wrongly_undone": self.counts["wrongly_undone"],
            "agent_days_lost": self.counts["agent_days_lost"],
            "report_wait": float(np.mean(self.waits)) if self.waits else np.nan,
        }


def friction_text(friction: Mapping[str, Estimate], own: Mapping[str, Estimate]) -> str:
    """What honest work pays, in a few words: the costs that the baseline does not have."""
    parts = []
    if "rerouted" in friction:
        parts.append(f"{_short(friction['rerouted'].mean)} rerouted {_wait(friction)}")
    elif "held" in friction and friction["held"].mean > own.get("held", _NONE).mean:
        parts.append(f"{_short(friction['held'].mean)} held {_wait(friction)}")
    if "denied" in friction and friction["denied"].mean >= 0.05:
        parts.append(f"{_short(friction['denied'].mean)} denied")
    if "agent_days_lost" in friction:
        parts.append(f"{_short(friction['agent_days_lost'].mean)} agent-days")
    if "false_alarms" in friction:
        parts.append(f"{_short(friction['false_alarms'].mean)} alarms")
    if "wrongly_undone" in friction:
        parts.append(f"{_short(friction['wrongly_undone'].mean)} wrong undos")
    before = own.get("report_wait", _NONE).mean
    if friction.get("report_wait", _NONE).mean > before + 1.0:
        parts.append(f"reports wait {_short(friction['report_wait'].mean - before)} min more")
    return ", ".join(parts) if parts else "none seen"


_NONE = Estimate(0.0, 0.0, 0.0, "")


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}"


def _wait(friction: Mapping[str, Estimate]) -> str:
    minutes = friction["minutes_held"].mean if "minutes_held" in friction else 0.0
    if minutes < 1.0:
        return f"{minutes * 60:.0f} s"
    return f"{minutes:.0f} min" if minutes < 120.0 else f"{minutes / 60.0:.1f} h"
