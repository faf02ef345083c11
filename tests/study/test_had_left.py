"""An actor whose last shift ended before he acted: what cutting off would have changed."""

from __future__ import annotations

import pytest

from deactsim.errors import ScenarioError
from deactsim.scenario.schema import Scenario
from deactsim.study.compare import compare
from deactsim.study.results import PolicyOutcome
from tests.study.small import small


def left(actor: str = "left_before_act: uniform 10 days to 30 days", **sections: str) -> Scenario:
    return small(
        incident=f"""
  account: "@it"
  command: deactivate
  actor: {{team: support, {actor}}}
  at: 2017-11-02T18:48:30Z
  warm_up: 2 h
  readings: {{meant: {{cause: deliberate, may_adapt: true}}}}
  facts: {{dark: {{of: dark, pinned: 11 min}}}}""",
        **sections,
    )


def outcomes(scenario: Scenario, worlds: int = 300) -> dict[str, PolicyOutcome]:
    found = compare(scenario, worlds=worlds, weeks=0, explain=False)
    return {policy.name: policy for policy in found.policies}


def test_cutting_off_in_time_stops_it() -> None:
    policies = """
  as-it-was: {}
  at-once: {deprovisioning: {lag: 1 h}}
  in-three-weeks: {deprovisioning: {lag: 20 days}}
  in-two-months: {deprovisioning: {lag: 60 days}}
  step-down: {step_down: {before_last_shift: 1 day}}"""
    found = outcomes(left(policies=policies), worlds=2000)
    assert found["at-once"].readings[0].stopped.mean == 1.0
    shares = found["in-three-weeks"].readings[0].stopped
    assert abs(shares.mean - 0.5) < shares.high - shares.low  # four standard errors
    assert found["in-two-months"].group == "nothing"
    assert found["in-two-months"].reason == "he had left, and would not have been cut off yet"
    # The right that he stepped down from has not come back, and he cannot go back in time to act before.
    assert found["step-down"].readings[0].stopped.mean == 1.0
    assert found["step-down"].adapted == ()


def test_under_the_own_policy_the_right_was_still_there() -> None:
    """The ticket was lost, else it had not happened: only such worlds replay it."""
    policies = """
  as-it-was: {deprovisioning: {lag: 1 h, lost: 20%}}
  audited: {deprovisioning: {lag: 1 h, lost: 0%}}
  slower: {deprovisioning: {lag: 2 h, lost: 20%}}"""
    found = compare(left(policies=policies), worlds=1000, weeks=0, explain=False)
    assert found.fit is not None
    assert 0.1 < found.fit.agreeing / 1000 < 0.2  # of those that could be left the rest of the darkness
    by_name = {policy.name: policy for policy in found.policies}
    assert by_name["audited"].readings[0].stopped.mean == 1.0
    assert by_name["slower"].reason == "the cut-off was never carried out"


def test_not_both_leaving_and_gone() -> None:
    with pytest.raises(ScenarioError, match="had left before the act was not leaving after it"):
        left("leaves: {after_act: 1 h}, left_before_act: 1 day")
