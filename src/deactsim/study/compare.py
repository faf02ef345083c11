"""Compare: the same evenings under every policy, and what each costs honest work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from ..model.compile import CannotBeSaid, compile_plan
from ..model.plan import Plan
from ..model.streams import known_seed
from ..scenario.order import in_name_order
from ..scenario.schema import Scenario
from .condition import Conditioned, condition
from .executors import Workers, run_jobs
from .fit import fit_of
from .friction import friction_text, routine_weeks
from .implied import overloaded
from .nights import Nights, conditioned, under
from .outcomes import Paired, group_of, most_stopped, paired, what_is_worse
from .ranking import rank
from .reasons import how_stopped, nobody_decided, untold, why_nothing
from .replay import Progress, known_policy, reading_names
from .results import Comparison, Decision, Estimate, PolicyOutcome, Ranking, Refused, Tipping
from .sensitivity import Evenings, Swing, decide, figures, inputs, to_confirm
from .settling import Stretch, stretch, unsettled
from .tipping import tip
from .unserved import counted
from .warm_up import with_warm_up

if TYPE_CHECKING:
    import pandas as pd

#: Evenings of a first look: at which inputs may be the deciding one, and at about where policies change places. What is
#: said of them comes from all evenings.
FOR_DECISIONS = 250
FOR_TIPPING = 500
#: Routine weeks for the friction, unless a number is asked for: a twentieth of the evenings.
LEAST_WEEKS, MOST_WEEKS = 8, 52


def compare(
    scenario: Scenario,
    *,
    policies: Sequence[str] | None = None,
    worlds: int = 2000,
    seed: int = 1,
    weeks: int | None = None,
    explain: bool = True,
    workers: int = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Put the same evenings under every policy (all of them unless named).

    `worlds` evenings are drawn and conditioned on the record under the scenario's own policy;
    friction comes from `weeks` routine weeks: unless given, one for every 20 worlds, at least 8
    and at most 52 (so many from 1,040 worlds on), and more where queues settle slowly. Without
    `explain` the deciding inputs and tipping
    points are left out, which are most of the work. With `workers` above 1 processes share the work
    (a script then needs the usual main guard); the result does not depend on it. Raises
    `UnknownName`, `CannotCondition`, or `DeactsimError` for a scenario without an incident or a
    seed out of 64 bits.
    """
    asked = [known_policy(scenario, name) for name in policies or scenario.policies]
    names = list(dict.fromkeys([scenario.baseline, *asked]))
    return _Comparing(scenario, names, worlds, seed, weeks, workers, progress).compare(explain=explain)


@dataclass(frozen=True)
class _Job:
    """One piece of work for a process: which kind, and what about.

    `moves` are figures to be found, each of a policy that stops or does not, with one input moved, in so many `worlds`.
    """

    kind: str
    plan: Plan | None = None
    own: Plan | None = None
    reading: str = ""
    moves: tuple[tuple[str, bool, str], ...] = ()
    worlds: int = 0
    better: str = ""
    worse: str = ""
    decision: Decision | None = None


@dataclass(frozen=True)
class _Asked:
    """A policy of which it is asked what decides it: under which reading, and next to which worse one."""

    policy: str
    reading: str
    stops: bool
    worse: str | None


@dataclass
class _Shared:
    """What every process knows."""

    scenario: Scenario
    seed: int
    worlds: int
    stretch: Stretch
    found: Mapping[Plan, Conditioned]
    evenings: dict[tuple[str, int], Evenings] = field(default_factory=dict)

    def under(self, reading: str, most: int) -> Evenings:
        """Evenings under a reading, no more than so many: the same for all jobs of a process."""
        drawn = min(self.worlds, most)
        if (reading, drawn) not in self.evenings:
            found = Evenings(self.scenario, reading, self.seed, drawn)
            if drawn == self.worlds:
                found = replace(found, known=self.found[found.own])
            self.evenings[reading, drawn] = found
        return self.evenings[reading, drawn]


