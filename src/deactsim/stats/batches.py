"""The method of batch means: intervals for a stretch of one long run, whose weeks are not independent.

Consecutive weeks are put together into batches that outlast what one moment still tells of another; batches are
taken as independent, and Student's t allows for how few there are (Law, Simulation Modeling and Analysis, 5th ed.
2015, section 9.5.3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from . import weighted
from .weighted import Array, Interval


def batch_of(weeks: int, batches: int) -> NDArray[np.int64]:
    """The batch of each of so many weeks, (weeks,): as equal in length as can be."""
    return np.arange(weeks) * batches // max(1, weeks)


def mean_interval(values: Array, weights: Array, batch: NDArray[np.int64]) -> Interval:
    """The weighted mean of weeks and its 95 % interval, given the batch of each, (weeks,).

    A mean over something other than weeks is a ratio: its error is that of the linearised ratio, batch by batch.
    The ends are nan where fewer than two batches weigh anything.
    """
    found = weighted.mean_interval(values, weights, batch)
    return _widened(found, _times(weights, batch))


def quantile_interval(values: Array, weights: Array, p: float, batch: NDArray[np.int64]) -> Interval:
    """A weighted quantile and its 95 % interval, given the batch of each value.

    By Woodruff's method, as `weighted.quantile_interval`: the share below the quantile is a mean over batches. It
    also holds where batches have too few values for quantiles of their own (sectioning).
    """
    point = weighted.quantile(values, weights, p)
    share = mean_interval((values <= point).astype(np.float64), weights, batch)
    half = (share.high - share.low) / 2.0
    if np.isnan(half):
        return Interval(point, half, half)
    low, high = weighted.quantiles(values, weights, (max(0.0, p - half), min(1.0, p + half)))
    return Interval(point, low, high)


def _times(weights: Array, batch: NDArray[np.int64]) -> float:
    """How many times as wide as by the normal law an interval is; nan without a degree of freedom."""
    count = int(np.count_nonzero(np.bincount(batch, weights)))
    return float(stdtrit(count - 1, 0.975)) / weighted.Z95 if count > 1 else float("nan")


def _widened(found: Interval, times: float) -> Interval:
    half = (found.high - found.low) / 2.0 * times
    return Interval(found.mean, found.mean - half, found.mean + half)
