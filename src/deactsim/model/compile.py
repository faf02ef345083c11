"""From a scenario, a policy and a reading to a plan."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..errors import DeactsimError
from ..scenario.safeguards import Safeguards
from ..scenario.schema import Reading, Scenario
from . import lengths
from .compile_safeguards import Controls, compile_safeguards
from .lengths import length_of
from .plan import (
    ActPlan,
    ChannelPlan,
    CommandPlan,
    DetectionPlan,
    IncidentPlan,
    Plan,
    ResponsePlan,
    StreamPlan,
    TeamPlan,
)
from .streams import act_id, actor_id, team_id


class CannotBeSaid(DeactsimError):
    """The scenario does not say what the policy's effect on this incident hangs on."""


def compile_plan(scenario: Scenario, policy: str, reading: str | None, *, adapts: bool = False) -> Plan:
    """The plan of one policy under one reading; without a reading, routine work alone.

    Raises `CannotBeSaid` where the policy's effect on the incident hangs on something the
    scenario leaves open.
    """
    safeguards = scenario.policies[policy].safeguards
    index = {name: i for i, name in enumerate(scenario.teams)}
    retention = safeguards.retention
    return Plan(
        teams=_teams(scenario, safeguards),
        streams=_streams(scenario, index),
        commands=tuple(
            CommandPlan(name, length_of(command.lag.value), command.undo or "")
            for name, command in scenario.platform.commands.items()
        ),
        safeguards=compile_safeguards(scenario, safeguards, index),
        detection=_detection(scenario),
        response=_response(scenario, index),
        retention=(retention.keep if retention else scenario.platform.retention).value,
        incident=None if reading is None else _incident(scenario, safeguards, index, reading, adapts),
    )


def _teams(scenario: Scenario, safeguards: Safeguards) -> tuple[TeamPlan, ...]:
    holders = {name: team.headcount.value for name, team in scenario.teams.items() if team.may}
    if safeguards.least_privilege is not None:
        holders = _shared_out(safeguards.least_privilege.holders.value, holders)
    on_call = safeguards.on_call
    plans = []
    for name, team in scenario.teams.items():
        headcount = team.headcount.value
        if on_call is not None and on_call.headcount is not None and name == scenario.response.by:
            headcount = max(headcount, on_call.headcount.value)
        plans.append(
            TeamPlan(
                id=team_id(name),
                name=name,
                headcount=headcount,
                holders=holders.get(name, 0),
                windows=team.shift,
                leavers_per_day=team.turnover.value.per_day * team.headcount.value,
                contractor=team.employment.value == "contractor",
                heads=team.headcount.value,
                waves=tuple((wave.at.value, wave.leavers.value) for wave in team.waves),
            )
        )
    return tuple(plans)


def _shared_out(total: int, heads: Mapping[str, int]) -> dict[str, int]:
    """So many holders over teams in proportion to their heads, by largest remainder."""
    everyone = sum(heads.values())
    total = min(total, everyone)
    parts = {name: total * count / everyone for name, count in heads.items()}
    given = {name: int(part) for name, part in parts.items()}
    by_remainder = sorted(parts, key=lambda name: (given[name] - parts[name], name))
    for name in by_remainder[: total - sum(given.values())]:
        given[name] += 1
    return given


def _streams(scenario: Scenario, index: Mapping[str, int]) -> tuple[StreamPlan, ...]:
    plans = []
    for tier, stream in scenario.reports.items():
        able = [n for n, team in scenario.teams.items() if tier in team.may.get(stream.command, ())]
        plans.append(
            StreamPlan(
                tier=tier,
                command=stream.command,
                per_microsecond=stream.rate.value.per_microsecond,
                actioned=stream.actioned.value,
                urgent=stream.urgent.value,
                slip=stream.slip.value,
                misidentified=stream.misidentified.value,
                handling=length_of(stream.handling.value),
                teams=tuple(index[name] for name in able),
                tools=tuple(scenario.teams[name].tool for name in able),
                followers=scenario.platform.tiers[tier].followers.value,
                busy=tuple((busy.when, busy.times.value) for busy in stream.busy),
            )
        )
    return tuple(plans)


