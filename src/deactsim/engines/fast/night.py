"""The night: the loop that lets people, reports and the incident run their course."""

from __future__ import annotations

from . import approval, detection, gates, life, people, response, routine, world
from ._jit import compiled
from .action import Gate, Reason, passed
from .clock import Kind, forget, match_is_next, moment, next_moment, start, wake
from .layout import (
    ACT,
    ACTION,
    ALERT,
    INCIDENT,
    JOB,
    LEAVING,
    MOMENT,
    NIGHT,
    REQUEST,
    TEAM,
    Night,
    Real,
)
from .memory import new
from .record import end, opens
from .then import THEN

#: The world's end comes after all else.
LAST = (1 << 62) - 1
#: Why `advance` came back.
IS_OVER, ROWS_ARE_FULL, MEMORY_IS_FULL, WANTS_REQUESTS = 1, 2, 3, 4


@compiled
def begin(night: Night, real: Real) -> None:
    """Set going all that goes by itself."""
    moment(night, night[NIGHT.END], Kind.MATCH, LAST, 0, THEN.END, 0)
    for index in range(night[NIGHT.INCIDENT_COUNT]):
        world.leaving(night, real, night[NIGHT.INCIDENTS] + INCIDENT.SIZE * index)
    for index in range(night[NIGHT.ACT_COUNT]):
        _schedule_act(night, real, night[NIGHT.ACTS] + ACT.SIZE * index)
    team = night[NIGHT.TEAMS]
    for _ in range(night[NIGHT.TEAM_COUNT]):
        people.keep_shifts(night, team)
        team += TEAM.SIZE
    night[NIGHT.BEGIN] = night[NIGHT.START]
    night[NIGHT.ALARMS_BEGIN] = night[NIGHT.START]
    if night[NIGHT.ASKS_FOR_REQUESTS] == 0 and night[NIGHT.STREAM_COUNT] and night[NIGHT.QUIET] == 0:
        routine.reports(night, real)
    alert = night[NIGHT.ALERT]
    if alert and real[alert + ALERT.FALSE] > 0.0:
        routine.false_alarms(night, real)
    for index in range(night[NIGHT.LEAVER_COUNT]):
        one = night[NIGHT.LEAVERS] + LEAVING.SIZE * index
        ends, agent = night[one + LEAVING.ENDS], night[one + LEAVING.AGENT]
        moment(night, ends, Kind.ENDS, agent, 0, THEN.RIGHTS_END, one)


@compiled
def _schedule_act(night: Night, real: Real, act: int) -> None:
    """An act of the actor, at the documented time or, if he adapts, earlier and slower."""
    incident, action = night[act + ACT.INCIDENT], new(night, ACTION.SIZE)
    opens(night, 1)
    night[action + ACTION.ID] = night[act + ACT.ID]
    night[action + ACTION.TARGET] = night[act + ACT.TARGET]
    night[action + ACTION.TEAM] = night[incident + INCIDENT.TEAM]
    night[action + ACTION.AGENT] = night[incident + INCIDENT.AGENT]
    night[action + ACTION.AGENT_NUMBER] = night[incident + INCIDENT.AGENT_NUMBER]
    night[action + ACTION.WRONGFUL] = 1
    night[action + ACTION.NOTICES_ERROR] = night[incident + INCIDENT.ACTOR_NOTICES]
    night[action + ACTION.OPEN_REPORT] = night[incident + INCIDENT.OPEN_REPORT]
    real[action + ACTION.CONFIRM_STOPS] = real[incident + INCIDENT.CONFIRM_STOPS]
    night[action + ACTION.INCIDENT] = incident
    night[action + ACTION.URGENT] = 0
    night[action + ACTION.REACHED] = night[act + ACT.REACHED]
    night[action + ACTION.UNDO_REACHED] = night[act + ACT.UNDO_REACHED]
    night[action + ACTION.PUBLIC] = night[act + ACT.PUBLIC]
    night[action + ACTION.LAG] = night[incident + INCIDENT.LAG]
    first = world.effect_as_documented(night, real, incident) - world.ahead(night, real, incident)
    # In a run that goes on to the world's end an act may lie before its beginning: then it comes first.
    at = max(first + night[act + ACT.AFTER], night[NIGHT.START])
    moment(night, at, Kind.ARRIVAL, night[action + ACTION.ID], 0, THEN.ACT, action)


