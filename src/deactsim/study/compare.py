"""Compare: the same evenings under every policy, and what each costs honest work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.compile import CannotBeSaid, compile_plan
from ..model.plan import Plan
from ..scenario.schema import Scenario
from .condition import Weighted, condition
from .executors import run_jobs
from .friction import Weeks, friction_text, routine_weeks
from .implied import loads
from .measures import MEASURES
from .nights import Nights, conditioned, under
from .ranking import rank
from .reasons import why_nothing
from .replay import Progress, known_policy, measures, reading_names
from .results import (
    Comparison,
    Decision,
    Estimate,
    Group,
    PolicyOutcome,
    ReadingOutcome,
    Tipping,
)
from .sensitivity import Evenings, decide, tip

if TYPE_CHECKING:
    import pandas as pd

#: Evenings drawn to find the deciding input (the largest swing needs few) and the tipping points.
FOR_DECISIONS = 250
FOR_TIPPING = 500
SOME = 1e-9
#: An effect that comes less than this later, in minutes, is a slower click and not postponed.
POSTPONED = 1.0


def compare(
    scenario: Scenario,
    *,
    policies: Sequence[str] | None = None,
    worlds: int = 2000,
    seed: int = 1,
    weeks: int = 52,
    explain: bool = True,
    workers: int = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Put the same evenings under every policy (all of them unless named).

    `worlds` evenings are drawn and conditioned on the record under the scenario's own policy;
    friction comes from `weeks` routine weeks. Without `explain` the deciding inputs and tipping
    points are left out, which are most of the work. With `workers` above 1 processes share the work
    (a script then needs the usual main guard); the result does not depend on it. Raises
    `UnknownName`, `CannotCondition`, or `DeactsimError` for a scenario without an incident.
    """
    asked = [known_policy(scenario, name) for name in policies or scenario.policies]
    names = list(dict.fromkeys([scenario.baseline, *asked]))
    return _Comparing(scenario, names, worlds, seed, weeks, workers, progress).compare(explain=explain)


@dataclass(frozen=True)
class _Job:
    """One piece of work for a process: which kind, and what about."""

    kind: str
    policy: str = ""
    reading: str = ""
    plan: Plan | None = None
    own: Plan | None = None
    stops: bool = False
    decision: Decision | None = None
    other: str = ""


@dataclass
class _Shared:
    """What every process knows."""

    scenario: Scenario
    seed: int
    worlds: int
    weeks: int
    found: dict[Plan, list[Weighted]]
    evenings: dict[tuple[str, int], Evenings]


def _work(shared: _Shared, job: _Job) -> Any:
    if job.kind == "condition":
        assert job.plan is not None  # noqa: S101 - jobs of this kind have one
        return condition(shared.scenario, job.plan, shared.seed, shared.worlds)
    if job.kind == "nights":
        assert job.plan is not None  # noqa: S101 - jobs of this kind have both
        assert job.own is not None  # noqa: S101
        return under(job.plan, shared.found[job.own])
    if job.kind == "weeks":
        assert job.plan is not None  # noqa: S101 - jobs of this kind have one
        assert shared.scenario.incident is not None  # noqa: S101 - comparisons are of incidents
        return routine_weeks(job.plan, shared.seed, shared.weeks, shared.scenario.incident.at.value.value)
    drawn = min(shared.worlds, FOR_DECISIONS if job.kind == "decide" else FOR_TIPPING)
    evenings = shared.evenings.setdefault(
        (job.reading, drawn), Evenings(shared.scenario, job.reading, shared.seed, drawn)
    )
    if job.kind == "decide":
        return decide(evenings, job.policy, stops=job.stops)
    assert job.decision is not None  # noqa: S101 - tipping is along a deciding input
    return tip(evenings, job.policy, job.other, job.decision)


