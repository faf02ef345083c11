"""What a scenario implies before anything is simulated: errors a year, load of each pool."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ..model import lengths
from ..model.compile import compile_plan
from ..model.compile_causes import compile_causes
from ..model.plan import Plan, TeamPlan
from ..model.shifts import DAY, overlap
from ..model.world import mean_times
from ..scenario.order import in_name_order
from ..scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class PoolLoad:
    """How busy routine keeps a team: `load` is work offered over people on shift, 1 or more
    means the queue grows without bound, infinity that nobody is there to do it. `policy` is
    None for what every policy has."""

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
    ordered = in_name_order(scenario)
    own = compile_plan(ordered, scenario.baseline, None)
    wrongful = dict.fromkeys(scenario.reports, 0.0)
    for cause in compile_causes(ordered):
        if cause.routine:
            wrongful[cause.targets[0].tier] += cause.per_year
    everywhere = loads(own)
    teams = list(scenario.teams)
    pools = [
        PoolLoad(team, None, everywhere[team], _text(own, team, everywhere[team]))
        for team in sorted(everywhere, key=teams.index)
    ]
    for policy in scenario.policies:
        plan = compile_plan(ordered, policy, None)
        found = loads(plan)
        pools += [
            PoolLoad(team, policy, found[team], _text(plan, team, found[team]))
            for team in sorted(found, key=teams.index)
            if found[team] != everywhere.get(team, 0.0)
        ]
    return Implied(wrongful, tuple(pools))


def overloaded(plan: Plan) -> dict[str, str]:
    """The teams that are offered more than they can do, each with a few words that say so."""
    return {
        team: f"{team} at {load:.0%}" if math.isfinite(load) else _nobody(plan, team)
        for team, load in loads(plan).items()
        if load >= 1.0
    }


def _text(plan: Plan, team: str, load: float) -> str:
    if not math.isfinite(load):
        reports = any(plan.teams[place].name == team for stream in plan.streams for place in stream.teams)
        return f"{_nobody(plan, team)}, its {'reports are' if reports else 'work is'} never handled"
    if load >= 1.0:
        return f"{team} is offered {load:.0%} of what it can do: its queue grows without bound"
    return f"{team} is busy {load:.1%} of its time on shift"


def _nobody(plan: Plan, name: str) -> str:
    """Why a team can do nothing of what it is asked."""
    team = next(team for team in plan.teams if team.name == name)
    if team.headcount * _on_shift(team) == 0.0:
        return f"nobody in {name} is ever on shift"
    return f"nobody in {name} holds the right"


def loads(plan: Plan) -> dict[str, float]:
    """Work offered to each team over what its people on shift can do.

    Reports only holders of the right may take, all else anybody: the load is that of whichever
    has more to do, the holders with the reports or everybody with everything.
    """
    reports = dict.fromkeys((team.name for team in plan.teams), 0.0)
    work = dict(reports)
    given = plan.safeguards
    for stream in plan.streams:
        rate_of_reports = stream.per_microsecond * mean_times(stream.busy)
        able = [plan.teams[i] for i in stream.teams]
        capacity = {team.name: _on_shift(team) * team.holders for team in able}
        total = sum(capacity.values())
        for team in able:
            if total > 0.0:
                part = capacity[team.name] / total
                reports[team.name] += part * rate_of_reports * lengths.mean(stream.handling)
            elif stream.per_microsecond > 0.0:
                reports[team.name] = math.inf  # they come, and nobody ever takes them
        acts = rate_of_reports * stream.actioned
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
        asked, all_work = reports[team.name], reports[team.name] + work[team.name]
        if all_work > 0.0:
            shift = _on_shift(team)
            found[team.name] = max(
                _over(asked, team.holders * shift), _over(all_work, team.headcount * shift)
            )
    return found


def _over(work: float, people: float) -> float:
    if work == 0.0:
        return 0.0
    return work / people if people > 0.0 else math.inf


def _on_shift(team: TeamPlan) -> float:
    """The share of a week the team is on shift."""
    return overlap(team.windows, 0, 7 * DAY) / (7 * DAY)
