"""How long things take: quantiles, densities and moments of the seven shapes.

Scalar functions of plain numbers that use `math` alone, so that a compiled engine can
call the very same code and get the very same bits. Lengths are in microseconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ..scenario.stated import Distribution

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIXED, UNIFORM, TRIANGULAR, EXPONENTIAL, LOGNORMAL, WEIBULL, QUANTILES = range(7)


@dataclass(frozen=True, slots=True)
class Length:
    """A distribution ready to be drawn from.

    fixed (value), uniform (low, high), triangular (low, mode, high), exponential (mean),
    lognormal (mu, sigma of the logarithm), weibull (shape, scale), quantiles (a table of
    probability, value, probability, value, ...).
    """

    shape: int
    a: float = 0.0
    b: float = 0.0
    c: float = 0.0
    table: tuple[float, ...] = ()

    @property
    def has_density(self) -> bool:
        """Whether the length can be pinned: fixed values and tables with jumps cannot."""
        if self.shape == FIXED:
            return False
        if self.shape == QUANTILES:
            values = self.table[1::2]
            return all(low < high for low, high in pairwise(values))
        return True


@cache
def length_of(distribution: Distribution) -> Length:
    """The drawable form of what people wrote."""
    given = dict(distribution.parameters)
    shape = distribution.shape
    if shape == "fixed":
        return Length(FIXED, given["value"])
    if shape == "uniform":
        return Length(UNIFORM, given["low"], given["high"])
    if shape == "triangular":
        return Length(TRIANGULAR, given["low"], given["mode"], given["high"])
    if shape == "exponential":
        return Length(EXPONENTIAL, given["mean"])
    if shape == "weibull":
        return Length(WEIBULL, given["shape"], given["scale"])
    if shape == "lognormal":
        mu = math.log(given["median"])
        if "sigma" in given:
            return Length(LOGNORMAL, mu, given["sigma"])
        (name, value) = next((n, v) for n, v in distribution.parameters if n != "median")
        return Length(LOGNORMAL, mu, (math.log(value) - mu) / normal_quantile(float(name[1:]) / 100.0))
    table: list[float] = []
    for name, value in distribution.parameters:
        table += [float(name[1:]) / 100.0, value]
    return Length(QUANTILES, table=tuple(table))


def normal_quantile(p: float) -> float:
    """The standard normal quantile, Wichura's algorithm AS 241 (about 1e-16 relative)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        num = ((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r
                   + 6.7265770927008700853e4) * r + 4.5921953931549871457e4) * r
                 + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r
               + 1.3314166789178437745e2) * r + 3.3871328727963666080e0  # fmt: skip
        den = ((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r
                   + 3.9307895800092710610e4) * r + 2.1213794301586595867e4) * r
                 + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r
               + 4.2313330701600911252e1) * r + 1.0  # fmt: skip
        return q * num / den
    r = p if q <= 0.0 else 1.0 - p
    r = math.sqrt(-math.log(r))
    if r <= 5.0:
        r -= 1.6
        num = ((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r
                   + 2.41780725177450611770e-1) * r + 1.27045825245236838258e0) * r
                 + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r
               + 4.63033784615654529590e0) * r + 1.42343711074968357734e0  # fmt: skip
        den = ((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r
                   + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1) * r
                 + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r
               + 2.05319162663775882187e0) * r + 1.0  # fmt: skip
    else:
        r -= 5.0
        num = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
                   + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2) * r
                 + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r
               + 5.46378491116411436990e0) * r + 6.65790464350110377720e0  # fmt: skip
        den = ((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r
                   + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4) * r
                 + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
               + 5.99832206555887937690e-1) * r + 1.0  # fmt: skip
    x = num / den
    return -x if q < 0.0 else x


def quantile(length: Length, u: float) -> float:
    """The length in microseconds that a share `u` (0 < u < 1) of cases does not exceed."""
    if length.shape == QUANTILES:
        return table_quantile(length.table, 0, len(length.table), u)
    return shape_quantile(length.shape, length.a, length.b, length.c, u)


def shape_quantile(shape: int, a: float, b: float, c: float, u: float) -> float:
    """`quantile` of a shape without a table, by its parameters."""
    if shape == LOGNORMAL:
        return math.exp(a + b * normal_quantile(u))
    if shape == UNIFORM:
        return a + (b - a) * u
    if shape == EXPONENTIAL:
        return -a * math.log(1.0 - u)
    if shape == WEIBULL:
        return b * float((-math.log(1.0 - u)) ** (1.0 / a))
    if shape == TRIANGULAR:
        split = (b - a) / (c - a)
        if u < split:
            return a + math.sqrt(u * (c - a) * (b - a))
        return c - math.sqrt((1.0 - u) * (c - a) * (c - b))
    return a


def table_quantile(table: Sequence[float] | NDArray[np.float64], first: int, size: int, u: float) -> float:
    """`quantile` of a table that stands at `first`: probability, value, probability, value, ..."""
    for i in range(first, first + size - 2, 2):
        if u <= table[i + 2]:
            part = (u - table[i]) / (table[i + 2] - table[i])
            return float(table[i + 1] + part * (table[i + 3] - table[i + 1]))
    return float(table[first + size - 1])


