"""Causes and their occurrences: the world's, with the rates, shares and times stated, whatever the policy."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from scipy import stats

from deactsim.model.causes import (
    YEAR,
    CausePlan,
    Occurrence,
    incident_of,
    occurrence,
    occurrences,
    of_different_actors,
)
from deactsim.model.compile import compile_plan
from deactsim.model.compile_causes import compile_causes
from deactsim.model.lengths import FIXED, UNIFORM, Length
from deactsim.model.plan import Plan
from deactsim.model.shifts import DAY, spans
from deactsim.model.streams import (
    Purpose,
    actor_id,
    agent_id,
    first_of,
    insider_id,
    occurrence_id,
    tag_of,
    team_id,
    team_of_agent,
    world_key,
)  # fmt: skip
from deactsim.model.world import HOUR, World
from deactsim.scenario.stated import Window

from ..engines.tiny import MINUTE, NOON, scenario

GRUDGE = """
causes:
  grudge: {cause: deliberate, rate: 0.5 per year, command: deactivate, by: [support], targets: {vip: 30%, ordinary: 70%}
    @@}
"""
WORLDS = 2000


def written(settings: str = "", more: str = "", policy: str = "") -> tuple[Plan, tuple[CausePlan, ...]]:
    given = scenario(policy, GRUDGE.replace("@@", settings and f", {settings}") + more)
    return compile_plan(given, "tried" if policy else "plain", None), compile_causes(given)


def grudge(settings: str = "", more: str = "", policy: str = "") -> tuple[Plan, CausePlan]:
    plan, causes = written(settings, more, policy)
    return plan, causes[0]


def year(number: int) -> World:
    return World(world_key(1, number), NOON, NOON + YEAR)


def drawn(plan: Plan, cause: CausePlan, worlds: int = WORLDS) -> list[Occurrence]:
    return [occurrence(year(n), plan, cause, 0, NOON) for n in range(worlds)]


def near(found: int, of: int, share: float) -> None:
    """Within 4 standard deviations of a binomial count."""
    assert abs(found - of * share) <= 4 * math.sqrt(of * share * (1 - share)) + 1e-9, (found, of, share)


@dataclass(frozen=True)
class Lucky(World):
    """A world whose every draw is the same number."""

    u: float = 0.5

    def draw(self, entity: int, purpose: Purpose, k: int = 0) -> float:  # noqa: ARG002
        return self.u


# -- how often ------------------------------------------------------------------------------


@pytest.mark.parametrize("mean", [0.001, 0.3, 4.0, 60.0, 3000.0])
def test_counts_are_poisson(mean: float) -> None:
    cause = replace(grudge()[1], per_year=mean)
    number = 20_000 if mean < 1 else 3000 if mean < 100 else 300
    counts = np.array([occurrences(year(n), cause, 0) for n in range(number)])
    assert counts.mean() == pytest.approx(mean, abs=4 * math.sqrt(mean / number))
    expected, _ = np.histogram(counts, bins=np.arange(counts.max() + 2))
    if mean <= 4.0:
        for k, had in enumerate(expected):
            near(int(had), number, float(stats.poisson.pmf(k, mean)))
    else:
        assert counts.var(ddof=1) == pytest.approx(mean, rel=4 * math.sqrt(2 / number))
        below = (counts <= stats.poisson.ppf(0.2, mean)).sum()
        near(int(below), number, float(stats.poisson.cdf(stats.poisson.ppf(0.2, mean), mean)))


@pytest.mark.parametrize("mean", [0.001, 0.3, 4.0, 60.0, 3000.0])
def test_counts_are_the_quantiles_of_the_poisson_law(mean: float) -> None:
    cause = replace(grudge()[1], per_year=mean)
    for u in (1e-9, 0.001, 0.1, 0.36, 0.5, 0.9, 0.999, 1 - 1e-7):
        assert occurrences(Lucky(1, 0, 1, u=u), cause, 0) == stats.poisson.ppf(u, mean)


def test_more_often_is_more_in_every_year() -> None:
    cause = grudge()[1]
    for n in range(200):
        counts = [occurrences(year(n), replace(cause, per_year=mean), 0) for mean in (0.1, 1.0, 5.0, 20.0)]
        assert counts == sorted(counts)


def test_nothing_happens_at_no_rate() -> None:
    cause = replace(grudge()[1], per_year=0.0)
    assert {occurrences(year(n), cause, 0) for n in range(100)} == {0}
    assert occurrences(Lucky(1, 0, 1, u=1 - 2**-53), cause, 0) == 0


@pytest.mark.parametrize("mean", [1e-12, 20.0, 3000.0, 100_000.0])
def test_the_luckiest_of_all_years_has_no_ten_times_as_many(mean: float) -> None:
    """The sum of the law falls short of one by rounding; a draw beyond it must not run to the bound."""
    cause = replace(grudge()[1], per_year=mean)
    assert occurrences(Lucky(1, 0, 1, u=1 - 2**-34), cause, 0) <= mean + 12 * math.sqrt(mean) + 12


def test_several_years_of_one_world_have_counts_of_their_own() -> None:
    cause = replace(grudge()[1], per_year=5.0)
    pairs = np.array([[occurrences(year(n), cause, k) for k in (0, 1)] for n in range(1000)])
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 0.13
    assert pairs.mean(axis=0) == pytest.approx([5, 5], abs=0.3)


# -- when -----------------------------------------------------------------------------------


def shift_of(teams: str) -> tuple[Window, ...]:
    return scenario("", teams).teams["support"].shift


OFFICE = 'teams: {support: {shift: "Mon-Fri 09:00-17:00 Europe/Dublin"}}\n'


def test_a_time_on_shift_is_uniform_over_the_hours_on_shift() -> None:
    plan, cause = grudge("", OFFICE)
    windows = plan.teams[cause.teams[0].team].windows
    within = spans(windows, NOON, NOON + YEAR)
    total = sum(min(off, NOON + YEAR) - max(on, NOON) for on, off in within)

    def served(time: int) -> float:
        return sum(max(0, min(off, time) - max(on, NOON)) for on, off in within) / total

    times = [one.at for one in drawn(plan, cause, 600)]
    assert all(spans(windows, time, time + 1) for time in times)
    assert stats.kstest([served(time) for time in times], "uniform").pvalue > 1e-3


@pytest.mark.parametrize("settings", ["on_shift: 0%", "", "former: 100%, left_before_act: 60 days"])
def test_otherwise_a_time_is_uniform_over_the_year(settings: str) -> None:
    """Off duty, on a team that is always there, or gone."""
    plan, cause = grudge(settings, OFFICE if settings else "")
    times = np.array([one.at for one in drawn(plan, cause, 600)])
    assert (times >= NOON).all()
    assert (times < NOON + YEAR).all()
    assert stats.kstest((times - NOON) / YEAR, "uniform").pvalue > 1e-3
    office = shift_of(OFFICE)
    near(sum(bool(spans(office, int(time), int(time) + 1)) for time in times), 600, 40 / 168)


def test_a_share_acts_on_shift_for_sure() -> None:
    plan, cause = grudge("on_shift: 60%", OFFICE)
    windows = plan.teams[cause.teams[0].team].windows
    on = sum(bool(spans(windows, one.at, one.at + 1)) for one in drawn(plan, cause))
    near(on, WORLDS, 0.6 + 0.4 * 40 / 168)


def test_a_team_that_is_never_on_shift_still_has_a_time() -> None:
    """No hour fits: some time of the year, after a bounded number of tries."""
    plan, cause = grudge()
    never = tuple(replace(team, windows=()) for team in plan.teams)
    found = occurrence(year(0), replace(plan, teams=never), cause, 0, NOON)
    assert NOON <= found.at < NOON + YEAR


def test_a_team_that_is_seldom_on_shift_acts_on_shift() -> None:
    plan, cause = grudge("", 'teams: {support: {shift: "Mon 09:00-09:10 UTC"}}')
    windows = plan.teams[cause.teams[0].team].windows
    assert all(spans(windows, one.at, one.at + 1) for one in drawn(plan, cause, 12))


def test_occurrences_are_placed_from_the_beginning_of_their_year() -> None:
    plan, cause = grudge()
    for n in range(20):
        one, later = (occurrence(year(n), plan, cause, 3, start) for start in (NOON, NOON + 400 * DAY))
        assert later.at - one.at == 400 * DAY
        assert replace(later, at=one.at) == one


# -- who ------------------------------------------------------------------------------------

TEAMS = """teams:
  support: {headcount: 30}
  desk:    {headcount: 60, may: {deactivate: [vip, ordinary]}, tool: api}
  agency:  {headcount: 10, may: {deactivate: [vip, ordinary]}}
  nobody:  {headcount: 10}
