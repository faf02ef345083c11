"""Safeguards that restore, one tiny world each: the whole event list, computed by hand."""

from __future__ import annotations

import pytest

from deactsim.model.states import Stage
from deactsim.model.world import World

from .tiny import (
    DARK,
    PLAIN,
    QUIET,
    REPORTS,
    acts,
    at,
    checked,
    happened,
    lines,
    merged,
    plan_of,
    routine,
    told,
    world_of,
)

TAKEN = (
    DARK
    + """
    10 noticed @a public
    15 word_arrives @a public
    15 paged @a oncall
    15 responder_takes @a oncall#1
    """
)


def test_preauthorised_undo_restores_on_sight() -> None:
    """From 16 straight to restoring (20); the cause is found afterwards (22)."""
    assert happened("preauthorised_undo: {}") == lines(
        TAKEN
        + """
        16 picked_up @a oncall#1
        16 undo_authorised @a oncall#1 preauthorised
        20 visible @a response
        22 cause_found @a oncall#1
        22 responder_free @a oncall#1
        28 contained @a actor
        """
    )


def test_undo_button_shortens_the_last_stage() -> None:
    assert happened("undo_button: {restore: 1 min}") == lines(
        TAKEN
        + """
        16 picked_up @a oncall#1
        18 cause_found @a oncall#1
        21 undo_authorised @a oncall#1
        22 visible @a response
        22 responder_free @a oncall#1
        24 contained @a actor
        """
    )


@pytest.mark.parametrize("policy", ["undo_button: {restore: 9 min}", "on_call: {pick_up: 9 min}"])
def test_what_is_prepared_is_never_slower(policy: str) -> None:
    assert happened(policy) == PLAIN


@pytest.mark.parametrize("fails", ["works: 0%", "covers: 0%", "of: ordinary", "teams: leads", "tools: api"])
@pytest.mark.parametrize(
    "policy",
    ["undo_button: {restore: 1 s", "on_call: {pick_up: 1 s", "preauthorised_undo: {covers: 100%",
     "automatic_restore: {after: 1 s", "alert: {after: 1 s, recall: 100%", "probe: {every: 1 min",
     "audit: {sample: 100%, every: 1 min", "lock_down: {after: 1 s, for: 1 h"],
)  # fmt: skip
def test_what_does_not_reach_changes_nothing(policy: str, fails: str) -> None:
    if "covers" in policy and "covers" in fails:
        policy = policy.replace("covers: 100%", "works: 100%")
    found = happened(f"{policy}, {fails}}}")
    # A gate that does not reach the action says so, and that is all.
    assert [one for one in found if "gate_passed @a lock_down" not in one] == PLAIN


def test_on_call_is_quicker() -> None:
    assert happened("on_call: {pick_up: 30 s}") == lines(
        TAKEN
        + """
        15.5 picked_up @a oncall#1
        17.5 cause_found @a oncall#1
        20.5 undo_authorised @a oncall#1
        23.5 contained @a actor
        24.5 visible @a response
        24.5 responder_free @a oncall#1
        """
    )


@pytest.mark.parametrize(
    ("policy", "stage", "visible"),
    [
        ("on_call: {pick_up: 30 s}", Stage.PICK_UP, 24.5),
        ("undo_button: {restore: 1 min}", Stage.RESTORE, 22),
        ("", Stage.PICK_UP, 31),
        ("", Stage.RESTORE, 28),
    ],
)
def test_what_is_prepared_shortens_the_documented_stage_too(
    policy: str, stage: Stage, visible: float
) -> None:
    """The record has the stage take seven minutes; quicker people or a button are still quicker."""
    plan = plan_of(policy)
    world = World(7, world_of(plan).start, world_of(plan).end, lengths={stage: at(7) - at(0)})
    found = told(checked(plan, world))
    assert [one for one in found if "visible" in one] == [f"{visible:g} visible @a response"]


