"""Many worlds as columns, so that evenings can be run many at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .plan import StreamPlan
from .states import Stage
from .world import Pin, World


@dataclass(frozen=True)
class OwnPins:
    """Pins of one stage that differ from world to world, (worlds,); `there` is which worlds have one."""

    there: NDArray[np.bool_]
    times: NDArray[np.int64]
    after_effect: bool

    def take(self, places: NDArray[np.int64] | slice) -> OwnPins:
        """Those of some of the worlds."""
        return replace(self, there=self.there[places], times=self.times[places])


@dataclass(frozen=True)
class Worlds:
    """Many worlds of one stretch of time as columns: nobody needs the worlds one by one to run evenings at once.

    `keys` are (worlds,), uint64. All have the same `pins`, and each its `own_pins`; the record's `lengths` are
    (worlds,) a stage, -1 in a world that has none of it.
    """

    keys: NDArray[np.uint64]
    start: int
    end: int
    pins: Mapping[Stage, Pin] = field(default_factory=dict)
    lengths: Mapping[Stage, NDArray[np.int64]] = field(default_factory=dict)
    own_pins: Mapping[Stage, OwnPins] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, places: NDArray[np.int64] | slice) -> Worlds:
        """Some of them."""
        lengths = {stage: column[places] for stage, column in self.lengths.items()}
        own = {stage: pins.take(places) for stage, pins in self.own_pins.items()}
        return replace(self, keys=self.keys[places], lengths=lengths, own_pins=own)

    def world(self, place: int, streams: tuple[StreamPlan, ...]) -> World:
        """One of them by itself, as a scenario of these streams has it."""
        lengths = {stage: length for stage, all_ in self.lengths.items() if (length := int(all_[place])) >= 0}
        own = {
            stage: Pin(int(pins.times[place]), pins.after_effect)
            for stage, pins in self.own_pins.items()
            if pins.there[place]
        }
        drawn = _drawn(streams, int(self.keys[place]), self.start, self.end)
        return replace(drawn, pins={**self.pins, **own}, lengths=lengths)


@lru_cache(maxsize=20_000)
def _drawn(streams: tuple[StreamPlan, ...], key: int, start: int, end: int) -> World:  # noqa: ARG001
    """One world object for one set of reports: what is drawn for it is drawn once."""
    return World(key, start, end)
