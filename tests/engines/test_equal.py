"""Both engines give the same trace, row by row and to the last bit."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba", reason="the fast engine needs numba")

from deactsim.engines import chosen
from deactsim.engines.fast._jit import COMPILED
from deactsim.engines.fast.run import BLOCK
from deactsim.engines.handled import handling
from deactsim.engines.reference import Desk
from deactsim.engines.seen import FIELDS
from deactsim.model.causes import (
    YEAR,
    ActorTeamPlan,
    CausePlan,
    Occurrence,
    TargetPlan,
    incident_of,
    occurrence,
)
from deactsim.model.compile import CannotBeSaid, compile_plan
from deactsim.model.compile_causes import compile_causes
from deactsim.model.lengths import UNIFORM, Length
from deactsim.model.plan import Plan
from deactsim.model.shifts import DAY
from deactsim.model.states import Channel, Event, Gate, Reason, Route, Stage
from deactsim.model.streams import insider_id, occurrence_id, world_key
from deactsim.model.world import HOUR, Pin, World
from deactsim.model.worlds import Worlds
from deactsim.scenario.load import load
from deactsim.scenario.schema import Scenario
from deactsim.study.background import see_incidents
from deactsim.study.condition import Conditioned, condition_worlds, pins
from deactsim.study.occurrences import WARM_UP, Meeting, run_occurrences
from tests.study.small import new_world

from .both import SAYS, Both, by
from .generated import anything
from .tiny import NOON, plan_of

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
VALID = sorted((ROOT / "tests" / "cases" / "valid").glob("*.yaml"))
WITH_INCIDENT = {"hawaii", "jack", "trump"}
WITH_CAUSES = ["borrowed-keys", "late-cut-off", "platform-2017", "small-saas", "vendor-exit"]


@pytest.fixture(scope="module", autouse=True)
def engine() -> str:
    """Both engines run here."""
    return "both"


@cache
def scenario_of(path: Path) -> Scenario:
    return load(path)


def plans_of(scenario: Scenario, readings: Sequence[str | None]) -> list[Plan]:
    """Every policy under every reading, adapting or not."""
    found = []
    for policy in scenario.policies:
        for reading in readings:
            for adapts in (False, True) if reading is not None else (False,):
                try:
                    found.append(compile_plan(scenario, policy, reading, adapts=adapts))
                except CannotBeSaid:
                    continue
    return list(dict.fromkeys(found))


def readings_of(scenario: Scenario) -> list[str]:
    return [] if scenario.incident is None else list(scenario.incident.readings)


def stretch(plan: Plan, number: int, reports: int) -> World:
    """Some time of the year in which about so many reports come: an hour to two weeks."""
    an_hour = HOUR * sum(stream.per_microsecond for stream in plan.streams)
    hours = min(14 * 24, max(1, round(reports / an_hour))) if an_hour else 14 * 24
    start = NOON + number * (37 * DAY + 7919 * 1_000_003)
    return World(world_key(2, number), start, start + hours * HOUR)


# -- scenarios ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenarios(path: Path) -> None:
    scenario, both = scenario_of(path), Both()
    incidents, routine = plans_of(scenario, readings_of(scenario)), plans_of(scenario, [None])
    assert bool(incidents) == (path.stem in WITH_INCIDENT)
    assert len(routine) > 5
    for place, plan in enumerate(incidents):
        for number in range(8):
            both(plan, new_world(plan, 1, number), f"{path.stem}, incident plan {place}")
    for place, plan in enumerate(routine):
        for number in range(3):
            both(plan, stretch(plan, number, 1000), f"{path.stem}, routine plan {place}")
    assert both.runs == 8 * len(incidents) + 3 * len(routine)


def test_valid_cases() -> None:
    both, runs = Both(), 0
    for path in VALID:
        scenario = load(path)
        incidents, routine = plans_of(scenario, readings_of(scenario)), plans_of(scenario, [None])
        for number in range(3):
            for plan in incidents:
                both(plan, new_world(plan, 1, number), path.stem)
            for plan in routine:
                both(plan, stretch(plan, number, 100), path.stem)
        runs += 3 * (len(incidents) + len(routine))
    assert len(VALID) >= 80
    assert both.runs == runs > 500


# -- several runs of one plan -------------------------------------------------------------


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_runs_of_one_plan(path: Path) -> None:
    """Each of some worlds, near each other and far apart, is run as if there were no others."""
    for plan in plans_of(scenario_of(path), [None])[::2]:
        worlds = [stretch(plan, number, 100) for number in (0, 9, 3)]
        worlds += [replace(worlds[1], start=worlds[1].start + HOUR // 3, end=worlds[1].end + HOUR)]
        same_rows(plan, worlds)
        if apart := handling(plan):
            same_taken(apart, *worlds)
            same_rows(plan, worlds, [one.actions for one in chosen.take_reports(apart, worlds)])


def same_rows(plan: Plan, worlds: Sequence[World], handled: Sequence[np.ndarray] | None = None) -> None:
    """Hold the rows of runs to each other."""
    rows = []
    for name in ("reference", "fast"):
        with by(name):
            rows.append([np.concatenate(list(blocks)) for blocks in chosen.run_blocks(plan, worlds, handled)])
    for one, two in zip(*rows, strict=True):
        np.testing.assert_array_equal(one, two)


def test_runs_of_one_case() -> None:
    """The same with all that may be placed by hand, pinned or known in a world."""
    for seed in range(20_000, 20_060):
        plan, worlds = anything(seed)
        with by("fast"):
            for world, blocks in zip(worlds, chosen.run_blocks(plan, worlds), strict=True):
                alone = chosen.run(plan, world).rows
                np.testing.assert_array_equal(
                    np.concatenate(list(blocks)), np.array(alone).reshape(-1, 5), f"case {seed}"
                )


# -- reports that are handled elsewhere -----------------------------------------------------


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_requests(path: Path) -> None:
    """Runs that begin with the actions that reports end in."""
    scenario, both = scenario_of(path), Both()
    for plan in plans_of(scenario, [*readings_of(scenario), None]):
        apart = handling(replace(plan, incident=None))
        if apart is None:
            continue
        for number in range(2):
            world = stretch(plan, number, 500) if plan.incident is None else new_world(plan, 2, number)
            desk = Desk(apart, world, world.begins(plan))
            both(plan, world, path.stem, desk.actions_of)
    assert both.runs > 0 or path.stem in NOT_APART
    assert Event.REPORT_ARRIVES not in both.events


#: Scenarios whose handlers of reports have other work under every policy.
NOT_APART = {"hawaii"}


def same_taken(plan: Plan, *worlds: World) -> int:
    """Hold what becomes of reports to each other; how many there were."""
    found = []
    for name in ("reference", "fast"):
        with by(name):
            found.append(list(chosen.take_reports(plan, worlds)))
    for one, two in zip(*found, strict=True):
        for column in ("arrived", "taken", "closed", "agent", "actions"):
            np.testing.assert_array_equal(getattr(one, column), getattr(two, column))
    return sum(len(one.taken) for one in found[0])


# -- several incidents ----------------------------------------------------------------------


def occurrences_of(plan: Plan, cause: CausePlan, key: int, start: int, count: int) -> list[Occurrence]:
    world = World(key, start, start + YEAR)
    return [occurrence(world, plan, cause, number, start) for number in range(count)]


@pytest.mark.parametrize("name", WITH_CAUSES)
def test_years_run_through(name: str) -> None:
    """Occurrences of all causes in one world with all its reports, some days apart instead of a year."""
    scenario = scenario_of(ROOT / "scenarios" / f"{name}.yaml")
    both, causes = Both(), [cause for cause in compile_causes(scenario) if not cause.routine]
    for number, plan in enumerate(plans_of(scenario, [None])):
        world = stretch(plan, number, 1500)
        others = []
        for at, cause in enumerate(causes):
            for what in occurrences_of(plan, cause, world.key, world.start, 3):
                when = world.start + (what.at + at * HOUR) % (world.end - world.start)
                others.append(replace(incident_of(plan, what, WARM_UP, DAY), at=when))
        trace = both(replace(plan, others=tuple(others)), world, name)
        asked = {row.entity for row in trace if row.event == Event.REQUESTED}
        assert {incident.id for incident in others} & asked
    assert both.runs > 5
    assert Event.TOOK_EFFECT in both.events


def thinned(plan: Plan, a_day: float) -> Plan:
    """The plan with so many reports of a tier a day at the most."""
    streams = (replace(each, per_microsecond=min(each.per_microsecond, a_day / DAY)) for each in plan.streams)
    return replace(plan, streams=tuple(streams))


@pytest.mark.parametrize("name", WITH_CAUSES)
def test_occurrences(name: str) -> None:
    """Every cause under every policy, as far as some hours after it."""
    scenario, both = scenario_of(ROOT / "scenarios" / f"{name}.yaml"), Both()
    plans, causes = [thinned(plan, 300.0) for plan in plans_of(scenario, [None])], compile_causes(scenario)
    for number, cause in enumerate(causes):
        key = world_key(6, number)
        for what in occurrences_of(plans[0], cause, key, 17_532 * DAY, 2):
            for plan in plans:
                incident = incident_of(plan, what, WARM_UP, DAY)
                near = World(key, what.at - WARM_UP, what.at + DAY // 8)
                both(replace(plan, incident=incident), near, (name, cause.name))
    assert both.runs == 2 * len(plans) * len(causes)


# -- the record -----------------------------------------------------------------------------


def conditioned(scenario: Scenario, own: Plan) -> list[tuple[Conditioned, Counter[str]]]:
    """By each engine the worlds that agree with the record, and why others do not."""
    found = []
    for engine in ("fast", "reference"):
        with by(engine):
            found.append(condition_worlds(scenario, own, 4, range(30)))
    return found


@pytest.mark.parametrize("name", sorted(WITH_INCIDENT))
def test_worlds_that_meet_the_record(name: str) -> None:
    """Pinned, and with the lengths that came of it under every other policy."""
    scenario, both = scenario_of(ROOT / "scenarios" / f"{name}.yaml"), Both()
    for reading in readings_of(scenario):
        own = compile_plan(scenario, scenario.baseline, reading)
        for stratum in pins(scenario, own):
            for number in range(10):
                world = replace(new_world(own, 4, number), pins=stratum)
                both(own, world, f"{name}, pinned")
        (found, _), (again, _) = conditioned(scenario, own)
        for one, other in zip(found, again, strict=True):
            assert (one.number, one.weight, one.world) == (other.number, other.weight, other.world)
        for plan in plans_of(scenario, [reading]):
            for place in range(min(4, len(found))):
                both(plan, found.worlds_for(plan).world(place, plan.streams), f"{name}, conditioned")
    assert both.runs > 20


def test_why_worlds_do_not_meet_the_record() -> None:
    scenario = scenario_of(ROOT / "scenarios" / "trump.yaml")
    (_, refused), (_, why) = conditioned(scenario, compile_plan(scenario, scenario.baseline, "deliberate"))
    assert refused == why


def test_pins_that_are_missed() -> None:
    """Every stage in turn is pinned too early: the run ends there and says so."""
    both = Both()
    plan = plan_of("automatic_restore: {after: 1 h}", SAYING)
    assert plan.incident is not None
    for stage in Stage:
        for pin in (Pin(NOON - HOUR, False), Pin(-HOUR, True)):
            world = World(7, NOON - HOUR, NOON + 9 * HOUR, pins={stage: pin})
            both(plan, world, stage)
    assert set(both.missed) == set(Stage)
    assert both.runs == 2 * len(Stage)


#: Everything that can be pinned comes to pass.
SAYING = """
statements: {first: 7 min, second: 8 min}
audience_whole: {within: 10 min}
incident: {readings: {meant: {cause: slip}}}
detection: {actor: {delay: 30 min, undoes: true}, colleague: {delay: 40 min}, holder: {delay: 2 min}}
"""


# -- anything -------------------------------------------------------------------------------

#: Generated scenarios; each is run in three worlds, and once more with its reports handled elsewhere.
CASES = 3000 if COMPILED else 480
PARTS = 12


@pytest.mark.parametrize("part", range(PARTS))
def test_anything(part: int) -> None:
    both, apart = Both(), 0
    for seed in range(part * CASES // PARTS, (part + 1) * CASES // PARTS):
        plan, worlds = anything(seed)
        for number, world in enumerate(worlds):
            both(plan, world, f"case {seed}, number {number}")
        apart += in_parts(both, seed, plan, worlds[1])
    assert both.runs == 3 * CASES // PARTS + apart
    assert apart > CASES // PARTS // 16
    assert both.rows > 100 * both.runs
    if COMPILED:
        assert_everything_happened(both)


def in_parts(both: Both, seed: int, plan: Plan, world: World) -> bool:
    """Run a case with its reports handled elsewhere, if they can be."""
    handlers = handling(replace(plan, incident=None, others=()))
    if handlers is None:
        return False
    desk = Desk(handlers, world, world.begins(plan))
    both(plan, world, f"case {seed}, with requests", desk.actions_of)
    return True


def assert_everything_happened(both: Both) -> None:
    """The cases are about something: all events, whatever a gate may say, all channels and ways."""
    assert set(Event) - both.events == set()
    gates = {event: [at[1:] for at in both.said if at[0] is event] for event in SAYS}
    assert {(Gate(gate), Reason(why)) for gate, why in gates[Event.GATE_PASSED]} == set(PASSED)
    assert {(Gate(gate), Reason(why)) for gate, why in gates[Event.GATE_DENIED]} == set(DENIED)
    assert {Reason(why) for _, _, why in both.said} == set(Reason)
    assert {channel for channel, _ in gates[Event.NOTICED]} == set(Channel)
    assert {channel for channel, _ in gates[Event.WORD_ARRIVES]} == set(Channel)
    assert {route for route, _ in gates[Event.VISIBLE]} == set(Route)
    assert len(both.missed) > 1


UNREACHED = (Reason.NOT_COVERED, Reason.LIST_STALE, Reason.OUT_OF_ORDER)
#: All that gates can say, but for UNREACHED, which each of them can say too.
LETS_PASS = {
    Gate.RIGHTS: (
        Reason.RIGHT_HELD, Reason.BEFORE_STEP_DOWN, Reason.BEFORE_CUT_OFF, Reason.NOT_TOLD, Reason.TICKET_LOST,
        Reason.NOT_A_LEAVER,
    ),
    Gate.JUST_IN_TIME: (Reason.GRANTED,),
    Gate.CONFIRM: (Reason.DIALOG_PASSED, Reason.DIALOG_UNREAD),
    Gate.PROTECTED_LIST: (Reason.SENIOR_PASSED,),
    Gate.OPEN_REPORT: (Reason.REPORT_OPEN,),
    Gate.LOCK_DOWN: (Reason.NONE, Reason.LOCKED),
    Gate.RATE_LIMIT: (Reason.UNDER_LIMIT, Reason.OVER_LIMIT),
    Gate.SEPARATION_OF_DUTIES: (Reason.EXECUTOR_PASSED,),
    Gate.APPROVAL: (
        Reason.APPROVED, Reason.STAMPED, Reason.TIMED_OUT, Reason.NOBODY_ON_SHIFT, Reason.BORROWED,
    ),
    Gate.COOLING_OFF: (Reason.COOLED_OFF, Reason.NOBODY_WATCHED),
}  # fmt: skip
DENIES = {
    Gate.RIGHTS: (
        Reason.RIGHT_STEPPED_DOWN, Reason.RIGHT_CUT_OFF, Reason.NOT_A_HOLDER, Reason.CONTAINED,
    ),
    Gate.CONFIRM: (Reason.DIALOG_STOPPED,),
    Gate.PROTECTED_LIST: (Reason.LISTED_DENIED, Reason.SENIOR_OBJECTED),
    Gate.OPEN_REPORT: (Reason.NO_REPORT,),
    Gate.RATE_LIMIT: (Reason.OVER_LIMIT,),
    Gate.SEPARATION_OF_DUTIES: (Reason.EXECUTOR_OBJECTED,),
    Gate.APPROVAL: (Reason.REFUSED, Reason.TIMED_OUT),
    Gate.COOLING_OFF: (Reason.WATCHER_CANCELLED, Reason.HOLDER_CANCELLED),
}  # fmt: skip
PASSED = [(gate, why) for gate, reasons in LETS_PASS.items() for why in (*reasons, *UNREACHED)]
DENIED = [(gate, why) for gate, reasons in DENIES.items() for why in reasons]


@pytest.mark.parametrize("part", range(4))
def test_what_studies_see(part: int) -> None:
    """Many evenings at once, and reports handled apart, of cases without anything placed by hand."""
    evenings = taken = 0
    for seed in range(part * CASES // 20, (part + 1) * CASES // 20):
        plan, (_, free, placed) = anything(seed)
        handlers = handling(replace(plan, incident=None, others=()))
        if handlers is not None:
            taken += same_taken(handlers, World(free.key, free.start, free.end))
        if plan.incident is not None:
            plan = replace(plan, others=())
            keys = [free.key ^ number for number in range(4)]
            lengths = {stage: np.array([-1] * 4 + [took] * 4) for stage, took in placed.lengths.items()}
            worlds = Worlds(np.array(keys * 2, dtype=np.uint64), free.start, free.end, lengths=lengths)
            assert not (found := differing(plan, worlds)), f"case {seed}: {found}"
            evenings += len(worlds)
    assert evenings >= CASES // 5  # eight of at least half of the cases
    assert taken > CASES // 40


def differing(plan: Plan, worlds: Worlds) -> str:
    """In what the tables of many evenings differ."""
    seen = []
    for engine in ("reference", "fast"):
        with by(engine):
            seen.append(see_incidents(plan, worlds))
    one, two = seen
    for evening in range(len(worlds)):
        if not np.array_equal(one.said_in(evening), two.said_in(evening)):
            return f"evening {evening}, said: {one.said_in(evening)}, {two.said_in(evening)}"
    unequal = one.table != two.table
    unequal[:, FIELDS.index("said")] = False  # where in the table it stands is its own affair
    found = [(evening, (*FIELDS, *Channel, "acts")[min(at, 30)]) for evening, at in np.argwhere(unequal)]
    return f"evening and field: {found}" if found else ""


def test_what_studies_see_of_causes() -> None:
    """Occurrences of random causes under several random plans of one platform, all at once."""
    compared = 0
    for seed in range(CASES // 100):
        chance = random.Random(f"cause {seed}")
        plans = [
            replace(plan, incident=None, others=()) for plan, _ in (anything(seed), anything(CASES + seed))
        ]
        # Plans of one scenario differ in their safeguards alone.
        plans[0] = thinned(plans[0], 20.0)
        plans[1] = replace(plans[0], safeguards=plans[1].safeguards)
        cause, key, start = cause_of(chance, f"cause {seed}"), chance.getrandbits(64), NOON - NOON % DAY
        occurring = occurrences_of(plans[0], cause, key, start, 3)
        measured = []
        for engine in ("reference", "fast"):
            with by(engine):
                whole = World(key, start, start + YEAR)
                met = Meeting.of(plans), [whole] * len(occurring), occurring
                measured.append(run_occurrences(*met, frozenset({"vip"})))
        np.testing.assert_array_equal(measured[0], measured[1], f"cause {seed}")
        compared += measured[0].shape[0] * measured[0].shape[1]
    assert compared == 6 * (CASES // 100)


def cause_of(chance: random.Random, name: str) -> CausePlan:
    return CausePlan(
        id=occurrence_id(name, 0),
        name=name,
        kind=chance.choice(["slip", "misidentified", "deliberate"]),
        per_year=3.0,
        command="deactivate",
        teams=(ActorTeamPlan(0, "console", 0.6), ActorTeamPlan(1, "api", 0.4)),
        targets=(TargetPlan("vip", 0.3, 3, 100_000), TargetPlan("ordinary", 0.7, 1000, 50)),
        on_shift=0.5,
        leaving=0.4,
        leaves_after=Length(UNIFORM, 0.0, 2.0 * HOUR),
        former=0.3,
        left_before=Length(UNIFORM, 0.0, 2.0 * HOUR),
        accounts=chance.choice([1, 1, 2, 5]),
        spacing=chance.choice([0, 60_000_000]),
        open_report=0.5,
        expects_no_effect=chance.random() < 0.5,
        adapts=0.5,
        keys=chance.choice([(), ((2, 1),)]),
        notices_error=chance.random() < 0.5,
        routine=False,
    )


# -- much of everything ---------------------------------------------------------------------

CROWD = """
teams:
  support: {headcount: 300, shift: ["11:00-13:00 UTC", "13:30-20:00 UTC"]}
  agency: {headcount: 40, may: {deactivate: [ordinary]}}
