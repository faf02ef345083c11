"""Outcomes and friction of every policy as chart data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..study.ranking import RULE
from ..study.results import Comparison, Estimate, PolicyOutcome, Replay
from .chart_data import (
    Table,
    Words,
    first_of,
    footer,
    named,
    pinned_minutes,
    put_in,
    put_in_text,
    worst_of,
)
from .compare_table import GROUPS, nothing_seen, ordered, others, several, worse_text
from .cut_text import counted_in
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
    """One kind of cost: a value for each policy, in the order of the rows; `beside` is added in words."""

    label: str
    unit: str
    values: tuple[Estimate | None, ...]
    beside: tuple[str, ...] = ()


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
    shown = ordered(comparison, [policy for policy in others(comparison) if policy.readings])
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
        f"Mean minutes dark over all worlds, those stopped counting 0{_counted(comparison)}, with the 95 % interval of "
        "the simulation. "
        f"An open mark: the actor adapts to the policy. Rows: {RULE}.",
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


def _counted(comparison: Comparison) -> str:
    """`, dark ones each counted for 24 h at most` where means are restricted."""
    return "".join(f", dark ones {said}" for said in (counted_in(comparison),) if said)


def _own_mean(comparison: Comparison) -> float | None:
    """Mean minutes dark under the scenario's own policy."""
    own = (policy.readings for policy in comparison.policies if policy.name == comparison.baseline)
    return next((readings[0].mean_dark.mean for readings in own if readings), None)


def _outcomes_title(comparison: Comparison, shown: list[PolicyOutcome], baseline: float | None) -> str:
    if not shown or baseline is None:
        return "There is no policy to compare with the baseline"
    best = shown[0]
    same = sum(policy.group == "nothing" for policy in shown)
    left = number(worst_of(best).mean_dark.mean)
    title = f"{named(comparison, best)} leaves {left} of the {number(baseline)} minutes on average"
    if len(best.readings) + len(best.adapted) > 1:
        title += ", at worst"
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
            for policy in ordered(comparison, others(comparison))
            if policy.readings and (policy.group in HELPFUL or not nothing_seen(policy.friction_text))
        ),
        key=lambda policy: order.index(policy.group),
    )
    costs = [name for name in COSTS if any(_costs(policy, name, own) for policy in shown)]
    panels = tuple(
        CostPanel(COSTS[name], _unit(shown, name), tuple(policy.friction.get(name) for policy in shown))
        for name in costs[:PANELS]
    )
    gains = CostPanel(
        "Minutes dark, on average, at worst",
        "min",
        tuple(worst_of(policy).mean_dark for policy in shown),
        tuple(_at_best(comparison, policy) for policy in shown),
    )
    title = _friction_title(comparison, shown)
    words = Words(
        replay.scenario.title,
        title,
        f"Left: what a policy leaves of the dark time{_counted(comparison)}, under the reading or adaptation worst for "
        "it, which is the order "
        "in each group; in brackets: under the reading it does best in. Right: what honest work pays in a usual week, "
        "from "
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


def _at_best(comparison: Comparison, policy: PolicyOutcome) -> str:
    """`M 4.3` where a reading leaves less than the worst does: what the policy is for."""
    best = min(policy.readings, key=lambda outcome: outcome.mean_dark.mean)
    figure = number(best.mean_dark.mean)
    if figure == number(worst_of(policy).mean_dark.mean):
        return ""
    letters = [
        letter
        for outcome in policy.readings
        for name, _, letter in comparison.readings
        if name == outcome.reading and number(outcome.mean_dark.mean) == figure
    ]
    return f"({''.join(letters)} {figure})" if len(letters) < len(policy.readings) else f"(else {figure})"


def _costs(policy: PolicyOutcome, name: str, own: Mapping[str, Estimate]) -> bool:
    """Whether a policy costs more of this kind than the baseline does."""
    estimate, before = policy.friction.get(name), own.get(name)
    return estimate is not None and estimate.mean > 1.01 * (0.0 if before is None else before.mean)


def _unit(policies: list[PolicyOutcome], name: str) -> str:
    return next(policy.friction[name].unit for policy in policies if name in policy.friction)


def _friction_title(comparison: Comparison, shown: list[PolicyOutcome]) -> str:
    helpful = [policy for policy in shown if policy.group in HELPFUL]
    free = sum(nothing_seen(policy.friction_text) for policy in helpful)
    first = first_of(comparison)
    if not helpful:
        return "No policy here helps, whatever it costs honest work"
    rest = f"{free} of {plural(len(helpful), 'policy')} that help cost honest work nothing that was seen"
    if first is None or first.group not in HELPFUL:
        return rest
    asks = "nothing that was seen" if nothing_seen(first.friction_text) else first.friction_text
    who = named(comparison, first)
    return sentence(
        f"{who} leaves the fewest minutes dark and costs honest work in a usual week: {asks}; {rest}"
    )
