"""From the safeguards of a policy to their plans."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..same import for_the_same
from ..scenario.safeguards import Alert, Safeguard, Safeguards
from ..scenario.schema import Command, Team
from .lengths import length_of
from .plan import (
    AlertPlan,
    ApprovalPlan,
    AutomaticRestorePlan,
    ConfirmPlan,
    Control,
    CoolingOffPlan,
    DeprovisioningPlan,
    JustInTimePlan,
    LeaverWatchPlan,
    LockDownPlan,
    ProbePlan,
    ProtectedListPlan,
    QuickStagePlan,
    RateLimitPlan,
    SafeguardsPlan,
    SeparationPlan,
    StepDownPlan,
)
from .streams import component_id


class Controls:
    """Makes the common part of each safeguard."""

    def __init__(self, commands: Mapping[str, Command]) -> None:
        self._acting = frozenset(commands) - {command.undo for command in commands.values()}

    def __call__(self, name: str, safeguard: Safeguard) -> Control:
        return Control(
            id=component_id(name),
            component=component_id(safeguard.depends_on or name),
            targets=None if safeguard.of is None else frozenset(safeguard.of),
            commands=self._acting if safeguard.commands is None else frozenset(safeguard.commands),
            teams=None if safeguard.teams is None else frozenset(safeguard.teams),
            tools=None if safeguard.tools is None else frozenset(safeguard.tools),
            covers=safeguard.covers.value,
            outage=1.0 - safeguard.works.value,
            stretch=safeguard.stretch.value,
            rots=safeguard.rots.value.per_microsecond,
            mended=safeguard.mended.value,
        )


def places(teams: Mapping[str, Team]) -> dict[str, int]:
    """Each team's place in a plan."""
    return {name: place for place, name in enumerate(teams)}


@for_the_same(256)
def compile_safeguards(
    commands: Mapping[str, Command], given: Safeguards, teams: Mapping[str, Team]
) -> SafeguardsPlan:
    """The plans of the safeguards in force on a platform with these commands and teams."""
    control, index = Controls(commands), places(teams)
    return SafeguardsPlan(
        **_preventing(given, control, teams),
        **_delaying(given, control, index),
        **_detecting(given, control),
        **_restoring(given, control),
    )