@compiled
def advance(night: Night, real: Real) -> int:
    """Go on until the night is over, or until something is wanted; says which."""
    if night[NIGHT.STATUS] == 0:
        begin(night, real)
    if night[NIGHT.STATUS] == WANTS_REQUESTS:
        routine.next_request(night)
    elif night[NIGHT.STATUS] == 0 and night[NIGHT.ASKS_FOR_REQUESTS] and routine.requests(night):
        night[NIGHT.STATUS] = WANTS_REQUESTS
        return WANTS_REQUESTS
    # What there is room for does not change before coming back.
    most_rows = night[NIGHT.ROW_ROOM] - night[NIGHT.ROW_MARGIN]
    highest = night[NIGHT.ROOM] - night[NIGHT.MARGIN]
    most_moments = night[NIGHT.HEAP_ROOM] - night[NIGHT.MARGIN]
    while True:
        if night[NIGHT.ROW_COUNT] > most_rows:
            night[NIGHT.STATUS] = ROWS_ARE_FULL
            return ROWS_ARE_FULL
        if night[NIGHT.TOP] > highest or night[NIGHT.HEAP_SIZE] > most_moments:
            night[NIGHT.STATUS] = MEMORY_IS_FULL
            return MEMORY_IS_FULL
        if night[NIGHT.STARTS_FIRST] < night[NIGHT.STARTS_LAST]:
            at = night[NIGHT.STARTS_FIRST]
            place = night[NIGHT.STARTS] + 2 * (at & (night[NIGHT.STARTS_ROOM] - 1))
            night[NIGHT.STARTS_FIRST] = at + 1
            then, what = night[place], night[place + 1]
        elif night[NIGHT.WAKES_FIRST] < night[NIGHT.WAKES_LAST]:
            at = night[NIGHT.WAKES_FIRST]
            place = night[NIGHT.WAKES] + 2 * (at & (night[NIGHT.WAKES_ROOM] - 1))
            night[NIGHT.WAKES_FIRST] = at + 1
            then, what = night[place], night[place + 1]
            if then == THEN.STOP:
                night[NIGHT.STATUS] = IS_OVER
                return IS_OVER
        elif match_is_next(night):
            night[NIGHT.MATCH_COUNT] -= 1
            what = people.match(night, night[night[NIGHT.MATCHES] + night[NIGHT.MATCH_COUNT]])
            if what == 0:
                continue
            then = night[what + JOB.THEN]
            if night[NIGHT.WAKES_FIRST] < night[NIGHT.WAKES_LAST]:
                wake(night, then, what)  # others were taken before it
                continue
        else:
            one = next_moment(night)
            then, what = night[one + MOMENT.THEN], night[one + MOMENT.WHAT]
            forget(night, one)
        if then == THEN.REQUESTS_END:
            if routine.requests(night):
                night[NIGHT.STATUS] = WANTS_REQUESTS
                return WANTS_REQUESTS
        else:
            happens(night, real, then, what)


@compiled
def happens(night: Night, real: Real, then: int, what: int) -> None:
    """One step of one process."""
    if then < THEN.ACT:
        _of_routine(night, real, then, what)
    elif then < THEN.NOTICE:
        _of_action(night, real, then, what)
    else:
        _of_darkness(night, real, then, what)


@compiled
def _of_routine(night: Night, real: Real, then: int, what: int) -> None:
    if then == THEN.END:
        end(night)
    elif then == THEN.SHIFT_BEGINS:
        people.shift_begins(night, what)
    elif then == THEN.SHIFT_ENDS:
        people.shift_ends(night, what)
    elif then == THEN.REPORT_COMES:
        routine.report_comes(night, real, what)
    elif then == THEN.HOUR_ENDS:
        night[NIGHT.BEGIN] = night[NIGHT.UNTIL]
        routine.reports(night, real)
    elif then == THEN.REPORT_TAKEN:
        routine.report_taken(night, real, what)
    elif then == THEN.REPORT_DONE:
        routine.report_done(night, real, what)
    elif then == THEN.REQUEST_COMES:
        routine.request_comes(night, real, what)
    elif then == THEN.ALARM_COMES:
        start(night, THEN.TRIAGE, what)
        routine.next_alarm(night, real)
    elif then == THEN.ALARM_HOUR_ENDS:
        night[NIGHT.ALARMS_BEGIN] = night[NIGHT.ALARMS_UNTIL]
        routine.false_alarms(night, real)
    elif then == THEN.TRIAGE:
        routine.triage(night, what)
    elif then == THEN.ALARM_TAKEN:
        routine.alarm_taken(night, real, what)
    elif then == THEN.ALARM_DONE:
        routine.alarm_done(night, what)
    elif then == THEN.RIGHTS_END:
        routine.rights_end(night, what)
    else:
        routine.rights_on(night, what)


