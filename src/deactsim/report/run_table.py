"""The text of a replay: the answer first, what was put in beside it, silence admitted."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ..scenario.paths import leaves
from ..scenario.quantities import text_of
from ..scenario.schema import Incident
from ..study import facts as record
from ..study.measures import STAGES
from ..study.results import FactResult, ReadingReplay, Replay, StageResult, Summary, TimelineRow
from .compare_table import FEW_EFFECTIVE, few_text
from .wording import (
    NO_BREAK,
    WIDTH,
    clock,
    count,
    facts_text,
    filled,
    inputs_text,
    instant,
    is_fixed,
    lengths,
    measure_name,
    minutes,
    number,
    occasion,
    percent,
    plural,
    too_few,
    wrap,
)

BAR = 24
"""Columns of the longest bar of a stage."""
BETWEEN = f"{NO_BREAK}| "
"""Between the items of a list, and never first on a line."""
SOON = 60
"""Minutes after the effect up to which times are all said in minutes."""
EXPECTED = (5.0, 95.0)
"""Percentiles of the model left free between which the record is one that it explains."""
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
        _checks(replay, width),
        _also(replay, width),
        _rests_on(replay, width),
        [f"next     deactsim compare {shlex.quote(file)}"],
    ]
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks if block) + "\n"


def followers(replay: Replay) -> int | None:
    """The audience of the account of the incident, as the scenario has it."""
    incident = replay.scenario.incident
    account = incident and replay.scenario.platform.accounts.get(incident.account)
    return account.followers.value if account else None


def dark_fact(replay: Replay) -> FactResult | None:
    """The fact that says how long the first account was dark, where the record has one."""
    name = record.dark_fact(_incident(replay))
    return next((fact for fact in replay.facts if fact.id == name), None)


def own_policy(replay: Replay) -> bool:
    """Whether the replay is of what the platform had, and not of another policy."""
    return replay.policy == replay.scenario.baseline


def _head(replay: Replay, digest: str, width: int) -> list[str]:
    right = f"replay, policy {replay.policy}"
    room = width - len(right)
    lines = wrap(replay.scenario.title, room - 2)
    lines[0] = f"{lines[0]:<{room}}{right}"
    fit = "each made to fit the record"
    if not any(fact.role == "pinned" for fact in replay.facts):
        fit = "nothing pinned"
    worlds = plural(replay.worlds, "simulated " + occasion(replay.scenario))
    fit += f" (worth {replay.effective_worlds:,.0f})"
    return lines + wrap(f"{worlds}, {fit} | seed {replay.seed} | {digest[:8]}", width)


def _exposure(replay: Replay, width: int) -> list[str]:
    label = "EXPOSURE TIME"
    dark = replay.measures.get("dark_minutes")
    acts = _acts(replay)
    never = "the account never went dark" if acts == 1 else "no account went dark"
    reading = _reading(replay)
    if dark is None or reading.stopped.mean >= 1:
        return filled(label, f"none: {never}.", len(label) + 1, width)
    audience = followers(replay)
    before = f", {count(audience)} followers" if audience is not None else ""
    few = few_dark(replay)
    length = minutes(dark.median) if few else _dark(dark)
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


def few_dark(replay: Replay) -> bool:
    """Whether too few evenings are left dark for ranges over them."""
    reading = _reading(replay)
    return reading.stopped.mean > 0 and too_few(reading.dark_worlds)


def _careful(replay: Replay, width: int) -> list[str]:
    lines: list[str] = []
    for said in cautions(replay):
        lines += filled("" if lines else "CAREFUL", f"{said}.", width=width)
    return lines


def cautions(replay: Replay) -> list[str]:
    """What makes a replay rough or doubtful: few effective worlds, a record that nobody would expect."""
    said = []
    if replay.effective_worlds < FEW_EFFECTIVE:
        said.append(few_text(replay.worlds, replay.effective_worlds))
    prior = replay.prior_percentile
    if prior is not None and not EXPECTED[0] <= prior <= EXPECTED[1]:
        sooner = f"{percent(prior / 100)} % of the {occasion(replay.scenario)}s end sooner"
        said.append(f"what was put in does not explain the record: left free, {sooner}")
    return said


def _put_in(replay: Replay) -> str:
    """What of the exposure time is the record's, and what the free model says."""
    fact = dark_fact(replay)
    free = replay.free.get("dark_minutes")
    if fact is None or free is None:
        return ""
    first = "" if _acts(replay) == 1 else " of the first"
    length = _length_on_record(replay, fact)
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


