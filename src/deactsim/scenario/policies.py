"""Policies as people write them, differences to the platform, joined into policies in full."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from .leaf import PERCENTILES, SPOILT, Reader, Unreadable, did_you_mean, one_of, quoted
from .places import Faults, Node
from .safeguards import Safeguards

SAFEGUARDS: Final = tuple(Safeguards.model_fields)
POLICY_KEYS: Final = ("combine", "label", "note")
NONE: Final = "none"
REQUIRED: Final = "required"
#: Policies that combine each other, one within another.
DEEPEST_COMBINED: Final = 30

Difference = dict[str, Node]


def complete(top: Node, faults: Faults) -> Node:
    """The file with every policy in full: its safeguards laid over the platform's, field by field.

    Only nodes are joined, so that every value keeps the place where it was written.
    """
    entries = dict(top.table)
    base = entries.get("safeguards")
    own = _own(base, faults) if base is not None else {}
    for name, node in list(own.items()):
        if node.text == NONE:
            message = f"`{name}: none` takes nothing away here"
            faults.add(node.place, message, None, "leave it out; `none` is for policies")
            del own[name]
    if base is not None and isinstance(base.value, dict):
        others = {key: node for key, node in base.value.items() if key not in SAFEGUARDS}
        entries["safeguards"] = replace(base, value={**others, **own})
    policies = entries.get("policies")
    if policies is not None and isinstance(policies.value, dict):
        joined = _Joined(policies.value, faults)
        entries["policies"] = replace(
            policies, value={name: joined.in_full(name, own) for name in policies.value}
        )
    return replace(top, value=entries)


def _own(node: Node, faults: Faults) -> Difference:
    """The safeguards under a node: a mapping of fields each, or `none`."""
    found: Difference = {}
    for name, entry in node.table.items():
        if name not in SAFEGUARDS:
            continue
        if entry.text == REQUIRED and name == "open_report":
            entry = replace(entry, value={})
        if isinstance(entry.value, dict) or entry.text == NONE:
            found[name] = entry
        else:
            _refuse(entry, name, faults)
    return found


def _refuse(entry: Node, name: str, faults: Faults) -> None:
    if entry.value is not SPOILT:
        hint = "write `{}`" if entry.text == REQUIRED else did_you_mean(entry.text or "", (NONE, REQUIRED))
        expected = f"the settings of `{name}` as a mapping, or none"
        faults.add(entry.place, f"{quoted(entry.plain)} is not a safeguard", expected, hint)


class _Joined:
    """Joins policies with those they combine."""

    def __init__(self, policies: dict[str, Node], faults: Faults) -> None:
        self.policies = policies
        self.faults = faults
        self.done: dict[str, Difference] = {}
        self.open: list[str] = []
        self.too_deep = False

    def in_full(self, name: str, base: Difference) -> Node:
        """The policy as the schema has it: label, note and every safeguard in force."""
        node = self.policies[name]
        if not isinstance(node.value, dict):
            return node
        safeguards = {**base}
        for safeguard, change in self.difference(name).items():
            if change.text == NONE:
                safeguards.pop(safeguard, None)
            elif safeguard in base:
                safeguards[safeguard] = replace(change, value={**base[safeguard].table, **change.table})
            else:
                safeguards[safeguard] = change
        entries: dict[str, Node] = {
            key: entry for key, entry in node.table.items() if key in ("label", "note")
        }
        return replace(node, value={**entries, "safeguards": replace(node, value=safeguards)})

    def difference(self, name: str) -> Difference:
        """What a policy changes, those it combines first."""
        if name in self.done:
            return self.done[name]
        self.open.append(name)
        node = self.policies[name]
        changes = self.combined(node)
        for safeguard, own in _own(node, self.faults).items():
            before = changes.get(safeguard)
            if own.text == NONE or before is None or before.text == NONE:
                changes[safeguard] = own
            else:
                changes[safeguard] = replace(own, value={**before.table, **own.table})
        self.unknown_keys(node, name)
        self.open.pop()
        self.done[name] = changes
        return changes

    def unknown_keys(self, node: Node, name: str) -> None:
        """Fault what is neither a safeguard nor a key of policies."""
        allowed = (*POLICY_KEYS, *SAFEGUARDS)
        for key, entry in node.table.items():
            if key not in allowed:
                hint = did_you_mean(key, allowed)
                if key == "safeguards":
                    hint = "safeguards stand directly under the policy's name"
                self.faults.add(entry.header, f"unknown key `{key}` in `{name}`", one_of_all(allowed), hint)

    def combined(self, node: Node) -> Difference:
        """The changes of the policies named under `combine`, which must not contradict each other."""
        combine = node.at("combine")
        changes: Difference = {}
        said_by: dict[tuple[str, str | None], str] = {}
        seen: set[str] = set()
        for item in combine.items if combine is not None else []:
            part = self.part(item, seen)
            if part is None:
                continue
            for safeguard, change in self.difference(part).items():
                self.join(safeguard, change, part, item, changes, said_by)
        if combine is not None and isinstance(combine.value, dict | list) and not combine.value:
            self.faults.add(combine.place, "`combine` names no policy", "a list of policies")
        elif combine is not None and isinstance(combine.value, dict):
            self.faults.add(combine.place, "a mapping is not a list of policies", "a list of policies")
        return changes

    def part(self, item: Node, seen: set[str]) -> str | None:
        """The policy an item of `combine` names, if it can be used."""
        name = item.text
        if name is None:
            if item.value is not SPOILT:
                message = f"{quoted(item.plain)} is not the name of a policy"
                self.faults.add(item.place, message, one_of(tuple(self.policies)))
            return None
        if name not in self.policies:
            known = tuple(self.policies)
            self.faults.add(item.place, f"unknown policy `{name}`", one_of(known), did_you_mean(name, known))
            return None
        if name in self.open:
            circle = " -> ".join([*self.open[self.open.index(name) :], name])
            self.faults.add(item.place, f"policies combine in a circle: {circle}")
            return None
        if name in seen:
            self.faults.add(item.place, f"`{name}` is named twice")
            return None
        if len(self.open) > DEEPEST_COMBINED and name not in self.done:
            if not self.too_deep:  # the rest of the chain would repeat it
                self.too_deep = True
                message = f"policies combine each other more than {DEEPEST_COMBINED} deep"
                self.faults.add(
                    item.place, message, None, "combine the policies at the end of the chain directly"
                )
            return None
        seen.add(name)
        return name

    def join(
        self,
        safeguard: str,
        change: Node,
        part: str,
        item: Node,
        changes: Difference,
        said_by: dict[tuple[str, str | None], str],
    ) -> None:
        """Lay one change over those so far; two that differ are a fault."""
        before = changes.get(safeguard)
        if before is not None and (before.text == NONE) != (change.text == NONE):
            other = said_by[safeguard, None]
            self.faults.add(item.place, f"`{other}` and `{part}` do not agree: one takes `{safeguard}` away")
            return
        fields = dict(before.table) if before is not None else {}
        for key, value in change.table.items():
            if key in fields and not _same(safeguard, key, fields[key], value):
                other = said_by[safeguard, key]
                message = f"`{other}` and `{part}` set `{safeguard}.{key}` differently"
                self.faults.add(item.place, message, None, "combine only one of them")
            fields[key] = value
            said_by.setdefault((safeguard, key), part)
        said_by.setdefault((safeguard, None), part)
        changes[safeguard] = change if change.text == NONE else replace(change, value=fields)


def one_of_all(names: tuple[str, ...]) -> str:
    """Every name, however many."""
    return "one of " + ", ".join(names)


def _same(safeguard: str, key: str, one: Node, other: Node) -> bool:
    """Whether two nodes say the same: `90 s` is `1.5 min`."""
    reader = _reader(safeguard, key)
    if reader is None:
        return bool(_many(one) == _many(other))
    try:
        return bool(reader.read(_value(one)) == reader.read(_value(other))) and _ends(one, reader) == _ends(
            other, reader
        )
    except Unreadable:
        return True  # faulted where it stands


def _ends(node: Node, reader: Reader[Any]) -> tuple[Any, ...]:
    """Between what a value is uncertain."""
    uncertain = node.at("uncertain")
    table = uncertain.table if uncertain is not None else {}
    return tuple(reader.read(table[key].plain) for key in PERCENTILES if key in table)


def _many(node: Node) -> Any:
    """A name standing alone as the list it stands for."""
    return (node.value,) if isinstance(node.value, str) else node.plain


def _value(node: Node) -> Any:
    inner = node.at("value")
    return node.plain if inner is None else inner.plain


def _reader(safeguard: str, key: str) -> Reader[Any] | None:
    from .grammar import model_at, reader_of

    model = model_at(("safeguards", safeguard))
    field = (
        next((f for name, f in model.model_fields.items() if (f.alias or name) == key), None)
        if model
        else None
    )
    return reader_of(field) if field is not None else None