reports:
  vip: {command: deactivate, rate: 500 per hour, actioned: 80%, urgent: 10%, slip: 5%,
    handling: "median 9 min, p90 40 min"}
  ordinary: {command: deactivate, rate: 5000 per hour, actioned: 80%, handling: "median 3 min, p90 9 min",
    busy: [{when: "12:00-14:00 UTC", times: 2}]}
"""


def test_crowds() -> None:
    """Hundreds of agents, queues of thousands, requests that wait by the thousand; more rows than a block has."""
    policy = (
        "approval: {by: {leads: 1}, review: 1 min, catches: 10%, time_out: 3 h, then: pass}\n"
        "retention: {keep: 2 h}\nalert: {after: 1 min, recall: 50%, false_alarms: 50 per hour}"
    )
    plan, both = plan_of(policy, CROWD, reading=None), Both()
    trace = both(plan, World(world_key(1, 1), NOON - 2 * HOUR, NOON + 3 * HOUR), "crowd")
    if COMPILED:
        assert len(trace) > BLOCK
    asked = sum(row.event == Event.ASKED for row in trace)
    assert asked - sum(row.event == Event.REVIEW_STARTS for row in trace) > 5000


@pytest.mark.parametrize("off_shift", ["wait", "pass"])
def test_more_approvers_than_a_moment_has_places(off_shift: str) -> None:
    by_whom = "{leads: 17, support: 5}"
    policy = f"approval: {{by: {by_whom}, review: 1 min, catches: 2%, time_out: 2 h, off_shift: {off_shift}}}"
    more = 'teams: {leads: {headcount: 30, shift: "12:10-20:00 UTC"}, support: {headcount: 9}}\n'
    more += "reports: {ordinary: {command: deactivate, rate: 20 per hour, actioned: 100%, handling: 3 min}}"
    plan, both = plan_of(policy, more, reading=None), Both()
    for number in range(3):
        trace = both(plan, World(world_key(7, number), NOON - HOUR, NOON + 6 * HOUR), number)
        asked = Counter(row.entity for row in trace if row.event == Event.ASKED)
        assert max(asked.values()) == 22
    assert both.said[Event.GATE_PASSED, Gate.APPROVAL, Reason.APPROVED] > 100


def test_many_acts_of_many_actors() -> None:
    plan = plan_of("rate_limit: {per_agent: 60 per hour}", "teams: {oncall: {headcount: 4}}")
    assert plan.incident is not None
    for_all = [replace(plan.incident.acts[0], account=f"@{k}", after=k * 5_000_000) for k in range(300)]
    others = [
        replace(
            plan.incident,
            id=occurrence_id("other", number),
            agent=insider_id(plan.teams[number % 2].id, occurrence_id("other", number)),
            acts=tuple(for_all[number : number + 3]),
            at=NOON + number * 20_000_000,
            paced=number % 2 == 0,
        )
        for number in range(200)
    ]
    both = Both()
    for incident in (replace(plan.incident, acts=tuple(for_all)), None):
        many = replace(plan, incident=incident, others=tuple(others))
        both(many, World(5, NOON - HOUR, NOON + 20 * HOUR), "many")
    assert both.said[Event.GATE_PASSED, Gate.RATE_LIMIT, Reason.OVER_LIMIT] > 100


def test_acts_under_a_limit_that_lasts_for_ages() -> None:
    """Once a century, thousands of acts: the last would come when 64 bits are over."""
    plan = plan_of("rate_limit: {per_agent: 0.01 per year}")
    assert plan.incident is not None
    act, both = plan.incident.acts[0], Both()
    acts = tuple(replace(act, account=f"@{k}", after=k) for k in range(4000))
    both(
        replace(plan, incident=replace(plan.incident, acts=acts, paced=True)),
        World(5, NOON, NOON + DAY),
        "ages",
    )
    assert both.events >= {Event.TOOK_EFFECT}


@pytest.mark.parametrize("day", ["2024-03-10", "2024-11-03"])
def test_days_on_which_clocks_change(day: str) -> None:
    more = """
