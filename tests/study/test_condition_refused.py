"""What conditioning refuses, and the sentence it says why with."""

from __future__ import annotations

import math

import numpy as np
import pytest

from deactsim.errors import CannotCondition
from deactsim.model.compile import compile_plan
from deactsim.model.states import Stage
from deactsim.study.background import see_incidents
from deactsim.study.condition import _log_weights, condition, condition_worlds, new_worlds, pins
from deactsim.study.measures import MINUTE
from tests.study.conditioning import ACTOR, MISTAKE, incident, response
from tests.study.small import small

NO_SPREAD = (
    "the end of the darkness cannot be pinned: response.restore has no spread, and neither has the stage before it, "
    "or a queue comes between; give response.restore a spread"
)
SHORTENED = (
    "the end of the darkness cannot be pinned while the scenario's own policy has undo_button or a quicker on_call: "
    "give response.restore or response.pick_up the length they make of it"
)
AT_ONCE = "the end of the darkness cannot be pinned: {} is fixed there or jumps; give it a spread"
SEVERAL_ACTS = (
    "facts.stop: contained cannot be pinned where the actor acts more than once, because the first response to find "
    "the cause contains him; make it `checked`"
)
RACE = "is a race and not one stage; make it `checked`, or pin public_notice"
INPUT = "is an input; state it in incident.at and make the fact `given`"
UNSAID = {
    "a race": (
        {"incident": incident("page: {of: detected, pinned: 4 min}")},
        f"facts.page: detected cannot be pinned, because it {RACE}",
    ),
    "an input": (
        {"incident": incident("start: {of: took_effect, pinned: 2017-11-02T18:48:30Z}")},
        f"facts.start: took_effect cannot be pinned, because it {INPUT}",
    ),
    "a consequence": (
        {"incident": incident("lost: {of: content_lost, pinned: 0}")},
        "facts.lost: content_lost cannot be pinned, because it follows from the dark time; make it `checked`",
    ),
    "the darkness twice": (
        {"incident": incident("dark: {of: dark, pinned: 11 min}, back: {of: visible, pinned: 2017-11-02T18:59:30Z}")},
        "facts.back: the end of the darkness is pinned twice",
    ),
    "a stage twice": (
        {"incident": incident("one: {of: contained, pinned: 11 min}, two: {of: contained, pinned: 12 min}")},
        "facts.two: contained is pinned twice",
    ),
    "containment of several acts": (
        {
            "platform": """
  commands: {deactivate: {undo: restore}, restore: {}}
  tiers: {protected: {accounts: 5, followers: 1M}}
  accounts: {"@it": {tier: protected, followers: 4M}, "@that": {tier: protected, followers: 1M}}""",
            "incident": incident("stop: {of: contained, pinned: 11 min}")
            + "\n  further_acts: [{account: '@that', after: 1 min}]",
        },
        SEVERAL_ACTS,
    ),
    "a fixed length": (
        {"incident": incident("stop: {of: contained, pinned: 11 min}"), "response": response(contain="11 min")},
        "facts.stop: cannot pin contained, because its length is fixed or jumps; give it a distribution with a spread",
    ),
    "a length with jumps": (
        {
            "incident": incident("stop: {of: contained, pinned: 11 min}"),
            "response": response(contain='"quantiles p0 1 min, p50 5 min, p60 5 min, p100 1 h"'),
        },
        "facts.stop: cannot pin contained, because its length is fixed or jumps; give it a distribution with a spread",
    ),
    "a stage without a length": (
        {"incident": incident("said: {of: first_statement, pinned: 77 min}")},
        "first_statement is pinned, but the scenario does not say how long it takes",
    ),
    "a fixed restore after a queue": (
        {
            "response": response(restore="90 s"),
            "policies": "{as-it-was: {approval: {commands: [deactivate, restore], by: {desk: 1}, review: 1 min, "
            "catches: 0%}}}",
        },
        NO_SPREAD,
    ),
    "a fixed restore that may be reached two ways": (
        {"response": response(restore="90 s"), "policies": "{as-it-was: {preauthorised_undo: {}}}"},
        NO_SPREAD,
    ),
    "a response without any spread": (
        {"response": response(restore="90 s", authorise="1 min", find_cause="2 min", pick_up="1 min")},
        NO_SPREAD,
    ),
    "a restore that jumps": (
        {"response": response(restore='"quantiles p0 1 min, p50 5 min, p60 5 min, p100 1 h"')},
        NO_SPREAD,
    ),
    "an undo button of its own": (
        {"policies": "{as-it-was: {undo_button: {restore: 20 s}}}"},
        SHORTENED,
    ),
    "quicker people of its own": (
        {"policies": "{as-it-was: {on_call: {pick_up: 20 s}}}"},
        SHORTENED,
    ),
    "a watchdog at that very minute": (
        {"policies": "{as-it-was: {automatic_restore: {after: 11 min, works: 50%}}}"},
        AT_ONCE.format("automatic_restore.after"),
    ),
    "a watchdog that jumps": (
        {"policies": '{as-it-was: {automatic_restore: {after: "quantiles p0 5 min, p50 9 min, p60 9 min, p100 1 h"}}}'},
        AT_ONCE.format("automatic_restore.after"),
    ),
    "an actor at that very minute": (
        {
            "detection": ACTOR.replace("exponential mean 12 min", "11 min"),
            "incident": incident("dark: {of: dark, pinned: 11 min}", MISTAKE),
        },
        AT_ONCE.format("detection.actor.delay"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", UNSAID)
def test_says_why_it_cannot_be_pinned(what: str) -> None:
    sections, why = UNSAID[what]
    scenario = small(**sections)
    assert scenario.incident is not None
    own = compile_plan(scenario, "as-it-was", next(iter(scenario.incident.readings)))
    with pytest.raises(CannotCondition) as caught:
        pins(scenario, own)
    assert str(caught.value) == why


def test_a_fixed_watchdog_elsewhere_is_no_rival() -> None:
    scenario = small(policies="{as-it-was: {automatic_restore: {after: 30 min}}}")
    assert [list(route) for route in pins(scenario, compile_plan(scenario, "as-it-was", "meant"))] == [
        [Stage.RESTORE]
    ]


WIDEN = (
    ". Widen the assumed lengths before the pinned stage, pin fewer facts, or see why the scenario's own policy "
    "stops an action that happened"
)
REFUSED = {
    "before the stage can begin": (
        {"incident": incident("dark: {of: dark, pinned: 1 s}")},
        "no world of 20 agrees with the record: the other stages alone took longer than the record (20)",
    ),
    "stopped by the own policy": (
        {"policies": "{as-it-was: {open_report: {}}}"},
        "no world of 20 agrees with the record: the action was stopped under the scenario's own policy (20)",
    ),
    "longer than it can be": (
        {
            "detection": """
  public: {delay: uniform 1 s to 2 s, at_followers: 4M}
  word_reaches_platform: {delay: 1 s}""",
            "response": response(
                pick_up="1 s", find_cause="uniform 1 s to 2 s", authorise="1 s", restore="uniform 1 s to 2 s"
            ),
            "incident": incident("dark: {of: dark, pinned: 9 h}"),
        },
        "no world of 20 agrees with the record: no stage can take as long as the others leave of the record (20)",
    ),
    "ended by a watchdog": (
        {"policies": "{as-it-was: {automatic_restore: {after: 1 s}}}"},
        (
            "no world of 20 agrees with the record: the darkness ended first by another route (19); "
            "the other stages alone took longer than the record (1)"
        ),
    ),
    "never seen in public": (
        {
            "detection": """
  public: {delay: exponential mean 2 h, at_followers: 4M}
  colleague: {delay: 1 s}
  word_reaches_platform: {delay: 1 s}""",
            "incident": incident("posts: {of: public_notice, pinned: 20 h}"),
        },
        "no world of 20 agrees with the record: public_notice did not come to pass (20)",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_says_why_no_world_agrees(what: str) -> None:
    sections, why = REFUSED[what]
    scenario = small(**sections)
    with pytest.raises(CannotCondition) as caught:
        condition(scenario, compile_plan(scenario, "as-it-was", "meant"), 1, 20)
    assert str(caught.value) == why + WIDEN


def test_a_stage_that_ended_before_its_pin_does_not_count() -> None:
    scenario = small(incident=incident("stop: {of: contained, pinned: 20 min}"))
    own = compile_plan(scenario, "as-it-was", "meant")
    (stratum,) = pins(scenario, own)
    seen = see_incidents(own, new_worlds(own, 1, range(2)))
    seen["missed"][:] = seen["effect"][:] = 0
    seen["cause_found"][:] = 5 * MINUTE
    seen["contained"][:] = 19 * MINUTE, 20 * MINUTE
    weights, why = _log_weights(own, stratum, seen, None, np.arange(2))
    assert why == {"contain was over before its pinned end": 1}
    assert weights[0] == -math.inf
    assert math.isfinite(weights[1])


def test_counts_why_others_do_not_agree() -> None:
    scenario = small(incident=incident("dark: {of: dark, pinned: 6 min}"))
    own = compile_plan(scenario, "as-it-was", "meant")
    found, refused = condition_worlds(scenario, own, 1, range(40))
    assert {one.number for one in found} <= set(range(40))
    assert len(found) + sum(refused.values()) == 40
    assert set(refused) == {"the other stages alone took longer than the record"}
    alone, _ = condition_worlds(scenario, own, 1, [found[3].number])
    assert alone[0].weight == found[3].weight
    assert alone[0].marks == found[3].marks
