"""When those who leave lose the right: step-down, cut-off, or never."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from deactsim.engines.chosen import run
from deactsim.model.leaving import right_ends
from deactsim.model.plan import Plan
from deactsim.model.shifts import DAY
from deactsim.model.states import Event
from deactsim.model.streams import team_id, world_key
from deactsim.model.world import HOUR, Leaver, World

from ..engines.tiny import NOON, person, plan_of, world_of

PEOPLE = 3000
STEP = "step_down: {before_last_shift: 2 h@@}\n"
CUT = "deprovisioning: {lag: 3 h@@}\n"


def world(number: int = 0) -> World:
    return World(world_key(1, number), NOON, NOON + DAY)


def who(number: int = 0, leaves: int = NOON, team: str = "support") -> Leaver:
    return Leaver(leaves, person(team, number + 1), team_id(team))


def ends(plan: Plan, one: Leaver | None = None, number: int = 0) -> int | None:
    """When the right ends, counted from the last shift."""
    one = one or who()
    found = right_ends(plan, world(number), one)
    return None if found is None else found - one.leaves


def shares(plan: Plan, team: str = "support") -> dict[int | None, float]:
    found = [ends(plan, who(n % 50, NOON + n * HOUR, team), n) for n in range(PEOPLE)]
    return {end: found.count(end) / PEOPLE for end in set(found)}


def near(share: float, expected: float) -> None:
    assert abs(share - expected) <= 4 * math.sqrt(expected * (1 - expected) / PEOPLE) + 1e-12


def test_without_a_safeguard_the_right_never_ends() -> None:
    assert ends(plan_of()) is None


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (STEP.replace("@@", ""), -2 * HOUR),
        (CUT.replace("@@", ""), 3 * HOUR),
        (CUT.replace("@@", ", session_tail: 30 min"), 3.5 * HOUR),
        (CUT.replace("3 h@@", "0 s"), 0),
        (STEP.replace("@@", "") + CUT.replace("@@", ""), -2 * HOUR),
        (STEP.replace("@@", ", told_in_time: 0%") + CUT.replace("@@", ""), 3 * HOUR),
        (STEP.replace("@@", ", told_in_time: 0%"), None),
        (CUT.replace("@@", ", lost: 100%"), None),
        (STEP.replace("@@", "") + CUT.replace("@@", ", lost: 100%"), -2 * HOUR),
        (STEP.replace("@@", ", teams: leads"), None),
        (CUT.replace("@@", ", teams: leads"), None),
        (CUT.replace("@@", ", teams: support"), 3 * HOUR),
        (STEP.replace("@@", ", covers: 0%") + CUT.replace("@@", ", works: 0%"), None),
    ],
)
def test_whichever_comes_first(policy: str, expected: float | None) -> None:
    assert ends(plan_of(policy)) == expected


@pytest.mark.parametrize(("staff", "expected"), [("employee", 3), ("contractor", 51)])
def test_a_vendors_people_are_cut_off_later(staff: str, expected: float) -> None:
    plan = plan_of(CUT.replace("@@", ", vendor_lag: 48 h"), f"teams: {{support: {{employment: {staff}}}}}")
    assert ends(plan) == expected * HOUR
    assert ends(plan, who(team="leads")) == 3 * HOUR


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (STEP.replace("@@", ", told_in_time: 70%"), {-2 * HOUR: 0.7, None: 0.3}),
        (STEP.replace("@@", ", covers: 60%"), {-2 * HOUR: 0.6, None: 0.4}),
        (CUT.replace("@@", ", lost: 20%"), {3 * HOUR: 0.8, None: 0.2}),
        (STEP.replace("@@", ", told_in_time: 70%") + CUT.replace("@@", ", lost: 20%"),
         {-2 * HOUR: 0.7, 3 * HOUR: 0.24, None: 0.06}),
        (CUT.replace("@@", ", works: 75%, stretch: 1 h"), {3 * HOUR: 0.75, None: 0.25}),
        (CUT.replace("@@", ", rots: 4 per year, mended: 100 days"),
         {3 * HOUR: 1 / (1 + 400 / 365.25), None: 1 - 1 / (1 + 400 / 365.25)}),
    ],
)  # fmt: skip
def test_shares_of_leavers(policy: str, expected: dict[int | None, float]) -> None:
    found = shares(plan_of(policy))
    assert set(found) == set(expected)
    for end, share in expected.items():
        near(found[end], share)


def test_lengths_are_as_stated() -> None:
    plan = plan_of(CUT.replace("3 h@@", "uniform 1 h to 5 h"))
    found = [ends(plan, who(n % 50, NOON + n * HOUR), n) for n in range(500)]
    assert None not in found
    assert stats.kstest((np.array(found, dtype=float) / HOUR - 1) / 4, "uniform").pvalue > 1e-3


def test_parts_of_a_cut_off_are_drawn_apart_and_add_up() -> None:
    spread = "uniform 0 s to 10 h"
    teams = "teams: {support: {employment: contractor}}"
    given = CUT.replace("3 h@@", f"{spread}, vendor_lag: {spread}, session_tail: {spread}")
    found = np.array([ends(plan_of(given, teams), who(0, NOON + n * HOUR), n) for n in range(60)]) / HOUR
    singles = [
        plan_of(CUT.replace("3 h@@", f"0 s, {part}"), teams)
        for part in (f"vendor_lag: {spread}", f"session_tail: {spread}")
    ] + [plan_of(CUT.replace("3 h@@", spread), teams)]
    parts = np.array([[ends(p, who(0, NOON + n * HOUR), n) for n in range(60)] for p in singles]) / HOUR
    assert found == pytest.approx(parts.sum(axis=0))
    assert abs(np.corrcoef(parts) - np.eye(3)).max() < 0.5


def test_two_who_leave_have_luck_of_their_own_and_one_who_leaves_twice_too() -> None:
    plan = plan_of(STEP.replace("@@", ", told_in_time: 50%"))
    told = np.array(
        [
            [ends(plan, one, n) is None for one in (who(0), who(1), who(0, NOON + DAY))]
            for n in range(600)
        ]
    )  # fmt: skip
    assert abs(np.corrcoef(told.T) - np.eye(3)).max() < 0.17


def test_other_safeguards_change_nothing_of_it() -> None:
    policy = STEP.replace("@@", ", told_in_time: 50%") + CUT.replace("3 h@@", "uniform 0 h to 9 h, lost: 20%")
    plain = plan_of(policy)
    more = plan_of(policy + "\nconfirm: {}\nalert: {after: 1 min, recall: 50%, false_alarms: 1 per day}\n")
    for n in range(100):
        assert ends(plain, who(n % 9), n) == ends(more, who(n % 9), n)


@pytest.mark.parametrize("policy", [STEP, CUT])
def test_a_stale_record_counts_at_the_time_it_is_needed(policy: str) -> None:
    """Of step-down that is two hours before the last shift's end, of the cut-off that end itself."""
    plan = plan_of(policy.replace("@@", ", rots: 300 per year, mended: 1 day, works: 60%, stretch: 1 h"))
    given = plan.safeguards
    safeguard = given.step_down or given.deprovisioning
    assert safeguard is not None
    needed = -2 * HOUR if given.step_down else 0
    seen = set()
    for n in range(300):
        one, each = who(n % 7, NOON + n * HOUR), world(n)
        time = one.leaves + needed
        works = each.in_order(safeguard.control, time) and each.covered(safeguard.control, one.agent, time)
        assert (ends(plan, one, n) is not None) == works
        seen.add(works)
    assert seen == {True, False}


