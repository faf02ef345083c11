"""Axes for quantities that may span orders of magnitude, and may be nought among them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..wording import minutes, number

WIDE = 30.0
"""Largest over least from which an axis is logarithmic."""
BELOW = 0.55
"""How far nought stands below the least value on a logarithmic axis, in powers of ten."""
LENGTHS = (1 / 60, 5 / 60, 0.25, 1, 5, 15, 60, 240, 1440, 10080, 43200, 175320, 525960)
"""Minutes that are marked on a logarithmic axis."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values stand on an axis: linear, or logarithmic with a place of its own for nought."""

    log: bool
    least: float
    most: float
    nought: bool

    @classmethod
    def of(cls, values: Iterable[float], log: bool | None = None) -> Scale:
        """The axis that suits the values; `log` decides it beforehand."""
        finite = [abs(value) for value in values if math.isfinite(value)]
        positive = [value for value in finite if value > 0]
        least, most = min(positive, default=1.0), max(positive, default=1.0)
        if log is None:
            log = most / least > WIDE
        return cls(log, least, most, len(positive) < len(finite))

    def at(self, value: float) -> float:
        """Where a value stands."""
        if not self.log:
            return value
        floor = math.log10(self.least) - BELOW
        return floor if value <= 0 else max(floor, math.log10(value))

    def limits(self, room: float = 0.05) -> tuple[float, float]:
        """From nought, or a little below the least, to a little above the most."""
        if not self.log:
            return 0.0, self.most * (1 + room)
        low = math.log10(self.least) - (BELOW if self.nought else 0.0)
        high = math.log10(self.most)
        margin = max(0.05, room * (high - low))
        return low - margin, high + margin

    def ticks(self, lengths: bool = False) -> list[tuple[float, str]]:
        """Marks with their texts; `lengths` are minutes, said in units that suit them."""
        if not self.log:
            low, high = self.limits()
            unit = _unit(high) if lengths else 1.0
            places = MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(low / unit, high / unit)
            marks = [float(place) * unit for place in places]
            return [(mark, _said(mark, lengths)) for mark in marks if low <= mark <= high]
        low, high = 10 ** self.limits()[0], 10 ** self.limits()[1]
        marks = [mark for mark in LENGTHS if low <= mark <= high] if lengths else _decades(low, high)
        found = [(self.at(0.0), "0")] if self.nought else []
        return found + [(self.at(mark), _said(mark, lengths)) for mark in marks if mark >= self.least * 0.8]


def _unit(most: float) -> float:
    """The minutes of the unit in which lengths up to so many minutes are said."""
    return next(unit for unit in (1440.0, 60.0, 1.0, 1 / 60) if most >= 2 * unit or unit < 1)


def _said(value: float, lengths: bool) -> str:
    return minutes(value) if lengths and value > 0 else f"{value:g}" if 0 < value < 1 else number(value)


def _decades(low: float, high: float) -> list[float]:
    """1, 10, 100, or with 2 and 5 between where there are few."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1.0, 2.0, 5.0) if last - first < 3 else (1.0, 3.0) if last - first < 5 else (1.0,)
    marks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
    return [mark for mark in marks if low <= mark <= high]


def put_on(axes: Axes, which: str, scale: Scale, lengths: bool = False, room: float = 0.05) -> None:
    """Give an axis (x or y) of a chart its limits and marks."""
    low, high = scale.limits(room)
    ticks = [(at, text) for at, text in scale.ticks(lengths) if low <= at <= high]
    texts = [text for _, text in ticks]
    if which == "x":
        axes.set_xlim(low, high)
        axes.set_xticks([at for at, _ in ticks], texts)
    else:
        axes.set_ylim(low, high)
        axes.set_yticks([at for at, _ in ticks], texts)
    axes.minorticks_off()
