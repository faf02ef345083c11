"""How numbers, spans, shares and groups are written wherever a person reads them."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeGuard
from zoneinfo import ZoneInfo

from ..study.results import Basis, Estimate, Refused, Summary

if TYPE_CHECKING:
    from ..scenario.schema import Scenario

WIDTH = 100
NO_BREAK = "\N{NO-BREAK SPACE}"
BETWEEN = f"{NO_BREAK}| "
"""Between the items of a list, and never first on a line."""
NEVER_ALL = 0.995
"""Shares from here to 1 are written `>99`, so that "100" means every single world."""

MEASURES = {
    "dark_minutes": "minutes dark",
    "audience_minutes": "followers x dark minutes",
    "time_to_detect": "dark until somebody notices",
    "time_to_restore": "noticed until visible again",
    "time_to_contain": "dark until the actor is contained",
    "time_to_first_statement": "dark until first statement",
    "time_to_audience_whole": "visible until follower counts are whole",
}


def measure_name(name: str) -> str:
    """A measure in words."""
    return MEASURES.get(name, name.replace("_", " "))


def is_known(value: float | None) -> TypeGuard[float]:
    """Whether a figure can be said: of what cannot there is None, or nothing finite."""
    return value is not None and math.isfinite(value)


def number(value: float) -> str:
    """A number at the precision a reader can use: 5.1, 11, 459 M."""
    size = abs(value)
    for factor, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if factor * 9.995 <= size or (factor >= 1e6 and factor <= size):
            scaled = value / factor
            return f"{_digits(scaled)} {letter}"
    return _digits(value)


def _digits(value: float) -> str:
    if abs(value) >= 9.95:
        return f"{value:,.0f}"
    text = f"{value:.1f}" if abs(value) >= 0.095 or value == 0 else f"{value:.1g}"
    return text.removesuffix(".0")


def count(value: float) -> str:
    """A count of people or accounts: 41.7 M, 270 k, 150."""
    for factor, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= factor:
            scaled = value / (1e3 if letter == "k" else factor)
            return f"{scaled:.1f}".removesuffix(".0") + f" {letter}"
    return f"{value:,.0f}"


def minutes(value: float) -> str:
    """A length in minutes, in the unit a person would use: 40 s, 11 min, 1 h, 2.5 h, 3 days, 50 years."""
    size = abs(value)
    if size >= 364.5 * 1440:
        years = _digits(value / (365.25 * 1440))
        return f"{years} year" if years == "1" else f"{years} years"
    if size >= 2880:
        return f"{_digits(value / 1440)} days"
    if size >= 180 or (size >= 60 and size % 60 == 0):
        return f"{_digits(value / 60)} h"
    if 0 < size < 0.995:
        return f"{value * 60:.0f} s"
    return f"{_digits(value)} min"


OR_MORE = " or more"
"""Behind a length that is only known to be longer."""


def or_more(summary: Summary, figure: str, text: str) -> str:
    """The text of a figure of a summary, `24 h or more` where what is longer than that was cut."""
    return text + OR_MORE if figure in summary.longer else text


def lengths(summary: Summary) -> str:
    """A length with its 5-95 % range, all in the unit that suits the median.

    `24 h or more (from 5.5)` where the median is not known: only the 5th percentile is.
    """
    unit, factor = next(
        (unit, factor) for least, unit, factor in _UNITS if summary.median >= least or factor == _UNITS[-1][2]
    )
    low, middle, high = (_digits(value / factor) for value in (summary.p05, summary.median, summary.p95))
    return ranged(summary, f"{middle} {unit}", low, high, " to ")


def ranged(summary: Summary, middle: str, low: str, high: str, dash: str, head: str = "") -> str:
    """A median with its 5-95 % range in brackets behind `head`, each figure as text; `or more` where it was cut."""
    if "p05" in summary.longer:
        return middle + OR_MORE
    if "median" in summary.longer:
        return f"{middle}{OR_MORE} ({head}from {low})"
    if "p95" in summary.longer:
        # What it is at least is a horizon, and reads as one.
        high = minutes(summary.p95) if summary.unit == "min" else high
        return f"{middle} ({head}{low}{dash}{high}{OR_MORE})"
    return middle if is_fixed(summary) else f"{middle} ({head}{low}{dash}{high})"


_UNITS = ((2880.0, "days", 1440.0), (180.0, "h", 60.0), (0.995, "min", 1.0), (0.0, "s", 1 / 60))


def spread(summary: Summary, dash: str = "-") -> str:
    """Median with the 5-95 % range in brackets, or the median alone where nothing spreads.

    `24 h or more (from 80)` where the median is not known.
    """
    unknown = "median" in summary.longer and summary.unit == "min"
    middle = minutes(summary.median) if unknown else number(summary.median)
    return ranged(summary, middle, number(summary.p05), number(summary.p95), dash)


def is_fixed(summary: Summary) -> bool:
    """Whether the quantity is the same in (nearly) all worlds."""
    return summary.p95 - summary.p05 <= 0.03 * abs(summary.median)


def percent(share: float) -> str:
    """A share in whole per cent; 0 and 100 mean none and all, without exception."""
    if 0 < share < 0.005:
        return "<1"
    if NEVER_ALL <= share < 1:
        return ">99"
    return f"{100 * share:.0f}"


def of_a_hundred(estimate: Estimate) -> int:
    """How many of 100, for dots to be counted; 0 and 100 only for none and all."""
    share = estimate.mean
    if share <= 0 or share >= 1:
        return 100 if share >= 1 else 0
    return min(99, max(1, round(100 * share)))


FEW_WORLDS = 30
"""Effective evenings below which a range says more about the simulation than about the world."""


def too_few(worlds: float | None) -> bool:
    """Whether a range over so many effective evenings would rest on a handful of them."""
    return worlds is not None and 0.0 < worlds < FEW_WORLDS


def inputs_text(basis: Basis) -> str:
    """`6 documented, 20 inferred and 48 assumed inputs`: the same counts everywhere."""
    counted = [
        f"{amount} {word}"
        for amount, word in (
            (basis.documented, "documented"),
            (basis.inferred, "inferred"),
            (basis.fitted, "fitted"),
            (basis.expert, "expert"),
            (basis.assumed, "assumed"),
        )
        if amount or word in {"documented", "assumed"}
    ]
    return f"{and_list(counted)} inputs"


def facts_text(basis: Basis) -> str:
    """`42 facts on record, of which 3 pinned, 4 given, 4 checked and 31 only noted`; they are no inputs."""
    whole = sum(basis.facts.values())
    roles = [
        f"{count} {'only noted' if role == 'noted' else role}" for role, count in basis.facts.items() if count
    ]
    return f"{plural(whole, 'fact')} on record" + (f", of which {and_list(roles)}" if roles else "")


def disputed_text(inputs: int, facts: int = 0) -> str:
    """` Sources dispute 4 inputs and 10 facts.`; nothing where they dispute none."""
    disputed = [plural(amount, noun) for amount, noun in ((inputs, "input"), (facts, "fact")) if amount]
    return f" Sources dispute {and_list(disputed)}." if disputed else ""


def silence(scenario: Scenario, width: int = WIDTH) -> list[str]:
    """What the scenario admits to say nothing on, as a paragraph; none where it admits nothing."""
    if not scenario.silent:
        return []
    return filled("SILENT", "on " + f"{BETWEEN}on ".join(scenario.silent), width=width)


def with_article(label: str) -> str:
    """`the public`; what already has an article keeps it."""
    return label if label.startswith(("the ", "a ", "an ")) else f"the {label}"


def sentence(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def refused_text(refused: Mapping[str, Refused | None]) -> list[str]:
    """A sentence for each reason why much of honest work is refused, with the policies of which it is true."""
    found: dict[str, list[str]] = {}
    for policy, what in refused.items():
        if what is not None:
            found.setdefault(what.text, []).append(policy)
    return [f"{and_list(policies)}: {text}" for text, policies in found.items()]


def plural(amount: int, noun: str) -> str:
    """`1 policy`, `3 policies`."""
    if amount == 1:
        return f"1 {noun}"
    return f"{amount:,} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


def instant(microseconds: int, zone: str) -> datetime:
    """A moment of the model as local time."""
    return datetime.fromtimestamp(microseconds / 1e6, UTC).astimezone(ZoneInfo(zone))


def occasion(scenario: Scenario) -> str:
    """What a world of the incident is called: evening, night, morning or afternoon, by its hour."""
    if scenario.incident is None:
        return "world"
    hour = instant(scenario.incident.at.value.value, scenario.zone).hour
    return next(name for until, name in _DAY if hour < until)


_DAY = ((5, "night"), (12, "morning"), (17, "afternoon"), (22, "evening"), (24, "night"))


def clock(moment: datetime, day: datetime | None = None, *, seconds: bool = True) -> str:
    """Local time, with `+1d` where it falls on a later day than `day`."""
    text = f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"
    if day is not None and (later := (moment.date() - day.date()).days):
        text += f" {later:+d}d"
    return text


def days_later(days: int) -> str:
    """` the day before`, ` the day after`, ` +3 days`; nothing for the same day."""
    return {0: "", -1: " the day before", 1: " the day after"}.get(days, f" {days:+d} days")


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns; words stay whole, and numbers with their units."""
    lines = textwrap.wrap(bound(text), width, break_on_hyphens=False, break_long_words=False)
    return [line.replace(NO_BREAK, " ") for line in lines] or [""]


