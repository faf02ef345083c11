"""Outcomes and friction of every policy as chart data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..study.results import Comparison, Estimate, PolicyOutcome, Replay
from .chart_data import Table, Words, footer, pinned_minutes, put_in, put_in_text, surest
from .compare_table import GROUPS, nothing_seen, others, several, worse_text
from .wording import number, plural, sentence

HELPFUL = {"stops", "shortens"}
PANELS = 7
"""Kinds of cost that fit beside each other; the data beside the chart has them all."""

COSTS = {
    "held": "Requests held",
    "minutes_held": "Mean wait of those held",
    "urgent_held": "Urgent ones held",
    "denied": "Requests denied",
    "agent_days_lost": "Leavers' shifts lost",
    "false_alarms": "False alarms",
    "wrongly_undone": "Wrongly undone",
    "rerouted": "Requests rerouted",
    "report_wait": "Wait of reports",
    "approver_hours": "Reviewers' time",
    "responder_hours": "Responders' time",
}
"""Costs that are charted, those that matter most to people outside first."""


@dataclass(frozen=True, slots=True)
class OutcomeLane:
    """Mean minutes dark over all worlds of one policy, a point per reading.

    `agree` says that all readings have the same; `adapted` holds what changes if the actor
    adapts; `note` says what gets worse.
    """

    label: str
    group: str
    points: tuple[tuple[str, Estimate], ...]
    agree: bool
    adapted: tuple[tuple[str, Estimate], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class OutcomesData:
    """What every policy leaves of the dark time, over all worlds."""

    words: Words
    lanes: tuple[OutcomeLane, ...]
    letters: tuple[tuple[str, str], ...]
    baseline: float | None
    alt: str
    table: Table


@dataclass(frozen=True, slots=True)
class CostPanel:
    """One kind of cost: a value for each policy, in the order of the rows."""

    label: str
    unit: str
    values: tuple[Estimate | None, ...]


@dataclass(frozen=True, slots=True)
class FrictionData:
    """What honest work pays for each policy in a usual week."""

    words: Words
    rows: tuple[tuple[str, str], ...]
    gains: CostPanel
    baseline: float | None
    panels: tuple[CostPanel, ...]
    alt: str
    table: Table


def outcomes_data(replay: Replay, comparison: Comparison) -> OutcomesData:
    """Mean minutes dark over all worlds, best policy on top."""
    letter_of = {name: letter for name, _, letter in comparison.readings}
    shown = sorted((policy for policy in others(comparison) if policy.readings), key=_worst_dark)
    lanes = tuple(
        OutcomeLane(
            policy.label,
            policy.group,
            tuple((letter_of[outcome.reading], outcome.mean_dark) for outcome in policy.readings),
            len({number(outcome.mean_dark.mean) for outcome in policy.readings}) == 1,
            tuple((letter_of[outcome.reading], outcome.mean_dark) for outcome in policy.adapted),
            worse_text(policy),
        )
        for policy in shown
    )
    # The record is of one account; where several went dark, all count.
    put = None if several(comparison) else pinned_minutes(replay)
    baseline = put if put is not None else _own_mean(comparison)
    title = _outcomes_title(comparison, shown, baseline)
    words = Words(
        replay.scenario.title,
        title,
        "Mean minutes dark over all worlds, those stopped counting 0, with the 95 % interval of the simulation. "
        "An open mark: the actor adapts to the policy.",
        footer(replay, put_in(put)),
    )
    said = [
        f"{lane.label}: "
        + ", ".join(f"{letter} {number(estimate.mean)}" for letter, estimate in lane.points)
        + " min"
        + (f" ({lane.note})" if lane.note else "")
        for lane in lanes
    ]
    rows = [
        (policy.name, policy.group, outcome.reading, adapts, mean.mean, mean.low, mean.high, "min")
        for policy in shown
        for adapts, outcomes in ((0, policy.readings), (1, policy.adapted))
        for outcome in outcomes
        for mean in (outcome.mean_dark,)
    ]
    columns = ("policy", "group", "reading", "actor_adapts", "mean_dark", "low", "high", "unit")
    letters = tuple((letter, label) for _, label, letter in comparison.readings)
    alt = f"{title}. " + "; ".join(said) + "."
    return OutcomesData(words, lanes, letters, baseline, alt, Table(columns, tuple(rows)))


def _own_mean(comparison: Comparison) -> float | None:
    """Mean minutes dark under the scenario's own policy."""
    own = (policy.readings for policy in comparison.policies if policy.name == comparison.baseline)
    return next((readings[0].mean_dark.mean for readings in own if readings), None)


