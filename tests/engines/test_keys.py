"""Borrowed keys: an actor who says yes himself, in other people's names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deactsim.engines.chosen import run
from deactsim.model.plan import Plan
from deactsim.model.states import Event, Gate, Reason
from deactsim.model.streams import act_id
from deactsim.model.trace import Trace

from .tiny import ASKED, QUIET, REPORTS, acts, answered, checked, lines, merged, plan_of, told, world_of

LEADS_ONE = "approval: {by: {leads: 1}, review: 5 min, catches: 100%}"
LEADS_TWO = "approval: {by: {leads: 2}, review: 5 min, catches: 100%}"


def with_keys(policy: str, keys: dict[str, int], more: str = QUIET, *, reading: str | None = "meant") -> Plan:
    plan = plan_of(policy, more, reading=reading)
    index = {team.name: place for place, team in enumerate(plan.teams)}
    assert plan.incident is not None
    held = tuple((index[team], count) for team, count in keys.items())
    return replace(plan, incident=replace(plan.incident, keys=held))


def night(policy: str, keys: dict[str, int], more: str = QUIET, **script: object) -> Trace:
    plan = with_keys(policy, keys, more)
    return checked(plan, world_of(plan, **script))


def happened(policy: str, keys: dict[str, int], more: str = QUIET, **script: object) -> list[str]:
    return told(night(policy, keys, more, **script))


def test_with_the_key_of_the_only_approver_he_acts_at_once() -> None:
    expected = merged(
        ASKED,
        "0 gate_passed @a approval borrowed\n0 took_effect @a actor\n10 noticed @a public",
        answered(15),
    )
    assert happened(LEADS_ONE, {"leads": 1}, "") == expected


def test_one_key_of_two_leaves_the_other_approver_to_be_asked() -> None:
    assert happened(LEADS_TWO, {"leads": 1}) == lines(
        ASKED
        + """
        0 asked @a leads
        0 review_starts @a leads#1
        5 review_ends @a leads#1 refused
        5 gate_denied @a approval refused
        """
    )


def test_both_keys_of_two_are_enough() -> None:
    assert happened(LEADS_TWO, {"leads": 2}) == lines(
        ASKED + "0 gate_passed @a approval borrowed\n0 took_effect @a actor"
    )


@pytest.mark.parametrize(
    ("by", "keys"), [("leads: 1, support: 1", {"support": 1}), ("support: 1, leads: 1", {"leads": 1})]
)
def test_a_borrowed_last_word_comes_after_the_others(by: str, keys: dict[str, int]) -> None:
    """Whoever is asked first may still refuse."""
    (asked,) = {"leads", "support"} - set(keys)
    policy = f"approval: {{by: {{{by}}}, review: 5 min, catches: %s}}"
    begins = f"0 asked @a {asked}\n0 review_starts @a {asked}#1\n"
    assert happened(policy % "0%", keys) == lines(
        ASKED
        + begins
        + f"""
        5 review_ends @a {asked}#1 approved
        5 gate_passed @a approval borrowed
        5 took_effect @a actor
        """
    )
    assert happened(policy % "100%", keys)[-2:] == lines(
        f"5 review_ends @a {asked}#1 refused\n5 gate_denied @a approval refused"
    )


def test_a_borrowed_first_word_leaves_the_last_to_another() -> None:
    policy = "approval: {by: {leads: 1, support: 1}, review: 5 min, catches: 100%, stamps: 100%}"
    assert happened(policy, {"leads": 1}) == lines(
        ASKED
        + """
        0 asked @a support
        0 review_starts @a support#1
        5 review_ends @a support#1 stamped
        5 gate_passed @a approval stamped
        5 took_effect @a actor
        """
    )  # fmt: skip


def test_the_luck_of_an_approver_is_that_of_his_place_not_of_who_was_asked_before() -> None:
    """The second of two decides the same whether the first was asked or his key was borrowed."""
    policy = (
        "approval: {by: {leads: 2}, review: uniform 1 min to 60 min, catches: 0%, stamps: 50%, time_out: 5 h}"
    )
    ends: dict[bool, list[tuple[int, int]]] = {}
    for borrowed in (False, True):
        plan = with_keys(policy, {"leads": int(borrowed)})
        found = []
        for key in range(60):
            trace = run(plan, replace(world_of(plan), key=key))
            begun = [row for row in trace if row.event == Event.REVIEW_STARTS]
            ended = [row for row in trace if row.event == Event.REVIEW_ENDS]
            assert len(begun) == 2 - borrowed
            found.append((ended[-1].time - begun[-1].time, ended[-1].reason))
        ends[borrowed] = found
    assert ends[True] == ends[False]
    assert {reason for _, reason in ends[True]} == {Reason.STAMPED, Reason.APPROVED}


@pytest.mark.parametrize("keys", [{"oncall": 1}, {"support": 2}, {"leads": 0}, {}])
def test_keys_of_others_open_nothing(keys: dict[str, int]) -> None:
    plain = plan_of(LEADS_TWO, QUIET)
    assert happened(LEADS_TWO, keys) == told(checked(plain, world_of(plain)))
    assert "5 gate_denied @a approval refused" in happened(LEADS_TWO, keys)


def test_more_keys_than_approvers_are_no_more_use() -> None:
    assert happened(LEADS_ONE, {"leads": 99, "support": 99}) == happened(LEADS_ONE, {"leads": 1})


def test_a_key_opens_every_act_anew() -> None:
    trace = night(LEADS_ONE, {"leads": 1}, QUIET + acts("@b 1 min", "@c 2 min"))
    passed = [(r.entity, r.reason) for r in trace if r.event == Event.GATE_PASSED and r.by == Gate.APPROVAL]
    assert passed == [(act_id(k), Reason.BORROWED) for k in range(3)]


@pytest.mark.parametrize("off_shift", ["wait", "pass"])
def test_a_borrowed_key_works_where_nobody_is_on_shift(off_shift: str) -> None:
    policy = (
        f"approval: {{by: {{leads: 1}}, off_shift: {off_shift}, catches: 100%, review: 5 min, time_out: 1 h}}"
    )
    more = QUIET + 'teams: {leads: {shift: "20:00-21:00 UTC"}}'
    assert happened(policy, {"leads": 1}, more)[:4] == lines(
        ASKED + "0 gate_passed @a approval borrowed\n0 took_effect @a actor"
    )


def test_what_is_not_covered_needs_no_key() -> None:
    policy = LEADS_ONE.replace("by:", "of: ordinary, by:")
    assert happened(policy, {"leads": 1})[2] == "0 gate_passed @a approval not_covered"


def test_time_runs_out_from_the_first_asking_also_behind_a_borrowed_yes() -> None:
    policy = "approval: {by: {leads: 1, support: 1}, review: 1 min, catches: 100%, time_out: 30 min}"
    more = QUIET + 'teams: {support: {shift: "20:00-21:00 UTC"}}'
    assert happened(policy, {"leads": 1}, more) == lines(
        ASKED
        + """
        0 asked @a support
        30 timed_out @a approval
        30 gate_denied @a approval timed_out
        """
    )


def test_the_undo_is_not_his_to_approve() -> None:
    """Responders ask a person, who knows nothing of the keys."""
    policy = "approval: {by: {leads: 1}, review: 5 min, catches: 0%, commands: [deactivate, restore]}"
    found = happened(policy, {"leads": 1}, "")
    assert [one for one in found if "leads" in one or "approval" in one] == lines(
        """
        0 gate_passed @a approval borrowed
        21 asked @a leads
        21 review_starts @a leads#1
        26 review_ends @a leads#1 approved
        """
    )
    assert found[-2:] == ["30 visible @a response", "30 responder_free @a oncall#1"]


def test_routine_work_asks_people() -> None:
    """The keys are the actor's: an honest action of the same team is looked at."""
    found = happened(LEADS_ONE, {"leads": 1}, REPORTS, reports_at=(1,))
    assert [one for one in found if "leads" in one or "approval" in one] == lines(
        """
        0 gate_passed @a approval borrowed
        4 asked r1 leads
        4 review_starts r1 leads#1
        9 review_ends r1 leads#1 approved
        9 gate_passed r1 approval approved
        """
    )


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ("separation_of_duties: {by: leads, takes: 5 min, catches: 100%}", "executor_objected"),
        ("protected_list: {then: leads, handling: 5 min, catches: 100%}", "senior_objected"),
    ],
)
def test_a_key_is_no_other_persons_hands(policy: str, reason: str) -> None:
    assert happened(policy, {"leads": 2})[-1].endswith(reason)


def test_a_key_does_not_keep_him_from_being_contained() -> None:
    """Found out at 18 and contained at 24, he cannot use the key again."""
    found = happened(LEADS_ONE, {"leads": 1}, acts("@b 20 min", "@c 40 min"))
    assert "20 gate_passed @b approval borrowed" in found
    assert "40 gate_denied @c rights contained" in found


def test_keys_are_compiled_from_nothing_by_themselves() -> None:
    plan = plan_of(LEADS_ONE)
    assert plan.incident is not None
    assert plan.incident.keys == ()
