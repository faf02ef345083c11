"""What the chart of ignorance and luck shows, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from ..study.forecast_results import Forecast, ForecastPolicy, Range
from .chart_data import Table, Words
from .forecast_chart_data import CAUSES, footer
from .forecast_figures import baseline_of, minutes_of
from .forecast_in_doubt import held_text
from .forecast_unknown import heavy, luck_missing, luck_of, range_text
from .wording import number, percent, plural, sentence


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
    """Ignorance and luck by policy, fewest expected minutes first, unstable policies last; `what` is counted."""

    words: Words
    what: str
    rows: tuple[UnknownRow, ...]
    alt: str
    table: Table


def unknown_data(forecast: Forecast) -> UnknownData | None:
    """Ignorance and luck of the measure that policies differ in, by policy; None where neither can be said of any."""
    measure = forecast.best_by
    shown = sorted(
        (policy for policy in forecast.policies if measure in policy.ignorance or measure in policy.luck),
        key=lambda policy: _expected(policy, measure),
    )
    if not shown:
        return None
    most = max((policy.best for policy in shown if policy.best is not None), default=None)
    rows = tuple(
        UnknownRow(
            policy.label + (" (baseline)" if policy.name == forecast.baseline else ""),
            policy.name == forecast.baseline,
            None if (estimate := policy.yearly.get(measure)) is None else estimate.mean,
            policy.ignorance.get(measure),
            luck_of(policy, measure),
            "" if policy.best is None else percent(policy.best),
            policy.best is not None and policy.best == most,
        )
        for policy in shown
    )
    unsure_ = any(row.ignorance is not None for row in rows)
    lucky = any(row.luck is not None for row in rows)
    title = _title(forecast, shown, measure)
    of = "protected" if measure == "protected_minutes" else "all"
    held = held_text(forecast.scenario) if unsure_ else ""
    said = [luck_missing(forecast), heavy(forecast.policies) if measure == "dark_minutes" else ""]
    words = Words(
        forecast.scenario.title,
        title,
        f"Minutes dark a year of {of} accounts, 5-95 %."
        + (" Ignorance: how the expected year moves with numbers that are uncertain." if unsure_ else "")
        + (" Luck: how one year spreads if they are right." if lucky else "")
        + "".join(f" {each}." for each in said if each),
        footer(forecast, f"{CAUSES}, and how uncertain numbers are", f"{sentence(held)}." if held else ""),
    )
    told = "; ".join(
        f"{row.label}: ignorance {range_text(row.ignorance)}, luck {range_text(row.luck)}"
        + (f", best in {row.best} of 100 draws" if row.best else "")
        for row in rows
    )
    table = Table(
        ("policy", "measure", "expected_minutes", "ignorance_p05", "ignorance_p95", "luck_p05", "luck_p95",
         "best_share"),
        tuple(
            (policy.name, measure, row.mean, *_ends(row.ignorance), *_ends(row.luck), policy.best)
            for policy, row in zip(shown, rows, strict=True)
        ),
    )  # fmt: skip
    alt = f"{title}. {sentence(minutes_of(measure))}, 5-95 %: {told}."
    return UnknownData(words, minutes_of(measure), rows, alt, table)


def _expected(policy: ForecastPolicy, measure: str) -> tuple[bool, float]:
    """Fewest expected minutes first; what people cannot cope with is last, however few it leaves."""
    estimate = policy.yearly.get(measure)
    return not policy.copes, float("inf") if estimate is None else estimate.mean


def _ends(found: Range | None) -> tuple[float | None, float | None]:
    return (None, None) if found is None else (found.p05, found.p95)


def _title(forecast: Forecast, shown: list[ForecastPolicy], measure: str) -> str:
    of = " of protected accounts" if measure == "protected_minutes" else ""
    known = [(policy.best, policy) for policy in shown if policy.best is not None]
    if known and len(shown) > 1:
        best, policy = max(known, key=lambda each: each[0])
        copes = "" if policy.copes else ", but people cannot cope with it"
        if policy.refused is not None:
            copes += f", but CAREFUL, {policy.refused.short}"
        equal = sum(each == best for each, _ in known)
        if equal == len(known):
            return f"Whatever the uncertain numbers are, policies hardly differ in the minutes{of} that they leave dark"
        differ = "differs" if equal == 2 else "differ"
        with_others = f", and {plural(equal - 1, 'policy')} with it that hardly {differ}" if equal > 1 else ""
        if best >= 1:
            return (
                f"Whatever the uncertain numbers are, {policy.label} leaves the fewest minutes{of} dark"
                f"{with_others}{copes}"
            )
        return (
            f"{sentence(policy.label)} leaves the fewest minutes{of} dark in {percent(best)} of 100 draws of the "
            f"uncertain numbers{with_others}{copes}"
        )
    own = baseline_of(forecast) or shown[0]
    ignorance = own.ignorance.get(measure)
    if ignorance is not None:
        return (
            f"The expected year of {own.label} has {number(ignorance.p05)} to {number(ignorance.p95)} minutes{of} dark "
            "in 90 of 100 draws of the uncertain numbers"
        )
    luck = range_text(luck_of(own, measure))
    return f"One year of {own.label} is not the next: {luck} minutes{of} dark by luck alone"
