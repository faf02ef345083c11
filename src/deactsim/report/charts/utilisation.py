"""Utilisation: how busy each team is, by hour of the week."""

from __future__ import annotations

from matplotlib.figure import Figure

from ..forecast_time_data import DAYS, WEEK, TeamWeek, UtilisationData, peak
from ..wording import percent
from .lines import KeyRow, curve, key, plane
from .measure import lines_of, pixels
from .style import BODY, HEADING, MARGIN, QUIET, SMALL, Sheet

LEFT, KEY = 250, 400
HEAD, AXIS, BETWEEN = 12, 60, 26
MARKS = 62
"""Room for the marks of the y axis, right of the names."""
TALLEST = 320.0
LIMITS = (0.1, 0.2, 0.5, 1.0)
"""Where the axis may end, the same for all teams: people who are hardly busy are seen to be so, but seen."""


def draw(data: UtilisationData) -> Figure:
    """A strip a team, a line a policy that changes it."""
    sheet = Sheet(data.words)
    right = sheet.wide - MARGIN - KEY
    top = sheet.top + HEAD
    high = (sheet.bottom - AXIS - top - BETWEEN * (len(data.teams) - 1)) / len(data.teams)
    high = min(high, TALLEST)
    busiest = max((peak(line)[0] for team in data.teams for _, _, line in team.lines), default=0.0)
    most = next((limit for limit in LIMITS if busiest <= limit), busiest)
    for at, team in enumerate(data.teams):
        y = top + at * (high + BETWEEN)
        _strip(sheet, team, (y, y + high, right), most, data.zone if at == len(data.teams) - 1 else "")
    rows = {
        (label, place): KeyRow(label, _peaks(data, label), place)
        for team in data.teams
        for label, place, _ in team.lines
    }
    ordered = sorted(rows.values(), key=lambda row: (row.place is None, row.place))
    key(sheet, "Busiest hour of each team", ordered, right + 40, sheet.wide - MARGIN)
    return sheet.figure


def _strip(sheet: Sheet, team: TeamWeek, frame: tuple[float, float, float], most: float, zone: str) -> None:
    """A team's week; the days are said below the last one, in its `zone`."""
    top, bottom, right = frame
    axes = plane(sheet, LEFT, top, right, bottom)
    axes.set_xlim(0, WEEK)
    axes.set_ylim(0, most * 1.04)
    marks = (0.0, most / 2, most) if bottom - top > 90 else (0.0, most)
    axes.set_yticks(marks, [f"{100 * mark:g} %" for mark in marks])
    axes.set_xticks([24 * day for day in range(8)], [""] * 8)
    for day in range(1, 7):
        axes.axvline(24 * day, color="#e6e6ea", linewidth=0.8, zorder=0)
    if zone:
        for day, name in enumerate(DAYS):
            axes.annotate(name, (24 * day + 12, 0), (0, -8), textcoords="offset points", fontsize=SMALL + 1,
                          color=QUIET, ha="center", va="top", annotation_clip=False)  # fmt: skip
        axes.set_xlabel(f"hour of the week, time of {zone}", fontsize=BODY, color=QUIET, labelpad=18)
    for _, place, line in reversed(team.lines):
        # Each hour is a step; the last one is drawn up to the end of the week.
        xs, ys = list(range(WEEK + 1)), [*line, line[-1]]
        if place == 0:
            axes.fill_between(xs, 0, ys, step="post", color="#9c9ca1", alpha=0.25, linewidth=0, zorder=1)
        curve(axes, xs, ys, place, steps=True)
    names = lines_of(team.team, LEFT - MARGIN - MARKS, HEADING)
    y = (top + bottom) / 2 - (len(names) - 1) * pixels(HEADING) / 2
    sheet.text(LEFT - MARKS, y, "\n".join(names), HEADING, ha="right", va="center")


def _peaks(data: UtilisationData, label: str) -> str:
    """The busiest hour under one policy, team by team."""
    found = [
        f"{team.team} {percent(peak(line)[0])} %"
        for team in data.teams
        for name, _, line in team.lines
        if name == label
    ]
    return ", ".join(found)
