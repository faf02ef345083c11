"""Chances of a year: exceedance, the headline, and how often one policy's year beats another's.

Every chance is a mean over years of a chance given the environment. Its interval is Fay and Feuer's
for weighted counts (Statistics in Medicine 16, 1997): gamma quantiles that match mean and variance, with
one more year at its ceiling allowed for above. Where no year has it, with ceiling b (the chance of any
occurrence, 1 - exp(-rate)), the upper end is 3.69 b / Y: the two-sided rule of three, as many episodes
as years. More episodes in a year do not shorten it: a bad environment could hold for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isnan, log

import numpy as np
from scipy.special import gammaincinv, gammaln, ndtri

from ..weighted import Array, Interval
from .compose import Years
from .episodes import COMPOSED, Episodes, poisson_tail
from .moments import LEVEL, Moments, student

#: The share of busy years that may have more occurrences than episodes before a headline is not said.
CARRIED = 0.05
#: Occurrences that none out of so many leaves possible: -ln 0.025.
UNSEEN = -log(0.025)


@dataclass(frozen=True)
class Chances:
    """Chances of years given their environment, and what is missing to their ceilings, added up.

    The arrays have the shape (...) of what is asked of every year. `most` is the largest ceiling.
    """

    chance: Moments
    missing: Moments
    most: Array

    @classmethod
    def of(cls, chances: Array, ceilings: Array) -> Chances:
        """Chances (Y, ...), each at most its ceiling (Y, ...)."""
        return cls(Moments.of(chances), Moments.of(ceilings - chances), ceilings.max(axis=0))

    def __add__(self, other: Chances) -> Chances:
        """Of the years of both."""
        return Chances(
            self.chance + other.chance, self.missing + other.missing, np.maximum(self.most, other.most)
        )

    def interval(self, *place: int, level: float = LEVEL) -> Interval:
        """The mean chance at a place of the shape, with its interval.

        Towards the ceilings the same is said of what is missing to them. What cannot be said is nan throughout.
        """
        count, centre = self.chance.count, float(self.chance.mean[place])
        if isnan(centre):
            return Interval(centre, centre, centre)
        top = centre + float(self.missing.mean[place])
        if count < 2:
            return Interval(centre, 0.0, top)
        step = float(self.most[place]) / count
        if centre <= top / 2.0:
            low, high = _gamma_ends(self.chance, step, level, *place)
        else:
            low, high = (top - end for end in reversed(_gamma_ends(self.missing, step, level, *place)))
        return Interval(centre, max(0.0, min(low, centre)), min(top, max(high, centre)))


def exceedance(years: Years, grid: Array) -> Chances:
    """P(a year's value > x) for each x of the grid, of shape (G,)."""
    found = [years.chance(years.values > x) for x in grid]
    return Chances.of(*(np.stack(each, axis=1) for each in zip(*found, strict=True)))


def headline(table: Episodes, longest: Array, appetite: float, cap: float = COMPOSED) -> Chances:
    """P(some occurrence of a year has `longest` (E,) > appetite, in its unit), without composing.

    Given the environment the occurrences beyond are Poisson of mean sum of rate * p, so the chance is
    1 - E[exp(-sum rate * p)]. Putting in the share k / m of episodes beyond is wrong by Jensen's
    inequality: exp is convex, E[exp(-rate k / m)] exceeds exp(-rate p) by some rate^2 p (1 - p) / 2 m,
    and with one episode and rate 10 the chance of a p of 0.01 came out ten times too small. Instead n
    of m episodes miss with chance C(m - k, n) / C(m, n), whose mean is exactly (1 - p)^n, and this is averaged over
    the Poisson n: the mean over all compositions. Only n > m is approximated (all m episodes are
    taken), which makes the chance too small by a share of at most about half the chance of n > m in
    a busy year times n / m: under 2 % with the numbers of `episodes_needed`. Where that chance is above
    `CARRIED` and some episode is beyond, nothing can be said: nan. A cause above `cap` none of whose
    episodes is beyond is left out: `with_unseen` allows for it.
    """
    beyond = table.means((longest > appetite).astype(np.float64)) * table.counts
    seen = (beyond > 0.0).any(axis=0)
    counted = (table.rates > 0.0) & (seen | (table.rates <= cap))
    have = table.counts
    rate = np.broadcast_to(np.where(counted, table.rates, 0.0), have.shape)
    tail, busy = poisson_tail(rate, have), -np.expm1(-rate)
    if np.any((tail > CARRIED * busy) & seen):
        unsaid = np.full(table.years, np.nan)
        return Chances.of(unsaid, unsaid)
    hits = np.where(beyond > 0.0, tail, 0.0)
    path = np.ones(rate.shape)  # C(m - k, n) / C(m, n), one factor after another
    log = np.log(np.where(rate > 0.0, rate, 1.0))
    for n in range(1, int(have.max(initial=0)) + 1):
        path = path * np.maximum(have - beyond - n + 1, 0.0) / np.maximum(have - n + 1, 1)
        chance = np.where((rate > 0.0) & (n <= have), np.exp(n * log - rate - gammaln(n + 1.0)), 0.0)
        hits += chance * (1.0 - path)
    ceiling = -np.expm1(-rate.sum(axis=1))
    chances = -np.expm1(np.log1p(-np.minimum(hits, 1.0 - 1e-16)).sum(axis=1))
    return Chances.of(np.minimum(chances, ceiling), ceiling)


def with_unseen(found: Interval, rates: Array, simulated: Array) -> Interval:
    """A chance whose upper end allows for frequent causes none of whose simulated episodes had a say.

    Of E episodes (per cause) none is beyond: at 97.5 % fewer than 3.69 in E are, the two-sided rule of
    three, and at `rates` (per year) the chance of none of them in a year is exp(-sum of rate * 3.69 / E).
    """
    unseen = float((rates * UNSEEN / np.maximum(simulated, 1)).sum())
    return Interval(found.mean, found.low, 1.0 - (1.0 - found.high) * exp(-unseen))


def beats(change: Years) -> tuple[Chances, Chances]:
    """P(a year is better) and P(it is worse): `change` is the policy's minus the baseline's, less is better.

    Composed years are paired: the same environment, occurrences and episodes under both.
    """
    return (
        Chances.of(*change.chance(change.values < 0.0)),
        Chances.of(*change.chance(change.values > 0.0)),
    )


def _gamma_ends(values: Moments, step: float, level: float, *place: int) -> tuple[float, float]:
    mean, beyond = float(values.mean[place]), (1.0 - level) / 2.0
    # Student's factor for the variance, which is itself estimated from so many years.
    factor = student(values.count, level) / float(ndtri(1.0 - beyond))
    spread = values.variance(*place) / values.count * factor**2
    return _gamma(mean, spread, beyond), _gamma(mean + step, spread + step**2, 1.0 - beyond)


def _gamma(mean: float, variance: float, p: float) -> float:
    """A quantile of the gamma distribution with this mean and variance."""
    if mean <= 0.0 or variance <= 0.0:
        return max(0.0, mean)
    shape = mean**2 / variance
    return float(gammaincinv(shape, p)) * variance / mean
