"""Moments in the model's order at one instant, and what a moment sets off before the next."""

from __future__ import annotations

from ...model import states
from ._jit import compiled, integers
from .layout import MOMENT, NIGHT, TEAM, Night
from .memory import give_back, new

Kind = integers(states.Kind)
NEVER = 1 << 62


@compiled
def moment(night: Night, time: int, kind: int, entity: int, sub: int, then: int, what: int) -> None:
    """Something that happens at a set time, in the order (time, kind, entity, sub)."""
    one = new(night, MOMENT.SIZE)
    night[NIGHT.SEQUENCE] += 1
    night[one + MOMENT.KIND] = kind
    night[one + MOMENT.ENTITY] = entity
    night[one + MOMENT.SUB] = sub
    night[one + MOMENT.SEQUENCE] = night[NIGHT.SEQUENCE]
    night[one + MOMENT.THEN] = then
    night[one + MOMENT.WHAT] = what
    heap, at = night[NIGHT.HEAP], night[NIGHT.HEAP_SIZE]
    night[NIGHT.HEAP_SIZE] = at + 1
    for place in range(heap + 2 * at + 2, heap + 2 * at + 8, 2):
        night[place] = NEVER  # what is compared with it need not ask how many there are
    while at > 0:
        above = (at - 1) >> 2
        place = heap + 2 * above
        if not _before(night, time, one, night[place], night[place + 1]):
            break
        night[heap + 2 * at] = night[place]
        night[heap + 2 * at + 1] = night[place + 1]
        at = above
    night[heap + 2 * at] = time
    night[heap + 2 * at + 1] = one


@compiled
def arrival(night: Night, time: int, entity: int, then: int, what: int) -> None:
    """The moment of the next report, or of the hour's end: there is but one, and it has a place beside the heap."""
    night[NIGHT.SEQUENCE] += 1
    night[NIGHT.COMING_TIME] = time
    night[NIGHT.COMING + MOMENT.KIND] = Kind.ARRIVAL
    night[NIGHT.COMING + MOMENT.ENTITY] = entity
    night[NIGHT.COMING + MOMENT.SUB] = 0
    night[NIGHT.COMING + MOMENT.SEQUENCE] = night[NIGHT.SEQUENCE]
    night[NIGHT.COMING + MOMENT.THEN] = then
    night[NIGHT.COMING + MOMENT.WHAT] = what


@compiled
def _before(night: Night, time: int, one: int, its_time: int, other: int) -> bool:
    if time != its_time:
        return time < its_time
    for field in range(4):  # kind, entity, sub and, among equals, which was first
        if night[one + field] != night[other + field]:
            return night[one + field] < night[other + field]
    return False


@compiled
def next_moment(night: Night) -> int:
    """Take the first moment; now is its time."""
    heap, size = night[NIGHT.HEAP], night[NIGHT.HEAP_SIZE] - 1
    comes = night[NIGHT.COMING_TIME]
    if comes <= night[heap] and _before(night, comes, NIGHT.COMING, night[heap], night[heap + 1]):
        night[NIGHT.NOW] = comes
        night[NIGHT.COMING_TIME] = NEVER
        return NIGHT.COMING
    night[NIGHT.HEAP_SIZE] = size
    night[NIGHT.NOW] = night[heap]
    first = night[heap + 1]
    time, last = night[heap + 2 * size], night[heap + 2 * size + 1]
    night[heap + 2 * size] = NEVER
    at, below = 0, 1
    while below < size:
        # Which of the four below comes first could not be foretold: jumps would cost more than to look at all of
        # them. Where there are fewer the others come NEVER. Only among equals does one look further.
        four = heap + 2 * below
        two, three, fourth = night[four + 2], night[four + 4], night[four + 6]
        soonest = min(min(night[four], two), min(three, fourth))
        if time < soonest:
            break
        is_two, is_three, is_four = int(two == soonest), int(three == soonest), int(fourth == soonest)
        least = 4 * at + 1 + is_two + 2 * is_three + 3 * is_four
        if time == soonest or int(night[four] == soonest) + is_two + is_three + is_four > 1:
            least = _first_of(night, heap, below, soonest)
            if not _before(night, soonest, night[heap + 2 * least + 1], time, last):
                break
        night[heap + 2 * at] = soonest
        night[heap + 2 * at + 1] = night[heap + 2 * least + 1]
        at = least
        below = 4 * at + 1
    night[heap + 2 * at] = time
    night[heap + 2 * at + 1] = last
    return first


@compiled
def _first_of(night: Night, heap: int, below: int, soonest: int) -> int:
    """Which of the four moments below another is the first of those that come soonest."""
    first = -1
    for one in range(below, below + 4):
        place = heap + 2 * one
        if night[place] == soonest and (
            first < 0 or _before(night, soonest, night[place + 1], soonest, night[heap + 2 * first + 1])
        ):
            first = one
    return first


@compiled
def forget(night: Night, one: int) -> None:
    """A moment that has come is needed no more."""
    if one != NIGHT.COMING:
        give_back(night, one, MOMENT.SIZE)


@compiled
def start(night: Night, then: int, what: int) -> None:
    """A process starts: at this instant, before anything that wakes."""
    last = night[NIGHT.STARTS_LAST]
    place = night[NIGHT.STARTS] + 2 * (last & (night[NIGHT.STARTS_ROOM] - 1))
    night[place] = then
    night[place + 1] = what
    night[NIGHT.STARTS_LAST] = last + 1


@compiled
def wake(night: Night, then: int, what: int) -> None:
    """Something goes on: at this instant, first come first served, before the next moment."""
    last = night[NIGHT.WAKES_LAST]
    place = night[NIGHT.WAKES] + 2 * (last & (night[NIGHT.WAKES_ROOM] - 1))
    night[place] = then
    night[place + 1] = what
    night[NIGHT.WAKES_LAST] = last + 1


@compiled
def match_moment(night: Night, people: int) -> None:
    """The moment of a team's match: now, after all else, teams by id.

    Only the night's end is of the same kind, and it comes later: the heap need not hold such moments.
    """
    matches, at = night[NIGHT.MATCHES], night[NIGHT.MATCH_COUNT]
    while at > 0 and night[night[matches + at - 1] + TEAM.ID] < night[people + TEAM.ID]:
        night[matches + at] = night[matches + at - 1]
        at -= 1
    night[matches + at] = people
    night[NIGHT.MATCH_COUNT] += 1


@compiled
def match_is_next(night: Night) -> bool:
    """Whether the next moment is a match."""
    if night[NIGHT.MATCH_COUNT] == 0:
        return False
    if night[NIGHT.COMING_TIME] <= night[NIGHT.NOW]:
        return False  # it comes before any match
    if night[NIGHT.HEAP_SIZE] == 0 or night[night[NIGHT.HEAP]] > night[NIGHT.NOW]:
        return True
    first = night[night[NIGHT.HEAP] + 1]
    return night[first + MOMENT.KIND] == Kind.MATCH
