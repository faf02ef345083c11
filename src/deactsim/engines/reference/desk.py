"""How reports are handled where those who handle them are asked for nothing else.

Then nothing that becomes of an action comes back to its handler: who takes which report, and when,
hangs on the reports, the teams and who steps down, and on nothing else of a policy. It is worked
out once for all policies that agree in these, without SimPy, and a run begins with the actions
that the reports end in. Tests hold it to the whole run, row by row.
"""

from __future__ import annotations

import math
from bisect import insort
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from ...model.plan import Plan, TeamPlan
from ...model.rules import drawn
from ...model.shifts import spans
from ...model.states import Kind
from ...model.step_down import leavers
from ...model.streams import Purpose, agent_id
from ...model.world import HOUR, Report, World
from ..handled import Handled, Taken, closed_within, table_of


class _Waiting(NamedTuple):
    report: Report
    urgent: bool
    place: int
    length: int
    acts: bool


class _Team:
    """A team: its idle holders of the right by number, and what waits for them in order of arrival."""

    def __init__(self, plan: TeamPlan, start: int, end: int) -> None:
        self.plan = plan
        self.first_agent = agent_id(plan.id, 0)
        self.on_shift = False
        self.idle: list[int] = []
        self.busy: set[int] = set()
        self.urgent: deque[_Waiting] = deque()
        self.usual: deque[_Waiting] = deque()
        #: How many of each stream wait.
        self.waiting: Counter[int] = Counter()
        self.stepped_down: Counter[int] = Counter()
        #: Streams on which those who have stepped down may no longer act.
        self.step_down_reaches: frozenset[int] = frozenset()
        self.shifts = spans(plan.windows, start, end) if plan.headcount else ()
        self._coming = iter(self.shifts)
        #: When it next comes on shift, if it is not; infinity if it never does.
        self.next_shift = self._next_shift()

    def begins(self) -> None:
        self.on_shift = True
        holders = range(min(self.plan.holders, self.plan.headcount))
        self.idle = [who for who in holders if who not in self.busy]

    def ends(self) -> None:
        self.on_shift = False
        self.idle = []
        self.next_shift = self._next_shift()

    def _next_shift(self) -> float:
        return next((on for on, _ in self._coming), math.inf)

    def rank(self) -> tuple[bool, float]:
        """Where it stands among the teams that may get a report and have nobody idle: the least gets it."""
        holders = self.plan.holders
        if self.on_shift and holders:
            return (False, (len(self.urgent) + len(self.usual)) / holders)
        return (True, self.next_shift if holders else math.inf)

    def idle_for(self, stream: int) -> int:
        """How many are idle who may take a report of a stream."""
        if stream not in self.step_down_reaches:
            return len(self.idle)
        return len(self.idle) - sum(
            times > 0 and who in self.idle for who, times in self.stepped_down.items()
        )

    def queue(self, job: _Waiting) -> None:
        self.waiting[job.report.stream] += 1
        (self.urgent if job.urgent else self.usual).append(job)

    def first_for(self, who: int) -> _Waiting | None:
        """Take what an idle agent does next out of the queue: the first that he may do, urgent ones first."""
        queue, at = self.urgent or self.usual, 0
        if self.stepped_down.get(who, 0) > 0:
            mine = {stream for stream, count in self.waiting.items() if count} - self.step_down_reaches
            if not mine:  # he need not read a long queue
                return None
            able = (
                (q, k)
                for q in (self.urgent, self.usual)
                for k, job in enumerate(q)
                if job.report.stream in mine
            )
            queue, at = next(able)
        job = queue[at]
        del queue[at]
        self.waiting[job.report.stream] -= 1
        return job


#: When, of what kind, whose; a number for those of the same agent; of which team, and the work that ends.
_Moment = tuple[int, int, int, int, _Team, Handled | None]


