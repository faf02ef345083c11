"""Why a policy changed nothing: from what its gates and channels did."""

from __future__ import annotations

import numpy as np
import pytest

from deactsim.model.states import Gate, Reason
from deactsim.scenario.schema import Scenario
from deactsim.study.nights import Nights
from deactsim.study.reasons import _BY_REASON, _GATE_OF, _source, why_nothing
from tests.study.small import small

POLICIES = """
  as-it-was: {}
  no-cut-off: {deprovisioning: none}
  step-down: {step_down: {before_last_shift: 1 day}}
  report: {open_report: {}}
  approval: {approval: {by: {desk: 1}, review: 1 min, catches: 90%}}
  lock: {lock_down: {after: 1 min, for: 1 h}}
  keep: {retention: {keep: 1 day}}
  more: {on_call: {headcount: 5}}
  alert: {alert: {after: 1 min, recall: 90%}}
  watch: {leaver_watch: {before_last_shift: 1 day, after: 1 min, recall: 90%}}
  button: {undo_button: {restore: 1 h}}
  two: {open_report: {}, lock_down: {after: 1 min, for: 1 h}}"""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small(
        policies=POLICIES,
        safeguards="{deprovisioning: {lag: 1 h}}",
        sources="{paper: {outlet: Paper}, agency: {outlet: Agency}}",
        incident="""
  account: "@it"
  command: deactivate
  at: 2017-11-02T18:48:30Z
  actor:
    team: support
    leaves: {after_act: {value: 1 h, source: [paper, agency]}}
    open_report: {value: true, source: agency}
  readings: {meant: {cause: deliberate}}""",
    )


def nights(said: dict[Gate, list[Reason]], **columns: list[float]) -> Nights:
    size = max((len(answers) for answers in said.values()), default=3)
    decided = tuple(tuple((gate, answers[world]) for gate, answers in said.items()) for world in range(size))
    return Nights(
        {name: np.array(values) for name, values in columns.items()}, np.ones(size), np.arange(size), decided
    )


def why(scenario: Scenario, policy: str, table: Nights) -> tuple[str, str | None]:
    own = scenario.policies[scenario.baseline].safeguards
    return why_nothing(scenario, scenario.policies[policy].safeguards, own, table)


def test_the_gates_most_common_answer(scenario: Scenario) -> None:
    said = {Gate.RIGHTS: [Reason.NOT_TOLD, Reason.BEFORE_STEP_DOWN, Reason.BEFORE_STEP_DOWN]}
    assert why(scenario, "step-down", nights(said)) == ("the act came before the step-down", "Paper, Agency")
    told = {Gate.RIGHTS: [Reason.NOT_TOLD, Reason.NOT_TOLD, Reason.BEFORE_STEP_DOWN]}
    assert why(scenario, "step-down", nights(told)) == ("nobody was told of the leaving in time", None)
    assert why(scenario, "report", nights({Gate.OPEN_REPORT: [Reason.REPORT_OPEN] * 3})) == (
        "there was a report",
        "Agency",
    )
    stamped = nights({Gate.APPROVAL: [Reason.STAMPED] * 3})
    assert why(scenario, "approval", stamped) == ("the request was approved unread", None)


def test_one_clause_a_safeguard(scenario: Scenario) -> None:
    table = nights({Gate.OPEN_REPORT: [Reason.REPORT_OPEN] * 3})
    assert why(scenario, "two", table) == ("there was a report; there was one act, and it was over", "Agency")


@pytest.mark.parametrize(
    ("policy", "columns", "reason"),
    [
        ("alert", {}, "the alert never came to it before the account was back"),
        ("watch", {"notice_leaver_watch": [np.nan] * 3},
         "the leaver watch never came to it before the account was back"),
        ("alert", {"notice_alert": [np.nan, 5.0, np.nan]}, "word had already come by then"),
        ("lock", {}, "there was one act, and it was over"),
        ("keep", {}, "the account was back well within it"),
        ("more", {}, "the first person paged was free"),
        ("button", {}, "it made no difference to this incident"),
        ("approval", {}, "it made no difference to this incident"),
    ],
)  # fmt: skip
def test_what_stands_behind_other_safeguards(
    scenario: Scenario, policy: str, columns: dict[str, list[float]], reason: str
) -> None:
    assert why(scenario, policy, nights({}, **columns)) == (reason, None)


def test_the_same_safeguards_and_fewer(scenario: Scenario) -> None:
    assert why(scenario, "as-it-was", nights({})) == ("it has the same safeguards as the baseline", None)
    assert why(scenario, "no-cut-off", nights({})) == (
        "what it leaves out had no part in this incident",
        None,
    )


def test_an_answer_without_words_is_named() -> None:
    # A gate may answer what never leads to nothing; it is then named rather than hidden.
    assert Reason.LOCKED not in _BY_REASON
    scenario = small(policies=POLICIES)
    said = nights({Gate.OPEN_REPORT: [Reason.LOCKED] * 3})
    assert why(scenario, "report", said) == ("locked", None)


def test_every_gate_has_its_safeguard() -> None:
    assert set(_GATE_OF.values()) == set(Gate) - {Gate.LOCK_DOWN}


def test_without_an_incident_nothing_backs_a_reason() -> None:
    bare = small().model_copy(update={"incident": None})
    assert _source(bare, "leaves") is None
    assert _source(small(), "leaves") is None
    assert _source(small(), "") is None
