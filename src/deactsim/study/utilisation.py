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
from ..model.trace import Trace
from ..model.world import HOUR

HOURS = 168
Array = NDArray[np.float64]

_BEGINS = {Event.REPORT_TAKEN, Event.REVIEW_STARTS, Event.ALARM_TAKEN, Event.RESPONDER_TAKES}
_ENDS = {Event.REPORT_CLOSED, Event.REVIEW_ENDS, Event.ALARM_CLOSED, Event.RESPONDER_FREE}


def busy_hours(trace: Trace, begins: int) -> dict[int, Array]:
    """Hours of work of each team (by id) in every hour of the week that begins at `begins`, (168,)."""
    found = {team.id: [0.0] * HOURS for team in trace.plan.teams}
    since: dict[int, dict[int, int]] = {}
    for row in trace.rows:
        if row.event in _BEGINS:
            since.setdefault(row.entity, {})[row.by] = row.time
        elif row.event in _ENDS:
            working = since.get(row.entity, {})
            # A verdict may be a team's: then it is the person of that team who was at work.
            agent = row.by if row.by in working else next(a for a in working if team_of_agent(a) == row.by)
            _add(found[team_of_agent(agent)], working.pop(agent) - begins, row.time - begins)
    for working in since.values():
        for agent, start in working.items():
            _add(found[team_of_agent(agent)], start - begins, HOURS * HOUR)
    return {team: np.array(hours) for team, hours in found.items()}


def busy_with_reports(plan: Plan, taken: Taken, begins: int, ends: int) -> dict[int, Array]:
    """The same of reports alone, given those that were taken in a run up to `ends`."""
    # Added up as in a trace, one after another: first what ends, as it ends.
    order = np.lexsort((taken.agent, taken.closed))
    open_at_end = taken.closed > ends
    order = np.concatenate([order[~open_at_end[order]], np.flatnonzero(open_at_end)])
    start = np.maximum(taken.taken[order] - begins, 0)
    end = np.minimum(taken.closed[order] - begins, HOURS * HOUR)
    left, pieces = np.flatnonzero(start < end), []
    while left.size:
        hour = start[left] // HOUR
        until = np.minimum((hour + 1) * HOUR, end[left])
        pieces.append((left, hour, (until - start[left]) / HOUR))
        start[left] = until
        left = left[until < end[left]]
    found = {team.id: np.zeros(HOURS) for team in plan.teams}
    if pieces:
        work, hour, hours = (np.concatenate(part) for part in zip(*pieces, strict=True))
        one_by_one = np.argsort(work, kind="stable")
        work, hour, hours = work[one_by_one], hour[one_by_one], hours[one_by_one]
        agents = taken.agent[order][work] >> 20
        for team, busy in found.items():
            mine = agents == agent_id(team, 0) >> 20
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
