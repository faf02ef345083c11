"""Which single input decides a figure, and where two policies change places.

Numbers that a policy's answer rests on are moved by a stated amount, one at a time, over the
same worlds: shares by ten points either way, lengths, rates and counts to half and double, a
yes to a no. `inputs` says which; what a source documents stays where it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any

from ..errors import CannotCondition
from ..model.compile import CannotBeSaid, compile_plan
from ..model.plan import Plan
from ..scenario.paths import kind_at, leaves, origin_of, replace
from ..scenario.quantities import text_of
from ..scenario.safeguards import Safeguards
from ..scenario.schema import Scenario
from ..scenario.stated import Distribution, Rate, Stated
from ..stats.weighted import effective_size
from .condition import Conditioned, condition
from .nights import Nights, under
from .phrases import noun, phrase, short_text
from .results import Decision, Tipping

#: After the effect nothing can stop it any more: what decides whether comes before.
BEFORE_EFFECT = ("incident.actor.",)
AFTER_EFFECT = ("detection.", "response.")

_INCIDENTAL = ("stretch", "triage", "false_alarms", "undoes_honest", "keep")
_STRUCTURE = ".by."
_OF_REVIEWERS = ("approval.catches", "approval.stamps", "approval.stamps_per_queued")
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
#: Swings this near to each other are all but a tie.
NEAR = 0.1
#: Shares stopped that move by less than this are not moved by that input.
LEAST_SHARE = 0.005


@dataclass
class Evenings:
    """A policy's evenings under a changed scenario, each change conditioned once.

    `worlds` is how many evenings are drawn; conditioned ones are kept for the next policy.
    """

    scenario: Scenario
    reading: str
    seed: int
    worlds: int
    _moved: dict[tuple[str, Any], tuple[Scenario, Plan]] = field(default_factory=dict)
    _kept: dict[Plan, tuple[Conditioned, dict[Plan, Nights]]] = field(default_factory=dict)

    def under(self, policy: str, path: str | None = None, value: Any = None) -> Nights:
        """The evenings under a policy, with one input moved."""
        scenario, own = (self.scenario, self.own) if path is None else self.with_moved(path, value)
        found, nights = self._conditioned(scenario, own)
        plan = compile_plan(scenario, policy, self.reading)
        told = nights.get(plan)
        if told is None:
            told = nights[plan] = under(plan, found)
        return told

    def _conditioned(self, scenario: Scenario, own: Plan) -> tuple[Conditioned, dict[Plan, Nights]]:
        """The worlds conditioned, and what was run in them already."""
        kept = self._kept.get(own)
        if kept is None:
            kept = self._kept[own] = condition(scenario, own, self.seed, self.worlds), {}
        return kept

    @cached_property
    def effective(self) -> float:
        """How many equally weighted evenings they are worth, with nothing moved."""
        found, _ = self._conditioned(self.scenario, self.own)
        return effective_size(found.weights, found.numbers)

    def with_moved(self, path: str, value: Any) -> tuple[Scenario, Plan]:
        """The scenario with one input moved, and the plan of its own policy: once for all policies."""
        found = self._moved.get((path, value))
        if found is None:
            scenario = replace(self.scenario, path, value)
            found = scenario, compile_plan(scenario, scenario.baseline, self.reading)
            self._moved[path, value] = found
        return found

    @cached_property
    def leaves(self) -> dict[str, Stated[Any]]:
        """Every value of the scenario by its path."""
        return dict(leaves(self.scenario))

    @cached_property
    def own(self) -> Plan:
        """The plan of the scenario's own policy, with nothing moved."""
        return compile_plan(self.scenario, self.scenario.baseline, self.reading)


def stopped(nights: Nights) -> float:
    """The share of evenings stopped."""
    return nights.weighting.mean(nights.column("stopped"))


def inputs(
    scenario: Scenario, policy: str, *, stops: bool, known: Mapping[str, Stated[Any]] | None = None
) -> Iterator[tuple[str, Stated[Any]]]:
    """The inputs that could decide a policy's figure; none that a source documents.

    Its own, as far as they differ from the baseline's, by the path where they are stated; what is said
    of the actor; the people its gates or the responders wait for, and the reports that keep them busy; unless the
    figure is the share stopped, also detection, response, the command's lag and the audience. `known` are the
    scenario's values, if somebody has them already.
    """
    mine = f"policies.{policy}."
    known = dict(leaves(scenario)) if known is None else known
    own = {
        path.split(".", 2)[2]: leaf
        for path, leaf in known.items()
        if path.startswith(f"policies.{scenario.baseline}.")
    }
    around = _around(scenario, scenario.policies[policy].safeguards, stops=stops)
    for path, leaf in known.items():
        if leaf.basis == "documented":
            continue
        if path.startswith(mine):
            name = path.split(".", 2)[2]
            inherited = name in own and own[name].value == leaf.value
            if path.endswith(_INCIDENTAL) or _STRUCTURE in path or inherited:
                continue
            if not leaf.given and path.endswith(("works", "covers")):
                continue
            # One that is inherited moves where it is stated, and in all others that have it from there.
            yield origin_of(scenario, path), leaf
        elif path.startswith(around):
            yield path, leaf


