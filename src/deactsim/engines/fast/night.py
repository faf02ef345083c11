"""The night: the loop that lets people, reports and the incident run their course."""

from __future__ import annotations

from typing import Any

from . import detection, gates, life, people, response, world
from ._jit import compiled
from .action import Gate, Reason, passed
from .clock import Kind, forget, match_is_next, moment, next_moment, start
from .layout import (
    ACT,
    ACTION,
    ALARM,
    ALERT,
    ASKED_FOR,
    CONFIRM,
    INCIDENT,
    LEAVING,
    MOMENT,
    NIGHT,
    PLACE,
    REPORT,
    REQUEST,
    STREAM,
    TEAM,
    Night,
    Real,
)
from .memory import give_back, new
from .people import ANYBODY, Event
from .record import end, log, opens
from .streams import draw, length
from .then import THEN
from .world import HOUR, NEVER, Purpose

FALSE_ALARM_PRIORITY = 2
#: Rows of a desk: what is taken by whom until when, and which report it is.
HANDLED, OF_HANDLED = -1, -2
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
        _reports(night, real)
    alert = night[NIGHT.ALERT]
    if alert and real[alert + ALERT.FALSE] > 0.0:
        _false_alarms(night, real)
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
        next_request(night)
    elif night[NIGHT.STATUS] == 0 and night[NIGHT.ASKS_FOR_REQUESTS] and requests(night):
        night[NIGHT.STATUS] = WANTS_REQUESTS
        return WANTS_REQUESTS
    while True:
        if night[NIGHT.ROW_COUNT] + night[NIGHT.ROW_MARGIN] > night[NIGHT.ROW_ROOM]:
            night[NIGHT.STATUS] = ROWS_ARE_FULL
            return ROWS_ARE_FULL
        if (
            night[NIGHT.TOP] + night[NIGHT.MARGIN] > night[NIGHT.ROOM]
            or night[NIGHT.HEAP_SIZE] + night[NIGHT.MARGIN] > night[NIGHT.HEAP_ROOM]
        ):
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
            people.match(night, night[night[NIGHT.MATCHES] + night[NIGHT.MATCH_COUNT]])
            continue
        else:
            one = next_moment(night)
            then, what = night[one + MOMENT.THEN], night[one + MOMENT.WHAT]
            forget(night, one)
        night[NIGHT.EVENTS] += 1
        if then == THEN.REQUESTS_END:
            if requests(night):
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
        report_comes(night, real, what)
    elif then == THEN.HOUR_ENDS:
        night[NIGHT.BEGIN] = night[NIGHT.UNTIL]
        _reports(night, real)
    elif then == THEN.HANDLE:
        handle(night, real, what)
    elif then == THEN.REPORT_TAKEN:
        report_taken(night, real, what)
    elif then == THEN.REPORT_DONE:
        report_done(night, real, what)
    elif then == THEN.REQUEST_COMES:
        request_comes(night, real, what)
    elif then == THEN.ALARM_COMES:
        start(night, THEN.TRIAGE, what)
        _next_alarm(night, real)
    elif then == THEN.ALARM_HOUR_ENDS:
        night[NIGHT.ALARMS_BEGIN] = night[NIGHT.ALARMS_UNTIL]
        _false_alarms(night, real)
    elif then == THEN.TRIAGE:
        triage(night, what)
    elif then == THEN.ALARM_TAKEN:
        alarm_taken(night, real, what)
    elif then == THEN.ALARM_DONE:
        alarm_done(night, what)
    elif then == THEN.RIGHTS_END:
        rights_end(night, what)
    else:
        rights_on(night, what)


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
        gates.be_reviewed(night, what)
    elif then == THEN.APPROVER_TAKES:
        gates.approver_takes(night, real, what)
    elif then == THEN.REVIEWED:
        gates.reviewed(night, what)
    elif then == THEN.TIME_OUT:
        gates.time_out(night, what)
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
    reason = gates.answered(night, request)
    if reason == gates.WAITING:
        return
    if night[request + REQUEST.OF_UNDO]:
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
    else:
        response.content_lost(night, what)


# -- routine ------------------------------------------------------------------------------


@compiled
def _matters(night: Night) -> Any:
    """Whether people's time still matters."""
    return night[NIGHT.HAS_INCIDENT] == 0 or night[NIGHT.NEEDING_PEOPLE] != 0


