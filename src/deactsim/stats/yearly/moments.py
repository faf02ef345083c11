"""Means over years with their intervals, added up block by block: nothing is kept of a year itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import stdtrit

from ..weighted import Array, Interval

#: How often an interval holds the truth, unless asked otherwise.
LEVEL = 0.95


@dataclass(frozen=True)
class Moments:
    """How many years, and of their values the mean and the sums of the 2nd, 3rd and 4th powers of deviations from it.

    The arrays have the shape (...) of one year's values.
    """

    count: int
    mean: Array
    squares: Array
    cubes: Array
    fourths: Array

    @classmethod
    def of(cls, values: Array) -> Moments:
        """Of the values of some years, (Y, ...), at least one."""
        # Summing deviations from one value keeps a constant sample's mean exact.
        mean = values[0] + (values - values[0]).mean(axis=0)
        away = values - mean
        powers = ((away**power).sum(axis=0) for power in (2, 3, 4))
        return cls(len(values), mean, *powers)

    def __add__(self, other: Moments) -> Moments:
        """Of the years of both (Chan, Golub and LeVeque 1983; Pebay 2008)."""
        a, b = self.count, other.count
        n, away = a + b, other.mean - self.mean
        return Moments(
            n,
            self.mean + away * (b / n),
            self.squares + other.squares + away**2 * (a * b / n),
            self.cubes
            + other.cubes
            + away**3 * (a * b * (a - b) / n**2)
            + away * ((3.0 * a / n) * other.squares - (3.0 * b / n) * self.squares),
            self.fourths
            + other.fourths
            + away**4 * (a * b * (a * a - a * b + b * b) / n**3)
            + away**2 * ((6.0 * a * a / n**2) * other.squares + (6.0 * b * b / n**2) * self.squares)
            + away * ((4.0 * a / n) * other.cubes - (4.0 * b / n) * self.cubes),
        )

    def variance(self, *place: int) -> float:
        """The variance of the value at a place of the shape; nan of one year."""
        return float(self.squares[place]) / (self.count - 1) if self.count > 1 else float("nan")

    def carried(self, *place: int) -> float:
        """How many years carry the spread of the value at a place: (sum of squares)^2 / sum of 4th powers.

        All do, about, where values are spread evenly; 1 does where a single year lies far from all others.
        """
        squares = float(self.squares[place])
        return float(self.count) if squares == 0.0 else squares / (float(self.fourths[place]) / squares)

    def interval(self, *place: int, level: float = LEVEL) -> Interval:
        """The mean of the value at a place of the shape, with its interval; years are independent.

        From Student's interval to that with Hall's transformation (Hall 1992), whichever reaches farther. Hall's is
        made longer to the side of the long tail: rare long darknesses are missing from a sample more often than they
        are too many. Where few years carry both tails it takes the one that they happen to show for the only one,
        and is too short to the other side; Student's is not. Both have as many degrees of freedom as the variance is
        known to by the kurtosis (O'Neill 2014), fewer than years where few carry it. One year has no interval (nan);
        values that are all equal have one of no length.
        """
        centre, count = float(self.mean[place]), self.count
        if count == 1:
            return Interval(centre, float("nan"), float("nan"))
        spread = sqrt(self.variance(*place))
        if spread == 0.0:
            return Interval(centre, centre, centre)
        kurtosis = count / self.carried(*place)
        freedom = min(count - 1.0, 2.0 * count / (kurtosis - (count - 3.0) / (count - 1.0)))
        t = float(stdtrit(freedom, (1.0 + level) / 2.0))
        lean = float(self.cubes[place]) / count / spread**3 / sqrt(count)
        error = spread / sqrt(count)
        return Interval(
            centre, centre - error * max(t, hall(t, lean)), centre + error * max(t, -hall(-t, lean))
        )


def over_years(values: Array) -> Interval:
    """The mean of one value a year (Y,) with its 95 % interval, as `Moments.interval`; nan of no year."""
    if values.size == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    return Moments.of(values).interval()


def student(size: float, level: float = LEVEL) -> float:
    """Student's t for an interval of `size` independent values, or of what weighted ones are worth."""
    return float(stdtrit(size - 1, (1.0 + level) / 2.0))


def hall(z: float, lean: float) -> float:
    """The studentised mean that Hall's cubic transformation takes to z; `lean` is skewness / sqrt(Y)."""
    shifted = z - lean / 6.0
    root = float(np.cbrt(1.0 + lean * shifted))
    return 3.0 * shifted / (root**2 + root + 1.0)
