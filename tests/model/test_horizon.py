"""How long incidents are followed, and how late their acts can take effect."""

from __future__ import annotations

import pytest

from deactsim.model.compile import compile_plan
from deactsim.model.horizon import HORIZONS, held_at_most, horizon, last_effect
from deactsim.model.shifts import DAY
from deactsim.scenario.paths import replace, vary
from deactsim.scenario.stated import Distribution
from tests.study.conditioning import incident, response
from tests.study.small import START, small

MINUTE, HOUR = 60_000_000, 3_600_000_000


@pytest.mark.parametrize(
    ("restore", "days"),
    [
        ("uniform 0 min to 80 days", 90),
        ("uniform 0 min to 100 days", 366),
        ("uniform 0 min to 366 days", 5 * 366),
        ("uniform 0 min to 36500 days", 5 * 366),
    ],
)
def test_the_horizon_is_the_first_that_everything_is_over_by(restore: str, days: int) -> None:
    assert horizon(small(response=response(restore=restore))) == days * DAY


@pytest.mark.parametrize(
    "sections",
    [
        {"policies": "{as-it-was: {}, looks: {audit: {every: 95 days, sample: 5%}}}"},
        {"policies": "{as-it-was: {}, back: {automatic_restore: {after: 95 days}}}"},
        {"detection": "{holder: {delay: 95 days}, word_reaches_platform: {delay: 1 min}}"},
        {"statements": "{first: 50 days, second: 50 days}"},
        {"audience_whole": "{within: 95 days}"},
        {"response": response(contain="95 days")},
        {"incident": incident("dark: {of: dark, pinned: 50 days}")},
    ],
)
def test_whatever_takes_longer_makes_it_longer(sections: dict[str, str]) -> None:
    assert horizon(small()) == HORIZONS[0]
    assert horizon(small(**sections)) == HORIZONS[1]


def test_a_stated_follow_is_the_horizon_and_a_moved_input_leaves_it() -> None:
    stated = small(incident=incident("") + "\n  follow: 7 h")
    plan = compile_plan(stated, "as-it-was", "meant").incident
    assert plan is not None
    assert plan.follow == 7 * HOUR
    free = small()
    slow = replace(free, "response.restore", Distribution("fixed", (("value", 95.0 * DAY),)))
    assert horizon(slow) == horizon(vary(free, "response.restore", "95 days")) == HORIZONS[0]
    assert horizon(replace(slow, "response.contain", slow.response.contain.value)) == HORIZONS[0]


@pytest.mark.parametrize(
    ("policy", "held"),
    [
        ("{}", 0),
        ("{cooling_off: {for: 14 days}}", 14 * DAY),
        ("{approval: {by: {desk: 1}, review: 5 min, catches: 0%, time_out: 4 h}}", 4 * HOUR + 5 * MINUTE),
        ("{rate_limit: {per_agent: 1 per hour}}", 2 * HOUR),
        (
            "{separation_of_duties: {by: desk, takes: 10 min, catches: 0%}, confirm: {takes: 2 min}}",
            12 * MINUTE,
        ),
        ("{lock_down: {after: 1 min, for: 3 h}}", 6 * HOUR + MINUTE),
    ],
)
def test_what_is_stated_to_hold_an_act_is_known(policy: str, held: int) -> None:
    platform = """
  commands: {deactivate: {undo: restore}, restore: {}}
  tiers: {protected: {accounts: 5, followers: 1M}}
  accounts: {"@it": {tier: protected, followers: 4M}, "@that": {tier: protected, followers: 3M}}"""
    further = '\n  further_acts: [{account: "@that", after: 20 min}]'
    scenario = small(
        platform=platform, incident=incident("") + further, policies=f"{{as-it-was: {{}}, p: {policy}}}"
    )
    plan = compile_plan(scenario, "p", "meant")
    assert held_at_most(plan) == held
    assert last_effect(plan) == START + 20 * MINUTE + held
