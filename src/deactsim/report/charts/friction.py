"""Friction: what honest work pays in a usual week for what a policy buys."""

from __future__ import annotations

from matplotlib.figure import Figure

from ...study.results import Estimate
from ..policy_data import CostPanel, FrictionData
from ..wording import number
from .measure import lines_of, width_of
from .style import BODY, DARK, FAINT, INK, MARGIN, QUIET, SMALL, Sheet, pitch_for, roomy

LEFT = 300
HEADS = 58
SHORTEST, TALLEST = 24.0, 54.0
COST = "#9c9ca1"
LONGEST = 2.2
"""Bars beyond this many times the baseline are cut, and end in an arrow."""


def draw(data: FrictionData) -> Figure:
    """A row a policy; the first panel what it leaves of the dark time, the others its costs."""
    count = max(1, len(data.rows))
    least = pitch_for([label for label, _ in data.rows], LEFT - MARGIN - 18, SHORTEST)
    sheet = roomy(data.words, HEADS + 14 + count * least)
    top = sheet.top + HEADS
    pitch = min(max(least, TALLEST), (sheet.bottom - 14 - top) / count)
    for at, (label, _) in enumerate(data.rows):
        y = top + pitch * (at + 0.5)
        sheet.line(MARGIN, y + pitch / 2, sheet.wide - MARGIN, y + pitch / 2, FAINT)
        sheet.name(LEFT - 18, y, label, LEFT - MARGIN - 18)
    panels = (data.gains, *data.panels)
    wide = (sheet.wide - MARGIN - LEFT) / max(3, len(panels))
    for at, panel in enumerate(panels):
        limit = LONGEST * data.baseline if at == 0 and data.baseline is not None else None
        _panel(sheet, panel, LEFT + at * wide, wide, (top, pitch), DARK if at == 0 else COST, limit)
    if not data.panels:
        sheet.text(LEFT + wide, top - 8, "no cost to honest work was measured", BODY, QUIET, va="bottom")
    return sheet.figure


def _panel(
    sheet: Sheet,
    panel: CostPanel,
    left: float,
    wide: float,
    rows: tuple[float, float],
    colour: str,
    limit: float | None,
) -> None:
    """Bars with their figures; each panel has its own scale, from 0 to its largest value."""
    top, pitch = rows
    lines = lines_of(f"{panel.label}, {panel.unit}", wide - 20, SMALL, "bold")
    for at, line in enumerate(reversed(lines)):
        sheet.text(left, top - 8 - at * 16, line, SMALL, INK, "bold", va="bottom")
    inner = wide - 20
    axes = sheet.axes(left, top, left + inner, top + pitch * max(1, len(panel.values)))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    largest = max([1e-9, *(value.high for value in panel.values if value is not None)])
    largest = largest if limit is None else min(largest, limit)
    beside = panel.beside or ("",) * len(panel.values)
    figures = [
        _figure(value, largest, more)
        for value, more in zip(panel.values, beside, strict=True)
        if value is not None
    ]
    room = max([0.0, *(width_of(figure, SMALL + 1) for figure in figures)]) + 14
    axes.set_xlim(0, largest * inner / max(20.0, inner - room))
    axes.axvline(0, color=QUIET, linewidth=0.8)
    for at, value in enumerate(panel.values):
        y = top + pitch * (at + 0.5)
        if value is None or abs(value.mean) < 1e-9:
            axes.annotate(
                "\N{EN DASH}",
                (0, y),
                (5, 0),
                textcoords="offset points",
                fontsize=SMALL + 1,
                color=QUIET,
                va="center",
            )
            continue
        cut = value.mean > largest
        axes.barh(y, min(value.mean, largest), pitch * 0.5, color=colour, linewidth=0)
        if not cut:
            axes.plot((value.low, min(value.high, largest)), (y, y), color=INK, linewidth=1.2)
        end = largest if cut else min(largest, max(value.mean, value.high))
        axes.annotate(
            _figure(value, largest, beside[at]),
            (end, y),
            (5, 0),
            textcoords="offset points",
            fontsize=SMALL + 1,
            color=INK,
            va="center",
        )


def _figure(value: Estimate, largest: float, more: str = "") -> str:
    """What stands at the end of a bar."""
    return number(value.mean) + (f" {more}" if more else "") + (" →" if value.mean > largest else "")
