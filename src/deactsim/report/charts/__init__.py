"""The charts: data in, figures out; each saved with its alt text and its data beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from ...errors import DeactsimError
from ...study.results import Comparison, Replay
from ..chart_data import Table, minutes_data, race_data
from ..hero_data import hero_data
from ..policy_data import friction_data, outcomes_data
from . import friction, hero, minutes, outcomes, race
from .measure import DPI
from .style import house_style

#: What a file says about its making is left out, so that equal charts are equal bytes.
METADATA = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}

Chart = tuple[str, Callable[[], Figure], str, Table]


def save_all(replay: Replay, comparison: Comparison, folder: Path, kinds: Sequence[str]) -> list[Path]:
    """Draw every chart into a folder; answers with the files written."""
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with house_style():
            for name, draw, alt, table in charts(replay, comparison):
                figure = draw()
                for kind in kinds:
                    path = folder / f"{name}.{kind}"
                    figure.savefig(path, format=kind, dpi=DPI, metadata=METADATA[kind])
                    written.append(path)
                for ending, text in (("txt", alt + "\n"), ("csv", _csv(table))):
                    path = folder / f"{name}.{ending}"
                    path.write_text(text, encoding="utf-8", newline="\n")
                    written.append(path)
    except OSError as error:
        raise DeactsimError(f"cannot write {error.filename or folder}: {error.strerror or error}") from None
    return written


def charts(replay: Replay, comparison: Comparison) -> list[Chart]:
    """Every chart: its name, how to draw it, its alt text and its figures."""
    hero_ = hero_data(replay, comparison)
    minutes_ = minutes_data(replay)
    race_ = race_data(replay)
    outcomes_ = outcomes_data(replay, comparison)
    friction_ = friction_data(replay, comparison)
    return [
        ("hero", lambda: hero.draw(hero_), hero_.alt, hero_.table),
        ("minutes", lambda: minutes.draw(minutes_), minutes_.alt, minutes_.table),
        ("race", lambda: race.draw(race_), race_.alt, race_.table),
        ("outcomes", lambda: outcomes.draw(outcomes_), outcomes_.alt, outcomes_.table),
        ("friction", lambda: friction.draw(friction_), friction_.alt, friction_.table),
    ]


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()
