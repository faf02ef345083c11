"""Several incidents in one world; actors who have left; errors of routine work; darkness that nobody notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from deactsim.engines.chosen import run
from deactsim.model.invariants import check_trace
from deactsim.model.lengths import FIXED, Length
from deactsim.model.plan import ActPlan, IncidentPlan, Plan
from deactsim.model.states import Event, Gate, Reason
from deactsim.model.streams import Purpose, act_id, first_of, insider_id, occurrence_id, world_key
from deactsim.model.trace import Row, Trace
from deactsim.model.world import HOUR, World

from .test_properties import BUSY
from .tiny import (
    MINUTE,
    NOON,
    QUIET,
    REPORTS,
    acts,
    answered,
    at,
    checked,
    happened,
    line,
    lines,
    merged,
    night,
    plan_of,
    report,
    routine,
    script,
    told,
    world_of,
)  # fmt: skip


def other(
    plan: Plan,
    number: int,
    minutes: float,
    accounts: Sequence[str] = ("@b",),
    team: str = "support",
    **new: object,
) -> IncidentPlan:
    """One more incident: so many minutes after noon, its acts ten minutes apart."""
    model, first = plan_of().incident, occurrence_id("other", number)
    assert model is not None
    place = next(i for i, one in enumerate(plan.teams) if one.name == team)
    given = replace(
        model, id=first, at=at(minutes), team=place, agent=insider_id(plan.teams[place].id, first),
        acts=tuple(
            ActPlan(name, "ordinary" if name == "@c" else "vip", 100, k * 10 * MINUTE)
            for k, name in enumerate(accounts)
        ),
    )  # fmt: skip
    return replace(given, **new)  # type: ignore[arg-type]


def together(plan: Plan, *others: IncidentPlan, **placed: object) -> Trace:
    """The incidents in one world, which goes on to its end."""
    plan = replace(plan, incident=None, others=others)
    return checked(plan, World(key=7, start=NOON, end=NOON + 6 * HOUR, script=script(**placed)))  # type: ignore[arg-type]


def story(trace: Trace) -> list[str]:
    """The event list with acts by their accounts and actors by their numbers."""
    found = []
    for row in trace:
        if row.event == Event.SHIFT_ON:
            continue
        words = [f"{(row.time - NOON) / MINUTE:g}", trace.event_name(row), _who(trace, row.entity)]
        by = _who(trace, row.by) if any(one.agent == row.by for one in trace.plan.incidents) else ""
        words += [by or trace.by_name(row).replace(" ", ""), trace.reason_text(row)]
        found.append(" ".join(word for word in words if word))
    return found


def _who(trace: Trace, entity: int) -> str:
    for number, one in enumerate(trace.plan.incidents, start=1):
        if entity == one.agent:
            return f"actor{number}"
        if first_of(entity) == one.id:
            return one.acts[entity - one.id].account
    return trace.entity_name(Row(0, 0, entity, 0, 0)).replace(" ", "")


def of(trace: Trace, incident: IncidentPlan) -> list[tuple[int, int, int, int, int]]:
    return [tuple(row) for row in trace if first_of(row.entity) == incident.id]  # type: ignore[misc]


# -- two in one world -----------------------------------------------------------------------


def test_two_incidents_share_the_one_responder() -> None:
    """Word of the second comes at 17, while the first keeps the responder busy until 25."""
    plan = plan_of()
    trace = together(plan, other(plan, 1, 0, ["@a"]), other(plan, 2, 2, ["@b"], "leads"))
    assert story(trace) == merged(
        "0 requested @a actor1\n0 gate_passed @a rights right_held\n0 took_effect @a actor1",
        "10 noticed @a public",
        answered(15).replace("actor", "actor1"),
        """
        2 requested @b actor2
        2 gate_passed @b rights right_held
        2 took_effect @b actor2
        12 noticed @b public
        17 word_arrives @b public
        17 paged @b oncall
        25 responder_takes @b oncall#1
        26 picked_up @b oncall#1
        28 cause_found @b oncall#1
        31 undo_authorised @b oncall#1
        34 contained @b actor2
        35 visible @b response
        35 responder_free @b oncall#1
        """,
    )


def test_with_two_responders_neither_waits() -> None:
    plan = plan_of("", "teams: {oncall: {headcount: 2}}")
    first, second = other(plan, 1, 0, ["@a"]), other(plan, 2, 2, ["@b"], "leads")
    assert _same_rows(together(plan, first, second), together(plan, first), together(plan, second))


def _same_rows(both: Trace, *alone: Trace) -> bool:
    """Every incident goes as it would alone, but for the number of its responder."""

    def rows(trace: Trace) -> list[tuple[int, int, int, int]]:
        return sorted((r.time, r.event, r.entity, r.reason) for r in trace if r.event != Event.SHIFT_ON)

    return rows(both) == sorted(row for one in alone for row in rows(one))


def test_at_one_instant_they_come_in_the_order_of_their_ids() -> None:
    plan = plan_of("", QUIET)
    one, two = other(plan, 1, 0, ["@a"]), other(plan, 2, 0, ["@b"])
    assert one.id < two.id
    expected = lines(
        """
        0 requested @a actor1
        0 gate_passed @a rights right_held
        0 took_effect @a actor1
        0 requested @b actor2
        0 gate_passed @b rights right_held
        0 took_effect @b actor2
        """
    )
    assert story(together(plan, one, two)) == expected
    assert together(plan, two, one).rows == together(plan, one, two).rows


def test_containing_one_actor_leaves_the_other_free() -> None:
    """The first is contained at 24: his act of 30 is denied, that of a colleague at 40 is not."""
    plan = plan_of("", "teams: {oncall: {headcount: 3}}")
    first = other(plan, 1, 0, ["@a", "@b", "@d", "@e"])
    second = other(plan, 2, 40, ["@c"])
    found = story(together(plan, first, second))
    assert "20 took_effect @d actor1" in found
    assert [one for one in found if one.startswith(("30", "40")) and ("@e" in one or "@c" in one)] == lines(
        """
        30 requested @e actor1
        30 gate_denied @e rights contained
        40 requested @c actor2
        40 gate_passed @c rights right_held
        40 took_effect @c actor2
        """
    )
    assert [one for one in found if " contained @" in one] == [
        "24 contained @a actor1",
        "64 contained @c actor2",
    ]


def test_each_actor_has_his_own_limit_and_grant() -> None:
    policy = "rate_limit: {per_agent: 1 per hour}\njust_in_time: {takes: 1 min, lasts: 8 h}"
    plan = plan_of(policy, QUIET)
    found = story(together(plan, other(plan, 1, 0, ["@a", "@c"]), other(plan, 2, 5, ["@b"])))
    assert [one for one in found if "held" in one.split()[1] or "took" in one] == lines(
        """
        0 held @a just_in_time
        1 took_effect @a actor1
        5 held @b just_in_time
        6 took_effect @b actor2
        10 held @c rate_limit
        61 took_effect @c actor1
        """
    )


def test_each_actor_has_his_own_place_among_the_holders() -> None:
    """One chance in two each: four combinations in equal parts."""
    plan = plan_of("", QUIET)
    incidents = [other(plan, n, 0, ["@a"], among_holders=0.5) for n in (1, 2)]
    both = replace(plan, incident=None, others=tuple(incidents))
    seen: dict[tuple[int, ...], int] = {}
    for key in range(400):
        rows = run(both, World(world_key(1, key), NOON, NOON + HOUR)).rows
        took = tuple(r.entity for r in rows if r.event == Event.TOOK_EFFECT)
        seen[took] = seen.get(took, 0) + 1
        assert all(r.reason == Reason.NOT_A_HOLDER for r in rows if r.event == Event.GATE_DENIED)
    assert len(seen) == 4
    assert all(abs(count - 100) < 40 for count in seen.values())


def test_the_run_goes_on_to_the_end_of_the_world() -> None:
    plan = replace(plan_of("", REPORTS), incident=None)
    found = story(together(plan, other(plan, 1, 0, ["@a"]), reports_at=(5, 100, 350)))
    assert [one for one in found if "report_closed" in one] == [
        f"{m} report_closed {trace_name(m)} support#1 action" for m in (8, 103, 353)
    ]


def trace_name(closed: int) -> str:
    numbers = {8: 1, 103: 2, 353: 3}
    return f"report{report(numbers[closed]) & ((1 << 36) - 1):x}"


def test_beside_the_incident_of_the_run_it_ends_when_all_are_over() -> None:
    plan = plan_of("", "teams: {oncall: {headcount: 2}}")
    alone = checked(plan, world_of(plan))
    assert alone.rows[-1].time == at(25)
    both = replace(plan, others=(other(plan, 1, 60),))
    trace = checked(both, world_of(both))
    assert trace.rows[: len(alone)] == alone.rows
    assert trace.rows[-1].time == at(85)


def test_the_record_is_of_the_incident_of_the_run_alone() -> None:
    """A known length of the first act is nobody else's."""
    from deactsim.model.states import Stage

    plan = plan_of("", "teams: {oncall: {headcount: 2}}")
    both = replace(plan, others=(other(plan, 1, 60),))
    world = replace(world_of(both), lengths={Stage.RESTORE: 9 * MINUTE})
    ends = {row.entity: row.time for row in run(both, world) if row.event == Event.VISIBLE}
    assert ends == {act_id(0): at(30), occurrence_id("other", 1): at(85)}


