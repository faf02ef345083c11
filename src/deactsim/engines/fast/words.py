"""A night's memory while it is written."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from ...model.lengths import FIXED, Length
from ...model.streams import length_at
from .layout import Night

#: Values of a record's fields: words, and floats for fractions.
Fields: TypeAlias = dict[str, Any]

_double, _signed = struct.Struct("=d"), struct.Struct("=q")


def word_of(value: float) -> int:
    """The word that a fraction is, bit for bit."""
    word: int = _signed.unpack(_double.pack(value))[0]
    return word


class Words:
    """A memory that grows while it is written: words in order, fractions among them.

    The first of them stands at `base` of the whole memory.
    """

    def __init__(self, base: int) -> None:
        self.base = base
        self.words: list[int] = []

    def put(self, values: Sequence[int]) -> int:
        """Write words at the end; where they begin."""
        place = self.base + len(self.words)
        self.words += values
        return place

    def set(self, place: int, word: int) -> None:
        """Write one word."""
        self.words[place - self.base] = word

    def record(self, layout: Any, values: Fields) -> int:
        """Write a record, fractions as such; fields not named are 0."""
        place = self.put([0] * layout.SIZE)
        self.fill(place, layout, values)
        return place

    def fill(self, place: int, layout: Any, values: Fields) -> None:
        """Write fields of a record that stands there."""
        where, words, first = vars(layout), self.words, place - self.base
        for name, value in values.items():
            words[first + where[name]] = word_of(value) if isinstance(value, float) else int(value)

    def length(self, what: Length) -> int:
        """Write how long something takes."""
        table = self.put([word_of(value) for value in what.table]) if what.table else 0
        whole = length_at(what, 0.5) if what.shape == FIXED else 0
        given = (0, 0, 0) if table else (word_of(what.a), word_of(what.b), word_of(what.c))
        return self.put([what.shape, whole, *given, table, len(what.table)])

    def array(self) -> Night:
        """As memory."""
        return np.array(self.words, dtype=np.int64)
