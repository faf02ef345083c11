"""Many evenings of one plan, each folded into its marks as soon as it is over.

An evening of a quiet image is run without routine, and then looked at: could routine have kept its people
busy (study/background.py)? Where it could, nothing is said of it; nor of one that outgrows its memory, or goes
beyond the tables.
"""

from __future__ import annotations

from ...model import states
from ...model import streams as ids
from ._jit import compiled
from .action import Reason
from .clock import NEVER
from .layout import ACT, ASKS, BATCH, INCIDENT, MARKS, NIGHT, SAID, STREAM, TEAM, WORLD, Night, Real
from .night import IS_OVER, ROWS_ARE_FULL, advance
from .people import Event
from .record import FIRST_ACT
from .streams import draw
from .world import HOUR, Purpose, ahead, begin_hour, effect_as_documented, next_report

CHANNELS = len(states.Channel)
STAGES = max(states.Stage) + 1
ACT_TAG = ids.ACT


@compiled
def evenings(
    batch: Night, image: Night, night: Night, real: Real, worlds: Night, marks: Night, said: Night
) -> int:
    """Run the batch from its `FIRST` world on; which is next, where what is said has no room or it has run for long."""
    batch[BATCH.ROWS] = 0
    for number in range(batch[BATCH.FIRST], batch[BATCH.WORLD_COUNT]):
        # Gates say no more of the acts of an evening than there is room for in its rows.
        if (
            batch[BATCH.SAID_COUNT] + image[NIGHT.ROW_ROOM] > batch[BATCH.SAID_ROOM]
            or batch[BATCH.ROWS] > batch[BATCH.MOST_ROWS]
        ):
            return number
        at, world = number * batch[BATCH.MARKS_SIZE], number * batch[BATCH.WORLD_SIZE]
        marks[at + MARKS.STATUS] = 0
        is_over = _evening(batch, image, night, real, worlds, world)
        batch[BATCH.ROWS] += night[NIGHT.COUNTED_ROWS] + night[NIGHT.ROW_COUNT]
        if is_over:
            if night[NIGHT.QUIET] and _keeps_waiting(night, real):
                continue
            _fold(batch, night, real, marks, said, at)
    return batch[BATCH.WORLD_COUNT]


@compiled
def _evening(batch: Night, image: Night, night: Night, real: Real, worlds: Night, world: int) -> bool:
    """Run one evening; whether it came to its end."""
    for place in range(batch[BATCH.IMAGE_SIZE]):
        night[place] = image[place]
    _set_world(night, worlds, world)
    night[NIGHT.START] -= ahead(night, real, night[NIGHT.INCIDENTS])
    night[NIGHT.NOW] = night[NIGHT.START]
    if night[NIGHT.START] < batch[BATCH.FROM] or night[NIGHT.END] > batch[BATCH.UNTIL]:
        return False
    return run_through(night, real)


@compiled
def run_through(night: Night, real: Real) -> bool:
    """Run a night; whether it came to its end.

    Where its rows are full, those of acts are kept alone; but not of a quiet one, whose others are counted. Nor has
    one come to its end that exceeds the budget of events: run by itself it is refused.
    """
    kept = 0
    while True:
        status = advance(night, real)
        if (status == ROWS_ARE_FULL and night[NIGHT.QUIET]) or not is_within_budget(night, kept):
            return False
        if status != ROWS_ARE_FULL:
            return status == IS_OVER
        kept = of_acts(night)
        if kept + night[NIGHT.ROW_MARGIN] > night[NIGHT.ROW_ROOM]:
            return False


