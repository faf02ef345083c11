"""Estimators against numbers worked out by hand, and against numpy."""

from __future__ import annotations

import math

import numpy as np
import pytest

from deactsim.stats.weighted import (
    Z95,
    Interval,
    Weighting,
    effective_size,
    mean,
    mean_interval,
    quantile,
    quantile_interval,
    quantiles,
    share_interval,
)

NONE = np.zeros(0)


def test_mean_by_hand() -> None:
    assert mean(np.array([1.0, 2.0, 6.0]), np.array([3.0, 2.0, 1.0])) == pytest.approx(13 / 6, rel=1e-15)


def test_mean_of_a_constant_is_that_constant() -> None:
    weights = np.random.default_rng(1).exponential(size=999)
    assert mean(np.full(999, 11.0), weights) == 11.0


def test_without_weight_there_is_no_mean() -> None:
    assert math.isnan(mean(NONE, NONE))
    assert math.isnan(mean(np.array([1.0, 2.0]), np.zeros(2)))
    assert math.isnan(quantile(NONE, NONE, 0.5))
    assert math.isnan(quantile(np.array([1.0]), np.zeros(1), 0.5))
    for interval in (
        mean_interval(NONE, NONE),
        mean_interval(np.array([1.0]), np.zeros(1)),
        share_interval(np.zeros(0, bool), NONE),
        share_interval(np.array([True]), np.zeros(1)),
    ):
        assert math.isnan(interval.low)
        assert math.isnan(interval.high)


def test_effective_size_is_kishs() -> None:
    assert effective_size(np.array([1.0, 1.0, 2.0])) == 16 / 6
    assert effective_size(np.ones(7)) == 7.0
    assert effective_size(np.zeros(3)) == 0.0
    assert effective_size(NONE) == 0.0


def test_effective_size_counts_clusters() -> None:
    weights, clusters = np.array([1.0, 2.0, 3.0, 0.5]), np.array([9, 4, 9, 7])
    assert effective_size(weights, clusters) == 6.5**2 / (4**2 + 2**2 + 0.5**2)
    assert effective_size(np.ones(6), np.repeat([1, 2], 3)) == 2.0


def test_quantile_is_the_first_value_with_enough_weight_below() -> None:
    values, weights = np.array([30.0, 10.0, 20.0]), np.array([1.0, 2.0, 1.0])
    found = {p: quantile(values, weights, p) for p in (0.0, 0.3, 0.5, 0.500001, 0.75, 0.76, 1.0)}
    assert found == {0.0: 10, 0.3: 10, 0.5: 10, 0.500001: 20, 0.75: 20, 0.76: 30, 1.0: 30}


def test_one_sort_does_for_several_quantiles() -> None:
    source = np.random.default_rng(5)
    values, weights, shares = source.integers(0, 40, 300) / 7, source.exponential(size=300), (0.5, 0.05, 0.95)
    assert quantiles(values, weights, shares) == [quantile(values, weights, p) for p in shares]
    assert all(math.isnan(found) for found in quantiles(NONE, NONE, shares))


def test_a_weighting_does_for_several_estimates() -> None:
    source = np.random.default_rng(6)
    weights, clusters = source.exponential(size=200), source.integers(0, 30, 200)
    weighting = Weighting(weights, clusters)
    assert weighting.effective == effective_size(weights, clusters)
    for values in source.normal(size=(3, 200)):
        assert weighting.mean(values) == mean(values, weights)
        assert weighting.mean_interval(values) == mean_interval(values, weights, clusters)
        assert weighting.share_interval(values > 0) == share_interval(values > 0, weights, clusters)


def test_quantile_does_not_slip_over_a_rounded_sum() -> None:
    # Ten tenths: the running sum at the seventh is 0.7 but for rounding.
    assert quantile(np.arange(10.0), np.full(10, 0.1), 0.7) == 6.0


@pytest.mark.parametrize("p", [0.01, 0.05, 0.37, 0.5, 0.95, 0.999])
def test_quantile_is_numpys(p: float) -> None:
    source = np.random.default_rng(2)
    values, weights = source.normal(size=501), source.exponential(size=501)
    assert quantile(values, weights, p) == np.quantile(values, p, weights=weights, method="inverted_cdf")
    assert mean(values, weights) == pytest.approx(np.average(values, weights=weights), rel=1e-12)


def test_interval_of_a_plain_mean_is_the_textbooks() -> None:
    values = np.random.default_rng(3).normal(size=50)
    found = mean_interval(values, np.ones(50))
    half = Z95 * values.std(ddof=1) / math.sqrt(50)
    assert found.mean == pytest.approx(values.mean(), abs=1e-12)
    assert found.high - found.mean == pytest.approx(half, rel=1e-12)
    assert found.mean - found.low == pytest.approx(half, rel=1e-12)