class _Comparing:
    """The steps of one comparison, each a batch of jobs."""

    def __init__(
        self,
        scenario: Scenario,
        names: list[str],
        worlds: int,
        seed: int,
        weeks: int,
        workers: int,
        progress: Progress | None,
    ) -> None:
        self.scenario, self.names, self.worlds, self.seed = scenario, names, worlds, seed
        self.weeks, self.workers, self.progress = weeks, workers, progress
        self.readings = reading_names(scenario)
        self.own = {r: compile_plan(scenario, scenario.baseline, r) for r in self.readings}
        self.plans, self.unknown, self.adapted = self._compile()
        self.routine = {name: compile_plan(scenario, name, None) for name in names}
        self.found: dict[Plan, list[Weighted]] = {}
        self.evenings: dict[tuple[str, int], Evenings] = {}
        self._steps_done, self._steps = 0, 1

    def _compile(self) -> tuple[dict[tuple[str, str], Plan], dict[str, str], dict[tuple[str, str], Plan]]:
        """Plans by policy and reading, why some cannot be said, and plans of adapting actors."""
        assert self.scenario.incident is not None  # noqa: S101 - readings were found in it
        plans, unknown, adapted = {}, {}, {}
        for name in self.names:
            for reading, stated in self.scenario.incident.readings.items():
                try:
                    plans[name, reading] = compile_plan(self.scenario, name, reading)
                except CannotBeSaid as why:
                    unknown[name] = str(why)
                    continue
                if stated.may_adapt.value:
                    plan = compile_plan(self.scenario, name, reading, adapts=True)
                    if plan != plans[name, reading]:
                        adapted[name, reading] = plan
        return plans, unknown, adapted

    def _batch(self, jobs: list[_Job]) -> list[Any]:
        shared = _Shared(self.scenario, self.seed, self.worlds, self.weeks, self.found, self.evenings)
        return run_jobs(_work, shared, jobs, workers=self.workers, done=self._done)

    def _done(self) -> None:
        self._steps_done += 1
        if self.progress is not None:
            self.progress(min(self._steps_done, self._steps), self._steps)

    def compare(self, *, explain: bool) -> Comparison:
        """Condition, run every policy, find what decides, rank."""
        own_plans = list(dict.fromkeys(self.own.values()))
        pairs = dict.fromkeys(
            (self.own[reading], plan)
            for table in (self.plans, self.adapted)
            for (_, reading), plan in table.items()
            if plan != self.own[reading]
        )
        routine = list(dict.fromkeys(self.routine.values()))
        self._steps = len(own_plans) + len(pairs) + len(routine) + 2 * len(self.names)
        conditions = self._batch([_Job("condition", plan=plan) for plan in own_plans])
        self.found = dict(zip(own_plans, conditions, strict=True))
        runs = self._batch(
            [_Job("nights", plan=plan, own=own) for own, plan in pairs]
            + [_Job("weeks", plan=plan) for plan in routine]
        )
        nights: dict[tuple[Plan, Plan], Nights] = dict(zip(pairs, runs, strict=False))
        nights |= {(own, own): conditioned(own, self.found[own]) for own in own_plans}
        weeks: dict[Plan, Weeks] = dict(zip(routine, runs[len(pairs) :], strict=True))
        outcomes = self._outcomes(nights, weeks)
        decided = self._decide(outcomes) if explain else {}
        outcomes = [_with(outcome, decided_by=decided.get(outcome.name)) for outcome in outcomes]
        first = next(iter(self.readings))
        table = {name: {r: self._nights(nights, name, r) for r in self.readings} for name in self._said()}
        ranking = rank(
            table, {r: letter for r, (_, letter) in self.readings.items()}, self._adapters(outcomes)
        )
        tipping = self._tip(ranking.by_reading[first], ranking.ties[first], decided)
        shares = [r.stopped for o in outcomes for r in o.readings]
        return Comparison(
            scenario=self.scenario,
            baseline=self.scenario.baseline,
            seed=self.seed,
            worlds=self.worlds,
            effective_worlds=nights[self.own[first], self.own[first]].effective,
            weeks=self.weeks,
            readings=tuple((r, label, letter) for r, (label, letter) in self.readings.items()),
            policies=tuple(outcomes),
            tipping=tipping,
            ranking=ranking,
            error=max((share.high - share.low) / 2.0 for share in shares),
            frame_of=lambda: _frame(table),
        )

    def _said(self) -> list[str]:
        return [name for name in self.names if name not in self.unknown]

    def _nights(self, nights: Mapping[tuple[Plan, Plan], Nights], name: str, reading: str) -> Nights:
        return nights[self.own[reading], self.plans[name, reading]]

    def _adapters(self, outcomes: Sequence[PolicyOutcome]) -> dict[str, dict[str, float]]:
        """Mean dark minutes of policies under readings in which the actor adapts."""
        return {o.name: {r.reading: r.mean_dark.mean for r in o.adapted} for o in outcomes if o.adapted}

    def _outcomes(
        self, nights: Mapping[tuple[Plan, Plan], Nights], weeks: Mapping[Plan, Weeks]
    ) -> list[PolicyOutcome]:
        own_weeks = weeks[self.routine[self.scenario.baseline]].estimates()
        outcomes = []
        for name in self.names:
            friction = weeks[self.routine[name]].estimates()
            cost = friction_text(friction, own_weeks)
            overload = {team: load for team, load in loads(self.routine[name]).items() if load >= 1.0}
            if overload:
                friction = {
                    k: v for k, v in friction.items() if not k.startswith(("minutes_held", "report_wait"))
                }
                cost = "unstable: " + ", ".join(f"{team} at {load:.0%}" for team, load in overload.items())
            label = self.scenario.policies[name].label or name
            if name in self.unknown:
                outcomes.append(
                    PolicyOutcome(
                        name, label, "unknown", (), {}, {}, None, friction, cost, self.unknown[name], None
                    )
                )
                continue
            table = {r: self._nights(nights, name, r) for r in self.readings}
            base = {r: self._nights(nights, self.scenario.baseline, r) for r in self.readings}
            first = next(iter(self.readings))
            group = _group(table, base)
            reason, source = None, None
            if group == "lengthens":
                lost = table[first].summary("content_lost", "share")
                if lost is not None and lost.mean > 0.0:
                    reason = f"content lost on {lost.mean:.0%} of the evenings"
            if group == "nothing" and name != self.scenario.baseline:
                safeguards = self.scenario.policies[name].safeguards
                own = self.scenario.policies[self.scenario.baseline].safeguards
                reason, source = why_nothing(self.scenario, safeguards, own, table[first])
            outcomes.append(
                PolicyOutcome(
                    name=name,
                    label=label,
                    group=group,
                    readings=tuple(_outcome(r, n) for r, n in table.items()),
                    measures=measures(table[first]),
                    difference=_difference(table[first], base[first]),
                    decided_by=None,
                    friction=friction,
                    friction_text=cost,
                    reason=reason,
                    reason_source=source,
                    adapted=tuple(
                        _outcome(r, nights[self.own[r], plan])
                        for (policy, r), plan in self.adapted.items()
                        if policy == name
                    ),
                )
            )
        return outcomes

    def _decide(self, outcomes: Sequence[PolicyOutcome]) -> dict[str, Decision]:
        """The deciding input of every policy that changes something."""
        jobs = []
        for outcome in outcomes:
            if outcome.group not in ("stops", "shortens", "lengthens", "postpones"):
                continue
            stops = outcome.group == "stops"
            most = max(outcome.readings, key=lambda r: r.stopped.mean)
            reading = most.reading if stops else outcome.readings[0].reading
            jobs.append(_Job("decide", policy=outcome.name, reading=reading, stops=stops))
        found = self._batch(jobs)
        return {job.policy: decision for job, decision in zip(jobs, found, strict=True) if decision}

    def _tip(
        self, order: tuple[str, ...], ties: tuple[tuple[str, ...], ...], decided: Mapping[str, Decision]
    ) -> tuple[Tipping, ...]:
        """Tipping points between neighbours that do change something."""
        first = next(iter(self.readings))
        jobs = []
        for better, worse in pairwise(order):
            if any(better in tie and worse in tie for tie in ties):
                continue
            decision = decided.get(better)
            if decision is not None and worse != self.scenario.baseline:
                jobs.append(_Job("tip", policy=better, other=worse, reading=first, decision=decision))
        return tuple(tipping for tipping in self._batch(jobs) if tipping is not None)


