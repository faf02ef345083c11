"""Small random scenarios on a coarse grid of time, and the first row in which two traces differ."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from deactsim.model.lengths import FIXED, Length
from deactsim.model.plan import ActPlan, Plan
from deactsim.model.streams import insider_id, occurrence_id
from deactsim.model.trace import Row, Trace
from deactsim.model.world import HOUR, Script, World

from .tiny import MINUTE, NOON, plan_of

GRID = 5 * MINUTE
WITHOUT_CHANCE = plan_of()


def on_grid(key: int, start: int, end: int) -> World:
    """A world in which everything takes whole five minutes, so that much falls together."""
    return World(key, start, end, script=Script(grid=GRID))


def difference(trace: Trace, other: Trace | Sequence[Row]) -> str:
    """The first row in which two runs differ, with the rows before it; empty if none does.

    Of two traces what they say was missed is compared too.
    """
    rows = other.rows if isinstance(other, Trace) else other
    for number in range(max(len(trace.rows), len(rows))):
        ours = trace.rows[number] if number < len(trace.rows) else None
        theirs = rows[number] if number < len(rows) else None
        if ours != theirs:
            before = [f"     {told(trace, row)}" for row in trace.rows[max(0, number - 8) : number]]
            shown = [told(trace, row) if row is not None else "(no row)" for row in (ours, theirs)]
            return "\n".join([f"row {number}:", *before, f"one: {shown[0]}", f"two: {shown[1]}"])
    if isinstance(other, Trace) and other.missed is not trace.missed:
        return f"row {len(rows)}: one missed {trace.missed!r}, two {other.missed!r}"
    return ""


def told(trace: Trace, row: Row) -> str:
    """A row as numbers, and as text as far as its codes and ids are known."""
    begin = trace.plan.incident.at if trace.plan.incident is not None else NOON
    words = [f"{(row.time - begin) / MINUTE:g} min"]
    for name in (trace.event_name, trace.entity_name, trace.by_name, trace.reason_text):
        try:
            words.append(name(row))
        except (KeyError, ValueError):
            words.append("?")
    return " ".join(word for word in words if word) + f"  {tuple(row)}"


def case(seed: int, *, all_safeguards: bool = False) -> tuple[Plan, list[World]]:
    """A random small scenario and three worlds of it; the oracle does not know all safeguards."""
    chance = random.Random(seed)
    policy, platform, reading = (
        policy_of(chance),
        platform_of(chance),
        chance.choice(["meant", "meant", None]),
    )
    if all_safeguards:
        policy = f"{policy}\n{further_of(chance)}".strip()
    plan = peopled(chance, plan_of(policy, platform, reading=reading))
    start, end = bounds_of(plan)
    return plan, [on_grid(chance.getrandbits(64), start, end) for _ in range(3)]


def peopled(chance: random.Random, plan: Plan) -> Plan:
    """Further incidents in the same world, and keys that actors have."""

    def keys() -> tuple[tuple[int, int], ...]:
        held = ((index, chance.choice([0, 0, 1, 2])) for index in range(len(plan.teams)))
        return tuple((index, count) for index, count in held if count)

    if plan.incident is not None:
        erred = chance.random() < 0.4
        plan = replace(plan, incident=replace(plan.incident, keys=keys(), actor_notices=erred))
    model = plan.incident or WITHOUT_CHANCE.incident
    assert model is not None
    others = []
    for number in range(chance.choice([0, 0, 1, 2])):
        first, team = occurrence_id("other", number), chance.randrange(2)
        tiers = {"@a": "vip", "@b": "vip", "@c": "ordinary"}
        accounts = chance.choice([["@c"], ["@b", "@c"], ["@a"]])
        acts = (ActPlan(name, tiers[name], 100, k * 2 * GRID) for k, name in enumerate(accounts))
        others.append(
            replace(
                model, id=first, team=team, agent=insider_id(plan.teams[team].id, first), acts=tuple(acts),
                at=NOON + chance.randrange(-6, 7) * GRID, keys=keys(), actor_notices=chance.random() < 0.4,
                leaves=chance.choice([None, Length(FIXED, 2.0 * GRID), Length(FIXED, 6.0 * GRID)]),
            )
        )  # fmt: skip
    return replace(plan, others=tuple(others))


def bounds_of(plan: Plan) -> tuple[int, int]:
    if plan.incident is None:
        return NOON - 2 * HOUR, NOON + 3 * HOUR
    return plan.incident.at - plan.incident.warm_up, plan.incident.at + plan.incident.follow


def platform_of(chance: random.Random) -> str:
    def shift() -> str:
        return chance.choice(["always", "always", "11:00-12:10 UTC", "12:00-13:00 UTC", "09:00-16:00 UTC"])

    def takes(*minutes: int) -> str:
        low = chance.choice(minutes)
        return chance.choice([f"{low} min", f"uniform {low} min to {low + 20} min"])

    responder = chance.choice(["oncall", "oncall", "support"])
    return f"""
