"""Moments: SimPy events that keep the model's order at one instant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy

from ...model.states import Kind


class Moment(simpy.Event):
    """Something that happens at a set time, in the order (time, kind, entity, sub).

    SimPy orders events at one instant by priority. A moment's priority holds its kind and
    entity and is larger than that of SimPy's own steps, so whatever one moment sets off at
    the same instant runs dry before the next moment.
    """

    def __init__(self, env: simpy.Environment, time: int, kind: Kind, entity: int, sub: int = 0) -> None:
        self.env = env
        self.callbacks = []
        self._value = None
        self._ok = True
        priority: Any = ((kind + 1) << 66) | (entity << 4) | sub
        env.schedule(self, priority, time - env.now)

    def then(self, call: Callable[[], None]) -> None:
        """Call this when the moment comes."""
        assert self.callbacks is not None  # noqa: S101 - a moment just made has not come yet
        self.callbacks.append(lambda _: call())