def _detection(scenario: Scenario) -> DetectionPlan:
    given = scenario.detection
    public, slope, at = None, 0.0, 1
    if given.public is not None:
        public = ChannelPlan(given.public.chance.value, length_of(given.public.delay.value))
        at = given.public.at_followers.value
        if given.public.also is not None:
            here = lengths.quantile(public.delay, 0.5)
            there = given.public.also.median.value
            slope = math.log(there / here) / math.log(at / given.public.also.at_followers.value)
    channels = {
        name: ChannelPlan(channel.chance.value, length_of(channel.delay.value))
        for name in ("holder", "colleague", "actor")
        if (channel := getattr(given, name)) is not None
    }
    return DetectionPlan(
        word=length_of(given.word_reaches_platform.delay.value),
        public=public,
        public_at=at,
        public_slope=slope,
        holder=channels.get("holder"),
        colleague=channels.get("colleague"),
        actor=channels.get("actor"),
        actor_undoes=given.actor is not None and given.actor.undoes.value,
    )


def _response(scenario: Scenario, index: Mapping[str, int]) -> ResponsePlan:
    given, said, whole = scenario.response, scenario.statements, scenario.audience_whole
    return ResponsePlan(
        team=index[given.by],
        pick_up=length_of(given.pick_up.value),
        find_cause=length_of(given.find_cause.value),
        authorise=length_of(given.authorise.value),
        restore=length_of(given.restore.value),
        contain=length_of(given.contain.value),
        first_statement=length_of(said.first.value) if said else None,
        second_statement=length_of(said.second.value) if said and said.second else None,
        audience_whole=length_of(whole.within.value) if whole else None,
        audience_steps=len(whole.steps) if whole else 0,
    )


def _incident(
    scenario: Scenario, safeguards: Safeguards, index: Mapping[str, int], name: str, adapts: bool
) -> IncidentPlan:
    incident = scenario.incident
    assert incident is not None  # noqa: S101 - a reading exists only within an incident
    reading = incident.readings[name]
    actor, tiers = incident.actor, scenario.platform.accounts
    if safeguards.least_privilege is not None and actor.among_holders is None:
        holders = safeguards.least_privilege.holders.value
        raise CannotBeSaid(f"unknown whether this actor would be one of the {holders}")
    acts = [(incident.account, 0)] + [(act.account, act.after.value) for act in incident.further_acts]
    return IncidentPlan(
        acts=tuple(
            ActPlan(account, tiers[account].tier, tiers[account].followers.value, after)
            for account, after in acts
        ),
        command=incident.command,
        team=index[actor.team],
        tool=scenario.teams[actor.team].tool,
        at=incident.at.value.value,
        give_or_take=incident.at.give_or_take.value,
        leaves=length_of(actor.leaves.after_act.value) if actor.leaves else None,
        open_report=actor.open_report.value,
        among_holders=1.0
        if safeguards.least_privilege is None or actor.among_holders is None
        else actor.among_holders.value,
        confirm_stops=_confirm_stops(safeguards, reading),
        actor_notices=reading.cause != "deliberate" and scenario.detection.actor is not None,
        act_shift=_act_shift(scenario, safeguards) if adapts else 0,
        paced=adapts and safeguards.rate_limit is not None and len(acts) > 1,
        warm_up=incident.warm_up.value,
        follow=incident.follow.value,
        id=act_id(0),
        agent=actor_id(team_id(actor.team)),
    )


def _act_shift(scenario: Scenario, safeguards: Safeguards) -> int:
    """How much earlier the actor acts if he knows that he would be stepped down."""
    incident, step_down = scenario.incident, safeguards.step_down
    assert incident is not None  # noqa: S101 - an actor exists only within an incident
    if step_down is None or incident.actor.leaves is None:
        return 0
    tier = scenario.platform.accounts[incident.account].tier
    team = incident.actor.team
    control = Controls(scenario)("step_down", step_down)
    if not control.reaches(incident.account, tier, incident.command, team, scenario.teams[team].tool):
        return 0
    return step_down.before_last_shift.value


def _confirm_stops(safeguards: Safeguards, reading: Reading) -> float:
    """The chance that a dialog, read, stops an action of this cause."""
    confirm = safeguards.confirm
    if confirm is None:
        return 0.0
    if reading.cause == "slip":
        return confirm.stops_slips.value
    if reading.cause == "misidentified":
        return confirm.stops_misidentified.value
    return confirm.stops_unexpecting.value if reading.expects_no_effect.value else 0.0
