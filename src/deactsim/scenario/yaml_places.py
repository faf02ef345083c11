"""YAML text to nodes that know where they stand: line, column and width of each value and key.

Built on PyYAML's events; the rules for duplicates, aliases and plain words are kept here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, NoReturn

import yaml

from .file_text import LARGEST, check_characters
from .leaf import SPOILT, commas_in
from .places import WHOLE, Faults, Node, Place
from .scalars import Trap, meaning, unprintable

DEEPEST: Final = 30
MOST_NODES: Final = 50_000
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# PyYAML and libyaml word the same fault differently; a part of the wording tells them apart.
_SYNTAX: Final = (
    (
        r"mapping values are not allowed",
        "a colon that YAML cannot place",
        "quote a text that has `: ` in it; keys of one mapping begin in one column",
    ),
    (
        r"cannot start any token",
        "`CHARACTER` cannot begin an unquoted text",
        "put quotes around the text",
    ),
    (
        r"',' or '[]}]'",
        "a comma is missing, or a bracket is not closed",
        "close every `{` with `}` and every `[` with `]`",
    ),
    (r"expected ':'|simple key", "a key without a colon", "write `key: value`, with a space after the colon"),
    (r"end of stream|document separator", "a quote that is not closed", "close the quote on the same line"),
    (
        r"escape|hexadecimal|Unicode character",
        "an unknown escape in a double-quoted text",
        "use single quotes, or write two backslashes",
    ),
    (
        r"block end|expected key|block (mapping|collection|sequence)|-' indicator|indentation",
        "the indentation does not fit",
        "keys of one mapping begin in one column",
    ),
    (r"directive|%", "a directive that is not understood", "leave out lines that begin with `%`"),
)


def compose(text: str, faults: Faults) -> Node:
    """The top mapping of the one document in `text`; stops where nothing more can be read."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    faults.lines = text.split("\n")
    if len(text.encode("utf-8", errors="replace")) > LARGEST:
        faults.stop(WHOLE, "the text is too large", "a scenario of at most 1 MB")
    check_characters(faults)
    try:
        return _Composer(text, faults).document()
    except yaml.MarkedYAMLError as error:
        _stop_at_syntax(error, faults)


def _goes_on(before: Any, key: Any, value: Any) -> bool:
    """Whether a key in braces is the rest of a number before it, cut off by a comma."""
    return (
        all(isinstance(each, yaml.ScalarEvent) for each in (before, key, value))
        and re.fullmatch(r"[-+]?[0-9]+", before.value) is not None
        and re.fullmatch(r"[0-9]+\s?[A-Za-z% ]*", key.value) is not None
        and not value.value
        and key.start_mark.index == before.end_mark.index + 1  # a space before it makes it a key of its own
    )


def _stop_at_syntax(error: yaml.MarkedYAMLError, faults: Faults) -> NoReturn:
    """Say in plain words what YAML could not make sense of, where it began."""
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    said = f"{error.context or ''} {error.problem or ''}"
    # What was left open is noticed lines later; where it was opened is the place to mend.
    if (
        mark is not None
        and begun is not None
        and begun.line < mark.line
        and re.search(r"flow|scalar|simple key", said)
    ):
        mark = begun
    place = _inside(Place(mark.line + 1, mark.column + 1), faults) if mark is not None else WHOLE
    for pattern, message, hint in _SYNTAX:
        if re.search(pattern, said):
            character = faults.lines[place.line - 1][place.column - 1 :][:1]
            faults.stop(place, message.replace("CHARACTER", character), None, hint)
    faults.stop(place, f"this is not YAML: {error.problem}")


def _inside(place: Place, faults: Faults) -> Place:
    """The place, on the last line and at its end at the latest: a text may break off."""
    line = min(place.line, len(faults.lines))
    return Place(line, min(place.column, len(faults.lines[line - 1]) + 1))


