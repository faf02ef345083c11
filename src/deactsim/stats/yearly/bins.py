"""Percentiles of weighted values in fixed logarithmic bins: nothing is kept of a value itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..log_bins import BINS, bins_of
from ..weighted import Array
from .episodes import Whole


@dataclass(frozen=True)
class Bins:
    """How weighted values of at least 0 spread: weight, weighted sum, least and most of each bin.

    A percentile is the mean of the bin it falls into; `stats.log_bins` says how far off that is. `years` and `squares`
    add up the weights of years and their squares: values of one year are not independent.
    """

    weights: Array
    sums: Array
    least: Array
    most: Array
    years: float
    squares: float

    @classmethod
    def of(cls, values: Array, weights: Array, year: Whole) -> Bins:
        """Of (E,) values, those that are not nan, with weights (E,) and the year of each."""
        known = ~np.isnan(values)
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
        )

    @property
    def effective(self) -> float:
        """Kish's effective size over years; 0 without weight."""
        return self.years**2 / self.squares if self.squares > 0.0 else 0.0

    @property
    def mean(self) -> float | None:
        """The weighted mean; None of fewer than two years."""
        return float(self.sums.sum() / self.weights.sum()) if self.effective >= 2.0 - 1e-9 else None

    def quantile(self, p: float) -> float | None:
        """The p-quantile; None where the sample does not carry it."""
        if not carries(p, self.effective):
            return None
        place = self.place(p)
        centre = self.sums[place] / self.weights[place]
        return float(min(max(centre, self.least[place]), self.most[place]))

    def place(self, p: float) -> int:
        """The bin of the p-quantile: the first at or below whose end at least a share p of the weight lies."""
        running = self.weights.cumsum()
        # A hair below p, so that rounding in the sum does not skip to the next bin.
        return int(np.searchsorted(running, (p - 1e-12) * running[-1]))


def carries(p: float, effective: float) -> bool:
    """Whether a sample of this effective size has a percentile.

    It has if a 95 % interval free of assumptions has two ends, that is if the largest or
    smallest value lies beyond it but for a chance of 2.5 %: 6 for the median, 72 for p05 and p95.
    """
    return bool((1.0 - min(p, 1.0 - p)) ** effective <= 0.025)
