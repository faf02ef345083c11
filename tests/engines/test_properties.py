"""What must hold whatever the numbers: equal plans, inert parts, and ends that only come earlier."""

from __future__ import annotations

import pickle

import pytest

from deactsim.engines.chosen import run
from deactsim.model.invariants import check_trace
from deactsim.model.plan import Plan
from deactsim.model.states import Channel, Event, Gate, Reason
from deactsim.model.streams import ACT, REPORT, TEAM, act_id, tag_of, world_key
from deactsim.model.trace import Row, Trace
from deactsim.model.world import World

from .tiny import at, plan_of

#: A platform with chance in it: routine work, busy people, every channel, statements.
BUSY = """
teams:
  support: {headcount: 3, shift: "06:00-20:00 UTC"}
  leads:   {headcount: 1, shift: "08:00-16:00 UTC"}
  oncall:  {headcount: 1, may: {deactivate: [ordinary]}}
reports:
  vip:      {command: deactivate, rate: 2 per hour, actioned: 30%, handling: "median 6 min, p90 20 min", urgent: 20%}
  ordinary: {command: deactivate, rate: 8 per hour, actioned: 30%, handling: "median 6 min, p90 20 min", slip: 1%}
detection:
  public: {delay: "median 10 min, p90 40 min", chance: 95%, also: {at_followers: 10k, median: 4 min}}
  holder: {delay: "median 45 min, p90 6 h", chance: 80%}
  colleague: {delay: "median 20 min, p90 2 h", chance: 25%}
  actor: {delay: "median 15 min, p90 1 h", chance: 30%, undoes: true}
  word_reaches_platform: {delay: "median 5 min, p90 20 min"}
response:
  pick_up: median 6 min, p90 25 min
  find_cause: median 8 min, p90 30 min
  authorise: median 2 min, p90 10 min
  restore: median 3 min, p90 10 min
  contain: median 10 min, p90 1 h
statements: {first: "median 1 h, p90 4 h", second: "median 3 h, p90 9 h"}
audience_whole: {within: "median 2 h, p90 9 h", steps: [50%]}
incident:
  readings: {meant: {cause: slip}}
  actor: {leaves: {after_act: uniform 0 min to 60 min}, among_holders: 60%}
  at: {value: 2024-01-01T12:00:00Z, give_or_take: 2 min}
  warm_up: 3 h
  follow: 9 h
"""
WORLDS = 150


def worlds(plan: Plan, count: int = WORLDS) -> list[World]:
    incident = plan.incident
    assert incident is not None
    start = incident.at - incident.give_or_take - incident.warm_up
    return [
        World(world_key(1, n), start, incident.at + incident.give_or_take + incident.follow)
        for n in range(count)
    ]


def of_incident(trace: Trace) -> list[tuple[int, int, int, int]]:
    """The incident's events, but for what gates say on the way."""
    said = (Event.GATE_PASSED,)
    return [
        (r.time, r.event, r.entity, r.by) for r in trace if tag_of(r.entity) == ACT and r.event not in said
    ]


def dark(trace: Trace, world: World) -> int:
    rows = {row.event: row.time for row in trace if row.entity == act_id(0)}
    effect = rows.get(Event.TOOK_EFFECT)
    return 0 if effect is None else rows.get(Event.VISIBLE, world.end) - effect


PLAIN = plan_of("", BUSY)
#: The incident is the only darkness of the night, and responders alone end it.
ALONE = BUSY.replace("slip: 1%", "slip: 0%").replace(", undoes: true", "")


@pytest.fixture(scope="module")
def plain(engine: str) -> list[tuple[World, Trace]]:
    return [(world, run(PLAIN, world)) for world in worlds(PLAIN)]


@pytest.fixture(scope="module")
def alone(engine: str) -> list[tuple[World, Trace]]:
    plan = plan_of("", ALONE)
    return [(world, run(plan, world)) for world in worlds(plan, 2 * WORLDS)]


