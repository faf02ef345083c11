"""Random scenarios with anything in them: every safeguard, every shape of length, crowds, records, scripts.

They go as far as plans and worlds can, not as files: `compared.case` has the tame ones.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from deactsim.model.lengths import (
    EXPONENTIAL,
    FIXED,
    LOGNORMAL,
    QUANTILES,
    TRIANGULAR,
    UNIFORM,
    WEIBULL,
    Length,
)
from deactsim.model.plan import (
    ApprovalPlan,
    ConfirmPlan,
    Control,
    IncidentPlan,
    Plan,
    RateLimitPlan,
    StreamPlan,
    TeamPlan,
)
from deactsim.model.states import Stage
from deactsim.model.streams import Purpose, agent_id, component_id, report_id
from deactsim.model.world import HOUR, Leaver, Pin, Report, Script, World

from .compared import GRID, bounds_of, further_of, peopled, platform_of, policy_of
from .tiny import MINUTE, NOON, plan_of

SHAPES = (FIXED, UNIFORM, TRIANGULAR, EXPONENTIAL, LOGNORMAL, WEIBULL, QUANTILES)
VIP = "command: deactivate, actioned: 60%, handling: uniform 0 min to 15 min, urgent: 20%"
HOURS = [
    plan_of("", f'teams: {{leads: {{shift: "{shift}"}}}}').teams[1].windows
    for shift in ("12:00-12:30 UTC", "10:45-13:00 UTC", "always")
]


def anything(seed: int) -> tuple[Plan, list[World]]:
    """A random scenario, and three worlds: on the grid, off it, and with something placed or known in it.

    Two seeds after each other begin with the same file.
    """
    chance = random.Random(f"anything {seed}")
    plan = _crowded(chance, _moved(chance, peopled(chance, _written(seed // 2))))
    start, end = bounds_of(plan)
    keys = [chance.getrandbits(64) for _ in range(3)]
    return plan, [
        World(keys[0], start, end, script=Script(grid=GRID)),
        World(keys[1], start, end),
        _placed(chance, plan, keys[2], start, end),
    ]


@lru_cache(maxsize=8)
def _written(seed: int) -> Plan:
    """The plan of a random file."""
    chance = random.Random(f"file {seed}")
    policy = f"{policy_of(chance)}\n{further_of(chance)}\n{_seldom(chance)}".strip()
    more = f"{platform_of(chance)}\n---\n{_more(chance)}"
    reading, adapts = chance.choice(["meant", "meant", None]), chance.random() < 0.3
    return plan_of(policy, more, reading=reading, adapts=adapts and reading is not None)


def _seldom(chance: random.Random) -> str:
    """Safeguards that neither `policy_of` nor `further_of` draws."""
    written = {
        "open_report": "{}",
        "deprovisioning": f"{{lag: uniform 0 min to 20 min, vendor_lag: {chance.choice([0, 10])} min, lost: 30%,"
        f" rechecked: {chance.choice(['true', 'false'])},"
        f" session_tail: uniform 0 min to 10 min}}",
        "probe": f"{{every: {chance.choice([5, 17])} min, recall: {chance.choice([0, 40, 100])}%}}",
        "audit": f"{{every: {chance.choice([10, 60])} min, sample: 50%, recall: 70%}}",
        "leaver_watch": f"{{before_last_shift: {chance.choice([10, 90])} min, after: uniform 0 min to 10 min,"
        f" recall: 70%}}",
        "retention": f"{{keep: {chance.choice([10, 40])} min}}",
    }
    return "\n".join(f"{name}: {text}" for name, text in written.items() if chance.random() < 0.25)


def _more(chance: random.Random) -> str:
    """Sections that `platform_of` leaves out."""
    steps = chance.choice(["[]", "[50%]", "[10%, 20%, 90%]"])
    undoes = chance.choice(["true", "false"])
    written = [
        f"detection: {{actor: {{delay: uniform 0 min to 20 min, undoes: {undoes}}}}}",
        f"statements: {{first: uniform 0 min to 30 min{chance.choice(['', ', second: uniform 0 min to 60 min'])}}}",
        f"audience_whole: {{within: uniform 0 min to {chance.choice([5, 60])} min, steps: {steps}}}",
        f"reports: {{vip: {{rate: {chance.choice([1, 5])} per hour, slip: 20%, {VIP}}}}}",
    ]
    spread = chance.choice(["0 min", "0 min", "7 min"])
    incident = f"""
