"""Batch means: by hand, and their coverage where neighbours resemble each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t, ttest_1samp

from deactsim.stats import batches


def test_batches_are_as_equal_as_can_be() -> None:
    assert batches.batch_of(7, 3).tolist() == [0, 0, 0, 1, 1, 2, 2]
    assert batches.batch_of(4, 4).tolist() == [0, 1, 2, 3]
    assert batches.batch_of(3, 1).tolist() == [0, 0, 0]
    assert batches.batch_of(0, 1).size == 0


def test_batches_of_one_week_are_students_interval() -> None:
    values = np.random.default_rng(3).exponential(size=12)
    found = batches.mean_interval(values, np.ones(12), np.arange(12))
    student = ttest_1samp(values, 0.0).confidence_interval()
    assert (found.low, found.high) == pytest.approx((student.low, student.high))
    # Weeks of one batch are one observation: their mean.
    pairs = batches.mean_interval(np.repeat(values, 2), np.ones(24), batches.batch_of(24, 12))
    assert (pairs.low, pairs.high) == pytest.approx((found.low, found.high))


def test_one_batch_has_no_interval() -> None:
    values, one = np.array([1.0, 2.0, 3.0]), np.zeros(3, dtype=np.int64)
    found = batches.mean_interval(values, np.ones(3), one)
    assert found.mean == 2.0
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    # Nor has a mean over what only one of three batches has any of.
    found = batches.mean_interval(values, np.array([0.0, 5.0, 0.0]), np.arange(3))
    assert found.mean == 2.0
    assert math.isnan(found.low)
    found = batches.quantile_interval(values, np.ones(3), 0.5, one)
    assert found.mean == 2.0
    assert math.isnan(found.high)


def test_a_percentile_by_batches() -> None:
    values = np.concatenate([np.arange(1.0, 11.0)] * 10 + [np.arange(101.0, 111.0)])
    found = batches.quantile_interval(values, np.ones(110), 0.95, np.repeat(np.arange(11), 10))
    # 105 of 110 lie at or below 105, but in ten batches all and in one five of ten: the error is that of one batch.
    assert found.mean == 105.0
    error = np.sqrt(((10 * 5 / 110) ** 2 * 10 + (10 - 5 - 10 * 5 / 110) ** 2) * 11 / 10) / 110
    assert 0.95 - t.ppf(0.975, 10) * error < 100 / 110
    assert (found.low, found.high) == (10.0, 110.0)


def test_batches_hold_the_truth_where_single_weeks_do_not() -> None:
    """An autoregressive series that forgets in ten weeks: 40 batches of 50 weeks."""
    chance, held, naive = np.random.default_rng(5), 0, 0
    for _ in range(200):
        noise, series, value = chance.standard_normal(2000), np.empty(2000), 0.0
        value = chance.standard_normal() / math.sqrt(1 - 0.9**2)
        for week in range(2000):
            value = 0.9 * value + noise[week]
            series[week] = value
        ones = np.ones(2000)
        found = batches.mean_interval(series, ones, batches.batch_of(2000, 40))
        held += found.low <= 0.0 <= found.high
        found = batches.mean_interval(series, ones, np.arange(2000))
        naive += found.low <= 0.0 <= found.high
    assert held >= 180
    assert naive < 120