def test_every_trace_keeps_the_invariants(plain: list[tuple[World, Trace]]) -> None:
    everything = (
        "approval: {by: {leads: 1, support: 1}, review: 'median 4 min, p90 15 min', catches: 50%, time_out: 1 h,"
        " stamps: 20%, stamps_per_queued: 5%, off_shift: pass, commands: [deactivate, restore]}\n"
        "protected_list: {of: vip, then: leads, catches: 50%, covers: 80%}\n"
        "separation_of_duties: {by: oncall, takes: 'median 2 min, p90 5 min', catches: 20%, of: vip}\n"
        "just_in_time: {takes: 20 s}\nconfirm: {stops_slips: 30%, habit: 20%}\nopen_report: {works: 40%}\n"
        "cooling_off: {for: 10 min, watched: 30%, holder_told: true}\nrate_limit: {per_agent: 1 per hour}\n"
        "alert: {after: 2 min, recall: 60%, false_alarms: 2 per hour, works: 80%}\n"
        "probe: {every: 15 min, recall: 50%}\n"
        "automatic_restore: {after: 'median 30 min, p90 2 h', undoes_honest: 10%}\n"
        "lock_down: {after: 5 min, for: 1 h, works: 80%}\nstep_down: {before_last_shift: 30 min, told_in_time: 50%}\n"
        "deprovisioning: {lag: 5 min}\naudit: {sample: 20%, every: 1 h}\n"
        "leaver_watch: {before_last_shift: 1 h, after: 10 min, recall: 50%}"
    )
    full = plan_of(everything, BUSY)
    for world, trace in plain[:60]:
        assert check_trace(trace, world) == []
        assert check_trace(run(full, world), world) == []
    weeks = plan_of(everything, BUSY + "  further_acts: []\n", reading=None)
    for world in worlds(PLAIN, 20):
        assert check_trace(run(weeks, world), world) == []


def test_runs_repeat_and_survive_pickling(plain: list[tuple[World, Trace]]) -> None:
    for world, trace in plain[:30]:
        assert run(PLAIN, world).rows == trace.rows
        again, there = pickle.loads(pickle.dumps((PLAIN, world)))
        assert run(again, there).rows == trace.rows
        fresh = World(world.key, world.start, world.end)
        assert run(plan_of("", BUSY), fresh).rows == trace.rows


def test_the_order_of_policies_does_not_matter() -> None:
    """One world object meets two policies in either order: what it keeps for the next changes nothing."""
    other = plan_of(
        "alert: {after: 2 min, recall: 60%, false_alarms: 2 per hour}\nundo_button: {restore: 1 min}", BUSY
    )
    for forth, back in zip(worlds(PLAIN, 30), worlds(PLAIN, 30), strict=True):
        first = (run(PLAIN, forth).rows, run(other, forth).rows)
        second = (run(other, back).rows, run(PLAIN, back).rows)
        assert first == second[::-1]


def test_policies_with_the_same_consequences_compile_to_equal_plans() -> None:
    assert plan_of("undo_button: {restore: 90 s}", BUSY) == plan_of("undo_button: {restore: 1.5 min}", BUSY)
    twice = BUSY.replace("{meant: {cause: slip}}", "{meant: {cause: slip, label: a slip, may_adapt: true}}")
    assert plan_of("", twice) == PLAIN


# -- what does not reach changes nothing ----------------------------------------------------

SAFEGUARDS = {
    "protected_list": "then: deny",
    "open_report": "",
    "just_in_time": "takes: 5 min",
    "confirm": "stops_slips: 100%",
    "separation_of_duties": "by: leads, takes: 5 min, catches: 100%",
    "approval": "by: {leads: 1}, review: 5 min, catches: 100%, commands: [deactivate, restore]",
    "cooling_off": "for: 30 min, watched: 100%",
    "rate_limit": "per_agent: 1 per day",
    "step_down": "before_last_shift: 1 day",
    "deprovisioning": "lag: 0 min",
    "alert": "after: 1 s, recall: 100%",
    "probe": "every: 1 min",
    "audit": "sample: 100%, every: 1 min",
    "leaver_watch": "before_last_shift: 1 day, after: 1 s, recall: 100%",
    "preauthorised_undo": "",
    "undo_button": "restore: 1 s",
    "on_call": "pick_up: 1 s",
    "automatic_restore": "after: 1 s",
    "lock_down": "after: 1 s, for: 1 day",
}


