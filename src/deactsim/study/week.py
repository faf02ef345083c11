"""Routine weeks: the fold of a trace into what they cost honest work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..engines.handled import askers
from ..model.plan import Plan, TeamPlan
from ..model.shifts import overlap
from ..model.states import Event, Gate, Reason
from ..model.streams import REPORT, agent_id, team_of_agent
from ..model.world import HOUR, WEEK
from ..stats.log_bins import BINS, bins_of
from ..stats.weighted import Array
from .measures import MINUTE

#: Rows of a trace as an array, (rows, 5), and some of them by their places.
Rows = NDArray[np.int64]
Places = NDArray[np.int64]
#: So many rows are folded at once.
AT_ONCE = 1 << 16

#: Measures that are means over something other than weeks: what a week weighs in them.
MEAN_OVER = {"minutes_held": "held", "report_wait": "reports", "approver_utilisation": "approver_shifts"}


@dataclass(frozen=True)
class Waits:
    """How long actions were held: of a `week`, in a `bin` of `stats.log_bins`, how many and how long in all.

    Each is (entries,) of whole numbers, in order of weeks; `total` is in microseconds.
    """

    week: Places
    bin: Places
    count: Places
    total: Places

    @classmethod
    def of(cls, took: Places, week: Places) -> Waits:
        """Those of single actions, in microseconds."""
        one = np.ones(took.size, dtype=np.int64)
        return cls(week, bins_of(took / MINUTE), one, took)._added_up()

    @classmethod
    def joined(cls, parts: Sequence[Waits]) -> Waits:
        """Those of parts of one stretch of weeks."""
        names = ("week", "bin", "count", "total")
        none = np.empty(0, dtype=np.int64)
        columns = (np.concatenate([none, *(getattr(part, name) for part in parts)]) for name in names)
        return cls(*columns)._added_up()

    def _added_up(self) -> Waits:
        keys, place = np.unique(self.week * BINS + self.bin, return_inverse=True)
        count, total = np.zeros((2, keys.size), dtype=np.int64)
        np.add.at(count, place, self.count)
        np.add.at(total, place, self.total)
        return Waits(keys // BINS, keys % BINS, count, total)

    def centres(self) -> Array:
        """The mean of all that are in the bin of each entry, in minutes, (entries,)."""
        count, total = np.zeros((2, BINS), dtype=np.int64)
        np.add.at(count, self.bin, self.count)
        np.add.at(total, self.bin, self.total)
        centres: Array = total[self.bin] / count[self.bin] / MINUTE
        return centres


@dataclass(frozen=True)
class Folded:
    """Friction of the weeks of one run: `values` by name, (weeks,), and how long actions were held.

    Besides the measures `values` has what their means are over: reports taken, and hours on
    shift of the teams that gates ask.
    """

    values: Mapping[str, Array]
    waits: Waits


def fold(plan: Plan, blocks: Iterable[Rows], begins: int, weeks: int, end: int) -> Folded:
    """Fold a trace, in blocks of (rows, 5), into the friction of the weeks from `begins` on; the run goes on to `end`.

    Whatever becomes of an action, a report or a false alarm counts to the week in which that was asked for or came,
    however late it happens; work of people too. A long run is folded in parts, and only what goes on is kept for
    the next. Everything is added up in whole microseconds: it does not matter where parts begin.
    """
    sums: dict[str, Places] = {}
    waits, lost = list[Waits](), np.zeros(weeks)
    for rows in _parts(blocks):
        part = _Part(plan, rows, begins, weeks, end)
        found, held = part.folded()
        for name, each in found.items():
            sums[name] = sums[name] + each if name in sums else each
        waits.append(held)
        lost += part.days_lost()
    shifts = _on_shift(plan, begins, weeks)
    values = {name: sums[name].astype(np.float64) for name in _COUNTED}
    values |= {
        "minutes_held": _over(sums["held_for"], sums["held"]) / MINUTE,
        "report_wait": mean_wait(sums),
        "approver_hours": sums["reviewing"] / HOUR,
        "responder_hours": sums["triaging"] / HOUR,
        "approver_utilisation": _over(sums["reviewed_within"], shifts),
        "approver_shifts": shifts / HOUR,
        "agent_days_lost": lost,
    }
    return Folded(values, Waits.joined(waits))


#: Gates other than approval that deny honest work, by the name under which that is counted.
DENIED_AT = {"denied_at_list": Gate.PROTECTED_LIST, "denied_at_limit": Gate.RATE_LIMIT}
#: Measures that are counts.
_COUNTED = (
    "actions", "held", "urgent_held", "rerouted", "denied", "asked", "timed_out", *DENIED_AT, "false_alarms",
    "wrongly_undone", "reports",
)  # fmt: skip


def _over(sums: Places, numbers: Places) -> Array:
    """Quotients; nan where there is nothing to divide by."""
    found: Array = np.divide(sums, numbers, out=np.full(sums.size, np.nan), where=numbers > 0)
    return found


def _on_shift(plan: Plan, begins: int, weeks: int) -> Places:
    """How long those whom gates ask are on shift in each week, in microseconds times people."""
    asked = asked_of_gates(plan)
    of_weeks = [begins + number * WEEK for number in range(weeks)]
    found = [sum(team.headcount * overlap(team.windows, at, at + WEEK) for team in asked) for at in of_weeks]
    return np.array(found, dtype=np.int64)


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

    An action asked for has neither taken effect nor been denied, a report waits, somebody is at work: then all rows
    of that action, report or alarm. Of leavers' rights all are: they are few.
    """
    kind, entity = _KIND[rows[:, 1]], np.unique(rows[:, 2], return_inverse=True)[1]
    open_ = np.zeros(len(rows), dtype=bool)
    for begin, end in (
        ((Event.REQUESTED,), (Event.TOOK_EFFECT, Event.GATE_DENIED)),
        ((Event.REPORT_ARRIVES,), (Event.REPORT_TAKEN,)),
        ((Event.REVIEW_STARTS,), (Event.REVIEW_ENDS,)),
        ((Event.FALSE_ALARM,), (Event.ALARM_CLOSED,)),
    ):
        begun, over = (
            np.bincount(entity[np.isin(rows[:, 1], codes)], minlength=len(rows)) for codes in (begin, end)
        )
        open_ |= begun > over
    goes_on: NDArray[np.bool_] = open_[entity] | (kind == _RIGHTS)
    return goes_on


