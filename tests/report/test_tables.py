"""What people read: the text of results, against golden files and at its edges."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deactsim.report import wording
from deactsim.report.chart_data import minutes_data, put_in_text, race_data, recorded_minutes
from deactsim.report.compare_table import (
    compare_table,
    dark_text,
    decision_text,
    error_text,
    members,
    starts_text,
    tipping_text,
    vary_table,
)
from deactsim.report.hero_data import hero_data
from deactsim.report.policy_data import friction_data, outcomes_data
from deactsim.report.records import compare_rows
from deactsim.report.run_checks import check_text, passes_text
from deactsim.report.run_table import modelled, run_table, simulated, stage_span
from deactsim.scenario.load import loads
from deactsim.study.ranking import RULE
from deactsim.study.results import Comparison, Decision, Estimate, Fit, PolicyOutcome, Replay, Summary
from tests.report import made_up

GOLDEN = Path(__file__).parent / "golden"
WIDTH = 100


def golden(name: str, text: str) -> None:
    """The text is the one in golden/NAME and keeps to the page.

    GOLDEN=write puts it there for a look at the difference.
    """
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    assert all(len(line) <= WIDTH and line == line.rstrip() for line in text.splitlines())


TEXT = Path(made_up.__file__).with_name("made_up.yaml").read_text(encoding="utf-8")
SEVERAL = TEXT.replace(
    "  accounts:\n", '  accounts:\n    "@else": {tier: protected, followers: 4M}\n'
).replace("  facts:\n", '  further_acts: [{account: "@else", after: 1 min}]\n  facts:\n')


def run(**more: object) -> str:
    return run_table(made_up.replay(**more), "file.yaml", "3f9a2c71" * 8)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run.txt", lambda: run()),
        ("run-other-policy.txt", lambda: run(policy="two-person", stopped=0.9)),
        ("compare.txt", lambda: compare_table(made_up.comparison(), "file.yaml")),
        (
            "vary.txt",
            lambda: vary_table(
                [
                    made_up.comparison(made_up.policies()[1:4], varied=("policies.x.catches", value))
                    for value in ("50%", "90%")
                ]
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_golden(name: str, text: Callable[[], str]) -> None:
    golden(name, text())


def test_what_was_put_in_is_said_to_be() -> None:
    assert "The 11 is put in, not predicted" in " ".join(run().split())


def test_a_record_that_is_not_pinned_is_not_called_put_in() -> None:
    facts = tuple(
        replace(fact, role="checked", agrees=True, percentile=0.3) if fact.id == "dark" else fact
        for fact in made_up.facts()
    )
    said = " ".join(run(facts=facts, dark=made_up.spread(13, 6, 29)).split())
    assert "put in" not in said
    assert "This is the model's; on record it was 11 min." in said


def test_without_a_record_nothing_is_said_of_it() -> None:
    said = run(facts=(), timeline=(), prior_percentile=None)
    assert "TIMELINE" not in said
    assert "put in" not in said
    assert "CHECKS   none: nothing on record is pinned, given or checked." in said
    assert "free to fail none" in " ".join(run(facts=made_up.facts()[:2]).split())


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("policy", ["as-it-was", "two-person"])
def test_a_table_keeps_to_the_width_of_the_terminal(width: int, policy: str) -> None:
    replay = made_up.replay(policy=policy, stopped=0.5 * (policy == "two-person"))
    said = run_table(replay, "file.yaml", "3f9a2c71" * 8, width)
    assert all(len(line) <= width for line in said.splitlines())
    assert ("Herald" in said) == (width > 60)
    for word in ("INFERRED", "ASSUMED", "ceiling, not viewers"):
        assert (word in " ".join(said.split())) == (word in run())


def with_incident(old: str, new: str) -> Replay:
    """The made-up replay of a scenario that is a little different."""
    return made_up.replay(scenario=loads(TEXT.replace(old, new)))


def test_a_record_of_when_it_was_visible() -> None:
    replay = with_incident(
        "dark: {of: dark, pinned: 11 min", "dark: {of: visible, pinned: 2017-11-02T18:59:30-04:00"
    )
    facts = (replace(made_up.facts()[0], documented_text="18:59:30"), *made_up.facts()[1:])
    said = " ".join(run_table(replace(replay, facts=facts), "f", "x" * 8).split())
    assert "The 11 is put in, not predicted" in said
    assert "11 min sits at percentile 36" in said


def test_a_record_that_is_only_a_bound() -> None:
    replay = with_incident("dark: {of: dark, pinned: 11 min", "dark: {of: dark, checked: within 15 min")
    bound = replace(made_up.facts()[0], role="checked", documented=15.0, documented_text="within 15 min")
    replay = replace(replay, facts=(bound,), prior_percentile=None)
    assert recorded_minutes(replay) is None
    assert recorded_minutes(made_up.replay()) == 11.0
    said = " ".join(run_table(replay, "f", "x" * 8).split())
    assert "on record it was over within 15 min." in said
    assert "WHERE THE MINUTES WENT" in said


def test_several_accounts_are_told_together() -> None:
    replay = made_up.replay(scenario=loads(SEVERAL))
    said = " ".join(run_table(replay, "f", "x" * 8).split())
    assert "11 min dark, 2 accounts together. The 11 of the first is put in, not predicted" in said
    assert "36 % of the first end sooner than the record" in said
    assert "of the first act; no source gives this split" in said
    # The stages are the first act's, the free model's minutes all accounts': they are not drawn as one.
    assert minutes_data(replay).free is None
    assert race_data(replay).visible is None
    assert (minutes_data(made_up.replay()).free is None, race_data(made_up.replay()).visible) == (False, 11.0)
    stopped = made_up.replay(scenario=loads(SEVERAL), policy="two-person", stopped=1.0)
    assert "none: no account went dark." in run_table(stopped, "f", "x" * 8)


def test_a_split_that_sources_give_in_part() -> None:
    replay = with_incident("authorise: 1 min", "authorise: {value: 1 min, source: herald}")
    assert "sources give part of this split" in run_table(replay, "f", "x" * 8)


@pytest.mark.parametrize(
    ("text", "fact", "said"),
    [
        ("by 18:51", {"percentile": 0.0, "simulated": None, "agrees": False}, "by 18:51; so it is in 0 of 100"),
        ("after 18:51", {"percentile": 0.0, "simulated": None, "agrees": True}, "after 18:51; so it is in 100 of 100"),
        ("within 5 min", {"percentile": 76.0}, "within 5 min; so it is in 76 of 100"),
        ("18:51", {"percentile": 0.0, "simulated": None, "agrees": False}, "18:51; never in the simulation"),
        ("18:51", {"percentile": None, "agrees": None}, "18:51"),
    ],
)  # fmt: skip
def test_checks_in_words(text: str, fact: dict[str, Any], said: str) -> None:
    first = replace(made_up.facts()[2], documented_text=text, **fact)
    assert check_text(first) == f"first posts: {said}"


@pytest.mark.parametrize(
    ("text", "low", "high", "said"),
    [
        ("+11 min", 4.0, 20.0, "+4 to +20 min"), ("by +5 min", 4.0, 20.0, "+4 to +20 min"),
        ("+38 min", 17.0, 410.0, "+17 min to +6.8 h"), ("+11 min", 11.0, 11.0, "+11 min"),
        ("by 18:51", 0.5, 4.0, "18:49:00-18:52:30"), ("after 04:41 +1d", 210.0, 1380.0, "22:18 to 17:48 +1d"),
    ],
)  # fmt: skip
def test_the_timeline_speaks_as_the_record_does(text: str, low: float, high: float, said: str) -> None:
    row = made_up.row("visible", "visible", "checked", 5, text, made_up.spread((low + high) / 2, low, high))
    assert simulated(row, made_up.EFFECT) == said


def test_what_never_happens_is_told_from_what_is_not_simulated() -> None:
    gone = made_up.row("visible", "", "pinned", 11, "+11 min", None)
    assert simulated(gone, made_up.EFFECT, happens=True) == "never"
    assert simulated(gone, made_up.EFFECT) == "not simulated"
    # The made-up platform makes no statements.
    assert modelled(made_up.replay()) == {
        "took_effect",
        "detected",
        "visible",
        "contained",
        "public_notice",
        "audience_whole",
    }
    rows = tuple(replace(row, median=None, p05=None, p95=None) for row in made_up.timeline())
    said = run(timeline=rows)
    assert said.count(" never ") == 4
    assert said.count("not simulated") == 2


def test_pinned_without_percentile() -> None:
    assert "end sooner" not in run(prior_percentile=None)


def test_a_failing_check_is_seen() -> None:
    said = run(facts=made_up.facts(agrees=False))
    assert "3 of 4 agree" in said
    assert "FAILS" in said


def test_stopped_for_good() -> None:
    said = run(policy="two-person", stopped=1.0, stages=())
    assert "none: the account never went dark" in said
    assert "WHERE" not in said


def test_only_dark_minutes() -> None:
    assert "ALSO" not in run(measures={"dark_minutes": made_up.fixed(11)})


def test_an_unknown_measure_is_still_shown() -> None:
    said = run(measures={"dark_minutes": made_up.fixed(11), "pages_sent": made_up.spread(3, 1, 7, "pages")})
    assert "pages sent" in said
    assert "3 pages (1 to 7)" in said


def test_readings_that_differ_are_shown_apart() -> None:
    replay = made_up.replay()
    other = replace(
        replay.readings[2], same_as=None, stopped=Estimate(0.6, 0.5, 0.7, "share"),
        measures={"dark_minutes": made_up.spread(9, 4, 12)},
    )  # fmt: skip
    never = replace(replay.readings[1], same_as=None, stopped=Estimate(1, 1, 1, "share"))
    said = " ".join(run(readings=(replay.readings[0], never, other)).split())
    assert (
        "Read as took it for a fake account: 9 min (90 %: 4 to 12) dark, and stopped 60 times of 100" in said
    )
    assert "Read as throwaway gesture: it never goes dark." in said


def test_long_names_and_words_are_never_cut() -> None:
    long = "a-policy-with-a-name-that-goes-on-and-on-for-sixty-characters"
    policies = [replace(policy, name=long + str(at)) for at, policy in enumerate(made_up.policies())]
    said = compare_table(made_up.comparison(policies, baseline=long + "0"), "file.yaml")
    for at in range(1, len(policies)):
        assert long + str(at) in said
    assert all(len(line) <= WIDTH for line in said.splitlines())


def test_no_policy_but_the_baseline() -> None:
    said = compare_table(made_up.comparison(made_up.policies()[:1], tipping=(), weeks=0), "file.yaml")
    assert "No policy but the baseline to compare." in said
    assert "TIPPING" not in said
    assert "COSTS" not in said


def test_no_baseline_among_the_policies() -> None:
    said = compare_table(made_up.comparison(made_up.policies()[1:2]), "file.yaml")
    assert "baseline as-it-was\n" in said


def test_a_large_error_is_said() -> None:
    assert "simulation up to 9.4 points" in compare_table(made_up.comparison(error=0.094), "file.yaml")


def test_never_all_but_for_all() -> None:
    def share(value: float) -> Comparison:
        return made_up.comparison(
            [made_up.outcome("p", "stops", (value,) * 3, made_up.fixed(11), None, {}, "")]
        )

    assert ">99" in compare_table(share(0.9999), "f")
    assert " 100 100 100" in compare_table(share(1.0), "f")
    assert "  <1" in compare_table(share(0.0001), "f")


def test_a_later_day_is_said() -> None:
    outcome = made_up.outcome("p", "postpones", (0,) * 3, made_up.fixed(11), None, {}, "", starts=1440.0)
    assert dark_text(outcome.readings[0]) == "11"
    assert starts_text(made_up.comparison([outcome]), outcome.readings[0]) == ", from 18:48 the day after"
    later = made_up.outcome("p", "postpones", (0,) * 3, made_up.fixed(11), None, {}, "", starts=4320.0)
    assert starts_text(made_up.comparison([later]), later.readings[0]) == ", from 18:48 +3 days"


def test_what_gets_worse_is_said_under_its_figures() -> None:
    made = made_up.outcome("p", "lengthens", (0,) * 3, made_up.fixed(11), None, {}, "")
    worse = replace(made, reason="content lost on 100% of the evenings")
    said = compare_table(made_up.comparison([worse]), "f").splitlines()
    at = said.index("MAKES IT WORSE")
    assert said[at + 2].strip() == "content lost on 100% of the evenings"
    # Not a second time where an actor adapts.
    adapted = replace(worse, adapted=made_up.outcomes((0.0,), made_up.fixed(11)))
    assert compare_table(made_up.comparison([adapted]), "f").count("content lost") == 1


def test_minutes_of_several_accounts_are_called_so() -> None:
    several = made_up.comparison(scenario=loads(SEVERAL))
    said = compare_table(several, "f")
    assert "account-min dark (90 %)" in said
    assert "11 min dark, all accounts together" in said.splitlines()[0]
    assert "if not: account-min dark" in vary_table([replace(several, varied=("a", "b"))])


def test_tipping_is_a_sentence() -> None:
    said = " ".join(compare_table(made_up.comparison(), "f").split())
    assert (
        "two-person beats preauthorised while what the reviewers catch is over 53%, 49% to 57% (now 90%, assumed)"
        in said
    )
    # One end lies beyond what was tried.
    assert (
        "vip-alert beats undo-button while the time word takes is over 60 s, 75 s or less (now 90 s, assumed)"
        in said
    )
    assert "behind each: its 95 % interval, from the same worlds" in said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ("49%", "57%", "over 53%, 49% to 57% (now"),
        ("53%", "53%", "over 53% (now"),
        ("49%", None, "over 53%, 49% or more (now"),
        (None, "57%", "over 53%, 57% or less (now"),
    ],
)
def test_a_tipping_point_is_said_as_well_as_it_is_known(low: str | None, high: str | None, said: str) -> None:
    first = made_up.comparison().tipping[0]
    assert said in tipping_text(replace(first, low_text=low, high_text=high))


def test_inputs_that_share_the_lead_are_all_named() -> None:
    def moved(label: str, *others: Decision) -> Decision:
        return Decision("x", label, "x", "assumed", "a", "b", 0.2, 0.3, "stopped", others)

    for others, said in (
        ((), "list covers 98%"),
        (("seniors catch 99%",), "list covers 98% or seniors catch 99%"),
        (("a", "b"), "list covers 98% or a or b"),
        (("a", "b", "c", "d"), "list covers 98% or a or b or 2 more"),
    ):
        decided = moved("list covers 98%", *map(moved, others))
        assert decision_text(replace(stopping(None, None, None), decided_by=decided)) == said
        assert compare_rows(made_up.comparison([replace(stopping(None, None, None), decided_by=decided)]))


# ---------------------------------------------------------------- what stopped it, how sure it is, in what order


def stopping(
    decides: tuple[str, str] | None, how: str | None, unheard: str | None, **more: Any
) -> PolicyOutcome:
    made = made_up.outcome("p", "stops", (0.9,) * 3, made_up.spread(9.8, 8.9, 11), decides, {}, "")
    return replace(made, stopped_how=how, unheard=unheard, **more)


@pytest.mark.parametrize(
    ("decides", "how", "unheard", "said"),
    [
        (("review catches 90%", "90%"), "an approver refused", None, "review catches 90%"),
        (("review catches 90%", "90%"), "x", "30% of stops timed out", "review catches 90%; 30% of stops timed out"),
        (None, "denied unseen: timed out after 2 h", "100% of stops timed out unseen",
         "denied unseen: timed out after 2 h"),
        (None, None, None, "no input moves it"),
    ],
)  # fmt: skip
def test_what_stops_it_is_never_left_open(
    decides: tuple[str, str] | None, how: str | None, unheard: str | None, said: str
) -> None:
    policy = stopping(decides, how, unheard)
    assert decision_text(policy) == said
    varied = replace(made_up.comparison([policy]), varied=("a", "b"))
    assert (f"p: {unheard}" in vary_table([varied])) == (unheard is not None)
    put = " (put in: " if decides else " ("
    assert put_in_text(policy) == f"{put}{said})"


def test_a_handful_of_evenings_has_no_range() -> None:
    for worlds, said in ((29.0, "~9.8"), (30.0, "9.8 (8.9-11)"), (None, "9.8 (8.9-11)")):
        made = stopping(None, "x", None)
        policy = replace(made, readings=tuple(replace(each, dark_worlds=worlds) for each in made.readings))
        assert dark_text(policy.readings[0]) == said
        text = compare_table(made_up.comparison([policy]), "f")
        assert f" {said} " in text
        assert ("\n~        under 30 effective evenings are dark" in text) == (worlds == 29.0)
        bar = hero_data(made_up.replay(), made_up.comparison([policy])).bars[0]
        assert (bar.low == bar.high) == (worlds == 29.0)
    few = tuple(replace(each, dark_worlds=12.0) for each in made_up.replay(stopped=0.9).readings)
    said = run(policy="two-person", stopped=0.9, dark=made_up.spread(9.8, 8.9, 11), readings=few)
    assert "where it was not stopped, worth 12 evenings: too few for ranges" in said
    assert "on the others 9.8 min dark" in " ".join(said.split())
    assert "(90 %" not in said


@pytest.mark.parametrize(
    ("worlds", "said"), [(1.0, "~11"), (29.9, "~11"), (30.0, "11"), (0.0, "11"), (None, "11")]
)
def test_a_handful_of_evenings_is_marked_where_nothing_spreads(worlds: float | None, said: str) -> None:
    def few(policy: PolicyOutcome) -> PolicyOutcome:
        return replace(
            policy,
            readings=tuple(replace(each, dark_worlds=worlds) for each in policy.readings),
            adapted=tuple(replace(each, dark_worlds=worlds) for each in policy.adapted),
        )

    own, protected, _, down = made_up.policies()[:4]
    assert own.name == "as-it-was"
    assert down.adapted
    legend = "~        under 30 effective evenings are dark"
    for policies, shown in (
        ([own, few(protected)], f" {said}   "),
        ([own, few(down)], f" {said}, from 18:48 the day"),
        ([few(own), protected], f": {said} min dark"),
    ):
        text = compare_table(made_up.comparison(policies), "f")
        assert shown in text
        assert (legend in text) == said.startswith("~")
    bar = hero_data(made_up.replay(), made_up.comparison([own, few(protected)])).bars[0]
    assert bar.text == f"{said} min"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"effective_worlds": 13.0}, "2,000 worlds worth 13 make rough figures: more would help (--worlds 15500)."),
        ({"effective_worlds": 13.0, "fit": Fit(70)}, "(--worlds 15500); only 70 of them agree with the record at all."),
        ({"effective_worlds": 13.0, "fit": Fit(1900)}, "); 1,900 of them agree with the record, most of them hardly."),
        ({"fit": Fit(70, 0.53)}, "(Pareto's k of their weights is 0.53, over 0.46): means can be off by more than"),
        ({"fit": Fit(1900, 0.71)}, "a few worlds decide (Pareto's k of their weights is 0.71, over 0.70)"),
        ({"fit": Fit(1900, 0.69)}, None),
        ({"fit": Fit(1900, None, "restoring")}, "all that the record leaves went to restoring, the only stage"),
        ({"effective_worlds": 99.0, "worlds": 200}, "200 worlds worth 99 make rough figures: more would help (--wo"),
        ({"effective_worlds": 0.0}, "2,000 worlds worth 0 make rough figures."),
        ({"prior_percentile": 2.0}, "what was put in does not explain the record: left free, 2 % of the evenings end"),
        ({"prior_percentile": 99.9}, "left free, >99 % of the evenings end sooner."),
        ({"effective_worlds": 100.0, "prior_percentile": 5.0}, None), ({"prior_percentile": None}, None),
    ],
)  # fmt: skip
def test_few_worlds_and_a_record_far_out_are_said(more: dict[str, Any], said: str | None) -> None:
    text = " ".join(run(**more).split())
    assert ("CAREFUL" in text) == (said is not None)
    foot = minutes_data(made_up.replay(**more)).words.footer
    assert ("Careful" in foot) == (said is not None)
    assert said is None or (said in text and said in foot)


def test_compare_says_that_worlds_are_few() -> None:
    assert "CAREFUL" not in compare_table(made_up.comparison(), "f")
    assert "CAREFUL  2,000 worlds worth 13" in compare_table(made_up.comparison(effective_worlds=13.0), "f")
    doubtful = made_up.comparison(effective_worlds=13.0, fit=Fit(1900, 1.2, "restoring"))
    assert compare_table(doubtful, "f").count("CAREFUL") == 1
    text = " ".join(compare_table(doubtful, "f").split())
    assert "most of them hardly a few worlds decide" not in text
    assert "is 1.20, over 0.70" in text
    assert "went to restoring" in text


def test_vary_says_of_each_value_that_worlds_are_few() -> None:
    policy = stopping(None, None, None)
    few = replace(policy, readings=tuple(replace(each, dark_worlds=12.0) for each in policy.readings))
    rough = made_up.comparison([few], varied=("x", "1"), effective_worlds=13.0)
    usual = made_up.comparison([policy], varied=("x", "2"))
    said = vary_table([rough, usual])
    assert "x = 1\nCAREFUL  2,000 worlds worth 13 make rough figures" in said
    assert said.count("CAREFUL") == 1
    assert "  ~9.8  " in said
    assert said.count("\n~        under 30 effective evenings are dark: the median alone, no range\n") == 1
    usually = vary_table([usual, usual])
    assert "CAREFUL" not in usually
    assert "~" not in usually


def test_the_error_stands_beside_what_the_inputs_move() -> None:
    def moved(low: float, high: float) -> PolicyOutcome:
        decided = Decision("x", "x", "x", "assumed", "a", "b", low, high, "stopped")
        return replace(stopping(None, None, None), decided_by=decided)

    assert error_text(made_up.comparison([moved(0.5, 0.9)], error=0.1)).endswith("move shares by 40 points")
    few = error_text(made_up.comparison([moved(0.5, 0.9), moved(0.9, 0.91)], error=0.1))
    assert few == (
        'simulation up to 10.0 points; the inputs under "decided by", moved as far as they were, move shares by 1 to '
        "40 points, 1 of 2 of them by less than the simulation can tell"
    )
    assert error_text(made_up.comparison([])) == "simulation under 1 point"


def test_one_order_for_tables_and_charts() -> None:
    comparison = made_up.comparison()
    order = comparison.ranking.order
    for group in ("stops", "shortens"):
        names = [policy.name for policy in members(comparison, group)]
        assert names == [name for name in order if name in names]
    first = next(name for name in order if name != "as-it-was")
    replay = made_up.replay()
    for words in (
        hero_data(replay, comparison).words, outcomes_data(replay, comparison).words,
        friction_data(replay, comparison).words,
    ):  # fmt: skip
        assert words.title.startswith(first.capitalize())
    assert compare_table(comparison, "f").count(RULE[:40]) == 1
    lane = next(lane for lane in outcomes_data(replay, comparison).lanes)
    assert lane.label == first


def test_costs_stand_beside_what_changes_nothing() -> None:
    made = made_up.outcome("p", "nothing", (0,) * 3, made_up.fixed(11), None, {}, "25 held ~20 s each")
    said = compare_table(made_up.comparison([made]), "f")
    assert "no difference in any world; costs in a usual week: 25 held ~20 s each" in said


def test_a_stage_that_mostly_is_nothing() -> None:
    assert stage_span(Summary(0.1, 0.0, 0.0, 0.0, "min")) == "(mostly 0)"
    assert stage_span(Summary(0.0, 0.0, 0.0, 0.0, "min")) == "(0.0-0.0)"


def test_from_where_to_where_a_check_passes() -> None:
    replay = made_up.replay()
    first, partial = made_up.facts()[2:4]
    assert passes_text(replay, first) == " (5-95 %: from 24 s on)"
    assert passes_text(replay, replace(first, passes=None)) == ""
    assert passes_text(replay, replace(partial, passes=(None, None))) == " (5-95 %: any)"
    assert passes_text(replay, replace(first, passes=(float("inf"), None))) == " (5-95 %: from never on)"
    assert passes_text(replay, replace(first, passes=None, free=True)).startswith(
        " (compared with this incident of"
    )
    # By the clock, where the record is.
    clocked = replace(first, id="first_statement", passes=(0.5, 4.0))
    assert passes_text(replay, clocked) == " (5-95 %: 18:49:00 to 18:52:30)"


def test_a_file_name_with_a_space_is_quoted() -> None:
    assert run_table(made_up.replay(), "My Company.yaml", "x" * 8).endswith("compare 'My Company.yaml'\n")


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (0.04, "0.04"), (0.51, "0.5"), (5.13, "5.1"), (9.96, "10"), (12345, "12 k"), (458.7e6, "459 M"),
     (2.5e9, "2.5 G"), (11, "11"), (1440, "1,440"), (-3, "-3")],
)  # fmt: skip
def test_numbers(value: float, said: str) -> None:
    assert wording.number(value) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0 min"), (0.5, "30 s"), (11, "11 min"), (200, "3.3 h"), (4320, "3 days")]
)
def test_minutes(value: float, said: str) -> None:
    assert wording.minutes(value) == said


@pytest.mark.parametrize(
    ("low", "middle", "high", "said"),
    [(0.5, 1.5, 4.1, "1.5 min (0.5 to 4.1)"), (0.1, 0.4, 0.8, "24 s (6 to 48)"), (77, 77.3, 77.5, "77 min"),
     (200, 780, 1380, "13 h (3.3 to 23)"), (1440, 5760, 14400, "4 days (1 to 10)"), (0, 0, 0, "0 s")],
)  # fmt: skip
def test_lengths(low: float, middle: float, high: float, said: str) -> None:
    assert wording.lengths(Summary(middle, middle, low, high, "min")) == said


@pytest.mark.parametrize(
    ("value", "said"), [(150, "150"), (50_000, "50 k"), (41.7e6, "41.7 M"), (1.2e9, "1.2 G"), (4000, "4,000")]
)
def test_counts(value: float, said: str) -> None:
    assert wording.count(value) == said


def test_words() -> None:
    assert wording.and_list(["a"]) == "a"
    assert wording.and_list(["a", "b", "c"]) == "a, b and c"
    assert wording.plural(1, "policy") == "1 policy"
    assert wording.plural(3, "policy") == "3 policies"
    assert wording.with_article("the actor himself") == "the actor himself"
    assert wording.wrap("up to 90 % of", 8) == ["up to", "90 % of"]
    assert wording.of_a_hundred(Estimate(0.999, 0.99, 1, "share")) == 99
    assert wording.of_a_hundred(Estimate(0.001, 0, 0.01, "share")) == 1


@pytest.mark.parametrize(
    ("longer", "lengths", "spread"),
    [
        ((), "20 h (4 to 24)", "1,200 (240-1,440)"),
        (("p95",), "20 h (4 to 24 h or more)", "1,200 (240-24 h or more)"),
        (("median", "p95"), "20 h or more (from 4)", "20 h or more (from 240)"),
        (("median", "p05", "p95"), "20 h or more", "20 h or more"),
    ],
)
def test_what_was_cut_is_longer_than_that(longer: tuple[str, ...], lengths: str, spread: str) -> None:
    summary = Summary(900.0, 1200.0, 240.0, 1440.0, "min", 1440.0, 0.4, longer)
    assert wording.lengths(summary) == lengths
    assert wording.spread(summary) == spread
