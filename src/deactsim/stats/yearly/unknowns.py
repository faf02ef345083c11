"""Ignorance and luck apart: second-order Monte Carlo.

The unknowns are drawn first (outer), years are run given each draw (inner). By the law of total variance
Var(T) = Var(E[T | unknowns]) + E[Var(T | unknowns)]: what would go if one knew, and what would stay. The means
of the outer draws spread by ignorance and by the luck of few inner years; the second part is taken off
(one-way analysis of variance with random effects; Searle, Casella and McCulloch 1992, 3.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from ..weighted import Array, Interval, quantile
from .compose import Years
from .episodes import Whole, over_years
from .percentiles import carries

#: With fewer values than this an outer draw has no band of its own.
VALUES = 20


@dataclass(frozen=True, slots=True)
class Band:
    """Standard deviation and percentiles, in the values' unit; `None` is what the sample cannot carry."""

    sd: float
    p05: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Orders:
    """A yearly value under uncertain inputs.

    mean        over all, its interval from outer draws
    ignorance   how the expected year spreads over what is unknown
    luck        how a year spreads about it once the unknowns are known; the band is the mean of the draws' bands
    share       of ignorance in the variance; nan if nothing varies
    """

    mean: Interval
    ignorance: Band
    luck: Band
    share: float


def two_orders(years: Years, draw: Whole) -> Orders:
    """Split what (Y, K) values of years vary by; `draw` (Y,) says which outer draw a year belongs to.

    At least two draws, one of them with two years.
    """
    _, group, inner = np.unique(draw, return_inverse=True, return_counts=True)
    outer, size = inner.size, group.size
    if outer < 2 or size == outer:
        raise ValueError("at least two draws of the unknowns, and two years of one of them")
    expected = (years.weights * years.values).sum(axis=1)
    within = (years.weights * (years.values - expected[:, None]) ** 2).sum(axis=1)
    means = np.bincount(group, expected) / inner
    noise = float(((expected - means[group]) ** 2).sum()) / (size - outer)
    grand = float(expected.mean())
    between = float((inner * (means - grand) ** 2).sum()) / (outer - 1)
    typical = (size - float((inner**2).sum()) / size) / (outer - 1)
    ignorance = max(0.0, (between - noise) / typical)
    luck = noise + float(within.mean())
    # Draw means are pulled together until they vary as much as ignorance does, not more.
    kept = np.sqrt(ignorance / np.maximum(ignorance + noise / inner, np.finfo(float).tiny))
    centre = over_years(means)
    pulled = centre.mean + kept * (means - centre.mean)
    total = ignorance + luck
    return Orders(
        centre,
        Band(sqrt(ignorance), *_ends(pulled)),
        Band(sqrt(luck), *_mean_ends(years, group, inner)),
        ignorance / total if total > 0.0 else float("nan"),
    )


def _ends(values: Array) -> tuple[float | None, float | None]:
    if not carries(0.05, values.size):
        return None, None
    return quantile(values, np.ones(values.size), 0.05), quantile(values, np.ones(values.size), 0.95)


def _mean_ends(years: Years, group: Whole, inner: Whole) -> tuple[float | None, float | None]:
    if inner.min() * years.values.shape[1] < VALUES:
        return None, None
    ends = np.zeros(2)
    for each in range(inner.size):
        values, weights = years.values[group == each].ravel(), years.weights[group == each].ravel()
        ends += [quantile(values, weights, p) / inner.size for p in (0.05, 0.95)]
    return float(ends[0]), float(ends[1])
