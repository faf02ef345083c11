"""The text of a forecast: what a year brings under each policy, what it rests on, what it cannot say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from ..study.forecast_results import CauseResult, Forecast, ForecastPolicy
from ..study.replay import basis
from ..study.results import Summary
from .forecast_figures import (
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
from .wording import WIDTH, and_list, filled, minutes, number, percent, plural, wrap

GAP = "  "
NAME = 24
"""The widest the column of policies may be; a longer name gets a line of its own."""
DASH = "-"
NARROWEST = 8
"""The narrowest it may be where figures need the room."""
LABEL = 44
FRICTION = 46
"""Columns for what honest work pays."""
METHODS = {
    "episodes": "every occurrence in its own window of a year (episodes)",
    "direct": "whole years, every report in them (direct)",
}

Cell = str | Sequence[str]


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
        _foot(forecast),
        _next(forecast, file),
    ]
    return _joined(blocks)


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
        blocks.append([*wrap(f"{path} = {value}", WIDTH), *_laid_out(rows), *_stopped_early(forecast)])
    if missing:
        blocks.append(wrap(f"INTERRUPTED, not done: {', '.join(missing)}", WIDTH))
    ranges = (
        "Ranges: 95 % simulation error. Access: half of the leavers have it no longer than this; 5 % longer."
    )
    blocks.append(wrap(f"{plural(first.years, 'year')}, the same for every value. {ranges}", WIDTH))
    return _joined(blocks)


def _joined(blocks: Iterable[Sequence[str]]) -> str:
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks if block) + "\n"


def _head(forecast: Forecast, digest: str) -> list[str]:
    right = f"forecast, {plural(forecast.years, 'year')}, {forecast.method}"
    room = WIDTH - len(right)
    lines = wrap(forecast.scenario.title, room - 2)
    lines[0] = f"{lines[0]:<{room}}{right}"
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


def _laid_out(rows: Sequence[Sequence[Cell]], left: Sequence[int] = (0,), most: int = NAME) -> list[str]:
    """Rows under a heading; columns in `left` are flush left. A cell may be several lines.

    A name wider than the first column may be gets a line of its own.
    """
    lists = [[[cell] if isinstance(cell, str) else list(cell) for cell in row] for row in rows]
    widths = [max(len(line) for cell in column for line in cell) for column in zip(*lists, strict=True)]
    room = WIDTH - 1 - sum(widths[1:]) - len(GAP) * (len(widths) - 1)
    widths[0] = min(widths[0], most, max(NARROWEST, room))
    lines: list[str] = []
    for row in lists:
        name, *rest = row
        if any(len(line) > widths[0] for line in name):
            lines += [" " + line for line in name]
            name = [""]
        for cells in zip_longest(name, *rest, fillvalue=""):
            said = (
                f"{cell:<{width}}" if column in left else f"{cell:>{width}}"
                for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
            )
            lines.append(" " + GAP.join(said))
    return lines


def _titled(title: str, lines: list[str]) -> list[str]:
    """The title in place of the empty corner of a table."""
    if len(title) <= len(lines[0]) - len(lines[0].lstrip()) - len(GAP):
        return [title + lines[0][len(title) :], *lines[1:]]
    return [title, *lines]


def _named(forecast: Forecast, policy: ForecastPolicy) -> str:
    return policy.name if policy.name != forecast.baseline else f"{policy.name} *"


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
                _named(forecast, policy),
                DASH if effect is None else number(effect),
                DASH if accounts is None else number(accounts.mean),
                DASH if dark is None else amount(dark),
                _difference(forecast, policy),
                _beats(forecast, policy),
            ]
        )
    found = _titled("A YEAR, BY POLICY", _laid_out(rows))
    if baseline_of(forecast) is not None and len(forecast.policies) > 1:
        found.append(" * the baseline: differences, and who is better, are to the same year under it")
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
    return "".join(f"{percent(each):>5}" for each in (found.better.mean, found.ties, found.worse))


def _risk(forecast: Forecast) -> list[str]:
    """The headline, and how long things take."""
    rows: list[list[Cell]] = [
        ["", "headline,", "to detect", "to restore", "access after leaving"],
        ["", "% of years", "half; 95 % within", "half; 95 % within", "half; 95 % lose it within"],
    ]
    rows += [
        [
            _named(forecast, policy),
            share_text(policy.headline),
            _within(policy.times.get("time_to_detect")),
            _within(policy.times.get("time_to_restore")),
            _within(policy.access.get("after_leaving")),
        ]
        for policy in forecast.policies
    ]
    return _titled("RISK AND TIMES", _laid_out(rows))


def _within(summary: Summary | None) -> str:
    """Median and 95th percentile, each in the unit that suits it."""
    if summary is None:
        return DASH
    factor = 1440.0 if summary.unit == "days" else 1.0
    said = [
        minutes(value * factor) if math.isfinite(value) else DASH for value in (summary.median, summary.p95)
    ]
    return DASH if said == [DASH, DASH] else "; ".join(said)


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
        row: list[Cell] = [_named(forecast, policy), wrap(text, FRICTION)]
        if money:
            row.append(DASH if policy.cost is None else amount(policy.cost))
        rows.append(row)
    return _titled("WHAT HONEST WORK PAYS", _laid_out(rows, left=(0, 1)))


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
    return _titled("CAUSES", _laid_out(rows, most=LABEL))


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
        why = "no exceedance curve was made"
        if curves:
            seen = any(point.share > 0 for points in curves for point in points)
            seen = seen or any(policy.headline.mean > 0 for policy in forecast.policies)
            few = f"{plural(forecast.years, 'year')} cannot tell: more years would"
            why = few if seen else "no year had a protected account dark"
        return filled("BAD YEARS", f"{why}.", indent=12)
    rows: list[list[Cell]] = [["", *(f"{chance_text(chance)} % a year" for chance, _ in found)]]
    for at, policy in enumerate(forecast.policies):
        cells = [length(policy, row[at]) for _, row in found]
        rows.append([_named(forecast, policy), *cells])
    lines = [title, *_laid_out(rows)]
    if any(cell is None for _, row in found for cell in row):
        lines.append(f" {DASH} the simulation cannot tell: more years would")
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
    lines += filled(
        "ERROR",
        "ranges in brackets are the simulation error alone (95 %): that numbers put in may be wrong is not in them",
    )
    if forecast.weeks:
        lines += filled("COSTS", f"from {plural(forecast.weeks, 'simulated routine week')} of the same model")
    lines += filled(
        "PUT IN",
        "not found: how often each cause comes, who leaves and when, the appetite. Found is what each policy "
        "makes of them.",
    )
    return lines + _rests_on(forecast)


def _rests_on(forecast: Forecast) -> list[str]:
    rests = basis(forecast.scenario, ())
    counted = [
        f"{amount} {word}"
        for amount, word in (
            (rests.documented, "documented"),
            (rests.inferred, "inferred"),
            (rests.fitted, "fitted"),
            (rests.expert, "expert"),
            (rests.assumed, "assumed"),
        )
        if amount or word in {"documented", "assumed"}
    ]
    lines = filled("RESTS ON", f"{and_list(counted)} numbers; sources dispute {rests.disputed} of them.")
    if forecast.scenario.silent:
        lines += filled("SILENT", "on " + " | on ".join(forecast.scenario.silent))
    return lines


def _next(forecast: Forecast, file: str) -> list[str]:
    lines = [f"next     deactsim forecast {file} -o forecast", f"         deactsim show sources {file}"]
    if not others(forecast):
        lines[0] = f"next     deactsim show safeguards  # then add policies to {file}"
    return lines
