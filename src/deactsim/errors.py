"""What can go wrong through a user's input, said so that it can be mended.

Everything here is shown to people as text, never as a traceback.
"""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST_LINE = 160
_BEFORE = 60


class DeactsimError(Exception):
    """A problem the user can mend; its text says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a scenario file, with its place.

    `line` and `column` count from 1, `width` is the number of characters the carets
    underline (at least 1). `text` is the offending line as it stands in the file. A fault
    of the file as a whole has line 0.
    """

    file: str
    line: int
    column: int
    width: int
    text: str
    message: str
    expected: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        lines = [f"{place}: {self.message}"]
        if self.text:
            # Of a very long line only the part around the fault is shown.
            cut = max(0, self.column - 1 - _BEFORE) if len(self.text) > _LONGEST_LINE else 0
            shown = "".join(map(_visible, self.text[cut : cut + _LONGEST_LINE]))
            indent = self.column - 1 - cut
            margin = f"{self.line:>5} | "
            lines.append(margin + shown)
            carets = "^" * max(1, min(self.width, len(shown) - indent))
            lines.append(" " * (len(margin) - 2) + "| " + " " * indent + carets)
        if self.expected:
            lines.append(f"        expected: {self.expected}")
        if self.hint:
            lines.append(f"        {self.hint}")
        return "\n".join(lines)


def _visible(character: str) -> str:
    """A character that takes one column and moves no cursor."""
    if character == "\t":
        return "→"
    return character if character.isprintable() else "\ufffd"


class ScenarioError(DeactsimError):
    """A scenario file that cannot be used; carries every fault that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


class CannotCondition(DeactsimError):
    """The documented facts cannot be met by the model as the scenario describes it."""


class UnknownName(DeactsimError):
    """A policy, reading, path or format that does not exist; names the near misses."""