@pytest.mark.parametrize("why", ["lag", "adapts"])
def test_an_act_that_begins_before_the_world_does_not_turn_the_clock_back(why: str) -> None:
    """In the first hours of a whole year: a slow command, or an actor who acts earlier."""
    slow = "platform: {commands: {deactivate: {lag: 2 h}}}\n" if why == "lag" else ""
    plan = plan_of("", QUIET + slow)
    early = other(plan, 1, 60, ["@a"], act_shift=2 * HOUR if why == "adapts" else 0)
    times = [row.time for row in together(plan, early)]
    assert min(times) >= NOON
    assert times == sorted(times)


# -- whoever has left -----------------------------------------------------------------------


def asked_after_leaving(policy: str, minutes: float, more: str = "", **luck: object) -> list[str]:
    """What the gate of rights says of an actor whose last shift ended so many minutes ago."""
    plan = plan_of(policy, QUIET + more)
    gone = other(plan, 1, 0, ["@a"], leaves=Length(FIXED, float(round(-minutes * MINUTE))))
    found = story(together(plan, gone, **luck))
    assert found[0] == "0 requested @a actor1"
    return [one.removeprefix("0 ") for one in found[1:]]


def test_without_a_safeguard_who_has_left_still_acts() -> None:
    assert asked_after_leaving("", 600_000) == ["gate_passed @a rights right_held", "took_effect @a actor1"]


