"""What is kept of many evenings of one plan: the marks of its incident, a row an evening."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model.states import Channel

Array = NDArray[np.int64]

#: Times are of the first act, in microseconds since 1970 UTC; -1 where it did not come to that. `status` is 0
#: for an evening of which nothing is known, `missed` a `Stage` or 0; `held`, `over` (before the world ended, at `ends`)
#: and `content_lost` are 0 or 1.
FIELDS = (
    "status",
    "missed",
    "held",
    "over",
    "drawn",
    "ends",
    "requested",
    "effect",
    "word",
    "word_by",
    "taken",
    "picked_up",
    "cause_found",
    "authorised",
    "visible",
    "route",
    "contained",
    "first_statement",
    "second_statement",
    "audience_whole",
    "content_lost",
    "said",
    "said_count",
)
#: What a gate said of an act: gate, reason, and how it came about.
SAID = ("gate", "reason", "how")
#: How: it passed, or was denied; of a time-out nobody had looked yet, nobody who could was on
#: shift, or a review had begun and was not over.
PASSED, DENIED, UNSEEN, UNMANNED, UNDER_REVIEW = range(5)

_PLACE = {name: place for place, name in enumerate(FIELDS)}


@dataclass(frozen=True)
class Seen:
    """Evenings of one plan: `FIELDS`, then when each channel noticed, and effects and returns of its acts.

    `table` is (evenings, fields + channels + 2 acts); `said` is what gates said, (any number, `SAID`), where
    an evening's part begins at its `said` and has `said_count` rows.
    """

    table: Array
    said: Array
    acts: int

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, field: str) -> Array:
        """A field of every evening."""
        return self.table[:, _PLACE[field]]

    @property
    def noticed(self) -> Array:
        """When each channel noticed the first act, (evenings, channels)."""
        return self.table[:, len(FIELDS) : len(FIELDS) + len(Channel)]

    @property
    def effects(self) -> Array:
        """When each act took effect, (evenings, acts)."""
        first = len(FIELDS) + len(Channel)
        return self.table[:, first : first + self.acts]

    @property
    def returns(self) -> Array:
        """When each act's account became visible again, (evenings, acts)."""
        return self.table[:, len(FIELDS) + len(Channel) + self.acts :]

    def said_in(self, evening: int) -> Array:
        """What gates said in one evening, in order."""
        first, count = self.table[evening, [_PLACE["said"], _PLACE["said_count"]]]
        return self.said[first : first + count]

    def said_in_each(self) -> Iterator[bytes]:
        """The same of every evening, as the bytes of its rows: few evenings differ in them."""
        said = self.said.tobytes()
        size = len(said) // max(1, len(self.said))
        for first, count in zip(self["said"].tolist(), self["said_count"].tolist(), strict=True):
            yield said[first * size : (first + count) * size]

    def take(self, evenings: Sequence[int] | Array | slice) -> Seen:
        """Some of the evenings."""
        return Seen(self.table[evenings], self.said, self.acts)

    def with_others(self, evenings: Array, others: Seen) -> Seen:
        """The same, but for these evenings, which are as `others` has them, in order."""
        table, rows = self.table.copy(), others.table.copy()
        rows[:, _PLACE["said"]] += len(self.said)
        table[evenings] = rows
        return Seen(table, np.concatenate([self.said, others.said]), self.acts)

    @staticmethod
    def joined(parts: Sequence[Seen]) -> Seen:
        """The evenings of several tables, one after another."""
        if len(parts) == 1:
            return parts[0]
        table = np.concatenate([part.table for part in parts])
        begins = np.cumsum([0, *(len(part.said) for part in parts[:-1])])
        table[:, _PLACE["said"]] += np.repeat(begins, [len(part) for part in parts])
        return Seen(table, np.concatenate([part.said for part in parts]), parts[0].acts)
