"""The record beside the simulation: texts, checks and the timeline."""

from __future__ import annotations

import numpy as np
import pytest

from deactsim.scenario.schema import Scenario
from deactsim.scenario.stated import FactValue
from deactsim.study.facts import (
    _past,
    clock,
    dark_fact,
    dark_minutes,
    fact_results,
    minutes_text,
    source_text,
    text_of_value,
    timeline,
    value_of,
)
from deactsim.study.nights import Nights
from deactsim.study.results import FactResult
from tests.study.small import START, small

MINUTE = 60_000_000


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0.0, "0 s"), (0.5, "30 s"), (1.0, "1 min"), (1.5, "90 s"), (2.0, "2 min"),
        (11.0, "11 min"), (11.25, "11.2 min"),
        (77.3, "77.3 min"), (119.0, "119 min"), (120.0, "2 h"), (137.0, "2 h 17 min"), (179.7, "3 h"), (180.0, "3 h"),
        (2879.9, "48 h"), (2880.0, "2 days"), (43_200.0, "30 days"), (4000.0, "2.8 days"),
    ],
)  # fmt: skip
def test_minutes_as_people_say_them(minutes: float, text: str) -> None:
    assert minutes_text(minutes) == text


@pytest.mark.parametrize(
    ("seconds", "zone", "text"),
    [
        (0, "UTC", "18:48:30"), (30, "UTC", "18:49"), (30, "America/New_York", "14:49"),
        (6 * 3600, "UTC", "00:48:30 +1d"),
        (-19 * 3600, "UTC", "23:48:30 -1d"), (5 * 86400, "Asia/Tokyo", "03:48:30 +5d"),
        # Daylight time ends in between: the clock says so.
        (3 * 86400, "America/New_York", "13:48:30 +3d"),
    ],
)  # fmt: skip
def test_clock_with_days(seconds: int, zone: str, text: str) -> None:
    assert clock(START + seconds * 1_000_000, zone, START) == text


@pytest.mark.parametrize(
    ("command", "past"),
    [("deactivate", "deactivated"), ("suspend", "suspended"), ("stop", "stopped"), ("alert", "alerted")],
)
def test_commands_in_the_past(command: str, past: str) -> None:
    assert _past(command) == past


def table(weights: list[float] | None = None, **columns: list[float]) -> Nights:
    size = len(next(iter(columns.values())))
    return Nights(
        columns={name: np.array(values) for name, values in columns.items()} | {"stopped": np.zeros(size)},
        weights=np.ones(size) if weights is None else np.array(weights),
        clusters=np.arange(size),
        decided=((),) * size,
    )


FACTS = """
  account: "@it"
  command: deactivate
  actor: {team: support}
  at: {value: 2017-11-02T18:48:30Z, give_or_take: 60 s, source: paper}
  readings: {meant: {cause: deliberate}}
  facts:
    dark: {of: dark, checked: 11 min, source: [paper, agency, mail]}
    by: {of: public_notice, checked: by 2017-11-02T18:51:00Z}
    after: {of: audience_whole, checked: after 2017-11-03T04:48:30Z, label: whole again}
    other: {of: dark, checked: 15 min, model: free}
    lost: {of: content_lost, checked: 0}
    said: {of: first_statement, noted: 2017-11-02T20:05:51Z, disputed: not so}
    start: {of: took_effect, given: 2017-11-02T18:48:30Z, label: gone dark}
    reach: {given: 41.7 M followers, note: about}
    tweet: {noted: 2017-11-02T18:35Z}
    tenure: {noted: 101 days}"""
SOURCES = "{paper: {outlet: Paper}, agency: {outlet: Agency}, mail: {outlet: Paper}}"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small(incident=FACTS, sources=SOURCES)


