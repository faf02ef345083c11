"""One world: everything chance decided, the same for every policy.

What no policy can change the number of (reports, leavers, the incident) is drawn in
windows of an hour or a day and kept; everything else is asked of `draw` when a policy
comes to it. A world also carries the record: pins (instants at which a stage must end)
and lengths (what a stage took when the record was met).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from .lengths import Length
from .plan import Control, IncidentPlan, Plan, StreamPlan, TeamPlan, Windows
from .shifts import DAY, Span, spans
from .states import Stage
from .streams import Purpose, agent_id, alarm_id, draw, draw_length, report_id

HOUR = 3_600_000_000
WEEK = 7 * DAY
#: Outages are drawn in windows of so many mean outages.
OUTAGES_A_WINDOW = 64


@dataclass(frozen=True, slots=True)
class Report:
    """A report of routine work, as the world has it."""

    time: int
    id: int
    stream: int


@dataclass(frozen=True, slots=True)
class Leaver:
    """An agent whose last shift ends at `leaves`."""

    leaves: int
    agent: int
    team: int


@dataclass(frozen=True, slots=True)
class Pin:
    """An instant at which a stage must end: absolute, or so long after the effect."""

    time: int
    after_effect: bool


@dataclass(frozen=True)
class World:
    """The draws of one world, over `start` to `end` (microseconds since 1970 UTC).

    `key` selects the luck; `pins` and `lengths` carry the record (of the incident's first
    act only). Reports and leavers are kept once drawn, for the next policy.
    """

    key: int
    start: int
    end: int
    pins: Mapping[Stage, Pin] = field(default_factory=dict)
    lengths: Mapping[Stage, int] = field(default_factory=dict)
    _reports: dict[int, tuple[Report, ...]] = field(default_factory=dict, repr=False, compare=False)
    _actions: dict[tuple[int, int], tuple[tuple[int, bool], ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def draw(self, entity: int, purpose: Purpose, k: int = 0) -> float:
        """A uniform number for this entity and purpose."""
        return draw(self.key, entity, purpose, k)

    def length(self, entity: int, purpose: Purpose, k: int, length: Length) -> int:
        """A length in microseconds for this entity and purpose."""
        return draw_length(self.key, entity, purpose, k, length)

    # -- the incident -------------------------------------------------------------------

    def effect_as_documented(self, incident: IncidentPlan) -> int:
        """When the account went dark under the record: the documented time, give or take."""
        spread = incident.give_or_take
        if spread == 0:
            return incident.at
        return incident.at + round((2.0 * self.draw(incident.id, Purpose.ACT_TIME) - 1.0) * spread)

    def first_request(self, plan: Plan, incident: IncidentPlan) -> int:
        """When the actor first asks: early enough for the command's lag, and as he adapts."""
        return self.effect_as_documented(incident) - self._ahead(plan, incident)

    def begins(self, plan: Plan) -> int:
        """Where a run begins: the warm-up before the actor's first request."""
        return self.start - (self._ahead(plan, plan.incident) if plan.incident is not None else 0)

    def _ahead(self, plan: Plan, incident: IncidentPlan) -> int:
        lag = self.length(incident.id, Purpose.LAG, 0, plan.command(incident.command).lag)
        return lag + incident.act_shift

    def leaving(self, incident: IncidentPlan) -> int | None:
        """When the actor's last shift ends; None if he is not leaving."""
        if incident.leaves is None:
            return None
        after = self.length(incident.id, Purpose.LEAVES, 0, incident.leaves)
        return self.effect_as_documented(incident) + after

    # -- routine ------------------------------------------------------------------------

    def reports(self, streams: tuple[StreamPlan, ...], begin: int, until: int) -> list[Report]:
        """Reports that arrive from `begin` up to but not at `until`, in order of (time, id).

        A world belongs to one scenario: `streams` are the same at every call.
        """
        found: list[Report] = []
        for hour in range(begin // HOUR, (until - 1) // HOUR + 1):
            if hour not in self._reports:
                drawn = [r for index in range(len(streams)) for r in self._of_stream(streams, index, hour)]
                self._reports[hour] = tuple(sorted(drawn, key=lambda report: (report.time, report.id)))
            found += [report for report in self._reports[hour] if begin <= report.time < until]
        return found

    def actions(
        self, streams: tuple[StreamPlan, ...], index: int, begin: int, until: int, *, wrongful: bool = False
    ) -> int:
        """How many reports of one stream that arrive from `begin` up to `until` end in an action.

        With `wrongful`, only those that end in a wrongful one.
        """
        count = 0
        for hour in range(begin // HOUR, (until - 1) // HOUR + 1):
            if (index, hour) not in self._actions:
                self._actions[index, hour] = tuple(
                    (report.time, self.draw(report.id, Purpose.SLIP) < streams[index].wrongful)
                    for report in self._of_stream(streams, index, hour)
                    if self.draw(report.id, Purpose.ACTIONED) < streams[index].actioned
                )
            acts = self._actions[index, hour]
            count += sum(begin <= time < until and (wrong or not wrongful) for time, wrong in acts)
        return count

    def _of_stream(self, streams: tuple[StreamPlan, ...], index: int, hour: int) -> tuple[Report, ...]:
        """The reports of one stream in an hour."""
        stream = streams[index]
        base = report_id(stream.tier, hour, 0)
        if not stream.busy:
            offsets = enumerate(self._poisson(base, stream.per_microsecond, HOUR))
            return tuple(Report(hour * HOUR + offset, base | k, index) for k, offset in offsets)
        most = max(1.0, *(times for _, times in stream.busy))
        hours = busy_hours(stream.busy, hour * HOUR, (hour + 1) * HOUR)
        found = []
        for k, offset in enumerate(self._poisson(base, stream.per_microsecond * most, HOUR)):
            time = hour * HOUR + offset
            if self.draw(base | k, Purpose.BUSY) * most < busy_times(hours, time):
                found.append(Report(time, base | k, index))
        return tuple(found)

    def leavers(self, teams: tuple[TeamPlan, ...], begin: int, until: int) -> list[Leaver]:
        """Agents whose last shift ends from `begin` up to `until`, in order."""
        found: list[Leaver] = []
        for team in teams:
            if team.heads == 0:
                continue
            found += [who for who in self._waves(team) if begin <= who.leaves < until]
            if team.leavers_per_day == 0.0:
                continue
            for day in range(begin // DAY - 8, (until - 1) // DAY + 1):
                found += [who for who in self._leavers_of_day(team, day) if begin <= who.leaves < until]
        found.sort(key=lambda who: (who.leaves, who.agent))
        return found

    def _leavers_of_day(self, team: TeamPlan, day: int) -> Iterator[Leaver]:
        for k, offset in enumerate(self._poisson(team.id | day, team.leavers_per_day / DAY, DAY)):
            who = int(self.draw(team.id | day, Purpose.LEAVER_AGENT, k) * team.heads)
            yield Leaver(_shift_end(team, day * DAY + offset), agent_id(team.id, who), team.id)

    def _waves(self, team: TeamPlan) -> Iterator[Leaver]:
        """Those who leave together: each wave other people, as far as there are enough."""
        seat = int(self.draw(team.id, Purpose.LEAVER_AGENT, 1 << 20) * team.heads)
        for at, count in team.waves:
            for _ in range(min(count, team.heads)):
                yield Leaver(at, agent_id(team.id, seat), team.id)
                seat = (seat + 1) % team.heads

    def false_alarms(
        self, control: Control, per_microsecond: float, begin: int, until: int
    ) -> list[tuple[int, int]]:
        """(time, id) of false alarms: one unit-rate process, rescaled to the policy's rate."""
        found = []
        for hour in range(begin // HOUR, (until - 1) // HOUR + 1):
            base = alarm_id(control.id, hour, 0)
            for k, offset in enumerate(self._poisson(base, per_microsecond, HOUR)):
                if begin <= hour * HOUR + offset < until:
                    found.append((hour * HOUR + offset, base | k))
        return found

    def _poisson(self, entity: int, rate: float, span: int) -> Iterator[int]:
        """Offsets of a Poisson process of `rate` a microsecond within a window of `span`."""
        if rate <= 0.0:
            return
        at, k = 0.0, 0
        while True:
            at -= math.log(self.draw(entity, Purpose.GAP, k)) / rate
            offset = int(at)
            if offset >= span:
                return
            yield offset
            k += 1

    # -- reliability --------------------------------------------------------------------

    def in_order(self, control: Control, time: int) -> bool:
        """Whether the component behind a control is working: up and down by turns.

        The turns are exponential with mean `stretch` down and as long up as makes the share
        of time out of order what the control says. They are drawn in windows, each begun in
        equilibrium, so that a world is the same wherever one begins to look. Controls on one
        component share its luck.
        """
        if control.outage <= 0.0:
            return True
        if control.outage >= 1.0:
            return False
        state, length = Purpose.OUTAGE_STATE, Purpose.OUTAGE_LENGTH
        return not self._down(control.component, time, control.outage, control.stretch, state, length)

    def _down(
        self, entity: int, time: int, share: float, stretch: int, state: Purpose, length: Purpose
    ) -> bool:
        """Whether something that is down a share of the time, a stretch on average, is down now."""
        window = OUTAGES_A_WINDOW * stretch
        number = time // window
        down = self.draw(entity + number, state) < share
        down_mean = float(stretch)
        up_mean = down_mean * (1.0 - share) / share
        turn, k = float(number * window), 0
        while True:
            turn -= math.log(self.draw(entity + number, length, k)) * (down_mean if down else up_mean)
            if time < turn:
                return down
            down, k = not down, k + 1

    def covered(self, control: Control, target: int, time: int) -> bool:
        """Whether a list that should hold the target really does, and its entry is not stale."""
        own = control.id & 0xFFFFFFFF
        if control.covers < 1.0 and self.draw(target, Purpose.COVERED, own) >= control.covers:
            return False
        if control.rots <= 0.0:
            return True
        stale = control.rots * control.mended / (1.0 + control.rots * control.mended)
        state, length = Purpose.STALE_STATE, Purpose.STALE_LENGTH
        return not self._down(target ^ own, time, stale, control.mended, state, length)


def busy_hours(
    busy: tuple[tuple[Windows, float], ...], start: int, end: int
) -> tuple[tuple[tuple[Span, ...], float], ...]:
    """The busy spans that touch `start` to `end`, entry by entry, each with its times."""
    return tuple((spans(windows, start, end), times) for windows, times in busy)


def busy_times(hours: tuple[tuple[tuple[Span, ...], float], ...], time: int) -> float:
    """How many times the usual rate reports come in at a time: the first entry that fits, else once."""
    fitting = (times for found, times in hours if any(on <= time < off for on, off in found))
    return next(fitting, 1.0)


def mean_times(busy: tuple[tuple[Windows, float], ...]) -> float:
    """The mean over a week of how many times the usual rate reports come in."""
    hours = busy_hours(busy, 0, WEEK)
    edges = {0, WEEK} | {edge for found, _ in hours for span in found for edge in span if 0 < edge < WEEK}
    return sum(busy_times(hours, a) * (b - a) for a, b in pairwise(sorted(edges))) / WEEK


def _shift_end(team: TeamPlan, moment: int) -> int:
    """When the shift ends that one who leaves at about this moment works last.

    Nobody leaves in mid-shift: it is the one that ends next. Where shifts never end within
    the week, one leaves at any time.
    """
    ends = [
        off
        for _, off in spans(team.windows, moment - DAY, moment + 8 * DAY)
        if moment <= off <= moment + 8 * DAY
    ]
    return ends[0] if ends else moment
