"""Routine work, its people and its queues, one tiny world each: the whole event list, computed by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from deactsim.engines.chosen import run
from deactsim.model.shifts import DAY
from deactsim.model.states import Event
from deactsim.model.streams import Purpose, team_id
from deactsim.model.world import World

from .tiny import NOON, REPORTS, happened, lines, plan_of, report, routine, told

#: Reports that end in nothing: who takes them when is all there is to see.
IDLE = REPORTS.replace("actioned: 100%", "actioned: 0%")


def test_two_at_once_and_an_urgent_one_first() -> None:
    """r1 and r2 come at one instant, lowest number first; of those waiting at 3 the urgent r4 goes first."""
    more = IDLE.replace("handling: 3 min", "handling: 3 min, urgent: 50%")
    luck = {(report(k), Purpose.URGENT): 0.9 for k in (1, 2, 3)} | {(report(4), Purpose.URGENT): 0.1}
    assert told(routine("", more, reports_at=(0, 0, 1, 2), luck=luck)) == lines(
        """
        0 report_arrives r1 support
        0 report_arrives r2 support
        0 report_taken r1 support#1
        0 report_taken r2 support#2
        1 report_arrives r3 support
        2 report_arrives r4 support
        3 report_closed r1 support#1 no_action
        3 report_closed r2 support#2 no_action
        3 report_taken r4 support#1
        3 report_taken r3 support#2
        6 report_closed r4 support#1 no_action
        6 report_closed r3 support#2 no_action
        """
    )


def test_an_urgent_action_is_asked_for_as_urgent() -> None:
    more = REPORTS.replace("handling", "urgent: 100%, handling")
    found = told(routine("approval: {by: {leads: 1}, review: 1 min, catches: 100%}", more, reports_at=(0,)))
    assert found[3:] == lines(
        """
        3 requested r1 support#1 urgent
        3 asked r1 leads
        3 review_starts r1 leads#1
        4 review_ends r1 leads#1 approved
        4 gate_passed r1 approval approved
        4 took_effect r1 support#1
        """
    )


def test_nobody_approves_his_own_request() -> None:
    """Support approves support: the requester is idle with the lower number, the other one takes it."""
    found = told(
        routine("approval: {by: {support: 1}, review: 1 min, catches: 100%}", REPORTS, reports_at=(0,))
    )
    assert found[4:6] == ["3 asked r1 support", "3 review_starts r1 support#2"]


SHIFTS = 'teams: {support: {headcount: 1, shift: ["12:00-12:10 UTC", "12:30-13:00 UTC"]}}\n'


def test_work_begun_is_finished_past_the_end_of_the_shift() -> None:
    """r2 comes at 10, when the shift has just ended, and waits for the next."""
    assert told(routine("", IDLE + SHIFTS, reports_at=(8, 10))) == lines(
        """
        0 shift_on support
        8 report_arrives r1 support
        8 report_taken r1 support#1
        10 shift_off support
        10 report_arrives r2 support
        11 report_closed r1 support#1 no_action
        30 shift_on support
        30 report_taken r2 support#1
        33 report_closed r2 support#1 no_action
        60 shift_off support
        """
    )


def test_work_that_ends_with_the_shift_leaves_nobody_to_take_the_next() -> None:
    """At 10 the shift ends before the work does, and both before r2 arrives."""
    assert told(routine("", IDLE + SHIFTS, reports_at=(7, 10)))[3:6] == lines(
        """
        10 shift_off support
        10 report_closed r1 support#1 no_action
        10 report_arrives r2 support
        """
    )


def test_who_is_still_at_work_when_the_next_shift_begins_joins_it_when_done() -> None:
    more = IDLE.replace("handling: 3 min", "handling: 23 min") + SHIFTS
    assert told(routine("", more, reports_at=(8, 9))) == lines(
        """
        0 shift_on support
        8 report_arrives r1 support
        8 report_taken r1 support#1
        9 report_arrives r2 support
        10 shift_off support
        30 shift_on support
        31 report_closed r1 support#1 no_action
        31 report_taken r2 support#1
        54 report_closed r2 support#1 no_action
        60 shift_off support
        """
    )


DESKS = """
teams:
  support: {headcount: 2, may: {deactivate: [ordinary, vip]}}
  agency:  {headcount: 1, may: {deactivate: [ordinary]}}
