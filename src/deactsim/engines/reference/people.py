"""People at work: who is idle, who waits, and how the two are matched."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from ...model.plan import TeamPlan
from ...model.shifts import spans
from ...model.states import Event, Kind
from ...model.streams import agent_id
from .clock import Moment

if TYPE_CHECKING:
    from .night import Night


class Job:
    """A piece of work in a team's queue.

    `taken` comes with the agent's id, or with None if the job is withdrawn first.
    `stream` is set for work on its reports, which only holders of the right may do;
    `barred` are agents who may not take it (nobody approves his own request); a `review` may also
    be taken by who only waits for the approval of an undo.
    """

    __slots__ = ("barred", "key", "review", "stream", "taken")

    def __init__(
        self,
        env: simpy.Environment,
        entity: int,
        *,
        priority: int,
        sub: int = 0,
        stream: int | None = None,
        barred: tuple[int, ...] = (),
        review: bool = False,
    ) -> None:
        self.key = (priority, env.now, entity, sub)
        self.review = review
        self.taken = env.event()
        self.stream = stream
        self.barred = barred

    def __lt__(self, other: Job) -> bool:
        return self.key < other.key


class People:
    """A team: its idle agents by number, its queue by priority and order of arrival."""

    def __init__(self, night: Night, plan: TeamPlan) -> None:
        self.night = night
        self.plan = plan
        self.on_shift = False
        self.idle: list[int] = []
        self.busy: set[int] = set()
        #: Who of the busy only waits for the approval of an undo, by number.
        self.standing_by: list[int] = []
        #: Who of these reviews meanwhile, and what wakes him once he can go on with his own undo.
        self.reviewing: dict[int, simpy.Event | None] = {}
        self.stepped_down: Counter[int] = Counter()
        #: Streams on which those who have stepped down may no longer act.
        self.step_down_reaches: frozenset[int] = frozenset()
        self.queue: list[Job] = []
        #: How many jobs of each stream wait; those that anybody may do stand under None.
        self.waiting: Counter[int | None] = Counter()
        self._match_due = -1
        self._shifts = spans(plan.windows, night.start, night.world.end) if plan.headcount else ()

    def keep_shifts(self) -> simpy.events.ProcessGenerator:
        """Come on shift and go off shift, as long as the night lasts."""
        night, plan = self.night, self.plan
        for on, off in self._shifts:
            if on > night.now:
                yield Moment(night.env, on, Kind.BEGINS, plan.id)
            self._begin()
            yield Moment(night.env, off, Kind.ENDS, plan.id)
            self._end()

    def _begin(self) -> None:
        self.on_shift = True
        # Whoever is still at work from before joins the idle when that work is done.
        self.idle = [who for who in range(self.plan.headcount) if who not in self.busy]
        self.night.log(Event.SHIFT_ON, self.plan.id)
        self.ask_match()

    def _end(self) -> None:
        self.on_shift = False
        self.idle = []
        self.night.log(Event.SHIFT_OFF, self.plan.id)

    def next_shift(self, now: int) -> float:
        """When the team next comes on shift; infinity if it never does."""
        return next((on for on, _ in self._shifts if on >= now), math.inf)

    def rank(self, now: int) -> tuple[bool, float]:
        """Where the team stands among those that may get a report and have nobody idle: the least gets it.

        Teams on shift come first, by how many wait for each holder of the right; then by who comes on shift next.
        """
        holders = self.plan.holders
        if self.on_shift and holders:
            return (False, len(self.queue) / holders)
        return (True, self.next_shift(now) if holders else math.inf)

    def idle_for(self, stream: int) -> int:
        """How many are idle who may take a report of a stream."""
        able = bisect_left(self.idle, self.plan.holders)
        if stream in self.step_down_reaches:
            gone = (who for who, times in self.stepped_down.items() if times > 0)
            able -= sum(who in self.idle[:able] for who in gone)
        return able

    def submit(self, job: Job) -> None:
        """Queue a job."""
        insort(self.queue, job)
        self.waiting[job.stream] += 1
        self.ask_match()

    def withdraw(self, job: Job) -> None:
        """Take a job that nobody has begun out of the queue."""
        if job in self.queue:
            self._leave(job)
            job.taken.succeed(None)

    def _leave(self, job: Job) -> None:
        self.queue.remove(job)
        self.waiting[job.stream] -= 1

    def work(self, agent: int, length: int) -> Moment:
        """The moment at which an agent will have worked for `length`."""
        return Moment(self.night.env, self.night.now + length, Kind.WORK_DONE, agent)

    def release(self, agent: int) -> None:
        """An agent is free again; off shift he goes home."""
        who = agent - agent_id(self.plan.id, 0)
        if who in self.reviewing:
            back = self.reviewing.pop(who)
            if back is None:
                insort(self.standing_by, who)
                self.ask_match()
            else:
                back.succeed()
            return
        self.busy.discard(who)
        if self.on_shift:
            insort(self.idle, who)
            self.ask_match()

    def stand_by(self, agent: int) -> None:
        """From now until `resume` an agent at work only waits: he may review, and do nothing else."""
        insort(self.standing_by, agent - agent_id(self.plan.id, 0))
        self.ask_match()

    def resume(self, agent: int) -> Generator[simpy.Event, Any, None]:
        """An agent who stood by goes on with his own work, as soon as no review keeps him."""
        who = agent - agent_id(self.plan.id, 0)
        if who in self.reviewing:
            back = self.reviewing[who] = self.night.env.event()
            yield back
        else:
            self.standing_by.remove(who)

    def ask_match(self) -> None:
        """Match people with the queue once, after all else at this instant."""
        now = self.night.now
        anybody = self.idle or (self.on_shift and self.standing_by)
        if self.queue and anybody and self._match_due != now:
            self._match_due = now
            Moment(self.night.env, now, Kind.MATCH, self.plan.id).then(self._match)

    def _match(self) -> None:
        self._match_due = -1
        for who in list(self.idle):
            if not self.queue:
                return
            if not self._finds_work(who):  # many without the right need not read a long queue
                continue
            agent = agent_id(self.plan.id, who)
            for job in self.queue:
                if agent in job.barred or not self._may(who, job.stream):
                    continue
                self._leave(job)
                self.idle.remove(who)
                self.busy.add(who)
                job.taken.succeed(agent)
                break
        if self.on_shift:
            self._match_standing_by()

    def _match_standing_by(self) -> None:
        """What is left for who only waits: the first review of another's request."""
        for who in list(self.standing_by):
            agent = agent_id(self.plan.id, who)
            job = next((one for one in self.queue if one.review and agent not in one.barred), None)
            if job is not None:
                self._leave(job)
                self.standing_by.remove(who)
                self.reviewing[who] = None
                job.taken.succeed(agent)

    def _may(self, who: int, stream: int | None) -> bool:
        """Whether an agent may do such work: anybody may, but for a stream's reports."""
        if stream is None:
            return True
        stepped_down = self.stepped_down.get(who, 0) > 0 and stream in self.step_down_reaches
        return who < self.plan.holders and not stepped_down

    def _finds_work(self, who: int) -> bool:
        """Whether anything that waits is such that an agent may do it."""
        return any(count > 0 and self._may(who, stream) for stream, count in self.waiting.items())
