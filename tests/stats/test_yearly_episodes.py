"""Yearly means by Campbell's formula, against numbers worked out by hand and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import stdtrit
from scipy.stats import poisson, ttest_1samp

from deactsim.stats.yearly import COMPOSED, Episodes, by_cause, by_year, episodes_needed, over_years
from deactsim.stats.yearly.episodes import RARE, steady_means

Array = NDArray[np.float64]


def table(rates: list[float], counts: list[int], years: int) -> Episodes:
    """The same number of episodes every year."""
    cause = np.tile(np.repeat(np.arange(len(rates)), counts), years)
    return Episodes(np.array(rates), np.repeat(np.arange(years), sum(counts)), cause, years)


#: Two years, two causes, in no order; cause 1 has two episodes in year 0.
BY_HAND = Episodes(np.array([0.5, 10.0]), np.array([1, 0, 0, 1, 0]), np.array([0, 1, 0, 1, 1]), 2)
MINUTES = np.array([8.0, 3.0, 2.0, 1.0, 5.0])


def test_campbells_formula_by_hand() -> None:
    assert by_cause(BY_HAND, MINUTES).tolist() == [[0.5 * 2, 10 * 4], [0.5 * 8, 10 * 1]]
    assert by_year(BY_HAND, MINUTES).tolist() == [41.0, 14.0]
    assert BY_HAND.weights.tolist() == [0.5, 5.0, 0.5, 10.0, 5.0]


def test_a_cause_without_a_rate_needs_no_episode_and_adds_nothing() -> None:
    silent = Episodes(np.array([0.5, 0.0]), np.array([0, 1, 1]), np.array([0, 0, 1]), 2)
    assert by_year(silent, np.array([4.0, 6.0, 99.0])).tolist() == [2.0, 3.0]
    nothing = Episodes(np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64), 3)
    assert by_year(nothing, np.zeros(0)).tolist() == [0.0, 0.0, 0.0]


def test_what_is_missing_or_impossible_is_said() -> None:
    with pytest.raises(ValueError, match="year 1 has no episode of cause 1"):
        Episodes(np.array([1.0, 1.0]), np.array([0, 0, 1]), np.array([0, 1, 0]), 2)
    for rate in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="finite number of at least 0"):
            Episodes(np.array([rate]), np.array([0]), np.array([0]), 1)


def test_the_mean_over_years_is_right_whatever_the_number_of_episodes() -> None:
    # A bad year triples the severities of both causes, so that episodes of one year are not independent.
    source = np.random.default_rng(1)
    for counts in ([1, 1], [7, 2]):
        many = table([0.0001, 3000.0], counts, 4000)
        scale = np.where(source.random(4000) < 0.25, 6.0, 2.0)[many.year]
        found = over_years(by_year(many, source.exponential(size=scale.size) * scale))
        assert found.low < 3000.0001 * 3.0 < found.high


def test_interval_of_symmetric_years_is_students() -> None:
    values = np.array([1.0, 2.0, 4.0, 6.0, 7.0])
    found, student = over_years(values), ttest_1samp(values, 0.0).confidence_interval()
    assert (found.mean, found.low, found.high) == pytest.approx((4.0, student.low, student.high), rel=1e-12)


def test_interval_leans_to_the_long_tail() -> None:
    values = np.array([0.0, 0.0, 0.0, 1.0, 9.0])
    found, student = over_years(values), ttest_1samp(values, 0.0).confidence_interval()
    assert found.high > student.high
    assert found.high - found.mean > 2.0 * (found.mean - found.low)
    # By hand: deviations -2, -2, -2, -1, 7 have squares of 62 and 4th powers of 2450 in all.
    kurtosis = 5 * 2450 / 62**2
    t = stdtrit(2 * 5 / (kurtosis - 2 / 4), 0.975)
    assert t > 2.7764451051977987  # that of 4 degrees of freedom
    assert found.low == pytest.approx(2.0 - t * values.std(ddof=1) / math.sqrt(5), rel=1e-9)
    # Above, skewness / sqrt(5) = 0.5 (1.5 sd^3 / (sqrt(5) s^3)), and Hall's cubic equation is met.
    away = values - 2.0
    lean = (away**3).mean() / values.std(ddof=1) ** 3 / math.sqrt(5)
    g = (found.mean - found.high) / (values.std(ddof=1) / math.sqrt(5))
    assert g + lean * (g**2 / 3 + 1 / 6) + lean**2 * g**3 / 27 == pytest.approx(-t, rel=1e-9)


def test_swapping_the_policies_flips_the_interval() -> None:
    values = np.random.default_rng(2).exponential(size=30)
    one, other = over_years(values), over_years(-values)
    assert (one.mean, one.low, one.high) == (-other.mean, -other.high, -other.low)


def test_what_has_no_interval() -> None:
    same = over_years(np.full(7, 0.1))
    assert (same.mean, same.low, same.high) == (0.1, 0.1, 0.1)
    assert over_years(np.array([3.0])).mean == 3.0
    assert math.isnan(over_years(np.array([3.0])).low)
    assert math.isnan(over_years(np.zeros(0)).mean)


@pytest.mark.parametrize("rate", [1e-4, 0.01, RARE, 0.0401, 0.1, 0.11, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0])
def test_a_year_rarely_has_more_occurrences_than_episodes(rate: float) -> None:
    assert poisson.sf(episodes_needed(rate), rate) < 1e-3


def test_how_many_episodes() -> None:
    assert [episodes_needed(rate) for rate in (0.0, 0.04, 0.1, 1.0, 10.0)] == [1, 1, 3, 5, 21]
    assert episodes_needed(COMPOSED) == episodes_needed(3000.0) == 35
    assert episodes_needed(40.0, cap=50.0) == 60


def test_steady_means_vary_by_the_environment_only() -> None:
    source = np.random.default_rng(3)
    frequent = table([3000.0], [35], 2000)
    noise = source.exponential(size=frequent.year.size)
    own, steady = frequent.means(noise), steady_means(frequent, noise)
    assert own.std() == pytest.approx(1 / math.sqrt(35), rel=0.05)
    assert steady.std() < 0.04
    assert steady.mean() == pytest.approx(own.mean(), rel=1e-12)
    two = table([3000.0], [2], 2000)
    assert steady_means(two, source.exponential(size=4000)).std() < 0.2
    common = source.choice([1.0, 2.0], 2000)[frequent.year]
    # Given the environment 1 or 2, in halves: standard deviation 1 / 2; with the scatter of 35 it was 0.57.
    assert frequent.means(noise * common).std() > 0.55
    assert steady_means(frequent, noise * common).std() == pytest.approx(0.5, rel=0.04)


def test_steady_means_leave_what_they_cannot_tell() -> None:
    one = table([3000.0], [1], 4)
    values = np.array([1.0, 2.0, 3.0, 9.0])
    assert steady_means(one, values).ravel().tolist() == values.tolist()
    assert steady_means(table([30.0], [3], 4), np.zeros(12)).ravel().tolist() == [0.0] * 4
