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
    Group,
    PolicyOutcome,
    ReadingOutcome,
    Replay,
    StageResult,
    Summary,
)
from .compare_table import (
    baseline_summary,
    decision_text,
    members,
    ordered,
    others,
    several,
    tied_with,
)
from .cut_text import counted_for, is_cut
from .replayed import cautions, dark_fact, own_policy
from .run_table import split_text
from .wording import (
    and_list,
    inputs_text,
    minutes,
    number,
    occasion,
    of_a_hundred,
    or_more,
    plural,
    ranged,
    sentence,
    with_article,
)

Cell = str | float | int | None
OUTLETS_SHOWN = 5
HARSH = 0.5
"""The share of honest actions denied or undone from which a title that names a policy says so."""


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
    """One stage: where it begins on average, and how long it takes (minutes); `open` if `p95` is a lower bound."""

    label: str
    start: float
    mean: float
    p05: float
    p95: float
    open: bool = False


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
    """One channel of the race: when it notices and when word of it arrives (minutes).

    Both are of the worlds in which its word is the first; of a channel that never is, `notices` is
    of all worlds in which it notices, and `of_all` says so.
    """

    label: str
    notices: Summary | None
    arrives: Summary | None
    first: float
    of_all: bool = False


@dataclass(frozen=True, slots=True)
class RaceData:
    """Who brings the first word."""

    words: Words
    lanes: tuple[ChannelLane, ...]
    visible: float | None
    visible_text: str
    alt: str
    table: Table


def minutes_data(replay: Replay) -> MinutesData:
    """Where the minutes went, stage after stage."""
    bars, at = [], 0.0
    for stage in replay.stages:
        summary = stage.summary
        bars.append(
            StageBar(stage.label, at, summary.mean, summary.p05, summary.p95, "p95" in summary.longer)
        )
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
    within = counted_for(stage.summary.horizon if is_cut(stage.summary) else None for stage in replay.stages)
    words = Words(
        replay.scenario.title,
        title,
        f"Mean length of each stage{within and ' of a dark time ' + within.removeprefix('each ')}, one after the "
        "other; on the right the mean and middle 90 % of each by itself"
        f"{' (a point: longer than that)' if within else ''}. Hatched: {split_text(replay)}.",
        footer(replay, put_in(put)),
    )
    alt = title + ". " + " ".join(_stage_said(stage) for stage in replay.stages)
    # Stages are those of the first act, minutes dark those of all together.
    free = replay.free.get("dark_minutes") if one_act(replay) else None
    if free is not None:
        low, high = number(free.p05), number(free.p95)
        alt += (
            f" Left free, the model gives {ranged(free, minutes(free.median), low, high, ' to ', '90 %: ')}."
        )
    rows = tuple(
        (
            stage.name,
            stage.label,
            bar.start,
            stage.summary.mean,
            stage.summary.median,
            bar.p05,
            bar.p95,
            " ".join(stage.summary.longer),
            "min",
        )
        for stage, bar in zip(replay.stages, bars, strict=True)
    )
    table = Table(
        ("stage", "label", "mean_start", "mean", "median", "p05", "p95", "longer_than", "unit"), rows
    )
    return MinutesData(words, tuple(bars), record, free, alt, table)


