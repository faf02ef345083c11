"""The hero chart as data: the record on top, one lane a policy below, on one time axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..study.ranking import RULE
from ..study.results import Comparison, PolicyOutcome, ReadingOutcome, Replay
from .chart_data import Cell, Table, Words, finding, footer, pinned_minutes, put_in, recorded_minutes
from .compare_table import (
    GROUPS,
    baseline_dark,
    dark_text,
    dark_unit,
    decision_text,
    members,
    several,
    starts_text,
    told_reason,
    worse_text,
)
from .wording import FEW_WORLDS, instant, is_fixed, number, occasion, of_a_hundred, or_more, ranged

BEFORE, AFTER = 2, 2
"""Minutes shown before the effect, and after the last thing shown."""
LONGEST = 3
"""What ends later than this many times the record is left off the axis and said with an arrow."""


@dataclass(frozen=True, slots=True)
class Pin:
    """Something on record: minutes after the effect, and what it was."""

    minute: float
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Darkness of the first act where it is not stopped (minutes); `share` is how often that is.

    `text` says it of all acts. An `open` one lasts longer than `high`, and nobody knows how long.
    """

    start: float
    median: float
    low: float
    high: float
    share: float
    text: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """One policy (or one as the actor adapts to it): dots per reading, a bar, words beside it."""

    name: str
    group: str
    stopped: tuple[int, ...]
    bar: Bar | None
    note: str
    cost: str
    adapted: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A group of lanes under its heading; `told` lanes have words instead of marks."""

    heading: str
    lanes: tuple[Lane, ...]
    told: bool


@dataclass(frozen=True, slots=True)
class HeroData:
    """The whole incident and every policy in one picture.

    `record` is how long it was dark on record, `baseline` how long under the scenario's own
    policy in the worlds compared; where the record is pinned, the two are one.
    """

    words: Words
    effect: datetime
    fuzzy: float
    record: float | None
    baseline: float | None
    pins: tuple[Pin, ...]
    letters: tuple[str, ...]
    sections: tuple[Section, ...]
    low: float
    high: float
    alt: str
    table: Table

    @property
    def bars(self) -> list[Bar]:
        """Every bar of the chart."""
        return [lane.bar for section in self.sections for lane in section.lanes if lane.bar is not None]


def hero_data(replay: Replay, comparison: Comparison) -> HeroData:
    """The hero chart of a replay under the scenario's own policy and of the comparison."""
    scenario = replay.scenario
    assert scenario.incident is not None  # noqa: S101 - a replay has an incident
    effect = instant(scenario.incident.at.value.value, scenario.zone)
    record = recorded_minutes(replay)
    put = pinned_minutes(replay)
    dark = put if put is not None else _baseline_first(comparison)
    title = finding(comparison, put)
    sections = tuple(_sections(comparison, simulated=put is None))
    readings = ", ".join(f"{letter} {label}" for _, label, letter in comparison.readings)
    what, of_the_first = "the account never goes dark", ""
    if several(comparison):
        what, of_the_first = "no account goes dark", " (the first account; figures: all accounts together)"
    subtitle = (
        f"Dots: of 100 {occasion(scenario)}s, those on which {what}, by reading of the sources "
        f"({readings}). "
        f"Bars: minutes dark on the others{of_the_first}, to the median, with the middle 90 %; the taller, the more of "
        "them. "
        "Hatched: no source gives the split. "
        f"In a group: {RULE}."
    )
    if any(bar.text.startswith("~") for section in sections for lane in section.lanes if (bar := lane.bar)):
        subtitle += f" ~: under {FEW_WORLDS} effective {occasion(scenario)}s, no range."
    if any(bar.open for section in sections for lane in section.lanes if (bar := lane.bar)):
        subtitle += (
            " A bar with a point lasts longer than its end, which is as long as anything was followed."
        )
    words = Words(
        scenario.title,
        title,
        subtitle,
        footer(replay, put_in(put) and "Length put in, not predicted. Chances of stopping are put in, too."),
    )
    bars = [lane.bar for section in sections for lane in section.lanes if lane.bar is not None]
    ends = [bar.start + bar.high for bar in bars]
    reach = max([dark or 1.0, *(end for end in ends if dark is None or end <= LONGEST * dark)])
    return HeroData(
        words,
        effect,
        scenario.incident.at.give_or_take.value / 60e6,
        record,
        dark,
        tuple(_pins(replay, effect)),
        tuple(letter for _, _, letter in comparison.readings),
        sections,
        -BEFORE,
        math.ceil(reach) + AFTER,
        _alt(title, sections, comparison),
        _table(comparison),
    )


def _baseline_first(comparison: Comparison) -> float | None:
    """Median minutes dark of the first act under the scenario's own policy."""
    for policy in comparison.policies:
        if policy.name == comparison.baseline and policy.readings:
            first = policy.readings[0].dark_first
            return baseline_dark(comparison) if first is None else first.median
    return None


