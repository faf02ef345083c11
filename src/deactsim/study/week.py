"""One routine week: the fold of its trace into what it cost honest work."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..engines.handled import askers
from ..model.plan import Plan, TeamPlan
from ..model.shifts import DAY, overlap
from ..model.states import Event, Reason
from ..model.streams import REPORT, agent_id, tag_of, team_of_agent
from ..model.world import HOUR
from ..stats.weighted import Array
from .measures import MINUTE

#: Rows of a trace as an array, (rows, 5).
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Week:
    """Friction of one week: `values` by name, `waits` the minutes of each action held.

    Besides the measures `values` has what their means are over: reports taken, and hours on
    shift of the teams that gates ask.
    """

    values: Mapping[str, float]
    waits: Array


@dataclass(slots=True)
class _Life:
    """What becomes of an honest action that a safeguard stops on its way."""

    requested: int
    urgent: bool
    waited: bool = False
    rerouted: int = 0
    ended: int | None = None
    denied: bool = False

    def follow(self, event: int, time: int) -> None:
        """One event of it."""
        if event in _WAITS:
            self.waited = True
            self.rerouted += event == Event.REROUTED
        elif event == Event.TOOK_EFFECT and self.ended is None:
            self.ended = time
        elif event == Event.GATE_DENIED:
            self.ended, self.denied = time, True


#: What an event is to the fold, by its code: it stops an action, belongs to one, or is somebody's work or leave.
_WAITS = frozenset(map(int, (Event.HELD, Event.ASKED, Event.REROUTED)))
_STOPS, _ENDS, _PEOPLE = 1, 2, 4
_KIND = np.zeros(max(Event) + 1, dtype=np.uint8)
_KIND[[*_WAITS, Event.GATE_DENIED]] |= _STOPS
_KIND[[Event.REQUESTED, Event.TOOK_EFFECT]] |= _ENDS


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
    week.take(rows[taken].tolist())
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

    def take(self, rows: Iterable[Sequence[int]]) -> None:
        """Count events, in order."""
        counts = {int(event): count for event, count in _COUNTS.items()}
        lives = self.lives
        for time, event, entity, by, reason in rows:
            if event in counts:
                counts[event](self, time, entity, by, reason)
            life = lives.get(entity)
            if life is not None:
                life.follow(event, time)

    def requested(self, time: int, entity: int, _by: int, reason: int) -> None:
        """An action is asked for; what its actor did not mean is none."""
        if self._within(time) and tag_of(entity) == REPORT and reason != Reason.SLIPPED:
            self.lives[entity] = _Life(requested=time, urgent=reason == Reason.URGENT)

    def begins_work(self, time: int, entity: int, by: int, _reason: int) -> None:
        """Somebody begins a piece of work."""
        self.since[entity, by] = time

    def reviewed(self, time: int, entity: int, by: int, _reason: int) -> None:
        """Count a review; its end names the person, or the team for a senior or executing one."""
        key = (entity, by)
        if key not in self.since:
            key = next(k for k in self.since if k[0] == entity and team_of_agent(k[1]) == by)
        self.busy[team_of_agent(key[1])] += self._hours(self.since.pop(key), time)

    def closed(self, time: int, entity: int, by: int, _reason: int) -> None:
        """Count a responder's work on a false alarm."""
        self.counts["responder_hours"] += self._hours(self.since.pop((entity, by)), time)

    def false_alarm(self, time: int, _entity: int, _by: int, _reason: int) -> None:
        """Count an alert that was nothing."""
        self.counts["false_alarms"] += self._within(time)

    def wrongly_undone(self, time: int, _entity: int, _by: int, _reason: int) -> None:
        """Count an honest action undone by mistake."""
        self.counts["wrongly_undone"] += self._within(time)

    def stepped_down(self, time: int, agent: int, _by: int, _reason: int) -> None:
        """A leaver's right ends before he leaves."""
        team = self.teams[team_of_agent(agent)]
        if agent - agent_id(team.id, 0) < team.holders:  # others have no right to lose
            # Leavers may follow each other in one seat: the right is away while any of them is due.
            self.away[agent] += 1
            self.away_since.setdefault(agent, time)

    def returned(self, time: int, agent: int, _by: int, _reason: int) -> None:
        """Whoever takes the leaver's seat has the right again."""
        if agent in self.away_since:
            self.away[agent] -= 1
            if self.away[agent] == 0:
                self._lost(agent, self.away_since.pop(agent), time)

    def _within(self, time: int) -> bool:
        return self.begins <= time < self.ends

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
            for team in asked_of_gates(self.plan)
        )
        worked = sum(self.busy.values())
        values = {
            "actions": float(len(self.lives) + self.never_stopped),
            "held": float(len(held)),
            "minutes_held": float(waits.mean()) if held else np.nan,
            "urgent_held": float(sum(life.urgent for life in held)),
            "rerouted": float(sum(life.rerouted for life in self.lives.values())),
            "denied": float(sum(life.denied for life in self.lives.values())),
            "approver_hours": float(worked),
            "approver_utilisation": worked / shifts if shifts else np.nan,
            "approver_shifts": float(shifts),
            "responder_hours": self.counts["responder_hours"],
            "false_alarms": self.counts["false_alarms"],
            "wrongly_undone": self.counts["wrongly_undone"],
            "agent_days_lost": self.counts["agent_days_lost"],
            **report_waits(self.waits),
        }
        return Week(values, waits)


_COUNTS = {
    Event.REQUESTED: _Week.requested,
    Event.REVIEW_STARTS: _Week.begins_work,
    Event.REVIEW_ENDS: _Week.reviewed,
    Event.ALARM_TAKEN: _Week.begins_work,
    Event.ALARM_CLOSED: _Week.closed,
    Event.FALSE_ALARM: _Week.false_alarm,
    Event.WRONGLY_UNDONE: _Week.wrongly_undone,
    Event.RIGHTS_END: _Week.stepped_down,
    Event.RIGHTS_ON: _Week.returned,
}
_KIND[[event for event in _COUNTS if event != Event.REQUESTED]] |= _PEOPLE


def report_waits(waits: Sequence[float] | Array) -> dict[str, float]:
    """What is measured of the waits of reports, in minutes."""
    return {"report_wait": float(np.mean(waits)) if len(waits) else np.nan, "reports": float(len(waits))}


def asked_of_gates(plan: Plan) -> list[TeamPlan]:
    """The teams that gates ask, whether or not they have work."""
    places = {team for _, teams in askers(plan.safeguards) for team in teams}
    return [plan.teams[place] for place in sorted(places)]
