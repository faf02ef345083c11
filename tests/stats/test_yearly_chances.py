"""Chances of a year against closed forms: thinned Poisson, Skellam, binomial."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import beta, binom, gamma, skellam

from deactsim.stats.weighted import Array, Interval
from deactsim.stats.yearly import (
    Chances,
    Episodes,
    beats,
    compose,
    direct_years,
    episodes_needed,
    exceedance,
)
from deactsim.stats.yearly import headline as headlines
from deactsim.stats.yearly.compose import Years

from .test_yearly_compose import worst
from .test_yearly_episodes import table


def headline(found: Episodes, longest: Array, appetite: float) -> Interval:
    return headlines(found, longest, appetite).interval()


def chance_interval(chances: Array, ceilings: Array) -> Interval:
    return Chances.of(chances, ceilings).interval()


def at(years: Years, x: float) -> Interval:
    return exceedance(years, np.array([x])).interval(0)


def shares(change: Years) -> tuple[Interval, float, float]:
    """Better, ties, worse."""
    better, worse = (each.interval() for each in beats(change))
    return better, 1.0 - better.mean - worse.mean, worse.mean


def headline_given(rate: float, count: int, beyond: int) -> float:
    return headline(table([rate], [count], 1), (np.arange(count) < beyond).astype(float), 0.5).mean


@pytest.mark.parametrize("rate", [1e-4, 0.01, 0.04, 0.05, 0.3, 1.0, 5.0, 20.0])
@pytest.mark.parametrize("p", [0.001, 0.1, 0.5, 1.0])
def test_headline_has_no_jensen_bias(rate: float, p: float) -> None:
    """Its mean over all numbers of episodes beyond is the chance of a thinned Poisson process."""
    count = episodes_needed(rate)
    found = sum(binom.pmf(k, count, p) * headline_given(rate, count, k) for k in range(count + 1))
    right = -math.expm1(-rate * p)
    assert found == pytest.approx(right, rel=0.02)
    if count > 1:
        assert found == pytest.approx(right, rel=1e-3)
        plugged = sum(binom.pmf(k, count, p) * -math.expm1(-rate * k / count) for k in range(count + 1))
        assert plugged <= found + 1e-9


def test_headline_of_one_episode_by_hand() -> None:
    assert headline_given(0.01, 1, 0) == 0.0
    assert headline_given(0.01, 1, 1) == pytest.approx(1 - math.exp(-0.01), rel=1e-12)
    # Three episodes, one beyond: it is missed by one occurrence in 2 of 3, by two in 1 of 3.
    pmf = [math.exp(-0.1), 0.1 * math.exp(-0.1), 0.005 * math.exp(-0.1)]
    assert headline_given(0.1, 3, 1) == pytest.approx(1 - pmf[0] - pmf[1] * 2 / 3 - pmf[2] / 3, rel=1e-9)


def test_causes_with_fewer_episodes_add_nothing_of_their_own() -> None:
    found = table([0.03, 2.0], [1, 8], 50)
    assert headline(found, np.zeros(450), 0.5).mean == 0.0
    sure = headline(table([60.0], [100], 50), np.ones(5000), 0.5)
    assert (sure.mean, sure.high) == pytest.approx((1.0, 1.0), rel=1e-12)


def test_headline_is_the_mean_over_all_compositions() -> None:
    found = table([0.5, 2.0], [4, 8], 30)
    longest = np.random.default_rng(1).exponential(size=found.year.size)
    composed = at(worst(compose(found, 3, replicates=4000), longest), 1.5)
    assert headline(found, longest, 1.5).mean == pytest.approx(composed.mean, rel=0.005)


def test_headline_keeps_common_environments_common() -> None:
    # All or nothing by year: P = q (1 - exp(-rate)), not 1 - exp(-q rate).
    found = table([1.0, 2.0], [5, 8], 3000)
    bad = np.random.default_rng(2).random(3000) < 0.5
    answer = headline(found, bad[found.year].astype(float), 0.5)
    assert answer.low < 0.5 * (1 - math.exp(-3.0)) < answer.high
    assert answer.high < 1 - math.exp(-1.5) - 0.2


def test_headline_with_rates_of_zero() -> None:
    found = table([0.0, 0.02], [1, 1], 2)
    answer = headline(found, np.array([9.0, 0.0, 9.0, 9.0]), 1.0)
    assert answer.mean == pytest.approx((1 - math.exp(-0.02)) / 2, rel=1e-12)
    assert headline(table([0.0], [1], 4), np.full(4, 9.0), 1.0).high == 0.0


def test_headline_is_not_said_of_what_the_episodes_do_not_carry() -> None:
    assert math.isnan(headline_given(1.0, 1, 1))
    assert headline_given(1.0, 1, 0) == 0.0
    # A frequent cause without an episode beyond counts as one that cannot; one with makes it unsayable.
    found = table([3000.0, 0.01], [5, 1], 100)
    longest = (found.cause == 1).astype(float)
    assert headline(found, longest, 0.5).mean == pytest.approx(1 - math.exp(-0.01), rel=1e-9)
    assert headline(found, longest, 0.5).high < 0.01
    longest[found.cause == 0] = np.eye(500)[0]
    assert math.isnan(headline(found, longest, 0.5).high)


def test_no_episode_beyond_is_not_certainty() -> None:
    # The rule of three with two sides: -ln 0.025 = 3.69 years of all at the ceiling.
    nothing = headline(table([0.01], [1], 200), np.zeros(200), 0.5)
    assert (nothing.mean, nothing.low) == (0.0, 0.0)
    assert nothing.high == pytest.approx(-math.log(0.025) / 200 * (1 - math.exp(-0.01)), rel=1e-9)
    everything = headline(table([0.01], [1], 200), np.ones(200), 0.5)
    assert everything.mean == everything.high == pytest.approx(1 - math.exp(-0.01), rel=1e-12)
    assert everything.high - everything.low == pytest.approx(nothing.high, rel=1e-9)
    composed = at(compose(table([0.01], [1], 200), 1).total(np.zeros(200)), 0.5)
    assert composed.high == pytest.approx(nothing.high, rel=1e-9)


def test_more_episodes_of_a_year_do_not_shorten_what_no_year_has_shown() -> None:
    few, many = (headline(table([0.01], [m], 200), np.zeros(200 * m), 0.5).high for m in (1, 20))
    assert many == pytest.approx(few, rel=1e-12)


@pytest.mark.parametrize("hits", [0, 1, 3, 10, 50, 97, 100])
def test_interval_of_plain_years_is_nearly_clopper_pearsons(hits: int) -> None:
    values = (np.arange(100) < hits).astype(float)
    found = chance_interval(values, np.ones(100))
    low = beta.ppf(0.025, hits, 101 - hits) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, 100 - hits) if hits < 100 else 1.0
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.016)
    assert 0.0 <= found.low <= found.mean <= found.high <= 1.0


def test_interval_is_gammas_of_the_same_mean_and_variance() -> None:
    values = np.array([0.1, 0.2, 0.0, 0.3, 0.1])
    found = chance_interval(values, np.full(5, 0.8))
    variance = values.var(ddof=1) / 5 * (2.7764451 / 1.9599640) ** 2
    for mean, spread, p, end in (
        (0.14, variance, 0.025, found.low),
        (0.3, variance + 0.0256, 0.975, found.high),
    ):
        assert end == pytest.approx(gamma.ppf(p, mean**2 / spread, scale=spread / mean), rel=1e-6)


def test_interval_mirrors() -> None:
    values = np.random.default_rng(3).random(40) ** 3
    one, other = chance_interval(values, np.ones(40)), chance_interval(1.0 - values, np.ones(40))
    assert (one.mean, one.low, one.high) == pytest.approx((1 - other.mean, 1 - other.high, 1 - other.low))


def test_interval_of_hardly_any_spread_is_normal() -> None:
    values = 0.3 + 1e-6 * np.random.default_rng(4).normal(size=5000)
    found = chance_interval(values, np.full(5000, 0.9))
    assert found.high - found.mean == pytest.approx(0.9 / 5000 * (1 + 1.96), rel=0.1)
    assert found.mean - found.low == pytest.approx(1.96e-6 / math.sqrt(5000), rel=0.1)


def test_one_year_says_nothing_but_its_ceiling() -> None:
    found = chance_interval(np.array([0.2]), np.array([0.6]))
    assert (found.mean, found.low, found.high) == (0.2, 0.0, 0.6)


def test_beats_is_skellams() -> None:
    # Of 3 occurrences a year a policy makes 0.5 better and 0.2 worse, all by a minute.
    source = np.random.default_rng(5)
    found = table([3.0], [episodes_needed(3.0)], 4000)
    luck = source.random(found.year.size)
    change = np.where(luck < 0.5, -1.0, np.where(luck < 0.7, 1.0, 0.0))
    year = compose(found, 8, replicates=4)
    better, ties, worse = shares(year.total(change))
    assert better.low < skellam.cdf(-1, 0.6, 1.5) < better.high
    assert ties == pytest.approx(skellam.pmf(0, 0.6, 1.5), rel=0.02)
    assert worse == pytest.approx(skellam.sf(0, 0.6, 1.5), rel=0.03)
    swapped, _, swapped_worse = shares(year.total(-change))
    assert (swapped.mean, swapped_worse) == pytest.approx((worse, better.mean), rel=1e-12)


def test_equal_policies_tie_in_all_years() -> None:
    better, ties, worse = shares(compose(table([3.0, 99.0], [9, 2], 50), 8).total(np.zeros(550)))
    assert (better.mean, ties, worse) == (0.0, 1.0, 0.0)
    assert better.high > 0.05


def test_a_rare_cause_ties_where_it_does_not_occur() -> None:
    better, ties, _ = shares(compose(table([1e-4], [1], 300), 8).total(np.full(300, -2.0)))
    assert better.mean == better.high == pytest.approx(1e-4, rel=1e-3)
    assert better.low == pytest.approx(1e-4, rel=0.02)
    assert ties == pytest.approx(1 - 1e-4, rel=1e-6)


def test_a_frequent_cause_decides_by_its_mean() -> None:
    # Every occurrence is 0.2 better on average, with deviation 2: sqrt(3000) / 10 makes years better surely.
    source = np.random.default_rng(6)
    found = table([3000.0], [35], 500)
    change = source.normal(-0.2, 2.0, found.year.size)
    assert (found.means(change) > 0).mean() > 0.2
    assert shares(compose(found, 8).total(change))[0].mean > 0.95
    env = np.where(np.arange(500) % 4 == 0, 2.0, -0.2)[found.year]
    assert shares(compose(found, 8).total(env))[0].mean == 0.75


def test_direct_years_tie_by_equality() -> None:
    better, ties, worse = shares(direct_years(np.array([-1.0, 0.0, 0.0, 3.0, -0.5])))
    assert (better.mean, worse) == (0.4, 0.2)
    assert ties == pytest.approx(0.4, rel=1e-12)


def test_chances_of_blocks_add_up_to_those_of_all_years() -> None:
    source = np.random.default_rng(7)
    ceilings = source.random((90, 4))
    chances = ceilings * source.random((90, 4)) ** 4
    whole = Chances.of(chances, ceilings)
    parts = [Chances.of(chances[a:b], ceilings[a:b]) for a, b in ((0, 1), (1, 60), (60, 90))]
    added = parts[0] + parts[1] + parts[2]
    for place in range(4):
        one, other = whole.interval(place), added.interval(place)
        assert (one.mean, one.low, one.high) == pytest.approx((other.mean, other.low, other.high), rel=1e-9)
