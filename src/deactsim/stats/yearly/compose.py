"""Years composed of their own episodes: how a year's total spreads, not only its mean.

Given the environment the number of occurrences is Poisson and their severities are a sample of
the year's episodes of that cause, taken without replacement: as if the year had been run. With at
least as many episodes as occurrences each composed year has exactly the distribution of a year of that
environment; further occurrences begin the episodes again.

A year without any occurrence is not drawn but kept as a stratum of its exact chance exp(-rate), and
only busy years are drawn. So a cause of 0.0001 a year is known as well as one of 10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..weighted import Array
from .episodes import COMPOSED, Episodes, Whole, poisson_tail, steady_means

COUNT, CAUSE, PICK = 1, 2, 3
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

    cell     (P,), year * replicates + replicate of every occurrence drawn
    episode  (P,), its episode
    busy     (Y,), the chance of any occurrence of a composed cause in a year
    by_mean  (Y, C), causes too frequent to be composed: rate above `cap`
    reused   share of the occurrences that had to take an episode again
    """

    table: Episodes
    replicates: int
    cell: Whole
    episode: Whole
    busy: Array
    by_mean: NDArray[np.bool_]
    cap: float
    reused: float

    def total(self, severity: Array) -> Years:
        """Yearly totals of (E,) severities, in their unit; frequent causes add their mean.

        For a paired change give the difference of two policies' severities: it is exactly 0 where
        all occurrences are alike.
        """
        cells = self.table.years * self.replicates
        drawn = np.asarray(np.bincount(self.cell, severity[self.episode], cells), np.float64)
        means = np.where(self.by_mean, self.table.rate * steady_means(self.table, severity), 0.0).sum(axis=1)
        return self._years(drawn.reshape(-1, self.replicates), means)

    def worst(self, severity: Array) -> Years:
        """The largest of a year's (E,) severities, which are at least 0; 0 without any.

        Frequent causes have no say.
        """
        drawn = np.zeros(self.table.years * self.replicates)
        np.maximum.at(drawn, self.cell, severity[self.episode])
        return self._years(drawn.reshape(-1, self.replicates), np.zeros(self.table.years))

    def _years(self, drawn: Array, means: Array) -> Years:
        share = np.repeat(self.busy[:, None] / self.replicates, self.replicates, axis=1)
        values = np.column_stack((np.zeros(self.table.years), drawn)) + means[:, None]
        return Years(values, np.column_stack((1.0 - self.busy, share)), quiet=True)


def compose(
    table: Episodes, key: int, replicates: int = 8, cap: float = COMPOSED, *, first: int = 0
) -> Composed:
    """Draw busy years of the table's environments: `replicates` of each, by a seed's `key`.

    The numbers of occurrences of one environment are stratified over its replicates. What a year gets
    hangs on key, replicate, rates and its number, counted from `first`, and not on the other years.
    """
    by_mean = table.rate > cap
    rates = np.where(by_mean, 0.0, table.rate)
    heaped = rates.cumsum(axis=1)
    total = heaped[:, -1] if rates.shape[1] else np.zeros(table.years)
    numbers = first + np.arange(table.years)
    place = np.arange(replicates) + uniform(key, COUNT, numbers[:, None], np.arange(replicates))
    number = _busy_count(place / replicates, np.repeat(total[:, None], replicates, axis=1)).ravel()
    cell = np.repeat(np.arange(number.size), number)
    nth = np.arange(cell.size) - np.repeat(number.cumsum() - number, number)
    year, replicate = np.divmod(cell, replicates)
    level = uniform(key, CAUSE, first + year, replicate, nth) * total[year]
    # A level is below the total, for a uniform number is at most 1 - 2^-53.
    cause = (level[:, None] >= heaped[year]).sum(axis=1)
    cell, episode, reused = _picks(table, key, first, replicates, cell, cause)
    return Composed(table, replicates, cell, episode, -np.expm1(-total), by_mean, cap, reused)


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


def _busy_count(u: Array, total: Array) -> Whole:
    """Poisson numbers of mean `total`, given that they are not 0, by inversion of the upper tail; 0 for 0."""
    upper = (1.0 - u) * -np.expm1(-total)
    # So far below the mean nothing ever is.
    number = np.maximum(1, (total - 9.0 * np.sqrt(total)).astype(np.int64))
    active = total > 0.0
    while active.any():
        active[active] = upper[active] < poisson_tail(total[active], number[active])
        number[active] += 1
    return np.where(total > 0.0, number, 0)


def _picks(
    table: Episodes, key: int, first: int, replicates: int, cell: Whole, cause: Whole
) -> tuple[Whole, Whole, float]:
    """For every occurrence an episode of its year and cause, none twice before all were taken."""
    causes = table.rates.shape[-1]
    order = np.lexsort((table.cause, table.year))
    before = table.counts.ravel().cumsum() - table.counts.ravel()
    groups, wanted = np.unique(cell * causes + cause, return_counts=True)
    cells, kinds = np.divmod(groups, causes)
    years = cells // replicates
    have = table.counts[years, kinds]
    rows = -(-wanted // np.maximum(have, 1)) * have
    group = np.repeat(np.arange(groups.size), rows)
    nth = np.arange(group.size) - np.repeat(rows.cumsum() - rows, rows)
    round_, which = np.divmod(nth, np.maximum(have[group], 1))
    luck = uniform(key, PICK, first + years[group], cells[group] % replicates, kinds[group], round_, which)
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