def _work(shared: _Shared, job: _Job) -> Any:
    if job.kind == "condition":
        assert job.plan is not None  # noqa: S101 - jobs of this kind have one
        return condition(shared.scenario, job.plan, shared.seed, shared.worlds)
    if job.kind == "nights":
        assert job.plan is not None  # noqa: S101 - jobs of this kind have both
        assert job.own is not None  # noqa: S101
        try:
            return under(job.plan, shared.found[job.own])
        except CannotBeSaid as why:
            return why
    if job.kind == "weeks":
        assert job.plan is not None  # noqa: S101 - jobs of this kind have one
        weeks = routine_weeks(job.plan, shared.seed, shared.stretch)
        overload = overloaded(job.plan) | unsettled(job.plan, shared.stretch)
        return weeks.estimates(), overload, counted(job.plan, weeks)
    if job.kind == "figures":
        evenings = shared.under(job.reading, job.worlds)
        return [figures(evenings, policy, path, stops=stops) for policy, stops, path in job.moves]
    assert job.decision is not None  # noqa: S101 - the last kind has one
    evenings, few = (shared.under(job.reading, most) for most in (shared.worlds, FOR_TIPPING))
    return tip(evenings, few, job.better, job.worse, job.decision)


class _Comparing:
    """The steps of one comparison, each a batch of jobs."""

    def __init__(
        self,
        scenario: Scenario,
        names: list[str],
        worlds: int,
        seed: int,
        weeks: int | None,
        workers: int,
        progress: Progress | None,
    ) -> None:
        # What is simulated and decided hangs on names; what is shown keeps the order of the file.
        self.written, self.scenario = scenario, with_warm_up(in_name_order(scenario))
        self.names, self.worlds, self.seed = names, worlds, known_seed(seed)
        self.workers, self.progress = workers, progress
        self.readings = reading_names(self.scenario)
        self.own = {r: compile_plan(self.scenario, scenario.baseline, r) for r in self.readings}
        self.plans, self.unknown, self.adapted = self._compile()
        self.routine = {name: compile_plan(self.scenario, name, None) for name in names}
        self.stretch = self._stretch(weeks)
        self._steps_done, self._steps = 0, 1

    def _stretch(self, weeks: int | None) -> Stretch:
        """The routine weeks behind the friction: the same whichever policies are asked for."""
        assert self.scenario.incident is not None  # noqa: S101 - comparisons are of incidents
        until = self.scenario.incident.at.value.value
        plans = dict.fromkeys(compile_plan(self.scenario, name, None) for name in self.scenario.policies)
        usual = min(MOST_WEEKS, max(LEAST_WEEKS, self.worlds // 20))
        return stretch(plans, until, usual if weeks is None else weeks, exactly=weeks is not None)

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

    def _done(self) -> None:
        self._steps_done += 1
        if self.progress is not None:
            self.progress(min(self._steps_done, self._steps), self._steps)

    def compare(self, *, explain: bool) -> Comparison:
        """Condition, run every policy, rank, find what decides."""
        own_plans, first = list(dict.fromkeys(self.own.values())), next(iter(self.readings))
        pairs = dict.fromkeys(
            (self.own[reading], plan)
            for table in (self.plans, self.adapted)
            for (_, reading), plan in table.items()
            if plan != self.own[reading]
        )
        routine = list(dict.fromkeys(self.routine.values()))
        self._steps = len(own_plans) + len(pairs) + len(routine)
        shared = _Shared(self.scenario, self.seed, self.worlds, self.stretch, found={})
        jobs = [_Job("condition", plan=plan) for plan in own_plans]
        conditions = run_jobs(_work, shared, jobs, workers=self.workers, done=self._done)
        shared = replace(shared, found=dict(zip(own_plans, conditions, strict=True)))
        jobs = [_Job("nights", plan=plan, own=own) for own, plan in pairs]
        # Weeks hang on nothing else: they are worked at while what the nights say is told.
        jobs += [_Job("weeks", plan=plan) for plan in routine]
        with Workers(_work, shared, self.workers) as hands:
            runs = hands.run(jobs, self._done)
            nights = self._told(dict(zip(pairs, runs, strict=False)))
            nights |= {(own, own): conditioned(own, found) for own, found in shared.found.items()}
            base = {reading: nights[own, own] for reading, own in self.own.items()}
            table, adapted = self._named(self.plans, nights), self._named(self.adapted, nights)
            letters = {r: letter for r, (_, letter) in self.readings.items()}
            ranking = rank(table, letters, adapted, self.scenario.baseline)
            telling, outcomes = self._outcomes(table, adapted, base), list[PolicyOutcome]()
            costs = {}
            for plan, cost in zip(routine, runs, strict=True):
                costs[plan] = cost
                outcomes += islice(telling, 1)
            outcomes += telling
            asked = [self._asked(outcome, ranking) for outcome in outcomes] if explain else []
            decided, tips = self._explained(
                hands, shared, [each for each in asked if each is not None], ranking
            )
        outcomes = [replace(outcome, decided_by=decided.get(outcome.name)) for outcome in outcomes]
        outcomes = self._with_costs(outcomes, costs)
        shares = [r.stopped for o in outcomes for r in o.readings]
        return Comparison(
            scenario=self.written,
            baseline=self.scenario.baseline,
            seed=self.seed,
            worlds=self.worlds,
            effective_worlds=base[first].effective,
            weeks=self.stretch.weeks,
            readings=tuple((r, label, letter) for r, (label, letter) in self.readings.items()),
            policies=tuple(outcomes),
            tipping=tuple(tips),
            ranking=ranking,
            error=max((share.high - share.low) / 2.0 for share in shares),
            frame_of=lambda: _frame(table),
            fit=fit_of(self.scenario, shared.found[self.own[first]]),
        )

    def _told(
        self, runs: Mapping[tuple[Plan, Plan], Nights | CannotBeSaid]
    ) -> dict[tuple[Plan, Plan], Nights]:
        """The runs that can be told; a policy with one that cannot is unknown under all readings."""
        for table in (self.plans, self.adapted):
            for (name, reading), plan in table.items():
                run = runs.get((self.own[reading], plan))
                if isinstance(run, CannotBeSaid):
                    self.unknown.setdefault(name, str(run))
        return {pair: run for pair, run in runs.items() if isinstance(run, Nights)}

    def _named(
        self, plans: Mapping[tuple[str, str], Plan], nights: Mapping[tuple[Plan, Plan], Nights]
    ) -> dict[str, dict[str, Nights]]:
        """The evenings of each policy by reading; those of an unknown policy are left out."""
        found: dict[str, dict[str, Nights]] = {}
        for (name, reading), plan in plans.items():
            if name not in self.unknown:
                found.setdefault(name, {})[reading] = nights[self.own[reading], plan]
        return found

    def _outcomes(
        self,
        table: Mapping[str, Mapping[str, Nights]],
        adapted: Mapping[str, Mapping[str, Nights]],
        base: Mapping[str, Nights],
    ) -> Iterator[PolicyOutcome]:
        """What each policy does to the incident, one after another; what it costs is not known yet."""
        for name in self.names:
            outcome = PolicyOutcome(
                name=name,
                label=self.scenario.policies[name].label or name,
                group="unknown",
                readings=(),
                decided_by=None,
                friction={},
                friction_text="",
                reason=self.unknown.get(name),
                reason_source=None,
            )
            if name in table:
                adapting = paired(adapted.get(name, {}), base)
                outcome = self._outcome(outcome, paired(table[name], base), adapting)
            yield outcome

    def _outcome(
        self, bare: PolicyOutcome, found: Mapping[str, Paired], adapted: Mapping[str, Paired]
    ) -> PolicyOutcome:
        """What a policy does to the incident."""
        name, pairs = bare.name, list(dict.fromkeys(found.values()))
        group = group_of(pairs)
        reason, source = None, None
        if group == "lengthens":
            reason = what_is_worse(pairs)
        if group == "nothing" and name != self.scenario.baseline:
            reason = untold((pair.nights, pair.base) for pair in pairs)
            if reason is None:
                safeguards = self.scenario.policies[name].safeguards
                own = self.scenario.policies[self.scenario.baseline].safeguards
                reason, source = why_nothing(self.scenario, safeguards, own, pairs[0].nights)
        readings = tuple(pair.under(reading) for reading, pair in found.items())
        answers = most_stopped(readings).stopped_by
        return replace(
            bare,
            group=group,
            readings=readings,
            stopped_how=how_stopped(self.scenario.policies[name].safeguards, answers),
            unheard=nobody_decided(answers),
            reason=reason,
            reason_source=source,
            adapted=tuple(pair.under(reading) for reading, pair in adapted.items()),
        )

    def _asked(self, outcome: PolicyOutcome, ranking: Ranking) -> _Asked | None:
        """What to find out of a policy that changes something: its deciding input, and where it tips."""
        if outcome.group not in ("stops", "shortens", "lengthens", "postpones"):
            return None
        name, first, stops = outcome.name, next(iter(self.readings)), outcome.group == "stops"
        reading = most_stopped(outcome.readings).reading if stops else outcome.readings[0].reading
        worse = dict(pairwise(ranking.by_reading[first])).get(name)
        # Neighbours that do change something, and can be told apart.
        if worse == self.scenario.baseline or any({name, worse} <= set(tie) for tie in ranking.ties[first]):
            worse = None
        return _Asked(name, reading, stops, worse)

    def _figures(
        self, hands: Workers[_Job, Any], wanted: Mapping[_Asked, Sequence[str]], worlds: int
    ) -> dict[_Asked, dict[str, Swing | None]]:
        """The figures of each policy by the input that is moved, for the inputs wanted."""
        moves: dict[tuple[str, str], list[tuple[_Asked, str]]] = {}
        for each, paths in wanted.items():
            for path in paths:
                # A worker moves an input once for all policies that it bears on.
                own = path.startswith(f"policies.{each.policy}.")
                moves.setdefault((each.reading, each.policy if own else path), []).append((each, path))
        # The largest first, so that the last ones end at about the same time.
        largest = sorted(moves.items(), key=lambda item: len(item[1]), reverse=True)
        jobs = [
            _Job(
                "figures",
                reading=reading,
                moves=tuple((each.policy, each.stops, path) for each, path in these),
                worlds=worlds,
            )
            for (reading, _), these in largest
        ]
        self._steps = self._steps_done + len(jobs) + sum(each.worse is not None for each in wanted)
        # They stand in the order of the inputs.
        found = {each: dict[str, Swing | None].fromkeys(paths) for each, paths in wanted.items()}
        for (_, these), pairs in zip(largest, hands.run(jobs, self._done), strict=True):
            for (each, path), pair in zip(these, pairs, strict=True):
                found[each][path] = pair
        return found

    def _explained(
        self, hands: Workers[_Job, Any], shared: _Shared, asked: Sequence[_Asked], ranking: Ranking
    ) -> tuple[dict[str, Decision], list[Tipping]]:
        """The deciding input of each policy that has one; where policies change places with the next worse ones."""
        first = next(iter(self.readings))
        wanted: dict[_Asked, Sequence[str]] = {}
        for each in asked:
            known = shared.under(each.reading, FOR_DECISIONS).leaves
            wanted[each] = [
                path for path, _ in inputs(self.scenario, each.policy, stops=each.stops, known=known)
            ]
        found = self._figures(hands, wanted, FOR_DECISIONS)
        if self.worlds > FOR_DECISIONS:
            wanted = {each: to_confirm(by_input) for each, by_input in found.items()}
            found = self._figures(hands, wanted, self.worlds)
        decided, names = dict[str, Decision](), list[str]()

        def to_do() -> Iterator[_Job]:
            # While the first policies are looked at, it is decided of the next.
            for each, by_input in found.items():
                evenings = shared.under(each.reading, FOR_DECISIONS)
                decision = decide(evenings, each.policy, stops=each.stops, found=by_input)
                if decision is not None:
                    decided[each.policy] = decision
                if decision is not None and each.worse is not None:
                    names.append(each.policy)
                    yield _Job("tip", reading=first, better=each.policy, worse=each.worse, decision=decision)

        results = list(hands.run(to_do(), self._done))
        tips = dict(zip(names, results, strict=True))
        return decided, [tip for name in ranking.by_reading[first] if (tip := tips.get(name)) is not None]

    def _with_costs(
        self,
        outcomes: Sequence[PolicyOutcome],
        costs: Mapping[Plan, tuple[Mapping[str, Estimate], Mapping[str, str], Refused | None]],
    ) -> list[PolicyOutcome]:
        """The outcomes with what each policy costs honest work: measures of routine, and teams that are overloaded."""
        found = []
        own, _, _ = costs[self.routine[self.scenario.baseline]]
        for outcome in outcomes:
            friction, overload, refused = costs[self.routine[outcome.name]]
            text = friction_text(friction, own, refused)
            if overload:
                endless = ("minutes_held", "report_wait")
                friction = {name: each for name, each in friction.items() if not name.startswith(endless)}
                text = "unstable: " + ", ".join(overload.values())
                text += f"; CAREFUL, {refused.short}" if refused is not None else ""
            found.append(replace(outcome, friction=friction, friction_text=text, refused=refused))
        return found


def _frame(table: Mapping[str, Mapping[str, Nights]]) -> pd.DataFrame:
    """One row a policy, reading and world: weight, measures, stages and instants in minutes."""
    import pandas as pd

    parts = []
    for policy, readings in table.items():
        for reading, nights in readings.items():
            head = {"policy": policy, "reading": reading, "world": nights.clusters, "weight": nights.weights}
            parts.append(pd.DataFrame(head | dict(nights.columns)))
    return pd.concat(parts, ignore_index=True)
