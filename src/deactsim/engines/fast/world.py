"""What the world says as a night comes to it: reliability, reports and false alarms."""

from __future__ import annotations

import math

from ...model import streams as ids
from ...model import world
from ._jit import compiled, integers
from .clock import NEVER
from .layout import AHEAD, COMES, CONTROL, INCIDENT, NIGHT, STREAM, Night, Real
from .streams import draw, length, length_at, uniform

HOUR, OUTAGES_A_WINDOW = world.HOUR, world.OUTAGES_A_WINDOW
Purpose = integers(ids.Purpose)


@compiled
def effect_as_documented(night: Night, real: Real, incident: int) -> int:
    """When the account went dark under the record: the documented time, give or take."""
    documented, spread = night[incident + INCIDENT.DOCUMENTED], night[incident + INCIDENT.SPREAD]
    if spread == 0:
        return documented
    u = draw(night, real, night[incident + INCIDENT.ID], Purpose.ACT_TIME, 0)
    return documented + round((2.0 * u - 1.0) * spread)


@compiled
def ahead(night: Night, real: Real, incident: int) -> int:
    """How long before the documented effect the actor first asks: the command's lag, and as he adapts."""
    lag = length(night, real, night[incident + INCIDENT.ID], Purpose.LAG, 0, night[incident + INCIDENT.LAG])
    return lag + night[incident + INCIDENT.AHEAD]


@compiled
def leaving(night: Night, real: Real, incident: int) -> None:
    """Write down when the actor's last shift ends, or ended, if he is leaving or has left."""
    after = night[incident + INCIDENT.LEAVES_AFTER]
    night[incident + INCIDENT.IS_LEAVING] = after != 0
    if after:
        drawn = length(night, real, night[incident + INCIDENT.ID], Purpose.LEAVES, 0, after)
        if night[incident + INCIDENT.HAD_LEFT]:
            drawn = -max(1, drawn)
        night[incident + INCIDENT.LEAVES] = effect_as_documented(night, real, incident) + drawn


@compiled
def in_order(night: Night, real: Real, control: int, time: int) -> bool:
    """Whether the component behind a control is working."""
    share = real[control + CONTROL.OUTAGE]
    if share <= 0.0:
        return True
    if share >= 1.0:
        return False
    stretch = night[control + CONTROL.STRETCH]
    component = night[control + CONTROL.COMPONENT]
    window = OUTAGES_A_WINDOW * stretch
    number = time // window
    down_mean = float(stretch)
    up_mean = down_mean * (1.0 - share) / share
    # Time goes on: the turn that was under way when it was last asked for is where to go on from.
    if night[control + CONTROL.WINDOW] != number or time < real[control + CONTROL.TURN_FROM]:
        night[control + CONTROL.WINDOW] = number
        night[control + CONTROL.TURN] = -1
        # Set so that the first turn leaves it as it is drawn.
        night[control + CONTROL.DOWN] = (
            not draw(night, real, component + number, Purpose.OUTAGE_STATE, 0) < share
        )
        real[control + CONTROL.TURN_TO] = float(number * window)
    while not time < real[control + CONTROL.TURN_TO] or night[control + CONTROL.TURN] < 0:
        night[control + CONTROL.TURN] += 1
        night[control + CONTROL.DOWN] = not night[control + CONTROL.DOWN]
        u = draw(night, real, component + number, Purpose.OUTAGE_LENGTH, night[control + CONTROL.TURN])
        turn = real[control + CONTROL.TURN_TO]
        real[control + CONTROL.TURN_FROM] = turn
        real[control + CONTROL.TURN_TO] = turn - math.log(u) * (
            down_mean if night[control + CONTROL.DOWN] else up_mean
        )
    return not night[control + CONTROL.DOWN]


