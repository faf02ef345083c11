"""Random durations as people write them: `median 90 s, p90 4 min` and its kin."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Final

from .amounts import number_and_rest, plain
from .durations import read_duration, write_duration
from .leaf import Unreadable, did_you_mean, quoted
from .stated import Distribution

Parameters = tuple[tuple[str, float], ...]

_WORDS: Final = ("median", "uniform", "triangular", "exponential", "weibull", "quantiles", "fixed")
# Wider or narrower, the arithmetic of chance runs out of range: nine in ten up to 370,000 medians.
_SIGMA: Final = (1e-6, 10.0)
_SHAPE: Final = (0.1, 20.0)
_PERCENTILE: Final = re.compile(r"p(\d{1,3})\s+(.+)")


def read_distribution(raw: object) -> Distribution:
    """A distribution of durations; a bare duration is fixed."""
    if isinstance(raw, str):
        text = " ".join(raw.split())
        word = re.match(r"[A-Za-z]+", text)
        if word is not None and not re.match(r"(nan|inf|infinity)\b", text, re.IGNORECASE):
            return _named(text, word[0])
    return Distribution("fixed", (("value", float(read_duration(raw))),))


def _named(text: str, word: str) -> Distribution:
    if word == "lognormal":
        raise Unreadable("`lognormal` is not written out", "write `median 90 s, p90 4 min`")
    reader = _READERS.get(word)
    if reader is None:
        raise Unreadable(
            f"`{word}` is not a distribution",
            did_you_mean(word, _WORDS) or f"the forms are {', '.join(_WORDS)}",
        )
    body = text[len(word) :].strip()
    return reader(text, body)


def _uniform(text: str, body: str) -> Distribution:
    low_text, to, high_text = body.partition(" to ")
    if not to:
        raise Unreadable(f"`{text}` is not a uniform distribution", "write `uniform 0 min to 60 min`")
    low, high = _duration(low_text), _duration(high_text)
    if low >= high:
        raise Unreadable(f"`{text}`: the low end is not below the high end")
    return Distribution("uniform", (("low", low), ("high", high)))


def _triangular(text: str, body: str) -> Distribution:
    parts = body.split(",")
    if len(parts) != 3:
        raise Unreadable(
            f"`{text}` is not a triangular distribution", "write `triangular 1 min, 2 min, 10 min`"
        )
    low, mode, high = (_duration(part) for part in parts)
    if not (low <= mode <= high and low < high):
        raise Unreadable(f"`{text}`: low, mode and high are not in order")
    return Distribution("triangular", (("low", low), ("mode", mode), ("high", high)))


def _exponential(text: str, body: str) -> Distribution:
    match = re.fullmatch(r"mean (.+)", body)
    if match is None:
        raise Unreadable(f"`{text}` is not an exponential distribution", "write `exponential mean 5 min`")
    return Distribution("exponential", (("mean", _positive(text, "mean", _duration(match[1]))),))


def _weibull(text: str, body: str) -> Distribution:
    match = re.fullmatch(r"shape ([^,]+), ?scale (.+)", body)
    if match is None:
        raise Unreadable(f"`{text}` is not a Weibull distribution", "write `weibull shape 1.5, scale 10 min`")
    shape = _within(text, "shape", _positive(text, "shape", _bare(match[1])), _SHAPE)
    return Distribution(
        "weibull", (("shape", shape), ("scale", _positive(text, "scale", _duration(match[2]))))
    )


def _median(text: str, body: str) -> Distribution:
    median_text, comma, second = (part.strip() for part in body.partition(","))
    if not comma:
        raise Unreadable(
            f"`{text}` does not say how widely it spreads", f"write `{text}, p90 ...` or `{text}, sigma 0.7`"
        )
    median = _positive(text, "median", _duration(median_text))
    sigma = re.fullmatch(r"sigma (.+)", second)
    if sigma is not None:
        spread = _within(text, "sigma", _positive(text, "sigma", _bare(sigma[1])), _SIGMA)
        return Distribution("lognormal", (("median", median), ("sigma", spread)))
    match = _PERCENTILE.fullmatch(second)
    if match is None:
        raise Unreadable(f"`{second}` is neither a percentile nor sigma", "write `p90 4 min` or `sigma 0.7`")
    percent, value = int(match[1]), _duration(match[2])
    if not 1 <= percent <= 99 or percent == 50:
        raise Unreadable(
            f"`p{percent}` does not say how widely it spreads", "p1 to p49, or p51 to p99; p90 is usual"
        )
    if percent > 50 and value <= median:
        raise Unreadable(f"`{text}`: p{percent} is not above the median")
    if percent < 50 and not 0 < value < median:
        raise Unreadable(f"`{text}`: p{percent} is not between 0 and the median")
    from statistics import NormalDist

    _within(text, "sigma", math.log(value / median) / NormalDist().inv_cdf(percent / 100.0), _SIGMA)
    return Distribution("lognormal", (("median", median), (f"p{percent}", value)))


def _quantiles(text: str, body: str) -> Distribution:
    points: list[tuple[str, float]] = []
    last_percent, last_value = -1, 0.0
    for part in body.split(","):
        match = _PERCENTILE.fullmatch(part.strip())
        if match is None:
            raise Unreadable(
                f"`{part.strip()}` is not a quantile", "write `quantiles p0 0 s, p50 4 min, p100 10 min`"
            )
        percent, value = int(match[1]), _duration(match[2])
        if percent > 100 or percent <= last_percent or value < last_value:
            raise Unreadable(f"`{text}`: the quantiles do not increase at p{percent}")
        points.append((f"p{percent}", value))
        last_percent, last_value = percent, value
    if points[0][0] != "p0" or points[-1][0] != "p100":
        raise Unreadable(f"`{text}` does not go from p0 to p100")
    if points[0][1] == points[-1][1]:
        raise Unreadable(f"`{text}` is one value", f"write `{write_duration(int(points[0][1]))}`")
    return Distribution("quantiles", tuple(points))


def _fixed(_text: str, body: str) -> Distribution:
    return Distribution("fixed", (("value", _duration(body)),))


_READERS: Final[dict[str, Callable[[str, str], Distribution]]] = {
    "median": _median,
    "uniform": _uniform,
    "triangular": _triangular,
    "exponential": _exponential,
    "weibull": _weibull,
    "quantiles": _quantiles,
    "fixed": _fixed,
}


def _duration(text: str) -> float:
    return float(read_duration(text.strip()))


def _bare(text: str) -> float:
    number, rest = number_and_rest(text.strip(), "a plain number")
    if rest:
        raise Unreadable(f"{quoted(text.strip())} is not a plain number")
    return float(number)


def _positive(text: str, name: str, value: float) -> float:
    if value <= 0:
        raise Unreadable(f"`{text}`: the {name} is not above 0")
    return value


def _within(text: str, name: str, value: float, limits: tuple[float, float]) -> float:
    low, high = limits
    if value < low:
        raise Unreadable(f"`{text}`: a {name} of {value:g} is too small", f"the smallest is {low:g}")
    if value > high:
        raise Unreadable(f"`{text}`: a {name} of {value:g} is too large", f"the largest is {high:g}")
    return value


def median_of(distribution: Distribution) -> float:
    """The length that half of the cases do not exceed, in microseconds."""
    given = dict(distribution.parameters)
    match distribution.shape:
        case "fixed":
            return given["value"]
        case "uniform":
            return (given["low"] + given["high"]) / 2.0
        case "triangular":
            low, mode, high = given["low"], given["mode"], given["high"]
            if mode - low > high - mode:
                return low + math.sqrt((high - low) * (mode - low) / 2.0)
            return high - math.sqrt((high - low) * (high - mode) / 2.0)
        case "exponential":
            return given["mean"] * math.log(2.0)
        case "lognormal":
            return given["median"]
        case "weibull":
            return float(given["scale"] * math.log(2.0) ** (1.0 / given["shape"]))
    for (before, low), (after, high) in pairwise(distribution.parameters):
        below, above = int(before[1:]), int(after[1:])
        if above >= 50:
            return low + (high - low) * (50 - below) / (above - below)
    raise ValueError("quantiles go from p0 to p100")


def write_distribution(distribution: Distribution) -> str:
    """The text of a distribution, which reads back to the same."""
    texts = [(name, _parameter(name, value)) for name, value in distribution.parameters]
    match distribution.shape:
        case "fixed":
            return texts[0][1]
        case "uniform":
            return f"uniform {texts[0][1]} to {texts[1][1]}"
        case "triangular":
            return "triangular " + ", ".join(text for _, text in texts)
        case "exponential":
            return f"exponential mean {texts[0][1]}"
        case "lognormal":
            return ", ".join(f"{name} {text}" for name, text in texts)
        case shape:
            return f"{shape} " + ", ".join(f"{name} {text}" for name, text in texts)


def _parameter(name: str, value: float) -> str:
    return plain(Decimal(repr(value))) if name in ("sigma", "shape") else write_duration(int(value))