class Desk:
    """The handlers of one world, worked out as far as anybody has asked.

    `plan` is that of `handling`, `start` where the run begins.
    """

    def __init__(self, plan: Plan, world: World, start: int) -> None:
        self.plan, self.world = plan, world
        #: What ended in an action, in the order in which it was closed.
        self.actions: list[Handled] = []
        places = {team for stream in plan.streams for team in stream.teams}
        self._teams = {place: _Team(plan.teams[place], start, world.end) for place in places}
        self._able = [[self._teams[team] for team in stream.teams] for stream in plan.streams]
        self._now = self._until = start
        self._taken: list[Handled] = []
        self._to_match: list[_Team] = []
        self._moments: list[_Moment] = []
        self._expect_shifts()
        self._expect_leavers(start)

    def _expect_shifts(self) -> None:
        for team in self._teams.values():
            for on, off in team.shifts:
                heappush(self._moments, (on, Kind.BEGINS, team.plan.id, 0, team, None))
                heappush(self._moments, (off, Kind.ENDS, team.plan.id, 0, team, None))

    def _expect_leavers(self, start: int) -> None:
        teams = {team.plan.id: team for team in self._teams.values()}
        for number, (ends, who, streams) in enumerate(leavers(self.plan, self.world, start)):
            team = teams[who.team]
            team.step_down_reaches = streams
            heappush(self._moments, (ends, Kind.ENDS, who.agent, number, team, None))
            heappush(self._moments, (who.leaves, Kind.BEGINS, who.agent, number, team, None))

    def actions_of(self, begin: int, until: int) -> Sequence[Handled]:
        """What was closed from `begin` up to but not at `until` and ended in an action."""
        self.work(until)
        return closed_within(self.actions, begin, until)

    def work(self, until: int) -> list[Handled]:
        """Go on up to but not at `until`, at most to the world's end; what was taken meanwhile, in order."""
        until = min(until, self.world.end + 1)
        while self._until < until:
            hour = min((self._until // HOUR + 1) * HOUR, until)
            for report, urgent, length, acts in self._arriving(self._until, min(hour, self.world.end)):
                self._go_on((report.time, Kind.ARRIVAL, report.id))
                self._arrives(report, urgent, length, acts)
            self._go_on((hour, Kind.ENDS, 0))
            self._until = hour
        taken, self._taken = self._taken, []
        return taken

    def _arriving(self, begin: int, until: int) -> Iterator[tuple[Report, bool, int, bool]]:
        """What arrives: whether it is urgent, how long it takes, and whether it ends in an action."""
        world, streams = self.world, self.plan.streams
        reports = world.reports(streams, begin, until) if begin < until else []
        luck = []
        for index, stream in enumerate(streams):
            ids = [report.id for report in reports if report.stream == index]
            urgent = [u < stream.urgent for u in world.draws(ids, Purpose.URGENT)]
            acts = [u < stream.actioned for u in world.draws(ids, Purpose.ACTIONED)]
            lengths = world.lengths_of(ids, Purpose.HANDLING, stream.handling)
            luck.append(zip(urgent, lengths, acts, strict=True))
        for report in reports:
            yield report, *next(luck[report.stream])

    def _go_on(self, until: tuple[int, int, int]) -> None:
        """Let everything happen that comes before a moment."""
        moments, to_match = self._moments, self._to_match
        while True:
            if to_match and until[0] > self._now and (not moments or moments[0][0] > self._now):
                self._match(to_match.pop(0))  # after all else at an instant, team by team
            elif moments and moments[0] < until:
                self._now, kind, entity, _, team, handled = heappop(moments)
                self._happens(kind, entity, team, handled)
            else:
                self._now = until[0]
                return

    def _happens(self, kind: int, entity: int, team: _Team, handled: Handled | None) -> None:
        if handled is not None:
            if handled.wrongful is not None:
                self.actions.append(handled)
            who = entity - team.first_agent
            team.busy.discard(who)
            if team.on_shift:
                insort(team.idle, who)
        elif entity != team.plan.id:
            team.stepped_down[entity - team.first_agent] += 1 if kind == Kind.ENDS else -1
        elif kind == Kind.BEGINS:
            team.begins()
        else:
            team.ends()
        self._ask_match(team)

    def _arrives(self, report: Report, urgent: bool, length: int, acts: bool) -> None:
        """A report goes to one of the able teams, by a draw of its own: see docs/model.md, Reports."""
        able = self._able[report.stream]
        place = 0 if len(able) == 1 else self._place(report, able)
        able[place].queue(_Waiting(report, urgent, place, length, acts))
        self._ask_match(able[place])

    def _place(self, report: Report, able: Sequence[_Team]) -> int:
        """Which of several able teams gets a report."""
        weights = [team.idle_for(report.stream) for team in able]
        if not any(weights):
            ranks = [team.rank() for team in able]
            weights = [
                max(1, team.plan.holders) if rank == min(ranks) else 0
                for team, rank in zip(able, ranks, strict=True)
            ]
        return drawn(self.world.draw(report.id, Purpose.DESK), weights)

    def _ask_match(self, team: _Team) -> None:
        if team.idle and (team.urgent or team.usual) and team not in self._to_match:
            insort(self._to_match, team, key=lambda each: each.plan.id)

    def _match(self, team: _Team) -> None:
        """The lowest idle number takes the first report that he may."""
        at = 0
        while at < len(team.idle) and (team.urgent or team.usual):
            job = team.first_for(team.idle[at])
            if job is None:
                at += 1
            else:
                who = team.idle.pop(at)
                team.busy.add(who)
                self._take(team, team.first_agent + who, job)

    def _take(self, team: _Team, agent: int, job: _Waiting) -> None:
        report, wrongful = job.report, None
        if job.acts:
            wrongful = self.world.draw(report.id, Purpose.SLIP) < self.plan.streams[report.stream].wrongful
        closed = self._now + job.length
        handled = Handled(report, job.urgent, job.place, agent, self._now, closed, wrongful)
        self._taken.append(handled)
        heappush(self._moments, (closed, Kind.WORK_DONE, agent, 0, team, handled))


def take_reports(plan: Plan, worlds: Sequence[World]) -> Iterator[Taken]:
    """What becomes of all reports of worlds under a plan of `handling`."""
    for world in worlds:
        desk = Desk(plan, world, world.start)
        taken = desk.work(world.end + 1)
        rows = [(one.report.time, one.taken, one.closed, one.agent) for one in taken]
        arrived, begun, closed, agent = np.array(rows, dtype=np.int64).reshape(len(rows), 4).T
        yield Taken(arrived, begun, closed, agent, table_of(desk.actions))
