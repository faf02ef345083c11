"""The schema seen from the file: what may stand where; models built without a file."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from deactsim.scenario.grammar import annotation_at, expected_at, model_at
from deactsim.scenario.load import load
from deactsim.scenario.records import read_sources
from deactsim.scenario.schema import Team
from deactsim.scenario.stated import Rate, Source, Stated

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("title",), "a text"),
        (("teams",), "a mapping: a name, and under it what it stands for"),
        (("teams", "x"), "a mapping with at least headcount"),
        (("teams", "x", "headcount"), "a count such as `150`, `270k` or `41.7M`"),
        (("incident", "readings", "x", "letter"), "a text"),
        (("incident", "readings", "x", "cause"), "one of slip, misidentified, deliberate"),
        (("incident", "further_acts"), "a list"),
        (("safeguards", "alert", "of"), "a list"),
        (("policies", "x"), "a mapping of safeguards; `{}` for a policy that changes nothing"),
    ],
)
def test_expected(path: tuple[str, ...], expected: str) -> None:
    assert expected_at(path) == expected


def test_paths_that_leave_the_schema() -> None:
    assert annotation_at(("title", "more")) is None
    assert annotation_at(("teams", "x", "headcount", "value")) is None
    assert annotation_at(("nothing",)) is None
    assert model_at(("teams", "x")) is Team
    assert model_at(("title",)) is None


def test_models_take_values_that_are_read_already() -> None:
    stated = Stated(5, basis="documented", sources=("S-01",))
    assert Team(headcount=stated).headcount is stated
    assert read_sources({"a": Source("A")}) == {"a": Source("A")}


def test_models_are_strict_and_immutable() -> None:
    team = Team.model_validate({"headcount": "5"})
    with pytest.raises(ValidationError):
        team.headcount = Stated(6)
    with pytest.raises(ValidationError):
        Team.model_validate({"headcount": "5", "extra": 1})


def test_scenarios_can_be_pickled_and_copied_quickly() -> None:
    scenario = load(ROOT / "scenarios" / "trump.yaml")
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    begun = time.perf_counter()
    for _ in range(1000):
        scenario.model_copy(update={"title": "x"})
    assert time.perf_counter() - begun < 0.5


def test_rates() -> None:
    assert Rate(24.0, "day").per_microsecond == pytest.approx(Rate(1.0, "hour").per_microsecond)
    assert Rate(1.0, "hour").per_day == pytest.approx(24)


def test_loading_needs_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "scipy", "matplotlib", "numba", "simpy")
    program = f"import sys; import deactsim.scenario.load; print(*(m for m in {heavy} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.stdout.strip() == ""
