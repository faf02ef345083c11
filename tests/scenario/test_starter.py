"""The scenario to start from loads as it is and stays small."""

from __future__ import annotations

from deactsim.scenario.load import loads
from deactsim.scenario.starter import starter


def test_starter() -> None:
    scenario = loads(starter())
    assert scenario.incident is not None
    assert len(scenario.incident.readings) == 2
    assert 4 <= len(scenario.policies) <= 5
    assert starter().count("\n") < 90
    assert starter().isascii()


def test_starter_under_another_title() -> None:
    for title in ("Ours", 'The "big" one: 2024', "yes", "Überwachung \\ x"):
        scenario = loads(starter(title))
        assert scenario.title == title
        assert scenario.model_copy(update={"title": ""}) == loads(starter()).model_copy(update={"title": ""})
