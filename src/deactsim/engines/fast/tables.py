"""From a plan and a world to a night's memory."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from ...model import rules
from ...model.causes import CausePlan, Occurrence, incident_of
from ...model.lengths import FIXED, Length, scaled
from ...model.plan import ActPlan, Control, IncidentPlan, Plan, TeamPlan
from ...model.shifts import spans
from ...model.states import Stage
from ...model.step_down import leavers
from ...model.streams import account_id, agent_id, alarm_id, report_id
from ...model.world import World, busy_spans
from .layout import (
    ACT,
    ACTION,
    ACTOR,
    AGENT,
    ALERT,
    APPROVAL,
    AUTOMATIC_RESTORE,
    CONFIRM,
    CONTROL,
    COOLING_OFF,
    DEPROVISIONING,
    INCIDENT,
    JUST_IN_TIME,
    LEAVER_WATCH,
    LEAVING,
    LENGTH,
    LOCK_DOWN,
    LOOK,
    MOMENT,
    NIGHT,
    PLACE,
    PROTECTED_LIST,
    QUICK,
    RATE_LIMIT,
    SEPARATION,
    STEP_DOWN,
    STREAM,
    TEAM,
    Night,
)
from .memory import LARGEST
from .people import BITS

#: Heap, micro-queues, rows and spare memory to begin with.
HEAP, ROWS, SPARE = 512, 1024, 4096
#: Values of a record's fields: words, and floats for fractions.
Fields: TypeAlias = dict[str, Any]
#: Templates of plans kept for the next run.
KEPT = 512
STAGES = max(Stage) + 1


class Words:
    """A memory that grows while it is written: words in order, fractions among them."""

    def __init__(self, size: int) -> None:
        self.words: list[int] = [0] * size
        self.fractions: list[tuple[int, float]] = []

    def put(self, values: Sequence[int]) -> int:
        """Write words at the end; where they begin."""
        place = len(self.words)
        self.words += values
        return place

    def record(self, layout: Any, values: Fields) -> int:
        """Write a record, fractions as such; fields not named are 0."""
        place = self.put([0] * layout.SIZE)
        self.fill(place, layout, values)
        return place

    def fill(self, place: int, layout: Any, values: Fields) -> None:
        """Write fields of a record that stands there."""
        where = vars(layout)
        for name, value in values.items():
            if isinstance(value, float):
                self.fractions.append((place + where[name], value))
            else:
                self.words[place + where[name]] = int(value)

    def length(self, what: Length) -> int:
        """Write how long something takes."""
        if what.table:
            table = self.put([0] * len(what.table))
            self.fractions += [(table + k, float(value)) for k, value in enumerate(what.table)]
            values: Fields = {"TABLE": table, "TABLE_SIZE": len(what.table)}
        else:
            values = {"A": float(what.a), "B": float(what.b), "C": float(what.c)}
        if what.shape == FIXED:
            values["WHOLE"] = math.floor(what.a + 0.5)
        return self.record(LENGTH, values | {"SHAPE": what.shape})

    def array(self) -> Night:
        """As memory."""
        night = np.array(self.words, dtype=np.int64)
        real = night.view(np.float64)
        for place, value in self.fractions:
            real[place] = value
        return night


class Template:
    """What stands in the memory of every night of a plan, whatever its incidents and its world."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.controls: list[Control] = []
        self.words = words = Words(NIGHT.SIZE)
        self.team_at: dict[int, int] = {}
        self._teams()
        self.lag_at = {command.name: words.length(command.lag) for command in plan.commands}
        head: Fields = {}
        head |= self._safeguards()
        head |= self._detection()
        head |= self._response()
        head["STREAMS"] = self._streams()
        head |= {
            "TEAMS": min(self.team_at.values()),
            "TEAM_COUNT": len(plan.teams),
            "STREAM_COUNT": len(plan.streams),
            "CONTROL_COUNT": len(self.controls),
            "RETENTION": plan.retention,
            "GRID": 1,
            "LOCKED_UNTIL": -1,
            "FREE": words.put([0] * LARGEST),
            "MATCHES": words.put([0] * len(plan.teams)),
        }
        words.fill(0, NIGHT, head)
        self.night = words.array()
        steps = plan.response.audience_steps
        limit = plan.safeguards.rate_limit
        self.row_margin = 64 + steps + len(plan.teams)
        self.margin = 1024 + (limit.actions if limit is not None else 0)
        self.most_at_once = 64 + max(team.headcount for team in plan.teams)

    def _teams(self) -> None:
        """Teams by id; their agents are numbered in that order."""
        words, plan = self.words, self.plan
        by_name = sorted(plan.teams, key=lambda team: team.name)
        order = sorted(range(len(plan.teams)), key=lambda index: plan.teams[index].id)
        first = words.put([0] * (TEAM.SIZE * len(order)))
        number = 0
        for place, index in enumerate(order):
            team = plan.teams[index]
            self.team_at[index] = first + TEAM.SIZE * place
            size = -(-team.headcount // BITS)
            words.fill(
                self.team_at[index],
                TEAM,
                {
                    "ID": team.id,
                    "INDEX": index,
                    "RANK": by_name.index(team),
                    "HEADCOUNT": team.headcount,
                    "HOLDERS": team.holders,
                    "CONTRACTOR": team.contractor,
                    "WORDS": size,
                    "IDLE": words.put([0] * size),
                    "BUSY": words.put([0] * size),
                    "WAITING": words.put([0] * max(1, len(plan.streams))),
                    "MATCH_DUE": -1,
                    "FIRST_AGENT": agent_id(team.id, 0),
                    "FIRST_NUMBER": number,
                },
            )
            # Requests are of people of whom the plan may say nothing more: all have a number.
            number += max(team.headcount, team.heads)
        self.people = number

    def _control(self, layout: Any, control: Control, **more: float | bool) -> int:
        stale = control.rots * control.mended / (1.0 + control.rots * control.mended)
        self.controls.append(control)
        return self.words.record(
            layout,
            {
                "NUMBER": len(self.controls) - 1,
                "ID": control.id,
                "COMPONENT": control.component,
                "COVERS": float(control.covers),
                "OUTAGE": float(control.outage),
                "STRETCH": control.stretch,
                "ROTS": float(control.rots),
                "MENDED": control.mended,
                "STALE": float(stale),
                "WINDOW": -1,
                **more,
            },
        )

    def _safeguards(self) -> Fields:
        given, words, length = self.plan.safeguards, self.words, self.words.length
        found: Fields = {}
        if (jit := given.just_in_time) is not None:
            found["JUST_IN_TIME"] = self._control(
                JUST_IN_TIME, jit.control, TAKES=length(jit.takes), LASTS=jit.lasts
            )
        if (listed := given.protected_list) is not None:
            found["PROTECTED_LIST"] = self._control(
                PROTECTED_LIST,
                listed.control,
                SENIOR=0 if listed.senior is None else self.team_at[listed.senior],
                HANDLING=length(listed.handling),
                CATCHES=float(listed.catches),
            )
        if given.open_report is not None:
            found["OPEN_REPORT"] = self._control(CONTROL, given.open_report)
        if (step := given.step_down) is not None:
            found["STEP_DOWN"] = self._control(
                STEP_DOWN, step.control, BEFORE=step.before, TOLD=float(step.told)
            )
        if (cut := given.deprovisioning) is not None:
            found["DEPROVISIONING"] = self._control(
                DEPROVISIONING,
                cut.control,
                LAG=length(cut.lag),
                VENDOR_LAG=length(cut.vendor_lag),
                LOST=float(cut.lost),
                SESSION_TAIL=length(cut.session_tail),
            )
        if (confirm := given.confirm) is not None:
            found["CONFIRM"] = self._control(
                CONFIRM,
                confirm.control,
                STOPS_SLIPS=float(confirm.stops_slips),
                STOPS_MISIDENTIFIED=float(confirm.stops_misidentified),
                HABIT=float(confirm.habit),
                TAKES=length(confirm.takes),
            )
        if (apart := given.separation_of_duties) is not None:
            found["SEPARATION"] = self._control(
                SEPARATION,
                apart.control,
                TEAM=self.team_at[apart.team],
                TAKES=length(apart.takes),
                CATCHES=float(apart.catches),
            )
        if (approval := given.approval) is not None:
            found["APPROVAL"] = self._control(
                APPROVAL,
                approval.control,
                SLOTS=words.put([self.team_at[slot] for slot in approval.slots]),
                SLOT_COUNT=len(approval.slots),
                REVIEW=length(approval.review),
                CATCHES=float(approval.catches),
                STAMPS=float(approval.stamps),
                STAMPS_PER_QUEUED=float(approval.stamps_per_queued),
                TIME_OUT=approval.time_out,
                LETS_THROUGH=approval.lets_through,
                BREAK_GLASS=approval.break_glass,
            )
        if (cooling := given.cooling_off) is not None:
            found["COOLING_OFF"] = self._control(
                COOLING_OFF,
                cooling.control,
                HOLD=cooling.hold,
                WATCHED=float(cooling.watched),
                NOTICES=length(cooling.notices),
                HOLDER_TOLD=cooling.holder_told,
            )
        if (limit := given.rate_limit) is not None:
            found["RATE_LIMIT"] = self._control(
                RATE_LIMIT, limit.control, ACTIONS=limit.actions, WINDOW=limit.window, HOLDS=limit.holds
            )
        return found | self._detecting() | self._restoring()

    def _detecting(self) -> Fields:
        given, length = self.plan.safeguards, self.words.length
        found: Fields = {}
        if (alert := given.alert) is not None:
            found["ALERT"] = self._control(
                ALERT,
                alert.control,
                AFTER=length(alert.after),
                RECALL=float(alert.recall),
                FALSE=float(alert.false_per_microsecond),
                TRIAGE=length(alert.triage),
            )
            found["ALARM_RATE"] = float(alert.false_per_microsecond)
            found["ALARM_BASE"] = alarm_id(alert.control.id, 0, 0)
        for name, look in (("PROBE", given.probe), ("AUDIT", given.audit)):
            if look is not None:
                found[name] = self._control(
                    LOOK, look.control, EVERY=look.every, RECALL=float(look.recall), SAMPLE=float(look.sample)
                )
        if (watch := given.leaver_watch) is not None:
            found["LEAVER_WATCH"] = self._control(
                LEAVER_WATCH,
                watch.control,
                BEFORE=watch.before,
                AFTER=length(watch.after),
                RECALL=float(watch.recall),
            )
        return found

    def _restoring(self) -> Fields:
        given, length = self.plan.safeguards, self.words.length
        found: Fields = {}
        if given.preauthorised_undo is not None:
            found["PREAUTHORISED"] = self._control(CONTROL, given.preauthorised_undo)
        for name, quick in (("UNDO_BUTTON", given.undo_button), ("QUICK_PICK_UP", given.quick_pick_up)):
            if quick is not None:
                found[name] = self._control(QUICK, quick.control, LENGTH=length(quick.length))
        if (watchdog := given.automatic_restore) is not None:
            found["AUTOMATIC_RESTORE"] = self._control(
                AUTOMATIC_RESTORE,
                watchdog.control,
                AFTER=length(watchdog.after),
                UNDOES_HONEST=float(watchdog.undoes_honest),
            )
        if (frozen := given.lock_down) is not None:
            found["LOCK_DOWN"] = self._control(
                LOCK_DOWN, frozen.control, AFTER=length(frozen.after), HOLD=frozen.hold
            )
        return found

    def _detection(self) -> Fields:
        given, length = self.plan.detection, self.words.length
        found: Fields = {
            "WORD": length(given.word),
            "ACTOR_UNDOES": given.actor_undoes,
        }
        for name, channel in (
            ("PUBLIC", given.public),
            ("HOLDER", given.holder),
            ("COLLEAGUE", given.colleague),
            ("ACTOR", given.actor),
        ):
            found[f"HAS_{name}"] = channel is not None
            if channel is not None:
                found[f"{name}_CHANCE"] = float(channel.chance)
                if name != "PUBLIC":  # its delay hangs on the audience
                    found[f"{name}_DELAY"] = length(channel.delay)
        return found

    def _response(self) -> Fields:
        given, length = self.plan.response, self.words.length
        found: Fields = {
            "RESPONDERS": self.team_at[given.team],
            "PICK_UP": length(given.pick_up),
            "FIND_CAUSE": length(given.find_cause),
            "AUTHORISE": length(given.authorise),
            "RESTORE": length(given.restore),
            "CONTAIN": length(given.contain),
            "AUDIENCE_STEPS": given.audience_steps,
        }
        for name, optional in (
            ("FIRST_STATEMENT", given.first_statement),
            ("SECOND_STATEMENT", given.second_statement),
            ("AUDIENCE", given.audience_whole),
        ):
            if optional is not None:
                found[name] = length(optional)
        return found

    def _streams(self) -> int:
        words, plan = self.words, self.plan
        first = words.put([0] * (STREAM.SIZE * len(plan.streams)))
        for index, stream in enumerate(plan.streams):
            most = max([1.0, *(times for _, times in stream.busy)])
            places = words.put([0] * (PLACE.SIZE * len(stream.teams)))
            for number, (team, tool) in enumerate(zip(stream.teams, stream.tools, strict=True)):
                reached, undo = self.reach(None, stream.tier, stream.command, team, tool)
                words.fill(
                    places + PLACE.SIZE * number,
                    PLACE,
                    {"TEAM": self.team_at[team], "REACHED": words.put(reached), "UNDO_REACHED": undo},
                )
            words.fill(
                first + STREAM.SIZE * index,
                STREAM,
                {
                    "INDEX": index,
                    "BASE": report_id(stream.tier, 0, 0),
                    "RATE": float(stream.per_microsecond * most),
                    "THIN": bool(stream.busy),
                    "MOST": float(most),
                    "ACTIONED": float(stream.actioned),
                    "URGENT": float(stream.urgent),
                    "SLIP": float(stream.slip),
                    "WRONGFUL": float(stream.wrongful),
                    "HANDLING": words.length(stream.handling),
                    "PLACES": places,
                    "PLACE_COUNT": len(stream.teams),
                    "LAG": self.lag_at[stream.command],
                    "PUBLIC": self.public(words, stream.followers),
                },
            )
        return first

    def public(self, words: Words, followers: int) -> int:
        """Write the public's delay before so many followers; 0 without a public."""
        given = self.plan.detection
        if given.public is None:
            return 0
        factor = rules.public_factor(followers, given.public_at, given.public_slope)
        return words.length(scaled(given.public.delay, factor))

    def reach(
        self, account: str | None, tier: str, command: str, team: int, tool: str
    ) -> tuple[list[int], bool]:
        """Which controls such an action is meant to be covered by, and whether approval covers its undo."""
        plan = self.plan
        name = plan.teams[team].name
        reached = [int(one.reaches(account, tier, command, name, tool)) for one in self.controls]
        undo, approval = plan.command(command).undo, plan.safeguards.approval
        responders = plan.teams[plan.response.team].name
        covers = (
            bool(undo)
            and approval is not None
            and approval.control.reaches(account, tier, undo, responders, None)
        )
        return reached, covers


_templates: OrderedDict[tuple[int, ...], Template] = OrderedDict()


def template_of(plan: Plan) -> Template:
    """The template of a plan; plans that differ in their incidents alone share theirs."""
    parts = [getattr(plan, each.name) for each in fields(plan) if each.name not in ("incident", "others")]
    # The same parts, not equal ones: comparing plans takes longer than a night. A template keeps its plan.
    key = tuple(part if isinstance(part, int) else id(part) for part in parts)
    found = _templates.get(key)
    if found is None:
        found = _templates[key] = Template(plan)
        if len(_templates) > KEPT:
            _templates.popitem(last=False)
    else:
        _templates.move_to_end(key)
    return found


@lru_cache(maxsize=4096)
def _shifts(team: TeamPlan, start: int, end: int) -> tuple[int, ...]:
    """When a team is on shift, as the words of a table."""
    if not team.headcount:
        return ()
    return tuple(edge for span in spans(team.windows, start, end) for edge in span)


_busy_spans = lru_cache(maxsize=256)(busy_spans)


def memory_of(plan: Plan, world: World, *, asks_for_requests: bool) -> Night:
    """The memory of one night, ready to go on."""
    template, begins = template_of(plan), world.begins(plan)
    run = _Run(plan, world, template, begins, world.end, asks_for_requests=asks_for_requests)
    run.head["ASKS_FOR_REQUESTS"] = asks_for_requests
    return run.memory(ROWS)


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
) -> tuple[Night, int]:
    """The memory of an evening for many worlds that lie between `begins` and `ends`, with room for so many rows.

    With `asks` it is quiet: reports do not come. With `actors` it says what becomes of those of a cause under a
    plan with all its people. Also how many of its words say something.
    """
    run = _Run(plan, world, template_of(plan), begins, ends)
    given = asks or ()
    words = [word for stream, team, people in given for word in (stream, run.template.team_at[team], people)]
    run.head |= {"QUIET": asks is not None, "ASKS": run.words.put(words), "ASK_COUNT": len(given)}
    if actors is not None:
        run.head["ACTORS"] = run.actors(*actors)
    return run.memory(rows, spare), run.written


