"""What a policy does to an incident: its evenings beside the same ones under the baseline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from .measures import MEASURES
from .nights import Array, Nights
from .reasons import stopped_by
from .replay import measures
from .results import Estimate, Group, ReadingOutcome

SOME = 1e-9
#: An effect that comes less than this later than under the baseline, in minutes, is a slower
#: click and not postponed.
POSTPONED = 1.0


class Paired:
    """The same evenings under a policy and under the baseline."""

    def __init__(self, nights: Nights, base: Nights) -> None:
        self.nights, self.base = nights, base

    def under(self, reading: str) -> ReadingOutcome:
        """What became of the evenings, as told of a reading."""
        return replace(self.told, reading=reading)

    @cached_property
    def told(self) -> ReadingOutcome:
        """The same of a reading without a name: those that share their evenings share this."""
        nights = self.nights
        late = nights.column("late")
        mean_dark = nights.estimate(nights.column("dark_minutes"), "min", nights.restricted("dark_minutes"))
        return ReadingOutcome(
            reading="",
            stopped=nights.stopped_share(),
            dark=nights.summary("dark_minutes", "min", ~nights.stopped),
            # Evening by evening: the baseline's own holds put its effect after the documented instant, too.
            starts=nights.summary_of(late - self.base.column("late"), "min"),
            # Minutes are never below 0, whatever the normal approximation says of them.
            mean_dark=replace(mean_dark, low=max(0.0, mean_dark.low)),
            dark_first=nights.summary("dark_first", "min", ~np.isnan(late)),
            dark_worlds=nights.dark_worlds,
            stopped_by=stopped_by(nights),
            measures=measures(nights),
            difference=self.differences(),
        )

    def gain(self) -> float:
        """How much larger a share of the evenings the policy stops."""
        return self.told.stopped.mean - self.base.stopped_share().mean

    def difference(self, name: str) -> Estimate:
        """The mean difference to the baseline, world by world; what it did not come to counts 0."""
        return self.nights.estimate(_counted(self.nights, name) - _counted(self.base, name), "")

    def differences(self) -> dict[str, Estimate]:
        """Paired differences over all evenings; a measure that stopped evenings lack is left out.

        Durations are followed for the same horizon on either side, each from its own beginning.
        """
        found = {}
        for name, (unit, _) in MEASURES.items():
            values = self.nights.column(name) - self.base.column(name)
            if not np.isnan(values).any():
                horizon = self.nights.restricted(name) or self.base.restricted(name)
                found[name] = self.nights.estimate(values, unit, horizon)
        return found


def paired(table: Mapping[str, Nights], base: Mapping[str, Nights]) -> dict[str, Paired]:
    """A policy's evenings by reading beside the baseline's; readings with the same evenings share a pair."""
    pairs = {nights: Paired(nights, base[reading]) for reading, nights in table.items()}
    return {reading: pairs[nights] for reading, nights in table.items()}


def group_of(pairs: Sequence[Paired]) -> Group:
    """What the policy does to the incident, by the best of its readings."""
    if max(pair.gain() for pair in pairs) > SOME:
        return "stops"
    dark, acts, lost = (
        [pair.difference(name) for pair in pairs] for name in ("dark_minutes", "acts_dark", "content_lost")
    )
    if any(difference.high < -SOME for difference in (*dark, *acts)):
        return "shortens"
    if any(difference.low > SOME for difference in (*dark, *acts, *lost)):
        return "lengthens"
    if any(pair.told.starts is not None and pair.told.starts.median > POSTPONED for pair in pairs):
        return "postpones"
    return "nothing"


def what_is_worse(pairs: Sequence[Paired]) -> str | None:
    """What a policy makes worse, under the reading that has most of it."""
    parts = []
    for name, text in (
        ("content_lost", "content lost on {:.0%} of the evenings"),
        ("acts_dark", "{:.1f} more accounts dark on average"),
        ("dark_minutes", "{:.1f} min more dark on average"),
    ):
        most = max((pair.difference(name) for pair in pairs), key=lambda found: found.mean)
        if most.low > SOME:
            parts.append(text.format(most.mean))
    return ", ".join(parts) or None


def most_stopped(readings: Iterable[ReadingOutcome]) -> ReadingOutcome:
    """The reading under which a policy stops most: the one it is for, the first of equals."""
    return max(readings, key=lambda outcome: outcome.stopped.mean)


def _counted(nights: Nights, name: str) -> Array:
    return np.nan_to_num(nights.column(name))
