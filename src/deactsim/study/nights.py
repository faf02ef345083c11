"""Replayed nights as tables: one row a world, ready to be weighed and compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ..engines.seen import Seen
from ..model.compile import CannotBeSaid
from ..model.plan import Plan
from ..model.states import Gate, Reason
from ..model.world import World
from ..stats import weighted
from .background import see_incidents
from .condition import AT_ONCE, Progress, Weighted, new_world, tell
from .measures import Denial, columns, denials_in, gates_in
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
    decided: Sequence[tuple[tuple[Gate, Reason], ...]]
    given_effect: bool = False
    denied: Sequence[tuple[Denial, ...]] = ()

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
    seen = Seen.gathered((one.seen, one.row) for one in found)
    return replace(_table(plan, seen, found), given_effect=True)


def under(plan: Plan, found: Sequence[Weighted], progress: Progress | None = None) -> Nights:
    """The same worlds under another plan.

    Raises `CannotBeSaid` where an action still waits when the world ends.
    """
    seen = _see(plan, [one.world_for(plan) for one in found], progress)
    held = sum(one.weight * held for one, held in zip(found, seen["held"].tolist(), strict=True))
    if held > 0.0:
        share = held / sum(one.weight for one in found)
        raise CannotBeSaid(
            f"an action still waits at the end of the simulated time on {share:.1%} of the evenings; "
            "raise incident.follow"
        )
    return _table(plan, seen, found)


def free(plan: Plan, seed: int, worlds: int, progress: Progress | None = None) -> Nights:
    """Worlds of a seed without the record, but for the fact that the action took effect."""
    drawn = [new_world(plan, seed, number) for number in range(worlds)]
    seen = _see(plan, drawn, progress)
    took = np.flatnonzero(seen["effect"] >= 0).tolist()
    return conditioned(plan, [Weighted(number, drawn[number], 1.0, seen, number, plan) for number in took])


def _see(plan: Plan, worlds: Sequence[World], progress: Progress | None) -> Seen:
    """The evenings of worlds, some at once."""
    parts = []
    for begin in range(0, len(worlds), AT_ONCE):
        parts.append(see_incidents(plan, worlds[begin : begin + AT_ONCE]))
        tell(progress, begin, len(parts[-1]), len(worlds))
    return Seen.gathered((part, row) for part in parts for row in range(len(part)))


def _table(plan: Plan, seen: Seen, found: Sequence[Weighted]) -> Nights:
    incident = plan.incident
    assert incident is not None  # noqa: S101 - nights are of incidents
    return Nights(
        columns=columns(seen, incident),
        weights=np.array([one.weight for one in found]),
        clusters=np.array([one.number for one in found], dtype=np.int64),
        decided=_Told(seen, gates_in),
        denied=_Told(seen, denials_in),
    )


@dataclass(frozen=True)
class _Told(Sequence[Any]):
    """What gates said in each evening, put into words when somebody asks."""

    seen: Seen
    told_of: Callable[[Seen, int], tuple[Any, ...]]

    def __len__(self) -> int:
        return len(self.seen)

    @overload
    def __getitem__(self, evening: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, evening: slice) -> list[tuple[Any, ...]]: ...
    def __getitem__(self, evening: int | slice) -> tuple[Any, ...] | list[tuple[Any, ...]]:
        if isinstance(evening, slice):
            return [self.told_of(self.seen, one) for one in range(len(self))[evening]]
        return self.told_of(self.seen, range(len(self))[evening])
