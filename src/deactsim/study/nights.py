"""Replayed nights as tables: one row a world, ready to be weighed and compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..model.compile import CannotBeSaid
from ..model.plan import Plan
from ..model.states import Gate, Reason
from ..stats import weighted
from .background import run_incident
from .condition import Progress, Weighted, new_world
from .measures import Denial, Marks, marks, record
from .results import Estimate, Summary

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Nights:
    """The same evenings under one plan: columns of numbers, weights and clusters.

    `columns` maps a name of `measures.record` to an array with one entry a world, nan
    where it did not come to that. `decided` holds what each gate said of any act, `denied` what denied one.
    `given_effect` says that these are the worlds conditioned on its having taken effect.
    """

    columns: dict[str, Array]
    weights: Array
    clusters: NDArray[np.int64]
    decided: tuple[tuple[tuple[Gate, Reason], ...], ...]
    given_effect: bool = False
    denied: tuple[tuple[Denial, ...], ...] = ()

    def __len__(self) -> int:
        return self.weights.size

    @property
    def effective(self) -> float:
        """How many equally weighted worlds these are worth."""
        return weighted.effective_size(self.weights, self.clusters)

    @property
    def stopped(self) -> NDArray[np.bool_]:
        """Which evenings never saw an account go dark."""
        return self.columns["stopped"] > 0.0

    @property
    def dark_worlds(self) -> float:
        """How many equally weighted worlds those are worth that were not stopped."""
        return weighted.effective_size(np.where(self.stopped, 0.0, self.weights), self.clusters)

    def column(self, name: str) -> Array:
        """A column; all nan if no world came to it."""
        missing = np.full(len(self), np.nan)
        return self.columns.get(name, missing)

    def summary(self, name: str, unit: str, where: NDArray[np.bool_] | None = None) -> Summary | None:
        """How a column spreads over the worlds that have it; None if none does."""
        values = self.column(name)
        has = ~np.isnan(values) & (self.weights > 0.0)
        if where is not None:
            has &= where
        if not has.any():
            return None
        return summarise(values[has], self.weights[has], unit)

    def stopped_share(self) -> Estimate:
        """The share of evenings stopped, with its interval; none at all where the effect is given."""
        if self.given_effect:
            return Estimate(0.0, 0.0, 0.0, "share")
        found = weighted.share_interval(self.stopped, self.weights, self.clusters)
        return Estimate(found.mean, found.low, found.high, "share")

    def estimate(self, values: Array, unit: str) -> Estimate:
        """A mean over all evenings, with its interval."""
        found = weighted.mean_interval(values, self.weights, self.clusters)
        return Estimate(found.mean, found.low, found.high, unit)


def summarise(values: Array, weights: Array, unit: str) -> Summary:
    """Mean, median and 5th and 95th percentile of weighted values."""
    return Summary(
        mean=weighted.mean(values, weights),
        median=weighted.quantile(values, weights, 0.5),
        p05=weighted.quantile(values, weights, 0.05),
        p95=weighted.quantile(values, weights, 0.95),
        unit=unit,
    )


def conditioned(plan: Plan, found: Sequence[Weighted]) -> Nights:
    """The worlds as their own policy met the record."""
    seen = [(one.number, one.weight, one.marks) for one in found]
    return replace(_table(plan, seen, found), given_effect=True)


def under(plan: Plan, found: Sequence[Weighted], progress: Progress | None = None) -> Nights:
    """The same worlds under another plan.

    Raises `CannotBeSaid` where an action still waits when the world ends.
    """
    seen, held = [], 0.0
    for i, one in enumerate(found):
        if progress is not None:
            progress(i, len(found))
        each = marks(run_incident(plan, one.world_for(plan)), one.world.end)
        held += one.weight * each.held
        seen.append((one.number, one.weight, each))
    if held > 0.0:
        share = held / sum(one.weight for one in found)
        raise CannotBeSaid(
            f"an action still waits at the end of the simulated time on {share:.1%} of the evenings; "
            "raise incident.follow"
        )
    return _table(plan, seen, found)


def free(plan: Plan, seed: int, worlds: int, progress: Progress | None = None) -> Nights:
    """Worlds of a seed without the record, but for the fact that the action took effect."""
    found = []
    for number in range(worlds):
        if progress is not None:
            progress(number, worlds)
        world = new_world(plan, seed, number)
        seen = marks(run_incident(plan, world), world.end)
        if seen.effect is not None:
            found.append(Weighted(number, world, 1.0, seen, plan))
    return conditioned(plan, found)


def _table(plan: Plan, seen: Iterable[tuple[int, float, Marks]], found: Sequence[Weighted]) -> Nights:
    incident = plan.incident
    assert incident is not None  # noqa: S101 - nights are of incidents
    rows, weights, clusters, decided, denied = [], [], [], [], []
    for (number, weight, each), one in zip(seen, found, strict=True):
        rows.append(record(each, incident, one.world.effect_as_documented(incident)))
        weights.append(weight)
        clusters.append(number)
        decided.append(tuple(each.gates))
        denied.append(tuple(each.denials))
    names = dict.fromkeys(name for row in rows for name in row)
    return Nights(
        columns={name: np.array([row.get(name, np.nan) for row in rows]) for name in names},
        weights=np.array(weights),
        clusters=np.array(clusters, dtype=np.int64),
        decided=tuple(decided),
        denied=tuple(denied),
    )