def test_on_call_has_more_people() -> None:
    """Both accounts dark from 0: two responders answer both pages at once."""
    more = acts("@b 0 min")
    found = happened("on_call: {headcount: 2}", more)
    assert [one for one in found if "taken" in one or "takes" in one or "visible" in one] == lines(
        """
        15 responder_takes @a oncall#1
        15 responder_takes @b oncall#2
        25 visible @a response
        25 visible @b response
        """
    )


def test_one_responder_answers_one_page_after_the_other() -> None:
    assert happened("", acts("@b 0 min")) == lines(
        """
        0 requested @a actor
        0 gate_passed @a rights right_held
        0 took_effect @a actor
        0 requested @b actor
        0 gate_passed @b rights right_held
        0 took_effect @b actor
        10 noticed @a public
        10 noticed @b public
        15 word_arrives @a public
        15 paged @a oncall
        15 word_arrives @b public
        15 paged @b oncall
        15 responder_takes @a oncall#1
        16 picked_up @a oncall#1
        18 cause_found @a oncall#1
        21 undo_authorised @a oncall#1
        24 contained @a actor
        25 visible @a response
        25 responder_free @a oncall#1
        25 responder_takes @b oncall#1
        26 picked_up @b oncall#1
        28 cause_found @b oncall#1
        31 undo_authorised @b oncall#1
        35 visible @b response
        35 responder_free @b oncall#1
        """
    )


# -- automatic restore ----------------------------------------------------------------------


def test_automatic_restore_before_anybody_notices() -> None:
    assert happened("automatic_restore: {after: 8 min}") == lines(DARK + "8 visible @a automatic")


def test_automatic_restore_while_word_is_on_its_way() -> None:
    """The page still comes, and the cause is still found; nothing is left to undo."""
    assert happened("automatic_restore: {after: 12 min}") == merged(
        TAKEN,
        "12 visible @a automatic",
        "16 picked_up @a oncall#1\n18 cause_found @a oncall#1\n18 responder_free @a oncall#1\n24 contained @a actor",
    )


def test_automatic_restore_while_the_undo_is_authorised() -> None:
    assert happened("automatic_restore: {after: 20 min}") == lines(
        TAKEN
        + """
        16 picked_up @a oncall#1
        18 cause_found @a oncall#1
        20 visible @a automatic
        21 responder_free @a oncall#1
        24 contained @a actor
        """
    )


@pytest.mark.parametrize("minutes", [25, 30])  # 25: the responder's work done comes first
def test_automatic_restore_after_the_response(minutes: int) -> None:
    assert happened(f"automatic_restore: {{after: {minutes} min}}") == PLAIN


def test_automatic_restore_where_nobody_ever_notices() -> None:
    assert happened("automatic_restore: {after: 4 h}", QUIET) == lines(DARK + "240 visible @a automatic")


@pytest.mark.parametrize(
    ("settings", "undone"),
    [("undoes_honest: 100%", True), ("undoes_honest: 0%", False), ("of: vip", False), ("works: 0%", False)],
)
def test_automatic_restore_undoes_honest_work(settings: str, *, undone: bool) -> None:
    trace = routine(f"automatic_restore: {{after: 8 min, {settings}}}", REPORTS, reports_at=(0,))
    assert told(trace) == lines(
        """
        0 report_arrives r1 support
        0 report_taken r1 support#1
        3 report_closed r1 support#1 action
        3 requested r1 support#1
        3 took_effect r1 support#1
        """
        + ("11 wrongly_undone r1" if undone else "")
    )


# -- lock-down ------------------------------------------------------------------------------

LOCKED = """
    16 locked_down @a
    16 picked_up @a oncall#1
    17 requested @b actor
    17 gate_passed @b rights right_held
    17 held @b lock_down
    18 cause_found @a oncall#1
    21 undo_authorised @a oncall#1
"""
FIRST_PASSES = TAKEN.replace("0 took_effect", "0 gate_passed @a lock_down\n0 took_effect")