@pytest.mark.parametrize(
    ("policy", "minutes", "ended"),
    [
        ("deprovisioning: {lag: 30 min}", 60, True),
        ("deprovisioning: {lag: 90 min}", 60, False),
        ("deprovisioning: {lag: 30 min, session_tail: 29 min}", 60, True),
        ("deprovisioning: {lag: 30 min, session_tail: 31 min}", 60, False),
        ("deprovisioning: {lag: 1 min}", 0, False),
    ],
)
def test_who_has_left_is_cut_off_in_time_or_not(policy: str, minutes: float, ended: bool) -> None:
    expected = (
        ["gate_denied @a rights right_cut_off"]
        if ended
        else ["gate_passed @a rights before_cut_off", "took_effect @a actor1"]
    )
    assert asked_after_leaving(policy, minutes) == expected


@pytest.mark.parametrize("staff", ["employee", "contractor"])
def test_a_vendors_people_are_cut_off_later(staff: str) -> None:
    found = asked_after_leaving(
        "deprovisioning: {lag: 30 min, vendor_lag: 40 min}",
        60,
        f"teams: {{support: {{employment: {staff}}}}}",
    )
    assert ("right_cut_off" in found[0]) == (staff == "employee")


def test_a_lost_ticket_is_for_ever() -> None:
    found = asked_after_leaving("deprovisioning: {lag: 0 min, lost: 100%}", 60 * 24 * 300)
    assert found == ["gate_passed @a rights ticket_lost", "took_effect @a actor1"]


def test_a_right_that_ends_at_the_very_instant_has_ended_also_for_who_has_left() -> None:
    assert asked_after_leaving("deprovisioning: {lag: 60 min}", 60) == ["gate_denied @a rights right_cut_off"]


