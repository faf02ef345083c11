"""Safeguards that prevent, one tiny world each: the whole event list, computed by hand."""

from __future__ import annotations

import pytest

from deactsim.model.compile import CannotBeSaid

from .tiny import (
    ASKED,
    PLAIN,
    QUIET,
    REPORTS,
    acts,
    answered,
    happened,
    lines,
    merged,
    plan_of,
    routine,
    told,
)

DARK_AT_ONCE = "0 took_effect @a actor"


def test_without_safeguards() -> None:
    assert happened() == PLAIN


# -- protected list -------------------------------------------------------------------------


def test_protected_list_denies() -> None:
    assert happened("protected_list: {then: deny}") == lines(
        ASKED + "0 gate_denied @a protected_list listed_denied"
    )


def test_protected_list_senior_objects() -> None:
    assert happened("protected_list: {then: leads, handling: 7 min}") == lines(
        ASKED
        + """
        0 rerouted @a leads
        0 review_starts @a leads#1
        7 review_ends @a leads senior_objected
        7 gate_denied @a protected_list senior_objected
        """
    )


def test_protected_list_senior_misses_it() -> None:
    assert happened("protected_list: {then: leads, handling: 7 min, catches: 0%}") == merged(
        ASKED,
        """
        0 rerouted @a leads
        0 review_starts @a leads#1
        7 review_ends @a leads senior_passed
        7 gate_passed @a protected_list senior_passed
        7 took_effect @a actor
        17 noticed @a public
        """,
        answered(22),
    )


def test_protected_list_that_is_stale_holds_nobody() -> None:
    assert happened("protected_list: {then: deny, covers: 0%}", QUIET) == lines(
        ASKED + "0 gate_passed @a protected_list list_stale\n" + DARK_AT_ONCE
    )


def test_protected_list_hands_honest_work_to_seniors_who_wait_for_nobody_else() -> None:
    """Two leads for three actions at 3: the third waits for the first to be free."""
    assert told(
        routine("protected_list: {then: leads, handling: 5 min}", REPORTS, reports_at=(0, 0, 1))
    ) == lines(
        """
        0 report_arrives r1 support
        0 report_arrives r2 support
        0 report_taken r1 support#1
        0 report_taken r2 support#2
        1 report_arrives r3 support
        3 report_closed r1 support#1 action
        3 requested r1 support#1
        3 rerouted r1 leads
        3 report_closed r2 support#2 action
        3 requested r2 support#2
        3 rerouted r2 leads
        3 review_starts r1 leads#1
        3 review_starts r2 leads#2
        3 report_taken r3 support#1
        6 report_closed r3 support#1 action
        6 requested r3 support#1
        6 rerouted r3 leads
        8 review_ends r1 leads senior_passed
        8 gate_passed r1 protected_list senior_passed
        8 took_effect r1 support#1
        8 review_ends r2 leads senior_passed
        8 gate_passed r2 protected_list senior_passed
        8 took_effect r2 support#2
        8 review_starts r3 leads#1
        13 review_ends r3 leads senior_passed
        13 gate_passed r3 protected_list senior_passed
        13 took_effect r3 support#1
        """
    )


# -- open report, least privilege, separation of duties -------------------------------------


@pytest.mark.parametrize(
    ("has_one", "then"),
    [
        ("false", "0 gate_denied @a open_report no_report"),
        ("true", "0 gate_passed @a open_report report_open\n" + DARK_AT_ONCE),
    ],
)
def test_open_report(has_one: str, then: str) -> None:
    more = QUIET + f"incident: {{actor: {{open_report: {has_one}}}}}"
    assert happened("open_report: required", more) == lines(ASKED + then)


@pytest.mark.parametrize(
    ("share", "then"),
    [
        ("0%", "0 requested @a actor\n0 gate_denied @a rights not_a_holder"),
        ("100%", ASKED + DARK_AT_ONCE),
    ],
)
def test_least_privilege(share: str, then: str) -> None:
    more = QUIET + f"incident: {{actor: {{among_holders: {share}}}}}"
    assert happened("least_privilege: {holders: 1}", more) == lines(then)


def test_least_privilege_cannot_be_said_where_the_scenario_does_not_know() -> None:
    with pytest.raises(CannotBeSaid, match="unknown whether this actor would be one of the 1"):
        plan_of("least_privilege: {holders: 1}")


def test_least_privilege_leaves_reports_to_those_who_hold_the_right() -> None:
    assert told(routine("least_privilege: {holders: 1}", REPORTS, reports_at=(0, 1))) == lines(
        """
        0 report_arrives r1 support
        0 report_taken r1 support#1
        1 report_arrives r2 support
        3 report_closed r1 support#1 action
        3 requested r1 support#1
        3 took_effect r1 support#1
        3 report_taken r2 support#1
        6 report_closed r2 support#1 action
        6 requested r2 support#1
        6 took_effect r2 support#1
        """
    )


