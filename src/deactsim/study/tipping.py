"""Where two policies change places as one input moves, and how well the simulation knows that.

At a value of the input the two are compared over the same worlds, as everywhere: by the mean difference of their
minutes dark, with its 95 % interval. They change places where the difference changes sign. The values at which
its interval holds 0 are the 95 % interval of that place: the inversion of the paired test, as Fieller (1954) has it
for a ratio. Where the difference is monotone that is an interval, and its ends are where the test turns over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from ..errors import CannotCondition
from ..model.compile import CannotBeSaid
from ..scenario.paths import kind_at
from ..scenario.quantities import text_of
from ..scenario.stated import Distribution, Rate
from ..stats.paired import mean_interval
from ..stats.weighted import Interval
from .phrases import middle_of, noun, short_text
from .results import Decision, Tipping
from .sensitivity import Evenings

#: Shares are tried by tenths of a point from 0 to 1, other numbers by so many steps from an eighth to eight times.
POINTS = 1000
STEPS = 600
FURTHEST = 3.0
"""How far other numbers than shares are moved, in doublings either way."""
#: To what part of half the interval's width the place and the ends of its interval are found by trying; within that
#: by a straight line, which the difference of means and its error are very nearly.
FINE, FINE_ENDS = 0.5, 0.75
#: How much further out than expected the ends are tried, so that each is mostly beyond the first try.
BEYOND = 1.2

_SECOND = 1_000_000
#: Units to which lengths are rounded, in microseconds.
_LENGTHS = [
    *(each * _SECOND // 1000 for each in (1, 5, 10, 50, 100, 500)),
    *(each * _SECOND for each in (1, 5, 10, 30)),
    *(each * 60 * _SECOND for each in (1, 5, 10, 30)),
    *(each * 3600 * _SECOND for each in (1, 6, 24, 7 * 24)),
]


def tip(evenings: Evenings, few: Evenings, better: str, worse: str, decision: Decision) -> Tipping | None:
    """Where `better` stops being better as its deciding input moves; None if it does not in these evenings.

    `few` are evenings of fewer worlds, that say cheaply where to look; what is found is found in `evenings`.
    """
    value = evenings.leaves[decision.path].value
    kind = kind_at(evenings.scenario, decision.path)
    try:
        for direction, places in _directions(value, kind):
            rough = _Gaps(few, better, worse, decision.path, places)
            found = _turns(_Gaps(evenings, better, worse, decision.path, places), rough)
            if found is not None:
                return _tipping(better, worse, decision, direction, value, kind, found)
    except (CannotBeSaid, CannotCondition):
        return None
    return None


@dataclass(frozen=True)
class _Turn:
    """Values next to each other between which a figure changes its sign, and the size at which it does."""

    before: Any
    after: Any
    size: float


@dataclass(frozen=True)
class _Turns:
    """Where the better policy no longer surely is so, where it no longer is so, and from where on it surely is not.

    The last is None where that is at none of the values tried, of which the last has the size `end`.
    """

    near: _Turn
    middle: _Turn
    far: _Turn | None
    end: float


class _Gaps:
    """How many more minutes `worse` leaves dark than `better` at places along an input, 0 being its present value."""

    def __init__(self, evenings: Evenings, better: str, worse: str, path: str, places: Sequence[Any]) -> None:
        self.evenings, self.better, self.worse = evenings, better, worse
        self.path, self.places, self.last = path, places, len(places) - 1
        self.known: dict[int, Interval] = {}

    def __call__(self, place: int) -> Interval:
        """The mean difference at a place, with its interval."""
        if place not in self.known:
            worse, better = (
                self.evenings.under(policy, self.path, self.places[place])
                for policy in (self.worse, self.better)
            )
            apart = worse.column("dark_minutes") - better.column("dark_minutes")
            self.known[place] = mean_interval(apart, worse.weights, worse.clusters)
        return self.known[place]


def _directions(value: Any, kind: str) -> Iterator[tuple[str, list[Any]]]:
    """The values to try below and above the present one, that first; none of what has no size."""
    if isinstance(value, bool):
        return
    if isinstance(value, float):
        now = value * POINTS
        below = [at / POINTS for at in range(math.ceil(now) - 1, -1, -1)]
        above = [at / POINTS for at in range(math.floor(now) + 1, POINTS + 1)]
    elif kind == "count" and 8 * value <= STEPS:
        below, above = (
            list(range(value - 1, max(1, value // 8) - 1, -1)),
            list(range(value + 1, 8 * value + 1)),
        )
    elif isinstance(value, (int, Rate, Distribution)):
        factors = [2.0 ** (FURTHEST * step / STEPS) for step in range(1, STEPS + 1)]
        below, above = (
            [_times(value, 1.0 / each) for each in factors],
            [_times(value, each) for each in factors],
        )
    else:
        return
    for direction, values in (("over", below), ("under", above)):
        distinct = [after for before, after in pairwise([value, *values]) if after != before]
        if distinct:
            yield direction, [value, *distinct]


def _times(value: Any, factor: float) -> Any:
    """So many times a value, to four digits or whole microseconds: as it can be written."""
    if isinstance(value, Rate):
        return Rate(float(f"{value.amount * factor:.4g}"), value.unit)
    if isinstance(value, Distribution):
        pure = {"sigma", "shape"}
        return Distribution(
            value.shape,
            tuple((name, x if name in pure else float(round(x * factor))) for name, x in value.parameters),
        )
    return max(1, round(float(f"{value * factor:.4g}")))


def _turns(gaps: _Gaps, rough: _Gaps) -> _Turns | None:
    """Where the gap turns over on the way to the last place; None if it does not, or cannot be told from 0 as it is."""
    if rough(rough.last).low > 0.0 or gaps(0).low <= 0.0:
        return None
    guess, slope = _look(rough)
    half = gaps(0).mean - gaps(0).low
    middle = _turn(gaps, _mean, guess, FINE * half / slope)
    # Where both end as equals neither is ever the worse one.
    if middle is None or gaps(middle[1]).mean == 0.0 == gaps(gaps.last).mean:
        return None
    here, at = _where(gaps, _mean, middle), gaps(middle[1])
    less, more = ((at.mean - at.low) / slope, (at.high - at.mean) / slope)
    near = _turn(gaps, _low, round(middle[0] - BEYOND * less), FINE_ENDS * less)
    far = _turn(gaps, _high, round(middle[1] + BEYOND * more), FINE_ENDS * more)
    assert near is not None  # noqa: S101 - at the present value it is surely better
    beyond = _where(gaps, _high, far, adjacent=0.0) if far else None
    return _Turns(_where(gaps, _low, near), here, beyond, _size(gaps.places[gaps.last]))


def _mean(gap: Interval) -> float:
    return gap.mean


def _low(gap: Interval) -> float:
    return gap.low


def _high(gap: Interval) -> float:
    # Equals are not told apart.
    return gap.high or 1e-12


def _where(
    gaps: _Gaps, key: Callable[[Interval], float], turn: tuple[int, int], adjacent: float = 1.0
) -> _Turn:
    """The values at two places, and the size between them at which a straight line has `key` at 0.

    Where no place is between them it is that of the second, or with `adjacent` 0 of the first.
    """
    before, after = (gaps.places[place] for place in turn)
    above, below = (key(gaps(place)) for place in turn)
    share = adjacent if turn[1] - turn[0] == 1 else above / (above - below)
    return _Turn(before, after, _size(before) + share * (_size(after) - _size(before)))


def _look(rough: _Gaps) -> tuple[int, float]:
    """Where few worlds have the place, and how much of the gap goes with every step there."""
    last, begin, end = rough.last, rough(0), rough(rough.last)
    steepness = max((begin.mean - end.mean) / last, 1e-9)
    if begin.mean <= 0.0 or end.mean >= 0.0:
        return last // 2, steepness
    before, after = narrowed(lambda place: rough(place).mean, 0, last, max(1, last // 60))
    fall, share = rough(before).mean - rough(after).mean, rough(before).mean
    # As far apart as its interval is wide: nearer by it is mostly chance.
    width = max(after - before, min(last // 4, round((begin.high - begin.low) / steepness / 2.0)))
    around = [
        place for place in rough.known if abs(place - before) <= max(width, 1) or place in (before, after)
    ]
    first, second = min(around), max(around)
    slope = (rough(first).mean - rough(second).mean) / (second - first)
    return round(before + share / fall * (after - before)), max(slope, steepness / 10.0)


def _turn(gaps: _Gaps, key: Callable[[Interval], float], guess: int, wide: float) -> tuple[int, int] | None:
    """Two places no further apart than `wide`, with `key` above 0 at the first and not at the second.

    They are looked for from a guess on: among the places that are known, else ever further out. None if there are none
    on one side of it.
    """
    width = min(max(1, round(wide)), max(1, gaps.last // 8))
    low = high = min(max(guess, 0), gaps.last)
    if key(gaps(low)) > 0.0:
        step = width
        known = (place for place in sorted(gaps.known) if low < place <= low + width)
        while key(gaps(high)) > 0.0:
            if high == gaps.last:
                return None
            low, high, step = high, next(known, min(gaps.last, high + step)), 2 * step
    else:
        step = width
        known = (place for place in sorted(gaps.known, reverse=True) if high - width <= place < high)
        while key(gaps(low)) <= 0.0:
            if low == 0:
                return None
            low, high, step = next(known, max(0, low - step)), low, 2 * step
    return narrowed(lambda place: key(gaps(place)), low, high, width)


def narrowed(key: Callable[[int], float], low: int, high: int, width: int) -> tuple[int, int]:
    """Whole numbers no more than `width` apart between `low` and `high`, at the first of which `key` is above 0.

    It is above 0 at `low` and not at `high`. The ITP method (Oliveira and Takahashi, 2021) tries where a straight line
    between both crosses, pushed a little towards the middle, and never needs more than one place more than halves.
    """
    at_low, at_high, whole = key(low), key(high), high - low
    left = max(0, math.ceil(math.log2(whole / width))) + 1
    while high - low > width:
        wide, middle = high - low, (low + high) / 2.0
        straight = low + wide * at_low / (at_low - at_high) if at_low > at_high else middle
        push = max(0.2 * wide**2 / whole, 0.6 * width)
        aimed = middle if push > abs(middle - straight) else straight + math.copysign(push, middle - straight)
        reach = max(0.0, (width * 2.0**left - wide) / 2.0)
        place = round(min(max(aimed, middle - reach), middle + reach))
        place = min(max(place, low + 1), high - 1)
        found = key(place)
        if found > 0.0:
            low, at_low = place, found
        else:
            high, at_high = place, found
        left -= 1
    return low, high


def _tipping(
    better: str, worse: str, decision: Decision, direction: Any, value: Any, kind: str, found: _Turns
) -> Tipping:
    """What is said of it: to no more digits than its interval carries."""
    near, middle, far = found.near, found.middle, found.far
    # Where it is known on one side only, as far as was tried.
    unit = _unit(abs(near.size - (found.end if far is None else far.size)), kind)
    sizes = [near.size, None if far is None else far.size]
    least, most = sizes if direction == "under" else reversed(sizes)
    low = None if least is None else _text(value, kind, _down(min(least, middle.size) / unit) * unit)
    high = None if most is None else _text(value, kind, _up(max(most, middle.size) / unit) * unit)
    return Tipping(
        better=better,
        worse=worse,
        path=decision.path,
        label=noun(decision.path),
        direction=direction,
        value_text=_text(value, kind, round(middle.size / unit) * unit),
        now_text=short_text(value, kind),
        basis=decision.basis,
        low_text=low,
        high_text=high,
        changes=(text_of(middle.before, kind), text_of(middle.after, kind)),
        told_apart=(
            text_of(near.before, kind),
            None if far is None else text_of(far.after, kind),
        ),
    )


def _size(value: Any) -> float:
    """How large a value is: the amount of a rate, the middle of a random length."""
    if isinstance(value, Rate):
        return value.amount
    return middle_of(value) if isinstance(value, Distribution) else float(value)


def _text(value: Any, kind: str, size: float) -> str:
    """A value of such a size, in a few characters."""
    if isinstance(value, Rate):
        return text_of(Rate(float(f"{size:.6g}"), value.unit), kind)
    if isinstance(value, float):
        return text_of(round(min(1.0, max(0.0, size)), 6), kind)
    return text_of(round(size), "duration" if isinstance(value, Distribution) else kind)


def _unit(wide: float, kind: str) -> float:
    """What a size is rounded to that is known so far: the largest round unit of no more than a quarter of that."""
    if kind in ("duration", "random duration"):
        return float(max((each for each in _LENGTHS if each <= wide / 4.0), default=_LENGTHS[0]))
    least = {"share": 1.0 / POINTS, "count": 1.0}.get(kind, 1e-6)
    exponents = range(-6, 7)
    units = chain.from_iterable((10.0**exponent, 5.0 * 10.0**exponent) for exponent in exponents)
    return max((each for each in units if least <= each <= wide / 4.0), default=least)


def _down(x: float) -> int:
    return math.floor(x + 1e-6)


def _up(x: float) -> int:
    return math.ceil(x - 1e-6)
