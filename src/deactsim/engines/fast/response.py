"""The response: from the page to the visible account, the contained actor and the statements."""

from __future__ import annotations

from ._jit import compiled
from .action import Reason, agent_of, reached
from .approval import RESPONDERS_UNDO, WAITING, ask_for, covers_undo, forget_request, new_request
from .clock import Kind, moment
from .detection import Route, restore
from .layout import (
    ACTION,
    AGENT,
    APPROVAL,
    DARK,
    INCIDENT,
    LOCK_DOWN,
    NIGHT,
    QUICK,
    REQUEST,
    TEAM,
    Night,
    Real,
)
from .people import ANYBODY, Event, release, resumes, stand_by, submit, work
from .record import Stage, closes, known, log, opens, stage_end
from .streams import length
from .then import THEN
from .world import Purpose


@compiled
def entity_of(night: Night, dark: int) -> int:
    """Whose event it is: the dark account's action."""
    return night[night[dark + DARK.ACTION] + ACTION.ID]


@compiled
def respond(night: Night, dark: int) -> None:
    """The platform will answer once word has come; content is lost at a set time."""
    until = night[dark + DARK.SINCE] + night[NIGHT.RETENTION]
    if until < night[NIGHT.END]:
        moment(night, until, Kind.HELD_EFFECT, entity_of(night, dark), 2, THEN.CONTENT_LOST, dark)


@compiled
def word_has_come(night: Night, real: Real, dark: int) -> None:
    """A responder is paged; the platform will speak, and perhaps freeze such actions."""
    people, entity = night[NIGHT.RESPONDERS], entity_of(night, dark)
    log(night, Event.PAGED, entity, night[people + TEAM.ID], 0)
    submit(night, people, dark, entity, 0, 0, ANYBODY, 0, 0, THEN.RESPONDER_TAKES)
    _speak(night, real, dark)
    _lock_down(night, real, dark)


@compiled
def responder_takes(night: Night, real: Real, dark: int) -> None:
    """A responder picks up."""
    responder = night[dark + DARK.TAKEN_BY]
    night[dark + DARK.RESPONDER] = responder
    log(night, Event.RESPONDER_TAKES, entity_of(night, dark), responder, 0)
    ends = _quickened(night, real, dark, Stage.PICK_UP, night[NIGHT.PICK_UP], night[NIGHT.QUICK_PICK_UP])
    work(night, responder, ends - night[NIGHT.NOW], THEN.PICKED_UP, dark)


@compiled
def picked_up(night: Night, real: Real, dark: int) -> None:
    """Restore at once where that was authorised before, else find the cause."""
    responder, entity = night[dark + DARK.RESPONDER], entity_of(night, dark)
    log(night, Event.PICKED_UP, entity, responder, 0)
    control = night[NIGHT.PREAUTHORISED]
    if (
        not night[dark + DARK.VISIBLE]
        and control
        and reached(night, real, night[dark + DARK.ACTION], control)
    ):
        log(night, Event.UNDO_AUTHORISED, entity, responder, Reason.PREAUTHORISED)
        night[dark + DARK.AHEAD] = 1
        _restore(night, real, dark)
    else:
        _find_cause(night, real, dark)


@compiled
def _stage(night: Night, real: Real, dark: int, stage: int, takes: int, then: int) -> None:
    """A stage of the responder's work."""
    entity = entity_of(night, dark)
    ends = stage_end(night, stage, entity, length(night, real, entity, Purpose.STAGE, stage, takes))
    work(night, night[dark + DARK.RESPONDER], ends - night[NIGHT.NOW], then, dark)


@compiled
def _quickened(night: Night, real: Real, dark: int, stage: int, takes: int, quick: int) -> int:
    """When a stage that begins now ends: what is prepared is never slower than without it."""
    entity = entity_of(night, dark)
    ends = stage_end(night, stage, entity, length(night, real, entity, Purpose.STAGE, stage, takes))
    if quick and reached(night, real, night[dark + DARK.ACTION], quick):
        drawn = length(night, real, entity, Purpose.QUICK_STAGE, stage, night[quick + QUICK.LENGTH])
        ends = min(ends, night[NIGHT.NOW] + drawn)
    return ends


@compiled
def _find_cause(night: Night, real: Real, dark: int) -> None:
    _stage(night, real, dark, Stage.FIND_CAUSE, night[NIGHT.FIND_CAUSE], THEN.CAUSE_FOUND)


