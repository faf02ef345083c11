"""How reports are handled where those who handle them are asked for nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...model.plan import Plan
from ...model.world import World
from ..handled import Taken
from .layout import NIGHT
from .routine import HANDLED, OF_HANDLED
from .run import Running, nights_of


def take_reports(plan: Plan, worlds: Sequence[World]) -> Iterator[Taken]:
    """What becomes of all reports of worlds under a plan of `handling`: the same as the reference's desk says."""
    nights = nights_of(plan, worlds, asks_for_requests=False)
    for world in worlds:
        yield _taken(Running(plan, world, None, nights), world)


def _taken(running: Running, world: World) -> Taken:
    running.night[NIGHT.IS_DESK] = 1
    blocks = running.blocks(lent=True)
    kinds = HANDLED, OF_HANDLED
    parts = [[rows.take(np.flatnonzero(rows[:, 1] == kind), axis=0) for kind in kinds] for rows in blocks]
    first, second = (np.concatenate(part) for part in zip(*parts, strict=True))
    taken, report, agent, closed = first[:, 0], first[:, 2], first[:, 3], first[:, 4]
    arrived, stream, place, luck = second[:, 0], second[:, 2], second[:, 3], second[:, 4]
    acts = np.flatnonzero((luck >> 1 > 0) & (closed <= world.end))
    acts = acts[np.lexsort((agent[acts], closed[acts]))]
    columns = (closed, agent, report, stream, place, luck & 1, arrived, taken, luck >> 1 == 2)
    return Taken(arrived, taken, closed, agent, np.stack([column[acts] for column in columns], axis=1))
