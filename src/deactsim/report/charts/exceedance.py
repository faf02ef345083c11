"""Exceedance: how likely it is that a year is worse than so many minutes."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...study.forecast_results import ExceedancePoint
from ..forecast_chart_data import ExceedanceCurve, ExceedanceData
from ..forecast_figures import chance_text
from ..wording import minutes
from .lines import KeyRow, band, curve, key, plane, unit_labels
from .scale import Scale, put_on
from .style import BODY, INK, MARGIN, QUIET, SMALL, Sheet

LEFT, KEY = 130, 400
"""Room for the marks of the y axis on the left, and for the key on the right."""
HEAD, AXIS = 26, 56
KNOWN = 10.0
"""A chance that is not known within such a factor has no band: it would hide all the others."""


def draw(data: ExceedanceData) -> Figure:
    """A curve a policy on logarithmic axes, with the line of the appetite."""
    sheet = Sheet(data.words)
    right = sheet.wide - MARGIN - KEY
    top, bottom = sheet.top + HEAD, sheet.bottom - AXIS
    axes = plane(sheet, LEFT, top, right, bottom)
    shown = [each for each in data.curves if len(each.points) > 1]
    if not shown:
        axes.set_axis_off()
        axes.grid(visible=False)
        sheet.text(
            (LEFT + right) / 2,
            (top + bottom) / 2,
            "these years are too few for a curve",
            BODY,
            QUIET,
            ha="center",
        )
        return sheet.figure
    across = Scale.of([data.appetite, *_reach(shown)], log=True)
    up = Scale.of([share for each in shown for share in _shares(each)], log=True)
    put_on(axes, "x", across, lengths=True, room=0.02)
    put_on(axes, "y", up, room=0.03)
    axes.set_yticks(
        axes.get_yticks(),
        ["0" if up.nought and at == up.at(0.0) else f"{chance_text(10**at)} %" for at in axes.get_yticks()],
    )
    for each in sorted(shown, key=lambda one: (one.place is not None, -(one.place or 0))):
        _curve(axes, each, across, up)
    low, high = axes.get_xlim()
    where = across.at(data.appetite)
    axes.axvline(where, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=5)
    near = (where - low) / (high - low)
    axes.annotate(
        f"appetite: {minutes(data.appetite)}",
        (where, axes.get_ylim()[1]),
        (0, 5),
        textcoords="offset points",
        fontsize=SMALL + 1,
        color=INK,
        ha="left" if near < 0.1 else "right" if near > 0.9 else "center",
        va="bottom",
        annotation_clip=False,
    )
    unit_labels(
        axes,
        "dark minutes of all protected accounts in a year, more than (logarithmic)",
        "chance a year (logarithmic, but for 0)" if up.nought else "chance a year (logarithmic)",
    )
    rows = [KeyRow(each.label, each.figure, each.place) for each in data.curves]
    key(
        sheet,
        f"Chance of more than {minutes(data.appetite)} in a year, added up",
        rows,
        right + 40,
        sheet.wide - MARGIN,
    )
    return sheet.figure


def _reach(shown: list[ExceedanceCurve]) -> list[float]:
    """The minutes up to where each curve has fallen to nothing."""
    found = []
    for each in shown:
        for point in each.points:
            if point.minutes > 0:
                found.append(point.minutes)
            if point.share <= 0:
                break
    return found


def _shares(each: ExceedanceCurve) -> list[float]:
    """What has to find room on the axis: chances, and the bands that are drawn."""
    bands = [end for point in each.points if each.with_band and _known(point) for end in _ends(point)]
    return [point.share for point in each.points] + bands


def _known(point: ExceedancePoint) -> bool:
    return point.share > 0 and point.high <= KNOWN * point.share


def _ends(point: ExceedancePoint) -> tuple[float, float]:
    return max(point.low, point.share / KNOWN), point.high


def _curve(axes: Axes, each: ExceedanceCurve, across: Scale, up: Scale) -> None:
    """Steps down to 0, and on along it: a policy under which nothing was seen has a line too."""
    points = [point for point in each.points if point.minutes > 0] or list(each.points)
    xs = [across.at(point.minutes) for point in points]
    if each.with_band:
        known = [at for at, point in enumerate(points) if _known(point)]
        lows, highs = zip(*(_ends(points[at]) for at in known), strict=True) if known else ((), ())
        band(axes, [xs[at] for at in known], [up.at(low) for low in lows], [up.at(high) for high in highs], each.place,
             steps=True)  # fmt: skip
    curve(axes, xs, [up.at(point.share) for point in points], each.place, steps=True)
