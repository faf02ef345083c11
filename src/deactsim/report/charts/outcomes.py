"""Outcomes by policy: mean minutes dark under every reading."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ...study.results import Estimate
from ..policy_data import OutcomeLane, OutcomesData
from ..wording import number
from .measure import width_of
from .style import BODY, FAINT, INK, MARGIN, QUIET, SMALL, Sheet, colour_of, pitch_for, roomy

LEFT, RIGHT = 330, 190
"""Room for the names on the left and the figures on the right."""
HEAD, AXIS = 62, 50
SHORTEST, TALLEST = 25.0, 84.0
AGREE = "o"
MARKS = ("s", "^", "D", "v", "P", "X")
LONGEST = 2.2
"""Marks beyond this many times the baseline stand at the right edge, with an arrow."""


def draw(data: OutcomesData) -> Figure:
    """A row a policy, a mark a reading."""
    count = max(1, len(data.lanes))
    least = pitch_for([lane.label for lane in data.lanes], LEFT - MARGIN - 18, SHORTEST)
    sheet = roomy(data.words, HEAD + AXIS + count * least)
    top, right = sheet.top + HEAD, sheet.wide - RIGHT
    pitch = min(max(least, TALLEST), (sheet.bottom - AXIS - top) / count)
    axes = sheet.axes(LEFT, top, right, top + count * pitch)
    values = [estimate.high for lane in data.lanes for _, estimate in (*lane.points, *lane.adapted)]
    longest = max([data.baseline or 1.0, *values])
    limit = longest if data.baseline is None else min(longest, LONGEST * data.baseline)
    axes.set_xlim(0, 1.05 * limit)
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    axes.set_xlabel("mean minutes dark over all worlds", fontsize=BODY, color=QUIET)
    if data.baseline is not None:
        axes.axvline(data.baseline, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.annotate(
            f"as it was, {number(data.baseline)} min",
            (data.baseline, top),
            (0, 4),
            textcoords="offset points",
            fontsize=SMALL + 1,
            color=INK,
            ha="center",
            va="bottom",
            annotation_clip=False,
        )
    for at, lane in enumerate(data.lanes):
        y = top + pitch * (at + 0.5)
        if at % 2:
            axes.axhspan(y - pitch / 2, y + pitch / 2, color=FAINT, alpha=0.35, linewidth=0, zorder=-1)
        sheet.name(LEFT - 18, y, lane.label, LEFT - MARGIN - 18)
        means = [estimate.mean for _, estimate in (*lane.points, *lane.adapted)]
        low, high = _minutes(min(means)), _minutes(max(means))
        sheet.text(
            right + 14, y, f"{low} min" if low == high else f"{low} to {high} min", BODY, QUIET, va="center"
        )
        _lane(axes, data, lane, y, pitch, 1.05 * limit)
        if lane.note:
            _note(axes, lane, y, 1.05 * limit)
    _key(sheet, data)
    return sheet.figure


def _minutes(value: float) -> str:
    """Means to a tenth: one that is not quite the baseline's must not read as if it were."""
    return f"{value:.1f}".removesuffix(".0") if 1.0 <= value < 100.0 else number(value)


def _note(axes: Axes, lane: OutcomeLane, y: float, limit: float) -> None:
    """What a policy makes worse, on the side of its marks that has more room."""
    points = [estimate for _, estimate in (*lane.points, *lane.adapted)]
    low = min(min(estimate.low for estimate in points), limit)
    high = min(max(estimate.high for estimate in points), limit)
    left = low > limit - high
    axes.annotate(
        lane.note,
        (low if left else high, y),
        (-10 if left else 10, 0),
        textcoords="offset points",
        fontsize=SMALL + 1,
        color=INK,
        ha="right" if left else "left",
        va="center",
        zorder=4,
    )


def _lane(axes: Axes, data: OutcomesData, lane: OutcomeLane, y: float, pitch: float, limit: float) -> None:
    colour = colour_of(lane.group)
    readings = [letter for letter, _ in data.letters]
    step = pitch * 0.62 / max(1, len(readings))
    if lane.agree:
        _mark(axes, lane.points[0][1], y, AGREE, (colour, colour), limit)
    for face, points in ((colour, () if lane.agree else lane.points), ("white", lane.adapted)):
        for letter, estimate in points:
            at = readings.index(letter)
            _mark(
                axes,
                estimate,
                y + (at - (len(readings) - 1) / 2) * step,
                MARKS[at % len(MARKS)],
                (face, colour),
                limit,
            )


def _mark(
    axes: Axes, estimate: Estimate, y: float, mark: str, colours: tuple[str, str], limit: float
) -> None:
    face, edge = colours
    if estimate.mean > limit:
        axes.plot(
            (limit,),
            (y,),
            marker=">",
            markersize=7,
            color=face,
            markeredgecolor=edge,
            linewidth=0,
            clip_on=False,
        )
        return
    axes.plot((estimate.low, estimate.high), (y, y), color=edge, linewidth=1.6, zorder=2)
    axes.plot(
        (estimate.mean,),
        (y,),
        marker=mark,
        markersize=6.5,
        color=face,
        markeredgecolor=edge,
        markeredgewidth=1.4,
        linewidth=0,
        zorder=3,
        clip_on=False,
    )


def _key(sheet: Sheet, data: OutcomesData) -> None:
    """Which mark is which reading, above the rows."""
    y, x = sheet.top + 12, float(MARGIN)
    axes = sheet.axes(MARGIN, y - 9, sheet.wide - MARGIN, y + 9)
    axes.set_axis_off()
    axes.set_xlim(MARGIN, sheet.wide - MARGIN)
    if len(data.letters) < 2:
        return
    key = [(AGREE, "every reading")]
    key += [(MARKS[at % len(MARKS)], f"{letter} {label}") for at, (letter, label) in enumerate(data.letters)]
    for mark, text in key:
        axes.plot((x + 5,), (y,), marker=mark, markersize=6, color=QUIET, linewidth=0)
        sheet.text(x + 17, y, text, SMALL + 1, QUIET, va="center")
        x += 17 + width_of(text, SMALL + 1) + 26
