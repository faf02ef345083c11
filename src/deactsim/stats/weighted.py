"""Weighted samples: means, quantiles, shares, effective sizes and their intervals.

Weights are those of self-normalised importance sampling. Samples that share a cluster
(the same background) are not independent; every interval sums over clusters first.
"""

from __future__ import annotations

from dataclasses import dataclass

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


def effective_size(weights: Array, clusters: NDArray[np.int64] | None = None) -> float:
    """Kish's effective sample size, (sum w)^2 / sum w^2, over clusters; 0 without weight."""
    totals = _by_cluster(weights, clusters)
    square = float((totals**2).sum())
    return float(totals.sum()) ** 2 / square if square > 0.0 else 0.0


def mean(values: Array, weights: Array) -> float:
    """The weighted mean; nan without weight."""
    total = float(weights.sum())
    # Summing deviations from one value keeps a constant sample's mean exact.
    return float(values[0] + (weights * (values - values[0])).sum() / total) if total > 0.0 else float("nan")


def quantile(values: Array, weights: Array, p: float) -> float:
    """The smallest value at or below which at least a share `p` of the weight lies."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order])
    if running.size == 0 or running[-1] <= 0.0:
        return float("nan")
    # A hair below p, so that rounding in the sum does not skip to the next value.
    place = int(np.searchsorted(running, (p - 1e-12) * running[-1]))
    return float(values[order][min(place, values.size - 1)])


def mean_interval(values: Array, weights: Array, clusters: NDArray[np.int64] | None = None) -> Interval:
    """The weighted mean with its interval by linearisation of the ratio, cluster by cluster."""
    centre = mean(values, weights)
    total = float(weights.sum())
    if not total > 0.0:
        return Interval(centre, float("nan"), float("nan"))
    parts = _by_cluster(weights * (values - centre), clusters)
    count = int(np.count_nonzero(_by_cluster(weights, clusters)))
    error = float(np.sqrt((parts**2).sum())) / total
    if count > 1:
        error *= float(np.sqrt(count / (count - 1)))
    half = Z95 * error
    return Interval(centre, centre - half, centre + half)


def share_interval(
    yes: NDArray[np.bool_], weights: Array, clusters: NDArray[np.int64] | None = None
) -> Interval:
    """The weighted share of `yes` with Wilson's interval at the effective sample size.

    Wilson's interval stays inside 0 to 1 and does not shrink to nothing where every world
    agrees: that they all agree is itself only so certain. The effective size is Kish's or,
    where the heavy worlds are those that say yes, the smaller one that the share's own
    variance makes of it.
    """
    share = yes.astype(np.float64)
    p = min(1.0, max(0.0, mean(share, weights)))
    n = effective_size(weights, clusters)
    if not n > 0.0:
        return Interval(p, float("nan"), float("nan"))
    square = float((_by_cluster(weights * (share - p), clusters) ** 2).sum())
    if square > 0.0:
        n = min(n, p * (1.0 - p) * float(weights.sum()) ** 2 / square)
    z2 = Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(p, max(0.0, min(p, float(centre - half))), min(1.0, max(p, float(centre + half))))


def quantile_interval(
    values: Array, weights: Array, p: float, clusters: NDArray[np.int64] | None = None
) -> Interval:
    """A weighted quantile with the interval between the quantiles at p's own 95 % limits.

    Woodruff's method: the share below the quantile is a mean, its interval is carried back.
    """
    point = quantile(values, weights, p)
    share = mean_interval((values <= point).astype(np.float64), weights, clusters)
    half = (share.high - share.low) / 2.0
    low = quantile(values, weights, max(0.0, p - half))
    high = quantile(values, weights, min(1.0, p + half))
    return Interval(point, low, high)


def _by_cluster(values: Array, clusters: NDArray[np.int64] | None) -> Array:
    if clusters is None:
        return values
    _, place = np.unique(clusters, return_inverse=True)
    return np.asarray(np.bincount(place, weights=values), dtype=np.float64)
