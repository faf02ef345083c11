"""Ignorance against closed forms: quantiles of a lognormal and a logit-normal, tipping values, who is best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from deactsim.errors import DeactsimError
from deactsim.model.compile import compile_plan
from deactsim.model.compile_causes import compile_causes
from deactsim.scenario import paths
from deactsim.scenario.load import loads
from deactsim.stats.weighted import Array
from deactsim.study.doubts import Doubts
from deactsim.study.forecast import YEARS_AT_ENDS, forecast
from deactsim.study.forecast_results import Range, Tips
from deactsim.study.forecast_totals import INDEX, Block, Totals, fold
from deactsim.study.forecast_years import Fleet, Found
from deactsim.study.ignorance import DRAWS, Z90, Ignorance, Moved, drawn, occurrence_means
from deactsim.study.occurrences import COLUMNS
from deactsim.study.unknowns import Number, numbers

TEXT = """
deactsim: 1
title: Two causes
zone: UTC
platform:
  commands: {{deactivate: {{undo: restore}}, restore: {{}}}}
  tiers: {{vip: {{accounts: 50, followers: 1000}}, ordinary: {{accounts: 10k, followers: 10}}}}
teams:
  support: {{headcount: {headcount}, may: {{deactivate: [vip, ordinary]}}}}
  oncall: {{headcount: 9}}
reports:
  ordinary: {{command: deactivate, rate: 1000 per year, actioned: 50%, handling: 1 min, slip: {slip}}}
