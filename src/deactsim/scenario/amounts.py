"""Numbers as people write them: counts, shares and rates, read exactly through Decimal."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from .leaf import Unreadable, commas_in, quoted
from .stated import Rate

_NUMBER: Final = re.compile(
    r"(?P<sign>[-+]?)(?P<digits>[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?)\s*(?P<rest>.*)", re.DOTALL
)
_SCALES: Final = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}
_NOT_FINITE: Final = re.compile(r"[-+]?\.?(nan|inf|infinity)\b.*", re.IGNORECASE)
_LARGEST_COUNT: Final = 10**12
_SMALLEST_RATE: Final = Decimal("1e-9")
_RATE_UNITS: Final = {
    "s": "second",
    "second": "second",
    "min": "minute",
    "minute": "minute",
    "h": "hour",
    "hour": "hour",
    "day": "day",
    "week": "week",
    "year": "year",
}


def number_and_rest(raw: object, what: str) -> tuple[Decimal, str]:
    """The number a scalar begins with, and what follows it; never negative, never NaN."""
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
        raise Unreadable(f"{quoted(raw)} is not {what}")
    text = str(raw).strip()
    if _NOT_FINITE.fullmatch(text):
        raise Unreadable(
            f"{quoted(raw)} is not a number to calculate with", "leave the key out, or give a finite number"
        )
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise Unreadable(f"{quoted(raw)} is not {what}")
    if re.match(r",[0-9]", match["rest"]):
        what, _, hint = commas_in(text)
        raise Unreadable(what, hint)
    if re.match(r"_[0-9]", match["rest"]):
        raise Unreadable(
            f"{quoted(raw)} has digits grouped by `_`", "write digits without grouping, or `270k`"
        )
    number = Decimal(match["digits"])
    if match["sign"] == "-" and number != 0:
        raise Unreadable(f"{quoted(raw)} is negative")
    return number, match["rest"]


def read_count(raw: object) -> int:
    """A whole number, with k, M or B for thousands, millions, thousands of millions."""
    number, rest = number_and_rest(raw, "a count")
    scale = _SCALES.get(rest)
    if scale is None:
        near = {"K": "k", "m": "M", "b": "B", "bn": "B", "%": None}.get(rest)
        raise Unreadable(f"{quoted(raw)} is not a count", f"write `{plain(number)}{near}`" if near else None)
    scaled = number * scale
    if scaled != scaled.to_integral_value():
        raise Unreadable(f"{quoted(raw)} is not a whole number")
    if scaled > _LARGEST_COUNT:
        raise Unreadable(f"{quoted(raw)} is too large", "the largest count is `1000B`")
    return int(scaled)


def write_count(count: int) -> str:
    """`41700000` as `41.7M`."""
    for suffix, digits in (("B", 9), ("M", 6), ("k", 3)):
        # A suffix only where it makes a number shorter to read.
        if count >= max(10**digits, 10_000) and len(str(count).rstrip("0")) <= 4:
            return plain(Decimal(count).scaleb(-digits)) + suffix
    return str(count)


def read_share(raw: object) -> float:
    """`98%`, or a number from 0 to 1 with a decimal point."""
    number, rest = number_and_rest(raw, "a share")
    if rest == "%":
        if number > 100:
            raise Unreadable(f"{quoted(raw)} is more than all", "a share is at most `100%`")
        return float(number.scaleb(-2))
    if rest:
        raise Unreadable(f"{quoted(raw)} is not a share")
    if number > 1 or "." not in str(raw):
        hint = f"write `{plain(number)}%`" if number <= 100 else "a share is at most `100%`"
        if number == 1:
            hint = "write `100%` for all, `1%` for one in a hundred"
        raise Unreadable(f"{quoted(raw)} is not a share", hint)
    return float(number)


def write_share(share: float) -> str:
    """`0.097` as `9.7%`."""
    return plain(Decimal(repr(float(share))).scaleb(2)) + "%"


def read_number(raw: object) -> float:
    """A plain number without a unit: a factor, or money."""
    number, rest = number_and_rest(raw, "a number")
    if rest:
        hint = f"write `{plain(number.scaleb(-2))}`" if rest == "%" else "write the digits alone"
        raise Unreadable(f"{quoted(raw)} is not a plain number", hint)
    if number > _LARGEST_COUNT:
        raise Unreadable(f"{quoted(raw)} is too large")
    return float(number)


def write_number(number: float) -> str:
    """`1.5`, or `2`."""
    return plain(Decimal(repr(float(number))))


def read_rate(raw: object) -> Rate:
    """`40 per day`, or `38% per year` of each head."""
    number, rest = number_and_rest(raw, "a rate")
    scale_text, per, unit_text = rest.partition("per ")
    scale_text = scale_text.strip()
    if not per:
        slash = re.fullmatch(r"(%|[kMB]?)\s*/\s*(\w+)", rest)
        hint = (
            f"write `{plain(number)}{slash[1]} per {slash[2]}`"
            if slash
            else f"say per what: `{plain(number)} per day`"
        )
        raise Unreadable(f"{quoted(raw)} is not a rate", hint)
    unit = _RATE_UNITS.get(unit_text.strip())
    if unit is None:
        raise Unreadable(
            f"`{unit_text.strip()}` is not a unit of rates", "second, minute, hour, day, week or year"
        )
    if scale_text == "%":
        amount = number.scaleb(-2)
    elif scale_text in _SCALES:
        amount = number * _SCALES[scale_text]
    else:
        raise Unreadable(f"{quoted(raw)} is not a rate")
    if amount > _LARGEST_COUNT:
        raise Unreadable(f"{quoted(raw)} is too large")
    if 0 < amount < _SMALLEST_RATE:
        raise Unreadable(f"{quoted(raw)} is too small to happen", f"write `0 per {unit}` for never")
    return Rate(float(amount), unit)


def write_rate(rate: Rate) -> str:
    """`40 per day`."""
    return f"{plain(Decimal(repr(rate.amount)))} per {rate.unit}"


def plain(number: Decimal) -> str:
    """A number without exponent and without idle zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
