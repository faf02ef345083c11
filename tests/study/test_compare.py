"""Comparisons: groups, friction, tips, and the same result wherever the work is done."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import fields
from functools import cache

import pandas as pd
import pytest

from deactsim.errors import DeactsimError, UnknownName
from deactsim.report.records import compare_record, compare_rows
from deactsim.scenario.schema import Scenario
from deactsim.study import executors
from deactsim.study.compare import compare
from deactsim.study.executors import run_jobs
from deactsim.study.results import Comparison, PolicyOutcome
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
  few: {least_privilege: {holders: 2}}
  endless: {cooling_off: {for: 4000 days}}"""


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
        "endless": "unknown",
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
    assert found["endless"].reason == (
        "an action still waits on 100.0% of the evenings after ten years: shorten what holds it"
    )
    assert found["endless"].readings == ()
    assert (
        found["watchdog"].difference["dark_minutes"].mean,
        found["watchdog"].measures["dark_minutes"].mean,
    ) == (-10.0, 1.0)
    assert "time_to_detect" not in found["two"].difference
    assert found["slow"].readings[0].starts is not None
    assert found["slow"].readings[0].starts.p05 >= 5.0
    assert [each.reading for each in found["down"].adapted] == ["meant"]
    assert [each.reading for each in found["down"].readings] == ["meant", "mistake"]


def test_a_pool_whose_requests_time_out_refuses_them_and_grows_no_further() -> None:
    found = next(each for each in compared().policies if each.name == "overload")
    # Six actions a day, twenty hours each, two people: whoever is not looked at within two days is denied.
    assert found.refused is not None
    assert found.refused.share > 0.5
    assert found.friction_text.startswith("CAREFUL, ")
    assert "desk is asked for 250% of what it can do" in found.refused.text
    assert found.friction["timed_out"].mean > 0.5 * found.friction["held"].mean
    assert found.friction["minutes_held"].mean <= 2 * 24 * 60


def test_a_pool_that_cannot_cope_is_named_and_not_averaged() -> None:
    # An executor has no time-out: six actions a day, twenty hours each, two people.
    slow = small(
        incident=INCIDENT,
        reports=REPORTS,
        policies="{as-it-was: {}, pile: {separation_of_duties: {by: desk, takes: 20 h, catches: 90%}}}",
    )
    found = compare(slow, policies=["pile"], worlds=20, weeks=3, explain=False).policies[1]
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
    assert set(frame.policy) == set(scenario().policies) - {"few", "endless"}
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
    assert found.ranking.text == "nothing to rank but the baseline, as-it-was"


def test_routine_weeks_grow_with_the_worlds() -> None:
    def weeks(worlds: int, given: int | None = None, policies: str = "{as-it-was: {}, lost: {}}") -> int:
        found = small(incident=INCIDENT, reports=REPORTS, policies=policies)
        return compare(found, policies=["as-it-was"], worlds=worlds, weeks=given, explain=False).weeks

    assert [weeks(20), weeks(240), weeks(20, 3)] == [8, 12, 3]
    # A queue that settles slowly takes more, whichever policies are asked for.
    assert weeks(20, policies=POLICIES) > 80


# ---------------------------------------------------------------- against a baseline that holds

HOLDING = """
  as-it-was: {}
  watchdog: {automatic_restore: {after: 1 min}}
  longer: {cooling_off: {for: 20 min}}
  shorter: {cooling_off: {for: 5 min}}
  slow-watchdog: {automatic_restore: {after: 1 day}}"""


@cache
def against_a_hold() -> dict[str, PolicyOutcome]:
    held = small(incident=INCIDENT, safeguards="{cooling_off: {for: 15 min}}", policies=HOLDING)
    found = compare(held, worlds=40, weeks=1, explain=False)
    return {each.name: each for each in found.policies}


def test_what_the_baseline_holds_too_is_not_postponed() -> None:
    found = against_a_hold()
    assert {name: each.group for name, each in found.items()} == {
        "as-it-was": "nothing",
        "watchdog": "shortens",
        "longer": "postpones",
        "shorter": "nothing",
        "slow-watchdog": "nothing",
    }
    assert found["slow-watchdog"].reason == "the account was back before it"


def test_darkness_starts_later_than_under_the_baseline() -> None:
    found = {name: each.readings[0].starts for name, each in against_a_hold().items()}
    medians = {name: None if starts is None else starts.median for name, starts in found.items()}
    assert medians == {
        "as-it-was": 0.0,
        "watchdog": 0.0,
        "longer": 5.0,
        "shorter": -10.0,
        "slow-watchdog": 0.0,
    }


# ---------------------------------------------------------------- an actor who acts three times

THREE = """
  account: "@it"
  command: deactivate
  actor: {team: support, open_report: true}
  further_acts: [{account: "@that", after: 1 min}, {account: "@other", after: 2 min}]
  at: 2017-11-02T18:48:30Z
  readings: {meant: {cause: deliberate}}
  facts: {dark: {of: dark, pinned: 11 min}}"""


