"""The text of a replay: the answer first, what was put in beside it, silence admitted."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ..scenario.paths import leaves
from ..study.measures import STAGES
from ..study.results import FactResult, ReadingReplay, Replay, StageResult, Summary, TimelineRow
from .cut_text import is_cut
from .replayed import (
    acts_of,
    cautions,
    dark_fact,
    day_of,
    few_dark,
    followers,
    incident_of,
    length_on_record,
    own_policy,
    reading_of,
)
from .run_checks import checks
from .wording import (
    BETWEEN,
    WIDTH,
    clock,
    count,
    disputed_text,
    facts_text,
    filled,
    headed,
    inputs_text,
    is_fixed,
    lengths,
    measure_name,
    minutes,
    number,
    occasion,
    or_more,
    page,
    percent,
    plural,
    ranged,
    silence,
    wrap,
)

BAR = 24
"""Columns of the longest bar of a stage."""
SOON = 60
"""Minutes after the effect up to which times are all said in minutes."""
NARROW = 76
"""Columns below which the timeline goes without its sources."""


def run_table(replay: Replay, file: str, digest: str, width: int = WIDTH) -> str:
    """A replay as text of `width` columns.

    `file` names the scenario in the next command, `digest` is its hash.
    """
    blocks = [
        _head(replay, digest, width),
        _exposure(replay, width),
        _careful(replay, width),
        _stages(replay, width),
        _timeline(replay, width),
        checks(replay, width),
        _also(replay, width),
        _rests_on(replay, width),
        [f"next     deactsim compare {shlex.quote(file)}"],
    ]
    return page(blocks)


def _head(replay: Replay, digest: str, width: int) -> list[str]:
    lines = headed(replay.scenario.title, f"replay, policy {replay.policy}", width)
    fit = "each made to fit the record"
    if not any(fact.role == "pinned" for fact in replay.facts):
        fit = "nothing pinned"
    worlds = plural(replay.worlds, "simulated " + occasion(replay.scenario))
    fit += f" (worth {replay.effective_worlds:,.0f})"
    return lines + wrap(f"{worlds}, {fit} | seed {replay.seed} | {digest[:8]}", width)


def _exposure(replay: Replay, width: int) -> list[str]:
    label = "EXPOSURE TIME"
    dark = replay.measures.get("dark_minutes")
    acts = acts_of(replay)
    never = "the account never went dark" if acts == 1 else "no account went dark"
    reading = reading_of(replay)
    if dark is None or reading.stopped.mean >= 1:
        return filled(label, f"none: {never}.", len(label) + 1, width)
    audience = followers(replay)
    before = f", {count(audience)} followers" if audience is not None else ""
    few = few_dark(replay)
    length = or_more(dark, "median", minutes(dark.median)) if few else _dark(dark)
    said = f"{length} dark{before if acts == 1 else f', {acts} accounts together'}."
    if reading.stopped.mean > 0:
        said = (
            f"none on {percent(reading.stopped.mean)} % of the {occasion(replay.scenario)}s, which it stops; "
            f"on the others {said}"
        )
    if own_policy(replay):
        said += " " + _put_in(replay)
    lines = filled(label, said, len(label) + 1, width)
    for other in replay.readings:
        if other.same_as is None and other.name != replay.reading:
            lines += filled("", f"Read as {other.label}: {_other(other)}.", len(label) + 1, width)
    return lines


def _careful(replay: Replay, width: int) -> list[str]:
    lines: list[str] = []
    for said in cautions(replay):
        lines += filled("" if lines else "CAREFUL", f"{said}.", width=width)
    return lines


def _put_in(replay: Replay) -> str:
    """What of the exposure time is the record's, and what the free model says."""
    fact = dark_fact(replay)
    free = replay.free.get("dark_minutes")
    if fact is None or free is None:
        return ""
    first = "" if acts_of(replay) == 1 else " of the first"
    length = length_on_record(replay, fact)
    if length is None:
        return f"This is the model's; on record it was over {fact.documented_text}."
    if fact.role != "pinned":
        return f"This is the model's; on record it was {length}{first}."
    said = (
        f"The {number(_value(fact))}{first} is put in, not predicted: left free the model gives {_dark(free)}"
    )
    if replay.prior_percentile is not None:
        who = "" if not first else " of the first"
        said += f"; {percent(replay.prior_percentile / 100)} %{who} end sooner than the record"
    return said + "."


def _other(reading: ReadingReplay) -> str:
    dark = reading.measures.get("dark_minutes")
    stopped = reading.stopped.mean
    if dark is None or stopped >= 1:
        return "it never goes dark"
    return f"{_dark(dark)} dark" + (f", and stopped {percent(stopped)} times of 100" if stopped else "")


