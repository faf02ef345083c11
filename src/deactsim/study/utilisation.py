"""How busy each team is, by hour of the week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from ..engines.handled import Taken
from ..model.plan import Plan, Windows
from ..model.shifts import spans
from ..model.states import Event
from ..model.streams import agent_id, team_of_agent
from ..model.world import HOUR

HOURS = 168
Array = NDArray[np.float64]

_BEGINS = (Event.REPORT_TAKEN, Event.REVIEW_STARTS, Event.ALARM_TAKEN, Event.RESPONDER_TAKES)
_ENDS = (Event.REPORT_CLOSED, Event.REVIEW_ENDS, Event.ALARM_CLOSED, Event.RESPONDER_FREE)


def rows_of_work(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those rows of a trace in which somebody begins with work, or ends it."""
    return rows[np.isin(rows[:, 1], (*_BEGINS, *_ENDS))]


def busy_hours(plan: Plan, rows: NDArray[np.int64], begins: int, weeks: int = 1) -> dict[int, Array]:
    """Hours of work of each team (by id) in every hour of the weeks from `begins` on, (168 weeks,).

    `rows` are those of a trace, (rows, 5), or those of work alone.
    """
    starts = np.flatnonzero(np.isin(rows[:, 1], _BEGINS))
    stops = np.flatnonzero(np.isin(rows[:, 1], _ENDS))
    started = np.full(len(stops), -1)
    _pair_reports(rows, starts, stops, started)
    since: dict[int, dict[int, int]] = {}
    others = np.concatenate([starts[rows[starts, 1] != Event.REPORT_TAKEN], stops[started < 0]])
    place = {row: number for number, row in enumerate(stops.tolist())}
    for at in np.sort(others).tolist():
        _, event, entity, by, _ = rows[at].tolist()
        working = since.setdefault(entity, {})
        if event in _BEGINS:
            working[by] = at
        else:
            # A verdict may be a team's: then it is the person of that team who was at work.
            agent = by if by in working else next(a for a in working if team_of_agent(a) == by)
            started[place[at]] = working.pop(agent)
    # Added up one after another as work ends, then what is still under way.
    going_on = np.setdiff1d(starts, started)
    begun = np.concatenate([started, going_on])
    end = np.concatenate([rows[stops, 0] - begins, np.full(len(going_on), weeks * HOURS * HOUR)])
    return _added_up(plan, rows[begun, 3], rows[begun, 0] - begins, end, weeks)


def _pair_reports(
    rows: NDArray[np.int64],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
    started: NDArray[np.int64],
) -> None:
    """Find for each report that was closed the row in which it was taken."""
    taken = starts[rows[starts, 1] == Event.REPORT_TAKEN]
    closed = np.flatnonzero(rows[stops, 1] == Event.REPORT_CLOSED)
    taken = taken[np.argsort(rows[taken, 2])]
    started[closed] = taken[np.searchsorted(rows[taken, 2], rows[stops[closed], 2])]


def busy_with_reports(plan: Plan, taken: Taken, begins: int, ends: int, weeks: int = 1) -> dict[int, Array]:
    """The same of reports alone, given those that were taken in a run up to `ends`."""
    # Added up as in a trace, one after another: first what ends, as it ends.
    order = np.lexsort((taken.agent, taken.closed))
    going_on = taken.closed > ends
    order = np.concatenate([order[~going_on[order]], np.flatnonzero(going_on)])
    return _added_up(
        plan, taken.agent[order], taken.taken[order] - begins, taken.closed[order] - begins, weeks
    )


def _added_up(
    plan: Plan, agents: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64], weeks: int
) -> dict[int, Array]:
    """Pieces of work, in microseconds from the beginning of the weeks, added up one after another by team and hour."""
    start, end = np.maximum(start, 0), np.minimum(end, weeks * HOURS * HOUR)
    left, pieces = np.flatnonzero(start < end), []
    while left.size:
        hour = start[left] // HOUR
        until = np.minimum((hour + 1) * HOUR, end[left])
        pieces.append((left, hour, (until - start[left]) / HOUR))
        start[left] = until
        left = left[until < end[left]]
    found = {team.id: np.zeros(weeks * HOURS) for team in plan.teams}
    if pieces:
        work, hour, hours = (np.concatenate(part) for part in zip(*pieces, strict=True))
        one_by_one = np.argsort(work, kind="stable")
        work, hour, hours = work[one_by_one], hour[one_by_one], hours[one_by_one]
        for team, busy in found.items():
            mine = agents[work] >> 20 == agent_id(team, 0) >> 20
            np.add.at(busy, hour[mine], hours[mine])
    return found


def _add(hours: list[float], start: int, end: int) -> None:
    """Add a piece of work, in microseconds from the beginning of the week."""
    start, end = max(start, 0), min(end, HOURS * HOUR)
    while start < end:
        hour = start // HOUR
        until = min((hour + 1) * HOUR, end)
        hours[hour] += (until - start) / HOUR
        start = until


def by_hour(
    plan: Plan, weeks: Sequence[tuple[int, dict[int, Array]]], zone: str
) -> dict[str, tuple[float, ...]]:
    """Busy shares of each team for 168 hours of the week by a zone's clock; nan where nobody is on shift.

    `weeks` are beginnings (Monday 0:00 UTC) and their `busy_hours`. Teams without any work are left out.
    """
    found = {}
    for team in plan.teams:
        if not any(hours[team.id].any() for _, hours in weeks):
            continue
        worked, there = np.zeros(HOURS), np.zeros(HOURS)
        for begins, hours in weeks:
            # Each week by its own clock: in summer a shift begins an hour earlier by UTC.
            ahead = hours_ahead(zone, begins)
            worked += np.roll(hours[team.id], ahead)
            there += team.headcount * np.roll(_on_shift(team.windows, begins), ahead)
        if there.any():
            share = np.full(HOURS, np.nan)
            np.divide(worked, there, out=share, where=there > 0.0)
            found[team.name] = tuple(float(each) for each in share)
    return found


def _on_shift(windows: Windows, begins: int) -> list[float]:
    """The part of each hour of a week that is on shift."""
    hours = [0.0] * HOURS
    for on, off in spans(windows, begins, begins + HOURS * HOUR):
        _add(hours, on - begins, off - begins)
    return hours


def hours_ahead(zone: str, time: int) -> int:
    """By how many whole hours a zone's clock is ahead of UTC at a time (microseconds since 1970)."""
    offset = datetime.fromtimestamp(time / 1e6, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() / 3600.0)