def test_lock_down_holds_the_second_act_until_its_actor_is_contained() -> None:
    assert happened("lock_down: {after: 1 min, for: 30 min}", acts("@b 17 min")) == lines(
        FIRST_PASSES
        + LOCKED
        + """
        24 contained @a actor
        25 visible @a response
        25 responder_free @a oncall#1
        46 released @b lock_down
        46 gate_passed @b lock_down locked
        46 gate_denied @b rights contained
        """
    )


def test_lock_down_only_postpones_where_the_actor_is_not_contained() -> None:
    """Held until 46, dark until 71. A second freeze (62 to 92) has nothing left to hold."""
    more = acts("@b 17 min") + "response: {contain: 60 min}"
    assert happened("lock_down: {after: 1 min, for: 30 min}", more) == lines(
        FIRST_PASSES
        + LOCKED
        + """
        25 visible @a response
        25 responder_free @a oncall#1
        46 released @b lock_down
        46 gate_passed @b lock_down locked
        46 took_effect @b actor
        46 lock_lifted @a
        56 noticed @b public
        61 word_arrives @b public
        61 paged @b oncall
        61 responder_takes @b oncall#1
        62 locked_down @b
        62 picked_up @b oncall#1
        64 cause_found @b oncall#1
        67 undo_authorised @b oncall#1
        71 visible @b response
        71 responder_free @b oncall#1
        78 contained @a actor
        92 lock_lifted @b
        """
    )


def test_who_is_contained_has_no_right_any_more() -> None:
    """Contained at 24, before the second act of that very minute."""
    assert happened("", acts("@b 24 min")) == lines(
        TAKEN
        + """
        16 picked_up @a oncall#1
        18 cause_found @a oncall#1
        21 undo_authorised @a oncall#1
        24 contained @a actor
        24 requested @b actor
        24 gate_denied @b rights contained
        25 visible @a response
        25 responder_free @a oncall#1
        """
    )


def test_a_second_lock_down_prolongs_the_first() -> None:
    """@a and @b freeze all from 16 to 46 and from 30 to 60: what is asked for at 40 waits until 60."""
    more = acts("@b 14 min", "@c 40 min") + "response: {contain: 3 h}\nteams: {oncall: {headcount: 2}}"
    found = happened("lock_down: {after: 1 min, for: 30 min}", more)
    assert [one for one in found if "lock" in one] == lines(
        """
        0 gate_passed @a lock_down
        14 gate_passed @b lock_down
        16 locked_down @a
        30 locked_down @b
        40 held @c lock_down
        46 lock_lifted @a
        60 released @c lock_down
        60 gate_passed @c lock_down locked
        60 lock_lifted @b
        76 locked_down @c
        106 lock_lifted @c
        """
    )


def test_a_freeze_that_begins_meanwhile_prolongs_the_hold() -> None:
    """@c is held from 20 until 46, and again until 60 because @b's freeze began at 30."""
    more = acts("@b 14 min", "@c 20 min") + "response: {contain: 3 h}\nteams: {oncall: {headcount: 2}}"
    found = happened("lock_down: {after: 1 min, for: 30 min}", more)
    assert [one for one in found if "@c" in one][:7] == lines(
        """
        20 requested @c actor
        20 gate_passed @c rights right_held
        20 held @c lock_down
        46 released @c lock_down
        46 held @c lock_down
        60 released @c lock_down
        60 gate_passed @c lock_down locked
        """
    )


# -- retention ------------------------------------------------------------------------------


def test_content_is_lost_when_retention_ends_first() -> None:
    assert happened("retention: {keep: 20 min}") == merged(*PLAIN, "20 content_lost @a")


def test_visible_at_the_very_end_of_retention_loses_nothing() -> None:
    assert happened("retention: {keep: 25 min}") == PLAIN


def test_the_platform_has_a_retention_of_its_own() -> None:
    more = "platform: {retention: 20 min}"
    assert happened("", more) == merged(*PLAIN, "20 content_lost @a")
    assert happened("retention: {keep: 30 min}", more) == PLAIN
