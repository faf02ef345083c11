"""The record in a world: stages end at their pins, or take their known lengths, of the first act alone."""

from __future__ import annotations

import pytest

from deactsim.engines.chosen import run
from deactsim.model.states import Stage
from deactsim.model.trace import Trace
from deactsim.model.world import Pin, World

from .tiny import acts, at, checked, lines, plan_of, told, world_of

MORE = "statements: {first: 7 min, second: 8 min}\naudience_whole: {within: 10 min}\n"
SLIP = "incident: {readings: {meant: {cause: slip}}}\ndetection: {actor: {delay: 30 min, undoes: true}}\n"


def with_record(stage: Stage, pin: Pin | int, policy: str = "", more: str = MORE) -> Trace:
    plan = plan_of(policy, more)
    world = world_of(plan)
    pins = {stage: pin} if isinstance(pin, Pin) else {}
    lengths = {stage: pin} if isinstance(pin, int) else {}
    return checked(plan, World(7, world.start, world.end, pins=pins, lengths=lengths))


def when(trace: Trace, event: str) -> list[str]:
    return [one.split()[0] for one in told(trace) if f" {event} " in one + " "]


@pytest.mark.parametrize(
    ("stage", "event", "minute", "begins"),
    [
        (Stage.PUBLIC_NOTICE, "noticed", 13, 0),
        (Stage.PICK_UP, "picked_up", 19, 15),
        (Stage.FIND_CAUSE, "cause_found", 19, 16),
        (Stage.AUTHORISE, "undo_authorised", 31, 18),
        (Stage.RESTORE, "visible", 21, 21),
        (Stage.RESTORE, "visible", 44, 21),
        (Stage.CONTAIN, "contained", 90, 18),
        (Stage.FIRST_STATEMENT, "first_statement", 77, 15),
        (Stage.SECOND_STATEMENT, "second_statement", 99, 22),
        (Stage.AUDIENCE_WHOLE, "audience_whole", 60, 25),
    ],
)
def test_a_stage_ends_at_its_pin_or_after_its_known_length(
    stage: Stage, event: str, minute: int, begins: int
) -> None:
    """All the same: an absolute pin, one counted from the effect, and the length it comes to."""
    for record in (Pin(at(minute), False), Pin(at(minute) - at(0), True), at(minute) - at(begins)):
        trace = with_record(stage, record)
        assert trace.missed is None
        assert when(trace, event)[0] == str(minute)


def test_an_automatic_restore_and_the_actors_own_undo_can_be_pinned() -> None:
    for record in (Pin(at(12), False), at(12) - at(0)):
        assert when(with_record(Stage.AUTOMATIC, record, "automatic_restore: {after: 1 h}"), "visible") == [
            "12"
        ]
        assert when(with_record(Stage.ACTOR_UNDOES, record, more=SLIP), "visible") == ["12"]


def test_a_pin_that_is_over_before_its_stage_begins_is_missed_and_ends_the_run() -> None:
    plan = plan_of("", MORE)
    world = world_of(plan)
    trace = run(plan, World(7, world.start, world.end, pins={Stage.RESTORE: Pin(at(20), False)}))
    assert trace.missed is Stage.RESTORE
    assert told(trace)[-1] == "21 undo_authorised @a oncall#1"


def test_the_record_is_of_the_first_act_alone() -> None:
    trace = with_record(Stage.RESTORE, 9 * 60_000_000, more=acts("@b 40 min") + "response: {contain: 4 h}")
    assert [one for one in told(trace) if " visible " in one] == lines(
        """
        30 visible @a response
        65 visible @b response
        """
    )