def test_routine_work_loses_them_when_it_is_said_here() -> None:
    """The engine's step-down of those who handle reports and `right_ends` agree, leaver by leaver."""
    more = (
        "teams: {support: {headcount: 6}}\n"
        "reports: {ordinary: {command: deactivate, rate: 1 per day, actioned: 100%, handling: 3 min}}\n"
    )
    policy = (
        "step_down: {before_last_shift: 30 min, told_in_time: 50%, covers: 80%, works: 80%, stretch: 20 min}"
    )
    plan = plan_of(policy, more, reading=None)
    leaves = tuple((60.0 + 37 * k, "support", 1 + k % 6) for k in range(8))
    ended = 0
    for key in range(40):
        each = replace(world_of(plan, leaves_at=leaves), key=key)
        rows = [(r.time, r.entity) for r in run(plan, each) if r.event == Event.RIGHTS_END]
        due = [
            (right_ends(plan, each, one), one.agent) for one in each.leavers(plan.teams, each.start, each.end)
        ]
        assert rows == sorted((time, agent) for time, agent in due if time is not None and time < each.end)
        ended += len(rows)
    assert 40 < ended < 8 * 40


def test_one_more_than_the_notice_changes_no_luck() -> None:
    """The draw of having been told belongs to the leaver, not to the safeguard's length."""
    short, long = (plan_of(f"step_down: {{before_last_shift: {h} h, told_in_time: 50%}}") for h in (1, 9))
    for n in range(100):
        assert (ends(short, who(), n) is None) == (ends(long, who(), n) is None)
