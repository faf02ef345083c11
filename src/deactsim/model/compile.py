"""From a scenario, a policy and a reading to a plan."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..errors import DeactsimError
from ..same import for_the_same
from ..scenario.safeguards import LeastPrivilege, OnCall, Safeguards
from ..scenario.schema import (
    AudienceWhole,
    Command,
    Detection,
    Reading,
    ReportStream,
    Response,
    Scenario,
    Statements,
    Team,
    Tier,
)
from . import lengths
from .compile_safeguards import Controls, compile_safeguards, places
from .horizon import horizon
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
from .streams import act_id, actor_id, stream_ids, team_ids

#: Parts of plans that are kept: those of a scenario of many policies, with one input or another moved.
KEPT = 256


class CannotBeSaid(DeactsimError):
    """The scenario does not say what the policy's effect on this incident hangs on."""


def compile_plan(scenario: Scenario, policy: str, reading: str | None, *, adapts: bool = False) -> Plan:
    """The plan of one policy under one reading; without a reading, routine work alone.

    Raises `CannotBeSaid` where the policy's effect on the incident hangs on something the
    scenario leaves open.
    """
    safeguards, platform = scenario.policies[policy].safeguards, scenario.platform
    teams, reports, response = scenario.teams, scenario.reports, scenario.response
    retention = safeguards.retention
    return Plan(
        teams=_teams(teams, response.by, safeguards.least_privilege, safeguards.on_call),
        streams=_streams(reports, teams, platform.tiers),
        commands=_commands(platform.commands),
        safeguards=compile_safeguards(platform.commands, safeguards, teams),
        detection=_detection(scenario.detection),
        response=_response(response, teams, scenario.statements, scenario.audience_whole),
        retention=(retention.keep if retention else platform.retention).value,
        incident=None if reading is None else _incident(scenario, safeguards, reading, adapts),
    )


@for_the_same(KEPT)
def _teams(
    teams: Mapping[str, Team], responders: str, least_privilege: LeastPrivilege | None, on_call: OnCall | None
) -> tuple[TeamPlan, ...]:
    holders = {name: team.headcount.value for name, team in teams.items() if team.may}
    if least_privilege is not None:
        able = {name: team for name, team in teams.items() if team.may}
        holders = _shared_out(least_privilege.holders.value, able)
    ids, plans = team_ids(teams), []
    for name, team in teams.items():
        headcount = team.headcount.value
        if on_call is not None and on_call.headcount is not None and name == responders:
            headcount = max(headcount, on_call.headcount.value)
        plans.append(
            TeamPlan(
                id=ids[name],
                name=name,
                headcount=headcount,
                holders=holders.get(name, 0),
                windows=team.shift,
                leavers_per_day=team.turnover.value.per_day * team.headcount.value,
                contractor=team.employment.value == "contractor",
                heads=team.headcount.value,
                waves=tuple(sorted((wave.at.value, wave.leavers.value) for wave in team.waves)),
            )
        )
    return tuple(plans)


def _shared_out(total: int, teams: Mapping[str, Team]) -> dict[str, int]:
    """So many holders over teams in proportion to their heads, by largest remainder.

    Of equal remainders the larger team goes first, then what its shifts and people are decides: a name does so
    between teams that are alike in all of that.
    """
    heads = {name: team.headcount.value for name, team in teams.items()}
    everyone = sum(heads.values())
    total = min(total, everyone)
    given = {name: total * count // everyone for name, count in heads.items()}

    def order(name: str) -> tuple[object, ...]:
        team = teams[name]
        shifts = sorted((w.days, w.start, w.end, w.zone) for w in team.shift)
        rights = sorted((command, sorted(tiers)) for command, tiers in team.may.items())
        people = (team.employment.value, team.turnover.value.per_day, team.tool)
        return (-(total * heads[name] % everyone), -heads[name], shifts, people, rights, name)

    by_remainder = sorted(heads, key=order)
    for name in by_remainder[: total - sum(given.values())]:
        given[name] += 1
    return given


@for_the_same(KEPT)
def _streams(
    reports: Mapping[str, ReportStream], teams: Mapping[str, Team], tiers: Mapping[str, Tier]
) -> tuple[StreamPlan, ...]:
    index, ids = places(teams), stream_ids(reports)
    plans = []
    for tier, stream in reports.items():
        able = [n for n, team in sorted(teams.items()) if tier in team.may.get(stream.command, ())]
        plans.append(
            StreamPlan(
                id=ids[tier],
                tier=tier,
                command=stream.command,
                per_microsecond=stream.rate.value.per_microsecond,
                actioned=stream.actioned.value,
                urgent=stream.urgent.value,
                slip=stream.slip.value,
                misidentified=stream.misidentified.value,
                handling=length_of(stream.handling.value),
                teams=tuple(index[name] for name in able),
                tools=tuple(teams[name].tool for name in able),
                followers=tiers[tier].followers.value,
                busy=tuple((busy.when, busy.times.value) for busy in stream.busy),
            )
        )
    return tuple(plans)


@for_the_same(KEPT)
def _commands(given: Mapping[str, Command]) -> tuple[CommandPlan, ...]:
    return tuple(
        CommandPlan(name, length_of(command.lag.value), command.undo or "") for name, command in given.items()
    )


@for_the_same(KEPT)
def _detection(given: Detection) -> DetectionPlan:
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


@for_the_same(KEPT)
def _response(
    given: Response, teams: Mapping[str, Team], said: Statements | None, whole: AudienceWhole | None
) -> ResponsePlan:
    return ResponsePlan(
        team=places(teams)[given.by],
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


def _incident(scenario: Scenario, safeguards: Safeguards, name: str, adapts: bool) -> IncidentPlan:
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
        team=places(scenario.teams)[actor.team],
        tool=scenario.teams[actor.team].tool,
        at=incident.at.value.value,
        give_or_take=incident.at.give_or_take.value,
        leaves=length_of(actor.away.value) if actor.away else None,
        had_left=actor.left_before_act is not None,
        open_report=actor.open_report.value,
        among_holders=1.0
        if safeguards.least_privilege is None or actor.among_holders is None
        else actor.among_holders.value,
        confirm_stops=_confirm_stops(safeguards, reading),
        actor_notices=reading.cause != "deliberate" and scenario.detection.actor is not None,
        act_shift=_act_shift(scenario, safeguards) if adapts else 0,
        paced=adapts and safeguards.rate_limit is not None and len(acts) > 1,
        warm_up=incident.warm_up.value,
        follow=incident.follow.value if incident.follow is not None else horizon(scenario),
        id=act_id(0),
        agent=actor_id(team_ids(scenario.teams)[actor.team]),
    )


def _act_shift(scenario: Scenario, safeguards: Safeguards) -> int:
    """How much earlier the actor acts if he knows that he would be stepped down."""
    incident, step_down = scenario.incident, safeguards.step_down
    assert incident is not None  # noqa: S101 - an actor exists only within an incident
    if step_down is None or incident.actor.leaves is None:
        return 0
    tier = scenario.platform.accounts[incident.account].tier
    team = incident.actor.team
    control = Controls(scenario.platform.commands)("step_down", step_down)
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
