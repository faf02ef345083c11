"""The race of channels: who notices when, and whose word arrives first."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...study.results import Summary
from ..chart_data import RaceData
from ..wording import minutes
from .measure import lines_of, width_of
from .style import (
    BODY,
    DARK,
    DARK_TEXT,
    FAINT,
    HEADING,
    INK,
    MARGIN,
    QUIET,
    SMALL,
    STOPPED,
    STOPPED_TEXT,
    WIDTH,
    Sheet,
)

LEFT, RIGHT = 330, WIDTH - 330
TALLEST = 190.0
EARLIEST = 1 / 60
TICKS = (1 / 60, 5 / 60, 0.25, 1, 5, 15, 60, 240, 1440)
CLOSE_TICKS = (1 / 60, 2 / 60, 5 / 60, 10 / 60, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 720, 1440)
"""Minutes marked on the axis; the closer ones where it is short enough for them."""


def draw(data: RaceData) -> Figure:
    """Two spans a channel on a logarithmic axis, and how often it is first beside them."""
    sheet = Sheet(data.words)
    top, bottom = sheet.top + 58, sheet.bottom - 54
    pitch = min(TALLEST, (bottom - top) / max(1, len(data.lanes)))
    bottom = top + pitch * max(1, len(data.lanes))
    axes = sheet.axes(LEFT, top, RIGHT, bottom)
    spans = [span for lane in data.lanes for span in (lane.notices, lane.arrives) if span is not None]
    low = max(EARLIEST, min([0.5, *(span.p05 for span in spans)]) * 0.8)
    high = max([30.0, *(span.p95 for span in spans)]) * 1.25
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    ticks = [tick for tick in (CLOSE_TICKS if high < 200 * low else TICKS) if low <= tick <= high]
    axes.set_xticks(ticks, [minutes(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("time since the account went dark (logarithmic)", fontsize=BODY, color=QUIET)
    for tick in ticks:
        axes.axvline(tick, color=FAINT, linewidth=0.8, zorder=0)
    if data.visible is not None and low < data.visible < high:
        axes.axvline(data.visible, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        axes.annotate(
            f"visible again, {data.visible_text}",
            (data.visible, top),
            (0, 5),
            textcoords="offset points",
            fontsize=SMALL + 1,
            color=INK,
            ha="center",
            va="bottom",
            annotation_clip=False,
        )
    sheet.text(RIGHT + 24, top - 6, "first word, times of 100", SMALL + 1, QUIET, va="bottom")
    for at, lane in enumerate(data.lanes):
        y = top + pitch * (at + 0.5)
        name = "\n".join(lines_of(lane.label, LEFT - MARGIN - 20, HEADING))
        sheet.text(LEFT - 18, y, name, HEADING, ha="right", va="center")
        if lane.notices is None and lane.arrives is None:
            axes.annotate(
                "notices in none of these worlds",
                (low, y),
                (12, 0),
                textcoords="offset points",
                fontsize=BODY,
                color=QUIET,
                va="center",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
            )
        colours = (FAINT, QUIET) if lane.of_all else (STOPPED, STOPPED_TEXT)
        _span(axes, y - pitch * 0.15, lane.notices, *colours, low)
        _span(axes, y + pitch * 0.15, lane.arrives, DARK, DARK_TEXT, low)
        _first(sheet, y, pitch, lane.first)
    _key(sheet)
    return sheet.figure


def _span(axes: Axes, y: float, span: Summary | None, colour: str, deep: str, low: float) -> None:
    if span is None:
        return
    axes.plot(
        (max(low, span.p05), max(low, span.p95)),
        (y, y),
        color=colour,
        linewidth=6,
        solid_capstyle="butt",
        zorder=2,
    )
    axes.plot((max(low, span.median),), (y,), color=deep, marker="o", markersize=8, linewidth=0, zorder=3)


def _first(sheet: Sheet, y: float, pitch: float, share: float) -> None:
    left, right = RIGHT + 24, WIDTH - MARGIN - 56
    axes = sheet.axes(left, y - pitch * 0.2, right, y + pitch * 0.2)
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.barh(y, 1, pitch * 0.3, color=FAINT, linewidth=0)
    axes.barh(y, share, pitch * 0.3, color=DARK, linewidth=0)
    sheet.text(right + 10, y, f"{100 * share:.0f}", HEADING, INK, "bold", va="center")


def _key(sheet: Sheet) -> None:
    """What the two colours mean, in the colours themselves."""
    x, y = float(MARGIN), sheet.top + 4
    for text, colour in (("notices", STOPPED_TEXT), ("word arrives", DARK_TEXT)):
        sheet.text(x, y, text, SMALL + 1, colour, "bold")
        x += width_of(text, SMALL + 1, "bold") + 16
