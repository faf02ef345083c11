"""Forecasts: figures that can be known beforehand, agreement of the two methods, and bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import poisson

from deactsim.errors import DeactsimError, UnknownName
from deactsim.scenario.load import loads
from deactsim.scenario.schema import Scenario
from deactsim.study import forecast as study
from deactsim.study import forecast_stages
from deactsim.study.forecast import forecast, year_start
from deactsim.study.forecast_results import YEARLY, Forecast, ForecastPolicy
from deactsim.study.forecast_stages import PILOT, Stages
from deactsim.study.forecast_totals import Totals
from deactsim.study.forecast_years import Found, Job, Shared, work

#: Nothing is left to chance but when and how often: 10 + 5 + 1 + 2 + 3 + 4 = 25 minutes dark.
TEXT = """
deactsim: 1
title: A plain platform
zone: UTC
platform:
  commands: {{deactivate: {{undo: restore}}, restore: {{}}}}
  tiers: {{vip: {{accounts: 50, followers: 1000}}, ordinary: {{accounts: 10k, followers: 10}}}}
teams:
  support: {{headcount: 4, may: {{deactivate: [vip, ordinary]}}, turnover: 0.5 per year, shift: "{shift}"}}
  leads: {{headcount: 9}}
  oncall: {{headcount: 9}}
reports: {reports}
detection:
  public: {{delay: 10 min, at_followers: 100, chance: {chance}}}
  word_reaches_platform: {{delay: 5 min}}
response: {{by: oncall, pick_up: 1 min, find_cause: 2 min, authorise: 3 min, restore: 4 min, contain: 6 min}}
causes: {causes}
forecast: {forecast}
baseline: plain
policies:
  plain: {{deprovisioning: {{lag: 1 day}}}}
  same: {{deprovisioning: {{lag: 1 day}}}}
  button: {{deprovisioning: {{lag: 1 day}}, undo_button: {{restore: 1 min}}}}
  approved: {{approval: {{by: {{leads: 1}}, review: 2 min, catches: 100%}}}}
  half: {{approval: {{by: {{leads: 1}}, review: 2 min, catches: 50%}}}}
  step-down: {{step_down: {{before_last_shift: 14 days}}, deprovisioning: {{lag: 1 day}}}}
  few: {{least_privilege: {{holders: 2}}}}
