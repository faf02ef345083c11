"""Occurrences of a year under all plans, each folded into its measures as soon as it is over.

Like evenings, an occurrence is run without routine first. Where routine could have kept its people busy it is run
with the actions that matter, which one desk hands to all plans that share it, and as a whole where that cannot be.
What routine did around it is drawn once for all plans. Of one that does not come to its end nothing is said: it is
run by itself.
"""

from __future__ import annotations

import math

from ...model import rules
from ...model import streams as ids
from ._jit import compiled
from .clock import NEVER
from .evenings import ask_people, asked_of_people, matters, run_through, too_many
from .layout import (
    ACT,
    ACTOR,
    DRAWN,
    DRAWN_ACTION,
    INCIDENT,
    LENGTH,
    MEETINGS,
    MEETS,
    NIGHT,
    OCCURRENCE,
    OCCURRENCE_ACT,
    RATE_LIMIT,
    STREAM,
    TEAM,
    Night,
    Real,
)
from .people import Event
from .requests import run_with_requests, set_back
from .streams import draw
from .world import HOUR, Purpose, ahead, begin_hour, next_report

MINUTE = 60_000_000
#: Measures of an occurrence, in the order of study/occurrences.py.
MEASURES = 14
ACT_TAG = ids.ACT


@compiled
def occurrences(
    meetings: Night,
    images: Night,
    plans: Night,
    night: Night,
    real: Real,
    given: Night,
    values: Real,
    actions: Night,
    desk: Night,
    desk_real: Real,
) -> int:
    """Run occurrences under all plans: `values` are (plan, occurrence, measures and whether it ended).

    It ended where the last is above 0. From the `FIRST` on; which is next, where it has run for long.
    """
    count, rows = meetings[MEETINGS.COUNT], 0
    for number in range(meetings[MEETINGS.FIRST], count):
        if rows > meetings[MEETINGS.MOST_ROWS]:
            return number
        occurrence = number * meetings[MEETINGS.OCCURRENCE_SIZE]
        _forget_actions(meetings, actions)
        for place in range(meetings[MEETINGS.PLAN_COUNT]):
            plan, at = MEETS.SIZE * place, (place * count + number) * (MEASURES + 1)
            values[at + MEASURES] = 0.0
            if _is_set(meetings, images, plans, plan, night, real, given, occurrence) and (
                run_through(night, real) and not _keeps_waiting(meetings, night, real, actions)
            ):
                _measure(meetings, night, given, occurrence, values, at, actions)
            rows += night[NIGHT.COUNTED_ROWS] + night[NIGHT.ROW_COUNT]
        for first in range(meetings[MEETINGS.PLAN_COUNT]):
            # Plans that share a desk come one after another.
            for place in range(first, meetings[MEETINGS.PLAN_COUNT]):
                plan, at = MEETS.SIZE * place, (place * count + number) * (MEASURES + 1)
                if values[at + MEASURES] != 0.0 or (
                    plans[plan + MEETS.DESK] != plans[MEETS.SIZE * first + MEETS.DESK]
                ):
                    continue
                values[at + MEASURES] = -1.0
                if (
                    plans[plan + MEETS.DESK_SIZE] > 0
                    and _is_set(meetings, images, plans, plan, night, real, given, occurrence)
                    and run_with_requests(
                        meetings, images, plans, plan, night, real, desk, desk_real, actions
                    )
                ):
                    _measure(meetings, night, given, occurrence, values, at, actions)
                    continue
                set_back(images, plans[plan + MEETS.WHOLE], plans[plan + MEETS.WHOLE_SIZE], night)
                if _is_placed(meetings, night, real, given, occurrence) and run_through(night, real):
                    _measure(meetings, night, given, occurrence, values, at, actions)
                rows += night[NIGHT.COUNTED_ROWS] + night[NIGHT.ROW_COUNT]
    return count


@compiled
def _is_set(
    meetings: Night,
    images: Night,
    plans: Night,
    plan: int,
    night: Night,
    real: Real,
    given: Night,
    occurrence: int,
) -> bool:
    """Get a night ready with only the people whom an occurrence may need; False where that cannot be."""
    if plans[plan + MEETS.IMAGE_SIZE] == 0:
        return False
    set_back(images, plans[plan + MEETS.IMAGE], plans[plan + MEETS.IMAGE_SIZE], night)
    return _is_placed(meetings, night, real, given, occurrence)


