"""Editors get a JSON Schema that says yes to what loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from deactsim.scenario.json_schema import json_schema
from deactsim.scenario.load import loads
from deactsim.scenario.places import Faults
from deactsim.scenario.resolve import dump
from deactsim.scenario.starter import starter
from deactsim.scenario.yaml_places import compose

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "scenarios").glob("*.yaml")),
    *sorted((ROOT / "tests" / "cases" / "valid").glob("*.yaml")),
]
SCHEMA = json_schema()


def listed(value: Any) -> Any:
    """Plain data as JSON has it."""
    from decimal import Decimal

    if isinstance(value, dict):
        return {key: listed(entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return [listed(entry) for entry in value]
    return float(value) if isinstance(value, Decimal) else value


def complaints(text: str) -> list[str]:
    plain = listed(compose(text, Faults("", [])).plain)
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(plain)]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert "null" not in str(SCHEMA["$defs"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_loads_fits(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert complaints(text) == []
    assert complaints(dump(loads(text))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("deactsim: 1", "deactsim: 2"),
        ("alert: {of", "alrt: {of"),
        ("recall: 98%", "recallx: 98%"),
        ("headcount: 12", "headcount: [12]"),
        ("team: support", "squad: support"),
        ("cause: slip", "cause: sleep"),
    ],
)
def test_what_does_not_load_does_not_fit(old: str, new: str) -> None:
    assert old in starter()
    assert complaints(starter().replace(old, new, 1))


@pytest.mark.parametrize(("kind", "keys"), [("LeastPrivilege", {"holders"}), ("Retention", {"keep"})])
def test_a_state_of_the_platform_has_no_coverage(kind: str, keys: set[str]) -> None:
    for name in (kind, f"{kind}Difference"):
        assert set(SCHEMA["$defs"][name]["properties"]) == keys
        assert SCHEMA["$defs"][name]["additionalProperties"] is False
