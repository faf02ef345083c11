"""Measures, each defined once, as folds over the trace."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ..model.plan import IncidentPlan
from ..model.shifts import overlap
from ..model.states import Channel, Event, Gate, Reason, Route
from ..model.streams import ACT, act_id, tag_of
from ..model.trace import Trace

#: How a gate's denial came about, beside its reason: nobody had looked at the request yet, nobody
#: whom it could have asked was even on shift, or a review had begun and was not over.
UNSEEN, UNMANNED, UNDER_REVIEW = "unseen", "nobody on shift", "under review"
Denial = tuple[Gate, Reason, str]

MINUTE = 60_000_000

#: The stages of the dark time, in order, and how people say them.
STAGES = {
    "notice": "somebody notices",
    "word": "word reaches platform",
    "pick_up": "on-call picks up",
    "find_cause": "cause found",
    "authorise": "undo authorised",
    "restore": "account visible again",
}

#: Measures of one incident: unit, and what they mean.
MEASURES = {
    "dark_minutes": ("min", "from effect until visible again, every act; 0 if none took effect"),
    "audience_minutes": (
        "follower minutes",
        "followers times minutes dark, every act: a ceiling, not viewers",
    ),
    "time_to_detect": ("min", "from effect until somebody notices"),
    "time_to_restore": ("min", "from the first notice until visible again"),
    "time_to_contain": ("min", "from the first effect until the actor can do no more"),
    "time_to_first_statement": ("min", "from effect until the platform speaks"),
    "time_to_audience_whole": ("min", "from visible until follower counts are whole"),
}


@dataclass(slots=True)
class Marks:
    """The times of one world's incident, None where it did not come to that.

    Times are those of the first act, but for `contained` (the actor is one and the same) and
    `effects` and `returns`, which hold every act by its id. `gates` is what each gate said of any
    act, `denials` which gate denied one, why, and how a time-out came about; `held` tells of an act
    that still waits when the world ends.
    """

    requested: int | None = None
    effect: int | None = None
    gates: list[tuple[Gate, Reason]] = field(default_factory=list)
    denials: list[Denial] = field(default_factory=list)
    noticed: dict[Channel, int] = field(default_factory=dict)
    word: int | None = None
    word_by: Channel | None = None
    taken: int | None = None
    picked_up: int | None = None
    cause_found: int | None = None
    authorised: int | None = None
    visible: int | None = None
    route: Route | None = None
    contained: int | None = None
    first_statement: int | None = None
    second_statement: int | None = None
    audience_whole: int | None = None
    content_lost: bool = False
    effects: dict[int, int] = field(default_factory=dict)
    returns: dict[int, int] = field(default_factory=dict)
    held: bool = False
    ends: int = 0

    @property
    def dark(self) -> int:
        """Microseconds the first act's account was dark; to the world's end if it never came back."""
        return self.dark_of(act_id(0))

    def dark_of(self, act: int) -> int:
        """Microseconds an act's account was dark."""
        return self.returns.get(act, self.ends) - self.effects[act] if act in self.effects else 0


def marks(trace: Trace, ends: int) -> Marks:
    """Fold a trace into the marks of its incident; `ends` is where the world ends."""
    found = Marks(ends=ends)
    denied: set[int] = set()
    first = act_id(0)
    asked: dict[int, tuple[int, int]] = {}
    looking: dict[int, int] = {}
    for time, event, entity, by, reason in trace.rows:
        if tag_of(entity) != ACT:
            continue
        if event == Event.TOOK_EFFECT:
            found.effects[entity] = time
        elif event == Event.VISIBLE:
            found.returns[entity] = time
        elif event == Event.GATE_DENIED:
            denied.add(entity)
            how = ""
            if reason == Reason.TIMED_OUT:
                how = _unheard(trace, asked.get(entity), time, under_review=looking.get(entity, 0) > 0)
            found.denials.append((Gate(by), Reason(reason), how))
        elif event == Event.ASKED:
            asked[entity] = by, time
        elif event == Event.REVIEW_STARTS:
            looking[entity] = looking.get(entity, 0) + 1
        elif event == Event.REVIEW_ENDS:
            looking[entity] = looking.get(entity, 0) - 1
        if event in (Event.GATE_PASSED, Event.GATE_DENIED):
            found.gates.append((Gate(by), Reason(reason)))
        # The actor is one and the same: whichever response finds him first contains him.
        if entity == first or event == Event.CONTAINED:
            _mark(found, time, Event(event), by)
    if trace.plan.incident is not None:
        found.held = len(found.effects) + len(denied) < len(trace.plan.incident.acts)
    return found


