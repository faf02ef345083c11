"""Years composed of their own episodes: how a year's total spreads, not only its mean.

Given the environment the number of occurrences is Poisson and their severities are a sample of
the year's episodes of that cause, taken without replacement: as if the year had been run. With at
least as many episodes as occurrences each composed year has exactly the distribution of a year of that
environment; further occurrences begin the episodes again.

Years are stratified by the rarest cause that occurs in them: it does, those that are rarer do not, those that are
more frequent may. The chance of each stratum is exact, and each is drawn some times; the year without any
occurrence is not drawn at all. So a cause of 0.0001 a year is known as well as one of 10 beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..weighted import Array
from .episodes import COMPOSED, Episodes, Whole, poisson_tail, steady_means

COUNT, PICK = 1, 3
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Years:
    """Values of Y years (the clusters), each in K versions of one environment, with weights.

    values   (Y, K), any unit
    weights  (Y, K), every row adds up to 1
    quiet    the first version is the year without an occurrence, its weight exact
    """

    values: Array
    weights: Array
    quiet: bool = False

    def chance(self, holds: NDArray[np.bool_]) -> tuple[Array, Array]:
        """(Y,) chance of `holds` (Y, K) in each environment, and (Y,) the most it could have been."""
        some = self.weights[:, 1:].sum(axis=1) if self.quiet else np.ones(len(self.weights))
        ceiling = np.where(holds[:, 0], 1.0, some) if self.quiet else some
        return np.minimum((self.weights * holds).sum(axis=1), ceiling), ceiling


def direct_years(totals: Array) -> Years:
    """Years that were run as a whole: (Y,) totals."""
    return Years(totals[:, None], np.ones((totals.size, 1)))


@dataclass(frozen=True)
class Composed:
    """Which episodes make up each busy year; the same for every policy and measure.

    cell     (P,), year * versions + version of every occurrence drawn
    episode  (P,), its episode
    weights  (V,), the chance of each busy version of a year
    quiet    the chance of a year without an occurrence
    by_mean  (C,), causes too frequent to be composed: rate above the cap
    reused   share of the occurrences that had to take an episode again
    """

    table: Episodes
    cell: Whole
    episode: Whole
    weights: Array
    quiet: float
    by_mean: NDArray[np.bool_]
    reused: float

    @property
    def versions(self) -> int:
        """Busy versions of each year."""
        return self.weights.size

    def total(self, severity: Array) -> Years:
        """Yearly totals of (E,) severities, in their unit; frequent causes add their mean.

        For a paired change give the difference of two policies' severities: it is exactly 0 where
        all occurrences are alike.
        """
        cells = self.table.years * self.versions
        drawn = np.asarray(np.bincount(self.cell, severity[self.episode], cells), np.float64)
        means = np.where(self.by_mean, self.table.rates * steady_means(self.table, severity), 0.0).sum(axis=1)
        values = np.column_stack((np.zeros(self.table.years), drawn.reshape(self.table.years, -1)))
        weights = np.concatenate(([self.quiet], self.weights))
        return Years(values + means[:, None], np.broadcast_to(weights, values.shape), quiet=True)


def compose(
    table: Episodes, key: int, replicates: int = 8, cap: float = COMPOSED, *, first: int = 0
) -> Composed:
    """Draw busy years of the table's environments, by a seed's `key`: see above.

    Every stratum of a year has two versions, and `replicates` more are divided among them by
    their chances. Numbers of occurrences are stratified over the versions of a stratum. What a year gets
    hangs on key, version, rates and its number, counted from `first`, and not on the other years.
    """
    by_mean = table.rates > cap
    composed = np.flatnonzero((table.rates > 0.0) & ~by_mean)
    order = composed[np.argsort(table.rates[composed], kind="stable")]
    rates = table.rates[order]
    # The chance that a year's rarest cause is this one.
    chances = np.exp(-(rates.cumsum() - rates)) * -np.expm1(-rates)
    shares = chances / max(chances.sum(), np.finfo(float).tiny)
    times = 2 + np.round(replicates * shares).astype(np.int64)
    stratum = np.repeat(np.arange(order.size), times)
    nth = np.arange(stratum.size) - np.repeat(times.cumsum() - times, times)
    numbers = _numbers(table, key, first, rates, stratum, nth, times)
    # One row an occurrence, by year, version and cause.
    place = np.repeat(np.arange(numbers.size), numbers.ravel())
    cell, which = np.divmod(place, max(1, order.size))
    cell, episode, reused = _picks(table, key, first, stratum.size, cell, order[which])
    quiet = float(np.exp(-rates.sum()))
    return Composed(table, cell, episode, np.repeat(chances / times, times), quiet, by_mean, reused)


def _numbers(
    table: Episodes, key: int, first: int, rates: Array, stratum: Whole, nth: Whole, times: Whole
) -> Whole:
    """(Y, V, C) how often causes, the rarest first, occur in each version of each year."""
    years, causes = first + np.arange(table.years), np.arange(rates.size)
    u = uniform(key, COUNT, years[:, None, None], np.arange(stratum.size)[:, None], causes)
    own = causes == stratum[:, None]
    # The cause that makes the stratum is what mostly decides the year: its levels are spread evenly.
    u = np.where(own, (nth[:, None] + u) / times[stratum][:, None], u)
    number = _count(u, np.broadcast_to(rates, u.shape), np.broadcast_to(own, u.shape))
    return np.where(causes >= stratum[:, None], number, 0)


def uniform(key: int, *ids: int | Whole) -> Array:
    """Uniform numbers strictly between 0 and 1, a function of key and ids (SplitMix64), broadcast."""
    state = np.full(1, key & ((1 << 64) - 1), np.uint64)
    for each in ids:
        state = _mix(state + (np.atleast_1d(each).astype(np.uint64) + np.uint64(1)) * GOLDEN)
    # 52 bits and a half: 53 would round the largest up to 1.
    return ((state >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _count(u: Array, mean: Array, busy: NDArray[np.bool_]) -> Whole:
    """Poisson numbers by inversion of the upper tail; where `busy`, given that they are not 0."""
    upper = (1.0 - u) * np.where(busy, -np.expm1(-mean), 1.0)
    # So far below the mean nothing ever is.
    number = np.maximum(busy, (mean - 9.0 * np.sqrt(mean)).astype(np.int64))
    active = np.ones(u.shape, dtype=bool)
    while active.any():
        active[active] = upper[active] < poisson_tail(mean[active], number[active])
        number[active] += 1
    return number


def _picks(
    table: Episodes, key: int, first: int, versions: int, cell: Whole, cause: Whole
) -> tuple[Whole, Whole, float]:
    """For every occurrence an episode of its year and cause, none twice before all were taken."""
    causes = table.rates.size
    order = np.lexsort((table.cause, table.year))
    before = table.counts.ravel().cumsum() - table.counts.ravel()
    groups, wanted = np.unique(cell * causes + cause, return_counts=True)
    cells, kinds = np.divmod(groups, causes)
    years = cells // versions
    have = table.counts[years, kinds]
    rows = -(-wanted // np.maximum(have, 1)) * have
    group = np.repeat(np.arange(groups.size), rows)
    nth = np.arange(group.size) - np.repeat(rows.cumsum() - rows, rows)
    round_, which = np.divmod(nth, np.maximum(have[group], 1))
    luck = uniform(key, PICK, first + years[group], cells[group] % versions, kinds[group], round_, which)
    shuffled = np.lexsort((luck, round_, group))
    taken = shuffled[nth < wanted[group]]
    episode = order[before[years * causes + kinds][group[taken]] + which[taken]]
    again = np.maximum(wanted - have, 0).sum() / max(1, wanted.sum())
    return cells[group[taken]], episode, float(again)


def regular(often: Array, rates: Array, cap: float = COMPOSED) -> bool:
    """Whether causes more frequent than `cap` may enter a year's total by their mean.

    `often` is how often a year an occurrence of each cause (C,) matters, that is has a severity (or a
    difference) that is not 0. They may if they never matter or do as often as the most frequent
    cause composed. Else exceedance and `beats` cannot be said.
    """
    return bool(np.all((rates <= cap) | (often == 0.0) | (often >= cap)))
