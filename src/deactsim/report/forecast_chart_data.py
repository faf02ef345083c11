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
    at_minutes,
    baseline_of,
    better,
    cannot_tell,
    crossed,
    dark,
    dominated_by,
    exposure_of,
    guarded_share,
    hours_waited,
    mean_of,
    minutes_of,
    one_in,
    others,
    places,
    rarest,
    share_text,
    staff_hours,
    unseen,
)
from .wording import and_list, minutes, number, percent, plural, refused_text, sentence

OUTLETS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ExceedanceCurve:
    """A curve of one policy, or of several that share it; `figure` is read off at the appetite.

    One that is named in the title is drawn with its band.
    """

    label: str
    place: int | None
    points: tuple[ExceedancePoint, ...]
    figure: str
    with_band: bool


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
    """A policy in exposure against friction; a burden is None where it is unstable or cannot be said."""

    label: str
    place: int | None
    exposure: Estimate
    burdens: tuple[float | None, ...]
    dominated: str
    unstable: bool
    figure: str


@dataclass(frozen=True, slots=True)
class FrontierData:
    """What policies leave, in minutes as `exposure` says, against what honest work pays."""

    words: Words
    exposure: str
    spots: tuple[Spot, ...]
    burdens: tuple[str, ...]
    alt: str
    table: Table


CAUSES = "how often each cause comes"
APART = "The headline, of any one account, is estimated apart: simulation error alone can make it larger."


