"""The charts: no two texts overlap, the finding is computed, the files are complete and repeatable."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from deactsim.errors import DeactsimError
from deactsim.report import chart_data, charts, hero_data, policy_data
from deactsim.report.charts.measure import DPI
from deactsim.report.charts.style import HEIGHT, WIDTH, house_style
from deactsim.report.compare_table import compare_table
from deactsim.scenario.load import loads
from deactsim.study.results import Comparison, Estimate, PolicyOutcome, Refused, Replay, Summary
from tests.report import made_up
from tests.report.test_tables import SEVERAL

NAMES = ("hero", "minutes", "race", "outcomes", "friction")
LONG = "quite-a-long-name-for-a-policy-which-somebody-chose"


def many(count: int, suffix: str = "") -> list[PolicyOutcome]:
    """The made-up policies again and again, under new names."""
    base, *others = made_up.policies()
    found = [
        replace(policy, name=f"{policy.name}{suffix}-{at}", label=f"{policy.label}{suffix}-{at}")
        for at in range(count)
        for policy in (others[at % len(others)],)
    ]
    return [base, *found]


CASES: dict[str, Callable[[], tuple[Replay, Comparison]]] = {
    "usual": lambda: (made_up.replay(), made_up.comparison()),
    "three": lambda: (made_up.replay(), made_up.comparison(made_up.policies()[:4])),
    "twenty-five": lambda: (made_up.replay(), made_up.comparison(many(25))),
    "sixty": lambda: (made_up.replay(), made_up.comparison(many(60))),
    "long names": lambda: (made_up.replay(), made_up.comparison(many(25, LONG))),
    "only the baseline": lambda: (made_up.replay(), made_up.comparison(made_up.policies()[:1])),
    "no baseline": lambda: (
        made_up.replay(facts=(), timeline=(), prior_percentile=None),
        made_up.comparison(made_up.policies()[1:5]),
    ),
    "nothing simulated": lambda: (
        made_up.replay(facts=(), timeline=(), stages=(), channels=(), measures={}, free={}),
        made_up.comparison([]),
    ),
    "one reading": lambda: (
        made_up.replay(),
        made_up.comparison(
            [replace(policy, readings=policy.readings[:1]) for policy in made_up.policies()],
            readings=made_up.READINGS[:1],
        ),
    ),
    "record not put in": lambda: (
        made_up.replay(
            facts=tuple(replace(fact, role="checked") for fact in made_up.facts()),
            dark=made_up.spread(19, 9, 35),
        ),
        made_up.comparison(
            [
                made_up.outcome("as-it-was", "nothing", (0,) * 3, made_up.spread(19, 9, 35), None, {}, ""),
                *made_up.policies()[1:],
            ]
        ),
    ),
    "short record": lambda: (
        made_up.replay(
            facts=(replace(made_up.facts()[0], documented=0.5, documented_text="30 s"),),
            dark=made_up.fixed(0.5),
        ),
        made_up.comparison(),
    ),
}


def boxes(figure: Figure) -> list[tuple[str, float, float, float, float]]:
    """Every text that is drawn, with its box in pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    hidden = set()
    for axes in figure.axes:
        low, high = sorted(axes.get_xlim())
        hidden |= {tick.label1 for tick in axes.xaxis.get_major_ticks() if not low <= tick.get_loc() <= high}
    found = []
    for text in figure.findobj(Text):
        if text in hidden or not text.get_visible() or not text.get_text().strip():
            continue
        # Of an annotation the box would hold the point it belongs to as well.
        box = Text.get_window_extent(text, canvas.get_renderer())
        found.append((text.get_text(), box.x0, box.y0, box.x1, box.y1))
    return found


def overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes overlap by more than a pixel or two."""
    return [
        (a[0], b[0])
        for a, b in combinations(boxes(figure), 2)
        if a[1] + 2 < b[3] and b[1] + 2 < a[3] and a[2] + 4 < b[4] and b[2] + 4 < a[4]
    ]


def outside(figure: Figure) -> list[str]:
    """Texts that stick out of the sheet."""
    wide, high = figure.get_size_inches() * DPI
    return [text for text, x0, y0, x1, y1 in boxes(figure) if x0 < 0 or y0 < 0 or x1 > wide or y1 > high]


OF_A_REPLAY = ("minutes", "race")
DIFFERENT = ("usual", "record not put in", "nothing simulated", "short record")


@pytest.mark.parametrize(
    ("case", "name"),
    [(case, name) for case in CASES for name in NAMES if name not in OF_A_REPLAY or case in DIFFERENT],
)
def test_no_text_overlaps_or_leaves_the_sheet(case: str, name: str) -> None:
    with house_style():
        draw = next(draw for each, draw, _, _ in charts.charts(*CASES[case]()) if each == name)
        figure = draw()
        assert overlaps(figure) == []
        assert outside(figure) == []


@pytest.mark.parametrize("case", ["usual", "twenty-five"])
def test_charts_have_the_shape_of_a_slide(case: str) -> None:
    with house_style():
        for _, draw, _, _ in charts.charts(*CASES[case]()):
            wide, high = draw().get_size_inches()
            assert wide / high == pytest.approx(WIDTH / HEIGHT)


def test_files_are_complete_and_repeatable(tmp_path: Path) -> None:
    kinds = ("png", "svg", "pdf")
    first = charts.save_all(made_up.replay(), made_up.comparison(), tmp_path / "a", kinds)
    charts.save_all(made_up.replay(), made_up.comparison(), tmp_path / "b", kinds)
    assert {path.name for path in first} == {
        f"{name}.{kind}" for name in NAMES for kind in (*kinds, "txt", "csv")
    }
    for path in first:
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    svg = (tmp_path / "a" / "hero.svg").read_text(encoding="utf-8")
    assert "protected-list</text>" in svg, "text stays text"
    assert "<dc:date>" not in svg


def test_alt_text_says_the_finding_and_the_data_stand_beside(tmp_path: Path) -> None:
    charts.save_all(made_up.replay(), made_up.comparison(), tmp_path, ("png",))
    alt = (tmp_path / "hero.txt").read_text(encoding="utf-8")
    assert alt.startswith(
        "Protected-list would have stopped 98 of 100 such evenings (put in: list covers 98%)"
    )
    assert "cool-off-15m: stopped of 100: D 0, T 0, M 0, otherwise dark 11 min, from 19:03" in alt
    with (tmp_path / "hero.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["policy"] for row in rows} == {policy.name for policy in made_up.policies()}
    one = next(row for row in rows if row["policy"] == "preauthorised" and row["reading"] == "throwaway")
    assert float(one["dark_median_min"]) == 5.1


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(DeactsimError, match=r"cannot write .*taken"):
        charts.save_all(made_up.replay(), made_up.comparison(), tmp_path / "taken", ("png",))


def finding(*chosen: str) -> str:
    policies = {policy.name: policy for policy in made_up.policies()}
    return chart_data.finding(made_up.comparison([policies[name] for name in chosen]), 11.0)


def test_the_finding_is_that_of_the_data() -> None:
    assert finding("as-it-was") == "No policy here would have stopped or shortened the 11 minutes"
    assert finding("preauthorised", "vip-alert") == (
        "No policy here would have stopped it; preauthorised would have cut the 11 minutes to 5.1 "
        "(put in: split of the 11 min)"
    )
    # The surest stop is the one whose worst reading, or adapting actor, is best.
    assert finding("step-down-1d", "two-person") == (
        "Two-person would have stopped 90 of 100 such evenings (put in: review catches 90%)"
    )
    assert finding("step-down-1d").startswith("Step-down-1d would have stopped at least 0 of 100")
    # What the simulation cannot tell apart is told in the order of the scenario.
    assert finding("protected-list", "step-down-1d", "two-person").startswith("Protected-list")
    assert chart_data.finding(made_up.comparison([]), None).endswith("stopped or shortened the darkness")
    free = made_up.comparison([policy for policy in made_up.policies() if policy.group != "stops"])
    assert "would have cut the simulated 11 minutes to 5.1" in chart_data.finding(free, None)


def test_titles_without_matter() -> None:
    replay, comparison = CASES["nothing simulated"]()
    assert chart_data.minutes_data(replay).words.title == "No stage of the dark time was simulated"
    assert chart_data.race_data(replay).words.title == "No channel of detection was simulated"
    assert (
        policy_data.outcomes_data(replay, comparison).words.title
        == "There is no policy to compare with the baseline"
    )
    assert (
        policy_data.friction_data(replay, comparison).words.title
        == "No policy here helps, whatever it costs honest work"
    )


def test_titles_of_policies() -> None:
    policies = {policy.name: policy for policy in made_up.policies()}
    only = made_up.comparison([policies["as-it-was"], policies["vip-alert"], policies["undo-button"]])
    friction = policy_data.friction_data(made_up.replay(), only)
    assert friction.words.title == (
        "Vip-alert (tied with undo-button) leaves the fewest minutes dark and costs honest work in a usual week: "
        "21 alarms; 1 of 2 policies that help cost honest work nothing that was seen"
    )
    outcomes = policy_data.outcomes_data(made_up.replay(), only)
    assert outcomes.words.title.startswith(
        "Vip-alert (tied with undo-button) leaves 9.9 of the 11 minutes on average, at worst"
    )
    free_stop = made_up.comparison([replace(policies["two-person"], friction={}, friction_text="none seen")])
    title = policy_data.friction_data(made_up.replay(), free_stop).words.title
    assert title.startswith(
        "Two-person leaves the fewest minutes dark and costs honest work in a usual week: nothing that was seen"
    )


def test_what_is_off_the_axis_is_said_with_an_arrow() -> None:
    late = made_up.outcome("late", "postpones", (0, 0, 0), made_up.fixed(11), None, {}, "", starts=600.0)
    with house_style():
        data = hero_data.hero_data(made_up.replay(), made_up.comparison([made_up.policies()[0], late]))
        figure = charts.hero.draw(data)
    assert "11 min, from 04:48 the day after →" in [text.get_text() for text in figure.findobj(Text)]


def test_what_gets_worse_is_said_in_the_charts() -> None:
    base, *_ = made_up.policies()
    lost = "content lost on 100% of the evenings"
    for dark in (made_up.fixed(11), made_up.fixed(2), made_up.spread(300, 200, 1440)):
        made = made_up.outcome("short", "lengthens", (0,) * 3, dark, ("kept for 10 min", ""), {}, "")
        comparison = made_up.comparison([base, replace(made, reason=lost)])
        data = hero_data.hero_data(made_up.replay(), comparison)
        assert [(each.heading, each.lanes[0].note) for each in data.sections] == [
            ("makes it worse", f"{lost}; kept for 10 min")
        ]
        outcomes = policy_data.outcomes_data(made_up.replay(), comparison)
        assert outcomes.alt.endswith(f" min ({lost}).")
        with house_style():
            figure = charts.outcomes.draw(outcomes)
            assert lost in [text.get_text() for text in figure.findobj(Text)]
            assert overlaps(figure) == []
            assert outside(figure) == []


def test_means_near_the_baseline_do_not_read_as_if_they_were_it() -> None:
    base, *_ = made_up.policies()
    near = made_up.outcome("near", "shortens", (0,) * 3, made_up.fixed(10.7), None, {}, "")
    with house_style():
        figure = charts.outcomes.draw(
            policy_data.outcomes_data(made_up.replay(), made_up.comparison([base, near]))
        )
    assert "10.7 min" in [text.get_text() for text in figure.findobj(Text)]


def several(policy: PolicyOutcome, first: Summary | None) -> PolicyOutcome:
    """The policy against an actor who acts twice, with the darkness of the first act."""
    return replace(policy, readings=tuple(replace(each, dark_first=first) for each in policy.readings))


def test_several_acts_have_the_first_on_the_axis_and_all_in_the_figures() -> None:
    base, *_ = made_up.policies()
    twice = made_up.outcome("twice", "shortens", (0,) * 3, made_up.fixed(14), None, {}, "")
    second = made_up.outcome("second", "shortens", (0,) * 3, made_up.fixed(9), None, {}, "")
    own = replace(base, readings=tuple(replace(each, dark=made_up.fixed(25)) for each in base.readings))
    policies = [several(own, made_up.fixed(13)), several(twice, made_up.fixed(8)), several(second, None)]
    comparison = made_up.comparison(policies, scenario=loads(SEVERAL))
    checked = tuple(replace(fact, role="checked") for fact in made_up.facts())
    data = hero_data.hero_data(made_up.replay(facts=checked), comparison)
    assert data.baseline == 13
    bars = [(bar.median, bar.text) for bar in data.bars]
    assert bars == [(13, "25 account-min"), (9, "9 account-min"), (8, "14 account-min")]
    assert "no account goes dark" in data.words.subtitle
    # The record's minutes are those of one account: they are not what all of them leave.
    assert policy_data.outcomes_data(made_up.replay(), comparison).baseline == 11
    without = [policy for policy in policies if policy.name != "as-it-was"]
    nobody = made_up.comparison(without, scenario=loads(SEVERAL))
    assert hero_data.hero_data(made_up.replay(facts=checked), nobody).baseline is None


def test_what_is_compared_with_the_model_is_not_called_put_in() -> None:
    data = hero_data.hero_data(*CASES["record not put in"]())
    assert data.record == 11
    assert data.baseline == 19
    assert data.sections[0].heading == "as it was"
    assert "put in, not predicted" not in data.words.footer
    assert "would have cut the simulated 19 minutes to 5.1" in data.words.title


def test_a_stop_without_exception_is_never_dark() -> None:
    sure = made_up.outcome("sure", "stops", (1, 1, 1), None, None, {}, "")
    with house_style():
        data = hero_data.hero_data(made_up.replay(), made_up.comparison([made_up.policies()[0], sure]))
        figure = charts.hero.draw(data)
    assert "never dark" in [text.get_text() for text in figure.findobj(Text)]


def test_a_title_says_what_a_policy_does_to_honest_work() -> None:
    base, *_ = made_up.policies()
    for cost, verb in (("wrongly_undone", "undoes"), ("denied", "denies")):
        costs = {"actions": (28.0, "per week"), cost: (28.0, "per week")}
        harsh = made_up.outcome("watchdog", "shortens", (0,) * 3, made_up.fixed(1), None, costs, "28")
        comparison = made_up.comparison([base, harsh])
        said = f"it also {verb} 28 of 28 honest actions a week"
        assert f"to 1 ({said})" in chart_data.finding(comparison, 11.0)
        assert said in policy_data.outcomes_data(made_up.replay(), comparison).words.title
        mild = replace(harsh, friction=harsh.friction | {cost: made_up.about(14.0)})
        assert said not in chart_data.finding(made_up.comparison([base, mild]), 11.0)


def test_a_title_says_that_a_policy_refuses_honest_work() -> None:
    base, *_ = made_up.policies()
    refused = Refused(
        0.4, "40 % of requests denied", "40 % of the honest requests it covers are denied: whatever"
    )
    text = "CAREFUL, 40 % of requests denied, 5.0 held"
    slow = replace(
        made_up.outcome("slow", "shortens", (0,) * 3, made_up.fixed(1), None, {}, text), refused=refused
    )
    comparison = made_up.comparison([base, slow])
    said = "to 1 (CAREFUL: 40 % of requests denied)"
    assert said in chart_data.finding(comparison, 11.0)
    assert text in policy_data.friction_data(made_up.replay(), comparison).words.title
    assert f"CAREFUL slow: {refused.text}." in " ".join(compare_table(comparison, "f").split())


def test_several_ties_are_counted() -> None:
    base, *_ = made_up.policies()
    alike = [made_up.outcome(n, "shortens", (0,) * 3, made_up.fixed(5), None, {}, "") for n in "abcd"]
    comparison = made_up.comparison([base, *alike])
    ranking = replace(comparison.ranking, tied=(tuple("abcd"),))
    title = chart_data.finding(replace(comparison, ranking=ranking), 11.0)
    assert title.endswith("; a (tied with 3 others) would have cut the 11 minutes to 5")


def test_friction_has_the_worst_and_says_what_a_policy_is_for() -> None:
    base, *_ = made_up.policies()
    made = made_up.outcome("dialog", "stops", (0, 0.3, 0.6), made_up.fixed(11), None, {}, "")
    adapting = next(policy for policy in made_up.policies() if policy.name == "step-down-1d")
    data = policy_data.friction_data(made_up.replay(), made_up.comparison([base, made, adapting]))
    said = dict(zip((label for label, _ in data.rows), data.gains.beside, strict=True))
    assert said == {"dialog": "(M 4.4)", "step-down-1d": "(else 0.1)"}
    assert [value.mean for value in data.gains.values if value is not None] == [11.0, 11.0]


def test_the_race_compares_the_same_worlds() -> None:
    lanes = {lane.label: lane for lane in chart_data.race_data(made_up.replay()).lanes}
    for lane in lanes.values():
        if lane.notices is not None and lane.arrives is not None:
            assert lane.notices.median <= lane.arrives.median
    assert (lanes["public"].of_all, lanes["account holder"].of_all) == (False, True)


def test_costs_that_the_baseline_has_too_are_none_of_the_policy() -> None:
    base, *others = made_up.policies()
    usual = {"held": Estimate(20, 19, 21, "per week")}
    policies = [replace(base, friction=usual), *(replace(policy, friction=usual) for policy in others)]
    assert policy_data.friction_data(made_up.replay(), made_up.comparison(policies)).panels == ()


def test_more_outlets_than_fit_are_counted() -> None:
    facts = tuple(replace(made_up.facts()[0], source=f"Paper {at}, Herald") for at in range(9))
    assert "and 5 more" in chart_data.outlets(made_up.replay(facts=facts))
