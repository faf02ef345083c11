"""Percentiles over occurrences (time to detect, time to restore), weighted by how often they happen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..weighted import Array, effective_size, mean, quantile
from .episodes import Whole


@dataclass(frozen=True, slots=True)
class Spread:
    """How a quantity spreads over occurrences; `None` is what the sample cannot carry.

    `effective` is Kish's size over years: occurrences of one year are not independent.
    """

    mean: float | None
    p05: float | None
    p50: float | None
    p95: float | None
    effective: float


def carries(p: float, effective: float) -> bool:
    """Whether a sample of this effective size has a percentile.

    It has if a 95 % interval free of assumptions has two ends, that is if the largest or
    smallest value lies beyond it but for a chance of 2.5 %: 6 for the median, 72 for p05 and p95.
    """
    return bool((1.0 - min(p, 1.0 - p)) ** effective <= 0.025)


def spread(values: Array, weights: Array, year: Whole) -> Spread:
    """Mean and percentiles of (E,) values, those that are not nan, with weights `Episodes.weights` (E,)."""
    known = ~np.isnan(values)
    values, weights, year = values[known], weights[known], year[known]
    effective = effective_size(weights, year)
    p05, p50, p95 = (
        quantile(values, weights, p) if carries(p, effective) else None for p in (0.05, 0.5, 0.95)
    )
    return Spread(mean(values, weights) if effective >= 2.0 else None, p05, p50, p95, effective)
