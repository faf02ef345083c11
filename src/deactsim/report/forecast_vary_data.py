"""What a variation shows: the figures of every policy over the values of one input, on the same years."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..scenario.distributions import median_of
from ..scenario.paths import kind_at, text_at
from ..scenario.quantities import read
from ..scenario.stated import Distribution, Rate
from ..study.forecast_results import Forecast, ForecastPolicy
from ..study.results import Estimate
from .chart_data import Table, Words
from .forecast_chart_data import CAUSES, footer, group_label, grouped
from .forecast_figures import COLOURED, amount, baseline_of, chance_text, dark, share_text, years_of
from .wording import and_list, is_known, minutes, number, plural, reached_text, sentence

NUMBERS = {"count", "number", "duration", "share"}
"""Kinds of values that are numbers as they stand."""
NOTABLE = 0.02
"""How far a mean moves (as a logarithm) before a title speaks of it."""


@dataclass(frozen=True, slots=True)
class VaryCurve:
    """A policy's figures over the values, in their order; `place` is its place in the palette."""

    label: str
    place: int | None
    estimates: tuple[Estimate | None, ...]


@dataclass(frozen=True, slots=True)
class VaryPanel:
    """One figure: what it is, its unit, and a curve a policy. Shares are shown in per cent."""

    heading: str
    unit: str
    curves: tuple[VaryCurve, ...]
    share: bool = False


@dataclass(frozen=True, slots=True)
class VaryData:
    """The values of the input (`positions` None: words, evenly spaced) and the panels above them."""

    words: Words
    what: str
    texts: tuple[str, ...]
    positions: tuple[float, ...] | None
    panels: tuple[VaryPanel, ...]
    alt: str
    table: Table


def size_of(forecast: Forecast) -> float | None:
    """The varied value as a number to stand on an axis; None where it is none.

    Of a random duration the median counts, of a rate the events a year.
    """
    if forecast.varied is None:
        return None
    path = forecast.varied[0]
    kind = kind_at(forecast.scenario, path)
    value = read(kind, text_at(forecast.scenario, path))
    if isinstance(value, Distribution):
        return float(median_of(value))
    if isinstance(value, Rate):
        return value.amount * Rate.MICROSECONDS["year"] / Rate.MICROSECONDS[value.unit]
    return float(value) if kind in NUMBERS else None


def vary_data(forecasts: Sequence[Forecast]) -> VaryData:
    """Curves over the values, by rising value where they are numbers."""
    sized = [(size_of(each), each) for each in forecasts]
    if all(size is not None for size, _ in sized):
        sized.sort(key=lambda each: each[0] if each[0] is not None else 0.0)
        positions: tuple[float, ...] | None = tuple(size for size, _ in sized if size is not None)
    else:
        positions = None
    ordered = [each for _, each in sized]
    first = ordered[0]
    path = (first.varied or ("", ""))[0]
    texts = tuple((each.varied or ("", ""))[1] for each in ordered)
    panels = [
        VaryPanel("Minutes dark a year", "min per year", _curves(ordered, dark)),
        VaryPanel(
            f"Headline: any one protected account dark for more than {minutes(first.appetite)}, % of years",
            "% of years",
            _curves(ordered, lambda policy: policy.headline),
            share=True,
        ),
    ]
    access = _curves(ordered, _access)
    if any(_moves(curve) for curve in access):
        panels.append(
            VaryPanel(
                "Leavers' access after their last shift, mean (a year at most)",
                "days, error not known",
                access,
            )
        )
    title = _title(ordered, path, texts)
    done = {each.years for each in ordered}
    words = Words(
        first.scenario.title,
        title,
        f"{path} over the values given, on the same years. Bands: 95 % simulation error, where it is known. Equal "
        "curves lie on each other."
        + (
            f" It moves in {and_list(list(first.reached))}."
            if reached_text(first.varied, first.reached)
            else ""
        )
        + (
            " A random length stands at its median."
            if kind_at(first.scenario, path) == "random duration"
            else ""
        ),
        footer(
            first,
            f"each value, and {CAUSES}",
            "" if len(done) == 1 else f"{sentence(years_of(ordered))}.",
        ),
    )
    alt = f"{title}. " + " ".join(_said(each, text) for each, text in zip(ordered, texts, strict=True))
    rows = tuple(
        (path, text, policy.name, figure, estimate.mean, estimate.low, estimate.high, estimate.unit)
        for each, text in zip(ordered, texts, strict=True)
        for policy in each.policies
        for figure, estimate in (
            ("dark_minutes", dark(policy)), ("headline", policy.headline), ("access_after_leaving", _access(policy)),
        )
        if estimate is not None and is_known(estimate.mean)
    )  # fmt: skip
    columns = ("path", "value", "policy", "figure", "mean", "low", "high", "unit")
    return VaryData(words, path_words(path), texts, positions, tuple(panels), alt, Table(columns, rows))


def _access(policy: ForecastPolicy) -> Estimate | None:
    """Mean days with access after leaving; its spread is over leavers and no error, so it has no band."""
    found = policy.access.get("after_leaving")
    return None if found is None else Estimate(found.mean, found.mean, found.mean, found.unit)


