"""The life of one action: the gates it meets, its effect, and what follows."""

from __future__ import annotations

from . import gates
from ._jit import compiled
from .action import DENIED, PASSED, Gate, Reason, denied, reached
from .clock import Kind, moment
from .detection import automatic_restore, new_darkness, race
from .layout import ACTION, AUTOMATIC_RESTORE, DARK, NIGHT, Night, Real
from .memory import give_back
from .people import Event
from .record import FIRST_ACT, closes, log
from .response import respond
from .rights import lost_meanwhile, rights
from .streams import draw, length
from .then import THEN
from .world import Purpose


@compiled
def live(night: Night, real: Real, action: int) -> None:
    """An action from request to effect, and what follows if it was wrong."""
    why = Reason.URGENT if night[action + ACTION.URGENT] else Reason.NONE
    if night[action + ACTION.WRONGFUL] and not night[action + ACTION.INCIDENT]:
        why = Reason.SLIPPED
    log(night, Event.REQUESTED, night[action + ACTION.ID], night[action + ACTION.AGENT], why)
    night[action + ACTION.GATE] = Gate.RIGHTS
    goes_on(night, real, action, _meets(night, real, action, Gate.RIGHTS))


@compiled
def goes_on(night: Night, real: Real, action: int, answer: int) -> None:
    """What becomes of an action after a gate has answered."""
    while answer == PASSED and night[action + ACTION.GATE] < Gate.COOLING_OFF:
        night[action + ACTION.GATE] += 1
        answer = _meets(night, real, action, night[action + ACTION.GATE])
    if answer == DENIED:
        if night[action + ACTION.INCIDENT]:
            closes(night, 1)
        else:
            give_back(night, action, ACTION.SIZE)
    elif answer == PASSED:
        lag = length(night, real, night[action + ACTION.ID], Purpose.LAG, 0, night[action + ACTION.LAG])
        if lag:
            until = night[NIGHT.NOW] + lag
            moment(night, until, Kind.HELD_EFFECT, night[action + ACTION.ID], 0, THEN.TAKES_EFFECT, action)
        else:
            takes_effect(night, real, action)


@compiled
def _meets(night: Night, real: Real, action: int, gate: int) -> int:
    if gate == Gate.RIGHTS:
        return rights(night, real, action)
    if gate == Gate.JUST_IN_TIME:
        return gates.just_in_time(night, real, action)
    if gate == Gate.CONFIRM:
        return gates.confirm(night, real, action)
    if gate == Gate.PROTECTED_LIST:
        return gates.protected_list(night, real, action)
    if gate == Gate.OPEN_REPORT:
        return gates.open_report(night, real, action)
    if gate == Gate.LOCK_DOWN:
        return gates.lock_down(night, real, action)
    if gate == Gate.RATE_LIMIT:
        return gates.rate_limit(night, real, action)
    if gate == Gate.SEPARATION_OF_DUTIES:
        return gates.separation_of_duties(night, real, action)
    if gate == Gate.APPROVAL:
        return gates.approval(night, real, action)
    return gates.cooling_off(night, real, action)


@compiled
def takes_effect(night: Night, real: Real, action: int) -> None:
    """The command takes effect, unless its agent lost the right while it was held."""
    entity, why_not = night[action + ACTION.ID], lost_meanwhile(night, real, action)
    if why_not != Reason.NONE:
        denied(night, action, Gate.RIGHTS, why_not)
        closes(night, 1)
        return
    log(night, Event.TOOK_EFFECT, entity, night[action + ACTION.AGENT], 0)
    if night[action + ACTION.WRONGFUL]:
        if entity == FIRST_ACT:
            night[NIGHT.EFFECT_OF_FIRST_ACT] = night[NIGHT.NOW]
        _darkness(night, real, action)
    else:
        _undone_by_mistake(night, real, action)


@compiled
def _undone_by_mistake(night: Night, real: Real, action: int) -> None:
    """An automatic restore cannot tell honest work from the other kind."""
    given, entity = night[NIGHT.AUTOMATIC_RESTORE], night[action + ACTION.ID]
    if (
        given
        and reached(night, real, action, given)
        and draw(night, real, entity, Purpose.UNDOES_HONEST, 0)
        < real[given + AUTOMATIC_RESTORE.UNDOES_HONEST]
    ):
        after = length(night, real, entity, Purpose.QUICK_STAGE, 0, night[given + AUTOMATIC_RESTORE.AFTER])
        until = night[NIGHT.NOW] + after
        moment(night, until, Kind.HELD_EFFECT, entity, 0, THEN.WRONGLY_UNDONE, action)
    else:
        give_back(night, action, ACTION.SIZE)


@compiled
def wrongly_undone(night: Night, action: int) -> None:
    """Honest work is undone."""
    log(night, Event.WRONGLY_UNDONE, night[action + ACTION.ID], 0, 0)
    give_back(night, action, ACTION.SIZE)


@compiled
def _darkness(night: Night, real: Real, action: int) -> None:
    """The account is dark: set the channels going, the automatic restore and the response."""
    dark = new_darkness(night, action)
    automatic = automatic_restore(night, real, dark)
    night[dark + DARK.RESTORES_ITSELF] = automatic >= 0
    respond(night, dark)
    race(night, real, dark)
    if automatic >= 0:
        # At a tie with the response's last stage the work done comes first (Kind order).
        entity = night[action + ACTION.ID]
        moment(night, automatic, Kind.HELD_EFFECT, entity, 1, THEN.RESTORED_AUTOMATICALLY, dark)
