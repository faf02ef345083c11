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
from .forecast_chart_data import footer, group_label, grouped
from .forecast_figures import COLOURED, amount, baseline_of, dark, share_text
from .wording import is_known, minutes, number, sentence

NUMBERS = {"count", "number", "duration", "share"}
"""Kinds of values that are numbers as they stand."""


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
    path: str
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
            f"Headline: a protected account dark for more than {minutes(first.appetite)}, % of years",
            "% of years",
            _curves(ordered, lambda policy: policy.headline),
            share=True,
        ),
    ]
    access = _curves(ordered, _access)
    if any(_moves(curve) for curve in access):
        panels.append(
            VaryPanel("Leavers' access after their last shift, mean (a year at most)", "days", access)
        )
    title = _title(ordered, path, texts)
    done = {each.years for each in ordered}
    words = Words(
        first.scenario.title,
        title,
        f"{path} over the values given, on the same years. Bands: 95 % simulation error. Equal curves lie on each "
        "other."
        + (
            " A random length stands at its median."
            if kind_at(first.scenario, path) == "random duration"
            else ""
        ),
        footer(
            first, "Each value is put in." + ("" if len(done) == 1 else f" {min(done):,} years at the least.")
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
    return VaryData(words, path, texts, positions, tuple(panels), alt, Table(columns, rows))


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


def _title(ordered: Sequence[Forecast], path: str, texts: Sequence[str]) -> str:
    """Which policy the input moves most, from where to where; nothing if it moves none clearly."""
    best: tuple[float, str] | None = None
    for policy in ordered[0].policies:
        found = [
            estimate
            for forecast in ordered
            for each in forecast.policies
            if each.name == policy.name and (estimate := dark(each)) is not None
        ]
        if len(found) < 2:
            continue
        one, two = found[0], found[-1]
        apart = one.high < two.low or two.high < one.low
        change = abs(math.log(max(two.mean, 1e-9) / max(one.mean, 1e-9)))
        if apart and (best is None or change > best[0]):
            said = (
                f"With {path} from {texts[0]} to {texts[-1]}, {policy.label} goes from {number(one.mean)} to "
                f"{number(two.mean)} minutes dark a year"
            )
            best = change, said
    if best is not None:
        return best[1]
    if len(ordered) == 1:
        own = baseline_of(ordered[0])
        estimate = None if own is None else dark(own)
        return sentence(f"{path} = {texts[0]}") + (
            ""
            if estimate is None or own is None
            else f": {number(estimate.mean)} minutes dark a year under {own.label}"
        )
    return f"{path} clearly changes no policy's minutes dark between {texts[0]} and {texts[-1]}"


def _said(forecast: Forecast, text: str) -> str:
    parts = [
        f"{policy.label} {amount(estimate)} min, headline {share_text(policy.headline)} %"
        for policy in forecast.policies
        if (estimate := dark(policy)) is not None
    ]
    return f"{text}: {'; '.join(parts)}."
