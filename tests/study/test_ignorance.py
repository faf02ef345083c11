"""Ignorance against closed forms: quantiles of a lognormal and a logit-normal, tipping values, who is best."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from deactsim.model.compile import compile_plan
from deactsim.model.compile_causes import compile_causes
from deactsim.scenario.load import loads
from deactsim.study.forecast_results import Tips
from deactsim.study.forecast_summing import INDEX, Years
from deactsim.study.forecast_years import Found
from deactsim.study.ignorance import DRAWS, Z90, Ignorance
from deactsim.study.occurrences import COLUMNS

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


def years(
    minutes: Sequence[tuple[float, float]],
    rate: str = "0.1 per year",
    slip: str = "0.2%",
    headcount: str = "4",
    count: int = 100,
) -> Years:
    """Years in which a grudge and a slip are so many minutes dark under each policy, always."""
    scenario = loads(TEXT.format(rate=rate, slip=slip, headcount=headcount))
    causes = compile_causes(scenario)
    assert [cause.name for cause in causes] == ["grudge", "slip on ordinary"]
    values = np.zeros((len(minutes), 2 * count, len(COLUMNS)))
    for place, pair in enumerate(minutes):
        values[place, :, INDEX["dark_minutes"]] = np.tile(pair, count)
    found = Found(
        np.repeat(np.arange(count), 2),
        np.tile([0, 1], count),
        np.zeros(2 * count, np.int64),
        values,
        np.zeros((len(minutes), 0, 2)),
    )
    plan = compile_plan(scenario, "plain", None)
    return Years(scenario, causes, (plan,) * len(minutes), PLACES, "episodes", 1, 0, 0, count, found)


def test_the_causes_are_as_frequent_as_is_said() -> None:
    assert Ignorance(years([(1, 1)])).rates == pytest.approx([GRUDGE, SLIPS])


def test_a_lognormal_rate_moves_the_expected_year_by_its_own_quantiles() -> None:
    found = Ignorance(years([(100, 7)], rate=RATE))
    ignorance, _ = found.ranges(0)
    assert ignorance is not None
    # 7 minutes of slips a year, and 40 of grudges, a fifth to four times that.
    assert ignorance.p05 == pytest.approx(7 + 8, rel=2e-3)
    assert ignorance.p95 == pytest.approx(7 + 160, rel=2e-3)
    sigma = math.log(20) / (2 * Z90)
    mean = 7 + 400 * math.sqrt(0.02 * 0.4) * math.exp(sigma**2 / 2)
    assert found.expected[:, 0].mean() == pytest.approx(mean, rel=5e-3)
    assert found.expected.shape == (DRAWS, 1)


def test_a_share_is_logit_normal() -> None:
    found = Ignorance(years([(0, 50)], slip=SLIP))
    ignorance, _ = found.ranges(0)
    assert ignorance is not None
    assert ignorance.p05 == pytest.approx(50 * 0.2, rel=2e-3)
    assert ignorance.p95 == pytest.approx(50 * 10, rel=2e-3)
    middle = (math.log(0.0004 / 0.9996) + math.log(0.02 / 0.98)) / 2
    median = 1 / (1 + math.exp(-middle))
    assert np.median(found.expected[:, 0]) == pytest.approx(50 * median / 0.002, rel=2e-3)


def test_two_unknowns_are_drawn_independently() -> None:
    found = Ignorance(years([(1, 1)], rate=RATE, slip=SLIP))
    factors = {each.path: each.factors for each in found.scaled}
    one, two = (np.log(each) for each in factors.values())
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.06
    assert np.quantile(factors["causes.grudge.rate"], (0.05, 0.95)) == pytest.approx([0.2, 4.0], rel=2e-3)


def test_without_unknowns_there_is_no_ignorance() -> None:
    found = Ignorance(years([(100, 7), (90, 7), (0, 0)]))
    assert found.ranges(0)[0] is None
    assert found.best(0, [0, 1, 2]) is None
    assert found.unknowns(0) == ()
    assert found.tips(PLACES) == ()


def test_luck_is_that_of_a_poisson_year() -> None:
    _, luck = Ignorance(years([(0, 10)], rate=RATE)).ranges(0)
    assert luck is not None
    # One slip a year: none in 37 of 100 years, at most three in 98, at most two in 92.
    assert (luck.p05, luck.p95) == (0.0, 30.0)
    assert Ignorance(years([(0, 10)], count=20)).ranges(0)[1] is None  # too few for a 5th percentile


def test_a_frequent_cause_has_no_luck_but_its_ignorance() -> None:
    often = SLIP.replace("0.2%", "5%").replace("2%}", "20%}")
    values = years([(100, 7)], slip=often)
    part = np.arange(values.found.cause.size) % 16 == 1  # matters in one slip of eight: 3 a year
    values.found.values[0, values.found.cause == 1, INDEX["dark_minutes"]] = 0.0
    values.found.values[0, part, INDEX["dark_minutes"]] = 7.0
    ignorance, luck = Ignorance(values).ranges(0)
    assert ignorance is not None
    assert luck is None


def test_unknowns_move_the_baseline_one_at_a_time_and_the_largest_is_first() -> None:
    headcount = "{value: 4, uncertain: {p05: 3, p95: 6}}"
    grudge, slip, held = Ignorance(years([(100, 7)], RATE, SLIP, headcount)).unknowns(0)
    assert (grudge.path, grudge.value_text) == ("causes.grudge.rate", "0.1 per year")
    assert (grudge.p05_text, grudge.p95_text) == ("0.02 per year", "0.4 per year")
    assert (grudge.low, grudge.high) == (pytest.approx(7 + 8), pytest.approx(7 + 160))
    assert slip.path == "reports.ordinary.slip"
    assert (slip.low, slip.high) == (pytest.approx(40 + 7 * 0.2), pytest.approx(40 + 7 * 10))
    assert (held.path, held.value_text, held.p05_text, held.p95_text) == (
        "teams.support.headcount",
        "4",
        "3",
        "6",
    )
    assert (held.low, held.high) == (None, None)


def test_neighbours_tip_where_their_expected_years_are_equal() -> None:
    # 40 + 30 = 70 against 20 + 60 = 80 minutes a year: equal where grudges are 1.5 times as frequent.
    values = years([(100, 30), (50, 60), (500, 600)], RATE, SLIP)
    # Slips: equal where they are 20 / 30 as frequent. The third policy is worse whatever they are.
    slip = Tips("plain", "other", "reports.ordinary.slip", "over", "0.13%", "0.2%")
    rate = Tips("plain", "other", "causes.grudge.rate", "under", "0.15 per year", "0.1 per year")
    assert Ignorance(values).tips(PLACES) in ((slip, rate), (rate, slip))
    assert Ignorance(years([(100, 30), (50, 60), (500, 600)], RATE)).tips(PLACES) == (rate,)
    # Out of its range nothing tips: grudges would have to be five times as frequent.
    assert Ignorance(years([(100, 30), (95, 38), (500, 600)], RATE)).tips(PLACES) == (
        Tips("plain", "other", "causes.grudge.rate", "under", "0.4 per year", "0.1 per year"),
    )
    assert Ignorance(years([(100, 30), (96, 38), (500, 600)], RATE)).tips(PLACES) == ()


def test_what_cannot_be_told_apart_has_no_order_to_tip() -> None:
    values = years([(100, 30), (50, 60), (500, 600)], RATE)
    noisy = values.found.values[1, :, INDEX["dark_minutes"]]
    noisy[1::4] += 59.0  # the slips of every other year are twice as long, those between none
    noisy[3::4] -= 59.0
    values.found.values[2] = values.found.values[1]
    assert Ignorance(values).tips(PLACES) == ()


def test_the_shares_in_which_policies_are_best_add_up() -> None:
    found = Ignorance(years([(100, 30), (50, 60), (500, 600)], RATE))
    shares = [found.best(place, [0, 1, 2]) for place in range(3)]
    assert sum(share for share in shares if share is not None) == pytest.approx(1.0)
    # The first is best while the factor, a lognormal, is below 1.5.
    z = (math.log(1.5) - math.log(0.2 * 4) / 2) / (math.log(20) / (2 * Z90))
    assert shares[0] == pytest.approx(0.5 * (1 + math.erf(z / math.sqrt(2))), abs=1e-3)
    assert shares[2] == 0.0
    # Equals are the best together.
    equal = Ignorance(years([(100, 30), (100, 30), (500, 600)], RATE))
    assert [equal.best(place, [0, 1, 2]) for place in range(3)] == [1.0, 1.0, 0.0]


def test_whole_years_give_the_mean_of_an_occurrence_too() -> None:
    values = years([(100, 7), (50, 7), (0, 7)], rate=RATE)
    whole = Years(**{**{f: getattr(values, f) for f in values.__dataclass_fields__}, "method": "direct"})
    assert Ignorance(whole).means == pytest.approx(np.array([[100, 7], [50, 7], [0, 7]]))
    assert Ignorance(whole).ranges(0)[0] == Ignorance(values).ranges(0)[0]
