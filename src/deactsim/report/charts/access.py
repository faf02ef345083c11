"""Access: how many leavers still have the right to act, by time after their last shift."""

from __future__ import annotations

import math

from matplotlib.figure import Figure

from ..forecast_time_data import AccessData, span
from .lines import KeyRow, curve, key, plane, unit_labels
from .style import INK, MARGIN, SMALL, Sheet

LEFT, KEY = 120, 400
HEAD, AXIS = 26, 56
TICKS = (-30.0, -1.0, 0.0, 1 / 24, 1.0, 7.0, 30.0, 180.0, 730.0)


def draw(data: AccessData) -> Figure:
    """A curve a policy; both directions of time are logarithmic beyond an hour."""
    sheet = Sheet(data.words)
    right = sheet.wide - MARGIN - KEY
    axes = plane(sheet, LEFT, sheet.top + HEAD, right, sheet.bottom - AXIS)
    days = [day for each in data.curves for day, _ in each.points]
    low, high = min(days), max(days)
    axes.set_xlim(_at(low) - 0.05, max(_at(high), _at(low) + 0.5) + 0.05)
    ticks = [day for day in TICKS if low <= day <= high]
    axes.set_xticks([_at(day) for day in ticks], [_name(day) for day in ticks])
    axes.set_ylim(0, 1.04)
    marks = [part / 5 for part in range(6)]
    axes.set_yticks(marks, [f"{100 * mark:.0f} %" for mark in marks])
    axes.axvline(_at(0.0), color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    if low <= 0 <= high:
        axes.annotate(
            "last shift ends",
            (_at(0.0), 1.04),
            (0, 5),
            textcoords="offset points",
            fontsize=SMALL + 1,
            color=INK,
            ha="left" if _at(0.0) < _at(low) + 0.1 else "center",
            va="bottom",
            annotation_clip=False,
        )
    for each in sorted(data.curves, key=lambda one: (one.place is not None, -(one.place or 0))):
        curve(
            axes,
            [_at(day) for day, _ in each.points],
            [share for _, share in each.points],
            each.place,
            steps=True,
        )
    unit_labels(
        axes,
        "time before and after the last shift (logarithmic beyond an hour)",
        "leavers with the right to act",
    )
    rows = [KeyRow(each.label, each.figure, each.place) for each in data.curves]
    key(sheet, f"Still with access {span(data.moment)} after", rows, right + 40, sheet.wide - MARGIN)
    return sheet.figure


def _at(day: float) -> float:
    return math.copysign(math.log10(1 + abs(day) * 24), day)


def _name(day: float) -> str:
    if day == 0:
        return "0"
    return span(day) if day > 0 else f"{span(day)} before"
