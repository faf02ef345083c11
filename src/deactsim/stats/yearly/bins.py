"""Percentiles of weighted values in fixed logarithmic bins: nothing is kept of a value itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..log_bins import BINS, bins_of
from ..weighted import Array
from .episodes import Whole


@dataclass(frozen=True)
class Bins:
    """How weighted values of at least 0 spread: weight, weighted sum, least and most of each bin.

    A percentile is the mean of the bin it falls into; `stats.log_bins` says how far off that is. `years` and `squares`
    add up the weights of years and their squares: values of one year are not independent. `open_ended` is the weight in
    each bin of values that are lower bounds: durations that had not ended when they were followed no longer.
    """

    weights: Array
    sums: Array
    least: Array
    most: Array
    years: float
    squares: float
    open_ended: Array

    @classmethod
    def of(cls, values: Array, weights: Array, year: Whole, cut: NDArray[np.bool_] | bool = False) -> Bins:
        """Of (E,) values, those that are not nan, with weights (E,) and the year of each; `cut` are lower bounds."""
        known = ~np.isnan(values)
        cut = np.broadcast_to(cut, values.shape)[known]
        values, weights, year = values[known], weights[known], year[known]
        place = bins_of(values)
        totals = np.bincount(year, weights)
        least, most = np.full(BINS, np.inf), np.full(BINS, -np.inf)
        np.minimum.at(least, place, values)
        np.maximum.at(most, place, values)
        return cls(
            np.bincount(place, weights, BINS).astype(np.float64),
            np.bincount(place, weights * values, BINS).astype(np.float64),
            least,
            most,
            float(totals.sum()),
            float((totals**2).sum()),
            np.bincount(place, weights * cut, BINS).astype(np.float64),
        )

    def __add__(self, other: Bins) -> Bins:
        """Of the values of both, which share no year."""
        return Bins(
            self.weights + other.weights,
            self.sums + other.sums,
            np.minimum(self.least, other.least),
            np.maximum(self.most, other.most),
            self.years + other.years,
            self.squares + other.squares,
            self.open_ended + other.open_ended,
        )

    @property
    def effective(self) -> float:
        """Kish's effective size over years; 0 without weight."""
        return self.years**2 / self.squares if self.squares > 0.0 else 0.0

    @property
    def cut(self) -> float:
        """The share of the weight of values that are lower bounds; 0 without weight."""
        total = float(self.weights.sum())
        return float(self.open_ended.sum()) / total if total > 0.0 else 0.0

    @cached_property
    def shares(self) -> Array:
        """(BINS,) the share of values in each bin; what is missing to 1 lies beyond all of them.

        With lower bounds among the values it is the product-limit estimate of Kaplan and Meier (Journal of
        the American Statistical Association 53, 1958), bin by bin: of those that last as long, so many end there.
        """
        last_so_long = self.weights[::-1].cumsum()[::-1]
        ended = np.divide(
            self.weights - self.open_ended, last_so_long, out=np.zeros(BINS), where=last_so_long > 0.0
        )
        left = np.cumprod(1.0 - ended)
        return np.asarray(np.concatenate(([1.0], left[:-1])) - left)

    @property
    def mean(self) -> float | None:
        """The weighted mean, restricted to the longest time that was followed; None of fewer than two years."""
        if self.effective < 2.0 - 1e-9:
            return None
        if not self.open_ended.any():
            return float(self.sums.sum() / self.weights.sum())
        centres = np.divide(self.sums, self.weights, out=np.zeros(BINS), where=self.weights > 0.0)
        return float((self.shares * centres).sum() + (1.0 - self.shares.sum()) * self.most.max())

    def quantile(self, p: float) -> float | None:
        """The p-quantile, or the longest time followed if it is `longer`; None where the sample does not carry it."""
        if not carries(p, self.effective):
            return None
        if self.longer(p):
            return float(self.most.max())
        place = self.place(p)
        centre = self.sums[place] / self.weights[place]
        return float(min(max(centre, self.least[place]), self.most[place]))

    def longer(self, p: float) -> bool:
        """Whether the p-quantile lies beyond the longest time that was followed."""
        return bool(self.open_ended.any()) and float(self.shares.sum()) < p - 1e-12

    def place(self, p: float) -> int:
        """The bin of the p-quantile: the first at or below whose end at least a share p of the weight lies."""
        # A hair below p, so that rounding in the sum does not skip to the next bin.
        if self.open_ended.any():
            return int(np.searchsorted(self.shares.cumsum(), p - 1e-12))
        running = self.weights.cumsum()
        return int(np.searchsorted(running, (p - 1e-12) * running[-1]))


def carries(p: float, effective: float) -> bool:
    """Whether a sample of this effective size has a percentile.

    It has if a 95 % interval free of assumptions has two ends, that is if the largest or
    smallest value lies beyond it but for a chance of 2.5 %: 6 for the median, 72 for p05 and p95.
    """
    return bool((1.0 - min(p, 1.0 - p)) ** effective <= 0.025)
