"""Ignorance is not luck: how far a forecast moves with numbers that are only known roughly.

Second-order Monte Carlo: uncertain numbers are drawn, and the expected year follows from each draw. By
Campbell's formula it is linear in the rates of the causes, so that what only scales causes needs no new
simulation, and none of its noise comes in. What changes an occurrence itself is simulated at
both ends of its range on the same years as at its value: how many times as long it is dark there is taken
to be straight in between, and to multiply where several numbers do so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtri

from ..stats.yearly import uniform
from .forecast_results import HARDLY, Range, Tips
from .forecast_totals import BEATEN, MEASURES, Totals
from .forecast_years import Array
from .unknowns import Number

DRAWS = 4000
Z90 = 1.6448536269514722
#: Values between the ends of a range at which it is looked whether two policies have changed places.
LOOKS = 64


@dataclass(frozen=True)
class Moved:
    """A number, and what an occurrence's minutes dark are at both its ends, each (plans, causes).

    `factors` is how many times those at the stated value, on the same years; where these are none, `shifts`
    has the minutes themselves.
    """

    number: Number
    factors: tuple[Array, Array]
    shifts: tuple[Array, Array]

    @classmethod
    def of(cls, number: Number, stated: Array, ends: tuple[Array, Array]) -> Moved:
        """From mean minutes dark, (plans, causes), at the stated value and at both ends."""
        some = stated > 0.0
        factors = [np.divide(end, stated, out=np.ones_like(stated), where=some) for end in ends]
        shifts = [np.where(some, 0.0, end) for end in ends]
        return cls(number, (factors[0], factors[1]), (shifts[0], shifts[1]))


class Ignorance:
    """Draws of the uncertain numbers, and what they make of one measure of every policy's year.

    `rates` (causes,) and `means` (plans, causes; the measure of an occurrence) are those of the numbers as
    stated; `held` are numbers whose ends were not simulated, because the forecast was interrupted. Where the measure is
    a chance, an occurrence has it or not, and `chances` (plans,) of a year are those of the numbers as stated.
    """

    def __init__(
        self,
        rates: Array,
        means: Array,
        moved: Sequence[Moved],
        held: Sequence[Number],
        seed: int,
        *,
        own: int = 0,
        measure: str = "dark_minutes",
        chances: Array | None = None,
    ) -> None:
        self.rates, self.means, self.moved, self.held, self.seed = rates, means, moved, held, seed
        self.own, self.measure, self.chances = own, measure, chances

    @cached_property
    def expected(self) -> Array:
        """(DRAWS, plans): expected minutes dark of a year under each draw of what is unknown."""
        draws = {
            which: drawn(each.number, _strata(self.seed, 7 + which)) for which, each in enumerate(self.moved)
        }
        return self.years(draws)

    def years(self, draws: Mapping[int, Array]) -> Array:
        """(draws, plans): expected minutes dark of a year, with numbers (by index) of sizes (draws,)."""
        rates, means = self.rates[None, :], self.means[None, :, :]
        for which, sizes in draws.items():
            moved = self.moved[which]
            (low, high), stated = moved.number.ends, moved.number.size
            down, up = _way(sizes, stated, low.size), _way(sizes, stated, high.size)
            scale = down * (_ratio(low.rates, self.rates) - 1.0) + up * (_ratio(high.rates, self.rates) - 1.0)
            rates = rates * np.maximum(0.0, 1.0 + scale)
            # Beyond its ends nobody has looked: an occurrence stays as it is there.
            down, up = (np.minimum(1.0, way)[:, :, None] for way in (down, up))
            for way, factor, shift in zip((down, up), moved.factors, moved.shifts, strict=True):
                means = means * (1.0 + way * (factor - 1.0)) + way * shift
        found = np.asarray((rates[:, None, :] * means).sum(axis=2))
        return found if self.chances is None else self._chance(found)

    def _chance(self, often: Array) -> Array:
        """(draws, plans): the chance of a year with some, from how often a year there are any, (draws, plans).

        That of the numbers as stated is `chances`; given it, the chance of a year without is its power (proportional
        hazards). It is exact where years are alike, and where all of this is rare.
        """
        assert self.chances is not None  # noqa: S101 - else it is not asked for
        stated = self.means @ self.rates
        without = np.where(stated > 0.0, -np.log1p(-np.minimum(self.chances, 1.0 - 1e-12)), 1.0)
        return np.asarray(-np.expm1(-often * without / np.where(stated > 0.0, stated, 1.0)))

    def range(self, place: int, less: int | None = None) -> Range | None:
        """How a plan's expected year spreads over what is unknown; with `less`, its difference to that plan.

        None without unknowns, or while some are held: a band of the others would pass for all.
        """
        if not self.moved or self.held:
            return None
        values = self.expected[:, place] - (0.0 if less is None else self.expected[:, less])
        low, high = np.quantile(values, (0.05, 0.95))
        return None if np.isnan(low) else Range(float(low), float(high))

    def best(self, place: int, totals: Totals) -> float | None:
        """The share of draws in which no other plan is known to have a better expected year.

        Plans that the simulated years cannot tell apart, or that differ by less than `HARDLY` of the baseline's year,
        are the best together. None as for `range`.
        """
        if not self.moved or self.held:
            return None
        least = self.expected.argmin(axis=1)
        plans = range(len(totals.plans))
        ahead = [totals.plans[place].ahead.interval(self._beaten, other) for other in plans]
        alike = np.array([each.low <= 0.0 <= each.high for each in ahead])
        near = self.expected[:, place] - self.expected.min(axis=1) <= HARDLY * self.expected[:, self.own]
        return float((alike[least] | near).mean())

    @property
    def _beaten(self) -> int:
        return BEATEN.index(self.measure)

    def tips(self, places: Mapping[str, int], totals: Totals) -> tuple[Tips, ...]:
        """Uncertain numbers at which neighbours in the ranking change places, within their range.

        The best policies come first, and of a pair what is nearest to its tipping value. Neighbours
        that the simulation cannot tell apart have no order that could hang on anything.
        """
        years = self.means @ self.rates
        order = sorted(places, key=lambda name: (years[places[name]], name))
        found = []
        for better, worse in pairwise(order):
            one, other = places[better], places[worse]
            if not totals.plans[other].ahead.interval(self._beaten, one).low > 0.0:
                continue
            if years[other] - years[one] < HARDLY * years[self.own]:
                continue
            turns = []
            for which, each in enumerate(self.moved):
                turn, number = self._turn(which, one, other), each.number
                if turn is not None:
                    side: Literal["over", "under"] = "over" if turn < number.size else "under"
                    tip = Tips(
                        better, worse, number.name, side, number.near(turn), number.text(number.stated.value)
                    )
                    turns.append((abs(log(turn / number.size)), tip))
            found += [tip for _, tip in sorted(turns, key=lambda turn: turn[0])]
        return tuple(found)

    def _turn(self, which: int, one: int, other: int) -> float | None:
        """The size nearest to the stated one at which two plans' expected years are equal; None without."""
        number = self.moved[which].number

        def gaps(times: Array) -> Array:
            years = self.years({which: number.size * times})
            return np.asarray(years[:, other] - years[:, one])

        found = []
        for end in number.ends:
            # In multiples of the stated size: a rate a microsecond is smaller than any solver's tolerance.
            looks = np.geomspace(1.0, end.size / number.size, LOOKS)
            turned = np.flatnonzero(gaps(looks) <= 0.0)
            if turned.size and turned[0] > 0:
                between = looks[turned[0] - 1], looks[turned[0]]
                found.append(float(brentq(lambda times: float(gaps(np.array([times]))[0]), *between)))
        return number.size * min(found, key=lambda times: abs(log(times))) if found else None


