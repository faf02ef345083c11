"""Every value of a scenario by a dotted path, as written after `--vary`.

`policies.two-person.approval.catches` is the value of that policy and of all who inherit it from
there: those that combine it and do not state it themselves. `safeguards.approval.catches` is that of
the platform and of all who inherit it or, if the platform has none, of every policy with one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from pydantic import BaseModel

from ..errors import DeactsimError, UnknownName
from ..same import for_the_same
from .grammar import annotation_at, fields_of, key_of, reader_in
from .leaf import Reader, Unreadable, did_you_mean
from .lineage import PLATFORM
from .load import contradictions
from .schema import Policy, Scenario
from .stated import Stated

Steps = tuple[str | int, ...]


def leaves(scenario: Scenario) -> Iterator[tuple[str, Stated[Any]]]:
    """Every value that is set, with its path; defaults too."""
    for steps, stated in _walk(scenario, ()):
        yield _dotted(steps), stated


def kind_at(scenario: Scenario, path: str) -> str:
    """The kind of the value at a path: count, duration, random duration, share, rate, ..."""
    return _reader(_find(scenario, path)[0]).kind


def text_at(scenario: Scenario, path: str) -> str:
    """The text of the value at a path; of the first where a path means several."""
    steps = _find(scenario, path)[0]
    return _reader(steps).write(_get(scenario, steps).value)


def between_at(scenario: Scenario, path: str) -> tuple[str, str] | None:
    """The texts of p05 and p95 of an uncertain value at a path; None where it is not said to be uncertain."""
    steps = _find(scenario, path)[0]
    ends = _get(scenario, steps).uncertain
    write = _reader(steps).write
    return None if ends is None else (write(ends[0]), write(ends[1]))


def policies_at(scenario: Scenario, path: str) -> tuple[str, ...]:
    """The policies whose values a path means; none where it is no policy's."""
    return tuple(str(steps[1]) for steps in _find(scenario, path) if steps[0] == "policies")


def origin_of(scenario: Scenario, path: str) -> str:
    """The path where the value at a path is stated: varied there, it moves in all who inherit it."""
    steps = _find(scenario, path)[0]
    lineage = _get(scenario, steps).lineage
    if not lineage:
        return path
    inner = (
        steps[2:] if lineage[0] == PLATFORM else ("policies", _first(scenario, lineage, steps), *steps[2:])
    )
    return _dotted(inner)


def replace(scenario: Scenario, path: str, value: Any) -> Scenario:
    """The scenario with another value at a path, and in all who inherit it; nothing is checked or else copied.

    Raises `UnknownName` for a path that leads nowhere.
    """
    moved = scenario
    for steps in _find(scenario, path):
        moved = _put(moved, steps, lambda stated: dataclasses.replace(stated, value=value))
    return moved.moved_from(scenario)


def vary(scenario: Scenario, path: str, text: object) -> Scenario:
    """The scenario with the value that `text` says at a path; it counts as assumed.

    Raises `UnknownName` for a path that leads nowhere, `DeactsimError` for a text that does
    not say what belongs there or contradicts the rest.
    """
    found = _find(scenario, path)
    reader = _reader(found[0])
    raw: object = text
    if reader.kind == "flag" and text in ("true", "false"):
        raw = text == "true"
    try:
        stated = Stated(reader.read(raw))
    except Unreadable as unreadable:
        hint = f"; {unreadable.hint}" if unreadable.hint else ""
        raise DeactsimError(f"{path}: {unreadable.message}; expected {reader.expected}{hint}") from None
    moved = scenario
    for steps in found:
        moved = _put(moved, steps, lambda before: dataclasses.replace(stated, lineage=before.lineage))
    against = contradictions(moved)
    if against:
        raise DeactsimError(f"{path} = {text}: {against[0]}")
    return moved.moved_from(scenario)


def _walk(value: Any, steps: Steps) -> Iterator[tuple[Steps, Stated[Any]]]:
    if isinstance(value, Stated):
        yield steps, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _walk(getattr(value, name), (*steps, key_of(name, field)))
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield from _walk(entry, (*steps, name))
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from _walk(entry, (*steps, index))


def _dotted(steps: Steps) -> str:
    """Steps as people write them: safeguards stand directly under the policy's name."""
    shown = steps[:2] + steps[3:] if steps[0] == "policies" else steps
    return ".".join(map(str, shown))


