"""Percentiles that a sample carries, intervals of heavy tails, and stages."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from deactsim.stats.log_bins import A_DECADE, bins_of
from deactsim.stats.yearly import Bins, Moments, carries, effort, half_width, level_of, over_years, stage

from .test_yearly_episodes import table

# ---- percentiles


def test_percentiles_by_hand() -> None:
    # Rates 1 and 3 with two episodes each: weights 0.5 and 1.5 a year.
    found = table([1.0, 3.0], [2, 2], 100)
    values = np.tile([10.0, 20.0, 30.0, 40.0], 100)
    answer = Bins.of(values, found.weights, found.year)
    assert [answer.quantile(p) for p in (0.05, 0.5, 0.95)] == [10.0, 30.0, 40.0]
    assert answer.mean == pytest.approx((0.5 * 30 + 1.5 * 70) / 4, rel=1e-12)
    assert answer.effective == pytest.approx(100.0)


def test_percentiles_are_of_what_went_dark() -> None:
    found = table([1.0], [2], 100)
    values = np.tile([math.nan, 5.0], 100)
    assert Bins.of(values, found.weights, found.year).quantile(0.05) == 5.0
    nothing = Bins.of(np.full(200, math.nan), found.weights, found.year)
    assert (nothing.mean, nothing.quantile(0.5), nothing.effective) == (None, None, 0.0)


def test_percentiles_of_a_mixture() -> None:
    source = np.random.default_rng(1)
    found = table([0.1, 0.3], [1, 3], 20_000)
    values = source.exponential(size=found.year.size) * np.where(found.cause == 0, 10.0, 1.0)
    answer = Bins.of(values, found.weights, found.year)
    for p in (0.05, 0.5, 0.95):
        x = answer.quantile(p)
        assert x is not None
        assert 0.25 * -math.expm1(-x / 10) + 0.75 * -math.expm1(-x) == pytest.approx(p, abs=0.006)


@pytest.mark.parametrize(
    ("effective", "ends", "middle"),
    [(5.2, False, False), (5.4, False, True), (71, False, True), (72, True, True)],
)
def test_which_percentiles_a_sample_carries(effective: float, ends: bool, middle: bool) -> None:
    assert carries(0.05, effective) is carries(0.95, effective) is ends
    assert carries(0.5, effective) is middle


def test_what_a_sample_does_not_carry_is_not_said() -> None:
    values = np.arange(400.0)
    few = Bins.of(values, np.ones(400), np.repeat(np.arange(40), 10))
    assert (few.quantile(0.05), few.quantile(0.95)) == (None, None)
    assert few.quantile(0.5) == pytest.approx(199.0, rel=0.01)
    assert few.mean == 199.5
    uneven = np.where(np.arange(400) < 4, 1000.0, 1.0)
    assert Bins.of(values, uneven, np.arange(400)).quantile(0.5) is None
    assert Bins.of(values[:1], np.ones(1), np.zeros(1, np.int64)).mean is None


def test_percentiles_are_off_by_less_than_a_bin() -> None:
    values = np.exp(np.random.default_rng(8).normal(3.0, 3.0, 20_000))
    found = Bins.of(values, np.ones(values.size), np.arange(values.size))
    for p in (0.05, 0.3, 0.5, 0.95):
        exact = np.quantile(values, p, method="inverted_cdf")
        assert found.quantile(p) == pytest.approx(exact, rel=10 ** (1 / A_DECADE) - 1)


def test_a_larger_value_is_never_in_a_lower_bin_and_none_is_its_own() -> None:
    values = np.concatenate(([0.0, 1e-30], np.geomspace(1e-5, 1e11, 5000), [1e30]))
    places = bins_of(values)
    assert (np.diff(places) >= 0).all()
    assert (places[0], places[1]) == (0, 1)
    assert Bins.of(values, np.ones(values.size), np.arange(values.size)).weights.sum() == values.size


def test_bins_of_blocks_add_up_to_those_of_all_years() -> None:
    source = np.random.default_rng(9)
    values, weights = source.exponential(size=600), source.random(600)
    year = np.repeat(np.arange(200), 3)
    whole = Bins.of(values, weights, year)
    added = Bins.of(values[:150], weights[:150], year[:150]) + Bins.of(
        values[150:], weights[150:], year[150:]
    )
    assert added.quantile(0.5) == pytest.approx(whole.quantile(0.5), rel=1e-12)
    assert (added.mean, added.effective) == pytest.approx((whole.mean, whole.effective), rel=1e-12)


# ---- stages


def test_levels_of_all_looks_leave_what_one_would() -> None:
    assert [level_of(look) for look in (1, 2, 3)] == pytest.approx([0.975, 0.9875, 0.99375])
    assert sum(1.0 - level_of(look) for look in range(1, 60)) == pytest.approx(0.05)


def test_the_effort_is_that_of_the_textbook() -> None:
    # Half-width t s / sqrt(n) with t at 97.5 % of 399 degrees of freedom (the kurtosis is that of a coin).
    values = Moments.of(np.tile([9.0, 11.0], 200))
    half = 2.2500 * math.sqrt(400 / 399) / 20
    assert half_width(values, 0.975) == pytest.approx(half, rel=1e-3)
    assert effort(values, half / 3, 0.975) == pytest.approx(9.0, rel=2e-3)
    assert effort(values, half * 3, 0.975) < 1.0


def test_what_few_years_carry_is_not_reached_however_short_it_looks() -> None:
    rare = Moments.of(np.where(np.arange(500) == 7, -1.0, 0.0))
    assert rare.carried() == pytest.approx(1.0, rel=0.01)
    assert effort(rare, 1e9, 0.975) == pytest.approx(5.0, rel=0.01)
    even = Moments.of(np.tile([-1.0, 1.0], 50))
    assert even.carried() == pytest.approx(100.0)


def test_equal_values_take_years_enough_to_differ_and_an_aim_of_nothing_is_never_reached() -> None:
    assert effort(Moments.of(np.full(100, 5.0)), 0.0, 0.975) == pytest.approx(3.6)
    assert effort(Moments.of(np.full(400, 5.0)), 0.0, 0.975) < 1.0
    assert effort(Moments.of(np.array([1.0, 2.0, 3.0])), 0.0, 0.975) == math.inf


def test_stages_are_whole_blocks_within_bounds() -> None:
    assert stage(100, 0.2, 0.0, 100, 20_000) == stage(100, 0.0, 0.0, 100, 20_000) == 100
    assert stage(100, 3.0, 0.0, 100, 20_000) == 400
    assert stage(400, 1.01, 1.25, 100, 20_000) == 500
    assert stage(400, math.inf, 1.25, 100, 20_000) == 20_000


# ---- intervals of heavy tails


def test_an_interval_reaches_to_both_sides_where_one_tail_was_seen() -> None:
    # One year in a hundred is seen to be far above; Hall's interval alone ends 0.5 below the mean.
    values = np.append(np.tile([-0.1, 0.1], 49), [0.0, 40.0])
    found, moments = over_years(values), Moments.of(values)
    error = values.std(ddof=1) / 10
    assert moments.carried() < 1.1
    assert found.low < found.mean - 2.5 * error  # few degrees of freedom: t of more than 1.98
    assert found.high > found.mean + 7 * error  # and Hall's to the side of the tail


def test_intervals_of_mixed_heavy_tails_hold() -> None:
    # One year in ten differs by 2,000 either way: 95 % of intervals of 100 years hold 0, give or take.
    source = np.random.default_rng(11)
    sign = source.choice([-2000.0, 2000.0], (600, 100)) * (source.random((600, 100)) < 0.1)
    values = sign + source.normal(0.0, 1.0, sign.shape)
    held = [found.low <= 0.0 <= found.high for found in map(over_years, values)]
    assert binom.cdf(sum(held), len(held), 0.95) > 0.001


def test_moments_of_blocks_add_up_to_those_of_all_years() -> None:
    values = np.random.default_rng(12).lognormal(0.0, 2.0, (300, 2))
    whole = Moments.of(values)
    added = Moments.of(values[:40]) + Moments.of(values[40:41]) + Moments.of(values[41:])
    for name in ("mean", "squares", "cubes", "fourths"):
        assert getattr(added, name) == pytest.approx(getattr(whole, name), rel=1e-9)
