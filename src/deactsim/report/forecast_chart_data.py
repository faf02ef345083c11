"""What the charts of a forecast show, as plain data: exceedance, and exposure against friction."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from ..study.forecast_results import ExceedancePoint, Forecast, ForecastPolicy
from ..study.replay import basis
from ..study.results import Estimate
from .chart_data import Table, Words
from .forecast_figures import (
    BURDENS,
    DASH,
    at_minutes,
    baseline_of,
    best,
    dark,
    dominated_by,
    hours_waited,
    one_in,
    places,
    share_text,
    staff_hours,
)
from .wording import minutes, number, plural, sentence

OUTLETS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ExceedanceCurve:
    """A curve of one policy, or of several that share it; `figure` is read off at the appetite."""

    label: str
    place: int | None
    points: tuple[ExceedancePoint, ...]
    figure: str


@dataclass(frozen=True, slots=True)
class ExceedanceData:
    """The chance to exceed so many minutes in a year, against the appetite."""

    words: Words
    curves: tuple[ExceedanceCurve, ...]
    appetite: float
    alt: str
    table: Table


@dataclass(frozen=True, slots=True)
class Spot:
    """A policy in exposure against friction; a burden is None where the policy is unstable."""

    label: str
    place: int | None
    exposure: Estimate
    burdens: tuple[float | None, ...]
    dominated: str
    unstable: bool
    figure: str


@dataclass(frozen=True, slots=True)
class FrontierData:
    """What policies leave, against what honest work pays."""

    words: Words
    spots: tuple[Spot, ...]
    burdens: tuple[str, ...]
    alt: str
    table: Table


def footer(forecast: Forecast, first: str = "") -> str:
    """What a chart rests on: what is put in, the simulation, the sources."""
    rests = basis(forecast.scenario, ())
    parts = [first] if first else []
    done = "" if forecast.complete else " (interrupted)"
    parts.append(
        f"How often each cause comes is put in. {plural(forecast.years, 'simulated year')}{done}, seed "
        f"{forecast.seed}; {rests.documented} documented and {rests.assumed} assumed numbers."
    )
    outlets = list(dict.fromkeys(source.outlet for source in forecast.scenario.sources.values()))
    if outlets:
        more = len(outlets) - OUTLETS_SHOWN
        parts.append(
            f"Sources: {', '.join(outlets[:OUTLETS_SHOWN])}{f' and {more} more' if more > 0 else ''}."
        )
    return " ".join(parts)


def grouped(
    policies: Sequence[ForecastPolicy], same: Callable[[ForecastPolicy], Hashable]
) -> list[list[ForecastPolicy]]:
    """Policies that share a figure, together."""
    found: dict[Hashable, list[ForecastPolicy]] = {}
    for policy in policies:
        found.setdefault(same(policy), []).append(policy)
    return list(found.values())


def group_label(forecast: Forecast, group: Sequence[ForecastPolicy]) -> str:
    """The names of a group; the baseline first, and said to be it."""
    ordered = sorted(group, key=lambda policy: policy.name != forecast.baseline)
    return ", ".join(
        policy.label + (" (baseline)" if policy.name == forecast.baseline else "") for policy in ordered
    )


def group_place(forecast: Forecast, group: Sequence[ForecastPolicy]) -> int | None:
    """The best place in the palette of a group."""
    found = places(forecast)
    taken = [place for policy in group if (place := found[policy.name]) is not None]
    return min(taken, default=None)


def exceedance_data(forecast: Forecast) -> ExceedanceData:
    """Loss-exceedance curves, the highest chance at the appetite on top of the key."""
    with_curve = [policy for policy in forecast.policies if policy.exceedance]
    groups = sorted(
        grouped(with_curve, lambda policy: policy.exceedance), key=lambda group: -_there(forecast, group[0])
    )
    curves = []
    for group in groups:
        there = at_minutes(group[0].exceedance, forecast.appetite)
        never = there is None and group[0].exceedance[-1].minutes < forecast.appetite
        figure = "not in these years" if never else f"{DASH if there is None else share_text(there)} %"
        curves.append(
            ExceedanceCurve(
                group_label(forecast, group), group_place(forecast, group), group[0].exceedance, figure
            )
        )
    title = _exceedance_title(forecast)
    words = Words(
        forecast.scenario.title,
        title,
        "The chance that protected accounts, all together, are dark for more than so long in a year. "
        "Bands: 95 % simulation error. 0: in none of the simulated years.",
        footer(forecast, "The appetite is put in."),
    )
    alt = f"{title}. Chance of more than {minutes(forecast.appetite)} in a year: " + (
        "; ".join(f"{curve.label}: {curve.figure}" for curve in curves) + "."
        if curves
        else "no policy has a curve."
    )
    rows = tuple(
        (policy.name, point.minutes, point.share, point.low, point.high)
        for policy in with_curve
        for point in policy.exceedance
    )
    columns = ("policy", "minutes", "share_of_years", "low", "high")
    return ExceedanceData(words, tuple(curves), forecast.appetite, alt, Table(columns, rows))


def _there(forecast: Forecast, policy: ForecastPolicy) -> float:
    there = at_minutes(policy.exceedance, forecast.appetite)
    return -1.0 if there is None else there.mean


def _exceedance_title(forecast: Forecast) -> str:
    own = baseline_of(forecast)
    there = None if own is None else at_minutes(own.exceedance, forecast.appetite)
    long = minutes(forecast.appetite)
    if own is None:
        return "The baseline has no chance to compare with the appetite"
    if not own.exceedance:
        return f"How often more than {long} are exceeded under {own.label} cannot be said: a cause comes too often"
    if there is None:
        return f"{plural(forecast.years, 'year')} cannot tell how often more than {long} are exceeded under {own.label}"
    if there.mean <= 0:
        return f"In none of the simulated years are protected accounts dark for more than {long} under {own.label}"
    title = f"Protected accounts are dark for more than {long} in {one_in(there.mean)} under {own.label}"
    helped = best(forecast, lambda policy: at_minutes(policy.exceedance, forecast.appetite))
    if helped is None:
        return title + ("; no policy here clearly changes that" if len(forecast.policies) > 1 else "")
    then = at_minutes(helped.exceedance, forecast.appetite)
    return title + f"; in {one_in(0.0 if then is None else then.mean)} under {helped.label}"


def frontier_data(forecast: Forecast) -> FrontierData:
    """Exposure against friction: money where wages are given, else hours; and the wait of honest work."""
    money = next((policy.cost.unit for policy in forecast.policies if policy.cost is not None), None)
    heads: list[tuple[str, Callable[[ForecastPolicy], float]]] = [
        (f"cost of friction, {money}", lambda policy: 0.0 if policy.cost is None else policy.cost.mean)
        if money is not None
        else ("hours of staff a week: reviews, false alarms, shifts without the right", staff_hours),
        ("hours a week that honest actions wait, all together", hours_waited),
    ]
    shown = sorted(
        ((policy, estimate) for policy in forecast.policies if (estimate := dark(policy)) is not None),
        key=lambda each: each[1].mean,
    )
    spots = []
    for group in grouped([policy for policy, _ in shown], lambda policy: _spot_key(policy, heads)):
        policy, estimate = group[0], dark(group[0])
        assert estimate is not None  # noqa: S101 - only those with minutes are shown
        by = dominated_by(policy, forecast)
        burdens = tuple(None if policy.unstable is not None else of(policy) for _, of in heads)
        figure = f"{number(estimate.mean)} min a year; " + (policy.friction_text or "none seen")
        if policy.unstable is not None:
            figure = f"{number(estimate.mean)} min a year; unstable: {policy.unstable}"
        elif by is not None:
            figure = f"{number(estimate.mean)} min a year; dominated by {by.label}"
        spots.append(
            Spot(
                group_label(forecast, group), group_place(forecast, group), estimate, burdens,
                "" if by is None else by.label, policy.unstable is not None, figure,
            )
        )  # fmt: skip
    title = _frontier_title(forecast)
    words = Words(
        forecast.scenario.title,
        title,
        "Lower left is better. Hollow: dominated, another policy here leaves no more minutes dark and burdens honest "
        "work no more in anything that was measured. At the right edge: a queue grows without end.",
        footer(forecast, f"Friction from {plural(forecast.weeks, 'simulated routine week')}."),
    )
    alt = f"{title}. " + "; ".join(f"{spot.label}: {spot.figure}" for spot in spots) + "."
    rows = tuple(
        (
            policy.name,
            estimate.mean,
            estimate.low,
            estimate.high,
            None if policy.cost is None else policy.cost.mean,
            money,
            None if policy.unstable is not None else staff_hours(policy),
            None if policy.unstable is not None else hours_waited(policy),
            *(policy.friction[name].mean if name in policy.friction else None for name in BURDENS),
            None if (by := dominated_by(policy, forecast)) is None else by.name,
            policy.unstable,
        )
        for policy, estimate in shown
    )
    columns = (
        "policy", "dark_minutes_per_year", "low", "high", "cost", "cost_unit", "staff_hours_per_week",
        "hours_waited_per_week", *BURDENS, "dominated_by", "unstable",
    )  # fmt: skip
    return FrontierData(words, tuple(spots), tuple(head for head, _ in heads), alt, Table(columns, rows))


def _spot_key(
    policy: ForecastPolicy, heads: Sequence[tuple[str, Callable[[ForecastPolicy], float]]]
) -> Hashable:
    """What policies share that stand on the same spot for the same price."""
    if policy.unstable is not None:
        return policy.name
    burden = tuple((name, policy.friction[name]) for name in BURDENS if name in policy.friction)
    return dark(policy), tuple(of(policy) for _, of in heads), burden


def _frontier_title(forecast: Forecast) -> str:
    own = baseline_of(forecast)
    before = None if own is None else dark(own)
    helped = best(forecast, dark)
    if own is None or before is None:
        return "There is no baseline to compare with"
    if helped is None:
        return (
            f"No policy here clearly leaves less than the {number(before.mean)} minutes a year of {own.label}"
        )
    after = dark(helped)
    left = number(0.0 if after is None else after.mean)
    asks = helped.friction_text or "none seen"
    asks = "nothing that was seen" if asks == "none seen" else asks
    if helped.cost is not None:
        asks += f" ({number(helped.cost.mean)} {helped.cost.unit})"
    title = f"{helped.label} leaves {left} of {number(before.mean)} minutes a year and costs in a usual week: {asks}"
    dominated = sum(dominated_by(policy, forecast) is not None for policy in forecast.policies)
    if dominated:
        are = "is" if dominated == 1 else "are"
        title += f"; {dominated} of {plural(len(forecast.policies), 'policy')} {are} dominated"
    return sentence(title)
