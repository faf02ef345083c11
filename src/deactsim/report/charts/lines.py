"""What charts with curves share: a plane to draw on, the styles of curves, the key beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from .measure import lines_of, pixels
from .style import BODY, FAINT, INK, QUIET, RULE, SMALL, Sheet

#: Colour, dashes and mark of the baseline, then of the policies that have a colour of their own.
#: Hues of petroff6; dashes and marks tell them apart without any colour.
STYLES = (
    (INK, (0, ()), "o"),
    ("#5790fc", (0, ()), "s"),
    ("#f89c20", (0, (5, 1.5)), "^"),
    ("#964a8b", (0, (1.2, 1.2)), "D"),
    ("#e42536", (0, (6, 1.5, 1.2, 1.5)), "v"),
    ("#7a21dd", (0, (9, 3)), "P"),
)
REST = ("#b4b4ba", (0, ()), "X")
SWATCH = 46.0
TIGHT = 6.0


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One row of a key: the policy, its figure, and its place in the palette (None: among the rest)."""

    label: str
    figure: str
    place: int | None
    hollow: bool = False


def style_of(place: int | None) -> tuple[str, tuple[int, tuple[float, ...]], str]:
    """Colour, dashes and mark of a place in the palette."""
    return REST if place is None else STYLES[place]


def plane(sheet: Sheet, left: float, top: float, right: float, bottom: float) -> Axes:
    """Axes with both scales, y upwards."""
    axes = sheet.axes(left, top, right, bottom)
    axes.set_ylim(0, 1)
    axes.spines["left"].set_visible(True)
    axes.spines["left"].set_color(RULE)
    axes.tick_params(axis="y", colors=QUIET, labelsize=SMALL + 1, length=4, width=0.8)
    axes.grid(visible=True, axis="y", color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    return axes


def curve(
    axes: Axes,
    xs: Sequence[float],
    ys: Sequence[float],
    place: int | None,
    *,
    marks: bool = False,
    steps: bool = False,
) -> None:
    """A curve in the style of its place; the baseline is the thickest and stands above the rest."""
    colour, dashes, mark = style_of(place)
    axes.plot(
        xs,
        ys,
        color=colour,
        linestyle=dashes,
        linewidth={None: 1.1, 0: 2.8}.get(place, 2.2),
        marker=mark if marks else None,
        markersize=6,
        drawstyle="steps-post" if steps else "default",
        zorder=2 if place is None else 4 if place == 0 else 3,
    )


def band(
    axes: Axes,
    xs: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    place: int | None,
    *,
    steps: bool = False,
) -> None:
    """The interval around a curve."""
    axes.fill_between(
        xs,
        lows,
        highs,
        step="post" if steps else None,
        color=style_of(place)[0],
        alpha=0.13,
        linewidth=0,
        zorder=1,
    )


def key(
    sheet: Sheet,
    heading: str,
    rows: Sequence[KeyRow],
    left: float,
    right: float,
    *,
    marks: bool = False,
    top: float | None = None,
) -> None:
    """The curves by name with a figure each, best legible size first; what does not fit is counted."""
    y = sheet.top + 4 if top is None else top
    for line in lines_of(heading, right - left, SMALL + 1):
        sheet.text(left, y, line, SMALL + 1, QUIET)
        y += pixels(SMALL + 1)
    y += TIGHT
    axes = sheet.axes(left, y, left + SWATCH, sheet.bottom)
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    wide = right - left - SWATCH - 12
    size = BODY if len(rows) <= 9 else SMALL
    texts = [
        (
            lines_of(row.label, wide, size, _weight(row)),
            lines_of(row.figure, wide, SMALL) if row.figure else [],
        )
        for row in rows
    ]
    for at, (row, (label, figure)) in enumerate(zip(rows, texts, strict=True)):
        high = len(label) * pixels(size) + len(figure) * pixels(SMALL) + 2 * TIGHT
        last = at == len(rows) - 1
        if y + high + (0 if last else pixels(SMALL)) > sheet.bottom:
            sheet.text(left, y + TIGHT, f"and {len(rows) - at} more: see the data", SMALL, QUIET)
            return
        _swatch(axes, row, y + TIGHT + pixels(size) / 2, marks=marks)
        below = y + TIGHT
        for line in label:
            sheet.text(left + SWATCH + 12, below, line, size, INK if row.place is not None else QUIET,
                       _weight(row))  # fmt: skip
            below += pixels(size)
        for line in figure:
            sheet.text(left + SWATCH + 12, below, line, SMALL, QUIET)
            below += pixels(SMALL)
        y += high


def _weight(row: KeyRow) -> str:
    return "bold" if row.place == 0 else "normal"


def _swatch(axes: Axes, row: KeyRow, y: float, *, marks: bool) -> None:
    colour, dashes, mark = style_of(row.place)
    if marks:
        axes.plot((0.5,), (y,), marker=mark, markersize=9, color="white" if row.hollow else colour,
                  markeredgecolor=colour, markeredgewidth=1.6, linewidth=0, clip_on=False)  # fmt: skip
    else:
        axes.plot((0, 1), (y, y), color=colour, linestyle=dashes,
                  linewidth={None: 1.1, 0: 2.8}.get(row.place, 2.2), clip_on=False)  # fmt: skip


def unit_labels(axes: Axes, x: str, y: str) -> None:
    """What the axes show, with units."""
    axes.set_xlabel(x, fontsize=BODY, color=QUIET)
    axes.set_ylabel(y, fontsize=BODY, color=QUIET)