"""
GRUDGE = "{cause: deliberate, rate: 0.1 per year, targets: {vip: 100%}}"


def scenario(
    causes: str = f"{{grudge: {GRUDGE}}}",
    reports: str = "{}",
    forecast: str = "{appetite: 20 min, protected: [vip]}",
    chance: str = "100%",
    shift: str = "always",
) -> Scenario:
    return loads(TEXT.format(causes=causes, reports=reports, forecast=forecast, chance=chance, shift=shift))


def by_name(found: Forecast) -> dict[str, ForecastPolicy]:
    return {policy.name: policy for policy in found.policies}


@pytest.fixture(scope="module")
def plain() -> dict[str, ForecastPolicy]:
    """0.4 grudges a year, each 25 minutes dark on one protected account."""
    return by_name(forecast(scenario(), years=20, seed=3, weeks=1))


def test_yearly_means_are_rate_times_mean(plain: dict[str, ForecastPolicy]) -> None:
    yearly = plain["plain"].yearly
    assert set(yearly) == set(YEARLY)
    expected = {"asked": 0.4, "stopped": 0.0, "accounts_dark": 0.4, "dark_minutes": 10.0, "content_lost": 0.0}
    expected |= {"audience_minutes": 10_000.0, "protected_dark": 0.4, "protected_minutes": 10.0}
    assert {name: each.mean for name, each in yearly.items()} == pytest.approx(expected)
    assert plain["button"].yearly["dark_minutes"].mean == pytest.approx(0.4 * 22)
    assert plain["button"].difference["dark_minutes"].mean == pytest.approx(-1.2)
    assert plain["approved"].yearly["stopped"].mean == pytest.approx(0.4)
    assert plain["approved"].yearly["dark_minutes"].mean == 0.0
    assert plain["plain"].by_cause["grudge"]["dark_minutes"] == plain["plain"].yearly["dark_minutes"]


def test_a_headline_is_one_that_comes_at_all(plain: dict[str, ForecastPolicy]) -> None:
    once = 1.0 - math.exp(-0.4)
    assert plain["plain"].headline.mean == pytest.approx(once)
    assert plain["approved"].headline.mean == 0.0
    assert plain["approved"].headline.high > 0.0  # 20 years do not show that it never happens
    half = plain["half"].headline
    assert half.low < 1.0 - math.exp(-0.2) < half.high
    points = {round(p.minutes): p.share for p in plain["plain"].exceedance}
    assert points[0] == pytest.approx(once)
    assert all(
        a.share >= b.share
        for a, b in zip(plain["plain"].exceedance, plain["plain"].exceedance[1:], strict=False)
    )


def test_equal_policies_differ_by_exactly_nothing(plain: dict[str, ForecastPolicy]) -> None:
    assert all((d.mean, d.low, d.high) == (0.0, 0.0, 0.0) for d in plain["same"].difference.values())
    beats = plain["same"].beats["dark_minutes"]
    assert (beats.better.mean, beats.ties, beats.worse) == (0.0, 1.0, 0.0)
    beats = plain["button"].beats["dark_minutes"]
    assert beats.better.mean == pytest.approx(1.0 - math.exp(-0.4))
    assert beats.ties == pytest.approx(math.exp(-0.4))


def test_policies_are_paired_with_each_other(plain: dict[str, ForecastPolicy]) -> None:
    for name, policy in plain.items():
        assert set(policy.ahead) == set(plain) - {name}
        for other, found in policy.ahead.items():
            gap = policy.yearly["dark_minutes"].mean - plain[other].yearly["dark_minutes"].mean
            assert found.mean == pytest.approx(gap, abs=1e-9)


def test_access_is_counted_in_days(plain: dict[str, ForecastPolicy]) -> None:
    assert plain["plain"].access["after_leaving"].mean == 1.0
    assert plain["plain"].access["in_notice"].mean == 30.0
    assert plain["step-down"].access["after_leaving"].mean == 0.0
    assert plain["step-down"].access["in_notice"].mean == 16.0
    assert plain["approved"].access["after_leaving"].mean == 365.25  # nobody cuts anybody off
    curve = dict(plain["step-down"].access_curve)
    assert (curve[-15.0], curve[-13.0], curve[0.0]) == (1.0, 0.0, 0.0)
    assert dict(plain["plain"].access_curve)[0.0] == 1.0


def test_times_are_those_of_what_went_dark(plain: dict[str, ForecastPolicy]) -> None:
    times = plain["plain"].times
    assert (times["time_to_detect"].median, times["time_to_restore"].median) == (10.0, 15.0)
    assert plain["approved"].times == {}


def test_a_bad_year_is_told_occurrence_by_occurrence() -> None:
    found = forecast(scenario(), years=20, seed=3, weeks=1)
    bad = found.bad_year
    assert bad is not None
    assert bad.minutes == pytest.approx(sum(each.minutes for each in bad.occurrences))
    assert {(each.cause, each.accounts, each.protected, each.noticed_by) for each in bad.occurrences} == {
        ("grudge", 1, True, "public")
    }
    assert all(1 <= each.day <= 366 for each in bad.occurrences)


def test_nobody_ever_notices_counts_ninety_days() -> None:
    found = by_name(forecast(scenario(chance="0%"), policies=["plain"], years=4, weeks=1))
    assert found["plain"].yearly["dark_minutes"].mean == pytest.approx(0.4 * 90 * 1440)
    assert found["plain"].yearly["content_lost"].mean == pytest.approx(0.4)
    assert found["plain"].times == {}


# -- the two methods ------------------------------------------------------------------------

ROUTINE = (
    '{ordinary: {command: deactivate, rate: 3 per day, actioned: 50%, handling: "median 20 min, p90 1 h",'
    " slip: 1%, misidentified: 0.5%}, vip: {command: deactivate, rate: 1 per week, actioned: 50%,"
    " handling: 20 min, slip: 5%}}"
)
FREQUENT = (
    "{grudge: {cause: deliberate, rate: 0.5 per year, targets: {vip: 60%, ordinary: 40%}, accounts: 2}}"
)


def test_whole_years_and_episodes_agree() -> None:
    given = scenario(FREQUENT, ROUTINE, shift="Mon-Fri 08:00-18:00 UTC")
    both = {
        method: forecast(given, policies=["half", "few"], years=10, seed=4, method=method, weeks=1)  # type: ignore[arg-type]
        for method in ("episodes", "direct")
    }
    assert {f.why for f in both.values()} == {"asked for"}
    compared = 0
    for name in ("plain", "half", "few"):
        one, other = (by_name(f)[name] for f in both.values())
        for measure in ("asked", "stopped", "accounts_dark", "dark_minutes", "protected_minutes"):
            a, b = one.yearly[measure], other.yearly[measure]
            error = math.hypot(a.high - a.low, b.high - b.low) / 3.92
            assert abs(a.mean - b.mean) <= 4 * error + 1e-9, (name, measure)
            compared += error > 0.0
        assert abs(one.headline.mean - other.headline.mean) < 0.35
    assert compared >= 11


def test_fewer_holders_make_as_many_errors_in_the_same_work() -> None:
    given = scenario("{}", ROUTINE)
    found = by_name(forecast(given, policies=["few"], years=4, weeks=1))
    errors = [found[name].yearly["asked"].mean for name in ("plain", "few")]
    assert errors[0] == errors[1] > 8.0
    grudges = by_name(forecast(scenario(), policies=["few"], years=40, seed=2, weeks=1))
    assert grudges["few"].yearly["stopped"].mean == pytest.approx(0.2, abs=0.08)  # two of four hold the right


def test_the_method_is_chosen_by_rarity_and_size() -> None:
    rare = forecast(scenario(), policies=["plain"], years=2, weeks=1)
    assert rare.method == "episodes"
    assert "rarest cause (grudge) occurs 0.4 times a year" in rare.why
    often = GRUDGE.replace("0.1 per year", "1 per year")
    given = scenario(f"{{grudge: {often}}}")
    assert forecast(given, policies=["plain"], years=2, weeks=1).method == "direct"


# -- what it does not depend on -------------------------------------------------------------


def test_the_answer_does_not_depend_on_who_else_is_asked_or_on_workers() -> None:
    given = scenario(FREQUENT)
    alone = by_name(forecast(given, policies=["half"], years=5, seed=2, weeks=1))["half"]
    together = by_name(forecast(given, policies=["few", "half"], years=5, seed=2, weeks=1, workers=2))["half"]
    for name in YEARLY:
        assert alone.yearly[name] == together.yearly[name]
    assert alone.headline == together.headline
    assert (
        by_name(forecast(given, policies=["half"], years=5, seed=3, weeks=1))["half"].yearly != alone.yearly
    )


def test_a_cause_that_never_occurs_changes_nothing() -> None:
    idle = GRUDGE.replace("0.1 per year", "0 per year")
    one = by_name(forecast(scenario(), policies=["half"], years=4, weeks=1))["half"]
    two = by_name(
        forecast(scenario(f"{{grudge: {GRUDGE}, idle: {idle}}}"), policies=["half"], years=4, weeks=1)
    )
    assert two["half"].yearly == one.yearly
    assert two["half"].by_cause["idle"]["asked"].mean == 0.0


# -- precision, money, interruption ---------------------------------------------------------


def test_a_precision_takes_fresh_years_and_is_checked() -> None:
    found = forecast(scenario(), policies=["half"], precision=0.25, weeks=1)
    assert found.frame["year"].min() == PILOT
    assert found.precision is not None
    assert (found.precision.asked, found.precision.met) == (0.25, True)
    saved = by_name(found)["half"].difference["dark_minutes"]
    own = by_name(found)["plain"].yearly["dark_minutes"]
    # Every occurrence of the baseline is alike: the difference is what there is to know.
    assert found.precision.of == "the difference of half"
    assert found.precision.reached == pytest.approx((saved.high - saved.low) / 2 / own.mean)
    assert found.precision.reached <= 0.25
    assert found.years_asked == found.years


def test_a_stage_that_was_too_short_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_few(stages: Stages, pilot: Totals) -> int:
        assert pilot.years == PILOT
        return 100

    monkeypatch.setattr(Stages, "first", too_few)
    found = forecast(scenario(), policies=["half"], precision=0.045, weeks=1)
    assert found.precision is not None
    assert found.precision.looks == 2
    assert found.precision.level == pytest.approx(1 - 0.05 / 4)
    assert found.precision.met
    assert found.precision.reached <= 0.045
    assert found.years_asked == found.years > 100
    assert found.years % 100 == 0
    assert found.complete


def test_a_precision_that_is_not_reached_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast_stages, "MOST", 200)
    found = forecast(scenario(), policies=["half"], precision=0.001, weeks=1)
    assert found.precision is not None
    assert (found.years, found.complete, found.precision.met) == (200, True, False)
    assert found.precision.reached > 0.001


def test_nothing_that_differs_stops_at_the_first_look() -> None:
    found = forecast(scenario(), policies=["same"], precision=0.1, weeks=1)
    assert found.precision is not None
    assert (found.years, found.precision.looks, found.precision.reached) == (400, 1, 0.0)


def test_friction_costs_what_wages_say() -> None:
    settings = "{appetite: 1 h, protected: [vip], wages: {support: 20, leads: 60, oncall: 50}, currency: EUR}"
    routine = "{ordinary: {command: deactivate, rate: 24 per day, actioned: 100%, handling: 1 min}}"
    found = forecast(scenario(reports=routine, forecast=settings), policies=["approved"], years=2, weeks=8)
    cost = by_name(found)["approved"].cost
    hours = by_name(found)["approved"].friction["approver_hours"]
    assert cost is not None
    assert cost.unit == "EUR per year"
    assert cost.mean == pytest.approx(hours.mean * 60 * 365.25 / 7)
    assert by_name(found)["plain"].cost is not None
    missing = settings.replace("leads: 60, ", "")
    found = forecast(scenario(reports=routine, forecast=missing), policies=["approved"], years=2, weeks=2)
    assert by_name(found)["approved"].cost is None


def at_110_percent(half: str) -> ForecastPolicy:
    """A policy under which one lead is asked for two minutes' work 33 times an hour."""
    text = TEXT.replace("leads: {{headcount: 9}}", "leads: {{headcount: 1}}")
    text = text.replace("approval: {{by: {{leads: 1}}, review: 2 min, catches: 50%}}", half)
    text = text.format(
        causes=f"{{grudge: {GRUDGE}}}",
        reports="{ordinary: {command: deactivate, rate: 33 per hour, actioned: 100%, handling: 1 s}}",
        forecast="{appetite: 20 min, protected: [vip]}",
        chance="100%",
        shift="always",
    )
    return by_name(forecast(loads(text), policies=["half"], years=2, weeks=1))["half"]