"""


def drawn(*numbers: float) -> dict[tuple[int, Purpose], float]:
    """What the first, second ... report draws when it is decided which team gets it."""
    return {(report(k), Purpose.DESK): u for k, u in enumerate(numbers, start=1)}


def test_reports_are_shared_out_by_who_is_idle_then_by_who_waits() -> None:
    """Agency has one person, support two: of three idle the first third of draws is agency's (r1, not r2). At 1 one of
    support is left (r3, whatever it draws). At 2 nobody is, and nobody waits: a third is agency's again (r4), and where
    one waits there r5 goes to support. People are matched after the instant: support's id is the smaller one."""
    luck = drawn(0.33, 0.34, 0.01, 0.33, 0.01)
    assert told(routine("", IDLE + DESKS, reports_at=(0, 0, 1, 2, 2), luck=luck))[:9] == lines(
        """
        0 report_arrives r1 agency
        0 report_arrives r2 support
        0 report_taken r2 support#1
        0 report_taken r1 agency#1
        1 report_arrives r3 support
        1 report_taken r3 support#2
        2 report_arrives r4 agency
        2 report_arrives r5 support
        3 report_closed r2 support#1 no_action
        """
    )


def test_who_has_stepped_down_or_holds_no_right_is_not_idle_for_a_report() -> None:
    """Support's second has no right to begin with and its first steps down at 10: r2 is agency's."""
    found = routine(
        "least_privilege: {holders: 2}\nstep_down: {before_last_shift: 10 min}",
        IDLE + DESKS,
        reports_at=(0, 10),
        luck=drawn(0.51, 0.99),
        leaves_at=((20, "support", 1),),
    )
    assert told(found)[:3] == lines(
        """
        0 report_arrives r1 support
        0 report_taken r1 support#1
        3 report_closed r1 support#1 no_action
        """
    )
    assert "10 report_arrives r2 agency" in told(found)


def test_a_team_has_no_more_of_the_work_for_the_name_that_it_has() -> None:
    """Two teams that differ in their names alone, mostly with nobody at work: each has half of the reports."""
    shares = []
    for name in ("aaa", "zzz"):
        more = f"""
teams:
  support: {{headcount: 3, shift: "08:00-16:00 UTC", may: {{deactivate: [vip]}}}}
  {name}:  {{headcount: 3, shift: "08:00-16:00 UTC", may: {{deactivate: [ordinary]}}}}
  middle:  {{headcount: 3, shift: "08:00-16:00 UTC", may: {{deactivate: [ordinary]}}}}
reports: {{ordinary: {{command: deactivate, rate: 5 per hour, actioned: 0%, handling: 30 min}}}}
"""
        plan = plan_of("", more, reading=None)
        came = Counter(
            row.by
            for key in range(6)
            for row in run(plan, World(key, NOON, NOON + 10 * DAY)).rows
            if row.event == Event.REPORT_ARRIVES
        )
        assert set(came) == {team_id(name), team_id("middle")}
        shares.append(came[team_id(name)] / came.total())
    # 7200 reports, and their draws are independent while the states are alike: 3.5 standard errors are 2 %.
    assert shares == [pytest.approx(0.5, abs=0.021)] * 2


@pytest.mark.parametrize(("u", "team"), [(0.33, "agency"), (0.34, "support")])
def test_with_nobody_on_shift_teams_that_come_at_once_share_by_their_holders(u: float, team: str) -> None:
    more = IDLE + DESKS.replace("]}}", ']}, shift: "12:30-14:00 UTC"}')
    assert told(routine("", more, reports_at=(0,), luck=drawn(u)))[0] == f"0 report_arrives r1 {team}"


