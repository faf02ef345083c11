"""From a scenario to the causes of its wrongful actions: the same under every policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..scenario.schema import Cause, ReportStream, Scenario
from .causes import YEAR, ActorTeamPlan, CausePlan, TargetPlan
from .lengths import FIXED, Length, length_of
from .shifts import DAY, overlap
from .streams import cause_ids
from .world import mean_times

#: How routine work goes wrong: what such causes are called, with their tier.
_ERRORS = ("slip", "misidentified")


def compile_causes(scenario: Scenario) -> tuple[CausePlan, ...]:
    """The stated causes, then slips and mistaken targets of routine work, tier by tier."""
    index = {name: i for i, name in enumerate(scenario.teams)}
    errors = (f"{kind} on {tier}" for tier in scenario.reports for kind in _ERRORS)
    ids = cause_ids((*scenario.causes, *errors))
    stated = [_stated(scenario, ids[name], name, cause, index) for name, cause in scenario.causes.items()]
    routine = [
        plan
        for tier, stream in scenario.reports.items()
        for plan in _routine(scenario, ids, tier, stream, index)
        if plan.per_year > 0.0
    ]
    return (*stated, *routine)


def _stated(scenario: Scenario, id_: int, name: str, cause: Cause, index: Mapping[str, int]) -> CausePlan:
    heads = {team: scenario.teams[team].headcount.value for team in sorted(cause.by)}
    everyone = sum(heads.values())
    before = cause.left_before_act
    return CausePlan(
        id=id_,
        name=name,
        kind=cause.cause,
        per_year=cause.rate.value.per_microsecond * YEAR * everyone,
        command=cause.command,
        teams=tuple(
            ActorTeamPlan(index[team], scenario.teams[team].tool, count / everyone)
            for team, count in heads.items()
            if count
        ),
        targets=tuple(_target(scenario, tier, share.value) for tier, share in cause.targets.items()),
        on_shift=cause.on_shift.value,
        leaving=cause.leaving.value,
        leaves_after=length_of(cause.leaves_after_act.value),
        former=cause.former.value,
        left_before=None if before is None else length_of(before.value),
        accounts=cause.accounts.value,
        spacing=cause.spacing.value,
        open_report=cause.open_report.value,
        expects_no_effect=cause.cause == "deliberate" and cause.expects_no_effect.value,
        adapts=cause.may_adapt.value,
        keys=tuple((index[team], count.value) for team, count in cause.keys.items()),
        notices_error=cause.cause != "deliberate",
        routine=False,
    )


def _target(scenario: Scenario, tier: str, share: float) -> TargetPlan:
    of = scenario.platform.tiers[tier]
    return TargetPlan(tier, share, of.accounts.value, of.followers.value)


def _routine(
    scenario: Scenario, ids: Mapping[str, int], tier: str, stream: ReportStream, index: Mapping[str, int]
) -> Iterator[CausePlan]:
    able = {n: t for n, t in scenario.teams.items() if tier in t.may.get(stream.command, ())}
    shares = {n: t.headcount.value * overlap(t.shift, 0, 7 * DAY) / (7 * DAY) for n, t in able.items()}
    everyone = sum(shares.values())
    times = mean_times(tuple((each.when, each.times.value) for each in stream.busy))
    actions = stream.rate.value.per_microsecond * YEAR * times * stream.actioned.value
    for kind, share in zip(_ERRORS, (stream.slip, stream.misidentified), strict=True):
        name = f"{kind} on {tier}"
        yield CausePlan(
            id=ids[name],
            name=name,
            kind=kind,
            per_year=actions * share.value if everyone > 0.0 else 0.0,
            command=stream.command,
            teams=tuple(
                ActorTeamPlan(index[n], able[n].tool, part / everyone) for n, part in shares.items() if part
            ),
            targets=(_target(scenario, tier, 1.0),),
            on_shift=1.0,
            leaving=0.0,
            leaves_after=Length(FIXED, 0.0),
            former=0.0,
            left_before=None,
            accounts=1,
            spacing=0,
            open_report=1.0,
            expects_no_effect=False,
            adapts=0.0,
            keys=(),
            notices_error=True,
            routine=True,
        )
