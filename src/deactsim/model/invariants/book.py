"""A trace opened beside its world: rows by entity, and the actions as the world has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ..plan import Control, IncidentPlan
from ..shifts import spans
from ..states import Event, Gate
from ..streams import Purpose, account_id, first_of, team_of_agent
from ..trace import Row, Trace
from ..world import World

Found = Iterator[str]

TAKES = {Event.REPORT_TAKEN, Event.REVIEW_STARTS, Event.ALARM_TAKEN, Event.RESPONDER_TAKES}


class Entry(NamedTuple):
    """A row and its number."""

    number: int
    row: Row


@dataclass(frozen=True, slots=True)
class Subject:
    """An action as plan and world have it."""

    id: int
    wrongful: bool
    agent: int
    urgent: bool
    account: str | None
    tier: str
    followers: int
    command: str
    team: str
    tool: str

    @property
    def target(self) -> int:
        return self.id if self.account is None else account_id(self.account)

    def within(self, control: Control) -> bool:
        return control.reaches(self.account, self.tier, self.command, self.team, self.tool)


class Book:
    """A trace with its rows by entity, and what the world says of them."""

    def __init__(self, trace: Trace, world: World) -> None:
        self.trace, self.world, self.plan = trace, world, trace.plan
        self.rows = trace.rows
        self.start = world.begins(self.plan)
        self.last = max((row.time for row in self.rows), default=self.start)
        self.of: dict[int, list[Entry]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            self.of[row.entity].append(Entry(number, row))
        self.teams = {team.id: team for team in self.plan.teams}
        self.reports = {r.id: r for r in world.reports(self.plan.streams, self.start, world.end)}

    def says(self, number: int, rule: str) -> str:
        """A broken rule, with its row."""
        row = self.rows[number]
        return f"row {number} ({self.trace.event_name(row)} at {row.time}): {rule}"

    def first(self, entity: int, event: Event) -> Entry | None:
        """The first such row of an entity."""
        return next((entry for entry in self.of[entity] if entry.row.event == event), None)

    def is_executed(self, entity: int, number: int) -> bool:
        """Whether what is asked for in a row is that another team executes: that gate has not answered yet."""
        if self.plan.safeguards.separation_of_duties is None:
            return False
        return not any(
            entry.number < number
            and entry.row.by == Gate.SEPARATION_OF_DUTIES
            and entry.row.event in (Event.GATE_PASSED, Event.GATE_DENIED)
            for entry in self.of[entity]
        )

    def every(self, *events: Event) -> Iterator[Entry]:
        """All rows of these events."""
        return (Entry(n, row) for n, row in enumerate(self.rows) if row.event in events)

    def subject(self, entity: int) -> Subject | None:
        """The action of that id; None if nobody asked for one."""
        asked, plan = self.first(entity, Event.REQUESTED), self.plan
        if asked is None:
            return None
        team = self.teams[team_of_agent(asked.row.by)]
        incident = self.incident_of(entity)
        if incident is not None:
            act = incident.acts[entity - incident.id]
            whom = (act.account, act.tier, act.followers, incident.command, team.name, incident.tool)
            return Subject(entity, True, asked.row.by, False, *whom)
        stream = plan.streams[self.reports[entity].stream]
        place = next(i for i, index in enumerate(stream.teams) if plan.teams[index].id == team.id)
        return Subject(
            id=entity,
            wrongful=self.world.draw(entity, Purpose.SLIP) < stream.wrongful,
            agent=asked.row.by,
            urgent=self.urgent(entity),
            account=None,
            tier=stream.tier,
            followers=stream.followers,
            command=stream.command,
            team=team.name,
            tool=stream.tools[place],
        )

    def incident_of(self, entity: int) -> IncidentPlan | None:
        """The incident that an act belongs to; None for anything else."""
        return next((one for one in self.plan.incidents if one.id == first_of(entity)), None)

    def urgent(self, report: int) -> bool:
        """Whether a report is urgent."""
        stream = self.plan.streams[self.reports[report].stream]
        return self.world.draw(report, Purpose.URGENT) < stream.urgent

    def subjects(self) -> Iterator[Subject]:
        """All actions asked for."""
        for entity in list(self.of):
            subject = self.subject(entity)
            if subject is not None:
                yield subject

    def on_shift(self, team: int, time: int) -> bool:
        """Whether a team is on shift at a time (at the end of a shift it is not)."""
        plan = self.teams[team]
        return plan.headcount > 0 and any(
            a <= time < b for a, b in spans(plan.windows, self.start, self.world.end)
        )
