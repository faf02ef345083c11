"""Years composed of their own episodes: how a year's total spreads, not only its mean.

Given the environment the number of occurrences is Poisson and their severities are a sample of
the year's episodes of that cause, taken without replacement: as if the year had been run. With at
least as many episodes as occurrences each composed year has exactly the distribution of a year of that
environment; further occurrences begin the episodes again.

Years are stratified by the rarest cause that occurs in them: it does, those that are rarer do not, those that are
more frequent may. The chance of each stratum is exact, and each is drawn some times; the year without any
occurrence is not drawn at all. So a cause of 0.0001 a year is known as well as one of 10 beside it.

A cause too frequent to be composed adds its mean given the environment and, around it, the scatter of a compound
Poisson sum: every episode that was simulated of it in these years occurs a Poisson number of times (Panjer 1981;
Klugman, Panjer and Willmot, Loss Models, 9). Over all years its variance is the rate times the mean square.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr

from ..weighted import Array
from .episodes import COMPOSED, Episodes, Whole, poisson_tail, steady_means

COUNT, PICK, FREQUENT = 1, 3, 5
#: How often the scatter of causes too frequent to be composed is drawn for each year.
SCATTERS = 8
#: Years whose episodes of a frequent cause make up one distribution of severities.
TOGETHER = 100
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Years:
    """Values of Y years (the clusters), each in K versions of one environment, with weights.

    values   (Y, K), any unit
    weights  (Y, K), every row adds up to 1
    quiet    so many versions, the first, are the year without an occurrence: all 0, their weight exact
    """

    values: Array
    weights: Array
    quiet: int = 0

    def chance(self, holds: NDArray[np.bool_]) -> tuple[Array, Array]:
        """(Y,) chance of `holds` (Y, K) in each environment, and (Y,) the most it could have been."""
        some = self.weights[:, self.quiet :].sum(axis=1) if self.quiet else np.ones(len(self.weights))
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
    frequent (C,), causes too frequent to be composed: rate above the cap
    reused   share of the occurrences that had to take an episode again
    key      of the draws; years are counted from `first`
    """

    table: Episodes
    cell: Whole
    episode: Whole
    weights: Array
    quiet: float
    frequent: NDArray[np.bool_]
    reused: float
    key: int
    first: int

    @property
    def versions(self) -> int:
        """Busy versions of each year."""
        return self.weights.size

    @property
    def leading(self) -> int:
        """Versions of each year, before the busy ones, in which no composed cause occurs."""
        return SCATTERS if self.frequent.any() else 1

    def total(self, severity: Array) -> Years:
        """Yearly totals of (E,) severities, in their unit.

        For a paired change give the difference of two policies' severities: it is exactly 0 where
        all occurrences are alike.
        """
        years, busy, leading = self.table.years, self.versions, self.leading
        drawn = np.asarray(np.bincount(self.cell, severity[self.episode], years * busy), np.float64)
        values = np.column_stack((np.zeros((years, leading)), drawn.reshape(years, busy)))
        weights = np.concatenate((np.full(leading, self.quiet / leading), self.weights))
        of_frequent = severity[self.frequent[self.table.cause]]
        if of_frequent.any():
            # Versions are alternatives of one year: they may share a scatter.
            values += self._by_frequent(severity)[:, np.arange(leading + busy) % leading]
            return Years(values, np.broadcast_to(weights, values.shape))
        return Years(values, np.broadcast_to(weights, values.shape), quiet=leading)

    def _by_frequent(self, severity: Array) -> Array:
        """(Y, SCATTERS): what frequent causes add to each year, their mean given the year and a scatter around it."""
        means = self.table.rates * steady_means(self.table, severity)
        found = np.repeat(np.where(self.frequent, means, 0.0).sum(axis=1)[:, None], SCATTERS, axis=1)
        for cause, years, episodes, numbers in self._numbers:
            mine = severity[episodes]
            scatter = numbers @ mine - self.table.rates[cause] * mine.mean()
            found[years] += scatter.reshape(-1, SCATTERS)
        # What makes every year longer makes none shorter.
        of_frequent = severity[self.frequent[self.table.cause]]
        least, most = of_frequent.min(), of_frequent.max()
        return np.asarray(np.clip(found, 0.0 if least >= 0.0 else None, 0.0 if most <= 0.0 else None))

    @cached_property
    def _numbers(self) -> list[tuple[int, slice, Whole, NDArray[np.float32]]]:
        """Frequent causes, some years, their episodes of it, and how often each of these occurs in each scatter.

        The last is (years * SCATTERS, episodes). Years that share episodes are few, so that it stays small.
        """
        found = []
        for begin in range(0, self.table.years, TOGETHER):
            years = np.arange(begin, min(begin + TOGETHER, self.table.years))
            among = (self.table.year >= begin) & (self.table.year < begin + TOGETHER)
            for cause in np.flatnonzero(self.frequent).tolist():
                episodes = np.flatnonzero(among & (self.table.cause == cause))
                which, nth = np.arange(SCATTERS)[:, None], np.arange(episodes.size)
                u = uniform(self.key, FREQUENT, (self.first + years)[:, None, None], which, cause, nth)
                mean = float(self.table.rates[cause]) / episodes.size
                upto = pdtr(np.arange(int(mean + 12.0 * np.sqrt(mean) + 20.0)), mean)
                numbers = np.searchsorted(upto, u.reshape(-1, episodes.size)).astype(np.float32)
                found.append((cause, slice(begin, begin + TOGETHER), episodes, numbers))
        return found


def compose(
    table: Episodes, key: int, replicates: int = 8, cap: float = COMPOSED, *, first: int = 0
) -> Composed:
    """Draw busy years of the table's environments, by a seed's `key`: see above.

    Every stratum of a year has two versions, and `replicates` more are divided among them by
    their chances. Numbers of occurrences are stratified over the versions of a stratum. What a year gets
    hangs on key, version, rates and its number, counted from `first`, and not on the other years.
    """
    frequent = table.rates > cap
    composed = np.flatnonzero((table.rates > 0.0) & ~frequent)
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
    weights = np.repeat(chances / times, times)
    return Composed(table, cell, episode, weights, quiet, frequent, reused, key, first)


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
    """Whether causes more frequent than `cap` may enter a year's total without being composed.

    `often` is how often a year an occurrence of each cause (C,) matters, that is has a severity (or a
    difference) that is not 0. They may if they never matter or do as often as the most frequent
    cause composed. Else exceedance and `beats` cannot be said.
    """
    return bool(np.all((rates <= cap) | (often == 0.0) | (often >= cap)))
