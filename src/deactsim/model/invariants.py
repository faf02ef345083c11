"""What must hold of every trace, recomputed the slow way from its rows, its plan and its world.

No engine runs this; tests do, on every trace they make. It shares the world's draws with the
engines, but none of their queues, clocks or gates.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .plan import Control, Plan
from .shifts import spans
from .states import OUTSIDE, Cause, Channel, Event, Gate, Kind, Reason, Route, Stage
from .streams import ACT, REPORT, Purpose, account_id, act_id, agent_id, tag_of, team_of_agent
from .trace import Row, Trace
from .world import HOUR, Report, World

Found = Iterator[str]

_ASKS = {Event.REPORT_ARRIVES, Event.REROUTED, Event.ASKED, Event.FALSE_ALARM, Event.PAGED}
_TAKES = {Event.REPORT_TAKEN, Event.REVIEW_STARTS, Event.ALARM_TAKEN, Event.RESPONDER_TAKES}
_ENDS = {Event.REPORT_CLOSED, Event.REVIEW_ENDS, Event.ALARM_CLOSED, Event.RESPONDER_FREE}
_UNREACHED = {Reason.NOT_COVERED, Reason.OUT_OF_ORDER, Reason.LIST_STALE}
_FALSE_ALARM_PRIORITY = 2


def check_trace(trace: Trace, world: World) -> list[str]:
    """The invariants a trace breaks, each as `row N (event): rule`; empty if all hold."""
    book = _Book(trace, world)
    found = list(_sound(book))
    if not found:  # the other checks may lean on every row being of its kind
        for check in (_in_order, _shifts, _numbers, _floor, _lives, _limits, _approvals, _darknesses, _freezes):
            found += check(book)
    return found


class _Entry(NamedTuple):
    number: int
    row: Row


@dataclass(frozen=True, slots=True)
class _Subject:
    """An action as plan and world have it."""

    id: int
    wrongful: bool
    agent: int
    urgent: bool
    account: str | None
    tier: str
    command: str
    team: str
    tool: str

    @property
    def target(self) -> int:
        return self.id if self.account is None else account_id(self.account)

    def within(self, control: Control) -> bool:
        return control.reaches(self.account, self.tier, self.command, self.team, self.tool)


class _Book:
    """A trace with its rows by entity, and what the world says of them."""

    def __init__(self, trace: Trace, world: World) -> None:
        self.trace, self.world, self.plan = trace, world, trace.plan
        self.rows = trace.rows
        self.start = world.start - (self.plan.incident.act_shift if self.plan.incident else 0)
        self.last = max((row.time for row in self.rows), default=self.start)
        self.of: dict[int, list[_Entry]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            self.of[row.entity].append(_Entry(number, row))
        self.teams = {team.id: team for team in self.plan.teams}
        self.reports = {r.id: r for r in world.reports(self.plan.streams, self.start, world.end)}

    def says(self, number: int, rule: str) -> str:
        """A broken rule, with its row."""
        row = self.rows[number]
        return f"row {number} ({self.trace.event_name(row)} at {row.time}): {rule}"

    def first(self, entity: int, event: Event) -> _Entry | None:
        """The first such row of an entity."""
        return next((entry for entry in self.of[entity] if entry.row.event == event), None)

    def every(self, *events: Event) -> Iterator[_Entry]:
        """All rows of these events."""
        return (_Entry(n, row) for n, row in enumerate(self.rows) if row.event in events)

    def subject(self, entity: int) -> _Subject | None:
        """The action of that id; None if nobody asked for one."""
        asked, plan, incident = self.first(entity, Event.REQUESTED), self.plan, self.plan.incident
        if asked is None:
            return None
        team = self.teams[team_of_agent(asked.row.by)]
        if tag_of(entity) == ACT and incident is not None:
            act = incident.acts[entity - act_id(0)]
            whom = (act.account, act.tier, incident.command, team.name, incident.tool)
            return _Subject(entity, True, asked.row.by, False, *whom)
        stream = plan.streams[self.reports[entity].stream]
        place = next(i for i, index in enumerate(stream.teams) if plan.teams[index].id == team.id)
        return _Subject(
            id=entity,
            wrongful=self.world.draw(entity, Purpose.SLIP) < stream.slip,
            agent=asked.row.by,
            urgent=self.urgent(entity),
            account=None,
            tier=stream.tier,
            command=stream.command,
            team=team.name,
            tool=stream.tools[place],
        )

    def urgent(self, report: int) -> bool:
        """Whether a report is urgent."""
        stream = self.plan.streams[self.reports[report].stream]
        return self.world.draw(report, Purpose.URGENT) < stream.urgent

    def subjects(self) -> Iterator[_Subject]:
        """All actions asked for."""
        for entity in list(self.of):
            subject = self.subject(entity)
            if subject is not None:
                yield subject

    def on_shift(self, team: int, time: int) -> bool:
        """Whether a team is on shift at a time (at the end of a shift it is not)."""
        plan = self.teams[team]
        return plan.headcount > 0 and any(a <= time < b for a, b in spans(plan.windows, self.start, self.world.end))


# -- the rows themselves ------------------------------------------------------------------


def _sound(book: _Book) -> Found:
    before = book.start
    for number, row in enumerate(book.rows):
        if row.time < before:
            yield book.says(number, "is earlier than the row before")
        if row.time > book.world.end:
            yield book.says(number, "is after the world's end")
        before = row.time
        if tag_of(row.entity) == REPORT and row.entity not in book.reports:
            yield book.says(number, "is of a report that the world does not have")
        if row.event in _TAKES and row.by - agent_id(team_of_agent(row.by), 0) >= _heads(book, row.by):
            yield book.says(number, "is by somebody the team does not have")


def _heads(book: _Book, agent: int) -> int:
    team = book.teams.get(team_of_agent(agent))
    return 0 if team is None else team.headcount


def _in_order(book: _Book) -> Found:
    """Rows at one instant whose kind can be told come in the order of kind and id."""
    begun: dict[tuple[int, int], int] = {}
    time, key, matched = book.start - 1, (-1, 0), False
    for number, row in enumerate(book.rows):
        if row.time != time:
            time, key, matched = row.time, (-1, 0), False
        known = _moment(book, row, begun)
        if known is not None:
            if known < key:
                yield book.says(number, "comes after a later kind or id of the same instant")
            if matched:
                yield book.says(number, "comes after people were matched at the same instant")
            key = max(key, known)
        matched = matched or row.event in _TAKES
        if row.event in _TAKES:
            begun[row.by, row.entity] = row.time
        elif row.event in (Event.HELD, Event.TOOK_EFFECT):
            begun[row.event, row.entity] = row.time


def _moment(book: _Book, row: Row, begun: dict[tuple[int, int], int]) -> tuple[int, int] | None:
    """Kind and id of the moment a row begins; None where it may follow from another one."""
    time, event, entity, by, _ = row
    if event == Event.SHIFT_OFF:
        return Kind.ENDS, entity
    if event in (Event.SHIFT_ON, Event.RIGHTS_ON) and time > book.start:
        return Kind.BEGINS, entity
    if event in (Event.REPORT_CLOSED, Event.ALARM_CLOSED, Event.REVIEW_ENDS, Event.PICKED_UP):
        return (Kind.WORK_DONE, by) if begun.get((by, entity), time) < time else None
    if event in (Event.REPORT_ARRIVES, Event.FALSE_ALARM):
        return Kind.ARRIVAL, entity
    if event == Event.NOTICED and begun.get((Event.TOOK_EFFECT, entity), time) < time:
        return Kind.ARRIVAL, entity
    if event == Event.RELEASED and begun.get((Event.HELD, entity), time) < time:
        cancelled = Event.CANCELLED in {e.row.event for e in book.of[entity] if e.row.time == time}
        return (Kind.CANCELLED if cancelled else Kind.HELD_EFFECT), entity
    return None


def _shifts(book: _Book) -> Found:
    """Teams come and go as their windows say, and rights end before they return."""
    for team in book.plan.teams:
        said = [(e.row.time, e.row.event) for e in book.of[team.id]]
        real: list[tuple[int, int]] = []
        for on, off in spans(team.windows, book.start, book.world.end) if team.headcount else ():
            real += [(max(on, book.start), Event.SHIFT_ON), (off, Event.SHIFT_OFF)]
        # What ends the run may come before a shift changes at that instant.
        due = [one for one in real if one[0] < book.last]
        if said != real[: len(said)] or len(said) < len(due):
            yield f"shifts of {team.name}: do not come and go as its windows say"
    lost: Counter[int] = Counter()
    for number, row in book.every(Event.RIGHTS_END, Event.RIGHTS_ON):
        lost[row.entity] += 1 if row.event == Event.RIGHTS_END else -1
        if lost[row.entity] < 0:
            yield book.says(number, "brings back a right that was not lost")


def _numbers(book: _Book) -> Found:
    """Reports and false alarms are the world's, each once, none missing while people matter."""
    until = _people_until(book)
    real = [(r.time, r.id) for r in book.reports.values()]
    yield from _same(book, Event.REPORT_ARRIVES, sorted(real), until)
    alert = book.plan.safeguards.alert
    alarms: list[tuple[int, int]] = []
    if alert is not None:
        rate, world = alert.false_per_microsecond, book.world
        all_of_them = world.false_alarms(alert.control, rate, book.start, world.end)
        alarms = [one for one in all_of_them if world.in_order(alert.control, one[0])]
    yield from _same(book, Event.FALSE_ALARM, sorted(alarms), until)


