"""How many years: planned in stages, each looked at when it is over.

Stopping when an interval looks short enough favours samples whose spread is too small by chance. Here a pilot plans
the first stage and is no part of the answer; each look at the years so far ends the study or plans the next stage. The
intervals of look k are those of level 1 - 0.05 / 2^k: all that are looked at hold the truth together in 95 % at least,
whatever the rule to stop (Bonferroni; Jennison and Turnbull 2000, Group Sequential Methods).
"""

from __future__ import annotations

from math import ceil

from .moments import LEVEL, Moments

#: Fewer years than this carry no interval (`Moments.carried`).
CARRIED = 5.0
#: So many years that are all alike leave it possible that 1 in 100 differs (the two-sided rule of three).
ALIKE = 360
#: How many more years are planned than it seems to take, and how much longer every stage makes the study at least.
MARGIN, GROWTH = 1.1, 1.25


def level_of(look: int) -> float:
    """The level of intervals at a look, from 1."""
    return 1.0 - (1.0 - LEVEL) / 2.0**look


def half_width(values: Moments, level: float, *place: int) -> float:
    """Half of how long the interval of the value at a place is, in its unit."""
    found = values.interval(*place, level=level)
    return (found.high - found.low) / 2.0


def effort(values: Moments, aim: float, level: float, *place: int) -> float:
    """How many times as many years it takes to a half-width of `aim` (the values' unit); at most 1 if it is reached.

    It is reached by no interval that fewer than `CARRIED` years carry. Values that are all equal are known from
    `ALIKE` years.
    """
    if not values.variance(*place) > 0.0:
        return ALIKE / values.count
    width = half_width(values, level, *place)
    return max((width / aim) ** 2 if aim > 0.0 else float("inf"), CARRIED / values.carried(*place))


def stage(years: int, times: float, least: float, step: int, most: int) -> int:
    """How many years there are to be after the next stage, if it takes `times` as many as there are.

    At least `least` times as many, a multiple of `step` (once or more), and `most` at the most.
    """
    wanted = min(float(most), years * max(least, MARGIN * times))
    return min(most, step * max(1, ceil(wanted / step)))
