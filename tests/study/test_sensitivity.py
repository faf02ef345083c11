"""What decides a figure, and where two policies change places, against answers worked out by hand."""

from __future__ import annotations

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
    Swing,
    contenders,
    decide,
    figures,
    independent,
    inputs,
    moved,
    scaled_by,
    to_confirm,
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
    low = again.under("two")
    assert found.figure_low == low.weighting.mean(low.column("stopped"))


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


def swing(low: float, high: float, parts: list[float]) -> Swing:
    return Swing(low, high, np.array(parts))


def test_a_lead_is_one_beyond_simulation_error_over_the_same_worlds() -> None:
    """By hand: parts (3, 4) / 100 apart are an error of 0.05, and 1.96 of it 0.098."""
    first = swing(0.2, 0.5, [0.03, 0.0])
    assert first.size == pytest.approx(0.3)
    assert not first.leads(swing(0.2, 0.41, [0.0, 0.04]))
    assert first.leads(swing(0.2, 0.4, [0.0, 0.04]))
    assert not first.leads(swing(0.2, 0.4, [0.0, 0.04]), z=2.01)
    # What both have in common, be it up in one and down in the other, is no error of their difference.
    assert first.leads(swing(0.49, 0.2, [-0.03, 0.0]))
    assert not first.leads(swing(0.49, 0.2, [0.03, 0.0]))
    # Of equals neither leads.
    assert not first.leads(swing(0.2, 0.5, [0.03, 0.0]))


def test_those_that_share_the_lead_are_named_and_no_others(evenings: Evenings) -> None:
    catches, covers, review, report = (
        f"policies.two.approval.{name}" if name != "report" else "incident.actor.open_report"
        for name in ("catches", "stamps", "review", "report")
    )
    noisy = np.array([0.02, -0.03, 0.01])
    found = {
        covers: Swing(0.9, 0.78, 0.5 * noisy),
        catches: Swing(0.8, 0.9, noisy),
        review: Swing(0.8, 0.81, -0.5 * noisy),
        report: None,
    }
    assert contenders(found, stops=True) == [covers, catches]
    both = decide(evenings, "two", stops=True, found=found)
    assert both is not None
    # What somebody wrote comes before a default of the format.
    assert (both.path, both.figure_low, both.figure_high) == (catches, 0.8, 0.9)
    assert [each.path for each in both.shared_with] == [covers]
    assert both.shared_with[0].label == "unread approvals 0%"
    # Known better, it leads alone.
    known = {covers: Swing(0.9, 0.78, -noisy / 50), catches: Swing(0.8, 0.9, noisy / 50)}
    alone = decide(evenings, "two", stops=True, found=found | known)
    assert alone is not None
    assert (alone.path, alone.shared_with) == (covers, ())
    # Under half a point no share is moved noticeably.
    assert contenders({catches: Swing(0.8, 0.804, noisy)}, stops=True) == []
    assert contenders({catches: Swing(0.8, 0.804, noisy)}, stops=False) == [catches]


def test_a_look_at_few_worlds_keeps_all_that_may_decide() -> None:
    noisy = np.array([0.02, -0.03, 0.01])
    found = {
        "a": Swing(0.0, 0.30, noisy), "near": Swing(0.0, 0.20, -noisy), "still": Swing(0.5, 0.5, 0.0 * noisy),
        "surely less": Swing(0.0, 0.05, noisy), "broken": None,
    }  # fmt: skip
    assert to_confirm(found) == ["a", "near"]
    assert to_confirm({"still": found["still"], "broken": None}) == []
    # One that moves worlds either way may well move the figure in more of them.
    assert to_confirm({"either way": Swing(0.5, 0.5, noisy)}) == ["either way"]


def test_the_error_of_a_swing_is_that_of_the_paired_difference(evenings: Evenings) -> None:
    path = "policies.two.approval.catches"
    found = figures(evenings, "two", path, stops=True)
    assert found is not None
    low, high = (evenings.under("two", path, share) for share in (0.85, 1.0))
    assert (found.low, found.high) == tuple(
        each.weighting.mean(each.column("stopped")) for each in (low, high)
    )
    paired = low.estimate(high.column("stopped") - low.column("stopped"), "")
    assert float(np.sqrt((found.parts**2).sum())) == pytest.approx(
        (paired.high - paired.low) / 2 / 1.959964, rel=1e-6
    )


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
    # Said once, where two numbers that are theirs share the lead.
    noisy = np.array([0.02, -0.03])
    paths = ("policies.two.approval.catches", "policies.two.approval.stamps")
    shared = decide(
        Evenings(scenario, "meant", 1, 2),
        "two",
        stops=True,
        found={path: Swing(0.8, 0.9, noisy) for path in paths},
    )
    assert shared is not None
    assert [each.label for each in (shared, *shared.shared_with)] == [
        "review catches 70%", "unread approvals 0%, two reviewers, independent",
    ]  # fmt: skip


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
