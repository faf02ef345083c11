"""A forecast as plain data: the JSON document, and the same figures as tidy rows for CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from ..study.forecast_results import HORIZON, YEARLY, Beats, Forecast, ForecastPolicy
from ..study.replay import basis
from ..study.results import Estimate, Summary
from .forecast_figures import baseline_of, shares_of_minutes
from .forecast_in_doubt import in_doubt
from .records import (
    ESTIMATES,
    FIGURES,
    Record,
    Row,
    counted,
    figure_rows,
    known_or_none,
    only_known,
    summaries,
    varied_record,
)

UNITS = {"dark_minutes": "min per year", "protected_minutes": "min per year", "headline": "share of years"}
"""Of the measures that uncertain numbers move."""
FORECAST_COLUMNS = ("policy", "part", "name", "cause", "figure", "value", "unit")


def forecast_record(forecast: Forecast, digest: str) -> Record:
    """The JSON document of a forecast."""
    rests_on = basis(forecast.scenario, ())
    shares = shares_of_minutes(baseline_of(forecast))
    return only_known(
        {
            "question": "forecast",
            "scenario": {"title": forecast.scenario.title, "hash": digest},
            "varied": varied_record(forecast.varied, forecast.reached),
            "baseline": forecast.baseline,
            "seed": forecast.seed,
            "years": int(forecast.years),
            "years_asked": int(forecast.years_asked),
            "why_years": forecast.why_years,
            "precision": None if forecast.precision is None else asdict(forecast.precision),
            "weeks": int(forecast.weeks),
            "method": forecast.method,
            "why": forecast.why,
            "complete": bool(forecast.complete),
            "appetite": {"value": forecast.appetite, "unit": "min"},
            "horizon": {"value": HORIZON, "unit": "min"},
            "protected": list(forecast.protected),
            "causes": [
                {
                    "name": cause.name,
                    "label": cause.label,
                    "kind": cause.kind,
                    "tier": cause.tier,
                    "per_year": cause.per_year,
                    "simulated": int(cause.simulated),
                    "share_of_dark_minutes": shares.get(cause.name),
                }
                for cause in forecast.causes
            ],
            "measures": {name: {"unit": unit, "means": means} for name, (unit, means) in YEARLY.items()},
            "policies": [_policy(policy) for policy in forecast.policies],
            "bad_year": _bad_year(forecast),
            "best_by": forecast.best_by,
            "unsettled_hours": list(forecast.unsettled_hours),
            "uncertain": asdict(in_doubt(forecast.scenario)),
            "unknowns": [asdict(unknown) for unknown in forecast.unknowns],
            "tips": [asdict(tips) for tips in forecast.tips],
            "assumed": sorted(rests_on.assumed_paths),
            "rests_on": counted(rests_on) | {"noted": list(rests_on.noted_paths)},
            "silent": list(forecast.scenario.silent),
        }
    )


def _policy(policy: ForecastPolicy) -> Record:
    return {
        "name": policy.name,
        "label": policy.label,
        "yearly": summaries(policy.yearly),
        "difference": summaries(policy.difference),
        "carried_by_years": {"yearly": dict(policy.carried_mean), "difference": dict(policy.carried)},
        "beats": {name: _beats(beats) for name, beats in policy.beats.items()},
        "by_cause": {cause: summaries(measures) for cause, measures in policy.by_cause.items()},
        "headline": asdict(policy.headline),
        "exceedance": [asdict(point) for point in policy.exceedance],
        "still_dark": policy.still_dark,
        "times": summaries(policy.times),
        "effective_years": dict(policy.effective),
        "access": summaries(policy.access),
        "access_curve": [{"days": days, "share": share} for days, share in policy.access_curve],
        "friction": summaries(policy.friction),
        "friction_text": policy.friction_text,
        "ignorance": {measure: asdict(spread) for measure, spread in policy.ignorance.items()},
        "ignorance_of_difference": {
            measure: asdict(spread) for measure, spread in policy.ignorance_of_difference.items()
        },
        "luck": {measure: asdict(spread) for measure, spread in policy.luck.items()},
        "best": policy.best,
        "unstable": policy.unstable,
        "refused": None if policy.refused is None else asdict(policy.refused),
        "cost": None if policy.cost is None else asdict(policy.cost),
        "utilisation": {team: list(shares) for team, shares in policy.utilisation.items()},
    }


def _beats(beats: Beats) -> Record:
    return {
        "better": asdict(beats.better),
        "ties": beats.ties,
        "worse": beats.worse,
        "unit": "share of years",
    }


def _bad_year(forecast: Forecast) -> Record | None:
    year = forecast.bad_year
    if year is None:
        return None
    return {
        "percentile": year.percentile,
        "minutes": year.minutes,
        "occurrences": [asdict(each) for each in year.occurrences],
    }


def forecast_rows(forecast: Forecast) -> list[Row]:
    """The figures of a forecast, one a row: see FORECAST_COLUMNS."""
    rows: list[Row] = [
        (None, "forecast", name, None, None, value, unit)
        for name, value, unit in (
            ("baseline", forecast.baseline, None),
            ("seed", forecast.seed, None),
            ("years", int(forecast.years), "years"),
            ("why_years", forecast.why_years, None),
            ("weeks", int(forecast.weeks), "weeks"),
            ("method", forecast.method, None),
            ("complete", int(forecast.complete), None),
            ("appetite", forecast.appetite, "min"),
            ("horizon", HORIZON, "min"),
        )
    ]
    if forecast.precision is not None:
        rows += [
            (None, "precision", forecast.precision.of, None, figure, value, "share")
            for figure, value in (
                ("asked", forecast.precision.asked),
                ("reached", known_or_none(forecast.precision.reached)),
                ("level", forecast.precision.level),
            )
        ]
    for cause in forecast.causes:
        rows.append(
            (None, "cause", cause.kind, cause.name, "rate", known_or_none(cause.per_year), "per year")
        )
        rows.append((None, "cause", cause.kind, cause.name, "simulated", int(cause.simulated), "occurrences"))
    for unknown in forecast.unknowns:
        for figure, text, moved in (
            ("p05", unknown.p05_text, unknown.low),
            ("p95", unknown.p95_text, unknown.high),
        ):
            # The number is text in its own unit; the minutes are what the baseline is moved to by it.
            rows.append((None, "unknown", unknown.path, None, figure, text, None))
            rows.append(
                (forecast.baseline, "moved", unknown.path, None, figure, known_or_none(moved), "min per year")
            )
        for move in unknown.moves:
            ends = (("p05", move.low, move.difference_low), ("p95", move.high, move.difference_high))
            for figure, value, change in ends:
                measured = f"{figure} of {move.measure}"
                unit = UNITS[move.measure]
                rows.append((move.policy, "moved", unknown.path, None, measured, known_or_none(value), unit))
                rows.append(
                    (
                        move.policy,
                        "moved_difference",
                        unknown.path,
                        None,
                        measured,
                        known_or_none(change),
                        unit,
                    )
                )
    for tips in forecast.tips:
        pair = f"{tips.path} {tips.direction}"
        rows.append((tips.better, "less_than", tips.worse, None, pair, tips.value_text, None))
    for policy in forecast.policies:
        rows += _of(policy, forecast.best_by)
    return rows


def _of(policy: ForecastPolicy, best_by: str) -> list[Row]:
    who = policy.name
    rows = _estimates(who, "yearly", policy.yearly) + _estimates(who, "difference", policy.difference)
    for part, carried in (("carries_yearly", policy.carried_mean), ("carries_difference", policy.carried)):
        rows += [
            (who, part, measure, None, "value", known_or_none(each), "years")
            for measure, each in carried.items()
        ]
    for measure, beats in policy.beats.items():
        rows += _estimates(who, "better", {measure: beats.better})
        rows += [
            (who, part, measure, None, "share", known_or_none(value), "share of years")
            for part, value in (("same", beats.ties), ("worse", beats.worse))
        ]
    for cause, measures in policy.by_cause.items():
        rows += _estimates(who, "by_cause", measures, cause)
    rows += _estimates(who, "headline", {"over_appetite": policy.headline})
    for point in policy.exceedance:
        rows += [
            (who, "exceedance", f"over {point.minutes:g} min", None, figure, known_or_none(value), "share")
            for figure, value in (("mean", point.share), ("low", point.low), ("high", point.high))
        ]
    rows.append(
        (who, "still_dark", "accounts_dark", None, "share", known_or_none(policy.still_dark), "share")
    )
    rows += _estimates(who, "times", policy.times) + _estimates(who, "access", policy.access)
    for part, followed in (("times", policy.times), ("access", policy.access)):
        for name, summary in followed.items():
            rows.append((who, part, name, None, "cut", summary.cut, "share"))
            rows.append((who, part, name, None, "horizon", summary.horizon, "min"))
    rows += [
        (who, "effective_years", name, None, "value", known_or_none(value), "years")
        for name, value in policy.effective.items()
    ]
    rows += _estimates(who, "friction", policy.friction)
    for part, spreads in (
        ("ignorance", policy.ignorance),
        ("ignorance_of_difference", policy.ignorance_of_difference),
        ("luck", policy.luck),
    ):
        for measure, spread in spreads.items():
            rows += [
                (who, part, measure, None, figure, known_or_none(value), UNITS[measure])
                for figure, value in (("p05", spread.p05), ("p95", spread.p95))
            ]
    if policy.best is not None:
        rows.append((who, "best", best_by, None, "share", known_or_none(policy.best), "share of draws"))
    if policy.cost is not None:
        rows += _estimates(who, "cost", {"friction": policy.cost})
    if policy.refused is not None:
        rows.append((who, "refused", policy.refused.text, None, "share", policy.refused.share, "share"))
    if policy.unstable is not None:
        rows.append((who, "unstable", policy.unstable, None, None, None, None))
    return rows


def _estimates(
    policy: str, part: str, found: Mapping[str, Estimate] | Mapping[str, Summary], cause: str | None = None
) -> list[Row]:
    return [
        (policy, part, name, cause, *row)
        for name, each in found.items()
        for row in figure_rows(each, FIGURES if isinstance(each, Summary) else ESTIMATES)
    ]
