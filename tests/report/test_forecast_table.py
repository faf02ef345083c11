"""The text and the data of a forecast: golden files, edges, and what may never be said."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest

from deactsim.report import forecast_figures as figures
from deactsim.report.forecast_chart_data import APART, exceedance_data
from deactsim.report.forecast_in_doubt import held_text, in_doubt
from deactsim.report.forecast_records import FORECAST_COLUMNS, forecast_record, forecast_rows
from deactsim.report.forecast_table import forecast_table, how_often, vary_table
from deactsim.report.wording import inputs_text
from deactsim.scenario import paths
from deactsim.scenario.load import load, loads
from deactsim.study.forecast_results import (
    Beats,
    CauseResult,
    ExceedancePoint,
    Forecast,
    Move,
    Precision,
    Range,
    Unknown,
)
from deactsim.study.provenance import basis
from deactsim.study.results import Estimate, Refused, Summary
from tests.report import made_up_forecast as made
from tests.report.test_tables import TEXT, WIDTH, golden


def table(**more: object) -> str:
    return forecast_table(made.forecast(**more), "file.yaml", "3f9a2c71" * 8)


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("forecast.txt", lambda: table()),
        ("forecast-interrupted.txt", lambda: table(complete=False, years=340, policies=made.policies()[:2])),
        ("forecast-vary.txt", lambda: vary_table(made.varied(("50%", "90%")))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_golden(name: str, text: Callable[[], str]) -> None:
    golden(name, text())


def test_what_is_put_in_is_never_dressed_as_a_finding() -> None:
    said = words(table())
    assert "the appetite (put in)" in said
    assert "PUT IN not found: how often each cause comes" in said
    assert "may be wrong is not in them, but under NOT KNOWN as far as the scenario says" in said


def test_inputs_are_counted_as_everywhere() -> None:
    rests = basis(made.forecast().scenario, ())
    assert rests.disputed == 1
    assert f"RESTS ON {inputs_text(rests)}. Sources dispute 1 input." in words(table())


def test_an_unstable_policy_is_named_with_its_load() -> None:
    said = words(table())
    assert (
        "UNSTABLE four-eyes: leads (load 1.32) cannot cope. The queue grows for as long as that lasts" in said
    )
    assert "Errors of routine work are counted as if every report were handled." in said
    assert "four-eyes UNSTABLE, see below; 3300 held -" in said
    stable = [replace(policy, unstable=None) for policy in made.policies()]
    assert "UNSTABLE" not in table(policies=tuple(stable))


def test_what_is_true_of_several_unstable_policies_is_said_once() -> None:
    policies = [
        replace(policy, unstable="leads at 132%", friction_text="unstable: leads at 132%")
        for policy in made.policies()[:3]
    ]
    said = words(table(policies=tuple(policies)))
    assert "UNSTABLE as-it-was, two-person and cut-off-1h: leads at 132% cannot cope. The queue" in said
    assert said.count("waits have no average") == 1
    assert "see below; unstable" not in said


REFUSED = Refused(
    0.52,
    "52 % of requests denied",
    "52 % of the honest requests it covers are denied: nobody in leads is on shift",
)


def test_honest_work_that_is_refused_is_said_with_care() -> None:
    """In table, JSON and rows; and such a policy is no better one than others."""
    own, two, *rest = made.policies()
    refusing = replace(two, refused=REFUSED, friction_text=f"CAREFUL, {REFUSED.short}")
    forecast = made.forecast((own, refusing, *rest))
    said = words(table(policies=forecast.policies))
    assert "CAREFUL two-person: 52 % of the honest requests it covers are denied: nobody in leads is" in said
    assert "two-person CAREFUL, 52 % of requests denied" in said
    assert record(forecast)["policies"][1]["refused"]["share"] == 0.52
    assert [row[1:3] for row in forecast_rows(forecast) if row[1] == "refused"] == [("refused", REFUSED.text)]
    assert two in figures.better(made.forecast(), "dark_minutes")
    assert refusing not in figures.better(forecast, "dark_minutes")
    again = replace(two, name="again")
    assert figures.dominated_by(again, made.forecast((own, refusing, again))) is None
    assert figures.dominated_by(refusing, made.forecast((own, refusing, again))) is again


def test_a_cause_that_never_occurred_is_named() -> None:
    grudge, *rest = made.causes()
    unseen = (
        replace(grudge, simulated=0),
        replace(rest[2], simulated=0, name="mistaken", kind="misidentified"),
    )
    still = tuple(replace(each, low=412.0, high=412.0) for each in made.unknowns()[:2])
    said = words(table(causes=unseen, unknowns=still))
    assert (
        "CAREFUL grudges of people with the right and mistaken targets, ordinary accounts never occurred in these "
        "years: what they bring is in no figure here, and in no range in brackets; more years would show it"
    ) in said
    assert said.count("never occurred here") == 2
    assert "hardly" not in said
    said = words(table(causes=(unseen[0], *rest), unknowns=still))
    assert "what it brings is in no figure here" in said
    assert "hardly: 412" in said
    assert "CAREFUL" not in table()
    assert "CAREFUL" in vary_table([replace(made.varied(("50%",))[0], causes=unseen)])


def test_episodes_that_begin_too_late_are_said() -> None:
    said = words(table(unsettled_hours=(0, 1, 2)))
    assert "CAREFUL in 3 of 168 hours of the week occurrences begin with queues shorter than usual" in said


def test_content_that_is_lost_is_said_where_any_is() -> None:
    own, two, *_ = made.policies()
    lost = replace(own, yearly={**own.yearly, "content_lost": made.about(8.7, "per year")})
    said = words(table(policies=(lost, two)))
    assert "content lost," in said
    assert "as-it-was * 5.1 (4.1-6.1) 46 (44-48) - 8.7" in said
    assert "content lost" not in table()


def test_equal_columns_are_one() -> None:
    assert "wrongful" in table().split("RISK")[0]
    alike = [
        replace(
            policy,
            yearly={**policy.yearly, "accounts_dark": made.about(figures.took_effect(policy) or 0.0, "")},
        )
        for policy in made.policies()
    ]
    said = table(policies=tuple(alike)).split("RISK")[0]
    assert "in effect" not in said
    assert "accounts dark: each by a wrongful action that took effect" in said


WAGES = "\nforecast: {appetite: 1 h, protected: protected, wages: {support: 30}, currency: EUR}"


def test_a_missing_wage_is_named() -> None:
    scenario = loads(TEXT.replace("\nbaseline:", WAGES + "\nbaseline:"))
    own, two, *_ = made.policies()
    forecast = made.forecast((own, replace(two, cost=None)), scenario=scenario)
    assert figures.missing_wages(forecast) == {"on-call": ["as-it-was", "two-person"]}
    assert "- no cost: `wages` has none for on-call\n" in forecast_table(forecast, "file.yaml")
    some = replace(forecast, policies=(own, two))
    assert "- no cost: `wages` has none for on-call (as-it-was)\n" in forecast_table(some, "file.yaml")
    assert figures.missing_wages(replace(forecast, policies=(replace(own, unstable="leads"),))) == {}
    assert figures.missing_wages(made.forecast((own,))) == {}


def test_a_mean_above_nearly_all_years_is_explained() -> None:
    own, two, *_ = made.policies()
    said = "95 of 100 years may lie below the mean of a year: very rare years carry most of its minutes"
    assert said in table(policies=(replace(own, luck={"dark_minutes": Range(0.0, 300.0)}), two))
    assert said not in table()


def test_why_one_years_luck_is_not_said() -> None:
    own, two, *_ = made.policies()
    blind = [replace(policy, luck={}) for policy in (own, two)]
    assert "luck cannot be said: 20 years are too few" in words(table(policies=tuple(blind), years=20))
    assert "too few" not in table(policies=(own, two), years=20)


def test_why_so_many_years_and_how_well_they_tell() -> None:
    said = words(table(why_years="so many give the difference of confirm the precision asked for"))
    assert "simulated; so many give the difference of confirm the precision asked for; the baseline's" in said
    assert "minutes dark are known to about ±4 %" in words(table(why_years="asked for"))
    assert "(52 where a week has few reports)" in words(table(weeks=10))


def test_a_precision_is_said_as_it_was_reached() -> None:
    reached = Precision(0.05, 0.048, "the difference of confirm", True, 2, 0.9875)
    said = words(table(precision=reached, why_years="for the precision asked for"))
    assert (
        "a precision of 5 % was asked for and reached: the widest interval, of the difference of confirm, is ±4.8 % of "
        "the baseline's minutes dark; looked at 2 times, with ranges of 98.75 % that together hold in 95 %"
    ) in said
    assert "CAREFUL" not in said
    missed = words(table(precision=replace(reached, met=False, reached=0.074)))
    assert (
        "CAREFUL the precision asked for, 5 %, was not reached in 2,000 years: the difference of confirm is known to "
        "±7.4 % of the baseline's minutes dark, and no more years are simulated"
    ) in missed
    stopped = table(precision=replace(reached, met=False), years=300, years_asked=2000, complete=False)
    assert "and the interrupt came first" in words(stopped)
    assert record(made.forecast(precision=reached))["precision"]["level"] == 0.9875


def test_figures_that_few_years_carry_are_named() -> None:
    own, two, three, *rest = made.policies()
    few = [replace(own, carried={"dark_minutes": 1.0}, carried_mean={"dark_minutes": 40.0})]
    few += [replace(each, carried={"dark_minutes": 2.5, "protected_minutes": 9.0}) for each in (two, three)]
    said = words(table(policies=(*few, *rest), years=100))
    names = f"{two.name} and {three.name}"
    assert (
        f"CAREFUL few of these 100 years carry the difference in minutes dark of {names}: it is chance"
        in said
    )
    assert "some 300 years would tell more" in said
    same = {"dark_minutes": Estimate(0.0, 0.0, 0.0, "min per year")}
    equal = replace(two, carried={"dark_minutes": 2.5}, difference=same)
    assert "CAREFUL" not in table(policies=(own, equal), years=100)


def test_protected_accounts_that_go_dark_are_not_denied() -> None:
    own, *_ = made.policies()
    none = tuple(replace(point, share=0.0, low=0.0, high=0.0) for point in own.exceedance)
    rare = replace(own, exceedance=none, headline=made.share(0.0))
    assert "BAD YEARS 2,000 years cannot tell" in words(table(policies=(rare,)))


def test_policies_are_told_apart_by_what_tells_them_apart() -> None:
    def only(measure: str, **means: float) -> Forecast:
        own, *rest = made.policies()[:3]
        found = [replace(own, yearly={**own.yearly, measure: made.about(1000.0, "")})]
        for policy, (_, mean) in zip(rest, means.items(), strict=True):
            found.append(replace(policy, yearly={**policy.yearly, measure: made.about(mean, "")}))
        return made.forecast(found)

    assert figures.exposure_of(made.forecast()) == "dark_minutes"
    assert figures.exposure_of(only("dark_minutes", two=990.0, three=950.0)) == "protected_minutes"
    assert figures.exposure_of(only("dark_minutes", two=990.0, three=700.0)) == "dark_minutes"
    assert figures.exposure_of(made.forecast(made.policies()[:1])) == "dark_minutes"


def test_interrupted_is_marked_and_complete_is_not() -> None:
    said = table(complete=False, years=340)
    assert "INTERRUPTED: all figures here are of the 340 of 2,000 years done by then." in said
    assert "INTERRUPTED" not in table()


def test_interrupted_after_the_years_says_what_is_missing() -> None:
    said = words(table(complete=False))
    assert (
        "INTERRUPTED after all 2,000 years: missing is how far the expected year moves if numbers are" in said
    )
    assert "done by then" not in said
    sure = made.unknowns()[:2]
    assert "INTERRUPTED after all 2,000 years: nothing is missing." in table(complete=False, unknowns=sure)


def test_an_interrupted_variation_says_the_years_of_each_value() -> None:
    one, two, three = made.varied()
    said = words(vary_table((one, two, replace(three, complete=False, years=52))))
    assert "INTERRUPTED: all figures here are of the 52 of 2,000 years done by then." in said
    assert "The same years as far as they go: 2,000 years at 50% and 70%; 52 years at 90%." in said
    assert "the same for every value" not in said
    # All its years were done: the figures shown here lack nothing.
    assert "INTERRUPTED" not in vary_table((one, two, replace(three, complete=False)))


def test_the_headline_and_the_curve_are_said_to_be_estimated_apart() -> None:
    note = "estimated apart from the headline, which simulation error alone can make larger"
    assert note not in table()
    own, *rest = made.policies()
    forecast = made.forecast((replace(own, headline=made.share(0.06)), *rest))
    assert note in forecast_table(forecast, "file.yaml")
    assert APART in exceedance_data(forecast).words.subtitle
    assert APART not in exceedance_data(made.forecast()).words.subtitle


def test_without_wages_there_is_no_money() -> None:
    policies = tuple(replace(policy, cost=None) for policy in made.policies())
    assert "USD" not in table(policies=policies)
    assert "USD" in table()


def test_nothing_that_can_go_wrong() -> None:
    empty = replace(
        made.policies()[0],
        yearly={}, difference={}, beats={}, by_cause={}, exceedance=(), times={}, access={}, friction={},
        friction_text="", access_curve=(),
    )  # fmt: skip
    said = words(table(policies=(empty,), causes=(), weeks=0, bad_year=None, why=""))
    assert "CAUSES none: the scenario gives no cause a rate" in said
    assert "BAD YEARS no exceedance curve can be composed: a cause too frequent" in said
    assert "COSTS" not in said
    assert "show safeguards # then add policies to file.yaml" in said
    never = replace(
        empty,
        headline=made.share(0.0),
        exceedance=(ExceedancePoint(0, 0, 0, 0), ExceedancePoint(60, 0, 0, 0)),
    )
    assert figures.exposure_of(made.forecast((never, never))) == "dark_minutes"
    assert "no year had a protected account dark" in table(policies=(never,))


def test_a_baseline_that_is_not_there_breaks_nothing() -> None:
    said = table(policies=made.policies()[1:2])
    assert "* the baseline" not in said
    assert figures.shares_of_minutes(None) == {}
    assert figures.better(made.forecast(made.policies()[:1]), "dark_minutes") == []
    assert figures.guarded_share(made.forecast(made.policies()[1:2])) is None


def test_long_names_and_large_figures_keep_within_the_page() -> None:
    long = "a-policy-with-a-name-that-goes-on-and-on-for-sixty-characters"
    policies = tuple(
        made.policy(f"{long}{at}", 1.2e6, 3.3e9, 0.1 * at, {}, "many words " * 12, cost=1e7)
        for at in range(3)
    )
    causes = (replace(made.causes()[0], label="a cause " * 20, per_year=7000.0, simulated=10**7),)
    said = table(policies=policies, baseline=f"{long}0", causes=causes)
    assert all(len(line) <= WIDTH for line in said.splitlines())
    for at in range(3):
        assert f"{long}{at}" in said


def test_tiers_by_other_names_are_named() -> None:
    assert "any one protected account (tiers heads and press)" in words(table(protected=("heads", "press")))
    assert "any one protected account (tier heads)" in words(table(protected=("heads",)))


def test_few_years_cannot_tell_what_a_bad_one_is() -> None:
    wide = tuple(replace(point, high=0.9) for point in made.policies()[0].exceedance)
    said = words(table(policies=(replace(made.policies()[0], exceedance=wide),), years=10))
    assert "BAD YEARS 10 years cannot tell: more years would." in said


@pytest.mark.parametrize("unknown", [math.nan, math.inf, None])
def test_a_time_that_is_not_known_is_a_dash(unknown: Any) -> None:
    own, *_ = made.policies()
    known = own.times["time_to_detect"]
    times = {
        "time_to_detect": replace(known, p95=unknown),
        "time_to_restore": replace(known, median=unknown, p95=unknown),
    }
    policies = (replace(own, times=times),)
    found = record(made.forecast(policies))["policies"][0]["times"]
    wanted = asdict(replace(known, median=None, p95=None))  # type: ignore[arg-type]
    assert found["time_to_restore"] == wanted | {"longer": []}
    assert [
        row[5] for row in forecast_rows(made.forecast(policies)) if row[1:3] == ("times", "time_to_restore")
    ] == [known.mean, None, known.p05, None, known.cut, known.horizon]
    said = words(table(policies=policies))
    assert "12 min - 3 days; 13 days" in said
    assert "? 95 %" not in said
    assert "within what time 95 % are found and restored: 2,000 years cannot tell, more years would" in said


def test_a_mark_is_explained_where_it_stands() -> None:
    own, *_ = made.policies()
    few = replace(own, times={name: replace(each, p95=math.nan) for name, each in own.times.items()})
    note = "within what time 95 % are found and restored: 2,000 years cannot tell, more years would"
    said = table(policies=(few,))
    assert f"\n {note}\n" in said
    assert "?" not in said
    access = {"after_leaving": replace(own.access["after_leaving"], p95=math.nan)}
    said = table(policies=(replace(few, access=access),))
    assert "3 days; ?\n" in said
    assert f"\n ? 95 % and {note}\n" in said


def test_some_times_are_known_to_95_percent_and_some_are_not() -> None:
    own, two, *_ = made.policies()
    times = {name: replace(each, p95=math.nan) for name, each in own.times.items()}
    said = words(table(policies=(replace(own, times=times), two)))
    assert "12 min; ? 40 min; ?" in said
    assert "12 min; 9 h" in said
    assert "? 95 %: 2,000 years cannot tell, more years would" in said


def test_access_that_nobody_cuts_off() -> None:
    own, *_ = made.policies()
    never = Summary(365.25, 365.25, 365.25, 365.25, "days")
    never = replace(never, horizon=365.25 * 1440.0, cut=0.95, longer=("median", "p05", "p95"))
    late = replace(never, median=2.0, cut=0.2, longer=("p95",))
    assert "2 days; a year or more\n" in table(policies=(replace(own, access={"after_leaving": late}),))
    said = table(policies=(replace(own, access={"after_leaving": never}),))
    assert "  a year or more\n" in said
    assert "access is followed for a year: under as-it-was 95 % of leavers still have it then" in " ".join(
        said.split()
    )


def test_accounts_that_are_still_dark_when_they_are_followed_no_longer() -> None:
    own, two, *_ = made.policies()
    assert "restricted" not in words(table())
    cut = {"horizon": 129_600.0, "cut": 0.4}
    times = {
        "time_to_detect": replace(own.times["time_to_detect"], p95=129_600.0, longer=("p95",), **cut),
        "time_to_restore": replace(
            own.times["time_to_restore"], median=129_600.0, longer=("median", "p95"), **cut
        ),
    }
    said = words(table(policies=(replace(own, times=times, still_dark=0.4), two)))
    assert "12 min; 90 days or more 90 days or more" in said
    assert (
        "CAREFUL under as-it-was 40 % of the accounts that go dark are not back after 90 days: they count as dark "
        "for so long (minutes dark and their differences are restricted means), and times that reach it read "
        "90 days or more"
    ) in said
    both = words(table(policies=(replace(own, still_dark=0.4), replace(two, still_dark=0.5))))
    assert "under every policy up to 50 % (two-person) of the accounts" in both
    assert "under as-it-was 40 %" not in words(table(policies=(replace(own, still_dark=0.001), two)))
    assert "365" not in said


def test_what_a_frequent_cause_leaves_unsaid_is_a_dash() -> None:
    own, two, *rest = made.policies()
    nan = Estimate(math.nan, math.nan, math.nan, "share")
    unsaid = {"headline": nan, "exceedance": (), "beats": {}, "luck": {}}
    forecast = made.forecast((replace(own, **unsaid), replace(two, **unsaid), *rest))
    said = forecast_table(forecast, "file.yaml")
    assert "nan" not in said
    assert words(said).count("a cause too frequent to be followed one by one matters only now and then") == 2
    assert "too frequent a cause brings the headline" in said
    both = [replace(each, policies=forecast.policies) for each in made.varied(("50%", "90%"))]
    assert "nan" not in vary_table(both)
    json.dumps(forecast_record(forecast, "x"), allow_nan=False)
    assert all(cell == cell for row in forecast_rows(forecast) for cell in row)


def test_what_is_not_known() -> None:
    said = words(table())
    assert "as-it-was * 103 to 1,236 0 to 1,895 0" in said
    assert "causes.grudge.rate 0.06% per year 0.02 to 0.2% per year 263 to 941" in said
    assert (
        "HELD at the value put in, not tried at its ends: teams.support.headcount 130 (5-95 %: 90 to 250)"
        in said
    )
    assert (
        "ORDER alert-undo leaves less than noisy-alert only while causes.grudge.rate is over 0.03% per year (put in: "
        "0.06% per year) noisy-alert leaves less than cut-off-1h only while causes.grudge.rate is under 0.1% per "
        "year (put in: 0.06% per year) each number by itself, the others as put in; 1 tipping value more in the JSON"
    ) in said
    assert "no two neighbours that can be told apart change places" in words(table(tips=()))
    assert "ORDER" not in table(policies=made.policies()[:1], tips=())


def test_what_uncertain_numbers_move_beside_the_baselines_minutes() -> None:
    own, two, *rest = made.policies()
    bands = {"headline": Range(0.34, 0.6), "protected_minutes": Range(2.0, 8.0)}
    less = {"dark_minutes": Range(-300.0, -20.0), "headline": Range(-0.04, 0.002)}
    moved = replace(two, ignorance={**two.ignorance, **bands}, ignorance_of_difference=less)
    hardly = Move("as-it-was", "dark_minutes", 411.99, 412.01, 0.0001, 0.0, 0.0, 0.0)
    headline = Move("two-person", "headline", 0.6, 0.34, 0.43, 0.2, -0.06, 0.5)
    catches = Unknown("policies.two-person.catches", "50%", "20%", "90%", 411.99, 412.01, (hardly, headline))
    said = words(table(policies=(own, moved, *rest), unknowns=(catches,), tips=()))
    assert "two-person 34 to 60 2 to 8 -300 to -20 - -4 to 0.2" in said
    assert (
        "policies.two-person.catches 50% 20 to 90% hardly: 412 headline of two-person 60 to 34 % two-person less the "
        "baseline, headline 20 to -6 %"
    ) in said
    # What moves nothing beyond simulation error says so.
    still = replace(catches, moves=(hardly, replace(headline, share=0.0, difference_share=0.0)))
    assert "headline of two-person" not in table(policies=(own, moved, *rest), unknowns=(still,), tips=())
    document = record(made.forecast((own, moved, *rest), unknowns=(catches,)))
    assert document["unknowns"][0]["moves"][1]["low"] == 0.6
    rows = forecast_rows(made.forecast((own, moved, *rest), unknowns=(catches,)))
    assert ("two-person", "moved", catches.path, None, "p95 of headline", 0.34, "share of years") in rows


def test_assumed_numbers_that_are_not_uncertain_are_said_to_be_held() -> None:
    scenario = made.forecast().scenario
    found = in_doubt(scenario)
    assumed = basis(scenario, ()).assumed
    assert (found.assumed, found.uncertain, found.held, found.others) == (assumed, 0, assumed, 0)
    assert held_text(scenario) == (
        f"none of {assumed} assumed numbers is called uncertain and moved here, the other {assumed} are held as put in"
    )
    small = load("scenarios/small-saas.yaml")
    found = in_doubt(small)
    assert found.assumed == basis(small, ()).assumed == found.uncertain + found.held
    numbers = sum(stated.uncertain is not None for _, stated in paths.leaves(small))
    assert found.uncertain + found.others == numbers
    assert held_text(small) == (
        f"{numbers} numbers are called uncertain and moved here; of the {found.assumed} assumed inputs {found.held} "
        "are held as put in"
    )


def test_nothing_that_is_uncertain() -> None:
    sure = tuple(replace(policy, ignorance={}, best=None) for policy in made.policies())
    said = words(table(policies=sure, unknowns=(), tips=()))
    assert "what may be off is not in this" in said
    assert "but under NOT KNOWN" not in said
    assert "WHAT MAY BE OFF" not in said
    blind = tuple(replace(policy, luck={}) for policy in sure)
    said = words(table(policies=blind, unknowns=(), tips=()))
    assert "NOT KNOWN no number is said to be `uncertain`" in said
    assert "One year's luck cannot be said: 2,000 years are too few, it takes 72 or so" in said


def test_a_difference_that_no_composed_year_shows() -> None:
    own, two, *_ = made.policies()
    rare = replace(two, beats={"dark_minutes": Beats(made.share(0.0), 1.0, 0.0)})
    assert "<1 >99 0" in words(table(policies=(own, rare)))


def test_what_the_simulation_cannot_tell_is_a_dash() -> None:
    open_ended = tuple(replace(point, high=0.3) for point in made.policies()[0].exceedance)
    said = table(policies=(replace(made.policies()[0], exceedance=open_ended), *made.policies()[1:3]))
    assert "- the simulation cannot tell: more years would" in said


@pytest.mark.parametrize(
    ("per_year", "said"),
    [(0, "never"), (0.05, "once in 20 years"), (1, "once a year"), (41, "41 times a year"),
     (3652.5, "10 times a day")],
)  # fmt: skip
def test_how_often(per_year: float, said: str) -> None:
    assert how_often(CauseResult("c", "c", "slip", None, per_year, 1)) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "none of the simulated years"), (0.0004, "1 year in 2,500"), (0.051, "1 year in 20"), (0.11, "1 year in 9"),
     (0.4, "40 of 100 years"), (1, "every year")],
)  # fmt: skip
def test_chances_for_a_board(share: float, said: str) -> None:
    assert figures.one_in(share) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0"), (1e-6, "under 0.001"), (0.00004, "0.004"), (0.0042, "0.42"), (0.051, "5.1"), (0.34, "34"),
     (0.999, ">99"), (1, "100")],
)  # fmt: skip
def test_chances_in_per_cent(share: float, said: str) -> None:
    assert figures.chance_text(share) == said
    assert figures.share_text(Estimate(share, share, share, "share")) == said


CURVE = (
    ExceedancePoint(10, 0.2, 0.1, 0.3),
    ExceedancePoint(20, 0.1, 0.05, 0.2),
    ExceedancePoint(40, 0.0, 0.0, 0.01),
)


def test_the_curve_is_read_both_ways() -> None:
    there = figures.at_minutes(CURVE, 15)
    assert there == Estimate(pytest.approx(0.15), pytest.approx(0.075), pytest.approx(0.25), "share")
    assert figures.at_minutes(CURVE, 10) == Estimate(0.2, 0.1, 0.3, "share")
    assert figures.at_minutes(CURVE, 40) == Estimate(0.0, 0.0, pytest.approx(0.01), "share")
    assert figures.at_minutes(CURVE, 9) is None
    assert figures.at_minutes(CURVE, 41) is None
    assert figures.at_minutes((), 9) is None
    back = figures.exceeded(CURVE, 0.1)
    assert back == Estimate(pytest.approx(20), 0.0, pytest.approx(20 + 20 * 0.1 / 0.19), "min")
    # Below what the band still reaches at the end of the curve nothing can be said.
    assert figures.exceeded(CURVE, 0.005) is None
    assert figures.exceeded((), 0.1) is None
    beyond = figures.exceeded(CURVE, 0.5)
    assert beyond is not None
    assert beyond.mean == 0
    policy = replace(made.policies()[0], exceedance=CURVE)
    assert figures.length(policy, beyond) == "under 10 min"
    assert figures.length(policy, back) == "20 min"
    assert figures.length(policy, None) == "-"


def test_dominated_is_no_better_in_anything_and_worse_in_something() -> None:
    forecast = made.forecast()
    by = {policy.name: figures.dominated_by(policy, forecast) for policy in forecast.policies}
    assert by["noisy-alert"] is not None
    assert by["noisy-alert"].name == "alert-undo"
    assert [name for name, other in by.items() if other is not None] == ["noisy-alert"]
    # An unstable policy dominates nothing, and is dominated by whatever leaves no more.
    own, two, *_ = made.policies()
    broken = replace(two, name="broken", unstable="leads (load 2)")
    assert figures.dominated_by(broken, made.forecast((own, two, broken))) is two
    assert figures.dominated_by(two, made.forecast((own, two, broken))) is None
    assert figures.dominated_by(replace(own, yearly={}), made.forecast((own, two))) is None


def test_dominated_is_what_the_same_years_tell_apart() -> None:
    own, two, *_ = made.policies()
    wide = {"dark_minutes": Estimate(400.0, 10.0, 900.0, "min per year")}
    free = {"friction": {}, "cost": own.cost}
    near = replace(two, **free, yearly={**two.yearly, "dark_minutes": Estimate(390.0, 9.0, 880.0, "min")})
    far = replace(near, name="far", yearly={**near.yearly, **wide})
    told = replace(far, ahead={near.name: Estimate(10.0, 8.0, 12.0, "min")})
    untold = replace(far, ahead={near.name: Estimate(10.0, -1.0, 21.0, "min")})
    assert figures.dominated_by(told, made.forecast((own, near, told))) is near
    assert figures.dominated_by(untold, made.forecast((own, near, untold))) is None
    # Fewer minutes of protected accounts are a merit too.
    guarded = replace(told, yearly={**told.yearly, "protected_minutes": made.about(0.1, "min")})
    assert figures.dominated_by(guarded, made.forecast((own, near, guarded))) is None


def test_colours_go_to_the_best_and_not_twice_to_the_same() -> None:
    forecast = made.forecast()
    found = figures.places(forecast)
    assert found["as-it-was"] == 0
    assert found["two-person"] == 1
    assert found["four-eyes"] is None
    assert sorted(place for place in found.values() if place) == [1, 2, 3, 4, 5]


def record(forecast: Forecast) -> dict[str, Any]:
    found = forecast_record(forecast, "x" * 64)
    loaded: dict[str, Any] = json.loads(json.dumps(found, allow_nan=False))
    return loaded


def test_the_document_has_what_it_promises() -> None:
    document = record(made.forecast())
    assert set(document) == {
        "question", "scenario", "varied", "baseline", "seed", "years", "why_years", "weeks", "method", "why",
        "complete", "years_asked", "appetite", "horizon", "protected", "causes", "measures", "policies", "bad_year",
        "unknowns", "tips", "assumed", "rests_on", "silent", "precision", "best_by",
        "uncertain", "unsettled_hours",
    }  # fmt: skip
    assert document["appetite"] == {"value": 60.0, "unit": "min"}
    assert document["horizon"] == {"value": 129_600.0, "unit": "min"}
    assert document["complete"] is True
    policy = document["policies"][1]
    assert set(policy) == {
        "name", "label", "yearly", "difference", "beats", "by_cause", "headline", "exceedance", "times",
        "effective_years", "access", "access_curve", "friction", "friction_text", "ignorance", "luck", "best",
        "unstable", "refused", "cost", "utilisation", "carried_by_years", "ignorance_of_difference", "still_dark",
    }  # fmt: skip
    for part in ("yearly", "difference", "friction"):
        assert all(set(each) == {"mean", "low", "high", "unit", "horizon"} for each in policy[part].values())
    assert set(policy["times"]["time_to_detect"]) == {
        "mean", "median", "p05", "p95", "unit", "horizon", "cut", "longer",
    }  # fmt: skip
    assert policy["effective_years"] == {"time_to_detect": 1234.5, "time_to_restore": 987.0}
    assert set(policy["beats"]["dark_minutes"]) == {"better", "ties", "worse", "unit"}
    assert set(policy["exceedance"][0]) == {"minutes", "share", "low", "high"}
    assert len(policy["utilisation"]["leads"]) == 168
    assert policy["unstable"] is policy["refused"] is None
    cause = document["causes"][0]
    assert (cause["per_year"], cause["tier"]) == (0.05, None)
    assert sum(each["share_of_dark_minutes"] for each in document["causes"]) == pytest.approx(1)
    assert set(document["bad_year"]["occurrences"][0]) == {
        "day", "cause", "accounts", "minutes", "protected", "noticed_by",
    }  # fmt: skip
    assert "response.pick_up" in document["assumed"]


def test_what_cannot_be_said_is_null() -> None:
    own, *_ = made.policies()
    broken = replace(own, headline=Estimate(math.nan, math.nan, math.inf, "share"), by_cause={})
    document = record(made.forecast((broken,), bad_year=None, varied=("a.b", "1 h")))
    nothing = {"mean": None, "low": None, "high": None, "unit": "share", "horizon": None}
    assert document["policies"][0]["headline"] == nothing
    assert document["bad_year"] is None
    assert document["causes"][0]["share_of_dark_minutes"] is None
    assert document["varied"] == {"path": "a.b", "value": "1 h", "reached": []}


def test_rows_repeat_the_figures() -> None:
    forecast = made.forecast()
    rows = [dict(zip(FORECAST_COLUMNS, row, strict=True)) for row in forecast_rows(forecast)]
    assert {row["part"] for row in rows} == {
        "forecast", "cause", "yearly", "difference", "better", "same", "worse", "by_cause", "headline", "exceedance",
        "times", "effective_years", "access", "friction", "cost", "unstable", "ignorance", "luck", "best", "unknown",
        "moved", "less_than", "still_dark",
    }  # fmt: skip
    rate = [row for row in rows if row["cause"] == "grudge" and row["figure"] == "rate"]
    assert [(row["value"], row["unit"]) for row in rate] == [(0.05, "per year")]
    headline = {
        row["policy"]: row["value"] for row in rows if row["part"] == "headline" and row["figure"] == "mean"
    }
    assert headline == {policy.name: policy.headline.mean for policy in forecast.policies}
    stated = {row["name"]: row["value"] for row in rows if row["part"] == "forecast"}
    assert stated["complete"] == 1
    assert stated["years"] == made.YEARS


def test_a_file_name_with_a_space_is_quoted() -> None:
    said = forecast_table(made.forecast(), "My Company.yaml")
    assert "deactsim forecast 'My Company.yaml' -o forecast\n" in said
    assert said.endswith("deactsim show sources 'My Company.yaml'\n")


def test_silence_is_admitted_only_where_there_is_some() -> None:
    assert "SILENT" in table()
    assert "SILENT" not in table(scenario=loads(TEXT[: TEXT.index("\nsilent:")]))