def _people_until(book: _Book) -> int:
    """Up to when routine must run: the end, or the last time the incident needed people."""
    if book.plan.incident is None:
        return book.world.end
    over = [e.row.time for e in book.every(Event.RESPONDER_FREE, Event.GATE_DENIED) if tag_of(e.row.entity) == ACT]
    return min(max(over, default=book.last), book.last)


def _same(book: _Book, event: Event, real: list[tuple[int, int]], until: int) -> Found:
    said = [(e.row.time, e.row.entity) for e in book.every(event)]
    if said != real[: len(said)]:
        yield f"{event.name.lower()}: not those of the world, in their order"
    missing = bisect_left(real, (until, 0)) - len(said)
    if missing > 0:
        yield f"{event.name.lower()}: {missing} of the world's are missing"


# -- people and queues --------------------------------------------------------------------


@dataclass(slots=True)
class _Job:
    entity: int
    priority: int
    arrived: int
    for_holders: bool
    barred: frozenset[int]

    @property
    def key(self) -> tuple[int, int, int]:
        return self.priority, self.arrived, self.entity


class _floor:  # noqa: N801 - used as a check, like the functions beside it
    """Replays who waits and who works, row by row."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.queues: dict[int, list[_Job]] = {team.id: [] for team in book.plan.teams}
        self.busy: dict[int, int] = {}
        self.stepped_down: Counter[int] = Counter()
        self.approvers: dict[int, set[int]] = defaultdict(set)
        self.area: Counter[int] = Counter()
        self.waited: Counter[int] = Counter()

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
        _, event, entity, by, _ = row
        if event in _ASKS:
            yield from self.ask(number, row)
        elif event in _TAKES:
            yield from self.take(number, row)
        elif event in _ENDS:
            yield from self.end(number, row)
        elif event in (Event.RIGHTS_END, Event.RIGHTS_ON):
            self.stepped_down[entity] += 1 if event == Event.RIGHTS_END else -1
        elif event in (Event.TIMED_OUT, Event.GATE_PASSED, Event.GATE_DENIED):
            self.approvers[entity].clear()
            for team, queue in self.queues.items():
                for job in [job for job in queue if job.entity == entity]:
                    queue.remove(job)
                    self.waited[team] += row.time - job.arrived
                    if event != Event.TIMED_OUT:
                        yield self.book.says(number, "decides while the action is still in a queue")

    def ask(self, number: int, row: Row) -> Found:
        """Somebody joins a queue."""
        time, event, entity, team, _ = row
        if team not in self.queues:
            yield self.book.says(number, "asks nobody")
            return
        if any(job.entity == entity for queue in self.queues.values() for job in queue):
            yield self.book.says(number, "waits in two places at once")
        priority, barred = 0, frozenset[int]()
        if event == Event.FALSE_ALARM:
            priority = _FALSE_ALARM_PRIORITY
        elif event != Event.PAGED:
            priority = 0 if tag_of(entity) == REPORT and self.book.urgent(entity) else 1
        if event in (Event.ASKED, Event.REROUTED):
            asked = self.book.first(entity, Event.REQUESTED)
            barred = frozenset(self.approvers[entity] | ({asked.row.by} if asked else set()))
        self.queues[team].append(_Job(entity, priority, time, event == Event.REPORT_ARRIVES, barred))
        self.queues[team].sort(key=lambda job: job.key)

    def take(self, number: int, row: Row) -> Found:
        """Somebody takes a job: idle, on shift, the first one for him, and nobody lower was free."""
        time, event, entity, agent, _ = row
        team = team_of_agent(agent)
        queue = self.queues[team]
        job = next((job for job in queue if job.entity == entity), None)
        if agent in self.busy:
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
        if any(self.free(lower, time) and self.eligible(lower, job) for lower in range(first, agent)):
            yield self.book.says(number, "is taken although somebody with a lower number is idle")
        queue.remove(job)
        self.waited[team] += time - job.arrived
        self.busy[agent] = entity
        if event == Event.REVIEW_STARTS:
            self.approvers[entity].add(agent)

    def end(self, number: int, row: Row) -> Found:
        """Somebody is done, after exactly the drawn time where that is one piece of work."""
        _, _, entity, by, _ = row
        doing = [who for who, what in self.busy.items() if what == entity and by in (who, team_of_agent(who))]
        if doing:
            del self.busy[doing[0]]
        else:
            yield self.book.says(number, "ends work that nobody there had begun")

    def idle_hands(self, number: int, now: int) -> Found:
        """After an instant nobody idle is left beside a job he may take."""
        for team, queue in self.queues.items():
            if not queue or not self.book.on_shift(team, now):
                continue
            first = agent_id(team, 0)
            for agent in range(first, first + self.book.teams[team].headcount):
                if self.free(agent, now) and any(self.eligible(agent, job) for job in queue):
                    yield self.book.says(number, f"somebody of {self.book.teams[team].name} was idle beside a queue")

    def free(self, agent: int, now: int) -> bool:
        """Whether somebody is on shift with nothing to do."""
        return agent not in self.busy and self.book.on_shift(team_of_agent(agent), now)

    def eligible(self, agent: int, job: _Job) -> bool:
        """Whether somebody may take a job."""
        team = team_of_agent(agent)
        holds = agent - agent_id(team, 0) < self.book.teams[team].holders and not self.stepped_down[agent]
        return agent not in job.barred and (holds or not job.for_holders)

    def little(self, now: int) -> Found:
        """The time integral of a queue's length is the sum of the waits in it."""
        for team, queue in self.queues.items():
            waits = self.waited[team] + sum(now - job.arrived for job in queue)
            if waits != self.area[team]:
                yield f"queue of {self.book.teams[team].name}: the integral of its length is not the sum of waits"


# -- actions and their gates --------------------------------------------------------------


def _lives(book: _Book) -> Found:
    """Reports and alarms take their drawn time, and actions pass the gates in order."""
    for entity, entries in list(book.of.items()):
        yield from _worked(book, entity, entries)
    for number, row in book.every(*_OF_ACTIONS):
        if book.first(row.entity, Event.REQUESTED) is None:
            yield book.says(number, "is of an action nobody asked for")
    for subject in book.subjects():
        yield from _gates(book, subject)
        yield from _holds(book, subject)


_OF_ACTIONS = (Event.GATE_PASSED, Event.GATE_DENIED, Event.HELD, Event.TOOK_EFFECT, Event.REVIEW_STARTS, Event.VISIBLE)
