"""Detection: channels race to notice a wrongful action, and word has to reach the platform."""

from __future__ import annotations

from ...model import rules, states
from ._jit import compiled, integers
from .action import Reason, agent_of, reached
from .approval import OWN_UNDO, WAITING, ask_for, covers_undo, forget_request, new_request
from .clock import Kind, moment, start, wake
from .gates import Channel
from .layout import (
    ACTION,
    AGENT,
    ALERT,
    APPROVAL,
    AUTOMATIC_RESTORE,
    CONTROL,
    DARK,
    INCIDENT,
    LEAVER_WATCH,
    LOOK,
    NIGHT,
    REQUEST,
    Night,
    Real,
)
from .memory import new
from .people import Event
from .record import Stage, closes, log, opens, stage_end
from .streams import draw, length
from .then import THEN
from .world import Purpose

Route = integers(states.Route)


@compiled
def new_darkness(night: Night, action: int) -> int:
    """A wrongful action that took effect: dark since now, until it is visible again."""
    dark = new(night, DARK.SIZE)
    night[dark + DARK.ACTION] = action
    night[dark + DARK.SINCE] = night[NIGHT.NOW]
    night[dark + DARK.HAS_WORD] = 0
    night[dark + DARK.VISIBLE] = 0
    night[dark + DARK.CLOSES_WHEN_VISIBLE] = 0
    night[dark + DARK.RESTORES_ITSELF] = 0
    night[dark + DARK.LASTS] = 0
    night[dark + DARK.RUNNING] = 0
    night[dark + DARK.AHEAD] = 0
    return dark


@compiled
def restore(night: Night, dark: int, route: int) -> None:
    """The account is visible again, by this route; a second restore changes nothing."""
    if night[dark + DARK.VISIBLE]:
        return
    night[dark + DARK.VISIBLE] = 1
    action = night[dark + DARK.ACTION]
    log(night, Event.VISIBLE, night[action + ACTION.ID], route, 0)
    if night[action + ACTION.INCIDENT] and night[NIGHT.AUDIENCE]:
        opens(night, 0)
        start(night, THEN.AUDIENCE, dark)
    if night[dark + DARK.CLOSES_WHEN_VISIBLE]:
        closes(night, 0)


@compiled
def automatic_restore(night: Night, real: Real, dark: int) -> int:
    """When a watchdog will undo the action; -1 if it will not."""
    given, action = night[NIGHT.AUTOMATIC_RESTORE], night[dark + DARK.ACTION]
    if given == 0 or not reached(night, real, action, given):
        return -1
    entity = night[action + ACTION.ID]
    after = night[given + AUTOMATIC_RESTORE.AFTER]
    drawn = length(night, real, entity, Purpose.STAGE, Stage.AUTOMATIC, after)
    return stage_end(night, Stage.AUTOMATIC, entity, drawn)


