"""What every check of a scenario needs: its nodes, the faults found, and the values of leaves."""

from __future__ import annotations

from typing import Any

from .leaf import SPOILT, Unreadable
from .places import Faults, Node
from .quantities import read


class Checks:
    """Checks of one file; each adds to the faults."""

    def __init__(self, top: Node, faults: Faults) -> None:
        self.top = top
        self.faults = faults

    def not_empty(self, node: Node | None, what: str) -> None:
        """A mapping that must hold something."""
        if node is not None and node.value == {}:
            self.faults.add(node.header, f"there is no {what}", f"at least one {what}")

    def above_zero(self, node: Node | None, kind: str, what: str) -> None:
        """A value that means nothing at 0."""
        value = leaf_at(node, kind)
        if node is not None and value is not None and (value.amount if kind == "rate" else value) == 0:
            self.faults.add(node.place, f"{what} is 0")

    def may(self, team: str, command: str, tier: str) -> bool:
        """Whether a team has the right to a command on a tier."""
        tiers = self.top.at("teams", team, "may", command)
        return tiers is not None and tier in [item.text for item in tiers.items]


def leaf_at(node: Node | None, kind: str) -> Any:
    """The value of a leaf; None where it is not there or faulted already."""
    if node is None:
        return None
    inner = node.at("value")
    raw = node.plain if inner is None else inner.plain
    if raw is SPOILT:
        return None
    try:
        return read(kind, raw)
    except Unreadable:
        return None
