"""Frontier: what every policy leaves, against what honest work pays for it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..forecast_chart_data import FrontierData, Spot
from .lines import KeyRow, key, plane, style_of, unit_labels
from .measure import pixels, width_of
from .scale import Scale, put_on
from .style import INK, MARGIN, QUIET, SMALL, Sheet

LEFT, KEY, BETWEEN = 130, 420, 60
HEAD, AXIS = 20, 62
EDGE = 0.10
"""Share of a panel at its right that is kept for policies whose queue grows without end."""

NEAR, LARGEST = 10.0, 20.0
"""How many pixels apart marks hide each other, and how large the lowest of them gets (points)."""

Box = tuple[float, float, float, float]
Mark = tuple[Spot, float, tuple[float, float]]
"""A spot, where it stands on the axis, and where on the sheet (pixels)."""


def draw(data: FrontierData) -> Figure:
    """A panel a kind of friction, minutes dark upwards."""
    sheet = Sheet(data.words)
    right = sheet.wide - MARGIN - KEY
    top, bottom = sheet.top + HEAD, sheet.bottom - AXIS
    wide = (right - LEFT - BETWEEN) / 2
    up = Scale.of([value for spot in data.spots for value in _span(spot)])
    for at, head in enumerate(data.burdens):
        left = LEFT + at * (wide + BETWEEN)
        axes = plane(sheet, left, top, left + wide, bottom)
        _panel(sheet, axes, data.spots, at, up, (left, top, left + wide, bottom))
        log = up.log and at == 0
        panel_log = Scale.of(_known(data.spots, at)).log
        unit_labels(
            axes,
            head + (" (log)" if panel_log else ""),
            (data.exposure + (" (logarithmic)" if log else "")) if at == 0 else "",
        )
        if at > 0:
            axes.set_yticklabels([])
    rows = [KeyRow(spot.label, spot.figure, spot.place, bool(spot.dominated)) for spot in data.spots]
    key(sheet, "Fewest minutes dark first", rows, right + 40, sheet.wide - MARGIN, marks=True)
    return sheet.figure


def _panel(
    sheet: Sheet,
    axes: Axes,
    spots: Sequence[Spot],
    which: int,
    up: Scale,
    frame: tuple[float, float, float, float],
) -> None:
    across = Scale.of(_known(spots, which))
    edge = any(spot.unstable for spot in spots)
    put_on(axes, "x", across)
    low, high = axes.get_xlim()
    span = high - low
    if edge:
        high += span * EDGE
        axes.axvspan(low + span * (1 + EDGE * 0.2), high, color="#f3f3f5", linewidth=0, zorder=0)
    if not across.log:
        low -= span * 0.03
    axes.set_xlim(low, high)
    put_on(axes, "y", up, room=0.08)
    bottom, ceiling = axes.get_ylim()
    axes.set_ylim(bottom - 0.03 * (ceiling - bottom) * (not up.log), ceiling)
    bottom, ceiling = axes.get_ylim()
    left, top, right, base = frame

    def pixel(x: float, y: float) -> tuple[float, float]:
        return (
            left + (x - low) / (high - low) * (right - left),
            base - (y - bottom) / (ceiling - bottom) * (base - top),
        )

    marks: list[Mark] = []
    for spot in spots:
        burden = spot.burdens[which]
        if burden is None and not spot.unstable:
            continue
        x = low + span * (1 + EDGE * 0.65) if burden is None else across.at(burden)
        marks.append((spot, x, pixel(x, up.at(spot.exposure.mean))))
    marks.sort(key=lambda each: (each[0].place is None, each[0].place))
    for at, (spot, x, point) in enumerate(marks):
        # The later ones lie below: of marks on one spot they are the larger.
        above = sum(math.dist(point, other) < NEAR for _, _, other in marks[:at])
        _mark(axes, spot, x, up, min(10 + 3.5 * above, LARGEST))
    placed = [(px - 9, py - 9, px + 9, py + 9) for _, _, (px, py) in marks]
    ends = [(pixel(x, up.at(spot.exposure.high)), pixel(x, up.at(spot.exposure.low))) for spot, x, _ in marks]
    bars = [(px - 3, high_, px + 3, low_) for (px, high_), (_, low_) in ends]
    for spot, _, (px, py) in marks:
        if not spot.dominated:
            limit = right if spot.unstable or not edge else pixel(low + span, 0.0)[0]
            _label(sheet, spot, px, py, placed, bars, (left, top, limit, base))


def _span(spot: Spot) -> tuple[float, float, float]:
    """What an axis has to reach: a lower end far below the mean may leave the picture."""
    found = spot.exposure
    return found.mean, found.high, max(found.low, found.mean / 10)


def _known(spots: Sequence[Spot], which: int) -> list[float]:
    return [burden for spot in spots if (burden := spot.burdens[which]) is not None] or [1.0]


def _mark(axes: Axes, spot: Spot, x: float, up: Scale, size: float) -> None:
    colour, _, mark = style_of(spot.place)
    found = spot.exposure
    axes.plot((x, x), (up.at(found.low), up.at(found.high)), color=colour, linewidth=1.6,
              zorder=1.9 if spot.place is None else 2)  # fmt: skip
    axes.plot(
        (x,), (up.at(found.mean),), marker=mark, markersize=size, color="white" if spot.dominated else colour,
        markeredgecolor=colour, markeredgewidth=1.6, linewidth=0, zorder=4 - size / 100, clip_on=False,
    )  # fmt: skip


def _label(
    sheet: Sheet, spot: Spot, x: float, y: float, placed: list[Box], bars: list[Box], frame: Box
) -> None:
    """The name beside its mark where there is room, off the bars if it can be; the key has it anyway."""
    size = SMALL + 1
    text = spot.label.replace(" (baseline)", "")
    wide, high = width_of(text, size), pixels(size)
    shifts = ((14, 0), (-14 - wide, 0), (-wide / 2, -24), (-wide / 2, 24), (10, -20), (10, 20),
              (-10 - wide, -20), (-10 - wide, 20))  # fmt: skip
    for hindrances in ([*placed, *bars], placed):
        for dx, dy in shifts:
            box = (x + dx - 2, y + dy - high / 2, x + dx + wide + 2, y + dy + high / 2)
            inside = (
                frame[0] + 4 <= box[0]
                and box[2] <= frame[2]
                and frame[1] <= box[1]
                and box[3] <= frame[3] - 4
            )
            if inside and not any(_meet(box, other) for other in hindrances):
                said = sheet.text(
                    x + dx, y + dy, text, size, INK if spot.place is not None else QUIET, va="center"
                )
                said.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.8})
                placed.append(box)
                return


def _meet(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
