"""What an answer rests on: inputs by basis and facts by role, each counted once and everywhere the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deactsim.report.sources import sources_table
from deactsim.report.wording import facts_text, inputs_text
from deactsim.scenario.load import load
from deactsim.scenario.schema import Scenario
from deactsim.study.provenance import basis, numbers
from tests.study.small import small

SCENARIOS = Path(__file__).parents[2] / "scenarios"
DISPUTED = """
  account: "@it"
  command: deactivate
  actor: {team: support}
  at: {value: 2017-11-02T18:48:30Z, source: paper}
  readings: {meant: {cause: deliberate}, slip: {cause: slip}}
  facts:
    dark: {of: dark, pinned: 11 min, source: paper, disputed: 12 min}
    said: {noted: something, source: paper}"""


def night() -> Scenario:
    return small(
        sources="{paper: {outlet: Paper}}",
        incident=DISPUTED,
        safeguards="{undo_button: {restore: {value: 30 s, source: paper, disputed: 40 s}}}",
    )


def test_facts_and_readings_are_no_inputs() -> None:
    found = basis(night(), ())
    # The button is the platform's, and the own policy's: one number. Instants are facts of the incident.
    documented = [
        path for path, stated, rested in numbers(night()) if stated.basis == "documented" and rested
    ]
    assert found.documented == len(documented)
    assert documented.count("safeguards.undo_button.restore") == 1
    assert not [path for path in documented if path.startswith("policies.")]
    assert (found.disputed, found.disputed_facts) == (1, 1)
    assert found.facts == {"pinned": 1, "given": 0, "checked": 0, "noted": 1}
    assert facts_text(found) == "2 facts on record, of which 1 pinned and 1 only noted"
    assert basis(night().model_copy(update={"incident": None}), ()).facts["pinned"] == 0


@pytest.mark.parametrize("name", ["trump", "jack", "hawaii"])
def test_sources_and_answers_count_the_same(name: str) -> None:
    scenario = load(SCENARIOS / f"{name}.yaml")
    found, table = basis(scenario, ()), sources_table(scenario)
    assert inputs_text(found) in " ".join(table.split())

    def inputs(heading: str) -> int:
        at = re.search(rf"^{heading}  (\d+) inputs?\b", table, re.MULTILINE)
        return int(at[1]) if at else 0

    assert inputs("DOCUMENTED") == found.documented
    assert inputs("INFERRED") == found.inferred
    assert inputs("ASSUMED") + inputs("DEFAULTS") == found.assumed == len(found.assumed_paths)
    assert f"RECORD  {sum(found.facts.values())} fact" in table