@compiled
def race(night: Night, real: Real, dark: int) -> None:
    """Set every channel going that will notice."""
    action, now = night[dark + DARK.ACTION], night[NIGHT.NOW]
    entity = night[action + ACTION.ID]
    alert = night[NIGHT.ALERT]
    if (
        alert
        and reached(night, real, action, alert)
        and _chance(night, real, entity, Channel.ALERT, real[alert + ALERT.RECALL])
    ):
        _enter(
            night,
            dark,
            _delayed(night, real, entity, Channel.ALERT, night[alert + ALERT.AFTER]),
            Channel.ALERT,
        )
    _regular_look(night, real, dark, Channel.PROBE, night[NIGHT.PROBE])
    _regular_look(night, real, dark, Channel.AUDIT, night[NIGHT.AUDIT])
    watch, incident = night[NIGHT.LEAVER_WATCH], night[action + ACTION.INCIDENT]
    if (
        watch
        and reached(night, real, action, watch)
        and incident
        and night[incident + INCIDENT.IS_LEAVING]
        and night[incident + INCIDENT.LEAVES] - night[watch + LEAVER_WATCH.BEFORE] <= now
        and _chance(night, real, entity, Channel.LEAVER_WATCH, real[watch + LEAVER_WATCH.RECALL])
    ):
        after = night[watch + LEAVER_WATCH.AFTER]
        _enter(night, dark, _delayed(night, real, entity, Channel.LEAVER_WATCH, after), Channel.LEAVER_WATCH)
    if night[NIGHT.HAS_COLLEAGUE] and _chance(
        night, real, entity, Channel.COLLEAGUE, real[NIGHT.COLLEAGUE_CHANCE]
    ):
        delay = night[NIGHT.COLLEAGUE_DELAY]
        drawn = length(night, real, entity, Purpose.CHANNEL_DELAY, Channel.COLLEAGUE, delay)
        _enter(night, dark, stage_end(night, Stage.COLLEAGUE_NOTICE, entity, drawn), Channel.COLLEAGUE)
    if (
        night[NIGHT.HAS_ACTOR]
        and night[action + ACTION.NOTICES_ERROR]  # whoever meant it has nothing to notice
        and _chance(night, real, entity, Channel.ACTOR, real[NIGHT.ACTOR_CHANCE])
    ):
        drawn = length(night, real, entity, Purpose.CHANNEL_DELAY, Channel.ACTOR, night[NIGHT.ACTOR_DELAY])
        _enter(night, dark, stage_end(night, Stage.ACTOR_UNDOES, entity, drawn), Channel.ACTOR)
    if night[NIGHT.HAS_PUBLIC] and _chance(night, real, entity, Channel.PUBLIC, real[NIGHT.PUBLIC_CHANCE]):
        drawn = length(
            night, real, entity, Purpose.CHANNEL_DELAY, Channel.PUBLIC, night[action + ACTION.PUBLIC]
        )
        _enter(night, dark, stage_end(night, Stage.PUBLIC_NOTICE, entity, drawn), Channel.PUBLIC)
    if night[NIGHT.HAS_HOLDER] and _chance(night, real, entity, Channel.HOLDER, real[NIGHT.HOLDER_CHANCE]):
        drawn = length(night, real, entity, Purpose.CHANNEL_DELAY, Channel.HOLDER, night[NIGHT.HOLDER_DELAY])
        _enter(night, dark, stage_end(night, Stage.HOLDER_NOTICE, entity, drawn), Channel.HOLDER)
    if night[dark + DARK.RUNNING] == 0:
        _nobody(night, dark)


@compiled
def _chance(night: Night, real: Real, entity: int, channel: int, chance: float) -> bool:
    return draw(night, real, entity, Purpose.CHANNEL_CHANCE, channel) < chance


@compiled
def _delayed(night: Night, real: Real, entity: int, channel: int, delay: int) -> int:
    return night[NIGHT.NOW] + length(night, real, entity, Purpose.CHANNEL_DELAY, channel, delay)


@compiled
def _regular_look(night: Night, real: Real, dark: int, channel: int, look: int) -> None:
    """A regular look enters if it will ever see the action."""
    action = night[dark + DARK.ACTION]
    if look == 0 or not reached(night, real, action, look):
        return
    every, recall = night[look + LOOK.EVERY], real[look + LOOK.RECALL]
    phase = draw(night, real, night[look + CONTROL.ID], Purpose.PROBE_PHASE, 0)
    first = rules.next_look(night[NIGHT.NOW], every, phase)
    u = draw(night, real, night[action + ACTION.ID], Purpose.CHANNEL_CHANCE, channel)
    if channel == Channel.AUDIT:
        # An action is in the sample of one review or of none.
        if u < real[look + LOOK.SAMPLE] * recall:
            _enter(night, dark, first, channel)
    elif recall > 0.0:
        _enter(night, dark, rules.look_that_sees(first, every, rules.looks_until_seen(recall, u)), channel)


@compiled
def _enter(night: Night, dark: int, time: int, channel: int) -> None:
    """A channel that will notice at `time`."""
    entity = night[night[dark + DARK.ACTION] + ACTION.ID]
    night[dark + DARK.RUNNING] += 1
    moment(night, time, Kind.ARRIVAL, entity, channel, THEN.NOTICE + channel - 1, dark)


