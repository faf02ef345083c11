"""Texts to values and back, exactly."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deactsim.scenario.leaf import Unreadable
from deactsim.scenario.quantities import read, text_of
from deactsim.scenario.shifts import read_shifts, write_shifts
from deactsim.scenario.stated import Distribution, FactValue, Rate, Stated, Window

YEARS_100 = 100 * 31_557_600_000_000
durations = st.one_of(
    st.integers(0, YEARS_100),
    st.integers(0, 10_000).map(lambda seconds: seconds * 1_000_000),
    st.integers(0, 10_000).map(lambda minutes: minutes * 60_000_000),
)
positive = st.integers(1, YEARS_100).map(float)


@given(durations)
def test_duration_round_trip(microseconds: int) -> None:
    assert read("duration", text_of(microseconds, "duration")) == microseconds


@given(st.integers(0, 10**12))
def test_count_round_trip(count: int) -> None:
    assert read("count", text_of(count, "count")) == count


@given(st.floats(0, 1))
def test_share_round_trip(share: float) -> None:
    assert read("share", text_of(share)) == share


@given(st.just(0.0) | st.floats(1e-9, 1e9), st.sampled_from(sorted(Rate.MICROSECONDS)))
def test_rate_round_trip(amount: float, unit: str) -> None:
    rate = Rate(amount, unit)
    assert read("rate", text_of(rate)) == rate


@given(st.integers(0, 7_258_118_399_999_999))
def test_instant_round_trip(microseconds: int) -> None:
    assert read("instant", text_of(microseconds, "instant")) == microseconds


@st.composite
def distributions(draw: st.DrawFn) -> Distribution:
    shape = draw(
        st.sampled_from(
            ["fixed", "uniform", "triangular", "exponential", "sigma", "p", "weibull", "quantiles"]
        )
    )
    low, middle, high = sorted(draw(st.lists(positive, min_size=3, max_size=3, unique=True)))
    match shape:
        case "fixed":
            return Distribution("fixed", (("value", low),))
        case "uniform":
            return Distribution("uniform", (("low", low), ("high", high)))
        case "triangular":
            return Distribution("triangular", (("low", low), ("mode", middle), ("high", high)))
        case "exponential":
            return Distribution("exponential", (("mean", low),))
        case "sigma":
            return Distribution("lognormal", (("median", low), ("sigma", draw(st.floats(1e-6, 10)))))
        case "p":
            percent = draw(st.integers(1, 99).filter(lambda number: number != 50))
            value = high if percent > 50 else low
            assume(1e-6 < math.log(value / middle) / NormalDist().inv_cdf(percent / 100) < 10)
            return Distribution("lognormal", (("median", middle), (f"p{percent}", value)))
        case "weibull":
            return Distribution("weibull", (("shape", draw(st.floats(0.1, 20))), ("scale", low)))
    return Distribution("quantiles", (("p0", low), ("p50", middle), ("p100", high)))


@given(distributions())
def test_distribution_round_trip(distribution: Distribution) -> None:
    assert read("random duration", text_of(distribution)) == distribution


@st.composite
def facts(draw: st.DrawFn) -> FactValue:
    kind = draw(st.sampled_from(["duration", "instant", "number"]))
    relation = draw(st.sampled_from(["is", "by", "after"]))
    value: int | float = draw(durations)
    if kind == "instant":
        value = draw(st.integers(0, 7_258_118_399_999_999))
    elif kind == "number":
        value = draw(st.one_of(st.integers(0, 10**11), st.floats(0.001, 0.999)))
    return FactValue(kind, relation, value)  # type: ignore[arg-type]


@given(facts())
def test_fact_round_trip(fact: FactValue) -> None:
    assert read("fact", text_of(fact)) == fact


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1))
def test_any_text_is_a_fact_or_unreadable(text: str) -> None:
    try:
        fact = read("fact", text)
    except Unreadable:
        return
    assert read("fact", text_of(fact)) == fact


@st.composite
def windows(draw: st.DrawFn) -> Window:
    days = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1))))
    start = draw(st.integers(0, 1439))
    end = draw(st.integers(0, 1440).filter(lambda minute: minute != start))
    return Window(days, start, end, draw(st.sampled_from(["UTC", "Europe/Dublin", "America/Los_Angeles"])))


@given(windows())
def test_shift_round_trip(window: Window) -> None:
    assert read_shifts(write_shifts((window,))) == (window,)
    assert read("shift", text_of((window,))) == (window,)


def test_several_shifts() -> None:
    texts = ["Mon-Fri 09:00-18:00 UTC", "Sat-Sun 10:00-14:00 UTC", "Wed 22:00-02:00 Europe/Dublin"]
    assert write_shifts(read_shifts(texts)) == texts
    assert text_of(read_shifts(texts)) == ", ".join(texts)
    assert read_shifts("fri-mon 9:00-18:00 UTC")[0].days == (0, 4, 5, 6)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("count", "41.7M", 41_700_000),
        ("count", Decimal("1e3"), 1000),
        ("count", "+7", 7),
        ("count", "-0", 0),
        ("duration", "1 h 17 min", 77 * 60_000_000),
        ("duration", "0.5 days", 43_200_000_000),
        ("duration", "1 us", 1),
        ("share", "9.7%", 0.097),
        ("share", Decimal("0.3"), 0.3),
        ("rate", "38% per year", Rate(0.38, "year")),
        ("rate", "2k per min", Rate(2000.0, "minute")),
        ("instant", "1970-01-01T00:00:00Z", 0),
        ("instant", "2017-11-02T20:05:51.550-04:00", 1_509_667_551_550_000),
        ("instant", "2017-11-02T20:05:51 America/New_York", 1_509_667_551_000_000),
        ("flag", True, True),
        ("fact", "by hand", FactValue("text", "is", "by hand")),
        ("fact", "after 5 min", FactValue("duration", "after", 300_000_000)),
        ("fact", "98%", FactValue("number", "is", 0.98)),
        ("fact", "at least 3", FactValue("number", "after", 3)),
        ("fact", Decimal("0.5"), FactValue("number", "is", 0.5)),
    ],
)
def test_reads(kind: str, raw: object, value: object) -> None:
    assert read(kind, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("count", None, "`None` is not a count"),
        ("count", {"a": 1}, "a mapping is not a count"),
        ("count", 10**13, "too large"),
        ("count", "x" * 100, "xxx..."),
        ("duration", "5 min 3 soons", "`soons` is not a unit"),
        ("duration", "5 min -", "is not a duration"),
        ("duration", "5 min 3 min", "larger units to smaller"),
        ("random duration", "weibull shape 1e300, scale 5 s", "a shape of 1e+300 is too large"),
        ("random duration", "median 5 min, sigma x", "`x` is not a plain number"),
        ("fact", Decimal("1e40"), "too large"),
        ("fact", "-3 min", "negative"),
        ("instant", 5, "not an instant"),
    ],
)
def test_refuses(kind: str, raw: object, words: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read(kind, raw)
    assert words in raised.value.message


@given(
    st.integers(0, 10**15),
    st.sampled_from([("ms", 1000), ("s", 10**6), ("min", 60 * 10**6), ("h", 3600 * 10**6)]),
)
def test_durations_are_exact(thousandths: int, unit: tuple[str, int]) -> None:
    name, microseconds = unit
    exact = Fraction(thousandths, 1000) * microseconds
    text = f"{Decimal(thousandths) / 1000:f} {name}"
    if exact.denominator == 1 and exact <= YEARS_100:
        assert read("duration", text) == exact
    else:
        with pytest.raises(Unreadable):
            read("duration", text)


def test_text_needs_a_kind_for_whole_numbers() -> None:
    with pytest.raises(TypeError, match="needs its kind"):
        text_of(5)
    with pytest.raises(ValueError, match="no such kind"):
        text_of(5, "colour")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        ("contractor", "contractor"),
        (Stated(0.5), "50%"),
        (Rate(0.38, "year"), "0.38 per year"),
        (FactValue("text", "is", "soon"), "soon"),
    ],
)
def test_text_of(value: Any, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "0 s"),
        (250_000, "250 ms"),
        (1, "0.001 ms"),
        (90_000_000, "90 s"),
        (60_000_000, "1 min"),
        (120_000_000, "2 min"),
        (4_620_000_000, "1 h 17 min"),
        (86_400_000_000, "1 day"),
        (2 * 86_400_000_000 + 500_000, "2 days 0.5 s"),
    ],
)
def test_durations_read_well(microseconds: int, text: str) -> None:
    assert text_of(microseconds, "duration") == text


def test_counts_read_well() -> None:
    counts = (0, 999, 2500, 10_000, 150_000, 41_700_000, 1_234_567, 1_200_000_000)
    assert [text_of(count, "count") for count in counts] == [
        "0", "999", "2500", "10k", "150k", "41.7M", "1234567", "1.2B",
    ]  # fmt: skip
