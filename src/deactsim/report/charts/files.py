"""Charts into files: each picture with its alt text and its data beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from ..chart_data import Cell, Table
from ..csv_cells import csv_text
from ..files import aside
from .measure import DPI
from .style import house_style

#: What a file says about its making is left out, so that equal charts are equal bytes.
METADATA = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}

Chart = tuple[str, Callable[[], Figure], str, Table]


def save(charts: Sequence[Chart], folder: Path, kinds: Sequence[str]) -> list[Path]:
    """Draw charts into a folder; answers with the files written."""
    names: list[str] = []
    # All are drawn before the first is moved into place: old and new pictures never stand side by side.
    with aside(folder) as unfinished:
        with house_style():
            for name, draw, alt, table in charts:
                figure = draw()
                for kind in kinds:
                    path = unfinished / f"{name}.{kind}"
                    figure.savefig(path, format=kind, dpi=DPI, metadata=METADATA[kind])
                    names.append(path.name)
                for ending, text in (("txt", alt + "\n"), ("csv", _csv(table))):
                    path = unfinished / f"{name}.{ending}"
                    path.write_text(text, encoding="utf-8", newline="\n")
                    names.append(path.name)
        for name in names:
            (unfinished / name).replace(folder / name)
    return [folder / name for name in names]


def _csv(table: Table) -> str:
    return csv_text(table.columns, ([_known(cell) for cell in row] for row in table.rows))


def _known(cell: Cell) -> Cell:
    """A cell; nothing where it is not a number that can be said."""
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell
