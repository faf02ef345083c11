"""The text of a replay: the answer first, what was put in beside it, silence admitted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ..study.results import FactResult, ReadingReplay, Replay, StageResult, Summary, TimelineRow
from .wording import (
    WIDTH,
    and_list,
    clock,
    count,
    filled,
    instant,
    is_fixed,
    lengths,
    measure_name,
    minutes,
    number,
    occasion,
    percent,
    plural,
    wrap,
)

BAR = 24
SOON = 60
"""Minutes after the effect up to which an event is said in minutes, later ones by the clock."""
"""Columns of the longest bar of a stage."""


def run_table(replay: Replay, file: str, digest: str) -> str:
    """A replay as text; `file` names the scenario in the next command, `digest` is its hash."""
    blocks = [
        _head(replay, digest),
        _exposure(replay),
        _stages(replay),
        _timeline(replay),
        _checks(replay),
        _also(replay),
        _rests_on(replay),
        [f"next     deactsim compare {file}"],
    ]
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks if block) + "\n"


def followers(replay: Replay) -> int | None:
    """The audience of the account of the incident, as the scenario has it."""
    incident = replay.scenario.incident
    account = incident and replay.scenario.platform.accounts.get(incident.account)
    return account.followers.value if account else None


def dark_fact(replay: Replay) -> FactResult | None:
    """The documented length of the darkness, where the record has it."""
    incident = replay.scenario.incident
    facts = incident.facts if incident else {}
    for fact in replay.facts:
        if fact.id in facts and (facts[fact.id].of or fact.id) == "dark":
            return fact
    return None


def own_policy(replay: Replay) -> bool:
    """Whether the replay is of what the platform had, and not of another policy."""
    return replay.policy == replay.scenario.baseline


def _head(replay: Replay, digest: str) -> list[str]:
    right = f"replay, policy {replay.policy}"
    title = replay.scenario.title
    lines = wrap(title, WIDTH - len(right) - 2)
    lines[0] = f"{lines[0]:<{WIDTH - len(right)}}{right}"
    fit = "each made to fit the record"
    if not any(fact.role == "pinned" for fact in replay.facts):
        fit = "nothing pinned"
    lines.append(
        f"{plural(replay.worlds, 'simulated ' + occasion(replay.scenario))}, {fit} | seed {replay.seed} | {digest[:8]}"
    )
    return lines


def _exposure(replay: Replay) -> list[str]:
    label = "EXPOSURE TIME"
    dark = replay.measures.get("dark_minutes")
    audience = followers(replay)
    before = f", {count(audience)} followers" if audience is not None else ""
    reading = _reading(replay)
    if dark is None or reading.stopped.mean >= 1:
        return filled(label, "none: the account never went dark.", len(label) + 1)
    said = f"{_dark(dark)} dark{before}."
    if reading.stopped.mean > 0:
        said = (
            f"none on {percent(reading.stopped.mean)} % of the {occasion(replay.scenario)}s, which it stops; "
            f"on the others {said}"
        )
    if own_policy(replay):
        said += " " + _put_in(replay)
    lines = filled(label, said, len(label) + 1)
    for other in replay.readings:
        if other.same_as is None and other.name != replay.reading:
            lines += filled("", f"Read as {other.label}: {_other(other)}.", len(label) + 1)
    return lines


def _put_in(replay: Replay) -> str:
    """What of the exposure time is the record's, and what the free model says."""
    fact = dark_fact(replay)
    free = replay.free.get("dark_minutes")
    if fact is None or free is None:
        return ""
    if fact.role != "pinned":
        return f"This is the model's; on record it was {fact.documented_text}."
    said = f"The {number(_value(fact))} is put in, not predicted: left free the model gives {_dark(free)}"
    if replay.prior_percentile is not None:
        said += f"; {percent(replay.prior_percentile / 100)} % end sooner than the record"
    return said + "."


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


def _stages(replay: Replay) -> list[str]:
    if not replay.stages:
        return []
    fact = dark_fact(replay)
    if own_policy(replay) and fact is not None and fact.role == "pinned":
        title, aside = f"WHERE THE {number(_value(fact))} MINUTES WENT", "   no source gives this split"
    else:
        title, aside = "WHERE THE MINUTES WENT", "   no source gives this split"
    if _reading(replay).stopped.mean > 0:
        aside = "   where it was not stopped"
    name = max(len(stage.label) for stage in replay.stages)
    longest = max(stage.summary.mean for stage in replay.stages) or 1.0
    lines = [f"{title}   mean, min (90 %){aside}"]
    return lines + [_stage(stage, name, BAR / longest) for stage in replay.stages]


def _stage(stage: StageResult, width: int, scale: float) -> str:
    summary = stage.summary
    spans = f"({summary.p05:.1f}-{summary.p95:.1f})"
    bar = "#" * max(1 if summary.mean > 0 else 0, round(summary.mean * scale))
    return f"  {stage.label:<{width}}  {summary.mean:>6.1f}  {spans:<13}  {bar}"


def _timeline(replay: Replay) -> list[str]:
    rows = replay.timeline
    if not rows:
        return []
    day = _day(replay)
    cells = [
        (row.label, row.documented_text, simulated(row, day), first_source(row.source), row.role or "")
        for row in rows
    ]
    head = (f"TIMELINE ({day.tzname()})", "record", "simulated, 90 %", "source", "")
    # The event column carries an indent that the heading does not have.
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    widths[0] = min(32, max(widths[0] + 2, len(head[0])))
    widths[3] = max(12, min(widths[3], WIDTH - sum(widths[:3]) - widths[4] - 8))
    lines = list(_laid_out(head, widths, indent=0))
    for cell in cells:
        lines += _laid_out(cell, widths, indent=2)
    return lines


