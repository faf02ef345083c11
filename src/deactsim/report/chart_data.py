"""What a chart shows, as plain data: its words, its figures, its alt text and its rows.

Every title is computed from the result, so that a chart never says what its data do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..study.facts import dark_minutes
from ..study.results import (
    ChannelResult,
    Comparison,
    PolicyOutcome,
    ReadingOutcome,
    Replay,
    StageResult,
    Summary,
)
from .compare_table import baseline_dark, decision_text, others, several
from .run_table import dark_fact, own_policy, split_text
from .wording import and_list, minutes, number, occasion, of_a_hundred, plural, sentence, with_article

Cell = str | float | int | None
OUTLETS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Words:
    """What is said around a chart: the scenario, the finding, how to read it, what it rests on."""

    kicker: str
    title: str
    subtitle: str
    footer: str


@dataclass(frozen=True, slots=True)
class Table:
    """The figures behind a chart, for the CSV beside it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class StageBar:
    """One stage: where it begins on average, and how long it takes (minutes)."""

    label: str
    start: float
    mean: float
    p05: float
    p95: float


@dataclass(frozen=True, slots=True)
class MinutesData:
    """Where the minutes went."""

    words: Words
    bars: tuple[StageBar, ...]
    record: float | None
    free: Summary | None
    alt: str
    table: Table


@dataclass(frozen=True, slots=True)
class ChannelLane:
    """One channel of the race: when it notices and when word of it arrives (minutes)."""

    label: str
    notices: Summary | None
    arrives: Summary | None
    first: float


@dataclass(frozen=True, slots=True)
class RaceData:
    """Who brings the first word."""

    words: Words
    lanes: tuple[ChannelLane, ...]
    visible: float | None
    alt: str
    table: Table


def minutes_data(replay: Replay) -> MinutesData:
    """Where the minutes went, stage after stage."""
    bars, at = [], 0.0
    for stage in replay.stages:
        summary = stage.summary
        bars.append(StageBar(stage.label, at, summary.mean, summary.p05, summary.p95))
        at += summary.mean
    record = recorded_minutes(replay)
    put = pinned_minutes(replay)
    total = number(at if put is None else put)
    title = "No stage of the dark time was simulated"
    if bars:
        longest = sorted(replay.stages, key=lambda stage: -stage.summary.mean)[:2]
        named = and_list([f"“{stage.label}”" for stage in longest])
        share = number(sum(stage.summary.mean for stage in longest))
        title = f"If the assumed stage lengths hold, {named} took {share} of the {total} minutes"
    words = Words(
        replay.scenario.title,
        title,
        f"Mean length of each stage, with the middle 90 % of the simulation. Hatched: {split_text(replay)}.",
        footer(replay, put_in(put)),
    )
    alt = title + ". " + " ".join(_stage_said(stage) for stage in replay.stages)
    # Stages are those of the first act, minutes dark those of all together.
    free = replay.free.get("dark_minutes") if one_act(replay) else None
    if free is not None:
        alt += f" Left free, the model gives {minutes(free.median)} (90 %: {number(free.p05)} to {number(free.p95)})."
    rows = tuple(
        (
            stage.name,
            stage.label,
            bar.start,
            stage.summary.mean,
            stage.summary.median,
            bar.p05,
            bar.p95,
            "min",
        )
        for stage, bar in zip(replay.stages, bars, strict=True)
    )
    table = Table(("stage", "label", "mean_start", "mean", "median", "p05", "p95", "unit"), rows)
    return MinutesData(words, tuple(bars), record, free, alt, table)


def _stage_said(stage: StageResult) -> str:
    summary = stage.summary
    return f"{stage.label}: mean {number(summary.mean)} min (90 %: {number(summary.p05)} to {number(summary.p95)})."


def race_data(replay: Replay) -> RaceData:
    """The channels that race to notice, those that are first most often on top."""
    channels = sorted(replay.channels, key=lambda channel: -channel.first)
    title = "No channel of detection was simulated"
    if channels:
        first = channels[0]
        title = f"First word comes from {with_article(first.label)} {of_share(first.first)}"
        silent = [with_article(channel.label) for channel in channels if channel.first < 0.005]
        if silent:
            title += f"; from {_or_list(silent)} hardly ever"
    words = Words(
        replay.scenario.title,
        title,
        "When each channel notices the dark account, where it does, and when word of it reaches the platform, where "
        "its word is the first: median and middle 90 % of those worlds.",
        footer(
            replay, "Delays of the channels are put in: `deactsim show sources` says which rest on a source."
        ),
    )
    alt = title + ". " + " ".join(_channel_said(channel) for channel in channels)
    rows = tuple(
        (channel.name, channel.label, channel.first, *_cells(channel.notices), *_cells(channel.arrives))
        for channel in channels
    )
    spans = (f"{part}_{figure}_min" for part in ("notices", "arrives") for figure in ("median", "p05", "p95"))
    dark = replay.measures.get("dark_minutes")
    return RaceData(
        words,
        tuple(
            ChannelLane(channel.label, channel.notices, channel.arrives, channel.first)
            for channel in channels
        ),
        dark.median if dark is not None and one_act(replay) else None,
        alt,
        Table(("channel", "label", "share_first", *spans), rows),
    )


