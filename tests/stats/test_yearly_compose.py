"""Composed years against compound Poisson sums in closed form and by Panjer's recursion."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import gammainc
from scipy.stats import kstest, poisson

from deactsim.stats.yearly import (
    Composed,
    Episodes,
    Years,
    by_cause,
    compose,
    direct_years,
    episodes_needed,
    exceedance,
    regular,
    uniform,
)
from deactsim.stats.yearly.compose import _count

from .test_yearly_episodes import table

Array = NDArray[np.float64]


def moments(years: Years) -> tuple[float, float]:
    mean = float((years.weights * years.values).sum(axis=1).mean())
    return mean, float((years.weights * (years.values - mean) ** 2).sum(axis=1).mean())


def panjer(rate: float, chances: list[float], most: int) -> Array:
    """P(total = 0 ... most) of a Poisson number of severities 0, 1, 2 ... with these chances."""
    found = np.zeros(most + 1)
    found[0] = np.exp(-rate * (1.0 - chances[0]))
    for s in range(1, most + 1):
        for j in range(1, min(s, len(chances) - 1) + 1):
            found[s] += rate * j / s * chances[j] * found[s - j]
    return found


def test_uniform_numbers_are_uniform_and_strangers_to_each_other() -> None:
    u = uniform(7, np.arange(300)[:, None], np.arange(300)[None, :])
    assert u.shape == (300, 300)
    assert kstest(u.ravel(), "uniform").pvalue > 1e-3
    assert 0.0 < u.min() < u.max() < 1.0
    for axis in (0, 1):
        a = np.take(u, range(299), axis).ravel()
        assert abs(np.corrcoef(a, np.take(u, range(1, 300), axis).ravel())[0, 1]) < 0.015
    assert uniform(7, 3, 4) == u[3, 4]
    assert uniform(8, 3, 4) != u[3, 4]
    assert uniform(0, 0, 0) > 1e-6
    assert uniform(-1, 2) == uniform(2**64 - 1, 2)


@pytest.mark.parametrize("rate", [1e-9, 1e-4, 0.3, 4.0, 150.0, 900.0])
def test_counts_are_poisson_without_the_zero(rate: float) -> None:
    u = (np.arange(4000) + 0.5) / 4000
    number = _count(u, np.full(u.size, rate), np.ones(u.size, bool))
    assert number.min() >= 1
    assert np.all(np.diff(number) >= 0)
    busy = -np.expm1(-rate)
    for n in np.unique(number):
        for below in (n - 1, n):
            assert (number > below).mean() == pytest.approx(poisson.sf(below, rate) / busy, abs=3e-4)


@pytest.mark.parametrize("rate", [1e-9, 0.3, 4.0, 150.0])
def test_counts_are_poisson(rate: float) -> None:
    u = (np.arange(4000) + 0.5) / 4000
    number = _count(u, np.full(u.size, rate), np.zeros(u.size, bool))
    for n in np.unique(number):
        assert (number > n).mean() == pytest.approx(poisson.sf(n, rate), abs=3e-4)


def test_moments_of_a_compound_poisson_year() -> None:
    # Mean rate * E s, variance rate * E s^2, of exponential severities of mean 1; environments do not matter.
    source = np.random.default_rng(1)
    for rate in (0.0001, 0.1, 2.0, 15.0):
        found = table([rate], [35], 3000)
        year = compose(found, 5, replicates=10)
        mean, variance = moments(year.total(source.exponential(size=found.year.size)))
        assert year.reused == 0.0
        assert mean == pytest.approx(rate, rel=0.03)
        assert variance == pytest.approx(2 * rate, rel=0.06)


def test_a_frequent_cause_enters_by_its_mean_and_its_own_scatter() -> None:
    # 3,000 times 2 minutes: mean 6,000, variance 3,000 * 2^2.
    found = table([3000.0, 0.01], [3, 1], 200)
    severity = np.where(found.cause == 0, 2.0, 7.0)
    year = compose(found, 1, replicates=2)
    assert set(found.cause[year.episode]) == {1}
    total = year.total(severity)
    assert moments(total)[0] == pytest.approx(6000.07, rel=1e-3)
    assert moments(total)[1] == pytest.approx(12_000 + 0.01 * 7**2, rel=0.1)
    # Nothing of it is left where it has no severity: a year without the rare cause is exactly nothing.
    rare = year.total(np.where(found.cause == 0, 0.0, 7.0))
    assert not rare.values[:, : rare.quiet].any()
    assert rare.weights[0, : rare.quiet].sum() == pytest.approx(np.exp(-0.01))


def test_a_frequent_cause_scatters_as_a_compound_poisson_sum() -> None:
    # Exponential severities of mean 10: the total of N is a gamma variable; 5th, 50th and 95th percentile exactly.
    source = np.random.default_rng(4)
    found = table([40.0], [8], 1000)
    total = compose(found, 2).total(source.exponential(10.0, found.year.size))
    n = np.arange(1, 120)
    for p in (0.05, 0.5, 0.95):
        x = np.quantile(total.values, p)
        assert (poisson.pmf(n, 40.0) * gammainc(n, x / 10.0)).sum() == pytest.approx(p, abs=0.04)


def test_environments_keep_their_mean_beside_the_scatter() -> None:
    # In a bad year all are 3 minutes, otherwise 1: over all years the variance is that of means, and rate * E[X^2].
    found = table([400.0], [8], 2000)
    bad = np.random.default_rng(5).random(2000) < 0.5
    total = compose(found, 6).total(np.where(bad, 3.0, 1.0)[found.year])
    assert total.values[bad].mean() == pytest.approx(1200.0, rel=0.01)
    assert total.values[~bad].mean() == pytest.approx(400.0, rel=0.01)
    assert moments(total)[1] == pytest.approx(400.0**2 + 400.0 * 5.0, rel=0.03)
    scatter = np.array([total.values[of].std(axis=1).mean() for of in (bad, ~bad)])
    assert scatter == pytest.approx(np.sqrt(400.0 * 5.0), rel=0.1)


def test_the_scatter_takes_no_sign_that_no_episode_has() -> None:
    found = table([21.0], [8], 500)
    severity = np.where(np.arange(found.year.size) % 8 == 0, 50.0, 0.0)
    for sign in (1.0, -1.0):
        assert (sign * compose(found, 3).total(sign * severity).values).min() >= 0.0


def often(found: Episodes, severity: Array) -> Array:
    return by_cause(found, (severity != 0.0).astype(float)).mean(axis=0)


def test_when_a_frequent_cause_need_not_be_composed() -> None:
    # 150 episodes of a cause of 1,000 a year: one that matters stands for 6.7 a year, four for 26.7.
    found = table([1000.0, 0.01], [3, 1], 50)
    frequent = np.flatnonzero(found.cause == 0)
    for matter, may in ((0, True), (1, False), (4, True)):
        severity = np.where(found.cause == 1, 7.0, 0.0)
        severity[frequent[:matter]] = -3.0
        assert regular(often(found, severity), found.rates) is may
    rare = table([1.0], [5], 50)
    assert regular(often(rare, np.eye(250)[0]), rare.rates)


def test_common_environments_stay_common() -> None:
    # In a bad year all severities are 3, otherwise 1; two causes of 2 a year. P(total > 20), exactly.
    source = np.random.default_rng(2)
    found = table([2.0, 2.0], [8, 8], 6000)
    bad = source.random(6000) < 0.5
    year = compose(found, 11, replicates=4)
    answer = exceedance(year.total(np.where(bad, 3.0, 1.0)[found.year]), np.array([20.0])).interval(0)
    right = 1 - (panjer(4.0, [0, 0, 0, 1.0], 20).sum() + panjer(4.0, [0, 1.0], 20).sum()) / 2
    mixed = 1 - panjer(4.0, [0, 0.5, 0, 0.5], 20).sum()
    assert right == pytest.approx((poisson.sf(6, 4) + poisson.sf(20, 4)) / 2, rel=1e-9)
    assert answer.low < right < answer.high
    assert mixed < answer.low / 2


def test_exceedance_is_panjers() -> None:
    source = np.random.default_rng(3)
    likely, grid = [0.2, 0.5, 0.0, 0.3], np.array([0.0, 1.0, 2.0, 5.0, 9.0])
    for rate, replicates in ((0.0001, 1), (0.3, 4), (6.0, 8)):
        found = table([rate], [episodes_needed(rate) + 3], 4000)  # enough for the far tail, too
        severity = source.choice(4, found.year.size, p=likely).astype(float)
        chances = exceedance(compose(found, 4, replicates).total(severity), grid)
        curve = [chances.interval(place) for place in range(grid.size)]
        exact = 1 - panjer(rate, likely, 9).cumsum()[[0, 1, 2, 5, 9]]
        for answer, chance in zip(curve, exact, strict=True):
            assert answer.low <= chance <= answer.high, (rate, chance, answer)
        assert [answer.mean for answer in curve] == sorted((answer.mean for answer in curve), reverse=True)


def test_nothing_is_taken_twice_before_all_were_taken() -> None:
    found = table([6.0, 1.0], [5, 9], 40)
    year = compose(found, 3, replicates=6)
    cells = 40 * year.versions
    times = np.zeros((cells, found.year.size), np.int64)
    np.add.at(times, (year.cell, year.episode), 1)
    again = 0
    for cell in range(cells):
        assert not times[cell, found.year != cell // year.versions].any()
        for cause in (0, 1):
            own = times[cell, (found.year == cell // year.versions) & (found.cause == cause)]
            assert own.max() - own.min() <= 1
            again += max(0, own.sum() - own.size)
    assert year.reused == again / times.sum() > 0.05
    assert times.sum(axis=1).min() >= 1
    # Every episode has the same chance.
    weight = np.tile(year.weights, 40)
    for cause, rate in ((0, 6.0), (1, 1.0)):
        each = (weight[:, None] * times[:, found.cause == cause]).sum(axis=0)
        assert each.sum() / 40 == pytest.approx(rate, rel=0.1)
        assert each.std() < each.mean()


def worst(year: Composed, severity: Array) -> Years:
    """The largest of a year's severities; 0 without any."""
    most = np.zeros((year.table.years, 1 + year.versions))
    np.maximum.at(most[:, 1:], np.divmod(year.cell, year.versions), severity[year.episode])
    return Years(most, year.total(severity).weights, quiet=True)


