"""An action on its way, and how a gate answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...model.plan import Control, IncidentPlan
from ...model.states import Event, Gate, Reason
from ...model.streams import account_id

if TYPE_CHECKING:
    from .night import Night


@dataclass(slots=True)
class Action:
    """A privileged command on an account, asked for by an agent through a tool.

    `id` is its report's or act's; `account` is None for the unnamed accounts of routine work,
    `incident` for routine work. Whoever erred `notices_error`, perhaps; `confirm_stops` is the
    chance that a dialog that is read stops him.
    """

    id: int
    account: str | None
    tier: str
    followers: int
    command: str
    team: str
    tool: str
    agent: int
    wrongful: bool
    notices_error: bool
    open_report: bool
    confirm_stops: float
    incident: IncidentPlan | None = None
    urgent: bool = False

    @property
    def of_incident(self) -> bool:
        """Whether an incident's actor asked for it."""
        return self.incident is not None

    @property
    def target(self) -> int:
        """Whose luck decides whether a list holds the account."""
        return account_id(self.account) if self.account is not None else self.id

    def within(self, control: Control) -> bool:
        """Whether a control is meant to cover this action."""
        return control.reaches(self.account, self.tier, self.command, self.team, self.tool)


def denied(night: Night, action: Action, gate: Gate, reason: Reason) -> bool:
    """Write that a gate stopped the action."""
    night.log(Event.GATE_DENIED, action.id, gate, reason)
    return False


def passed(night: Night, action: Action, gate: Gate, reason: Reason) -> bool:
    """Write that the action got past a gate, and why."""
    night.log(Event.GATE_PASSED, action.id, gate, reason)
    return True


def reached(night: Night, action: Action, control: Control) -> bool:
    """Whether a control covers this action, is in order and really holds the account."""
    return unreached(night, action, control) is None


def unreached(night: Night, action: Action, control: Control, target: int | None = None) -> Reason | None:
    """Why a control does not reach this action; None if it does.

    `target` is whose luck decides whether the control's list holds it: the account, unless
    the control lists people.
    """
    if not action.within(control):
        return Reason.NOT_COVERED
    if not night.world.in_order(control, night.now):
        return Reason.OUT_OF_ORDER
    if not night.world.covered(control, action.target if target is None else target, night.now):
        return Reason.LIST_STALE
    return None
