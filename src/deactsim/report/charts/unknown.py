"""Ignorance and luck, apart: how far a policy's year may be off, and how far one year is from the next."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..forecast_unknown_data import UnknownData, UnknownRow
from .scale import Scale, put_on
from .style import BODY, DARK, FAINT, INK, MARGIN, QUIET, SCALES, SMALL, STOPPED, Sheet, pitch_for, roomy

NAMES, LEFT, BEST = 250.0, 310.0, 170.0
"""Room for names, where the axis begins, and room for the last column."""
HEAD, AXIS = 56.0, 62.0
ROW, TALLEST = 34.0, 64.0
UP, THICK, THIN = 0.16, 0.30, 0.16
"""How far a band is from the middle of its row, and how thick each is, in rows."""


def draw(data: UnknownData) -> Figure:
    """A row a policy: a thick band of ignorance with the expected year on it, a thin outlined one of luck below."""
    pitch = pitch_for([row.label for row in data.rows], NAMES, ROW)
    rows = _fitting(data, pitch)
    more = len(data.rows) - len(rows)
    sheet = roomy(data.words, HEAD + AXIS + pitch * len(rows))
    pitch = min(TALLEST, max(pitch, (sheet.bottom - sheet.top - HEAD - AXIS) / len(rows)))
    with_best = any(row.best for row in rows)
    right = sheet.wide - MARGIN - (BEST if with_best else 20.0)
    top = sheet.top + HEAD
    bottom = top + pitch * len(rows)
    axes = sheet.axes(LEFT, top, right, bottom)
    scale = Scale.of(
        [
            *(
                end
                for row in rows
                for band in (row.ignorance, row.luck)
                if band
                for end in (band.p05, band.p95)
            ),
            *(row.mean for row in rows if row.mean is not None),
        ]
    )
    put_on(axes, "x", scale)
    axes.set_ylim(len(rows), 0)
    axes.grid(visible=True, axis="x", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel(data.what + (" (logarithmic)" if scale.log else ""), fontsize=BODY, color=QUIET)
    if with_best:
        sheet.text(right + 30, sheet.top + 8, "the best in so many\nof 100 draws", SMALL + 1, QUIET)
    for at, row in enumerate(rows):
        middle = top + (at + 0.5) * pitch
        sheet.name(LEFT - 16, middle, row.label, NAMES)
        _bands(axes, at + 0.5, row, scale)
        if row.best:
            sheet.text(
                right + 30, middle, row.best, BODY, INK, "bold" if row.first else "normal", va="center"
            )
    _key(sheet, rows)
    if more:
        sheet.text(MARGIN, bottom + 14, f"and {more} more: see the data", SMALL, QUIET)
    return sheet.figure


def _fitting(data: UnknownData, pitch: float) -> list[UnknownRow]:
    """The first rows that the largest sheet of this shape has room for, and the baseline."""
    sheet = Sheet(data.words, SCALES[-1])
    most = max(1, int((sheet.bottom - sheet.top - HEAD - AXIS) // pitch))
    rows = list(data.rows)
    while len(rows) > most:
        # From the end, but never the baseline.
        rows.pop(-2 if rows[-1].baseline and len(rows) > 1 else -1)
    return rows


def _bands(axes: Axes, y: float, row: UnknownRow, scale: Scale) -> None:
    # Alone a band stands at the height of the name.
    up = UP if row.ignorance is not None and row.luck is not None else 0.0
    if row.ignorance is not None:
        _ignorance(axes, scale.at(row.ignorance.p05), scale.at(row.ignorance.p95), y - up, THICK)
    if row.luck is not None:
        _luck(axes, scale.at(row.luck.p05), scale.at(row.luck.p95), y + up, THIN)
    if row.mean is not None:
        axes.plot(
            (scale.at(row.mean),), (y - up,), marker="o", markersize=7, color=INK, linewidth=0, zorder=4
        )


def _ignorance(axes: Axes, low: float, high: float, y: float, thick: float) -> None:
    axes.barh(y, high - low, thick, low, color=STOPPED, linewidth=0, zorder=2)


def _luck(axes: Axes, low: float, high: float, y: float, thick: float) -> None:
    axes.barh(y, high - low, thick, low, color="white", edgecolor=DARK, linewidth=1.2, zorder=2)
    for end in (low, high):
        axes.plot((end, end), (y - thick, y + thick), color=DARK, linewidth=1.6, zorder=3)


def _key(sheet: Sheet, rows: Sequence[UnknownRow]) -> None:
    """What the marks mean, those that are there."""
    y = sheet.top + 18
    axes = sheet.axes(LEFT, y - 9, LEFT + 700, y + 9)
    axes.set_axis_off()
    axes.set_xlim(0, 700)
    axes.set_ylim(1, 0)
    x = 0.0
    if any(row.mean is not None for row in rows):
        axes.plot((8,), (0.5,), marker="o", markersize=7, color=INK, linewidth=0)
        sheet.text(LEFT + 22, y, "as numbers are put in", SMALL + 1, QUIET, va="center_baseline")
        x = 230.0
    if any(row.ignorance is not None for row in rows):
        _ignorance(axes, x, x + 32, 0.5, 0.7)
        sheet.text(LEFT + x + 42, y, "ignorance", SMALL + 1, QUIET, va="center_baseline")
        x += 170
    if any(row.luck is not None for row in rows):
        _luck(axes, x, x + 32, 0.5, 0.4)
        sheet.text(LEFT + x + 42, y, "luck of one year", SMALL + 1, QUIET, va="center_baseline")
