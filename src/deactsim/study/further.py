"""Further acts of a record: all of them took effect, so their actor was contained after the last.

How long containing takes is drawn from its distribution cut off at what it has to exceed, and the world is
weighted by the chance of that: exact, where keeping the worlds in which it happens to take so long would
keep few.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..engines.seen import Array
from ..model.horizon import last_effect
from ..model.lengths import survival
from ..model.plan import Plan
from ..model.states import Stage
from ..model.streams import FOREVER, Purpose, draws_in, length_at
from ..model.worlds import Worlds
from .background import see_incidents
from .following import PATIENCE, see_through

#: No quantile is asked for beyond this.
LAST = 1.0 - 1e-16


@dataclass(frozen=True)
class Uncontained:
    """Worlds whose actor is contained after the last act, and the logarithm of the chance of that, (worlds,)."""

    worlds: Worlds
    log_chance: NDArray[np.float64]


def uncontained(plan: Plan, worlds: Worlds) -> Uncontained:
    """The worlds with a time to contain the actor that lets every act take effect that no gate stops.

    When the first response finds the cause hangs on nothing that comes after it, and when acts take effect while
    nobody contains their actor on nothing that containing could change: both are seen in runs of their own.
    """
    incident, contain = plan.incident, plan.response.contain
    assert incident is not None  # noqa: S101 - acts are of incidents

    def taking(length: int | Array) -> Worlds:
        lengths = np.broadcast_to(np.asarray(length, dtype=np.int64), len(worlds))
        return replace(worlds, lengths={**worlds.lengths, Stage.CONTAIN: lengths})

    found = see_through(plan, taking(0))["contained"]
    end = last_effect(plan) + PATIENCE
    last = see_incidents(plan, replace(taking(FOREVER), end=end)).effects.max(axis=1)
    must_exceed = np.where(found >= 0, last - found, -1)
    chance = np.array([survival(contain, float(least)) for least in must_exceed.tolist()])
    luck = draws_in(worlds.keys, incident.id, Purpose.STAGE, Stage.CONTAIN)
    takes = [
        max(least + 1, length_at(contain, min(1.0 - (1.0 - u) * p, LAST)))
        for least, p, u in zip(must_exceed.tolist(), chance.tolist(), luck.tolist(), strict=True)
        if p > 0.0
    ]
    lengths = np.zeros(len(worlds), dtype=np.int64)
    lengths[chance > 0.0] = takes
    with np.errstate(divide="ignore"):
        return Uncontained(taking(lengths), np.log(chance))