def bound(text: str) -> str:
    """The text with a no-break space between each number and its unit."""
    return re.sub(r"(?<=\d) (?=(?:%|(?:min|h|s|days?|years?|M|k)\b))", NO_BREAK, text)


def headed(title: str, right: str, width: int = WIDTH) -> list[str]:
    """A title, wrapped, with a remark at the right of its first line."""
    room = width - len(right)
    lines = wrap(title, room - 2)
    return [f"{lines[0]:<{room}}{right}", *lines[1:]]


def filled(label: str, text: str, indent: int = 9, width: int = WIDTH) -> list[str]:
    """A paragraph with its label in the margin."""
    lines = wrap(text, width - indent)
    return [f"{label:<{indent}}{lines[0]}", *(" " * indent + line for line in lines[1:])]


def and_list(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def reached_text(varied: tuple[str, str] | None, reached: Sequence[str]) -> list[str]:
    """Which policies a varied input moved, where its path does not say it."""
    path, _ = varied or ("", "")
    if not reached or (len(reached) == 1 and path.startswith(f"policies.{reached[0]}.")):
        return []
    return filled("MOVES IN", f"{and_list(list(reached))}: what a policy inherits moves with it")


def page(blocks: Iterable[Sequence[str]]) -> str:
    """Blocks of lines as one text, an empty line between them; a block without lines is left out."""
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks if block) + "\n"