#: What an event is to the fold, by its code: it makes an action wait, belongs to one, or to a report, tells of
#: somebody's work or begins it, tells of a leaver's right, or is counted.
_WAITS, _ACTS, _REPORTS, _WORKS, _BEGINS, _RIGHTS, _COUNTS = 1, 2, 4, 8, 16, 32, 64
_KIND = np.zeros(max(Event) + 1, dtype=np.uint8)
_KIND[[Event.HELD, Event.ASKED, Event.REROUTED]] = _WAITS | _ACTS
_KIND[[Event.REQUESTED, Event.TOOK_EFFECT, Event.GATE_DENIED, Event.TIMED_OUT]] = _ACTS
_KIND[[Event.REPORT_ARRIVES, Event.REPORT_TAKEN]] = _REPORTS
_KIND[[Event.REVIEW_STARTS, Event.ALARM_TAKEN]] = _WORKS | _BEGINS
_KIND[[Event.REVIEW_ENDS, Event.ALARM_CLOSED]] = _WORKS
_KIND[[Event.RIGHTS_END, Event.RIGHTS_ON]] = _RIGHTS
_KIND[[Event.FALSE_ALARM, Event.WRONGLY_UNDONE]] = _COUNTS


class _Part:
    """The fold of some rows of a run, in order: `week` says which of the weeks a row falls into, -1 into none."""

    def __init__(self, plan: Plan, rows: Rows, begins: int, weeks: int, end: int) -> None:
        self.plan, self.begins, self.count, self.end = plan, begins, weeks, end
        self.time, self.event, self.entity, self.by, self.reason = rows.T.copy()
        self.kind = _KIND[self.event]
        self.week = self._week_of(self.time)

    def _week_of(self, time: Places) -> Places:
        week = (time - self.begins) // WEEK
        return np.where((week >= 0) & (week < self.count), week, -1)

    def folded(self) -> tuple[dict[str, Places], Waits]:
        """The sums of each week: counts, and microseconds."""
        actions, waits = self._actions()
        found = actions | self._reports() | self._work()
        for name, event in (
            ("false_alarms", Event.FALSE_ALARM),
            ("wrongly_undone", Event.WRONGLY_UNDONE),
        ):
            found[name] = self._sums(self.week[self.event == event])
        return found, waits

    def _sums(self, week: Places, of: Places | int = 1) -> Places:
        """How many, or how much, falls to each week; a week of -1 is none."""
        found = np.zeros(self.count + 1, dtype=np.int64)
        np.add.at(found, week, of)
        return found[:-1]

    # -- honest actions -----------------------------------------------------------------

    def _actions(self) -> tuple[dict[str, Places], Waits]:
        """What becomes of the actions asked for within the weeks; what their actors did not mean is none."""
        acts = np.flatnonzero((self.kind & _ACTS > 0) & (self.entity >> 59 == REPORT))
        event = self.event[acts]
        begins = (event == Event.REQUESTED) & (self.week[acts] >= 0) & (self.reason[acts] != Reason.SLIPPED)
        asked = acts[begins]
        # Which of those asked for an action is: most rows are of one, some of another time's, or of a slip.
        action = np.unique(self.entity[acts], return_inverse=True)[1]
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
        ended = np.full(asked.size, self.end)
        ended[place[effects]] = self.time[acts[effects]]
        ended[place[denials]] = self.time[acts[denials]]
        held, week = asked[waited], self.week[asked]
        took = ended[waited] - self.time[held]
        rerouted = place[event == Event.REROUTED]
        values = {
            "actions": self._sums(week),
            "held": self._sums(week[waited]),
            "held_for": self._sums(week[waited], took),
            "urgent_held": self._sums(self.week[held[self.reason[held] == Reason.URGENT]]),
            "rerouted": self._sums(week[rerouted]),
            "denied": self._sums(week[denied]),
            "asked": self._sums(week[np.unique(place[event == Event.ASKED])]),
            "timed_out": self._sums(week[place[event == Event.TIMED_OUT]]),
        }
        gate = self.by[acts[denials]]
        for name, which in DENIED_AT.items():
            values[name] = self._sums(week[place[denials][gate == which]])
        return values, Waits.of(took, week[waited])

    def _reports(self) -> dict[str, Places]:
        """How many reports of each week were taken, and how long they waited for it."""
        rows = np.flatnonzero(self.kind == _REPORTS)
        report = np.unique(self.entity[rows], return_inverse=True)[1]
        came = self.event[rows] == Event.REPORT_ARRIVES
        arrived = np.full(rows.size, -1)
        arrived[report[came]] = rows[came]
        taken = np.flatnonzero(~came & (arrived[report] >= 0))
        begun = arrived[report[taken]]
        return report_waits(self.week[begun], self.time[rows[taken]] - self.time[begun], self.count)

    # -- people -------------------------------------------------------------------------

    def _work(self) -> dict[str, Places]:
        """Work of those whom gates ask, and of responders on false alarms: by what caused it, and as it is done."""
        begun, done = self._pieces()
        took = self.time[done] - self.time[begun]
        alarms = self.event[done] == Event.ALARM_CLOSED
        week = self._caused(begun)
        return {
            "reviewing": self._sums(week[~alarms], took[~alarms]),
            "triaging": self._sums(week[alarms], took[alarms]),
            "reviewed_within": self._within(self.time[begun[~alarms]], self.time[done[~alarms]]),
        }

    def _caused(self, begun: Places) -> Places:
        """The week of what the work that begins in these rows is about; of an undo long after it, that of the work."""
        causes = np.flatnonzero((self.event == Event.REQUESTED) | (self.event == Event.FALSE_ALARM))
        entity, first = np.unique(self.entity[causes], return_index=True)
        week = self.week[begun]
        if causes.size:
            place = np.minimum(np.searchsorted(entity, self.entity[begun]), entity.size - 1)
            known = entity[place] == self.entity[begun]
            week[known] = self.week[causes[first[place[known]]]]
        return week

    def _within(self, start: Places, end: Places) -> Places:
        """How much of these spans falls into each week."""
        start, end = np.maximum(start, self.begins), np.minimum(end, self.begins + self.count * WEEK)
        found = np.zeros(self.count, dtype=np.int64)
        while (left := start < end).any():
            start, end = start[left], end[left]
            week = (start - self.begins) // WEEK
            until = np.minimum(self.begins + (week + 1) * WEEK, end)
            np.add.at(found, week, until - start)
            start = until
        return found

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
        keys = np.stack([self.entity[rows], who])[:, order]
        starts = self.kind[rows[order]] & _BEGINS > 0
        # Nobody begins the same work again before it is done: rows of a piece follow each other.
        pieces = np.flatnonzero(starts[:-1] & ~starts[1:] & (keys[:, 1:] == keys[:, :-1]).all(axis=0))
        begun = np.full(rows.size, -1)
        begun[order[pieces + 1]] = order[pieces]
        return begun

    def days_lost(self) -> Array:
        """Leavers' shifts without the right to act, as they fall into each week."""
        rows = np.flatnonzero(self.kind == _RIGHTS)
        teams = {team.id: team for team in self.plan.teams}
        # Leavers may follow each other in one seat: the right is away while any of them is due.
        away: Counter[int] = Counter()
        since: dict[int, int] = {}
        lost = np.zeros(self.count)
        columns = (self.event[rows], self.time[rows], self.entity[rows])
        for event, time, agent in zip(*(column.tolist() for column in columns), strict=True):
            team = teams[team_of_agent(agent)]
            if event == Event.RIGHTS_END:
                if agent - agent_id(team.id, 0) < team.holders:  # others have no right to lose
                    away[agent] += 1
                    since.setdefault(agent, time)
            elif agent in since:
                away[agent] -= 1
                if away[agent] == 0:
                    self._lose(lost, team, since.pop(agent), time)
        for agent, start in since.items():
            self._lose(lost, teams[team_of_agent(agent)], start, self.end)
        return lost

    def _lose(self, lost: Array, team: TeamPlan, start: int, end: int) -> None:
        """Add the shifts between two times, in shifts of the team's usual length."""
        longest = max(((w.end - w.start - 1) % 1440) + 1 for w in team.windows)
        # A team that is always on shift is so by turns: a person's day is eight hours of it.
        usual = 8 * 60 if longest == 1440 else longest
        start, end = max(start, self.begins), min(end, self.begins + self.count * WEEK)
        while start < end:
            week = (start - self.begins) // WEEK
            until = min(self.begins + (week + 1) * WEEK, end)
            lost[week] += overlap(team.windows, start, until) / (usual * MINUTE)
            start = until


def report_waits(week: Places, waits: Places, weeks: int) -> dict[str, Places]:
    """What is added up of the waits of reports, in microseconds, given the week of each (-1 is none)."""
    found = np.zeros((2, weeks + 1), dtype=np.int64)
    np.add.at(found[0], week, 1)
    np.add.at(found[1], week, waits)
    return {"reports": found[0, :-1], "waited": found[1, :-1]}


def mean_wait(sums: Mapping[str, Places]) -> Array:
    """The mean wait of each week's reports in minutes, of what `report_waits` adds up."""
    found: Array = _over(sums["waited"], sums["reports"]) / MINUTE
    return found


def asked_of_gates(plan: Plan) -> list[TeamPlan]:
    """The teams that gates ask, whether or not they have work."""
    places = {team for _, teams in askers(plan.safeguards) for team in teams}
    return [plan.teams[place] for place in sorted(places)]
