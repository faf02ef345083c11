"""A night's memory while it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from ...model.lengths import FIXED, Length
from ...model.streams import length_at
from .layout import (
    LENGTH,
    Night,
)

#: Values of a record's fields: words, and floats for fractions.
Fields: TypeAlias = dict[str, Any]


class Words:
    """A memory that grows while it is written: words in order, fractions among them."""

    def __init__(self, size: int) -> None:
        self.words: list[int] = [0] * size
        self.fractions: list[tuple[int, float]] = []

    def put(self, values: Sequence[int]) -> int:
        """Write words at the end; where they begin."""
        place = len(self.words)
        self.words += values
        return place

    def record(self, layout: Any, values: Fields) -> int:
        """Write a record, fractions as such; fields not named are 0."""
        place = self.put([0] * layout.SIZE)
        self.fill(place, layout, values)
        return place

    def fill(self, place: int, layout: Any, values: Fields) -> None:
        """Write fields of a record that stands there."""
        where = vars(layout)
        for name, value in values.items():
            if isinstance(value, float):
                self.fractions.append((place + where[name], value))
            else:
                self.words[place + where[name]] = int(value)

    def length(self, what: Length) -> int:
        """Write how long something takes."""
        if what.table:
            table = self.put([0] * len(what.table))
            self.fractions += [(table + k, float(value)) for k, value in enumerate(what.table)]
            values: Fields = {"TABLE": table, "TABLE_SIZE": len(what.table)}
        else:
            values = {"A": float(what.a), "B": float(what.b), "C": float(what.c)}
        if what.shape == FIXED:
            values["WHOLE"] = length_at(what, 0.5)
        return self.record(LENGTH, values | {"SHAPE": what.shape})

    def array(self) -> Night:
        """As memory."""
        night = np.array(self.words, dtype=np.int64)
        real = night.view(np.float64)
        for place, value in self.fractions:
            real[place] = value
        return night


class Further(Words):
    """Words after those of a template."""

    def __init__(self, base: int) -> None:
        super().__init__(0)
        self.base = base

    def put(self, values: Sequence[int]) -> int:
        return self.base + super().put(values)

    def set(self, place: int, word: int) -> None:
        """Write one word."""
        self.words[place - self.base] = word

    def fill(self, place: int, layout: Any, values: Fields) -> None:
        where = vars(layout)
        for name, value in values.items():
            if isinstance(value, float):
                self.fractions.append((place + where[name], value))
            else:
                self.words[place + where[name] - self.base] = int(value)