@compiled
def is_within_budget(night: Night, kept: int) -> bool:
    """Count the rows after those that were kept: whether no hour has more than it may."""
    few = night[NIGHT.COUNTED_ROWS] == 0 and night[NIGHT.ROW_COUNT] <= night[NIGHT.EVENTS_AN_HOUR]
    if few and night[NIGHT.STATUS] != ROWS_ARE_FULL:
        return True  # it is over, with fewer than an hour may have
    for row in range(kept, night[NIGHT.ROW_COUNT]):
        hour = night[night[NIGHT.ROWS] + 5 * row] // HOUR
        if hour != night[NIGHT.COUNTED_HOUR]:
            night[NIGHT.COUNTED_HOUR] = hour
            night[NIGHT.COUNTED] = 0
        night[NIGHT.COUNTED] += 1
        if night[NIGHT.COUNTED] > night[NIGHT.EVENTS_AN_HOUR]:
            return False
    night[NIGHT.COUNTED_ROWS] += night[NIGHT.ROW_COUNT] - kept
    return True


@compiled
def of_acts(night: Night) -> int:
    """Keep the rows of the incident's acts alone; how many there are."""
    kept = night[NIGHT.ROWS]
    for row in range(night[NIGHT.ROW_COUNT]):
        place = night[NIGHT.ROWS] + 5 * row
        if night[place + 2] >> 59 == ACT_TAG:
            for field in range(5):
                night[kept + field] = night[place + field]
            kept += 5
    night[NIGHT.ROW_COUNT] = (kept - night[NIGHT.ROWS]) // 5
    return night[NIGHT.ROW_COUNT]


@compiled
def _set_world(night: Night, worlds: Night, world: int) -> None:
    """Put a world in the place of that which the image was made of."""
    night[NIGHT.KEY] = worlds[world + WORLD.KEY]
    night[NIGHT.START] = worlds[world + WORLD.START]
    night[NIGHT.END] = worlds[world + WORLD.END]
    record = world + WORLD.SIZE
    for place in range(3 * STAGES):
        night[night[NIGHT.PINS] + place] = worlds[record + place]
    for place in range(2 * STAGES):
        night[night[NIGHT.LENGTHS] + place] = worlds[record + 3 * STAGES + place]


@compiled
def _asks(event: int) -> bool:
    """Whether it asks for one person's work."""
    return event in (Event.ASKED, Event.REROUTED) or event in (Event.PAGED, Event.FALSE_ALARM)


@compiled
def _takes(event: int) -> bool:
    """Whether somebody begins with such work: how long it takes from then on hangs on nobody else."""
    return event in (Event.REVIEW_STARTS, Event.ALARM_TAKEN, Event.RESPONDER_TAKES)


@compiled
def _keeps_waiting(night: Night, real: Real) -> bool:
    """Whether somebody could have to wait for routine while the incident needs people."""
    until = asked_of_people(night)
    for index in range(night[NIGHT.STREAM_COUNT]):
        if matters(night, real, index):
            stream = night[NIGHT.STREAMS] + STREAM.SIZE * index
            acts, wrongs = _actions(night, real, stream, night[NIGHT.START], until)
            ask_people(night, index, acts, wrongs)
    return too_many(night)


@compiled
def asked_of_people(night: Night) -> int:
    """Count, above the memory's top, what an evening asks of each team; until when it needs people, and a bit."""
    until, work = 0, night[NIGHT.TOP]
    for team in range(night[NIGHT.TEAM_COUNT]):
        night[work + team] = 0
    for row in range(night[NIGHT.ROW_COUNT]):
        at = night[NIGHT.ROWS] + 5 * row
        event = night[at + 1]
        if _asks(event) or _takes(event):
            until = max(until, night[at] + 1)
        if _asks(event):
            night[work + _place_of(night, night[at + 3])] += 1
    return until


@compiled
def matters(night: Night, real: Real, index: int) -> bool:
    """Whether a stream's actions ask anything of people."""
    if real[night[NIGHT.STREAMS] + STREAM.SIZE * index + STREAM.WRONGFUL] > 0.0:
        return True
    for ask in range(night[NIGHT.ASK_COUNT]):
        if night[night[NIGHT.ASKS] + ASKS.SIZE * ask + ASKS.STREAM] == index:
            return True
    return False


