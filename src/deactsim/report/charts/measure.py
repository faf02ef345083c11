"""How much room words take, before they are drawn: widths in pixels, texts in lines."""

from __future__ import annotations

import re
from functools import cache

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from ..wording import bound

FONT = "DejaVu Sans"
DPI = 100
LINE = 1.3
"""Height of a line of text over its size."""


def pixels(size: float) -> float:
    """The height in pixels of a line of text of this size (points)."""
    return size * DPI / 72 * LINE


def width_of(text: str, size: float, weight: str = "normal") -> float:
    """How wide a text is, in pixels."""
    words = text.split(" ")
    return sum(_word(word, size, weight) for word in words) + (len(words) - 1) * _word(" ", size, weight)


def lines_of(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """The text in lines at most so many pixels wide; only a word wider than that is broken."""
    lines: list[str] = []
    for word in bound(text).split(" "):
        if lines and width_of(f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] += " " + word
        else:
            lines += _broken(word, width, size, weight)
    return lines


def balanced(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """The text in as few lines as the width allows, none much shorter than the others."""
    lines = lines_of(text, width, size, weight)
    narrow = width
    while len(lines) > 1 and narrow > width / 3:
        narrow -= 20
        tried = lines_of(text, narrow, size, weight)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def _broken(word: str, width: float, size: float, weight: str) -> list[str]:
    """A word in parts that fit, broken after hyphens where it has some."""
    if width_of(word, size, weight) <= width:
        return [word]
    parts = re.split(r"(?<=-)", word)
    if any(width_of(part, size, weight) > width for part in parts):
        parts = list(word)
    lines = [""]
    for part in parts:
        if lines[-1] and width_of(lines[-1] + part, size, weight) > width:
            lines.append("")
        lines[-1] += part
    return lines


@cache
def _word(word: str, size: float, weight: str) -> float:
    """How wide a word is: asked for again and again, and slow to find out."""
    renderer = FigureCanvasAgg(Figure(dpi=DPI)).get_renderer()
    properties = FontProperties(family=[FONT], size=size, weight=weight)
    wide, _, _ = renderer.get_text_width_height_descent(word, properties, ismath=False)
    return float(wide)
