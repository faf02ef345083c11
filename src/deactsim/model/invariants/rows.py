"""Rows come in order, shifts as the windows say, and what arrives is the world's."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from ..shifts import spans
from ..states import Event, Kind
from ..streams import ACT, REPORT, agent_id, tag_of, team_of_agent
from ..trace import Row
from .book import TAKES, Book, Found


def sound(book: Book) -> Found:
    """Every row is of its kind, in time and by people there are."""
    before = book.start
    for number, row in enumerate(book.rows):
        if row.time < before:
            yield book.says(number, "is earlier than the row before")
        if row.time > book.world.end:
            yield book.says(number, "is after the world's end")
        before = row.time
        if tag_of(row.entity) == REPORT and row.entity not in book.reports:
            yield book.says(number, "is of a report that the world does not have")
        if row.event in TAKES and row.by - agent_id(team_of_agent(row.by), 0) >= _heads(book, row.by):
            yield book.says(number, "is by somebody the team does not have")


def _heads(book: Book, agent: int) -> int:
    team = book.teams.get(team_of_agent(agent))
    return 0 if team is None else team.headcount


def in_order(book: Book) -> Found:
    """Rows at one instant whose kind can be told come in the order of kind and id."""
    begun: dict[tuple[int, int], int] = {}
    time, key, matched = book.start - 1, (-1, 0), False
    for number, row in enumerate(book.rows):
        if row.time != time:
            time, key, matched = row.time, (-1, 0), False
        known = _moment(book, row, begun)
        if known is not None:
            if known < key:
                yield book.says(number, "comes after a later kind or id of the same instant")
            if matched:
                yield book.says(number, "comes after people were matched at the same instant")
            key = max(key, known)
        matched = matched or row.event in TAKES
        if row.event in TAKES:
            begun[row.by, row.entity] = row.time
        elif row.event in (Event.HELD, Event.TOOK_EFFECT):
            begun[row.event, row.entity] = row.time


def _moment(book: Book, row: Row, begun: dict[tuple[int, int], int]) -> tuple[int, int] | None:
    """Kind and id of the moment a row begins; None where it may follow from another one."""
    time, event, entity, by, _ = row
    if event == Event.SHIFT_OFF:
        return Kind.ENDS, entity
    if event in (Event.SHIFT_ON, Event.RIGHTS_ON) and time > book.start:
        return Kind.BEGINS, entity
    if event in (Event.REPORT_CLOSED, Event.ALARM_CLOSED, Event.REVIEW_ENDS, Event.PICKED_UP):
        return (Kind.WORK_DONE, by) if begun.get((by, entity), time) < time else None
    if event in (Event.REPORT_ARRIVES, Event.FALSE_ALARM):
        return Kind.ARRIVAL, entity
    if event == Event.NOTICED and begun.get((Event.TOOK_EFFECT, entity), time) < time:
        return Kind.ARRIVAL, entity
    if event == Event.RELEASED and begun.get((Event.HELD, entity), time) < time:
        cancelled = Event.CANCELLED in {e.row.event for e in book.of[entity] if e.row.time == time}
        return (Kind.CANCELLED if cancelled else Kind.HELD_EFFECT), entity
    return None


def shifts(book: Book) -> Found:
    """Teams come and go as their windows say, and rights end before they return."""
    for team in book.plan.teams:
        said = [(e.row.time, e.row.event) for e in book.of[team.id]]
        real: list[tuple[int, int]] = []
        for on, off in spans(team.windows, book.start, book.world.end) if team.headcount else ():
            real += [(max(on, book.start), Event.SHIFT_ON), (off, Event.SHIFT_OFF)]
        # What ends the run may come before a shift changes at that instant.
        due = [one for one in real if one[0] < book.last]
        if said != real[: len(said)] or len(said) < len(due):
            yield f"shifts of {team.name}: do not come and go as its windows say"
    lost: Counter[int] = Counter()
    for number, row in book.every(Event.RIGHTS_END, Event.RIGHTS_ON):
        lost[row.entity] += 1 if row.event == Event.RIGHTS_END else -1
        if lost[row.entity] < 0:
            yield book.says(number, "brings back a right that was not lost")


def numbers(book: Book) -> Found:
    """Reports and false alarms are the world's, each once, none missing while people matter."""
    until = _people_until(book)
    real = [(r.time, r.id) for r in book.reports.values()]
    yield from _same(book, Event.REPORT_ARRIVES, sorted(real), until)
    alert = book.plan.safeguards.alert
    alarms: list[tuple[int, int]] = []
    if alert is not None:
        rate, world = alert.false_per_microsecond, book.world
        all_of_them = world.false_alarms(alert.control, rate, book.start, world.end)
        alarms = [one for one in all_of_them if world.in_order(alert.control, one[0])]
    yield from _same(book, Event.FALSE_ALARM, sorted(alarms), until)


def _people_until(book: Book) -> int:
    """Up to when routine must run: the end, or the last time that incidents surely needed people."""
    if book.plan.incident is None:
        return book.world.end
    until = book.start
    for entity in book.of:
        if tag_of(entity) == ACT:
            ends = [book.first(entity, event) for event in (Event.RESPONDER_FREE, Event.GATE_DENIED)]
            if book.first(entity, Event.PAGED) is None:  # nobody was called, or nobody yet
                ends.append(book.first(entity, Event.TOOK_EFFECT))
            until = max([until, *(end.row.time for end in ends if end is not None)])
            if not any(ends):
                return book.last
    return min(until, book.last)


def _same(book: Book, event: Event, real: list[tuple[int, int]], until: int) -> Found:
    said = [(e.row.time, e.row.entity) for e in book.every(event)]
    if said != real[: len(said)]:
        yield f"{event.name.lower()}: not those of the world, in their order"
    missing = bisect_left(real, (until, 0)) - len(said)
    if missing > 0:
        yield f"{event.name.lower()}: {missing} of the world's are missing"
