"""How reports are handled where those who handle them are asked for nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ...model.plan import Plan
from ...model.world import World
from ..handled import Taken
from .routine import HANDLED, OF_HANDLED
from .run import Rows
from .runs import Runs


def take_reports(plan: Plan, worlds: Sequence[World]) -> Iterator[Taken]:
    """What becomes of all reports of worlds under a plan of `handling`: the same as the reference's desk says."""
    for world, blocks in zip(worlds, Runs(plan, worlds, desk=True).blocks(), strict=True):
        yield _taken(blocks, world)


def _taken(blocks: Iterable[Rows], world: World) -> Taken:
    parts: tuple[list[Rows], list[Rows]] = [], []
    for rows in blocks:
        for kind, part in zip((HANDLED, OF_HANDLED), parts, strict=True):
            # Column by column, and without the kind: a week of a large platform has half a million reports.
            part.append(rows[rows[:, 1] == kind].T[[0, 2, 3, 4]])
    taken, report, agent, closed = np.concatenate(parts[0], axis=1)
    parts[0].clear()
    arrived, stream, place, luck = np.concatenate(parts[1], axis=1)
    parts[1].clear()
    acts = np.flatnonzero((luck >> 1 > 0) & (closed <= world.end))
    acts = acts[np.lexsort((agent[acts], closed[acts]))]
    columns = (closed, agent, report, stream, place, luck & 1, arrived, taken, luck >> 1 == 2)
    return Taken(arrived, taken, closed, agent, np.stack([column[acts] for column in columns], axis=1))
