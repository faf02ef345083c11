"""A bad year: what went dark when, by which cause, and who noticed."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..forecast_time_data import BadYearData, Event
from .lines import plane, unit_labels
from .measure import lines_of, pixels, width_of
from .scale import Scale, put_on
from .style import INK, MARGIN, QUIET, RULE, SMALL, Sheet

LEFT = 130
KEYS, AXIS = 44, 56
YEAR = 365.25
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTE = 205.0
GAP = 14.0

#: Colour and mark of each kind of cause, and its words.
KINDS = {
    "deliberate": ("#e42536", "v", "on purpose"),
    "slip": ("#5790fc", "o", "a slip"),
    "misidentified": ("#f89c20", "s", "took it for another account"),
}
OTHER = ("#63636b", "D", "another cause")


def draw(data: BadYearData) -> Figure:
    """A stem an occurrence along the year; the worst ones are told above, where there is room."""
    sheet = Sheet(data.words)
    right = sheet.wide - MARGIN
    told = [event for event in data.events if event.note]
    wide = min(NOTE, (right - LEFT - GAP * (len(told) - 1)) / max(1, len(told)))
    most = max([0, *(len(lines_of(event.note, wide, SMALL)) for event in told)])
    top, bottom = sheet.top + KEYS + most * pixels(SMALL) + 20, sheet.bottom - AXIS
    axes = plane(sheet, LEFT, top, right, bottom)
    axes.set_xlim(0, YEAR)
    starts = [YEAR * month / 12 for month in range(13)]
    axes.set_xticks(starts, [""] * 13)
    for month, name in enumerate(MONTHS):
        axes.annotate(name, (starts[month] + YEAR / 24, 0), (0, -8), xycoords=("data", "axes fraction"),
                      textcoords="offset points", fontsize=SMALL + 1, color=QUIET, ha="center", va="top",
                      annotation_clip=False)  # fmt: skip
    up = Scale.of([event.minutes for event in data.events] or [1.0])
    put_on(axes, "y", up, lengths=True, room=0.08)
    axes.xaxis.labelpad = 18
    unit_labels(axes, "month of the year", "time dark" + (" (logarithmic)" if up.log else ""))
    floor = axes.get_ylim()[0]
    for event in data.events:
        _stem(axes, event, up.at(event.minutes), floor)
    _notes(sheet, axes, told, wide, up, (top, bottom, right))
    _key(sheet, data)
    return sheet.figure


def _looks(event: Event) -> tuple[str, str, str]:
    return KINDS.get(event.kind, OTHER)


def _stem(axes: Axes, event: Event, y: float, floor: float) -> None:
    colour, mark, _ = _looks(event)
    axes.plot((event.day, event.day), (floor, y), color=colour, linewidth=1.4, alpha=0.7, zorder=2)
    axes.plot(
        (event.day,), (y,), marker=mark, markersize=7 + 3 * min(4.0, max(0.0, event.accounts - 1) ** 0.5),
        color=colour if event.protected else "white", markeredgecolor=colour, markeredgewidth=1.8, linewidth=0,
        zorder=3, clip_on=False,
    )  # fmt: skip


def _notes(
    sheet: Sheet, axes: Axes, told: list[Event], wide: float, up: Scale, frame: tuple[float, float, float]
) -> None:
    """What the worst ones were, in a row above the year, each with a thread to its mark."""
    top, bottom, right = frame
    xs = [LEFT + event.day / YEAR * (right - LEFT) for event in told]
    lefts = _spread([x - wide / 2 for x in xs], wide + GAP, LEFT, right - wide)
    low, high = axes.get_ylim()
    for event, x, left in zip(told, xs, lefts, strict=True):
        lines = lines_of(event.note, wide, SMALL)
        y = top - 16 - len(lines) * pixels(SMALL)
        for line in lines:
            sheet.text(left, y, line, SMALL, INK)
            y += pixels(SMALL)
        mark = bottom - (up.at(event.minutes) - low) / (high - low) * (bottom - top)
        middle = min(max(x, left + 8), left + wide - 8)
        sheet.line(middle, top - 12, x, top, RULE)
        sheet.line(x, top, x, mark - 10, RULE)


def _spread(wanted: list[float], pitch: float, least: float, most: float) -> list[float]:
    """Places at least `pitch` apart, near the wanted ones, within limits."""
    found: list[float] = []
    for place in wanted:
        found.append(max(place, found[-1] + pitch if found else least))
    limit = most
    for at in reversed(range(len(found))):
        found[at] = min(found[at], limit)
        limit = found[at] - pitch
    return found


def _key(sheet: Sheet, data: BadYearData) -> None:
    """What the marks mean."""
    y, x = sheet.top + 10, float(MARGIN)
    axes = sheet.axes(MARGIN, y - 9, sheet.wide - MARGIN, y + 9)
    axes.set_axis_off()
    axes.set_xlim(MARGIN, sheet.wide - MARGIN)
    kinds = list(dict.fromkeys(_looks(event) for event in data.events))
    rows = [(colour, mark, text, "white") for colour, mark, text in kinds]
    if rows:
        rows.append((QUIET, "o", "filled: a protected account", QUIET))
        rows.append((QUIET, "o", "larger: more accounts at once", "white"))
    for colour, mark, text, face in rows:
        axes.plot((x + 6,), (y,), marker=mark, markersize=8, color=face, markeredgecolor=colour,
                  markeredgewidth=1.6, linewidth=0)  # fmt: skip
        sheet.text(x + 19, y, text, SMALL + 1, QUIET, va="center_baseline")
        x += 19 + width_of(text, SMALL + 1) + 28
