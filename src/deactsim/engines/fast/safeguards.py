"""Safeguards as they stand in the memory of every night of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...model.plan import Control, SafeguardsPlan
from ...model.streams import alarm_id
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
    PROTECTED_LIST,
    QUICK,
    RATE_LIMIT,
    SEPARATION,
    STEP_DOWN,
)
from .words import Fields, Words


class Safeguards:
    """The safeguards of a policy, written from `base` on; `team_at` are the places of teams by index.

    `controls` are what is common to all, in the order in which they were written, and `head` what the head of
    a night says of them.
    """

    def __init__(self, given: SafeguardsPlan, team_at: Mapping[int, int], base: int) -> None:
        self.given, self.team_at = given, team_at
        self.words = Words(base)
        self.controls: list[Control] = []
        self.head = self._safeguards() | self._detecting() | self._restoring()
        self.head["CONTROL_COUNT"] = len(self.controls)

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
        given, words, length = self.given, self.words, self.words.length
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
                STEP_DOWN, step.control, BEFORE=step.before, TOLD=float(step.told), RECHECKED=step.rechecked
            )
        if (cut := given.deprovisioning) is not None:
            found["DEPROVISIONING"] = self._control(
                DEPROVISIONING,
                cut.control,
                LAG=length(cut.lag),
                VENDOR_LAG=length(cut.vendor_lag),
                LOST=float(cut.lost),
                SESSION_TAIL=length(cut.session_tail),
                RECHECKED=cut.rechecked,
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
        return found

    def _detecting(self) -> Fields:
        given, length = self.given, self.words.length
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
        given, length = self.given, self.words.length
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