def _preventing(given: Safeguards, control: Controls, teams: Mapping[str, Team]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    index = places(teams)
    if (just_in_time := given.just_in_time) is not None:
        made["just_in_time"] = JustInTimePlan(
            control("just_in_time", just_in_time),
            length_of(just_in_time.takes.value),
            just_in_time.lasts.value,
        )
    if (protected_list := given.protected_list) is not None:
        made["protected_list"] = ProtectedListPlan(
            control("protected_list", protected_list),
            None if protected_list.then == "deny" else index[protected_list.then],
            length_of(protected_list.handling.value),
            protected_list.catches.value,
        )
    if (open_report := given.open_report) is not None:
        made["open_report"] = control("open_report", open_report)
    if (step_down := given.step_down) is not None:
        common = control("step_down", step_down)
        made["step_down"] = StepDownPlan(
            common,
            step_down.before_last_shift.value,
            step_down.told_in_time.value,
            frozenset(
                place
                for place, (name, team) in enumerate(teams.items())
                if any(
                    common.reaches(None, tier, command, name, team.tool)
                    for command, tiers in team.may.items()
                    for tier in tiers
                )
            ),
            step_down.rechecked is not None and step_down.rechecked.value,
        )
    if (deprovisioning := given.deprovisioning) is not None:
        made["deprovisioning"] = DeprovisioningPlan(
            control("deprovisioning", deprovisioning),
            length_of(deprovisioning.lag.value),
            length_of(deprovisioning.vendor_lag.value),
            deprovisioning.lost.value,
            length_of(deprovisioning.session_tail.value),
            deprovisioning.rechecked is not None and deprovisioning.rechecked.value,
        )
    if (confirm := given.confirm) is not None:
        made["confirm"] = ConfirmPlan(
            control("confirm", confirm),
            confirm.stops_slips.value,
            confirm.stops_misidentified.value,
            confirm.stops_unexpecting.value,
            confirm.habit.value,
            length_of(confirm.takes.value),
        )
    if (separation_of_duties := given.separation_of_duties) is not None:
        made["separation_of_duties"] = SeparationPlan(
            control("separation_of_duties", separation_of_duties),
            index[separation_of_duties.by],
            length_of(separation_of_duties.takes.value),
            separation_of_duties.catches.value,
        )
    return made


def _delaying(given: Safeguards, control: Controls, index: Mapping[str, int]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if (approval := given.approval) is not None:
        made["approval"] = ApprovalPlan(
            control=control("approval", approval),
            slots=tuple(index[team] for team, count in approval.by.items() for _ in range(count.value)),
            review=length_of(approval.review.value),
            catches=approval.catches.value,
            stamps=approval.stamps.value,
            stamps_per_queued=approval.stamps_per_queued.value,
            time_out=approval.time_out.value,
            lets_through=approval.then == "pass",
            break_glass=approval.off_shift == "pass",
        )
    if (cooling_off := given.cooling_off) is not None:
        made["cooling_off"] = CoolingOffPlan(
            control("cooling_off", cooling_off),
            cooling_off.for_.value,
            cooling_off.watched.value,
            length_of(cooling_off.notices.value),
            cooling_off.holder_told.value,
        )
    if (rate_limit := given.rate_limit) is not None:
        amount = rate_limit.per_agent.value.amount
        unit = round(1.0 / rate_limit.per_agent.value.per_microsecond * amount)
        actions = max(1, math.floor(amount))
        made["rate_limit"] = RateLimitPlan(
            control("rate_limit", rate_limit),
            actions,
            round(unit * actions / amount),
            rate_limit.then == "hold",
        )
    return made


def _ignored(alert: Alert) -> float:
    """The share of alerts ignored: a habit that grows with the false alarms of a day."""
    tires = alert.tires.value * alert.false_alarms.value.per_day
    return float(min(1.0, alert.ignored.value + tires))


def _detecting(given: Safeguards, control: Controls) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if (alert := given.alert) is not None:
        made["alert"] = AlertPlan(
            control("alert", alert),
            length_of(alert.after.value),
            alert.recall.value * (1.0 - _ignored(alert)),
            alert.false_alarms.value.per_microsecond,
            length_of(alert.triage.value),
        )
    if (probe := given.probe) is not None:
        made["probe"] = ProbePlan(control("probe", probe), probe.every.value, probe.recall.value, 1.0)
    if (audit := given.audit) is not None:
        made["audit"] = ProbePlan(
            control("audit", audit), audit.every.value, audit.recall.value, audit.sample.value
        )
    if (leaver_watch := given.leaver_watch) is not None:
        made["leaver_watch"] = LeaverWatchPlan(
            control("leaver_watch", leaver_watch),
            leaver_watch.before_last_shift.value,
            length_of(leaver_watch.after.value),
            leaver_watch.recall.value,
        )
    return made


def _restoring(given: Safeguards, control: Controls) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if (preauthorised_undo := given.preauthorised_undo) is not None:
        made["preauthorised_undo"] = control("preauthorised_undo", preauthorised_undo)
    if (undo_button := given.undo_button) is not None:
        made["undo_button"] = QuickStagePlan(
            control("undo_button", undo_button), length_of(undo_button.restore.value)
        )
    if (on_call := given.on_call) is not None and on_call.pick_up is not None:
        made["quick_pick_up"] = QuickStagePlan(control("on_call", on_call), length_of(on_call.pick_up.value))
    if (automatic_restore := given.automatic_restore) is not None:
        made["automatic_restore"] = AutomaticRestorePlan(
            control("automatic_restore", automatic_restore),
            length_of(automatic_restore.after.value),
            automatic_restore.undoes_honest.value,
        )
    if (lock_down := given.lock_down) is not None:
        made["lock_down"] = LockDownPlan(
            control("lock_down", lock_down), length_of(lock_down.after.value), lock_down.for_.value
        )
    return made
