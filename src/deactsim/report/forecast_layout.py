"""How the tables of a forecast are laid out: columns, names that are too wide, a title in the corner."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from ..study.forecast_results import Forecast, ForecastPolicy
from .wording import WIDTH

GAP = "  "
NAME = 24
"""The widest the column of policies may be; a longer name gets a line of its own."""
NARROWEST = 8
"""The narrowest it may be where figures need the room."""

Cell = str | Sequence[str]


def laid_out(rows: Sequence[Sequence[Cell]], left: Sequence[int] = (0,), most: int = NAME) -> list[str]:
    """Rows under a heading; columns in `left` are flush left. A cell may be several lines.

    A name wider than the first column may be gets a line of its own.
    """
    lists = [[[cell] if isinstance(cell, str) else list(cell) for cell in row] for row in rows]
    widths = [max(len(line) for cell in column for line in cell) for column in zip(*lists, strict=True)]
    room = WIDTH - 1 - sum(widths[1:]) - len(GAP) * (len(widths) - 1)
    widths[0] = min(widths[0], most, max(NARROWEST, room))
    lines: list[str] = []
    for row in lists:
        name, *rest = row
        if any(len(line) > widths[0] for line in name):
            lines += [" " + line for line in name]
            name = [""]
        for cells in zip_longest(name, *rest, fillvalue=""):
            said = (
                f"{cell:<{width}}" if column in left else f"{cell:>{width}}"
                for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
            )
            lines.append(" " + GAP.join(said))
    return lines


def titled(title: str, lines: list[str]) -> list[str]:
    """The title in place of the empty corner of a table."""
    if len(title) <= len(lines[0]) - len(lines[0].lstrip()) - len(GAP):
        return [title + lines[0][len(title) :], *lines[1:]]
    return [title, *lines]


def named(forecast: Forecast, policy: ForecastPolicy) -> str:
    """The name of a policy; the baseline has a star."""
    return policy.name if policy.name != forecast.baseline else f"{policy.name} *"
