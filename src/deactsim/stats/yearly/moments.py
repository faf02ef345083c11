"""Means over years with their intervals, added up block by block: nothing is kept of a year itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import stdtrit

from ..weighted import Array, Interval


@dataclass(frozen=True)
class Moments:
    """How many years, and of their values the mean and the sums of squared and cubed deviations from it.

    The arrays have the shape (...) of one year's values.
    """

    count: int
    mean: Array
    squares: Array
    cubes: Array

    @classmethod
    def of(cls, values: Array) -> Moments:
        """Of the values of some years, (Y, ...), at least one."""
        # Summing deviations from one value keeps a constant sample's mean exact.
        mean = values[0] + (values - values[0]).mean(axis=0)
        away = values - mean
        return cls(len(values), mean, (away**2).sum(axis=0), (away**3).sum(axis=0))

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
        )

    def variance(self, *place: int) -> float:
        """The variance of the value at a place of the shape; nan of one year."""
        return float(self.squares[place]) / (self.count - 1) if self.count > 1 else float("nan")

    def interval(self, *place: int) -> Interval:
        """The mean of the value at a place of the shape, with its 95 % interval; years are independent.

        Student's, made longer to the side of the long tail (Hall 1992): rare long darknesses are missing
        from a sample more often than they are too many. One year has no interval (nan); values that are
        all equal have one of no length.
        """
        centre, count = float(self.mean[place]), self.count
        if count == 1:
            return Interval(centre, float("nan"), float("nan"))
        spread = sqrt(self.variance(*place))
        if spread == 0.0:
            return Interval(centre, centre, centre)
        lean = float(self.cubes[place]) / count / spread**3 / sqrt(count)
        low, high = (spread / sqrt(count) * _hall(z, lean) for z in (student(count), -student(count)))
        return Interval(centre, centre - low, centre - high)


def over_years(values: Array) -> Interval:
    """The mean of one value a year (Y,) with its 95 % interval, as `Moments.interval`; nan of no year."""
    if values.size == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    return Moments.of(values).interval()


def student(size: int) -> float:
    """Student's t at 97.5 % for `size` independent values."""
    return float(stdtrit(size - 1, 0.975))


def _hall(z: float, lean: float) -> float:
    """The studentised mean that Hall's cubic transformation takes to z; `lean` is skewness / sqrt(Y)."""
    shifted = z - lean / 6.0
    root = float(np.cbrt(1.0 + lean * shifted))
    return 3.0 * shifted / (root**2 + root + 1.0)
