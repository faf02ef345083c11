"""The hero chart: the record, and below it what every policy would have made of the incident."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from ..compare_table import nothing_seen
from ..hero_data import HeroData, Section
from .hero_layout import ACROSS, AXIS, DEEP, DOTS, GAP, INDENT, NAMES, NOTE, STEPS, Layout, Place
from .measure import lines_of, pixels, width_of
from .style import BODY, DARK, DARK_TEXT, FAINT, INK, MARGIN, QUIET, SCALES, SMALL, STOPPED, STOPPED_TEXT


def draw(data: HeroData) -> Figure:
    """The chart on a slide; with many policies on a larger one of the same shape."""
    layout = Layout(data, SCALES[0])
    for scale in SCALES[1:]:
        if layout.fits:
            break
        layout = Layout(data, scale)
    sheet = layout.sheet
    axes = sheet.axes(layout.time, layout.top, layout.right, layout.end)
    _axis(axes, layout)
    _headings(layout)
    _record(axes, layout)
    y = layout.lanes_from
    for section in layout.marked:
        _heading(layout, section, y)
        for place in layout.lanes(section, y, layout.extra):
            _words(layout, place)
            _dots(layout, place)
            _bar(axes, layout, place)
            y = place.bottom
    y += AXIS
    for section in data.sections:
        if section.told:
            _heading(layout, section, y)
            places = layout.told(section, y)
            for place in places:
                _words(layout, place)
            y = max(place.bottom for place in places)
    return sheet.figure


def _axis(axes: Axes, layout: Layout) -> None:
    data, sheet = layout.data, layout.sheet
    axes.set_xlim(data.low, layout.high)
    step = next((step for step in STEPS if step * layout.scale > 45), STEPS[-1])
    axes.set_xticks(np.arange(0, layout.high + 0.001, step))
    axes.set_xlabel("minutes since the account went dark", fontsize=NOTE, color=QUIET)
    clock = next((each for each in STEPS if each * layout.scale > 80), STEPS[-1])
    midnight = data.effect.replace(hour=0, minute=0, second=0, microsecond=0)
    moment = midnight + timedelta(minutes=clock * ((data.effect - midnight) // timedelta(minutes=clock)))
    while (minute := (moment - data.effect).total_seconds() / 60) <= layout.high:
        if minute >= data.low:
            sheet.text(
                layout.x(minute), layout.top - 3, f"{moment:%H:%M}", SMALL, QUIET, ha="center", va="bottom"
            )
        moment += timedelta(minutes=clock)
    axes.plot([0, 0], [layout.top, layout.end], color=FAINT, linewidth=1, zorder=0)
    if data.baseline is not None:
        axes.plot(
            [data.baseline] * 2,
            [layout.top + 20, layout.end],
            color=INK,
            linewidth=1,
            linestyle=(0, (4, 3)),
            zorder=1,
        )


def _headings(layout: Layout) -> None:
    sheet, y = layout.sheet, layout.lanes_from - 1
    for x, text in ((MARGIN, "policy"), (layout.notes, "decided by"), (layout.costs, "cost in a usual week")):
        sheet.text(x, y, text, NOTE, QUIET, va="bottom")
    letters = layout.data.letters
    if letters:
        sheet.text(layout.dots, y - pixels(NOTE), "stopped, times of 100", NOTE, QUIET, va="bottom")
    for at, letter in enumerate(letters):
        sheet.text(_block(layout, at), y, letter, NOTE, INK, "bold", va="bottom")


def _block(layout: Layout, at: int) -> float:
    """Where the dots of a reading begin."""
    return layout.dots + at * DOTS / max(1, len(layout.data.letters))


def _record(axes: Axes, layout: Layout) -> None:
    """The documented darkness, solid, its start as fuzzy as the record; what else is on record above it."""
    data, middle = layout.data, layout.top + 34
    layout.sheet.text(MARGIN, middle, "On record", BODY, weight="bold", va="center")
    if data.record is None:
        return
    high, low = middle - 8, middle + 8
    fade = min(data.fuzzy, data.record / 2)
    axes.fill_between([fade, data.record], high, low, color=INK, linewidth=0, zorder=3)
    if fade > 0:
        shade = LinearSegmentedColormap.from_list("fade", ["white", INK])
        ramp = np.linspace(0, 1, 64)[None, :]
        axes.imshow(ramp, extent=(-fade, fade, low, high), cmap=shade, aspect="auto", zorder=3)
        axes.set_xlim(data.low, layout.high)
    text = f"{data.record:g} min dark"
    if width_of(text, NOTE, "bold") < (data.record - fade) * layout.scale:
        axes.text(
            (data.record + fade) / 2,
            middle,
            text,
            color="white",
            fontsize=NOTE,
            weight="bold",
            ha="center",
            va="center",
            zorder=4,
        )
    _pins(axes, layout, middle)


def _pins(axes: Axes, layout: Layout, middle: float) -> None:
    """Times on record: a mark and its words above the bar; later ones at the right end."""
    data, sheet = layout.data, layout.sheet
    taken = layout.time - 24.0
    for pin in data.pins:
        if not data.low < pin.minute <= layout.high:
            continue
        wide = width_of(pin.text, SMALL)
        left = max(layout.time - 10.0, layout.x(pin.minute) - wide / 2, taken + 14)
        # Words that would stand away from their mark, or beyond the axis, are left to the table.
        if left + wide > layout.right or left > layout.x(pin.minute):
            continue
        sheet.text(left, layout.top + 1, pin.text, SMALL)
        taken = left + wide
        axes.plot([pin.minute], [middle - 12], marker="v", markersize=5, color=INK, linewidth=0, zorder=5)
    later = [pin.text for pin in data.pins if pin.minute > layout.high]
    room = layout.right - layout.x(data.record or 0) - 20
    lines: list[str] = []
    # As many as go on two lines; the table of the run has them all.
    for shown in range(len(later), 0, -1):
        lines = lines_of(" · ".join(later[:shown]) + " →", room, SMALL)
        if len(lines) <= 2:
            break
    for at, line in enumerate(lines[:2]):
        sheet.text(layout.right, middle - 5 + at * pixels(SMALL) * 0.92, line, SMALL, QUIET, ha="right")


def _heading(layout: Layout, section: Section, y: float) -> None:
    sheet = layout.sheet
    sheet.line(MARGIN, y + 3, sheet.wide - MARGIN, y + 3)
    colour = {"stops": STOPPED_TEXT, "nothing": QUIET, "unknown": QUIET, "baseline": INK}.get(
        section.lanes[0].group, DARK_TEXT
    )
    sheet.text(MARGIN, y + 7, section.heading.upper(), SMALL, colour, "bold")


def _words(layout: Layout, place: Place) -> None:
    adapted = place.lane.adapted
    for lines, x, size, colour in (
        (place.name, place.left + (INDENT if adapted else 0), BODY, QUIET if adapted else INK),
        (place.note, place.left + NAMES + GAP, NOTE, QUIET),
        (place.cost, layout.costs, NOTE, QUIET if nothing_seen(place.lane.cost) else INK),
    ):
        y = place.middle - len(lines) * pixels(size) / 2 + 1
        for line in lines:
            layout.sheet.text(x, y, line, size, colour)
            y += pixels(size)


def _dots(layout: Layout, place: Place) -> None:
    """A hundred dots a reading, filled from the left for the times stopped; none stopped is a bare 0."""
    sheet, letters = layout.sheet, layout.data.letters
    room = DOTS / max(1, len(letters))
    pitch = min(6.5, (place.bottom - place.top - 3) / DEEP, (room - 44) / ACROSS)
    axes = sheet.axes(layout.dots - 4, place.top, layout.time - GAP, place.bottom)
    axes.set_axis_off()
    axes.set_xlim(layout.dots - 4, layout.time - GAP)
    order = np.arange(ACROSS * DEEP)
    for at, stopped in enumerate(place.lane.stopped):
        left, after = _block(layout, at), _block(layout, at) + ACROSS * pitch + 5
        if stopped:
            xs, ys = (
                left + (order // DEEP + 0.5) * pitch,
                place.middle + (order % DEEP - (DEEP - 1) / 2) * pitch,
            )
            colours = [STOPPED if dot < stopped else FAINT for dot in order]
            axes.scatter(xs, ys, s=(0.84 * pitch * 0.72) ** 2, c=colours, linewidths=0)
            sheet.text(after, place.middle, str(stopped), BODY, STOPPED_TEXT, "bold", va="center")
        else:
            axes.plot([left, left + ACROSS * pitch], [place.middle] * 2, color=FAINT, linewidth=2)
            sheet.text(after, place.middle, "0", BODY, QUIET, va="center")


def _bar(axes: Axes, layout: Layout, place: Place) -> None:
    data, bar, y = layout.data, place.lane.bar, place.middle
    if bar is None:
        axes.annotate(
            "never dark", (0, y), (4, 0), textcoords="offset points", fontsize=NOTE, color=QUIET, va="center"
        )
        return
    if bar.start + bar.median < data.low or bar.start > layout.high:
        early = bar.start < data.low
        text, at, align = (
            (f"← {bar.text}", data.low, "left") if early else (f"{bar.text} →", layout.high, "right")
        )
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(at, y, text, fontsize=NOTE, color=INK, ha=align, va="center", zorder=5, bbox=box)
        return
    text, last = bar.text, max(bar.start + max(bar.median, bar.high), data.baseline or 0.0)
    # What ends beyond the axis is cut where its figures begin.
    limit = layout.high
    if last > layout.data.high:
        text += " →"
        last = limit = layout.high - (width_of(text, NOTE) + 16) / layout.scale
    tall = (place.bottom - place.top) * 0.6 * max(0.14, bar.share)
    end = min(bar.start + bar.median, limit)
    axes.barh(y, end - bar.start, tall, bar.start, color=DARK, hatch="////", linewidth=0, zorder=2)
    if bar.open and bar.start + bar.high <= limit:
        # How much longer it lasts nobody knows.
        axes.plot(
            [bar.start + bar.high], [y], marker=">", markersize=7, color=DARK_TEXT, linewidth=0, zorder=5
        )
    if bar.low != bar.high:
        low, high = min(bar.start + bar.low, limit), min(bar.start + bar.high, limit)
        axes.plot([low, high], [y, y], color=DARK_TEXT, linewidth=1.6, zorder=4, solid_capstyle="butt")
        for x in (low, high):
            if x < limit:
                axes.plot([x, x], [y - 4, y + 4], color=DARK_TEXT, linewidth=1.6, zorder=4)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    axes.annotate(
        text,
        (last, y),
        (6, 0),
        textcoords="offset points",
        fontsize=NOTE,
        color=INK,
        va="center",
        zorder=5,
        bbox=box,
    )
