"""What pydantic found wrong, said in the words and at the places of the file."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from .grammar import expected_at, fields_of, model_at
from .leaf import PROVENANCE, SPOILT, did_you_mean, nearest, one_of, quoted
from .places import Faults, Node
from .safeguards import Everywhere, Safeguard

Path = tuple[str | int, ...]


def note_faults(error: ValidationError, top: Node, faults: Faults) -> None:
    """Add a fault for each of pydantic's errors."""
    entries = error.errors(include_url=False)
    missing = {entry["loc"] for entry in entries if entry["type"] == "missing"}
    misspelt = {
        (*entry["loc"][:-1], meant)
        for entry in entries
        if entry["type"] == "extra_forbidden" and (meant := _meant(entry["loc"], missing)) is not None
    }
    for entry in entries:
        # A key that is there under a slip of the pen is not missing as well.
        if entry["loc"] not in misspelt or entry["type"] != "missing":
            _note(entry, top, faults)


def _meant(path: Path, missing: set[Path]) -> str | None:
    """The missing key for which an unknown one stands, if it is near enough."""
    names = tuple(str(other[-1]) for other in missing if other[:-1] == path[:-1])
    return nearest(str(path[-1]), names)


def _note(entry: Any, top: Node, faults: Faults) -> None:
    path: Path = entry["loc"]
    given = entry["input"]
    if given is SPOILT or entry["type"] == "spoilt":
        return
    if entry["type"] == "missing":
        _missing(path, top, faults)
    elif entry["type"] == "extra_forbidden":
        _unknown(path, top, faults)
    elif entry["type"] == "leaf":
        for problem in entry["ctx"]["problems"]:
            node = node_at(top, path + problem.inside)
            place = node.header if problem.at_key else node.place
            faults.add(place, problem.message, problem.expected, problem.hint)
    elif path[-1:] == ("[key]",):
        node = node_at(top, path[:-1])
        faults.add(node.header, f"the name `{given[:20]}...` is too long", "a name of at most 60 characters")
    else:
        _wrong_type(entry, path, given, node_at(top, path), faults)


def _wrong_type(entry: Any, path: Path, given: object, node: Node, faults: Faults) -> None:
    context = entry.get("ctx", {})
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    place = node.place
    match entry["type"]:
        case "literal_error":
            model = model_at(path[:-1])
            allowed = expected_at(path) if model is not None else context["expected"]
            names = tuple(allowed.removeprefix("one of ").split(", "))
            faults.add(
                place, f"{quoted(given)} is not a value of `{key}`", allowed, did_you_mean(given, names)
            )
        case "string_type":
            quotable = not isinstance(given, dict | tuple)
            faults.add(
                place,
                f"{quoted(given)} is not a text",
                "a text",
                f'quote it: "{given}"' if quotable else None,
            )
        case "string_too_short":
            faults.add(place, "an empty text", "a name")
        case "string_too_long":
            faults.add(
                place,
                f"the name `{str(given)[:20]}...` is too long",
                f"a name of at most {context['max_length']} characters",
            )
        case "string_pattern_mismatch":
            faults.add(place, f"{quoted(given)} is not a letter", "one capital letter, A to Z")
        case "model_type" | "dict_type":
            faults.add(place, f"{quoted(given)} is not a mapping", expected_at(path))
        case _:
            faults.add(place, f"{quoted(given)} is not a list", "a list such as `[one, another]`")


def _missing(path: Path, top: Node, faults: Faults) -> None:
    parent = node_at(top, path[:-1])
    where = f" in `{name_of(path[:-1])}`" if len(path) > 1 else ""
    faults.add(parent.header, f"the key `{path[-1]}` is missing{where}", expected_at(path))


def _unknown(path: Path, top: Node, faults: Faults) -> None:
    model = model_at(path[:-1])
    allowed = tuple(fields_of(model)) if model is not None else ()
    key = str(path[-1])
    if model is not None and issubclass(model, Everywhere) and key in Safeguard.model_fields:
        message = f"`{key}` says nothing in `{name_of(path[:-1])}`: {model.why}"
        faults.add(node_at(top, path).header, message, None, "leave it out")
        return
    hint = did_you_mean(key, allowed)
    if hint is None and key in PROVENANCE:
        hint = f"`{key}` belongs to a single value: `{{value: ..., {key}: ...}}`"
    if len(path) == 1:
        allowed = ("deactsim", *allowed)
    where = f" in `{name_of(path[:-1])}`" if len(path) > 1 else ""
    faults.add(node_at(top, path).header, f"unknown key `{key}`{where}", one_of(allowed), hint)


def name_of(path: Path) -> str:
    """The last name on a path, which people find in the file."""
    names = [step for step in path if isinstance(step, str) and step != "safeguards"]
    return names[-1] if names else "safeguards"


def node_at(top: Node, path: Path) -> Node:
    """The node at a path, or the nearest above it."""
    node = top
    for step in path:
        if isinstance(step, int) and isinstance(node.value, list) and step < len(node.value):
            node = node.value[step]
        elif isinstance(step, str) and step in node.table:
            node = node.table[step]
        elif isinstance(step, int) and step == 0:
            continue  # a single name stands for a list of one
        else:
            break
    return node
