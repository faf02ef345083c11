"""The corpus: every valid file resolves to what it says, every invalid one fails with its own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deactsim.errors import Fault, ScenarioError
from deactsim.scenario.load import load, loads
from deactsim.scenario.paths import leaves, text_at
from deactsim.scenario.quantities import text_of
from deactsim.scenario.resolve import digest, dump
from deactsim.scenario.schema import Scenario

CASES = Path(__file__).parent.parent / "cases"
VALID = sorted((CASES / "valid").glob("*.yaml"))
INVALID = sorted((CASES / "invalid").glob("*.yaml"))
EXPECT = re.compile(r"# expect: (file|\d+:\d+): (.+)")


def remarks(path: Path, word: str) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(f"# {word}: ") for line in lines if line.startswith(f"# {word}: ")]


def underlined(fault: Fault) -> str:
    """The part of the line over the carets, as people see it."""
    _, line, carets, *_ = str(fault).split("\n")
    start, end = carets.index("^"), carets.rindex("^") + 1
    assert carets[:start].strip() == "|"
    assert set(carets[start:end]) == {"^"}
    return line[start:end] or "(end of line)"


def test_there_are_cases() -> None:
    assert len(VALID) >= 80
    assert len(INVALID) >= 240


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid(path: Path) -> None:
    expected = remarks(path, "expect")
    assert expected, "the file does not say what is wrong with it"
    with pytest.raises(ScenarioError) as raised:
        load(path)
    faults = raised.value.faults
    found = [
        f"{f'{fault.line}:{fault.column}' if fault.line else 'file'}: {fault.message}" for fault in faults
    ]
    assert found == expected
    placed = [fault for fault in faults if fault.line]
    assert [underlined(fault) for fault in placed] == remarks(path, "carets")
    assert [(fault.line, fault.column) for fault in faults] == sorted(
        (fault.line, fault.column) for fault in faults
    )
    assert str(raised.value).count(f"{path}") == len(faults)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid(path: Path) -> None:
    scenario = load(path)
    for remark in remarks(path, "resolves"):
        check(scenario, remark)
    again = loads(dump(scenario))
    assert dump(again) == dump(scenario)
    assert digest(again) == digest(scenario)


def check(scenario: Scenario, remark: str) -> None:
    stated = dict(leaves(scenario))
    if match := re.fullmatch(r"(\S+) absent", remark):
        assert match[1] not in stated
    elif match := re.fullmatch(r"(\S+) is (\w+)", remark):
        assert stated[match[1]].basis == match[2]
    elif match := re.fullmatch(r"sources: (.+)", remark):
        assert ", ".join(scenario.sources) == match[1]
    elif match := re.fullmatch(r"facts\.(\S+) = (\S+) (\S+) (.+)", remark):
        assert scenario.incident is not None
        fact = scenario.incident.facts[match[1]]
        assert (fact.of or "-") == match[2]
        assert text_of(getattr(fact, match[3])) == match[4]
    else:
        path, equals, text = remark.partition(" = ")
        assert equals
        assert text_at(scenario, path) == text


def test_the_check_can_fail() -> None:
    smallest = load(CASES / "valid" / "smallest.yaml")
    for wrong in (
        "teams.desk.headcount = 6",
        "teams.desk.headcount absent",
        "teams.desk.headcount is documented",
        "sources: x",
    ):
        with pytest.raises(AssertionError):
            check(smallest, wrong)
