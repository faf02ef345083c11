"""Evenings run until what they began is over, or has been followed for its horizon."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from ..engines.seen import Seen
from ..model.horizon import LONGEST_HOLD, held_at_most, last_effect
from ..model.plan import IncidentPlan, Plan
from ..model.shifts import DAY
from ..model.worlds import Worlds
from .background import see_incidents

#: Worlds end so long after the last act at first: most evenings are over by then.
FIRST: Final = 7 * DAY
#: Nobody waits longer for people than this, after all that is stated to hold an act, to come to it.
PATIENCE: Final = 31 * DAY


def first_end(incident: IncidentPlan) -> int:
    """Where the worlds of an incident end at first (microseconds since 1970 UTC)."""
    return incident.at + incident.give_or_take + max(act.after for act in incident.acts) + FIRST


def see_through(plan: Plan, worlds: Worlds) -> Seen:
    """The marks of a plan's incident in many worlds, (worlds,), each run as far as anything is left to happen.

    A world of the same luck that ends later begins alike, so an evening that was not over is run once more in one
    that does: at last in one that reaches beyond the horizons of the darkness and of the recovery after it. An act
    that nobody has come to within `PATIENCE` stays `held`, and so does one that is held for over `LONGEST_HOLD`.
    """
    incident = plan.incident
    assert incident is not None  # noqa: S101 - without one there is nothing to see
    seen = see_incidents(plan, worlds)
    for farther, waits in (
        (PATIENCE, held_at_most(plan) <= LONGEST_HOLD),
        (PATIENCE + 2 * incident.follow, False),
    ):
        left = np.flatnonzero((seen["over"] == 0) & (seen["missed"] == 0) & (waits | (seen["held"] == 0)))
        if not left.size:
            break
        longer = replace(worlds.take(left), end=last_effect(plan) + farther)
        seen = seen.with_others(left, see_incidents(plan, longer))
    return seen