def test_totals_by_hand() -> None:
    found = table([2.0], [4], 3)
    severity = np.arange(12.0)
    year = compose(found, 9, replicates=5)
    assert year.versions == 7
    total = year.total(severity)
    for each in range(21):
        taken = severity[year.episode[year.cell == each]]
        assert total.values[each // 7, 1 + each % 7] == taken.sum()
    assert total.values[:, 0].tolist() == [0.0] * 3
    assert total.weights[:, 0] == pytest.approx(np.exp(-2.0))
    assert total.weights.sum(axis=1) == pytest.approx(1.0)


def test_the_rarest_cause_of_a_year_makes_its_stratum() -> None:
    found = table([9.0, 1e-4, 0.2], [19, 1, 3], 50)
    year = compose(found, 4, replicates=8)
    chances = [-np.expm1(-1e-4), np.exp(-1e-4) * -np.expm1(-0.2), np.exp(-0.2001) * -np.expm1(-9.0)]
    times = np.zeros((50 * year.versions, 3), np.int64)
    np.add.at(times, (year.cell, found.cause[year.episode]), 1)
    # Two versions of the rarest, three of the next (8 of 10 go to the others), then those of the frequent one.
    assert year.weights[:2] == pytest.approx(chances[0] / 2)
    assert year.weights.sum() + year.quiet == pytest.approx(1.0)
    version = np.tile(np.arange(year.versions), 50)
    assert (times[version < 2, 1] >= 1).all()
    assert not times[version >= 2, 1].any()
    for name, chance in zip((1, 2, 0), chances, strict=True):
        mine = times[:, name] >= 1
        for rarer in {1: [], 2: [1], 0: [1, 2]}[name]:
            mine &= times[:, rarer] == 0
        assert year.weights[version[mine]].sum() / 50 == pytest.approx(chance, rel=0.01)


def test_a_rare_cause_is_known_beside_a_frequent_one() -> None:
    # 9 occurrences of a minute a year, and once in 10,000 years one of a thousand.
    found = table([9.0, 1e-4], [19, 1], 40)
    total = compose(found, 4).total(np.where(found.cause == 1, 1000.0, 1.0))
    beyond = exceedance(total, np.array([100.0, 999.0])).interval(0)
    assert beyond.mean == pytest.approx(-np.expm1(-1e-4), rel=1e-6)
    mean, variance = moments(total)
    assert mean == pytest.approx(9.1, rel=0.02)
    assert variance == pytest.approx(9.0 + 100.0, rel=0.05)


def test_episodes_may_come_in_any_order() -> None:
    found = table([2.0, 3.0], [8, 9], 20)
    severity = np.random.default_rng(5).exponential(size=found.year.size)
    order = np.lexsort((np.arange(340), found.cause))  # years run within causes
    turned = Episodes(found.rates, found.year[order], found.cause[order], 20)
    assert np.array_equal(
        compose(found, 3).total(severity).values, compose(turned, 3).total(severity[order]).values
    )


def test_policies_meet_the_same_occurrences() -> None:
    found = table([3.0, 0.2], [9, 3], 100)
    severity = np.random.default_rng(4).exponential(size=found.year.size)
    year = compose(found, 6)
    assert not year.total(severity - severity).values.any()
    halved = year.total(severity).values - year.total(severity / 2).values
    assert halved == pytest.approx(year.total(severity / 2).values)


def same(one: Composed, other: Composed) -> bool:
    """Whether the other's first years are the one's."""
    own = slice(0, one.cell.size)
    return np.array_equal(one.cell, other.cell[own]) and np.array_equal(
        one.table.cause[one.episode], other.table.cause[other.episode[own]]
    )


def test_draws_hang_on_key_year_and_rates_only() -> None:
    few, many = table([1.0, 5.0], [5, 13], 20), table([1.0, 5.0], [5, 13], 30)
    one, other = compose(few, 6), compose(many, 6)
    assert same(one, other)
    assert np.array_equal(one.episode, other.episode[: one.episode.size])
    assert not np.array_equal(one.cell, compose(few, 7).cell)
    # The last ten years by themselves, numbered as they were.
    late = compose(table([1.0, 5.0], [5, 13], 10), 6, first=20)
    begins = np.searchsorted(other.cell, 20 * other.versions)
    assert np.array_equal(late.cell + 20 * late.versions, other.cell[begins:])
    assert np.array_equal(late.episode + 20 * 18, other.episode[begins:])
    # A cause that never occurs changes nothing, nor does one that is too frequent.
    assert same(one, compose(table([1.0, 5.0, 0.0], [5, 13, 1], 20), 6))
    assert same(one, compose(table([1.0, 5.0, 99.0], [5, 13, 1], 20), 6))


def test_years_without_any_cause_are_empty() -> None:
    for found in (table([0.0], [2], 5), Episodes(np.zeros(0), *np.zeros((2, 0), np.int64), 5)):
        year = compose(found, 1)
        total = year.total(np.ones(found.year.size))
        assert not total.values.any()
        assert total.weights[:, 0].tolist() == [1.0] * 5
        answer = exceedance(total, np.array([0.0])).interval(0)
        assert (answer.mean, answer.low, answer.high) == (0.0, 0.0, 0.0)
        assert year.reused == 0.0


def test_direct_years_are_taken_as_they_are() -> None:
    years = direct_years(np.array([0.0, 2.0, 5.0, 5.0]))
    assert exceedance(years, np.array([0.0, 2.0, 5.0])).chance.mean.tolist() == [0.75, 0.5, 0.0]