class _Run:
    """What is written for one night, after the template."""

    def __init__(
        self,
        plan: Plan,
        world: World,
        template: Template,
        start: int,
        end: int,
        *,
        asks_for_requests: bool = False,
    ) -> None:
        self.plan, self.world, self.template, self.end = plan, world, template, end
        self.base = template.night.size
        self.words = _Further(self.base)
        self.head: Fields = {
            "NOW": start,
            "START": start,
            "END": world.end,
            "KEY": world.key if world.key < 1 << 63 else world.key - (1 << 64),
            "HAS_INCIDENT": plan.incident is not None,
            "ROW_MARGIN": template.row_margin,
            "MARGIN": template.margin,
        }
        #: Words of the template that are this night's own, by place.
        self.own: list[tuple[int, int]] = []
        self._record()
        self._shifts(start)
        if not asks_for_requests:  # else reports are none of its business
            self._busy(start)
        self._incidents()
        self._leavers(start)
        self._script()

    def _record(self) -> None:
        pins, lengths = [0] * (3 * STAGES), [0] * (2 * STAGES)
        for stage, pin in self.world.pins.items():
            pins[3 * stage : 3 * stage + 3] = 1, pin.time, int(pin.after_effect)
        for stage, length in self.world.lengths.items():
            lengths[2 * stage : 2 * stage + 2] = 1, length
        self.head |= {"PINS": self.words.put(pins), "LENGTHS": self.words.put(lengths)}

    def _shifts(self, start: int) -> None:
        for index, team in enumerate(self.plan.teams):
            table = _shifts(team, start, self.end)
            at = self.template.team_at[index]
            self.own.append((at + TEAM.SHIFTS, self.words.put(table)))
            self.own.append((at + TEAM.SHIFT_COUNT, len(table) // 2))

    def _busy(self, start: int) -> None:
        for index, stream in enumerate(self.plan.streams):
            if stream.busy:
                found = _busy_spans(stream.busy, start, self.end)
                table = self.words.put([0] * (3 * len(found)))
                for number, (begin, until, times) in enumerate(found):
                    self.words.set(table + 3 * number, begin)
                    self.words.set(table + 3 * number + 1, until)
                    self.words.fractions.append((table + 3 * number + 2, float(times)))
                at = self.template.night[NIGHT.STREAMS] + STREAM.SIZE * index
                self.own.append((at + STREAM.SPANS, table))
                self.own.append((at + STREAM.SPAN_COUNT, len(found)))

    def _incidents(self) -> None:
        acts, public, number_of = [], dict[int, int](), dict[int, int]()
        incidents = self.plan.incidents
        table = self.words.put([0] * (INCIDENT.SIZE * len(incidents)))
        for index, incident in enumerate(incidents):
            # One who acts in two incidents is one agent; none of them is among those who handle reports.
            number = number_of.setdefault(incident.agent, self.template.people + len(number_of))
            at = table + INCIDENT.SIZE * index
            self.words.fill(at, INCIDENT, self._incident(incident, number))
            limit = self.plan.safeguards.rate_limit
            for k, act in enumerate(incident.acts):
                after = act.after
                if incident.paced and limit is not None:
                    after = max(after, -(-limit.window * k // limit.actions))
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
        agents = self.words.put([0] * (AGENT.SIZE * (self.template.people + len(number_of))))
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
            "KEYS": self.words.put(keys),
        }

    def _leavers(self, start: int) -> None:
        found = list(leavers(self.plan, self.world, start))
        table = self.words.put([0] * (LEAVING.SIZE * len(found)))
        places = {team.id: index for index, team in enumerate(self.plan.teams)}
        touched: dict[int, int] = {}
        for number, (ends, who, streams) in enumerate(found):
            index = places[who.team]
            at, headcount = self.template.team_at[index], self.plan.teams[index].headcount
            if index not in touched:
                touched[index] = self.words.put([0] * headcount)
                reaches = self.words.put([int(k in streams) for k in range(len(self.plan.streams))])
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
            self.words.fractions.append((luck + 3 * number + 2, float(u)))
        self.head |= {"GRID": script.grid, "LUCK": luck, "LUCK_COUNT": len(script.luck)}
        if script.reports is not None:
            table = self.words.put([word for report in script.reports for word in report])
            self.head |= {"PLACED": table, "PLACED_COUNT": len(script.reports)}
        alert = self.plan.safeguards.alert
        if script.alarms is not None and alert is not None:
            alarms = [(time, alarm_id(alert.control.id, 0, number)) for time, number in script.alarms]
            table = self.words.put([word for alarm in alarms for word in alarm])
            self.head |= {"PLACED_ALARMS": table, "ALARM_COUNT": len(alarms)}

    @property
    def written(self) -> int:
        """How many words say something."""
        return self.base + len(self.words.words)

    def memory(self, rows: int, spare: int = SPARE) -> Night:
        """The template, what is this night's own, and room for what happens."""
        template = self.template
        written = self.written
        at_once = template.most_at_once
        # Acts, leavers and shifts are all expected before the first check of what room there is.
        acts, expected = int(self.head["ACT_COUNT"]), at_once + len(self.plan.teams) + 4
        expected += acts + int(self.head["LEAVER_COUNT"])
        spare += acts * ACTION.SIZE + expected * MOMENT.SIZE
        # A larger memory is for a night of more that goes on at once.
        heap = _power(max(HEAP, 2 * (template.margin + expected), spare // 64))
        starts = wakes = _power(at_once)
        at = written
        for name, size, each in (
            ("HEAP", heap, 2),
            ("STARTS", starts, 2),
            ("WAKES", wakes, 2),
            ("ROWS", rows, 5),
        ):
            self.head[name] = at
            at += size * each
        self.head |= {
            "HEAP_ROOM": heap,
            "STARTS_ROOM": starts,
            "WAKES_ROOM": wakes,
            "ROW_ROOM": rows,
            "TOP": at,
        }
        room = at + template.margin + spare
        self.head["ROOM"] = room
        night = np.empty(room, dtype=np.int64)
        night[: self.base] = template.night
        night[self.base : written] = self.words.words
        real = night.view(np.float64)
        for place, value in self.words.fractions:
            real[place] = value
        for place, word in self.own:
            night[place] = word
        where = vars(NIGHT)
        for name, value in self.head.items():
            night[where[name]] = value
        return night


class _Further(Words):
    """Words after those of a template."""

    def __init__(self, base: int) -> None:
        super().__init__(0)
        self.base = base

    def put(self, values: Sequence[int]) -> int:
        return self.base + super().put(values)

    def set(self, place: int, word: int) -> None:
        """Write one word."""
        self.words[place - self.base] = word

    def fill(self, place: int, layout: Any, values: Fields) -> None:
        where = vars(layout)
        for name, value in values.items():
            if isinstance(value, float):
                self.fractions.append((place + where[name], value))
            else:
                self.words[place + where[name] - self.base] = int(value)


def _power(least: int) -> int:
    """The power of two that is at least so large."""
    return 1 << (least - 1).bit_length()
