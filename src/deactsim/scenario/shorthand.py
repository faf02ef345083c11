"""What people may leave out or write shorter, spelled out: version, sources, facts, the moment, causes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final, get_args

from .leaf import SPOILT, Default, Spoilt, quoted
from .places import Faults, Node
from .schema import FactOf

VERSION: Final = 1
MEASURED: Final[tuple[str, ...]] = get_args(FactOf)


def complete(top: Node, faults: Faults) -> Node:
    """The file without version key, with every source in the table, facts and moment spelled out."""
    _check_version(top, faults)
    entries = {key: node for key, node in top.table.items() if key != "deactsim"}
    top = _with_sources(replace(top, value=entries))
    incident = top.at("incident")
    if incident is not None and isinstance(incident.value, dict):
        parts = dict(incident.value)
        if "at" in parts:
            parts["at"] = _moment(parts["at"])
        if "facts" in parts and isinstance(parts["facts"].value, dict):
            facts = {name: _fact(name, node) for name, node in parts["facts"].value.items()}
            parts["facts"] = replace(parts["facts"], value=facts)
        top = replace(top, value={**top.table, "incident": replace(incident, value=parts)})
    causes = top.at("causes")
    if causes is not None and isinstance(causes.value, dict):
        filled = {name: _cause(node, top) for name, node in causes.value.items()}
        top = replace(top, value={**top.table, "causes": replace(causes, value=filled)})
    return top


def _cause(node: Node, top: Node) -> Node:
    """A cause with its command, targets and teams, where the file leaves only one choice."""
    if not isinstance(node.value, dict):
        return node
    entries = dict(node.value)
    if "command" not in entries:
        acting = _acting(top.at("platform", "commands"))
        if len(acting) == 1:
            entries["command"] = Node(acting[0], node.header, node.key)
    tiers = top.at("platform", "tiers")
    if "targets" not in entries and tiers is not None and len(tiers.table) == 1:
        everything = Node(Default("100%"), node.header, node.key)
        entries["targets"] = Node({next(iter(tiers.table)): everything}, node.header, node.key)
    if "targets" in entries and isinstance(entries["targets"].value, dict):
        # Their order says nothing, and whom chance picks must not hang on it.
        entries["targets"] = replace(entries["targets"], value=dict(sorted(entries["targets"].value.items())))
    if "by" not in entries:
        entries["by"] = Node(_able(entries, top), node.header, node.key)
    return replace(node, value=entries)


def _acting(commands: Node | None) -> list[str]:
    """The commands that undo no other."""
    if commands is None:
        return []
    undoing = {undo.text for command in commands.table.values() if (undo := command.at("undo")) is not None}
    return [name for name in commands.table if name not in undoing]


def _able(cause: dict[str, Node], top: Node) -> list[Node] | Spoilt:
    """The teams with a right to the command on all targets, in the order of their names."""
    command, targets = cause.get("command"), cause.get("targets")
    commands, tiers, teams = top.at("platform", "commands"), top.at("platform", "tiers"), top.at("teams")
    if command is None or targets is None or commands is None or tiers is None or teams is None:
        return SPOILT
    wanted = targets.table.keys()
    if command.text not in commands.table or not wanted or not wanted <= tiers.table.keys():
        return SPOILT  # faulted where it stands
    able = []
    for name, team in teams.table.items():
        right = team.at("may", command.text or "")
        if right is not None and wanted <= {item.text for item in right.items}:
            able.append(Node(name, targets.header, targets.key))
    return sorted(able, key=lambda node: str(node.value))


def _check_version(top: Node, faults: Faults) -> None:
    version = top.at("deactsim")
    if version is None:
        faults.add(
            top.place,
            "the key `deactsim` is missing",
            "`deactsim: 1`, the version of the format",
            "make it the first line",
        )
    elif version.value is not SPOILT and (version.value != VERSION or isinstance(version.value, bool)):
        faults.add(version.place, f"{quoted(version.plain)} is not a version of the format", "`deactsim: 1`")


def _moment(node: Node) -> Node:
    """A moment as a mapping, its sources also on the instant itself."""
    if not isinstance(node.value, dict):
        return replace(node, value={"value": replace(node, key=node.key)})
    value, source = node.value.get("value"), node.value.get("source")
    if value is None or source is None or isinstance(value.value, dict):
        return node
    return replace(
        node, value={**node.value, "value": replace(value, value={"value": value, "source": source})}
    )


def _fact(name: str, node: Node) -> Node:
    """A fact with `of`: a fact named after what is measured means just that."""
    if isinstance(node.value, dict) and "of" not in node.value and name in MEASURED:
        return replace(node, value={"of": Node(name, node.header, node.key), **node.value})
    return node


def _with_sources(top: Node) -> Node:
    """Sources written on the spot become entries of `sources`, and keys where they stood."""
    table = top.at("sources")
    known = dict(table.table) if table is not None else {}
    if table is not None and not isinstance(table.value, dict):
        return top
    before = len(known)
    entries = {key: node if key == "sources" else _keyed(node, known) for key, node in top.table.items()}
    if len(known) > before:
        holder = table if table is not None else replace(top, key=None)
        entries["sources"] = replace(holder, value=known)
    return replace(top, value=entries)


def _keyed(node: Node, known: dict[str, Node]) -> Node:
    if isinstance(node.value, list):
        return replace(node, value=[_keyed(item, known) for item in node.value])
    if not isinstance(node.value, dict):
        return node
    entries = {}
    for key, inner in node.value.items():
        if key == "source" and isinstance(inner.value, list):
            entries[key] = replace(inner, value=[_key_for(item, known) for item in inner.value])
        elif key == "source":
            entries[key] = _key_for(inner, known)
        else:
            entries[key] = _keyed(inner, known)
    return replace(node, value=entries)


def _key_for(node: Node, known: dict[str, Node]) -> Node:
    """The key of a source written on the spot, which joins the table of sources."""
    if not isinstance(node.value, dict):
        return node
    plain = node.plain
    wanted = _slug(plain)
    key, number = wanted, 1
    while key in known and known[key].plain != plain:
        number += 1
        key = f"{wanted}-{number}"
    known.setdefault(key, node)
    return replace(node, value=key)


def _slug(source: dict[str, Any]) -> str:
    words = f"{source.get('outlet', '')} {source.get('date', '')}".lower()
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:60] or "source"
