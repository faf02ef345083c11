"""What a scenario rests on: each number under its basis, each fact under its role, each source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..scenario.paths import leaves, text_at
from ..scenario.schema import Fact, Scenario
from ..scenario.stated import BASES, Stated
from ..study.provenance import basis, numbers
from .wording import WIDTH, facts_text, filled, inputs_text, plural, wrap

HEADINGS = {
    "documented": "a source says it",
    "inferred": "a source points to it without giving it",
    "fitted": "fitted to what a source says",
    "expert": "somebody who knows says it",
    "assumed": "yours to change",
}
PATHS, VALUES = 48, 28
"""Widths of the columns of paths and of values."""


def sources_table(scenario: Scenario) -> str:
    """Every number by what it rests on, then the record, then the sources, as text."""
    found_all = list(numbers(scenario))
    rests = basis(scenario, ())
    lines = wrap(
        f"{scenario.title}: what rests on what. A path can be varied: deactsim compare --vary PATH=...", WIDTH
    )
    lines += wrap(
        f"A replay rests on {inputs_text(rests)}; {facts_text(rests)}. Other policies have numbers of their own.",
        WIDTH,
    )
    for kind in BASES:
        found = [each for each in found_all if each[1].basis == kind and each[1].given]
        if found:
            lines += ["", f"{kind.upper()}  {_counted(found)}: {HEADINGS[kind]}"]
            for path, stated, _ in found:
                lines += _number(scenario, path, stated)
    defaults = [path for path, stated, _ in found_all if not stated.given]
    if defaults:
        lines += ["", f"DEFAULTS  {plural(len(defaults), 'input')} of the format, assumed too"]
        for path in defaults:
            lines += _row(path, text_at(scenario, path), "")
    if rests.noted_paths:
        lines += ["", f"NOTED  {plural(len(rests.noted_paths), 'number')} from which nothing is calculated"]
        known = dict(leaves(scenario))
        for path in rests.noted_paths:
            lines += _number(scenario, path, known[path])
    lines += _record(scenario)
    if scenario.sources:
        lines += ["", f"SOURCES  {len(scenario.sources)}"]
        width = max(map(len, scenario.sources)) + 4
        for key, source in scenario.sources.items():
            said = ", ".join(part for part in (source.outlet, source.date) if part)
            lines += filled(f"  {key}", said, indent=width)
            # An address is never wrapped: it is there to be copied.
            lines += [" " * width + source.address] if source.address else []
            lines += filled("", source.note, indent=width) if source.note else []
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _counted(found: Sequence[tuple[str, Stated[Any], bool]]) -> str:
    """`24 inputs and 51 numbers of other policies`."""
    inputs = sum(rested_on for _, _, rested_on in found)
    others = len(found) - inputs
    said = [plural(inputs, "input")] if inputs or not others else []
    said += [f"{plural(others, 'number')} of other policies"] if others else []
    return " and ".join(said)


def _number(scenario: Scenario, path: str, stated: Stated[Any]) -> Iterator[str]:
    yield from _row(path, text_at(scenario, path), ", ".join(stated.sources))
    for label, text in (("disputed", stated.disputed), ("note", stated.note)):
        if text:
            yield from filled("", f"{label}: {text}", indent=6)


def _row(path: str, value: str, rest: str) -> list[str]:
    """A path, its value and its sources; what is too long for its column goes on the next line."""
    lines = []
    start = f"  {path:<{PATHS}}"
    if len(path) >= PATHS:
        lines, start = [f"  {path}"], " " * (PATHS + 2)
    if len(value) >= VALUES:
        lines.append(start + value)
        return lines + (
            [" " * (PATHS + VALUES + 2) + line for line in wrap(rest, WIDTH - PATHS - VALUES - 2)]
            if rest
            else []
        )
    return lines + filled(start + f"{value:<{VALUES}}", rest, indent=PATHS + VALUES + 2)


def _record(scenario: Scenario) -> list[str]:
    if scenario.incident is None or not scenario.incident.facts:
        return []
    from ..scenario.quantities import text_of

    lines = ["", f"RECORD  {plural(len(scenario.incident.facts), 'fact')}"]
    width = max(map(len, scenario.incident.facts)) + 4
    for name, fact in scenario.incident.facts.items():
        role, value = _role(fact)
        said = f"{role}: {text_of(value)}"
        if fact.source:
            said += f" ({', '.join(fact.source)})"
        lines += filled(f"  {name}", said, indent=width)
        lines += filled("", f"disputed: {fact.disputed}", indent=width) if fact.disputed else []
    return lines


def _role(fact: Fact) -> tuple[str, object]:
    return next(
        (role, value)
        for role in ("pinned", "given", "checked", "noted")
        if (value := getattr(fact, role)) is not None
    )
