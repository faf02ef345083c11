"""Ignorance is not luck: how far a forecast moves with numbers that are only known roughly.

A rate that is `uncertain: {p05, p95}` scales its cause and nothing else, so that a policy's
expected year under any other rate follows from the same occurrences (Campbell's formula is linear in
the rates). No new simulation is needed, and none of its noise comes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import expit, logit, ndtri

from ..scenario.paths import between_at, kind_at, leaves
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
    """An uncertain number that scales one cause: its place, and (DRAWS,) values."""

    path: str
    cause: int
    value: float
    values: Array


class Ignorance:
    """Draws of the uncertain rates, and what they make of every policy's year."""

    def __init__(self, years: Years) -> None:
        self.years = years
        self.scaled, self.held = self._uncertain()
        rates = np.array([cause.per_year for cause in years.causes])
        self.rates = np.repeat(rates[None, :], DRAWS, axis=0)
        for each in self.scaled:
            self.rates[:, each.cause] *= each.values / each.value

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
                u = uniform(self.years.seed, 7 + len(scaled), np.arange(DRAWS))
                scaled.append(_Scaled(path, cause, _number(leaf.value), _drawn(leaf, u)))
        return scaled, held

    def per_occurrence(self, measure: str) -> Array:
        """(plans, causes): the mean of a measure, an occurrence."""
        table = self.years.table
        if table is None:
            counts = np.bincount(self.years.found.cause, minlength=len(self.years.causes))
            sums = [
                np.bincount(self.years.found.cause, self.years.column(place, measure), len(self.years.causes))
                for place in range(len(self.years.plans))
            ]
            return np.array(sums) / np.maximum(counts, 1)
        return np.array(
            [
                table.means(self.years.column(place, measure)).mean(axis=0)
                for place in range(len(self.years.plans))
            ]
        )

    def ranges(self, place: int) -> tuple[Range | None, Range | None]:
        """Minutes dark a year: how the expected year spreads over what is unknown, and a year about it.

        The first is None without uncertain rates, the second where years cannot be composed.
        """
        ignorance = None
        if self.scaled:
            expected = self.rates @ self.per_occurrence("dark_minutes")[place]
            ignorance = Range(float(np.quantile(expected, 0.05)), float(np.quantile(expected, 0.95)))
        dark = self.years.column(place, "dark_minutes")
        if self.years.composed is not None and not self.years.composed.regular(dark):
            return ignorance, None
        totals = self.years.totals(dark)
        flat, weights = totals.values.ravel(), totals.weights.ravel()
        if not yearly.carries(0.05, float(self.years.years)):
            return ignorance, None
        return ignorance, Range(
            weighted.quantile(flat, weights, 0.05), weighted.quantile(flat, weights, 0.95)
        )

    def best(self, place: int, among: list[int]) -> float | None:
        """The share of draws in which no other policy's expected year has fewer minutes dark."""
        if not self.scaled:
            return None
        expected = self.rates @ self.per_occurrence("dark_minutes").T
        least = expected[:, among].min(axis=1)
        return float((expected[:, place] <= least * (1.0 + 1e-12)).mean())

    def unknowns(self, own: int) -> tuple[Unknown, ...]:
        """Each uncertain number, and how far it moves the baseline's expected minutes dark a year."""
        means = self.per_occurrence("dark_minutes")[own]
        rates = np.array([cause.per_year for cause in self.years.causes])
        scenario, found = self.years.scenario, []
        for each in self.scaled:
            between = between_at(scenario, each.path) or ("", "")
            low, high = (float(np.quantile(each.values, p)) / each.value - 1.0 for p in (0.05, 0.95))
            part = float(rates[each.cause] * means[each.cause])
            total = float(rates @ means)
            text = text_of(dict(leaves(scenario))[each.path].value, kind_at(scenario, each.path))
            found.append(Unknown(each.path, text, *between, total + part * low, total + part * high))
        found += [
            Unknown(
                path,
                text_of(dict(leaves(scenario))[path].value, kind_at(scenario, path)),
                *(between_at(scenario, path) or ("", "")),
                None,
                None,
            )
            for path in self.held
        ]
        return tuple(sorted(found, key=lambda one: -((one.high or 0.0) - (one.low or 0.0))))

    def tips(self, places: dict[str, int]) -> tuple[Tips, ...]:
        """Uncertain numbers at which neighbours in the ranking change places, within their range."""
        means = self.per_occurrence("dark_minutes")
        rates = np.array([cause.per_year for cause in self.years.causes])
        totals = means @ rates
        order = sorted(places, key=lambda name: (totals[places[name]], name))
        found = []
        for better, worse in pairwise(order):
            gap = (means[places[worse]] - means[places[better]]) * rates
            for each in self.scaled:
                if gap[each.cause] == 0.0:
                    continue
                factor = 1.0 - float(gap.sum()) / float(gap[each.cause])
                low, high = np.quantile(each.values, (0.05, 0.95)) / each.value
                if low <= factor <= high and abs(float(gap.sum())) > 1e-9:
                    kind = kind_at(self.years.scenario, each.path)
                    leaf = dict(leaves(self.years.scenario))[each.path]
                    found.append(
                        Tips(
                            better,
                            worse,
                            each.path,
                            "over" if factor < 1.0 else "under",
                            text_of(_scaled(leaf.value, factor), kind),
                            text_of(leaf.value, kind),
                        )
                    )
        return tuple(found)


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


def _scaled(value: object, factor: float) -> object:
    if isinstance(value, Rate):
        return Rate(float(f"{value.amount * factor:.2g}"), value.unit)
    return min(1.0, float(f"{float(value) * factor:.2g}"))  # type: ignore[arg-type]


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