def _channel_said(channel: ChannelResult) -> str:
    if channel.notices is None:
        return f"{channel.label}: never notices."
    median = minutes(channel.notices.median)
    return f"{channel.label}: notices after {median} (median), first {of_share(channel.first)}."


def of_share(share: float) -> str:
    """`71 times of 100`."""
    return f"{100 * share:.0f} times of 100"


def _cells(summary: Summary | None) -> tuple[Cell, Cell, Cell]:
    return (None, None, None) if summary is None else (summary.median, summary.p05, summary.p95)


def _or_list(items: Sequence[str]) -> str:
    return and_list(list(items)).replace(" and ", " or ")


def one_act(replay: Replay) -> bool:
    """Whether the actor goes for one account only."""
    incident = replay.scenario.incident
    return incident is None or not incident.further_acts


def recorded_minutes(replay: Replay) -> float | None:
    """How long it was dark on record, in minutes; None if that is not said, or only a bound."""
    fact, incident = dark_fact(replay), replay.scenario.incident
    if fact is None or incident is None or dark_minutes(incident) is None or not own_policy(replay):
        return None
    return fact.documented if isinstance(fact.documented, float) else None


def pinned_minutes(replay: Replay) -> float | None:
    """The minutes on record if they were put in; None where they are only compared with."""
    fact = dark_fact(replay)
    return recorded_minutes(replay) if fact is not None and fact.role == "pinned" else None


def put_in(record: float | None) -> str:
    """What of a chart is the record's and not the model's."""
    return "" if record is None else f"The {number(record)} minutes are put in, not predicted."


def footer(replay: Replay, first: str) -> str:
    """What a chart rests on: what was put in, the simulation, the sources of the record."""
    basis = replay.rests_on
    parts = [first] if first else []
    parts.append(
        f"{plural(replay.worlds, 'simulated ' + occasion(replay.scenario))}, seed {replay.seed}; "
        f"{basis.documented} documented and {basis.assumed} assumed numbers."
    )
    sources = outlets(replay)
    if sources:
        parts.append(f"Sources: {sources}.")
    return " ".join(parts)


def outlets(replay: Replay) -> str:
    """Who the record is from: the outlets of the simulated facts, each once."""
    listed: list[str] = []
    for fact in replay.facts:
        if fact.role in {"pinned", "given", "checked"}:
            listed += [part for part in fact.source.split(", ") if part and part not in listed]
    more = len(listed) - OUTLETS_SHOWN
    return ", ".join(listed[:OUTLETS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def surest(comparison: Comparison) -> tuple[PolicyOutcome, ReadingOutcome] | None:
    """The policy that stops it most often under the reading (or adaptation) that is worst for it.

    Of those that the simulation cannot tell apart, the one the scenario names first.
    """
    found = [
        (policy, min((*policy.readings, *policy.adapted), key=lambda outcome: outcome.stopped.mean))
        for policy in others(comparison)
        if policy.group == "stops" and policy.readings
    ]
    best = max((worst.stopped for _, worst in found), key=lambda stopped: stopped.mean, default=None)
    return next((each for each in found if best is not None and each[1].stopped.high >= best.mean), None)


def shortest(comparison: Comparison) -> tuple[PolicyOutcome, float] | None:
    """The policy that leaves the fewest minutes dark without stopping it, under the first reading."""
    best: tuple[PolicyOutcome, float] | None = None
    for policy in others(comparison):
        if policy.group == "shortens" and policy.readings and policy.readings[0].dark is not None:
            median = policy.readings[0].dark.median
            if best is None or median < best[1]:
                best = policy, median
    return best


def put_in_text(policy: PolicyOutcome) -> str:
    """What was put in that decides a finding, so that nobody takes it for one."""
    decides = decision_text(policy.decided_by)
    return f" (put in: {decides})" if decides else ""


def finding(comparison: Comparison, put: float | None) -> str:
    """The answer in a sentence: what stops it surest, and what shortens it most.

    `put` are the minutes on record if they were put in; otherwise the model's are compared.
    """
    simulated = baseline_dark(comparison)
    length = "darkness" if simulated is None else f"simulated {number(simulated)} minutes"
    if put is not None and not several(comparison):
        length = f"{number(put)} minutes"
    stop, short = surest(comparison), shortest(comparison)
    if stop is None and short is None:
        return f"No policy here would have stopped or shortened the {length}"
    parts = []
    if stop is not None:
        policy, worst = stop
        shares = {of_a_hundred(outcome.stopped) for outcome in (*policy.readings, *policy.adapted)}
        at_least = "at least " if len(shares) > 1 else ""
        decides = put_in_text(policy)
        parts.append(
            f"{policy.label} would have stopped {at_least}{of_a_hundred(worst.stopped)} of 100 such "
            f"{occasion(comparison.scenario)}s" + decides
        )
    if short is not None:
        policy, median = short
        parts.append(f"{policy.label} would have cut the {length} to {number(median)}" + put_in_text(policy))
    if stop is None:
        parts.insert(0, "no policy here would have stopped it")
    return sentence("; ".join(parts))