incident:
  readings: {{meant: {{cause: {chance.choice(["deliberate", "slip", "misidentified"])}}}}}
  at: {{value: 2024-01-01T12:00:00Z, give_or_take: {spread}}}
  actor: {{open_report: {chance.choice(["true", "false"])}}}
"""
    if chance.random() < 0.4:
        incident += '  further_acts: [{account: "@b", after: 5 min}, {account: "@c", after: 5 min}]\n'
    return "\n".join([one for one in written if chance.random() < 0.5] + [incident])


def _moved(chance: random.Random, thing: Any) -> Any:
    """A plan, or a part of it, with lengths of other shapes and controls that reach, fail and rot otherwise."""
    if isinstance(thing, Length):
        return _length(chance) if chance.random() < 0.2 else thing
    if isinstance(thing, tuple):
        return tuple(_moved(chance, one) for one in thing)
    if is_dataclass(thing) and not isinstance(thing, TeamPlan):
        new: Any = {field.name: _moved(chance, getattr(thing, field.name)) for field in fields(thing)}
        moved = replace(thing, **new)  # type: ignore[type-var]
        return KINDS[type(moved)](chance, moved) if type(moved) in KINDS else moved
    return thing


def _length(chance: random.Random) -> Length:
    low = chance.choice([0.0, 0.0, 1.0, 4.0]) * MINUTE
    span = chance.choice([2.0, 15.0, 40.0]) * MINUTE
    middle = low + chance.choice([0.0, 0.3, 1.0]) * span
    return {
        FIXED: Length(FIXED, chance.choice([0.0, 1.5, low, middle])),
        UNIFORM: Length(UNIFORM, low, low + span),
        TRIANGULAR: Length(TRIANGULAR, low, middle, low + span),
        EXPONENTIAL: Length(EXPONENTIAL, span),
        LOGNORMAL: Length(LOGNORMAL, chance.uniform(18.0, 22.0), chance.choice([0.2, 1.0, 3.0])),
        WEIBULL: Length(WEIBULL, chance.choice([0.5, 1.0, 4.0]), span),
        QUANTILES: Length(QUANTILES, table=(0.0, low, 0.5, middle, 0.9, middle, 1.0, low + span)),
    }[chance.choice(SHAPES)]


def _control(chance: random.Random, control: Control) -> Control:
    if chance.random() < 0.5:
        return control
    return replace(
        control,
        component=chance.choice([control.id, component_id("shared")]),
        targets=chance.choice([None, control.targets, frozenset({"vip"}), frozenset({"@b", "ordinary"})]),
        teams=chance.choice([None, None, frozenset({"support"})]),
        tools=chance.choice([None, None, frozenset({"api"})]),
        covers=chance.choice([1.0, 0.6]),
        outage=chance.choice([0.0, 0.3, 0.6, 1.0]),
        stretch=chance.choice([7, 60]) * MINUTE,
        rots=chance.choice([0.0, 1.0 / HOUR]),
        mended=chance.choice([20, 200]) * MINUTE,
    )


def _approval(chance: random.Random, approval: ApprovalPlan) -> ApprovalPlan:
    """Often of undos as well; sometimes by more people than there are places of a moment."""
    if chance.random() < 0.75:
        commands = (approval.control.commands or frozenset()) | {"restore"}
        approval = replace(approval, control=replace(approval.control, commands=commands))
    if chance.random() < 0.8:
        return approval
    slots = tuple(chance.choice([0, 2, 2, 3]) for _ in range(chance.randint(16, 20)))
    review = Length(UNIFORM, 0.0, 5.0 * MINUTE)
    return replace(approval, slots=slots, review=review, catches=0.02, time_out=chance.choice([2, 4]) * HOUR)


def _stream(chance: random.Random, stream: StreamPlan) -> StreamPlan:
    if chance.random() < 0.7:
        return stream
    busy = ((chance.choice(HOURS), chance.choice([0.0, 3.0])), (chance.choice(HOURS), 0.25))
    times = chance.choice([0.0, 1.0, 8.0])
    return replace(stream, busy=busy, per_microsecond=times * stream.per_microsecond)


def _incident(chance: random.Random, incident: IncidentPlan) -> IncidentPlan:
    if chance.random() < 0.5:
        return incident
    return replace(
        incident,
        open_report=chance.random() < 0.5,
        among_holders=chance.choice([1.0, 0.5]),
        confirm_stops=chance.choice([0.0, 0.5]),
        actor_notices=chance.random() < 0.5,
        act_shift=chance.choice([0, 10 * MINUTE]),
        paced=chance.random() < 0.5,
        give_or_take=chance.choice([0, 7 * MINUTE]),
        leaves=chance.choice([incident.leaves, Length(FIXED, -30.0 * MINUTE)]),
        had_left=chance.random() < 0.3,
    )


def _confirm(chance: random.Random, confirm: ConfirmPlan) -> ConfirmPlan:
    return replace(confirm, habit=chance.choice([0.0, 0.5]), stops_misidentified=chance.choice([0.0, 0.5]))


def _rate_limit(chance: random.Random, limit: RateLimitPlan) -> RateLimitPlan:
    return replace(limit, actions=chance.choice([1, 2, 5]), window=chance.choice([10, 60]) * MINUTE)


KINDS: dict[type, Callable[[random.Random, Any], Any]] = {
    ApprovalPlan: _approval,
    ConfirmPlan: _confirm,
    Control: _control,
    IncidentPlan: _incident,
    RateLimitPlan: _rate_limit,
    StreamPlan: _stream,
}


def _crowded(chance: random.Random, plan: Plan) -> Plan:
    """More people, fewer who may act, leavers, and actors in more than one incident."""
    as_ever = 0.6 if plan.safeguards.step_down is None or plan.incident is not None else 0.1
    teams = tuple(team if chance.random() < as_ever else _staffed(chance, team) for team in plan.teams)
    others = plan.others
    if len(others) > 1 and chance.random() < 0.3:
        others = (others[0], replace(others[1], agent=others[0].agent, team=others[0].team), *others[2:])
    return replace(plan, teams=teams, others=others)


def _staffed(chance: random.Random, team: TeamPlan) -> TeamPlan:
    heads = chance.choice([team.heads, team.heads, 0, 33, 70])
    return replace(
        team,
        headcount=heads + team.headcount - team.heads,
        heads=heads,
        holders=chance.choice([heads, min(heads, 1), 0]) if team.holders else 0,
        contractor=chance.random() < 0.5,
        leavers_per_day=chance.choice([0.0, 0.9 * heads]),
        waves=((NOON + chance.randrange(-12, 24) * GRID, chance.choice([1, 3])),),
    )


def _placed(chance: random.Random, plan: Plan, key: int, start: int, end: int) -> World:
    """A world with a record, or one in which much is placed by hand."""
    if plan.incident is not None and chance.random() < 0.7:
        pins, lengths = {}, {}
        for stage in chance.sample(list(Stage), chance.randint(1, 4)):
            if chance.random() < 0.5:
                lengths[stage] = chance.randrange(0, 12) * GRID
            elif chance.random() < 0.5:
                pins[stage] = Pin(chance.randrange(0, 24) * GRID, True)
            else:
                pins[stage] = Pin(NOON + chance.randrange(0, 30) * GRID, False)
        script = chance.choice([None, Script(grid=GRID)])
        return World(key, start, end, pins=pins, lengths=lengths, script=script)
    return World(key, start, end, script=_script(chance, plan, start, end))


def _script(chance: random.Random, plan: Plan, start: int, end: int) -> Script:
    def times(most: int) -> list[int]:
        return sorted(start + chance.randrange(0, (end - start) // GRID) * GRID for _ in range(most))

    reports = [
        Report(time, report_id("ordinary", NOON // HOUR, k), chance.randrange(len(plan.streams)))
        for k, time in enumerate(times(chance.choice([0, 5, 40])))
    ]
    leavers = [
        Leaver(time, agent_id(team.id, chance.randrange(team.headcount)), team.id)
        for team in plan.teams
        if team.headcount
        for time in times(chance.choice([0, 2]))
    ]
    purposes = [Purpose.SLIP, Purpose.ACTIONED, Purpose.CATCH, Purpose.OUTAGE_LENGTH, Purpose.CHANNEL_CHANCE]
    told = [*(report.id for report in reports), *(one.id for one in plan.incidents)]
    return Script(
        reports=tuple(reports) if chance.random() < 0.7 else None,
        alarms=tuple((time, k) for k, time in enumerate(times(4))) if chance.random() < 0.5 else None,
        leavers=tuple(sorted(leavers, key=lambda who: (who.leaves, who.agent)))
        if chance.random() < 0.5
        else None,
        luck={(one, chance.choice(purposes)): chance.random() for one in told},
        grid=chance.choice([1, GRID]),
    )