def _length_on_record(replay: Replay, fact: FactResult) -> str | None:
    """How long it was dark on record, as text; None where there is only a bound."""
    length = record.dark_minutes(_incident(replay))
    if length is None:
        return None
    given = record.value_of(_incident(replay).facts[fact.id])
    return fact.documented_text if given.kind == "duration" else minutes(length)


def _incident(replay: Replay) -> Incident:
    assert replay.scenario.incident is not None  # noqa: S101 - a replay has an incident
    return replay.scenario.incident


def _acts(replay: Replay) -> int:
    return 1 + len(_incident(replay).further_acts)


def _other(reading: ReadingReplay) -> str:
    dark = reading.measures.get("dark_minutes")
    stopped = reading.stopped.mean
    if dark is None or stopped >= 1:
        return "it never goes dark"
    return f"{_dark(dark)} dark" + (f", and stopped {percent(stopped)} times of 100" if stopped else "")


def _dark(dark: Summary) -> str:
    low, high = number(dark.p05), number(dark.p95)
    return minutes(dark.median) + (f" (90 %: {low} to {high})" if low != high else "")


def _reading(replay: Replay) -> ReadingReplay:
    return next(reading for reading in replay.readings if reading.name == replay.reading)


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
    reading = _reading(replay)
    few = few_dark(replay)
    if reading.stopped.mean > 0:
        aside = "where it was not stopped"
        if reading.dark_worlds is not None:
            aside += f", worth {reading.dark_worlds:,.0f} {occasion(replay.scenario)}s"
            aside += ": too few for ranges" if few else ""
    if _acts(replay) > 1:
        aside = f"of the first act; {aside}"
    heading = f"{title}   mean, min" + ("" if few else " (90 %)")
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
    return f"({summary.p05:.1f}-{summary.p95:.1f})"


def _timeline(replay: Replay, width: int) -> list[str]:
    rows = replay.timeline
    if not rows:
        return []
    day, possible = _day(replay), modelled(replay)
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
    if row.minutes is not None and _since_effect(row):
        if is_fixed(row.minutes):
            return f"+{minutes(row.minutes.median)}"
        if row.minutes.p95 < SOON:
            return f"+{number(row.minutes.p05)} to +{number(row.minutes.p95)} min"
        return f"+{minutes(row.minutes.p05)} to +{minutes(row.minutes.p95)}"
    first, last = (datetime.fromisoformat(text) for text in (row.p05, row.p95))
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


def _day(replay: Replay) -> datetime:
    return instant(_incident(replay).at.value.value, replay.scenario.zone)


def _checks(replay: Replay, width: int) -> list[str]:
    if not own_policy(replay):
        said = f"none: the record is of another policy, {replay.scenario.baseline}."
        return filled("CHECKS", said, width=width)
    fixed = sum(fact.role in {"pinned", "given"} for fact in replay.facts)
    checked = [fact for fact in replay.facts if fact.role == "checked"]
    if not fixed and not checked:
        return filled("CHECKS", "none: nothing on record is pinned, given or checked.", width=width)
    agree = sum(fact.agrees is True for fact in checked)
    rows = [
        ("pinned or given: agree by construction, prove nothing", str(fixed)),
        ("free to fail", f"{agree} of {len(checked)} agree" if checked else "none"),
    ]
    prior = _prior(replay)
    rows += [(prior, "told, not judged")] if prior else []
    rows += [("  " + check_text(fact) + passes_text(replay, fact), _verdict(fact)) for fact in checked]
    # Nine for the label in the margin, two before the verdict.
    room = min(width - 11 - max(len(verdict) for _, verdict in rows), max(len(text) for text, _ in rows))
    lines: list[str] = []
    for at, (text, verdict) in enumerate(rows):
        indent = len(text) - len(text.lstrip())
        first, *more = wrap(text.strip(), room - indent)
        lines.append(f"{'CHECKS' if at == 0 else '':<9}{' ' * indent}{first:<{room - indent}}  {verdict}")
        lines += [" " * (11 + indent) + line for line in more]
    return lines