@compiled
def _reports(night: Night, real: Real) -> None:
    """Reports arrive, hour by hour, as long as people's time matters."""
    begins = night[NIGHT.BEGIN]
    if begins >= night[NIGHT.END] or not _matters(night):
        return
    night[NIGHT.UNTIL] = min((begins // HOUR + 1) * HOUR, night[NIGHT.END])
    if night[NIGHT.PLACED] == 0:
        for index in range(night[NIGHT.STREAM_COUNT]):
            stream = night[NIGHT.STREAMS] + STREAM.SIZE * index
            world.begin_hour(night, real, stream, begins // HOUR, begins, night[NIGHT.UNTIL])
    _next_report(night)


@compiled
def _next_report(night: Night) -> None:
    """Wait for the next report of the hour, or for its end."""
    time, report, found = NEVER, 0, 0
    if night[NIGHT.PLACED]:
        while night[NIGHT.PLACED_NEXT] < night[NIGHT.PLACED_COUNT]:
            place = night[NIGHT.PLACED] + 3 * night[NIGHT.PLACED_NEXT]
            if night[place] >= night[NIGHT.UNTIL]:
                break
            night[NIGHT.PLACED_NEXT] += 1
            if night[place] >= night[NIGHT.BEGIN]:
                time, report = night[place], night[place + 1]
                found = night[NIGHT.STREAMS] + STREAM.SIZE * night[place + 2]
                night[found + STREAM.NEXT_ID] = report
                break
    else:
        for index in range(night[NIGHT.STREAM_COUNT]):
            stream = night[NIGHT.STREAMS] + STREAM.SIZE * index
            when, which = night[stream + STREAM.NEXT_TIME], night[stream + STREAM.NEXT_ID]
            if when < time or (when == time and when != NEVER and which < report):
                time, report, found = when, which, stream
    if found:
        moment(night, time, Kind.ARRIVAL, report, 0, THEN.REPORT_COMES, found)
    else:
        moment(night, night[NIGHT.UNTIL], Kind.ARRIVAL, 0, 0, THEN.HOUR_ENDS, 0)


@compiled
def report_comes(night: Night, real: Real, stream: int) -> None:
    """Somebody will handle it; the next is waited for."""
    report = new(night, REPORT.SIZE)
    night[report + REPORT.ID] = night[stream + STREAM.NEXT_ID]
    night[report + REPORT.OF] = stream
    start(night, THEN.HANDLE, report)
    if night[NIGHT.PLACED] == 0:
        world.next_report(night, real, stream, night[NIGHT.BEGIN], night[NIGHT.UNTIL])
    _next_report(night)


@compiled
def handle(night: Night, real: Real, report: int) -> None:
    """One report: it waits for somebody with the right, is judged, and may end in an action."""
    stream, entity = night[report + REPORT.OF], night[report + REPORT.ID]
    place = desk(night, stream)
    team = night[place + PLACE.TEAM]
    log(night, Event.REPORT_ARRIVES, entity, night[team + TEAM.ID], 0)
    urgent = draw(night, real, entity, Purpose.URGENT, 0) < real[stream + STREAM.URGENT]
    night[report + REPORT.PLACE] = place
    night[report + REPORT.ARRIVED] = night[NIGHT.NOW]
    night[report + REPORT.URGENT] = urgent
    people.submit(
        night,
        team,
        report,
        entity,
        0 if urgent else 1,
        0,
        night[stream + STREAM.INDEX],
        0,
        0,
        THEN.REPORT_TAKEN,
    )


@compiled
def report_taken(night: Night, real: Real, report: int) -> None:
    """Somebody judges it."""
    stream, agent = night[report + REPORT.OF], night[report + REPORT.TAKEN_BY]
    entity = night[report + REPORT.ID]
    log(night, Event.REPORT_TAKEN, entity, agent, 0)
    takes = length(night, real, entity, Purpose.HANDLING, 0, night[stream + STREAM.HANDLING])
    people.work(night, agent, takes, THEN.REPORT_DONE, report)
    if night[NIGHT.IS_DESK]:
        _say_handled(night, real, report, stream, agent, takes)


@compiled
def _say_handled(night: Night, real: Real, report: int, stream: int, agent: int, takes: int) -> None:
    """Write down all that is to be said of a report; its luck is 1 if urgent, and 2 or 4 if it ends in an action."""
    entity, luck = night[report + REPORT.ID], night[report + REPORT.URGENT]
    place = (night[report + REPORT.PLACE] - night[stream + STREAM.PLACES]) // PLACE.SIZE
    if draw(night, real, entity, Purpose.ACTIONED, 0) < real[stream + STREAM.ACTIONED]:
        wrongful = draw(night, real, entity, Purpose.SLIP, 0) < real[stream + STREAM.WRONGFUL]
        luck += 4 if wrongful else 2
    log(night, HANDLED, entity, agent, night[NIGHT.NOW] + takes)
    log(night, OF_HANDLED, night[stream + STREAM.INDEX], place, luck)
    night[night[NIGHT.ROWS] + 5 * (night[NIGHT.ROW_COUNT] - 1)] = night[report + REPORT.ARRIVED]


@compiled
def report_done(night: Night, real: Real, report: int) -> None:
    """It is closed; it may end in an action."""
    stream, agent = night[report + REPORT.OF], night[report + REPORT.TAKEN_BY]
    entity, place = night[report + REPORT.ID], night[report + REPORT.PLACE]
    acts = draw(night, real, entity, Purpose.ACTIONED, 0) < real[stream + STREAM.ACTIONED]
    log(night, Event.REPORT_CLOSED, entity, agent, Reason.ACTION if acts else Reason.NO_ACTION)
    people.release(night, night[place + PLACE.TEAM], agent)
    urgent = night[report + REPORT.URGENT]
    give_back(night, report, REPORT.SIZE)
    if acts and night[NIGHT.IS_DESK] == 0:
        life.live(night, real, new_action(night, real, entity, stream, place, agent, urgent))


@compiled
def new_action(
    night: Night, real: Real, entity: int, stream: int, place: int, agent: int, urgent: int
) -> int:
    """The action that a report ends in."""
    confirm = night[NIGHT.CONFIRM]
    u, stops = draw(night, real, entity, Purpose.SLIP, 0), 0.0
    if confirm:
        is_slip = u < real[stream + STREAM.SLIP]
        stops = real[confirm + (CONFIRM.STOPS_SLIPS if is_slip else CONFIRM.STOPS_MISIDENTIFIED)]
    wrongful, team = u < real[stream + STREAM.WRONGFUL], night[place + PLACE.TEAM]
    action = new(night, ACTION.SIZE)
    night[action + ACTION.ID] = entity
    night[action + ACTION.TARGET] = entity
    night[action + ACTION.TEAM] = team
    night[action + ACTION.AGENT] = agent
    night[action + ACTION.AGENT_NUMBER] = (
        night[team + TEAM.FIRST_NUMBER] + agent - night[team + TEAM.FIRST_AGENT]
    )
    night[action + ACTION.WRONGFUL] = wrongful
    night[action + ACTION.NOTICES_ERROR] = wrongful
    night[action + ACTION.OPEN_REPORT] = 1
    real[action + ACTION.CONFIRM_STOPS] = stops
    night[action + ACTION.INCIDENT] = 0
    night[action + ACTION.URGENT] = urgent
    night[action + ACTION.REACHED] = night[place + PLACE.REACHED]
    night[action + ACTION.UNDO_REACHED] = night[place + PLACE.UNDO_REACHED]
    night[action + ACTION.PUBLIC] = night[stream + STREAM.PUBLIC]
    night[action + ACTION.LAG] = night[stream + STREAM.LAG]
    return action


@compiled
def desk(night: Night, stream: int) -> int:
    """Which of the able teams gets a report: on shift, fewest waiting a holder, first by name.

    With nobody on shift it is the team that comes on shift next.
    """
    best, best_off, best_load, best_next, best_rank = 0, True, 0.0, 0, 0
    for index in range(night[stream + STREAM.PLACE_COUNT]):
        place = night[stream + STREAM.PLACES] + PLACE.SIZE * index
        team = night[place + PLACE.TEAM]
        holders, rank = night[team + TEAM.HOLDERS], night[team + TEAM.RANK]
        off, load, coming = True, 0.0, NEVER
        if night[team + TEAM.ON_SHIFT] and holders:
            off, load, coming = False, night[team + TEAM.QUEUE_SIZE] / holders, 0
        elif holders:
            coming = people.next_shift(night, team)
        if index > 0:
            if off != best_off:
                better = best_off
            elif load != best_load:
                better = load < best_load
            elif coming != best_next:
                better = coming < best_next
            else:
                better = rank < best_rank
            if not better:
                continue
        best, best_off, best_load, best_next, best_rank = place, off, load, coming, rank
    return best


@compiled
def requests(night: Night) -> bool:
    """Whether requests are wanted of another hour, or of all of them."""
    if night[NIGHT.UNTIL]:
        night[NIGHT.BEGIN] = night[NIGHT.UNTIL]
    if night[NIGHT.BEGIN] > night[NIGHT.END] or not _matters(night):
        return False
    night[NIGHT.UNTIL] = (night[NIGHT.BEGIN] // HOUR + 1) * HOUR
    if night[NIGHT.HAS_INCIDENT] == 0:  # it goes on to the end: nobody asks again whether people matter
        night[NIGHT.UNTIL] = max(night[NIGHT.UNTIL], (night[NIGHT.END] // HOUR + 1) * HOUR)
    return True


@compiled
def next_request(night: Night) -> None:
    """Wait for the next request of the hour, or for its end."""
    at = night[NIGHT.REQUEST_NEXT]
    if at < night[NIGHT.REQUEST_COUNT]:
        asked = night[NIGHT.REQUESTS] + ASKED_FOR.SIZE * at
        closed, agent = night[asked + ASKED_FOR.CLOSED], night[asked + ASKED_FOR.AGENT]
        moment(night, closed, Kind.WORK_DONE, agent, 0, THEN.REQUEST_COMES, asked)
    else:
        moment(night, night[NIGHT.UNTIL], Kind.ENDS, 0, 0, THEN.REQUESTS_END, 0)


@compiled
def request_comes(night: Night, real: Real, asked: int) -> None:
    """An action is asked for when its report is closed."""
    stream = night[NIGHT.STREAMS] + STREAM.SIZE * night[asked + ASKED_FOR.OF]
    place = night[stream + STREAM.PLACES] + PLACE.SIZE * night[asked + ASKED_FOR.PLACE]
    report, agent = night[asked + ASKED_FOR.REPORT], night[asked + ASKED_FOR.AGENT]
    action = new_action(night, real, report, stream, place, agent, night[asked + ASKED_FOR.URGENT])
    start(night, THEN.LIVE, action)
    night[NIGHT.REQUEST_NEXT] += 1
    next_request(night)


@compiled
def _false_alarms(night: Night, real: Real) -> None:
    """Alarms that turn out to be nothing, each costing a responder's time."""
    begins = night[NIGHT.ALARMS_BEGIN]
    if begins < night[NIGHT.END] and _matters(night):
        night[NIGHT.ALARMS_UNTIL] = min((begins // HOUR + 1) * HOUR, night[NIGHT.END])
        world.begin_alarms(night, real)
        _next_alarm(night, real)


@compiled
def _next_alarm(night: Night, real: Real) -> None:
    """Wait for the next false alarm of the hour, or for its end."""
    while True:
        time, entity = world.next_alarm(night, real, night[NIGHT.ALARMS_BEGIN], night[NIGHT.ALARMS_UNTIL])
        if time == NEVER:
            moment(night, night[NIGHT.ALARMS_UNTIL], Kind.ARRIVAL, 1, 0, THEN.ALARM_HOUR_ENDS, 0)
            return
        if world.in_order(night, real, night[NIGHT.ALERT], time):
            alarm = new(night, ALARM.SIZE)
            night[alarm + ALARM.ID] = entity
            moment(night, time, Kind.ARRIVAL, entity, 0, THEN.ALARM_COMES, alarm)
            return


@compiled
def triage(night: Night, alarm: int) -> None:
    """A responder is asked to look."""
    team, entity = night[NIGHT.RESPONDERS], night[alarm + ALARM.ID]
    log(night, Event.FALSE_ALARM, entity, night[team + TEAM.ID], 0)
    people.submit(night, team, alarm, entity, FALSE_ALARM_PRIORITY, 0, ANYBODY, 0, 0, THEN.ALARM_TAKEN)


@compiled
def alarm_taken(night: Night, real: Real, alarm: int) -> None:
    """A responder looks."""
    responder, entity = night[alarm + ALARM.TAKEN_BY], night[alarm + ALARM.ID]
    log(night, Event.ALARM_TAKEN, entity, responder, 0)
    takes = length(night, real, entity, Purpose.TRIAGE, 0, night[night[NIGHT.ALERT] + ALERT.TRIAGE])
    people.work(night, responder, takes, THEN.ALARM_DONE, alarm)


@compiled
def alarm_done(night: Night, alarm: int) -> None:
    """It was nothing."""
    responder = night[alarm + ALARM.TAKEN_BY]
    log(night, Event.ALARM_CLOSED, night[alarm + ALARM.ID], responder, 0)
    people.release(night, night[NIGHT.RESPONDERS], responder)
    give_back(night, alarm, ALARM.SIZE)


@compiled
def rights_end(night: Night, leaving: int) -> None:
    """A leaver steps down."""
    team, agent = night[leaving + LEAVING.TEAM], night[leaving + LEAVING.AGENT]
    night[night[team + TEAM.STEPPED_DOWN] + night[leaving + LEAVING.WHO]] += 1
    log(night, Event.RIGHTS_END, agent, night[team + TEAM.ID], 0)
    moment(night, night[leaving + LEAVING.LEAVES], Kind.BEGINS, agent, 0, THEN.RIGHTS_ON, leaving)


@compiled
def rights_on(night: Night, leaving: int) -> None:
    """Whoever takes the leaver's place has the right."""
    team, agent = night[leaving + LEAVING.TEAM], night[leaving + LEAVING.AGENT]
    night[night[team + TEAM.STEPPED_DOWN] + night[leaving + LEAVING.WHO]] -= 1
    log(night, Event.RIGHTS_ON, agent, night[team + TEAM.ID], 0)
    people.ask_match(night, team)