@for_the_same(256)
def _find(scenario: Scenario, path: str) -> list[Steps]:
    """The steps to every value that a path means; never empty."""
    exact = _descend(scenario, path)
    if exact is not None and isinstance(_get(scenario, exact), Stated):
        if exact[0] == "policies":
            return _with_heirs(scenario, exact)
        if exact[0] != "safeguards":
            return [exact]
        found = _in_policies(scenario, exact[1:])
        return [exact, *(steps for steps in found if PLATFORM in _get(scenario, steps).lineage)]
    if path.startswith("safeguards."):
        found = _in_policies(scenario, path.removeprefix("safeguards."))
        if found:
            return found
    raise UnknownName(_unknown(scenario, path))


def _with_heirs(scenario: Scenario, steps: Steps) -> list[Steps]:
    """The steps to a policy's value, and to the same value of all that have it from there.

    Where a policy combines two that both state it, these may not differ (a fault of the file): it is one number, and
    moves in both.
    """
    having = {str(found[1]): found for found in _in_policies(scenario, steps[3:])}
    lineages = {name: _get(scenario, found).lineage for name, found in having.items()}
    moving = {str(steps[1])}
    stated_here = not lineages[str(steps[1])]
    while True:
        heirs = {name for name, lineage in lineages.items() if moving & set(lineage)}
        before = {each for name in heirs for each in lineages[name]} & having.keys() if stated_here else set()
        if heirs | before <= moving:
            break
        moving |= heirs | before
    return [steps, *(found for name, found in having.items() if name in moving and name != steps[1])]


def _first(scenario: Scenario, lineage: Sequence[str], steps: Steps) -> str:
    """The first policy of a lineage that states the value itself."""
    stating = [name for name in lineage if not _get(scenario, ("policies", name, *steps[2:])).lineage]
    return stating[0]


def _in_policies(scenario: Scenario, rest: str | Steps) -> list[Steps]:
    """The steps to the value of a safeguard, dotted or in steps, in each policy that has it."""
    found = []
    for name, policy in scenario.policies.items():
        inner = (
            _descend(policy.safeguards, rest) if isinstance(rest, str) else _along(policy.safeguards, rest)
        )
        if inner is not None and isinstance(_get(policy.safeguards, inner), Stated):
            found.append(("policies", name, "safeguards", *inner))
    return found


def _along(value: Any, steps: Steps) -> Steps | None:
    """The steps, if they lead somewhere."""
    for step in steps:
        if str(step) not in _names(value):
            return None
        value = _get(value, (step,))
    return steps


def _descend(value: Any, rest: str) -> Steps | None:
    """The steps along a dotted text; names may hold dots, the longest that fits is taken."""
    steps: Steps = ()
    while rest:
        if isinstance(value, Policy):
            value, steps = value.safeguards, (*steps, "safeguards")
        names = [name for name in _names(value) if rest == name or rest.startswith(name + ".")]
        if not names:
            return None
        name = max(names, key=len)
        step: str | int = int(name) if isinstance(value, tuple) else name
        value = _get(value, (step,))
        steps = (*steps, step)
        rest = rest[len(name) + 1 :]
    return steps


def _names(value: Any) -> list[str]:
    if isinstance(value, BaseModel):
        return list(fields_of(type(value)))
    if isinstance(value, dict):
        return list(value)
    return [str(index) for index in range(len(value))] if isinstance(value, tuple) else []


def _get(value: Any, steps: Steps) -> Any:
    for step in steps:
        value = getattr(value, _attribute(value, str(step))) if isinstance(value, BaseModel) else value[step]
    return value


def _attribute(model: BaseModel, key: str) -> str:
    fields = type(model).model_fields
    return key if key in fields else next(name for name, field in fields.items() if field.alias == key)


def _put(value: Any, steps: Steps, change: Callable[[Any], Any]) -> Any:
    if not steps:
        return change(value)
    step, *rest = steps
    inner = _put(_get(value, (step,)), tuple(rest), change)
    if isinstance(value, BaseModel):
        return value.model_copy(update={_attribute(value, str(step)): inner})
    if isinstance(value, dict):
        return {**value, step: inner}
    return tuple(inner if index == step else entry for index, entry in enumerate(value))


def _reader(steps: Steps) -> Reader[Any]:
    """The reader of a value; steps come from `_find`, so that there is one."""
    return cast("Reader[Any]", reader_in(annotation_at(steps)))


def _unknown(scenario: Scenario, path: str) -> str:
    known = dict.fromkeys(name for name, _ in leaves(scenario))
    for policy in scenario.policies.values():
        known.update(
            dict.fromkeys("safeguards." + ".".join(map(str, s)) for s, _ in _walk(policy.safeguards, ()))
        )
    below = [name for name in known if name.startswith(path + ".")]
    if below:
        return f"`{path}` holds several values: {', '.join(below[:12])}{', ...' if len(below) > 12 else ''}"
    return f"no value at `{path}`; {did_you_mean(path, tuple(known)) or '`deactsim show scenario` lists the values'}"
