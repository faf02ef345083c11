"""Who waits for the approval of an undo may review; whole event lists, computed by hand."""

from __future__ import annotations

import re

import pytest

from deactsim.errors import DeactsimError
from deactsim.model.event_budget import most_events

from .tiny import ASKED, DARK, acts, answered, happened, lines, merged, night, plan_of

EACH_OTHER = "approval: {by: {oncall: 1}, review: 5 min, catches: 0%, commands: [restore], time_out: 2 h}"
UNREACHED = "0 gate_passed @a approval not_covered\n"
#: Two accounts a minute apart, and the response to each up to the asking.
BOTH = """
    0 requested @a actor
    0 gate_passed @a rights right_held
    0 gate_passed @a approval not_covered
    0 took_effect @a actor
    1 requested @b actor
    1 gate_passed @b rights right_held
    1 gate_passed @b approval not_covered
    1 took_effect @b actor
    10 noticed @a public
    11 noticed @b public
    15 word_arrives @a public
    15 paged @a oncall
    15 responder_takes @a oncall#1
    16 picked_up @a oncall#1
    16 word_arrives @b public
    16 paged @b oncall
    16 responder_takes @b oncall#2
    17 picked_up @b oncall#2
    18 cause_found @a oncall#1
    19 cause_found @b oncall#2
    21 asked @a oncall
    22 asked @b oncall
    24 contained @a actor
"""


def waits(*later: str) -> list[str]:
    return [one for one in merged(BOTH, *later) if "shift" not in one]


def seen(policy: str, more: str) -> list[str]:
    return [one for one in happened(policy, more) if "shift" not in one]


def test_two_responders_approve_each_others_undo() -> None:
    assert seen(EACH_OTHER, "teams: {oncall: {headcount: 2}}\n---\n" + acts("@b 1 min")) == waits(
        """
        22 review_starts @b oncall#1
        22 review_starts @a oncall#2
        27 review_ends @b oncall#1 approved
        27 review_ends @a oncall#2 approved
        27 undo_authorised @b oncall#2
        27 undo_authorised @a oncall#1
        31 visible @a response
        31 responder_free @a oncall#1
        31 visible @b response
        31 responder_free @b oncall#2
        """
    )


def test_who_is_idle_reviews_before_who_waits_and_a_review_is_finished_first() -> None:
    """The third is idle and takes the first request; the first responder is answered while he reviews."""
    assert seen(EACH_OTHER, "teams: {oncall: {headcount: 3}}\n---\n" + acts("@b 1 min")) == waits(
        """
        21 review_starts @a oncall#3
        22 review_starts @b oncall#1
        26 review_ends @a oncall#3 approved
        27 review_ends @b oncall#1 approved
        27 undo_authorised @a oncall#1
        27 undo_authorised @b oncall#2
        31 visible @a response
        31 responder_free @a oncall#1
        31 visible @b response
        31 responder_free @b oncall#2
        """
    )


def test_off_shift_nobody_begins_a_review() -> None:
    shift = 'teams: {oncall: {headcount: 2, shift: ["12:00-12:20 UTC", "13:00-14:00 UTC"]}}\n---\n'
    assert seen(EACH_OTHER, shift + acts("@b 1 min")) == waits(
        """
        60 review_starts @b oncall#1
        60 review_starts @a oncall#2
        65 review_ends @b oncall#1 approved
        65 review_ends @a oncall#2 approved
        65 undo_authorised @b oncall#2
        65 undo_authorised @a oncall#1
        69 visible @a response
        69 responder_free @a oncall#1
        69 visible @b response
        69 responder_free @b oncall#2
        """
    )


def test_who_waits_takes_reviews_alone() -> None:
    """A page that comes meanwhile waits until he is free."""
    policy = EACH_OTHER.replace("oncall", "leads").replace("5 min", "30 min")
    found = happened(policy, acts("@b 8 min"))
    assert [one for one in found if "responder" in one] == lines(
        """
        15 responder_takes @a oncall#1
        55 responder_free @a oncall#1
        55 responder_takes @b oncall#1
        95 responder_free @b oncall#1
        """
    )


SLIP = """
detection: {actor: {delay: 5 min, undoes: true}}
---
incident: {readings: {meant: {cause: slip}}}
"""
OWN = "approval: {by: {leads: 1}, review: 60 min, catches: 0%, commands: [restore], time_out: 4 h}"


def test_ones_own_undo_waits_for_its_approval() -> None:
    """Noticed at 5, approved at 65, although he is contained at 14: what is approved is carried out."""
    assert happened(OWN, SLIP) == lines(
        DARK.replace("0 took", UNREACHED + "0 took")
        + """
        5 noticed @a actor
        5 word_arrives @a actor
        5 asked @a leads own_undo
        5 paged @a oncall
        5 review_starts @a leads#1 own_undo
        5 responder_takes @a oncall#1
        6 picked_up @a oncall#1
        8 cause_found @a oncall#1
        10 noticed @a public
        11 asked @a leads
        11 review_starts @a leads#2
        14 contained @a actor
        65 review_ends @a leads#1 approved
        65 visible @a actor
        71 review_ends @a leads#2 approved
        71 responder_free @a oncall#1
        """
    )


@pytest.mark.parametrize("teams", ["[oncall]", "[leads]"])
def test_ones_own_undo_is_at_once_where_approval_does_not_cover_his_team(teams: str) -> None:
    policy = OWN.replace("commands", f"teams: {teams}, commands")
    assert [one for one in happened(policy, SLIP) if "visible" in one] == ["5 visible @a actor"]


def test_who_is_contained_does_not_ask_again() -> None:
    """Nobody is there to approve: his request times out at 25, when he is contained already."""
    policy = OWN.replace("4 h", "20 min").replace("60 min", "2 min")
    found = happened(policy, SLIP + '---\nteams: {leads: {shift: "20:00-21:00 UTC"}}\n')
    assert [one for one in found if "own_undo" in one] == [
        "5 asked @a leads own_undo",
        "25 timed_out @a approval own_undo",
    ]
    assert "31 asked @a leads" in found


def test_an_undo_asked_for_without_end_is_refused() -> None:
    policy = EACH_OTHER.replace("oncall", "leads").replace("5 min", "0 s").replace("2 h", "500 ms")
    more = 'teams: {leads: {shift: "20:00-21:00 UTC"}}'
    assert most_events(plan_of(policy, more)) < 2 * 3600 * 39 / 60 * 2
    with pytest.raises(
        DeactsimError, match=r"events in one simulated hour, from 2024-01-01 12:00 UTC: "
    ) as refused:
        night(policy, more)
    assert "`asked`" in str(refused.value)
    assert re.search("give `approval` a longer `time_out`", str(refused.value))


@pytest.mark.parametrize("steps", [1100, 5000])
def test_an_audience_that_comes_back_in_many_steps(steps: int) -> None:
    """More rows at one instant than there is room for at first."""
    shares = ", ".join(f"{100 * k / (steps + 1):.4f}%" for k in range(1, steps + 1))
    found = happened("", f"audience_whole: {{within: 0 s, steps: [{shares}]}}")
    assert sum("audience_step" in one for one in found) == steps
    assert found[-1] == "25 audience_whole @a"


def test_more_teams_than_rows_at_first() -> None:
    teams = ", ".join(f"t{k}: {{headcount: 1}}" for k in range(1100))
    assert happened("", f"teams: {{{teams}}}") == merged(
        ASKED, "0 took_effect @a actor", "10 noticed @a public", answered(15)
    )
