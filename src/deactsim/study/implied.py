"""What a scenario implies before anything is simulated: errors a year, load of each pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..model import lengths
from ..model.compile import compile_plan
from ..model.plan import Plan, TeamPlan
from ..model.shifts import DAY, overlap
from ..scenario.schema import Scenario

YEAR = 365.25 * DAY


@dataclass(frozen=True, slots=True)
class PoolLoad:
    """How busy routine keeps a team: `load` is work offered over people on shift, 1 or more
    means the queue grows without bound. `policy` is None for what every policy has."""

    team: str
    policy: str | None
    load: float
    text: str


@dataclass(frozen=True, slots=True)
class Implied:
    """Wrongful actions expected in a year, by tier, and the load of each pool."""

    wrongful_per_year: Mapping[str, float]
    pools: tuple[PoolLoad, ...]


def implied(scenario: Scenario) -> Implied:
    """What the scenario implies, from its means alone."""
    own = compile_plan(scenario, scenario.baseline, None)
    wrongful = {s.tier: s.per_microsecond * YEAR * s.actioned * s.slip for s in own.streams}
    everywhere = loads(own)
    pools = [PoolLoad(team, None, load, _text(team, load)) for team, load in everywhere.items()]
    for policy in scenario.policies:
        for team, load in loads(compile_plan(scenario, policy, None)).items():
            if load != everywhere.get(team, 0.0):
                pools.append(PoolLoad(team, policy, load, _text(team, load)))
    return Implied(wrongful, tuple(pools))


def _text(team: str, load: float) -> str:
    if load >= 1.0:
        return f"{team} is offered {load:.0%} of what it can do: its queue grows without bound"
    return f"{team} is busy {load:.1%} of its time on shift"


def loads(plan: Plan) -> dict[str, float]:
    """Work offered to each team over what its people on shift can do."""
    work = dict.fromkeys((team.name for team in plan.teams), 0.0)
    holders = {team.name: team.headcount for team in plan.teams}
    given = plan.safeguards
    for stream in plan.streams:
        able = [plan.teams[i] for i in stream.teams]
        capacity = {team.name: _on_shift(team) * team.holders for team in able}
        total = sum(capacity.values())
        for team in able:
            holders[team.name] = team.holders
            if total > 0.0:
                part = capacity[team.name] / total
                work[team.name] += part * stream.per_microsecond * lengths.mean(stream.handling)
        acts = stream.per_microsecond * stream.actioned
        share = {team.name: capacity[team.name] / total if total else 0.0 for team in able}
        for place, team in enumerate(able):
            rate = acts * share[team.name]
            where = (None, stream.tier, stream.command, team.name, stream.tools[place])
            if (a := given.approval) is not None and a.control.reaches(*where):
                for slot in a.slots:
                    work[plan.teams[slot].name] += rate * a.control.covers * lengths.mean(a.review)
            if (p := given.protected_list) is not None and p.senior is not None and p.control.reaches(*where):
                work[plan.teams[p.senior].name] += rate * p.control.covers * lengths.mean(p.handling)
            if (d := given.separation_of_duties) is not None and d.control.reaches(*where):
                work[plan.teams[d.team].name] += rate * d.control.covers * lengths.mean(d.takes)
    if given.alert is not None:
        team = plan.teams[plan.response.team]
        work[team.name] += given.alert.false_per_microsecond * lengths.mean(given.alert.triage)
    found = {}
    for team in plan.teams:
        people = holders[team.name] * _on_shift(team)
        if work[team.name] > 0.0:
            found[team.name] = work[team.name] / people if people > 0.0 else float("inf")
    return found


def _on_shift(team: TeamPlan) -> float:
    """The share of a week the team is on shift."""
    return overlap(team.windows, 0, 7 * DAY) / (7 * DAY)