def _laid_out(cells: tuple[str, ...], widths: list[int], indent: int) -> Iterator[str]:
    """One row of a table, cells wrapped within their columns."""
    columns = [[" " * indent + line for line in wrap(cells[0], widths[0] - indent)]]
    columns += [wrap(cell, width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    for at in range(max(map(len, columns))):
        yield "  ".join(
            f"{column[at] if at < len(column) else '':<{width}}"
            for column, width in zip(columns, widths, strict=True)
        ).rstrip()


def simulated(row: TimelineRow, day: datetime) -> str:
    """When the worlds have the event: by the clock, or in minutes where the record says so."""
    if row.p05 is None or row.p95 is None or row.median is None:
        return "not simulated"
    soon = row.minutes is not None and row.minutes.p95 < SOON
    if row.minutes is not None and soon and row.documented_text.startswith(("+", "by", "within")):
        if is_fixed(row.minutes):
            return f"+{number(row.minutes.median)} min"
        return f"+{number(row.minutes.p05)} to +{number(row.minutes.p95)} min"
    first, last = (datetime.fromisoformat(text) for text in (row.p05, row.p95))
    if (last - first).total_seconds() > 60 * SOON:
        return f"{clock(first, day, seconds=False)} to {clock(last, day, seconds=False)}"
    low, high = clock(first, day), clock(last, day)
    return low if low == high else f"{low}-{high}"


def first_source(source: str) -> str:
    """The first of several outlets, and how many more there are."""
    first, *more = source.split(", ")
    return first + (f" +{len(more)}" if more else "")


def _day(replay: Replay) -> datetime:
    assert replay.scenario.incident is not None  # noqa: S101 - a replay has an incident
    return instant(replay.scenario.incident.at.value.value, replay.scenario.zone)


def _checks(replay: Replay) -> list[str]:
    if not own_policy(replay):
        return filled("CHECKS", "none: the record is of another policy, " + replay.scenario.baseline + ".")
    fixed = sum(fact.role in {"pinned", "given"} for fact in replay.facts)
    checked = [fact for fact in replay.facts if fact.role == "checked"]
    agree = sum(fact.agrees is True for fact in checked)
    rows = [
        ("pinned or given: agree by construction, prove nothing", str(fixed)),
        ("free to fail", f"{agree} of {len(checked)} agree"),
    ]
    prior = _prior(replay)
    rows += [(prior, "told, not judged")] if prior else []
    rows += [("  " + check_text(fact), _verdict(fact)) for fact in checked]
    width = min(72, max(len(text) for text, _ in rows))
    lines: list[str] = []
    for at, (text, verdict) in enumerate(rows):
        indent = len(text) - len(text.lstrip())
        first, *more = wrap(text.strip(), width - indent)
        lines.append(f"{'CHECKS' if at == 0 else '':<9}{' ' * indent}{first:<{width - indent}}  {verdict}")
        lines += [" " * (11 + indent) + line for line in more]
    return lines


def _prior(replay: Replay) -> str:
    fact = dark_fact(replay)
    if fact is None or replay.prior_percentile is None or fact.role != "pinned":
        return ""
    return f"  {fact.documented_text} sits at percentile {replay.prior_percentile:.0f} of the model left free"


def check_text(fact: FactResult) -> str:
    """A checked fact in a line: what is on record, and where that lies in the simulation."""
    said = f"{fact.label}: {fact.documented_text}"
    if fact.simulated is None or fact.percentile is None:
        return said
    if fact.documented_text.startswith(("by ", "within ", "at most ")):
        return f"{said}; so it is {percent(fact.percentile)} times of 100"
    if fact.documented_text.startswith(("after ", "at least ")):
        return f"{said}; so it is {percent(1 - fact.percentile)} times of 100"
    if is_fixed(fact.simulated):
        return f"{said}; simulated {number(fact.simulated.median)}"
    return f"{said} sits at percentile {100 * fact.percentile:.0f}"


def _verdict(fact: FactResult) -> str:
    return {True: "ok", False: "FAILS", None: "not decided"}[fact.agrees]


def _also(replay: Replay) -> list[str]:
    """The other measures, each with what sort of number it is."""
    rows = []
    for name, summary in replay.measures.items():
        if name == "dark_minutes":
            continue
        rows.append((measure_name(name), _amount(summary), _sort(replay, name)))
    if not rows:
        return []
    width = max(len(row[0]) for row in rows)
    amount = max(len(row[1]) for row in rows)
    return [
        f"{'ALSO' if at == 0 else '':<9}{label:<{width}}  {value:>{amount}}  {sort}"
        for at, (label, value, sort) in enumerate(rows)
    ]


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
    fact_of = {"time_to_first_statement": "first_statement", "time_to_second_statement": "second_statement"}
    pinned = {fact.id for fact in replay.facts if fact.role == "pinned"}
    if own_policy(replay) and fact_of.get(name) in pinned:
        return "record"
    if name == "time_to_audience_whole":
        whole = replay.scenario.audience_whole
        return "" if whole is None else whole.within.basis.upper()
    return ""


def _rests_on(replay: Replay) -> list[str]:
    basis = replay.rests_on
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
    text = f"{and_list(counted)} numbers; sources dispute {basis.disputed} of them."
    lines = filled("RESTS ON", text)
    if basis.decisive:
        lines += filled("", "These decide most: " + " | ".join(basis.decisive))
    if replay.scenario.silent:
        lines += filled("SILENT", "on " + " | on ".join(replay.scenario.silent))
    return lines
