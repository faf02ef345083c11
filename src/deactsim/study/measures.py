"""Measures, each defined once, as folds over the trace."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ..model.states import Channel, Event, Gate, Reason, Route
from ..model.streams import ACT, act_id, tag_of
from ..model.trace import Trace

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
    "dark_minutes": ("min", "from effect until visible again; 0 if it never took effect"),
    "audience_minutes": (
        "follower minutes",
        "followers times minutes dark, every act: a ceiling, not viewers",
    ),
    "time_to_detect": ("min", "from effect until somebody notices"),
    "time_to_restore": ("min", "from the first notice until visible again"),
    "time_to_contain": ("min", "from effect until the actor can do no more"),
    "time_to_first_statement": ("min", "from effect until the platform speaks"),
    "time_to_audience_whole": ("min", "from visible until follower counts are whole"),
}


@dataclass(slots=True)
class Marks:
    """The times of one world's incident (its first act), None where it did not come to that."""

    requested: int | None = None
    effect: int | None = None
    stopped_by: tuple[Gate, Reason] | None = None
    passed: list[tuple[Gate, Reason]] = field(default_factory=list)
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
    follower_time: float = 0.0
    ends: int = 0

    @property
    def dark(self) -> int:
        """Microseconds dark; up to the end of the run where it never became visible."""
        if self.effect is None:
            return 0
        return (self.ends if self.visible is None else self.visible) - self.effect


def marks(trace: Trace, ends: int) -> Marks:
    """Fold a trace into the marks of its incident; `ends` is where the world ends."""
    found = Marks(ends=ends)
    dark_since: dict[int, int] = {}
    first = act_id(0)
    incident = trace.plan.incident
    for time, event, entity, by, reason in trace.rows:
        if tag_of(entity) != ACT:
            continue
        if event == Event.TOOK_EFFECT:
            dark_since[entity] = time
        elif event == Event.VISIBLE and incident is not None:
            found.follower_time += incident.acts[entity & 0xFFFF].followers * (time - dark_since.pop(entity))
        # The actor is one and the same: whichever response finds him first contains him.
        if entity == first or event == Event.CONTAINED:
            _mark(found, time, Event(event), by, reason)
    if incident is not None:
        for entity, since in dark_since.items():
            found.follower_time += incident.acts[entity & 0xFFFF].followers * (ends - since)
    return found


def _mark(found: Marks, time: int, event: Event, by: int, reason: int) -> None:
    name = _TIMES.get(event)
    if name is not None:
        setattr(found, name, time)
    if event is Event.VISIBLE:
        found.route = Route(by)
    elif event is Event.GATE_PASSED:
        found.passed.append((Gate(by), Reason(reason)))
    elif event is Event.GATE_DENIED:
        found.stopped_by = (Gate(by), Reason(reason))
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


def record(found: Marks, documented: int, drawn: int) -> dict[str, float]:
    """One world as numbers: measures, stages and instants.

    `documented` is when the record has the account go dark, `drawn` when this world has it
    (the record gives or takes). Durations in minutes; instants (`at_...`) in minutes after
    `documented`; `late` is how long after this world's own record the effect came. Nan where
    it did not come to that.
    """
    effect = found.effect
    if effect is None:
        return {"stopped": 1.0, "dark_minutes": 0.0, "audience_minutes": 0.0}
    first = min(found.noticed.values(), default=None)
    row = {
        "stopped": 0.0,
        "late": (effect - drawn) / MINUTE,
        "dark_minutes": found.dark / MINUTE,
        "audience_minutes": found.follower_time / MINUTE,
        "time_to_detect": _minutes(effect, first),
        "time_to_restore": _minutes(first, found.visible),
        "time_to_contain": _minutes(effect, found.contained),
        "time_to_first_statement": _minutes(effect, found.first_statement),
        "time_to_audience_whole": _minutes(found.visible, found.audience_whole),
        "content_lost": float(found.content_lost),
        "still_dark": float(found.visible is None),
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
    row.update(stage_lengths(found))
    return row


def stage_lengths(found: Marks) -> dict[str, float]:
    """Minutes of the dark time by stage; they add up to it exactly.

    A stage cut short by another route's undo, or skipped, gets what it had of the dark time.
    """
    if found.effect is None:
        return {}
    ends = found.effect + found.dark
    noticed = found.noticed.get(found.word_by) if found.word_by is not None else None
    marks_in_order = (noticed, found.word, found.picked_up, found.cause_found, found.authorised)
    lengths: dict[str, float] = {}
    at = found.effect
    for name, mark in zip(STAGES, marks_in_order, strict=False):
        until = at if mark is None else max(at, min(mark, ends))
        lengths[f"stage_{name}"] = (until - at) / MINUTE
        at = until
    lengths["stage_restore"] = (ends - at) / MINUTE
    return lengths


def _minutes(begin: int | None, end: int | None) -> float:
    return math.nan if begin is None or end is None else (end - begin) / MINUTE
