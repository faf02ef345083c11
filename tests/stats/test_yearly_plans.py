"""Percentiles that a sample carries, and pilots."""

from __future__ import annotations

import math

import numpy as np
import pytest

from deactsim.stats.log_bins import A_DECADE, bins_of
from deactsim.stats.yearly import Bins, carries, over_years, years_needed

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


# ---- pilots


def test_a_pilot_by_the_textbook() -> None:
    pilot = np.tile([9.0, 11.0], 200)
    plan = years_needed(pilot, 0.001)
    t, s = 1.965927, math.sqrt(400 / 399)
    assert plan.reason == "width"
    assert plan.years == math.ceil((t * s / 0.01) ** 2)
    assert plan.aim == pytest.approx(0.01, rel=1e-4)


def test_near_zero_the_floor_holds() -> None:
    pilot = np.tile([-1.0, 1.0], 200)
    plan = years_needed(pilot, 0.05, floor=0.02)
    assert plan.reason == "floor"
    assert plan.years == pytest.approx((1.966 / 0.02) ** 2, rel=0.01)
    endless = years_needed(pilot, 0.05, most=5000)
    assert (endless.years, endless.reason) == (5000, "most")


def test_enough_differences_that_are_not_zero() -> None:
    # One in fifty: 200 of them need 10,000 years, however short the interval looks.
    pilot = np.where(np.arange(500) % 50 == 0, -1.0, 0.0)
    plan = years_needed(pilot, 0.9)
    assert (plan.years, plan.reason) == (10_000, "differences")
    # A large year among small ones: (sum |d|)^2 / sum d^2 = 110^2 / (100^2 + 10) of 11.
    uneven = np.array([100.0] + [1.0] * 10)
    assert years_needed(uneven, 0.9, floor=1e9, least=1).years == math.ceil(200 * 11 * 10_010 / 110**2)


def test_an_exact_zero_stops() -> None:
    plan = years_needed(np.zeros(300), 0.05)
    assert (plan.years, plan.aim, plan.reason) == (0, 0.0, "zero")


def test_never_fewer_than_the_least() -> None:
    assert years_needed(np.full(300, 5.0), 0.05, least=300).years == 300


def test_fresh_years_are_as_precise_as_planned() -> None:
    source = np.random.default_rng(2)
    plan = years_needed(source.exponential(size=1000), 0.05)
    found = over_years(source.exponential(size=plan.years))
    assert (found.high - found.low) / 2 == pytest.approx(0.05, rel=0.1)
    assert plan.aim == pytest.approx(0.05, rel=0.1)