@compiled
def _of_action(night: Night, real: Real, then: int, what: int) -> None:
    if then == THEN.ACT:
        start(night, THEN.LIVE, what)
    elif then == THEN.LIVE:
        life.live(night, real, what)
    elif then == THEN.SENIOR_TAKES:
        gates.looks(night, what, THEN.SENIOR_DONE)
    elif then == THEN.EXECUTOR_TAKES:
        gates.looks(night, what, THEN.EXECUTOR_DONE)
    elif then == THEN.TAKES_EFFECT:
        life.takes_effect(night, real, what)
    elif then == THEN.WRONGLY_UNDONE:
        life.wrongly_undone(night, what)
    elif then == THEN.BE_REVIEWED:
        approval.be_reviewed(night, what)
    elif then == THEN.APPROVER_TAKES:
        approval.approver_takes(night, real, what)
    elif then == THEN.REVIEWED:
        approval.reviewed(night, what)
    elif then == THEN.TIME_OUT:
        approval.time_out(night, what)
    elif then == THEN.ANSWERED:
        _answered(night, real, what)
    else:
        life.goes_on(night, real, what, _gate_goes_on(night, real, then, what))


@compiled
def _gate_goes_on(night: Night, real: Real, then: int, action: int) -> int:
    """How a gate answers that an action had to wait for."""
    if then == THEN.GRANTED:
        gates.released(night, action, Gate.JUST_IN_TIME)
        return gates.granted(night, action)
    if then == THEN.CONFIRMED:
        gates.released(night, action, Gate.CONFIRM)
        return gates.confirmed(night, real, action)
    if then == THEN.SENIOR_DONE:
        return gates.senior_done(night, real, action)
    if then == THEN.LOCK_OPENS:
        gates.released(night, action, Gate.LOCK_DOWN)
        return gates.lock_opens(night, action)
    if then == THEN.LIMIT_OPENS:
        gates.released(night, action, Gate.RATE_LIMIT)
        return passed(night, action, Gate.RATE_LIMIT, Reason.OVER_LIMIT)
    if then == THEN.EXECUTOR_DONE:
        return gates.executor_done(night, real, action)
    gates.released(night, action, Gate.COOLING_OFF)
    if then == THEN.COOLED_OFF:
        return gates.cooled_off(night, action)
    return gates.objected(night, action)


@compiled
def _answered(night: Night, real: Real, request: int) -> None:
    """An approver's answer, or the time-out, reaches whoever asked."""
    reason = approval.answered(night, request)
    if reason == approval.WAITING:
        return
    if night[request + REQUEST.MARK]:
        detection.own_undo_answered(night, request, reason)
    elif night[request + REQUEST.OF_UNDO]:
        response.undo_answered(night, real, request, reason)
    else:
        action = night[request + REQUEST.ACTION]
        life.goes_on(night, real, action, gates.approval_answered(night, request, reason))


@compiled
def _of_darkness(night: Night, real: Real, then: int, what: int) -> None:
    if then < THEN.WORD:
        detection.notice(night, real, what, then - THEN.NOTICE + 1)
    elif then < THEN.WORD_HAS_COME:
        detection.word(night, what, then - THEN.WORD + 1)
    elif then == THEN.WORD_HAS_COME:
        response.word_has_come(night, real, what)
    elif then == THEN.RESTORED_AUTOMATICALLY:
        detection.restore(night, what, detection.Route.AUTOMATIC)
    elif then == THEN.RESPONDER_TAKES:
        response.responder_takes(night, real, what)
    elif then == THEN.PICKED_UP:
        response.picked_up(night, real, what)
    elif then == THEN.CAUSE_FOUND:
        response.cause_found(night, real, what)
    elif then == THEN.AUTHORISED:
        response.authorised(night, real, what)
    elif then == THEN.RESTORED:
        response.restored(night, real, what)
    elif then == THEN.CONTAINED:
        response.contained(night, what)
    elif then == THEN.FIRST_STATEMENT:
        response.first_statement(night, real, what)
    elif then == THEN.SECOND_STATEMENT:
        response.second_statement(night, what)
    elif then == THEN.LOCKS:
        response.locks(night, what)
    elif then == THEN.LOCK_LIFTS:
        response.lock_lifts(night, what)
    elif then == THEN.AUDIENCE:
        response.audience(night, real, what)
    elif then == THEN.AUDIENCE_STEP:
        response.audience_step(night, what)
    elif then == THEN.AUDIENCE_WHOLE:
        response.audience_whole(night, what)
    elif then == THEN.RESUMES:
        response.has_resumed(night, real, what)
    elif then == THEN.UNDO_OWN:
        detection.undo_own(night, what)
    else:
        response.content_lost(night, what)