@pytest.mark.parametrize(
    ("told_in_time", "says"),
    [("100%", "gate_denied @a rights right_stepped_down"), ("0%", "gate_passed @a rights not_told")],
)  # fmt: skip
def test_who_has_left_had_stepped_down_if_told(told_in_time: str, says: str) -> None:
    found = asked_after_leaving(f"step_down: {{before_last_shift: 1 min, told_in_time: {told_in_time}}}", 5)
    assert found[0] == says


def test_one_leaves_and_the_other_stays() -> None:
    plan = plan_of("step_down: {before_last_shift: 30 min}\ndeprovisioning: {lag: 5 min}", QUIET)
    leaver = other(plan, 1, 0, ["@a"], leaves=Length(FIXED, 20.0 * MINUTE))
    stays = other(plan, 2, 1, ["@b"])
    assert story(together(plan, leaver, stays)) == lines(
        """
        0 requested @a actor1
        0 gate_denied @a rights right_stepped_down
        1 requested @b actor2
        1 gate_passed @b rights not_a_leaver
        1 gate_passed @b rights not_a_leaver
        1 took_effect @b actor2
        """
    )


# -- errors of routine work -----------------------------------------------------------------

MISTAKEN = REPORTS.replace("3 min", "3 min, slip: 20%, misidentified: 30%")


def error(u: float, policy: str = "", more: str = "") -> list[str]:
    found = routine(policy, MISTAKEN + more, reports_at=(0,), luck={(report(1), Purpose.SLIP): u})
    return told(found)


@pytest.mark.parametrize(
    ("u", "wrong"), [(0.1, True), (0.199, True), (0.2, True), (0.499, True), (0.5, False), (0.9, False)]
)
def test_a_share_slips_and_the_next_share_hits_the_wrong_target(u: float, wrong: bool) -> None:
    begins = "0 report_arrives r1 support\n0 report_taken r1 support#1\n3 report_closed r1 support#1 action\n"
    if not wrong:
        assert error(u) == lines(begins + "3 requested r1 support#1\n3 took_effect r1 support#1")
        return
    follows = [one for one in answered(18, account="r1").splitlines() if "contained" not in one]
    assert error(u) == merged(
        begins + "3 requested r1 support#1 slipped\n3 took_effect r1 support#1\n13 noticed r1 public",
        *follows,
    )


@pytest.mark.parametrize(
    ("u", "stops", "says"),
    [
        (0.1, "stops_misidentified: 100%", "dialog_passed"),
        (0.1, "stops_slips: 100%", "dialog_stopped"),
        (0.3, "stops_misidentified: 100%", "dialog_stopped"),
        (0.3, "stops_slips: 100%", "dialog_passed"),
        (0.3, "stops_misidentified: 100%, habit: 100%", "dialog_unread"),
        (0.9, "stops_slips: 100%, stops_misidentified: 100%", "dialog_passed"),
    ],
)
def test_a_dialog_stops_each_error_with_its_own_chance(u: float, stops: str, says: str) -> None:
    found = error(u, f"confirm: {{{stops}}}")
    assert [one.split()[-1] for one in found if " confirm " in one] == [says]
    assert any("took_effect" in one for one in found) == (says != "dialog_stopped")


def test_a_misidentified_target_of_the_incident_is_stopped_by_its_own_chance() -> None:
    more = QUIET + "incident: {readings: {meant: {cause: misidentified}}}\n"
    assert (
        happened("confirm: {stops_misidentified: 100%, takes: 0 s}", more)[-1]
        == "0 gate_denied @a confirm dialog_stopped"
    )
    assert happened("confirm: {stops_slips: 100%, takes: 0 s}", more)[-1] == "0 took_effect @a actor"


def test_whoever_hit_the_wrong_target_may_notice_it() -> None:
    more = "detection: {public: {chance: 0%}, actor: {delay: 7 min, undoes: true}}\n"
    assert "10 noticed r1 actor" in error(0.3, "", more)
    assert "10 visible r1 actor" in error(0.3, "", more)


def test_an_approver_refuses_a_mistaken_target() -> None:
    policy = "approval: {by: {leads: 1}, review: 1 min, catches: 100%}"
    assert error(0.3, policy)[-1] == "4 gate_denied r1 approval refused"
    assert "4 gate_passed r1 approval approved" in error(0.7, policy)


# -- when nobody will ever notice -----------------------------------------------------------

HOURLY = (10, 50, 70, 130, 190)


def closed(trace: Trace) -> list[str]:
    return [one for one in map(lambda row: line(trace, row), trace) if "report_closed" in one]  # noqa: C417


