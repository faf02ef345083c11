"""How reports are handled where those who handle them are asked for nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...model.plan import Plan
from ...model.world import Report, World
from ..handled import Handled, Taken
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
    parts = [(rows[rows[:, 1] == HANDLED], rows[rows[:, 1] == OF_HANDLED]) for rows in blocks]
    first, second = (np.concatenate(part) for part in zip(*parts, strict=True))
    taken, agent, closed, arrived = first[:, 0], first[:, 3], first[:, 4], second[:, 0]
    acts = np.flatnonzero((second[:, 4] >> 1 > 0) & (closed <= world.end))
    acts = acts[np.lexsort((agent[acts], closed[acts]))]
    actions = [
        Handled(Report(came, report, stream), bool(luck & 1), place, who, when, done, luck >> 1 == 2)
        for (when, _, report, who, done), (came, _, stream, place, luck) in zip(
            first[acts].tolist(), second[acts].tolist(), strict=True
        )
    ]
    return Taken(arrived, taken, closed, agent, actions)
