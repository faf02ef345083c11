"""Occurrences run with the actions that matter (docs/design/background.md), many in one call of the kernel.

Where those who handle reports are asked for nothing else, a desk works out who takes which report, and when,
once for all plans that agree in that. An occurrence under a plan then begins with the actions that reports end in.
"""

from __future__ import annotations

from ._jit import compiled
from .clock import NEVER, Kind, moment
from .evenings import is_within_budget, of_acts
from .layout import ASKED_FOR, HANDLED, MEETINGS, MEETS, NIGHT, Night, Real
from .night import IS_OVER, LAST, ROWS_ARE_FULL, WANTS_REQUESTS, advance
from .routine import HANDLED as IS_HANDLED
from .then import THEN


@compiled
def set_back(images: Night, image: int, size: int, night: Night) -> None:
    """Set a memory back to an image."""
    for place in range(size):
        night[place] = images[image + place]


@compiled
def run_with_requests(
    meetings: Night,
    images: Night,
    plans: Night,
    plan: int,
    night: Night,
    real: Real,
    desk: Night,
    desk_real: Real,
    actions: Night,
) -> bool:
    """Run an occurrence with the actions of routine that matter; whether it came to its end."""
    night[NIGHT.QUIET] = 0
    night[NIGHT.ASKS_FOR_REQUESTS] = 1
    night[NIGHT.ROOM] = meetings[MEETINGS.ROOM]
    if (
        meetings[MEETINGS.DESK] != plans[plan + MEETS.DESK]
        or meetings[MEETINGS.DESK_FROM] != night[NIGHT.START]
    ):
        _open_desk(meetings, images, plans, plan, night, desk)
    meetings[MEETINGS.HANDLED_NEXT] = 0
    matters, kept = plans[plan + MEETS.MATTERS], 0
    while True:
        status = advance(night, real)
        if status == WANTS_REQUESTS:
            if not _handle(meetings, desk, desk_real, actions, night[NIGHT.UNTIL]):
                return False
            if not _hand_over(meetings, images, matters, night, actions):
                return False
            continue
        if not is_within_budget(night, kept):
            return False
        if status != ROWS_ARE_FULL:
            return status == IS_OVER
        kept = of_acts(night)
        if kept + night[NIGHT.ROW_MARGIN] > night[NIGHT.ROW_ROOM]:
            return False


@compiled
def _open_desk(meetings: Night, images: Night, plans: Night, plan: int, night: Night, desk: Night) -> None:
    """Begin to handle the reports around a night."""
    set_back(images, plans[plan + MEETS.DESK], plans[plan + MEETS.DESK_SIZE], desk)
    desk[NIGHT.IS_DESK] = 1
    for field in (NIGHT.KEY, NIGHT.START, NIGHT.NOW, NIGHT.END):
        desk[field] = night[field]
    meetings[MEETINGS.DESK] = plans[plan + MEETS.DESK]
    meetings[MEETINGS.DESK_FROM] = night[NIGHT.START]
    meetings[MEETINGS.DESK_UNTIL] = night[NIGHT.START]
    meetings[MEETINGS.HANDLED_COUNT] = 0


@compiled
def _handle(meetings: Night, desk: Night, real: Real, actions: Night, until: int) -> bool:
    """Have the desk go on until everything at a time has happened; False where it has no room."""
    if meetings[MEETINGS.DESK_UNTIL] >= until:
        return True
    # It comes to an end there, and goes on from it the next time.
    desk[NIGHT.OVER] = 0
    moment(desk, until, Kind.MATCH, LAST, 0, THEN.END, 0)
    while True:
        status = advance(desk, real)
        if not _write_down(meetings, desk, actions):
            return False
        if status == IS_OVER:
            # After the world's end nothing more is taken.
            meetings[MEETINGS.DESK_UNTIL] = until if until < desk[NIGHT.END] else NEVER
            return True
        if status != ROWS_ARE_FULL:
            return False


@compiled
def _write_down(meetings: Night, desk: Night, actions: Night) -> bool:
    """Keep what was taken and ends in an action, in the order in which it is closed; False without room."""
    for row in range(desk[NIGHT.ROW_COUNT]):
        first = desk[NIGHT.ROWS] + 5 * row
        second = first + 5
        if desk[first + 1] != IS_HANDLED or desk[second + 4] >> 1 == 0:
            continue
        count = meetings[MEETINGS.HANDLED_COUNT]
        if count == meetings[MEETINGS.HANDLED_ROOM]:
            return False
        closed, agent = desk[first + 4], desk[first + 3]
        at = meetings[MEETINGS.HANDLED] + HANDLED.SIZE * count
        while count > 0:
            before = at - HANDLED.SIZE
            its = actions[before + HANDLED.CLOSED]
            if its < closed or (its == closed and actions[before + HANDLED.AGENT] < agent):
                break
            for field in range(HANDLED.SIZE):
                actions[at + field] = actions[before + field]
            at, count = before, count - 1
        actions[at + HANDLED.CLOSED] = closed
        actions[at + HANDLED.AGENT] = agent
        actions[at + HANDLED.REPORT] = desk[first + 2]
        actions[at + HANDLED.OF] = desk[second + 2]
        actions[at + HANDLED.PLACE] = desk[second + 3]
        actions[at + HANDLED.URGENT] = desk[second + 4] & 1
        actions[at + HANDLED.WRONGFUL] = desk[second + 4] >> 1 == 2
        meetings[MEETINGS.HANDLED_COUNT] += 1
    desk[NIGHT.ROW_COUNT] = 0
    return True


@compiled
def _hand_over(meetings: Night, images: Night, matters: int, night: Night, actions: Night) -> bool:
    """Give a night the actions of the hour it asks for, wrongful ones and those that matter; False without room."""
    table, one = night[NIGHT.TOP], meetings[MEETINGS.HANDLED_NEXT]
    night[NIGHT.REQUESTS] = table
    night[NIGHT.REQUEST_COUNT] = 0
    night[NIGHT.REQUEST_NEXT] = 0
    while one < meetings[MEETINGS.HANDLED_COUNT]:
        handled = meetings[MEETINGS.HANDLED] + HANDLED.SIZE * one
        if actions[handled + HANDLED.CLOSED] >= night[NIGHT.UNTIL]:
            break
        if actions[handled + HANDLED.WRONGFUL] or images[matters + actions[handled + HANDLED.OF]]:
            if night[NIGHT.TOP] + ASKED_FOR.SIZE + night[NIGHT.MARGIN] > night[NIGHT.ROOM]:
                return False
            for field in range(ASKED_FOR.SIZE):
                night[night[NIGHT.TOP] + field] = actions[handled + field]
            night[NIGHT.TOP] += ASKED_FOR.SIZE
            night[NIGHT.REQUEST_COUNT] += 1
        one += 1
    meetings[MEETINGS.HANDLED_NEXT] = one
    return True
