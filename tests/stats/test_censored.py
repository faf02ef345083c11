"""Durations that were cut: what may still be said of them."""

from __future__ import annotations

import numpy as np

from deactsim.stats.censored import quantile_bounds


def test_quantiles_below_the_horizon_are_those_of_the_sample_and_the_others_are_bounds() -> None:
    # Ten durations followed for 24 h: six ended.
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 24.0, 24.0, 24.0, 24.0])
    cut = values == 24.0
    assert quantile_bounds(values, np.ones(10), (0.5, 0.6, 0.95), cut) == (
        [5.0, 6.0, 24.0],
        [False, False, True],
    )


def test_a_bound_below_the_quantile_leaves_the_quantile_open() -> None:
    # Of the second it is only known that it is longer than 2: the median is 3 or 4.
    values, cut = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.array([False, True, *[False] * 4])
    assert quantile_bounds(values, np.ones(6), (0.5, 1 / 6), cut) == ([3.0, 1.0], [True, False])


def test_a_weight_of_nothing_says_nothing_and_nothing_cut_is_the_sample() -> None:
    values, none = np.array([1.0, 2.0, 3.0]), np.zeros(3, dtype=bool)
    assert quantile_bounds(values, np.ones(3), (0.5,), none) == ([2.0], [False])
    weights = np.array([1.0, 1.0, 0.0])
    assert quantile_bounds(values, weights, (0.5,), values == 3.0) == ([1.0], [False])
