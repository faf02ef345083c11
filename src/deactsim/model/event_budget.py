"""How many events an hour of a run may have: a scenario in which something repeats without end is refused.

A report comes to some fifteen events, an act to some dozens, and an hour may have to make up for the reports of a
week. The budget lies above that; what still exceeds it is a loop, such as an approval that times out
twice a second and is asked for again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from ..errors import DeactsimError
from .plan import Plan
from .states import Event, plain
from .world import HOUR

#: Events an hour that any platform may have; what a report or alarm, and what an act may add.
BASE, EACH_REPORT, EACH_ACT = 4_000, 5_000, 200
#: Of so many rows those that come most often are named.
LOOKED_AT = 1_000
ASKING = {Event.ASKED, Event.TIMED_OUT, Event.REVIEW_STARTS, Event.REVIEW_ENDS}


def most_events(plan: Plan) -> int:
    """How many events an hour of a run of this plan may have."""
    an_hour = sum(
        stream.per_microsecond * HOUR * max([1.0, *(times for _, times in stream.busy)])
        for stream in plan.streams
    )
    if (alert := plan.safeguards.alert) is not None:
        an_hour += alert.false_per_microsecond * HOUR
    acts = sum(len(incident.acts) for incident in plan.incidents)
    leavers = 4 * sum(team.heads for team in plan.teams) if plan.safeguards.step_down is not None else 0
    each_act = EACH_ACT + 2 * plan.response.audience_steps
    return BASE + 4 * len(plan.teams) + round(EACH_REPORT * an_hour) + each_act * acts + leavers


class EventBudget:
    """The events of the hour that a run is in, counted."""

    def __init__(self, plan: Plan) -> None:
        self.most = most_events(plan)
        self.hour, self.count = -1, 0

    def add(self, hour: int, count: int) -> bool:
        """Count events of an hour (hours since 1970 UTC); whether they are within the budget."""
        if hour != self.hour:
            self.hour, self.count = hour, 0
        self.count += count
        return self.count <= self.most

    def exceeded(self, events: Iterable[int]) -> DeactsimError:
        """What to tell people, with the events that came last."""
        often = [Event(event) for event, _ in Counter(list(events)[-LOOKED_AT:]).most_common(2)]
        names = " and ".join(f"`{plain(event)}`" for event in often)
        remedy = "look for rates, steps and lengths far below a second"
        if ASKING & set(often):
            remedy = "give `approval` a longer `time_out`, or approvers who are on shift and have time"
        since = datetime.fromtimestamp(self.hour * 3600, UTC)
        return DeactsimError(
            f"more than {self.most:,} events in one simulated hour, from {since:%Y-%m-%d %H:%M} UTC: "
            f"{names} repeat again and again; {remedy}"
        )