def test_when_nobody_will_notice_routine_stops_and_the_night_goes_on() -> None:
    """Reports are put down by the hour: from one o'clock on nobody's time matters any more."""
    policy, more = "automatic_restore: {after: 150 min}", QUIET + REPORTS
    trace = night(policy, more, reports_at=HOURLY)
    assert closed(trace) == [f"{m} report_closed r{k} support#1 action" for k, m in ((1, 13), (2, 53))]
    assert line(trace, trace.rows[-1]) == "150 visible @a automatic"
    assert (
        "shift_on"
        in happened(policy, more + 'teams: {leads: {shift: "14:00-15:00 UTC"}}', reports_at=HOURLY)[-2]
    )


def test_when_somebody_will_notice_late_routine_goes_on() -> None:
    more = "detection: {public: {delay: 170 min}}\n" + REPORTS
    found = closed(night("", more, reports_at=HOURLY))
    assert [one.split()[0] for one in found] == ["13", "53", "73", "133"]


def test_what_nobody_notices_still_loses_its_content() -> None:
    found = happened("retention: {keep: 4 h}", QUIET + REPORTS, reports_at=HOURLY)
    assert found[-1] == "240 content_lost @a"
    assert not [one for one in found if "report_arrives" in one and float(one.split()[0]) > 60]


def test_another_act_to_come_keeps_routine_going() -> None:
    found = closed(night("", QUIET + REPORTS + acts("@b 2.5 h"), reports_at=HOURLY))
    assert [one.split()[0] for one in found] == ["13", "53", "73", "133"]


def test_false_alarms_stop_as_well() -> None:
    policy = "alert: {after: 1 min, recall: 0%, false_alarms: 1 per day, triage: 1 min}"
    found = happened(policy, QUIET, alarms_at=HOURLY)
    assert [one for one in found if "alarm_closed" in one] == [
        "11 alarm_closed alarm1 oncall#1", "51 alarm_closed alarm2 oncall#1",
    ]  # fmt: skip


def test_stopping_changes_nothing_of_the_incident() -> None:
    more, policy = (
        QUIET + REPORTS,
        "automatic_restore: {after: 200 min}\napproval: {by: {support: 1}, review: 9 min, catches: 0%}",
    )
    busy = [one for one in happened(policy, more, reports_at=(60, 65, 70)) if " @a " in one]
    assert busy == [one for one in happened(policy, more) if " @a " in one]


# -- whatever the numbers -------------------------------------------------------------------

EVERYTHING = (
    "approval: {by: {leads: 1, support: 1}, review: 'median 4 min, p90 15 min', catches: 50%, time_out: 1 h,"
    " stamps: 20%, off_shift: pass, commands: [deactivate, restore]}\n"
    "protected_list: {of: vip, then: leads, catches: 30%, covers: 80%, rots: 5 per year, mended: 30 days}\n"
    "just_in_time: {takes: 20 s}\nconfirm: {stops_slips: 30%, stops_misidentified: 30%, habit: 20%}\n"
    "cooling_off: {for: 10 min, watched: 30%, holder_told: true}\nrate_limit: {per_agent: 2 per hour}\n"
    "alert: {after: 2 min, recall: 60%, tires: 1%, false_alarms: 2 per hour, works: 80%, rots: 3 per year}\n"
    "automatic_restore: {after: 'median 30 min, p90 2 h', undoes_honest: 10%}\nlock_down: {after: 5 min, for: 30 min}\n"
    "step_down: {before_last_shift: 30 min, told_in_time: 50%}\ndeprovisioning: {lag: 5 min}\n"
    "leaver_watch: {before_last_shift: 1 h, after: 10 min, recall: 50%}"
)
MANY = BUSY.replace("slip: 1%", "slip: 1%, misidentified: 2%")


def several(plan: Plan) -> tuple[IncidentPlan, ...]:
    leaves = (None, Length(FIXED, 10.0 * MINUTE), Length(FIXED, -90.0 * MINUTE))
    return tuple(
        other(plan, n, 7 * n, ["@b", "@c", "@a"][: 1 + n % 3], ("support", "oncall", "leads")[n % 3],
              leaves=leaves[n % 3], keys=((1, n % 2),), actor_notices=n % 2 == 0)
        for n in range(6)
    )  # fmt: skip


