"""The charts: data in, figures out; each saved with its alt text and its data beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...study.results import Comparison, Replay
from ..chart_data import minutes_data, race_data
from ..hero_data import hero_data
from ..policy_data import friction_data, outcomes_data
from . import friction, hero, minutes, outcomes, race
from .files import Chart, save


def save_all(replay: Replay, comparison: Comparison, folder: Path, kinds: Sequence[str]) -> list[Path]:
    """Draw every chart into a folder; answers with the files written."""
    return save(charts(replay, comparison), folder, kinds)


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
