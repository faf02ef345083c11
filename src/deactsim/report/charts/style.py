"""The looks shared by all charts: colours, type, the frame of words, measuring text.

A chart is laid out in pixels of a slide 1600 wide, counted from the top left, and drawn at
100 pixels an inch; the same drawing goes to PNG, SVG and PDF.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from .measure import DPI, FONT, balanced, lines_of, pixels, width_of

if TYPE_CHECKING:
    from ..chart_data import Words

WIDTH, HEIGHT = 1600, 900
MARGIN = 40
SCALES = (1.0, 1.06, 1.12, 1.18, 1.25, 1.32, 1.4)
"""How much larger than a slide a sheet may get, at the same shape, before it grows downwards."""

# Blue and orange of matplotlib's petroff6 stay apart for colour-blind readers; the dark ones
# are the same hues at a contrast fit for text.
STOPPED, DARK = "#5790fc", "#f89c20"
STOPPED_TEXT, DARK_TEXT = "#1d56c4", "#9a5200"
INK, QUIET, RULE, FAINT = "#1f1f24", "#63636b", "#c9c9cf", "#e6e6ea"
GROUP_COLOURS = {"stops": STOPPED, "shortens": DARK, "postpones": DARK, "lengthens": DARK}

TITLE, HEADING, BODY, SMALL = 21, 12, 11.5, 9.5

SETTINGS: dict[Any, Any] = {
    "font.family": [FONT],
    "axes.unicode_minus": False,
    "hatch.linewidth": 0.7,
    "hatch.color": "#ffffff",
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "deactsim",
    "text.parse_math": False,
}


@contextmanager
def house_style() -> Iterator[None]:
    """The settings under which charts are drawn and saved; nobody else's are touched."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield


def colour_of(group: str) -> str:
    """The colour of a group of policies."""
    return GROUP_COLOURS.get(group, "#9c9ca1")


class Sheet:
    """A slide with its words: places text and axes by pixels from the top left.

    `scale` enlarges it at the same shape, `more` adds to its height.
    """

    def __init__(self, words: Words, scale: float = 1.0, more: float = 0.0) -> None:
        self.wide = WIDTH * scale
        self.height = HEIGHT * scale + more
        self.figure = Figure(figsize=(self.wide / DPI, self.height / DPI), dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        self.top = self._head(words)
        self.bottom = self._foot(words)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = BODY,
        colour: str = INK,
        weight: str = "normal",
        ha: str = "left",
        va: str = "top",
    ) -> Text:
        """Text at a point of the sheet."""
        return self.figure.text(
            x / self.wide,
            1 - y / self.height,
            text,
            fontsize=size,
            color=colour,
            weight=weight,
            ha=ha,
            va=va,
            linespacing=1.15,
        )

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        width: float,
        size: float = BODY,
        colour: str = INK,
        weight: str = "normal",
    ) -> float:
        """Text wrapped to a width in pixels; answers with the y below it."""
        for line in lines_of(text, width, size, weight):
            self.text(x, y, line, size, colour, weight)
            y += pixels(size)
        return y

    def line(
        self, x0: float, y0: float, x1: float, y1: float, colour: str = RULE, width: float = 0.8
    ) -> None:
        """A straight line on the sheet."""
        xs, ys = (x0 / self.wide, x1 / self.wide), (1 - y0 / self.height, 1 - y1 / self.height)
        self.figure.add_artist(
            Line2D(xs, ys, color=colour, linewidth=width, transform=self.figure.transFigure)
        )

    def axes(self, left: float, top: float, right: float, bottom: float) -> Axes:
        """Axes over a part of the sheet, y in pixels of the sheet, counted downwards."""
        box = (
            left / self.wide,
            1 - bottom / self.height,
            (right - left) / self.wide,
            (bottom - top) / self.height,
        )
        axes = self.figure.add_axes(box)
        axes.set_ylim(bottom, top)
        axes.set_yticks([])
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(RULE)
        axes.tick_params(axis="x", colors=QUIET, labelsize=SMALL + 1, length=4, width=0.8)
        axes.set_facecolor("none")
        return axes

    def name(self, right: float, y: float, label: str, width: float) -> None:
        """A row's name, ending at `right`; a long one is smaller, and on more lines."""
        size, lines = _name_lines(label, width)
        self.text(right, y, "\n".join(lines), size, ha="right", va="center")

    def _head(self, words: Words) -> float:
        wide = self.wide - 2 * MARGIN
        y = self.paragraph(MARGIN, 22, words.kicker, wide, SMALL + 1, QUIET) + 2
        for line in balanced(words.title, wide, TITLE, "bold"):
            self.text(MARGIN, y, line, TITLE, weight="bold")
            y += pixels(TITLE)
        return self.paragraph(MARGIN, y + 4, words.subtitle, wide, BODY, QUIET) + 10

    def _foot(self, words: Words) -> float:
        lines = lines_of(words.footer, self.wide - 2 * MARGIN, SMALL)
        top = self.height - 16 - len(lines) * pixels(SMALL)
        for at, line in enumerate(lines):
            self.text(MARGIN, top + at * pixels(SMALL), line, SMALL, QUIET)
        self.line(MARGIN, top - 7, self.wide - MARGIN, top - 7)
        return top - 12


def roomy(words: Words, needed: float) -> Sheet:
    """The smallest sheet with so many pixels between its head and its foot."""
    sheet = Sheet(words)
    for scale in SCALES[1:]:
        if sheet.bottom - sheet.top >= needed:
            return sheet
        sheet = Sheet(words, scale)
    lacking = needed - (sheet.bottom - sheet.top)
    return sheet if lacking <= 0 else Sheet(words, SCALES[-1], lacking)


def _name_lines(label: str, width: float) -> tuple[float, list[str]]:
    size = BODY if width_of(label, BODY) <= width else SMALL
    return size, lines_of(label, width, size)


def pitch_for(labels: Sequence[str], width: float, least: float) -> float:
    """How high every row must be for the longest of the names."""
    sized = (_name_lines(label, width) for label in labels)
    return max([least, *(len(lines) * pixels(size) + 5 for size, lines in sized)])