def _dark(dark: Summary) -> str:
    low, high = number(dark.p05), number(dark.p95)
    if low == high and not dark.longer:
        return minutes(dark.median)
    return ranged(dark, minutes(dark.median), low, high, " to ", "90 %: ")


def _value(fact: FactResult) -> float:
    return float(fact.documented) if isinstance(fact.documented, (int, float)) else float("nan")


def _stages(replay: Replay, width: int) -> list[str]:
    if not replay.stages:
        return []
    fact = dark_fact(replay)
    title = "WHERE THE MINUTES WENT"
    if own_policy(replay) and fact is not None and fact.role == "pinned":
        title = f"WHERE THE {number(_value(fact))} MINUTES WENT"
    aside = split_text(replay)
    reading = reading_of(replay)
    few = few_dark(replay)
    if reading.stopped.mean > 0:
        aside = "where it was not stopped"
        if reading.dark_worlds is not None:
            aside += f", worth {reading.dark_worlds:,.0f} {occasion(replay.scenario)}s"
            aside += ": too few for ranges" if few else ""
    if acts_of(replay) > 1:
        aside = f"of the first act; {aside}"
    within = next((stage.summary.horizon for stage in replay.stages if is_cut(stage.summary)), None)
    mean = "mean, min" if within is None else f"mean within {minutes(within)}, min"
    heading = f"{title}   {mean}" + ("" if few else " (90 %)")
    lines = [f"{heading}   {aside}"]
    if len(lines[0]) > width:
        lines = [heading, f"  {aside}"]
    name = max(len(stage.label) for stage in replay.stages)
    longest = max(stage.summary.mean for stage in replay.stages) or 1.0
    bar = max(1, min(BAR, width - name - 28))
    return lines + [_stage(stage, name, bar / longest, few=few) for stage in replay.stages]


def split_text(replay: Replay) -> str:
    """Whether any source gives the lengths that the dark time is divided by."""
    told = any(
        leaf.basis == "documented"
        for path, leaf in leaves(replay.scenario)
        if path.removeprefix("response.") in STAGES or re.fullmatch(r"detection\.\w+\.delay", path)
    )
    return "sources give part of this split" if told else "no source gives this split"


def _stage(stage: StageResult, width: int, scale: float, *, few: bool) -> str:
    summary = stage.summary
    spans = "" if few else stage_span(summary)
    bar = "#" * max(1 if summary.mean > 0 else 0, round(summary.mean * scale))
    return f"  {stage.label:<{width}}  {summary.mean:>6.1f}  {spans:<13}  {bar}"


def stage_span(summary: Summary) -> str:
    """The middle 90 % of a stage; where that is nothing and the mean is not, most have nothing of it."""
    if summary.p95 < 0.05 <= summary.mean:
        return "(mostly 0)"
    if "p95" in summary.longer:
        return f"({summary.p05:.1f}-{or_more(summary, 'p95', minutes(summary.p95))})"
    return f"({summary.p05:.1f}-{summary.p95:.1f})"


def _timeline(replay: Replay, width: int) -> list[str]:
    rows = replay.timeline
    if not rows:
        return []
    day, possible = day_of(replay), modelled(replay)
    cells = [
        (
            row.label,
            row.documented_text,
            simulated(row, day, happens=row.event in possible),
            row.role or "",
            first_source(row.source),
        )
        for row in rows
    ]
    head = (f"TIMELINE ({day.tzname()})", "record", "simulated, 90 %", "", "source")
    # The event column carries an indent that the heading does not have.
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    widths[0] = max(widths[0] + 2, len(head[0]))
    if width < NARROW:
        widths.pop()
    rest = width - sum(widths[1:4]) - 2 * (len(widths) - 1)
    source = min(widths[4], max(12, rest - min(32, widths[0]))) if len(widths) > 4 else 0
    widths[0] = max(12, min(32, widths[0], rest - source))
    widths[4:] = [max(12, min(widths[4], rest - widths[0]))] if len(widths) > 4 else []
    lines = list(_laid_out(head[: len(widths)], widths, indent=0))
    for cell in cells:
        lines += _laid_out(cell[: len(widths)], widths, indent=2)
    return lines