"""


def test_teams_have_their_share_of_heads() -> None:
    plan, cause = grudge("", TEAMS)
    plan_all, every = _by("support, desk, agency")
    found = Counter(plan_all.teams[one.team.team].name for one in drawn(plan_all, every))
    assert set(found) == {"support", "desk", "agency"}
    for name, share in (("support", 0.3), ("desk", 0.6), ("agency", 0.1)):
        near(found[name], WORLDS, share)
    assert {plan.teams[one.team.team].name for one in drawn(plan, cause, 200)} == {"support"}


def _by(teams: str) -> tuple[Plan, CausePlan]:
    given = scenario("", GRUDGE.replace("@@", "").replace("[support]", f"[{teams}]") + TEAMS)
    return compile_plan(given, "plain", None), compile_causes(given)[0]


def test_the_rate_is_for_each_head_of_the_teams_named() -> None:
    assert grudge("", TEAMS)[1].per_year == pytest.approx(15.0)
    assert _by("support, agency")[1].per_year == pytest.approx(20.0)
    assert {team.tool for team in _by("support, desk")[1].teams} == {"console", "api"}


def test_leaving_former_and_staying() -> None:
    settings = "leaving: 20%, leaves_after_act: uniform 1 h to 3 days, former: 30%"
    settings += ", left_before_act: uniform 2 days to 9 days"
    plan, cause = grudge(settings)
    leaves = [one.leaves for one in drawn(plan, cause)]
    ahead = [length for length in leaves if length is not None and length >= 0]
    gone = [-length for length in leaves if length is not None and length < 0]
    near(len(ahead), WORLDS, 0.2)
    near(len(gone), WORLDS, 0.3)
    assert leaves.count(None) == WORLDS - len(ahead) - len(gone)
    assert stats.kstest((np.array(ahead) - HOUR) / (3 * DAY - HOUR), "uniform").pvalue > 1e-3
    assert stats.kstest((np.array(gone) - 2 * DAY) / (7 * DAY), "uniform").pvalue > 1e-3


@pytest.mark.parametrize(
    ("settings", "sign"),
    [
        ("leaving: 100%, leaves_after_act: 1 h", 1),
        ("former: 100%, left_before_act: 1 h", -1),
        ("leaving: 0%, former: 0%", None),
    ],
)
def test_all_or_none(settings: str, sign: int | None) -> None:
    plan, cause = grudge(settings)
    expected = None if sign is None else sign * HOUR
    assert {one.leaves for one in drawn(plan, cause, 200)} == {expected}
    for u in (2**-53, 1 - 2**-53):
        assert occurrence(Lucky(1, NOON, NOON + YEAR, u=u), plan, cause, 0, NOON).leaves == expected


@pytest.mark.parametrize("share", [0.0, 0.35, 1.0])
def test_open_reports_and_adapting_actors_by_their_share(share: float) -> None:
    plan, cause = grudge(f"open_report: {share:.0%}, may_adapt: {share:.0%}")
    found = drawn(plan, cause)
    near(sum(one.open_report for one in found), WORLDS, share)
    near(sum(one.adapts for one in found), WORLDS, share)
    both = sum(one.adapts and one.open_report for one in found)
    near(both, WORLDS, share * share)


# -- whom -----------------------------------------------------------------------------------


def names(what: Occurrence) -> list[str]:
    return [act.account for act in what.acts]


def test_tiers_have_their_share_of_the_acts() -> None:
    plan, cause = grudge("accounts: 4, spacing: 3 min")
    acts = [act for one in drawn(plan, cause, 1000) for act in one.acts]
    near(sum(act.tier == "vip" for act in acts), len(acts), 0.3)
    assert all(act.account.startswith(f"{act.tier}/") for act in acts)
    assert {act.followers for act in acts} == {100}


def test_accounts_are_uniform_within_their_tier() -> None:
    plan, cause = grudge("", "platform: {tiers: {vip: {accounts: 7, followers: 12}}}")
    vip = [act for one in drawn(plan, cause, 4000) for act in one.acts if act.tier == "vip"]
    numbers = Counter(int(act.account.split("/")[1]) for act in vip)
    assert set(numbers) == set(range(7))
    assert stats.chisquare([numbers[k] for k in range(7)]).pvalue > 1e-3
    assert {act.followers for act in vip} == {12}


def test_acts_follow_each_other_in_their_spacing() -> None:
    plan, cause = grudge("accounts: 5, spacing: 3 min")
    assert [act.after for act in drawn(plan, cause, 1)[0].acts] == [k * 3 * MINUTE for k in range(5)]
    assert [act.after for act in drawn(*grudge("accounts: 3, spacing: 0 s"), 1)[0].acts] == [0, 0, 0]


@pytest.mark.parametrize("accounts", [5, 6, 40])
def test_every_act_is_on_another_account(accounts: int) -> None:
    cause = grudge(f"accounts: {min(accounts, 5)}", f"platform: {{tiers: {{vip: {{accounts: {accounts}}}}}}}")
    one_tier = replace(cause[1], targets=tuple(t for t in cause[1].targets if t.tier == "vip"))
    for one in drawn(cause[0], one_tier, 300):
        assert len(set(names(one))) == 5


@pytest.mark.parametrize("accounts", [2, 3])
def test_a_tier_that_is_used_up_is_hit_no_more(accounts: int) -> None:
    """In some worlds a small tier is picked more often than it has accounts: those acts do not happen."""
    plan, cause = grudge("accounts: 5", f"platform: {{tiers: {{vip: {{accounts: {accounts}}}}}}}")
    ample = grudge("accounts: 5")[1]
    used_up = 0
    for small, large in zip(drawn(plan, cause, 500), drawn(plan, ample, 500), strict=True):
        assert len(set(names(small))) == len(small.acts)
        hit = {tier: [act for act in large.acts if act.tier == tier] for tier in ("vip", "ordinary")}
        found = [act for act in small.acts if act.tier == "vip"]
        assert len(found) == min(len(hit["vip"]), accounts)
        assert [act.after for act in found] == [act.after for act in hit["vip"]][: len(found)]
        assert [act for act in small.acts if act.tier == "ordinary"] == hit["ordinary"]
        used_up += len(hit["vip"]) > accounts
    assert used_up > 5


def test_more_acts_than_accounts_come_to_an_end() -> None:
    plan, cause = grudge("accounts: 5")
    tiny = replace(cause, targets=(replace(cause.targets[0], tier="vip", accounts=2),))
    for n in range(50):
        assert {"vip/0", "vip/1"} >= set(names(occurrence(year(n), plan, tiny, 0, NOON)))


def test_a_tier_of_no_share_is_never_hit() -> None:
    given = scenario(
        "", GRUDGE.replace("@@", "").replace("vip: 30%, ordinary: 70%", "vip: 0%, ordinary: 100%")
    )
    plan, cause = compile_plan(given, "plain", None), compile_causes(given)[0]
    for u in (2**-53, 0.5, 1 - 2**-53):
        found = occurrence(Lucky(1, NOON, NOON + YEAR, u=u), plan, cause, 0, NOON)
        assert [act.tier for act in found.acts] == ["ordinary"]


# -- one agent, no agent --------------------------------------------------------------------


def test_one_agent_is_enough() -> None:
    plan, cause = grudge("", "teams: {support: {headcount: 1}}")
    assert cause.per_year == pytest.approx(0.5)
    assert [team.share for team in cause.teams] == [1.0]
    one = drawn(plan, cause, 1)[0]
    assert incident_of(plan, one, HOUR, DAY).among_holders == 1.0


def test_a_team_of_nobody_has_no_actors() -> None:
    """A policy may leave a team without a holder: its people are no holders then, and nobody divides by zero."""
    plan, cause = grudge()
    nobody = replace(plan, teams=tuple(replace(team, headcount=0, holders=0) for team in plan.teams))
    found = occurrence(year(0), nobody, cause, 0, NOON)
    assert incident_of(nobody, found, HOUR, DAY).among_holders == 0.0
    assert found == occurrence(year(0), plan, cause, 0, NOON)


# -- whatever the policy, and whatever else happens -----------------------------------------

POLICIES = [
    "step_down: {before_last_shift: 3 days}\ndeprovisioning: {lag: 1 h}",
    "approval: {by: {leads: 1}, review: 1 min, catches: 50%}\nprotected_list: {then: deny, of: vip}",
    "least_privilege: {holders: 1}",
    "on_call: {headcount: 9}\nconfirm: {stops_slips: 50%}\nalert: {after: 1 min, recall: 50%, false_alarms: 1 per day}",
]
SOME = "accounts: 3, leaving: 30%, former: 30%, may_adapt: 50%, on_shift: 70%"
SOME += ", left_before_act: 'median 9 days, p90 60 days'"


@pytest.mark.parametrize("policy", POLICIES)
def test_an_occurrence_is_the_same_under_every_policy(policy: str) -> None:
    plain, cause = grudge(SOME, OFFICE)
    other, same = grudge(SOME, OFFICE, policy)
    assert cause == same
    assert plain != other
    for n in range(60):
        for number in range(3):
            found = [occurrence(year(n), plan, cause, number, NOON) for plan in (plain, other)]
            assert found[0] == found[1]
        assert occurrences(year(n), cause, 0) == occurrences(year(n), same, 0)


def test_an_occurrence_does_not_depend_on_other_causes_or_occurrences() -> None:
    plan, cause = grudge(SOME)
    more = "  envy: {cause: deliberate, rate: 9 per year, command: deactivate, by: [support], targets: {vip: 100%}}\n"
    given = scenario("", GRUDGE.replace("@@", f", {SOME}").replace("causes:\n", f"causes:\n{more}"))
    both = compile_causes(given)
    assert [one.name for one in both] == ["envy", "grudge"]
    assert both[1] == cause
    world = year(3)
    alone = occurrence(world, plan, cause, 5, NOON)
    for number in range(5):
        occurrence(world, plan, both[0], number, NOON)
        occurrences(world, both[0], number)
    assert occurrence(world, compile_plan(given, "plain", None), both[1], 5, NOON) == alone
    envious = occurrence(world, plan, replace(cause, name="envy", id=occurrence_id("envy", 0)), 5, NOON)
    assert (envious.id, envious.at) != (alone.id, alone.at)


def test_occurrences_of_one_year_are_independent() -> None:
    plan, cause = grudge(SOME)
    pairs = np.array([[occurrence(year(n), plan, cause, k, NOON).at for k in (0, 1)] for n in range(800)])
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 0.15
    assert abs(np.corrcoef(pairs[1:, 0], pairs[:-1, 1])[0, 1]) < 0.15


def test_a_larger_occurrence_begins_as_the_smaller_one() -> None:
    plan, cause = grudge(SOME)
    for n in range(50):
        small, large = (occurrence(year(n), plan, replace(cause, accounts=k), 0, NOON) for k in (3, 9))
        assert large.acts[:3] == small.acts
        assert replace(large, acts=(), cause=cause) == replace(small, acts=(), cause=cause)


# -- ids ------------------------------------------------------------------------------------


@cache
def _ids() -> dict[str, list[int]]:
    return {name: [occurrence_id(name, n) for n in range(2000)] for name in ("grudge", "envy", "slip on vip")}


def test_ids_of_acts_never_meet() -> None:
    acts = [first + k for firsts in _ids().values() for first in firsts for k in (0, 1, 9_999)]
    assert len(set(acts)) == len(acts)
    assert all(first_of(first + 9_999) == first for firsts in _ids().values() for first in firsts)
    assert {tag_of(act) for act in acts} == {4}
    assert all(act >> 62 == 0 for act in acts)


def test_an_insider_is_one_more_of_his_team() -> None:
    team = team_id("support")
    insiders = [insider_id(team, first) for first in _ids()["grudge"][:300]]
    assert {team_of_agent(one) for one in insiders} == {team}
    assert actor_id(team) not in insiders
    assert not {agent_id(team, k) for k in range(100_000)} & set(insiders)


def test_insiders_of_a_year_are_different_people() -> None:
    insiders = [insider_id(team_id("support"), first) for firsts in _ids().values() for first in firsts]
    """Two of them are the same person once in half a million pairs."""
    assert len(set(insiders)) >= 0.99 * len(insiders)


def test_in_one_run_all_actors_are_different_people() -> None:
    plan, cause = grudge("accounts: 2, former: 100%, left_before_act: 5 days")
    one, other, third = (
        incident_of(plan, occurrence(year(0), plan, cause, number, NOON), HOUR, DAY) for number in range(3)
    )
    assert of_different_actors([one, other, third]) == (one, other, third)
    last = one.agent | (1 << 19) - 1
    alike = [replace(each, agent=agent) for each, agent in ((one, last), (other, last), (third, last))]
    found = of_different_actors(alike)
    team = one.agent >> 20 << 20
    assert [each.agent - team for each in found] == [(1 << 20) - 1, 1 << 19, (1 << 19) + 1]
    assert [replace(each, agent=last) for each in found] == alike


# -- what a policy makes of it --------------------------------------------------------------


def test_an_occurrence_becomes_an_incident() -> None:
    plan, cause = grudge("accounts: 2, former: 100%, left_before_act: 5 days, keys: {leads: 1}")
    what = occurrence(year(0), plan, cause, 7, NOON)
    found = incident_of(plan, what, HOUR, DAY)
    assert (found.id, found.acts, found.at, found.give_or_take) == (what.id, what.acts, what.at, 0)
    assert found.id == occurrence_id("grudge", 7)
    assert found.agent == insider_id(team_id("support"), what.id)
    assert plan.teams[found.team].name == "support"
    assert found.keys == ((1, 1),)
    assert (found.warm_up, found.follow) == (HOUR, DAY)
    assert found.among_holders == 1.0
    assert not found.actor_notices
    assert found.leaves is not None
    assert found.leaves.a == -5 * DAY


def test_the_end_of_the_last_shift_is_where_the_world_puts_it() -> None:
    plan, cause = grudge("leaving: 100%, leaves_after_act: uniform 1 h to 2 days")
    for n in range(30):
        what = occurrence(year(n), plan, cause, 0, NOON)
        assert what.leaves is not None
        assert year(n).leaving(incident_of(plan, what, 0, 0)) == what.at + what.leaves


def test_who_has_left_left_when_the_world_says() -> None:
    plan, cause = grudge("former: 100%, left_before_act: uniform 1 h to 2 days")
    for n in range(30):
        what = occurrence(year(n), plan, cause, 0, NOON)
        assert what.leaves is not None
        assert year(n).leaving(incident_of(plan, what, 0, 0)) == what.at + what.leaves


@pytest.mark.parametrize(
    ("kind", "unexpecting", "stops"),
    [
        ("slip", "false", 0.3),
        ("misidentified", "false", 0.4),
        ("deliberate", "false", 0.0),
        ("deliberate", "true", 0.5),
    ],
)
def test_a_dialog_meets_each_cause_with_its_chance(kind: str, unexpecting: str, stops: float) -> None:
    policy = "confirm: {stops_slips: 30%, stops_misidentified: 40%, stops_unexpecting: 50%}"
    text = GRUDGE.replace("@@", f", expects_no_effect: {unexpecting}").replace("deliberate", kind)
    given = scenario(policy, text)
    plan, cause = compile_plan(given, "tried", None), compile_causes(given)[0]
    found = incident_of(plan, drawn(plan, cause, 1)[0], 0, 0)
    assert found.confirm_stops == stops
    assert found.actor_notices == (kind != "deliberate")


@pytest.mark.parametrize(
    ("settings", "policy", "shift"),
    [
        ("leaving: 100%, may_adapt: 100%", "step_down: {before_last_shift: 3 days}", 3 * DAY),
        ("leaving: 100%, may_adapt: 0%", "step_down: {before_last_shift: 3 days}", 0),
        ("leaving: 0%, may_adapt: 100%", "step_down: {before_last_shift: 3 days}", 0),
        (
            "former: 100%, left_before_act: 1 day, may_adapt: 100%",
            "step_down: {before_last_shift: 3 days}",
            0,
        ),
        ("leaving: 100%, may_adapt: 100%", "step_down: {before_last_shift: 3 days, teams: leads}", 0),
        ("leaving: 100%, may_adapt: 100%", "deprovisioning: {lag: 1 h}", 0),
    ],
)
def test_who_adapts_acts_before_he_would_be_stepped_down(settings: str, policy: str, shift: int) -> None:
    plan, cause = grudge(settings, "", policy)
    assert {incident_of(plan, one, 0, 0).act_shift for one in drawn(plan, cause, 20)} == {shift}


def test_who_adapts_and_has_several_accounts_in_mind_keeps_under_the_limit() -> None:
    for settings, policy, paced in (
        ("accounts: 3, may_adapt: 100%", "rate_limit: {per_agent: 1 per hour}", True),
        ("accounts: 1, may_adapt: 100%", "rate_limit: {per_agent: 1 per hour}", False),
        ("accounts: 3", "rate_limit: {per_agent: 1 per hour}", False),
        ("accounts: 3, may_adapt: 100%", "", False),
    ):
        plan, cause = grudge(settings, "", policy)
        assert incident_of(plan, drawn(plan, cause, 1)[0], 0, 0).paced == paced


@pytest.mark.parametrize(("holders", "share"), [(1, 0.1), (5, 0.5), (9, 0.9)])
def test_under_fewer_holders_he_is_one_of_them_with_his_teams_share(holders: int, share: float) -> None:
    plan, cause = grudge("", "teams: {support: {headcount: 10}}", f"least_privilege: {{holders: {holders}}}")
    assert incident_of(plan, drawn(plan, cause, 1)[0], 0, 0).among_holders == pytest.approx(share)


def test_more_people_on_call_take_no_right_away() -> None:
    plan, cause = grudge("", "response: {by: support}", "on_call: {headcount: 4}")
    assert incident_of(plan, drawn(plan, cause, 1)[0], 0, 0).among_holders == 1.0


# -- errors of routine work -----------------------------------------------------------------

REPORTS = """
reports:
  vip:      {command: deactivate, rate: 10 per day, actioned: 40%, handling: 5 min, slip: 1%, misidentified: 3%}
  ordinary: {command: deactivate, rate: 2 per day, actioned: 50%, handling: 5 min, slip: 2%@@}
