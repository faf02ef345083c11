"""The checks of a replay: what was free to fail, whether it did, and what would have made it."""

from __future__ import annotations

from datetime import timedelta

from ..scenario.quantities import text_of
from ..study import facts as record
from ..study.results import FactResult, Replay
from .replayed import dark_fact, day_of, followers, incident_of, length_on_record, own_policy
from .wording import clock, count, filled, is_fixed, minutes, number, occasion, percent, wrap


def checks(replay: Replay, width: int) -> list[str]:
    """The facts that were free to fail, and what they were compared with."""
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
    length = length_on_record(replay, fact)
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
    value = (
        record.value_of(incident_of(replay).facts[fact.id]) if fact.id in incident_of(replay).facts else None
    )
    day = day_of(replay)

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