zone: America/New_York
teams:
  support: {headcount: 3, shift: ["Sun 01:30-02:45 America/New_York", "22:00-01:00 America/New_York"]}
  leads: {headcount: 2, shift: "Sat-Sun 23:00-05:00 America/New_York"}
reports:
  ordinary: {command: deactivate, rate: 20 per hour, actioned: 80%, slip: 20%, handling: "median 9 min, p90 40 min",
    busy: [{when: "Sun 02:00-03:00 America/New_York", times: 5}, {when: "always", times: 0.5}]}
"""
    policy = "approval: {by: {leads: 1}, review: 'median 4 min, p90 15 min', catches: 10%, off_shift: pass}"
    plan, both = plan_of(policy, more, reading=None), Both()
    start = int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp()) * 1_000_000
    for number in range(4):
        both(plan, World(world_key(8, number), start - DAY, start + 2 * DAY), day)
    assert {Event.SHIFT_ON, Event.SHIFT_OFF, Event.REVIEW_ENDS} <= both.events


#: What a scenario may say, and what takes longer than 64 bits can count.
BEYOND = {
    "public": ("", "detection: {public: {delay: 'median 1 h, sigma 10'}}"),
    "response": ("", "response: {restore: 'weibull shape 0.1, scale 100 days'}"),
    "leaving": (
        "step_down: {before_last_shift: 1 h}",
        "incident: {actor: {leaves: {after_act: 'median 1 h, sigma 10'}}}",
    ),
    "left": (
        "deprovisioning: {lag: 1 h, session_tail: 1 h}",
        "incident: {actor: {left_before_act: 'median 1 h, sigma 10'}}",
    ),
    "probe": ("probe: {every: 100 years, recall: 0.1%}", ""),
}


@pytest.mark.parametrize("name", BEYOND)
def test_beyond_all_time(name: str) -> None:
    policy, more = BEYOND[name]
    plan, both = plan_of(policy, more), Both()
    for number in range(1000):
        both(plan, World(world_key(1, number), NOON, NOON + 5 * HOUR), number)
