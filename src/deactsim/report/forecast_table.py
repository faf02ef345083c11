"""The text of a forecast: what a year brings under each policy, what it rests on, what it cannot say."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ..study.forecast_results import CauseResult, Forecast, ForecastPolicy
from ..study.replay import basis
from ..study.results import Summary
from .forecast_figures import (
    DASH,
    amount,
    baseline_of,
    chance_text,
    chances,
    length,
    one_protected,
    others,
    share_text,
    shares_of_minutes,
    took_effect,
)
from .forecast_layout import Cell, laid_out, named, titled
from .forecast_unknown import not_known
from .wording import (
    WIDTH,
    disputed_text,
    filled,
    headed,
    inputs_text,
    is_known,
    minutes,
    number,
    page,
    percent,
    plural,
    silence,
    wrap,
)

LABEL = 44
FRICTION = 46
"""Columns for what honest work pays."""
METHODS = {
    "episodes": "every occurrence in its own window of a year (episodes)",
    "direct": "whole years, every report in them (direct)",
}

A_YEAR = 364.9
"""Days of access from which it lasted to the end of what is looked at."""


def forecast_table(forecast: Forecast, file: str, digest: str = "") -> str:
    """A forecast as text; `file` names the scenario in the next command, `digest` is its hash."""
    blocks = [
        _head(forecast, digest),
        _a_year(forecast),
        _risk(forecast),
        _work(forecast),
        _unstable(forecast),
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
    blocks = [head]
    for forecast in forecasts:
        path, value = forecast.varied or ("", "")
        rows: list[list[Cell]] = [["policy", "minutes dark a year", "headline, %", "access after leaving"]]
        for policy in forecast.policies:
            dark = policy.yearly.get("dark_minutes")
            rows.append(
                [
                    policy.name + (" (unstable)" if policy.unstable else ""),
                    DASH if dark is None else amount(dark),
                    share_text(policy.headline),
                    _within(policy.access.get("after_leaving")),
                ]
            )
        blocks.append([*wrap(f"{path} = {value}", WIDTH), *laid_out(rows), *_stopped_early(forecast)])
    if missing:
        blocks.append(wrap(f"INTERRUPTED, not done: {', '.join(missing)}", WIDTH))
    ranges = (
        "Ranges: 95 % simulation error. Access: half of the leavers have it no longer than this; 5 % longer."
    )
    blocks.append(wrap(f"{plural(first.years, 'year')}, the same for every value. {ranges}", WIDTH))
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
    if forecast.complete:
        return []
    return [f"INTERRUPTED: all figures are of the {plural(forecast.years, 'year')} done by then."]


# ---- the tables of policies


def _a_year(forecast: Forecast) -> list[str]:
    """What happens in a year, and the difference to the baseline."""
    rows: list[list[Cell]] = [
        ["", "wrongful", "accounts", "minutes dark", "difference, min", "years better,"],
        ["", "in effect", "dark", "(95 %)", "(95 %)", "same, worse, %"],
    ]
    for policy in forecast.policies:
        effect, dark = took_effect(policy), policy.yearly.get("dark_minutes")
        accounts = policy.yearly.get("accounts_dark")
        rows.append(
            [
                named(forecast, policy),
                DASH if effect is None else number(effect),
                DASH if accounts is None else number(accounts.mean),
                DASH if dark is None else amount(dark),
                _difference(forecast, policy),
                _beats(forecast, policy),
            ]
        )
    found = titled("A YEAR, BY POLICY", laid_out(rows))
    if baseline_of(forecast) is not None and len(forecast.policies) > 1:
        found.append(" * the baseline: differences, and who is better, are to the same year under it")
        if any("dark_minutes" not in policy.beats for policy in others(forecast)):
            found.append(f" {DASH} a frequent cause enters a year by its mean alone: years cannot be counted")
    return found


def _difference(forecast: Forecast, policy: ForecastPolicy) -> str:
    found = policy.difference.get("dark_minutes")
    if policy.name == forecast.baseline or found is None:
        return DASH
    if found.low == found.high == 0:
        return "none"
    return f"{_signed(found.mean)} ({_signed(found.low)} to {_signed(found.high)})"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + number(value)


def _beats(forecast: Forecast, policy: ForecastPolicy) -> str:
    found = policy.beats.get("dark_minutes")
    if policy.name == forecast.baseline or found is None:
        return DASH
    better, ties, worse = (percent(each) for each in (found.better.mean, found.ties, found.worse))
    change = policy.difference.get("dark_minutes")
    if found.better.mean == 0 and found.ties == 1 and change is not None and change.high < 0:
        # It is better in years too rare to be among those drawn.
        better, ties = "<1", ">99"
    return f"{better:>4}{ties:>5}{worse:>5}"


def _risk(forecast: Forecast) -> list[str]:
    """The headline, and how long things take."""
    times = [each for policy in forecast.policies for each in policy.times.values()]
    few = [each for each in times if not is_known(each.p95)]
    # Where no 95 % can be said of anything the column is of the halves alone.
    halves = bool(times) and len(few) == len(times)
    head = "half within" if halves else "half; 95 % within"
    rows: list[list[Cell]] = [
        ["", "headline,", "to detect", "to restore", "access after leaving"],
        ["", "% of years", head, head, "half; 95 % lose it within"],
    ]
    rows += [
        [
            named(forecast, policy),
            share_text(policy.headline),
            _within(policy.times.get("time_to_detect"), halves),
            _within(policy.times.get("time_to_restore"), halves),
            _within(policy.access.get("after_leaving")),
        ]
        for policy in forecast.policies
    ]
    lines = titled("RISK AND TIMES", laid_out(rows))
    if any(not is_known(policy.headline.mean) for policy in forecast.policies):
        lines.append(f" {DASH} too frequent a cause brings the headline for it to be said")
    if few:
        mark = "within what time 95 % are" if halves else "? 95 %"
        lines.append(f" {mark}: {plural(forecast.years, 'year')} cannot tell, more years would")
    return lines


def _within(summary: Summary | None, halves: bool = False) -> str:
    """Median and 95th percentile, each in the unit that suits it; `?` where the latter cannot be said."""
    if summary is None or not is_known(summary.median):
        return DASH
    if summary.unit == "days" and summary.median >= A_YEAR:
        return "a year or more"
    ends = (summary.median,) if halves else (summary.median, summary.p95)
    return "; ".join(_long(value, summary.unit) for value in ends)


def _long(value: float | None, unit: str) -> str:
    if not is_known(value):
        return "?"
    if unit == "days" and value >= A_YEAR:
        return "a year or more"
    return minutes(value * (1440.0 if unit == "days" else 1.0))


def _work(forecast: Forecast) -> list[str]:
    """What honest work pays in a usual week, and in money where wages are given."""
    money = any(policy.cost is not None for policy in forecast.policies)
    heads: list[Cell] = ["", "in a usual week"]
    unit = next((policy.cost.unit for policy in forecast.policies if policy.cost is not None), "")
    rows: list[list[Cell]] = [heads + ([unit + " (95 %)"] if money else [])]
    for policy in forecast.policies:
        text = policy.friction_text or "none seen"
        if policy.unstable is not None:
            text = f"UNSTABLE, see below; {text}" if policy.friction_text else "UNSTABLE, see below"
        row: list[Cell] = [named(forecast, policy), wrap(text, FRICTION)]
        if money:
            row.append(DASH if policy.cost is None else amount(policy.cost))
        rows.append(row)
    return titled("WHAT HONEST WORK PAYS", laid_out(rows, left=(0, 1)))


def _unstable(forecast: Forecast) -> list[str]:
    lines: list[str] = []
    for policy in forecast.policies:
        if policy.unstable is not None:
            said = (
                f"{policy.name}: {policy.unstable} cannot cope; the queue grows for as long as it lasts. "
                "Its waits have no average and none is shown."
            )
            lines += filled("" if lines else "UNSTABLE", said)
    return lines


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
    if cause.per_year > 400:
        return f"{number(cause.per_year / 365.25)} times a day"
    return f"{number(cause.per_year)} times a year"


def _exceeded(forecast: Forecast) -> list[str]:
    """Minutes that protected accounts are dark together in a year, by the chance to exceed them."""
    found = chances(forecast)
    title = "BAD YEARS   protected accounts together are dark for more than this, with a chance of"
    if not found:
        curves = [policy.exceedance for policy in forecast.policies if policy.exceedance]
        why = "no exceedance curve can be composed: a frequent cause enters a year by its mean alone"
        if curves:
            seen = any(point.share > 0 for points in curves for point in points)
            seen = seen or any(policy.headline.mean > 0 for policy in forecast.policies)
            few = f"{plural(forecast.years, 'year')} cannot tell: more years would"
            why = few if seen else "no year had a protected account dark"
        return filled("BAD YEARS", f"{why}.", indent=12)
    rows: list[list[Cell]] = [["", *(f"{chance_text(chance)} % a year" for chance, _ in found)]]
    for at, policy in enumerate(forecast.policies):
        cells = [length(policy, row[at]) for _, row in found]
        rows.append([named(forecast, policy), *cells])
    lines = [title, *laid_out(rows)]
    if any(
        row[at] is None
        for _, row in found
        for at, policy in enumerate(forecast.policies)
        if policy.exceedance
    ):
        lines.append(f" {DASH} the simulation cannot tell: more years would")
    if any(not policy.exceedance for policy in forecast.policies):
        lines.append(f" {DASH} in all places: a frequent cause enters a year by its mean alone")
    return lines


# ---- what it rests on


def _foot(forecast: Forecast) -> list[str]:
    lines: list[str] = []
    simulated = sum(cause.simulated for cause in forecast.causes)
    said = f"the same {plural(forecast.years, 'year')} under every policy, seed {forecast.seed}"
    if simulated:
        said += f"; {plural(simulated, 'occurrence')} simulated"
    lines += filled("YEARS", said)
    lines += filled("METHOD", METHODS[forecast.method] + (f": {forecast.why}" if forecast.why else ""))
    error = "ranges in brackets are the simulation error alone (95 %): that numbers put in may be wrong is not in them"
    if any(policy.ignorance is not None for policy in forecast.policies):
        error += ", but under NOT KNOWN as far as the scenario says how uncertain they are"
    lines += filled("ERROR", error)
    if forecast.weeks:
        lines += filled("COSTS", f"from {plural(forecast.weeks, 'simulated routine week')} of the same model")
    lines += filled(
        "PUT IN",
        "not found: how often each cause comes, who leaves and when, the appetite. Found is what each policy "
        "makes of them.",
    )
    return lines + _rests_on(forecast)


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