@compiled
def covered(night: Night, real: Real, control: int, target: int, time: int) -> bool:
    """Whether a list that should hold the target really does, and its entry is not stale."""
    own = night[control + CONTROL.ID] & 0xFFFFFFFF
    covers = real[control + CONTROL.COVERS]
    if covers < 1.0 and draw(night, real, target, Purpose.COVERED, own) >= covers:
        return False
    if real[control + CONTROL.ROTS] <= 0.0:
        return True
    share, mended = real[control + CONTROL.STALE], night[control + CONTROL.MENDED]
    entity = target ^ own
    window = OUTAGES_A_WINDOW * mended
    number = time // window
    down = draw(night, real, entity + number, Purpose.STALE_STATE, 0) < share
    down_mean = float(mended)
    up_mean = down_mean * (1.0 - share) / share
    turn, k = float(number * window), 0
    while True:
        u = draw(night, real, entity + number, Purpose.STALE_LENGTH, k)
        turn -= math.log(u) * (down_mean if down else up_mean)
        if time < turn:
            return not down
        down, k = not down, k + 1


@compiled
def begin_hour(night: Night, real: Real, stream: int, hour: int, begin: int, until: int) -> None:
    """Reports of a stream from `begin` up to `until`, within an hour."""
    night[stream + STREAM.HOUR] = hour
    night[stream + STREAM.K] = 0
    real[stream + STREAM.AT] = 0.0
    _draw_reports(night, real, stream, begin, until)


@compiled
def next_report(night: Night, real: Real, stream: int, begin: int, until: int) -> None:
    """The stream's next report from `begin` up to `until`; its time is NEVER if there is none."""
    following = night[stream + STREAM.NEXT] + COMES.SIZE
    if following == night[stream + STREAM.LAST]:
        _draw_reports(night, real, stream, begin, until)
    else:
        night[stream + STREAM.NEXT] = following
        night[stream + STREAM.NEXT_TIME] = night[following + COMES.TIME]
        night[stream + STREAM.NEXT_ID] = night[following + COMES.ID]