@compiled
def _is_placed(meetings: Night, night: Night, real: Real, given: Night, occurrence: int) -> bool:
    """Put an occurrence into a night; False where its tables do not reach so far."""
    incident, tiers = night[NIGHT.INCIDENTS], meetings[MEETINGS.TIER_COUNT]
    acts = occurrence + OCCURRENCE.SIZE
    team = night[NIGHT.ACTORS] + ACTOR.SIZE * tiers * given[occurrence + OCCURRENCE.TEAM]
    first = team + ACTOR.SIZE * given[acts + OCCURRENCE_ACT.TIER]
    adapts = given[occurrence + OCCURRENCE.ADAPTS] != 0
    night[NIGHT.KEY] = given[occurrence + OCCURRENCE.KEY]
    night[NIGHT.END] = given[occurrence + OCCURRENCE.END]
    night[incident + INCIDENT.ID] = given[occurrence + OCCURRENCE.ID]
    night[incident + INCIDENT.AGENT] = given[occurrence + OCCURRENCE.AGENT]
    night[incident + INCIDENT.TEAM] = night[team + ACTOR.TEAM]
    night[incident + INCIDENT.OPEN_REPORT] = given[occurrence + OCCURRENCE.OPEN_REPORT]
    real[incident + INCIDENT.AMONG_HOLDERS] = real[team + ACTOR.AMONG_HOLDERS]
    night[incident + INCIDENT.DOCUMENTED] = given[occurrence + OCCURRENCE.AT]
    leaves, leaving = given[occurrence + OCCURRENCE.LEAVES], given[occurrence + OCCURRENCE.IS_LEAVING]
    night[incident + INCIDENT.AHEAD] = night[first + ACTOR.AHEAD] if adapts and leaving and leaves >= 0 else 0
    if leaving:
        night[night[incident + INCIDENT.LEAVES_AFTER] + LENGTH.WHOLE] = leaves
    else:
        night[incident + INCIDENT.LEAVES_AFTER] = 0
    _set_acts(team, night, given, occurrence, adapts)
    night[NIGHT.START] = given[occurrence + OCCURRENCE.START] - ahead(night, real, incident)
    night[NIGHT.NOW] = night[NIGHT.START]
    _find_shifts(night)
    return night[NIGHT.START] >= meetings[MEETINGS.FROM] and night[NIGHT.END] <= meetings[MEETINGS.UNTIL]


@compiled
def _find_shifts(night: Night) -> None:
    """Pass by the shifts of the year that end before a night begins: one by one it would take longer than the night."""
    for index in range(night[NIGHT.TEAM_COUNT]):
        team = night[NIGHT.TEAMS] + TEAM.SIZE * index
        first, last = 0, night[team + TEAM.SHIFT_COUNT]
        while first < last:
            middle = (first + last) // 2
            if night[night[team + TEAM.SHIFTS] + 2 * middle + 1] <= night[NIGHT.START]:
                first = middle + 1
            else:
                last = middle
        night[team + TEAM.SHIFT] = first


@compiled
def _set_acts(team: int, night: Night, given: Night, occurrence: int, adapts: bool) -> None:
    limit = night[NIGHT.RATE_LIMIT]
    paced = adapts and limit != 0 and night[NIGHT.ACT_COUNT] > 1
    for k in range(night[NIGHT.ACT_COUNT]):
        act = night[NIGHT.ACTS] + ACT.SIZE * k
        one = occurrence + OCCURRENCE.SIZE + OCCURRENCE_ACT.SIZE * k
        what = team + ACTOR.SIZE * given[one + OCCURRENCE_ACT.TIER]
        after = given[one + OCCURRENCE_ACT.AFTER]
        if paced:
            after = max(
                after, rules.pace(k, night[limit + RATE_LIMIT.WINDOW], night[limit + RATE_LIMIT.ACTIONS])
            )
        night[act + ACT.ID] = given[occurrence + OCCURRENCE.ID] + k
        night[act + ACT.AFTER] = after
        night[act + ACT.TARGET] = given[one + OCCURRENCE_ACT.TARGET]
        night[act + ACT.REACHED] = night[what + ACTOR.REACHED]
        night[act + ACT.UNDO_REACHED] = night[what + ACTOR.UNDO_REACHED]
        night[act + ACT.PUBLIC] = night[what + ACTOR.PUBLIC]


