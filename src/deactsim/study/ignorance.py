"""Ignorance is not luck: how far a forecast moves with numbers that are only known roughly.

A rate that is `uncertain: {p05, p95}` scales its cause and nothing else, so that a policy's
expected year under any other rate follows from the same occurrences (Campbell's formula is linear in
the rates). No new simulation is needed, and none of its noise comes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log

import numpy as np
from scipy.special import expit, logit, ndtri

from ..scenario.paths import between_at, kind_at, leaves, text_at
from ..scenario.quantities import text_of
from ..scenario.stated import Rate, Stated
from ..stats import weighted, yearly
from ..stats.yearly import uniform
from .forecast_results import Range, Tips, Unknown
from .forecast_summing import Years
from .forecast_years import Array

DRAWS = 4000
Z90 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class _Scaled:
    """An uncertain number that scales one cause: (DRAWS,) factors on its rate, and those at p05 and p95."""

    path: str
    cause: int
    leaf: Stated[object]
    factors: Array
    low: float
    high: float


class Ignorance:
    """Draws of the uncertain rates, and what they make of every policy's year."""

    def __init__(self, years: Years) -> None:
        self.years = years
        self.scaled, self.held = self._uncertain()
        self.rates = np.array([cause.per_year for cause in years.causes])

    def _uncertain(self) -> tuple[list[_Scaled], list[str]]:
        """The uncertain numbers that scale a cause, and the paths of the others, which are held."""
        names = {cause.name: index for index, cause in enumerate(self.years.causes)}
        scaled: list[_Scaled] = []
        held: list[str] = []
        for path, leaf in leaves(self.years.scenario):
            if leaf.uncertain is None:
                continue
            cause = names.get(_cause_of(path))
            if cause is None:
                held.append(path)
            else:
                value = _number(leaf.value)
                low, high = (_number(end) / value for end in leaf.uncertain)
                u = _strata(self.years.seed, 7 + len(scaled))
                scaled.append(_Scaled(path, cause, leaf, _drawn(leaf, u) / value, low, high))
        return scaled, held

    @cached_property
    def means(self) -> Array:
        """(plans, causes): minutes dark of an occurrence."""
        years = self.years
        columns = [years.column(place, "dark_minutes") for place in range(len(years.plans))]
        if years.table is not None:
            return np.array([years.table.means(column).mean(axis=0) for column in columns])
        counts = np.bincount(years.found.cause, minlength=len(years.causes))
        sums = [np.bincount(years.found.cause, column, len(years.causes)) for column in columns]
        return np.array(sums) / np.maximum(counts, 1)

    @cached_property
    def expected(self) -> Array:
        """(DRAWS, plans): expected minutes dark of a year under each draw of what is unknown."""
        rates = np.repeat(self.rates[None, :], DRAWS, axis=0)
        for each in self.scaled:
            rates[:, each.cause] *= each.factors
        return np.asarray(rates @ self.means.T)

    def ranges(self, place: int) -> tuple[Range | None, Range | None]:
        """Minutes dark a year: how the expected year spreads over what is unknown, and a year about it.

        The first is None without uncertain rates, the second where years cannot be composed.
        """
        ignorance = None
        if self.scaled:
            low, high = np.quantile(self.expected[:, place], (0.05, 0.95))
            ignorance = Range(float(low), float(high))
        dark = self.years.column(place, "dark_minutes")
        if self.years.composed is not None and not self.years.composed.regular(dark):
            return ignorance, None
        if not yearly.carries(0.05, float(self.years.years)):
            return ignorance, None
        totals = self.years.totals(dark)
        flat, weights = totals.values.ravel(), totals.weights.ravel()
        return ignorance, Range(
            weighted.quantile(flat, weights, 0.05), weighted.quantile(flat, weights, 0.95)
        )

    def best(self, place: int, among: Sequence[int]) -> float | None:
        """The share of draws in which no other policy's expected year has fewer minutes dark."""
        if not self.scaled:
            return None
        least = self.expected[:, list(among)].min(axis=1)
        return float((self.expected[:, place] <= least * (1.0 + 1e-12)).mean())

    def unknowns(self, own: int) -> tuple[Unknown, ...]:
        """Each uncertain number, and how far it moves the baseline's expected minutes dark a year."""
        total = float(self.rates @ self.means[own])
        found = []
        for each in self.scaled:
            part = float(self.rates[each.cause] * self.means[own, each.cause])
            ends = total + part * (each.low - 1.0), total + part * (each.high - 1.0)
            found.append(self._unknown(each.path, *ends))
        found.sort(key=lambda one: -((one.high or 0.0) - (one.low or 0.0)))
        return (*found, *(self._unknown(path, None, None) for path in self.held))

    def _unknown(self, path: str, low: float | None, high: float | None) -> Unknown:
        scenario = self.years.scenario
        p05, p95 = between_at(scenario, path) or ("", "")
        return Unknown(path, text_at(scenario, path), p05, p95, low, high)

    def tips(self, places: dict[str, int]) -> tuple[Tips, ...]:
        """Uncertain numbers at which neighbours in the ranking change places, within their range.

        The best policies come first, and of a pair what is nearest to its tipping value. Neighbours
        that the simulation cannot tell apart have no order that could hang on anything.
        """
        totals = self.means @ self.rates
        order = sorted(places, key=lambda name: (totals[places[name]], name))
        found = []
        for better, worse in pairwise(order):
            gap = (self.means[places[worse]] - self.means[places[better]]) * self.rates
            if not self._told_apart(places[better], places[worse]):
                continue
            turns = []
            for each in self.scaled:
                part = float(gap[each.cause])
                factor = 1.0 - float(gap.sum()) / part if part != 0.0 else -1.0
                if each.low <= factor <= each.high:
                    kind = kind_at(self.years.scenario, each.path)
                    value, now = (
                        text_of(_times(each.leaf.value, factor), kind),
                        text_of(each.leaf.value, kind),
                    )
                    tip = Tips(better, worse, each.path, "over" if factor < 1.0 else "under", value, now)
                    turns.append((abs(log(factor)), tip))
            found += [tip for _, tip in sorted(turns, key=lambda turn: turn[0])]
        return tuple(found)

    def _told_apart(self, better: int, worse: int) -> bool:
        years = self.years
        change = years.column(worse, "dark_minutes") - years.column(better, "dark_minutes")
        return yearly.over_years(years.a_year(change)).low > 0.0