@pytest.mark.parametrize("policy", ["", EVERYTHING], ids=["plain", "everything"])
@pytest.mark.parametrize("reading", ["meant", None])
def test_every_one_of_several_keeps_the_invariants(policy: str, reading: str | None) -> None:
    plan = plan_of(policy, MANY, reading=reading)
    plan = replace(plan, others=several(plan))
    effects = 0
    for key in range(12):
        world = World(world_key(3, key), NOON - 3 * HOUR, NOON + 9 * HOUR)
        trace = run(plan, world)
        assert check_trace(trace, world) == []
        asked = {first_of(row.entity) for row in trace if row.event == Event.REQUESTED}
        assert {one.id for one in plan.incidents} <= asked
        effects += sum(row.event == Event.TOOK_EFFECT for row in trace)
    assert effects > 25


APART = MANY.replace("oncall:  {headcount: 1,", "oncall:  {headcount: 12,").replace(
    "slip: 1%, misidentified: 2%", "slip: 0%"
)
"""Nobody of the second's team handles reports or approves; there are responders for everybody."""


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "approval: {by: {support: 1}, review: 'median 4 min, p90 15 min', catches: 50%, of: vip}",
        "alert: {after: 'median 5 min, p90 1 h', recall: 60%, of: vip}\nundo_button: {restore: 1 min}",
        "rate_limit: {per_agent: 1 per hour}\ncooling_off: {for: 10 min, watched: 30%}",
    ],
)
@pytest.mark.parametrize("minutes", [-20, 15])
def test_an_unrelated_second_incident_changes_nothing_of_the_first(policy: str, minutes: float) -> None:
    more = APART.replace("may: {deactivate: [ordinary]}}\nreports", "}\nreports").replace(
        "teams:\n", "teams:\n  elsewhere: {headcount: 1}\n"
    )
    plan = plan_of(policy, more, reading=None)
    first = other(plan, 1, 0, ["@a", "@b"])
    second = other(plan, 2, minutes, ["@c"], "elsewhere")
    dark = 0
    for key in range(25):
        world = World(world_key(4, key), NOON - 2 * HOUR, NOON + 12 * HOUR)
        alone = run(replace(plan, others=(first,)), world)
        both = run(replace(plan, others=(second, first)), world)
        assert check_trace(both, world) == []
        ours, theirs = (_without_responders(of(trace, first)) for trace in (alone, both))
        assert ours == theirs
        if minutes > 0:
            # Who responds may differ only where the second came first.
            assert [r for r in of(alone, first) if r[0] <= at(minutes)] == [
                r for r in of(both, first) if r[0] <= at(minutes)
            ]
        dark += any(row[1] == Event.VISIBLE for row in ours)
        assert of(both, second)
    assert dark > 15


def _without_responders(rows: list[tuple[int, int, int, int, int]]) -> list[tuple[int, int, int, int, int]]:
    by_people = {
        Event.RESPONDER_TAKES, Event.PICKED_UP, Event.CAUSE_FOUND, Event.UNDO_AUTHORISED, Event.RESPONDER_FREE,
    }  # fmt: skip
    return [(t, e, entity, 0 if e in by_people else by, why) for t, e, entity, by, why in rows]


def test_gates_tell_the_second_incident_what_holds_for_it() -> None:
    """Everything that a gate asks is asked of the incident's own act: report, dialog, team, tool."""
    policy = "open_report: {}\nconfirm: {stops_slips: 100%}"
    plan = plan_of(policy, QUIET)
    careful = other(plan, 1, 0, ["@a"], open_report=True, confirm_stops=0.0)
    slip = other(plan, 2, 1, ["@b"], open_report=True, confirm_stops=1.0)
    bare = other(plan, 3, 2, ["@c"], open_report=False, confirm_stops=0.0)
    trace = together(plan, careful, slip, bare)
    ends = {row.entity: (row.event, row.by, row.reason) for row in trace}
    assert ends[careful.id][0] == Event.TOOK_EFFECT
    assert ends[slip.id] == (Event.GATE_DENIED, Gate.CONFIRM, Reason.DIALOG_STOPPED)
    assert ends[bare.id] == (Event.GATE_DENIED, Gate.OPEN_REPORT, Reason.NO_REPORT)