def _worst_dark(policy: PolicyOutcome) -> float:
    """Mean minutes dark under the reading, or the adapting actor, that is worst for the policy."""
    return max(outcome.mean_dark.mean for outcome in (*policy.readings, *policy.adapted))


def _outcomes_title(comparison: Comparison, shown: list[PolicyOutcome], baseline: float | None) -> str:
    if not shown or baseline is None:
        return "There is no policy to compare with the baseline"
    best = shown[0]
    same = sum(policy.group == "nothing" for policy in shown)
    title = f"{best.label} leaves {number(_worst_dark(best))} of the {number(baseline)} minutes on average"
    if len(comparison.readings) > 1:
        title += ", whatever the reading"
    title += put_in_text(best)
    if same:
        title += f"; {same} of {plural(len(shown), 'policy')} would have changed nothing"
    return sentence(title)


def friction_data(replay: Replay, comparison: Comparison) -> FrictionData:
    """What honest work pays in a usual week, beside what it buys."""
    order = [group for group, _ in GROUPS]
    own = next((policy.friction for policy in comparison.policies if policy.name == comparison.baseline), {})
    shown = sorted(
        # A policy that neither helps nor costs has nothing to show here.
        (
            policy
            for policy in others(comparison)
            if policy.readings and (policy.group in HELPFUL or not nothing_seen(policy.friction_text))
        ),
        key=lambda policy: (order.index(policy.group), _worst_dark(policy)),
    )
    costs = [name for name in COSTS if any(_costs(policy, name, own) for policy in shown)]
    panels = tuple(
        CostPanel(COSTS[name], _unit(shown, name), tuple(policy.friction.get(name) for policy in shown))
        for name in costs[:PANELS]
    )
    gains = CostPanel(
        "Minutes dark, on average", "min", tuple(policy.readings[0].mean_dark for policy in shown)
    )
    title = _friction_title(comparison, shown)
    words = Words(
        replay.scenario.title,
        title,
        "Left: what a policy leaves of the dark time. Right: what honest work pays for it in a usual week, from "
        f"{plural(comparison.weeks, 'simulated routine week')} of the same model; lines: 95 % intervals.",
        footer(replay, "Reports a day, handling times and shifts are put in."),
    )
    alt = (
        f"{title}. "
        + "; ".join(f"{policy.label}: {policy.friction_text or 'none seen'}" for policy in shown)
        + "."
    )
    rows = [
        (policy.name, policy.group, name, estimate.mean, estimate.low, estimate.high, estimate.unit)
        for policy in shown
        for name, estimate in policy.friction.items()
    ]
    columns = ("policy", "group", "cost", "mean", "low", "high", "unit")
    labelled = tuple((policy.label, policy.group) for policy in shown)
    baseline = _own_mean(comparison)
    return FrictionData(words, labelled, gains, baseline, panels, alt, Table(columns, tuple(rows)))


def _costs(policy: PolicyOutcome, name: str, own: Mapping[str, Estimate]) -> bool:
    """Whether a policy costs more of this kind than the baseline does."""
    estimate, before = policy.friction.get(name), own.get(name)
    return estimate is not None and estimate.mean > 1.01 * (0.0 if before is None else before.mean)


def _unit(policies: list[PolicyOutcome], name: str) -> str:
    return next(policy.friction[name].unit for policy in policies if name in policy.friction)


def _friction_title(comparison: Comparison, shown: list[PolicyOutcome]) -> str:
    helpful = [policy for policy in shown if policy.group in HELPFUL]
    free = sum(nothing_seen(policy.friction_text) for policy in helpful)
    stop = surest(comparison)
    if not helpful:
        return "No policy here helps, whatever it costs honest work"
    rest = f"{free} of {plural(len(helpful), 'policy')} that help cost honest work nothing that was seen"
    if stop is None:
        return rest
    asks = "nothing that was seen" if nothing_seen(stop[0].friction_text) else stop[0].friction_text
    return sentence(f"{stop[0].label}, the surest stop, costs honest work in a usual week: {asks}; {rest}")
