"""An action on its way, and how a gate answers it."""

from __future__ import annotations

from ...model import states
from ._jit import compiled, integers
from .layout import ACTION, AGENT, CONTROL, NIGHT, Night, Real
from .people import Event
from .record import log
from .world import covered, in_order

Gate = integers(states.Gate)
Reason = integers(states.Reason)

#: How a gate answers.
DENIED, PASSED, WAITS = 0, 1, 2


@compiled
def denied(night: Night, action: int, gate: int, reason: int) -> int:
    """Write that a gate stopped the action."""
    log(night, Event.GATE_DENIED, night[action + ACTION.ID], gate, reason)
    return DENIED


@compiled
def passed(night: Night, action: int, gate: int, reason: int) -> int:
    """Write that the action got past a gate, and why."""
    log(night, Event.GATE_PASSED, night[action + ACTION.ID], gate, reason)
    return PASSED


@compiled
def reached(night: Night, real: Real, action: int, control: int) -> bool:
    """Whether a control covers this action, is in order and really holds the account."""
    return unreached(night, real, action, control, night[action + ACTION.TARGET]) == Reason.NONE


@compiled
def unreached(night: Night, real: Real, action: int, control: int, target: int) -> int:
    """Why a control does not reach this action; NONE if it does.

    `target` is whose luck decides whether the control's list holds it: the account, unless
    the control lists people.
    """
    if night[night[action + ACTION.REACHED] + night[control + CONTROL.NUMBER]] == 0:
        return Reason.NOT_COVERED
    if not in_order(night, real, control, night[NIGHT.NOW]):
        return Reason.OUT_OF_ORDER
    if not covered(night, real, control, target, night[NIGHT.NOW]):
        return Reason.LIST_STALE
    return Reason.NONE


@compiled
def agent_of(night: Night, action: int) -> int:
    """The record of what the night knows of an action's agent."""
    return night[NIGHT.AGENTS] + AGENT.SIZE * night[action + ACTION.AGENT_NUMBER]
