"""Detection and its safeguards, one tiny world each: the whole event list, computed by hand."""

from __future__ import annotations

import pytest

from deactsim.model.streams import Purpose, account_id, act_id, component_id

from .tiny import DARK, PLAIN, QUIET, answered, happened, lines, merged

# -- alert ----------------------------------------------------------------------------------


def test_alert_pages_the_responders_itself() -> None:
    """Word comes at 2; the public, unaware of it, still notices at 10 what is dark until 12."""
    assert happened("alert: {after: 2 min, recall: 100%}") == merged(
        DARK, "2 noticed @a alert", answered(2, "alert"), "10 noticed @a public"
    )


@pytest.mark.parametrize("settings", ["recall: 0%", "recall: 100%, ignored: 100%"])
def test_alert_that_nobody_acts_on_changes_nothing(settings: str) -> None:
    assert happened(f"alert: {{after: 2 min, {settings}}}") == PLAIN


def test_false_alarms_keep_the_only_responder_busy() -> None:
    """The page of 15 waits until 43; it is answered before the second alarm, which came at 14."""
    policy = "alert: {after: 2 min, recall: 0%, false_alarms: 1 per day, triage: 30 min}"
    assert happened(policy, alarms_at=(13, 14)) == lines(
        DARK
        + """
        10 noticed @a public
        13 false_alarm alarm1 oncall
        13 alarm_taken alarm1 oncall#1
        14 false_alarm alarm2 oncall
        15 word_arrives @a public
        15 paged @a oncall
        43 alarm_closed alarm1 oncall#1
        43 responder_takes @a oncall#1
        44 picked_up @a oncall#1
        46 cause_found @a oncall#1
        49 undo_authorised @a oncall#1
        52 contained @a actor
        53 visible @a response
        53 responder_free @a oncall#1
        """
    )


def test_an_alarm_at_the_very_time_of_the_page_comes_second() -> None:
    policy = "alert: {after: 2 min, recall: 0%, false_alarms: 1 per day, triage: 30 min}"
    assert happened(policy, alarms_at=(15,)) == merged(
        DARK,
        "10 noticed @a public\n15 word_arrives @a public\n15 paged @a oncall\n15 false_alarm alarm1 oncall",
        "\n".join(answered(15).splitlines()[2:]),
    )


def test_an_alert_that_is_out_of_order_raises_no_false_alarms_either() -> None:
    policy = "alert: {after: 2 min, recall: 100%, false_alarms: 1 per day, triage: 30 min, works: 0%}"
    assert happened(policy, alarms_at=(13, 14)) == PLAIN


# -- regular looks --------------------------------------------------------------------------

#: Looks fall on half past: half of the hour is the phase.
HALF_PAST = {(component_id("probe"), Purpose.PROBE_PHASE): 0.5}


def sees(u: float) -> dict[tuple[int, Purpose], float]:
    return {(act_id(0), Purpose.CHANNEL_CHANCE): u}


@pytest.mark.parametrize(("recall", "u", "minute"), [("100%", 0.9, 30), ("50%", 0.3, 90), ("50%", 0.2, 150)])
def test_probe_sees_at_a_look(recall: str, u: float, minute: int) -> None:
    """With recall 1/2 a look sees if u >= 1/2, the second if u >= 1/4, the third if u >= 1/8."""
    found = happened(f"probe: {{every: 1 h, recall: {recall}}}", QUIET, luck=HALF_PAST | sees(u))
    assert found == merged(DARK, f"{minute} noticed @a probe", answered(minute, "probe"))


def test_probe_looks_strictly_after_the_effect() -> None:
    luck = {(component_id("probe"), Purpose.PROBE_PHASE): 0.0}
    found = happened("probe: {every: 1 h}", QUIET, luck=luck)
    assert found == merged(DARK, "60 noticed @a probe", answered(60, "probe"))


def test_probe_without_recall_never_sees() -> None:
    assert happened("probe: {every: 1 h, recall: 0%}", QUIET) == lines(DARK)


@pytest.mark.parametrize(("u", "seen"), [(0.24, True), (0.26, False)])
def test_audit_sees_at_the_next_review_or_never(u: float, *, seen: bool) -> None:
    luck = {(component_id("audit"), Purpose.PROBE_PHASE): 0.5} | sees(u)
    found = happened("audit: {sample: 50%, every: 1 h, recall: 50%}", QUIET, luck=luck)
    assert found == (merged(DARK, "30 noticed @a audit", answered(30, "audit")) if seen else lines(DARK))


# -- leaver watch ---------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "watched"), [("20 min", True), ("60 min", True), ("61 min", False)])
def test_leaver_watch_looks_in_the_last_hour(after: str, *, watched: bool) -> None:
    more = QUIET + f"incident: {{actor: {{leaves: {{after_act: {after}}}}}}}"
    found = happened("leaver_watch: {before_last_shift: 1 h, after: 3 min, recall: 100%}", more)
    then = merged(DARK, "3 noticed @a leaver_watch", answered(3, "leaver_watch"))
    assert found == (then if watched else lines(DARK))