@pytest.mark.parametrize("fails", ["works: 0%", "covers: 0%", "tools: api"])
@pytest.mark.parametrize("name", SAFEGUARDS)
def test_a_policy_out_of_order_or_reach_is_the_baseline(
    name: str, fails: str, plain: list[tuple[World, Trace]]
) -> None:
    settings = ", ".join(part for part in (SAFEGUARDS[name], fails) if part)
    if name == "approval" and fails.startswith("tools"):
        settings = settings.replace(
            ", commands: [deactivate, restore]", ""
        )  # who undoes uses no tool of its own
    if name == "alert":
        settings += "" if fails != "works: 0%" else ", false_alarms: 2 per hour"
    plan = plan_of(f"{name}: {{{settings}}}", BUSY)
    for world, trace in plain[:25]:
        assert of_incident(run(plan, world)) == of_incident(trace)


# -- earlier ends never come later ----------------------------------------------------------


@pytest.mark.parametrize(
    "policy",
    [
        "undo_button: {restore: 'median 3 min, p90 10 min'}",
        "undo_button: {restore: 1 s}",
        "on_call: {pick_up: 'median 6 min, p90 25 min'}",
        "on_call: {headcount: 3}",
        "automatic_restore: {after: 'median 30 min, p90 2 h'}",
        "alert: {after: 'median 5 min, p90 1 h', recall: 60%}",
        "probe: {every: 20 min, recall: 50%}",
        "leaver_watch: {before_last_shift: 30 min, after: 10 min, recall: 50%}",
        "audit: {every: 20 min, sample: 50%}",
        "preauthorised_undo: {}",
        "preauthorised_undo: {covers: 50%, works: 50%}\nundo_button: {restore: 1 min}\nprobe: {every: 30 min}",
    ],
)
def test_an_offer_of_an_earlier_end_never_makes_a_later_one(
    policy: str, alone: list[tuple[World, Trace]]
) -> None:
    """Responders handle reports too, and urgent ones keep the page waiting. Slips are left out: a second
    darkness answered sooner changes who is free when, and so may delay the first (as in any queue). So is the
    actor's own undo: contained sooner, he can no longer undo his error."""
    plan = plan_of(policy, ALONE)
    shorter = 0
    for world, trace in alone:
        before, after = dark(trace, world), dark(run(plan, world), world)
        assert after <= before
        shorter += after < before
    assert shorter > 5


# -- inert parts ----------------------------------------------------------------------------


def without(rows: list[Row], *entities: int) -> list[Row]:
    return [row for row in rows if row.entity not in entities]


def test_an_inert_account_tier_or_tool_changes_nothing() -> None:
    more = (
        BUSY
        + 'platform: {accounts: {"@zz": {tier: aa, followers: 9}},'
        + " tiers: {aa: {accounts: 3}}, tools: [console, api, aa]}"
    )
    assert plan_of("", more) == PLAIN


def test_an_inert_team_changes_no_other_row(plain: list[tuple[World, Trace]]) -> None:
    more = BUSY.replace("teams:\n", "teams:\n  aa: {headcount: 5, turnover: 50% per year}\n")
    plan = plan_of("", more)
    added = {team.id for team in plan.teams} - {team.id for team in PLAIN.teams}
    assert len(added) == 1
    for world, trace in plain[:40]:
        assert without(run(plan, world).rows, *added) == trace.rows


def test_an_unused_safeguard_changes_no_other_row(plain: list[tuple[World, Trace]]) -> None:
    """An alert that never fires on what is honest, a retention that never ends."""
    plan = plan_of("alert: {after: 1 s, recall: 0%}\nretention: {keep: 30 days}", BUSY)
    for world, trace in plain[:40]:
        assert run(plan, world).rows == trace.rows


def test_reports_are_the_same_under_every_policy(plain: list[tuple[World, Trace]]) -> None:
    """In worlds made anew: one that has run already keeps its reports."""
    plan = plan_of("approval: {by: {leads: 1}, review: 9 min, catches: 100%}\nprobe: {every: 5 min}", BUSY)
    for world, (_, trace) in zip(worlds(PLAIN, 40), plain, strict=False):
        ours, theirs = (
            [(r.time, r.entity) for r in rows if r.event == Event.REPORT_ARRIVES]
            for rows in (trace, run(plan, world))
        )
        least = min(len(ours), len(theirs))
        assert least > 0
        assert ours[:least] == theirs[:least]


