"""Whom a policy has each value from: the policies that it combines, or the platform.

A value moves as if another one stood where the file has it: one that is inherited moves with the one it is
inherited from, unless the policy states it itself. Policies in full (`policies.complete`) do not show that any more.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any, Final

from pydantic import BaseModel

from .grammar import key_of
from .places import Node
from .policies import NONE, SAFEGUARDS
from .schema import Scenario
from .stated import Stated

PLATFORM: Final = ""
"""The platform, where a lineage names a policy."""


def with_lineage(scenario: Scenario, written: Node) -> Scenario:
    """A sound scenario whose policies' values know whom they have them from; `written` has policies as in the file."""
    handed = _Handed(scenario, written)
    policies = {}
    for name, policy in scenario.policies.items():
        changed = {}
        for safeguard, settings in policy.safeguards:
            if isinstance(settings, BaseModel):
                values = dict(_inherited(settings, handed.of(name, safeguard)))
                if values:
                    changed[safeguard] = settings.model_copy(update=values)
        safeguards = policy.safeguards.model_copy(update=changed)
        policies[name] = policy.model_copy(update={"safeguards": safeguards})
    return scenario.model_copy(update={"policies": policies})


def _inherited(settings: BaseModel, whence: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, Any]]:
    """The settings of a safeguard that are inherited, with their lineage."""
    for name, field in type(settings).model_fields.items():
        lineage = whence[key_of(name, field)]
        value = getattr(settings, name)
        if lineage and isinstance(value, Stated):
            yield name, dataclasses.replace(value, lineage=lineage)
        elif lineage and isinstance(value, dict):
            yield name, {key: dataclasses.replace(one, lineage=lineage) for key, one in value.items()}


class _Handed:
    """What policies hand down to those that combine them."""

    def __init__(self, scenario: Scenario, written: Node) -> None:
        self.scenario = scenario
        self.names = {name: at for at, name in enumerate(scenario.policies)}
        table = {name: written.at("policies", name) for name in scenario.policies}
        self.own = {name: {} if node is None else dict(node.table) for name, node in table.items()}
        combined = {name: entries.pop("combine", None) for name, entries in self.own.items()}
        self.parts = {
            name: [] if node is None else [str(item.text) for item in node.items]
            for name, node in combined.items()
        }
        self._stated: dict[str, dict[str, frozenset[str]]] = {}
        self._found: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
        # Those that are combined come first.
        for name in TopologicalSorter(self.parts).static_order():
            self._stated[name] = self._states(name)
            for safeguard in SAFEGUARDS:
                if self._has(name, safeguard):
                    self._found[name, safeguard] = self._lineages(name, safeguard)

    def of(self, name: str, safeguard: str) -> Mapping[str, tuple[str, ...]]:
        """The lineage of each setting of a policy's safeguard: policies in the file's order, the platform first."""
        return self._found[name, safeguard]

    def _has(self, name: str, safeguard: str) -> bool:
        return getattr(self.scenario.policies[name].safeguards, safeguard) is not None

    def _states(self, name: str) -> dict[str, frozenset[str]]:
        """The settings of each safeguard that a policy changes, by itself or by those it combines."""
        stated: dict[str, frozenset[str]] = {}
        for part in self.parts[name]:
            for safeguard, settings in self._stated[part].items():
                stated[safeguard] = stated.get(safeguard, frozenset()) | settings
        for safeguard in self.own[name].keys() & set(SAFEGUARDS):
            node = self.own[name][safeguard]
            before = frozenset[str]() if node.text == NONE else stated.get(safeguard, frozenset())
            stated[safeguard] = before | node.table.keys()
        return stated

    def _lineages(self, name: str, safeguard: str) -> dict[str, tuple[str, ...]]:
        own = self.own[name].get(safeguard)
        stated = frozenset[str]() if own is None else own.table.keys()
        having = [part for part in self.parts[name] if self._has(part, safeguard)]
        settings = type(getattr(self.scenario.policies[name].safeguards, safeguard)).model_fields
        found: dict[str, tuple[str, ...]] = {}
        for key in (key_of(inner, field) for inner, field in settings.items()):
            if key in stated:
                found[key] = ()
                continue
            stating = [part for part in having if key in self._stated[part].get(safeguard, ())]
            of_platform = not stating and getattr(self.scenario.safeguards, safeguard) is not None
            line = {PLATFORM} if of_platform else set()
            for part in stating or having:
                line |= {part, *self._found[part, safeguard][key]}
            found[key] = tuple(sorted(line, key=lambda each: self.names.get(each, -1)))
        return found
