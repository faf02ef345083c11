"""The episodes of many years, and yearly means by Campbell's formula.

Years are independent environments. Given its environment a year's occurrences of cause c are a
Poisson number of mean `rate` with severities independent of it, so that the expected total is the
sum over causes of rate times mean severity (Campbell 1909; Daley and Vere-Jones 2003, 9.1). That mean
is estimated from any number of episodes a year and cause, at least one, without bias.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from ..weighted import Array

Whole = NDArray[np.int64]

#: Causes more frequent than this (per year) are not composed, but enter a year by their mean and their scatter.
COMPOSED = 20.0
#: Up to this rate (per year) one episode a year is enough.
RARE = 0.04


@dataclass(frozen=True)
class Episodes:
    """Which year (Y of them) and cause (C) each of E simulated occurrences belongs to.

    rates   (C,), per year; zero is allowed. No policy changes them
    year    (E,), 0 to Y - 1
    cause   (E,), 0 to C - 1
    years   Y

    A cause with a rate has at least one episode in every year. Severities are arrays (E,) beside it,
    one a policy and measure, finite.
    """

    rates: Array
    year: Whole
    cause: Whole
    years: int

    def __post_init__(self) -> None:
        if not np.all((self.rates >= 0.0) & np.isfinite(self.rates)):
            raise ValueError("a rate is a finite number of at least 0 per year")
        missing = np.argwhere((self.rates > 0.0) & (self.counts == 0))
        if missing.size:
            year, cause = missing[0]
            raise ValueError(f"year {year} has no episode of cause {cause}, whose rate is not 0")

    @cached_property
    def counts(self) -> Whole:
        """(Y, C), episodes simulated."""
        causes = self.rates.size
        found = np.bincount(self.year * causes + self.cause, minlength=self.years * causes)
        return found.reshape(self.years, causes)

    @cached_property
    def weights(self) -> Array:
        """(E,), per year: how many occurrences of its year an episode stands for, rate / count."""
        return np.asarray(self.rates[self.cause] / self.counts[self.year, self.cause])

    def means(self, severity: Array) -> Array:
        """(Y, C), the mean severity of an occurrence; 0 where none was simulated."""
        causes = self.rates.size
        sums = np.bincount(self.year * causes + self.cause, severity, self.years * causes)
        return sums.reshape(self.counts.shape) / np.maximum(self.counts, 1)


def steady_means(table: Episodes, severity: Array) -> Array:
    """(Y, C), the mean severity given the environment, freed of the scatter of few episodes.

    A mean of m episodes varies over years by the environment and by (variance within a year) / m.
    Multiplied by a large rate the second would pass for a spread of years. Deviations from
    the mean over years are shortened so that the first is left (as in constrained empirical Bayes; Louis
    1984). With one episode a year the two cannot be told apart, and all is left.
    """
    means = table.means(severity)
    centre = means.mean(axis=0)
    within = np.maximum(table.means(severity**2) - means**2, 0.0) / np.maximum(table.counts - 1, 1)
    noise, between = within.sum(axis=0), ((means - centre) ** 2).sum(axis=0)
    kept = np.sqrt(1.0 - np.divide(noise, between, out=(noise > 0.0) * 1.0, where=between > noise))
    return np.asarray(np.where(kept == 1.0, means, centre + kept * (means - centre)))


def by_cause(table: Episodes, severity: Array) -> Array:
    """(Y, C), expected yearly total of each cause given the year's environment."""
    return table.rates * table.means(severity)


def by_year(table: Episodes, severity: Array) -> Array:
    """(Y,), expected yearly total given the year's environment.

    For a paired difference give the difference of two policies' severities.
    """
    return np.asarray(by_cause(table, severity).sum(axis=1))


def episodes_needed(rate: float, cap: float = COMPOSED) -> int:
    """How many episodes a year are simulated of a cause (rate per year).

    A year is composed without taking an episode twice if it has at most so many occurrences. For
    every rate up to `cap` the chance of more is below 1/1000: one episode up to `RARE`, then the
    mean and three standard deviations, one to spare. Beyond the cap a year's total varies little
    about its mean given the environment (at 20 by a quarter or so, then as 1 / sqrt(rate)) and the
    cause enters by that mean, which as many episodes as at the cap tell from their own scatter. Where
    only yearly means are asked for, one is enough at any rate.
    """
    if rate <= RARE:
        return 1
    rate = min(rate, cap)
    return ceil(rate + 3.0 * sqrt(rate)) + 1


def poisson_tail(rate: Array, count: Whole) -> Array:
    """P(N > count) of a Poisson number of mean `rate`, accurate where tiny."""
    return np.asarray(np.where(rate > 0.0, gammainc(count + 1.0, rate), 0.0))