def _unheard(trace: Trace, asked: tuple[int, int] | None, until: int, *, under_review: bool) -> str:
    """How a request came to time out; `asked` is the team asked last, and when."""
    if under_review:
        return UNDER_REVIEW
    if asked is None:
        return UNSEEN
    team = next((team for team in trace.plan.teams if team.id == asked[0]), None)
    manned = team is None or overlap(team.windows, asked[1], until) > 0
    return UNSEEN if manned else UNMANNED


def _mark(found: Marks, time: int, event: Event, by: int) -> None:
    name = _TIMES.get(event)
    if name is not None:
        setattr(found, name, time)
    if event is Event.VISIBLE:
        found.route = Route(by)
    elif event is Event.NOTICED:
        found.noticed[Channel(by)] = time
    elif event is Event.WORD_ARRIVES:
        found.word_by = Channel(by)
    elif event is Event.CONTENT_LOST:
        found.content_lost = True


_TIMES = {
    Event.REQUESTED: "requested",
    Event.TOOK_EFFECT: "effect",
    Event.WORD_ARRIVES: "word",
    Event.RESPONDER_TAKES: "taken",
    Event.PICKED_UP: "picked_up",
    Event.CAUSE_FOUND: "cause_found",
    Event.UNDO_AUTHORISED: "authorised",
    Event.VISIBLE: "visible",
    Event.CONTAINED: "contained",
    Event.FIRST_STATEMENT: "first_statement",
    Event.SECOND_STATEMENT: "second_statement",
    Event.AUDIENCE_WHOLE: "audience_whole",
}


def record(found: Marks, incident: IncidentPlan, drawn: int) -> dict[str, float]:
    """One world as numbers: measures, stages and instants.

    `drawn` is when this world has the first account go dark (the record gives or takes).
    Durations in minutes; instants (`at_...`) in minutes after the documented effect; `late` is
    how long after this world's own record the effect came. Names are left out where it did
    not come to that.
    """
    row = {
        "stopped": float(not found.effects),
        "acts_dark": float(len(found.effects)),
        "dark_minutes": sum(found.dark_of(act) for act in found.effects) / MINUTE,
        "dark_first": found.dark / MINUTE,
        "audience_minutes": sum(
            incident.acts[act - act_id(0)].followers * found.dark_of(act) for act in found.effects
        )
        / MINUTE,
    }
    if not found.effects:
        return row
    row["still_dark"] = float(len(found.returns) < len(found.effects))
    row["time_to_contain"] = _minutes(min(found.effects.values()), found.contained)
    effect, documented = found.effect, incident.at
    if effect is None:
        return row
    first = min(found.noticed.values(), default=None)
    row |= {
        "late": (effect - drawn) / MINUTE,
        "time_to_detect": _minutes(effect, first),
        "time_to_restore": _minutes(first, found.visible),
        "time_to_first_statement": _minutes(effect, found.first_statement),
        "time_to_audience_whole": _minutes(found.visible, found.audience_whole),
        "content_lost": float(found.content_lost),
        "at_took_effect": _minutes(documented, effect),
        "at_public_notice": _minutes(documented, found.noticed.get(Channel.PUBLIC)),
        "at_detected": _minutes(documented, found.word),
        "at_visible": _minutes(documented, found.visible),
        "at_contained": _minutes(documented, found.contained),
        "at_first_statement": _minutes(documented, found.first_statement),
        "at_second_statement": _minutes(documented, found.second_statement),
        "at_audience_whole": _minutes(documented, found.audience_whole),
        "word_by": float(found.word_by or 0),
        "route": float(found.route or 0),
    }
    for channel, time in found.noticed.items():
        row[f"notice_{channel.name.lower()}"] = _minutes(effect, time)
    return row | stage_lengths(found)


def stage_lengths(found: Marks) -> dict[str, float]:
    """Minutes of the first act's dark time by stage; they add up to it exactly.

    The stage that is under way when the darkness ends gets all that is left of it: a stage
    cut short by another route's undo, or one that never came to its end.
    """
    if found.effect is None:
        return {}
    ends = found.effect + found.dark
    noticed = min(found.noticed.values(), default=None)
    if found.word_by is not None:
        noticed = found.noticed[found.word_by]
    cause = found.cause_found
    if found.authorised is not None and (cause is None or cause > found.authorised):
        cause = found.authorised  # authorised beforehand: the cause is found after the restore
    begun = (noticed, found.word, found.picked_up, cause, found.authorised)
    lengths: dict[str, float] = {}
    at = found.effect
    for name, mark in zip(STAGES, (*begun, ends), strict=True):
        until = ends if mark is None else min(mark, ends)
        lengths[f"stage_{name}"] = (until - at) / MINUTE
        at = until
    return lengths


def _minutes(begin: int | None, end: int | None) -> float:
    return math.nan if begin is None or end is None else (end - begin) / MINUTE
