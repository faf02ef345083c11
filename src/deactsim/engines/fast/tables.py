"""From a plan and its worlds to the memories of nights."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from ...model import rules
from ...model.causes import CausePlan, Occurrence, incident_of
from ...model.event_budget import most_events
from ...model.plan import ActPlan, IncidentPlan, Plan, Windows
from ...model.shifts import spans
from ...model.states import Stage
from ...model.step_down import leavers
from ...model.streams import account_id, agent_id, alarm_id
from ...model.world import World, busy_spans
from .clock import NEVER
from .layout import (
    ACT,
    ACTION,
    ACTOR,
    AGENT,
    INCIDENT,
    LEAVING,
    MOMENT,
    NIGHT,
    STREAM,
    TEAM,
    Night,
)
from .templates import template_of
from .words import Fields, Words, word_of

#: Heap, rows and spare memory to begin with.
HEAP, ROWS, SPARE = 512, 1024, 4096
STAGES = max(Stage) + 1


@lru_cache(maxsize=4096)
def _shifts(windows: Windows, start: int, end: int) -> tuple[int, ...]:
    """When a team is on shift, as the words of a table."""
    return tuple(edge for span in spans(windows, start, end) for edge in span)


@lru_cache(maxsize=256)
def _busy(busy: tuple[tuple[Windows, float], ...], start: int, end: int) -> tuple[int, ...]:
    """How busy it is when, as the words of a table: from, until, and how many times as usual (a fraction)."""
    found = busy_spans(busy, start, end)
    words = np.array([(begin, until, 0) for begin, until, _ in found], dtype=np.int64).reshape(-1, 3)
    words[:, 2] = np.array([times for _, _, times in found], dtype=np.float64).view(np.int64)
    return tuple(words.ravel().tolist())


class Calendar:
    """Shifts and busy hours from a time up to another: one table for all images of a batch.

    A night of the batch has it behind everything else: it is long, the same for all plans, and never written to.
    """

    def __init__(self, begins: int, ends: int) -> None:
        self.begins, self.ends = begins, ends
        self._words: list[int] = []
        self._places: dict[object, int] = {}
        self._night: Night | None = None

    def put(self, what: object, table: tuple[int, ...]) -> int:
        """Where in the calendar the table of something stands: written once, however many ask for it."""
        if what not in self._places:
            self._places[what] = len(self._words)
            self._words += table
            self._night = None
        return self._places[what]

    @property
    def words(self) -> Night:
        """All tables, one after another."""
        if self._night is None:
            self._night = np.array(self._words, dtype=np.int64)
        return self._night


@lru_cache(maxsize=16)
def calendar_of(begins: int, ends: int) -> Calendar:
    """The calendar from a time up to another, for whoever asks for it next."""
    return Calendar(begins, ends)


class Image(NamedTuple):
    """What stands in the memory of an evening, how many words it needs, and which of these name a place in a calendar.

    To the last it has to be added where the calendar begins.
    """

    words: Night
    room: int
    dated: list[int]


def image_of(
    plan: Plan,
    world: World,
    begins: int,
    ends: int,
    *,
    rows: int,
    spare: int = SPARE,
    asks: Sequence[tuple[int, int, int]] | None = None,
    actors: tuple[CausePlan, Plan] | None = None,
    calendar: Calendar | None = None,
    asks_for_requests: bool = False,
) -> Image:
    """What stands in an evening's memory in many worlds between `begins` and `ends`, with room for so many rows.

    With `asks` it is quiet: reports do not come. With `actors` it says what becomes of those of a cause under a
    plan with all its people. With a `calendar` of the same time its shifts and busy hours are written there.
    """
    # Where actions that reports end in are handed in, whoever handles those acts as well.
    alone = asks is not None and actors is None
    nights = Nights(plan, begins, ends, asks_for_requests=asks_for_requests, alone=alone, calendar=calendar)
    given = asks or ()
    words = [
        word for stream, team, people in given for word in (stream, nights.template.team_at[team], people)
    ]
    nights.head |= {"QUIET": asks is not None, "ASKS": nights.words.put(words), "ASK_COUNT": len(given)}
    if actors is not None:
        nights.head["ACTORS"] = nights.actors(*actors)
    return Image(*_Night(nights, world, begins).written(rows, spare), nights.dated)


class Nights:
    """Nights of a plan in worlds that lie between two times: what is the plan's is written once for all of them."""

    def __init__(
        self,
        plan: Plan,
        begins: int,
        ends: int,
        *,
        asks_for_requests: bool = False,
        alone: bool = False,
        calendar: Calendar | None = None,
    ) -> None:
        self.plan, self.begins, self.ends = plan, begins, ends
        self.template = template = template_of(plan)
        self.calendar = calendar
        #: How many people have a number before the actors of incidents, if these are not alone in acting.
        self.people = 0 if alone else template.people
        self.words = Words(template.night.size)
        self.head: Fields = {
            "COMING_TIME": NEVER,
            "HAS_INCIDENT": plan.incident is not None,
            "ROW_MARGIN": template.row_margin,
            "EVENTS_AN_HOUR": most_events(plan),
            "MARGIN": template.margin,
            "ASKS_FOR_REQUESTS": asks_for_requests,
            "PINS": self.words.put([0] * (3 * STAGES)),
            "LENGTHS": self.words.put([0] * (2 * STAGES)),
        }
        #: Words of the template that are other ones here, by place.
        self.own: list[tuple[int, int]] = []
        #: Which of them name a place in the calendar.
        self.dated: list[int] = []
        #: Shifts of teams: where the team stands, where its table does, and the table.
        self.shifts: list[tuple[int, int, tuple[int, ...]]] = []
        self._shifts()
        if not asks_for_requests:  # else reports are none of its business
            self._busy()
        self._incidents()

    def night(self, world: World) -> Night:
        """The memory of a night in one of the worlds, ready to go on."""
        one = _Night(self, world, world.begins(self.plan))
        one.cut_shifts()
        words, room = one.written(ROWS)
        night = np.empty(room, dtype=np.int64)
        night[: words.size] = words
        return night

    @cached_property
    def written(self) -> Night:
        """The template and what is the plan's after it: from here on nothing can be added."""
        before, words = self.template.night, self.words.words
        written = np.empty(before.size + len(words), dtype=np.int64)
        written[: before.size], written[before.size :] = before, words
        for place, word in self.own:
            written[place] = word
        _fill(written, self.head)
        return written

    def _shifts(self) -> None:
        for index, team in enumerate(self.plan.teams):
            table = _shifts(team.windows, self.begins, self.ends) if team.headcount else ()
            at = self.template.team_at[index]
            place = self._table(at + TEAM.SHIFTS, team.windows if team.headcount else (), table)
            self.own.append((at + TEAM.SHIFT_COUNT, len(table) // 2))
            self.shifts.append((at, place, table))

    def _busy(self) -> None:
        for index, stream in enumerate(self.plan.streams):
            if stream.busy:
                table = _busy(stream.busy, self.begins, self.ends)
                at = self.template.streams_at + STREAM.SIZE * index
                self._table(at + STREAM.SPANS, stream.busy, table)
                self.own.append((at + STREAM.SPAN_COUNT, len(table) // 3))

    def _table(self, at: int, what: object, table: tuple[int, ...]) -> int:
        """Write a table of times, and where it stands."""
        if self.calendar is None:
            place = self.words.put(table)
        else:
            place = self.calendar.put(what, table)
            self.dated.append(at)
        self.own.append((at, place))
        return place

    def _incidents(self) -> None:
        acts, public, number_of = [], dict[int, int](), dict[int, int]()
        incidents = self.plan.incidents
        table = self.words.put([0] * (INCIDENT.SIZE * len(incidents)))
        for index, incident in enumerate(incidents):
            # One who acts in two incidents is one agent; none of them is among those who handle reports.
            number = number_of.setdefault(incident.agent, self.people + len(number_of))
            at = table + INCIDENT.SIZE * index
            self.words.fill(at, INCIDENT, self._incident(incident, number))
            limit = self.plan.safeguards.rate_limit
            for k, act in enumerate(incident.acts):
                after = act.after
                if incident.paced and limit is not None:
                    after = max(after, rules.pace(k, limit.window, limit.actions))
                if act.followers not in public:
                    public[act.followers] = self.template.public(self.words, act.followers)
                reached, undo = self.template.reach(
                    act.account, act.tier, incident.command, incident.team, incident.tool
                )
                acts.append(
                    {
                        "ID": incident.id + k,
                        "AFTER": after,
                        "INCIDENT": at,
                        "TARGET": account_id(act.account),
                        "REACHED": self.words.put(reached),
                        "UNDO_REACHED": undo,
                        "PUBLIC": public[act.followers],
                        "FOLLOWERS": act.followers,
                    }
                )
        self.head |= {"INCIDENTS": table, "INCIDENT_COUNT": len(incidents)}
        table = self.words.put([0] * (ACT.SIZE * len(acts)))
        for k, values in enumerate(acts):
            self.words.fill(table + ACT.SIZE * k, ACT, values)
        agents = self.words.put([0] * (AGENT.SIZE * (self.people + len(number_of))))
        self.head |= {"ACTS": table, "ACT_COUNT": len(acts), "AGENTS": agents}

    def actors(self, cause: CausePlan, plan: Plan) -> int:
        """Write what the plan makes of an actor of each team who acts on each tier."""
        pairs = [(team, target) for team in cause.teams for target in cause.targets]
        table = self.words.put([0] * (ACTOR.SIZE * len(pairs)))
        for number, (team, target) in enumerate(pairs):
            act = ActPlan("", target.tier, target.followers, 0)
            # One who adapts and has not left yet: what else there is of him, the plan takes as it is.
            what = Occurrence(0, cause, 0, team, 0, (act,), open_report=True, adapts=True)
            met = incident_of(plan, what, 0, 0)
            reached, undo = self.template.reach(None, target.tier, cause.command, team.team, team.tool)
            values = {
                "TEAM": self.template.team_at[team.team],
                "AMONG_HOLDERS": float(met.among_holders),
                "REACHED": self.words.put(reached),
                "UNDO_REACHED": undo,
                "PUBLIC": self.template.public(self.words, target.followers),
                "AHEAD": met.act_shift,
            }
            self.words.fill(table + ACTOR.SIZE * number, ACTOR, values)
        return table

    def _incident(self, incident: IncidentPlan, number: int) -> Fields:
        keys = [0] * len(self.plan.teams)
        for team, count in incident.keys:
            keys[team] = count
        return {
            "ID": incident.id,
            "AGENT": incident.agent,
            "AGENT_NUMBER": number,
            "TEAM": self.template.team_at[incident.team],
            "LAG": self.template.lag_at[incident.command],
            "OPEN_REPORT": incident.open_report,
            "AMONG_HOLDERS": float(incident.among_holders),
            "CONFIRM_STOPS": float(incident.confirm_stops),
            "ACTOR_NOTICES": incident.actor_notices,
            "DOCUMENTED": incident.at,
            "SPREAD": incident.give_or_take,
            "AHEAD": incident.act_shift,
            "LEAVES_AFTER": 0 if incident.leaves is None else self.words.length(incident.leaves),
            "HAD_LEFT": incident.had_left,
            "KEYS": self.words.put(keys),
        }


class _Night:
    """What is written for one night, after what is the plan's."""

    def __init__(self, nights: Nights, world: World, start: int) -> None:
        self.nights, self.world, self.start = nights, world, start
        self.words = Words(nights.written.size)
        self.head: Fields = {
            "NOW": start,
            "START": start,
            "END": world.end,
            "KEY": world.key if world.key < 1 << 63 else world.key - (1 << 64),
        }
        #: Words of the plan's that are this night's own, by place.
        self.own: list[tuple[int, int]] = []
        self._record()
        self._leavers()
        self._script()

    def _record(self) -> None:
        pins, lengths = self.nights.head["PINS"], self.nights.head["LENGTHS"]
        for stage, pin in self.world.pins.items():
            at = pins + 3 * stage
            self.own += [(at, 1), (at + 1, pin.time), (at + 2, int(pin.after_effect))]
        for stage, length in self.world.lengths.items():
            self.own += [(lengths + 2 * stage, 1), (lengths + 2 * stage + 1, length)]

    def cut_shifts(self) -> None:
        """Of the plan's shifts have only those that touch the night: edges stand in order, two for each."""
        for at, place, table in self.nights.shifts:
            first = bisect_right(table, self.start) // 2
            last = (bisect_left(table, self.world.end) + 1) // 2
            self.own += [(at + TEAM.SHIFTS, place + 2 * first), (at + TEAM.SHIFT_COUNT, last - first)]

    def _leavers(self) -> None:
        plan, template = self.nights.plan, self.nights.template
        found = list(leavers(plan, self.world, self.start))
        if not found:
            return
        table = self.words.put([0] * (LEAVING.SIZE * len(found)))
        places = {team.id: index for index, team in enumerate(plan.teams)}
        touched: dict[int, int] = {}
        for number, (ends, who, streams) in enumerate(found):
            index = places[who.team]
            at, headcount = template.team_at[index], plan.teams[index].headcount
            if index not in touched:
                touched[index] = self.words.put([0] * headcount)
                reaches = self.words.put([int(k in streams) for k in range(len(plan.streams))])
                self.own += [(at + TEAM.STEPPED_DOWN, touched[index]), (at + TEAM.REACHES, reaches)]
            self.words.fill(
                table + LEAVING.SIZE * number,
                LEAVING,
                {
                    "ENDS": ends,
                    "TEAM": at,
                    "WHO": who.agent - agent_id(who.team, 0),
                    "LEAVES": who.leaves,
                    "AGENT": who.agent,
                },
            )
        self.head |= {"LEAVERS": table, "LEAVER_COUNT": len(found)}

    def _script(self) -> None:
        script = self.world.script
        if script is None:
            return
        luck = self.words.put([0] * (3 * len(script.luck)))
        for number, ((entity, purpose), u) in enumerate(script.luck.items()):
            self.words.set(luck + 3 * number, entity)
            self.words.set(luck + 3 * number + 1, int(purpose))
            self.words.set(luck + 3 * number + 2, word_of(u))
        self.head |= {"GRID": script.grid, "LUCK": luck, "LUCK_COUNT": len(script.luck)}
        if script.reports is not None:
            table = self.words.put([word for report in script.reports for word in report])
            self.head |= {"PLACED": table, "PLACED_COUNT": len(script.reports)}
        alert = self.nights.plan.safeguards.alert
        if script.alarms is not None and alert is not None:
            alarms = [(time, alarm_id(alert.control.id, 0, number)) for time, number in script.alarms]
            table = self.words.put([word for alarm in alarms for word in alarm])
            self.head |= {"PLACED_ALARMS": table, "ALARM_COUNT": len(alarms)}

    def written(self, rows: int, spare: int = SPARE) -> tuple[Night, int]:
        """What is the plan's and this night's own, and how many words there must be with room for what happens."""
        template, plans = self.nights.template, self.nights.written
        filled = plans.size + len(self.words.words)
        at_once = template.most_at_once
        # Acts, leavers and shifts are all expected before the first check of what room there is.
        acts, expected = int(plans[NIGHT.ACT_COUNT]), at_once + len(self.nights.plan.teams) + 4
        expected += acts + int(self.head.get("LEAVER_COUNT", 0))
        # What is written down before one looks again fits, however many teams and steps there are.
        rows = max(rows, 2 * template.row_margin)
        spare += acts * ACTION.SIZE + expected * MOMENT.SIZE
        # A larger memory is for a night of more that goes on at once.
        heap = _power(max(HEAP, 2 * (template.margin + expected), spare // 64))
        starts = wakes = _power(at_once)
        at = filled
        for name, size, each in (
            ("HEAP", heap, 2),
            ("STARTS", starts, 2),
            ("WAKES", wakes, 2),
            ("ROWS", rows, 5),
        ):
            self.head[name] = at
            at += size * each
        room = at + template.margin + spare
        self.head |= {
            "HEAP_ROOM": heap,
            "STARTS_ROOM": starts,
            "WAKES_ROOM": wakes,
            "ROW_ROOM": rows,
            "TOP": at,
            "ROOM": room,
        }
        words = np.empty(filled, dtype=np.int64)
        words[: plans.size], words[plans.size :] = plans, self.words.words
        for place, word in self.own:
            words[place] = word
        _fill(words, self.head)
        return words, room


def _fill(night: Night, head: Fields) -> None:
    """Write fields of the night itself."""
    where = vars(NIGHT)
    for name, value in head.items():
        night[where[name]] = value


def _power(least: int) -> int:
    """The power of two that is at least so large."""
    return 1 << (least - 1).bit_length()
