"""Years for a precision: stages until every figure that it is of is known so well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..stats import yearly
from ..stats.yearly import Moments
from .forecast_results import Precision
from .forecast_totals import BLOCK, DARK, Totals

#: Years of the pilot that plans the first stage, and the most years in all.
PILOT = 100
MOST = 20_000


@dataclass
class Stages:
    """The stages of one forecast, `asked` to a precision, a share of the baseline's minutes dark.

    It is the half-width of the intervals of the baseline's minutes dark a year, and of the difference of every other
    plan; a difference larger than the baseline's minutes counts by itself. `plan_of` names plans by policy.
    """

    asked: float
    own: int
    plan_of: Mapping[str, int]
    looks: int = 0
    found: Precision | None = field(default=None, init=False)

    @property
    def level(self) -> float:
        """The level of the intervals that are shown: of the last look, or of one that was not come to."""
        return yearly.level_of(max(1, self.looks))

    def first(self, pilot: Totals) -> int:
        """How many years the pilot's call for."""
        return yearly.stage(PILOT, self._effort(pilot, yearly.level_of(1)), 0.0, BLOCK, MOST)

    def more(self, totals: Totals) -> int:
        """Look at all years so far: how many more are to come; 0 if the precision is reached, or no more are run."""
        self.looks += 1
        self.found = self._reached(totals, complete=True)
        if self.found.met or totals.years >= MOST:
            return 0
        times = self._effort(totals, yearly.level_of(self.looks + 1))
        return yearly.stage(totals.years, times, yearly.GROWTH, BLOCK, MOST) - totals.years

    def interrupted(self, totals: Totals) -> None:
        """What is known of years that no look was planned for."""
        self.looks += 1
        self.found = self._reached(totals, complete=False)

    def _reached(self, totals: Totals, *, complete: bool) -> Precision:
        widest = [
            (yearly.half_width(values, self.level, DARK) / scale if scale > 0.0 else 0.0, what)
            for what, values, scale in self._figures(totals)
        ]
        width, what = max(widest)
        met = complete and self._effort(totals, self.level) <= 1.0
        return Precision(self.asked, width, what, met, self.looks, self.level)

    def _effort(self, totals: Totals, level: float) -> float:
        return max(
            yearly.effort(values, self.asked * scale, level, DARK)
            for _, values, scale in self._figures(totals)
        )

    def _figures(self, totals: Totals) -> Iterator[tuple[str, Moments, float]]:
        """What is to be known, its values, and what its width is a share of."""
        own = totals.plans[self.own].yearly
        scale = float(own.mean[DARK])
        yield "the baseline's minutes dark", own, scale
        for name, place in self.plan_of.items():
            if place != self.own:
                change = totals.plans[place].change
                yield f"the difference of {name}", change, max(scale, abs(float(change.mean[DARK])))
