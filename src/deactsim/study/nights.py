"""Replayed nights as tables: one row a world, ready to be weighed and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ..engines.seen import Seen
from ..model.compile import CannotBeSaid
from ..model.horizon import LONGEST_HOLD, held_at_most
from ..model.plan import Plan
from ..model.shifts import DAY
from ..model.states import Gate, Reason
from ..model.worlds import Worlds
from ..stats import weighted
from ..stats.censored import quantile_bounds
from .columns import Columns
from .condition import Conditioned, Progress, at_once, new_worlds
from .following import PATIENCE, see_through
from .measures import Denial, denials_of, gates_of
from .results import Estimate, Summary

Array = NDArray[np.float64]


def _nothing(_name: str) -> None:
    """Of no column anything was cut."""


@dataclass(frozen=True, eq=False)
class Nights:
    """The same evenings under one plan: columns of numbers, weights and clusters.

    `columns` maps a name of `measures.record` to an array with one entry a world, nan
    where it did not come to that. `decided` holds what each gate said of any act, `denied` what denied one.
    Durations were followed for `horizon` minutes; `cut_of` says of a column by name where it lasts longer.
    `given_effect` says that these are the worlds conditioned on its having taken effect.
    """

    columns: Mapping[str, Array]
    weights: Array
    clusters: NDArray[np.int64]
    decided: Sequence[tuple[tuple[Gate, Reason], ...]]
    given_effect: bool = False
    denied: Sequence[tuple[Denial, ...]] = ()
    horizon: float | None = None
    cut_of: Callable[[str], NDArray[np.bool_] | None] = _nothing

    def __len__(self) -> int:
        return self.weights.size

    @cached_property
    def weighting(self) -> weighted.Weighting:
        """How the evenings are weighed."""
        return weighted.Weighting(self.weights, self.clusters)

    @property
    def effective(self) -> float:
        """How many equally weighted worlds these are worth."""
        return self.weighting.effective

    @cached_property
    def stopped(self) -> NDArray[np.bool_]:
        """Which evenings never saw an account go dark."""
        return self.columns["stopped"] > 0.0

    @property
    def dark_worlds(self) -> float:
        """How many equally weighted worlds those are worth that were not stopped."""
        return weighted.effective_size(np.where(self.stopped, 0.0, self.weights), self.clusters)

    @cached_property
    def mean_dark(self) -> float:
        """Minutes dark over all evenings on average, stopped ones counting 0."""
        return self.weighting.mean(self.column("dark_minutes"))

    def column(self, name: str) -> Array:
        """A column; all nan if no world came to it."""
        found = self.columns.get(name)
        return np.full(len(self), np.nan) if found is None else found

    def cut(self, name: str) -> NDArray[np.bool_]:
        """In which evenings a column is no more than a lower bound."""
        found = self.cut_of(name) if name in self.columns else None
        return np.zeros(len(self), dtype=bool) if found is None else found

    def never_less(self, name: str) -> Array:
        """A column with infinity where it is only known to be longer."""
        return np.where(self.cut(name), np.inf, self.column(name))

    def restricted(self, name: str) -> float | None:
        """The horizon in minutes, if any evening's duration reaches it: a mean is then a restricted one."""
        return self.horizon if (self.cut(name) & (self.weights > 0.0)).any() else None

    def summary(self, name: str, unit: str, where: NDArray[np.bool_] | bool = True) -> Summary | None:
        """How a column spreads over the worlds that have it; None if none does."""
        return self.summary_of(self.column(name), unit, where, self.cut(name))

    def summary_of(
        self,
        values: Array,
        unit: str,
        where: NDArray[np.bool_] | bool = True,
        cut: NDArray[np.bool_] | None = None,
    ) -> Summary | None:
        """The same of values, one a world, nan where a world has none."""
        has = ~np.isnan(values) & (self.weights > 0.0) & where
        if not has.any():
            return None
        if cut is None:
            return summarise(values[has], self.weights[has], unit)
        return summarise(values[has], self.weights[has], unit, cut[has], self.horizon)

    def stopped_share(self) -> Estimate:
        """The share of evenings stopped, with its interval; none at all where the effect is given."""
        if self.given_effect:
            return Estimate(0.0, 0.0, 0.0, "share")
        found = self.weighting.share_interval(self.stopped)
        return Estimate(found.mean, found.low, found.high, "share")

    def estimate(self, values: Array, unit: str, horizon: float | None = None) -> Estimate:
        """A mean over all evenings, with its interval; a restricted one if there is a horizon."""
        found = self.weighting.mean_interval(values)
        return Estimate(found.mean, found.low, found.high, unit, horizon)