def _pins(replay: Replay, effect: datetime) -> list[Pin]:
    """What is on record with a time, but not the effect itself, which is the axis."""
    pins = []
    for row in replay.timeline:
        if row.documented is None:
            continue
        minute = (datetime.fromisoformat(row.documented) - effect).total_seconds() / 60
        if abs(minute) > 0.01:
            pins.append(Pin(minute, f"{row.label} {row.documented_text}"))
    return sorted(pins, key=lambda pin: pin.minute)


def _sections(comparison: Comparison, *, simulated: bool) -> list[Section]:
    """A section a group; first of all the baseline, where it is the model's and not the record's."""
    sections = []
    own = next((policy for policy in comparison.policies if policy.name == comparison.baseline), None)
    if simulated and own is not None and own.readings:
        lane = _lane(comparison, own, own.label, own.readings, "the model left free", "")
        sections.append(Section("as it was", (replace(lane, group="baseline"),), told=False))
    for group, heading in GROUPS:
        told = group in {"nothing", "unknown"}
        lanes = [lane for policy in members(comparison, group) for lane in _lanes(comparison, policy, told)]
        if lanes:
            sections.append(Section(heading, tuple(lanes), told))
    return sections


def _lanes(comparison: Comparison, policy: PolicyOutcome, told: bool) -> list[Lane]:
    if told or not policy.readings:
        return [Lane(policy.label, policy.group, (), None, told_reason(policy), "")]
    note = "; ".join(filter(None, (worse_text(policy), decision_text(policy))))
    lanes = [_lane(comparison, policy, policy.label, policy.readings, note, policy.friction_text)]
    if policy.adapted:
        changed = {outcome.reading: outcome for outcome in policy.adapted}
        merged = [changed.get(outcome.reading, outcome) for outcome in policy.readings]
        lanes.append(
            _lane(comparison, policy, "if the actor adapts", merged, policy.reason or "", "", adapted=True)
        )
    return lanes


def _lane(
    comparison: Comparison,
    policy: PolicyOutcome,
    name: str,
    outcomes: Sequence[ReadingOutcome],
    note: str,
    cost: str,
    adapted: bool = False,
) -> Lane:
    stopped = tuple(of_a_hundred(outcome.stopped) for outcome in outcomes)
    shown = next((outcome for outcome in outcomes if outcome.dark is not None), None)
    bar = None
    if shown is not None and shown.dark is not None:
        start = shown.starts.median if shown.starts is not None else 0.0
        first = shown.dark_first or shown.dark
        few = dark_text(shown).startswith("~")
        text = f"{'~' * few}{number(shown.dark.median)} {dark_unit(comparison)}"
        if few or (is_fixed(shown.dark) and not shown.dark.longer):
            text = or_more(shown.dark, "median", text)
        else:
            text = ranged(shown.dark, text, number(shown.dark.p05), number(shown.dark.p95), "\N{EN DASH}")
        text += starts_text(comparison, shown)
        low, high = (first.median, first.median) if few else (first.p05, first.p95)
        bar = Bar(start, first.median, low, high, 1 - shown.stopped.mean, text, bool(first.longer))
    return Lane(name, policy.group, stopped, bar, note, cost, adapted)


def _alt(title: str, sections: Sequence[Section], comparison: Comparison) -> str:
    letters = [letter for _, _, letter in comparison.readings]
    parts = [title + "."]
    for section in sections:
        said = []
        for lane in section.lanes:
            if section.told:
                said.append(f"{lane.name}: {lane.note}")
                continue
            shares = ", ".join(
                f"{letter} {share}" for letter, share in zip(letters, lane.stopped, strict=False)
            )
            dark = "" if lane.bar is None else f", otherwise dark {lane.bar.text}"
            said.append(f"{lane.name}: stopped of 100: {shares}{dark}")
        parts.append(f"{section.heading.capitalize()}: " + "; ".join(said) + ".")
    return " ".join(parts)


def _table(comparison: Comparison) -> Table:
    columns = (
        "policy", "group", "reading", "actor_adapts", "stopped_share", "stopped_low", "stopped_high",
        "dark_median_min", "dark_p05_min", "dark_p95_min", "longer_than", "starts_median_min",
        "decided_by", "weekly_cost",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for policy in comparison.policies:
        for adapts, outcomes in ((0, policy.readings), (1, policy.adapted)):
            for outcome in outcomes:
                dark = outcome.dark
                rows.append(
                    (
                        policy.name,
                        policy.group,
                        outcome.reading,
                        adapts,
                        outcome.stopped.mean,
                        outcome.stopped.low,
                        outcome.stopped.high,
                        *((None,) * 3 if dark is None else (dark.median, dark.p05, dark.p95)),
                        None if dark is None else " ".join(dark.longer),
                        None if outcome.starts is None else outcome.starts.median,
                        decision_text(policy),
                        policy.friction_text,
                    )
                )
        if not policy.readings:
            rows.append((policy.name, policy.group, *(None,) * 10, "", policy.friction_text))
    return Table(columns, tuple(rows))
