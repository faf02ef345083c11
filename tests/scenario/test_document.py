"""docs/scenario.md names every key with its default, and its examples are right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from deactsim.errors import ScenarioError
from deactsim.scenario import safeguards, schema
from deactsim.scenario.grammar import bare, fields_of
from deactsim.scenario.load import loads
from deactsim.scenario.quantities import read
from deactsim.scenario.stated import BASES

PAGE = (Path(__file__).parents[2] / "docs" / "scenario.md").read_text(encoding="utf-8")
TABLES = dict(re.findall(r"<!-- keys of (\w+) -->\n((?:\|.*\n)*)", PAGE))
COMMON = set(safeguards.Safeguard.model_fields)


def models() -> dict[str, type[BaseModel]]:
    """Every model that people write the keys of; a safeguard's own keys only."""
    parts = [
        part for part in vars(schema).values() if isinstance(part, type) and issubclass(part, schema.Part)
    ]
    kinds = [bare(field.annotation) for field in safeguards.Safeguards.model_fields.values()]
    written = [part for part in parts if part not in (schema.Part, schema.Policy, schema.Word)]
    return {model.__name__: model for model in [*written, safeguards.Safeguard, *kinds]}


def own_fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    fields = fields_of(model)
    if model is safeguards.Safeguard or not issubclass(model, safeguards.Safeguard):
        return fields
    return {key: field for key, field in fields.items() if key not in COMMON}


def filled_in(model: type[BaseModel]) -> Mapping[str, str]:
    return model.filled_in if issubclass(model, schema.Part) else {}


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value: Any = field.default
    if value is None:
        return "-"
    if isinstance(value, str):
        return f"`{value}`"
    if isinstance(value, tuple) and value:
        return ", ".join(f"`{name}`" for name in value)
    return "none"


def test_every_model_has_a_table() -> None:
    assert set(TABLES) == set(models())
    assert len(TABLES) > 40


@pytest.mark.parametrize("name", sorted(models()))
def test_table(name: str) -> None:
    rows = (
        [row.strip("| ").split(" | ") for row in TABLES[name].strip().split("\n")[2:]] if TABLES[name] else []
    )
    expected = [
        [f"`{key}`", "filled in" if key in filled_in(models()[name]) else default_of(field)]
        for key, field in own_fields(models()[name]).items()
    ]
    assert [[row[0], row[-1]] for row in rows] == expected
    assert all(len(row) == 4 and all(row) for row in rows)
    assert not any("None" in cell for row in rows for cell in row)


def test_every_safeguard_has_a_heading() -> None:
    assert re.findall(r"^#### `(\w+)`", PAGE, re.MULTILINE) == list(safeguards.Safeguards.model_fields)


def test_example_and_its_mistake() -> None:
    example = PAGE.split("```yaml\n")[1].split("```")[0]
    shown = PAGE.split("```text\n")[1].split("\n```")[0]
    scenario = loads(example)
    assert list(scenario.policies) == ["as-it-was", "two-person", "tell-us-at-once", "both"]
    with pytest.raises(ScenarioError) as raised:
        loads(example.replace("by: on-call", "by: on-cal"), "my-case.yaml")
    assert str(raised.value) == shown


def test_parts_that_are_shown_can_be_written() -> None:
    example = PAGE.split("```yaml\n")[1].split("```")[0]
    shown = {
        name: f"{name}:\n{rest}"
        for name, rest in re.findall(r"```yaml\n(reports|causes|forecast):\n(.*?)```", PAGE, re.DOTALL)
    }
    assert list(shown) == ["reports", "causes", "forecast"]
    tiers = "{listed: {accounts: 40}, ordinary: {accounts: 2M}}"
    whole = example.replace("{listed: {accounts: 40}}", tiers).replace(
        "deactivate: [listed]", "deactivate: [listed, ordinary]"
    )
    scenario = loads(
        whole.replace("\ndetection:", "".join(f"\n{text}" for text in shown.values()) + "\ndetection:")
    )
    assert scenario.causes["grudge"].by == ("support",)
    assert scenario.forecast is not None
    assert [busy.times.value for busy in scenario.reports["listed"].busy] == [2.5, 0.4]


def test_forms_of_spread_are_read() -> None:
    forms = re.findall(r"^\| `([^`]+)` \|", PAGE.split("| form | reads |")[1].split("###")[0], re.MULTILINE)
    assert len(forms) == 8
    shapes = [read("random duration", form).shape for form in forms]
    assert len(set(shapes)) == 7


def test_values_are_read_as_the_table_says() -> None:
    table = PAGE.split("| kind | written as | not as |\n")[1].split("\n\n")[0]
    good = {
        row.split("|")[1].strip(): re.findall(r"`([^`]+)`", row.split("|")[2])
        for row in table.split("\n")[1:]
    }
    for kind in ("count", "share", "number", "duration", "rate", "instant"):
        for text in good[kind]:
            if text != "...Z":
                read(kind, text.strip('"'))
    for text in good["shift"]:
        read("shift", text.strip('"'))


def test_every_basis_is_explained() -> None:
    assert all(f"`{basis}`" in PAGE for basis in BASES)
