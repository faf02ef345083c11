"""Traces in words: every row says who, what, by whom and why."""

from __future__ import annotations

import pytest

from deactsim.model.states import Channel, Event, Gate, Reason, Route, plain
from deactsim.model.streams import ACCOUNT, account_id, act_id, component_id, report_id
from deactsim.model.trace import Row, Trace

from ..engines.tiny import ACTOR, NOON, acts, night, person, plan_of, routine

STREAMS = """
reports:
  vip: {command: deactivate, rate: 1 per hour, actioned: 10%, handling: 5 min}
  ordinary: {command: deactivate, rate: 1 per hour, actioned: 10%, handling: 5 min}
"""
MORE = "audience_whole: {within: 10 min, steps: [50%]}\n" + acts("@b 1 min")


@pytest.fixture(scope="module")
def trace() -> Trace:
    return night("approval: {by: {leads: 1}, review: 2 min, catches: 0%}", MORE)


def words(trace: Trace, *row: int) -> tuple[str, ...]:
    one = Row(NOON, *row)
    return trace.event_name(one), trace.entity_name(one), trace.by_name(one), trace.reason_text(one)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((Event.TOOK_EFFECT, act_id(1), ACTOR, 0), ("took_effect", "act 2 on @b", "support #1048576", "")),
        ((Event.GATE_DENIED, act_id(0), Gate.APPROVAL, Reason.REFUSED),
         ("gate_denied", "act 1 on @a", "approval", "refused")),
        ((Event.NOTICED, act_id(0), Channel.PUBLIC, 0), ("noticed", "act 1 on @a", "public", "")),
        ((Event.VISIBLE, act_id(0), Route.AUTOMATIC, 0), ("visible", "act 1 on @a", "automatic", "")),
        ((Event.AUDIENCE_STEP, act_id(0), 1, 0), ("audience_step", "act 1 on @a", "step 1", "")),
        ((Event.REPORT_TAKEN, report_id("vip", 1, 2), person("leads", 2), 0),
         ("report_taken", "report 10002", "leads #2", "")),
        ((Event.SHIFT_ON, person("leads", 1), 0, 0), ("shift_on", "leads #1", "", "")),
        ((Event.CONTENT_LOST, account_id("@a"), 0, 0), ("content_lost", str(account_id("@a")), "", "")),
    ],
)  # fmt: skip
def test_words(trace: Trace, row: tuple[int, ...], said: tuple[str, ...]) -> None:
    assert words(trace, *row) == said


def test_every_row_of_a_run_has_words(trace: Trace) -> None:
    assert len(list(trace)) == len(trace) > 20
    assert all(all(isinstance(word, str) for word in words(trace, *row[1:])) for row in trace)
    assert {trace.entity_name(row) for row in trace} >= {"act 1 on @a", "leads"}


def test_acts_without_an_incident_are_only_numbered() -> None:
    assert routine("").entity_name(Row(NOON, Event.HELD, act_id(1), Gate.CONFIRM, 0)) == "act 2"
    assert component_id("alert") >> 59 != ACCOUNT


def test_names_of_codes() -> None:
    assert plain(Event.TOOK_EFFECT) == "took_effect"
    assert len({int(code) for code in Event}) == len(Event)


def test_plans_know_their_commands() -> None:
    assert plan_of().command("deactivate").undo == "restore"


def test_reports_of_several_tiers_are_told_apart() -> None:
    plan = plan_of("", STREAMS)
    assert [stream.tier for stream in plan.streams] == ["vip", "ordinary"]
    several = Trace(plan, [])
    rows = [
        Row(NOON, Event.REPORT_TAKEN, report_id(tier, 1, 2), person("leads", 2), 0)
        for tier in ("vip", "ordinary")
    ]
    assert [several.entity_name(row) for row in rows] == ["report vip 10002", "report ordinary 10002"]
