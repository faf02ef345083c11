"""What to be careful of in a forecast: causes never seen, a precision not reached, figures that few years carry."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from ..stats.yearly import CARRIED
from ..study.forecast_results import HORIZON, Forecast, ForecastPolicy
from ..study.results import Estimate
from .forecast_figures import unseen
from .wording import OR_MORE, and_list, filled, minutes, percent, plural, refused_text

SOME_CUT = 0.001
"""The share of durations that may be cut before it is said."""
MEASURES = {"dark_minutes": "minutes dark", "protected_minutes": "protected minutes"}
"""Measures of a year of which the tables give intervals."""


def careful(forecast: Forecast) -> list[str]:
    """The lines of a table, a sentence each; nothing where there is nothing to be careful of."""
    lines: list[str] = []
    refused = refused_text({policy.name: policy.refused for policy in forecast.policies})
    for said in (
        *refused,
        _never_seen(forecast),
        _imprecise(forecast),
        few_carry(forecast),
        _still_dark(forecast),
        _unsettled(forecast),
    ):
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


def _still_dark(forecast: Forecast) -> str:
    """Under which policies more than a few accounts are not back when they are followed no longer."""
    cut = {policy.name: policy.still_dark for policy in forecast.policies if policy.still_dark > SOME_CUT}
    if not cut:
        return ""
    most = max(cut, key=lambda name: cut[name])
    under = "every policy" if len(cut) == len(forecast.policies) > 1 else and_list(list(cut))
    share = f"{percent(cut[most])} %" if len(cut) == 1 else f"up to {percent(cut[most])} % ({most})"
    after = minutes(HORIZON)
    return (
        f"under {under} {share} of the accounts that go dark are not back after {after}: they count as dark for so "
        f"long (minutes dark and their differences are restricted means), and times that reach it read {after}{OR_MORE}"
    )


def _unsettled(forecast: Forecast) -> str:
    """In how many hours of the week episodes begin with people who are not yet as busy as usual."""
    if not forecast.unsettled_hours:
        return ""
    hours = len(forecast.unsettled_hours)
    return (
        f"in {hours} of 168 hours of the week occurrences begin with queues shorter than usual: so many reports come "
        "here that a run has no more of them ahead; --method direct begins each year settled"
    )


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
        f"few of these {forecast.years:,} years carry {figures}: it is chance how many such years are among them, and "
        f"these ranges may miss the truth more often than 5 times in 100; some {enough:,.0f} years would tell more"
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
