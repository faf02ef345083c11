"""What a scenario implies before anything is simulated: errors a year, load of each pool."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..model import lengths
from ..model.compile import compile_plan
from ..model.compile_causes import compile_causes
from ..model.plan import Plan, TeamPlan
from ..model.shifts import DAY, overlap
from ..model.world import mean_times
from ..scenario.order import in_name_order
from ..scenario.schema import Scenario
from .results import Refused
from .settling import Flow, flows
from .unserved import expected, held_without_end


@dataclass(frozen=True, slots=True)
class PoolLoad:
    """How busy routine keeps a team: `load` is work offered over people on shift, infinity where nobody is there to
    do it. `grows` tells that its queue does so without bound; requests that time out bound it at any load.
    `policy` is None for what every policy has."""

    team: str
    policy: str | None
    load: float
    grows: bool
    text: str


@dataclass(frozen=True, slots=True)
class Implied:
    """Wrongful actions expected in a year, by tier, the load of each pool, and what honest work policies refuse."""

    wrongful_per_year: Mapping[str, float]
    pools: tuple[PoolLoad, ...]
    refused: Mapping[str, Refused]


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
    pools = [_pool(own, team, None, everywhere[team]) for team in sorted(everywhere, key=teams.index)]
    refused = {}
    for policy in scenario.policies:
        plan = compile_plan(ordered, policy, None)
        found = loads(plan)
        pools += [
            _pool(plan, team, policy, found[team])
            for team in sorted(found, key=teams.index)
            if found[team] != everywhere.get(team, 0.0)
        ]
        if (much := expected(plan)) is not None:
            refused[policy] = much
    return Implied(wrongful, tuple(pools), refused)


def _pool(plan: Plan, team: str, policy: str | None, load: float) -> PoolLoad:
    grows = team in overloaded(plan)
    return PoolLoad(team, policy, load, grows, _text(plan, team, load, grows=grows))


def overloaded(plan: Plan) -> dict[str, str]:
    """The teams whose queues grow without bound, each with a few words that say so.

    Only what waits for as long as it takes makes a queue grow. Requests that time out do not: they leave, and only
    keep from work what comes behind them (the urgent ones all that is not urgent, all of them false alarms).
    """
    found = {
        team: f"the busiest of {team} at {load:.0%} of what the rate limit lets through"
        for team, load in held_without_end(plan).items()
    }
    for place, team in enumerate(plan.teams):
        mine = [flow for flow in flows(plan) if flow.team == place and not flow.undo]
        if _grows(team, mine):
            load = loads(plan)[team.name]
            found[team.name] = (
                f"{team.name} at {load:.0%}" if math.isfinite(load) else _nobody(plan, team.name)
            )
    return found


def _grows(team: TeamPlan, mine: Sequence[Flow]) -> bool:
    """Whether the queue of a team with this work grows without bound."""
    holders, people = team.holders * _on_shift(team), team.headcount * _on_shift(team)
    stays = [flow for flow in mine if math.isinf(flow.patience)]
    first = _work([flow for flow in mine if not flow.alarms], urgent=True)
    usual = _work([flow for flow in stays if not flow.alarms])
    late = _work([flow for flow in stays if not flow.alarms], urgent=False)
    alarms = any(flow.alarms for flow in mine)
    return (
        _over(_work([flow for flow in stays if flow.reports]), holders) >= 1.0
        or _over(usual, people) >= 1.0
        or (late > 0.0 and _over(first + late, people) >= 1.0)
        or (alarms and _over(_work(mine), people) >= 1.0)
    )


def _work(some: Sequence[Flow], *, urgent: bool | None = None) -> float:
    """People who are at work on average, of that which is `urgent` or not, or of all."""
    found = 0.0
    for flow in some:
        part = 1.0 if urgent is None else flow.urgent if urgent else 1.0 - flow.urgent
        found += part * float(flow.rate.mean()) * flow.mean
    return found


def _text(plan: Plan, team: str, load: float, *, grows: bool) -> str:
    if not grows and load >= 1.0:
        who = (
            f"{team} is asked for {load:.0%} of what it can do"
            if math.isfinite(load)
            else _nobody(plan, team)
        )
        return f"{who}: requests wait until their time is up"
    if not math.isfinite(load):
        reports = any(plan.teams[place].name == team for stream in plan.streams for place in stream.teams)
        return f"{_nobody(plan, team)}, its {'reports are' if reports else 'work is'} never handled"
    if load >= 1.0:
        return f"{team} is offered {load:.0%} of what it can do: its queue grows without bound"
    if grows:
        return f"{team} is busy {load:.1%}, and held without end: {overloaded(plan)[team]}"
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
            if (p := given.protected_list) is not None and p.senior is not None and p.control.reaches(*where):
                work[plan.teams[p.senior].name] += rate * p.control.covers * lengths.mean(p.handling)
            if (d := given.separation_of_duties) is not None and d.control.reaches(*where):
                work[plan.teams[d.team].name] += rate * d.control.covers * lengths.mean(d.takes)
    if given.alert is not None:
        team = plan.teams[plan.response.team]
        work[team.name] += given.alert.false_per_microsecond * lengths.mean(given.alert.triage)
    for flow in flows(plan):
        if math.isfinite(
            flow.patience
        ):  # requests for approval, without those that pass as nobody is on shift
            work[plan.teams[flow.team].name] += _work([flow])
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
