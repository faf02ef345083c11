"""Where the minutes went: stage after stage, from the act to the visible account.

The ranges stand apart, each stage from its own beginning: on the axis of the night they would read
as if they added up, beyond the record.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from ..chart_data import MinutesData
from ..wording import OR_MORE, minutes, number, ranged
from .measure import lines_of
from .style import BODY, DARK, DARK_TEXT, HEADING, INK, MARGIN, QUIET, RULE, WIDTH, Sheet

LEFT, RIGHT = 330, WIDTH - 260
APART, GAP = 260, 40
"""Room for the ranges, and before them."""
TALLEST = 84.0


def draw(data: MinutesData) -> Figure:
    """A bar a stage, each beginning where the one before ends on average."""
    sheet = Sheet(data.words)
    rows = 1 + len(data.bars) + (data.free is not None)
    top, bottom = sheet.top + 10, sheet.bottom - 54
    pitch = min(TALLEST, (bottom - top) / rows)
    bottom = top + rows * pitch
    middle = RIGHT - APART - GAP
    axes = sheet.axes(LEFT, top, middle, bottom)
    whole = data.record if data.record is not None else sum(bar.mean for bar in data.bars)
    reach = max([1.0, whole, *(bar.start + bar.mean for bar in data.bars)])
    if data.free is not None:
        reach = max(reach, min(data.free.p95, 3 * whole))
    axes.set_xlim(0, reach * 1.02)
    axes.set_xlabel("minutes since the account went dark", fontsize=BODY, color=QUIET)
    ranges = None
    if data.bars:
        ranges = sheet.axes(RIGHT - APART, top, RIGHT, bottom)
        ranges.set_xlim(0, max([1.0, *(bar.p95 for bar in data.bars)]) * 1.05)
        ranges.axvline(0, color=RULE, linewidth=0.8, zorder=0)
        ranges.set_xlabel("each stage by itself, min", fontsize=BODY, color=QUIET)
    y = top + pitch / 2
    if data.record is not None:
        axes.axvline(data.record, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.barh(y, data.record, pitch * 0.4, color=INK, linewidth=0)
        _label(sheet, y, "On record", f"{number(data.record)} min", bold=True)
    for bar in data.bars:
        y += pitch
        axes.axvline(bar.start, color=RULE, linewidth=0.8, zorder=0)
        axes.barh(y, bar.mean, pitch * 0.5, bar.start, color=DARK, hatch="////", linewidth=0, zorder=2)
        if ranges is not None:
            ends = (bar.p05, bar.p95)
            ranges.plot(ends, (y, y), color=DARK_TEXT, linewidth=1.8, zorder=3)
            ranges.plot(ends, (y, y), color=DARK_TEXT, linewidth=0, marker="|", markersize=9,
                        markeredgewidth=1.8, zorder=3)  # fmt: skip
            if bar.open:
                ranges.plot(
                    (bar.p95,), (y,), color=DARK_TEXT, linewidth=0, marker=">", markersize=7, zorder=3
                )
            ranges.plot((bar.mean,), (y,), color=DARK_TEXT, linewidth=0, marker="o", markersize=5, zorder=3)
        high = minutes(bar.p95) + OR_MORE if bar.open else f"{bar.p95:.1f}"
        _label(sheet, y, bar.label, f"{bar.mean:.1f} min ({bar.p05:.1f}\N{EN DASH}{high})")
    if data.free is not None:
        y += pitch
        free, end = data.free, min(data.free.p95, reach)
        axes.plot((free.p05, end), (y, y), color=QUIET, linewidth=1.8)
        axes.plot((free.median,), (y,), color=QUIET, marker="o", markersize=9, linewidth=0)
        _label(
            sheet,
            y,
            "The model left free",
            ranged(free, f"{number(free.median)} min", number(free.p05), number(free.p95), "\N{EN DASH}"),
            quiet=True,
        )
    return sheet.figure


def _label(sheet: Sheet, y: float, name: str, figures: str, bold: bool = False, quiet: bool = False) -> None:
    colour, weight = QUIET if quiet else INK, "bold" if bold else "normal"
    lines = lines_of(name, LEFT - MARGIN - 20, HEADING, weight)
    sheet.text(LEFT - 18, y, "\n".join(lines), HEADING, colour, weight, ha="right", va="center")
    wrapped = "\n".join(lines_of(figures, WIDTH - MARGIN - RIGHT - 18, HEADING, weight))
    sheet.text(RIGHT + 18, y, wrapped, HEADING, colour, weight, va="center")
