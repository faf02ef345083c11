"""The life of one action: the gates it meets, its effect, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from ...model.states import Event, Gate, Kind, Reason, Route
from ...model.streams import Purpose, act_id
from .action import Action, denied, reached
from .detection import Darkness, Race, automatic_restore, notices
from .gates import GATES
from .response import respond
from .rights import lost_meanwhile

if TYPE_CHECKING:
    from .night import Night


def live(night: Night, action: Action) -> simpy.events.ProcessGenerator:
    """An action from request to effect, and what follows if it was wrong."""
    why = Reason.URGENT if action.urgent else Reason.NONE
    if action.wrongful and not action.of_incident:
        why = Reason.SLIPPED
    night.log(Event.REQUESTED, action.id, action.agent, why)
    for gate in GATES:
        passes = yield from gate(night, action)
        if not passes:
            if action.of_incident:
                night.closes(needs_people=True)
            return
    lag = night.world.length(action.id, Purpose.LAG, 0, night.commands[action.command].lag)
    if lag:
        yield night.moment(night.now + lag, Kind.HELD_EFFECT, action.id)
    if (why_not := lost_meanwhile(night, action)) is not None:  # while it was held
        denied(night, action, Gate.RIGHTS, why_not)
        night.closes(needs_people=True)
        return
    night.log(Event.TOOK_EFFECT, action.id, action.agent)
    if action.wrongful:
        if action.id == act_id(0):
            night.effect_of_first_act = night.now
        darkness(night, action)
    else:
        yield from undone_by_mistake(night, action)


def undone_by_mistake(night: Night, action: Action) -> simpy.events.ProcessGenerator:
    """An automatic restore cannot tell honest work from the other kind."""
    restore = night.plan.safeguards.automatic_restore
    if restore is None or not reached(night, action, restore.control):
        return
    if night.world.draw(action.id, Purpose.UNDOES_HONEST) < restore.undoes_honest:
        after = night.world.length(action.id, Purpose.QUICK_STAGE, 0, restore.after)
        yield night.moment(night.now + after, Kind.HELD_EFFECT, action.id)
        night.log(Event.WRONGLY_UNDONE, action.id)


def darkness(night: Night, action: Action) -> None:
    """The account is dark: set the channels going, the automatic restore and the response."""
    dark = Darkness(night, action)
    race = Race(night, dark)
    automatic = automatic_restore(night, dark)
    dark.restores_itself = automatic is not None
    respond(night, dark, race)
    for time, channel in notices(night, dark):
        race.enter(time, channel)
    race.begin()
    if automatic is not None:
        # At a tie with the response's last stage the work done comes first (Kind order).
        moment = night.moment(automatic, Kind.HELD_EFFECT, action.id, 1)
        moment.then(lambda: dark.restore(Route.AUTOMATIC))