NIGHTS = table(
    dark_first=[10.0, 11.0, 12.0, 13.0], at_public_notice=[2.0, 2.5, np.nan, 9.0], content_lost=[0.0, 0.0, 0.0, 0.0],
    at_took_effect=[-1.0, 0.0, 0.5, 1.0], at_visible=[9.0, 11.0, 12.5, 14.0],
    at_audience_whole=[500.0, 700.0, np.nan, 400.0], at_first_statement=[60.0, 70.0, 80.0, 90.0],
)  # fmt: skip
FREE = table(dark_first=[1.0, 2.0, 3.0, 16.0])


@pytest.fixture(scope="module")
def found(scenario: Scenario) -> dict[str, FactResult]:
    return {fact.id: fact for fact in fact_results(scenario, NIGHTS, FREE, own=True)}


def test_a_checked_fact_has_its_percentile(found: dict[str, FactResult]) -> None:
    dark = found["dark"]
    assert (dark.documented, dark.documented_text, dark.unit, dark.source) == (
        11.0,
        "11 min",
        "min",
        "Paper, Agency",
    )
    # One below, one equal: between a quarter and a half.
    assert (dark.agrees, dark.percentile) == (True, 37.5)
    assert dark.simulated is not None
    assert (dark.simulated.median, dark.simulated.p05, dark.simulated.p95) == (11.0, 10.0, 13.0)


def test_by_and_after(found: dict[str, FactResult]) -> None:
    by, after = found["by"], found["after"]
    # Two of four by then, one of them just then; whoever never noticed is later than any time.
    assert (by.documented, by.documented_text, by.percentile, by.agrees) == (2.5, "by 18:51", 50.0, True)
    assert (after.documented, after.label, after.percentile) == (600.0, "whole again", 50.0)
    assert after.documented_text == "after 04:48:30 +1d"
    assert after.agrees


@pytest.mark.parametrize(
    ("fact", "times", "agrees"),
    [
        ("by", [2.5, 3.0], True), ("by", [2.6, 3.0], False), ("by", [np.nan, 2.6], False), ("by", [0.1, 0.2], True),
        ("after", [599.0, 600.0], True), ("after", [599.0, 598.0], False), ("after", [np.nan, 100.0], True),
        ("dark", [11.0, 30.0], True), ("dark", [12.0, 30.0], False), ("dark", [2.0, 3.0], False),
        ("dark", [2.0, 11.0], True),
    ],
)  # fmt: skip
def test_when_a_fact_agrees(scenario: Scenario, fact: str, times: list[float], agrees: bool) -> None:
    names = {"by": "at_public_notice", "after": "at_audience_whole", "dark": "dark_first"}
    nights = table(**{names[fact]: times}, content_lost=[0.0, 0.0])
    (result,) = (each for each in fact_results(scenario, nights, FREE, own=True) if each.id == fact)
    assert result.agrees is agrees


def test_a_tail_of_a_twentieth_is_enough(scenario: Scenario) -> None:
    for early, agrees in ((0.049, False), (0.051, True)):
        nights = table(
            [early, 1 - early],
            at_public_notice=[2.0, 9.0],
            content_lost=[0.0, 0.0],
            dark_first=[11.0, 11.0],
        )
        (result,) = (each for each in fact_results(scenario, nights, FREE, own=True) if each.id == "by")
        assert result.agrees is agrees


def test_another_policy_is_not_checked(scenario: Scenario) -> None:
    for fact in fact_results(scenario, NIGHTS, FREE, own=False):
        assert (fact.agrees, fact.percentile) == (None, None)


def test_the_free_model_is_another_table(found: dict[str, FactResult]) -> None:
    assert found["other"].percentile == 75.0
    assert found["other"].simulated is not None
    assert found["other"].simulated.p95 == 16.0


def test_what_is_not_checked_only_stands_beside(found: dict[str, FactResult]) -> None:
    said, reach, tenure = found["said"], found["reach"], found["tenure"]
    assert (said.role, said.agrees, said.disputed, said.documented) == ("noted", None, "not so", 77.35)
    assert said.simulated is not None
    assert (reach.role, reach.documented, reach.unit, reach.note) == (
        "given",
        "41.7 M followers",
        None,
        "about",
    )
    assert tenure.documented_text == "101 days"
    assert (found["lost"].unit, found["lost"].documented, found["lost"].agrees) == ("share", 0.0, True)
    assert found["lost"].documented_text == "0"