def _prior(replay: Replay) -> str:
    fact = dark_fact(replay)
    if fact is None or replay.prior_percentile is None or fact.role != "pinned":
        return ""
    length = _length_on_record(replay, fact)
    return f"  {length} sits at percentile {replay.prior_percentile:.0f} of the model left free"


def check_text(fact: FactResult) -> str:
    """A checked fact in a line: what is on record, and where that lies in the simulation."""
    said = f"{fact.label}: {fact.documented_text}"
    if fact.percentile is None:
        return said
    if fact.documented_text.startswith(("by ", "within ", "at most ")):
        return f"{said}; so it is in {percent(fact.percentile / 100)} of 100"
    if fact.documented_text.startswith(("after ", "at least ")):
        return f"{said}; so it is in {percent(1 - fact.percentile / 100)} of 100"
    if fact.simulated is None:
        return f"{said}; never in the simulation"
    if is_fixed(fact.simulated):
        return f"{said}; simulated {number(fact.simulated.median)}"
    return f"{said} sits at percentile {fact.percentile:.0f}"


def passes_text(replay: Replay, fact: FactResult) -> str:
    """What a checked fact is compared with, and from where to where it would have agreed."""
    compared = ""
    if fact.free:
        audience = followers(replay)
        what = "" if audience is None else f" of {count(audience)} followers"
        compared = f"compared with this incident{what}, left free"
    if fact.passes is None:
        return f" ({compared})" if compared else ""
    if fact.unit == "share":
        kept = text_of(replay.scenario.platform.retention.value, "duration")
        span = f"fails only if over 95 of 100 {occasion(replay.scenario)}s lost more or less; kept for {kept}"
    else:
        span = f"5-95 %: {_span(replay, fact, fact.passes)}"
    return f" ({'; '.join(filter(None, (span, compared)))})"


def _span(replay: Replay, fact: FactResult, passes: tuple[float | None, float | None]) -> str:
    """From where to where, in minutes or by the clock, as the record is told."""
    value = record.value_of(_incident(replay).facts[fact.id]) if fact.id in _incident(replay).facts else None
    day = _day(replay)

    def said(minute: float) -> str:
        if minute == float("inf"):
            return "never"
        if value is not None and value.kind == "instant":
            return clock(day + timedelta(minutes=minute), day)
        return minutes(minute)

    low, high = (None if end is None else said(end) for end in passes)
    if low is None:
        return "any" if high is None else f"up to {high}"
    return f"from {low} on" if high is None else f"{low} to {high}"


def _verdict(fact: FactResult) -> str:
    return {True: "ok", False: "FAILS", None: "not decided"}[fact.agrees]


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
    return f"{low}{unit}" if low == high else f"{number(summary.median)}{unit} ({low} to {high})"


def _sort(replay: Replay, name: str) -> str:
    """What sort of number a measure is: on record, a ceiling, or assumed."""
    if name == "audience_minutes":
        return "ceiling, not viewers"
    pinned = {fact.of for fact in _incident(replay).facts.values() if fact.pinned is not None}
    if own_policy(replay) and name == "time_to_first_statement" and "first_statement" in pinned:
        return "record"
    if name == "time_to_audience_whole":
        whole = replay.scenario.audience_whole
        return "" if whole is None else whole.within.basis.upper()
    return ""


def _rests_on(replay: Replay, width: int) -> list[str]:
    basis = replay.rests_on
    disputed = []
    if basis.disputed:
        disputed.append(plural(basis.disputed, "input"))
    if basis.disputed_facts:
        disputed.append(plural(basis.disputed_facts, "fact"))
    text = f"{inputs_text(basis)}; {facts_text(basis)}."
    text += f" Sources dispute {' and '.join(disputed)}." if disputed else ""
    lines = filled("RESTS ON", text, width=width)
    if basis.decisive:
        lines += filled("", "These decide most: " + BETWEEN.join(basis.decisive), width=width)
    if replay.scenario.silent:
        lines += filled("SILENT", "on " + f"{BETWEEN}on ".join(replay.scenario.silent), width=width)
    return lines