def _stage_said(stage: StageResult) -> str:
    summary = stage.summary
    high = or_more(summary, "p95", number(summary.p95))
    return f"{stage.label}: mean {number(summary.mean)} min (90 %: {number(summary.p05)} to {high})."


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
        "When each channel notices the dark account and when word of it reaches the platform, in the worlds in which "
        "its word is the first: median and middle 90 %. Pale: it is never the first; when it notices.",
        footer(
            replay, "Delays of the channels are put in: `deactsim show sources` says which rest on a source."
        ),
    )
    alt = title + ". " + " ".join(_channel_said(channel) for channel in channels)
    rows = tuple(
        (
            channel.name,
            channel.label,
            channel.first,
            *_cells(channel.notices),
            *_cells(channel.notices_first),
            *_cells(channel.arrives),
        )
        for channel in channels
    )
    parts = ("notices", "notices_where_first", "arrives_where_first")
    spans = (f"{part}_{figure}_min" for part in parts for figure in ("median", "p05", "p95"))
    dark = replay.measures.get("dark_minutes")
    return RaceData(
        words,
        tuple(
            ChannelLane(
                channel.label,
                channel.notices if channel.arrives is None else channel.notices_first,
                channel.arrives,
                channel.first,
                channel.arrives is None,
            )
            for channel in channels
        ),
        dark.median if dark is not None and one_act(replay) else None,
        "" if dark is None else or_more(dark, "median", minutes(dark.median)),
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
    parts = [first] if first else []
    parts.append(
        f"{plural(replay.worlds, 'simulated ' + occasion(replay.scenario))} "
        f"(worth {replay.effective_worlds:,.0f}), seed {replay.seed}; {inputs_text(replay.rests_on)}."
    )
    parts += [f"Careful: {said}." for said in cautions(replay)]
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


def first_of(comparison: Comparison, group: Group | None = None) -> PolicyOutcome | None:
    """The first policy of the comparison's order, or of a group in it; None if there is none."""
    found = others(comparison) if group is None else members(comparison, group)
    return next((policy for policy in ordered(comparison, found) if policy.readings), None)


def worst_of(policy: PolicyOutcome) -> ReadingOutcome:
    """The reading, or the adapting actor, under which most minutes dark are left."""
    return max((*policy.readings, *policy.adapted), key=lambda outcome: outcome.mean_dark.mean)


def named(comparison: Comparison, policy: PolicyOutcome) -> str:
    """A policy's label, and those of its group that cannot be told apart from it."""
    names = tied_with(comparison, policy.name)
    tied = [each.label for each in others(comparison) if each.name in names and each.group == policy.group]
    if not tied:
        return policy.label
    return f"{policy.label} (tied with {and_list(tied) if len(tied) < 3 else f'{len(tied)} others'})"


def harsh(policy: PolicyOutcome) -> str:
    """What a policy that refuses much of honest work, or undoes most of it, does to it; nothing of any other."""
    if policy.refused is not None:
        return f"CAREFUL: {policy.refused.short}"
    asked = policy.friction.get("actions")
    for name, said in (("wrongly_undone", "undoes"), ("denied", "denies")):
        hit = policy.friction.get(name)
        if asked is not None and hit is not None and hit.mean > HARSH * asked.mean > 0:
            return f"it also {said} {number(hit.mean)} of {number(asked.mean)} honest actions a week"
    return ""


def put_in_text(policy: PolicyOutcome) -> str:
    """What was put in that decides a finding, so that nobody takes it for one, or how it is stopped."""
    decides = decision_text(policy)
    put = "" if policy.decided_by is None else "put in: "
    said = "; ".join(filter(None, (decides and put + decides, harsh(policy))))
    return f" ({said})" if said else ""


def finding(comparison: Comparison, put: float | None) -> str:
    """The answer in a sentence: the first policy that stops it and the first that shortens it, in order.

    `put` are the minutes on record if they were put in; otherwise the model's are compared.
    """
    simulated = baseline_summary(comparison)
    length = "darkness"
    if simulated is not None:
        length = f"simulated {or_more(simulated, 'median', number(simulated.median))} minutes"
    if put is not None and not several(comparison):
        length = f"{number(put)} minutes"
    stop, short = first_of(comparison, "stops"), first_of(comparison, "shortens")
    if stop is None and short is None:
        return f"No policy here would have stopped or shortened the {length}"
    parts = []
    for policy in ordered(comparison, [each for each in (stop, short) if each is not None]):
        who = named(comparison, policy)
        if policy.group == "stops":
            outcomes = (*policy.readings, *policy.adapted)
            least = min(outcomes, key=lambda outcome: outcome.stopped.mean)
            at_least = "at least " if len({of_a_hundred(each.stopped) for each in outcomes}) > 1 else ""
            said = f"{who} would have stopped {at_least}{of_a_hundred(least.stopped)} of 100 such "
            parts.append(said + f"{occasion(comparison.scenario)}s" + put_in_text(policy))
        else:
            worst = worst_of(policy)
            left = number(worst.mean_dark.mean)
            if worst.dark is not None:
                left = or_more(worst.dark, "median", number(worst.dark.median))
            parts.append(f"{who} would have cut the {length} to {left}" + put_in_text(policy))
    if stop is None:
        parts.insert(0, "no policy here would have stopped it")
    return sentence("; ".join(parts))
