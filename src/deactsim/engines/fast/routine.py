"""Routine: reports and who handles them, false alarms, and leavers who step down."""

from __future__ import annotations

from typing import Any

from . import life, people, world
from ._jit import compiled
from .action import Reason
from .clock import NEVER, Kind, arrival, moment, start
from .layout import (
    ACTION,
    ALARM,
    ALERT,
    ASKED_FOR,
    CONFIRM,
    LEAVING,
    NIGHT,
    PLACE,
    REPORT,
    STREAM,
    TEAM,
    Night,
    Real,
)
from .memory import give_back, new
from .people import ANYBODY, Event
from .record import log
from .streams import draw, falls, length
from .then import THEN
from .world import HOUR, Purpose

FALSE_ALARM_PRIORITY = 2
#: Rows of a desk: what is taken by whom until when, and which report it is.
HANDLED, OF_HANDLED = -1, -2


@compiled
def _matters(night: Night) -> Any:
    """Whether people's time still matters."""
    return night[NIGHT.HAS_INCIDENT] == 0 or night[NIGHT.NEEDING_PEOPLE] != 0


@compiled
def reports(night: Night, real: Real) -> None:
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
        arrival(night, time, report, THEN.REPORT_COMES, found)
    else:
        arrival(night, night[NIGHT.UNTIL], 0, THEN.HOUR_ENDS, 0)


@compiled
def report_comes(night: Night, real: Real, stream: int) -> None:
    """Somebody handles it; the next is waited for."""
    report = new(night, REPORT.SIZE)
    night[report + REPORT.ID] = night[stream + STREAM.NEXT_ID]
    night[report + REPORT.OF] = stream
    handle(night, real, report)  # at once: when a moment comes nothing else is about to start
    if night[NIGHT.PLACED] == 0:
        world.next_report(night, real, stream, night[NIGHT.BEGIN], night[NIGHT.UNTIL])
    _next_report(night)


@compiled
def handle(night: Night, real: Real, report: int) -> None:
    """One report: it waits for somebody with the right, is judged, and may end in an action."""
    stream, entity = night[report + REPORT.OF], night[report + REPORT.ID]
    place = desk(night, real, stream, entity)
    team = night[place + PLACE.TEAM]
    log(night, Event.REPORT_ARRIVES, entity, night[team + TEAM.ID], 0)
    urgent = falls(night, real, entity, Purpose.URGENT, real[stream + STREAM.URGENT])
    night[report + REPORT.PLACE] = place
    if night[NIGHT.PLACED]:
        takes = length(night, real, entity, Purpose.HANDLING, 0, night[stream + STREAM.HANDLING])
    else:
        takes = world.handling_of_next(night, real, stream)
    night[report + REPORT.TAKES] = takes
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
    agent, takes = night[report + REPORT.TAKEN_BY], night[report + REPORT.TAKES]
    log(night, Event.REPORT_TAKEN, night[report + REPORT.ID], agent, 0)
    people.work(night, agent, takes, THEN.REPORT_DONE, report)
    if night[NIGHT.IS_DESK]:
        _say_handled(night, real, report, night[report + REPORT.OF], agent, takes)


@compiled
def _say_handled(night: Night, real: Real, report: int, stream: int, agent: int, takes: int) -> None:
    """Write down all that is to be said of a report; its luck is 1 if urgent, and 2 or 4 if it ends in an action."""
    entity, luck = night[report + REPORT.ID], _is_urgent(night, report)
    place = (night[report + REPORT.PLACE] - night[stream + STREAM.PLACES]) // PLACE.SIZE
    if falls(night, real, entity, Purpose.ACTIONED, real[stream + STREAM.ACTIONED]):
        wrongful = draw(night, real, entity, Purpose.SLIP, 0) < real[stream + STREAM.WRONGFUL]
        luck += 4 if wrongful else 2
    log(night, HANDLED, entity, agent, night[NIGHT.NOW] + takes)
    log(night, OF_HANDLED, night[stream + STREAM.INDEX], place, luck)
    night[night[NIGHT.ROWS] + 5 * (night[NIGHT.ROW_COUNT] - 1)] = night[report + REPORT.TIME]


@compiled
def _is_urgent(night: Night, report: int) -> int:
    return 1 if night[report + REPORT.PRIORITY] == 0 else 0


@compiled
def report_done(night: Night, real: Real, report: int) -> None:
    """It is closed; it may end in an action."""
    stream, agent = night[report + REPORT.OF], night[report + REPORT.TAKEN_BY]
    entity, place = night[report + REPORT.ID], night[report + REPORT.PLACE]
    acts = falls(night, real, entity, Purpose.ACTIONED, real[stream + STREAM.ACTIONED])
    log(night, Event.REPORT_CLOSED, entity, agent, Reason.ACTION if acts else Reason.NO_ACTION)
    people.release(night, night[place + PLACE.TEAM], agent)
    urgent = _is_urgent(night, report)
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
def desk(night: Night, real: Real, stream: int, report: int) -> int:
    """Which of the able teams gets a report, by a draw of the report: see docs/model.md, Reports."""
    first, count = night[stream + STREAM.PLACES], night[stream + STREAM.PLACE_COUNT]
    if count == 1:
        return first
    u, total = draw(night, real, report, Purpose.DESK, 0), 0
    for index in range(count):
        place = first + PLACE.SIZE * index
        night[place + PLACE.WEIGHT] = people.idle_for(
            night, night[place + PLACE.TEAM], night[stream + STREAM.INDEX]
        )
        total += night[place + PLACE.WEIGHT]
    if total == 0:
        total = _weigh_those_without_idle(night, first, count)
    upto, last, at = 0, first, u * total
    for index in range(count):
        place = first + PLACE.SIZE * index
        upto += night[place + PLACE.WEIGHT]
        if at < upto:
            return place
        if night[place + PLACE.WEIGHT]:
            last = place
    return last  # a product may round up to the sum


@compiled
def _weigh_those_without_idle(night: Night, first: int, count: int) -> int:
    """Weigh by their holders the teams with the fewest waiting a holder, or that come on shift next; the sum."""
    total, best_off, best_load, best_next = 0, True, 0.0, NEVER
    for index in range(count):
        team = night[first + PLACE.SIZE * index + PLACE.TEAM]
        holders = night[team + TEAM.HOLDERS]
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
            else:
                better = coming < best_next
            same = off == best_off and load == best_load and coming == best_next
            if not (better or same):
                continue
            if better:
                for other in range(index):
                    night[first + PLACE.SIZE * other + PLACE.WEIGHT] = 0
                total = 0
        night[first + PLACE.SIZE * index + PLACE.WEIGHT] = max(1, holders)
        total += max(1, holders)
        best_off, best_load, best_next = off, load, coming
    return total


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
def false_alarms(night: Night, real: Real) -> None:
    """Alarms that turn out to be nothing, each costing a responder's time."""
    begins = night[NIGHT.ALARMS_BEGIN]
    if begins < night[NIGHT.END] and _matters(night):
        night[NIGHT.ALARMS_UNTIL] = min((begins // HOUR + 1) * HOUR, night[NIGHT.END])
        world.begin_alarms(night, real)
        next_alarm(night, real)


@compiled
def next_alarm(night: Night, real: Real) -> None:
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