def test_leaver_watch_does_not_look_at_who_stays() -> None:
    policy = "leaver_watch: {before_last_shift: 1 h, after: 3 min, recall: 100%}"
    assert happened(policy, QUIET) == lines(DARK)


# -- everyday channels ----------------------------------------------------------------------


def test_colleague_needs_no_word() -> None:
    more = "detection: {public: {chance: 0%}, colleague: {delay: 4 min}}"
    assert happened("", more) == merged(DARK, "4 noticed @a colleague", answered(4, "colleague"))


def test_holder_notices_and_word_has_to_come() -> None:
    more = "detection: {public: {chance: 0%}, holder: {delay: 4 min}}"
    assert happened("", more) == merged(DARK, "4 noticed @a holder", answered(9, "holder"))


def test_all_channels_at_one_instant_come_in_their_order() -> None:
    """Ten minutes each: colleague, public, holder; the colleague brings the word."""
    more = "detection: {holder: {delay: 10 min}, colleague: {delay: 10 min}}"
    word, paged, *rest = answered(10, "colleague").splitlines()
    also = "10 noticed @a public\n10 noticed @a holder"
    found = merged(DARK, "10 noticed @a colleague", word, paged, also, "\n".join(rest))
    assert happened("", more) == found


def test_the_first_word_counts() -> None:
    """The public posts at 10 and the holder at 10; both words come at 15, the public's first."""
    more = "detection: {holder: {delay: 10 min}}"
    found = merged(DARK, "10 noticed @a public\n10 noticed @a holder", answered(15))
    assert happened("", more) == found


SLIPPED = "incident: {readings: {meant: {cause: slip}}}\n"


def test_actor_notices_his_slip_and_undoes_it() -> None:
    """Visible at 3; the cause is still found, and nothing is left to authorise or restore."""
    more = SLIPPED + "detection: {actor: {delay: 3 min, undoes: true}}"
    assert happened("", more) == lines(
        DARK
        + """
        3 noticed @a actor
        3 visible @a actor
        3 word_arrives @a actor
        3 paged @a oncall
        3 responder_takes @a oncall#1
        4 picked_up @a oncall#1
        6 cause_found @a oncall#1
        6 responder_free @a oncall#1
        12 contained @a actor
        """
    )


def test_actor_notices_his_slip_and_calls() -> None:
    found = happened("", SLIPPED + "detection: {public: {chance: 0%}, actor: {delay: 3 min}}")
    assert found == merged(DARK, "3 noticed @a actor", answered(3, "actor"))


def test_who_meant_it_has_nothing_to_notice() -> None:
    assert happened("", "detection: {actor: {delay: 3 min, undoes: true}}") == PLAIN


def test_nobody_ever_notices() -> None:
    assert happened("", QUIET) == lines(DARK)


def test_nobody_knows_of_any_channel() -> None:
    assert happened("", "detection: {public: {chance: 0%}, colleague: {delay: 1 min, chance: 0%}}") == lines(
        DARK
    )


@pytest.mark.parametrize(("followers", "minute"), [("100", 10), ("400", 5), ("10k", 1), ("25", 20)])
def test_public_notices_sooner_the_larger_the_audience(followers: str, minute: int) -> None:
    """Ten minutes at 100 followers and one at 10,000: the delay falls with the square root."""
    more = (
        "detection: {public: {also: {at_followers: 10k, median: 1 min}}}\n"
        f'platform: {{accounts: {{"@a": {{followers: {followers}}}}}}}'
    )
    found = merged(DARK, f"{minute} noticed @a public", answered(minute + 5))
    assert happened("", more) == found


def test_statements_and_audience_follow() -> None:
    """Word at 15: statements at 22 and 30. Visible at 25: followers back at once, at 30 and whole at 35."""
    more = "statements: {first: 7 min, second: 8 min}\naudience_whole: {within: 10 min, steps: [50%, 90%]}"
    assert happened("", more) == merged(
        *PLAIN,
        """
        22 first_statement @a
        25 audience_step @a step 1
        30 second_statement @a
        30 audience_step @a step 2
        35 audience_whole @a
        """,
    )


@pytest.mark.parametrize(("u", "seen"), [(0.4, True), (0.6, False)])
def test_a_list_is_stale_for_some_accounts_and_not_for_others(u: float, *, seen: bool) -> None:
    """`covers: 50%` holds `@a` if its luck says so, whatever the others' luck."""
    policy = "alert: {after: 2 min, recall: 100%, covers: 50%}"
    found = happened(policy, QUIET, luck={(account_id("@a"), Purpose.COVERED): u})
    assert found == (merged(DARK, "2 noticed @a alert", answered(2, "alert")) if seen else lines(DARK))


def test_who_is_contained_can_no_longer_undo() -> None:
    """He notices at 24.5, half a minute after he was contained."""
    more = SLIPPED + "detection: {actor: {delay: 24 min 30 s, undoes: true}}"
    told = happened("", more)
    assert [one for one in told if "contained" in one or "visible" in one or "noticed" in one] == lines(
        """
        10 noticed @a public
        24 contained @a actor
        24.5 noticed @a actor
        25 visible @a response
        """
    )