def footer(forecast: Forecast, put_in: str, more: str = "") -> str:
    """What a chart rests on: what is put in, the simulation, the sources."""
    rests = basis(forecast.scenario, ())
    of = f" of {forecast.years_asked:,}" if forecast.years < forecast.years_asked else ""
    done = "" if forecast.complete else f"{of} (interrupted)"
    parts = [f"Put in: {put_in}.", *([more] if more else [])]
    parts.append(
        f"{plural(forecast.years, 'simulated year')}{done}, seed {forecast.seed}; {rests.documented} documented "
        f"and {rests.assumed} assumed numbers."
    )
    refused = {policy.label: policy.refused for policy in forecast.policies}
    parts += [f"CAREFUL, {said}." for said in refused_text(refused)]
    if never := [cause.label for cause in unseen(forecast)]:
        parts.append(f"Never occurred in them, and is in no figure: {and_list(never)}.")
    outlets = list(dict.fromkeys(source.outlet for source in forecast.scenario.sources.values()))
    if outlets:
        left = len(outlets) - OUTLETS_SHOWN
        parts.append(
            f"Sources: {', '.join(outlets[:OUTLETS_SHOWN])}{f' and {left} more' if left > 0 else ''}."
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
    helped = rarest(forecast)
    curves = [
        ExceedanceCurve(
            group_label(forecast, group),
            group_place(forecast, group),
            group[0].exceedance,
            _chance(forecast, group[0]),
            any(policy is told for policy in group for told in (baseline_of(forecast), helped)),
        )
        for group in groups
    ]
    title = _exceedance_title(forecast, helped)
    words = Words(
        forecast.scenario.title,
        title,
        "The chance that the dark minutes of all protected accounts in a year add up to more than so many. Bands: "
        "95 % simulation error of what the title names, up to a factor of ten. 0: in none of these years."
        + (f" {APART}" if crossed(forecast) else ""),
        footer(forecast, f"the appetite, and {CAUSES}"),
    )
    alt = f"{title}. Chance that they add up to more than {minutes(forecast.appetite)} in a year: " + (
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


def _chance(forecast: Forecast, policy: ForecastPolicy) -> str:
    """The chance to exceed the appetite in words, as far as the years can tell it."""
    there = at_minutes(policy.exceedance, forecast.appetite)
    if there is not None and there.high > 0:
        return f"{share_text(there)} %"
    went_dark = mean_of(policy, "protected_minutes") > 0
    return "these years cannot tell" if went_dark else "none went dark in these years"


def _exceedance_title(forecast: Forecast, helped: ForecastPolicy | None) -> str:
    own = baseline_of(forecast)
    if own is None:
        return "There is no baseline to compare with the appetite"
    exceed = f"protected accounts add up to more than {minutes(forecast.appetite)} dark"
    there = at_minutes(own.exceedance, forecast.appetite)
    if not own.exceedance:
        return f"How often {exceed} under {own.label} cannot be said: a cause comes too often"
    if there is None or there.mean <= 0:
        if mean_of(own, "protected_minutes") > 0:
            return f"{plural(forecast.years, 'year')} cannot tell how often {exceed} under {own.label}"
        return f"In none of the {plural(forecast.years, 'year')} did a protected account go dark under {own.label}"
    title = sentence(f"{exceed} in {one_in(there.mean)} under {own.label}")
    then = None if helped is None else at_minutes(helped.exceedance, forecast.appetite)
    if helped is not None and then is not None:
        return title + f"; in {one_in(then.mean)} under {helped.label}"
    if better(forecast, "protected_minutes"):
        return f"{title}; no policy here makes that rarer"
    return "; ".join(part for part in (title, cannot_tell(forecast, "protected_minutes")) if part)


def frontier_data(forecast: Forecast) -> FrontierData:
    """Exposure against friction: money where wages are given, else hours; and the wait of honest work."""
    money = next((policy.cost.unit for policy in forecast.policies if policy.cost is not None), None)
    measure = exposure_of(forecast)
    heads: list[tuple[str, Callable[[ForecastPolicy], float | None]]] = [
        (f"staff time, {money}", lambda policy: None if policy.cost is None else policy.cost.mean)
        if money is not None
        else ("hours of staff a week: reviews, false alarms, shifts without the right", staff_hours),
        ("hours a week that honest actions wait, all together", hours_waited),
    ]
    shown = sorted(
        (
            (policy, estimate)
            for policy in forecast.policies
            if (estimate := policy.yearly.get(measure)) is not None
        ),
        key=lambda each: (each[0].unstable is not None, each[1].mean),
    )
    spots = []
    for group in grouped([policy for policy, _ in shown], lambda policy: _spot_key(policy, heads)):
        policy, estimate = group[0], group[0].yearly[measure]
        by = dominated_by(policy, forecast)
        burdens = tuple(None if policy.unstable is not None else of(policy) for _, of in heads)
        figure = f"{number(estimate.mean)} min a year; " + (policy.friction_text or "none seen")
        if policy.unstable is not None:
            figure = f"{number(estimate.mean)} min a year; unstable: {policy.unstable}"
        elif by is not None:
            figure = f"{number(estimate.mean)} min a year; dominated by {by.label}"
        label = group_label(forecast, group)
        if policy.refused is not None:
            label += f" (CAREFUL: {policy.refused.short})"
        spots.append(
            Spot(
                label, group_place(forecast, group), estimate, burdens,
                "" if by is None else by.label, policy.unstable is not None, figure,
            )
        )  # fmt: skip
    title = _frontier_title(forecast, measure)
    words = Words(
        forecast.scenario.title,
        title,
        _frontier_subtitle(forecast, measure, money),
        footer(forecast, CAUSES, f"Friction from {plural(forecast.weeks, 'simulated routine week')}."),
    )
    alt = f"{title}. " + "; ".join(f"{spot.label}: {spot.figure}" for spot in spots) + "."
    rows = tuple(
        (
            policy.name,
            *_ends(dark(policy)),
            *_ends(policy.yearly.get("protected_minutes")),
            None if policy.cost is None else policy.cost.mean,
            money,
            None if policy.unstable is not None else staff_hours(policy),
            None if policy.unstable is not None else hours_waited(policy),
            *(policy.friction[name].mean if name in policy.friction else None for name in BURDENS),
            None if (by := dominated_by(policy, forecast)) is None else by.name,
            policy.unstable,
        )
        for policy, _ in shown
    )
    columns = (
        "policy", "dark_minutes_per_year", "low", "high", "protected_minutes_per_year", "protected_low",
        "protected_high", "cost", "cost_unit", "staff_hours_per_week",
        "hours_waited_per_week", *BURDENS, "dominated_by", "unstable",
    )  # fmt: skip
    panels = tuple(head for head, _ in heads)
    return FrontierData(words, minutes_of(measure), tuple(spots), panels, alt, Table(columns, rows))


def _ends(estimate: Estimate | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if estimate is None else (estimate.mean, estimate.low, estimate.high)


def _frontier_subtitle(forecast: Forecast, measure: str, money: str | None) -> str:
    first = (
        "Lower left is better. Hollow: dominated, another policy here leaves no more minutes dark, of protected "
        "accounts either, burdens honest work no more, and has clearly less of one of these."
    )
    parts = [first]
    if measure == "protected_minutes":
        share = percent(guarded_share(forecast) or 0.0)
        parts.append(
            f"Protected accounts have {share} % of all minutes dark, and the others hardly differ between policies."
        )
    if money is not None:
        parts.append("Waiting has no price here, staff time alone has.")
        if any(policy.cost is None and policy.unstable is None for policy in forecast.policies):
            parts.append("Not on the left: what costs cannot be said of, for want of a wage.")
    if any(policy.unstable is not None for policy in forecast.policies):
        parts.append("At the right edge: a queue grows without end.")
    if any(policy.refused is not None for policy in forecast.policies):
        parts.append("CAREFUL: what refuses much of honest work is no answer, however little it leaves dark.")
    return " ".join(parts)


def _spot_key(
    policy: ForecastPolicy, heads: Sequence[tuple[str, Callable[[ForecastPolicy], float | None]]]
) -> Hashable:
    """What policies share that stand on the same spot for the same price."""
    if not policy.copes:
        return policy.name
    burden = tuple((name, policy.friction[name]) for name in BURDENS if name in policy.friction)
    return dark(policy), policy.yearly.get("protected_minutes"), tuple(of(policy) for _, of in heads), burden


def _frontier_title(forecast: Forecast, measure: str) -> str:
    own = baseline_of(forecast)
    if own is None or measure not in own.yearly:
        return "There is no baseline to compare with"
    what, before = minutes_of(measure), number(mean_of(own, measure))
    found = better(forecast, measure)
    if not found:
        title = sentence(f"{own.label} leaves {before} {what}")
        return (
            f"{title}; {cannot_tell(forecast, measure) or 'no other policy here copes'}"
            if others(forecast)
            else title
        )
    helped = found[0]
    title = f"{helped.label} leaves {number(mean_of(helped, measure))} of {before} {what}{_price(helped)}"
    dominated = sum(dominated_by(policy, forecast) is not None for policy in forecast.policies)
    if dominated:
        are = "is" if dominated == 1 else "are"
        title += f"; {dominated} of {plural(len(forecast.policies), 'policy')} {are} dominated"
    return sentence(title)


def _price(policy: ForecastPolicy) -> str:
    """What honest work pays for a policy, short enough for a title."""
    if policy.cost is not None and policy.cost.mean > 0:
        money = policy.cost.unit.removesuffix(" per year")
        return f", for {number(policy.cost.mean)} {money} of staff time a year"
    if policy.friction_text in ("", "none seen"):
        return ", and honest work was not seen to pay for it"
    return f", and in a usual week: {policy.friction_text}"