def test_with_nobody_on_shift_it_goes_to_the_team_that_comes_next() -> None:
    more = IDLE + DESKS.replace("ordinary, vip]}", 'ordinary, vip]}, shift: "13:00-14:00 UTC"').replace(
        "[ordinary]}", '[ordinary]}, shift: "12:30-14:00 UTC"'
    )
    assert told(routine("", more, reports_at=(0,))) == lines(
        """
        0 report_arrives r1 agency
        30 shift_on agency
        30 report_taken r1 agency#1
        33 report_closed r1 agency#1 no_action
        60 shift_on support
        120 shift_off support
        120 shift_off agency
        """
    )


def test_a_team_without_holders_is_the_last_to_get_a_report() -> None:
    """Least privilege leaves one holder: by the larger remainder it is support's."""
    more = IDLE + DESKS
    assert told(routine("least_privilege: {holders: 1}", more, reports_at=(0, 0)))[:3] == lines(
        "0 report_arrives r1 support\n0 report_arrives r2 support\n0 report_taken r1 support#1"
    )


@pytest.mark.parametrize(("by_day", "by_night"), [("aaa", "zzz"), ("zzz", "aaa")])
def test_the_odd_holder_of_two_teams_of_a_size_is_not_found_by_name(by_day: str, by_night: str) -> None:
    more = f"""
teams:
  support:    {{headcount: 1, may: {{}}}}
  {by_night}: {{headcount: 4, may: {{deactivate: [ordinary]}}, shift: "20:00-08:00 UTC"}}
  {by_day}:   {{headcount: 4, may: {{deactivate: [ordinary]}}, shift: "08:00-20:00 UTC"}}
"""
    plan = plan_of("least_privilege: {holders: 3}", more, reading=None)
    holders = {team.name: team.holders for team in plan.teams}
    assert (holders[by_day], holders[by_night]) == (2, 1)


def test_reports_that_nobody_may_handle_wait() -> None:
    found = routine("step_down: {before_last_shift: 1 h}", IDLE, reports_at=(1,), leaves_at=(
        (20, "support", 1), (30, "support", 2)))  # fmt: skip
    assert told(found) == lines(
        """
        0 rights_end support#1 support
        0 rights_end support#2 support
        1 report_arrives r1 support
        20 rights_on support#1 support
        20 report_taken r1 support#1
        23 report_closed r1 support#1 no_action
        30 rights_on support#2 support
        """
    )


def test_a_right_that_no_report_asks_for_is_stepped_down_from_too() -> None:
    """Support may act on both tiers, leads on none; of what step-down does not reach nobody loses anything."""
    leaves = ((40, "support", 1), (50, "leads", 1))
    rows = told(routine("step_down: {before_last_shift: 30 min, of: vip}", leaves_at=leaves))
    assert rows == ["10 rights_end support#1 support", "40 rights_on support#1 support"]
    assert told(routine("step_down: {before_last_shift: 30 min, teams: leads}", leaves_at=leaves)) == []


def test_leavers_step_down_and_a_successor_brings_the_right_back() -> None:
    """#1 steps down at 10 in the middle of r1, which he finishes; what comes until 40 is #2's."""
    found = routine(
        "step_down: {before_last_shift: 30 min}",
        IDLE,
        reports_at=(9, 11, 12, 39),
        leaves_at=((40, "support", 1),),
    )
    assert told(found) == lines(
        """
        9 report_arrives r1 support
        9 report_taken r1 support#1
        10 rights_end support#1 support
        11 report_arrives r2 support
        11 report_taken r2 support#2
        12 report_closed r1 support#1 no_action
        12 report_arrives r3 support
        14 report_closed r2 support#2 no_action
        14 report_taken r3 support#2
        17 report_closed r3 support#2 no_action
        39 report_arrives r4 support
        39 report_taken r4 support#2
        40 rights_on support#1 support
        42 report_closed r4 support#2 no_action
        """
    )