@compiled
def _draw_reports(night: Night, real: Real, stream: int, begin: int, until: int) -> None:
    """Draw the stream's next reports ahead; after the last of the hour there is one that comes NEVER."""
    rate, hour = real[stream + STREAM.RATE], night[stream + STREAM.HOUR]
    base, grid = night[stream + STREAM.BASE] | hour << 16, night[NIGHT.GRID]
    at, k = real[stream + STREAM.AT], night[stream + STREAM.K]
    first = stream + STREAM.COMING
    last = first
    is_over = rate <= 0.0
    while last == first and not is_over:
        count = _draw_gaps(night, real, stream, base, k, (until - hour * HOUR - at) * rate)
        for one in range(count):
            at -= real[first + COMES.SIZE * one]
            is_over = at >= HOUR
            if is_over:
                break
            time = hour * HOUR + int(at)
            is_over = time >= until
            if is_over:
                break
            if time >= begin and (
                night[stream + STREAM.THIN] == 0 or _comes(night, real, stream, base | k, time)
            ):
                night[last + COMES.TIME] = time if grid == 1 else max(time // grid * grid, begin)
                night[last + COMES.ID] = base | k
                last += COMES.SIZE
            k += 1
    if is_over:
        night[last + COMES.TIME] = NEVER
        night[last + COMES.ID] = base | k
        last += COMES.SIZE
    real[stream + STREAM.AT] = at
    night[stream + STREAM.K] = k
    night[stream + STREAM.NEXT] = first
    night[stream + STREAM.LAST] = last
    night[stream + STREAM.TAKEN] = first
    night[stream + STREAM.NEXT_TIME] = night[first + COMES.TIME]
    night[stream + STREAM.NEXT_ID] = night[first + COMES.ID]


@compiled
def _draw_gaps(night: Night, real: Real, stream: int, base: int, k: int, left: float) -> int:
    """Draw gaps before a stream's next reports, where so many are `left`; how many.

    Several at once, for then the processor works on all their logarithms at the same time; but one alone where
    most would not be needed, or where luck may be placed.
    """
    rate, first = real[stream + STREAM.RATE], stream + STREAM.COMING
    if left < 2.0 * AHEAD or night[NIGHT.LUCK_COUNT]:
        real[first] = math.log(draw(night, real, base, Purpose.GAP, k)) / rate
        return 1
    key, last = night[NIGHT.KEY], first + COMES.SIZE * AHEAD
    for one in range(first, last, COMES.SIZE):
        real[one] = uniform(key, base, Purpose.GAP, k)
        k += 1
    for one in range(first, last, COMES.SIZE):
        real[one] = math.log(real[one]) / rate
    return AHEAD


@compiled
def handling_of_next(night: Night, real: Real, stream: int) -> int:
    """How long the stream's next report takes, once somebody handles it.

    It is drawn of all that are drawn ahead at once, and before it is needed: nothing then waits for logarithms.
    What comes NEVER is drawn along; nobody asks how long it takes.
    """
    following = night[stream + STREAM.NEXT]
    if following >= night[stream + STREAM.TAKEN]:
        key, last, handling = night[NIGHT.KEY], night[stream + STREAM.LAST], night[stream + STREAM.HANDLING]
        for one in range(following, last, COMES.SIZE):
            real[one + COMES.TAKES] = uniform(key, night[one + COMES.ID], Purpose.HANDLING, 0)
        for one in range(following, last, COMES.SIZE):
            night[one + COMES.TAKES] = length_at(night, real, handling, real[one + COMES.TAKES])
        night[stream + STREAM.TAKEN] = last
    return night[following + COMES.TAKES]


@compiled
def _comes(night: Night, real: Real, stream: int, report: int, time: int) -> bool:
    """Whether a report comes in an hour that is less busy than the busiest."""
    spans, count = night[stream + STREAM.SPANS], night[stream + STREAM.SPAN_COUNT]
    at = night[stream + STREAM.SPAN]
    while at + 1 < count and night[spans + 3 * (at + 1)] <= time:
        at += 1
    night[stream + STREAM.SPAN] = at
    u = draw(night, real, report, Purpose.BUSY, 0)
    return u * real[stream + STREAM.MOST] < real[spans + 3 * at + 2]


@compiled
def begin_alarms(night: Night, real: Real) -> None:
    """Begin another hour of false alarms."""
    night[NIGHT.ALARM_K] = 0
    real[NIGHT.ALARM_AT] = 0.0


@compiled
def next_alarm(night: Night, real: Real, begin: int, until: int) -> tuple[int, int]:
    """The next false alarm from `begin` up to `until` as (time, id); NEVER if there is none."""
    if night[NIGHT.PLACED_ALARMS]:
        while night[NIGHT.ALARM_NEXT] < night[NIGHT.ALARM_COUNT]:
            place = night[NIGHT.PLACED_ALARMS] + 2 * night[NIGHT.ALARM_NEXT]
            if night[place] >= until:
                break
            night[NIGHT.ALARM_NEXT] += 1
            if night[place] >= begin:
                return night[place], night[place + 1]
        return NEVER, 0
    rate, hour = real[NIGHT.ALARM_RATE], begin // HOUR
    base = night[NIGHT.ALARM_BASE] | hour << 16
    at, k = real[NIGHT.ALARM_AT], night[NIGHT.ALARM_K]
    found = NEVER
    while rate > 0.0:
        at -= math.log(draw(night, real, base, Purpose.GAP, k)) / rate
        if at >= HOUR:
            break
        k += 1
        if begin <= hour * HOUR + int(at) < until:
            found = hour * HOUR + int(at)
            break
    real[NIGHT.ALARM_AT] = at
    night[NIGHT.ALARM_K] = k
    grid = night[NIGHT.GRID]
    if grid > 1 and found != NEVER:
        found = max(found // grid * grid, begin)
    return found, base | (k - 1)
