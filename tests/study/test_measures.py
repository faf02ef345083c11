"""Measures as folds over traces made by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from deactsim.model.compile import compile_plan
from deactsim.model.plan import Plan
from deactsim.model.states import Channel, Event, Gate, Reason, Route
from deactsim.model.streams import act_id, report_id
from deactsim.study.columns import Columns, record
from deactsim.study.measures import MEASURES, MINUTE, STAGES, Marks, marks, table_of
from tests.study.small import row, small, trace_of

IT, THAT, REPORT = act_id(0), act_id(1), report_id("protected", 400_000, 0)
ENDS = 1000 * MINUTE


@pytest.fixture(scope="module")
def plan() -> Plan:
    scenario = small(
        platform="""
  commands: {deactivate: {undo: restore}, restore: {}}
  tiers: {protected: {accounts: 5, followers: 1M}}
  accounts: {"@it": {tier: protected, followers: 4M}, "@that": {tier: protected, followers: 3M}}""",
        incident="""
  account: "@it"
  command: deactivate
  actor: {team: support}
  at: 2017-11-02T18:48:30Z
  readings: {meant: {cause: deliberate}}
  further_acts: [{account: "@that", after: 1 min}]""",
        statements="{first: 1 h, second: 1 h}",
        audience_whole="{within: 1 h}",
    )
    return compile_plan(scenario, "as-it-was", "meant")


def incident(plan: Plan, at: float, *, follow: float | None = None) -> Plan:
    """The plan with its incident documented at that minute, and followed for so many minutes."""
    assert plan.incident is not None
    known = replace(plan.incident, at=round(at * MINUTE))
    if follow is not None:
        known = replace(known, follow=round(follow * MINUTE))
    return replace(plan, incident=known)


def seen(plan: Plan, *rows: tuple[float, Event, int, int, int]) -> Marks:
    return marks(trace_of(plan, *(row(*each) for each in rows)), ENDS)


def test_a_whole_night(plan: Plan) -> None:
    found = seen(
        plan,
        (99, Event.REQUESTED, IT, 0, 0),
        (99, Event.GATE_PASSED, IT, Gate.RIGHTS, Reason.RIGHT_HELD),
        (100, Event.TOOK_EFFECT, IT, 0, 0),
        (101, Event.TOOK_EFFECT, REPORT, 0, 0),
        (102, Event.NOTICED, IT, Channel.PUBLIC, 0),
        (102.5, Event.NOTICED, IT, Channel.COLLEAGUE, 0),
        (102.5, Event.WORD_ARRIVES, IT, Channel.COLLEAGUE, 0),
        (103, Event.RESPONDER_TAKES, IT, 0, 0),
        (105, Event.PICKED_UP, IT, 0, 0),
        (108, Event.CAUSE_FOUND, IT, 0, 0),
        (109, Event.UNDO_AUTHORISED, IT, 0, 0),
        (111, Event.VISIBLE, IT, Route.RESPONSE, 0),
        (112, Event.VISIBLE, REPORT, Route.RESPONSE, 0),
        (118, Event.CONTAINED, IT, 0, 0),
        (177, Event.FIRST_STATEMENT, IT, 0, 0),
        (200, Event.SECOND_STATEMENT, IT, 0, 0),
        (300, Event.AUDIENCE_WHOLE, IT, 0, 0),
    )
    assert found.gates == [(Gate.RIGHTS, Reason.RIGHT_HELD)]
    assert found.dark == 11 * MINUTE
    line = record(found, incident(plan, 99), 99 * MINUTE)
    assert {name: line[name] for name in MEASURES} == {
        "dark_minutes": 11,
        "audience_minutes": 44e6,
        "time_to_detect": 2,
        "time_to_restore": 9,
        "time_to_contain": 18,
        "time_to_first_statement": 77,
        "time_to_audience_whole": 189,
    }
    assert [line[f"stage_{name}"] for name in STAGES] == [2.5, 0, 2.5, 3, 1, 2]
    assert (line["late"], line["at_took_effect"], line["at_public_notice"], line["at_detected"]) == (
        1,
        1,
        3,
        3.5,
    )
    assert (line["at_visible"], line["at_contained"], line["at_audience_whole"]) == (12, 19, 201)
    assert (line["word_by"], line["route"]) == (Channel.COLLEAGUE, Route.RESPONSE)
    assert (line["notice_public"], line["notice_colleague"]) == (2, 2.5)
    assert (line["still_dark"], line["content_lost"], line["stopped"]) == (0, 0, 0)


def test_stopped_is_dark_for_nothing(plan: Plan) -> None:
    found = seen(
        plan,
        (99, Event.REQUESTED, IT, 0, 0),
        (99, Event.GATE_DENIED, IT, Gate.APPROVAL, Reason.REFUSED),
        (100, Event.GATE_DENIED, THAT, Gate.APPROVAL, Reason.REFUSED),
    )
    assert found.gates == [(Gate.APPROVAL, Reason.REFUSED)] * 2
    line = record(found, incident(plan, 0), 0)
    assert line.pop("stopped") == 1.0
    assert set(line) == {"acts_dark", "dark_minutes", "dark_first", "audience_minutes"}
    assert not any(line.values())
    assert found.dark == 0
    assert not found.held


def stage_lengths(plan: Plan, found: Marks) -> list[float]:
    """Minutes of each stage of the dark time, in order."""
    line = record(found, incident(plan, 100), 100 * MINUTE)
    return [line[f"stage_{name}"] for name in STAGES]


def test_stopped_only_if_every_act_is(plan: Plan) -> None:
    found = seen(
        plan,
        (99, Event.GATE_DENIED, IT, Gate.APPROVAL, Reason.REFUSED),
        (101, Event.TOOK_EFFECT, THAT, 0, 0),
        (105, Event.CONTAINED, THAT, 0, 0),
        (106, Event.VISIBLE, THAT, Route.RESPONSE, 0),
    )
    line = record(found, incident(plan, 99), 99 * MINUTE)
    assert (line["stopped"], line["acts_dark"], line["dark_minutes"], line["dark_first"]) == (0, 1, 5, 0)
    assert line["audience_minutes"] == 5 * 3e6
    assert (line["time_to_contain"], line["still_dark"]) == (4, 0)
    assert "late" not in line


@pytest.mark.parametrize(
    ("rows", "held"),
    [
        ([(99, Event.REQUESTED, IT, 0, 0), (99, Event.HELD, IT, Gate.COOLING_OFF, 0)], True),
        ([(100, Event.TOOK_EFFECT, IT, 0, 0), (100, Event.HELD, THAT, Gate.COOLING_OFF, 0)], True),
        ([(100, Event.TOOK_EFFECT, IT, 0, 0), (100, Event.GATE_DENIED, THAT, Gate.COOLING_OFF, 0)], False),
    ],
)
def test_what_still_waits_is_neither_stopped_nor_dark(
    plan: Plan, rows: list[tuple[float, Event, int, int, int]], *, held: bool
) -> None:
    rows = [row if row[1] != Event.GATE_DENIED else (*row[:4], Reason.REFUSED) for row in rows]
    assert seen(plan, *rows).held == held


def test_what_has_not_ended_is_followed_to_the_end_of_the_world_or_the_horizon(plan: Plan) -> None:
    found = seen(plan, (100, Event.TOOK_EFFECT, IT, 0, 0), (700, Event.CONTENT_LOST, IT, 0, 0))
    # 900 minutes of the world are left, in which content is kept for 10 hours; ten are followed.
    for follow, dark, lost in ((10_000, 900, 1), (10, 10, 0)):
        known = replace(incident(plan, 100, follow=follow), retention=600 * MINUTE)
        line = record(found, known, 100 * MINUTE)
        assert (line["dark_minutes"], line["still_dark"], line["content_lost"]) == (dark, 1, lost)
        assert line["audience_minutes"] == dark * 4e6
        never = ("time_to_detect", "time_to_contain", "time_to_first_statement")
        assert [line[name] for name in never] == [dark] * 3
        assert math.isnan(line["time_to_restore"])
        assert math.isnan(line["time_to_audience_whole"])
        assert [line[f"stage_{name}"] for name in STAGES] == [dark, 0, 0, 0, 0, 0]
        # What never comes is later than that.
        later = ("at_detected", "at_visible", "at_contained", "at_first_statement", "at_audience_whole")
        assert [line[name] for name in later] == [dark] * 5


def columns(plan: Plan, found: Marks, follow: float) -> Columns:
    """The columns of one evening, followed for so many minutes."""
    known = incident(plan, 100, follow=follow)
    assert known.incident is not None
    return Columns(table_of([found], 2, known.incident.id, [100 * MINUTE]), known)


def test_every_duration_has_the_horizon_from_its_own_beginning(plan: Plan) -> None:
    found = seen(
        plan,
        (100, Event.TOOK_EFFECT, IT, 0, 0),
        (108, Event.NOTICED, IT, Channel.COLLEAGUE, 0),
        (108, Event.WORD_ARRIVES, IT, Channel.COLLEAGUE, 0),
        (109, Event.TOOK_EFFECT, THAT, 0, 0),
        (110, Event.PICKED_UP, IT, 0, 0),
        (112, Event.CAUSE_FOUND, IT, 0, 0),
        (115, Event.CONTAINED, IT, 0, 0),
        (116, Event.VISIBLE, IT, Route.RESPONSE, 0),
        (118, Event.VISIBLE, THAT, Route.RESPONSE, 0),
        (125, Event.AUDIENCE_WHOLE, IT, 0, 0),
    )
    table = columns(plan, found, 10)
    # Dark for 16 min of which 10 are followed, and for 9; noticed after 8, visible 8 later.
    expected = {
        "dark_first": (10, True),
        "dark_minutes": (19, True),
        "audience_minutes": (10 * 4e6 + 9 * 3e6, True),
        "time_to_detect": (8, False),
        "time_to_restore": (8, False),
        "time_to_contain": (10, True),
        "time_to_first_statement": (10, True),
        "at_detected": (8, False),
        "at_visible": (10, True),
        "at_audience_whole": (10, True),
        "stage_notice": (8, False),
        "stage_word": (0, False),
        "stage_pick_up": (2, False),
        "stage_find_cause": (0, True),
        "stage_restore": (0, False),
    }
    assert {
        name: (float(table[name][0]), bool(cut is not None and cut[0]))
        for name in expected
        for cut in (table.cut(name),)
    } == expected
    # The recovery of what is not visible within the horizon has not begun within it.
    assert math.isnan(table["time_to_audience_whole"][0])
    longer = columns(plan, found, 16)
    assert (longer["dark_first"][0], longer["time_to_audience_whole"][0]) == (16, 9)
    assert not any(
        cut.any() for name in ("dark_first", "time_to_audience_whole") for cut in (longer.cut(name),)
    )


def test_what_is_over_without_having_come_never_comes(plan: Plan) -> None:
    # A watchdog was quicker than anybody who could notice: nobody is paged, and nobody contained.
    found = seen(plan, (100, Event.TOOK_EFFECT, IT, 0, 0), (103, Event.VISIBLE, IT, Route.AUTOMATIC, 0))
    table = columns(plan, replace(found, over=True, ends=200 * MINUTE), 60 * 24 * 30)
    assert table["dark_first"][0] == 3
    assert table["time_to_contain"][0] == 60 * 24 * 30
    assert table.cut("time_to_contain") == [True]
    assert math.isnan(table["time_to_detect"][0])
    assert math.isnan(table["time_to_first_statement"][0])


def test_a_stage_cut_short_has_what_it_had(plan: Plan) -> None:
    # The watchdog is back at 106; the responder goes on to find the cause.
    found = seen(
        plan,
        (100, Event.TOOK_EFFECT, IT, 0, 0),
        (102, Event.NOTICED, IT, Channel.PUBLIC, 0),
        (103, Event.WORD_ARRIVES, IT, Channel.PUBLIC, 0),
        (105, Event.PICKED_UP, IT, 0, 0),
        (106, Event.VISIBLE, IT, Route.AUTOMATIC, 0),
        (108, Event.CAUSE_FOUND, IT, 0, 0),
    )
    assert stage_lengths(plan, found) == [2, 1, 2, 1, 0, 0]
    assert found.route is Route.AUTOMATIC


@pytest.mark.parametrize(
    ("rows", "lengths"),
    [
        # Nobody brings word; nobody picks up; authorising goes on when the watchdog is there.
        ([(102, Event.NOTICED, IT, Channel.PUBLIC, 0)], [2, 4, 0, 0, 0, 0]),
        ([(101, Event.NOTICED, IT, 1, 0), (101, Event.WORD_ARRIVES, IT, 1, 0)], [1, 0, 5, 0, 0, 0]),
        (
            [
                (101, Event.NOTICED, IT, 1, 0),
                (101, Event.WORD_ARRIVES, IT, 1, 0),
                (102, Event.PICKED_UP, IT, 0, 0),
                (103, Event.CAUSE_FOUND, IT, 0, 0),
            ],
            [1, 0, 1, 1, 3, 0],
        ),
        # Authorised beforehand: the cause is found when it is back.
        (
            [
                (101, Event.NOTICED, IT, 1, 0),
                (101, Event.WORD_ARRIVES, IT, 1, 0),
                (102, Event.PICKED_UP, IT, 0, 0),
                (102, Event.UNDO_AUTHORISED, IT, 0, Reason.PREAUTHORISED),
                (109, Event.CAUSE_FOUND, IT, 0, 0),
            ],
            [1, 0, 1, 0, 0, 4],
        ),
    ],
)
def test_what_is_under_way_at_the_end_gets_the_rest(
    plan: Plan, rows: list[tuple[float, Event, int, int, int]], lengths: list[float]
) -> None:
    effect, back = (100, Event.TOOK_EFFECT, IT, 0, 0), (106, Event.VISIBLE, IT, Route.AUTOMATIC, 0)
    assert stage_lengths(plan, seen(plan, effect, *rows, back)) == lengths


def test_every_act_counts_to_the_audience(plan: Plan) -> None:
    found = seen(
        plan,
        (100, Event.TOOK_EFFECT, IT, 0, 0),
        (101, Event.TOOK_EFFECT, THAT, 0, 0),
        (111, Event.VISIBLE, IT, Route.RESPONSE, 0),
    )
    assert found.dark == 11 * MINUTE
    line = record(found, incident(plan, 100), 100 * MINUTE)
    assert (line["dark_minutes"], line["dark_first"], line["acts_dark"]) == (11 + 899, 11, 2)
    assert (line["audience_minutes"], line["still_dark"]) == (11 * 4e6 + 899 * 3e6, 1)


def test_the_actor_is_contained_by_whichever_response(plan: Plan) -> None:
    found = seen(
        plan,
        (100, Event.TOOK_EFFECT, IT, 0, 0),
        (101, Event.TOOK_EFFECT, THAT, 0, 0),
        (107, Event.CONTAINED, THAT, 0, 0),
        (111, Event.VISIBLE, IT, Route.RESPONSE, 0),
    )
    assert record(found, incident(plan, 100), 100 * MINUTE)["time_to_contain"] == 7
