"""Approvers asked one after another, for an action or for the responder's undo of it."""

from __future__ import annotations

from ...model import rules
from ._jit import compiled
from .action import Gate, Reason
from .clock import Kind, moment, start, wake
from .layout import (
    ACTION,
    APPROVAL,
    ASKING,
    INCIDENT,
    NIGHT,
    REQUEST,
    TEAM,
    Night,
    Real,
)
from .memory import give_back, new
from .people import REVIEW, Event, release, submit, withdraw, work
from .record import log
from .streams import draw, length
from .then import THEN
from .world import Purpose, covered, in_order

#: No reason yet: somebody is asked.
WAITING = -1
#: Whose undo of an action approval covers: bits of `UNDO_REACHED`.
RESPONDERS_UNDO, OWN_UNDO = 1, 2


@compiled
def new_request(
    night: Night, action: int, purpose: int, asker: int, wrongful: int, of_undo: int, mark: int
) -> int:
    """What approvers are asked for: the action itself, or the undo of it by a responder or by who erred.

    `asker` may not approve it; for an undo it is told of the darkness `of_undo`, and the `mark` of the actor's own.
    """
    slots = night[night[NIGHT.APPROVAL] + APPROVAL.SLOT_COUNT]
    request = new(night, REQUEST.SIZE + slots + 1 + night[NIGHT.TEAM_COUNT])
    night[request + REQUEST.ACTION] = action
    night[request + REQUEST.PURPOSE] = purpose
    night[request + REQUEST.ASKER] = asker
    night[request + REQUEST.WRONGFUL] = wrongful
    night[request + REQUEST.ATTEMPT] = 0
    night[request + REQUEST.OF_UNDO] = of_undo
    night[request + REQUEST.MARK] = mark
    night[request + REQUEST.BARRED] = request + REQUEST.SIZE
    night[request + REQUEST.KEYS] = request + REQUEST.SIZE + slots + 1
    return request


@compiled
def forget_request(night: Night, request: int) -> None:
    """A request that was answered is needed no more."""
    slots = night[night[NIGHT.APPROVAL] + APPROVAL.SLOT_COUNT]
    give_back(night, request, REQUEST.SIZE + slots + 1 + night[NIGHT.TEAM_COUNT])


@compiled
def ask_for(night: Night, request: int) -> int:
    """Ask each approver in turn; the answer is the first refusal, the time-out or the last yes."""
    night[request + REQUEST.DEADLINE] = night[NIGHT.NOW] + night[night[NIGHT.APPROVAL] + APPROVAL.TIME_OUT]
    night[night[request + REQUEST.BARRED]] = night[request + REQUEST.ASKER]
    night[request + REQUEST.BARRED_COUNT] = 1
    night[request + REQUEST.REASON] = Reason.APPROVED
    night[request + REQUEST.SLOT] = 0
    incident = night[night[request + REQUEST.ACTION] + ACTION.INCIDENT]
    for team in range(night[NIGHT.TEAM_COUNT]):
        held_keys = night[night[incident + INCIDENT.KEYS] + team] if incident else 0
        night[night[request + REQUEST.KEYS] + team] = held_keys if night[request + REQUEST.WRONGFUL] else 0
    return ask_next(night, request)


@compiled
def ask_next(night: Night, request: int) -> int:
    """Ask the next approver; WAITING, or the answer if there is none to ask."""
    given = night[NIGHT.APPROVAL]
    while night[request + REQUEST.SLOT] < night[given + APPROVAL.SLOT_COUNT]:
        slot = night[request + REQUEST.SLOT]
        people = night[night[given + APPROVAL.SLOTS] + slot]
        keys = night[request + REQUEST.KEYS] + night[people + TEAM.INDEX]
        if night[keys] > 0:  # he says yes himself, in another's name
            night[keys] -= 1
            night[request + REQUEST.REASON] = Reason.BORROWED
        elif night[given + APPROVAL.BREAK_GLASS] and not night[people + TEAM.ON_SHIFT]:
            night[request + REQUEST.REASON] = Reason.NOBODY_ON_SHIFT
        else:
            action = night[request + REQUEST.ACTION]
            asking = new(night, ASKING.SIZE)
            night[asking + ASKING.REQUEST] = request
            night[asking + ASKING.OF_TEAM] = people
            # Whose luck it is: of this slot, this time round.
            night[asking + ASKING.K] = (
                night[request + REQUEST.ATTEMPT] * night[given + APPROVAL.SLOT_COUNT] + slot
            )
            night[asking + ASKING.PURPOSE] = night[request + REQUEST.PURPOSE]
            night[asking + ASKING.WRONGFUL] = night[request + REQUEST.WRONGFUL]
            night[asking + ASKING.MARK] = night[request + REQUEST.MARK]
            night[asking + ASKING.ENTITY] = night[action + ACTION.ID]
            night[asking + ASKING.PRIORITY] = 0 if night[action + ACTION.URGENT] else 1
            # At the same instant the responder's undo comes before the actor's own.
            sub = slot + (night[given + APPROVAL.SLOT_COUNT] if night[request + REQUEST.MARK] else 0)
            night[asking + ASKING.SUB] = sub
            night[asking + ASKING.ANSWERED] = 0
            night[asking + ASKING.STILL] = 2  # the review, and the time-out
            start(night, THEN.BE_REVIEWED, asking)
            deadline, entity = night[request + REQUEST.DEADLINE], night[action + ACTION.ID]
            moment(night, deadline, Kind.TIME_OUT, entity, sub % 16, THEN.TIME_OUT, asking)
            return WAITING
        night[request + REQUEST.SLOT] += 1
    return night[request + REQUEST.REASON]


