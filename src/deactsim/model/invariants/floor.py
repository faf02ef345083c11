"""People and queues: who waits, who works, and whether anybody was passed over."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass

from ..plan import TeamPlan
from ..shifts import spans
from ..states import Event
from ..streams import REPORT, agent_id, tag_of, team_of_agent
from ..trace import Row
from .book import TAKES, Book, Found

ASKS = {Event.REPORT_ARRIVES, Event.REROUTED, Event.ASKED, Event.FALSE_ALARM, Event.PAGED}
ENDS = {Event.REPORT_CLOSED, Event.REVIEW_ENDS, Event.ALARM_CLOSED, Event.RESPONDER_FREE}
LEAVES = {Event.TIMED_OUT, Event.GATE_PASSED, Event.GATE_DENIED}
TAKEN_BY = {
    Event.REPORT_ARRIVES: Event.REPORT_TAKEN,
    Event.REROUTED: Event.REVIEW_STARTS,
    Event.ASKED: Event.REVIEW_STARTS,
    Event.FALSE_ALARM: Event.ALARM_TAKEN,
    Event.PAGED: Event.RESPONDER_TAKES,
}
FALSE_ALARM_PRIORITY = 2


def _leaves(asks: Row, row: Row) -> bool:
    """Whether a later row of the same entity ends the wait that `asks` began."""
    mark = asks.reason if asks.event == Event.ASKED else 0
    if row.event in TAKES:
        return row.event == TAKEN_BY[Event(asks.event)] and row.reason == mark
    return row.event in LEAVES and (row.reason if row.event == Event.TIMED_OUT else 0) == mark


@dataclass(slots=True)
class _Job:
    entity: int
    priority: int
    arrived: int
    stream: int | None
    barred: frozenset[int]
    #: Who may take it: by what it is taken, for what it is asked, and whether it is a review of a request.
    taken_by: Event
    mark: int = 0
    review: bool = False

    @property
    def key(self) -> tuple[int, int, int, int]:
        # What is asked for beside the action and the page for it comes after these.
        return self.priority, self.arrived, self.entity, self.mark


class Floor:
    """Replays who waits and who works, row by row."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.queues: dict[int, list[_Job]] = {team.id: [] for team in book.plan.teams}
        self.busy: dict[int, int] = {}
        #: Responders who wait for the approval of an undo, each with its action, and what they review meanwhile.
        self.standing_by: dict[int, int] = {}
        self.reviewing: dict[int, int] = {}
        self.stepped_down: Counter[int] = Counter()
        self.stepping = {team.id: self.reached_streams(team) for team in book.plan.teams}
        self.approvers: dict[tuple[int, int], set[int]] = defaultdict(set)
        self.area: Counter[int] = Counter()

    def __iter__(self) -> Found:
        now = self.book.start
        for number, row in enumerate(self.book.rows):
            if row.time > now:
                yield from self.idle_hands(number, now)
                for team, queue in self.queues.items():
                    self.area[team] += len(queue) * (row.time - now)
                now = row.time
            yield from self.step(number, row)
        yield from self.little(now)

    def step(self, number: int, row: Row) -> Found:
        """What one row does to queues and people."""
        _, event, entity, _, reason = row
        if event in (Event.UNDO_AUTHORISED, Event.RESPONDER_FREE):
            self.standing_by.pop(row.by, None)
        if event in ASKS:
            yield from self.ask(number, row)
        elif event in TAKES:
            yield from self.take(number, row)
        elif event in ENDS:
            yield from self.end(number, row)
        elif event in (Event.RIGHTS_END, Event.RIGHTS_ON):
            self.stepped_down[entity] += 1 if event == Event.RIGHTS_END else -1
        elif event in LEAVES:
            mark = reason if event == Event.TIMED_OUT else 0
            self.approvers[entity, mark].clear()
            for queue in self.queues.values():
                for job in [job for job in queue if (job.entity, job.mark) == (entity, mark)]:
                    queue.remove(job)
                    if event != Event.TIMED_OUT:
                        yield self.book.says(number, "decides while the action is still in a queue")

    def ask(self, number: int, row: Row) -> Found:
        """Somebody joins a queue."""
        time, event, entity, team, _ = row
        mark = row.reason if event == Event.ASKED else 0
        taken_by = TAKEN_BY[Event(event)]
        if team not in self.queues:
            yield self.book.says(number, "asks nobody")
            return
        if any(
            (job.entity, job.mark, job.taken_by) == (entity, mark, taken_by)
            for queue in self.queues.values()
            for job in queue
        ):
            yield self.book.says(number, "waits in two places at once")
        priority, barred = 0, frozenset[int]()
        if event == Event.FALSE_ALARM:
            priority = FALSE_ALARM_PRIORITY
        elif event != Event.PAGED:
            priority = 0 if tag_of(entity) == REPORT and self.book.urgent(entity) else 1
        if event in (Event.ASKED, Event.REROUTED):
            effect = self.book.first(entity, Event.TOOK_EFFECT) if event == Event.ASKED else None
            undoes = effect is not None and effect.number < number and mark == 0
            asked = self.book.first(entity, Event.RESPONDER_TAKES if undoes else Event.REQUESTED)
            barred = frozenset(self.approvers[entity, mark] | ({asked.row.by} if asked else set()))
            if undoes and asked is not None:
                self.standing_by[asked.row.by] = entity
        stream = self.book.reports[entity].stream if event == Event.REPORT_ARRIVES else None
        if stream is not None and team not in self.may_get(stream, time):
            yield self.book.says(number, "goes to another team than those whose turn it may be")
        review = event == Event.ASKED and not self.book.is_executed(entity, number)
        self.queues[team].append(_Job(entity, priority, time, stream, barred, taken_by, mark, review))
        self.queues[team].sort(key=lambda job: job.key)

    def may_get(self, stream: int, now: int) -> set[int]:
        """The teams that may get a report now: those with somebody idle for it, else the least busy or the next."""
        able = [self.book.plan.teams[place] for place in self.book.plan.streams[stream].teams]
        report = _Job(0, 0, now, stream, frozenset(), Event.REPORT_TAKEN)
        people = {team.id: range(agent_id(team.id, 0), agent_id(team.id, team.headcount)) for team in able}
        idle = {
            team
            for team, agents in people.items()
            if any(self.free(agent, now) and self.eligible(agent, report) for agent in agents)
        }
        on = {
            team.id: len(self.queues[team.id]) / team.holders
            for team in able
            if team.holders and self.book.on_shift(team.id, now)
        }
        if idle:
            return idle
        ranks = on or {team.id: self.comes(team, now) for team in able}
        return {team for team, rank in ranks.items() if rank == min(ranks.values())}

    def comes(self, team: TeamPlan, now: int) -> float:
        """When a team with holders of the right next comes on shift; infinity if none does."""
        shifts = spans(team.windows, now, self.book.world.end) if team.holders and team.headcount else ()
        return next((on for on, _ in shifts if on >= now), math.inf)

    def take(self, number: int, row: Row) -> Found:
        """Somebody takes a job: idle, on shift, the first one for him, and nobody lower was free."""
        time, event, entity, agent, _ = row
        team = team_of_agent(agent)
        queue = self.queues[team]
        mark = row.reason if event == Event.REVIEW_STARTS else 0
        wanted = entity, mark, event
        job = next((job for job in queue if (job.entity, job.mark, job.taken_by) == wanted), None)
        waits = agent in self.standing_by and agent not in self.reviewing
        if agent in self.busy and not waits:
            yield self.book.says(number, "does two jobs at once")
        if not self.book.on_shift(team, time):
            yield self.book.says(number, "is taken by somebody off shift")
        if job is None:
            yield self.book.says(number, "takes what does not wait there")
            self.busy[agent] = entity
            return
        if not self.eligible(agent, job):
            yield self.book.says(number, "is taken by somebody who may not")
        if any(self.eligible(agent, other) for other in queue[: queue.index(job)]):
            yield self.book.says(number, "jumps the queue")
        first = agent_id(team, 0)
        lower, everybody = range(first, agent), range(first, first + self.book.teams[team].headcount)
        if any(self.free(other, time) and self.eligible(other, job) for other in lower):
            yield self.book.says(number, "is taken although somebody with a lower number is idle")
        if waits and (
            any(self.free(other, time) and self.eligible(other, job) for other in everybody)
            or any(self.waits(other, time) and self.eligible(other, job) for other in lower)
        ):
            yield self.book.says(number, "is taken by who waits although somebody else comes first")
        queue.remove(job)
        (self.reviewing if waits else self.busy)[agent] = entity
        if event == Event.REVIEW_STARTS:
            self.approvers[entity, mark].add(agent)

    def end(self, number: int, row: Row) -> Found:
        """Somebody is done, after exactly the drawn time where that is one piece of work."""
        _, _, entity, by, _ = row
        for at_work in (self.reviewing, self.busy):
            doing = [
                who for who, what in at_work.items() if what == entity and by in (who, team_of_agent(who))
            ]
            if doing and (at_work is self.busy or row.event == Event.REVIEW_ENDS):
                del at_work[doing[0]]
                return
        yield self.book.says(number, "ends work that nobody there had begun")

    def idle_hands(self, number: int, now: int) -> Found:
        """After an instant nobody idle is left beside a job he may take."""
        for team, queue in self.queues.items():
            if not queue or not self.book.on_shift(team, now):
                continue
            first = agent_id(team, 0)
            for agent in range(first, first + self.book.teams[team].headcount):
                if not (self.free(agent, now) or self.waits(agent, now)):
                    continue
                if any(self.eligible(agent, job) for job in queue):
                    yield self.book.says(
                        number, f"somebody of {self.book.teams[team].name} was idle beside a queue"
                    )

    def free(self, agent: int, now: int) -> bool:
        """Whether somebody is on shift with nothing to do."""
        return agent not in self.busy and self.book.on_shift(team_of_agent(agent), now)

    def waits(self, agent: int, now: int) -> bool:
        """Whether somebody on shift only waits for the approval of an undo."""
        on_shift = self.book.on_shift(team_of_agent(agent), now)
        return agent in self.standing_by and agent not in self.reviewing and on_shift

    def eligible(self, agent: int, job: _Job) -> bool:
        """Whether somebody may take a job; who only waits may review."""
        team = team_of_agent(agent)
        if agent in self.standing_by and not job.review:
            return False
        if job.stream is None:
            return agent not in job.barred
        stepped_down = self.stepped_down[agent] > 0 and job.stream in self.stepping[team]
        return agent - agent_id(team, 0) < self.book.teams[team].holders and not stepped_down

    def reached_streams(self, team: TeamPlan) -> set[int]:
        """The streams on which somebody of a team who has stepped down may no longer act."""
        given = self.book.plan.safeguards.step_down
        return {
            number
            for number, stream in enumerate(self.book.plan.streams)
            for index, tool in zip(stream.teams, stream.tools, strict=True)
            if given is not None
            and self.book.plan.teams[index] is team
            and given.control.reaches(None, stream.tier, stream.command, team.name, tool)
        }

    def little(self, now: int) -> Found:
        """The time integral of a queue's length is the sum of the waits in it, found entity by entity."""
        waits: Counter[int] = Counter()
        for entries in self.book.of.values():
            for place, (_, row) in enumerate(entries):
                if row.event in ASKS and row.by in self.queues:
                    leaves = (e.row.time for e in entries[place + 1 :] if _leaves(row, e.row))
                    waits[row.by] += next(leaves, now) - row.time
        for team in self.queues:
            if waits[team] != self.area[team]:
                yield f"queue of {self.book.teams[team].name}: the integral of its length is not the sum of waits"
