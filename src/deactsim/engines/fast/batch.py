"""Batches of evenings: many worlds of one plan in one call of the kernel."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...model.causes import Occurrence, incident_of
from ...model.plan import Plan
from ...model.shifts import DAY
from ...model.states import Reason
from ...model.streams import account_id, insider_id, length_at
from ...model.world import World
from ...model.worlds import Worlds
from ...same import for_the_same
from .. import seen as seen_
from ..handled import Parts
from ..seen import Seen
from .evenings import CHANNELS, STAGES
from .kernel import run_evenings, run_occurrences
from .layout import BATCH, DRAWN, DRAWN_ACTION, HANDLED, MARKS, MEETINGS, MEETS, NIGHT, SAID, WORLD
from .occurrences import MEASURES
from .tables import SPARE, Calendar, Image, calendar_of, image_of

#: Rows of an evening, at the most, and what gates may say in a batch before there is more room.
ROWS, SAID_ROOM = 4096, 1 << 15
#: Rows after which a call of the kernel comes back, so that who wants to stop it is heard: a tenth of a second.
AT_ONCE = 1 << 20
#: The same of an occurrence's act, and words it may need.
ROWS_AN_ACT, WORDS_AN_ACT = 32, 512
#: Words that an evening with routine may need beside its tables.
WORDS = 1 << 20
#: Actions of routine around an occurrence that there is room for, drawn or handled, and images of causes kept.
ACTIONS, KEPT = 1 << 14, 64
#: Tables reach so much farther than the worlds: an adapting actor begins earlier.
FARTHER = 30 * DAY
#: And by a lag that only so small a share of the worlds outlasts, up to so many times that.
RARELY, LONGEST = 1e-6, 60

Array = NDArray[np.int64]
How = Callable[[int, int, int, bool], int]


def marks_of(
    plan: Plan, quiet: Plan | None, asks: Sequence[tuple[int, int, int]], worlds: Worlds, how: How
) -> Seen:
    """Evenings of a plan with an incident, as far as they can be run at once: a status of 0 says of which not.

    `quiet` is the plan with only the people whom the incident may need, and `asks` are (stream, team, people):
    work that honest actions of a stream ask of a team; without it all are run as a whole. `how` tells the
    code of a time-out by the team asked last, when, when it timed out, and whether somebody looked.
    """
    given = _given(worlds)
    # What a world is by itself is put into the image when its evening is run.
    world = World(0, worlds.start, worlds.end)
    if quiet is None:
        return _evenings(plan, None, world, given, how)
    seen = _evenings(quiet, asks, world, given, how)
    left = np.flatnonzero(seen["status"] == 0)
    return seen.with_others(left, _evenings(plan, None, world, given[left], how)) if left.size else seen


def _evenings(
    plan: Plan, asks: Sequence[tuple[int, int, int]] | None, world: World, given: Array, how: How
) -> Seen:
    """Evenings without routine, but for what it `asks`; with all of it where that is None."""
    assert plan.incident is not None  # noqa: S101 - evenings are of incidents
    begins, ends = world.start - _ahead(plan), world.end + FARTHER
    spare = WORDS if asks is None else SPARE
    calendar = calendar_of(begins, ends)
    image, room, dated = image_of(
        plan, world, begins, ends, rows=ROWS, spare=spare, asks=asks, calendar=calendar
    )
    image[dated] += room
    night = np.empty(room + calendar.words.size, dtype=np.int64)
    night[room:] = calendar.words
    marks_size = MARKS.SIZE + CHANNELS + 2 * len(plan.incident.acts)
    marks = np.empty((len(given), marks_size), dtype=np.int64)
    said = np.empty((SAID_ROOM, SAID.SIZE), dtype=np.int64)
    batch = np.zeros(BATCH.SIZE, dtype=np.int64)
    for name, value in {
        "IMAGE_SIZE": image.size,
        "WORLD_SIZE": given.shape[1],
        "WORLD_COUNT": len(given),
        "MARKS_SIZE": marks_size,
        "SAID_ROOM": SAID_ROOM,
        "MOST_ROWS": AT_ONCE,
        "FROM": begins,
        "UNTIL": ends,
    }.items():
        batch[vars(BATCH)[name]] = value
    memories = batch, image, night, given.reshape(-1), marks.reshape(-1)
    while (done := run_evenings(*memories, said.reshape(-1))) < len(given):
        if batch[BATCH.SAID_COUNT] + image[NIGHT.ROW_ROOM] > len(said):
            said = np.concatenate([said, np.empty_like(said)])
        batch[BATCH.FIRST], batch[BATCH.SAID_ROOM] = done, len(said)
    said = said[: batch[BATCH.SAID_COUNT]]
    for one in np.flatnonzero(said[:, SAID.DENIED] & (said[:, SAID.REASON] == Reason.TIMED_OUT)):
        asked, asked_at, until = said[one, [SAID.ASKED, SAID.ASKED_AT, SAID.TIME]].tolist()
        said[one, SAID.DENIED] = how(asked, asked_at, until, bool(said[one, SAID.UNDER_REVIEW]))
    return Seen(marks, said[:, : len(seen_.SAID)].copy(), len(plan.incident.acts))


def _ahead(plan: Plan) -> int:
    """How much earlier than the worlds tables have to begin: an act that lags, or adapts, is asked for earlier."""
    assert plan.incident is not None  # noqa: S101 - evenings are of incidents
    lag = plan.command(plan.incident.command).lag
    stretches = math.ceil(length_at(lag, 1.0 - RARELY) / FARTHER)
    # In whole stretches, so that plans share their calendars.
    return FARTHER * (1 + min(stretches, LONGEST))


def meet(
    plans: Sequence[Parts],
    occurrences: Sequence[Occurrence],
    worlds: Sequence[World],
    protected: frozenset[str],
    follow: int,
    year: tuple[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Occurrences of one cause, with as many acts each, under every plan.

    `worlds` are the windows they occur in, within the `year` from a time up to another. Measures are (plan, occurrence,
    measure) as in study/occurrences.py, accounts of tiers that are `protected` apart, and what nobody brings back dark
    for `follow`; then which of them could be run at once, (plan, occurrence).
    """
    cause = occurrences[0].cause
    images = _images(plans, occurrences[0], worlds[0], year)
    tiers = {target.tier: place for place, target in enumerate(cause.targets)}
    team_ids = [plans[0].plan.teams[team.team].id for team in cause.teams]
    given = np.array(
        [
            _words(what, world, tiers, team_ids, protected)
            for what, world in zip(occurrences, worlds, strict=True)
        ],
        dtype=np.int64,
    )
    drawn = DRAWN.SIZE * len(plans[0].plan.streams)
    handled = drawn + DRAWN_ACTION.SIZE * ACTIONS
    back = handled + HANDLED.SIZE * ACTIONS
    meetings = np.zeros(MEETINGS.SIZE, dtype=np.int64)
    for name, value in {
        "PLAN_COUNT": len(plans),
        "COUNT": len(occurrences),
        "OCCURRENCE_SIZE": given.shape[1],
        "TIER_COUNT": len(tiers),
        "FROM": year[0] - FARTHER,
        "UNTIL": year[1] + FARTHER,
        "FOLLOW": follow,
        "ROOM": images.room,
        "ACTIONS": drawn,
        "ACTION_ROOM": ACTIONS,
        "HANDLED": handled,
        "HANDLED_ROOM": ACTIONS,
        "BACK": back,
        "MOST_ROWS": AT_ONCE,
    }.items():
        meetings[vars(MEETINGS)[name]] = value
    values = np.empty((len(plans), len(occurrences), MEASURES + 1))
    actions = np.empty(back + len(occurrences[0].acts), dtype=np.int64)
    asked = {stream for one in plans for stream, *_ in one.asks}
    actions[DRAWN.ASKED : drawn : DRAWN.SIZE] = [
        stream in asked for stream in range(len(plans[0].plan.streams))
    ]
    night, desk = (np.empty(images.room + images.calendar.size, dtype=np.int64) for _ in range(2))
    night[images.room :] = desk[images.room :] = images.calendar
    memories = images.words, images.table, night, desk, given.reshape(-1), values.view(np.int64).reshape(-1)
    while (done := run_occurrences(meetings, *memories, actions)) < len(occurrences):
        meetings[MEETINGS.FIRST] = done
    return values[:, :, :MEASURES], values[:, :, MEASURES] > 0.0