@pytest.mark.parametrize("fails", ["told_in_time: 0%", "teams: [leads]", "covers: 0%", "works: 0%"])
def test_step_down_that_does_not_reach_a_leaver(fails: str) -> None:
    policy = f"step_down: {{before_last_shift: 30 min, {fails}}}"
    assert told(routine(policy, IDLE, leaves_at=((40, "support", 1),))) == []


def test_step_down_after_the_end_of_the_world_is_left_out() -> None:
    found = routine("step_down: {before_last_shift: 30 min}", IDLE, leaves_at=((391, "support", 1),))
    assert told(found) == []


def test_one_who_leaves_while_his_predecessor_has_not_left_lacks_the_right_until_both_have() -> None:
    """Two leavers on one chair: from 0 to 20 and from 10 to 40. The right is back at 40, not at 20."""
    more = IDLE + "teams: {support: {headcount: 1}}"
    found = routine(
        "step_down: {before_last_shift: 30 min}", more, reports_at=(21,),
        leaves_at=((20, "support", 1), (40, "support", 1)),
    )  # fmt: skip
    assert told(found) == lines(
        """
        0 rights_end support#1 support
        10 rights_end support#1 support
        20 rights_on support#1 support
        21 report_arrives r1 support
        40 rights_on support#1 support
        40 report_taken r1 support#1
        43 report_closed r1 support#1 no_action
        """
    )


def test_a_slip_of_routine_work_goes_dark_like_any_other() -> None:
    """Nothing is contained and no statement made: those belong to the incident alone."""
    more = REPORTS.replace("handling", "slip: 100%, handling") + "statements: {first: 1 min}"
    assert told(routine("", more, reports_at=(0,))) == lines(
        """
        0 report_arrives r1 support
        0 report_taken r1 support#1
        3 report_closed r1 support#1 action
        3 requested r1 support#1 slipped
        3 took_effect r1 support#1
        13 noticed r1 public
        18 word_arrives r1 public
        18 paged r1 oncall
        18 responder_takes r1 oncall#1
        19 picked_up r1 oncall#1
        21 cause_found r1 oncall#1
        24 undo_authorised r1 oncall#1
        28 visible r1 response
        28 responder_free r1 oncall#1
        """
    )


def test_a_slip_of_routine_work_meets_a_dialog() -> None:
    more = REPORTS.replace("handling", "slip: 100%, handling")
    found = told(routine("confirm: {takes: 1 min, stops_slips: 100%}", more, reports_at=(0,)))
    assert found[3:] == lines(
        """
        3 requested r1 support#1 slipped
        3 held r1 confirm
        4 released r1 confirm
        4 gate_denied r1 confirm dialog_stopped
        """
    )


@pytest.mark.parametrize("fails", ["works: 0%", "covers: 0%"])
def test_an_undo_out_of_reach_of_the_approval_needs_none(fails: str) -> None:
    """Approval covers the undo too, but is out of order or its list stale: the responder does not wait."""
    settings = f"commands: [deactivate, restore], {fails}"
    found = happened(f"approval: {{by: {{leads: 1}}, review: 2 min, catches: 100%, {settings}}}")
    assert not [one for one in found if "asked" in one]
    assert "25 visible @a response" in found


def test_the_incident_meets_busy_people() -> None:
    """The on-call person handles reports too: the page of 15 waits for the report of 14 to be closed."""
    more = IDLE + "teams: {support: {may: {deactivate: [vip]}}, oncall: {may: {deactivate: [ordinary]}}}"
    assert happened("", more, reports_at=(14,))[3:9] == lines(
        """
        10 noticed @a public
        14 report_arrives r1 oncall
        14 report_taken r1 oncall#1
        15 word_arrives @a public
        15 paged @a oncall
        17 report_closed r1 oncall#1 no_action
        """
    )
