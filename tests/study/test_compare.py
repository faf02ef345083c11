"""Comparisons: groups, friction, tips, and the same result wherever the work is done."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import pandas as pd
import pytest

from deactsim.errors import DeactsimError, UnknownName
from deactsim.scenario.schema import Scenario
from deactsim.study import executors
from deactsim.study.compare import compare
from deactsim.study.executors import run_jobs
from deactsim.study.results import Comparison
from tests.study.small import small

INCIDENT = """
  account: "@it"
  command: deactivate
  actor: {team: support, leaves: {after_act: uniform 0 min to 60 min}}
  at: 2017-11-02T18:48:30Z
  readings:
    meant: {cause: deliberate, may_adapt: true}
    mistake: {cause: misidentified}
  facts: {dark: {of: dark, pinned: 11 min}}"""
REPORTS = (
    "{protected: {command: deactivate, rate: 30 per day, actioned: 20%, handling: exponential mean 5 min}}"
)
POLICIES = """
  as-it-was: {}
  two: {label: two people, approval: {by: {desk: 1}, review: exponential mean 5 min, catches: 90%}}
  overload: {approval: {by: {desk: 1}, review: 20 h, catches: 90%, time_out: 2 days}}
  down: {step_down: {before_last_shift: 1 day}}
  watchdog: {automatic_restore: {after: 1 min}}
  slow: {separation_of_duties: {by: desk, takes: 5 min, catches: 0%}}
  two-acts: {rate_limit: {per_agent: 1 per hour}}
  lost: {retention: {keep: 5 min}}
  few: {least_privilege: {holders: 2}}"""


@cache
def scenario() -> Scenario:
    return small(incident=INCIDENT, reports=REPORTS, policies=POLICIES)


@cache
def compared() -> Comparison:
    return compare(scenario(), worlds=60, seed=3, weeks=3)


def test_groups() -> None:
    assert {each.name: each.group for each in compared().policies} == {
        "as-it-was": "nothing",
        "two": "stops",
        "overload": "stops",
        "down": "stops",
        "watchdog": "shortens",
        "slow": "postpones",
        "two-acts": "nothing",
        "lost": "lengthens",
        "few": "unknown",
    }


def test_each_policy_is_told_in_full() -> None:
    found = {each.name: each for each in compared().policies}
    assert (found["two"].label, found["down"].label) == ("two people", "down")
    assert found["as-it-was"].reason is None
    assert found["two-acts"].reason == "there was one act"
    assert found["lost"].reason == "content lost on 100% of the evenings"
    assert found["few"].reason == "unknown whether this actor would be one of the 2"
    assert found["few"].friction
    assert (
        found["watchdog"].difference["dark_minutes"].mean,
        found["watchdog"].measures["dark_minutes"].mean,
    ) == (-10.0, 1.0)
    assert "time_to_detect" not in found["two"].difference
    assert found["slow"].readings[0].starts is not None
    assert found["slow"].readings[0].starts.p05 >= 5.0
    assert [each.reading for each in found["down"].adapted] == ["meant"]
    assert [each.reading for each in found["down"].readings] == ["meant", "mistake"]


def test_a_pool_that_cannot_cope_is_named_and_not_averaged() -> None:
    found = next(each for each in compared().policies if each.name == "overload")
    # Six actions a day, twenty hours each, two people.
    assert found.friction_text == "unstable: desk at 250%"
    assert not [name for name in found.friction if name.startswith(("minutes_held", "report_wait"))]
    assert "approver_hours" in found.friction


def test_decisions_and_tips() -> None:
    found = {each.name: each.decided_by for each in compared().policies}
    assert found["two-acts"] is None
    assert found["few"] is None
    assert found["two"] is not None
    assert found["watchdog"] is not None
    assert found["watchdog"].path == "policies.watchdog.automatic_restore.after"
    assert {tipping.better for tipping in compared().tipping} <= {each.name for each in compared().policies}
    for tipping in compared().tipping:
        assert tipping.worse != "as-it-was"
    bare = compare(scenario(), policies=["two"], worlds=30, weeks=1, explain=False)
    assert bare.tipping == ()
    assert all(each.decided_by is None for each in bare.policies)


def test_error_is_the_widest_half_of_the_shares() -> None:
    halves = [(r.stopped.high - r.stopped.low) / 2 for each in compared().policies for r in each.readings]
    assert compared().error == max(halves)
    assert compared().worlds == 60
    assert 0 < compared().effective_worlds <= 60


def test_frame_has_a_row_a_policy_reading_and_world() -> None:
    frame = compared().frame
    assert set(frame.policy) == set(scenario().policies) - {"few"}
    assert frame.groupby(["policy", "reading"]).size().nunique() <= 2
    assert frame[frame.policy == "as-it-was"].dark_minutes.eq(11.0).all()


def test_only_the_policies_asked_for() -> None:
    found = compare(scenario(), policies=["watchdog", "watchdog"], worlds=30, weeks=1, explain=False)
    assert [each.name for each in found.policies] == ["as-it-was", "watchdog"]
    with pytest.raises(UnknownName, match="did you mean 'watchdog'"):
        compare(scenario(), policies=["watchdogs"])
    with pytest.raises(DeactsimError, match="describes no incident"):
        compare(scenario().model_copy(update={"incident": None}))


def test_the_baseline_alone() -> None:
    stepping = small(incident=INCIDENT, policies="{as-it-was: {step_down: {before_last_shift: 1 s}}}")
    found = compare(stepping, worlds=30, weeks=1)
    assert [each.name for each in found.policies] == ["as-it-was"]
    assert found.ranking.text == "same top 1 under E, I: as-it-was" or "top 1" in found.ranking.text


def test_progress_counts_jobs() -> None:
    told: list[tuple[int, int]] = []
    compare(scenario(), policies=["watchdog"], worlds=20, weeks=1, progress=lambda *at: told.append(at))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] <= told[-1][1]


def test_two_workers_find_what_one_finds() -> None:
    asked = ["two", "watchdog", "few"]
    one = compare(scenario(), policies=asked, worlds=40, seed=3, weeks=2)
    two = compare(scenario(), policies=asked, worlds=40, seed=3, weeks=2, workers=2)
    for field in fields(Comparison):
        if field.name != "frame_of":
            assert getattr(one, field.name) == getattr(two, field.name), field.name
    pd.testing.assert_frame_equal(one.frame, two.frame, check_exact=True)


# ---------------------------------------------------------------- executors


def add(shared: int, job: int) -> int:
    if job < 0:
        raise ValueError(f"no job {job}")
    return shared + job


def test_jobs_are_done_in_order() -> None:
    ended: list[int] = []
    assert run_jobs(add, 10, [3, 1, 2], workers=1, done=lambda: ended.append(1)) == [13, 11, 12]
    assert len(ended) == 3
    assert run_jobs(add, 10, [], workers=4) == []
    assert run_jobs(add, 10, [5], workers=4) == [15]


def test_a_worker_keeps_what_all_jobs_share() -> None:
    executors._receive(10)
    assert executors._do(add, 4) == 14
    executors._receive(None)


def test_a_job_that_fails_is_heard_of() -> None:
    with pytest.raises(ValueError, match="no job -1"):
        run_jobs(add, 10, [1, -1], workers=1)
