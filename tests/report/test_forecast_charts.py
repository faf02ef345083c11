"""The charts of a forecast: no two texts overlap, the finding is that of the data, the files are complete."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from matplotlib.text import Text

from deactsim.errors import DeactsimError
from deactsim.report import (
    forecast_chart_data,
    forecast_time_data,
    forecast_unknown_data,
    forecast_vary_data,
)
from deactsim.report.charts.files import save
from deactsim.report.charts.forecast import forecast_charts, vary_charts
from deactsim.report.charts.scale import Scale
from deactsim.report.charts.style import HEIGHT, WIDTH, house_style
from deactsim.report.wording import minutes
from deactsim.study.forecast_results import (
    BadYear,
    ExceedancePoint,
    Forecast,
    ForecastPolicy,
    Range,
    YearsOccurrence,
)
from deactsim.study.results import Estimate, Refused
from tests.report import made_up_forecast as made
from tests.report.test_charts import LONG, outside, overlaps

NAMES = ("exceedance", "frontier", "unknown", "access", "utilisation", "bad-year")


def many(count: int, suffix: str = "") -> Forecast:
    """The made-up policies again and again, each a little different."""
    base, *others = made.policies()
    found = [
        made.policy(
            f"{others[at % 7].name}{suffix}-{at}", 0.5 + at, 20.0 + 7 * at, 0.001 * (1 + at),
            {"held": (10.0 * at, "per week"), "minutes_held": (1.0 + at, "min")}, "some held", cost=500.0 * at,
            half_day=1.0 + at / 10, busy=0.3 + at / 200,
        )
        for at in range(count)
    ]  # fmt: skip
    return made.forecast((base, *found))


def crowded() -> Forecast:
    """A year of many occurrences, most of them on few days."""
    found = tuple(
        YearsOccurrence(
            1 + (at * at) % 366, "slip-protected" if at % 3 else "unheard-of", 1 + at % 5, 2.0 + at, at % 2 == 0, None
        )
        for at in range(80)
    )  # fmt: skip
    late = tuple(YearsOccurrence(364 + at % 2, "grudge", 9, 900.0 + at, True, "public") for at in range(8))
    return made.forecast(bad_year=BadYear(100.0, 9000.0, (*found, *late)))


def flat() -> Forecast:
    """Nothing ever goes wrong, and nothing costs anything."""
    points = tuple(ExceedancePoint(minutes, 0.0, 0.0, 0.0) for minutes in (0.0, *made.MINUTES))
    quiet = made.policy("as-it-was", 0, 0, 0.0, {}, "")
    quiet = replace(quiet, exceedance=points, utilisation={"support": (0.0,) * 168})
    return made.forecast(
        (quiet, replace(quiet, name="other", label="other")), bad_year=BadYear(95.0, 0.0, ())
    )


def nights() -> Forecast:
    """A team that is on shift by day only, in six teams."""
    line = tuple(math.nan if hour % 24 < 8 else 0.5 for hour in range(168))
    base, *rest = made.policies()
    teams = {f"a team with quite a long name, number {at}": line for at in range(6)}
    return made.forecast((replace(base, utilisation=teams), *rest))


def unsaid() -> Forecast:
    """What a frequent cause leaves unsaid of every other policy."""
    nan = Estimate(math.nan, math.nan, math.nan, "share")
    return made.forecast(
        [
            replace(policy, headline=nan, exceedance=(), beats={}, luck={}) if at % 2 == 0 else policy
            for at, policy in enumerate(made.policies())
        ]
    )


CASES: dict[str, Callable[[], Forecast]] = {
    "usual": made.forecast,
    "interrupted": lambda: made.forecast(complete=False, years=12),
    "only the baseline": lambda: made.forecast(made.policies()[:1]),
    "no baseline": lambda: made.forecast(made.policies()[1:4]),
    "twenty-five": lambda: many(25),
    "long names": lambda: many(25, LONG),
    "sixty": lambda: many(60),
    "no money": lambda: made.forecast([replace(policy, cost=None) for policy in made.policies()]),
    "crowded": crowded,
    "flat": flat,
    "nights": nights,
    "no curves": lambda: made.forecast(
        [
            replace(policy, exceedance=(), access_curve=(), utilisation={}, ignorance={}, luck={}, best=None)
            for policy in made.policies()
        ],
        bad_year=None,
    ),
    "no luck": lambda: made.forecast([replace(policy, luck={}) for policy in made.policies()]),
    "only luck": lambda: made.forecast(
        [replace(policy, ignorance={}, best=None) for policy in made.policies()], unknowns=(), tips=()
    ),
    "unsaid": unsaid,
    "ordinary": lambda: ordinary(),
    "far appetite": lambda: made.forecast(appetite=100_000.0),
}

LAGS = ("0 s", "1 h", "4 h", "1 day", "7 days", "30 days")
VARIED: dict[str, Callable[[], list[Forecast]]] = {
    "shares": made.varied,
    "lengths": lambda: made.varied(("10 s", "3 min", "1 h", "7 days"), "response.pick_up"),
    "with nought": lambda: made.varied(LAGS, "response.pick_up"),
    "counts": lambda: made.varied(("20", "200", "1000"), "teams.support.headcount"),
    "rates": lambda: made.varied(("1 per day", "40 per day", "3000 per year"), "reports.protected.rate"),
    "spread": lambda: made.varied(("median 2 min, p90 8 min", "uniform 0 min to 60 min"), "response.pick_up"),
    "words": lambda: made.varied(("employee", "contractor"), "teams.support.employment"),
    "one value": lambda: made.varied(("70%",)),
    "many values": lambda: made.varied(tuple(f"{at}%" for at in range(1, 100, 3))),
}


@pytest.mark.parametrize(("case", "name"), [(case, name) for case in CASES for name in NAMES])
def test_no_text_overlaps_or_leaves_the_sheet(case: str, name: str) -> None:
    with house_style():
        for found, draw, _, _ in forecast_charts(CASES[case]()):
            if found == name:
                figure = draw()
                assert overlaps(figure) == []
                assert outside(figure) == []
                wide, high = figure.get_size_inches()
                assert wide / high == pytest.approx(WIDTH / HEIGHT)


@pytest.mark.parametrize("case", VARIED)
def test_variations_fit_too(case: str) -> None:
    with house_style():
        [(name, draw, alt, table)] = vary_charts(VARIED[case]())
        figure = draw()
        assert name == "varied"
        assert overlaps(figure) == []
        assert outside(figure) == []
        assert alt.endswith(".")
        assert table.rows


def test_files_are_complete_and_repeatable(tmp_path: Path) -> None:
    kinds = ("png", "svg", "pdf")
    first = save(forecast_charts(made.forecast()), tmp_path / "a", kinds)
    save(forecast_charts(made.forecast()), tmp_path / "b", kinds)
    assert {path.name for path in first} == {
        f"{name}.{kind}" for name in NAMES for kind in (*kinds, "txt", "csv")
    }
    for path in first:
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(DeactsimError, match=r"cannot write .*taken"):
        save(forecast_charts(made.forecast()), tmp_path / "taken", ("png",))


def rows_of(table: Any) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_data_stand_beside(tmp_path: Path) -> None:
    save(forecast_charts(made.forecast()), tmp_path, ("svg",))
    with (tmp_path / "exceedance.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["policy"] for row in rows} == {policy.name for policy in made.policies()}
    alt = (tmp_path / "exceedance.txt").read_text(encoding="utf-8")
    assert alt.startswith("Protected accounts add up to more than 1 h dark in 1 year in 20 under as-it-was;")
    assert "four-eyes: 0 (under 0.15) %" in alt


def test_what_has_no_figures_is_not_drawn() -> None:
    found = [name for name, _, _, _ in forecast_charts(CASES["no curves"]())]
    assert found == ["exceedance", "frontier"]


def test_ignorance_and_luck_stand_apart() -> None:
    data = forecast_unknown_data.unknown_data(made.forecast())
    assert data is not None
    assert data.words.title == (
        "Four-eyes leaves the fewest minutes dark in >99 of 100 draws of the uncertain numbers, but people cannot cope "
        "with it"
    )
    assert [row.label for row in data.rows][:2] == ["two-person", "alert-undo"]
    assert data.rows[-1].label == "four-eyes"
    assert [row.label for row in data.rows if row.first] == ["four-eyes"]
    assert "as-it-was (baseline): ignorance 103 to 1,236, luck 0 to 1,895, best in 0 of 100 draws" in data.alt
    row = {each["policy"]: each for each in rows_of(data.table)}["as-it-was"]
    assert (row["ignorance_p05"], row["ignorance_p95"], row["luck_p05"]) == (103.0, 1236.0, 0.0)
    sure = made.forecast(
        [replace(policy, best=float(policy.name == "four-eyes")) for policy in made.policies()]
    )
    found = forecast_unknown_data.unknown_data(sure)
    assert found is not None
    assert found.words.title == (
        "Whatever the uncertain numbers are, four-eyes leaves the fewest minutes dark, but people cannot cope with it"
    )
    alone = forecast_unknown_data.unknown_data(CASES["only the baseline"]())
    assert alone is not None
    assert (
        alone.words.title
        == "The expected year of as-it-was has 103 to 1,236 minutes dark in 90 of 100 draws of the uncertain numbers"
    )
    luck = forecast_unknown_data.unknown_data(CASES["only luck"]())
    assert luck is not None
    assert luck.words.title.endswith("0 to 1,895 minutes dark by luck alone")
    assert "Ignorance" not in luck.words.subtitle
    own, *rest = made.policies()
    tail = forecast_unknown_data.unknown_data(
        made.forecast((replace(own, luck={"dark_minutes": Range(0.0, 300.0)}), *rest))
    )
    assert tail is not None
    assert tail.words.subtitle.endswith("very rare years carry most of its minutes.")
    dark = forecast_unknown_data.unknown_data(CASES["no luck"]())
    assert dark is not None
    assert "One year's luck cannot be said" in dark.words.subtitle
    assert forecast_unknown_data.unknown_data(CASES["no curves"]()) is None


def test_what_hardly_differs_has_no_best() -> None:
    equal = [replace(policy, best=1.0) for policy in made.policies()]
    data = forecast_unknown_data.unknown_data(made.forecast(equal))
    assert data is not None
    assert data.words.title == (
        "Whatever the uncertain numbers are, policies hardly differ in the minutes that they leave dark"
    )
    two = [replace(each, best=float(each.name in {"two-person", "alert-undo"})) for each in made.policies()]
    data = forecast_unknown_data.unknown_data(made.forecast(two))
    assert data is not None
    assert data.words.title == (
        "Whatever the uncertain numbers are, two-person leaves the fewest minutes dark, and 1 policy with it that "
        "hardly differs"
    )


def test_where_all_minutes_are_alike_the_best_is_by_protected_ones() -> None:
    spread = {"protected_minutes": Range(2.0, 8.0)}
    guarded = [replace(each, ignorance={**each.ignorance, **spread}, luck=spread) for each in made.policies()]
    data = forecast_unknown_data.unknown_data(made.forecast(guarded, best_by="protected_minutes"))
    assert data is not None
    assert data.words.title.startswith(
        "Four-eyes leaves the fewest minutes of protected accounts dark in >99 of 100"
    )
    assert data.what == "minutes dark a year of protected accounts"
    assert {row.ignorance for row in data.rows} == {row.luck for row in data.rows} == {Range(2.0, 8.0)}
    assert data.rows[0].mean == pytest.approx(45 / 9)


def test_what_a_frequent_cause_leaves_unsaid() -> None:
    title = forecast_chart_data.exceedance_data(unsaid()).words.title
    assert (
        title
        == "How often protected accounts add up to more than 1 h dark under as-it-was cannot be said: a cause comes "
        "too often"
    )
    for forecast in (unsaid(), CASES["no curves"]()):
        for _, _, alt, _ in forecast_charts(forecast):
            assert "nan" not in alt
    many = [replace(each, policies=unsaid().policies[:5]) for each in made.varied()]
    with house_style():
        [(_, draw, alt, table)] = vary_charts(many)
        draw()
    assert "headline - %" in alt
    assert all(cell == cell for row in table.rows for cell in row)


def test_the_finding_of_exceedance() -> None:
    def title(*names: str, **more: Any) -> str:
        chosen = [policy for policy in made.policies() if policy.name in names]
        return forecast_chart_data.exceedance_data(made.forecast(chosen, **more)).words.title

    assert title("as-it-was", "two-person").endswith(
        "in 1 year in 20 under as-it-was; in 1 year in 240 under two-person"
    )
    assert title("as-it-was", "ten-an-hour").endswith(
        "under as-it-was; 2,000 years cannot tell that any other policy here leaves less"
    )
    assert title("as-it-was").endswith("in 1 year in 20 under as-it-was")
    # An unstable policy is never the one to choose.
    assert title("as-it-was", "four-eyes").endswith("in 1 year in 20 under as-it-was")
    assert title("as-it-was", "four-eyes", "ten-an-hour").endswith("any other policy that copes leaves less")
    assert title("two-person") == "There is no baseline to compare with the appetite"
    quiet = forecast_chart_data.exceedance_data(flat())
    assert quiet.words.title == "In none of the 2,000 years did a protected account go dark under as-it-was"
    assert quiet.curves[0].figure == "none went dark in these years"


def test_what_titles_name_has_a_colour() -> None:
    own, two, three, *rest = made.policies()
    # It leaves most of all that is dark, but hardly ever too long.
    worst = replace(three, yearly={**three.yearly, "dark_minutes": made.about(410.0, "min")},
                    exceedance=made.exceedance(0.001))  # fmt: skip
    crowd = [replace(two, name=f"more-{at}", label=f"more-{at}", yearly={
        **two.yearly, "dark_minutes": made.about(50.0 + at, "min")}) for at in range(6)]  # fmt: skip
    data = forecast_chart_data.exceedance_data(made.forecast((own, two, worst, *crowd, *rest)))
    assert data.words.title.endswith("under cut-off-1h")
    assert {curve.label: curve.place for curve in data.curves}["cut-off-1h"] == 2


def test_only_what_the_title_names_has_a_band() -> None:
    data = forecast_chart_data.exceedance_data(made.forecast(made.policies()[:3]))
    assert {curve.label: curve.with_band for curve in data.curves} == {
        "as-it-was (baseline)": True, "two-person": True, "cut-off-1h": False,
    }  # fmt: skip


def test_beyond_the_curve_is_said_to_be_so() -> None:
    data = forecast_chart_data.exceedance_data(CASES["far appetite"]())
    assert {curve.figure for curve in data.curves} == {"these years cannot tell"}
    assert data.words.title.startswith(
        "2,000 years cannot tell how often protected accounts add up to more than 69 days dark under as-it-was"
    )


def test_a_cause_that_never_occurred_is_named_on_every_chart() -> None:
    grudge, *rest = made.causes()
    never = made.forecast(causes=(replace(grudge, simulated=0), *rest))
    for data in (forecast_chart_data.exceedance_data(never), forecast_chart_data.frontier_data(never)):
        assert (
            "Never occurred in them, and is in no figure: grudges of people with the right."
            in data.words.footer
        )


def test_equal_curves_are_one() -> None:
    data = forecast_chart_data.exceedance_data(made.forecast())
    assert data.curves[0].label == "as-it-was (baseline), ten-an-hour"
    assert data.curves[0].place == 0
    assert len(data.curves) == len(made.policies()) - 1


def test_the_frontier_marks_what_is_dominated_and_what_is_unstable() -> None:
    data = forecast_chart_data.frontier_data(made.forecast())
    spots = {spot.label: spot for spot in data.spots}
    assert spots["noisy-alert"].dominated == "alert-undo"
    assert spots["four-eyes"].burdens == (None, None)
    assert spots["two-person"].burdens[0] == pytest.approx(38_000)
    assert data.words.title == (
        "Two-person leaves 45 of 412 minutes dark a year, for 38 k USD of staff time a year; 1 of 8 policies is "
        "dominated"
    )
    assert "At the right edge: a queue grows without end." in data.words.subtitle
    assert "leaves no more minutes dark, of protected accounts either, burdens honest" in data.words.subtitle
    rows = {row["policy"]: row for row in rows_of(data.table)}
    assert rows["ten-an-hour"]["dark_minutes_per_year"] == 412
    assert rows["four-eyes"]["staff_hours_per_week"] is None
    assert rows["cut-off-1h"]["staff_hours_per_week"] == pytest.approx(8 * 2.2)
    free = forecast_chart_data.frontier_data(CASES["no money"]())
    assert free.burdens[0].startswith("hours of staff a week")


def test_no_title_names_a_policy_that_refuses_honest_work() -> None:
    own, two, *rest = made.policies()
    refused = Refused(
        0.52, "52 % of requests denied", "52 % of the honest requests it covers are denied: whatever"
    )
    forecast = made.forecast((own, replace(two, refused=refused), *rest))
    data = forecast_chart_data.frontier_data(forecast)
    assert "two-person" not in data.words.title.lower()
    assert "CAREFUL: what refuses much of honest work is no answer" in data.words.subtitle
    assert (
        "CAREFUL, two-person: 52 % of the honest requests it covers are denied: whatever."
        in data.words.footer
    )
    assert any(spot.label == "two-person (CAREFUL: 52 % of requests denied)" for spot in data.spots)
    exceeded = forecast_chart_data.exceedance_data(forecast)
    assert exceeded is not None
    assert "two-person" not in exceeded.words.title.lower()


def test_titles_of_the_frontier() -> None:
    def title(forecast: Forecast) -> str:
        return forecast_chart_data.frontier_data(forecast).words.title

    assert title(made.forecast(made.policies()[1:])) == "There is no baseline to compare with"
    own, two, *rest = made.policies()
    assert title(made.forecast((own,))) == "As-it-was leaves 412 minutes dark a year"
    same = rest[-1]
    assert title(made.forecast((own, same))) == (
        "As-it-was leaves 412 minutes dark a year; 2,000 years cannot tell that any other policy here leaves less"
    )
    assert title(made.forecast((own, rest[-2]))).endswith("a year; no other policy here copes")
    free = replace(two, friction={}, friction_text="none seen", cost=None)
    assert title(made.forecast((own, free))) == (
        "Two-person leaves 45 of 412 minutes dark a year, and honest work was not seen to pay for it; 1 of 2 policies "
        "is dominated"
    )
    waits = replace(two, cost=made.about(0.0, "USD per year"))
    assert ", and in a usual week: 280 held ~4 min each" in title(made.forecast((own, waits)))


def ordinary() -> Forecast:
    """Nearly all minutes dark are of ordinary accounts, and alike under every policy."""
    own, *rest = made.policies()[:4]
    alike = [
        replace(each, yearly={**each.yearly, "dark_minutes": made.about(90_000.0, "min")})
        for each in (own, *rest)
    ]
    return made.forecast(alike)


def test_where_all_minutes_are_alike_those_of_protected_accounts_are_shown() -> None:
    data = forecast_chart_data.frontier_data(ordinary())
    assert data.words.title.startswith("Two-person leaves 5 of 46 minutes dark a year of protected accounts")
    assert data.exposure == "minutes dark a year of protected accounts"
    assert (
        "Protected accounts have <1 % of all minutes dark, and the others hardly differ"
        in data.words.subtitle
    )
    assert data.spots[0].label == "two-person"
    assert data.spots[0].exposure.mean == pytest.approx(5)


def test_no_title_rests_on_a_few_minutes_of_very_many() -> None:
    own, two, *_ = made.policies()
    total = made.about(121_953.0, "min per year")
    few = Estimate(-4.0, -4.5, -3.5, "min per year")
    alike = [
        replace(own, yearly={**own.yearly, "dark_minutes": total, "protected_minutes": total}),
        replace(
            two,
            yearly={**two.yearly, "dark_minutes": total, "protected_minutes": total},
            difference={"dark_minutes": few, "protected_minutes": few},
        ),
    ]
    data = forecast_chart_data.frontier_data(made.forecast(alike))
    assert data.words.title == (
        "As-it-was leaves 122 k minutes dark a year; no other policy here leaves even 1 % less"
    )
    assert forecast_chart_data.exceedance_data(made.forecast(alike)).words.title.endswith(
        "under as-it-was; no other policy here leaves even 1 % less"
    )


def test_a_cost_that_cannot_be_said_has_no_place() -> None:
    own, two, three, *_ = made.policies()
    data = forecast_chart_data.frontier_data(made.forecast((own, two, replace(three, cost=None))))
    burdens = {spot.label: spot.burdens for spot in data.spots}
    assert burdens["cut-off-1h"] == (None, 0.0)
    assert "for want of a wage" in data.words.subtitle
    assert burdens["two-person"][0] == pytest.approx(38_000)


def test_access_is_told_at_a_moment_that_says_something() -> None:
    data = forecast_time_data.access_data(made.forecast())
    assert data is not None
    assert data.moment == 7
    assert data.words.title == (
        "7 days after the last shift, 20 of 100 leavers still have access under as-it-was; fewer than 1 under "
        "cut-off-1h"
    )
    quick = [replace(policy, access_curve=made.access(0.05)) for policy in made.policies()[:2]]
    same = forecast_time_data.access_data(made.forecast(quick))
    assert same is not None
    assert same.words.title.startswith("1 h after the last shift, 56 of 100")
    assert same.words.title.endswith("no policy here changes that")
    bare = forecast_time_data.access_data(made.forecast(made.policies()[1:2]))
    assert bare is not None
    assert bare.words.title == "How long leavers keep the right to act"
    assert forecast_time_data.span(365) == "1 year"
    assert forecast_time_data.span(730) == "2 years"
    assert forecast_time_data.span(1 / 48) == "30 min"


def test_a_team_has_a_line_for_each_policy_that_moves_it() -> None:
    data = forecast_time_data.utilisation_data(made.forecast())
    assert data is not None
    lines = {week.team: [label for label, _, _ in week.lines] for week in data.teams}
    assert lines == {
        "leads": ["as-it-was (baseline)", "two-person", "four-eyes"],
        "support": ["as-it-was (baseline)"],
    }
    assert data.words.title == (
        "Team leads is busiest at Sun 17:00: 64 % of those on shift under as-it-was; under four-eyes 100 % at Mon 8:00"
    )
    assert data.zone == "America/New_York"
    own, *rest = made.policies()
    idle = replace(own, utilisation={"support": own.utilisation["support"]})
    moved = forecast_time_data.utilisation_data(made.forecast((idle, *rest)))
    assert moved is not None
    assert moved.words.title == "Team leads is busiest at Mon 8:00: 100 % of those on shift under four-eyes"
    assert len(data.table.rows) == 2 * 168 * len(made.policies())
    off = forecast_time_data.utilisation_data(nights())
    assert off is not None
    assert rows_of(off.table)[0]["busy_share"] is None


def test_a_bad_year_is_told() -> None:
    data = forecast_time_data.bad_year_data(made.forecast())
    assert data is not None
    assert data.words.title == (
        "1 year in 20 is at least this bad: 7 occurrences, 32 h dark under as-it-was, 78 % of it by grudges of people "
        "with the right"
    )
    assert "Day 214: grudges of people with the right: 4 accounts, 25 h; noticed by the public." in data.alt
    assert "nobody noticed" in data.alt
    assert len(rows_of(data.table)) == 7
    worst = forecast_time_data.bad_year_data(crowded())
    assert worst is not None
    assert worst.words.title.startswith("The worst simulated year: 88 occurrences")
    more = forecast_time_data.bad_year_data(made.forecast(bad_year=replace(made.year(), minutes=4000.0)))
    assert more is not None
    assert more.words.subtitle.endswith(
        "Frequent causes are in the total with their own spread, and are not shown one by one. The mean "
        "of all years is 6.9 h."
    )
    assert more.words.title.startswith(
        "1 year in 20 is at least this bad: 7 occurrences, 32 h dark under as-it-was, beside"
    )
    assert forecast_time_data.bad_year_missing(made.forecast()) == ""
    stopped = BadYear(95.0, 0.0, (YearsOccurrence(31, "grudge", 0, 0.0, False, None),))
    quiet = forecast_time_data.bad_year_data(made.forecast(bad_year=stopped))
    assert quiet is not None
    assert quiet.words.title.endswith("nothing went dark under as-it-was")


def test_a_bad_year_without_an_occurrence_is_not_drawn() -> None:
    frequent = made.forecast(bad_year=BadYear(95.0, 4000.0, ()))
    for forecast in (flat(), frequent):
        assert "bad-year" not in [name for name, *_ in forecast_charts(forecast)]
    assert forecast_time_data.bad_year_missing(flat()).endswith("nothing went dark under as-it-was.")
    assert forecast_time_data.bad_year_missing(frequent) == (
        "1 year in 20 is at least this bad: 2.8 days dark under as-it-was, all by causes too frequent to be shown. "
        "Frequent causes are in the total with their own spread, and are not shown one by one. The mean "
        "of all years is 6.9 h."
    )
    assert forecast_time_data.bad_year_missing(CASES["no curves"]()) == ""


def test_a_bad_year_says_what_the_years_can_tell() -> None:
    own, *rest = made.policies()
    few = made.forecast((replace(own, luck={}), *rest), years=20)
    data = forecast_time_data.bad_year_data(few)
    assert data is not None
    assert data.words.title.startswith("A bad one of 20 simulated years: 7 occurrences, 32 h dark")
    heavy = replace(own, yearly={**own.yearly, "dark_minutes": made.about(7200.0, "min per year")})
    below = forecast_time_data.bad_year_data(made.forecast((heavy, *rest)))
    assert below is not None
    assert below.words.subtitle.endswith("The mean year is worse, 5 days: very rare years carry most of it.")
    assert "mean year" not in data.words.subtitle


def test_values_stand_where_they_belong() -> None:
    def data(case: str) -> forecast_vary_data.VaryData:
        return forecast_vary_data.vary_data(VARIED[case]())

    assert data("shares").positions == (0.5, 0.7, 0.9)
    assert data("counts").positions == (20, 200, 1000)
    assert data("rates").texts == ("1 per day", "3000 per year", "40 per day")
    assert data("words").positions is None
    lengths = data("with nought").positions
    assert lengths is not None
    assert lengths[:2] == (0, 3.6e9)
    assert data("spread").words.subtitle.endswith("A random length stands at its median.")
    assert forecast_vary_data.size_of(made.forecast()) is None


def test_an_interrupted_variation_says_the_years_of_each_value() -> None:
    one, two, three = made.varied()
    data = forecast_vary_data.vary_data((one, two, replace(three, complete=False, years=52)))
    assert (
        "The same years as far as they go: 2,000 years at 50% and 70%; 52 years at 90%." in data.words.footer
    )
    cut = forecast_chart_data.exceedance_data(made.forecast(complete=False, years=52)).words.footer
    assert "52 simulated years of 2,000 (interrupted), seed 1" in cut


def test_the_finding_of_a_variation() -> None:
    data = forecast_vary_data.vary_data(made.varied(("90%", "50%")))
    # The made-up forecast leaves less at the value that was written last.
    assert data.words.title == (
        "With approval catches of two-person from 50% to 90%, two-person goes from 100 to 400 minutes dark a year"
    )
    assert data.texts == ("50%", "90%")
    still = [replace(each, policies=made.policies()[:1]) for each in made.varied(("50%", "90%"))]
    assert forecast_vary_data.vary_data(still).words.title == (
        "Approval catches of two-person from 50% to 90% hardly moves what any policy leaves"
    )
    wide = [
        replace(each, policies=(each.policies[0], _unsure(each.policies[1])))
        for each in made.varied(("50%", "90%"))
    ]
    assert forecast_vary_data.vary_data(wide).words.title.endswith(
        "two-person goes from 400 to 100 minutes dark a year, but the intervals of 2,000 years overlap"
    )
    rare = [
        replace(each, policies=(each.policies[0], replace(each.policies[1], yearly=each.policies[0].yearly)))
        for each in made.varied(("50%", "90%"))
    ]
    assert forecast_vary_data.vary_data(rare).words.title.endswith(
        "the headline under two-person goes from 5 to 1.7 % of years"
    )
    # Nothing varies in the access days of the baseline, so that there is no panel for it.
    assert len(forecast_vary_data.vary_data(still).panels) == 2
    assert len(data.panels) == 3
    figures = {row["figure"] for row in rows_of(data.table)}
    assert figures == {"dark_minutes", "headline", "access_after_leaving"}


def _unsure(policy: ForecastPolicy) -> ForecastPolicy:
    """The policy with a wide interval around all it leaves."""
    found = policy.yearly["dark_minutes"]
    wide = replace(found, low=0.0, high=1000.0)
    return replace(policy, yearly={**policy.yearly, "dark_minutes": wide}, headline=made.share(0.05))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("safeguards.deprovisioning.lag", "deprovisioning lag"),
        ("policies.ask-a-founder.protected_list.covers", "protected list covers of ask-a-founder"),
        ("teams.admins.headcount", "headcount of admins"),
        ("response.pick_up", "response pick up"),
    ],
)
def test_paths_in_words(path: str, said: str) -> None:
    assert forecast_vary_data.path_words(path) == said


def test_lengths_are_marked_in_their_unit() -> None:
    assert [text for _, text in Scale.of([250.0, 310.0]).ticks(lengths=True)] == [
        "0", "1 h", "2 h", "3 h", "4 h", "5 h"
    ]  # fmt: skip
    assert [minutes(each) for each in (0.5, 60, 90, 1440, 525_960, 50 * 525_960)] == [
        "30 s", "1 h", "90 min", "24 h", "1 year", "50 years",
    ]  # fmt: skip


def test_nought_has_a_place_on_a_logarithmic_axis() -> None:
    scale = Scale.of([0.0, 1.0, 1000.0])
    assert scale.log
    assert scale.at(0.0) < scale.at(1.0) < scale.at(1000.0)
    assert scale.ticks()[0] == (scale.at(0.0), "0")
    narrow = Scale.of([0.0, 400.0])
    assert not narrow.log
    assert narrow.at(12.0) == 12.0
    assert narrow.ticks()[0][1] == "0"
    assert Scale.of([]).limits() == (0.0, 1.05)


def test_colours_are_told_apart_without_colour() -> None:
    from deactsim.report.charts.lines import STYLES

    assert len({dashes for _, dashes, _ in STYLES[1:]}) == len(STYLES) - 1
    assert len({mark for _, _, mark in STYLES}) == len(STYLES)


def test_more_rows_than_fit_are_counted() -> None:
    with house_style():
        draw = {name: draw for name, draw, _, _ in forecast_charts(many(60))}["exceedance"]
        texts = [text.get_text() for text in draw().findobj(Text)]
    assert any(text.endswith("more: see the data") for text in texts)