def _laid_out(cells: Sequence[str], widths: list[int], indent: int) -> Iterator[str]:
    """One row of a table, cells wrapped within their columns."""
    columns = [[" " * indent + line for line in wrap(cells[0], widths[0] - indent)]]
    columns += [wrap(cell, width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    for at in range(max(map(len, columns))):
        yield "  ".join(
            f"{column[at] if at < len(column) else '':<{width}}"
            for column, width in zip(columns, widths, strict=True)
        ).rstrip()


def modelled(replay: Replay) -> set[str]:
    """The events that the scenario lets happen, whether they do or not."""
    scenario = replay.scenario
    said = scenario.statements
    parts = {
        "public_notice": scenario.detection.public,
        "first_statement": said,
        "second_statement": said and said.second,
        "audience_whole": scenario.audience_whole,
    }
    always = {"took_effect", "detected", "visible", "contained"}
    return always | {name for name, part in parts.items() if part is not None}


def simulated(row: TimelineRow, day: datetime, *, happens: bool = False) -> str:
    """When the worlds have the event: by the clock, or after the effect where the record says so.

    `happens` says that an event in none of the worlds is one that could have been.
    """
    if row.p05 is None or row.p95 is None or row.median is None:
        return "never" if happens else "not simulated"
    if "p05" in row.longer:
        return "later, or never"
    if row.minutes is not None and _since_effect(row):
        if "p95" in row.minutes.longer:
            return f"from +{minutes(row.minutes.p05)} on"
        if is_fixed(row.minutes):
            return f"+{minutes(row.minutes.median)}"
        if row.minutes.p95 < SOON:
            return f"+{number(row.minutes.p05)} to +{number(row.minutes.p95)} min"
        return f"+{minutes(row.minutes.p05)} to +{minutes(row.minutes.p95)}"
    first, last = (datetime.fromisoformat(text) for text in (row.p05, row.p95))
    if "p95" in row.longer:
        return f"from {clock(first, day, seconds=False)} on"
    if (last - first).total_seconds() > 60 * SOON:
        return f"{clock(first, day, seconds=False)} to {clock(last, day, seconds=False)}"
    low, high = clock(first, day), clock(last, day)
    return low if low == high else f"{low}-{high}"


def _since_effect(row: TimelineRow) -> bool:
    """Whether the record counts from the effect: `+11 min`, `by +5 min`."""
    return row.documented_text.removeprefix("by ").removeprefix("after ").startswith("+")


def first_source(source: str) -> str:
    """The first of several outlets, and how many more there are."""
    first, *more = source.split(", ")
    return first + (f" +{len(more)}" if more else "")


def _also(replay: Replay, width: int) -> list[str]:
    """The other measures, each with what sort of number it is."""
    rows, few = [], few_dark(replay)
    for name, summary in replay.measures.items():
        if name == "dark_minutes":
            continue
        label, sort = measure_name(name), _sort(replay, name)
        if width < NARROW and sort:
            label, sort = f"{label}: {sort}", ""
        rows.append(
            (
                label,
                _amount(replace(summary, p05=summary.median, p95=summary.median) if few else summary),
                sort,
            )
        )
    if not rows:
        return []
    names, amounts, sorts = (max(map(len, column)) for column in zip(*rows, strict=True))
    names = min(names, width - 9 - amounts - sorts - 4)
    lines = ["ALSO     median" + ("" if few else " (90 %)")]
    for label, value, sort in rows:
        first, *more = wrap(label, names)
        lines.append(f"{'':<9}{first:<{names}}  {value:>{amounts}}  {sort}")
        lines += [" " * 11 + line for line in more]
    return lines


def _amount(summary: Summary) -> str:
    if summary.unit == "min":
        return lengths(summary)
    low, high = number(summary.p05), number(summary.p95)
    unit = "" if "follower" in summary.unit else f" {summary.unit}"
    if low == high and not summary.longer:
        return f"{low}{unit}"
    return ranged(summary, f"{number(summary.median)}{unit}", low, high, " to ")


def _sort(replay: Replay, name: str) -> str:
    """What sort of number a measure is: on record, a ceiling, or assumed."""
    if name == "audience_minutes":
        return "ceiling, not viewers"
    pinned = {fact.of for fact in incident_of(replay).facts.values() if fact.pinned is not None}
    if own_policy(replay) and name == "time_to_first_statement" and "first_statement" in pinned:
        return "record"
    if name == "time_to_audience_whole":
        whole = replay.scenario.audience_whole
        return "" if whole is None else whole.within.basis.upper()
    return ""


def _rests_on(replay: Replay, width: int) -> list[str]:
    basis = replay.rests_on
    text = f"{inputs_text(basis)}; {facts_text(basis)}."
    lines = filled("RESTS ON", text + disputed_text(basis.disputed, basis.disputed_facts), width=width)
    if basis.decisive:
        lines += filled("", "These decide most: " + BETWEEN.join(basis.decisive), width=width)
    return lines + silence(replay.scenario, width)