@compiled
def ask_people(night: Night, index: int, acts: int, wrongs: int) -> None:
    """Add what so many actions of a stream ask of people; what goes dark calls a responder."""
    work = night[NIGHT.TOP]
    night[work + (night[NIGHT.RESPONDERS] - night[NIGHT.TEAMS]) // TEAM.SIZE] += wrongs
    for ask in range(night[NIGHT.ASK_COUNT]):
        at = night[NIGHT.ASKS] + ASKS.SIZE * ask
        if night[at + ASKS.STREAM] == index:
            team = (night[at + ASKS.TEAM] - night[NIGHT.TEAMS]) // TEAM.SIZE
            night[work + team] += night[at + ASKS.PEOPLE] * acts


@compiled
def too_many(night: Night) -> bool:
    """Whether a team is asked more than it has people."""
    work = night[NIGHT.TOP]
    for team in range(night[NIGHT.TEAM_COUNT]):
        if night[work + team] > night[night[NIGHT.TEAMS] + TEAM.SIZE * team + TEAM.HEADCOUNT]:
            return True
    return False


@compiled
def _place_of(night: Night, entity: int) -> int:
    """Which of the teams has this id."""
    for team in range(night[NIGHT.TEAM_COUNT]):
        if night[night[NIGHT.TEAMS] + TEAM.SIZE * team + TEAM.ID] == entity:
            return team
    return 0


@compiled
def _actions(night: Night, real: Real, stream: int, begin: int, until: int) -> tuple[int, int]:
    """How many reports from `begin` up to `until` end in an action, and in a wrongful one."""
    acts, wrongs = 0, 0
    for hour in range(begin // HOUR, (until - 1) // HOUR + 1):
        first, last = max(begin, hour * HOUR), min(until, (hour + 1) * HOUR)
        begin_hour(night, real, stream, hour, first, last)
        while night[stream + STREAM.NEXT_TIME] != NEVER:
            report = night[stream + STREAM.NEXT_ID]
            if draw(night, real, report, Purpose.ACTIONED, 0) < real[stream + STREAM.ACTIONED]:
                acts += 1
                wrongs += draw(night, real, report, Purpose.SLIP, 0) < real[stream + STREAM.WRONGFUL]
            next_report(night, real, stream, first, last)
    return acts, wrongs


@compiled
def _fold(batch: Night, night: Night, real: Real, marks: Night, said: Night, at: int) -> None:
    """Fold an evening's rows into its marks."""
    acts = night[NIGHT.ACT_COUNT]
    first_act = night[night[NIGHT.INCIDENTS] + INCIDENT.ID]
    effects = at + MARKS.SIZE + CHANNELS
    for place in range(at + MARKS.MISSED, effects + 2 * acts):
        marks[place] = -1
    marks[at + MARKS.STATUS] = 1
    marks[at + MARKS.MISSED] = night[NIGHT.MISSED]
    marks[at + MARKS.OVER] = night[NIGHT.PENDING] == 0
    marks[at + MARKS.DRAWN] = effect_as_documented(night, real, night[NIGHT.INCIDENTS])
    marks[at + MARKS.ENDS] = night[NIGHT.END]
    marks[at + MARKS.CONTENT_LOST] = 0
    marks[at + MARKS.SAID] = batch[BATCH.SAID_COUNT]
    for row in range(night[NIGHT.ROW_COUNT]):
        place = night[NIGHT.ROWS] + 5 * row
        time, event, entity, by = night[place], night[place + 1], night[place + 2], night[place + 3]
        if entity >> 59 != ACT_TAG:
            continue
        if event == Event.TOOK_EFFECT:
            marks[effects + entity - first_act] = time
        elif event == Event.VISIBLE:
            marks[effects + acts + entity - first_act] = time
        elif event == Event.GATE_DENIED or event == Event.GATE_PASSED:
            _said(batch, night, said, row)
        if entity == FIRST_ACT or event == Event.CONTAINED:
            _mark(marks, at, time, event, by)
    marks[at + MARKS.SAID_COUNT] = batch[BATCH.SAID_COUNT] - marks[at + MARKS.SAID]
    settled = 0
    for act in range(acts):
        settled += marks[effects + act] >= 0
    denied = 0
    for act in range(acts):
        denied += _is_denied(night, night[night[NIGHT.ACTS] + ACT.SIZE * act + ACT.ID])
    marks[at + MARKS.HELD] = settled + denied < acts


@compiled
def _is_denied(night: Night, act: int) -> bool:
    for row in range(night[NIGHT.ROW_COUNT]):
        place = night[NIGHT.ROWS] + 5 * row
        if night[place + 2] == act and night[place + 1] == Event.GATE_DENIED:
            return True
    return False


@compiled
def _mark(marks: Night, at: int, time: int, event: int, by: int) -> None:
    if event == Event.REQUESTED:
        marks[at + MARKS.REQUESTED] = time
    elif event == Event.TOOK_EFFECT:
        marks[at + MARKS.EFFECT] = time
    elif event == Event.NOTICED:
        marks[at + MARKS.SIZE + by - 1] = time
    elif event == Event.WORD_ARRIVES:
        marks[at + MARKS.WORD] = time
        marks[at + MARKS.WORD_BY] = by
    elif event == Event.RESPONDER_TAKES:
        marks[at + MARKS.TAKEN] = time
    elif event == Event.PICKED_UP:
        marks[at + MARKS.PICKED_UP] = time
    elif event == Event.CAUSE_FOUND:
        marks[at + MARKS.CAUSE_FOUND] = time
    elif event == Event.UNDO_AUTHORISED:
        marks[at + MARKS.AUTHORISED] = time
    elif event == Event.VISIBLE:
        marks[at + MARKS.VISIBLE] = time
        marks[at + MARKS.ROUTE] = by
    elif event == Event.CONTAINED:
        marks[at + MARKS.CONTAINED] = time
    elif event == Event.FIRST_STATEMENT:
        marks[at + MARKS.FIRST_STATEMENT] = time
    elif event == Event.SECOND_STATEMENT:
        marks[at + MARKS.SECOND_STATEMENT] = time
    elif event == Event.AUDIENCE_WHOLE:
        marks[at + MARKS.AUDIENCE_WHOLE] = time
    elif event == Event.CONTENT_LOST:
        marks[at + MARKS.CONTENT_LOST] = 1


@compiled
def _said(batch: Night, night: Night, said: Night, row: int) -> None:
    """Keep what a gate said of an act."""
    place = night[NIGHT.ROWS] + 5 * row
    one = SAID.SIZE * batch[BATCH.SAID_COUNT]
    batch[BATCH.SAID_COUNT] += 1
    said[one + SAID.GATE] = night[place + 3]
    said[one + SAID.REASON] = night[place + 4]
    said[one + SAID.DENIED] = night[place + 1] == Event.GATE_DENIED
    said[one + SAID.UNDER_REVIEW] = 0
    said[one + SAID.ASKED] = 0
    said[one + SAID.ASKED_AT] = 0
    said[one + SAID.TIME] = night[place]
    if night[place + 1] != Event.GATE_DENIED or night[place + 4] != Reason.TIMED_OUT:
        return
    looking = 0
    for earlier in range(row):
        other = night[NIGHT.ROWS] + 5 * earlier
        if night[other + 2] == night[place + 2]:
            event = night[other + 1]
            if event == Event.ASKED:
                said[one + SAID.ASKED] = night[other + 3]
                said[one + SAID.ASKED_AT] = night[other]
            looking += event == Event.REVIEW_STARTS
            looking -= event == Event.REVIEW_ENDS
    said[one + SAID.UNDER_REVIEW] = looking > 0