@cache
def three_acts() -> dict[str, PolicyOutcome]:
    found = compare(
        small(
            platform="""
  commands: {deactivate: {undo: restore}, restore: {}}
  tiers: {protected: {accounts: 5, followers: 1M}, other: {accounts: 5}}
  accounts: {"@it": {tier: protected, followers: 4M}, "@that": {tier: other, followers: 1k},
    "@other": {tier: other, followers: 1k}}""",
            teams="{support: {headcount: 5, may: {deactivate: [protected, other]}}, desk: {headcount: 2}, "
            "on-call: {headcount: 2}}",
            incident=THREE,
            policies="""
  as-it-was: {}
  one: {rate_limit: {per_agent: 1 per day, then: deny}}
  many: {rate_limit: {per_agent: 10 per hour}}
  listed: {protected_list: {of: protected, then: deny}}
  all-listed: {protected_list: {then: deny}}""",
        ),
        worlds=40,
        weeks=1,
        explain=False,
    )
    return {each.name: each for each in found.policies}


def test_several_acts_are_stopped_if_none_goes_dark() -> None:
    found = three_acts()
    assert {name: each.group for name, each in found.items()} == {
        "as-it-was": "nothing",
        "one": "shortens",
        "many": "nothing",
        "listed": "shortens",
        "all-listed": "stops",
    }
    assert [each.readings[0].stopped.mean for each in found.values()] == [0.0, 0.0, 0.0, 0.0, 1.0]
    assert found["many"].reason == "the acts stayed under the limit"


def test_several_acts_are_dark_together() -> None:
    found = {name: each.readings[0] for name, each in three_acts().items()}
    base, one, listed = found["as-it-was"], found["one"], found["listed"]
    assert base.dark is not None
    assert base.dark_first is not None
    assert (base.dark_first.median, base.dark.median > 22.0) == (11.0, True)
    assert one.dark is not None
    assert one.dark == one.dark_first
    # The first act never took effect: there is nothing to say of its darkness.
    assert listed.dark is not None
    assert (listed.dark_first, listed.starts) == (None, None)


def test_what_gets_worse_is_said() -> None:
    slow = small(
        incident=INCIDENT,
        policies="""
  as-it-was: {}
  asked: {approval: {by: {desk: 1}, commands: [restore], review: 5 min, catches: 0%}}""",
    )
    found = compare(slow, policies=["asked"], worlds=40, weeks=1, explain=False).policies[1]
    assert (found.group, found.reason) == ("lengthens", "5.0 min more dark on average")


def test_a_difference_that_cannot_be_told_from_nothing_gets_no_cause() -> None:
    # An alert that hardly ever sees anything: the evenings it does are too few to tell.
    seldom = small(incident=INCIDENT, policies="{as-it-was: {}, seldom: {alert: {after: 1 s, recall: 3%}}}")
    found = compare(seldom, policies=["seldom"], worlds=60, seed=1, weeks=1, explain=False).policies[1]
    dark = found.difference["dark_minutes"]
    assert dark.low < dark.mean < 0.0 <= dark.high
    assert found.group == "nothing"
    assert found.reason is not None
    assert found.reason.startswith("what it changes cannot be told from nothing with ")
    assert found.reason_source is None


def test_minutes_have_no_interval_below_nothing() -> None:
    listed = small(
        incident=INCIDENT,
        policies="{as-it-was: {}, two: {approval: {by: {desk: 1}, review: 1 min, catches: 97%}}}",
    )
    found = compare(listed, worlds=40, seed=2, weeks=1, explain=False).policies[1].readings
    assert all(0.0 <= each.mean_dark.low <= each.mean_dark.mean for each in found)
    assert any(each.mean_dark.low == 0.0 < each.mean_dark.mean for each in found)


def test_progress_counts_jobs() -> None:
    told: list[tuple[int, int]] = []
    compare(scenario(), policies=["watchdog"], worlds=20, weeks=1, progress=lambda *at: told.append(at))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] <= told[-1][1]


@pytest.mark.parametrize("doubled", [True, False])
def test_two_workers_find_what_one_finds(doubled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "can_fork", lambda: doubled and sys.platform == "linux")
    asked = ["two", "watchdog", "few"]
    one = compare(scenario(), policies=asked, worlds=40, seed=3, weeks=30)
    two = compare(scenario(), policies=asked, worlds=40, seed=3, weeks=30, workers=2)
    for field in fields(Comparison):
        if field.name != "frame_of":
            assert getattr(one, field.name) == getattr(two, field.name), field.name
    pd.testing.assert_frame_equal(one.frame, two.frame, check_exact=True)


# ---------------------------------------------------------------- nobody is there to say no


