"""One occurrence of a cause under one policy: its window of the year, run and measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from ..engines import chosen
from ..engines.handled import Parts
from ..model.causes import Occurrence, incident_of
from ..model.plan import IncidentPlan, Plan
from ..model.states import Event
from ..model.trace import Row
from ..model.world import HOUR, World
from .background import in_parts, run_incident
from .forecast_results import HORIZON
from .measures import MINUTE
from .settling import HOURS
from .warm_up import hour_of_week

#: A run begins so long before its occurrence at the least; what nobody ever notices is dark for so long.
WARM_UP = HOUR
FOLLOW = round(HORIZON * MINUTE)

#: What is measured of an occurrence, in this order: counts, and minutes; nan where it did not come to that.
COLUMNS = (
    "asked",
    "stopped",
    "accounts_dark",
    "dark_minutes",
    "audience_minutes",
    "protected_dark",
    "protected_minutes",
    "content_lost",
    "longest_protected",
    "time_to_detect",
    "time_to_restore",
    "noticed_by",
    "still_dark",
    "first_still_dark",
)

Array = NDArray[np.float64]
#: An account that may go dark: its followers, and whether it is protected.
Account = tuple[int, bool]


#: Before an occurrence in any hour of the week nothing has settled that takes longer.
USUAL: tuple[int, ...] = (WARM_UP,) * HOURS


def window(key: int, what: Occurrence, ahead: Sequence[int] = USUAL) -> World:
    """The part of a year around an occurrence: the year's luck, its own reports.

    It begins so long `ahead` as the hour of the week asks for (`study.warm_up`), and ends late enough for what
    is held up to be dark for `FOLLOW`.
    """
    start = what.at - ahead[hour_of_week(what.at)]
    return World(key=key, start=start, end=what.at + what.acts[-1].after + 2 * FOLLOW)


@dataclass(frozen=True)
class Meeting:
    """Plans that meet the same occurrences, in their parts, and the tiers and accounts that their safeguards name.

    `ahead` is how long before an occurrence a run begins, by the hour of the week, (168,).
    """

    parts: tuple[Parts, ...]
    names: frozenset[str]
    ahead: tuple[int, ...] = USUAL

    @classmethod
    def of(cls, plans: Iterable[Plan], ahead: tuple[int, ...] = USUAL) -> Meeting:
        """What is the same of these plans whatever they meet."""
        parts = tuple(in_parts(plan) for plan in plans)
        return cls(parts, frozenset[str]().union(*(_targets(one.plan) for one in parts)), ahead)


def run_occurrences(
    meeting: Meeting, wholes: Sequence[World], occurring: Sequence[Occurrence], protected: frozenset[str]
) -> Array:
    """Occurrences of one cause, each in its window of a year, under all plans: (plan, occurrence, `COLUMNS`).

    `wholes` are the years they occur in, one an occurrence, which differ in nothing but their luck.
    """
    found = np.empty((len(meeting.parts), len(occurring), len(COLUMNS)))
    worlds = [window(whole.key, what, meeting.ahead) for whole, what in zip(wholes, occurring, strict=True)]
    done = np.zeros(found.shape[:2], dtype=bool)
    for acts in {len(what.acts) for what in occurring}:
        # A safeguard that names an account reaches it as it reaches no other of its tier.
        some = [
            number
            for number, what in enumerate(occurring)
            if len(what.acts) == acts and not any(act.account in meeting.names for act in what.acts)
        ]
        if some:
            met = chosen.meet(
                meeting.parts,
                [occurring[number] for number in some],
                [worlds[number] for number in some],
                protected,
                FOLLOW,
                (wholes[0].start - max(meeting.ahead), wholes[0].end + 2 * FOLLOW),
            )
            if met is not None:
                found[:, some], done[:, some] = met
    for place, number in np.argwhere(~done):
        plan = meeting.parts[place].plan
        found[place, number] = run_occurrence(plan, worlds[number], occurring[number], protected)
    return found


def _targets(plan: Plan) -> frozenset[str]:
    """The tiers and accounts that a plan's safeguards name."""
    return frozenset(
        name
        for each in fields(plan.safeguards)
        if (given := getattr(plan.safeguards, each.name)) is not None
        for name in getattr(given, "control", given).targets or ()
    )


def run_occurrence(
    plan: Plan, world: World, what: Occurrence, protected: frozenset[str]
) -> tuple[float, ...]:
    """An occurrence under a policy, as `COLUMNS`."""
    incident = incident_of(plan, what, WARM_UP, FOLLOW)
    trace = run_incident(replace(plan, incident=incident), world)
    return measured(trace.rows, accounts_of(incident, protected).get)


def accounts_of(incident: IncidentPlan, protected: frozenset[str]) -> dict[int, Account]:
    """The account of each of an incident's acts, by the act's id."""
    return {incident.id + k: (act.followers, act.tier in protected) for k, act in enumerate(incident.acts)}


def measured(rows: Iterable[Row], account_of: Callable[[int], Account | None]) -> tuple[float, ...]:
    """Fold rows into `COLUMNS`; `account_of` knows the acts that count by their id.

    An account is followed for `FOLLOW` from when it went dark: one that is not back by then counts as dark for so long
    and as `still_dark`. So does the time to detect of what is neither noticed nor back by then; the time to restore is
    followed to the same instant, and no more than a lower bound where the first account is still dark.
    """
    asked = stopped = lost = 0
    since: dict[int, int] = {}
    back: dict[int, int] = {}
    seen: dict[int, tuple[int, int]] = {}
    for time, event, entity, by, _ in rows:
        if account_of(entity) is None:
            continue
        if event == Event.REQUESTED:
            asked += 1
        elif event == Event.GATE_DENIED:
            stopped += 1
        elif event == Event.TOOK_EFFECT:
            since[entity] = time
        elif event == Event.NOTICED:
            seen.setdefault(entity, (time, by))
        elif event == Event.VISIBLE:
            back[entity] = time
        elif event == Event.CONTENT_LOST:
            lost += 1
    dark = audience = guarded = guarded_minutes = longest = 0.0
    still = 0
    for entity, begun in since.items():
        still += _still_dark(begun, back.get(entity))
        minutes = min(back.get(entity, begun + FOLLOW) - begun, FOLLOW) / MINUTE
        followers, is_protected = account_of(entity) or (0, False)
        dark += minutes
        audience += minutes * followers
        if is_protected:
            guarded += 1
            guarded_minutes += minutes
            longest = max(longest, minutes)
    first = min(since, key=lambda entity: (since[entity], entity), default=None)
    detect = restore = channel = math.nan
    cut = False
    if first is not None:
        begun, cut = since[first], _still_dark(since[first], back.get(first))
        until = begun + FOLLOW if cut else back[first]
        noticed, by = seen.get(first, (until + 1, 0))
        if noticed <= until:
            detect, restore, channel = (noticed - begun) / MINUTE, (until - noticed) / MINUTE, by
        elif cut:
            detect = FOLLOW / MINUTE
    counts = (asked, stopped, len(since), dark, audience, guarded, guarded_minutes, lost)
    return (*counts, longest, detect, restore, channel, still, float(cut))


def _still_dark(begun: int, back: int | None) -> bool:
    """Whether an account that went dark is not back after `FOLLOW`."""
    return back is None or back - begun > FOLLOW
