"""Time that ends decides nothing: incidents against closed forms, with and without an end to waiting."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from deactsim.model.compile import compile_plan
from deactsim.report.cut_text import compare_cuts, counted_in, run_cuts
from deactsim.report.records import RUN_COLUMNS, compare_rows, run_record, run_rows
from deactsim.report.run_table import run_table
from deactsim.report.story import story
from deactsim.scenario.schema import Scenario
from deactsim.study.compare import compare
from deactsim.study.condition import new_worlds
from deactsim.study.following import see_through
from deactsim.study.nights import free
from deactsim.study.replay import one_world, replay
from deactsim.study.results import Comparison, Replay
from tests.study.small import small

AT_ONCE = "{by: on-call, pick_up: 0 s, find_cause: 0 s, authorise: 0 s, restore: RESTORE, contain: CONTAIN}"
WORLDS = 2000


def scenario(
    restore: str = "10 min",
    contain: str = "10 min",
    follow: str = "",
    detection: str = "public: {delay: 0 s, at_followers: 4M}",
    policies: str = "as-it-was: {}",
    **sections: str,
) -> Scenario:
    """An incident whose lengths are all known but for one."""
    until = f"\n  follow: {follow}" if follow else ""
    return small(
        response=AT_ONCE.replace("RESTORE", restore).replace("CONTAIN", contain),
        detection=f"{{{detection}, word_reaches_platform: {{delay: 0 s}}}}",
        incident=f"""
  account: "@it"
  command: deactivate
  actor: {{team: support}}
  at: 2017-11-02T18:48:30Z
  readings: {{meant: {{cause: deliberate}}}}{until}""",
        policies=f"{{{policies}}}",
        **sections,
    )


@cache
def replayed(follow: str) -> Replay:
    """Containment, statement and recovery of 2 to 72 hours, restoring exponential with a mean of 20 hours."""
    long = "uniform 2 h to 72 h"
    return replay(
        scenario(
            restore="exponential mean 20 h",
            contain=long,
            follow=follow,
            statements=f"{{first: {long}}}",
            audience_whole=f"{{within: {long}}}",
        ),
        worlds=WORLDS,
    )


UNIFORM = ("time_to_contain", "time_to_first_statement", "time_to_audience_whole")


@pytest.mark.parametrize("name", UNIFORM)
def test_what_takes_days_takes_days(name: str) -> None:
    found, hour = replayed("").measures[name], 60.0
    # Of 2,000 the median is off by 0.8 h, the percentiles by 0.35 h (one standard error).
    assert found.median == pytest.approx(37 * hour, abs=3 * 0.8 * hour)
    assert (found.p05, found.p95) == pytest.approx((5.5 * hour, 68.5 * hour), abs=3 * 0.35 * hour)
    assert (found.cut, found.longer) == (0.0, ())


@pytest.mark.parametrize("name", UNIFORM)
def test_of_what_is_followed_for_a_day_the_median_is_more_than_that(name: str) -> None:
    found, hour = replayed("24 h").measures[name], 60.0
    assert (found.median, found.p95, found.horizon) == (24 * hour, 24 * hour, 24 * hour)
    assert found.longer == ("median", "p95")
    assert found.p05 == pytest.approx(5.5 * hour, abs=3 * 0.35 * hour)
    # Uniform on 2 to 72: 48/70 last longer; the mean of at most 24 is 24 - (24 - 2)^2 / (2 * 70).
    assert found.cut == pytest.approx(48 / 70, abs=3 * math.sqrt(48 / 70 * 22 / 70 / WORLDS))
    assert found.mean == pytest.approx((24 - 22**2 / 140) * hour, abs=3 * 6.0 * hour / math.sqrt(WORLDS))


def test_a_mean_of_what_was_cut_is_the_restricted_mean() -> None:
    # Exponential of mean m: min(T, h) has the mean m (1 - exp(-h / m)).
    for follow, hours in (("24 h", 24.0), ("6 h", 6.0)):
        found = replayed(follow).measures["dark_minutes"]
        assert found.cut == pytest.approx(math.exp(-hours / 20), abs=3 * 0.011)
        assert found.mean / 60 == pytest.approx(
            20 * (1 - math.exp(-hours / 20)), abs=3 * 9 / math.sqrt(WORLDS)
        )
    whole = replayed("").measures["dark_minutes"]
    assert (whole.cut, whole.mean / 60) == (0.0, pytest.approx(20, abs=3 * 20 / math.sqrt(WORLDS)))


def test_an_end_far_off_changes_nothing_and_a_near_one_cuts_just_there() -> None:
    plan = compile_plan(scenario(restore="exponential mean 20 h"), "as-it-was", "meant")
    assert plan.incident is not None
    whole = free(plan, 1, 300)
    for days in (10, 90, 366):
        follow = days * 86_400_000_000
        other = free(replace(plan, incident=replace(plan.incident, follow=follow)), 1, 300)
        assert np.array_equal(other.column("dark_minutes"), whole.column("dark_minutes"))
    hour = free(replace(plan, incident=replace(plan.incident, follow=3_600_000_000)), 1, 300)
    dark = whole.column("dark_minutes")
    assert np.array_equal(hour.column("dark_minutes"), np.minimum(dark, 60.0))
    assert np.array_equal(hour.cut("dark_minutes"), dark > 60.0)
    for name in ("time_to_restore", "time_to_contain", "at_visible", "stage_restore"):
        assert np.array_equal(hour.column(name)[dark <= 60], whole.column(name)[dark <= 60])


POLICIES = """as-it-was: {}, cool: {cooling_off: {for: 14 days}}, late: {cooling_off: {for: 4 h}},
  asks: {confirm: {takes: 30 s}}, look: {alert: {after: 1 min, recall: 100%}}"""


@cache
def compared(follow: str) -> Comparison:
    """Nobody notices on four of ten evenings, and restoring takes a day."""
    return compare(
        scenario(
            restore="exponential mean 20 h",
            follow=follow,
            detection="holder: {delay: 1 h, chance: 60%}",
            policies=POLICIES,
        ),
        worlds=600,
        weeks=1,
        explain=False,
    )


@pytest.mark.parametrize("follow", ["", "24 h"])
def test_what_only_comes_later_is_not_shorter(follow: str) -> None:
    found = {policy.name: policy for policy in compared(follow).policies}
    assert {name: policy.group for name, policy in found.items()} == {
        "as-it-was": "nothing",
        "cool": "postpones",
        "late": "postpones",
        "asks": "nothing",
        "look": "shortens",
    }
    for name, minutes in (("cool", 14 * 1440.0), ("late", 240.0), ("asks", 0.5)):
        (outcome,) = found[name].readings
        for measure in ("dark_minutes", "time_to_contain"):
            assert (outcome.difference[measure].mean, outcome.difference[measure].high) == (0.0, 0.0)
        assert outcome.starts is not None
        assert outcome.starts.median == pytest.approx(minutes)
        assert outcome.mean_dark == found["as-it-was"].readings[0].mean_dark


@pytest.mark.parametrize(("follow", "horizon"), [("", 90 * 1440.0), ("24 h", 1440.0)])
def test_what_nobody_notices_is_longer_than_anybody_waits(follow: str, horizon: float) -> None:
    (own,) = compared(follow).policies[0].readings
    assert own.dark is not None
    assert (own.dark.p95, own.dark.horizon, own.mean_dark.horizon) == (horizon, horizon, horizon)
    assert "p95" in own.dark.longer
    unnoticed = 0.4
    within = 60 + 1200 * (1 - math.exp(-(horizon - 60) / 1200))
    expected = unnoticed * horizon + (1 - unnoticed) * within
    half = 3 * math.sqrt(unnoticed * (1 - unnoticed) / 600) * horizon
    assert own.mean_dark.mean == pytest.approx(expected, abs=half)
    said = " ".join(compare_cuts(compared(follow)))
    assert f"followed for {'24 h' if follow else '90 days'}, and cut: minutes dark on" in said
    assert ("raise `follow`" in said) == bool(follow)
    assert ("state `follow`" in said) == (not follow)
    assert counted_in(compared(follow)) == f"each counted for {'24 h' if follow else '90 days'} at most"


def test_where_nothing_is_cut_nothing_is_said() -> None:
    found = replayed("")
    assert run_cuts(found) == []
    assert "or more" not in run_table(found, "f.yaml", "0" * 64)
    whole = compare(
        scenario(policies="as-it-was: {}, p: {alert: {after: 1 s, recall: 50%}}"), worlds=40, weeks=1
    )
    assert (compare_cuts(whole), counted_in(whole)) == ([], "")
    assert all(outcome.mean_dark.horizon is None for policy in whole.policies for outcome in policy.readings)


def test_tables_and_documents_say_longer_than() -> None:
    found = replayed("24 h")
    text = run_table(found, "f.yaml", "0" * 64)
    assert "dark until the actor is contained" in text
    assert "24 h or more (from 5" in text
    assert "CAREFUL  followed for 24 h, and cut: minutes dark on 30 %" in " ".join(text.split()).replace(
        "CAREFUL followed", "CAREFUL  followed"
    )
    assert "mean within 24 h, min (90 %)" in text
    document = run_record(found, "")
    assert document["measures"]["time_to_contain"]["longer"] == ["median", "p95"]
    assert document["measures"]["time_to_contain"]["horizon"] == 1440.0
    rows = [row for row in run_rows(found) if row[:2] == ("measure", "time_to_contain")]
    assert [(row[3], row[6]) for row in rows] == [
        ("mean", None),
        ("median", 1),
        ("p05", None),
        ("p95", 1),
        ("cut", None),
        ("horizon", None),
    ]
    assert {len(row) for row in run_rows(found)} == {len(RUN_COLUMNS)}
    of_policies = {
        row[5]: row for row in compare_rows(compared("24 h")) if row[0] == "cool" and row[4] == "dark"
    }
    assert of_policies["p95"][8] == 1


def test_a_story_says_how_it_ends() -> None:
    dark = scenario(detection="holder: {delay: 1 h, chance: 0%}", follow="2 h")
    assert "Nobody ever notices, and nothing brings it back." in story(one_world(dark, worlds=5), dark)
    slow = scenario(restore="2000 days", follow="2 h")
    assert "still dark when the story ends" in story(one_world(slow, worlds=5), slow)
    held = scenario(policies="as-it-was: {}, cool: {cooling_off: {for: 14 days}}")
    told = one_world(held, policy="cool", worlds=5)
    assert [told.trace.event_name(row) for row in told.trace].count("visible") == 1


def test_what_never_ends_ends_the_run_with_its_content() -> None:
    plan = compile_plan(scenario(detection="holder: {delay: 1 h, chance: 0%}"), "as-it-was", "meant")
    seen = see_through(plan, new_worlds(plan, 1, range(5)))
    assert (seen["over"] == 1).all()
    assert (seen["content_lost"] == 1).all()
    assert (seen.returns < 0).all()