@pytest.mark.parametrize(
    ("shift", "then", "how", "reason"),
    [
        ('"Mon-Sun 08:00-12:00 UTC"', "deny", "denied unseen, nobody on shift: timed out after 30 min",
         "nobody on shift"),
        ('"Mon-Sun 19:00-23:00 UTC"', "deny", "denied while under review: timed out after 30 min", "under review"),
        ('"Mon-Sun 08:00-12:00 UTC"', "pass", None, None),
    ],
)  # fmt: skip
def test_a_stop_that_is_nobodys_decision_is_said_to_be(
    shift: str, then: str, how: str | None, reason: str | None
) -> None:
    away = small(
        teams="{support: {headcount: 5, may: {deactivate: [protected]}}, desk: {headcount: 2, shift: SHIFT}, "
        "on-call: {headcount: 2}}".replace("SHIFT", shift),
        policies="{as-it-was: {}, two: {approval: {by: {desk: 1}, review: uniform 25 min to 2 h, catches: 90%, "
        "time_out: 30 min, then: THEN}}}".replace("THEN", then),
    )
    found = compare(away, policies=["two"], worlds=30, weeks=1).policies[1]
    assert found.stopped_how == how
    (reading,) = found.readings
    assert [each.how for each in reading.stopped_by] == ([] if reason is None else [reason])
    if how is None:
        assert (found.group, found.unheard) == ("postpones", None)
    else:
        assert found.unheard is not None
        assert found.unheard.startswith("100% of stops timed out")
        assert reading.dark_worlds == 0.0


# ---------------------------------------------------------------- executors


def add(shared: int, job: int) -> int:
    if job < 0:
        raise ValueError(f"no job {job}")
    return shared + job


def test_jobs_are_done_in_order() -> None:
    ended: list[int] = []
    assert list(run_jobs(add, 10, [3, 1, 2], workers=1, done=lambda: ended.append(1))) == [13, 11, 12]
    assert len(ended) == 3
    assert list(run_jobs(add, 10, [], workers=4)) == []
    assert list(run_jobs(add, 10, [5], workers=4)) == [15]


def known(shared: dict[int, int], job: int) -> tuple[int, int]:
    """Who does it, and how many jobs were done by him before."""
    shared[os.getpid()] = shared.get(os.getpid(), -1) + 1
    time.sleep(0.01 * job)
    return os.getpid(), shared[os.getpid()]


def test_workers_keep_what_they_worked_out_until_the_block_is_over() -> None:
    with executors.Workers(known, {}, 2) as hands:
        assert list(hands.run([0])) == [(os.getpid(), 0)]  # one is not worth a process
        first = list(hands.run([1] * 8))
        done = dict(first)
        again = list(hands.run([1] * 8))
    assert {who for who, _ in again} <= set(done)
    assert os.getpid() not in done
    assert len(done) == 2
    before = {who: count for who, count in done.items() if who in dict(again)}
    assert {who: min(count for one, count in again if one == who) for who in before} == {
        who: count + 1 for who, count in before.items()
    }


def test_a_worker_keeps_what_all_jobs_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process is no worker: it minds Ctrl-C
    executors._receive(10, "auto")
    assert executors._do(add, 4) == 14
    executors._receive(None, "auto")


def test_no_process_is_doubled_while_a_thread_runs() -> None:
    ends = threading.Event()
    thread = threading.Thread(target=ends.wait)
    thread.start()
    try:
        assert not executors.can_fork()
    finally:
        ends.set()
        thread.join()


def test_a_job_that_fails_is_heard_of() -> None:
    with pytest.raises(ValueError, match="no job -1"):
        list(run_jobs(add, 10, [1, -1], workers=1))


def test_differences_are_those_of_each_reading_and_the_worst_is_that_of_the_policy() -> None:
    given = small(
        incident="""
  account: "@it"
  command: deactivate
  actor: {team: support}
  at: 2017-11-02T18:48:30Z
  readings: {meant: {cause: deliberate}, slipped: {cause: slip}, took-another: {cause: misidentified}}
  facts: {dark: {of: dark, pinned: 11 min}}""",
        policies="""
  as-it-was: {}
  asked: {confirm: {stops_slips: 90%, stops_misidentified: 30%}}""",
    )
    found = compare(given, worlds=60, weeks=1, explain=False)
    asked = next(policy for policy in found.policies if policy.name == "asked")
    saved = {outcome.reading: outcome.difference["dark_minutes"].mean for outcome in asked.readings}
    # A dialog stops no one who means it, most slips and some mistaken targets.
    assert saved["meant"] == 0.0
    assert saved["slipped"] < -8.0 < saved["took-another"] < -1.0
    assert all(
        outcome.difference["dark_minutes"].mean == pytest.approx(outcome.mean_dark.mean - 11.0, abs=1e-9)
        for outcome in asked.readings
    )
    assert asked.worst is asked.readings[0]
    assert asked.difference["dark_minutes"].mean == 0.0
    document = compare_record(found, "")["policies"][1]
    assert document["worst"] == "meant"
    assert {name: each["dark_minutes"]["mean"] for name, each in document["difference"].items()} == saved
    rows = [
        row
        for row in compare_rows(found)
        if row[0] == "asked" and row[3:6] == ("difference", "dark_minutes", "mean")
    ]
    assert {row[2]: row[6] for row in rows} == saved
