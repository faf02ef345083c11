"""Routine weeks: the fold of their traces into what they cost honest work."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ..engines.handled import askers
from ..model.plan import Plan, TeamPlan
from ..model.shifts import DAY, overlap
from ..model.states import Event, Reason
from ..model.streams import REPORT, agent_id, team_of_agent
from ..model.world import HOUR, WEEK
from ..stats.log_bins import BINS, bins_of
from ..stats.weighted import Array
from .measures import MINUTE

#: Rows of a trace as an array, (rows, 5), and some of them by their places.
Rows = NDArray[np.int64]
Places = NDArray[np.int64]
#: So many rows are folded at once: those of many weeks, or of a part of one.
AT_ONCE = 1 << 16

#: Measures that are means over something other than weeks: what a week weighs in them.
MEAN_OVER = {"minutes_held": "held", "report_wait": "reports", "approver_utilisation": "approver_shifts"}


@dataclass(frozen=True)
class Waits:
    """How long actions were held: of a `week`, in a `bin` of `stats.log_bins`, how many.

    `first` is the minutes of one of them, and `above` how much more the others took in all: where all took the same,
    their mean is just that. Each is (entries,), in order of weeks.
    """

    week: Places
    bin: Places
    count: Array
    first: Array
    above: Array

    @classmethod
    def of(cls, minutes: Array, week: Places) -> Waits:
        """Those of single actions."""
        keys, one, place, count = np.unique(
            week * BINS + bins_of(minutes), return_index=True, return_inverse=True, return_counts=True
        )
        first = minutes[one]
        above: Array = np.bincount(place, minutes - first[place], keys.size).astype(np.float64)
        return cls(keys // BINS, keys % BINS, count.astype(np.float64), first, above)

    @classmethod
    def joined(cls, parts: Sequence[Waits], begins: Sequence[int]) -> Waits:
        """Those of several, whose weeks have these numbers from the first on."""
        none = cls.of(np.empty(0), np.empty(0, dtype=np.int64))
        week = [part.week + number for part, number in zip(parts, begins, strict=True)]
        columns = ("bin", "count", "first", "above")
        rest = [np.concatenate([getattr(part, name) for part in (none, *parts)]) for name in columns]
        return cls(np.concatenate([none.week, *week]), *rest)

    def centres(self) -> Array:
        """The mean of all that are in the bin of each entry, (entries,)."""
        one = np.zeros(BINS)
        one[self.bin] = self.first
        above = self.above + self.count * (self.first - one[self.bin])
        count, more = (np.bincount(self.bin, each, BINS) for each in (self.count, above))
        return one[self.bin] + more[self.bin] / count[self.bin]


@dataclass(frozen=True)
class Folded:
    """Friction of some weeks: `values` by name, one entry a week, and how long actions were held.

    Besides the measures `values` has what their means are over: reports taken, and hours on
    shift of the teams that gates ask.
    """

    values: Mapping[str, Array]
    waits: Waits

    @classmethod
    def of_parts(cls, parts: Sequence[Folded]) -> Folded:
        """One week, of which each of these is a part."""
        values = {name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values}
        found = {name: each.sum(keepdims=True) for name, each in values.items()}
        found["approver_shifts"] = parts[0].values["approver_shifts"]
        for name, over in MEAN_OVER.items():
            total = np.nansum(values[name] * values[over], keepdims=True)
            found[name] = np.divide(total, found[over], out=np.full(1, np.nan), where=found[over] > 0.0)
        return cls(found, Waits.joined([part.waits for part in parts], [0] * len(parts)))


def weeks_of(plan: Plan, runs: Iterable[tuple[int, Iterable[Rows]]]) -> Iterator[Folded]:
    """Fold traces, each in blocks of (rows, 5), into the friction of the weeks that begin at the times beside them.

    Most weeks have few rows: what is done with arrays is done for many weeks at once. One of very many is folded in
    parts, and only what goes on is kept for the next.
    """
    some: list[tuple[int, Rows]] = []
    size = 0
    for begins, blocks in runs:
        parts = _parts(blocks)
        first, more = next(parts), next(parts, None)
        if more is None:
            some.append((begins, first))
            size += len(first)
        if some and (more is not None or size >= AT_ONCE):
            yield _Weeks(plan, some).folded()
            some, size = [], 0
        if more is not None:
            rest = chain((first, more), parts)
            yield Folded.of_parts([_Weeks(plan, [(begins, part)]).folded() for part in rest])
    if some:
        yield _Weeks(plan, some).folded()


def _parts(blocks: Iterable[Rows]) -> Iterator[Rows]:
    """The rows that the fold asks for, in parts that can be folded by themselves: no story goes on in the next."""
    some, most = list[Rows](), AT_ONCE
    for block in blocks:
        if sum(map(len, some)) >= most:
            rows = np.concatenate(some)
            goes_on = _goes_on(rows)
            yield rows[~goes_on]
            some = [rows[goes_on]]
            # Where much goes on for long it is not looked at again before there is as much that is new.
            most = max(AT_ONCE, 2 * len(some[0]))
        some.append(block[_KIND[block[:, 1]] > 0])
    yield np.concatenate(some)


def _goes_on(rows: Rows) -> NDArray[np.bool_]:
    """Which rows belong to what is not over with them.

    An action asked for has neither taken effect nor been denied, a report waits, somebody is at work. Of leavers'
    rights all are: they are few.
    """
    kind = _KIND[rows[:, 1]]
    goes_on: NDArray[np.bool_] = kind == _RIGHTS
    for story, begin, end in (
        (_ACTS, (Event.REQUESTED,), (Event.TOOK_EFFECT, Event.GATE_DENIED)),
        (_REPORTS, (Event.REPORT_ARRIVES,), (Event.REPORT_TAKEN,)),
        (_WORKS, (Event.REVIEW_STARTS, Event.ALARM_TAKEN), (Event.REVIEW_ENDS, Event.ALARM_CLOSED)),
    ):
        of = np.flatnonzero(kind & story)
        event, number = rows[of, 1], _numbers(rows[of, 2], np.zeros(of.size, dtype=np.int64))
        begun, over = (
            np.bincount(number[np.isin(event, codes)], minlength=of.size) for codes in (begin, end)
        )
        goes_on[of] = (begun > over)[number]
    return goes_on


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
        self.week = np.repeat(np.arange(self.count), [len(rows) for _, rows in runs])
        self.time, self.event, self.entity, self.by, self.reason = np.concatenate(
            [rows for _, rows in runs]
        ).T.copy()
        self.kind = _KIND[self.event]
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

    def _actions(self) -> tuple[dict[str, Array], Waits]:
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
        # What comes after an action took effect is of its undo: with that honest work does not wait.
        over = np.flatnonzero(event == Event.TOOK_EFFECT)[::-1]
        last = np.full(asked.size, acts.size)
        last[place[over]] = over  # the first one
        before = np.arange(acts.size) <= last[place]
        acts, event, place = acts[before], event[before], place[before]
        waits = self.kind[acts] & _WAITS > 0
        effects, denials = event == Event.TOOK_EFFECT, event == Event.GATE_DENIED
        waited, denied = np.zeros((2, asked.size), dtype=bool)
        waited[place[waits]] = True
        denied[place[denials]] = True
        # What is still held at the end of the run counts up to there: never less than it was.
        ended = self.ends[self.week[asked]] + DAY
        ended[place[effects]] = self.time[acts[effects]]
        ended[place[denials]] = self.time[acts[denials]]
        held = asked[waited]
        took = (ended[waited] - self.time[held]) / MINUTE
        values = {
            "actions": self._count(asked),
            "held": self._count(held),
            "minutes_held": _means(self._split(held, took)),
            "urgent_held": self._count(held[self.reason[held] == Reason.URGENT]),
            "rerouted": self._count(acts[event == Event.REROUTED]),
            "denied": self._count(asked[denied]),
        }
        return values, Waits.of(took, self.week[held])

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