@pytest.mark.parametrize(
    ("catches", "verdict", "then"),
    [
        ("100%", "executor_objected", "2 gate_denied @a separation_of_duties executor_objected"),
        (
            "0%",
            "executor_passed",
            "2 gate_passed @a separation_of_duties executor_passed\n2 took_effect @a actor",
        ),
    ],
)
def test_separation_of_duties(catches: str, verdict: str, then: str) -> None:
    policy = f"separation_of_duties: {{by: leads, takes: 2 min, catches: {catches}}}"
    executed = f"0 asked @a leads\n0 review_starts @a leads#1\n2 review_ends @a leads {verdict}\n"
    assert happened(policy, QUIET) == lines(ASKED + executed + then)


# -- confirm --------------------------------------------------------------------------------

WAITED = ASKED + "0 held @a confirm\n1 released @a confirm\n"


@pytest.mark.parametrize(
    ("reading", "dialog", "stopped"),
    [
        ("cause: slip", "stops_slips: 100%", True),
        ("cause: slip", "stops_misidentified: 100%, stops_unexpecting: 100%", False),
        ("cause: misidentified", "stops_misidentified: 100%", True),
        ("cause: misidentified", "stops_slips: 100%, stops_unexpecting: 100%", False),
        ("cause: deliberate", "stops_slips: 100%, stops_misidentified: 100%, stops_unexpecting: 100%", False),
        ("cause: deliberate, expects_no_effect: true", "stops_unexpecting: 100%", True),
        ("cause: deliberate, expects_no_effect: true", "stops_slips: 100%, stops_misidentified: 100%", False),
    ],
)
def test_confirm_stops_what_it_can_by_cause(reading: str, dialog: str, *, stopped: bool) -> None:
    more = QUIET + f"incident: {{readings: {{meant: {{{reading}}}}}}}"
    then = "1 gate_denied @a confirm dialog_stopped"
    if not stopped:
        then = "1 gate_passed @a confirm dialog_passed\n1 took_effect @a actor"
    assert happened(f"confirm: {{takes: 1 min, {dialog}}}", more) == lines(WAITED + then)


def test_confirm_is_clicked_through_by_habit() -> None:
    more = QUIET + "incident: {readings: {meant: {cause: slip}}}"
    assert happened("confirm: {takes: 1 min, stops_slips: 100%, habit: 100%}", more) == lines(
        WAITED + "1 gate_passed @a confirm dialog_unread\n1 took_effect @a actor"
    )


def test_confirm_that_takes_no_time_leaves_no_wait() -> None:
    assert happened("confirm: {takes: 0 s}", QUIET) == lines(
        ASKED + "0 gate_passed @a confirm dialog_passed\n" + DARK_AT_ONCE
    )


# -- just-in-time rights --------------------------------------------------------------------


def test_just_in_time_grant_lasts_and_lapses() -> None:
    """Granted at 2 until 12: in force at 5; at the very minute 12 it has lapsed."""
    more = QUIET + acts("@b 5 min", "@c 12 min")
    assert happened("just_in_time: {takes: 2 min, lasts: 10 min}", more) == lines(
        ASKED
        + """
        0 held @a just_in_time
        2 released @a just_in_time
        2 gate_passed @a just_in_time granted
        2 took_effect @a actor
        5 requested @b actor
        5 gate_passed @b rights right_held
        5 gate_passed @b just_in_time granted
        5 took_effect @b actor
        12 requested @c actor
        12 gate_passed @c rights right_held
        12 held @c just_in_time
        14 released @c just_in_time
        14 gate_passed @c just_in_time granted
        14 took_effect @c actor
        """
    )


# -- leavers --------------------------------------------------------------------------------


def leaving(after: str) -> str:
    return QUIET + f"incident: {{actor: {{leaves: {{after_act: {after}}}}}}}\n"


@pytest.mark.parametrize(
    ("after", "told_in_time", "then"),
    [
        ("20 min", "100%", "0 gate_denied @a rights right_stepped_down"),
        ("30 min", "100%", "0 gate_denied @a rights right_stepped_down"),  # ended at this very minute
        ("31 min", "100%", "0 gate_passed @a rights before_step_down\n" + DARK_AT_ONCE),
        ("20 min", "0%", "0 gate_passed @a rights not_told\n" + DARK_AT_ONCE),
    ],
)
def test_step_down(after: str, told_in_time: str, then: str) -> None:
    policy = f"step_down: {{before_last_shift: 30 min, told_in_time: {told_in_time}}}"
    assert happened(policy, leaving(after)) == lines("0 requested @a actor\n" + then)


def test_step_down_does_not_touch_who_stays() -> None:
    assert happened("step_down: {before_last_shift: 30 min}", QUIET) == lines(
        "0 requested @a actor\n0 gate_passed @a rights not_a_leaver\n" + DARK_AT_ONCE
    )