@compiled
def cause_found(night: Night, real: Real, dark: int) -> None:
    """The cause names the actor, who is then contained; the undo has to be authorised."""
    entity, incident = entity_of(night, dark), night[night[dark + DARK.ACTION] + ACTION.INCIDENT]
    log(night, Event.CAUSE_FOUND, entity, night[dark + DARK.RESPONDER], 0)
    if incident:
        opens(night, 0)
        # One actor, one draw: many responses do not make him quicker to contain.
        drawn = length(
            night, real, night[incident + INCIDENT.ID], Purpose.STAGE, Stage.CONTAIN, night[NIGHT.CONTAIN]
        )
        drawn = known(night, Stage.CONTAIN, night[incident + INCIDENT.ID], drawn)
        ends = stage_end(night, Stage.CONTAIN, entity, drawn)
        moment(night, ends, Kind.ENDS, entity, 3, THEN.CONTAINED, dark)
    if night[dark + DARK.AHEAD] or night[dark + DARK.VISIBLE]:
        _is_free(night, dark)
    else:
        _stage(night, real, dark, Stage.AUTHORISE, night[NIGHT.AUTHORISE], THEN.AUTHORISED)


@compiled
def contained(night: Night, dark: int) -> None:
    """The actor is contained, if he is not yet."""
    action = night[dark + DARK.ACTION]
    agent = agent_of(night, action)
    if night[agent + AGENT.CONTAINED] == 0:
        night[agent + AGENT.CONTAINED] = 1
        log(night, Event.CONTAINED, night[action + ACTION.ID], night[action + ACTION.AGENT], 0)
    closes(night, 0)


@compiled
def authorised(night: Night, real: Real, dark: int) -> None:
    """Where approval also covers the undo, the responder asks for it, and may review meanwhile."""
    given, action = night[NIGHT.APPROVAL], night[dark + DARK.ACTION]
    if given == 0 or not covers_undo(night, real, given, action, RESPONDERS_UNDO):
        undo(night, real, dark)
        return
    responder = night[dark + DARK.RESPONDER]
    request = new_request(night, action, Purpose.UNDO_REVIEW, responder, 0, dark, 0)
    stand_by(night, request)
    _ask_to_undo(night, real, request)


@compiled
def _ask_to_undo(night: Night, real: Real, request: int) -> None:
    """Ask, again after a time-out, as long as the account is dark."""
    dark = night[request + REQUEST.OF_UNDO]
    while not night[dark + DARK.VISIBLE]:
        reason = ask_for(night, request)
        if reason == WAITING:
            return
        if reason != Reason.TIMED_OUT or night[night[NIGHT.APPROVAL] + APPROVAL.LETS_THROUGH]:
            break
        night[request + REQUEST.ATTEMPT] += 1
    _go_on(night, real, request)


@compiled
def undo_answered(night: Night, real: Real, request: int, reason: int) -> None:
    """The approvers of an undo have answered, or have not in time."""
    if reason == Reason.TIMED_OUT and not night[night[NIGHT.APPROVAL] + APPROVAL.LETS_THROUGH]:
        night[request + REQUEST.ATTEMPT] += 1
        _ask_to_undo(night, real, request)
    else:
        _go_on(night, real, request)


@compiled
def _go_on(night: Night, real: Real, request: int) -> None:
    """Nothing is left to ask: the responder goes on, as soon as no review keeps him."""
    if resumes(night, request):
        has_resumed(night, real, request)


@compiled
def has_resumed(night: Night, real: Real, request: int) -> None:
    """The responder is back at his own undo."""
    dark = night[request + REQUEST.OF_UNDO]
    forget_request(night, request)
    undo(night, real, dark)


@compiled
def undo(night: Night, real: Real, dark: int) -> None:
    """The undo is authorised, if the account is still dark."""
    if night[dark + DARK.VISIBLE]:
        _is_free(night, dark)
    else:
        log(night, Event.UNDO_AUTHORISED, entity_of(night, dark), night[dark + DARK.RESPONDER], 0)
        _restore(night, real, dark)


@compiled
def _restore(night: Night, real: Real, dark: int) -> None:
    """The last stage; a prepared undo never takes longer than restoring by hand."""
    ends = _quickened(night, real, dark, Stage.RESTORE, night[NIGHT.RESTORE], night[NIGHT.UNDO_BUTTON])
    work(night, night[dark + DARK.RESPONDER], ends - night[NIGHT.NOW], THEN.RESTORED, dark)


@compiled
def restored(night: Night, real: Real, dark: int) -> None:
    """The account is back; the cause is still to be found where the undo came first."""
    restore(night, dark, Route.RESPONSE)
    if night[dark + DARK.AHEAD]:
        _find_cause(night, real, dark)
    else:
        _is_free(night, dark)


@compiled
def _is_free(night: Night, dark: int) -> None:
    responder = night[dark + DARK.RESPONDER]
    release(night, night[NIGHT.RESPONDERS], responder)
    log(night, Event.RESPONDER_FREE, entity_of(night, dark), responder, 0)
    if night[night[dark + DARK.ACTION] + ACTION.INCIDENT]:
        closes(night, 1)


# -- what follows -------------------------------------------------------------------------