def _words(
    what: Occurrence, world: World, tiers: dict[str, int], team_ids: Sequence[int], protected: frozenset[str]
) -> list[int]:
    """An occurrence as the kernel has it."""
    team = what.cause.teams.index(what.team)
    words = [
        world.key if world.key < 1 << 63 else world.key - (1 << 64),
        world.start,
        world.end,
        what.id,
        what.at,
        insider_id(team_ids[team], what.id),
        team,
        int(what.leaves is not None),
        what.leaves or 0,
        int(what.open_report),
        int(what.adapts),
    ]
    for act in what.acts:
        words += [
            account_id(act.account),
            tiers[act.tier],
            act.after,
            act.followers,
            int(act.tier in protected),
        ]
    return words


class _Images(NamedTuple):
    """Images of plans one after another, and what stands where for each of them; they share one calendar.

    It begins `room` words into the memory of a night.
    """

    words: Array
    table: Array
    room: int
    calendar: Array


_kept: OrderedDict[tuple[object, ...], tuple[tuple[Parts, ...], _Images]] = OrderedDict()


def _images(plans: Sequence[Parts], model: Occurrence, world: World, year: tuple[int, int]) -> _Images:
    """Images of all plans for a cause; kept for the next year."""
    key = (*(id(one.plan) for one in plans), model.cause, len(model.acts), year)
    if key not in _kept:
        _kept[key] = tuple(plans), _made(plans, model, world, Calendar(year[0] - FARTHER, year[1] + FARTHER))
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return _kept[key][1]