def test_what_cannot_cope_is_named() -> None:
    found = at_110_percent("separation_of_duties: {{by: leads, takes: 2 min, catches: 50%}}")
    assert found.unstable == "leads at 110%"
    assert "minutes_held" not in found.friction
    assert found.friction_text == "unstable: leads at 110%"


def test_what_times_out_is_refused_and_does_not_grow() -> None:
    found = at_110_percent("approval: {{by: {{leads: 1}}, review: 2 min, catches: 50%, time_out: 4 h}}")
    assert found.unstable is None
    assert found.refused is not None
    # At 110 % one request in eleven is too many, and reviews begun shortly before the time-out are done in vain.
    assert 1.0 - 1.0 / 1.1 < found.refused.share < 0.4
    assert 3 * 60 < found.friction["minutes_held"].mean < 4 * 60


def test_interrupted_it_says_what_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(shared: Shared, job: Job) -> object:
        if job.first == 12 and job.count > 1:  # in the fourth piece of four years
            raise KeyboardInterrupt
        return work(shared, job)

    monkeypatch.setattr(study, "work", interrupted)
    found = forecast(scenario(), years=40, seed=3, weeks=1)
    assert not found.complete
    assert (found.years, found.years_asked) == (12, 40)
    monkeypatch.undo()
    whole = forecast(scenario(), years=12, seed=3, weeks=1)
    assert by_name(found)["half"].yearly == by_name(whole)["half"].yearly


