"""The eleven minutes: answers that are known beforehand, and that the model has to give."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deactsim.errors import CannotCondition
from deactsim.model.compile import CannotBeSaid, compile_plan
from deactsim.model.plan import Plan
from deactsim.model.states import Gate, Reason
from deactsim.scenario.load import load
from deactsim.scenario.paths import replace, vary
from deactsim.scenario.schema import Scenario
from deactsim.study.compare import compare
from deactsim.study.condition import Conditioned, condition
from deactsim.study.measures import STAGES
from deactsim.study.nights import Nights, conditioned, free, under
from deactsim.study.replay import prior_percentile, replay
from deactsim.study.results import Comparison, PolicyOutcome
from deactsim.study.sensitivity import Evenings
from tests.study.small import decided

WORLDS = 300
SEED = 2
READINGS = ("deliberate", "throwaway", "misidentified")
LAST_STAGE = "stage_restore"


@cache
def trump() -> Scenario:
    return load(Path(__file__).parents[2] / "scenarios" / "trump.yaml")


@cache
def plan(policy: str, reading: str = "deliberate", *, adapts: bool = False) -> Plan:
    return compile_plan(trump(), policy, reading, adapts=adapts)


@cache
def evenings() -> Conditioned:
    return condition(trump(), plan("as-in-2017"), SEED, WORLDS)


@cache
def nights(policy: str, reading: str = "deliberate") -> Nights:
    return under(plan(policy, reading), evenings())


@cache
def compared() -> Comparison:
    return compare(trump(), worlds=WORLDS, seed=SEED, weeks=1, explain=False)


def outcome(policy: str) -> PolicyOutcome:
    return next(each for each in compared().policies if each.name == policy)


def stopped(policy: str) -> list[float]:
    return [reading.stopped.mean for reading in outcome(policy).readings]


# ---------------------------------------------------------------- the record


def test_every_evening_is_dark_for_eleven_minutes() -> None:
    base = nights("as-in-2017")
    assert np.all(base.column("dark_minutes") == 11.0)
    np.testing.assert_allclose(sum(base.column(f"stage_{name}") for name in STAGES), 11.0, rtol=1e-12)


def test_audience_minutes_are_followers_times_eleven() -> None:
    assert 41.7e6 * 11 == 4.587e8
    np.testing.assert_allclose(nights("as-in-2017").column("audience_minutes"), 4.587e8, rtol=1e-12)
    assert outcome("as-in-2017").measures["audience_minutes"].median == pytest.approx(4.587e8, rel=1e-12)


def test_statements_come_when_they_came() -> None:
    base = nights("as-in-2017")
    # 20:05:51.550 and 22:00:28.893 against a start at 18:48:30.
    np.testing.assert_allclose(base.column("at_first_statement"), 77 + 21.55 / 60, rtol=1e-12)
    np.testing.assert_allclose(base.column("at_second_statement"), 191 + 58.893 / 60, rtol=1e-12)


def test_readings_without_consequences_are_one_plan() -> None:
    assert len({plan("as-in-2017", reading) for reading in READINGS}) == 1
    assert compared().frame.groupby("reading").dark_minutes.size().nunique() == 1
    found = replay(trump(), worlds=100)
    assert [reading.same_as for reading in found.readings] == [None, "deliberate", "deliberate"]
    assert len({str(reading.measures) for reading in found.readings}) == 1


def test_prior_percentile_is_a_count() -> None:
    left_free = free(plan("as-in-2017"), SEED, WORLDS)
    below = sum(minutes < 11.0 for minutes in left_free.column("dark_minutes"))
    assert prior_percentile(trump(), left_free) == pytest.approx(100.0 * below / WORLDS, rel=1e-12)
    assert 0 < below < WORLDS


# ---------------------------------------------------------------- what does nothing, and why


@pytest.mark.parametrize(
    ("policy", "reason", "source"),
    [
        ("fast-cut-off", "the act came before the last shift ended", "Reuters, TechCrunch"),
        ("slow-cut-off", "the act came before the last shift ended", "Reuters, TechCrunch"),
        ("open-report", "there was a report", "TechCrunch, Reuters"),
        ("ten-an-hour", "there was one act", None),
        ("confirm", "no reading has an error that this dialog stops", None),
        ("just-in-time", "the grant is his for the asking", None),
        ("audit-daily", "the audit never came to it before the account was back", None),
        ("lock-down", "there was one act, and it was over", None),
    ],
)
def test_does_nothing_that_night(policy: str, reason: str, source: str | None) -> None:
    found = outcome(policy)
    assert (found.group, found.reason, found.reason_source) == ("nothing", reason, source)
    assert stopped(policy) == [0.0, 0.0, 0.0]
    difference = found.difference["dark_minutes"]
    assert (difference.mean, difference.low, difference.high) == (0.0, 0.0, 0.0)


def test_fewer_holders_cannot_be_said() -> None:
    with pytest.raises(CannotBeSaid, match="unknown whether this actor would be one of the 15"):
        plan("fifteen-holders")
    found = outcome("fifteen-holders")
    assert found.group == "unknown"
    assert found.readings == ()
    assert found.reason == "unknown whether this actor would be one of the 15"
    assert "fifteen-holders" not in compared().ranking.by_reading["deliberate"]


# ---------------------------------------------------------------- what stops it


def weighted_share(policy: str, reason: Reason, gate: Gate) -> float:
    """The weight of the evenings a gate stopped for a reason, counted one by one."""
    table = nights(policy)
    hit = np.array([(gate, reason) in said for said in table.decided])
    return float(table.weights[hit].sum() / table.weights.sum())


@pytest.mark.parametrize(
    ("policy", "chance", "gate", "reason"),
    [
        ("protected-list", 0.98 * 0.99, Gate.PROTECTED_LIST, Reason.SENIOR_OBJECTED),
        ("two-person", 0.90, Gate.APPROVAL, Reason.REFUSED),
        ("two-desks", 1 - 0.1 * 0.1, Gate.APPROVAL, Reason.REFUSED),
        ("rubber-stamp", 0.3 * 0.9, Gate.APPROVAL, Reason.REFUSED),
        ("separate-duties", 0.70, Gate.SEPARATION_OF_DUTIES, Reason.EXECUTOR_OBJECTED),
        ("step-down-1d", 0.99, Gate.RIGHTS, Reason.RIGHT_STEPPED_DOWN),
        ("step-down-1h", 0.99, Gate.RIGHTS, Reason.RIGHT_STEPPED_DOWN),
    ],
)
def test_stops_with_the_chance_put_in(policy: str, chance: float, gate: Gate, reason: Reason) -> None:
    found = outcome(policy)
    assert found.group == "stops"
    for reading in found.readings:
        assert reading.stopped.low <= chance <= reading.stopped.high
        assert reading.stopped.mean == pytest.approx(weighted_share(policy, reason, gate), rel=1e-9)
        assert reading.mean_dark.mean == pytest.approx(11.0 * (1 - reading.stopped.mean), rel=1e-9)


def test_a_dialog_that_shows_the_reach_stops_errors_only() -> None:
    by_name = {reading.reading: reading for reading in outcome("confirm-reach").readings}
    deliberate, throwaway, misidentified = (by_name[name] for name in READINGS)
    assert deliberate.stopped.mean == 0.0
    assert deliberate.dark is not None
    assert deliberate.dark.mean == 11.0
    assert throwaway.stopped.low <= 0.30 <= throwaway.stopped.high
    assert misidentified.stopped.low <= 0.60 <= misidentified.stopped.high


def test_a_plain_dialog_stops_a_slip() -> None:
    scenario = trump()
    assert scenario.incident is not None
    reading = scenario.incident.readings["misidentified"].model_copy(update={"cause": "slip"})
    incident = scenario.incident.model_copy(update={"readings": {"slip": reading}})
    slipped = scenario.model_copy(update={"incident": incident})
    found = under(compile_plan(slipped, "confirm", "slip"), evenings()).stopped_share()
    assert found.low <= 0.5 <= found.high


def test_step_down_a_day_ahead_fails_if_he_acts_a_day_earlier() -> None:
    found = outcome("step-down-1d")
    assert [reading.reading for reading in found.adapted] == ["deliberate"]
    (adapted,) = found.adapted
    assert adapted.stopped.mean == 0.0
    assert adapted.starts is not None
    assert adapted.starts.median == -1440.0
    assert adapted.mean_dark.mean == pytest.approx(11.0, rel=1e-9)


def test_step_down_an_hour_ahead_stands_on_the_hour_of_leaving() -> None:
    path = "incident.actor.leaves.after_act"
    few = Evenings(trump(), "deliberate", SEED, 150)
    decision = decided(few, "step-down-1h", stops=True)
    assert decision is not None
    assert (decision.path, decision.label, decision.basis) == (path, "hour of leaving", "inferred")
    assert decision.figure_low > 0.95
    assert decision.figure_high == pytest.approx(0.99 * 0.5, abs=0.12)
    for text, expected in (("uniform 0 min to 30 min", 0.99), ("uniform 0 min to 2 h", 0.495)):
        changed = vary(trump(), path, text)
        share = under(compile_plan(changed, "step-down-1h", "deliberate"), evenings()).stopped_share()
        assert share.low <= expected <= share.high
    # Within the hour he is always inside the step-down: not told in time is all that is left.
    assert weighted_share("step-down-1h", Reason.BEFORE_STEP_DOWN, Gate.RIGHTS) == 0.0


# ---------------------------------------------------------------- what shortens or postpones it


def test_the_button_saves_part_of_the_last_stage_only() -> None:
    saved = 11.0 - nights("undo-button").column("dark_minutes")
    last = nights("as-in-2017").column(LAST_STAGE)
    np.testing.assert_allclose(saved, np.maximum(last - 20 / 60, 0.0), atol=1e-9)


def test_the_button_saves_less_than_undoing_on_sight() -> None:
    button, sight = (outcome(name).difference["dark_minutes"] for name in ("undo-button", "preauthorised"))
    assert sight.high < button.low < button.high < 0.0
    base, now = nights("as-in-2017"), nights("preauthorised")
    skipped = base.column("stage_find_cause") + base.column("stage_authorise")
    np.testing.assert_allclose(11.0 - now.column("dark_minutes"), skipped, atol=1e-9)


def test_an_alert_saves_at_most_what_word_took() -> None:
    base, now = nights("as-in-2017"), nights("vip-alert")
    until_word = base.column("stage_notice") + base.column("stage_word")
    saved = 11.0 - now.column("dark_minutes")
    assert np.all(saved <= until_word + 1e-9)
    alerted = now.column("word_by") == 1
    np.testing.assert_allclose(saved[alerted], until_word[alerted] - 20 / 60, atol=1e-9)
    assert np.all(saved[~alerted] == 0.0)
    assert outcome("vip-alert").group == "shortens"


def test_a_watchdog_ends_it_after_its_minute() -> None:
    dark = nights("auto-restore").column("dark_minutes")
    assert set(np.unique(dark)) <= {1.0, 11.0}
    assert outcome("auto-restore").group == "shortens"


def test_cooling_off_unwatched_postpones_by_its_length() -> None:
    found = outcome("cool-off-15m")
    assert found.group == "postpones"
    assert stopped("cool-off-15m") == [0.0, 0.0, 0.0]
    assert np.all(nights("cool-off-15m").column("late") == 15.0)
    assert np.all(nights("cool-off-15m").column("dark_minutes") == 11.0)
    difference = found.difference["dark_minutes"]
    assert (difference.mean, difference.low, difference.high) == (0.0, 0.0, 0.0)


def test_retention_below_the_minutes_loses_content() -> None:
    found = outcome("short-retention")
    assert (found.group, found.reason) == ("lengthens", "content lost on 100% of the evenings")
    # Word came and the account was back; what was lost is not dark time.
    assert found.difference["dark_minutes"].mean == 0.0


# ---------------------------------------------------------------- pairing


def test_equal_policies_differ_by_nothing() -> None:
    scenario = trump()
    twins = {**scenario.policies, "twin": scenario.policies["cool-off-watched"]}
    found = compare(
        scenario.model_copy(update={"policies": twins}),
        policies=["cool-off-watched", "twin"], worlds=60, weeks=1, explain=False,
    )  # fmt: skip
    tables = found.frame.set_index(["policy", "reading", "world"])
    one, other = tables.loc["cool-off-watched"], tables.loc["twin"]
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), check_exact=True)
    assert {("cool-off-watched", "twin")} <= set(found.ranking.ties["deliberate"])
    twin = found.policies[-1]
    assert twin.friction == found.policies[-2].friction


def test_swapping_baseline_and_policy_flips_signs() -> None:
    # Neither stops nor delays the act, so that both meet the record under either plan.
    base, other = nights("as-in-2017"), nights("vip-alert")
    for name in ("dark_minutes", "audience_minutes", "time_to_detect"):
        there = other.estimate(other.column(name) - base.column(name), "")
        back = base.estimate(base.column(name) - other.column(name), "")
        assert (back.mean, back.low, back.high) == (-there.mean, -there.high, -there.low)


def test_a_policy_added_changes_no_other() -> None:
    alone = compare(trump(), policies=["vip-alert"], worlds=60, weeks=2, explain=False)
    among = compare(
        trump(), policies=["two-person", "vip-alert", "auto-restore"], worlds=60, weeks=2, explain=False
    )
    mine = next(each for each in among.policies if each.name == "vip-alert")
    assert next(each for each in alone.policies if each.name == "vip-alert") == mine


def test_a_record_against_the_own_policy_is_refused() -> None:
    locked = replace(trump(), "incident.actor.open_report", False)
    strict = locked.model_copy(update={"baseline": "open-report"})
    with pytest.raises(CannotCondition, match="the action was stopped under the scenario's own policy"):
        condition(strict, compile_plan(strict, "open-report", "deliberate"), SEED, 20)


def test_conditioned_table_is_the_own_policys() -> None:
    ours, again = conditioned(plan("as-in-2017"), evenings()), nights("as-in-2017")
    for name in set(ours.columns) - {"still_dark"}:
        assert np.array_equal(ours.column(name), again.column(name), equal_nan=True), name
    assert ours.effective == again.effective
    assert ours.stopped_share().high == 0.0