def _around(scenario: Scenario, safeguards: Safeguards, *, stops: bool) -> tuple[str, ...]:
    """Where the inputs stand that are not the policy's own: beginnings of paths."""
    incident = scenario.incident
    assert incident is not None  # noqa: S101 - a figure is of an incident
    asked = _asked(scenario, safeguards)
    found = list(BEFORE_EFFECT)
    if not stops:
        found += AFTER_EFFECT
        found += [
            f"platform.commands.{incident.command}.lag",
            f"platform.accounts.{incident.account}.followers",
        ]
        # People on call who handle reports as well are busier the more of them there are.
        asked |= {scenario.response.by}
    elif safeguards.cooling_off is not None and safeguards.cooling_off.holder_told.value:
        found.append("detection.holder.")
    found += [f"teams.{team}.headcount" for team in scenario.teams if team in asked]
    if any(scenario.teams[team].may for team in asked) or _asked(scenario, safeguards):
        found += [f"reports.{tier}.rate" for tier in scenario.reports]
    return tuple(found)


def _asked(scenario: Scenario, safeguards: Safeguards) -> set[str]:
    """The teams whose people a gate of the policy waits for."""
    asked = set(safeguards.approval.by) if safeguards.approval is not None else set()
    if safeguards.separation_of_duties is not None:
        asked.add(safeguards.separation_of_duties.by)
    if safeguards.protected_list is not None and safeguards.protected_list.then in scenario.teams:
        asked.add(safeguards.protected_list.then)
    return asked


