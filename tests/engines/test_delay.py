"""Cooling-off and rate limits, one tiny world each: the whole event list, computed by hand."""

from __future__ import annotations

import pytest

from .tiny import ASKED, QUIET, acts, answered, happened, lines, merged

# -- cooling-off ----------------------------------------------------------------------------

HELD = ASKED + "0 held @a cooling_off\n"


def test_cooling_off_only_postpones_where_nobody_watches() -> None:
    assert happened("cooling_off: {for: 20 min}") == merged(
        HELD,
        """
        20 released @a cooling_off
        20 gate_passed @a cooling_off nobody_watched
        20 took_effect @a actor
        30 noticed @a public
        """,
        answered(35),
    )


def cancelled(minute: int, by: str) -> list[str]:
    then = ("released @a cooling_off", f"cancelled @a cooling_off {by}", f"gate_denied @a cooling_off {by}")
    return lines(HELD) + [f"{minute} {what}" for what in then]


@pytest.mark.parametrize("minute", [5, 20])  # 20: at the very minute of the effect
def test_cooling_off_is_cancelled_by_who_watches(minute: int) -> None:
    policy = f"cooling_off: {{for: 20 min, watched: 100%, notices: {minute} min}}"
    assert happened(policy) == cancelled(minute, "watcher_cancelled")


def test_cooling_off_is_not_cancelled_by_who_comes_too_late() -> None:
    assert happened("cooling_off: {for: 20 min, watched: 100%, notices: 21 min}", QUIET) == lines(
        HELD
        + """
        20 released @a cooling_off
        20 gate_passed @a cooling_off cooled_off
        20 took_effect @a actor
        """
    )


HOLDER = "detection: {public: {chance: 0%}, holder: {delay: 7 min}}"


def test_cooling_off_is_cancelled_by_the_holder_who_is_told() -> None:
    assert happened("cooling_off: {for: 20 min, holder_told: true}", HOLDER) == cancelled(
        7, "holder_cancelled"
    )


@pytest.mark.parametrize(
    ("notices", "minute", "by"),
    [("6 min", 6, "watcher_cancelled"), ("7 min", 7, "watcher_cancelled"), ("8 min", 7, "holder_cancelled")],
)
def test_cooling_off_is_cancelled_by_the_first(notices: str, minute: int, by: str) -> None:
    policy = f"cooling_off: {{for: 20 min, watched: 100%, notices: {notices}, holder_told: true}}"
    assert happened(policy, HOLDER) == cancelled(minute, by)


def test_cooling_off_with_a_holder_who_would_never_notice() -> None:
    more = "detection: {public: {chance: 0%}, holder: {delay: 7 min, chance: 0%}}"
    assert happened("cooling_off: {for: 20 min, holder_told: true}", more) == lines(
        HELD
        + """
        20 released @a cooling_off
        20 gate_passed @a cooling_off nobody_watched
        20 took_effect @a actor
        """
    )


# -- rate limit -----------------------------------------------------------------------------

TWO = (
    ASKED
    + """
    0 gate_passed @a rate_limit under_limit
    0 took_effect @a actor
    10 requested @b actor
    10 gate_passed @b rights right_held
    10 gate_passed @b rate_limit under_limit
    10 took_effect @b actor
    """
)
THREE = QUIET + acts("@b 10 min", "@c 20 min")
CAME = TWO + "20 requested @c actor\n20 gate_passed @c rights right_held\n"


def test_rate_limit_holds_the_third_until_the_first_is_an_hour_old() -> None:
    assert happened("rate_limit: {per_agent: 2 per hour}", THREE) == lines(
        CAME
        + """
        20 held @c rate_limit
        60 released @c rate_limit
        60 gate_passed @c rate_limit over_limit
        60 took_effect @c actor
        """
    )


def test_rate_limit_denies() -> None:
    assert happened("rate_limit: {per_agent: 2 per hour, then: deny}", THREE) == lines(
        CAME + "20 gate_denied @c rate_limit over_limit"
    )


def test_rate_limit_is_open_again_at_the_very_end_of_the_window() -> None:
    more = QUIET + acts("@b 10 min", "@c 60 min")
    assert happened("rate_limit: {per_agent: 2 per hour}", more) == lines(
        TWO
        + """
        60 requested @c actor
        60 gate_passed @c rights right_held
        60 gate_passed @c rate_limit under_limit
        60 took_effect @c actor
        """
    )


def test_two_held_actions_do_not_share_a_place_in_the_window() -> None:
    assert happened("rate_limit: {per_agent: 1 per hour}", THREE)[3:] == lines(
        """
        0 took_effect @a actor
        10 requested @b actor
        10 gate_passed @b rights right_held
        10 held @b rate_limit
        20 requested @c actor
        20 gate_passed @c rights right_held
        20 held @c rate_limit
        60 released @b rate_limit
        60 gate_passed @b rate_limit over_limit
        60 took_effect @b actor
        120 released @c rate_limit
        120 gate_passed @c rate_limit over_limit
        120 took_effect @c actor
        """
    )


def test_rate_limit_is_answered_by_pacing() -> None:
    assert happened("rate_limit: {per_agent: 2 per hour}", THREE, adapts=True) == lines(
        ASKED
        + """
        0 gate_passed @a rate_limit under_limit
        0 took_effect @a actor
        30 requested @b actor
        30 gate_passed @b rights right_held
        30 gate_passed @b rate_limit under_limit
        30 took_effect @b actor
        60 requested @c actor
        60 gate_passed @c rights right_held
        60 gate_passed @c rate_limit under_limit
        60 took_effect @c actor
        """
    )


def test_who_is_contained_while_held_is_turned_away() -> None:
    """@a is dark from 0 and its actor contained at 24, while @c is held until 60.

    At 10 and at 20 the earlier act's moment comes before the later act's.
    """
    assert happened("rate_limit: {per_agent: 2 per hour}", acts("@b 10 min", "@c 20 min")) == merged(
        "10 noticed @a public\n20 noticed @b public",
        CAME,
        answered(15),
        """
        20 held @c rate_limit
        25 word_arrives @b public
        25 paged @b oncall
        25 responder_takes @b oncall#1
        26 picked_up @b oncall#1
        28 cause_found @b oncall#1
        31 undo_authorised @b oncall#1
        35 visible @b response
        35 responder_free @b oncall#1
        60 released @c rate_limit
        60 gate_passed @c rate_limit over_limit
        60 gate_denied @c rights contained
        """,
    )


@pytest.mark.parametrize(("asks", "then"), [("23 min", "took_effect"), ("24 min", "gate_denied")])
def test_who_is_contained_before_his_held_act_is_turned_away(asks: str, then: str) -> None:
    """@a is dark from 15, the end of its hold, and its actor contained 24 minutes later."""
    told = happened("cooling_off: {for: 15 min}", acts(f"@b {asks}"))
    about = [
        one.split()[1] for one in told if "@b" in one and one.split()[1] in ("took_effect", "gate_denied")
    ]
    assert about == [then]


def test_a_lag_longer_than_the_warm_up_begins_earlier() -> None:
    """The record has the effect at 0, so that he asks two hours earlier."""
    told = happened("", "platform: {commands: {deactivate: {lag: 2 h}}}")
    assert told[:3] == lines(
        "-120 requested @a actor\n-120 gate_passed @a rights right_held\n0 took_effect @a actor"
    )
