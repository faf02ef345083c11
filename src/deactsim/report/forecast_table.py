"""The text of a forecast: what a year brings under each policy, what it rests on, what it cannot say."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ..stats.yearly import UNSEEN
from ..study.forecast_results import CauseResult, Forecast, Precision
from ..study.replay import basis
from .forecast_careful import careful, width_text
from .forecast_figures import (
    DASH,
    NOT_COMPOSED,
    baseline_of,
    chance_text,
    chances,
    crossed,
    length,
    mean_of,
    one_protected,
    others,
    share_text,
    shares_of_minutes,
    years_of,
)
from .forecast_layout import Cell, laid_out, named, titled
from .forecast_policies import amount_of, by_policy, within
from .forecast_unknown import not_known
from .wording import (
    WIDTH,
    disputed_text,
    filled,
    headed,
    inputs_text,
    minutes,
    number,
    page,
    percent,
    plural,
    reached_text,
    sentence,
    silence,
    wrap,
)

LABEL = 44
METHODS = {
    "episodes": "every occurrence in its own window of a year (episodes)",
    "direct": "whole years, every report in them (direct)",
}

USUAL_WEEKS = 52
EXPECTED = ("usual", "asked for")
"""Reasons for the number of years that nobody has to be told."""


def forecast_table(forecast: Forecast, file: str, digest: str = "") -> str:
    """A forecast as text; `file` names the scenario in the next command, `digest` is its hash."""
    blocks = [
        _head(forecast, digest),
        careful(forecast),
        *by_policy(forecast),
        _causes(forecast),
        _exceeded(forecast),
        *not_known(forecast),
        _foot(forecast),
        _next(forecast, shlex.quote(file)),
    ]
    return page(blocks)


def vary_table(forecasts: Sequence[Forecast], missing: Sequence[str] = ()) -> str:
    """One block a value of what was varied; `missing` values were not done when it was interrupted."""
    first = forecasts[0]
    head = wrap(first.scenario.title, WIDTH)
    head += wrap(_headline_said(first), WIDTH)
    blocks = [head + reached_text(first.varied, first.reached)]
    for forecast in forecasts:
        path, value = forecast.varied or ("", "")
        rows: list[list[Cell]] = [["policy", "minutes dark a year", "headline, %", "access after leaving"]]
        rows += [
            [
                policy.name + (" (unstable)" if policy.unstable else ""),
                amount_of(policy, "dark_minutes"),
                share_text(policy.headline),
                within(policy.access.get("after_leaving")),
            ]
            for policy in forecast.policies
        ]
        head = [*wrap(f"{path} = {value}", WIDTH), *careful(forecast)]
        blocks.append([*head, *laid_out(rows), *_years_missing(forecast)])
    if missing:
        blocks.append(wrap(f"INTERRUPTED, not done: {', '.join(missing)}", WIDTH))
    ranges = (
        "Ranges: 95 % simulation error. Access: half of the leavers have it no longer than this; 5 % longer (`?`: so "
        "few years cannot tell)."
    )
    blocks.append(wrap(f"{sentence(years_of(forecasts))}. {ranges}", WIDTH))
    return page(blocks)


def _head(forecast: Forecast, digest: str) -> list[str]:
    right = f"forecast, {plural(forecast.years, 'year')}, {forecast.method}"
    lines = headed(forecast.scenario.title, right)
    parts = [f"baseline {forecast.baseline}", f"seed {forecast.seed}", *([digest[:8]] if digest else [])]
    lines += wrap(" | ".join(parts), WIDTH)
    lines += wrap(_headline_said(forecast), WIDTH)
    return lines + _stopped_early(forecast)


def _headline_said(forecast: Forecast) -> str:
    return (
        f"Headline: in a year {one_protected(forecast)} is dark for more than "
        f"{minutes(forecast.appetite)}, the appetite (put in)."
    )


def _stopped_early(forecast: Forecast) -> list[str]:
    """That it was interrupted, and what is missing for it."""
    if forecast.complete or forecast.years < forecast.years_asked:
        return _years_missing(forecast)
    said = f"INTERRUPTED after all {plural(forecast.years, 'year')}: "
    held = [unknown for unknown in forecast.unknowns if unknown.low is None or unknown.high is None]
    if not held:
        return [f"{said}nothing is missing."]
    said += (
        "missing is how far the expected year moves if numbers are off, and the best policy, under NOT KNOWN."
    )
    return wrap(said, WIDTH)


def _years_missing(forecast: Forecast) -> list[str]:
    """That years are missing for an interrupt, and how many there are."""
    if forecast.complete or forecast.years_asked <= forecast.years:
        return []
    done = f"{forecast.years:,} of {plural(forecast.years_asked, 'year')}"
    return [f"INTERRUPTED: all figures here are of the {done} done by then."]


def _causes(forecast: Forecast) -> list[str]:
    """The causes: how often is put in; what comes of it is not."""
    if not forecast.causes:
        return filled("CAUSES", "none: the scenario gives no cause a rate, so no year has a wrongful action.")
    own = baseline_of(forecast)
    shares = shares_of_minutes(own)
    rows: list[list[Cell]] = [
        ["", "a year", "comes", "minutes dark, %", "simulated"],
        ["", "put in", "", "baseline", "times"],
    ]
    for cause in forecast.causes:
        part = shares.get(cause.name)
        rows.append(
            [
                wrap(cause.label, LABEL),
                number(cause.per_year),
                how_often(cause),
                DASH if part is None else percent(part),
                f"{cause.simulated:,}",
            ]
        )
    return titled("CAUSES", laid_out(rows, most=LABEL))


def how_often(cause: CauseResult) -> str:
    """How often a cause comes, as people say it."""
    if cause.per_year <= 0:
        return "never"
    if cause.per_year < 0.95:
        return f"once in {number(1 / cause.per_year)} years"
    if cause.per_year < 1.05:
        return "once a year"
    if cause.per_year > 2 * 365.25:
        return f"{number(cause.per_year / 365.25)} times a day"
    return f"{number(cause.per_year)} times a year"


def _exceeded(forecast: Forecast) -> list[str]:
    """Minutes that protected accounts are dark together in a year, by the chance to exceed them."""
    found = chances(forecast)
    title = "BAD YEARS   dark minutes of all protected accounts add up to more than this, with a chance of"
    if not found:
        curves = [policy.exceedance for policy in forecast.policies if policy.exceedance]
        why = f"no exceedance curve can be composed: {NOT_COMPOSED}"
        if curves:
            seen = any(mean_of(policy, "protected_minutes") > 0 for policy in forecast.policies)
            few = f"{plural(forecast.years, 'year')} cannot tell: more years would"
            why = few if seen else "no year had a protected account dark"
        return filled("BAD YEARS", f"{why}.", indent=12)
    rows: list[list[Cell]] = [["", *(f"{chance_text(chance)} % a year" for chance, _ in found)]]
    for at, policy in enumerate(forecast.policies):
        cells = [length(policy, row[at]) for _, row in found]
        rows.append([named(forecast, policy), *cells])
    lines = [title, *laid_out(rows)]
    if crossed(forecast):
        lines.append(" estimated apart from the headline, which simulation error alone can make larger")
    if any(
        row[at] is None
        for _, row in found
        for at, policy in enumerate(forecast.policies)
        if policy.exceedance
    ):
        lines.append(f" {DASH} the simulation cannot tell: more years would")
    if any(not policy.exceedance for policy in forecast.policies):
        lines.append(f" {DASH} in all places: {NOT_COMPOSED}")
    return lines


# ---- what it rests on


def _foot(forecast: Forecast) -> list[str]:
    lines: list[str] = []
    lines += filled("YEARS", _years(forecast))
    lines += filled("METHOD", METHODS[forecast.method] + (f": {forecast.why}" if forecast.why else ""))
    error = "ranges in brackets are the simulation error alone (95 %): that numbers put in may be wrong is not in them"
    if any(policy.ignorance for policy in forecast.policies):
        error += ", but under NOT KNOWN as far as the scenario says how uncertain they are"
    unmet = max(2, round(forecast.years / UNSEEN))
    error += f"; what comes in fewer than 1 of {unmet} years may not be among these, and then is in no range"
    lines += filled("ERROR", error)
    if forecast.weeks:
        fewer = f" ({USUAL_WEEKS} where a week has few reports)" if forecast.weeks < USUAL_WEEKS else ""
        weeks = plural(forecast.weeks, "simulated routine week")
        lines += filled(
            "COSTS", f"from {weeks} of the same model{fewer}; staff time alone, waiting has no price"
        )
    lines += filled(
        "PUT IN",
        "not found: how often each cause comes, who leaves and when, the appetite. Found is what each policy "
        "makes of them.",
    )
    return lines + _rests_on(forecast)


def _years(forecast: Forecast) -> str:
    """How many, why, and how well the baseline is known by them."""
    said = f"the same {plural(forecast.years, 'year')} under every policy, seed {forecast.seed}"
    simulated = sum(cause.simulated for cause in forecast.causes)
    if simulated:
        said += f"; {plural(simulated, 'occurrence')} simulated"
    if forecast.precision is not None:
        said += f"; {_precision(forecast.precision)}"
    elif forecast.why_years not in EXPECTED:
        said += f"; {forecast.why_years}"
    own = baseline_of(forecast)
    found = None if own is None else own.yearly.get("dark_minutes")
    if found is not None and found.mean > 0:
        half = (found.high - found.low) / (2 * found.mean)
        said += f"; the baseline's minutes dark are known to about ±{percent(half)} %"
    return said


def _precision(found: Precision) -> str:
    """What was reached of a precision, of what it is, and how sure intervals are of which the narrow ones are shown."""
    looks = "once" if found.looks == 1 else f"{found.looks} times"
    reached = "and reached" if found.met else "but not reached"
    return (
        f"a precision of {percent(found.asked)} % was asked for {reached}: the widest interval, of {found.of}, is "
        f"±{width_text(found.reached)} % of the baseline's minutes dark; looked at {looks}, with ranges of "
        f"{100 * found.level:.4g} % that together hold in 95 %"
    )


def _rests_on(forecast: Forecast) -> list[str]:
    """The inputs; the facts on record are of one incident, and no year is made to fit them."""
    rests = basis(forecast.scenario, ())
    text = f"{inputs_text(rests)}.{disputed_text(rests.disputed)}"
    return filled("RESTS ON", text) + silence(forecast.scenario)


def _next(forecast: Forecast, file: str) -> list[str]:
    lines = [f"next     deactsim forecast {file} -o forecast", f"         deactsim show sources {file}"]
    if not others(forecast):
        lines[0] = f"next     deactsim show safeguards  # then add policies to {file}"
    return lines
