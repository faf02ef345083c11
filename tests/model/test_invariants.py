"""The invariants notice what is wrong: good traces, broken on purpose in one place each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from deactsim.engines.chosen import run
from deactsim.model.invariants import check_trace
from deactsim.model.states import Channel, Event, Gate, Reason, Route
from deactsim.model.streams import act_id
from deactsim.model.trace import Row, Trace
from deactsim.model.world import World

from ..engines.tiny import ACTOR, MINUTE, NOON, REPORTS, acts, at, person, plan_of, report, world_of

Rows = list[Row]
Mutation = Callable[[Rows], Rows]

TIMED_OUT = (
    "approval: {by: {oncall: 1}, review: 'quantiles p0 1 min, p1 30 min, p100 31 min', catches: 0%,"
    " time_out: 10 min, then: pass}"
)
APPROVED = "approval: {by: {leads: 2}, review: 2 min, catches: 0%, time_out: 20 min, commands: [deactivate, restore]}"
SAID = "statements: {first: 7 min, second: 8 min}\naudience_whole: {within: 10 min, steps: [50%, 90%]}\n"
CALLED = "detection: {colleague: {delay: 12 min}, holder: {delay: 30 min}}\n"

SLIP = "incident: {readings: {meant: {cause: slip}}}\ndetection: {actor: {delay: 3 min, undoes: true}}"

#: Good traces to break: policy, platform, script.
NIGHTS: dict[str, tuple[str, str, dict[str, object]]] = {
    "plain": ("", SAID + CALLED, {}),
    "approved": (APPROVED, REPORTS + acts("@b 1 min"), {"reports_at": (0, 0, 1, 5)}),
    "refused": ("approval: {by: {leads: 1}, review: 2 min, catches: 100%}", "", {}),
    "timed out": (TIMED_OUT, acts("@b 1 min"), {}),
    "senior": ("protected_list: {then: leads, handling: 7 min, catches: 0%}", "", {}),
    "executed": ("separation_of_duties: {by: leads, takes: 7 min, catches: 0%}", "", {}),
    "held": ("cooling_off: {for: 20 min}\njust_in_time: {takes: 2 min}\nconfirm: {takes: 1 min}", "", {}),
    "cancelled": ("cooling_off: {for: 20 min, watched: 100%, notices: 5 min}", "", {}),
    "told": ("cooling_off: {for: 20 min, holder_told: true}", "detection: {holder: {delay: 5 min}}", {}),
    "limited": ("rate_limit: {per_agent: 1 per hour}", acts("@b 10 min") + "response: {contain: 4 h}", {}),
    "too many": ("rate_limit: {per_agent: 1 per hour, then: deny}", acts("@b 10 min"), {}),
    "alarms": ("alert: {after: 2 min, recall: 100%, false_alarms: 1 per day, triage: 9 min}", "",
               {"alarms_at": (0, 1, 7)}),
    "automatic": ("automatic_restore: {after: 12 min}", "", {}),
    "lost": ("retention: {keep: 20 min}", "", {}),
    "locked": ("lock_down: {after: 1 min, for: 30 min}", acts("@b 17 min"), {}),
    "uncovered": ("open_report: {of: ordinary}", "", {}),
    "undone": ("", SLIP, {}),
}  # fmt: skip

#: The same without an incident.
WEEKS: dict[str, tuple[str, str, dict[str, object]]] = {
    "routine": ("", REPORTS, {"reports_at": (0, 0, 1, 2, 9)}),
    "shifts": ("", REPORTS + 'teams: {support: {shift: "12:00-12:10 UTC"}}', {"reports_at": (0, 8, 20)}),
    "leavers": ("step_down: {before_last_shift: 30 min}", REPORTS,
                {"reports_at": (11, 12), "leaves_at": ((40, "support", 1),)}),
    "watchdog": ("automatic_restore: {after: 8 min}", REPORTS, {"reports_at": (0,)}),
}  # fmt: skip


@cache
def good(name: str) -> tuple[Trace, World]:
    policy, more, script = NIGHTS.get(name) or WEEKS[name]
    plan = plan_of(policy, more, reading="meant" if name in NIGHTS else None)
    world = world_of(plan, **script)
    return run(plan, world), world


@pytest.mark.parametrize("name", [*NIGHTS, *WEEKS])
def test_good_traces_keep_them(name: str) -> None:
    assert check_trace(*good(name)) == []


# -- ways to break one ----------------------------------------------------------------------


def nth(rows: Rows, event: Event, n: int = 0) -> int:
    return [i for i, row in enumerate(rows) if row.event == event][n]


def change(which: Event, n: int = 0, /, **new: int) -> Mutation:
    """Change fields of the n-th row of an event."""
    return lambda rows: [
        row._replace(**new) if i == nth(rows, which, n) else row for i, row in enumerate(rows)
    ]


def drop(event: Event, n: int = 0) -> Mutation:
    return lambda rows: [row for i, row in enumerate(rows) if i != nth(rows, event, n)]


def twice(event: Event, n: int = 0) -> Mutation:
    return lambda rows: [
        again for i, row in enumerate(rows) for again in [row] * (1 + (i == nth(rows, event, n)))
    ]


def later(event: Event, minutes: float, n: int = 0) -> Mutation:
    """Move the n-th row of an event, sorted into its new place (after the rows of that instant)."""

    def move(rows: Rows) -> Rows:
        i = nth(rows, event, n)
        moved = rows[i]._replace(time=rows[i].time + round(minutes * MINUTE))
        rest = rows[:i] + rows[i + 1 :]
        place = sum(row.time <= moved.time for row in rest)
        return [*rest[:place], moved, *rest[place:]]

    return move


def add(minutes: float, event: Event, entity: int, by: int = 0, reason: int = 0) -> Mutation:
    def put(rows: Rows) -> Rows:
        new = Row(at(minutes), event, entity, by, reason)
        place = sum(row.time <= new.time for row in rows)
        return [*rows[:place], new, *rows[place:]]

    return put


def swap(event: Event, other: Event) -> Mutation:
    def exchange(rows: Rows) -> Rows:
        i, j = nth(rows, event), nth(rows, other)
        new = list(rows)
        new[i], new[j] = rows[j], rows[i]
        return new

    return exchange


A, B = act_id(0), act_id(1)
LEAD, ONCALL = person("leads", 1), person("oncall", 1)
E, R = Event, Reason

BROKEN: list[tuple[str, Mutation, str]] = [
    # rows
    ("plain", lambda rows: [*rows, rows[0]], "earlier than the row before"),
    ("plain", lambda rows: [*rows, rows[-1]._replace(time=NOON * 2)], "after the world's end"),
    ("routine", add(3, E.REPORT_CLOSED, report(99), person("support", 1)), "report that the world does not have"),
    ("routine", change(E.REPORT_TAKEN, by=person("support", 3)), "somebody the team does not have"),
    ("routine", change(E.REPORT_TAKEN, by=person("nobody", 1)), "somebody the team does not have"),
    ("shifts", swap(E.SHIFT_OFF, E.REPORT_CLOSED), "earlier than the row before"),
    ("routine", swap(E.REPORT_CLOSED, E.REPORT_ARRIVES), "earlier than the row before"),
    ("routine", lambda rows: [*rows[:3], rows[4], rows[3], *rows[5:]], "later kind or id"),
    ("routine", lambda rows: [*rows[:4], rows[5], rows[4], *rows[6:]], "after people were matched"),
    # shifts and rights
    ("shifts", later(E.SHIFT_OFF, 1), "do not come and go as its windows say"),
    ("shifts", drop(E.SHIFT_OFF), "do not come and go as its windows say"),
    ("leavers", drop(E.RIGHTS_END), "brings back a right that was not lost"),
    ("leavers", change(E.REPORT_TAKEN, by=person("support", 1)), "by somebody who may not"),
    ("shifts", add(25, E.REPORT_TAKEN, report(3), person("support", 1)), "by somebody off shift"),
    # numbers
    ("routine", drop(E.REPORT_ARRIVES), "not those of the world"),
    ("routine", drop(E.REPORT_ARRIVES, -1), "1 of the world's are missing"),
    ("alarms", drop(E.FALSE_ALARM), "not those of the world"),
    # people and queues
    ("routine", change(E.REPORT_TAKEN, 1, by=person("support", 1)), "two jobs at once"),
    ("routine", change(E.REPORT_TAKEN, 2, entity=report(4)), "jumps the queue"),
    ("routine", change(E.REPORT_TAKEN, -1, by=person("support", 2)), "somebody with a lower number is idle"),
    ("routine", later(E.REPORT_TAKEN, 1, -1), "idle beside a queue"),
    ("routine", drop(E.REPORT_TAKEN), "ends work that nobody there had begun"),
    ("routine", twice(E.REPORT_TAKEN), "takes what does not wait there"),
    ("plain", change(E.PAGED, by=0), "asks nobody"),
    ("plain", change(E.RESPONDER_TAKES, by=LEAD), "takes what does not wait there"),
    ("approved", twice(E.ASKED), "waits in two places at once"),
    ("alarms", later(E.ALARM_CLOSED, 1), "exactly the drawn time"),
    ("routine", drop(E.REPORT_CLOSED), "is never finished"),
    # reports and actions
    ("routine", later(E.REPORT_CLOSED, 1), "exactly the drawn time"),
    ("routine", change(E.REPORT_CLOSED, reason=R.NO_ACTION), "does not end as drawn"),
    ("routine", twice(E.REQUESTED), "happens twice to one report"),
    ("routine", change(E.REQUESTED, by=person("support", 2)), "asked for when, by whom"),
    ("routine", drop(E.REQUESTED), "an action nobody asked for"),
    ("plain", drop(E.REQUESTED), "an action nobody asked for"),
    # gates
    ("plain", drop(E.GATE_PASSED), "before every gate in force was passed"),
    ("plain", twice(E.GATE_PASSED), "not of the gate that comes next"),
    ("held", change(E.GATE_PASSED, 1, by=Gate.CONFIRM), "not of the gate that comes next"),
    ("refused", add(40, E.TOOK_EFFECT, A, ACTOR), "takes effect after it was denied"),
    ("plain", twice(E.TOOK_EFFECT), "or twice"),
    ("plain", later(E.TOOK_EFFECT, 1), "exactly the lag after the last gate"),
    ("approved", drop(E.TOOK_EFFECT), "never took effect"),
    ("uncovered", change(E.GATE_PASSED, 1, reason=R.REPORT_OPEN), "what coverage and reliability say"),
    ("uncovered", change(E.GATE_PASSED, 1, event=E.GATE_DENIED), "stops or delays what it does not reach"),
    ("routine", add(3, E.GATE_DENIED, report(1), Gate.APPROVAL, R.REFUSED), "not of the gate that comes next"),
    ("held", later(E.RELEASED, 1), "hold of exactly the safeguard's length"),
    ("held", later(E.RELEASED, 1, 1), "hold of exactly the safeguard's length"),
    ("held", later(E.RELEASED, 1, 2), "hold of exactly the safeguard's length"),
    ("held", drop(E.RELEASED), "never released"),
    ("cancelled", later(E.RELEASED, -1), "hold of exactly the safeguard's length"),
    ("told", later(E.RELEASED, -1), "hold of exactly the safeguard's length"),
    ("locked", later(E.RELEASED, -1), "hold of exactly the safeguard's length"),
    # limits
    ("limited", later(E.GATE_PASSED, -1, 3), "one action too many for the window"),
    ("limited", later(E.GATE_PASSED, 1, 3), "held longer than the window says"),
    ("too many", lambda rows: [r._replace(time=r.time + 90 * MINUTE) if r.entity == B else r for r in rows
                               if (r.entity == A and r.event < E.TOOK_EFFECT) or r.entity == B],
     "although the window is open"),
    # approvals
    ("approved", change(E.REVIEW_STARTS, 1, by=LEAD), "by somebody who may not"),
    ("refused", change(E.REVIEW_ENDS, reason=R.APPROVED), "does not decide as drawn"),
    ("approved", change(E.REVIEW_ENDS, reason=R.STAMPED), "does not decide as drawn"),
    ("refused", change(E.GATE_DENIED, 0, event=E.GATE_PASSED), "does not follow from the answers"),
    ("refused", change(E.GATE_DENIED, 0, reason=R.TIMED_OUT), "says time-out without one"),
    ("refused", change(E.ASKED, by=ONCALL), "asks nobody"),
    ("approved", later(E.REVIEW_ENDS, 1), "exactly the drawn time"),
    ("approved", drop(E.ASKED, 2), "takes what does not wait there"),
    ("timed out", later(E.TIMED_OUT, 1), "exactly the time-out after the asking"),
    ("timed out", drop(E.TIMED_OUT), "says time-out without one"),
    ("timed out", lambda rows: [r for r in rows if r.entity != B or r.event in (E.REQUESTED, E.ASKED)
                                or (r.event, r.by) == (E.GATE_PASSED, Gate.RIGHTS)],
     "neither answered nor timed out"),
    ("senior", later(E.REVIEW_ENDS, -1), "exactly the drawn time"),
    ("senior", change(E.REVIEW_ENDS, reason=R.SENIOR_OBJECTED), "does not decide as drawn"),
    ("executed", change(E.REVIEW_ENDS, reason=R.EXECUTOR_OBJECTED), "does not decide as drawn"),
    ("plain", add(26, E.REVIEW_ENDS, A, LEAD, R.APPROVED), "ends work that nobody there had begun"),
    # darkness
    ("plain", twice(E.VISIBLE), "happens twice"),
    ("plain", later(E.VISIBLE, -10), "comes without undo_authorised before it"),
    ("plain", later(E.NOTICED, -3), "does not notice when drawn"),
    ("plain", later(E.NOTICED, -4), "is missing or too late"),
    ("automatic", later(E.NOTICED, -3), "does not follow its channel's notice"),
    ("plain", later(E.NOTICED, 1, 1), "does not notice when drawn"),
    ("plain", add(30, E.NOTICED, A, Channel.HOLDER), "notices what is visible again"),
    ("plain", add(20, E.NOTICED, A, Channel.PUBLIC), "notices twice"),
    ("plain", later(E.WORD_ARRIVES, 1), "comes without word_arrives before it"),
    ("automatic", lambda rows: [r for r in rows if r.event != E.WORD_ARRIVES], "is missing or too late"),
    ("plain", swap(E.PICKED_UP, E.CAUSE_FOUND), "earlier than the row before"),
    ("plain", drop(E.CAUSE_FOUND), "comes without cause_found before it"),
    ("plain", change(E.PICKED_UP, by=LEAD), "another responder than the one"),
    ("plain", later(E.CONTAINED, 1), "exactly the drawn time"),
    ("plain", later(E.FIRST_STATEMENT, 1), "exactly the drawn time"),
    ("plain", later(E.SECOND_STATEMENT, -16), "comes without first_statement before it"),
    ("plain", drop(E.SECOND_STATEMENT), "is not followed by second_statement"),
    ("plain", change(E.AUDIENCE_STEP, 1, by=3), "is not the next step"),
    ("plain", later(E.AUDIENCE_WHOLE, -1), "exactly the drawn time"),
    ("automatic", later(E.VISIBLE, 1), "not undone by the automatic restore"),
    ("automatic", later(E.VISIBLE, -1), "not when the automatic restore would come"),
    ("undone", drop(E.NOTICED), "undone by an actor who has not noticed"),
    ("lost", drop(E.CONTENT_LOST), "nothing was lost"),
    ("lost", later(E.CONTENT_LOST, 1), "is not when retention ends"),
    ("watchdog", later(E.WRONGLY_UNDONE, 1), "not when a watchdog would undo it"),
    ("routine", add(13, E.VISIBLE, report(5), Route.RESPONSE), "of an action that never went dark"),
    # containment and freezes
    ("locked", later(E.LOCKED_DOWN, 1), "exactly the drawn time"),
    ("locked", add(46, E.LOCK_LIFTED, A), ""),
    ("locked", add(45, E.LOCK_LIFTED, A), "exactly when the freeze ends"),
    ("locked", later(E.CONTAINED, -9), "lets pass who is contained"),
    ("locked", twice(E.CONTAINED), "contains somebody twice"),
    ("locked", drop(E.CONTAINED), "turns away somebody who is not contained"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "mutation", "rule"), BROKEN, ids=[f"{n}-{r}-{i}" for i, (n, _, r) in enumerate(BROKEN)]
)
def test_broken_traces_are_noticed(name: str, mutation: Mutation, rule: str) -> None:
    trace, world = good(name)
    rows = mutation(list(trace.rows))
    assert rows != trace.rows
    found = check_trace(Trace(trace.plan, rows), world)
    if rule:
        assert any(rule in message for message in found), found
    else:
        assert found == []


def test_a_message_says_row_and_rule() -> None:
    trace, world = good("plain")
    found = check_trace(Trace(trace.plan, twice(E.VISIBLE)(trace.rows)), world)
    number = nth(trace.rows, E.VISIBLE) + 1
    assert f"row {number} (visible at {trace.rows[number - 1].time}): happens twice" in found


def test_no_rows_break_nothing_but_what_must_happen() -> None:
    trace, world = good("plain")
    assert check_trace(Trace(trace.plan, []), world) == []
