"""Weighted samples: means, quantiles, shares, effective sizes and their intervals.

Weights are those of self-normalised importance sampling. Samples that share a cluster
(the same background) are not independent; every interval sums over clusters first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    """A point with its 95 % interval."""

    mean: float
    low: float
    high: float


class Weighting:
    """The weights of a sample, and which of it share a cluster: what these alone say is worked out once."""

    def __init__(self, weights: Array, clusters: NDArray[np.int64] | None = None) -> None:
        self.weights, self._clusters = weights, clusters
        self._total = float(weights.sum())

    @cached_property
    def _place(self) -> NDArray[np.intp] | None:
        """The cluster of each by number."""
        return None if self._clusters is None else np.unique(self._clusters, return_inverse=True)[1]

    @cached_property
    def _by_cluster(self) -> Array:
        """What each cluster weighs."""
        return self._summed(self.weights)

    @cached_property
    def effective(self) -> float:
        """Kish's effective sample size, (sum w)^2 / sum w^2, over clusters; 0 without weight."""
        square = float((self._by_cluster**2).sum())
        return float(self._by_cluster.sum()) ** 2 / square if square > 0.0 else 0.0

    @cached_property
    def _correction(self) -> float:
        """What makes an error of few clusters larger."""
        count = int(np.count_nonzero(self._by_cluster))
        return float(np.sqrt(count / (count - 1))) if count > 1 else 1.0

    def mean(self, values: Array) -> float:
        """The weighted mean; nan without weight."""
        if not self._total > 0.0:
            return float("nan")
        # Summing deviations from one value keeps a constant sample's mean exact.
        return float(values[0] + (self.weights * (values - values[0])).sum() / self._total)

    def mean_interval(self, values: Array) -> Interval:
        """The weighted mean with its interval by linearisation of the ratio, cluster by cluster."""
        centre = self.mean(values)
        if not self._total > 0.0:
            return Interval(centre, float("nan"), float("nan"))
        parts = self._summed(self.weights * (values - centre))
        error = float(np.sqrt((parts**2).sum())) / self._total * self._correction
        half = Z95 * error
        return Interval(centre, centre - half, centre + half)

    def share_interval(self, yes: NDArray[np.bool_]) -> Interval:
        """The weighted share of `yes` with Wilson's interval at the effective sample size.

        Wilson's interval stays inside 0 to 1 and does not shrink to nothing where every world
        agrees: that they all agree is itself only so certain. The effective size is Kish's or,
        where the heavy worlds are those that say yes, the smaller one that the share's own
        variance makes of it.
        """
        share = yes.astype(np.float64)
        p = min(1.0, max(0.0, self.mean(share)))
        n = self.effective
        if not n > 0.0:
            return Interval(p, float("nan"), float("nan"))
        square = float((self._summed(self.weights * (share - p)) ** 2).sum())
        if square > 0.0:
            n = min(n, p * (1.0 - p) * self._total**2 / square)
        z2 = Z95 * Z95
        centre = (p + z2 / (2 * n)) / (1 + z2 / n)
        half = Z95 * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return Interval(p, max(0.0, min(p, float(centre - half))), min(1.0, max(p, float(centre + half))))

    def _summed(self, values: Array) -> Array:
        """Sums by cluster."""
        if self._place is None:
            return values
        return np.asarray(np.bincount(self._place, weights=values), dtype=np.float64)


def effective_size(weights: Array, clusters: NDArray[np.int64] | None = None) -> float:
    """How many equally weighted samples these are worth, by `Weighting.effective`."""
    return Weighting(weights, clusters).effective


def mean(values: Array, weights: Array) -> float:
    """The weighted mean; nan without weight."""
    return Weighting(weights).mean(values)


def mean_interval(values: Array, weights: Array, clusters: NDArray[np.int64] | None = None) -> Interval:
    """The weighted mean and its interval, by `Weighting.mean_interval`."""
    return Weighting(weights, clusters).mean_interval(values)


def share_interval(
    yes: NDArray[np.bool_], weights: Array, clusters: NDArray[np.int64] | None = None
) -> Interval:
    """The weighted share of `yes` and its interval, by `Weighting.share_interval`."""
    return Weighting(weights, clusters).share_interval(yes)


def quantile(values: Array, weights: Array, p: float) -> float:
    """The smallest value at or below which at least a share `p` of the weight lies."""
    return quantiles(values, weights, (p,))[0]


def quantiles(values: Array, weights: Array, shares: Sequence[float]) -> list[float]:
    """The `quantile` of each of some shares."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order])
    if running.size == 0 or running[-1] <= 0.0:
        return [float("nan")] * len(shares)
    # A hair below each, so that rounding in the sum does not skip to the next value.
    places = np.searchsorted(running, [(p - 1e-12) * running[-1] for p in shares])
    return [float(values[order[min(place, values.size - 1)]]) for place in places.tolist()]


def quantile_interval(
    values: Array, weights: Array, p: float, clusters: NDArray[np.int64] | None = None
) -> Interval:
    """A weighted quantile with the interval between the quantiles at p's own 95 % limits.

    Woodruff's method: the share below the quantile is a mean, its interval is carried back.
    """
    point = quantile(values, weights, p)
    share = mean_interval((values <= point).astype(np.float64), weights, clusters)
    half = (share.high - share.low) / 2.0
    low, high = quantiles(values, weights, (max(0.0, p - half), min(1.0, p + half)))
    return Interval(point, low, high)