def moved(value: Any) -> tuple[Any, Any] | None:
    """The lower and the higher value an input is moved to; None if it cannot be moved."""
    if isinstance(value, bool):
        return False, True
    if isinstance(value, float):
        return max(0.0, round(value - 0.1, 6)), min(1.0, round(value + 0.1, 6))
    if isinstance(value, int):
        return max(1, value // 2), value * 2
    if isinstance(value, Rate):
        return Rate(value.amount / 2.0, value.unit), Rate(value.amount * 2.0, value.unit)
    if isinstance(value, Distribution):
        return scaled_by(value, 0.5), scaled_by(value, 2.0)
    return None


def scaled_by(value: Distribution, factor: float) -> Distribution:
    """The distribution with every length `factor` times as long."""
    pure = {"sigma", "shape"}
    return Distribution(
        value.shape, tuple((name, x if name in pure else x * factor) for name, x in value.parameters)
    )


def figures(evenings: Evenings, policy: str, path: str, *, stops: bool) -> tuple[float, float] | None:
    """A policy's figure with one input moved to its lower and to its higher value.

    The figure is the share stopped for a policy that stops, else the mean minutes dark. None of an input that cannot
    be moved; nor where, moved so far, the record cannot be met: there is no figure to compare.
    """
    figure: Callable[[Nights], float] = stopped if stops else attrgetter("mean_dark")
    pair = moved(evenings.leaves[path].value)
    if pair is None or pair[0] == pair[1]:
        return None
    try:
        low, high = (figure(evenings.under(policy, path, value)) for value in pair)
    except (CannotBeSaid, CannotCondition):
        return None
    return low, high


def decide(
    evenings: Evenings,
    policy: str,
    *,
    stops: bool,
    found: Mapping[str, tuple[float, float] | None],
) -> Decision | None:
    """The one input whose move changes the figure most; None if none moves it noticeably.

    `found` are the `figures` of all its `inputs`, in their order.
    """
    known, least = evenings.leaves, LEAST_SHARE if stops else 1e-9
    # A share that moves is that of the evenings that change sides: so many are worth so much.
    try:
        worth = evenings.effective if stops else math.inf
    except CannotCondition:
        return None  # none of so few evenings is as the record has it
    best: tuple[float, str, tuple[float, float]] | None = None
    for path, pair in found.items():
        swing = 0.0 if pair is None else abs(pair[1] - pair[0])
        if pair is None or swing <= least:
            continue
        if best is None or _beats(swing, known[path].given, best[0], worth, written=known[best[1]].given):
            best = swing, path, pair
    if best is None:
        return None
    _, path, (low, high) = best
    leaf, kind = known[path], kind_at(evenings.scenario, path)
    lower, higher = moved(leaf.value) or (None, None)
    many = independent(evenings.scenario.policies[policy].safeguards) if path.endswith(_OF_REVIEWERS) else ""
    return Decision(
        path=path,
        label=phrase(path, leaf.value, kind) + many,
        value_text=text_of(leaf.value, kind),
        basis=leaf.basis,
        low_text=text_of(lower, kind),
        high_text=text_of(higher, kind),
        figure_low=low,
        figure_high=high,
        figure="stopped" if stops else "mean_dark",
    )


def _beats(swing: float, given: bool, best: float, worth: float, *, written: bool) -> bool:
    """Whether an input decides rather than the best so far.

    Of two that are all but tied, by a tenth or by less than the simulation's standard error over
    evenings of that `worth`, what somebody wrote comes before a default of the format.
    """
    if given == written:
        return swing > best * (1.0 + 1e-9)
    more, less = (best, swing) if given else (swing, best)
    tied = less >= more * (1.0 - NEAR) or more - less <= math.sqrt((more + less) / max(1.0, worth))
    return given == (tied or less > more)


def independent(safeguards: Safeguards) -> str:
    """How many reviewers there are that fail independently of each other, where it is more than one."""
    approval = safeguards.approval
    count = 0 if approval is None else sum(number.value for number in approval.by.values())
    if count < 2:
        return ""
    return f", {_NUMBERS.get(count, str(count))} reviewers, independent"


def tip(evenings: Evenings, better: str, worse: str, decision: Decision) -> Tipping | None:
    """Where `better` stops being better as its deciding input moves; None if it never does.

    Shares are searched from 0 to 1, lengths and rates from an eighth to eight times.
    """
    value = evenings.leaves[decision.path].value
    kind = kind_at(evenings.scenario, decision.path)
    at: Callable[[float], Any]
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        at, low, high, now = (lambda x: x), 0.0, 1.0, value
    elif isinstance(value, Distribution):
        at, low, high, now = (lambda x: scaled_by(value, 2.0**x)), -3.0, 3.0, 0.0
    elif isinstance(value, Rate):
        at, low, high, now = (lambda x: Rate(value.amount * 2.0**x, value.unit)), -3.0, 3.0, 0.0
    elif isinstance(value, int):
        at, low, high, now = (lambda x: max(1, round(value * 2.0**x))), -3.0, 3.0, 0.0
    else:
        return None

    def gap(x: float) -> float:
        """How much better: minutes dark saved, zero where they change places."""
        moved_to = at(x)
        left = evenings.under(worse, decision.path, moved_to).mean_dark
        return left - evenings.under(better, decision.path, moved_to).mean_dark

    try:
        here = gap(now)
        for end in (low, high):
            if here > 0.0 > gap(end):
                within = 0.004 if isinstance(value, float) else 0.03
                place = _crossing(gap, min(now, end), max(now, end), within)
                return Tipping(
                    better=better,
                    worse=worse,
                    path=decision.path,
                    label=noun(decision.path),
                    direction="over" if end == low else "under",
                    value_text=short_text(_rounded(at(place)), kind),
                    now_text=short_text(value, kind),
                    basis=decision.basis,
                )
    except (CannotBeSaid, CannotCondition):
        return None
    return None


def _crossing(gap: Callable[[float], float], low: float, high: float, within: float) -> float:
    """Where the gap between two places changes sign, to `within`; there are other signs on both sides of it.

    A gap is that of many evenings. The ITP method (Oliveira and Takahashi, 2021) tries the place where a straight line
    between both ends crosses, pushed a little towards the middle, and never needs more than one place more than halves.
    """
    halves = max(0, math.ceil(math.log2((high - low) / (2.0 * within))))
    cells = 1 << halves
    before, after, at_before, at_after = 0, cells, gap(low), gap(high)
    positive = at_before > 0.0
    for left in range(halves + 1, 0, -1):
        wide, middle = after - before, (before + after) / 2.0
        if wide == 1:
            break
        straight = before + wide * at_before / (at_before - at_after)
        push = max(0.2 * wide**2 / cells, 0.6)
        aimed = middle if push > abs(middle - straight) else straight + math.copysign(push, middle - straight)
        reach = (2**left - wide) / 2.0
        edge = round(min(max(aimed, middle - reach), middle + reach))
        edge = min(max(edge, before + 1), after - 1)
        found = gap(low + (high - low) * edge / cells)
        if (found > 0.0) == positive:
            before, at_before = edge, found
        else:
            after, at_after = edge, found
    return low + (high - low) * (before + 0.5) / cells


def _rounded(value: Any) -> Any:
    """To the precision the search has: whole points, whole seconds, two figures of a rate."""
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, Rate):
        return Rate(float(f"{value.amount:.2g}"), value.unit)
    if isinstance(value, Distribution):
        pure = {"sigma", "shape"}
        return Distribution(
            value.shape,
            tuple((n, x if n in pure else round(x / 1e6) * 1e6) for n, x in value.parameters),
        )
    return round(value / 1e6) * 1_000_000 if isinstance(value, int) and value > 10_000_000 else value
