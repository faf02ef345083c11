"""The order that a study works in: that of names, whatever the order in the file.

Random numbers belong to names (docs/model.md, "Chance"). What is left to positions, such as the order in which
numbers are added up or which of two equals comes first, is settled here: studies work on the scenario in
name order, and show what they found in the order of the file.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from ..same import for_the_same
from .schema import Scenario

#: The mapping whose order is part of what it says: approvers are asked in that order.
_ASKED_IN_ORDER = "by"


@for_the_same(64)
def in_name_order(scenario: Scenario) -> Scenario:
    """The same scenario with the entries of every mapping by name.

    Parts that are in order already are those of `scenario`, and so is the whole if all are.
    """
    ordered: Scenario = _ordered(scenario, "")
    return ordered


def _ordered(value: Any, key: str) -> Any:
    if isinstance(value, BaseModel):
        changed = {}
        for name in type(value).model_fields:
            before = getattr(value, name)
            after = _ordered(before, name)
            if after is not before:
                changed[name] = after
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, dict):
        names = list(value) if key == _ASKED_IN_ORDER else sorted(value)
        entries = {name: _ordered(value[name], "") for name in names}
        same = names == list(value) and all(entries[name] is value[name] for name in names)
        return value if same else entries
    return value