def test_interrupted_before_anything_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(shared: Shared, job: Job) -> Found:
        raise KeyboardInterrupt

    monkeypatch.setattr(study, "work", interrupted)
    with pytest.raises(KeyboardInterrupt):
        forecast(scenario(), years=4, weeks=1)


# -- bad input ------------------------------------------------------------------------------


def test_what_cannot_be_forecast() -> None:
    with pytest.raises(DeactsimError, match="nothing can go wrong here"):
        forecast(scenario(causes="{}"), years=2)
    with pytest.raises(DeactsimError, match="exclude each other"):
        forecast(scenario(), years=2, precision=0.1)
    with pytest.raises(DeactsimError, match="2 years or more"):
        forecast(scenario(), years=1)
    with pytest.raises(UnknownName, match="did you mean 'button'"):
        forecast(scenario(), policies=["buttn"])
    nothing = loads(
        TEXT.replace("forecast: {forecast}\n", "").format(
            causes="{}", reports="{}", chance="1%", shift="always"
        )
    )
    with pytest.raises(DeactsimError, match="says nothing of a forecast"):
        forecast(nothing)


def test_what_a_frequent_cause_was_never_seen_to_do_is_not_impossible() -> None:
    often = "{vip: {command: deactivate, rate: 40 per day, actioned: 50%, handling: 1 s, slip: 5%}}"
    hour = "{appetite: 1 h, protected: [vip]}"
    found = by_name(forecast(scenario(reports=often, forecast=hour), policies=["button"], years=10, weeks=1))
    # 365 slips a year, 25 minutes each: none of 80 was beyond the hour.
    assert found["plain"].headline.mean == 0.0
    assert found["plain"].headline.high == pytest.approx(1.0, abs=1e-6)
    rare = by_name(forecast(scenario(forecast=hour), policies=["button"], years=10, weeks=1))
    assert rare["plain"].headline.high < 0.4


