"""How many years: chosen once, from a pilot, before the years that answer are run.

Stopping when an interval looks short enough favours samples whose spread is too small by chance; looking
again and again makes it worse. A pilot's years only choose the number, fresh years give the
answer, and nobody looks in between: the interval keeps its coverage (Stein 1945).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Literal

import numpy as np

from ..weighted import Array
from .moments import student

Reason = Literal["width", "floor", "differences", "zero", "most"]
#: Fewer effective non-zero values than this have no normal mean.
DIFFERENCES = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """How many fresh years to run.

    years    0 if the pilot is zero everywhere
    aim      half-width to expect of the 95 % interval, in the values' unit
    reason   width: the relative width asked for; floor: the absolute one; differences: enough that are not
             zero; zero: nothing differs; most: as many as allowed, which is too few
    """

    years: int
    aim: float
    reason: Reason


def years_needed(
    pilot: Array, relative: float, floor: float = 0.0, least: int = 100, most: int = 100_000
) -> Plan:
    """Fresh years for a 95 % half-width of `relative` times the mean, but no less than `floor` (its unit).

    `pilot` is (Y,) values or paired differences, one a year. The number is (t s / half-width)^2 with the
    pilot's t and standard deviation s, and so many that `DIFFERENCES` effective values are not zero;
    effective is (sum |d|)^2 / sum d^2, so that a few large years do not count as many.
    """
    square = float((pilot**2).sum())
    if square == 0.0:
        return Plan(0, 0.0, "zero")
    size = pilot.size
    spread = student(size) * float(pilot.std(ddof=1))
    width = max(relative * abs(float(pilot.mean())), floor)
    reason: Reason = "width" if width > floor else "floor"
    years = (spread / width) ** 2 if width > 0.0 else float("inf")
    carried = DIFFERENCES * size * square / float(np.abs(pilot).sum()) ** 2
    if carried > years:
        years, reason = carried, "differences"
    if years > most:
        years, reason = most, "most"
    count = max(least, ceil(years))
    return Plan(count, spread / sqrt(count), reason)
