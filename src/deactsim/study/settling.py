"""How long a plan's queues take to settle: what a run leaves out in front, and how long a stretch of it tells enough.

A run begins with idle people and empty queues. How long that shows is worked out team by team, from the
work offered to it:

- over a week by the clock, as a fluid: the longest time for which work lies there because nobody is on shift, or
  because more comes in some hours than can be done in them;
- beyond that by chance: the workload of c people at load rho is close to a reflected Brownian motion (Whitt,
  Stochastic-Process Limits, 2002), which forgets its beginning with the relaxation time
  2 lambda E[S^2] / (c (1 - rho))^2, and sooner where requests time out: then it is reflected at both ends.
  For one server with exponential times that is 4 rho / (mu (1 - rho)^2), near the exact 1 / (mu (1 - sqrt rho)^2).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import lengths
from ..model.lengths import Length
from ..model.plan import Plan, StreamPlan, Windows
from ..model.shifts import DAY, spans
from ..model.world import HOUR, WEEK, busy_spans

#: Nobody can say where a queue settles whose team has more to do than this share of its time.
MOST_LOAD = 0.99
#: A run forgets its beginning in so many relaxation times: what is left is e^-4, of a difference to begin with.
TO_FORGET = 4.0
#: A batch of weeks outlasts so many relaxation times, and there are so many batches where that can be: then the mean
#: wait of a queue in heavy traffic is known to 10 % (a standard error of one over the root of relaxation times).
A_BATCH, BATCHES = 10.0, 40
#: Where there are no reports a batch outlasts so many times the longest time for which leavers are without a right.
A_SPELL = 5.0
#: With shorter relaxation times weeks are as good as independent.
SHORT = WEEK / 5.0
#: Reports that the runs of all plans may have in all, where queues ask for many weeks; and no more weeks than these.
MOST_REPORTS, MOST_WEEKS = 4e6, 52 * 40
#: The hours of a week from Monday 0:00 UTC on, away from any change of clocks.
HOURS, MONDAY = 168, 4 * DAY
#: So many times the mean wait there is once in a million: waits are exponential in heavy traffic.
_LATE = 14.0

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Settling:
    """How a plan's queues settle, in microseconds; infinity for what never does.

    `relaxation` is the longest relaxation time of any team, `memory` how long what was before still shows, `over` how
    long after it was asked for an action, or a report, may still not be over. `teams` is (name, load, relaxation
    time) of every team with work.
    """

    relaxation: float
    memory: float
    over: float
    teams: tuple[tuple[str, float, float], ...]

    @property
    def settles(self) -> bool:
        """Whether every queue settles."""
        return math.isfinite(self.relaxation)


@dataclass(frozen=True, slots=True)
class Flow:
    """Work of one kind for a team (by index): pieces a microsecond in each hour of the week, how long each takes,
    and how long it waits at the longest. Only `holders` of the right do it if it is reports.

    The `urgent` share goes first and `alarms` last; `undo` is of what was done by mistake.
    """

    team: int
    rate: Array
    mean: float
    square: float
    longest: float
    patience: float
    reports: bool = False
    urgent: float = 0.0
    alarms: bool = False
    undo: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """One team: its load, relaxation time, memory, and how long it may take until a piece is done.

    `grows` is how long its queue grows until those in front time out, where it has more to do than it can.
    """

    load: float
    relaxation: float
    memory: float
    over: float
    grows: float = 0.0


@lru_cache(maxsize=256)
def flows(plan: Plan) -> tuple[Flow, ...]:
    """All work that routine offers to people."""
    reports = _reports(plan)
    return (*reports, *_asked(plan, reports), *_called(plan, reports))


@lru_cache(maxsize=256)
def settling(plan: Plan) -> Settling:
    """How a plan's queues settle."""
    reports = _reports(plan)
    asked = _asked(plan, reports)
    called = _called(plan, reports)
    every = [*reports, *asked, *called]
    teams = {team: settled(plan, team, every) for team in dict.fromkeys(flow.team for flow in every)}

    def stage(some: Sequence[Flow], what: str) -> float:
        places = dict.fromkeys(flow.team for flow in some)
        return float(sum(getattr(teams[place], what) for place in places))

    handled = [teams[flow.team] for flow in reports]
    holds, remembered = _holds(plan)
    memory = max((each.memory for each in handled), default=0.0) + stage(asked, "memory")
    over = holds + stage(asked, "over")
    return Settling(
        relaxation=max((each.relaxation for each in teams.values()), default=0.0),
        memory=memory + stage(called, "memory") + holds + remembered,
        over=max([over, *(each.over for each in handled)]),
        teams=tuple((plan.teams[team].name, each.load, each.relaxation) for team, each in teams.items()),
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a run that counts: `weeks` weeks from `begins` on (microseconds since 1970 UTC).

    The run starts at `start` and goes on to `end`, when what began in those weeks is over. The weeks make
    `batches` that are as good as independent.
    """

    start: int
    begins: int
    end: int
    weeks: int
    batches: int


def stretch(plans: Iterable[Plan], until: int, weeks: int, *, exactly: bool = False) -> Stretch:
    """The stretch of weeks up to the Monday before `until`, the same for all plans: they meet the same reports.

    It has at least `weeks` weeks, and as many as the slowest queue that settles asks for, as long as the reports of
    all plans' runs are no more than `MOST_REPORTS`; without any reports as many as the longest time without a right
    asks for. `exactly` has no more than asked for.
    """
    plans = list(plans)
    found = [settling(plan) for plan in plans]
    finite = [each for each in found if each.settles] or [Settling(0.0, 0.0, 0.0, ())]
    relaxation, memory, over = (
        max(getattr(each, name) for each in finite) for name in ("relaxation", "memory", "over")
    )
    batch = 1 if relaxation < SHORT else math.ceil(A_BATCH * relaxation / WEEK)
    a_week = _reports_a_week(plans[0])
    if not exactly and a_week == 0.0:  # then weeks cost next to nothing
        batch = max(batch, math.ceil(A_SPELL * max(map(_spell, plans)) / WEEK))
    if not exactly and batch > 1:
        room = float(MOST_WEEKS)
        if a_week > 0.0:
            room = min(room, MOST_REPORTS / (len(plans) * a_week) - (memory + over) / WEEK)
        weeks = max(weeks, min(batch * BATCHES, int(room)))
    monday = (until // DAY + 3) // 7 * 7 - 3
    begins = max(monday * DAY - weeks * WEEK, _EARLIEST)
    return Stretch(
        start=begins - max(DAY, _whole_hours(memory)),
        begins=begins,
        end=begins + weeks * WEEK + max(DAY, _whole_hours(over)),
        weeks=weeks,
        batches=weeks // batch,
    )


def unsettled(plan: Plan, stretch: Stretch) -> dict[str, str]:
    """The teams whose queues settle so slowly that a stretch says nothing of them, each with a few words that say so.

    Two batches are the least that an interval can be made of.
    """
    return {
        team: f"{team} at {load:.1%}, whose queue "
        + (
            f"takes {relaxation / DAY:,.0f} days to settle (simulated: {stretch.weeks} weeks)"
            if math.isfinite(relaxation)
            else "does not settle so close to all its time"
        )
        for team, load, relaxation in settling(plan).teams
        if load < 1.0 and 2.0 * A_BATCH * relaxation > stretch.weeks * WEEK and relaxation > SHORT
    }


def _spell(plan: Plan) -> int:
    """For how long a leaver is without a right before the last shift ends."""
    step_down = plan.safeguards.step_down
    return step_down.before if step_down is not None and step_down.teams else 0


def _whole_hours(length: float) -> int:
    return math.ceil(length / HOUR) * HOUR


#: No stretch begins earlier: hours are counted from 1970 on.
_EARLIEST = 52 * WEEK + MONDAY


def _reports_a_week(plan: Plan) -> float:
    return sum(float(_profile(stream).sum()) for stream in plan.streams) * HOUR


# -- the work ------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def on_shift(windows: Windows) -> Array:
    """The share of each hour of the week that is on shift, (168,)."""
    hours = np.zeros(HOURS)
    for on, off in spans(windows, MONDAY, MONDAY + WEEK):
        for hour in range(max(0, (on - MONDAY) // HOUR), min(HOURS, -(-(off - MONDAY) // HOUR))):
            begin = MONDAY + hour * HOUR
            hours[hour] += (min(off, begin + HOUR) - max(on, begin)) / HOUR
    return hours


def _profile(stream: StreamPlan) -> Array:
    """Reports a microsecond in each hour of the week, (168,)."""
    hours = np.ones(HOURS)
    if stream.busy:
        for hour in range(HOURS):
            begin = MONDAY + hour * HOUR
            parts = busy_spans(stream.busy, begin, begin + HOUR)
            hours[hour] = sum((until - at) * times for at, until, times in parts) / HOUR
    return stream.per_microsecond * hours


def _flow(team: int, rate: Array, length: Length, patience: float = math.inf, **more: Any) -> Flow:
    mean = lengths.mean(length)
    return Flow(
        team, rate, mean, lengths.second_moment(length), lengths.quantile(length, 1 - 1e-4), patience, **more
    )


def _reports(plan: Plan) -> list[Flow]:
    """Reports, for the teams that share them in proportion to their holders' hours."""
    found = []
    for stream in plan.streams:
        able = [(place, plan.teams[place]) for place in stream.teams]
        hours = [team.holders * float(on_shift(team.windows).sum()) for _, team in able]
        total = sum(hours)
        for (place, _), each in zip(able, hours, strict=True):
            share = each / total if total > 0.0 else 1.0
            if share > 0.0 and stream.per_microsecond > 0.0:
                found.append(
                    _flow(
                        place, share * _profile(stream), stream.handling, reports=True, urgent=stream.urgent
                    )
                )
    return found


def _asked(plan: Plan, reports: Sequence[Flow]) -> list[Flow]:
    """What gates ask of people about the actions that reports end in."""
    given, found = plan.safeguards, []
    for stream in plan.streams:
        done = _done(plan, stream.teams, reports)
        total = sum(
            plan.teams[place].holders * float(on_shift(plan.teams[place].windows).sum())
            for place in stream.teams
        )
        for place, tool in zip(stream.teams, stream.tools, strict=True):
            team = plan.teams[place]
            if total == 0.0:
                continue
            share = team.holders * float(on_shift(team.windows).sum()) / total
            mean = share * float(_profile(stream).mean()) * stream.actioned
            rate = mean * done
            if mean == 0.0:
                continue
            where = (None, stream.tier, stream.command, team.name, tool)
            if (p := given.protected_list) is not None and p.senior is not None and p.control.reaches(*where):
                found.append(_flow(p.senior, rate * p.control.covers, p.handling, urgent=stream.urgent))
            if (d := given.separation_of_duties) is not None and d.control.reaches(*where):
                found.append(_flow(d.team, rate * d.control.covers, d.takes, urgent=stream.urgent))
            if (a := given.approval) is not None and a.control.reaches(*where):
                for slot in a.slots:
                    there = on_shift(plan.teams[slot].windows) if a.break_glass else 1.0
                    asked = rate * a.control.covers * there
                    found.append(_flow(slot, asked, a.review, float(a.time_out), urgent=stream.urgent))
    return found


def _called(plan: Plan, reports: Sequence[Flow]) -> list[Flow]:
    """What calls a responder: false alarms, and actions that were wrong."""
    found, response = [], plan.response
    alert = plan.safeguards.alert
    if alert is not None and alert.false_per_microsecond > 0.0:
        found.append(
            _flow(response.team, np.full(HOURS, alert.false_per_microsecond), alert.triage, alarms=True)
        )
    wrong = sum(float(_profile(s).mean()) * s.actioned * s.wrongful for s in plan.streams)
    if wrong > 0.0 and reports:
        stages = (response.pick_up, response.find_cause, response.authorise, response.restore)
        mean = sum(map(lengths.mean, stages))
        spread = sum(lengths.second_moment(each) - lengths.mean(each) ** 2 for each in stages)
        longest = sum(lengths.quantile(each, 1 - 1e-4) for each in stages)
        word = lengths.mean(plan.detection.word)
        found.append(
            Flow(
                response.team,
                np.full(HOURS, wrong),
                mean,
                spread + mean * mean,
                longest + word,
                math.inf,
                undo=True,
            )
        )
    return found


def _holds(plan: Plan) -> tuple[float, float]:
    """How long gates hold an action at the longest, and how long they remember another."""
    given, holds, remembered = plan.safeguards, 0.0, 0.0
    if given.just_in_time is not None:
        holds += lengths.quantile(given.just_in_time.takes, 1 - 1e-4)
        remembered += given.just_in_time.lasts
    if given.confirm is not None:
        holds += lengths.quantile(given.confirm.takes, 1 - 1e-4)
    if given.rate_limit is not None:
        holds += given.rate_limit.window if given.rate_limit.holds else 0.0
        remembered += given.rate_limit.window
    if given.lock_down is not None:
        holds += given.lock_down.hold
    if given.cooling_off is not None:
        holds += given.cooling_off.hold
    return holds, remembered


# -- a team --------------------------------------------------------------------------------


def settled(plan: Plan, place: int, flows: Sequence[Flow]) -> Settled:
    """How the queue of a team settles that has all this work."""
    team = plan.teams[place]
    mine = [flow for flow in flows if flow.team == place]
    shift = float(on_shift(team.windows).mean())
    found = [_queue(team.headcount, team.windows, mine)]
    if any(flow.reports for flow in mine):
        found.append(_queue(min(team.holders, team.headcount), team.windows, [f for f in mine if f.reports]))
    if shift == 0.0:
        return found[0]
    return max(found, key=lambda each: each.memory)


def _queue(people: int, windows: Windows, flows: Sequence[Flow]) -> Settled:
    """A queue of so many people on these shifts."""
    hours = on_shift(windows)
    shift = float(hours.mean())
    patience = max(flow.patience for flow in flows)
    work = sum(float(flow.rate.mean()) * flow.mean for flow in flows)
    square = sum(float(flow.rate.mean()) * flow.square for flow in flows)
    longest = max(flow.longest for flow in flows)
    load = math.inf if people * shift == 0.0 else work / (people * shift)
    if load > MOST_LOAD and not math.isfinite(patience):
        return Settled(load, math.inf, math.inf, math.inf)
    if people * shift == 0.0:
        return Settled(load, patience, patience, patience)
    # By time on shift all the work falls into it: its rate is so many times as high.
    drift, spread = people * (1.0 - load), square / shift
    speed = drift * drift / (2.0 * spread)
    if math.isfinite(patience):
        speed += math.pi**2 * spread / (2.0 * (people * patience * shift) ** 2)
    relaxation = 1.0 / speed / shift
    residual = square / work / 2.0 + work / sum(float(flow.rate.mean()) for flow in flows)
    lies = min(_longest_backlog(people, hours, flows), patience)
    # With more work than can be done the queue grows until those in front time out.
    grows = 0.0
    if load > 1.0:  # close to it chance alone takes the queue there sooner
        grows = min(patience / (load - 1.0), (people * patience * shift) ** 2 / spread / shift)
    late = _LATE * spread / (2.0 * max(drift, 1e-9) * people) / shift
    late = min(late + lies + HOUR, patience)
    return Settled(
        load=load,
        relaxation=relaxation + residual,
        memory=lies + grows + TO_FORGET * (relaxation + residual),
        over=late + longest,
        grows=grows,
    )


def backlog(people: int, hours: Array, flows: Sequence[Flow]) -> tuple[Array, Array]:
    """As a fluid: work that lies there at the end of each hour of a usual week, and work done in it, (168,)."""
    comes = sum((flow.rate * flow.mean for flow in flows), start=np.zeros(HOURS)) * HOUR
    can = people * hours * HOUR
    lies, left, done = 0.0, np.zeros(HOURS), np.zeros(HOURS)
    for hour in range(3 * HOURS):
        at = hour % HOURS
        done[at] = min(lies + comes[at], can[at])
        lies += comes[at] - done[at]
        left[at] = lies
    return left, done


def _longest_backlog(people: int, hours: Array, flows: Sequence[Flow]) -> float:
    """The longest time for which a usual week has work lie there, as a fluid: microseconds."""
    left, _ = backlog(people, hours, flows)
    longest = run = 0
    for lies in (*left, *left):
        run = run + 1 if lies > 0.0 else 0
        longest = max(longest, run)
    return float(min(longest + (longest > 0), HOURS) * HOUR)


def _done(plan: Plan, places: Sequence[int], reports: Sequence[Flow]) -> Array:
    """How the reports that teams share are done over a week, as times of their mean, (168,)."""
    holders = [(min(plan.teams[at].holders, plan.teams[at].headcount), plan.teams[at]) for at in places]
    people = sum(count for count, _ in holders)
    if people == 0:
        return np.ones(HOURS)
    hours = sum((count * on_shift(team.windows) for count, team in holders), np.zeros(HOURS)) / people
    _, done = backlog(people, hours, [flow for flow in reports if flow.team in places])
    mean = float(done.mean())
    return done / mean if mean > 0.0 else np.ones(HOURS)
