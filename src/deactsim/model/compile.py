"""From a scenario, a policy and a reading to a plan."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..errors import DeactsimError
from ..scenario.safeguards import Safeguard, Safeguards
from ..scenario.schema import Incident, Reading, Scenario
from . import lengths
from .lengths import Length, length_of
from .plan import (
    ActPlan,
    AlertPlan,
    ApprovalPlan,
    AutomaticRestorePlan,
    ChannelPlan,
    CommandPlan,
    ConfirmPlan,
    Control,
    CoolingOffPlan,
    DeprovisioningPlan,
    DetectionPlan,
    IncidentPlan,
    JustInTimePlan,
    LeaverWatchPlan,
    LockDownPlan,
    Plan,
    ProbePlan,
    ProtectedListPlan,
    QuickStagePlan,
    RateLimitPlan,
    ResponsePlan,
    SafeguardsPlan,
    SeparationPlan,
    StepDownPlan,
    StreamPlan,
    TeamPlan,
)
from .streams import component_id, team_id

NO_LENGTH = Length(lengths.FIXED, 0.0)


class CannotBeSaid(DeactsimError):
    """The scenario does not say what the policy's effect on this incident hangs on."""


def compile_plan(scenario: Scenario, policy: str, reading: str | None, *, adapts: bool = False) -> Plan:
    """The plan of one policy under one reading; without a reading, routine work alone.

    Raises `CannotBeSaid` where the policy's effect on the incident hangs on something the
    scenario leaves open.
    """
    safeguards = scenario.policies[policy].safeguards
    index = {name: i for i, name in enumerate(scenario.teams)}
    controls = _Controls(scenario)
    retention = safeguards.retention
    return Plan(
        teams=_teams(scenario, safeguards),
        streams=_streams(scenario, index),
        commands=tuple(
            CommandPlan(name, length_of(command.lag.value), command.undo or "")
            for name, command in scenario.platform.commands.items()
        ),
        safeguards=_safeguards(safeguards, controls, index),
        detection=_detection(scenario),
        response=_response(scenario, safeguards, index),
        retention=(retention.keep if retention else scenario.platform.retention).value,
        incident=None if reading is None else _incident(scenario, safeguards, index, reading, adapts),
    )


class _Controls:
    """Makes the common part of each safeguard."""

    def __init__(self, scenario: Scenario) -> None:
        undoing = {command.undo for command in scenario.platform.commands.values()}
        self.acting = frozenset(scenario.platform.commands) - undoing
        self.codes = {name: i for i, name in enumerate(Safeguards.model_fields)}

    def __call__(self, name: str, safeguard: Safeguard) -> Control:
        return Control(
            code=self.codes[name],
            component=component_id(safeguard.depends_on or name),
            targets=None if safeguard.of is None else frozenset(safeguard.of),
            commands=self.acting if safeguard.commands is None else frozenset(safeguard.commands),
            teams=None if safeguard.teams is None else frozenset(safeguard.teams),
            tools=None if safeguard.tools is None else frozenset(safeguard.tools),
            covers=safeguard.covers.value,
            outage=1.0 - safeguard.works.value,
            stretch=safeguard.stretch.value,
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
                handling=length_of(stream.handling.value),
                teams=tuple(index[name] for name in able),
                tools=tuple(scenario.teams[name].tool for name in able),
                followers=scenario.platform.tiers[tier].followers.value,
            )
        )
    return tuple(plans)