# -- what routine did around it -----------------------------------------------------------


@compiled
def _keeps_waiting(meetings: Night, night: Night, real: Real, actions: Night) -> bool:
    """Whether somebody could have to wait for routine while the incident needs people."""
    begin, ahead_of, until = night[NIGHT.START], HOUR, asked_of_people(night)
    while True:  # look farther and farther: work that is asked for only grows
        upto = min(until, begin + ahead_of)
        asked_of_people(night)
        for index in range(night[NIGHT.STREAM_COUNT]):
            if matters(night, real, index):
                if not _draw_actions(meetings, night, real, actions, index, begin, upto):
                    return True
                acts, wrongs = _count_actions(meetings, actions, index, begin, upto)
                ask_people(night, index, acts, wrongs)
        if too_many(night):
            return True
        if upto == until:
            return False
        ahead_of *= 2


@compiled
def _forget_actions(meetings: Night, actions: Night) -> None:
    meetings[MEETINGS.ACTION_COUNT] = 0
    meetings[MEETINGS.DESK] = -1
    for drawn in range(0, meetings[MEETINGS.ACTIONS], DRAWN.SIZE):
        actions[drawn + DRAWN.FROM] = 0
        actions[drawn + DRAWN.UNTIL] = 0


@compiled
def _draw_actions(
    meetings: Night, night: Night, real: Real, actions: Night, index: int, begin: int, until: int
) -> bool:
    """Draw a stream's actions of the hours from `begin` up to `until` that are not drawn; False without room."""
    drawn, first, last = DRAWN.SIZE * index, begin // HOUR, (until - 1) // HOUR + 1
    if actions[drawn + DRAWN.UNTIL] == 0:
        actions[drawn + DRAWN.FROM] = first
        actions[drawn + DRAWN.UNTIL] = first
    while actions[drawn + DRAWN.FROM] > first:
        actions[drawn + DRAWN.FROM] -= 1
        if not _draw_hour(meetings, night, real, actions, index, actions[drawn + DRAWN.FROM]):
            return False
    while actions[drawn + DRAWN.UNTIL] < last:
        if not _draw_hour(meetings, night, real, actions, index, actions[drawn + DRAWN.UNTIL]):
            return False
        actions[drawn + DRAWN.UNTIL] += 1
    return True


@compiled
def _draw_hour(meetings: Night, night: Night, real: Real, actions: Night, index: int, hour: int) -> bool:
    stream = night[NIGHT.STREAMS] + STREAM.SIZE * index
    first, last = hour * HOUR, (hour + 1) * HOUR
    if night[stream + STREAM.THIN] and (
        night[night[stream + STREAM.SPANS] + 3 * night[stream + STREAM.SPAN]] > first
    ):
        night[stream + STREAM.SPAN] = 0  # time has gone back
    begin_hour(night, real, stream, hour, first, last)
    while night[stream + STREAM.NEXT_TIME] != NEVER:
        report = night[stream + STREAM.NEXT_ID]
        if draw(night, real, report, Purpose.ACTIONED, 0) < real[stream + STREAM.ACTIONED]:
            wrongful = draw(night, real, report, Purpose.SLIP, 0) < real[stream + STREAM.WRONGFUL]
            # Nobody has more to do because of an honest one that no plan has anybody look at.
            if wrongful or actions[DRAWN.SIZE * index + DRAWN.ASKED]:
                if meetings[MEETINGS.ACTION_COUNT] == meetings[MEETINGS.ACTION_ROOM]:
                    return False
                at = meetings[MEETINGS.ACTIONS] + DRAWN_ACTION.SIZE * meetings[MEETINGS.ACTION_COUNT]
                meetings[MEETINGS.ACTION_COUNT] += 1
                actions[at + DRAWN_ACTION.STREAM] = index
                actions[at + DRAWN_ACTION.TIME] = night[stream + STREAM.NEXT_TIME]
                actions[at + DRAWN_ACTION.WRONGFUL] = wrongful
        next_report(night, real, stream, first, last)
    return True


