"""One world: everything chance decided, the same for every policy.

What no policy can change the number of (reports, leavers, the incident) is drawn in
windows of an hour or a day and kept; everything else is asked of `draw` when a policy
comes to it. A world also carries the record: pins (instants at which a stage must end)
and lengths (what a stage took when the record was met).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise, repeat
from typing import Any, NamedTuple, TypeVar

import numpy as np

from .lengths import Length
from .plan import Control, IncidentPlan, Plan, StreamPlan, TeamPlan, Windows
from .shifts import DAY, Span, spans
from .states import Stage
from .streams import Purpose, agent_id, alarm_id, draw, draw_length, draws, length_at

HOUR = 3_600_000_000
WEEK = 7 * DAY
#: Outages are drawn in windows of so many mean outages.
OUTAGES_A_WINDOW = 64
#: Reports of a world that are kept once drawn, for the next policy; what more a long run comes to is drawn again.
KEPT_REPORTS = 1 << 14
#: From so many draws on they are quicker made at once than one by one.
MANY = 24


class Report(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class Script:
    """What is placed by hand in a world instead of being drawn: an evening worked out on paper.

    `reports`, in order of (time, id), and false `alarms`, as (time, number), come instead of those
    drawn, and `leavers` instead of theirs. `luck` gives draws by (entity, purpose), whatever
    their k. With a `grid` everything takes, and reports and alarms come at, whole multiples of so many
    microseconds, so that much falls together.
    """

    reports: tuple[Report, ...] | None = None
    alarms: tuple[tuple[int, int], ...] | None = None
    leavers: tuple[Leaver, ...] | None = None
    luck: Mapping[tuple[int, int], float] = field(default_factory=dict)
    grid: int = 1

    def on_grid(self, length: int) -> int:
        """A length as a multiple of the grid."""
        return (length + self.grid // 2) // self.grid * self.grid


Drawn = TypeVar("Drawn")


class _Kept(dict[tuple[int, int], tuple[Drawn, ...]]):
    """What was drawn of a stream in an hour, by both, as long as there is room."""

    size = 0

    def keep(self, key: tuple[int, int], drawn: tuple[Drawn, ...]) -> tuple[Drawn, ...]:
        """Keep it if there is room."""
        if self.size + 1 + len(drawn) <= KEPT_REPORTS:
            self[key] = drawn
            self.size += 1 + len(drawn)
        return drawn


@dataclass(frozen=True)
class World:
    """The draws of one world, over `start` to `end` (microseconds since 1970 UTC).

    `key` selects the luck; `pins` and `lengths` carry the record (of the incident's first
    act only); a `script` places by hand what would be drawn. Reports are kept once drawn, for the next
    policy; so is, in `kept`, what an engine makes of them that no policy changes.
    """

    key: int
    start: int
    end: int
    pins: Mapping[Stage, Pin] = field(default_factory=dict)
    lengths: Mapping[Stage, int] = field(default_factory=dict)
    script: Script | None = None
    kept: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    _reports: _Kept[Report] = field(default_factory=_Kept, repr=False, compare=False)
    _actions: _Kept[tuple[int, bool]] = field(default_factory=_Kept, repr=False, compare=False)
    _leavers: dict[Hashable, tuple[range, list[Leaver]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def draw(self, entity: int, purpose: Purpose, k: int = 0) -> float:
        """A uniform number for this entity and purpose."""
        if self.script is not None and (entity, purpose) in self.script.luck:
            return self.script.luck[entity, purpose]
        return draw(self.key, entity, purpose, k)

    def length(self, entity: int, purpose: Purpose, k: int, length: Length) -> int:
        """A length in microseconds for this entity and purpose."""
        drawn = draw_length(self.key, entity, purpose, k, length)
        return drawn if self.script is None else self.script.on_grid(drawn)

    def draws(self, entities: Sequence[int], purpose: Purpose) -> list[float]:
        """`draw` for each of these."""
        if len(entities) < MANY or self.script is not None:
            return [self.draw(entity, purpose) for entity in entities]
        found: list[float] = draws(self.key, np.array(entities, dtype=np.uint64), purpose).tolist()
        return found

    def lengths_of(self, entities: Sequence[int], purpose: Purpose, length: Length) -> list[int]:
        """`length` for each of these."""
        if self.script is not None:
            return [self.length(entity, purpose, 0, length) for entity in entities]
        return [length_at(length, u) for u in self.draws(entities, purpose)]

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
        """When the actor's last shift ends, or ended before the act; None if he is not leaving."""
        if incident.leaves is None:
            return None
        after = self.length(incident.id, Purpose.LEAVES, 0, incident.leaves)
        return self.effect_as_documented(incident) + (-max(1, after) if incident.had_left else after)

    # -- routine ------------------------------------------------------------------------

    def reports(self, streams: tuple[StreamPlan, ...], begin: int, until: int) -> list[Report]:
        """Reports that arrive from `begin` up to but not at `until`, in order of (time, id).

        A world belongs to one scenario: `streams` are the same at every call.
        """
        if self.script is not None and self.script.reports is not None:
            return [report for report in self.script.reports if begin <= report.time < until]
        found: list[Report] = []
        for hour in range(begin // HOUR, (until - 1) // HOUR + 1):
            drawn = sorted(r for index in range(len(streams)) for r in self._of_stream(streams, index, hour))
            if begin <= hour * HOUR and (hour + 1) * HOUR <= until:
                found += drawn
            else:
                found += [report for report in drawn if begin <= report.time < until]
        if self.script is not None and self.script.grid > 1:
            grid = self.script.grid
            found = sorted(r._replace(time=max(r.time // grid * grid, begin)) for r in found)
        return found

    def actions(
        self, streams: tuple[StreamPlan, ...], index: int, begin: int, until: int, *, wrongful: bool = False
    ) -> int:
        """How many reports of one stream that arrive from `begin` up to `until` end in an action.

        With `wrongful`, only those that end in a wrongful one.
        """
        count = 0
        for hour in range(begin // HOUR, (until - 1) // HOUR + 1):
            acts = self._actions.get((index, hour))
            if acts is None:
                acts = self._actions.keep((index, hour), self._acts(streams, index, hour))
            count += sum(begin <= time < until and (wrong or not wrongful) for time, wrong in acts)
        return count

    def _acts(self, streams: tuple[StreamPlan, ...], index: int, hour: int) -> tuple[tuple[int, bool], ...]:
        """When those reports of a stream's hour came that end in an action, and whether it is wrongful."""
        reports = self._of_stream(streams, index, hour)
        judged = self.draws([report.id for report in reports], Purpose.ACTIONED)
        return tuple(
            (report.time, self.draw(report.id, Purpose.SLIP) < streams[index].wrongful)
            for report, u in zip(reports, judged, strict=True)
            if u < streams[index].actioned
        )

    def _of_stream(self, streams: tuple[StreamPlan, ...], index: int, hour: int) -> tuple[Report, ...]:
        """The reports of one stream in an hour, in order."""
        known = self._reports.get((index, hour))
        if known is not None:
            return known
        stream, start = streams[index], hour * HOUR
        base = stream.id | hour << 16
        most = max([1.0, *(times for _, times in stream.busy)])
        times = [start + offset for offset in self._poisson(base, stream.per_microsecond * most, HOUR)]
        ids = [base | k for k in range(len(times))]
        drawn = list(map(Report, times, ids, repeat(index)))
        if stream.busy:
            luck = self.draws(ids, Purpose.BUSY)
            drawn = [
                report
                for begin, end, times in busy_spans(stream.busy, start, start + HOUR)
                for report, u in zip(drawn, luck, strict=True)
                if u * most < times and begin <= report.time < end
            ]
        return self._reports.keep((index, hour), tuple(drawn))

    def leavers(self, teams: tuple[TeamPlan, ...], begin: int, until: int) -> list[Leaver]:
        """Agents whose last shift ends from `begin` up to `until`, in order."""
        if self.script is not None and self.script.leavers is not None:
            return [who for who in self.script.leavers if begin <= who.leaves < until]
        found: list[Leaver] = []
        for team in teams:
            if team.heads == 0:
                continue
            found += [who for who in self._waves(team) if begin <= who.leaves < until]
            if team.leavers_per_day > 0.0:
                days = range(begin // DAY - 8, (until - 1) // DAY + 1)
                found += [who for who in self._leavers_of(team, days) if begin <= who.leaves < until]
        found.sort(key=lambda who: (who.leaves, who.agent))
        return found

    def _leavers_of(self, team: TeamPlan, days: range) -> list[Leaver]:
        """Those of a team that some days bring, or of more days; kept for the next policy, which asks for as many."""
        key = (team.id, team.heads, team.leavers_per_day, team.windows)
        known, found = self._leavers.get(key, (range(0), []))
        if days.start < known.start or days.stop > known.stop or not known:
            # Most days nobody leaves, which the first gap tells: only where rounding could matter it is drawn again.
            least = math.exp(-team.leavers_per_day) * (1.0 - 1e-9)
            gaps = self.draws([team.id | day for day in days], Purpose.GAP)
            some = (day for day, u in zip(days, gaps, strict=True) if u >= least)
            found = [who for day in some for who in self._leavers_of_day(team, day)]
            self._leavers[key] = days, found
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
        if self.script is not None and self.script.alarms is not None:
            placed = [(time, alarm_id(control.id, 0, number)) for time, number in self.script.alarms]
            return [one for one in placed if begin <= one[0] < until]
        found = []
        for hour in range(begin // HOUR, (until - 1) // HOUR + 1):
            base = alarm_id(control.id, hour, 0)
            for k, offset in enumerate(self._poisson(base, per_microsecond, HOUR)):
                if begin <= hour * HOUR + offset < until:
                    found.append((hour * HOUR + offset, base | k))
        if self.script is not None and self.script.grid > 1:
            grid = self.script.grid
            found = sorted((max(time // grid * grid, begin), alarm) for time, alarm in found)
        return found

    def _poisson(self, entity: int, rate: float, span: int) -> list[int]:
        """Offsets of a Poisson process of `rate` a microsecond within a window of `span`."""
        found: list[int] = []
        at, k = 0.0, 0
        while rate > 0.0:
            for u in self._gaps(entity, k, rate * span):
                at -= math.log(u) / rate
                if at >= span:
                    return found
                found.append(int(at))
                k += 1
        return found

    def _gaps(self, entity: int, k: int, expected: float) -> list[float]:
        """The draws of the gaps from the `k`-th on, as many at once as are likely to be needed."""
        if expected < MANY:
            return [self.draw(entity, Purpose.GAP, k)]
        ahead = np.arange(k, k + int(1.1 * expected) + MANY, dtype=np.uint64)
        found: list[float] = draws(self.key, entity, Purpose.GAP, ahead).tolist()
        return found

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


def busy_spans(busy: tuple[tuple[Windows, float], ...], start: int, end: int) -> list[tuple[int, int, float]]:
    """`start` to `end` in spans, each with how many times the usual rate reports come in it.

    The first entry that fits counts; outside all of them it is once.
    """
    hours = [(spans(windows, start, end), times) for windows, times in busy]
    edges = {start, end} | {edge for found, _ in hours for span in found for edge in span}
    within = sorted(edge for edge in edges if start <= edge <= end)
    return [
        (begin, until, next((times for found, times in hours if _is_within(found, begin)), 1.0))
        for begin, until in pairwise(within)
    ]


def _is_within(found: tuple[Span, ...], time: int) -> bool:
    """Whether a time lies in one of these spans, which stand in order and apart."""
    at = bisect_right(found, time, key=lambda span: span[0]) - 1
    return at >= 0 and time < found[at][1]


def mean_times(busy: tuple[tuple[Windows, float], ...]) -> float:
    """The mean over a week of how many times the usual rate reports come in."""
    return sum(times * (until - begin) for begin, until, times in busy_spans(busy, 0, WEEK)) / WEEK


def _shift_end(team: TeamPlan, moment: int) -> int:
    """When the shift ends that one who leaves at about this moment works last.

    Nobody leaves in mid-shift: it is the one that ends next. Where shifts never end within
    the week, one leaves at any time.
    """
    ends = _shift_ends(team.windows, moment // DAY)
    first = bisect_left(ends, moment)
    return ends[first] if first < len(ends) and ends[first] <= moment + 8 * DAY else moment


@lru_cache(maxsize=4096)
def _shift_ends(windows: Windows, day: int) -> tuple[int, ...]:
    """When shifts end from a day on, for more than a week."""
    return tuple(off for _, off in spans(windows, (day - 1) * DAY, (day + 10) * DAY))