def _safeguards(given: Safeguards, control: _Controls, index: Mapping[str, int]) -> SafeguardsPlan:
    made: dict[str, object] = {}
    if (s := given.just_in_time) is not None:
        made["just_in_time"] = JustInTimePlan(
            control("just_in_time", s), length_of(s.takes.value), s.lasts.value
        )
    if (s := given.protected_list) is not None:
        made["protected_list"] = ProtectedListPlan(
            control("protected_list", s),
            None if s.then == "deny" else index[s.then],
            length_of(s.handling.value),
            s.catches.value,
        )
    if (s := given.open_report) is not None:
        made["open_report"] = control("open_report", s)
    if (s := given.step_down) is not None:
        made["step_down"] = StepDownPlan(
            control("step_down", s), s.before_last_shift.value, s.told_in_time.value
        )
    if (s := given.deprovisioning) is not None:
        made["deprovisioning"] = DeprovisioningPlan(
            control("deprovisioning", s),
            length_of(s.lag.value),
            length_of(s.vendor_lag.value),
            s.lost.value,
            length_of(s.session_tail.value),
        )
    if (s := given.confirm) is not None:
        made["confirm"] = ConfirmPlan(
            control("confirm", s), s.stops_slips.value, s.habit.value, length_of(s.takes.value)
        )
    if (s := given.separation_of_duties) is not None:
        made["separation_of_duties"] = SeparationPlan(
            control("separation_of_duties", s), index[s.by], length_of(s.takes.value), s.catches.value
        )
    if (s := given.approval) is not None:
        made["approval"] = ApprovalPlan(
            control=control("approval", s),
            slots=tuple(index[team] for team, count in s.by.items() for _ in range(count.value)),
            review=length_of(s.review.value),
            catches=s.catches.value,
            stamps=s.stamps.value,
            stamps_per_queued=s.stamps_per_queued.value,
            time_out=s.time_out.value,
            lets_through=s.then == "pass",
            break_glass=s.off_shift == "pass",
        )
    if (s := given.cooling_off) is not None:
        made["cooling_off"] = CoolingOffPlan(
            control("cooling_off", s),
            s.for_.value,
            s.watched.value,
            length_of(s.notices.value),
            s.holder_told.value,
        )
    if (s := given.rate_limit) is not None:
        amount = s.per_agent.value.amount
        unit = round(1.0 / s.per_agent.value.per_microsecond * amount)
        actions = max(1, math.floor(amount))
        made["rate_limit"] = RateLimitPlan(
            control("rate_limit", s), actions, round(unit * actions / amount), s.then == "hold"
        )
    made.update(_detecting(given, control))
    made.update(_restoring(given, control))
    return SafeguardsPlan(**made)  # type: ignore[arg-type]


def _detecting(given: Safeguards, control: _Controls) -> dict[str, object]:
    made: dict[str, object] = {}
    if (s := given.alert) is not None:
        made["alert"] = AlertPlan(
            control("alert", s),
            length_of(s.after.value),
            s.recall.value * (1.0 - s.ignored.value),
            s.false_alarms.value.per_microsecond,
            length_of(s.triage.value),
        )
    if (s := given.probe) is not None:
        made["probe"] = ProbePlan(control("probe", s), s.every.value, s.recall.value, 1.0)
    if (s := given.audit) is not None:
        made["audit"] = ProbePlan(control("audit", s), s.every.value, s.recall.value, s.sample.value)
    if (s := given.leaver_watch) is not None:
        made["leaver_watch"] = LeaverWatchPlan(
            control("leaver_watch", s), s.before_last_shift.value, length_of(s.after.value), s.recall.value
        )
    return made


def _restoring(given: Safeguards, control: _Controls) -> dict[str, object]:
    made: dict[str, object] = {}
    if (s := given.preauthorised_undo) is not None:
        made["preauthorised_undo"] = control("preauthorised_undo", s)
    if (s := given.undo_button) is not None:
        made["undo_button"] = QuickStagePlan(control("undo_button", s), length_of(s.restore.value))
    if (s := given.on_call) is not None and s.pick_up is not None:
        made["quick_pick_up"] = QuickStagePlan(control("on_call", s), length_of(s.pick_up.value))
    if (s := given.automatic_restore) is not None:
        made["automatic_restore"] = AutomaticRestorePlan(
            control("automatic_restore", s), length_of(s.after.value), s.undoes_honest.value
        )
    if (s := given.lock_down) is not None:
        made["lock_down"] = LockDownPlan(control("lock_down", s), length_of(s.after.value), s.for_.value)
    return made


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


def _response(scenario: Scenario, safeguards: Safeguards, index: Mapping[str, int]) -> ResponsePlan:
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
    step_down = safeguards.step_down
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
        act_shift=step_down.before_last_shift.value if adapts and step_down and actor.leaves else 0,
        paced=adapts and safeguards.rate_limit is not None and len(acts) > 1,
        warm_up=incident.warm_up.value,
        follow=incident.follow.value,
    )


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


def can_adapt(incident: Incident, reading: str) -> bool:
    """Whether the reading's actor may answer a policy."""
    return incident.readings[reading].may_adapt.value
