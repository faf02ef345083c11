"""Why a policy stopped it or changed nothing: from what its gates and channels did."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from deactsim.engines.reference import gates
from deactsim.model.states import Channel, Gate, Reason
from deactsim.scenario.schema import Scenario
from deactsim.study.nights import Nights
from deactsim.study.reasons import (
    _BY_REASON,
    _GATE_OF,
    _source,
    how_stopped,
    nobody_decided,
    stopped_by,
    untold,
    why_nothing,
)
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
  two: {open_report: {}, lock_down: {after: 1 min, for: 1 h}}
  both: {step_down: {before_last_shift: 1 day}, deprovisioning: {lag: 5 min}}
  channels: {alert: {after: 1 min, recall: 90%}, probe: {every: 1 min, recall: 90%}}
  few: {least_privilege: {holders: 2}, step_down: {before_last_shift: 1 day}}
  limit: {rate_limit: {per_agent: 10 per hour}}
  quick: {on_call: {pick_up: 1 min}}
  watchdog: {automatic_restore: {after: 1 h}}"""


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


def nights(
    said: dict[Gate, list[Reason]], weights: tuple[float, ...] = (), /, **columns: list[float]
) -> Nights:
    size = max((len(answers) for answers in said.values()), default=len(weights) or 3)
    decided = tuple(tuple((gate, answers[world]) for gate, answers in said.items()) for world in range(size))
    table = {name: np.array(values) for name, values in columns.items()}
    return Nights(table, np.array(weights) if weights else np.ones(size), np.arange(size), decided)


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
    assert why(scenario, "two", table) == (
        "open report: there was a report; lock down: there was one act, and it was over",
        "Agency",
    )
    # What is the same of several is said once, of none of them in particular.
    never = "{0}: the {0} never came to it before the account was back"
    said = f"{never.format('alert')}; {never.format('probe')}"
    assert why(scenario, "channels", nights({})) == (said, None)
    came = {f"notice_{name}": [5.0] * 3 for name in ("alert", "probe")}
    assert why(scenario, "channels", nights({}, **came)) == ("word had already come by then", None)


def rights(*worlds: tuple[Reason, ...]) -> Nights:
    decided = tuple(tuple((Gate.RIGHTS, reason) for reason in world) for world in worlds)
    return Nights({}, np.ones(len(worlds)), np.arange(len(worlds)), decided)


def test_each_safeguard_of_rights_has_its_own_answer(scenario: Scenario) -> None:
    late = (Reason.NOT_TOLD, Reason.BEFORE_CUT_OFF)
    told = (
        "step down: nobody was told of the leaving in time; "
        "deprovisioning: the act came before the last shift ended"
    )
    assert why(scenario, "both", rights(late)) == (told, "Paper, Agency")
    # With several acts each is asked; one by an actor already found is turned away regardless.
    assert why(scenario, "both", rights((*late, *late, Reason.CONTAINED))) == (told, "Paper, Agency")
    stale = (Reason.LIST_STALE, Reason.TICKET_LOST)
    assert why(scenario, "both", rights(stale)) == (
        "step down: its list does not hold the account; deprovisioning: the cut-off was never carried out",
        None,
    )
    assert why(scenario, "step-down", rights(late))[0] == "nobody was told of the leaving in time"
    assert why(scenario, "few", rights(late))[0] == (
        "least privilege: the actor kept the right; step down: nobody was told of the leaving in time"
    )


def test_answers_are_weighed_as_the_evenings_are(scenario: Scenario) -> None:
    said = {Gate.RIGHTS: [Reason.BEFORE_STEP_DOWN, Reason.NOT_TOLD, Reason.NOT_TOLD]}
    assert why(scenario, "step-down", nights(said, (3.0, 1.0, 1.0)))[0] == "the act came before the step-down"
    assert why(scenario, "step-down", nights(said))[0] == "nobody was told of the leaving in time"


def test_one_act_and_several(scenario: Scenario) -> None:
    said = nights({Gate.RATE_LIMIT: [Reason.UNDER_LIMIT] * 3})
    assert why(scenario, "limit", said) == ("there was one act", None)
    assert scenario.incident is not None
    more = scenario.incident.model_copy(update={"further_acts": (object(),)})
    several = scenario.model_copy(update={"incident": more})
    assert why(several, "limit", said) == ("the acts stayed under the limit", None)
    assert why(several, "lock", nights({})) == ("the acts were over by then", None)


def test_what_cannot_be_told_from_nothing_has_no_cause() -> None:
    base = nights({}, dark_minutes=[11.0, 11.0, 11.0])
    same = nights({}, dark_minutes=[11.0, 11.0, 11.0 + 1e-12])
    other = nights({}, dark_minutes=[11.0, 12.0, 10.5])
    assert untold([(same, base)]) is None
    said = "what it changes cannot be told from nothing with 3 effective evenings"
    assert untold([(same, base), (other, base)]) == said
    # An evening without weight never was.
    nowhere = nights({}, (1.0, 0.0, 0.0), dark_minutes=[11.0, 12.0, 10.5])
    assert untold([(nowhere, nights({}, (1.0, 0.0, 0.0), dark_minutes=[11.0] * 3))]) is None


