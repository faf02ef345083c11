"""Routine weeks: the fold of their traces into what they cost honest work."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..engines.handled import askers
from ..model.plan import Plan, TeamPlan
from ..model.shifts import DAY, overlap
from ..model.states import Event, Reason
from ..model.streams import REPORT, agent_id, team_of_agent
from ..model.world import HOUR, WEEK
from ..stats.weighted import Array
from .measures import MINUTE

#: Rows of a trace as an array, (rows, 5), and some of them by their places.
Rows = NDArray[np.int64]
Places = NDArray[np.int64]
#: From so many rows on weeks are not put together with others: they are folded as quickly by themselves.
AT_ONCE = 1 << 16


@dataclass(frozen=True)
class Folded:
    """Friction of some weeks: `values` by name, one entry a week, `waits` the minutes of each action held, by week.

    Besides the measures `values` has what their means are over: reports taken, and hours on
    shift of the teams that gates ask.
    """

    values: Mapping[str, Array]
    waits: Sequence[Array]


def weeks_of(plan: Plan, runs: Iterable[tuple[int, Rows]]) -> Iterator[Folded]:
    """Fold the rows of traces, (rows, 5), into the friction of the weeks that begin at the times beside them.

    Most weeks have few rows: what is done with arrays is done for many weeks at once.
    """
    some: list[tuple[int, Rows]] = []
    size = 0
    for run in runs:
        some.append(run)
        size += len(run[1])
        if size >= AT_ONCE:
            yield _Weeks(plan, some).folded()
            some, size = [], 0
    if some:
        yield _Weeks(plan, some).folded()


#: What an event is to the fold, by its code: it makes an action wait, belongs to one, or to a report, tells of
#: somebody's work or begins it, tells of a leaver's right, or is counted.
_WAITS, _ACTS, _REPORTS, _WORKS, _BEGINS, _RIGHTS, _COUNTS = 1, 2, 4, 8, 16, 32, 64
_KIND = np.zeros(max(Event) + 1, dtype=np.uint8)
_KIND[[Event.HELD, Event.ASKED, Event.REROUTED]] = _WAITS | _ACTS
_KIND[[Event.REQUESTED, Event.TOOK_EFFECT, Event.GATE_DENIED]] = _ACTS
_KIND[[Event.REPORT_ARRIVES, Event.REPORT_TAKEN]] = _REPORTS
_KIND[[Event.REVIEW_STARTS, Event.ALARM_TAKEN]] = _WORKS | _BEGINS
_KIND[[Event.REVIEW_ENDS, Event.ALARM_CLOSED]] = _WORKS
_KIND[[Event.RIGHTS_END, Event.RIGHTS_ON]] = _RIGHTS
_KIND[[Event.FALSE_ALARM, Event.WRONGLY_UNDONE]] = _COUNTS


class _Weeks:
    """The fold of weeks whose rows stand one after another: `week` says which a row belongs to.

    An id means something within its week only: weeks are of different worlds.
    """

    def __init__(self, plan: Plan, runs: Sequence[tuple[int, Rows]]) -> None:
        self.plan, self.count = plan, len(runs)
        self.begins = np.array([begins for begins, _ in runs])
        self.ends = self.begins + WEEK
        rows = np.concatenate([rows for _, rows in runs])
        kind = _KIND[rows[:, 1]]
        seen = np.flatnonzero(kind)
        self.kind = kind[seen]
        self.week = np.repeat(np.arange(self.count), [len(rows) for _, rows in runs])[seen]
        self.time, self.event, self.entity, self.by, self.reason = rows[seen].T.copy()
        self.within = (self.begins[self.week] <= self.time) & (self.time < self.ends[self.week])

    def folded(self) -> Folded:
        """The measures of these weeks."""
        alarms = self._count((self.event == Event.FALSE_ALARM) & self.within)
        undone = self._count((self.event == Event.WRONGLY_UNDONE) & self.within)
        actions, waits = self._actions()
        values = actions | self._work() | {"false_alarms": alarms, "wrongly_undone": undone}
        values |= {"agent_days_lost": self._days_lost()} | report_waits(self._report_waits())
        return Folded(values, waits)

    def _count(self, rows: NDArray[np.bool_] | Places) -> Array:
        """How many of these rows each week has."""
        return np.bincount(self.week[rows], minlength=self.count).astype(np.float64)

    def _split(self, rows: Places, values: Array) -> list[Array]:
        """Values of rows in order by week."""
        return np.split(values, np.searchsorted(self.week[rows], np.arange(1, self.count)))

    # -- honest actions -----------------------------------------------------------------

    def _actions(self) -> tuple[dict[str, Array], list[Array]]:
        """What becomes of the actions asked for within the week; what their actors did not mean is none."""
        acts = np.flatnonzero((self.kind & _ACTS > 0) & (self.entity >> 59 == REPORT))
        event = self.event[acts]
        begins = (event == Event.REQUESTED) & self.within[acts] & (self.reason[acts] != Reason.SLIPPED)
        asked = acts[begins]
        # Which of those asked for an action is: most rows are of one, some of another week's, or of a slip.
        action = _numbers(self.entity[acts], self.week[acts])
        place = np.full(acts.size, -1)
        place[action[begins]] = np.arange(asked.size)
        place = place[action]
        ours = place >= 0
        acts, event, place = acts[ours], event[ours], place[ours]
        waits = self.kind[acts] & _WAITS > 0
        effects, denials = np.flatnonzero(event == Event.TOOK_EFFECT)[::-1], event == Event.GATE_DENIED
        waited, denied = np.zeros((2, asked.size), dtype=bool)
        waited[place[waits]] = True
        denied[place[denials]] = True
        # What is still held at the end of the run counts up to there: never less than it was.
        ended = self.ends[self.week[asked]] + DAY
        ended[place[effects]] = self.time[acts[effects]]  # the first one
        ended[place[denials]] = self.time[acts[denials]]
        held = asked[waited]
        minutes = self._split(held, (ended[waited] - self.time[held]) / MINUTE)
        values = {
            "actions": self._count(asked),
            "held": self._count(held),
            "minutes_held": _means(minutes),
            "urgent_held": self._count(held[self.reason[held] == Reason.URGENT]),
            "rerouted": self._count(acts[event == Event.REROUTED]),
            "denied": self._count(asked[denied]),
        }
        return values, minutes

    def _report_waits(self) -> list[Array]:
        """Minutes that each report of the week waited, in the order in which they were taken."""
        rows = np.flatnonzero(self.kind == _REPORTS)
        report = _numbers(self.entity[rows], self.week[rows])
        came = (self.event[rows] == Event.REPORT_ARRIVES) & self.within[rows]
        arrived, is_ours = np.zeros(rows.size, dtype=np.int64), np.zeros(rows.size, dtype=bool)
        arrived[report[came]], is_ours[report[came]] = self.time[rows[came]], True
        taken = (self.event[rows] == Event.REPORT_TAKEN) & is_ours[report]
        rows, report = rows[taken], report[taken]
        return self._split(rows, (self.time[rows] - arrived[report]) / MINUTE)

    # -- people -------------------------------------------------------------------------

    def _work(self) -> dict[str, Array]:
        """Hours of those whom gates ask, and of responders on false alarms, as they fall into the week."""
        begun, done = self._pieces()
        week = self.week[done]
        start = np.maximum(self.time[begun], self.begins[week])
        end = np.minimum(self.time[done], self.ends[week])
        hours = np.maximum(0, end - start) / HOUR
        alarms = self.event[done] == Event.ALARM_CLOSED
        reviews = ~alarms
        # Added up one after another by team, and then teams in the order of their first reviews.
        busy: list[defaultdict[int, float]] = [defaultdict(float) for _ in range(self.count)]
        teams = (self.by[begun[reviews]] >> 20).tolist()  # agents' ids follow that of their team
        for number, team, each in zip(week[reviews].tolist(), teams, hours[reviews].tolist(), strict=True):
            busy[number][team] += each
        worked = [float(sum(of_teams.values())) for of_teams in busy]
        shifts = self._on_shift()
        used = [work / there if there else np.nan for work, there in zip(worked, shifts, strict=True)]
        return {
            "approver_hours": np.array(worked),
            "approver_utilisation": np.array(used),
            "approver_shifts": np.array(shifts),
            "responder_hours": np.bincount(week[alarms], hours[alarms], minlength=self.count),
        }

    def _pieces(self) -> tuple[Places, Places]:
        """Where pieces of work begin and end, in the order in which they end."""
        rows = np.flatnonzero(self.kind & _WORKS)
        begun = self._begun(rows, self.by[rows])
        # The end of a review may be signed by a team: then it is the person of that team who was at work.
        is_left = begun < 0
        is_left[begun[~is_left]] = False
        left = np.flatnonzero(is_left)
        found = self._begun(rows[left], (self.by[rows[left]] & ((1 << 59) - 1)) >> 20)
        begun[left[found >= 0]] = left[found[found >= 0]]
        done = np.flatnonzero(begun >= 0)
        return rows[begun[done]], rows[done]

    def _begun(self, rows: Places, who: Rows) -> Places:
        """Where among these rows the work began that ends in each, by those who did it; -1 where none is found."""
        order = np.lexsort((who, self.entity[rows]))
        keys = np.stack([self.week[rows], self.entity[rows], who])[:, order]
        starts = self.kind[rows[order]] & _BEGINS > 0
        # Nobody begins the same work again before it is done: rows of a piece follow each other.
        pieces = np.flatnonzero(starts[:-1] & ~starts[1:] & (keys[:, 1:] == keys[:, :-1]).all(axis=0))
        begun = np.full(rows.size, -1)
        begun[order[pieces + 1]] = order[pieces]
        return begun

    def _on_shift(self) -> list[float]:
        """Hours on shift of the teams that gates ask."""
        asked = asked_of_gates(self.plan)
        weeks = zip(self.begins.tolist(), self.ends.tolist(), strict=True)
        return [
            float(sum(team.headcount * overlap(team.windows, begins, ends) / HOUR for team in asked))
            for begins, ends in weeks
        ]

    def _days_lost(self) -> Array:
        """Leavers' shifts without the right to act."""
        rows = np.flatnonzero(self.kind == _RIGHTS)
        teams = {team.id: team for team in self.plan.teams}
        # Leavers may follow each other in one seat: the right is away while any of them is due.
        away: Counter[tuple[int, int]] = Counter()
        since: dict[tuple[int, int], int] = {}
        lost = [0.0] * self.count
        columns = (self.event[rows], self.time[rows], self.week[rows], self.entity[rows])
        for event, time, week, agent in zip(*(column.tolist() for column in columns), strict=True):
            team = teams[team_of_agent(agent)]
            if event == Event.RIGHTS_END:
                if agent - agent_id(team.id, 0) < team.holders:  # others have no right to lose
                    away[week, agent] += 1
                    since.setdefault((week, agent), time)
            elif (week, agent) in since:
                away[week, agent] -= 1
                if away[week, agent] == 0:
                    lost[week] += self._days(week, team, since.pop((week, agent)), time)
        for (week, agent), start in since.items():
            lost[week] += self._days(week, teams[team_of_agent(agent)], start, int(self.ends[week]))
        return np.array(lost)

    def _days(self, week: int, team: TeamPlan, start: int, end: int) -> float:
        """Shifts between two times, as far as they fall into the week, in shifts of the team's usual length."""
        longest = max(((w.end - w.start - 1) % 1440) + 1 for w in team.windows)
        # A team that is always on shift is so by turns: a person's day is eight hours of it.
        usual = 8 * 60 if longest == 1440 else longest
        within = max(start, int(self.begins[week])), min(end, int(self.ends[week]))
        return overlap(team.windows, *within) / (usual * MINUTE)


def _numbers(entity: Rows, week: Rows) -> Places:
    """A number for each entity of a week, given rows in order of weeks."""
    order = np.argsort(entity, kind="stable")
    entity, week = entity[order], week[order]
    is_new = np.ones(order.size, dtype=bool)
    is_new[1:] = (entity[1:] != entity[:-1]) | (week[1:] != week[:-1])
    numbers = np.empty(order.size, dtype=np.int64)
    numbers[order] = np.cumsum(is_new) - 1
    return numbers


def _means(of_weeks: Sequence[Array]) -> Array:
    """The mean of each week; nan for that of nothing."""
    return np.array([each.mean() if each.size else np.nan for each in of_weeks])


def report_waits(waits: Sequence[Array]) -> dict[str, Array]:
    """What is measured of the waits of reports, in minutes, given those of each week."""
    return {"report_wait": _means(waits), "reports": np.array([float(each.size) for each in waits])}


def asked_of_gates(plan: Plan) -> list[TeamPlan]:
    """The teams that gates ask, whether or not they have work."""
    places = {team for _, teams in askers(plan.safeguards) for team in teams}
    return [plan.teams[place] for place in sorted(places)]
