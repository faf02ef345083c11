"""The record of a run: one row an event, in the order they happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .plan import Plan
from .states import Channel, Event, Gate, Reason, Route, Stage, plain
from .streams import ACT, AGENT, ALARM, REPORT, TEAM, first_of, tag_of, team_of_agent


class Row(NamedTuple):
    """One event.

    time     microseconds since 1970 UTC
    event    an `Event` code
    entity   whose event it is: an act, a report, an alarm, a team or an agent
    by       who or what did it: an agent, a team, a `Gate`, a `Channel` or a `Route`
    reason   a `Reason` code, 0 where there is none
    """

    time: int
    event: int
    entity: int
    by: int
    reason: int


#: What the `by` column holds, for events where it is neither a person nor a team.
_BY_GATE = frozenset(
    {Event.GATE_PASSED, Event.GATE_DENIED, Event.HELD, Event.RELEASED, Event.TIMED_OUT, Event.CANCELLED}
)
_BY_CHANNEL = frozenset({Event.NOTICED, Event.WORD_ARRIVES})


@dataclass(frozen=True)
class Trace:
    """The rows of one run of one plan in one world.

    `missed` names a pinned stage that began after its pin: the record cannot be met. `over` says that all of the
    run's incident had ended, or could never end, before the world did.
    """

    plan: Plan
    rows: list[Row] = field(repr=False)
    missed: Stage | None = None
    over: bool = False

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def event_name(self, row: Row) -> str:
        """What happened, as a word: `took_effect`."""
        return plain(Event(row.event))

    def entity_name(self, row: Row) -> str:
        """Whose event it is, as people would say it."""
        return self._name(row.entity)

    def by_name(self, row: Row) -> str:
        """Who or what did it; empty where nobody did."""
        if row.event in _BY_GATE:
            return plain(Gate(row.by))
        if row.event in _BY_CHANNEL:
            return plain(Channel(row.by))
        if row.event == Event.VISIBLE:
            return plain(Route(row.by))
        if row.event == Event.AUDIENCE_STEP:
            return f"step {row.by}"
        return self._name(row.by)

    def reason_text(self, row: Row) -> str:
        """Why, as a word; empty where there is no reason."""
        return "" if row.reason == Reason.NONE else plain(Reason(row.reason))

    def _name(self, entity: int) -> str:
        if entity == 0:
            return ""
        tag = tag_of(entity)
        if tag == TEAM:
            return self._teams[entity]
        if tag == AGENT:
            return f"{self._teams[team_of_agent(entity)]} #{(entity & ((1 << 20) - 1)) + 1}"
        if tag == REPORT:
            return f"report {self._tier(entity)}{entity & ((1 << 36) - 1):x}"
        if tag == ALARM:
            return f"alarm {entity & ((1 << 36) - 1):x}"
        if tag == ACT:
            return self._act(entity)
        return str(entity)

    def _tier(self, report: int) -> str:
        """The tier of a report, where there are several: its number tells it apart within one."""
        streams = self.plan.streams if len(self.plan.streams) > 1 else ()
        return "".join(f"{stream.tier} " for stream in streams if stream.id == report >> 36 << 36)

    def _act(self, entity: int) -> str:
        k = entity & 0xFFFF
        incident = next((one for one in self.plan.incidents if one.id == first_of(entity)), None)
        if incident is None or k >= len(incident.acts):
            return f"act {k + 1}"
        return f"act {k + 1} on {incident.acts[k].account}"

    @property
    def _teams(self) -> Mapping[int, str]:
        return {team.id: team.name for team in self.plan.teams}