"""


def routine(busy: str = "", more: str = "") -> dict[str, CausePlan]:
    given = scenario("", REPORTS.replace("@@", busy) + more)
    return {cause.name: cause for cause in compile_causes(given)}


def test_errors_come_as_often_as_reports_end_in_them() -> None:
    found = routine()
    assert {name: one.per_year for name, one in found.items()} == pytest.approx(
        {
            "slip on vip": 10 * 365.25 * 0.4 * 0.01,
            "misidentified on vip": 10 * 365.25 * 0.4 * 0.03,
            "slip on ordinary": 2 * 365.25 * 0.5 * 0.02,
        }
    )
    for name, one in found.items():
        assert (one.kind, one.targets[0].tier) == tuple(name.split(" on "))
        assert one.routine
        assert one.notices_error
        assert (one.accounts, one.open_report, one.on_shift, one.leaving, one.former) == (
            1,
            1.0,
            1.0,
            0.0,
            0.0,
        )


def test_errors_are_made_by_those_who_work_in_proportion_to_their_hours() -> None:
    teams = """
teams:
  support: {headcount: 10, shift: "Mon-Fri 00:00-12:00 UTC"}
  desk:    {headcount: 30, may: {deactivate: [vip]}}
"""
    shares = [team.share for team in routine("", teams)["slip on vip"].teams]
    hours = np.array([10 * 60, 30 * 168])
    assert shares == pytest.approx(list(hours / hours.sum()))
    assert [team.share for team in routine("", teams)["slip on ordinary"].teams] == [1.0]


@pytest.mark.parametrize(
    ("busy", "mean"),
    [
        ("", 1.0),
        ('{when: "always", times: 3}', 3.0),
        ('{when: "09:00-17:00 UTC", times: 3}', (8 * 3 + 16) / 24),
        ('{when: "Mon-Fri 09:00-17:00 UTC", times: 0}', 1 - 40 / 168),
        ('{when: "09:00-17:00 UTC", times: 3}, {when: "always", times: 0.5}', (8 * 3 + 16 * 0.5) / 24),
        ('{when: "22:00-06:00 Asia/Tokyo", times: 4}, {when: "Sun 00:00-24:00 UTC", times: 2}', None),
    ],
)
def test_busy_hours_count_as_often_as_there_are_reports(busy: str, mean: float | None) -> None:
    """The mean over a week; the first entry that fits counts where two do."""
    plain, found = routine()["slip on ordinary"], routine(busy and f", busy: [{busy}]")["slip on ordinary"]
    if mean is None:  # 8 hours a night; of Sunday's 24 hours 13:00-21:00 UTC are night in Tokyo
        mean = (56 * 4 + 16 * 2 + (168 - 56 - 16)) / 168
    assert found.per_year / plain.per_year == pytest.approx(mean)


def test_reports_of_a_year_end_in_errors_as_often_as_the_cause_says() -> None:
    """What the world draws, report by report, has the mean that the cause has."""
    more = ', busy: [{when: "Mon-Fri 09:00-17:00 UTC", times: 3}, {when: "always", times: 0.5}]'
    text = REPORTS.replace("@@", more).replace("2 per day", "60 per day").replace("slip: 2%", "slip: 20%")
    given = scenario("", text)
    plan, cause = (
        compile_plan(given, "plain", None),
        {c.name: c for c in compile_causes(given)}["slip on ordinary"],
    )
    count, weeks = 0, 30
    for number in range(weeks):
        start = NOON + number * 7 * DAY
        world = World(world_key(2, number), start, start + 7 * DAY)
        for one in world.reports(plan.streams, start, start + 7 * DAY):
            stream = plan.streams[one.stream]
            count += (
                stream.tier == "ordinary"
                and world.draw(one.id, Purpose.ACTIONED) < stream.actioned
                and world.draw(one.id, Purpose.SLIP) < stream.slip
            )
    expected = cause.per_year * weeks * 7 * DAY / YEAR
    assert count == pytest.approx(expected, abs=4 * math.sqrt(expected))


def test_nobody_errs_where_nobody_works() -> None:
    assert routine("", "teams: {support: {headcount: 2}}")
    given = scenario("", REPORTS.replace("@@", "").replace("slip: 1%, misidentified: 3%", "slip: 0%"))
    assert [one.name for one in compile_causes(given)] == ["slip on ordinary"]


def test_stated_causes_come_first_and_say_what_was_stated() -> None:
    text = GRUDGE.replace(
        "@@",
        ", accounts: 3, spacing: 2 min, leaving: 10%, leaves_after_act: 4 h, former: 20%, left_before_act: 3 days,"
        " open_report: 5%, expects_no_effect: true, may_adapt: 7%, keys: {leads: 2}, on_shift: 90%",
    )
    first = compile_causes(scenario("", text + REPORTS.replace("@@", "")))[0]
    assert first == replace(
        first, name="grudge", kind="deliberate", command="deactivate", on_shift=0.9, leaving=0.1,
        leaves_after=Length(FIXED, 4.0 * HOUR), former=0.2, left_before=Length(FIXED, 3.0 * DAY), accounts=3,
        spacing=2 * MINUTE, open_report=0.05, expects_no_effect=True, adapts=0.07, keys=((1, 2),),
        notices_error=False, routine=False,
    )  # fmt: skip
    assert first.per_year == pytest.approx(1.0)
    assert _shares(first.targets) == {"vip": 0.3, "ordinary": 0.7}
    assert {t.tier: t.accounts for t in first.targets} == {"vip": 10, "ordinary": 1000}


def _shares(targets: Sequence[object]) -> dict[str, float]:
    return {target.tier: target.share for target in targets}  # type: ignore[attr-defined]


def test_lengths_of_leaving_are_drawn_apart_from_all_else() -> None:
    plan, cause = grudge("leaving: 100%, leaves_after_act: 1 h")
    spread = replace(cause, leaves_after=Length(UNIFORM, 0.0, 9.0 * DAY))
    for n in range(40):
        one, other = (occurrence(year(n), plan, each, 0, NOON) for each in (cause, spread))
        assert one.leaves != other.leaves
        assert replace(one, leaves=None, cause=cause) == replace(other, leaves=None, cause=cause)