teams:
  support: {{headcount: {chance.randint(2, 3)}, shift: "{shift()}"}}
  agency:  {{headcount: {chance.randint(1, 2)}, may: {{deactivate: [ordinary]}}, shift: "{shift()}"}}
  leads:   {{headcount: {chance.randint(2, 3)}, shift: "{shift()}"}}
  oncall:  {{headcount: 2, shift: "{shift()}"}}
platform: {{commands: {{deactivate: {{lag: {takes(0, 0, 5)}}}}}, retention: {chance.choice(["40 min", "30 days"])}}}
reports:
  ordinary:
    command: deactivate
    rate: {chance.choice([2, 6, 12])} per hour
    actioned: {chance.choice([50, 100])}%
    handling: {takes(5, 10)}
    urgent: {chance.choice([0, 30])}%
    slip: {chance.choice([0, 0, 40])}%
    misidentified: {chance.choice([0, 0, 30])}%
detection:
  public: {{delay: {takes(5, 10)}, chance: {chance.choice([70, 100])}%}}
  holder: {{delay: {takes(5, 20)}, chance: {chance.choice([0, 60])}%}}
  colleague: {{delay: {takes(5, 20)}, chance: {chance.choice([0, 0, 60])}%}}
  actor: {{delay: {takes(0, 5, 20)}, chance: {chance.choice([0, 70])}%, undoes: {chance.choice(["true", "false"])}}}
  word_reaches_platform: {{delay: {takes(0, 5)}}}
response: {{by: {responder}, pick_up: {takes(0, 5)}, find_cause: {takes(5)}, authorise: {takes(0, 5)},
  restore: {takes(5)}, contain: {takes(0, 10)}}}
incident:
  warm_up: 1 h
  follow: 4 h
  actor: {{leaves: {{after_act: {takes(0, 10)}}}, among_holders: 80%}}
  further_acts: [{chance.choice(["", '{account: "@b", after: 10 min}'])}]
"""


def policy_of(chance: random.Random) -> str:
    def reach() -> str:
        return chance.choice(
            ["", "", ", covers: 60%", ", of: vip", ", works: 70%, stretch: 1 h", ", teams: support"]
        )

    commands = chance.choice(["", ", commands: [deactivate, restore]"])
    by = chance.choice(["{leads: 1}", "{leads: 2}", "{leads: 1, support: 1}", "{support: 1}", "{oncall: 1}"])
    written = {
        "approval": f"{{by: {by}, review: uniform 0 min to 20 min, catches: 50%, time_out: 20 min,"
        f" stamps: 20%, stamps_per_queued: {chance.choice([0, 20])}%, then: {chance.choice(['deny', 'pass'])},"
        f" off_shift: {chance.choice(['wait', 'pass'])}{commands}{reach()}}}",
        "protected_list": f"{{then: {chance.choice(['deny', 'leads', 'leads'])}, handling: uniform 0 min to 15 min,"
        f" catches: 50%{reach()}}}",
        "step_down": f"{{before_last_shift: {chance.choice([10, 30])} min, told_in_time: 50%,"
        f" rechecked: {chance.choice(['true', 'false'])}{reach()}}}",
        "cooling_off": f"{{for: {chance.choice([5, 15])} min, watched: 50%, notices: uniform 0 min to 30 min,"
        f" holder_told: {chance.choice(['true', 'false'])}{reach()}}}",
        "alert": f"{{after: uniform 0 min to 10 min, recall: 70%, ignored: 20%, false_alarms: 3 per hour,"
        f" triage: uniform 5 min to 15 min{reach()}}}",
        "preauthorised_undo": f"{{stretch: 1 h{reach().replace(', stretch: 1 h', '')}}}",
        "undo_button": f"{{restore: uniform 0 min to 10 min{reach()}}}",
        "on_call": f"{{pick_up: uniform 0 min to 10 min{chance.choice(['', ', headcount: 4'])}{reach()}}}",
        "automatic_restore": f"{{after: uniform 5 min to 60 min, undoes_honest: 50%{reach()}}}",
    }
    chosen = [name for name in written if chance.random() < 0.35]
    if "step_down" in chosen and chance.random() < 0.5:
        chosen.remove("step_down")
    return "\n".join(f"{name}: {written[name]}" for name in chosen)


def further_of(chance: random.Random) -> str:
    """Safeguards that the oracle does not know."""

    def reach() -> str:
        return chance.choice(["", "", ", of: ordinary", ", covers: 60%"])

    by, then = chance.choice(["leads", "leads", "oncall", "support"]), chance.choice(["hold", "deny"])
    written = {
        "lock_down": f"{{after: uniform 0 min to 10 min, for: {chance.choice([10, 30, 90])} min{reach()}}}",
        "rate_limit": f"{{per_agent: {chance.choice([1, 2])} per hour, then: {then}{reach()}}}",
        "just_in_time": f"{{takes: uniform 0 min to 10 min, lasts: 30 min{reach()}}}",
        "separation_of_duties": f"{{by: {by}, takes: uniform 0 min to 15 min, catches: 50%{reach()}}}",
        "confirm": f"{{stops_slips: 50%, takes: uniform 0 min to 10 min{reach()}}}",
        "least_privilege": "{holders: 1}",
    }
    return "\n".join(f"{name}: {text}" for name, text in written.items() if chance.random() < 0.3)
