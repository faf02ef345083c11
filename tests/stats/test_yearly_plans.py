"""Percentiles that a sample carries, pilots, and ignorance apart from luck."""

from __future__ import annotations

import math

import numpy as np
import pytest

from deactsim.stats.yearly import (
    Episodes,
    carries,
    compose,
    direct_years,
    over_years,
    spread,
    two_orders,
    years_needed,
)

from .test_yearly_episodes import table

# ---- percentiles


def test_percentiles_by_hand() -> None:
    # Rates 1 and 3 with two episodes each: weights 0.5 and 1.5 a year.
    found = table([1.0, 3.0], [2, 2], 100)
    values = np.tile([10.0, 20.0, 30.0, 40.0], 100)
    answer = spread(values, found.weights, found.year)
    assert (answer.p05, answer.p50, answer.p95) == (10.0, 30.0, 40.0)
    assert answer.mean == pytest.approx((0.5 * 30 + 1.5 * 70) / 4, rel=1e-12)
    assert answer.effective == pytest.approx(100.0)


def test_percentiles_are_of_what_went_dark() -> None:
    found = table([1.0], [2], 100)
    values = np.tile([math.nan, 5.0], 100)
    assert spread(values, found.weights, found.year).p05 == 5.0
    nothing = spread(np.full(200, math.nan), found.weights, found.year)
    assert (nothing.mean, nothing.p05, nothing.p50, nothing.p95, nothing.effective) == (None,) * 4 + (0.0,)


def test_percentiles_of_a_mixture() -> None:
    source = np.random.default_rng(1)
    found = table([0.1, 0.3], [1, 3], 20_000)
    values = source.exponential(size=found.year.size) * np.where(found.cause == 0, 10.0, 1.0)
    answer = spread(values, found.weights, found.year)
    for p, x in ((0.05, answer.p05), (0.5, answer.p50), (0.95, answer.p95)):
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
    few = spread(values, np.ones(400), np.repeat(np.arange(40), 10))
    assert (few.p05, few.p95) == (None, None)
    assert (few.p50, few.mean) == (199.0, 199.5)
    uneven = np.where(np.arange(400) < 4, 1000.0, 1.0)
    assert spread(values, uneven, np.arange(400)).p50 is None
    assert spread(values[:1], np.ones(1), np.zeros(1, np.int64)).mean is None


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


# ---- ignorance and luck


def test_variance_components_by_hand() -> None:
    # Two draws of two years: within 2 and 2, between 2 (10 - 2)^2 / ... = 64, ignorance (64 - 2) / 2.
    found = two_orders(direct_years(np.array([1.0, 3.0, 9.0, 11.0])), np.array([5, 5, 2, 2]))
    assert found.mean.mean == 6.0
    assert found.luck.sd == pytest.approx(math.sqrt(2.0))
    assert found.ignorance.sd == pytest.approx(math.sqrt(31.0))
    assert found.share == pytest.approx(31 / 33)
    assert (found.ignorance.p05, found.luck.p05) == (None, None)


def test_variance_components_of_unequal_draws_by_hand() -> None:
    # Between 2 (8/3)^2 + (16/3)^2 = 128/3, within 2, and (3 - 5/3) / 1 = 4/3 years a draw.
    found = two_orders(direct_years(np.array([1.0, 3.0, 10.0])), np.array([0, 0, 1]))
    assert found.ignorance.sd**2 == pytest.approx((128 / 3 - 2) / (4 / 3))


def test_normal_ignorance_and_normal_luck() -> None:
    source = np.random.default_rng(3)
    draw = np.repeat(np.arange(800), 20)
    unknown = source.normal(50.0, 3.0, 800)
    found = two_orders(direct_years(unknown[draw] + source.normal(0.0, 10.0, draw.size)), draw)
    assert found.mean.low < 50.0 < found.mean.high
    assert found.ignorance.sd == pytest.approx(3.0, rel=0.1)
    assert found.luck.sd == pytest.approx(10.0, rel=0.02)
    assert found.share == pytest.approx(9 / 109, rel=0.2)
    # Means of 20 years alone would spread by sqrt(9 + 5): the band is freed of it.
    assert found.ignorance.p05 == pytest.approx(50 - 1.645 * 3, abs=0.6)
    assert found.ignorance.p95 == pytest.approx(50 + 1.645 * 3, abs=0.6)
    # The p05 of 20 values is their smallest, at 1 / 21 on average; the p95 their second largest, at 19 / 21.
    assert found.luck.p05 == pytest.approx(50 - 18.7, abs=0.6)
    assert found.luck.p95 == pytest.approx(50 + 14.1, abs=0.6)


def test_a_poisson_year_of_an_uncertain_rate() -> None:
    # N ~ Poisson(L), L 1 or 5: ignorance Var L = 4, luck E L = 3.
    source = np.random.default_rng(4)
    rate = source.choice([1.0, 5.0], 400)
    draw = np.repeat(np.arange(400), 10)
    needs = np.full(draw.size, 13)
    years = np.repeat(np.arange(draw.size), needs)
    found = Episodes(rate[draw][:, None], years, np.zeros(years.size, np.int64), draw.size)
    answer = two_orders(compose(found, 3).total(np.ones(years.size)), draw)
    assert answer.ignorance.sd**2 == pytest.approx(rate.var(), rel=0.05)
    assert answer.luck.sd**2 == pytest.approx(rate.mean(), rel=0.03)
    assert answer.ignorance.p05 == pytest.approx(1.0, abs=0.1)
    assert answer.ignorance.p95 == pytest.approx(5.0, abs=0.1)
    # Poisson percentiles 0 to 3 and 2 to 9, of half the draws each.
    share = float((rate == 1.0).mean())
    assert answer.luck.p05 == pytest.approx(2 * (1 - share), abs=0.15)
    assert answer.luck.p95 == pytest.approx(3 * share + 9 * (1 - share), abs=0.15)


def test_no_ignorance_and_no_luck() -> None:
    source = np.random.default_rng(5)
    draw = np.repeat(np.arange(100), 25)
    known = two_orders(direct_years(np.tile(np.arange(25.0), 100)), draw)
    assert (known.ignorance.sd, known.share) == (0.0, 0.0)
    assert known.ignorance.p05 == known.ignorance.p95 == pytest.approx(12.0)
    unlucky = two_orders(direct_years(source.normal(size=100)[draw]), draw)
    assert unlucky.luck.sd == pytest.approx(0.0, abs=1e-9)
    assert unlucky.share == pytest.approx(1.0)
    assert math.isnan(two_orders(direct_years(np.zeros(2500)), draw).share)


def test_groups_of_different_size() -> None:
    source = np.random.default_rng(6)
    draw = np.repeat(np.arange(600), np.where(np.arange(600) % 2, 2, 12))
    found = two_orders(direct_years(source.normal(0.0, 2.0, 600)[draw] + source.normal(size=draw.size)), draw)
    assert found.ignorance.sd == pytest.approx(2.0, rel=0.1)
    assert found.luck.sd == pytest.approx(1.0, rel=0.05)
    assert found.luck.p05 is None


def test_without_two_draws_or_two_years_nothing_can_be_split() -> None:
    for draw in (np.zeros(6, np.int64), np.arange(6)):
        with pytest.raises(ValueError, match="at least two draws"):
            two_orders(direct_years(np.arange(6.0)), draw)