def _made(plans: Sequence[Parts], model: Occurrence, world: World, calendar: Calendar) -> _Images:
    # Every occurrence says itself whether its actor leaves, and when.
    leaves = replace(model, leaves=0)
    image = partial(
        image_of,
        world=world,
        begins=calendar.begins,
        ends=calendar.ends,
        rows=max(ROWS, ROWS_AN_ACT * len(model.acts)),
        calendar=calendar,
    )
    spare = max(SPARE, WORDS_AN_ACT * len(model.acts))
    table = np.zeros((len(plans), MEETS.SIZE), dtype=np.int64)
    images: list[tuple[Image, int]] = []
    desks: dict[Plan, tuple[int, int]] = {}
    at = 0

    def put(made: Image) -> tuple[int, int]:
        nonlocal at
        images.append((made, at))
        at += made.words.size
        return at - made.words.size, made.words.size

    for row, one in zip(table, plans, strict=True):
        incident, actors = incident_of(one.plan, leaves, 0, 0), (model.cause, one.plan)
        whole = replace(one.plan, incident=incident)
        row[[MEETS.WHOLE, MEETS.WHOLE_SIZE]] = put(image(whole, spare=WORDS, actors=actors))
        if one.quiet is not None:
            quiet = replace(one.quiet, incident=incident)
            row[[MEETS.IMAGE, MEETS.IMAGE_SIZE]] = put(
                image(quiet, spare=spare, asks=one.asks, actors=actors)
            )
        if one.desk is not None:
            if one.desk not in desks:
                desks[one.desk] = put(image(one.desk, spare=WORDS))
            row[[MEETS.DESK, MEETS.DESK_SIZE]] = desks[one.desk]
        matter = np.array([stream in one.matter for stream in range(len(one.plan.streams))], dtype=np.int64)
        row[MEETS.MATTERS], _ = put(Image(matter, 0, []))
    room = max(made.room for made, _ in images)
    words = np.concatenate([made.words for made, _ in images])
    for made, begins in images:
        words[[begins + place for place in made.dated]] += room
    return _Images(words, table.reshape(-1), room, calendar.words)


@for_the_same(16)
def _given(worlds: Worlds) -> Array:
    """The worlds as the kernel has them."""
    given = np.zeros((len(worlds), WORLD.SIZE + 5 * STAGES), dtype=np.int64)
    given[:, WORLD.KEY] = worlds.keys.view(np.int64)
    given[:, WORLD.START], given[:, WORLD.END] = worlds.start, worlds.end
    for stage, pin in worlds.pins.items():
        at = WORLD.SIZE + 3 * stage
        given[:, at : at + 3] = 1, pin.time, pin.after_effect
    for stage, own in worlds.own_pins.items():
        at = WORLD.SIZE + 3 * stage
        given[own.there, at], given[own.there, at + 2] = 1, own.after_effect
        given[own.there, at + 1] = own.times[own.there]
    for stage, lengths in worlds.lengths.items():
        at = WORLD.SIZE + 3 * STAGES + 2 * stage
        given[:, at], given[:, at + 1] = lengths >= 0, np.maximum(lengths, 0)
    return given