def log_density(length: Length, x: float) -> float:
    """The logarithm of the density per microsecond at `x`; -inf outside the support.

    Only for lengths with a density: a fixed length has none.
    """
    shape, a, b = length.shape, length.a, length.b
    if shape == LOGNORMAL:
        if x <= 0.0:
            return -math.inf
        z = (math.log(x) - a) / b
        return -0.5 * z * z - math.log(x * b) - 0.9189385332046727
    if shape == UNIFORM:
        return -math.log(b - a) if a <= x <= b else -math.inf
    if shape == EXPONENTIAL:
        return -x / a - math.log(a) if x >= 0.0 else -math.inf
    if shape == WEIBULL:
        if x <= 0.0:
            return -math.inf
        t = x / b
        return math.log(a / b) + (a - 1.0) * math.log(t) - float(t**a)
    if shape == TRIANGULAR:
        low, mode, high = a, b, length.c
        if not low <= x <= high:
            return -math.inf
        if x < mode:
            height = 2.0 * (x - low) / ((high - low) * (mode - low))
        elif x > mode:
            height = 2.0 * (high - x) / ((high - low) * (high - mode))
        else:
            height = 2.0 / (high - low)
        return math.log(height) if height > 0.0 else -math.inf
    if shape == QUANTILES and length.has_density:
        table = length.table
        for i in range(0, len(table) - 2, 2):
            if table[i + 1] <= x <= table[i + 3]:
                return math.log((table[i + 2] - table[i]) / (table[i + 3] - table[i + 1]))
        return -math.inf
    raise ValueError("a length without a density cannot be weighed")


def survival(length: Length, x: float) -> float:
    """The chance that a length is longer than `x` microseconds."""
    shape, a, b = length.shape, length.a, length.b
    if shape == FIXED:
        return float(x < a)
    if shape == UNIFORM:
        return min(1.0, max(0.0, (b - x) / (b - a)))
    if shape == TRIANGULAR:
        low, mode, high = a, b, length.c
        if x <= low:
            return 1.0
        if x < mode:
            return 1.0 - (x - low) ** 2 / ((high - low) * (mode - low))
        return max(0.0, high - x) ** 2 / ((high - low) * (high - mode)) if x < high else 0.0
    if shape == QUANTILES:
        table = length.table
        for i in range(0, len(table) - 2, 2):
            low, high = table[i + 1], table[i + 3]
            if x < low:
                return 1.0 - table[i]
            if x < high:
                return 1.0 - table[i] - (table[i + 2] - table[i]) * (x - low) / (high - low)
        return 0.0
    if x <= 0.0:
        return 1.0
    if shape == LOGNORMAL:
        return 0.5 * math.erfc((math.log(x) - a) / (b * math.sqrt(2.0)))
    return math.exp(-x / a) if shape == EXPONENTIAL else math.exp(-float((x / b) ** a))


def mean(length: Length) -> float:
    """The mean length in microseconds."""
    shape, a, b = length.shape, length.a, length.b
    if shape == LOGNORMAL:
        return math.exp(a + b * b / 2.0)
    if shape in (FIXED, EXPONENTIAL):
        return a
    if shape == UNIFORM:
        return (a + b) / 2.0
    if shape == WEIBULL:
        return b * math.gamma(1.0 + 1.0 / a)
    if shape == TRIANGULAR:
        return (a + b + length.c) / 3.0
    table = length.table
    return sum(
        (table[i + 2] - table[i]) * (table[i + 1] + table[i + 3]) / 2.0 for i in range(0, len(table) - 2, 2)
    )


def second_moment(length: Length) -> float:
    """The mean of the squared length, in microseconds squared."""
    shape, a, b, c = length.shape, length.a, length.b, length.c
    if shape == LOGNORMAL:
        return math.exp(2.0 * (a + b * b))
    if shape == FIXED:
        return a * a
    if shape == EXPONENTIAL:
        return 2.0 * a * a
    if shape == UNIFORM:
        return (a * a + a * b + b * b) / 3.0
    if shape == WEIBULL:
        return b * b * math.gamma(1.0 + 2.0 / a)
    if shape == TRIANGULAR:
        return (a * a + b * b + c * c + a * b + a * c + b * c) / 6.0
    table = length.table
    return sum(
        (table[i + 2] - table[i])
        * (table[i + 1] ** 2 + table[i + 1] * table[i + 3] + table[i + 3] ** 2)
        / 3.0
        for i in range(0, len(table) - 2, 2)
    )


def scaled(length: Length, factor: float) -> Length:
    """The same shape with every length `factor` times as long (factor > 0)."""
    if factor == 1.0:
        return length
    if length.shape == LOGNORMAL:
        return Length(LOGNORMAL, length.a + math.log(factor), length.b)
    if length.shape == WEIBULL:
        return Length(WEIBULL, length.a, length.b * factor)
    if length.shape == QUANTILES:
        table = tuple(v * factor if i % 2 else v for i, v in enumerate(length.table))
        return Length(QUANTILES, table=table)
    return Length(length.shape, length.a * factor, length.b * factor, length.c * factor)
