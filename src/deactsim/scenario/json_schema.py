"""A JSON Schema of the format as people write it, for editors that complete and check YAML."""

from __future__ import annotations

import copy
from typing import Any, Final

from .policies import NONE, REQUIRED, SAFEGUARDS
from .schema import Cause, Scenario
from .shorthand import VERSION

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema of a scenario file: `deactsim: 1` first, safeguards directly under a policy's name."""
    schema = Scenario.model_json_schema()
    definitions = schema["$defs"]
    settings = copy.deepcopy(definitions["Safeguards"]["properties"])
    policy: dict[str, Any] = {
        "combine": {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
        },
        "label": {"type": "string"},
        "note": {"type": "string"},
    }
    for name in SAFEGUARDS:
        definition = next(arm["$ref"] for arm in settings[name]["anyOf"] if "$ref" in arm).rpartition("/")[2]
        # A policy states differences, so that none of a safeguard's settings is required there.
        difference = copy.deepcopy(definitions[definition])
        difference.pop("required", None)
        definitions[f"{definition}Difference"] = difference
        words = [NONE, REQUIRED] if name == "open_report" else [NONE]
        policy[name] = {"anyOf": [{"$ref": f"#/$defs/{definition}Difference"}, {"enum": words}]}
    definitions["Policy"] = {
        "type": "object",
        "additionalProperties": False,
        "description": "What differs from the platform's own safeguards.",
        "properties": policy,
    }
    definitions["Safeguards"]["properties"]["open_report"]["anyOf"].append({"enum": [REQUIRED]})
    definitions["Moment"] = {"anyOf": [definitions["Moment"], {"type": "string"}]}
    needed = definitions["Cause"]["required"]
    definitions["Cause"]["required"] = [key for key in needed if key not in Cause.filled_in]
    schema["properties"] = {"deactsim": {"const": VERSION}, **schema["properties"]}
    schema["required"] = ["deactsim", *schema["required"]]
    _without_null(schema)
    return {"$schema": _DIALECT, **schema}


def _without_null(value: Any) -> None:
    """Take `null` away everywhere: what is not there is left out."""
    if isinstance(value, list):
        for entry in value:
            _without_null(entry)
    if not isinstance(value, dict):
        return
    if value.get("default", 0) is None:
        del value["default"]
    if "anyOf" in value:
        value["anyOf"] = [arm for arm in value["anyOf"] if arm != {"type": "null"}]
    for entry in value.values():
        _without_null(entry)
