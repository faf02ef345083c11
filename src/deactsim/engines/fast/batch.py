"""Batches of evenings: many worlds of one plan in one call of the kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ...model.plan import Plan
from ...model.shifts import DAY
from ...model.states import Reason
from ...model.world import World
from .. import seen
from ..seen import Seen
from .evenings import CHANNELS, STAGES
from .kernel import run_evenings
from .layout import BATCH, MARKS, SAID, WORLD
from .tables import image_of

#: Rows of an evening, at the most, and what gates may say in a batch before there is more room.
ROWS, SAID_ROOM = 4096, 1 << 15
#: Words that an evening with routine may need beside its tables.
WORDS = 1 << 16
#: Tables reach so much farther than the worlds: an adapting actor begins earlier.
FARTHER = 30 * DAY

Array = NDArray[np.int64]
How = Callable[[int, int, int, bool], int]


def marks_of(
    plan: Plan, quiet: Plan | None, asks: Sequence[tuple[int, int, int]], worlds: Sequence[World], how: How
) -> Seen:
    """Evenings of a plan with an incident, as far as they can be run at once: a status of 0 says of which not.

    `quiet` is the plan with only the people whom the incident may need, and `asks` are (stream, team, people):
    work that honest actions of a stream ask of a team; without it all are run as a whole. `how` tells the
    code of a time-out by the team asked last, when, when it timed out, and whether somebody looked.
    """
    assert plan.incident is not None  # noqa: S101 - evenings are of incidents
    begins = min(world.start for world in worlds) - FARTHER
    ends = max(world.end for world in worlds) + FARTHER
    whole, whole_size, _ = image_of(plan, worlds[0], begins, ends, rows=ROWS, spare=WORDS)
    image, size, table = whole, 0, 0
    if quiet is not None:
        image, size, table = image_of(quiet, worlds[0], begins, ends, rows=ROWS, asks=asks)
    given = _worlds(worlds)
    marks_size = MARKS.SIZE + CHANNELS + 2 * len(plan.incident.acts)
    marks = np.empty((len(worlds), marks_size), dtype=np.int64)
    said = np.empty((SAID_ROOM, SAID.SIZE), dtype=np.int64)
    batch = np.zeros(BATCH.SIZE, dtype=np.int64)
    for name, value in {
        "IMAGE_SIZE": size,
        "WHOLE_SIZE": whole_size,
        "WORLD_SIZE": given.shape[1],
        "WORLD_COUNT": len(worlds),
        "MARKS_SIZE": marks_size,
        "SAID_ROOM": SAID_ROOM,
        "ASKS": table,
        "ASK_COUNT": len(asks),
        "FROM": begins,
        "UNTIL": ends,
    }.items():
        batch[vars(BATCH)[name]] = value
    memories = batch, image, image.copy(), whole, whole.copy(), given.reshape(-1), marks.reshape(-1)
    while (done := run_evenings(*memories, said.reshape(-1))) < len(worlds):
        said = np.concatenate([said, np.empty_like(said)])
        batch[BATCH.FIRST], batch[BATCH.SAID_ROOM] = done, len(said)
    said = said[: batch[BATCH.SAID_COUNT]]
    for one in np.flatnonzero(said[:, SAID.DENIED] & (said[:, SAID.REASON] == Reason.TIMED_OUT)):
        asked, asked_at, until = said[one, [SAID.ASKED, SAID.ASKED_AT, SAID.TIME]].tolist()
        said[one, SAID.DENIED] = how(asked, asked_at, until, bool(said[one, SAID.UNDER_REVIEW]))
    return Seen(marks, said[:, : len(seen.SAID)].copy(), len(plan.incident.acts))


def _worlds(worlds: Sequence[World]) -> Array:
    """The worlds as the kernel has them."""
    given = np.zeros((len(worlds), WORLD.SIZE + 5 * STAGES), dtype=np.int64)
    given[:, WORLD.KEY] = np.array([world.key for world in worlds], dtype=np.uint64).view(np.int64)
    given[:, WORLD.START] = [world.start for world in worlds]
    given[:, WORLD.END] = [world.end for world in worlds]
    for number, world in enumerate(worlds):
        for stage, pin in world.pins.items():
            at = WORLD.SIZE + 3 * stage
            given[number, at : at + 3] = 1, pin.time, pin.after_effect
        for stage, length in world.lengths.items():
            at = WORLD.SIZE + 3 * STAGES + 2 * stage
            given[number, at : at + 2] = 1, length
    return given