@compiled
def notice(night: Night, real: Real, dark: int, channel: int) -> None:
    """A channel notices; what is visible again is no longer noticed."""
    if night[dark + DARK.VISIBLE]:
        _drop_out(night, dark)
        return
    action = night[dark + DARK.ACTION]
    entity = night[action + ACTION.ID]
    log(night, Event.NOTICED, entity, channel, 0)
    if (
        channel == Channel.ACTOR
        and night[NIGHT.ACTOR_UNDOES]
        and not night[agent_of(night, action) + AGENT.CONTAINED]
    ):
        _undo_own(night, real, dark)
    if channel == Channel.PUBLIC or channel == Channel.HOLDER:  # outside the platform
        drawn = length(night, real, entity, Purpose.WORD, channel, night[NIGHT.WORD])
        stage = Stage.PUBLIC_WORD if channel == Channel.PUBLIC else Stage.HOLDER_WORD
        until = stage_end(night, stage, entity, drawn)
        moment(night, until, Kind.ARRIVAL, entity, channel, THEN.WORD + channel - 1, dark)
    else:
        word(night, dark, channel)


@compiled
def _undo_own(night: Night, real: Real, dark: int) -> None:
    """Who noticed his own error undoes it, at once unless somebody has to approve."""
    given = night[NIGHT.APPROVAL]
    if given and covers_undo(night, real, given, night[dark + DARK.ACTION], OWN_UNDO):
        start(night, THEN.UNDO_OWN, dark)
    else:
        restore(night, dark, Route.ACTOR)


@compiled
def undo_own(night: Night, dark: int) -> None:
    """Ask for the undo."""
    action = night[dark + DARK.ACTION]
    purpose, agent = Purpose.OWN_UNDO_REVIEW, night[action + ACTION.AGENT]
    _ask_to_undo(night, new_request(night, action, purpose, agent, 0, dark, Reason.OWN_UNDO))


@compiled
def _ask_to_undo(night: Night, request: int) -> None:
    """Ask, after a time-out again while he has the right; what is approved is carried out."""
    dark, lets_through = (
        night[request + REQUEST.OF_UNDO],
        night[night[NIGHT.APPROVAL] + APPROVAL.LETS_THROUGH],
    )
    agent = agent_of(night, night[dark + DARK.ACTION])
    while not night[dark + DARK.VISIBLE] and not night[agent + AGENT.CONTAINED]:
        reason = ask_for(night, request)
        if reason == WAITING:
            return
        if reason != Reason.TIMED_OUT or lets_through:
            restore(night, dark, Route.ACTOR)
            break
        night[request + REQUEST.ATTEMPT] += 1
    forget_request(night, request)


@compiled
def own_undo_answered(night: Night, request: int, reason: int) -> None:
    """The approvers of the actor's own undo have answered, or have not in time."""
    if reason == Reason.TIMED_OUT and not night[night[NIGHT.APPROVAL] + APPROVAL.LETS_THROUGH]:
        night[request + REQUEST.ATTEMPT] += 1
        _ask_to_undo(night, request)
    else:
        restore(night, night[request + REQUEST.OF_UNDO], Route.ACTOR)
        forget_request(night, request)


@compiled
def word(night: Night, dark: int, channel: int) -> None:
    """Word reaches the platform; the first counts."""
    if night[dark + DARK.HAS_WORD] == 0:
        log(night, Event.WORD_ARRIVES, night[night[dark + DARK.ACTION] + ACTION.ID], channel, 0)
        night[dark + DARK.HAS_WORD] = 1
        wake(night, THEN.WORD_HAS_COME, dark)
    _drop_out(night, dark)


@compiled
def _drop_out(night: Night, dark: int) -> None:
    night[dark + DARK.RUNNING] -= 1
    if night[dark + DARK.RUNNING] == 0 and night[dark + DARK.HAS_WORD] == 0:
        _nobody(night, dark)


@compiled
def _nobody(night: Night, dark: int) -> None:
    """Nobody will bring word: only an automatic restore, and nobody's work, can still end it.

    Where there is none the account stays dark, and the loss of its content is the last that happens to it.
    """
    if night[night[dark + DARK.ACTION] + ACTION.INCIDENT] == 0:
        return
    if night[dark + DARK.VISIBLE]:
        closes(night, 1)
    else:
        night[NIGHT.NEEDING_PEOPLE] -= 1
        if night[dark + DARK.RESTORES_ITSELF]:
            night[dark + DARK.CLOSES_WHEN_VISIBLE] = 1
        else:
            night[dark + DARK.LASTS] = 1
