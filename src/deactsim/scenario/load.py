"""A scenario file to a `Scenario`, or all its faults at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from . import policies, shorthand
from .faulted import note_faults
from .file_text import read_text
from .limits import check_limits
from .lineage import with_lineage
from .places import Faults, Node, node_of
from .references import check_references
from .schema import Scenario
from .sense import check_sense
from .sense_forecast import check_forecast
from .sense_incident import check_incident
from .sense_people import check_people
from .yaml_places import compose


def load(path: str | Path) -> Scenario:
    """The scenario in a file.

    Raises `ScenarioError` with every fault of the file, in the order of its lines.
    """
    return loads(read_text(path), str(path))


def loads(text: str, name: str = "<text>") -> Scenario:
    """The scenario in a text; `name` stands for the file in messages.

    Raises `ScenarioError` with every fault, in the order of the lines.
    """
    faults = Faults(name, [])
    written = compose(text, faults)
    short = shorthand.complete(written, faults)
    whole = policies.complete(short, faults)
    scenario = _validated(whole, faults)
    check_references(whole, faults)
    check_sense(whole, faults)
    check_people(whole, faults)
    check_incident(whole, faults)
    check_forecast(whole, faults)
    check_limits(whole, faults)
    if faults.found or scenario is None:
        raise faults.error()
    return with_lineage(scenario, short)


def _validated(top: Node, faults: Faults) -> Scenario | None:
    plain: dict[str, Any] = top.plain
    try:
        return Scenario.model_validate(plain)
    except ValidationError as error:
        note_faults(error, top, faults)
        return None


def contradictions(scenario: Scenario) -> list[str]:
    """What cannot be in a scenario that was changed after it was loaded; empty for a sound one."""
    from .resolve import resolved

    faults = Faults("", [])
    top = node_of(resolved(scenario))
    whole = policies.complete(shorthand.complete(top, faults), faults)
    check_references(whole, faults)
    check_sense(whole, faults)
    check_people(whole, faults)
    check_incident(whole, faults)
    check_forecast(whole, faults)
    check_limits(whole, faults)
    return [fault.message for fault in faults.found.values()]