def _with(outcome: PolicyOutcome, *, decided_by: Decision | None) -> PolicyOutcome:

    return replace(outcome, decided_by=decided_by)


def _outcome(reading: str, nights: Nights) -> ReadingOutcome:
    dark = ~nights.stopped
    return ReadingOutcome(
        reading=reading,
        stopped=nights.stopped_share(),
        dark=nights.summary("dark_minutes", "min", dark),
        starts=nights.summary("late", "min", dark),
        mean_dark=nights.estimate(nights.column("dark_minutes"), "min"),
    )


def _group(table: Mapping[str, Nights], base: Mapping[str, Nights]) -> Group:
    """What the policy does to the incident, by the best of its readings."""
    gain = {r: nights.stopped_share().mean - base[r].stopped_share().mean for r, nights in table.items()}
    if max(gain.values()) > SOME:
        return "stops"
    change = {r: _paired(table[r], base[r], "dark_minutes", "min") for r in table}
    if any(d.high < -SOME for d in change.values()):
        return "shortens"
    lost = {r: _paired(table[r], base[r], "content_lost", "share") for r in table}
    if any(d.low > SOME for d in (*change.values(), *lost.values())):
        return "lengthens"
    late = [nights.summary("late", "min") for nights in table.values()]
    if any(summary is not None and summary.median > POSTPONED for summary in late):
        return "postpones"
    return "nothing"


def _paired(nights: Nights, base: Nights, name: str, unit: str) -> Estimate:
    """The mean difference to the baseline, world by world."""
    return nights.estimate(nights.column(name) - base.column(name), unit)


def _difference(nights: Nights, base: Nights) -> dict[str, Estimate]:
    """Paired differences over all evenings; a measure that stopped evenings lack is left out."""
    found = {}
    for name, (unit, _) in MEASURES.items():
        values = nights.column(name) - base.column(name)
        if not np.isnan(values).any():
            found[name] = nights.estimate(values, unit)
    return found


def _frame(table: Mapping[str, Mapping[str, Nights]]) -> pd.DataFrame:
    """One row a policy, reading and world: weight, measures, stages and instants in minutes."""
    import pandas as pd

    parts = []
    for policy, readings in table.items():
        for reading, nights in readings.items():
            head = {"policy": policy, "reading": reading, "world": nights.clusters, "weight": nights.weights}
            parts.append(pd.DataFrame(head | nights.columns))
    return pd.concat(parts, ignore_index=True)