detection: {{public: {{delay: 10 min, at_followers: 100}}, word_reaches_platform: {{delay: 5 min}}}}
response: {{by: oncall, pick_up: 1 min, find_cause: 2 min, authorise: 3 min, restore: 4 min, contain: 6 min}}
causes: {{grudge: {{cause: deliberate, rate: {rate}, targets: {{vip: 100%}}}}}}
forecast: {{appetite: 20 min, protected: [vip]}}
baseline: plain
policies: {{plain: {{}}, other: {{}}, third: {{}}}}
"""
RATE = "{value: 0.1 per year, uncertain: {p05: 0.02 per year, p95: 0.4 per year}}"
SLIP = "{value: 0.2%, uncertain: {p05: 0.04%, p95: 2%}}"
PLACES = {"plain": 0, "other": 1, "third": 2}
#: The grudge occurs 4 * 0.1 times a year, the slip 1000 * 50% * 0.2% = once.
GRUDGE, SLIPS = 0.4, 1.0


class Years:
    """Years in which a grudge and a slip are so many minutes dark under each policy, always."""

    def __init__(
        self,
        minutes: Sequence[tuple[float, float]],
        rate: str = "0.1 per year",
        slip: str = "0.2%",
        headcount: str = "4",
        count: int = 100,
        method: str = "episodes",
    ) -> None:
        self.scenario = loads(TEXT.format(rate=rate, slip=slip, headcount=headcount))
        self.causes = compile_causes(self.scenario)
        assert [cause.name for cause in self.causes] == ["grudge", "slip on ordinary"]
        self.values = np.zeros((len(minutes), 2 * count, len(COLUMNS)))
        for place, pair in enumerate(minutes):
            self.values[place, :, INDEX["dark_minutes"]] = np.tile(pair, count)
        self.cause, self.count, self.method = np.tile([0, 1], count), count, method

    @property
    def dark(self) -> Array:
        return self.values[:, :, INDEX["dark_minutes"]]

    @property
    def block(self) -> Block:
        year, none = np.repeat(np.arange(self.count), 2), np.zeros((len(self.values), 0, 2))
        found = Found(year, self.cause, np.zeros_like(year), self.values, none)
        able = np.array([True, False])
        return Block(found, self.causes, able, self.method, 1, 0, self.count)  # type: ignore[arg-type]

    @property
    def totals(self) -> Totals:
        return fold(self.block, 0, 20.0)

    @property
    def doubts(self) -> Doubts:
        """Of numbers that leave occurrences as they are."""
        same = {(number.path, which): self.block.found for number in self.numbers for which in (0, 1)}
        return Doubts(self.block, self.totals, self.numbers, same, 0, 20.0)

    @property
    def numbers(self) -> tuple[Number, ...]:
        fleet = Fleet((compile_plan(self.scenario, "plain", None),), self.causes)
        return numbers(self.scenario, fleet, {"plain": 0})

    @property
    def ignorance(self) -> Ignorance:
        rates = np.array([cause.per_year for cause in self.causes])
        means = occurrence_means(self.totals, rates, self.method)
        moved = [Moved.of(number, means, (means, means)) for number in self.numbers]
        return Ignorance(rates, means, moved, [], 1)

    @property
    def tips(self) -> tuple[Tips, ...]:
        return self.ignorance.tips(PLACES, self.totals)


def spread(years: Years) -> Range:
    found = years.ignorance.range(0)
    assert found is not None
    return found


def test_the_causes_are_as_frequent_as_is_said() -> None:
    assert Years([(1, 1)]).ignorance.rates == pytest.approx([GRUDGE, SLIPS])


def test_a_lognormal_rate_moves_the_expected_year_by_its_own_quantiles() -> None:
    years = Years([(100, 7)], rate=RATE)
    # 7 minutes of slips a year, and 40 of grudges, a fifth to four times that.
    assert spread(years).p05 == pytest.approx(7 + 8, rel=2e-3)
    assert spread(years).p95 == pytest.approx(7 + 160, rel=2e-3)
    sigma = math.log(20) / (2 * Z90)
    mean = 7 + 400 * math.sqrt(0.02 * 0.4) * math.exp(sigma**2 / 2)
    assert years.ignorance.expected[:, 0].mean() == pytest.approx(mean, rel=5e-3)
    assert years.ignorance.expected.shape == (DRAWS, 1)


def test_a_share_is_logit_normal() -> None:
    years = Years([(0, 50)], slip=SLIP)
    assert spread(years).p05 == pytest.approx(50 * 0.2, rel=2e-3)
    assert spread(years).p95 == pytest.approx(50 * 10, rel=2e-3)
    middle = (math.log(0.0004 / 0.9996) + math.log(0.02 / 0.98)) / 2
    median = 1 / (1 + math.exp(-middle))
    assert np.median(years.ignorance.expected[:, 0]) == pytest.approx(50 * median / 0.002, rel=2e-3)


def test_two_unknowns_are_drawn_independently() -> None:
    one = Years([(1, 0)], rate=RATE, slip=SLIP).ignorance.expected[:, 0]
    two = Years([(0, 1)], rate=RATE, slip=SLIP).ignorance.expected[:, 0]
    both = Years([(1, 1)], rate=RATE, slip=SLIP).ignorance.expected[:, 0]
    assert both == pytest.approx(one + two)
    assert abs(np.corrcoef(np.log(one), np.log(two))[0, 1]) < 0.06
    (_, rate) = Years([(1, 1)], rate=RATE, slip=SLIP).numbers
    sizes = drawn(rate, np.array([0.05, 0.95])) / rate.size
    assert sizes == pytest.approx([0.2, 4.0])


def test_without_unknowns_there_is_no_ignorance() -> None:
    found = Years([(100, 7), (90, 7), (0, 0)])
    assert found.ignorance.range(0) is None
    assert found.ignorance.best(0, found.totals) is None
    assert found.doubts.unknowns(PLACES) == ()
    assert found.doubts.ranges(0) == {}
    assert found.tips == ()


def test_luck_is_that_of_a_poisson_year() -> None:
    # One slip a year: none in 37 of 100 years, at most three in 98, at most two in 92.
    luck = Years([(0, 10)], rate=RATE).totals.plans[0].luck["dark_minutes"]
    assert (luck.quantile(0.05), luck.quantile(0.95)) == (0.0, 30.0)
    few = Years([(0, 10)], count=20).totals.plans[0].luck["dark_minutes"]
    assert few.quantile(0.05) is None  # too few for a 5th percentile


def test_unknowns_move_the_baseline_one_at_a_time_and_the_largest_is_first() -> None:
    headcount = "{value: 4, uncertain: {p05: 3, p95: 6}}"
    years = Years([(100, 7)], RATE, SLIP, headcount)
    grudge, slip, heads = years.doubts.unknowns({"plain": 0})
    assert (grudge.path, grudge.value_text) == ("causes.grudge.rate", "0.1 per year")
    assert (grudge.p05_text, grudge.p95_text) == ("0.02 per year", "0.4 per year")
    assert (grudge.low, grudge.high) == (pytest.approx(7 + 8), pytest.approx(7 + 160))
    assert slip.path == "reports.ordinary.slip"
    assert (slip.low, slip.high) == (pytest.approx(40 + 7 * 0.2), pytest.approx(40 + 7 * 10))
    # A grudge needs a head: 0.1 a year of each.
    assert (heads.path, heads.value_text, heads.p05_text) == ("teams.support.headcount", "4", "3")
    assert (heads.low, heads.high) == (pytest.approx(7 + 30), pytest.approx(7 + 60))


def test_a_number_moves_every_policy_and_their_differences() -> None:
    # Grudges bring 0.4 to 8 minutes a year of the baseline, 0.2 to 4 of the other; slips 7 of both.
    rare = "{value: 0.005 per year, uncertain: {p05: 0.001 per year, p95: 0.02 per year}}"
    years = Years([(100, 7), (50, 7)], rare)
    for name, minutes in (("protected_minutes", (10.0, 5.0)), ("longest_protected", (21.0, 5.0))):
        for place, each in enumerate(minutes):
            years.values[place, ::2, INDEX[name]] = each
    doubts = years.doubts
    (grudge,) = doubts.unknowns({"plain": 0, "other": 1})
    moves = {(move.policy, move.measure): move for move in grudge.moves}
    dark = moves["other", "dark_minutes"]
    assert (dark.low, dark.high) == (pytest.approx(7.2), pytest.approx(11))
    assert (dark.difference_low, dark.difference_high) == (pytest.approx(-0.2), pytest.approx(-4))
    assert dark.share == pytest.approx(3.8 / 11)
    assert dark.difference_share == pytest.approx(3.8 / 15)
    guarded = moves["plain", "protected_minutes"]
    assert (guarded.low, guarded.high) == (pytest.approx(0.04), pytest.approx(0.8))
    # Every grudge brings the headline of the baseline, none that of the other.
    assert moves["plain", "headline"].low == pytest.approx(-math.expm1(-0.004), rel=1e-6)
    assert moves["plain", "headline"].high == pytest.approx(-math.expm1(-0.08), rel=1e-6)
    assert (moves["other", "headline"].high, moves["other", "headline"].share) == (0.0, 0.0)
    band = doubts.differences(1)["dark_minutes"]
    assert (band.p05, band.p95) == (pytest.approx(-4, rel=5e-3), pytest.approx(-0.2, rel=5e-3))
    assert doubts.ranges(0)["headline"].p95 == pytest.approx(-math.expm1(-0.08), rel=5e-3)


def test_a_move_that_simulation_error_explains_has_no_share() -> None:
    years = Years([(100, 7)], headcount="{value: 4, uncertain: {p05: 3, p95: 6}}")
    noisy, lucky = years.block.found, years.block.found.values.copy()
    lucky[0, ::2, INDEX["dark_minutes"]] *= np.where(
        np.arange(100) % 2, 0.1, 1.89
    )  # on average a half per cent less
    (heads,) = years.numbers
    ends = {
        (heads.path, 0): replace(noisy, values=lucky * 4 / 3),
        (heads.path, 1): replace(noisy, values=lucky * 4 / 6),
    }
    ends[heads.path, 1].values[0, ::2, INDEX["dark_minutes"]] = 100 * 4 / 6
    found = Doubts(years.block, years.totals, years.numbers, ends, 0, 20.0).unknowns({"plain": 0})
    (move,) = (each for each in found[0].moves if each.measure == "dark_minutes")
    assert move.low != move.high
    assert move.share == 0.0


def test_policies_are_ranked_by_protected_minutes_where_they_hardly_differ_in_all() -> None:
    years = Years([(1000, 7), (998, 7), (999, 7)], RATE)
    for place, each in enumerate((10.0, 9.0, 1.0)):
        years.values[place, ::2, INDEX["protected_minutes"]] = each
    assert years.doubts.best_by == "protected_minutes"
    assert [years.doubts.best(place) for place in range(3)] == [0.0, 0.0, 1.0]
    # By all minutes nobody would be the best for two minutes of a thousand.
    dark = years.doubts.by_measure["dark_minutes"]
    assert [dark.best(place, years.totals) for place in range(3)] == [1.0, 1.0, 1.0]
    years.values[1, ::2, INDEX["dark_minutes"]] = 100.0
    assert years.doubts.best_by == "dark_minutes"


def test_two_unknowns_of_one_cause_multiply() -> None:
    years = Years([(100, 0)], RATE, headcount="{value: 4, uncertain: {p05: 2, p95: 8}}")
    sigmas = [math.log(20) / (2 * Z90), math.log(4) / (2 * Z90)]
    middle = 100 * 4 * math.sqrt(0.02 * 0.4)
    end = middle * math.exp(Z90 * math.hypot(*sigmas))
    assert spread(years).p95 == pytest.approx(end, rel=0.03)


def test_neighbours_tip_where_their_expected_years_are_equal() -> None:
    # 40 + 30 = 70 against 20 + 60 = 80 minutes a year: equal where grudges are 1.5 times as frequent.
    years = Years([(100, 30), (50, 60), (500, 600)], RATE, SLIP)
    # Slips: equal where they are 20 / 30 as frequent. The third policy is worse whatever they are.
    slip = Tips("plain", "other", "reports.ordinary.slip", "over", "0.13%", "0.2%")
    rate = Tips("plain", "other", "causes.grudge.rate", "under", "0.15 per year", "0.1 per year")
    assert years.tips in ((slip, rate), (rate, slip))
    assert Years([(100, 30), (50, 60), (500, 600)], RATE).tips == (rate,)
    # Out of its range nothing tips: grudges would have to be five times as frequent.
    assert Years([(100, 30), (95, 38), (500, 600)], RATE).tips == (
        Tips("plain", "other", "causes.grudge.rate", "under", "0.4 per year", "0.1 per year"),
    )
    assert Years([(100, 30), (96, 38), (500, 600)], RATE).tips == ()


def test_a_head_more_may_tip_too() -> None:
    years = Years([(100, 30), (50, 60), (500, 600)], headcount="{value: 4, uncertain: {p05: 3, p95: 9}}")
    assert years.tips == (Tips("plain", "other", "teams.support.headcount", "under", "6", "4"),)
    near = Years([(100, 30), (51, 59), (500, 600)], headcount="{value: 4, uncertain: {p05: 3, p95: 9}}")
    assert near.tips[0].value_text == "6"  # 5.92 heads
    close = Years([(100, 30), (50, 50.8), (500, 600)], RATE)
    assert close.tips[0].value_text == "0.104 per year"  # two digits would not tell it from 0.1


def test_what_hardly_differs_has_no_order_to_tip() -> None:
    assert Years([(100, 30), (80, 38.24), (500, 600)], RATE).tips == ()  # 70 and 70.24 minutes


def test_what_cannot_be_told_apart_has_no_order_to_tip() -> None:
    years = Years([(100, 30), (50, 60), (500, 600)], RATE)
    years.dark[1, 1::4] += 59.0  # the slips of every other year are twice as long, those between none
    years.dark[1, 3::4] -= 59.0
    years.values[2] = years.values[1]
    assert years.tips == ()


def best(years: Years) -> list[float | None]:
    return [years.ignorance.best(place, years.totals) for place in range(3)]


def test_the_shares_in_which_policies_are_best_add_up() -> None:
    shares = best(Years([(100, 30), (50, 60), (500, 600)], RATE))
    # Both are where they differ by less than a hundredth of the year.
    assert sum(share for share in shares if share is not None) == pytest.approx(1.0, abs=0.03)
    # The first is best while the factor, a lognormal, is below 1.5.
    z = (math.log(1.5) - math.log(0.2 * 4) / 2) / (math.log(20) / (2 * Z90))
    assert shares[0] == pytest.approx(0.5 * (1 + math.erf(z / math.sqrt(2))), abs=0.02)
    assert shares[2] == 0.0
    # Equals are the best together.
    assert best(Years([(100, 30), (100, 30), (500, 600)], RATE)) == [1.0, 1.0, 0.0]


def test_what_the_years_cannot_tell_apart_is_best_together() -> None:
    years = Years([(100, 30), (100, 30), (500, 600)], RATE)
    years.dark[1, 1::4] += 25.0  # by luck one minute less
    years.dark[1, 3::4] -= 27.0
    assert best(years) == [1.0, 1.0, 0.0]


def test_numbers_that_change_an_occurrence_multiply_and_stay_beyond_their_ends() -> None:
    years = Years([(100, 7)], RATE, SLIP)
    slip, rate = years.numbers
    means = years.ignorance.means
    half, twice = means * 0.5, means * 2.0
    moved = [Moved.of(rate, means, (half, twice)), Moved.of(slip, means, (half, means))]
    found = Ignorance(np.array([GRUDGE, 0.0]), means, moved, [], 1)

    def minutes(one: float, other: float) -> float:
        return float(found.years({0: np.array([one]), 1: np.array([other])})[0, 0])

    # 0.4 grudges of 100 minutes: a fifth as many at p05, four times as many at p95.
    low, high = (end.size for end in rate.ends)
    assert minutes(rate.size, slip.size) == pytest.approx(40)
    assert minutes(low, slip.size) == pytest.approx(40 * 0.2 * 0.5)
    assert minutes(high, slip.size) == pytest.approx(40 * 4 * 2)
    assert minutes(low, slip.ends[0].size) == pytest.approx(40 * 0.2 * 0.5 * 0.5)
    assert minutes((rate.size + low) / 2, slip.size) == pytest.approx(40 * 0.6 * 0.75)
    assert minutes(10 * high, slip.size) == pytest.approx(40 * 40 * 2)  # rates go on, occurrences do not
    assert minutes(0.0, slip.size) == pytest.approx(0.0, abs=1e-9)


def test_what_is_nothing_as_stated_may_be_something_at_an_end() -> None:
    years = Years([(0, 7)], RATE)
    (rate,) = years.numbers
    means = years.ignorance.means
    ends = np.array([[0.0, 7.0]]), np.array([[30.0, 7.0]])
    found = Ignorance(np.array([GRUDGE, SLIPS]), means, [Moved.of(rate, means, ends)], [], 1)
    moved = found.years({0: np.array([end.size for end in rate.ends])})[:, 0]
    assert moved == pytest.approx([7.0, 7.0 + 4 * GRUDGE * 30.0])


def test_whole_years_give_the_mean_of_an_occurrence_too() -> None:
    minutes: list[tuple[float, float]] = [(100, 7), (50, 7), (0, 7)]
    whole, episodes = Years(minutes, rate=RATE, method="direct"), Years(minutes, rate=RATE)
    assert whole.ignorance.means == pytest.approx(np.array(minutes))
    assert spread(whole) == spread(episodes)


# -- numbers that change an occurrence itself -----------------------------------------------

CATCHES = """
deactsim: 1
title: Half a safeguard
zone: UTC
platform:
  commands: {deactivate: {undo: restore}, restore: {}}
  tiers: {vip: {accounts: 50, followers: 1000}}
