"""The night: the loop that lets people, reports and the incident run their course."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import repeat

import numpy as np
import simpy
from numpy.typing import NDArray

from ...model import rules
from ...model.event_budget import LOOKED_AT, EventBudget
from ...model.plan import CommandPlan, IncidentPlan, Plan
from ...model.states import Event, Kind, Reason, Stage
from ...model.step_down import leavers
from ...model.streams import Purpose, act_id, agent_id
from ...model.trace import Row, Trace
from ...model.world import HOUR, Leaver, Report, World
from ..handled import Requests, closed_within, one_by_one
from .action import Action
from .clock import Moment
from .life import live
from .people import Job, People

FALSE_ALARM_PRIORITY = 2
#: Rows given out at once.
BLOCK = 1 << 13


def run(plan: Plan, world: World, requests: Requests | None = None) -> Trace:
    """Run one plan in one world and return its trace.

    With `requests` reports are not simulated: routine begins with the actions that they end in.

    With an incident the run ends when all incidents are over in every respect (or at the
    world's end); without one, at the world's end. A pinned stage that begins after its pin
    ends the run at once; the trace names it in `missed`.
    """
    night = Night(plan, world, requests)
    night.env.run(until=night.over)
    return Trace(plan, night.rows, night.missed, night.is_over)


def run_blocks(
    plan: Plan, worlds: Sequence[World], handled: Iterable[NDArray[np.int64]] | None = None
) -> Iterator[Iterator[NDArray[np.int64]]]:
    """The rows of a run in each world, in blocks of (rows, 5): time, event, entity, by, reason."""
    given = repeat(None) if handled is None else iter(handled)
    for world in worlds:
        actions = next(given)
        requests = None if actions is None else partial(closed_within, one_by_one(actions))
        yield Night(plan, world, requests).blocks()


class Night:
    """One world under one plan: the clock, the people, and the record being written."""

    def __init__(self, plan: Plan, world: World, requests: Requests | None = None) -> None:
        self.plan = plan
        self.world = world
        self.start = world.begins(plan)
        self.env = simpy.Environment(initial_time=self.start)
        self.rows: list[Row] = []
        self.budget = EventBudget(plan)
        self.over = self.env.event()
        self.missed: Stage | None = None
        self.pending = 0
        self.needing_people = 0
        self.contained: set[int] = set()
        self.acted: dict[int, list[int]] = {}
        self.granted_until: dict[int, int] = {}
        self.locked_until = -1
        self.commands: dict[str, CommandPlan] = {command.name: command for command in plan.commands}
        self.people = [People(self, team) for team in plan.teams]
        Moment(self.env, world.end, Kind.MATCH, (1 << 62) - 1).then(self._end)
        for people in sorted(self.people, key=lambda people: people.plan.id):
            self.env.process(people.keep_shifts())
        self.env.process(self._reports() if requests is None else self._requests(requests))
        if plan.safeguards.alert is not None and plan.safeguards.alert.false_per_microsecond > 0.0:
            self.env.process(self._false_alarms())
        for incident in plan.incidents:
            self._schedule_acts(incident)
        teams = {people.plan.id: people for people in self.people}
        for ends, who, streams in leavers(plan, world, self.start):
            teams[who.team].step_down_reaches = streams
            self.env.process(self._step_down(ends, who, teams[who.team]))

    def blocks(self) -> Iterator[NDArray[np.int64]]:
        """Run it, and give out its rows in order, some at once: (rows, 5)."""
        while not self.over.processed:
            self.env.step()
            if len(self.rows) >= BLOCK or self.over.processed:
                rows, self.rows = self.rows, []
                yield np.array(rows, dtype=np.int64).reshape(len(rows), 5)

    # -- what the rest of the engine asks for -------------------------------------------

    @property
    def now(self) -> int:
        """The present, in microseconds since 1970 UTC."""
        return int(self.env.now)

    def log(self, event: Event, entity: int, by: int = 0, reason: int = 0) -> None:
        """Write one row."""
        now = self.now
        self.rows.append(Row(now, event, entity, by, reason))
        if not self.budget.add(now // HOUR, 1):
            raise self.budget.exceeded(row.event for row in self.rows[-LOOKED_AT:])

    def moment(self, time: int, kind: Kind, entity: int, sub: int = 0) -> Moment:
        """A moment at a set time."""
        return Moment(self.env, time, kind, entity, sub)

    def stage_end(self, stage: Stage, entity: int, length: int) -> int:
        """When a stage that begins now ends: at its pin, after its known length, or after `length`.

        The record is of the incident's first act; nothing else is pinned.
        """
        now = self.now
        if entity != act_id(0):
            return now + length
        pin = self.world.pins.get(stage)
        if pin is None:
            return now + self.known(stage, entity, length)
        end = pin.time + (self.effect_of_first_act if pin.after_effect else 0)
        if end < now:
            self.missed = stage
            self._end()
            return now
        return end

    def known(self, stage: Stage, entity: int, length: int) -> int:
        """A stage's length as the record has it, else as drawn."""
        return self.world.lengths.get(stage, length) if entity == act_id(0) else length

    effect_of_first_act = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing of the incident is left that could still end."""
        return self.plan.incident is not None and self.pending == 0

    def opens(self, *, needs_people: bool) -> None:
        """Something of the incident has begun that must end before the night is over."""
        self.pending += 1
        self.needing_people += needs_people

    def closes(self, *, needs_people: bool) -> None:
        """Something of the incident has ended; after the last the night is over."""
        self.pending -= 1
        self.needing_people -= needs_people
        if self.pending == 0 and self.plan.incident is not None:
            self._end()

    def _end(self) -> None:
        if not self.over.triggered:
            self.over.succeed()

    # -- the incident -------------------------------------------------------------------

    def _schedule_acts(self, incident: IncidentPlan) -> None:
        """The actor's acts, at the documented time or, if he adapts, earlier and slower."""
        first = self.world.first_request(self.plan, incident)
        limit = self.plan.safeguards.rate_limit
        for k, act in enumerate(incident.acts):
            after = act.after
            if incident.paced and limit is not None:
                after = max(after, rules.pace(k, limit.window, limit.actions))
            self.opens(needs_people=True)
            action = Action(
                id=incident.id + k,
                account=act.account,
                tier=act.tier,
                followers=act.followers,
                command=incident.command,
                team=self.plan.teams[incident.team].name,
                tool=incident.tool,
                agent=incident.agent,
                wrongful=True,
                notices_error=incident.actor_notices,
                open_report=incident.open_report,
                confirm_stops=incident.confirm_stops,
                incident=incident,
            )
            # In a run that goes on to the world's end an act may lie before its beginning: then it comes first.
            self.moment(max(first + after, self.start), Kind.ARRIVAL, action.id).then(
                partial(self._live, action)
            )

    def _live(self, action: Action) -> None:
        self.env.process(live(self, action))

    # -- routine ------------------------------------------------------------------------

    def _reports(self) -> simpy.events.ProcessGenerator:
        """Reports arrive, hour by hour, as long as people's time matters."""
        streams, begin = self.plan.streams, self.start
        if not streams:
            return
        while begin < self.world.end and (self.plan.incident is None or self.needing_people):
            until = min((begin // HOUR + 1) * HOUR, self.world.end)
            for report in self.world.reports(streams, begin, until):
                yield self.moment(report.time, Kind.ARRIVAL, report.id)
                self.env.process(self._handle(report))
            if until > self.now:
                yield self.moment(until, Kind.ARRIVAL, 0)
            begin = until

    def _handle(self, report: Report) -> simpy.events.ProcessGenerator:
        """One report: it waits for somebody with the right, is judged, and may end in an action."""
        world, stream = self.world, self.plan.streams[report.stream]
        place = self._desk(report)
        people = self.people[stream.teams[place]]
        self.log(Event.REPORT_ARRIVES, report.id, people.plan.id)
        urgent = world.draw(report.id, Purpose.URGENT) < stream.urgent
        job = Job(self.env, report.id, priority=0 if urgent else 1, stream=report.stream)
        people.submit(job)
        agent = yield job.taken
        self.log(Event.REPORT_TAKEN, report.id, agent)
        yield people.work(agent, world.length(report.id, Purpose.HANDLING, 0, stream.handling))
        acts = world.draw(report.id, Purpose.ACTIONED) < stream.actioned
        self.log(Event.REPORT_CLOSED, report.id, agent, Reason.ACTION if acts else Reason.NO_ACTION)
        people.release(agent)
        if not acts:
            return
        yield from live(self, self._action(report, place, agent, urgent=urgent))

    def _requests(self, requests: Requests) -> simpy.events.ProcessGenerator:
        """Actions are asked for when their reports are closed, as long as people's time matters."""
        begin = self.start
        while begin <= self.world.end and (self.plan.incident is None or self.needing_people):
            until = (begin // HOUR + 1) * HOUR
            for one in requests(begin, until):
                yield self.moment(one.closed, Kind.WORK_DONE, one.agent)
                self._live(self._action(one.report, one.place, one.agent, urgent=one.urgent))
            yield self.moment(until, Kind.ENDS, 0)
            begin = until

    def _action(self, report: Report, place: int, agent: int, *, urgent: bool) -> Action:
        """The action that a report ends in."""
        stream, confirm = self.plan.streams[report.stream], self.plan.safeguards.confirm
        u, stops = self.world.draw(report.id, Purpose.SLIP), 0.0
        if confirm is not None:
            stops = confirm.stops_slips if u < stream.slip else confirm.stops_misidentified
        return Action(
            id=report.id,
            account=None,
            tier=stream.tier,
            followers=stream.followers,
            command=stream.command,
            team=self.plan.teams[stream.teams[place]].name,
            tool=stream.tools[place],
            agent=agent,
            wrongful=u < stream.wrongful,
            notices_error=u < stream.wrongful,
            open_report=True,
            confirm_stops=stops,
            urgent=urgent,
        )

    def _desk(self, report: Report) -> int:
        """Which of the able teams gets a report, by a draw of the report: see docs/model.md, Reports."""
        teams = [self.people[team] for team in self.plan.streams[report.stream].teams]
        if len(teams) == 1:
            return 0
        weights = [people.idle_for(report.stream) for people in teams]
        if not any(weights):
            ranks = [people.rank(self.now) for people in teams]
            weights = [
                max(1, people.plan.holders) if rank == min(ranks) else 0
                for people, rank in zip(teams, ranks, strict=True)
            ]
        return rules.drawn(self.world.draw(report.id, Purpose.DESK), weights)

    def _false_alarms(self) -> simpy.events.ProcessGenerator:
        """Alarms that turn out to be nothing, each costing a responder's time."""
        alert, begin = self.plan.safeguards.alert, self.start
        assert alert is not None  # noqa: S101 - started only where there is one
        while begin < self.world.end and (self.plan.incident is None or self.needing_people):
            until = min((begin // HOUR + 1) * HOUR, self.world.end)
            for time, alarm in self.world.false_alarms(
                alert.control, alert.false_per_microsecond, begin, until
            ):
                if not self.world.in_order(alert.control, time):
                    continue
                yield self.moment(time, Kind.ARRIVAL, alarm)
                self.env.process(self._triage(alarm))
            if until > self.now:
                yield self.moment(until, Kind.ARRIVAL, 1)
            begin = until

    def _triage(self, alarm: int) -> simpy.events.ProcessGenerator:
        alert = self.plan.safeguards.alert
        assert alert is not None  # noqa: S101 - alarms come from an alert
        people = self.people[self.plan.response.team]
        self.log(Event.FALSE_ALARM, alarm, people.plan.id)
        job = Job(self.env, alarm, priority=FALSE_ALARM_PRIORITY)
        people.submit(job)
        responder = yield job.taken
        self.log(Event.ALARM_TAKEN, alarm, responder)
        yield people.work(responder, self.world.length(alarm, Purpose.TRIAGE, 0, alert.triage))
        self.log(Event.ALARM_CLOSED, alarm, responder)
        people.release(responder)

    def _step_down(self, ends: int, who: Leaver, people: People) -> simpy.events.ProcessGenerator:
        yield self.moment(ends, Kind.ENDS, who.agent)
        index = who.agent - agent_id(people.plan.id, 0)
        people.stepped_down[index] += 1
        self.log(Event.RIGHTS_END, who.agent, people.plan.id)
        yield self.moment(who.leaves, Kind.BEGINS, who.agent)
        people.stepped_down[index] -= 1
        self.log(Event.RIGHTS_ON, who.agent, people.plan.id)
        people.ask_match()