def summarise(
    values: Array,
    weights: Array,
    unit: str,
    cut: NDArray[np.bool_] | None = None,
    horizon: float | None = None,
) -> Summary:
    """Mean, median and 5th and 95th percentile of weighted values.

    Durations were followed for `horizon` minutes each; those that are `cut` (one a value) are only
    known to be longer than their value.
    """
    names, shares = ("median", "p05", "p95"), (0.5, 0.05, 0.95)
    some = np.zeros(values.size, dtype=bool) if cut is None else cut
    (median, p05, p95), longer = quantile_bounds(values, weights, shares, some)
    return Summary(
        weighted.mean(values, weights),
        median,
        p05,
        p95,
        unit,
        horizon,
        weighted.mean(some.astype(np.float64), weights) if some.any() else 0.0,
        tuple(name for name, open_ended in zip(names, longer, strict=True) if open_ended),
    )


def conditioned(plan: Plan, found: Conditioned) -> Nights:
    """The worlds as their own policy met the record."""
    return replace(_table(plan, found.seen, found), given_effect=True)


def under(plan: Plan, found: Conditioned, progress: Progress | None = None) -> Nights:
    """The same worlds under another plan.

    Raises `CannotBeSaid` where an action waits without end.
    """
    seen = _see(plan, found.worlds_for(plan), progress)
    held = found.weights @ seen["held"]
    if held > 0.0:
        share = held / found.weights.sum()
        held_by = f"for people, {PATIENCE // DAY} days after all that holds it by itself"
        if held_at_most(plan) > LONGEST_HOLD:
            held_by = "after ten years: shorten what holds it"
        raise CannotBeSaid(f"an action still waits on {share:.1%} of the evenings {held_by}")
    return _table(plan, seen, found)


def free(plan: Plan, seed: int, worlds: int, progress: Progress | None = None) -> Nights:
    """Worlds of a seed without the record, but for the fact that the action took effect."""
    drawn = new_worlds(plan, seed, range(worlds))
    seen = _see(plan, drawn, progress)
    whole = Conditioned(plan, np.arange(worlds), drawn, np.ones(worlds), seen)
    return conditioned(plan, whole.take(np.flatnonzero(seen["effect"] >= 0)))


def _see(plan: Plan, worlds: Worlds, progress: Progress | None) -> Seen:
    """The evenings of worlds, some at once."""
    return Seen.joined([see_through(plan, some) for some in at_once(worlds, progress)])


def _table(plan: Plan, seen: Seen, found: Conditioned) -> Nights:
    columns = Columns(seen, plan)
    return Nights(
        columns=columns,
        weights=found.weights,
        clusters=found.numbers,
        decided=_Told(seen, gates_of),
        denied=_Told(seen, denials_of),
        horizon=columns.horizon,
        cut_of=columns.cut,
    )


@dataclass(frozen=True)
class _Told(Sequence[Any]):
    """What gates said in each evening, put into words when somebody asks."""

    seen: Seen
    told_of: Callable[[bytes], tuple[Any, ...]]

    def __len__(self) -> int:
        return len(self.seen)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return map(self.told_of, self.seen.said_in_each())

    @overload
    def __getitem__(self, evening: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, evening: slice) -> list[tuple[Any, ...]]: ...
    def __getitem__(self, evening: int | slice) -> tuple[Any, ...] | list[tuple[Any, ...]]:
        if isinstance(evening, slice):
            return list(self)[evening]
        return self.told_of(self.seen.said_in(range(len(self))[evening]).tobytes())
