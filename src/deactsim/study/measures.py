"""Measures by name, and the marks of an evening's incident as a fold over its trace (as numbers: columns.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from ..engines import seen
from ..engines.seen import Seen
from ..model.plan import Plan
from ..model.shifts import overlap
from ..model.states import Channel, Event, Gate, Reason, Route, Stage
from ..model.streams import ACT, act_id, tag_of
from ..model.trace import Trace

#: How a gate's denial came about, beside its reason: nobody had looked at the request yet, nobody
#: whom it could have asked was even on shift, or a review had begun and was not over.
UNSEEN, UNMANNED, UNDER_REVIEW = "unseen", "nobody on shift", "under review"
_HOW = {seen.DENIED: "", seen.UNSEEN: UNSEEN, seen.UNMANNED: UNMANNED, seen.UNDER_REVIEW: UNDER_REVIEW}
_HOW_CODE = {how: code for code, how in _HOW.items()}
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
    that still waits when the world ends, `missed` of a pinned stage that began after its pin. `over` says that
    all was over before the world ended (at `ends`): what has not come by then never does.
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
    over: bool = False
    missed: Stage | None = None
    ends: int = 0

    @property
    def dark(self) -> int:
        """Microseconds the first act's account was dark; to the world's end if it did not come back by then."""
        return self.dark_of(act_id(0))

    def dark_of(self, act: int) -> int:
        """Microseconds an act's account was dark."""
        return self.returns.get(act, self.ends) - self.effects[act] if act in self.effects else 0


def marks(trace: Trace, ends: int) -> Marks:
    """Fold a trace into the marks of its incident; `ends` is where the world ends."""
    found = Marks(over=trace.over, missed=trace.missed, ends=ends)
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
                how = unheard(trace.plan, asked.get(entity), time, under_review=looking.get(entity, 0) > 0)
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


def unheard(plan: Plan, asked: tuple[int, int] | None, until: int, *, under_review: bool) -> str:
    """How a request came to time out; `asked` is the team asked last, and when."""
    if under_review:
        return UNDER_REVIEW
    if asked is None:
        return UNSEEN
    team = next((team for team in plan.teams if team.id == asked[0]), None)
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


def how_denied(plan: Plan, asked: int, asked_at: int, until: int, *, under_review: bool) -> int:
    """The code of how a request came to time out; `asked` is the team asked last, 0 if none was."""
    return _HOW_CODE[unheard(plan, (asked, asked_at) if asked else None, until, under_review=under_review)]


def table_of(found: Sequence[Marks], acts: int, first: int, drawn: Sequence[int]) -> Seen:
    """Marks of many evenings as a table; `first` is the id of the first act, `drawn` when each was to take effect."""
    rows: list[list[int]] = []
    said: list[tuple[int, int, int]] = []
    for marked, effect in zip(found, drawn, strict=True):
        times = [getattr(marked, name) for name in _NAMES]
        values = [1, marked.missed or 0, int(marked.held), int(marked.over), effect, marked.ends, *times]
        values += [int(marked.content_lost), len(said), len(marked.gates)]
        values += [marked.noticed.get(channel) for channel in Channel]
        values += [
            by_act.get(first + act) for by_act in (marked.effects, marked.returns) for act in range(acts)
        ]
        rows.append([-1 if value is None else int(value) for value in values])
        denials = iter(marked.denials)
        left = next(denials, None)
        for gate, reason in marked.gates:
            how = seen.PASSED
            if left is not None and (gate, reason) == left[:2]:
                how, left = _HOW_CODE[left[2]], next(denials, None)
            said.append((gate, reason, how))
    width = len(seen.FIELDS) + len(Channel) + 2 * acts
    return Seen(
        np.array(rows, dtype=np.int64).reshape(len(rows), width),
        np.array(said, dtype=np.int64).reshape(len(said), len(seen.SAID)),
        acts,
    )


#: Fields of a table that are those of `Marks`, in its order.
_NAMES = seen.FIELDS[seen.FIELDS.index("requested") : seen.FIELDS.index("content_lost")]


def marks_in(table: Seen, evening: int, first: int) -> Marks:
    """The marks of one evening of a table; `first` is the id of the first act."""
    times = {name: int(table[name][evening]) for name in _NAMES}
    given: dict[str, Any] = {name: None if time < 0 else time for name, time in times.items()}
    given["word_by"] = None if times["word_by"] < 0 else Channel(times["word_by"])
    given["route"] = None if times["route"] < 0 else Route(times["route"])
    by_act = [
        {first + act: time for act, time in enumerate(row.tolist()) if time >= 0}
        for row in (table.effects[evening], table.returns[evening])
    ]
    said = table.said_in(evening).tobytes()
    noticed = zip(Channel, table.noticed[evening].tolist(), strict=True)
    return Marks(
        gates=list(gates_of(said)),
        denials=list(denials_of(said)),
        noticed={channel: time for channel, time in noticed if time >= 0},
        content_lost=bool(table["content_lost"][evening]),
        effects=by_act[0],
        returns=by_act[1],
        held=bool(table["held"][evening]),
        over=bool(table["over"][evening]),
        missed=Stage(missed) if (missed := int(table["missed"][evening])) else None,
        ends=int(table["ends"][evening]),
        **given,
    )


@lru_cache(maxsize=4096)
def gates_of(said: bytes) -> tuple[tuple[Gate, Reason], ...]:
    """What each gate said of any act of an evening, from what `Seen` has of that."""
    return tuple((Gate(gate), Reason(reason)) for gate, reason, _ in _rows(said))


@lru_cache(maxsize=4096)
def denials_of(said: bytes) -> tuple[Denial, ...]:
    """Which gate denied an act of an evening, why, and how a time-out came about."""
    return tuple((Gate(gate), Reason(reason), _HOW[how]) for gate, reason, how in _rows(said) if how)


def _rows(said: bytes) -> list[tuple[int, int, int]]:
    """Rows of `SAID`."""
    rows = np.frombuffer(said, np.int64).reshape(-1, len(seen.SAID))
    return [(gate, reason, how) for gate, reason, how in rows.tolist()]
