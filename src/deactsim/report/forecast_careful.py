"""What to be careful of in a forecast: causes never seen, a precision not reached, figures that few years carry."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from ..stats.yearly import CARRIED
from ..study.forecast_results import Forecast, ForecastPolicy
from ..study.results import Estimate
from .forecast_figures import unseen
from .wording import and_list, filled, percent, plural, refused_text

MEASURES = {"dark_minutes": "minutes dark", "protected_minutes": "protected minutes"}
"""Measures of a year of which the tables give intervals."""


def careful(forecast: Forecast) -> list[str]:
    """The lines of a table, a sentence each; nothing where there is nothing to be careful of."""
    lines: list[str] = []
    refused = refused_text({policy.name: policy.refused for policy in forecast.policies})
    for said in (*refused, _never_seen(forecast), _imprecise(forecast), few_carry(forecast)):
        if said:
            lines += filled("" if lines else "CAREFUL", said)
    return lines


def _never_seen(forecast: Forecast) -> str:
    """The causes that were never simulated: no interval knows of them."""
    causes = unseen(forecast)
    if not causes:
        return ""
    said = f"{and_list([cause.label for cause in causes])} never occurred in these years: what "
    said += "it brings is" if len(causes) == 1 else "they bring is"
    return f"{said} in no figure here, and in no range in brackets; more years would show it"


def _imprecise(forecast: Forecast) -> str:
    """That a precision asked for was not reached."""
    found = forecast.precision
    if found is None or found.met:
        return ""
    why = "the interrupt came first" if not forecast.complete else "no more years are simulated"
    return (
        f"the precision asked for, {percent(found.asked)} %, was not reached in {plural(forecast.years, 'year')}: "
        f"{found.of} is known to ±{width_text(found.reached)} % of the baseline's minutes dark, and {why}"
    )


def width_text(share: float) -> str:
    """A half-width in per cent, with two digits: 4.8, 26."""
    return f"{100 * share:.2g}" if share < 0.995 else f"{100 * share:,.0f}"


def few_carry(forecast: Forecast) -> str:
    """The figures whose spread lies in fewer years than carry an interval; empty without any."""
    found: dict[str, list[str]] = {}
    least = float(forecast.years)
    for policy in forecast.policies:
        for what, carried in _carried(policy, forecast.baseline).items():
            if carried < CARRIED:
                found.setdefault(what, []).append(policy.name)
                least = min(least, carried)
    if not found:
        return ""
    figures = "; ".join(f"{what} of {and_list(names)}" for what, names in found.items())
    enough = float(f"{ceil(1.5 * forecast.years * CARRIED / least):.1g}")
    return (
        f"few of these {forecast.years:,} years carry {figures}: by chance more or fewer of such years might be among "
        "them, and the ranges may miss the truth more often than in 5 of 100 cases; some "
        f"{enough:,.0f} years would tell more"
    )


def _carried(policy: ForecastPolicy, baseline: str) -> dict[str, float]:
    """How many years carry each figure in brackets of a policy, as far as it spreads at all."""

    def spread(estimates: Mapping[str, Estimate], measure: str) -> bool:
        return measure in estimates and estimates[measure].low < estimates[measure].high

    found = {}
    for measure, words in MEASURES.items():
        if spread(policy.yearly, measure) and measure in policy.carried_mean:
            found[words] = policy.carried_mean[measure]
        if policy.name != baseline and spread(policy.difference, measure) and measure in policy.carried:
            found[f"the difference in {words}"] = policy.carried[measure]
    return found