def test_step_down_is_answered_by_acting_earlier() -> None:
    """Leaves at 20 and loses the right at -10, so he acts at -30 instead of 0."""
    more = "incident: {actor: {leaves: {after_act: 20 min}}}"
    assert happened("step_down: {before_last_shift: 30 min}", more, adapts=True) == merged(
        """
        -30 requested @a actor
        -30 gate_passed @a rights before_step_down
        -30 took_effect @a actor
        -20 noticed @a public
        """,
        answered(-15),
    )


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("deprovisioning: {lag: 29 min}", "gate_denied @a rights right_cut_off"),
        ("deprovisioning: {lag: 30 min}", "gate_denied @a rights right_cut_off"),  # at the very minute
        ("deprovisioning: {lag: 31 min}", "gate_passed @a rights before_cut_off"),
        ("deprovisioning: {lag: 5 min, lost: 100%}", "gate_passed @a rights ticket_lost"),
        ("step_down: {before_last_shift: 1 min}", "gate_denied @a rights right_stepped_down"),
        ("step_down: {before_last_shift: 1 min, told_in_time: 0%}", "gate_passed @a rights not_told"),
    ],
)
@pytest.mark.parametrize("adapts", [False, True])
def test_one_who_had_left_before(policy: str, said: str, adapts: bool) -> None:
    """His last shift ended at -30; he acts at 0, and no sooner where he adapts: he cannot go back."""
    found = happened(policy, "incident: {actor: {left_before_act: 30 min}}", adapts=adapts)
    assert found[:2] == lines(f"0 requested @a actor\n0 {said}")
    assert ("0 took_effect @a actor" in found) == ("passed" in said)


@pytest.mark.parametrize(
    ("employment", "settings", "cut"),
    [
        ("employee", "lag: 5 min", True),  # cut off at the very minute of the second act
        ("employee", "lag: 6 min", False),
        ("employee", "lag: 5 min, session_tail: 1 min", False),
        ("employee", "lag: 5 min, vendor_lag: 10 min", True),
        ("contractor", "lag: 5 min, vendor_lag: 10 min", False),
        ("contractor", "lag: 2 min, vendor_lag: 2 min, session_tail: 1 min", True),
    ],
)
def test_deprovisioning(employment: str, settings: str, *, cut: bool) -> None:
    """The last shift ends with the first act; the second comes five minutes later."""
    more = leaving("0 min") + f"teams: {{support: {{employment: {employment}}}}}\n"
    more = more.replace("}}}\n", "}}, further_acts: [{account: '@b', after: 5 min}]}\n", 1)
    then = "5 gate_denied @b rights right_cut_off"
    if not cut:
        then = "5 gate_passed @b rights before_cut_off\n5 took_effect @b actor"
    assert happened(f"deprovisioning: {{{settings}}}", more) == lines(
        "0 requested @a actor\n0 gate_passed @a rights before_cut_off\n0 took_effect @a actor\n"
        "5 requested @b actor\n" + then
    )


@pytest.mark.parametrize(
    ("settings", "after", "reason"),
    [
        ("lag: 0 min, lost: 100%", "0 min", "ticket_lost"),
        ("lag: 0 min, teams: [leads]", "0 min", "not_covered"),
        ("lag: 0 min, covers: 0%", "0 min", "list_stale"),
    ],
)
def test_deprovisioning_fails(settings: str, after: str, reason: str) -> None:
    assert happened(f"deprovisioning: {{{settings}}}", leaving(after)) == lines(
        f"0 requested @a actor\n0 gate_passed @a rights {reason}\n" + DARK_AT_ONCE
    )


def test_deprovisioning_does_not_touch_who_stays() -> None:
    assert happened("deprovisioning: {lag: 0 min}", QUIET) == lines(
        "0 requested @a actor\n0 gate_passed @a rights not_a_leaver\n" + DARK_AT_ONCE
    )


def test_cut_off_at_once_where_the_shift_is_over() -> None:
    assert happened("deprovisioning: {lag: 0 min}", leaving("0 min")) == lines(
        "0 requested @a actor\n0 gate_denied @a rights right_cut_off"
    )


NOT_YET = "0 gate_passed @a rights before_cut_off\n" + DARK_AT_ONCE


@pytest.mark.parametrize(
    ("step_down", "then"),
    [
        ("before_last_shift: 30 min", "0 gate_denied @a rights right_stepped_down"),
        ("before_last_shift: 30 min, teams: [leads]", "0 gate_passed @a rights not_covered\n" + NOT_YET),
        ("before_last_shift: 10 min", "0 gate_passed @a rights before_step_down\n" + NOT_YET),
    ],
)
def test_step_down_before_cut_off(step_down: str, then: str) -> None:
    """Each of the two says what it has to say, until one denies."""
    policy = f"step_down: {{{step_down}}}\ndeprovisioning: {{lag: 0 min}}"
    assert happened(policy, leaving("20 min")) == lines("0 requested @a actor\n" + then)
