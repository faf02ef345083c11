"""Measures, each defined once, as folds over the trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engines import seen
from ..engines.seen import Seen
from ..model.plan import IncidentPlan, Plan
from ..model.shifts import overlap
from ..model.states import Channel, Event, Gate, Reason, Route, Stage, plain
from ..model.streams import ACT, act_id, tag_of
from ..model.trace import Trace

#: How a gate's denial came about, beside its reason: nobody had looked at the request yet, nobody
#: whom it could have asked was even on shift, or a review had begun and was not over.
UNSEEN, UNMANNED, UNDER_REVIEW = "unseen", "nobody on shift", "under review"
_HOW = {seen.DENIED: "", seen.UNSEEN: UNSEEN, seen.UNMANNED: UNMANNED, seen.UNDER_REVIEW: UNDER_REVIEW}
_HOW_CODE = {how: code for code, how in _HOW.items()}
Denial = tuple[Gate, Reason, str]

MINUTE = 60_000_000
NEVER = 1 << 62
Array = NDArray[np.float64]

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
    that still waits when the world ends, `missed` of a pinned stage that began after its pin.
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
    missed: Stage | None = None
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
    found = Marks(missed=trace.missed, ends=ends)
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
        values = [1, marked.missed or 0, int(marked.held), effect, marked.ends, *times]
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


class Columns(Mapping[str, Array]):
    """Evenings as numbers: measures, stages and instants, each (evenings,).

    Durations in minutes; instants (`at_...`) in minutes after the documented effect; `late` is
    how long after the evening's own record the effect came. Nan where it did not come to that; what no
    evening came to is left out. What of the evenings stopped and dark is known at once, the measures and
    then the rest are worked out when somebody asks.
    """

    def __init__(self, table: Seen, incident: IncidentPlan) -> None:
        self._table, self._incident = table, incident

    @cached_property
    def _dark(self) -> NDArray[np.int64]:
        """How long each act's account was dark, (evenings, acts)."""
        table = self._table
        dark = np.where(table.returns < 0, table["ends"][:, None], table.returns) - table.effects
        return np.where(table.effects < 0, 0, dark)

    @cached_property
    def _first(self) -> dict[str, Array]:
        return {
            "stopped": (~(self._table.effects >= 0).any(axis=1)).astype(float),
            "dark_minutes": self._dark.sum(axis=1) / MINUTE,
        }

    @cached_property
    def _measured(self) -> dict[str, Array]:
        return _measured(self._table, self._incident, self._dark, self._first)

    @cached_property
    def _all(self) -> dict[str, Array]:
        told = self._measured
        return told | _told(self._table, self._incident, self._dark[:, 0]) if "late" in told else told

    def __getitem__(self, name: str) -> Array:
        if name in self._first:
            return self._first[name]
        return self._measured[name] if name in self._measured else self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _measured(
    table: Seen, incident: IncidentPlan, dark: NDArray[np.int64], known: Mapping[str, Array]
) -> dict[str, Array]:
    """The columns that are measures, given those known at once; `late` is there if the first act took effect."""
    followers = np.array([float(act.followers) for act in incident.acts])
    any_dark = (table.effects >= 0).any(axis=1)
    found = {
        "stopped": known["stopped"],
        "acts_dark": (table.effects >= 0).sum(axis=1).astype(float),
        "dark_minutes": known["dark_minutes"],
        "dark_first": dark[:, 0] / MINUTE,
        "audience_minutes": (dark / MINUTE) @ followers,
    }
    if not any_dark.any():
        return found
    earliest = np.where(table.effects < 0, NEVER, table.effects).min(axis=1)
    still = (table.returns >= 0).sum(axis=1) < (table.effects >= 0).sum(axis=1)
    found["still_dark"] = np.where(any_dark, still.astype(float), np.nan)
    found["time_to_contain"] = _minutes(np.where(any_dark, earliest, -1), table["contained"])
    effect = table["effect"]
    has = effect >= 0
    if not has.any():
        return found
    first = _earliest(table.noticed)
    return found | {
        "late": np.where(has, (effect - table["drawn"]) / MINUTE, np.nan),
        "time_to_detect": _minutes(effect, first),
        "time_to_restore": _minutes(first, table["visible"]),
        "time_to_first_statement": _minutes(effect, table["first_statement"]),
        "time_to_audience_whole": _minutes(table["visible"], table["audience_whole"]),
        "content_lost": np.where(has, table["content_lost"].astype(float), np.nan),
    }


def _told(table: Seen, incident: IncidentPlan, dark: NDArray[np.int64]) -> dict[str, Array]:
    """The other columns: instants, who told and who undid, channels and stages of the first act."""
    effect = table["effect"]
    has = effect >= 0
    documented = np.full(len(table), incident.at)
    instants = {
        "took_effect": effect,
        "public_notice": table.noticed[:, Channel.PUBLIC - 1],
        "detected": table["word"],
        "visible": table["visible"],
        "contained": table["contained"],
        "first_statement": table["first_statement"],
        "second_statement": table["second_statement"],
        "audience_whole": table["audience_whole"],
    }
    found = {
        f"at_{name}": np.where(has, _minutes(documented, time), np.nan) for name, time in instants.items()
    }
    for name in ("word_by", "route"):
        found[name] = np.where(has, np.maximum(table[name], 0).astype(float), np.nan)
    for channel in Channel:
        time = table.noticed[:, channel - 1]
        if (has & (time >= 0)).any():
            found[f"notice_{plain(channel)}"] = _minutes(effect, time)
    return found | _stages(table, dark)


def _stages(table: Seen, dark: NDArray[np.int64]) -> dict[str, Array]:
    """Minutes of the first act's dark time by stage; they add up to it exactly.

    The stage that is under way when the darkness ends gets all that is left of it: a stage
    cut short by another route's undo, or one that never came to its end.
    """
    effect, authorised, cause = table["effect"], table["authorised"], table["cause_found"]
    has = effect >= 0
    ends = effect + dark
    noticed = _earliest(table.noticed)
    by = table["word_by"]
    noticed = np.where(by >= 1, table.noticed[np.arange(len(table)), np.maximum(by, 1) - 1], noticed)
    # Authorised beforehand: the cause is found after the restore.
    cause = np.where((authorised >= 0) & ((cause < 0) | (cause > authorised)), authorised, cause)
    begun = (noticed, table["word"], table["picked_up"], cause, authorised, ends)
    found: dict[str, Array] = {}
    at = effect
    for name, mark in zip(STAGES, begun, strict=True):
        until = np.where(mark < 0, ends, np.minimum(mark, ends))
        found[f"stage_{name}"] = np.where(has, (until - at) / MINUTE, np.nan)
        at = until
    return found


def _earliest(times: NDArray[np.int64]) -> NDArray[np.int64]:
    """The earliest of each row's times; -1 where there is none."""
    # As unsigned numbers those below 0 are above all others. Times of a channel side by side: that is quicker.
    earliest: NDArray[np.int64] = np.ascontiguousarray(times.T).view(np.uint64).min(axis=0).view(np.int64)
    return earliest


def _minutes(begin: NDArray[np.int64], end: NDArray[np.int64]) -> Array:
    return np.where((begin < 0) | (end < 0), np.nan, (end - begin) / MINUTE)


def record(found: Marks, incident: IncidentPlan, drawn: int) -> dict[str, float]:
    """One evening as numbers: its row of `Columns`; names are left out where it did not come to that."""
    table = table_of([found], len(incident.acts), incident.id, [drawn])
    return {name: float(column[0]) for name, column in Columns(table, incident).items()}
