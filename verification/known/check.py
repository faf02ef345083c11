"""A known answer beside a simulated one: interval, z-score, and whether the two can be told apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

#: A check fails beyond this; one of 16,000 would by chance.
FAR = 4.0
WIDTH = 112
#: The quantiles that a simulated law is compared at.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True)
class Check:
    """One figure: what theory says, what was simulated, its 95 % interval, and the z-score.

    The z-score is that of a standard normal also where the sample is small; it is infinite where
    something that must be equal is not.
    """

    part: str
    name: str
    theory: float
    found: float
    low: float
    high: float
    z: float

    @property
    def holds(self) -> bool:
        """Whether theory and simulation cannot be told apart."""
        return abs(self.z) <= FAR


def share(part: str, name: str, p: float, yes: int, tries: int) -> Check:
    """A share of independent tries, against the binomial law; Wilson's interval."""
    yes, tries = int(yes), int(tries)
    interval = stats.binomtest(yes, tries).proportion_ci(method="wilson")
    if p <= 1e-15 or p >= 1.0 - 1e-15:
        z = 0.0 if yes == round(p) * tries else math.inf
    elif tries * p * (1.0 - p) > 25.0:
        z = (yes - tries * p) / math.sqrt(tries * p * (1.0 - p))
    else:
        # With few of them the normal law is too narrow: half the mass of this very number is below.
        law = stats.binom(tries, p)
        z = float(stats.norm.ppf(law.cdf(yes - 1) + law.pmf(yes) / 2.0))
    return Check(part, name, p, yes / tries, float(interval.low), float(interval.high), z)


def mean(part: str, name: str, theory: float, values: Array) -> Check:
    """A mean of independent values, against Student's law."""
    return ratio(part, name, theory, values, np.ones(values.size))


def ratio(part: str, name: str, theory: float, over: Array, under: Array) -> Check:
    """A ratio of sums over independent replications: the delta method with Student's law."""
    n = over.size
    found = float(over.sum() / under.sum())
    error = float(np.std(over - found * under, ddof=1) / math.sqrt(n) / under.mean())
    if error == 0.0:
        z = 0.0 if math.isclose(found, theory, rel_tol=1e-9, abs_tol=1e-12) else math.inf
        return Check(part, name, theory, found, found, found, z)
    half = float(stats.t.ppf(0.975, n - 1)) * error
    return Check(
        part, name, theory, found, found - half, found + half, _normal((found - theory) / error, n - 1)
    )


def bursts(part: str, name: str, theory: float, over: Array, under: Array) -> Check:
    """The same of what comes in bursts, where a low figure also has a low spread.

    Its variance grows with its mean, so that the spread is taken to where theory is, as for shares.
    """
    one = ratio(part, name, theory, over, under)
    if one.low == one.high or one.found <= 0.0:
        return one
    half = float(stats.t.ppf(0.975, over.size - 1))
    error = (one.high - one.found) / half * math.sqrt(theory / one.found)
    z = _normal((one.found - theory) / error, over.size - 1)
    return Check(part, name, theory, one.found, max(0.0, one.low), one.high, z)


def quantile(part: str, name: str, p: float, theory: float, values: Array) -> Check:
    """A quantile of independent values: the share below the true one is binomial."""
    ordered = np.sort(values)
    n = ordered.size
    half = 1.96 * math.sqrt(n * p * (1.0 - p))
    low, high = (ordered[min(n - 1, max(0, round(n * p + side)))] for side in (-half, half))
    below = share(part, name, p, int((ordered <= theory).sum()), n)
    return Check(part, name, theory, float(np.quantile(ordered, p)), float(low), float(high), -below.z)


def fits(part: str, name: str, p_value: float, statistic: float, expected: float) -> Check:
    """A test of a whole distribution, as the z-score of its p-value."""
    z = float(stats.norm.isf(max(p_value, 1e-300)))
    return Check(part, name, expected, statistic, statistic, statistic, z)


def equal(part: str, name: str, theory: int, found: int) -> Check:
    """Whole numbers that must be the same."""
    return Check(part, name, theory, found, found, found, 0.0 if theory == found else math.inf)


def _normal(t: float, freedom: int) -> float:
    """The normal score as unlikely as this one of Student's law."""
    tail = float(stats.t.sf(abs(t), freedom))
    return math.copysign(float(stats.norm.isf(max(tail, 1e-300))), t)


def falls_to(curve: Callable[[float], float], level: float) -> float:
    """Where a falling curve comes down to a level."""
    low, high = 0.0, 1e5
    for _ in range(100):
        middle = (low + high) / 2.0
        low, high = (middle, high) if curve(middle) > level else (low, middle)
    return low


def number(value: float) -> str:
    """A figure in a few digits."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:.4g}" if abs(value) < 1000.0 else f"{value:,.0f}"


def lines(checks: Sequence[Check]) -> Iterable[str]:
    """A table of checks as text."""
    yield f"{'':58s} {'theory':>11s} {'simulated':>11s} {'95 % interval':>21s} {'z':>6s}"
    part = ""
    for one in checks:
        if one.part != part:
            part = one.part
            yield f"{part} {'-' * (WIDTH - len(part) - 1)}"
        interval = "exactly" if one.low == one.high else f"{number(one.low)} to {number(one.high)}"
        flag = "" if one.holds else "  <-- no"
        yield (
            f"  {one.name:56s} {number(one.theory):>11s} {number(one.found):>11s} {interval:>21s} "
            f"{one.z:6.2f}{flag}"
        )


def summary(checks: Sequence[Check]) -> str:
    """How the z-scores of all checks lie together."""
    scores = np.array([one.z for one in checks if one.low != one.high and math.isfinite(one.z)])
    failed = [one for one in checks if not one.holds]
    spread = float(np.sqrt(np.mean(scores**2))) if scores.size else math.nan
    most = float(np.abs(scores).max()) if scores.size else math.nan
    exact = sum(one.low == one.high and one.theory == one.found for one in checks)
    return (
        f"{len(checks)} checks, {exact} of them exact; {scores.size} z-scores, root mean square {spread:.2f}, "
        f"largest {most:.2f}; {len(failed)} failed"
    )
