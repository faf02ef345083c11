"""The first gate: whether an actor still has the right, when he asks and where it is rechecked at the effect."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from ...model import rules
from ...model.plan import DeprovisioningPlan, IncidentPlan, StepDownPlan
from ...model.states import Gate, Reason
from ...model.streams import Purpose
from .action import Action, denied, passed, unreached

if TYPE_CHECKING:
    from .night import Night

Passes = Generator[simpy.Event, Any, bool]


def rights(night: Night, action: Action) -> Passes:
    """Does the agent still hold the right? Only the incident's actor can have lost it."""
    incident, given = action.incident, night.plan.safeguards
    if incident is None:
        return True
    gate = Gate.RIGHTS
    if action.agent in night.contained:
        return denied(night, action, gate, Reason.CONTAINED)
    if night.world.draw(action.agent, Purpose.HOLDS_RIGHT) >= incident.among_holders:
        return denied(night, action, gate, Reason.NOT_A_HOLDER)
    if given.step_down is None and given.deprovisioning is None:
        passed(night, action, gate, Reason.RIGHT_HELD)
    if given.step_down is not None:
        reason, ends_at = _stepped_down(night, action, incident, given.step_down)
        if ends_at is not None and ends_at <= night.now:
            return denied(night, action, gate, Reason.RIGHT_STEPPED_DOWN)
        passed(night, action, gate, reason)
    if given.deprovisioning is not None:
        reason, ends_at = _cut_off(night, action, incident, given.deprovisioning)
        if ends_at is not None and ends_at <= night.now:
            return denied(night, action, gate, Reason.RIGHT_CUT_OFF)
        passed(night, action, gate, reason)
    yield from ()  # a gate is a generator even where it never waits
    return True


def lost_meanwhile(night: Night, action: Action) -> Reason | None:
    """Why the actor may not act any more although he might when he asked; None where nobody looks again."""
    incident, step, cut = (
        action.incident,
        night.plan.safeguards.step_down,
        night.plan.safeguards.deprovisioning,
    )
    if action.agent in night.contained:
        return Reason.CONTAINED
    if incident is None:
        return None
    if step is not None and step.rechecked:
        _, ends_at = _stepped_down(night, action, incident, step)
        if ends_at is not None and ends_at <= night.now:
            return Reason.RIGHT_STEPPED_DOWN
    if cut is not None and cut.rechecked:
        _, ends_at = _cut_off(night, action, incident, cut)
        if ends_at is not None and ends_at <= night.now:
            return Reason.RIGHT_CUT_OFF
    return None


def _stepped_down(
    night: Night, action: Action, incident: IncidentPlan, step: StepDownPlan
) -> tuple[Reason, int | None]:
    """When a leaver loses the right before the last shift ends, if anybody was told; and why he has it until then."""
    leaves = night.world.leaving(incident)
    if leaves is None:
        return Reason.NOT_A_LEAVER, None
    if (why := unreached(night, action, step.control, action.agent)) is not None:
        return why, None
    told = night.world.draw(action.agent, Purpose.TOLD) < step.told
    ends_at = rules.rights_end_step_down(leaves, step.before, told)
    return Reason.BEFORE_STEP_DOWN if told else Reason.NOT_TOLD, ends_at


def _cut_off(
    night: Night, action: Action, incident: IncidentPlan, cut: DeprovisioningPlan
) -> tuple[Reason, int | None]:
    """When a leaver loses the right after the last shift, unless the ticket is lost."""
    world, leaves = night.world, night.world.leaving(incident)
    if leaves is None:
        return Reason.NOT_A_LEAVER, None
    if (why := unreached(night, action, cut.control, action.agent)) is not None:
        return why, None
    lost = world.draw(action.agent, Purpose.TICKET_LOST) < cut.lost
    contractor = night.plan.teams[incident.team].contractor
    ends_at = rules.rights_end_cut_off(
        leaves,
        world.length(action.agent, Purpose.CUT_OFF_LAG, 0, cut.lag),
        world.length(action.agent, Purpose.VENDOR_LAG, 0, cut.vendor_lag) if contractor else 0,
        world.length(action.agent, Purpose.SESSION_TAIL, 0, cut.session_tail),
        lost,
    )
    return Reason.TICKET_LOST if lost else Reason.BEFORE_CUT_OFF, ends_at