def test_interval_by_hand() -> None:
    # Mean 2.5; deviations -1.5, 0.5, 1.5, weighted -1.5, 0.5, 3 (weights 1, 1, 2 of 4), times 3/2.
    found = mean_interval(np.array([1.0, 3.0, 3.0]), np.array([1.0, 1.0, 2.0]))
    assert found.mean == 2.5
    error = math.sqrt((1.5**2 + 0.5**2 + 1.0**2) * 3 / 2) / 4
    assert found.high - 2.5 == pytest.approx(1.959963984540054 * error, rel=1e-12)


def test_interval_over_clusters_by_hand() -> None:
    # Clusters (1, 3) and (3, 5): their deviations from 3 add up to -2 and 2.
    found = mean_interval(np.array([1.0, 3.0, 3.0, 5.0]), np.ones(4), np.array([0, 0, 1, 1]))
    assert found.high - 3.0 == pytest.approx(Z95 * math.sqrt((4 + 4) * 2) / 4, rel=1e-12)


def test_twins_in_one_cluster_add_nothing() -> None:
    source = np.random.default_rng(4)
    values, weights = source.normal(size=40), source.exponential(size=40)
    once = mean_interval(values, weights, np.arange(40))
    twice = mean_interval(np.repeat(values, 2), np.repeat(weights, 2), np.repeat(np.arange(40), 2))
    assert twice.low == pytest.approx(once.low, rel=1e-12)
    assert twice.high == pytest.approx(once.high, rel=1e-12)
    assert once == mean_interval(values, weights)


def test_worlds_without_weight_do_not_count() -> None:
    values, weights = np.array([1.0, 2.0, 4.0, 99.0]), np.array([1.0, 2.0, 1.0, 0.0])
    assert mean_interval(values, weights) == mean_interval(values[:3], weights[:3])
    assert share_interval(values > 50, weights) == share_interval(values[:3] > 50, weights[:3])


def test_one_world_has_no_spread() -> None:
    assert mean_interval(np.array([3.0]), np.array([2.0])) == Interval(3.0, 3.0, 3.0)


def test_share_is_wilsons() -> None:
    yes = np.arange(100) < 30
    found = share_interval(yes, np.full(100, 0.7))
    z2, n, p = Z95**2, 100.0, 0.3
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    assert found.mean == pytest.approx(0.3, rel=1e-12)
    assert found.low == pytest.approx(centre - half, rel=1e-9)
    assert found.high == pytest.approx(centre + half, rel=1e-9)


@pytest.mark.parametrize("answer", [True, False])
def test_share_of_all_or_none_is_only_so_certain(answer: bool) -> None:
    found = share_interval(np.full(50, answer), np.ones(50))
    other = Z95**2 / (50 + Z95**2)
    expected = Interval(1.0, 1.0 - other, 1.0) if answer else Interval(0.0, 0.0, other)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-12)
    assert found.mean == expected.mean


def test_share_stays_between_none_and_all() -> None:
    source = np.random.default_rng(5)
    for _ in range(200):
        yes, weights = source.random(12) < source.random(), source.exponential(size=12) ** 4
        found = share_interval(yes, weights, source.integers(0, 6, 12))
        assert 0.0 <= found.low <= found.mean <= found.high <= 1.0


def test_share_is_wider_where_the_weight_is_on_one_answer() -> None:
    yes = np.arange(400) < 40
    heavy_yes, heavy_no = np.where(yes, 9.0, 1.0), np.where(yes, 1.0, 9.0)
    assert effective_size(heavy_yes) < 200
    found = share_interval(yes, heavy_yes)
    linear = mean_interval(yes.astype(float), heavy_yes)
    assert found.high - found.low == pytest.approx(linear.high - linear.low, rel=0.1)
    # Where the answer is on light worlds, unseen heavy ones still bound what can be known.
    rare = share_interval(yes, heavy_no)
    assert rare.high >= share_interval(np.zeros(400, bool), heavy_no).high


def test_quantile_interval_lies_around_its_point() -> None:
    source = np.random.default_rng(6)
    values, weights = source.normal(size=300), source.exponential(size=300)
    for p in (0.02, 0.5, 0.98):
        found = quantile_interval(values, weights, p)
        assert found.low <= found.mean <= found.high
        assert found.mean == quantile(values, weights, p)
    constant = quantile_interval(np.full(9, 11.0), np.ones(9), 0.5)
    assert constant == Interval(11.0, 11.0, 11.0)


def test_quantile_interval_by_hand() -> None:
    # The share below the median of 1..100 is 0.5, with error 0.5 / sqrt(99): 0.4015 to 0.5985.
    found = quantile_interval(np.arange(1.0, 101.0), np.ones(100), 0.5)
    assert found == Interval(50.0, 41.0, 60.0)