def occurrence_means(totals: Totals, rates: Array, method: str, measure: str = "dark_minutes") -> Array:
    """(plans, causes): a measure of `MOVED` of an occurrence; 0 of a cause that never occurs."""
    a_year = np.array(
        [
            plan.beyond.mean if measure == "headline" else plan.by_cause.mean[:, MEASURES.index(measure)]
            for plan in totals.plans
        ]
    )
    often = rates if method == "episodes" else totals.simulated / totals.years
    return np.asarray(np.divide(a_year, often, out=np.zeros_like(a_year), where=often > 0.0))


def drawn(number: Number, u: Array) -> Array:
    """Sizes of a number at levels u: lognormal between its p05 and p95, logit-normal for a share."""
    low, high = (end.size for end in number.ends)
    z = ndtri(u)
    to, back = (logit, expit) if number.kind == "share" else (np.log, np.exp)
    a, b = to(low), to(high)
    return np.asarray(back((a + b) / 2.0 + z * (b - a) / (2.0 * Z90)))


def _way(sizes: Array, stated: float, end: float) -> Array:
    """(draws, 1): how far sizes are on the way from the stated one to an end: 0 there, 1 here, and beyond."""
    if end == stated:
        return np.zeros((len(sizes), 1))
    return np.asarray(np.maximum(0.0, (sizes - stated) / (end - stated)))[:, None]


def _ratio(rates: Array, stated: Array) -> Array:
    return np.divide(rates, stated, out=np.ones_like(stated), where=stated > 0.0)


def _strata(key: int, which: int) -> Array:
    """(DRAWS,) levels between 0 and 1, one in each of as many equal parts, shuffled (a Latin hypercube)."""
    place = np.argsort(uniform(key, which, np.arange(DRAWS)))
    return np.asarray((place + 0.5) / DRAWS)