class _Composer:
    """Builds nodes from the events of one text."""

    def __init__(self, text: str, faults: Faults) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.faults = faults
        self.anchors: dict[str, Node] = {}
        self.sizes: dict[str, int] = {}
        self.open: set[str] = set()
        self.size = 0
        self.cut: list[Place] = []

    def document(self) -> Node:
        """The only document, which must be a mapping."""
        next(self.events)  # the start of the stream
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            self.faults.stop(
                WHOLE, "the file is empty", "a scenario", "`deactsim new NAME` writes one to start from"
            )
        if start.version is not None and start.version != (1, 2):
            self.faults.add(self.place(start), "another version of YAML", "`%YAML 1.2`, or no such line")
        if start.tags:
            self.faults.add(self.place(start), "`%TAG` is not supported", None, "leave the line out")
        top = self.node(next(self.events), 1)
        next(self.events)  # the end of the document
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.faults.stop(self.place(after), "a second document in one file", "one scenario a file")
        if top.value is None:
            self.faults.stop(
                WHOLE, "the file is empty", "a scenario", "`deactsim new NAME` writes one to start from"
            )
        if not isinstance(top.value, dict):
            self.faults.stop(
                top.place, "the file does not hold a mapping", "`deactsim: 1`, `title: ...` and so on"
            )
        return top

    def place(self, event: Any) -> Place:
        """The place of an event; the width ends with its first line."""
        start, end = event.start_mark, event.end_mark
        if end.line == start.line:
            width = end.column - start.column
        else:
            width = len(self.faults.lines[start.line].rstrip()) - start.column
        return Place(start.line + 1, start.column + 1, max(1, width))

    def node(self, event: Any, depth: int) -> Node:
        """The node an event begins, with all that is in it."""
        place = self.place(event)
        self.grow(1, place)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event.anchor or "", place)
        if depth > DEEPEST:
            self.faults.stop(place, f"nested more than {DEEPEST} deep")
        if event.anchor is not None:
            if event.anchor in self.open or event.anchor in self.anchors:
                self.faults.add(place, f"the anchor `&{event.anchor}` is set twice")
            self.open.add(event.anchor)
        before = self.size
        node = self.content(event, place, depth)
        if event.tag is not None:
            tag = "!!" + event.tag[18:] if event.tag.startswith("tag:yaml.org,2002:") else event.tag
            self.faults.add(
                place,
                f"the tag `{tag}` is not supported",
                None,
                "leave it out; what a value is follows from its key",
            )
            node.value = SPOILT
        if event.anchor is not None:
            self.open.discard(event.anchor)
            self.anchors[event.anchor] = node
            self.sizes[event.anchor] = self.size - before + 1
        return node

    def content(self, event: Any, place: Place, depth: int) -> Node:
        """The scalar, list or mapping itself."""
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, place)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(inner := next(self.events), yaml.SequenceEndEvent):
                items.append(self.node(inner, depth + 1))
                self.refuse_nothing(items[-1], "in a list")
            return Node(items, self.closed(place, inner))
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        number: list[Any] = []  # the events of a value that commas may have cut into keys, in order
        while not isinstance(inner := next(self.events), yaml.MappingEndEvent):
            # A key that is a text has no events of its own: what comes next is its value.
            after = next(self.events) if isinstance(inner, yaml.ScalarEvent) else None
            if event.flow_style and number and _goes_on(number[-1], inner, after):
                number.append(inner)
                continue
            self.refuse_commas(number, entries)
            number = [after]
            key = self.key(inner, keys, depth)
            key_place = self.place(inner)
            node = self.node(next(self.events) if after is None else after, depth + 1)
            if key is not None:
                self.refuse_nothing(node, f"after `{key}:`", key_place)
                keys[key] = key_place
                entries[key] = replace(node, key=key_place)
        self.refuse_commas(number, entries)
        return Node(entries, self.closed(place, inner))

    def refuse_commas(self, number: list[Any], entries: dict[str, Node]) -> None:
        """Fault a number in braces that commas have cut into keys: `{followers: 8,5M}`."""
        if len(number) < 2:
            return
        text = ",".join(part.value for part in number)
        start = number[0].start_mark
        place = Place(start.line + 1, start.column + 1, len(text))
        self.faults.add(place, *commas_in(text))
        if entries:
            entries[next(reversed(entries))].value = SPOILT

    def closed(self, place: Place, end: Any) -> Place:
        """The place of a list or mapping in brackets reaches to its end."""
        mark = end.end_mark
        if mark.line + 1 == place.line and mark.column > place.column:
            return replace(place, width=mark.column - place.column + 1)
        line = self.faults.lines[place.line - 1]
        return replace(place, width=max(1, len(line.rstrip()) - place.column + 1))

    def key(self, event: Any, seen: dict[str, Place], depth: int) -> str | None:
        """The text of a key; None if it cannot be used, which is faulted."""
        place = self.place(event)
        if not isinstance(event, yaml.ScalarEvent):
            self.node(event, depth + 1)
            self.faults.add(place, "a key that is not a text", None, "write `key: value`")
            return None
        self.grow(1, place)
        text: str = event.value
        if event.tag is not None or event.anchor is not None:
            self.faults.add(place, "a tag or an anchor on a key", None, "leave it out")
        if event.style in (None, ""):
            if text == "<<":
                self.faults.add(
                    place,
                    "`<<` is not supported",
                    None,
                    "write the keys out; policies are joined with `combine`",
                )
                return None
            found = meaning(text)
            if isinstance(found, Trap):
                self.faults.add(place, found.message, None, f'quote it: "{text}"')
            elif found is None:
                self.faults.add(place, "a key without a name", "`key: value`")
                return None
        if unprintable(text):
            self.faults.add(place, "a key with control characters", None, "delete them")
            return None
        if text != text.strip() or not text:
            self.faults.add(place, f'the key "{text}" begins or ends with a space', None, "delete the space")
            return None
        if text in seen:
            self.faults.add(
                place, f"the key `{text}` is there twice", None, f"the first one is in line {seen[text].line}"
            )
            return None
        return text

    def scalar(self, event: Any, place: Place) -> Node:
        """A text, number, truth value or nothing."""
        text: str = event.value
        if unprintable(text):
            self.faults.add(place, "a text with control characters", None, "delete them")
            return Node(SPOILT, place)
        if event.style not in (None, ""):
            return Node(text, place)
        found = meaning(text)
        if isinstance(found, Trap):
            self.faults.add(place, found.message, None, found.hint)
            return Node(SPOILT, place)
        return Node(found, place if text else replace(place, width=0))

    def refuse_nothing(self, node: Node, where: str, key: Place | None = None) -> None:
        """Blank and `null` are refused: left out and emptied should not look alike."""
        if node.value is None:
            # A blank has no characters to underline; its key has.
            place = key if key is not None and node.place.width == 0 else node.place
            self.faults.add(
                place,
                f"nothing stands {where}",
                None,
                "leave it out, or write `{}` for nothing special, `none` to take away",
            )
            node.value = SPOILT

    def alias(self, name: str, place: Place) -> Node:
        """The node an alias repeats."""
        if name in self.open:
            self.faults.add(place, f"the alias `*{name}` stands inside what it repeats")
        elif name not in self.anchors:
            self.faults.add(place, f"the alias `*{name}` has no anchor before it", f"`&{name}` further up")
        else:
            self.grow(self.sizes[name], place)
            return self.anchors[name]
        return Node(SPOILT, place)

    def grow(self, size: int, place: Place) -> None:
        """Count what has been read, aliases as what they repeat."""
        self.size += size
        if self.size > MOST_NODES:
            self.faults.stop(place, f"more than {MOST_NODES:,} values, what `*` repeats counted in")
