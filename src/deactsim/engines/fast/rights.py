"""The first gate: whether an actor still has the right, when he asks and where it is rechecked at the effect."""

from __future__ import annotations

from ...model import rules
from ._jit import compiled
from .action import PASSED, Gate, Reason, agent_of, denied, passed, unreached
from .clock import NEVER
from .layout import ACTION, AGENT, DEPROVISIONING, INCIDENT, NIGHT, STEP_DOWN, TEAM, Night, Real
from .streams import draw, length
from .world import Purpose


@compiled
def rights(night: Night, real: Real, action: int) -> int:
    """Does the agent still hold the right? Only the incident's actor can have lost it."""
    incident = night[action + ACTION.INCIDENT]
    if incident == 0:
        return PASSED
    gate, agent = Gate.RIGHTS, night[action + ACTION.AGENT]
    if night[agent_of(night, action) + AGENT.CONTAINED]:
        return denied(night, action, gate, Reason.CONTAINED)
    if draw(night, real, agent, Purpose.HOLDS_RIGHT, 0) >= real[incident + INCIDENT.AMONG_HOLDERS]:
        return denied(night, action, gate, Reason.NOT_A_HOLDER)
    step, cut = night[NIGHT.STEP_DOWN], night[NIGHT.DEPROVISIONING]
    if step == 0 and cut == 0:
        passed(night, action, gate, Reason.RIGHT_HELD)
    if step:
        reason, ends_at = _stepped_down(night, real, action, incident, step)
        if ends_at <= night[NIGHT.NOW]:
            return denied(night, action, gate, Reason.RIGHT_STEPPED_DOWN)
        passed(night, action, gate, reason)
    if cut:
        reason, ends_at = _cut_off(night, real, action, incident, cut)
        if ends_at <= night[NIGHT.NOW]:
            return denied(night, action, gate, Reason.RIGHT_CUT_OFF)
        passed(night, action, gate, reason)
    return PASSED


@compiled
def lost_meanwhile(night: Night, real: Real, action: int) -> int:
    """Why the actor may not act any more although he might when he asked; NONE where nobody looks again."""
    incident, step, cut = night[action + ACTION.INCIDENT], night[NIGHT.STEP_DOWN], night[NIGHT.DEPROVISIONING]
    if night[agent_of(night, action) + AGENT.CONTAINED]:
        return Reason.CONTAINED
    if incident == 0:
        return Reason.NONE
    if step and night[step + STEP_DOWN.RECHECKED]:
        _, ends_at = _stepped_down(night, real, action, incident, step)
        if ends_at <= night[NIGHT.NOW]:
            return Reason.RIGHT_STEPPED_DOWN
    if cut and night[cut + DEPROVISIONING.RECHECKED]:
        _, ends_at = _cut_off(night, real, action, incident, cut)
        if ends_at <= night[NIGHT.NOW]:
            return Reason.RIGHT_CUT_OFF
    return Reason.NONE


@compiled
def _stepped_down(night: Night, real: Real, action: int, incident: int, step: int) -> tuple[int, int]:
    """Why a leaver has the right until it ends before the last shift does, and when that is."""
    agent, reason, ends_at = night[action + ACTION.AGENT], Reason.NOT_A_LEAVER, NEVER
    if night[incident + INCIDENT.IS_LEAVING]:
        told = draw(night, real, agent, Purpose.TOLD, 0) < real[step + STEP_DOWN.TOLD]
        leaves = night[incident + INCIDENT.LEAVES]
        ends = rules.rights_end_step_down(leaves, night[step + STEP_DOWN.BEFORE], told)
        if ends is not None:
            ends_at = ends
        reason = Reason.BEFORE_STEP_DOWN if told else Reason.NOT_TOLD
        why = unreached(night, real, action, step, agent)
        if why != Reason.NONE:
            reason, ends_at = why, NEVER
    return reason, ends_at


@compiled
def _cut_off(night: Night, real: Real, action: int, incident: int, cut: int) -> tuple[int, int]:
    """Why a leaver has the right until it ends after the last shift, and when that is."""
    agent, reason, ends_at = night[action + ACTION.AGENT], Reason.NOT_A_LEAVER, NEVER
    if night[incident + INCIDENT.IS_LEAVING]:
        lost = draw(night, real, agent, Purpose.TICKET_LOST, 0) < real[cut + DEPROVISIONING.LOST]
        vendor = 0
        if night[night[action + ACTION.TEAM] + TEAM.CONTRACTOR]:
            vendor = length(night, real, agent, Purpose.VENDOR_LAG, 0, night[cut + DEPROVISIONING.VENDOR_LAG])
        ends = rules.rights_end_cut_off(
            night[incident + INCIDENT.LEAVES],
            length(night, real, agent, Purpose.CUT_OFF_LAG, 0, night[cut + DEPROVISIONING.LAG]),
            vendor,
            length(night, real, agent, Purpose.SESSION_TAIL, 0, night[cut + DEPROVISIONING.SESSION_TAIL]),
            lost,
        )
        if ends is not None:
            ends_at = ends
        reason = Reason.TICKET_LOST if lost else Reason.BEFORE_CUT_OFF
        why = unreached(night, real, action, cut, agent)
        if why != Reason.NONE:
            reason, ends_at = why, NEVER
    return reason, ends_at