@compiled
def _speak(night: Night, real: Real, dark: int) -> None:
    """The platform's statements: the first after word has come, the second after the first."""
    if night[night[dark + DARK.ACTION] + ACTION.INCIDENT] and night[NIGHT.FIRST_STATEMENT]:
        opens(night, 0)
        _pause(
            night, real, dark, Stage.FIRST_STATEMENT, night[NIGHT.FIRST_STATEMENT], 12, THEN.FIRST_STATEMENT
        )


@compiled
def first_statement(night: Night, real: Real, dark: int) -> None:
    """The first is out."""
    log(night, Event.FIRST_STATEMENT, entity_of(night, dark), 0, 0)
    second = night[NIGHT.SECOND_STATEMENT]
    if second:
        _pause(night, real, dark, Stage.SECOND_STATEMENT, second, 13, THEN.SECOND_STATEMENT)
    else:
        closes(night, 0)


@compiled
def second_statement(night: Night, dark: int) -> None:
    """So is the second."""
    log(night, Event.SECOND_STATEMENT, entity_of(night, dark), 0, 0)
    closes(night, 0)


@compiled
def _pause(night: Night, real: Real, dark: int, stage: int, takes: int, sub: int, then: int) -> None:
    entity = entity_of(night, dark)
    ends = stage_end(night, stage, entity, length(night, real, entity, Purpose.STAGE, stage, takes))
    moment(night, ends, Kind.ARRIVAL, entity, sub, then, dark)


@compiled
def _lock_down(night: Night, real: Real, dark: int) -> None:
    """Freeze such actions some time after word has come, for a while."""
    given = night[NIGHT.LOCK_DOWN]
    if given and reached(night, real, night[dark + DARK.ACTION], given):
        entity = entity_of(night, dark)
        after = length(night, real, entity, Purpose.LOCK, 0, night[given + LOCK_DOWN.AFTER])
        moment(night, night[NIGHT.NOW] + after, Kind.ENDS, entity, 6, THEN.LOCKS, dark)


@compiled
def locks(night: Night, dark: int) -> None:
    """All such actions are frozen."""
    entity = entity_of(night, dark)
    log(night, Event.LOCKED_DOWN, entity, 0, 0)
    night[NIGHT.LOCKED_UNTIL] = night[NIGHT.NOW] + night[night[NIGHT.LOCK_DOWN] + LOCK_DOWN.HOLD]
    moment(night, night[NIGHT.LOCKED_UNTIL], Kind.BEGINS, entity, 6, THEN.LOCK_LIFTS, dark)


@compiled
def lock_lifts(night: Night, dark: int) -> None:
    """The freeze that this response began is over."""
    log(night, Event.LOCK_LIFTED, entity_of(night, dark), 0, 0)


@compiled
def audience(night: Night, real: Real, dark: int) -> None:
    """Visible is one thing, follower counts whole again another."""
    entity = entity_of(night, dark)
    drawn = length(night, real, entity, Purpose.STAGE, Stage.AUDIENCE_WHOLE, night[NIGHT.AUDIENCE])
    night[dark + DARK.AUDIENCE_BEGAN] = night[NIGHT.NOW]
    night[dark + DARK.AUDIENCE_END] = stage_end(night, Stage.AUDIENCE_WHOLE, entity, drawn)
    night[dark + DARK.AUDIENCE_STEP] = 0
    _audience_comes(night, dark)


@compiled
def _audience_comes(night: Night, dark: int) -> None:
    """Step by step, then all."""
    entity, steps = entity_of(night, dark), night[NIGHT.AUDIENCE_STEPS]
    begins, ends = night[dark + DARK.AUDIENCE_BEGAN], night[dark + DARK.AUDIENCE_END]
    while night[dark + DARK.AUDIENCE_STEP] < steps:
        at = begins + (ends - begins) * night[dark + DARK.AUDIENCE_STEP] // steps
        if at > night[NIGHT.NOW]:
            moment(night, at, Kind.ARRIVAL, entity, 14, THEN.AUDIENCE_STEP, dark)
            return
        night[dark + DARK.AUDIENCE_STEP] += 1
        log(night, Event.AUDIENCE_STEP, entity, night[dark + DARK.AUDIENCE_STEP], 0)
    moment(night, ends, Kind.ARRIVAL, entity, 14, THEN.AUDIENCE_WHOLE, dark)


@compiled
def audience_step(night: Night, dark: int) -> None:
    """The moment of a step has come."""
    _audience_comes(night, dark)


@compiled
def audience_whole(night: Night, dark: int) -> None:
    """All of it is back."""
    log(night, Event.AUDIENCE_WHOLE, entity_of(night, dark), 0, 0)
    closes(night, 0)


@compiled
def content_lost(night: Night, dark: int) -> None:
    """Past retention what is still dark comes back without its content, if at all."""
    if not night[dark + DARK.VISIBLE]:
        log(night, Event.CONTENT_LOST, entity_of(night, dark), 0, 0)
        if night[dark + DARK.LASTS]:
            closes(night, 0)