@compiled
def _count_actions(meetings: Night, actions: Night, index: int, begin: int, until: int) -> tuple[int, int]:
    acts, wrongs = 0, 0
    for number in range(meetings[MEETINGS.ACTION_COUNT]):
        at = meetings[MEETINGS.ACTIONS] + DRAWN_ACTION.SIZE * number
        if actions[at + DRAWN_ACTION.STREAM] == index and begin <= actions[at + DRAWN_ACTION.TIME] < until:
            acts += 1
            wrongs += actions[at + DRAWN_ACTION.WRONGFUL]
    return acts, wrongs


# -- measures -----------------------------------------------------------------------------


@compiled
def _measure(
    meetings: Night, night: Night, given: Night, occurrence: int, values: Real, at: int, actions: Night
) -> None:
    """Fold the rows into measures, each account followed for `FOLLOW` from when it went dark."""
    follow, incident = meetings[MEETINGS.FOLLOW], given[occurrence + OCCURRENCE.ID]
    returns = meetings[MEETINGS.BACK] - incident
    _find_returns(night, actions, returns)
    asked, stopped, lost, dark_ones, guarded, still = 0, 0, 0, 0, 0, 0
    dark, audience, guarded_minutes, longest = 0.0, 0.0, 0.0, 0.0
    first_since, first = NEVER, 0
    for row in range(night[NIGHT.ROW_COUNT]):
        place = night[NIGHT.ROWS] + 5 * row
        event, entity = night[place + 1], night[place + 2]
        if entity >> 59 != ACT_TAG:
            continue
        asked += event == Event.REQUESTED
        stopped += event == Event.GATE_DENIED
        lost += event == Event.CONTENT_LOST
        if event == Event.TOOK_EFFECT:
            since = night[place]
            minutes = min(actions[returns + entity] - since, follow) / MINUTE
            one = occurrence + OCCURRENCE.SIZE + OCCURRENCE_ACT.SIZE * (entity - incident)
            dark_ones += 1
            still += actions[returns + entity] - since > follow
            dark += minutes
            audience += minutes * given[one + OCCURRENCE_ACT.FOLLOWERS]
            if given[one + OCCURRENCE_ACT.IS_PROTECTED]:
                guarded += 1
                guarded_minutes += minutes
                longest = max(longest, minutes)
            if since < first_since or (since == first_since and entity < first):
                first_since, first = since, entity
    detect, restored, channel, cut = math.nan, math.nan, math.nan, False
    if first:
        until = actions[returns + first]
        cut = until - first_since > follow
        if cut:
            until = first_since + follow
        noticed = _first_noticed(night, first)
        if noticed and night[noticed] <= until:
            detect, channel = (night[noticed] - first_since) / MINUTE, float(night[noticed + 3])
            restored = (until - night[noticed]) / MINUTE
        elif cut:
            detect = follow / MINUTE
    values[at] = float(asked)
    values[at + 1] = float(stopped)
    values[at + 2] = float(dark_ones)
    values[at + 3] = dark
    values[at + 4] = audience
    values[at + 5] = float(guarded)
    values[at + 6] = guarded_minutes
    values[at + 7] = float(lost)
    values[at + 8] = longest
    values[at + 9] = detect
    values[at + 10] = restored
    values[at + 11] = channel
    values[at + 12] = float(still)
    values[at + 13] = 1.0 if cut else 0.0
    values[at + MEASURES] = 1.0


@compiled
def _find_returns(night: Night, actions: Night, returns: int) -> None:
    """Find when the account of each act comes back: those of many acts are not looked for one by one."""
    for k in range(night[NIGHT.ACT_COUNT]):
        actions[returns + night[night[NIGHT.ACTS] + ACT.SIZE * k + ACT.ID]] = NEVER
    for row in range(night[NIGHT.ROW_COUNT]):
        place = night[NIGHT.ROWS] + 5 * row
        if night[place + 1] == Event.VISIBLE and night[place + 2] >> 59 == ACT_TAG:
            actions[returns + night[place + 2]] = night[place]


@compiled
def _first_noticed(night: Night, entity: int) -> int:
    """Where the row stands in which an act is first noticed; 0 if nobody does."""
    for row in range(night[NIGHT.ROW_COUNT]):
        place = night[NIGHT.ROWS] + 5 * row
        if night[place + 1] == Event.NOTICED and night[place + 2] == entity:
            return place
    return 0