def _cause_of(path: str) -> str:
    """The cause that a number scales by itself; empty if it moves more than that."""
    parts = path.split(".")
    if parts[0] == "causes" and parts[-1] == "rate":
        return ".".join(parts[1:-1])
    if parts[0] == "reports" and parts[-1] in ("slip", "misidentified"):
        return f"{parts[-1]} on {'.'.join(parts[1:-1])}"
    return ""


def _number(value: object) -> float:
    return value.per_day if isinstance(value, Rate) else float(value)  # type: ignore[arg-type]


def _times(value: object, factor: float) -> object:
    if isinstance(value, Rate):
        return Rate(float(f"{value.amount * factor:.2g}"), value.unit)
    return min(1.0, float(f"{float(value) * factor:.2g}"))  # type: ignore[arg-type]


def _strata(key: int, which: int) -> Array:
    """(DRAWS,) levels between 0 and 1, one in each of as many equal parts, shuffled (a Latin hypercube)."""
    place = np.argsort(uniform(key, which, np.arange(DRAWS)))
    return np.asarray((place + 0.5) / DRAWS)


def _drawn(leaf: Stated[object], u: Array) -> Array:
    """Values of an uncertain number: lognormal between its p05 and p95, logit-normal for a share."""
    assert leaf.uncertain is not None  # noqa: S101 - asked for only where it is
    low, high = (_number(end) for end in leaf.uncertain)
    z = ndtri(u)
    if isinstance(leaf.value, Rate):
        a, b = np.log(low), np.log(high)
        return np.asarray(np.exp((a + b) / 2.0 + z * (b - a) / (2.0 * Z90)))
    a, b = logit(low), logit(high)
    return np.asarray(expit((a + b) / 2.0 + z * (b - a) / (2.0 * Z90)))