def _curves(
    ordered: Sequence[Forecast], of: Callable[[ForecastPolicy], Estimate | None]
) -> tuple[VaryCurve, ...]:
    """A curve a policy, equal ones together; those that the value moves most have the colours."""
    first = ordered[0]
    by_name = {
        policy.name: tuple(
            next((of(each) for each in forecast.policies if each.name == policy.name), None)
            for forecast in ordered
        )
        for policy in first.policies
    }
    ranks = vary_places(ordered)
    found = []
    for group in grouped(first.policies, lambda policy: by_name[policy.name]):
        taken = [rank for policy in group if (rank := ranks[policy.name]) is not None]
        found.append(VaryCurve(group_label(first, group), min(taken, default=None), by_name[group[0].name]))
    return tuple(found)


def vary_places(ordered: Sequence[Forecast]) -> dict[str, int | None]:
    """Place in the palette: 0 the baseline, then the policies that the value moves most."""
    first = ordered[0]

    def moved(policy: ForecastPolicy) -> float:
        means = [
            estimate.mean
            for forecast in ordered
            for each in forecast.policies
            if each.name == policy.name and (estimate := dark(each)) is not None
        ]
        return max(means, default=0.0) - min(means, default=0.0)

    rest = sorted(
        (policy for policy in first.policies if policy.name != first.baseline), key=lambda p: -moved(p)
    )
    found: dict[str, int | None] = {policy.name: None for policy in rest}
    found |= {policy.name: at for at, policy in enumerate(rest[:COLOURED], 1)}
    return found | {policy.name: 0 for policy in first.policies if policy.name == first.baseline}


def _moves(curve: VaryCurve) -> bool:
    means = [estimate.mean for estimate in curve.estimates if estimate is not None]
    return bool(means) and max(means) - min(means) > 0.01 * max(1e-9, abs(max(means)))


SECTIONS = {"policies", "safeguards", "teams", "reports", "causes", "platform"}
"""First steps of a path that say where something stands, not what it is."""


def path_words(path: str) -> str:
    """A path as people say it: `deprovisioning lag`, `protected list covers of ask-a-founder`."""
    section, *steps = path.split(".")
    if section not in SECTIONS or not steps:
        return path.replace("_", " ").replace(".", " ")
    words = [step.replace("_", " ") for step in steps]
    if section == "safeguards" or len(words) == 1:
        return " ".join(words)
    return f"{' '.join(words[1:])} of {words[0]}"


def _fewest(ordered: Sequence[Forecast]) -> str:
    years = {each.years for each in ordered}
    return plural(min(years), "year") if len(years) == 1 else f"{min(years):,} to {max(years):,} years"


@dataclass(frozen=True, slots=True)
class _Change:
    """How far a policy's figure goes from the first to the last value, and whether the intervals are apart."""

    said: str
    size: float
    apart: bool


def _title(ordered: Sequence[Forecast], path: str, texts: Sequence[str]) -> str:
    """What the input moves most, from where to where, and whether the years can tell."""
    what, ends = path_words(path), f"from {texts[0]} to {texts[-1]}"
    if len(ordered) == 1:
        own = baseline_of(ordered[0])
        estimate = None if own is None else dark(own)
        one = sentence(f"{what} = {texts[0]}")
        if estimate is None or own is None:
            return one
        return f"{one}: {number(estimate.mean)} minutes dark a year under {own.label}"
    # Minutes first: a headline says more only where minutes say nothing.
    found = (
        _changes(ordered, dark, _minutes_went),
        _changes(ordered, lambda each: each.headline, _headline_went),
    )
    clear = next((changes for changes in found if any(change.apart for change in changes)), None)
    if clear is not None:
        said = max((change for change in clear if change.apart), key=lambda change: change.size).said
        return f"With {what} {ends}, {said}"
    most = [max(changes, key=lambda change: change.size, default=None) for changes in found]
    moved = [change for change in most if change is not None and change.size >= NOTABLE]
    if not moved:
        return f"{sentence(what)} {ends} hardly moves what any policy leaves"
    return f"With {what} {ends}, {moved[0].said}, but the intervals of {_fewest(ordered)} overlap"


def _changes(
    ordered: Sequence[Forecast],
    of: Callable[[ForecastPolicy], Estimate | None],
    went: Callable[[ForecastPolicy, Estimate, Estimate], str],
) -> list[_Change]:
    """How a figure of each policy changes, where it is known at the first and the last value."""
    changes = []
    last = {policy.name: policy for policy in ordered[-1].policies}
    for policy in ordered[0].policies:
        one, two = of(policy), of(last[policy.name]) if policy.name in last else None
        if one is None or two is None or not (is_known(one.mean) and is_known(two.mean)):
            continue
        apart = one.high < two.low or two.high < one.low
        size = abs(math.log(max(two.mean, 1e-9) / max(one.mean, 1e-9)))
        changes.append(_Change(went(policy, one, two), size, apart))
    return changes


def _minutes_went(policy: ForecastPolicy, one: Estimate, two: Estimate) -> str:
    return f"{policy.label} goes from {number(one.mean)} to {number(two.mean)} minutes dark a year"


def _headline_went(policy: ForecastPolicy, one: Estimate, two: Estimate) -> str:
    first, then = chance_text(one.mean), chance_text(two.mean)
    return f"the headline under {policy.label} goes from {first} to {then} % of years"


def _said(forecast: Forecast, text: str) -> str:
    parts = [
        f"{policy.label} {amount(estimate)} min, headline {share_text(policy.headline)} %"
        for policy in forecast.policies
        if (estimate := dark(policy)) is not None
    ]
    return f"{text}: {'; '.join(parts)}."
