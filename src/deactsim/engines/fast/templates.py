"""From a plan to what stands in the memory of all its nights."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import fields
from typing import Any

from ...model import rules
from ...model.lengths import scaled
from ...model.plan import Control, Plan
from ...model.streams import agent_id, alarm_id, report_id
from .layout import (
    ALERT,
    APPROVAL,
    AUTOMATIC_RESTORE,
    CONFIRM,
    CONTROL,
    COOLING_OFF,
    DEPROVISIONING,
    JUST_IN_TIME,
    LEAVER_WATCH,
    LOCK_DOWN,
    LOOK,
    NIGHT,
    PLACE,
    PROTECTED_LIST,
    QUICK,
    RATE_LIMIT,
    REQUEST,
    SEPARATION,
    STEP_DOWN,
    STREAM,
    TEAM,
)
from .memory import LARGEST
from .people import BITS
from .words import Fields, Words

#: Templates of plans kept for the next run.
KEPT = 512


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
        limit, approval = plan.safeguards.rate_limit, plan.safeguards.approval
        self.row_margin = 64 + steps + len(plan.teams)
        # The largest records are those of an agent's last actions and of a request with its approvers and keys.
        self.margin = 1024 + (limit.actions if limit is not None else 0) + len(plan.teams)
        self.margin += REQUEST.SIZE + len(approval.slots) if approval is not None else 0
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