@pytest.mark.parametrize(
    ("relation", "agrees", "percentile"), [("", False, 0.0), ("by ", False, 0.0), ("after ", True, 0.0)]
)
def test_what_never_comes_is_later_than_any_time(relation: str, agrees: bool, percentile: float) -> None:
    night = checked("public_notice", f"{relation}2017-11-02T18:51:00Z")
    never = table(dark_first=[11.0, 12.0], at_took_effect=[0.0, 0.0])
    (fact,) = fact_results(night, never, never, own=True)
    assert (fact.agrees, fact.percentile, fact.simulated) == (agrees, percentile, None)


def checked(of: str, value: str) -> Scenario:
    """The small night with one checked fact."""
    incident = FACTS[: FACTS.index("  facts:")] + f"  facts: {{it: {{of: {of}, checked: {value}}}}}"
    return small(incident=incident, sources=SOURCES)


@pytest.mark.parametrize(
    ("value", "agrees", "percentile", "text"),
    [
        ("11 min", True, 50.0, "11 min"),
        ("within 10.5 min", False, 0.0, "within 10.5 min"),
        ("within 11 min", True, 100.0, "within 11 min"),
        ("after 11 min", True, 0.0, "after 11 min"),
        ("after 11.5 min", False, 100.0, "after 11.5 min"),
        # By the clock the worlds are spread around it.
        ("by 2017-11-02T18:59:00Z", True, 50.0, "by 18:59"),
    ],
)
def test_a_length_counts_from_each_worlds_own_effect(
    value: str, agrees: bool, percentile: float, text: str
) -> None:
    nights = table(at_took_effect=[-1.0, 0.5, 30.0], at_visible=[10.0, 11.5, 41.0], weights=[1.0, 1.0, 0.0])
    (fact,) = fact_results(checked("visible", value), nights, nights, own=True)
    assert (fact.agrees, fact.percentile, fact.documented_text) == (agrees, percentile, text)
    assert fact.simulated is not None
    assert fact.simulated.p95 == (11.5 if "T18" in value else 11.0)


@pytest.mark.parametrize(
    ("value", "text"), [("11 min", "+11 min"), ("within 5 min", "by +5 min"), ("after 90 s", "after +90 s")]
)
def test_a_length_in_the_timeline_counts_from_the_effect(value: str, text: str) -> None:
    nights = table(at_took_effect=[0.0], at_visible=[11.0], dark_first=[11.0])
    for of in ("visible", "dark"):
        night = checked(of, value)
        row = timeline(night, nights, fact_results(night, nights, nights, own=True))[1]
        assert (row.event, row.documented_text) == ("visible", text)


@pytest.mark.parametrize(
    ("facts", "name", "minutes"),
    [
        ("{it: {of: dark, pinned: 11 min}}", "it", 11.0),
        ("{a: {of: visible, checked: 2017-11-02T18:58:30Z}, b: {of: dark, noted: 9 min}}", "a", 10.0),
        ("{a: {of: dark, checked: 9 min}, b: {of: visible, pinned: 8 min}}", "b", 8.0),
        ("{a: {of: dark, checked: within 9 min}}", "a", None),
        ("{a: {of: dark, checked: 9 min, model: free}}", None, None),
        ("{a: {of: visible, noted: soon}, b: {noted: 11 min}}", None, None),
        ("{}", None, None),
    ],
)
def test_what_the_record_has_of_the_darkness(facts: str, name: str | None, minutes: float | None) -> None:
    incident = small(
        incident=FACTS[: FACTS.index("  facts:")] + f"  facts: {facts}", sources=SOURCES
    ).incident
    assert incident is not None
    assert (dark_fact(incident), dark_minutes(incident)) == (name, minutes)


