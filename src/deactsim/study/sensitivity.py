"""Which single input decides a figure.

Numbers that a policy's answer rests on are moved by a stated amount, one at a time, over the
same worlds: shares by ten points either way, lengths, rates and counts to half and double, a
yes to a no. `inputs` says which; what a source documents stays where it is. Where two policies change places is in
`tipping`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from ..errors import CannotCondition
from ..model.compile import CannotBeSaid, compile_plan
from ..model.plan import Plan
from ..scenario.paths import kind_at, leaves, origin_of
from ..scenario.paths import replace as replace_at
from ..scenario.quantities import text_of
from ..scenario.safeguards import Safeguards
from ..scenario.schema import Scenario
from ..scenario.stated import Distribution, Rate, Stated
from ..stats.weighted import Z95
from .condition import Conditioned, condition
from .nights import Array, Nights, under
from .phrases import phrase
from .results import Decision

Kept = TypeVar("Kept")

#: After the effect nothing can stop it any more: what decides whether comes before.
BEFORE_EFFECT = ("incident.actor.",)
AFTER_EFFECT = ("detection.", "response.")

_INCIDENTAL = ("stretch", "triage", "false_alarms", "undoes_honest", "keep")
_STRUCTURE = ".by."
_OF_REVIEWERS = ("approval.catches", "approval.stamps", "approval.stamps_per_queued")
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
#: The normal quantile of an error of one in a thousand: so sure a look at few worlds has to be.
SURE = 3.29
#: Conditioned worlds that are kept, and policies' evenings in each: both ends of an input, and what is not moved.
KEPT = 4
#: Shares stopped that move by less than this are not moved by that input.
LEAST_SHARE = 0.005


@dataclass
class Evenings:
    """A policy's evenings under a changed scenario, each change conditioned once.

    `worlds` is how many evenings are drawn; the last conditioned ones are kept for the next policy, with the
    evenings of the last policies. `known` are those of the scenario's own plan, if somebody has them already.
    """

    scenario: Scenario
    reading: str
    seed: int
    worlds: int
    known: Conditioned | None = None
    _moved: dict[tuple[str, Any], tuple[Scenario, Plan]] = field(default_factory=dict)
    _kept: OrderedDict[Plan, tuple[Conditioned, OrderedDict[Plan, Nights]]] = field(
        default_factory=OrderedDict
    )

    def under(self, policy: str, path: str | None = None, value: Any = None) -> Nights:
        """The evenings under a policy, with one input moved."""
        scenario, own = (self.scenario, self.own) if path is None else self.with_moved(path, value)
        found, nights = self._conditioned(scenario, own)
        plan = compile_plan(scenario, policy, self.reading)
        if plan not in nights:
            nights[plan] = under(plan, found)
        return _last_used(nights, plan)

    def _conditioned(self, scenario: Scenario, own: Plan) -> tuple[Conditioned, OrderedDict[Plan, Nights]]:
        """The worlds conditioned, and what was run in them already."""
        if own not in self._kept:
            found = self.known if self.known is not None and own == self.known.own else None
            found = found or condition(scenario, own, self.seed, self.worlds)
            self._kept[own] = found, OrderedDict()
        return _last_used(self._kept, own)

    def with_moved(self, path: str, value: Any) -> tuple[Scenario, Plan]:
        """The scenario with one input moved, and the plan of its own policy: once for all policies."""
        found = self._moved.get((path, value))
        if found is None:
            scenario = replace_at(self.scenario, path, value)
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


def _last_used(kept: OrderedDict[Plan, Kept], plan: Plan) -> Kept:
    """What is kept of a plan, as the last used; no more than the last few are kept."""
    kept.move_to_end(plan)
    if len(kept) > KEPT:
        kept.popitem(last=False)
    return kept[plan]


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


@dataclass(frozen=True, eq=False)
class Swing:
    """A policy's figure with one input at its lower and at its higher value.

    `parts` is what each world adds to the error of their difference, (worlds,): their squares add up to its variance.
    """

    low: float
    high: float
    parts: Array

    @property
    def size(self) -> float:
        """How far the figure moves."""
        return abs(self.high - self.low)

    def leads(self, other: Swing, z: float = Z95) -> bool:
        """Whether it is larger than another by more than the simulation's error, both in the same worlds.

        The difference of both is a mean over worlds; z is the quantile of the normal distribution for its interval.
        """
        ours, theirs = (each.parts if each.high >= each.low else -each.parts for each in (self, other))
        error = float(np.sqrt(((ours - theirs) ** 2).sum()))
        return self.size - other.size > z * error + 1e-12


def figures(evenings: Evenings, policy: str, path: str, *, stops: bool) -> Swing | None:
    """A policy's figure with one input moved to its lower and to its higher value.

    The figure is the share stopped for a policy that stops, else the mean minutes dark. None of an input that cannot
    be moved; nor where, moved so far, the record cannot be met: there is no figure to compare.
    """
    pair = moved(evenings.leaves[path].value)
    if pair is None or pair[0] == pair[1]:
        return None
    try:
        (low, less), (high, more) = (
            _figure(evenings.under(policy, path, value), evenings.worlds, stops=stops) for value in pair
        )
    except (CannotBeSaid, CannotCondition):
        return None
    return Swing(low, high, more - less)


def _figure(nights: Nights, worlds: int, *, stops: bool) -> tuple[float, Array]:
    """The figure, and what each world adds to its error by linearisation of the ratio, (worlds,)."""
    values = nights.column("stopped" if stops else "dark_minutes")
    mean = nights.weighting.mean(values) if stops else nights.mean_dark
    by_world = np.bincount(nights.clusters, nights.weights, worlds)
    count = np.count_nonzero(by_world)
    correction = np.sqrt(count / (count - 1)) if count > 1 else 1.0
    parts = np.bincount(nights.clusters, nights.weights * (values - mean), worlds)
    return mean, parts * correction / by_world.sum()


def contenders(found: Mapping[str, Swing | None], *, stops: bool, z: float = Z95) -> list[str]:
    """The inputs whose swing none other leads beyond simulation error, the largest first."""
    least = LEAST_SHARE if stops else 1e-9
    moving = {path: swing for path, swing in found.items() if swing is not None and swing.size > least}
    order = sorted(moving, key=lambda path: -moving[path].size)
    return [path for path in order if not moving[order[0]].leads(moving[path], z)]


def to_confirm(found: Mapping[str, Swing | None]) -> list[str]:
    """The inputs that may be the deciding one, after a look at few worlds: those that the largest swing hardly leads.

    One that moves none of those worlds is none of them.
    """
    moving = {
        path: swing
        for path, swing in found.items()
        if swing is not None and (swing.size or swing.parts.any())
    }
    if not moving:
        return []
    largest = max(moving.values(), key=lambda swing: swing.size)
    return [path for path, swing in moving.items() if not largest.leads(swing, SURE)]


def decide(
    evenings: Evenings, policy: str, *, stops: bool, found: Mapping[str, Swing | None]
) -> Decision | None:
    """The input whose move changes the figure most; None if none moves it noticeably.

    `found` are the `figures` of its `inputs`. Where the largest swing does not lead beyond simulation error, those that
    share the lead stand beside it, what somebody wrote before a default of the format.
    """
    order = contenders(found, stops=stops)
    if not order:
        return None
    order.sort(key=lambda path: not evenings.leaves[path].given)
    # How many reviewers there are is said once, after the last number that is theirs.
    theirs = [path for path in order if path.endswith(_OF_REVIEWERS)][-1:]
    several = independent(evenings.scenario.policies[policy].safeguards)
    first, *others = (
        _decision(evenings, path, found[path], several if path in theirs else "", stops=stops)
        for path in order
    )
    return replace(first, shared_with=tuple(others))


def _decision(evenings: Evenings, path: str, swing: Swing | None, several: str, *, stops: bool) -> Decision:
    assert swing is not None  # noqa: S101 - contenders have one
    leaf, kind = evenings.leaves[path], kind_at(evenings.scenario, path)
    lower, higher = moved(leaf.value) or (None, None)
    return Decision(
        path=path,
        label=phrase(path, leaf.value, kind) + several,
        value_text=text_of(leaf.value, kind),
        basis=leaf.basis,
        low_text=text_of(lower, kind),
        high_text=text_of(higher, kind),
        figure_low=swing.low,
        figure_high=swing.high,
        figure="stopped" if stops else "mean_dark",
    )


def independent(safeguards: Safeguards) -> str:
    """How many reviewers there are that fail independently of each other, where it is more than one."""
    approval = safeguards.approval
    count = 0 if approval is None else sum(number.value for number in approval.by.values())
    if count < 2:
        return ""
    return f", {_NUMBERS.get(count, str(count))} reviewers, independent"
