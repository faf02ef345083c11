"""What uncertain numbers make of every policy's figures: minutes dark, protected minutes, the headline, differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from ..stats.yearly import Moments
from .forecast_results import ALL_ALIKE, MOVED, Move, Range, Tips, Unknown
from .forecast_totals import BEATEN, INDEX, MEASURES, Block, Totals, beyond
from .forecast_years import Array, Found
from .ignorance import Ignorance, Moved, occurrence_means
from .unknowns import End, Number


class Doubts:
    """The ignorance of each measure of `MOVED`, and how far single numbers move them.

    `stated` is a block of years with the numbers as stated, `at_ends` the occurrences of the same years at the ends of
    each number (path, and 0 for p05 or 1 for p95); a number without them is held. `own` is the baseline's plan.
    """

    def __init__(
        self,
        stated: Block,
        totals: Totals,
        numbers: Sequence[Number],
        at_ends: Mapping[tuple[str, int], Found],
        own: int,
        appetite: float,
    ) -> None:
        self.stated, self.totals, self.at_ends = stated, totals, at_ends
        self.own, self.appetite = own, appetite
        self.held = [number for number in numbers if not all(self._simulated(number))]
        self.moved = [number for number in numbers if all(self._simulated(number))]

    def _simulated(self, number: Number) -> list[bool]:
        """Whether each end of a number was simulated, or needs no simulation."""
        return [
            end.fleet is None or (number.path, which) in self.at_ends for which, end in enumerate(number.ends)
        ]

    @cached_property
    def by_measure(self) -> dict[str, Ignorance]:
        """The ignorance of each measure; the draws are the same."""
        rates = np.array([cause.per_year for cause in self.stated.causes])
        chances = np.array([plan.headline.chance.mean for plan in self.totals.plans], dtype=np.float64)
        found = {}
        for measure in MOVED:
            means = occurrence_means(self.totals, rates, self.stated.method, measure)
            here = self._means(self.stated.found, measure)
            moved = [Moved.of(number, here, self._at_both(number, here, measure)) for number in self.moved]
            found[measure] = Ignorance(
                rates, means, moved, self.held, self.stated.seed, own=self.own, measure=measure,
                chances=chances if measure == "headline" else None,
            )  # fmt: skip
        return found

    @cached_property
    def best_by(self) -> str:
        """Minutes dark; those of protected accounts where policies hardly differ in all."""
        saved = {measure: self._most_saved(measure) for measure in BEATEN}
        alike = saved["dark_minutes"] < ALL_ALIKE <= saved["protected_minutes"]
        return "protected_minutes" if alike else "dark_minutes"

    def _most_saved(self, measure: str) -> float:
        """The largest share of the baseline's mean that another plan takes off."""
        means = np.array([plan.yearly.mean[MEASURES.index(measure)] for plan in self.totals.plans])
        return float(1.0 - means.min() / means[self.own]) if means[self.own] > 0.0 else 0.0

    def ranges(self, place: int) -> dict[str, Range]:
        """How each measure of a plan spreads over what is unknown; one that cannot be said is left out."""
        found = {measure: each.range(place) for measure, each in self.by_measure.items()}
        return {measure: each for measure, each in found.items() if each is not None}

    def differences(self, place: int) -> dict[str, Range]:
        """The same of differences to the baseline."""
        found = {measure: each.range(place, self.own) for measure, each in self.by_measure.items()}
        return {measure: each for measure, each in found.items() if each is not None}

    def best(self, place: int) -> float | None:
        """The share of draws in which no plan is known to have clearly less of `best_by`."""
        return self.by_measure[self.best_by].best(place, self.totals)

    def tips(self, plan_of: Mapping[str, int]) -> tuple[Tips, ...]:
        """At which values of uncertain numbers neighbours by `best_by` change places."""
        return self.by_measure[self.best_by].tips(plan_of, self.totals)

    def unknowns(self, plan_of: Mapping[str, int]) -> tuple[Unknown, ...]:
        """Each uncertain number and what it moves, those that move a figure by the largest share of it first."""
        found = []
        for which, number in enumerate(self.moved):
            moves = self._moves(which, plan_of)
            own = next(
                each for each in moves if plan_of[each.policy] == self.own and each.measure == "dark_minutes"
            )
            found.append(replace(_unknown(number), low=own.low, high=own.high, moves=moves))
        found.sort(key=lambda each: -max(move.share for move in each.moves))
        return (*found, *(_unknown(number) for number in self.held))

    def _moves(self, which: int, plan_of: Mapping[str, int]) -> tuple[Move, ...]:
        """What one of the moved numbers makes of every policy's figures."""
        number = self.moved[which]
        sizes = np.array([end.size for end in number.ends])
        found = []
        for measure, ignorance in self.by_measure.items():
            ends = ignorance.years({which: sizes})
            change = ends - ends[:, [self.own]]
            spread = self._spread(number, measure)
            clear, clear_change = _clear(spread), _clear(spread - spread[:, [self.own]])
            most = float(ends[:, self.own].max())
            for policy, place in plan_of.items():
                (low, high), (less, more) = ends[:, place], change[:, place]
                if np.isnan(low):
                    continue
                found.append(
                    Move(
                        policy, measure, float(low), float(high),
                        _share(high - low, max(low, high), clear[place]),
                        float(less), float(more), _share(more - less, most, clear_change[place]),
                    )
                )  # fmt: skip
        return tuple(found)

    def _spread(self, number: Number, measure: str) -> Array:
        """(years, plans): how much more of a measure the simulated years have at p95 of a number than at its p05."""
        low, high = (self._totals_at(number, which, end, measure) for which, end in enumerate(number.ends))
        return high - low

    def _totals_at(self, number: Number, which: int, end: End, measure: str) -> Array:
        """(years, plans): what the simulated years have of a measure at an end of a number."""
        stated = self._by_cause(self.stated, measure)
        rates = np.array([cause.per_year for cause in self.stated.causes])
        times = np.divide(end.rates, rates, out=np.ones_like(rates), where=rates > 0.0)
        if end.fleet is not None:
            block = replace(self.stated, found=self.at_ends[number.path, which])
            stated = stated.copy()
            stated[:, list(end.places)] = self._by_cause(block, measure)
        return np.asarray((stated * times).sum(axis=2))

    def _by_cause(self, block: Block, measure: str) -> Array:
        """(years, plans, causes): expected totals of a measure."""
        return np.stack([block.by_cause(values) for values in self._values(block.found, measure)], axis=1)

    def _values(self, found: Found, measure: str) -> Array:
        """(plans, occurrences): a measure of `MOVED`."""
        if measure == "headline":
            return beyond(found, self.appetite)
        return found.values[:, :, INDEX[measure]]

    def _means(self, found: Found, measure: str) -> Array:
        """(plans, causes): a measure of an occurrence; 0 of what never occurred."""
        causes = len(self.stated.causes)
        counts = np.bincount(found.cause, minlength=causes)
        sums = [np.bincount(found.cause, values, causes) for values in self._values(found, measure)]
        return np.asarray(np.array(sums) / np.maximum(counts, 1))

    def _at_both(self, number: Number, stated: Array, measure: str) -> tuple[Array, Array]:
        """The same at both ends of a number, from what it is as stated."""
        ends = [stated.copy(), stated.copy()]
        for which, end in enumerate(number.ends):
            if end.fleet is not None:
                ends[which][list(end.places)] = self._means(self.at_ends[number.path, which], measure)
        return ends[0], ends[1]


def _clear(spread: Array) -> list[bool]:
    """Of each plan, whether (years, plans) have a mean that simulation error alone does not explain."""
    moments = Moments.of(spread)
    found = (moments.interval(place) for place in range(spread.shape[1]))
    return [each.low > 0.0 or each.high < 0.0 for each in found]


def _share(moved: float, of: float, clear: bool) -> float:
    return float(abs(moved) / of) if clear and of > 0.0 else 0.0


def _unknown(number: Number) -> Unknown:
    """A number of which nothing was simulated."""
    assert number.stated.uncertain is not None  # noqa: S101 - it would not be one of these
    p05, p95 = (number.text(end) for end in number.stated.uncertain)
    return Unknown(number.name, number.text(number.stated.value), p05, p95, None, None)
