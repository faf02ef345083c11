"""Approval, one tiny world each: the whole event list, computed by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deactsim.model.states import Event
from deactsim.model.trace import Trace

from .tiny import (
    ASKED,
    MINUTE,
    QUIET,
    acts,
    answered,
    checked,
    happened,
    lines,
    merged,
    plan_of,
    told,
    world_of,
)


def leads_on(shift: str) -> str:
    return f'teams: {{leads: {{shift: "{shift}"}}}}\n'


def approval(settings: str = "", by: str = "{leads: 1}", catches: str = "100%") -> str:
    extra = f", {settings}" if settings else ""
    return f"approval: {{by: {by}, review: 2 min, catches: {catches}{extra}}}"


def timed_out_after(minutes: int, policy: str, more: str = "") -> Trace:
    """A run in which no review can end in time, which no file may say."""
    plan = plan_of(policy, more)
    assert plan.safeguards.approval is not None
    short = replace(plan.safeguards.approval, time_out=minutes * MINUTE)
    plan = replace(plan, safeguards=replace(plan.safeguards, approval=short))
    return checked(plan, world_of(plan))


LOOKED_AT = ASKED + "0 asked @a leads\n0 review_starts @a leads#1\n"
REFUSED = LOOKED_AT + "2 review_ends @a leads#1 refused\n2 gate_denied @a approval refused\n"


def test_approval_approves_what_it_does_not_catch() -> None:
    assert happened(approval(catches="0%")) == merged(
        LOOKED_AT,
        """
        2 review_ends @a leads#1 approved
        2 gate_passed @a approval approved
        2 took_effect @a actor
        12 noticed @a public
        """,
        answered(17),
    )


@pytest.mark.parametrize(
    "policy",
    [approval(), approval(by="{leads: 1, oncall: 1}"), approval("time_out: 2 min")],
    ids=["the only one", "the first of two teams", "at the very time-out"],
)
def test_approval_ends_with_a_no(policy: str) -> None:
    assert happened(policy) == lines(REFUSED)


def test_approval_stamps_unread() -> None:
    assert happened(approval("stamps: 100%"), QUIET) == lines(
        LOOKED_AT
        + "2 review_ends @a leads#1 stamped\n2 gate_passed @a approval stamped\n2 took_effect @a actor"
    )


def test_approval_stamps_more_the_more_wait_behind() -> None:
    """One approver: @a is read, @b is stamped because @c waits behind it, @c is read."""
    policy = (
        "approval: {by: {oncall: 1}, review: 5 min, catches: 100%, stamps_per_queued: 100%, time_out: 1 h}"
    )
    assert happened(policy, QUIET + acts("@b 1 min", "@c 2 min")) == lines(
        ASKED
        + """
        0 asked @a oncall
        0 review_starts @a oncall#1
        1 requested @b actor
        1 gate_passed @b rights right_held
        1 asked @b oncall
        2 requested @c actor
        2 gate_passed @c rights right_held
        2 asked @c oncall
        5 review_ends @a oncall#1 refused
        5 gate_denied @a approval refused
        5 review_starts @b oncall#1
        10 review_ends @b oncall#1 stamped
        10 gate_passed @b approval stamped
        10 took_effect @b actor
        10 review_starts @c oncall#1
        15 review_ends @c oncall#1 refused
        15 gate_denied @c approval refused
        """
    )


@pytest.mark.parametrize(
    ("by", "team", "person"),
    [("{leads: 2}", "leads", "leads#2"), ("{leads: 1, oncall: 1}", "oncall", "oncall#1")],
    ids=["of one team", "of two teams"],
)
def test_approval_asks_two_people_one_after_the_other(by: str, team: str, person: str) -> None:
    assert happened(approval(by=by, catches="0%"), QUIET) == lines(
        LOOKED_AT
        + f"""
        2 review_ends @a leads#1 approved
        2 asked @a {team}
        2 review_starts @a {person}
        4 review_ends @a {person} approved
        4 gate_passed @a approval approved
        4 took_effect @a actor
        """
    )


def test_approval_times_out_and_denies() -> None:
    """Nobody of the leads comes before 14:00, and off-shift requests wait."""
    assert happened(approval("time_out: 10 min"), leads_on("14:00-15:00 UTC")) == lines(
        ASKED + "0 asked @a leads\n10 timed_out @a approval\n10 gate_denied @a approval timed_out"
    )


def test_approval_times_out_and_lets_through() -> None:
    policy, more = approval("time_out: 10 min, then: pass"), QUIET + leads_on("14:00-15:00 UTC")
    assert happened(policy, more) == lines(
        ASKED
        + """
        0 asked @a leads
        10 timed_out @a approval
        10 gate_passed @a approval timed_out
        10 took_effect @a actor
        120 shift_on leads
        180 shift_off leads
        """
    )


def test_approval_waits_for_the_shift_to_begin() -> None:
    assert happened(approval("time_out: 3 h"), leads_on("14:00-15:00 UTC")) == lines(
        ASKED
        + """
        0 asked @a leads
        120 shift_on leads
        120 review_starts @a leads#1
        122 review_ends @a leads#1 refused
        122 gate_denied @a approval refused
        """
    )


def test_approval_breaks_the_glass_where_nobody_is_on_shift() -> None:
    assert happened(approval("off_shift: pass"), QUIET + leads_on("14:00-15:00 UTC")) == lines(
        ASKED
        + """
        0 gate_passed @a approval nobody_on_shift
        0 took_effect @a actor
        120 shift_on leads
        180 shift_off leads
        """
    )


def test_approval_breaks_the_glass_for_one_of_two_teams() -> None:
    policy = approval("off_shift: pass", by="{leads: 1, oncall: 1}")
    assert happened(policy, leads_on("14:00-15:00 UTC")) == lines(
        ASKED
        + """
        0 asked @a oncall
        0 review_starts @a oncall#1
        2 review_ends @a oncall#1 refused
        2 gate_denied @a approval refused
        """
    )


def test_a_shift_that_ends_with_the_request_has_ended() -> None:
    more = QUIET + "incident: {warm_up: 10 min}\n" + leads_on("11:00-12:00 UTC")
    assert happened(approval("off_shift: pass"), more) == lines(
        """
        -10 shift_on leads
        0 shift_off leads
        0 requested @a actor
        0 gate_passed @a rights right_held
        0 gate_passed @a approval nobody_on_shift
        0 took_effect @a actor
        """
    )


def test_a_shift_that_begins_with_the_request_has_begun() -> None:
    more = "incident: {warm_up: 10 min}\n" + leads_on("12:00-13:00 UTC")
    assert happened(approval("off_shift: pass"), more) == lines("0 shift_on leads\n" + REFUSED)


def test_a_second_approver_asked_at_the_very_time_out_has_no_time() -> None:
    """The first yes comes at 2, the time is up at 2: the second request leaves the queue unseen."""
    policy = approval(by="{leads: 1, oncall: 1}", catches="0%")
    assert told(timed_out_after(2, policy)) == lines(
        LOOKED_AT
        + """
        2 review_ends @a leads#1 approved
        2 asked @a oncall
        2 timed_out @a approval
        2 gate_denied @a approval timed_out
        """
    )


def test_a_review_begun_is_finished_and_does_not_count() -> None:
    assert told(timed_out_after(1, approval("then: pass"), QUIET)) == lines(
        LOOKED_AT
        + """
        1 timed_out @a approval
        1 gate_passed @a approval timed_out
        1 took_effect @a actor
        2 review_ends @a leads#1 refused
        """
    )


def test_a_queued_request_leaves_at_its_time_out() -> None:
    """One approver at work on @a until 8: @b waits from 1, is withdrawn at 7 and never looked at."""
    policy = "approval: {by: {oncall: 1}, review: 8 min, catches: 0%, then: pass}"
    assert told(timed_out_after(6, policy, QUIET + acts("@b 1 min"))) == lines(
        ASKED
        + """
        0 asked @a oncall
        0 review_starts @a oncall#1
        1 requested @b actor
        1 gate_passed @b rights right_held
        1 asked @b oncall
        6 timed_out @a approval
        6 gate_passed @a approval timed_out
        6 took_effect @a actor
        7 timed_out @b approval
        7 gate_passed @b approval timed_out
        7 took_effect @b actor
        8 review_ends @a oncall#1 approved
        """
    )


def test_where_it_covers_the_undo_the_responder_waits_too() -> None:
    """Asked at 23 after the leads went home at 20, again at 33 after the time-out; at 40 they are back."""
    policy = approval("time_out: 10 min, commands: [deactivate, restore]", catches="0%")
    more = 'teams: {leads: {shift: ["12:00-12:20 UTC", "12:40-13:00 UTC"]}}'
    assert happened(policy, more) == lines(
        "0 shift_on leads\n"
        + LOOKED_AT
        + """
        2 review_ends @a leads#1 approved
        2 gate_passed @a approval approved
        2 took_effect @a actor
        12 noticed @a public
        17 word_arrives @a public
        17 paged @a oncall
        17 responder_takes @a oncall#1
        18 picked_up @a oncall#1
        20 shift_off leads
        20 cause_found @a oncall#1
        23 asked @a leads
        26 contained @a actor
        33 timed_out @a approval
        33 asked @a leads
        40 shift_on leads
        40 review_starts @a leads#1
        42 review_ends @a leads#1 approved
        42 undo_authorised @a oncall#1
        46 visible @a response
        46 responder_free @a oncall#1
        """
    )


def test_an_undo_that_times_out_may_be_let_through() -> None:
    policy = approval("time_out: 10 min, then: pass, commands: [restore]")
    more = 'teams: {leads: {shift: "20:00-21:00 UTC"}}'
    assert happened(policy, more) == lines(
        ASKED
        + """
        0 gate_passed @a approval not_covered
        0 took_effect @a actor
        10 noticed @a public
        15 word_arrives @a public
        15 paged @a oncall
        15 responder_takes @a oncall#1
        16 picked_up @a oncall#1
        18 cause_found @a oncall#1
        21 asked @a leads
        24 contained @a actor
        31 timed_out @a approval
        31 undo_authorised @a oncall#1
        35 visible @a response
        35 responder_free @a oncall#1
        """
    )


def test_an_undo_asked_for_again_is_another_review() -> None:
    """The first review outlasts the time-out; what an approver needs is drawn anew."""
    policy = approval("commands: [restore]").replace("2 min", "uniform 11 min to 40 min")
    trace = timed_out_after(10, policy, "teams: {leads: {headcount: 9}}")
    begun: dict[int, int] = {}
    took: list[int] = []
    for row in trace:
        if row.event == Event.REVIEW_STARTS:
            begun[row.by] = row.time
        elif row.event == Event.REVIEW_ENDS:
            took.append(row.time - begun[row.by])
    assert len(took) > 20
    assert len(set(took)) == len(took)


def test_an_approval_for_other_teams_lets_the_responders_undo() -> None:
    """The actor's own team must ask; the responders' team is another."""
    policy = approval("teams: [support], commands: [deactivate, restore]", catches="0%")
    assert "21 undo_authorised" not in "\n".join(happened(policy))
    assert [one for one in happened(policy) if "asked" in one] == ["0 asked @a leads"]
    both = approval("teams: [support, oncall], commands: [deactivate, restore]", catches="0%")
    assert [one for one in happened(both) if "asked" in one] == ["0 asked @a leads", "23 asked @a leads"]


def test_what_is_visible_again_is_not_authorised() -> None:
    policy = approval("commands: [restore]") + "\nautomatic_restore: {after: 22 min}"
    assert happened(policy)[-6:] == lines(
        """
        21 asked @a leads
        21 review_starts @a leads#1
        22 visible @a automatic
        23 review_ends @a leads#1 approved
        23 responder_free @a oncall#1
        24 contained @a actor
        """
    )