teams:
  support: {headcount: 4, may: {deactivate: [vip]}}
  leads: {headcount: 9}
  oncall: {headcount: 9}
detection: {public: {delay: 10 min, at_followers: 100}, word_reaches_platform: {delay: 5 min}}
response: {by: oncall, pick_up: 1 min, find_cause: 2 min, authorise: 3 min, restore: 4 min, contain: 6 min}
causes: {grudge: {cause: deliberate, rate: 0.1 per year, targets: {vip: 100%}}}
forecast: {appetite: 20 min, protected: [vip]}
baseline: half
policies:
  none: {}
  half: {approval: {by: {leads: 1}, review: 2 min, catches: {value: 50%, uncertain: {p05: 20%, p95: 90%}}}}
  same: {approval: {by: {leads: 1}, review: 2 min, catches: 50%}}
  button: {undo_button: {restore: 1 min}}
"""


def test_what_changes_an_occurrence_is_simulated_at_both_ends_on_the_same_years() -> None:
    scenario = loads(CATCHES)
    found = forecast(scenario, years=YEARS_AT_ENDS, seed=5, weeks=1)
    (catches,) = found.unknowns
    assert catches.path == "policies.half.approval.catches"
    for moved, text in ((catches.low, "20%"), (catches.high, "90%")):
        there = forecast(
            paths.vary(scenario, catches.path, text), policies=["half"], years=YEARS_AT_ENDS, seed=5, weeks=1
        )
        assert moved == pytest.approx(there.policies[0].yearly["dark_minutes"].mean, rel=1e-9)
    assert catches.low is not None
    assert catches.high is not None
    assert catches.low > catches.high
    # Only what says so is in doubt: the same safeguard without `uncertain` stays as it is.
    by_name = {policy.name: policy for policy in found.policies}
    assert by_name["same"].yearly == by_name["half"].yearly
    for name in ("same", "none", "button"):
        ignorance, mean = by_name[name].ignorance["dark_minutes"], by_name[name].yearly["dark_minutes"].mean
        assert ignorance == Range(mean, mean)
    half = by_name["half"].ignorance["dark_minutes"]
    assert half.p05 == pytest.approx(catches.high, rel=2e-3)
    assert half.p95 == pytest.approx(catches.low, rel=2e-3)


def test_the_order_hangs_on_what_changes_an_occurrence() -> None:
    # 25 minutes without anything, 22 with the button: the same as half of it where 12 % are caught.
    text = CATCHES.replace("p05: 20%", "p05: 1%")
    found = forecast(loads(text), policies=["button"], years=400, seed=5, weeks=1)
    (tips,) = found.tips
    assert (tips.better, tips.worse, tips.direction) == ("half", "button", "over")
    assert float(tips.value_text.removesuffix("%")) == pytest.approx(12, abs=8)


def test_one_number_in_several_policies_is_one_whatever_is_remarked() -> None:
    same = "catches: {value: 50%, note: as above, uncertain: {p05: 20%, p95: 90%}}}}"
    found = forecast(loads(CATCHES.replace("catches: 50%}}", same)), years=20, seed=5, weeks=1)
    (catches,) = found.unknowns
    assert catches.path == "policies.half.approval.catches and 1 alike"
    by_name = {policy.name: policy for policy in found.policies}
    assert by_name["half"].ignorance == by_name["same"].ignorance
    assert by_name["half"].ignorance != by_name["none"].ignorance


def test_other_numbers_are_others_though_they_say_the_same() -> None:
    text = CATCHES.replace(
        "causes: {grudge:", "causes: {bribe: {cause: deliberate, rate: RATE, targets: {vip: 100%}}, grudge:"
    )
    text = text.replace("RATE", RATE).replace("rate: 0.1 per year", f"rate: {RATE}")
    paths_ = [unknown.path for unknown in forecast(loads(text), years=2, weeks=1).unknowns]
    assert sorted(paths_) == ["causes.bribe.rate", "causes.grudge.rate", "policies.half.approval.catches"]


def test_who_leaves_moves_no_occurrence() -> None:
    turnover = "{value: 50% per year, uncertain: {p05: 20% per year, p95: 90% per year}}"
    given = loads(CATCHES.replace("headcount: 4,", f"headcount: 4, turnover: {turnover},"))
    plan, causes = compile_plan(given, "none", None), compile_causes(given)
    found = {number.path: number for number in numbers(given, Fleet((plan,), causes), {"none": 0})}
    assert [end.fleet for end in found["teams.support.turnover"].ends] == [None, None]


def test_an_end_that_cannot_be_is_said() -> None:
    slip = "{value: 60%, uncertain: {p05: 50%, p95: 70%}, basis: assumed}, misidentified: 40%"
    scenario = loads(TEXT.format(rate="0.1 per year", slip=slip, headcount="4"))
    with pytest.raises(DeactsimError, match=r"reports.ordinary.slip may be 70%.* but then: "):
        forecast(scenario, years=2, weeks=1)


def test_interrupted_at_the_ends_the_number_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    from deactsim.study import forecast as study
    from deactsim.study.forecast_years import Job, Shared, work

    def interrupted(shared: Shared, job: Job) -> object:
        if job.fleet == 2:
            raise KeyboardInterrupt
        return work(shared, job)

    monkeypatch.setattr(study, "work", interrupted)
    found = forecast(loads(CATCHES), years=8, weeks=1)
    assert (found.complete, found.years, found.years_asked) == (False, 8, 8)
    (catches,) = found.unknowns
    assert (catches.low, catches.high) == (None, None)
    assert all(policy.ignorance == {} for policy in found.policies)
