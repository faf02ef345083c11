"""A variation: curves with bands over the values of one input."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...study.results import Estimate
from ..forecast_vary_data import VaryCurve, VaryData, VaryPanel
from .lines import KeyRow, band, curve, key, plane, unit_labels
from .measure import lines_of, pixels, width_of
from .scale import Scale, put_on
from .style import BODY, INK, MARGIN, QUIET, SMALL, Sheet

LEFT, KEY, BETWEEN = 90, 330, 92
AXIS = 58
POINTS = 0.72
"""Points in a pixel."""
MARK = 110.0
"""The widest the text of a value may be before it takes another line."""


def draw(data: VaryData) -> Figure:
    """A panel a figure, beside each other, all over the same axis."""
    sheet = Sheet(data.words)
    right = sheet.wide - MARGIN - KEY
    count = len(data.panels)
    wide = (right - LEFT - BETWEEN * (count - 1)) / count
    heads = [lines_of(panel.heading, wide + 30, BODY, "bold") for panel in data.panels]
    marks = [lines_of(text, MARK, SMALL + 1) for text in data.texts]
    bottom = sheet.bottom - AXIS - (2 * max(map(len, marks)) - 1) * pixels(SMALL + 1)
    top = sheet.top + 8 + max(map(len, heads)) * pixels(BODY) + 12
    for at, (panel, head) in enumerate(zip(data.panels, heads, strict=True)):
        left = LEFT + at * (wide + BETWEEN)
        y = top - 12 - len(head) * pixels(BODY)
        for line in head:
            sheet.text(left - 40, y, line, BODY, INK, "bold")
            y += pixels(BODY)
        axes = plane(sheet, left, top, left + wide, bottom)
        _panel(axes, panel, data, marks, wide)
    seen: dict[str, KeyRow] = {}
    for curve_ in data.panels[0].curves:
        seen[curve_.label] = KeyRow(curve_.label, "", curve_.place)
    rows = sorted(seen.values(), key=lambda row: (row.place is None, row.place))
    key(sheet, "Policies", rows, right + 40, sheet.wide - MARGIN)
    return sheet.figure


def _panel(axes: Axes, panel: VaryPanel, data: VaryData, marks: list[list[str]], wide: float) -> None:
    positions = data.positions or tuple(float(at) for at in range(len(data.texts)))
    across = Scale.of(positions, log=None if data.positions is not None else False)
    xs = [across.at(position) for position in positions]
    factor = 100.0 if panel.share else 1.0
    values = [
        factor * value
        for each in panel.curves
        for estimate in each.estimates
        if estimate is not None
        for value in (_span(estimate) if each.place is not None else (estimate.mean,))
    ]
    up = Scale.of(values or [1.0])
    put_on(axes, "y", up, room=0.06)
    room = 0.05 * (max(xs) - min(xs)) or 0.5
    axes.set_xlim(min(xs) - room, max(xs) + room)
    axes.minorticks_off()
    _marks(axes, xs, marks, wide)
    for each in sorted(panel.curves, key=lambda one: (one.place is not None, -(one.place or 0))):
        _curve(axes, each, xs, up, factor)
    what = data.what + (" (log)" if across.log else "")
    # Long words would run into the next panel: the last of them say what it is.
    while width_of(what, BODY) > wide + BETWEEN - 20 and " " in what:
        what = what.split(" ", 1)[1]
    unit_labels(axes, what, panel.unit + (" (log)" if up.log else ""))


def _span(estimate: Estimate) -> tuple[float, float, float]:
    """What the axis has to reach: a lower end far below the mean may leave the picture."""
    return estimate.mean, estimate.high, max(estimate.low, estimate.mean / 10)


def _curve(axes: Axes, each: VaryCurve, xs: Sequence[float], up: Scale, factor: float) -> None:
    known = [(x, estimate) for x, estimate in zip(xs, each.estimates, strict=True) if estimate is not None]
    across = [x for x, _ in known]
    if each.place is not None:
        lows = [up.at(factor * estimate.low) for _, estimate in known]
        band(axes, across, lows, [up.at(factor * estimate.high) for _, estimate in known], each.place)
    curve(axes, across, [up.at(factor * estimate.mean) for _, estimate in known], each.place, marks=True)


def _marks(axes: Axes, xs: Sequence[float], marks: list[list[str]], wide: float) -> None:
    """A mark at every value; one that would run into another goes a row lower, and away where that is full too."""
    low, high = axes.get_xlim()

    def reach(at: int) -> tuple[float, float]:
        middle, half = (
            (xs[at] - low) / (high - low) * wide,
            max(width_of(line, SMALL + 1) for line in marks[at]) / 2,
        )
        return middle - half - 6, middle + half + 6

    rows: tuple[list[int], list[int]] = ([len(xs) - 1], [])
    for at in range(len(xs) - 1):
        begins, ends = reach(at)
        for kept in rows:
            if all(ends <= reach(other)[0] or begins >= reach(other)[1] for other in kept):
                kept.append(at)
                break
    for kept in rows:
        texts = ["\n".join(marks[at]) for at in kept]
        axes.set_xticks([xs[at] for at in kept], texts, minor=kept is rows[1])
    for at in set(range(len(xs))).difference(*rows):
        axes.axvline(xs[at], 0, 0.01, color=QUIET, linewidth=0.8)
    deep = max(map(len, marks)) * pixels(SMALL + 1) * POINTS
    axes.tick_params(axis="x", which="minor", colors=QUIET, labelsize=SMALL + 1, length=4, pad=4 + deep)
