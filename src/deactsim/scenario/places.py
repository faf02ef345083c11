"""Where things stand in a file: places, nodes that know theirs, and the faults found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from ..errors import Fault, ScenarioError
from .leaf import Spoilt
from .scalars import Scalar


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: line and column from 1, and how many characters of the line it takes."""

    line: int
    column: int
    width: int = 1


WHOLE: Final = Place(0, 0)


@dataclass(slots=True)
class Node:
    """A value of the file, its place and the place of the key it stands under."""

    value: Scalar | Spoilt | list[Node] | dict[str, Node]
    place: Place
    key: Place | None = None

    def at(self, *path: str) -> Node | None:
        """The node further down, or None where the path ends or leads through something else."""
        node: Node | None = self
        for name in path:
            node = node.value.get(name) if node is not None and isinstance(node.value, dict) else None
        return node

    @property
    def table(self) -> dict[str, Node]:
        """The entries of a mapping; nothing for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """The items of a list; a scalar counts as a list of one."""
        if isinstance(self.value, list):
            return self.value
        return [] if isinstance(self.value, dict) else [self]

    @property
    def text(self) -> str | None:
        """The text of a scalar, if it is a text."""
        return self.value if isinstance(self.value, str) else None

    @property
    def plain(self) -> Any:
        """The value without places: dicts, tuples and scalars."""
        if isinstance(self.value, dict):
            return {name: node.plain for name, node in self.value.items()}
        if isinstance(self.value, list):
            return tuple(node.plain for node in self.value)
        return self.value

    @property
    def header(self) -> Place:
        """The key it stands under, else its own place."""
        return self.key or self.place


def node_of(value: Any) -> Node:
    """Nodes for plain data that stand in no file."""
    if isinstance(value, dict):
        return Node({name: node_of(entry) for name, entry in value.items()}, WHOLE)
    if isinstance(value, list):
        return Node([node_of(entry) for entry in value], WHOLE)
    return Node(value, WHOLE)


@dataclass(slots=True)
class Faults:
    """The faults found so far in one file; every check adds to it."""

    file: str
    lines: list[str]
    found: dict[tuple[int, int, str], Fault] = field(default_factory=dict)

    def add(self, place: Place, message: str, expected: str | None = None, hint: str | None = None) -> None:
        """Note a fault; the same one at the same place counts once."""
        text = self.lines[place.line - 1] if 0 < place.line <= len(self.lines) else ""
        fault = Fault(self.file, place.line, place.column, max(1, place.width), text, message, expected, hint)
        self.found.setdefault((place.line, place.column, message), fault)

    def stop(
        self, place: Place, message: str, expected: str | None = None, hint: str | None = None
    ) -> NoReturn:
        """Raise with a fault after which nothing more can be read."""
        self.add(place, message, expected, hint)
        raise self.error()

    def error(self) -> ScenarioError:
        """Everything found, in the order of the file."""
        return ScenarioError([self.found[key] for key in sorted(self.found)])
