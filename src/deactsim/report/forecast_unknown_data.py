"""What the chart of ignorance and luck shows, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from ..study.forecast_results import Forecast, ForecastPolicy, Range
from .chart_data import Table, Words
from .forecast_chart_data import CAUSES, footer
from .forecast_figures import baseline_of, dark
from .forecast_unknown import heavy, luck_missing, luck_of, range_text, unsure
from .wording import number, percent, sentence


@dataclass(frozen=True, slots=True)
class UnknownRow:
    """A policy: its expected year as numbers are put in, and both spreads (None: cannot be said).

    `first` is the one that is the best in most draws.
    """

    label: str
    baseline: bool
    mean: float | None
    ignorance: Range | None
    luck: Range | None
    best: str
    first: bool


@dataclass(frozen=True, slots=True)
class UnknownData:
    """Ignorance and luck by policy, fewest expected minutes dark first, unstable policies last."""

    words: Words
    rows: tuple[UnknownRow, ...]
    alt: str
    table: Table


def unknown_data(forecast: Forecast) -> UnknownData | None:
    """Ignorance and luck by policy; None where neither can be said of any."""
    shown = sorted(unsure(forecast.policies), key=_expected)
    if not shown:
        return None
    most = max((policy.best for policy in shown if policy.best is not None), default=None)
    rows = tuple(
        UnknownRow(
            policy.label + (" (baseline)" if policy.name == forecast.baseline else ""),
            policy.name == forecast.baseline,
            None if (estimate := dark(policy)) is None else estimate.mean,
            policy.ignorance,
            luck_of(policy),
            "" if policy.best is None else percent(policy.best),
            policy.best is not None and policy.best == most,
        )
        for policy in shown
    )
    unsure_ = any(row.ignorance is not None for row in rows)
    lucky = any(row.luck is not None for row in rows)
    title = _title(forecast, shown)
    missing = luck_missing(forecast)
    words = Words(
        forecast.scenario.title,
        title,
        "Minutes dark a year of all accounts, 5-95 %."
        + (" Ignorance: how the expected year moves with numbers that are uncertain." if unsure_ else "")
        + (" Luck: how one year spreads if they are right." if lucky else "")
        + "".join(f" {said}." for said in (missing, heavy(forecast.policies)) if said),
        footer(forecast, f"{CAUSES}, and how uncertain numbers are"),
    )
    said = "; ".join(
        f"{row.label}: ignorance {range_text(row.ignorance)}, luck {range_text(row.luck)}"
        + (f", best in {row.best} of 100 draws" if row.best else "")
        for row in rows
    )
    table = Table(
        ("policy", "expected_minutes", "ignorance_p05", "ignorance_p95", "luck_p05", "luck_p95", "best_share"),
        tuple(
            (policy.name, None if (estimate := dark(policy)) is None else estimate.mean,
             *_ends(policy.ignorance), *_ends(luck_of(policy)), policy.best)
            for policy in shown
        ),
    )  # fmt: skip
    return UnknownData(words, rows, f"{title}. Minutes dark a year, 5-95 %: {said}.", table)


def _expected(policy: ForecastPolicy) -> tuple[bool, float]:
    """Fewest expected minutes first; what people cannot cope with is last, however few it leaves."""
    estimate = dark(policy)
    return policy.unstable is not None, float("inf") if estimate is None else estimate.mean


def _ends(found: Range | None) -> tuple[float | None, float | None]:
    return (None, None) if found is None else (found.p05, found.p95)


def _title(forecast: Forecast, shown: list[ForecastPolicy]) -> str:
    known = [(policy.best, policy) for policy in shown if policy.best is not None]
    if known and len(shown) > 1:
        best, policy = max(known, key=lambda each: each[0])
        copes = "" if policy.unstable is None else ", but people cannot cope with it"
        if best >= 1:
            return f"Whatever the uncertain numbers are, {policy.label} leaves the fewest minutes dark{copes}"
        return (
            f"{sentence(policy.label)} leaves the fewest minutes dark in {percent(best)} of 100 draws of the "
            f"uncertain numbers{copes}"
        )
    own = baseline_of(forecast) or shown[0]
    if own.ignorance is not None:
        low, high = number(own.ignorance.p05), number(own.ignorance.p95)
        return (
            f"The expected year of {own.label} has {low} to {high} minutes dark in 90 of 100 draws of the uncertain "
            "numbers"
        )
    return f"One year of {own.label} is not the next: {range_text(luck_of(own))} minutes dark by luck alone"