@pytest.mark.parametrize(
    ("policy", "columns", "reason"),
    [
        ("alert", {}, "the alert never came to it before the account was back"),
        ("watch", {"notice_leaver_watch": [np.nan] * 3},
         "the leaver watch never came to it before the account was back"),
        ("alert", {"notice_alert": [np.nan, 5.0, 5.0], "word_by": [float(Channel.PUBLIC)] * 3},
         "word had already come by then"),
        ("alert", {"notice_alert": [np.nan, 5.0, np.nan]},
         "on most evenings the account was back before the alert came to it, else word had come"),
        ("alert", {"notice_alert": [1.0, 5.0, 5.0], "word_by": [float(Channel.ALERT), 0.0, 0.0]},
         "the first word came from the alert, and nothing went faster for it"),
        ("lock", {}, "there was one act, and it was over"),
        ("keep", {}, "the account was back well within it"),
        ("more", {}, "the first person paged was free"),
        ("button", {}, "restoring was no quicker for it"),
        ("quick", {}, "picking up was no quicker for it"),
        ("watchdog", {}, "the account was back before it"),
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
    assert "least_privilege" not in _GATE_OF


def test_without_an_incident_nothing_backs_a_reason() -> None:
    bare = small().model_copy(update={"incident": None})
    assert _source(bare, "leaves") is None
    assert _source(small(), "leaves") is None
    assert _source(small(), "") is None


# ---------------------------------------------------------------- what stopped it

REFUSED = (Gate.APPROVAL, Reason.REFUSED, "")
UNSEEN = (Gate.APPROVAL, Reason.TIMED_OUT, "unseen")
UNMANNED = (Gate.APPROVAL, Reason.TIMED_OUT, "nobody on shift")
LOOKED_AT = (Gate.APPROVAL, Reason.TIMED_OUT, "under review")


def stops(*worlds: tuple[tuple[Gate, Reason, str], ...], weights: tuple[float, ...] = ()) -> Nights:
    """Evenings by what was denied on each; where nothing was, it went dark."""
    size = len(worlds)
    columns = {"stopped": np.array([float(bool(world)) for world in worlds])}
    given = np.array(weights) if weights else np.ones(size)
    return Nights(columns, given, np.arange(size), ((),) * size, denied=worlds)


def test_what_stopped_it_by_gate_and_reason() -> None:
    found = stopped_by(stops((REFUSED,), (UNMANNED,), (UNMANNED,), (), weights=(2.0, 1.0, 1.0, 9.0)))
    assert [(each.gate, each.reason, each.how, each.share) for each in found] == [
        ("approval", "refused", "", 0.5),
        ("approval", "timed_out", "nobody on shift", 0.5),
    ]
    # Several acts of one evening share it.
    assert [each.share for each in stopped_by(stops((REFUSED, UNSEEN), (REFUSED,)))] == [0.75, 0.25]
    assert stopped_by(stops((), ())) == ()


def approving() -> Scenario:
    return small(
        policies="""
  as-it-was: {}
  two: {approval: {by: {desk: 1}, review: 1 min, catches: 90%, time_out: 2 h}}"""
    )


@pytest.mark.parametrize(
    ("worlds", "how", "unheard"),
    [
        (((UNMANNED,),), "denied unseen, nobody on shift: timed out after 2 h",
         "100% of stops timed out unseen, nobody on shift"),
        (((UNSEEN,),), "denied unseen: timed out after 2 h", "100% of stops timed out unseen"),
        (((LOOKED_AT,),), "denied while under review: timed out after 2 h", "100% of stops timed out"),
        (((REFUSED,),) * 4 + ((UNSEEN,),), "an approver refused (80%); denied unseen: timed out after 2 h (20%)",
         "20% of stops timed out unseen"),
        (((REFUSED,),) * 19 + ((UNSEEN,),), "an approver refused (95%); denied unseen: timed out after 2 h (5%)", None),
        (((UNSEEN,),) * 399 + ((REFUSED,),), "denied unseen: timed out after 2 h", ">99% of stops timed out unseen"),
        ((((Gate.PROTECTED_LIST, Reason.LISTED_DENIED, ""),),), "listed: denied", None),
        ((((Gate.OPEN_REPORT, Reason.NO_REPORT, ""),),), "no open report: denied", None),
        (((),), None, None),
    ],
)  # fmt: skip
def test_how_it_was_stopped_in_words(
    worlds: tuple[tuple[tuple[Gate, Reason, str], ...], ...], how: str | None, unheard: str | None
) -> None:
    found = stopped_by(stops(*worlds))
    assert how_stopped(approving().policies["two"].safeguards, found) == how
    assert nobody_decided(found) == unheard


def test_every_denial_has_words() -> None:
    engine = (Path(gates.__file__)).read_text(encoding="utf-8")
    for name in set(re.findall(r"denied\([^)]*Reason\.(\w+)\)", engine)):
        found = stopped_by(stops(((Gate.RIGHTS, Reason[name], ""),)))
        said = how_stopped(approving().policies["two"].safeguards, found)
        assert said not in (None, name.lower().replace("_", " ")) or name == "CONTAINED", name