def test_a_wide_margin_of_the_start_is_said_in_minutes() -> None:
    wide = small(incident=FACTS.replace("give_or_take: 60 s", "give_or_take: 10 min"), sources=SOURCES)
    start = next(row for row in timeline(wide, NIGHTS, fact_results(wide, NIGHTS, FREE, own=True))
                 if row.event == "took_effect")  # fmt: skip
    assert start.documented_text == "18:48:30 ±10 min"


def test_timeline_is_in_order_and_says_both_sides(scenario: Scenario, found: dict[str, FactResult]) -> None:
    rows = timeline(scenario, NIGHTS, tuple(found.values()))
    assert [each.event for each in rows] == [
        "tweet", "took_effect", "public_notice", "visible", "first_statement", "audience_whole",
    ]  # fmt: skip
    tweet, start, notice, visible, said, whole = rows
    assert (tweet.documented_text, tweet.median, tweet.minutes) == ("18:35", None, None)
    assert (start.label, start.documented_text, start.role) == ("gone dark", "18:48:30 ±60s", "given")
    assert start.documented == "2017-11-02T18:48:30+00:00"
    assert start.minutes is not None
    assert start.minutes.mean == 0.0
    assert (start.median, start.p95) == ("2017-11-02T18:48:30+00:00", "2017-11-02T18:49:30+00:00")
    assert (notice.documented_text, visible.documented_text) == ("by 18:51", "+11 min")
    assert (visible.label, visible.documented) == ("account visible", "2017-11-02T18:59:30+00:00")
    assert visible.minutes is not None
    assert visible.minutes.p05 == 10.0
    assert said.documented_text == "20:05:51"
    assert whole.minutes is not None


def test_a_start_without_a_name_of_its_own() -> None:
    bare = small()
    nights = table(dark_first=[11.0], at_took_effect=[0.0], at_visible=[11.0])
    facts = fact_results(bare, nights, nights, own=True)
    start, end = timeline(bare, nights, facts)
    assert (start.label, start.documented_text) == ("account deactivated", "18:48:30")
    assert (end.label, end.role) == ("account visible", "pinned")


def test_values_as_text(scenario: Scenario) -> None:
    assert scenario.incident is not None
    for value, text in (
        (FactValue("number", "is", 3.0), "3"),
        (FactValue("number", "by", 0.1), "at most 0.1"),
        (FactValue("duration", "after", 5 * MINUTE), "after 5 min"),
        (FactValue("text", "is", "as told"), "as told"),
    ):
        assert text_of_value(value, scenario, scenario.incident) == text
    assert value_of(scenario.incident.facts["dark"]).value == 11 * MINUTE
    assert source_text(scenario, ()) == ""


@pytest.mark.parametrize(
    ("value", "passes"),
    [("11 min", (1.0, 19.0)), ("within 5 min", (1.0, None)), ("after 5 min", (None, 19.0))],
)
def test_from_where_to_where_the_record_would_agree(
    value: str, passes: tuple[float | None, float | None]
) -> None:
    nights = table(
        at_took_effect=[0.0] * 20, at_visible=[float(at) for at in range(20)], dark_first=[1.0] * 20
    )
    # 0 to 19 minutes, one world each: a twentieth lies at either end.
    (fact,) = fact_results(checked("visible", value), nights, nights, own=True)
    assert fact.passes is not None
    low, high = fact.passes
    assert (low, high) == (None if passes[0] is None else 0.0, None if passes[1] is None else 18.0)
    for end in (low, high):
        if end is not None and end > 0.0:
            (again,) = fact_results(
                checked(
                    "visible",
                    f"{value.rsplit(' ', 2)[0]} {end:g} min" if " " in value[:-4] else f"{end:g} min",
                ),
                nights,
                nights,
                own=True,
            )
            assert again.agrees
    assert (fact.free, fact.agrees) == (False, True)


def test_what_never_comes_leaves_the_end_open() -> None:
    never = table(dark_first=[11.0, 12.0], at_took_effect=[0.0, 0.0], at_visible=[5.0, float("nan")])
    (fact,) = fact_results(checked("visible", "11 min"), never, never, own=True)
    assert fact.passes == (5.0, None)