def test_the_platform_is_busy(plain: list[tuple[World, Trace]]) -> None:
    """The properties above are about something: reports queue, slips happen, pages wait."""
    rows = [row for _, trace in plain for row in trace]
    assert sum(tag_of(row.entity) == REPORT for row in rows) > 50 * WORLDS
    assert {row.by for row in rows if row.event == Event.VISIBLE} == {1, 3}
    assert {TEAM, ACT, REPORT} <= {tag_of(row.entity) for row in rows}
    waits = 0
    for _, trace in plain:
        paged = {row.entity: row.time for row in trace if row.event == Event.PAGED}
        waits += sum(r.time > paged[r.entity] for r in trace if r.event == Event.RESPONDER_TAKES)
    assert waits > WORLDS // 10


# -- alerts that tire -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "recall"),
    [
        ("recall: 80%", 0.8),
        ("recall: 80%, tires: 5%", 0.8),
        ("recall: 80%, tires: 5%, false_alarms: 4 per day", 0.8 * 0.8),
        ("recall: 80%, ignored: 30%, tires: 5%, false_alarms: 4 per day", 0.8 * 0.5),
        ("recall: 80%, tires: 1%, false_alarms: 1 per hour", 0.8 * 0.76),
        ("recall: 100%, tires: 100%, false_alarms: 1 per day", 0.0),
        ("recall: 100%, ignored: 90%, tires: 100%, false_alarms: 9 per day", 0.0),
    ],
)
def test_alerts_tire_with_every_false_alarm_of_a_day(settings: str, recall: float) -> None:
    plan = plan_of(f"alert: {{after: 1 s, {settings}}}", BUSY)
    assert plan.safeguards.alert is not None
    assert plan.safeguards.alert.recall == pytest.approx(recall)
    seen = asked = 0
    for world in worlds(plan, 60):
        rows = [row for row in run(plan, world) if row.entity == act_id(0)]
        if any(row.event == Event.TOOK_EFFECT for row in rows):
            asked += 1
            seen += any(row.event == Event.NOTICED and row.by == Channel.ALERT for row in rows)
    assert abs(seen - asked * recall) <= 4 * (asked * recall * (1 - recall)) ** 0.5


# -- lists that rot -------------------------------------------------------------------------


def test_a_list_that_rots_lets_pass_and_says_so() -> None:
    """Stale entries are a share of the time that theory knows; gates say `list_stale` then, and only then."""
    rotting = plan_of("protected_list: {then: deny, rots: 2 per year, mended: 100 days}", BUSY)
    fresh = plan_of("protected_list: {then: deny}", BUSY)
    share = 2 * 100 / 365.25 / (1 + 2 * 100 / 365.25)
    stale = asked = 0
    for world in worlds(rotting, 120):
        said = {}
        for plan in (rotting, fresh):
            trace = run(plan, world)
            assert check_trace(trace, world) == []
            said[plan] = [r.reason for r in trace if r.entity == act_id(0) and r.by == Gate.PROTECTED_LIST]
        if said[fresh]:
            assert said[fresh] == [Reason.LISTED_DENIED]
            assert said[rotting] in ([Reason.LISTED_DENIED], [Reason.LIST_STALE])
            asked += 1
            stale += said[rotting] == [Reason.LIST_STALE]
    assert asked > 50
    assert abs(stale - asked * share) <= 4 * (asked * share * (1 - share)) ** 0.5


# -- busy hours -----------------------------------------------------------------------------


def test_busy_hours_keep_the_invariants_and_the_incident() -> None:
    more = BUSY.replace(
        "slip: 1%", 'slip: 1%, busy: [{when: "10:00-13:00 UTC", times: 3}, {when: always, times: 0.5}]'
    )
    plan = plan_of("", more)
    early, busy = [0, 0], [0, 0]
    # A world keeps its reports: each plan gets one of its own.
    for world, other in zip(worlds(plan, 60), worlds(PLAIN, 60), strict=True):
        traces = (run(plan, world), run(PLAIN, other))
        assert check_trace(traces[0], world) == []
        asked, usual = (
            [r.time for r in one if r.entity == act_id(0) and r.event == Event.REQUESTED] for one in traces
        )
        assert asked == usual
        for which, trace in enumerate(traces):
            arrivals = [row.time for row in trace if row.event == Event.REPORT_ARRIVES]
            early[which] += sum(time < at(-120) for time in arrivals)
            busy[which] += sum(at(-120) <= time < at(0) for time in arrivals)
    # Of 10 reports an hour 8 come half as often until ten, and three times as often from then on.
    assert early[0] / early[1] == pytest.approx(0.6, abs=0.15)
    assert busy[0] / busy[1] == pytest.approx(2.6, abs=0.4)