@compiled
def be_reviewed(night: Night, asking: int) -> None:
    """Wait for an approver."""
    people, request = night[asking + ASKING.OF_TEAM], night[asking + ASKING.REQUEST]
    entity = night[asking + ASKING.ENTITY]
    log(night, Event.ASKED, entity, night[people + TEAM.ID], night[request + REQUEST.MARK])
    submit(
        night,
        people,
        asking,
        entity,
        night[asking + ASKING.PRIORITY],
        night[asking + ASKING.SUB],
        REVIEW,
        night[request + REQUEST.BARRED],
        night[request + REQUEST.BARRED_COUNT],
        THEN.APPROVER_TAKES,
    )


@compiled
def approver_takes(night: Night, real: Real, asking: int) -> None:
    """Be looked at: how well hangs on how many wait behind."""
    given, people = night[NIGHT.APPROVAL], night[asking + ASKING.OF_TEAM]
    entity, approver = night[asking + ASKING.ENTITY], night[asking + ASKING.TAKEN_BY]
    log(night, Event.REVIEW_STARTS, entity, approver, night[asking + ASKING.MARK])
    stamp = rules.stamp_share(
        real[given + APPROVAL.STAMPS],
        real[given + APPROVAL.STAMPS_PER_QUEUED],
        night[people + TEAM.QUEUE_SIZE],
    )
    k, purpose = night[asking + ASKING.K], night[asking + ASKING.PURPOSE]
    work(
        night,
        approver,
        length(night, real, entity, purpose, k, night[given + APPROVAL.REVIEW]),
        THEN.REVIEWED,
        asking,
    )
    night[asking + ASKING.REASON] = rules.review(
        night[asking + ASKING.WRONGFUL],
        real[given + APPROVAL.CATCHES],
        stamp,
        draw(night, real, entity, Purpose.STAMP, k),
        draw(night, real, entity, Purpose.CATCH, k),
    ).value


@compiled
def reviewed(night: Night, asking: int) -> None:
    """Get an answer, which counts if the time is not up."""
    entity, approver = night[asking + ASKING.ENTITY], night[asking + ASKING.TAKEN_BY]
    log(night, Event.REVIEW_ENDS, entity, approver, night[asking + ASKING.REASON])
    release(night, night[asking + ASKING.OF_TEAM], approver)
    _settle(night, asking, night[asking + ASKING.REASON], approver)


@compiled
def time_out(night: Night, asking: int) -> None:
    """The time is up: leave the queue; a review already begun will not count."""
    if night[asking + ASKING.ANSWERED]:
        _is_done(night, asking)
        return
    log(night, Event.TIMED_OUT, night[asking + ASKING.ENTITY], Gate.APPROVAL, night[asking + ASKING.MARK])
    if withdraw(night, asking):
        night[asking + ASKING.STILL] -= 1
    _settle(night, asking, Reason.TIMED_OUT, 0)


@compiled
def _settle(night: Night, asking: int, reason: int, approver: int) -> None:
    if night[asking + ASKING.ANSWERED] == 0:
        night[asking + ASKING.ANSWERED] = 1
        request = night[asking + ASKING.REQUEST]
        night[request + REQUEST.REASON] = reason
        if approver:
            night[night[request + REQUEST.BARRED] + night[request + REQUEST.BARRED_COUNT]] = approver
            night[request + REQUEST.BARRED_COUNT] += 1
        wake(night, THEN.ANSWERED, request)
    _is_done(night, asking)


@compiled
def _is_done(night: Night, asking: int) -> None:
    night[asking + ASKING.STILL] -= 1
    if night[asking + ASKING.STILL] == 0:
        give_back(night, asking, ASKING.SIZE)


@compiled
def answered(night: Night, request: int) -> int:
    """An approver has answered: a refusal and the time-out are final, after a yes the next is asked."""
    reason = night[request + REQUEST.REASON]
    if reason in (Reason.REFUSED, Reason.TIMED_OUT):
        return reason
    night[request + REQUEST.SLOT] += 1
    return ask_next(night, request)


@compiled
def covers_undo(night: Night, real: Real, control: int, action: int, whose: int) -> bool:
    """Whether an approval also stands, in order, before the undo of the action by responders or by who erred."""
    return (
        night[action + ACTION.UNDO_REACHED] & whose != 0
        and in_order(night, real, control, night[NIGHT.NOW])
        and covered(night, real, control, night[action + ACTION.TARGET], night[NIGHT.NOW])
    )
