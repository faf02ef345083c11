"""What decides a figure, and where two policies change places, against answers worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from deactsim.scenario.paths import leaves, vary
from deactsim.scenario.schema import Scenario
from deactsim.scenario.stated import Distribution, Rate
from deactsim.study.phrases import noun, phrase, short_text
from deactsim.study.results import Decision
from deactsim.study.sensitivity import (
    Evenings,
    _beats,
    _crossing,
    decide,
    figures,
    independent,
    inputs,
    moved,
    scaled_by,
    stopped,
    tip,
)
from tests.study.small import decided, small

MINUTE = 60_000_000
# Dark for 11 minutes to the second; review stops the act with chance c, the watchdog after a minute:
# the approval is better while 11 (1 - c) < 1, that is while it catches more than 10 in 11.
POLICIES = """
  as-it-was: {}
  two: {approval: {by: {desk: 1}, review: 1 min, catches: 95%, time_out: 4 h}}
  watchdog: {automatic_restore: {after: 1 min}}
  slow-watchdog: {automatic_restore: {after: 2 min}}
  probe: {probe: {every: 1 min, recall: 90%}}
  nothing: {rate_limit: {per_agent: 10 per hour}}"""


@pytest.fixture(scope="module")
def evenings() -> Evenings:
    return Evenings(small(policies=POLICIES), "meant", 1, 400)


def restoring(restore: str) -> Scenario:
    """All of the response takes a minute and a half, but for the restore."""
    response = f"{{by: on-call, pick_up: 30 s, find_cause: 30 s, authorise: 30 s, restore: {restore}}}"
    return small(policies=POLICIES, response=response)


def decision(path: str, evenings: Evenings) -> Decision:
    leaf = dict(leaves(evenings.scenario))[path]
    return Decision(path, "", "", leaf.basis, "", "", 0.0, 0.0)


# ---------------------------------------------------------------- moving


def test_moved_by_what_belongs_to_its_kind() -> None:
    lengths = Distribution("lognormal", (("median", 60.0), ("p90", 240.0)))
    assert moved(True) == (False, True)
    assert moved(0.95) == (0.85, 1.0)
    assert moved(0.04) == (0.0, 0.14)
    assert moved(7) == (3, 14)
    assert moved(1) == (1, 2)
    assert moved(Rate(10.0, "hour")) == (Rate(5.0, "hour"), Rate(20.0, "hour"))
    assert moved(lengths) == (scaled_by(lengths, 0.5), scaled_by(lengths, 2.0))
    assert moved("a name") is None


def test_scaling_leaves_shapes_alone() -> None:
    sigma = Distribution("lognormal", (("median", 60.0), ("sigma", 1.5)))
    weibull = Distribution("weibull", (("shape", 1.5), ("scale", 60.0)))
    assert scaled_by(sigma, 2.0).parameters == (("median", 120.0), ("sigma", 1.5))
    assert scaled_by(weibull, 2.0).parameters == (("shape", 1.5), ("scale", 120.0))


def test_inputs_of_a_policy_that_stops_come_before_the_effect(evenings: Evenings) -> None:
    paths = [path for path, _ in inputs(evenings.scenario, "two", stops=True)]
    assert "policies.two.approval.catches" in paths
    assert "incident.actor.open_report" in paths
    assert not [path for path in paths if path.startswith(("response.", "detection."))]
    assert not [path for path in paths if path.endswith(("stretch", "works", "covers")) or ".by." in path]
    after = [path for path, _ in inputs(evenings.scenario, "watchdog", stops=False)]
    assert {"response.restore", "detection.public.delay", "policies.watchdog.automatic_restore.after"} <= set(
        after
    )


def test_documented_numbers_and_the_baselines_own_are_left_alone() -> None:
    scenario = small(
        sources="{paper: {outlet: Paper}}",
        safeguards="{undo_button: {restore: 30 s}}",
        response="""
  by: on-call
  pick_up: {value: uniform 30 s to 3 min, source: paper}
  find_cause: 2 min
  authorise: 1 min
  restore: 3 min""",
        policies="{as-it-was: {}, two: {approval: {by: {desk: 1}, review: 1 min, catches: 95%, works: 90%}}}",
        incident="""
  account: "@it"
  command: deactivate
  actor: {team: support}
  at: 2017-11-02T18:48:30Z
  readings: {meant: {cause: deliberate}}""",
    )
    paths = [path for path, _ in inputs(scenario, "two", stops=False)]
    assert "response.pick_up" not in paths
    assert "response.find_cause" in paths
    assert "policies.two.undo_button.restore" not in paths
    assert "policies.two.approval.works" in paths


def test_what_a_source_documents_of_a_policy_stays_where_it_is() -> None:
    scenario = small(
        sources="{paper: {outlet: Paper}}",
        policies="{as-it-was: {}, slow: {cooling_off: {for: {value: 15 min, source: paper}, watched: 50%}}}",
    )
    paths = [path for path, _ in inputs(scenario, "slow", stops=False)]
    assert "policies.slow.cooling_off.for" not in paths
    assert "policies.slow.cooling_off.watched" in paths


def test_a_holder_who_is_told_can_stop_it() -> None:
    scenario = small(
        detection="""
  public: {delay: "median 2 min, p90 5 min", at_followers: 4M}
  holder: {delay: 5 min, chance: 50%}
  word_reaches_platform: {delay: 1 min}""",
        policies="""
  as-it-was: {}
  told: {cooling_off: {for: 15 min, watched: 0%, holder_told: true}}
  untold: {cooling_off: {for: 15 min, watched: 10%, holder_told: false}}""",
    )

    def of_holder(policy: str) -> list[str]:
        found = inputs(scenario, policy, stops=True)
        return [path for path, _ in found if path.startswith("detection.holder.")]

    assert of_holder("told") == ["detection.holder.delay", "detection.holder.chance"]
    assert of_holder("untold") == []
    # Whether the holder sees it in a quarter of an hour is what stops it, and all that does.
    found = decided(Evenings(scenario, "meant", 1, 200), "told", stops=True)
    assert found is not None
    assert found.path.startswith(("detection.holder.", "policies.told.cooling_off."))


def test_people_and_what_keeps_them_busy_are_moved_where_somebody_waits_for_them() -> None:
    scenario = small(
        reports="{protected: {command: deactivate, rate: 30 per day, actioned: 20%, handling: 5 min}}",
        policies="""
  as-it-was: {}
  two: {approval: {by: {desk: 1}, review: 1 min, catches: 95%}}
  seniors: {protected_list: {of: protected, then: desk, catches: 90%}}
  listed: {protected_list: {of: protected, then: deny}}
  executed: {separation_of_duties: {by: desk, takes: 1 min, catches: 50%}}""",
    )

    def around(policy: str, *, stops: bool) -> set[str]:
        paths = {path for path, _ in inputs(scenario, policy, stops=stops)}
        return {path for path in paths if path.startswith(("teams.", "reports.", "platform."))}

    busy = {"teams.desk.headcount", "reports.protected.rate"}
    for policy in ("two", "seniors", "executed"):
        assert around(policy, stops=True) == busy
    assert around("listed", stops=True) == set()
    late = {"platform.commands.deactivate.lag", "platform.accounts.@it.followers", "teams.on-call.headcount"}
    assert around("listed", stops=False) == late
    assert around("two", stops=False) == busy | late
    handling = scenario.model_copy(
        update={"response": scenario.response.model_copy(update={"by": "support"})}
    )
    paths = {path for path, _ in inputs(handling, "listed", stops=False)}
    assert {"teams.support.headcount", "reports.protected.rate"} <= paths


# ---------------------------------------------------------------- deciding


def test_what_review_catches_decides(evenings: Evenings) -> None:
    found = decided(evenings, "two", stops=True)
    assert found is not None
    assert found.path == "policies.two.approval.catches"
    assert (found.label, found.value_text, found.basis) == ("review catches 95%", "95%", "assumed")
    assert (found.low_text, found.high_text, found.figure_high) == ("85%", "100%", 1.0)
    assert found.figure == "stopped"
    again = Evenings(vary(evenings.scenario, found.path, "85%"), "meant", 1, 400)
    assert found.figure_low == stopped(again.under("two"))


def test_its_delay_decides_a_watchdog(evenings: Evenings) -> None:
    found = decided(evenings, "watchdog", stops=False)
    assert found is not None
    assert found.path == "policies.watchdog.automatic_restore.after"
    assert (found.figure_low, found.figure_high) == (0.5, 2.0)
    assert found.figure == "mean_dark"
    assert (found.low_text, found.value_text, found.high_text) == ("30 s", "1 min", "2 min")


def test_nothing_decides_what_changes_nothing(evenings: Evenings) -> None:
    assert decided(evenings, "nothing", stops=True) is None


def test_moves_that_break_the_record_are_passed_over() -> None:
    # Half the restore's range cannot reach eleven minutes: that input is left out, others decide.
    narrow = restoring("uniform 6 min to 10 min")
    found = decided(Evenings(narrow, "meant", 1, 150), "probe", stops=False)
    assert found is not None
    assert found.path != "response.restore"


def test_nothing_decides_where_so_few_evenings_cannot_meet_the_record() -> None:
    """More of them may, so that a comparison goes on without what decides."""
    beyond = restoring("uniform 20 min to 30 min")
    for policy, stops in (("two", True), ("probe", False)):
        assert decided(Evenings(beyond, "meant", 1, 50), policy, stops=stops) is None


def test_what_is_written_comes_before_a_default_that_is_all_but_tied() -> None:
    # (swing, whether it is written), in the order of the file
    for swings, first in (
        (((0.10, False), (0.095, True)), 1), (((0.095, True), (0.10, False)), 0),
        (((0.12, False), (0.095, True)), 0), (((0.095, True), (0.12, False)), 1),
        (((0.095, True), (0.10, True)), 1), (((0.10, False), (0.10, False)), 0),
    ):  # fmt: skip
        best = 0
        for at, (swing, given) in enumerate(swings[1:], 1):
            if _beats(swing, given, swings[best][0], math.inf, written=swings[best][1]):
                best = at
        assert best == first, swings
    # Three points apart are a tie with a hundred evenings, and none with ten thousand.
    for worth, tied in ((100.0, True), (10_000.0, False)):
        assert _beats(0.05, True, 0.08, worth, written=False) is tied
        assert _beats(0.08, False, 0.05, worth, written=True) is not tied


def test_reviewers_who_fail_independently_are_said_to_be_several() -> None:
    scenario = small(
        policies="""
  as-it-was: {}
  two: {approval: {by: {desk: 1, on-call: 1}, review: 1 min, catches: 70%, time_out: 4 h}}
  six: {approval: {by: {support: 4, desk: 2}, review: 1 min, catches: 10%, time_out: 4 h}}
  one: {approval: {by: {desk: 1}, review: 1 min, catches: 70%, time_out: 4 h}}"""
    )
    assert [independent(scenario.policies[name].safeguards) for name in ("as-it-was", "one", "two", "six")] == [
        "", "", ", two reviewers, independent", ", 6 reviewers, independent",
    ]  # fmt: skip
    found = decided(Evenings(scenario, "meant", 1, 200), "two", stops=True)
    assert found is not None
    assert found.label == "review catches 70%, two reviewers, independent"


def test_a_stop_that_no_input_moves_has_no_deciding_one() -> None:
    scenario = small(
        teams='{support: {headcount: 5, may: {deactivate: [protected]}}, desk: {headcount: 2, shift: "Mon-Sun '
        '02:00-03:00 UTC"}, on-call: {headcount: 2}}',
        policies="{as-it-was: {}, two: {approval: {by: {desk: 1}, review: 1 min, catches: 90%, time_out: 1 h}}}",
    )
    assert decided(Evenings(scenario, "meant", 1, 60), "two", stops=True) is None


def test_a_scenario_is_conditioned_once(evenings: Evenings) -> None:
    assert evenings.under("two") is evenings.under("two")
    count = len(evenings._kept)
    after = Distribution("fixed", (("value", 5.0 * MINUTE),))
    assert evenings.under("watchdog", "policies.watchdog.automatic_restore.after", after).mean_dark == 5.0
    assert len(evenings._kept) == count


# ---------------------------------------------------------------- tipping


def test_the_tipping_point_is_ten_in_eleven(evenings: Evenings) -> None:
    path = "policies.two.approval.catches"
    found = tip(evenings, "two", "watchdog", decision(path, evenings))
    assert found is not None
    assert (found.better, found.worse, found.path, found.direction) == ("two", "watchdog", path, "over")
    assert (found.now_text, found.label, found.basis) == ("95%", "what review catches", "assumed")
    at = float(found.value_text.rstrip("%")) / 100
    # Where as many evenings pass as hold 1 minute in 11: the share of draws below it, in these worlds.
    effective = evenings.under("two").effective
    assert abs(at - 10 / 11) < 4 * np.sqrt(10 / 121 / effective) + 0.01
    for moved_to, better in ((at + 0.02, True), (at - 0.02, False)):
        two, watchdog = (evenings.under(name, path, moved_to).mean_dark for name in ("two", "watchdog"))
        assert (two < watchdog) == better


def test_a_length_tips_where_two_watchdogs_meet(evenings: Evenings) -> None:
    path = "policies.watchdog.automatic_restore.after"
    found = tip(evenings, "watchdog", "slow-watchdog", decision(path, evenings))
    assert found is not None
    assert (found.direction, found.now_text) == ("under", "1 min")
    assert found.value_text in ("119 s", "2 min", "2 min 1 s", "2 min 2 s")


def test_what_never_tips_has_no_tipping_point(evenings: Evenings) -> None:
    path = "policies.watchdog.automatic_restore.after"
    assert tip(evenings, "watchdog", "as-it-was", decision("incident.actor.open_report", evenings)) is None
    assert tip(evenings, "slow-watchdog", "watchdog", decision(path, evenings)) is None
    # Eight minutes are still better than eleven.
    assert tip(evenings, "watchdog", "as-it-was", decision(path, evenings)) is None
    rate = decision("policies.nothing.rate_limit.per_agent", evenings)
    assert tip(evenings, "watchdog", "as-it-was", rate) is None


def test_counts_are_searched_in_whole_numbers(evenings: Evenings) -> None:
    path = "policies.two.approval.time_out"
    found = tip(evenings, "two", "watchdog", decision(path, evenings))
    # Below a review of one minute every request is denied, which stops the act all the better.
    assert found is None
    scenario = small(policies=POLICIES.replace("time_out: 4 h", "time_out: 10 min, then: pass"))
    letting = Evenings(scenario, "meant", 1, 200)
    found = tip(letting, "two", "watchdog", decision(path, letting))
    # An eighth of ten minutes is still more than the review takes.
    assert found is None
    scenario = small(policies=POLICIES.replace("time_out: 4 h", "time_out: 5 min, then: pass"))
    letting = Evenings(scenario, "meant", 1, 200)
    found = tip(letting, "two", "watchdog", decision(path, letting))
    assert found is not None
    assert (found.direction, found.value_text, found.now_text) == ("over", "1 min", "5 min")


@pytest.mark.parametrize("root", [0.001, 0.0301, 0.5, 0.77, 0.999])
@pytest.mark.parametrize(
    ("gap", "most"),
    [
        (lambda x: x, 5),
        (lambda x: math.expm1(3.0 * x), 5),
        (lambda x: x + 0.002 * math.sin(900.0 * x), 5),
        (lambda x: x**3, 8),
        (lambda x: math.copysign(1.0, x), 8),
        (lambda x: 1000.0 if x > 0.0 else -0.001, 8),
        (lambda x: max(0.0, x) - 1e-9, 8),
    ],
    ids=["straight", "bent", "noisy", "flat", "step", "cliff", "plateau"],
)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_crossing_has_other_signs_around_it(
    gap: Callable[[float], float], most: int, root: float, sign: float
) -> None:
    tried: list[float] = []

    def of(x: float) -> float:
        tried.append(x)
        return sign * gap(x - root)

    place = _crossing(of, 0.0, 1.0, 0.004)
    assert all(0.0 <= x <= 1.0 for x in tried)
    # Besides both ends; halves take 7.
    assert len(tried) <= 2 + most
    assert (of(place - 0.004) > 0.0) != (of(place + 0.004) > 0.0)


def test_figures_of_an_input_are_what_decides_by_it(evenings: Evenings) -> None:
    path = "policies.two.approval.catches"
    assert figures(evenings, "two", path, stops=True) == tuple(
        stopped(evenings.under("two", path, share)) for share in (0.85, 1.0)
    )
    named = {
        path: figures(evenings, "two", path, stops=True)
        for path, _ in inputs(evenings.scenario, "two", stops=True)
    }
    swapped = dict.fromkeys(named) | {"policies.two.approval.review": (0.25, 0.75)}
    other = decide(evenings, "two", stops=True, found=swapped)
    assert other is not None
    assert (other.path, other.figure_low, other.figure_high) == ("policies.two.approval.review", 0.25, 0.75)


def test_a_rate_tips(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = small(policies=POLICIES)
    busy = Evenings(scenario, "meant", 1, 20)
    path = "policies.nothing.rate_limit.per_agent"
    rates: list[Rate] = []

    def dark(_: Evenings, policy: str, __: str, value: Rate) -> SimpleNamespace:
        """Better than a policy of 5 minutes below 25 an hour."""
        rates.append(value)
        return SimpleNamespace(mean_dark=value.amount / 5.0 if policy == "nothing" else 5.0)

    monkeypatch.setattr(Evenings, "under", dark)
    found = tip(busy, "nothing", "watchdog", decision(path, busy))
    assert found is not None
    assert (found.direction, found.now_text, found.value_text) == ("under", "10 per hour", "25 per hour")
    assert {rate.unit for rate in rates} == {"hour"}
    assert max(rate.amount for rate in rates) == 80.0


def test_a_tip_beyond_the_record_is_none() -> None:
    scenario = restoring("uniform 5 min to 12 min")
    few = Evenings(scenario, "meant", 1, 60)
    assert tip(few, "probe", "watchdog", decision("response.restore", few)) is None
    assert tip(few, "watchdog", "probe", decision("response.restore", few)) is None


SHARED = """
  as-it-was: {}
  two: {approval: {by: {desk: 1}, review: 1 min, catches: 90%, time_out: 4 h}}
  both: {combine: [two], automatic_restore: {after: 5 min}}
  own-rate: {combine: [two], automatic_restore: {after: 5 min}, approval: {catches: 95%}}"""


def test_what_two_policies_share_moves_in_both() -> None:
    """One is made of the other: no reviewer's catch rate makes it the worse one, and one that is not shared does."""
    shared = Evenings(small(policies=SHARED), "meant", 1, 300)
    path = "policies.two.approval.catches"
    found = decided(shared, "both", stops=True)
    assert found is not None
    assert found.path == path
    for rate in (0.0, 0.3, 0.9, 1.0):
        two, both = (shared.under(name, path, rate) for name in ("two", "both"))
        assert (two.column("stopped") == both.column("stopped")).all()
        assert both.mean_dark <= two.mean_dark
    assert tip(shared, "both", "two", found) is None
    # 5 (1 - c) = 11 * 10 %: it is stated once more, and so it is another number.
    own = decided(shared, "own-rate", stops=True)
    assert own is not None
    assert own.path == "policies.own-rate.approval.catches"
    assert tip(shared, "own-rate", "two", own) is not None


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("path", "value", "kind", "text"),
    [
        ("policies.x.approval.catches", 0.9, "share", "review catches 90%"),
        ("response.restore", Distribution("lognormal", (("median", 90e6), ("p90", 300e6))), "random duration",
         "restoring takes 90 s"),
        ("response.restore", Distribution("fixed", (("value", 60e6),)), "random duration", "restoring takes 1 min"),
        ("policies.x.cooling_off.holder_told", True, "flag", "holder told: yes"),
        ("policies.x.cooling_off.holder_told", False, "flag", "holder told: no"),
        ("policies.x.lock_down.for", 60 * MINUTE, "duration", "freeze for 1 h"),
        ("policies.x.audit.sample", 0.1, "share", "audit samples 10%"),
        ("policies.x.approval.stamps", 0.0, "share", "unread approvals 0%"),
        ("teams.leads.headcount", 4, "count", "4 people in leads"),
        ("reports.protected.rate", Rate(40.0, "day"), "rate", "protected reports 40 per day"),
        ("platform.commands.deactivate.lag", Distribution("fixed", (("value", 60e6),)), "random duration",
         "effect after 1 min"),
        ("platform.accounts.@it.followers", 4_000_000, "count", "4M followers"),
        ("platform.retention", 60 * MINUTE, "duration", "platform retention 1 h"),
        ("incident.readings.{}.x.else", 0.1, "share", "x else 10%"),
    ],
)  # fmt: skip
def test_inputs_in_words(path: str, value: Any, kind: str, text: str) -> None:
    assert phrase(path, value, kind) == text


def test_nouns_and_ranges() -> None:
    assert noun("incident.actor.leaves.after_act") == "the time from act to leaving"
    assert noun("policies.x.lock_down.for") == "the length of the freeze"
    assert noun("teams.leads.headcount") == "the number of people in leads"
    assert noun("reports.protected.rate") == "the rate of protected reports"
    uniform = Distribution("uniform", (("low", 0.0), ("high", 3600e6)))
    assert short_text(uniform, "random duration") == "30 min"