def test_what_cannot_hit_a_protected_account_does_not_widen_its_chances() -> None:
    errors = "{ordinary: {command: deactivate, rate: 40 per day, actioned: 50%, handling: 1 s, slip: 0.1%}}"
    alone = by_name(forecast(scenario(), policies=["half"], years=10, weeks=1))["half"]
    beside = by_name(forecast(scenario(reports=errors), policies=["half"], years=10, weeks=1))["half"]
    assert beside.yearly["asked"].mean > 7.0
    assert beside.headline == alone.headline
    assert beside.exceedance == alone.exceedance
    assert beside.beats["protected_minutes"] == alone.beats["protected_minutes"]


def test_years_are_not_counted_where_a_frequent_cause_matters_now_and_then() -> None:
    often = "{ordinary: {command: deactivate, rate: 40 per day, actioned: 50%, handling: 1 s, slip: 0.4%}}"
    found = by_name(forecast(scenario(reports=often), years=80, weeks=1))
    # Of 29 slips a year half are dark: fewer than the most that is composed.
    assert found["half"].luck["dark_minutes"].p95 < found["plain"].luck["dark_minutes"].p05
    assert "dark_minutes" not in found["half"].beats
    assert found["same"].beats["dark_minutes"].ties == 1.0


def test_the_year_is_that_of_the_waves() -> None:
    text = TEXT.replace("turnover: 0.5 per year", "waves: [{{at: 2024-06-28T17:00:00Z, leavers: 3}}]")
    given = loads(
        text.format(
            causes=f"{{grudge: {GRUDGE}}}",
            reports="{}",
            forecast="{appetite: 20 min, protected: [vip]}",
            chance="100%",
            shift="always",
        )
    )
    assert year_start(given) == 1_704_067_200_000_000
    found = forecast(given, policies=["plain"], years=2, weeks=1)
    assert by_name(found)["plain"].access["after_leaving"].mean == 1.0


def test_the_frame_has_a_row_a_policy_and_occurrence() -> None:
    found = forecast(scenario(), policies=["half"], years=4, weeks=1)
    frame = found.frame
    assert set(frame["policy"]) == {"plain", "half"}
    assert len(frame) == 2 * sum(cause.simulated for cause in found.causes)
    assert np.isfinite(frame["dark_minutes"]).all()
    assert set(frame["noticed_by"].dropna()) == {"public"}
    assert frame["noticed_by"].isna().equals(frame["time_to_detect"].isna())


def test_luck_of_frequent_causes_is_that_of_their_own_occurrences() -> None:
    # 292 slips a year, each 25 minutes: 25 times a Poisson number; its 5th and 95th percentile are 264 and 320.
    often = "{ordinary: {command: deactivate, rate: 80 per day, actioned: 50%, handling: 1 s, slip: 2%}}"
    given = scenario(
        reports=often, causes="{grudge: " + GRUDGE.replace("0.1 per year", "0.0001 per year") + "}"
    )
    for years in (100, 300):
        found = forecast(given, policies=["plain"], years=years, weeks=1, method="episodes")
        (own,), bad = found.policies, found.bad_year
        luck, mean = own.luck["dark_minutes"], own.yearly["dark_minutes"].mean
        assert mean == pytest.approx(25 * 292.2, rel=0.01)
        low, high = (25 * poisson.ppf(p, 292.2) for p in (0.05, 0.95))
        assert luck.p05 == pytest.approx(low, rel=0.015)
        assert luck.p95 == pytest.approx(high, rel=0.015)
        assert bad is not None
        assert bad.minutes == pytest.approx(luck.p95, rel=0.01)
        assert bad.minutes > mean
