"""The tables of a forecast that have a row a policy: a year, risk, times, what honest work pays."""

from __future__ import annotations

from collections.abc import Sequence

from ..study.forecast_results import Forecast, ForecastPolicy
from ..study.results import Summary
from .forecast_careful import SOME_CUT
from .forecast_figures import (
    DASH,
    NOT_COMPOSED,
    amount,
    baseline_of,
    mean_of,
    missing_wages,
    others,
    share_text,
    took_effect,
)
from .forecast_layout import Cell, laid_out, named, titled
from .wording import (
    OR_MORE,
    WIDTH,
    and_list,
    filled,
    is_known,
    minutes,
    number,
    or_more,
    percent,
    plural,
    wrap,
)

FRICTION = 46
"""Columns for what honest work pays."""


def by_policy(forecast: Forecast) -> list[list[str]]:
    """The tables, and who cannot cope."""
    return [_a_year(forecast), _risk(forecast), _times(forecast), _work(forecast), _unstable(forecast)]


def _a_year(forecast: Forecast) -> list[str]:
    """What happens in a year, and the difference to the baseline."""
    effects = [
        DASH if (each := took_effect(policy)) is None else number(each) for policy in forecast.policies
    ]
    accounts = [_mean(policy, "accounts_dark") for policy in forecast.policies]
    rows: list[list[Cell]] = [
        ["", "wrongful", "accounts", "minutes dark", "difference, min", "years better,"],
        ["", "in effect", "dark", "(95 %)", "(95 %)", "same, worse, %"],
    ]
    for policy, effect, number_dark in zip(forecast.policies, effects, accounts, strict=True):
        rows.append(
            [
                named(forecast, policy),
                effect,
                number_dark,
                amount_of(policy, "dark_minutes"),
                _difference(forecast, policy, "dark_minutes"),
                _beats(forecast, policy),
            ]
        )
    if effects == accounts:
        rows = [[name, *rest] for name, _, *rest in rows]
    found = titled("A YEAR, BY POLICY", laid_out(rows))
    if effects == accounts:
        found.append(" accounts dark: each by a wrongful action that took effect")
    else:
        found.append(" of two wrongful actions on one account only the first makes it dark")
    if baseline_of(forecast) is not None and len(forecast.policies) > 1:
        found.append(" * the baseline: differences, and who is better, are to the same year under it")
        if any("dark_minutes" not in policy.beats for policy in others(forecast)):
            found.append(f" {DASH} {NOT_COMPOSED}: years cannot be counted")
    return found


def _mean(policy: ForecastPolicy, measure: str) -> str:
    found = policy.yearly.get(measure)
    return DASH if found is None else number(found.mean)


def amount_of(policy: ForecastPolicy, measure: str) -> str:
    """A measure of a year with its interval; a dash where it is not there."""
    found = policy.yearly.get(measure)
    return DASH if found is None else amount(found)


def _difference(forecast: Forecast, policy: ForecastPolicy, measure: str) -> str:
    found = policy.difference.get(measure)
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
    """The headline, how long protected accounts are dark, and content that is lost, where any is."""
    lost = any(mean_of(policy, "content_lost") > 0 for policy in forecast.policies)
    rows: list[list[Cell]] = [
        ["", "headline,", "protected accounts,", "difference, min", *(["content lost,"] if lost else [])],
        ["", "% of years", "minutes dark (95 %)", "(95 %)", *(["accounts"] if lost else [])],
    ]
    rows += [
        [
            named(forecast, policy),
            share_text(policy.headline),
            amount_of(policy, "protected_minutes"),
            _difference(forecast, policy, "protected_minutes"),
            *([_mean(policy, "content_lost")] if lost else []),
        ]
        for policy in forecast.policies
    ]
    lines = titled("RISK", laid_out(rows))
    if any(not is_known(policy.headline.mean) for policy in forecast.policies):
        lines.append(f" {DASH} too frequent a cause brings the headline for it to be said")
    return lines


def _times(forecast: Forecast) -> list[str]:
    """How long things take."""
    times = [each for policy in forecast.policies for each in policy.times.values()]
    # Where no 95 % can be said of anything the column is of the halves alone.
    halves = bool(times) and not any(is_known(each.p95) for each in times)
    head = "half within" if halves else "half; 95 % within"
    rows: list[list[Cell]] = [
        ["", "to detect", "to restore", "access after leaving"],
        ["", head, head, "half; 95 % lose it within"],
    ]
    rows += [
        [
            named(forecast, policy),
            within(policy.times.get("time_to_detect"), halves),
            within(policy.times.get("time_to_restore"), halves),
            within(policy.access.get("after_leaving")),
        ]
        for policy in forecast.policies
    ]
    lines = titled("TIMES", laid_out(rows))
    unsaid = any(mean_of(policy, "accounts_dark") > 0 and not policy.times for policy in forecast.policies)
    marks = [DASH] if unsaid else []
    if any("?" in cell for _, *cells in rows for cell in cells):
        marks.append("? 95 %")
    if halves:
        marks.append("within what time 95 % are found and restored")
    if marks:
        lines.append(
            f" {' and '.join(marks)}: {plural(forecast.years, 'year')} cannot tell, more years would"
        )
    kept = {
        policy.name: each.cut for policy in forecast.policies if (each := policy.access.get("after_leaving"))
    }
    most = max(kept, key=lambda name: kept[name], default="")
    if kept and kept[most] > SOME_CUT:
        said = f"access is followed for a year: under {most} {percent(kept[most])} % of leavers still have it then"
        lines += filled("", said, indent=1)
    return lines


def within(summary: Summary | None, halves: bool = False) -> str:
    """Median and 95th percentile, each in the unit that suits it; `?` where the latter cannot be said."""
    if summary is None or not is_known(summary.median):
        return DASH
    # What half of them reach 95 % of them do.
    figures = ("median",) if halves or "median" in summary.longer else ("median", "p95")
    return "; ".join(_long(summary, figure) for figure in figures)


def _long(summary: Summary, figure: str) -> str:
    value: float = getattr(summary, figure)
    unit = summary.unit
    if not is_known(value):
        return "?"
    if unit == "days" and figure in summary.longer:
        return f"a year{OR_MORE}"
    return or_more(summary, figure, minutes(value * (1440.0 if unit == "days" else 1.0)))


def _work(forecast: Forecast) -> list[str]:
    """What honest work pays in a usual week, and in money where wages are given."""
    money = any(policy.cost is not None for policy in forecast.policies)
    heads: list[Cell] = ["", "in a usual week"]
    unit = next((policy.cost.unit for policy in forecast.policies if policy.cost is not None), "")
    rows: list[list[Cell]] = [heads + ([["staff time,", unit + " (95 %)"]] if money else [])]
    for policy in forecast.policies:
        row: list[Cell] = [named(forecast, policy), wrap(_friction(policy), FRICTION)]
        if money:
            row.append(DASH if policy.cost is None else amount(policy.cost))
        rows.append(row)
    lines = titled("WHAT HONEST WORK PAYS", laid_out(rows, left=(0, 1)))
    missing = missing_wages(forecast)
    if missing:
        said = and_list([_team_without(forecast, team, names) for team, names in missing.items()])
        lines += [f" {line}" for line in wrap(f"{DASH} no cost: `wages` has none for {said}", WIDTH - 1)]
    return lines


def _friction(policy: ForecastPolicy) -> str:
    text = policy.friction_text or "none seen"
    if policy.unstable is None:
        return text
    said = "" if text == "none seen" or text.startswith("unstable") else f"; {text}"
    return f"UNSTABLE, see below{said}"


def _team_without(forecast: Forecast, team: str, policies: Sequence[str]) -> str:
    """A team without a wage, and the policies that need one, where not all do."""
    return team if len(policies) == len(forecast.policies) else f"{team} ({', '.join(policies)})"


def _unstable(forecast: Forecast) -> list[str]:
    """Who cannot cope, and what that leaves unsaid; policies of which the same is true stand together."""
    found: dict[str, list[str]] = {}
    for policy in forecast.policies:
        if policy.unstable is not None:
            found.setdefault(policy.unstable, []).append(policy.name)
    if not found:
        return []
    lines: list[str] = []
    for who, policies in found.items():
        lines += filled("" if lines else "UNSTABLE", f"{and_list(policies)}: {who} cannot cope.")
    said = (
        "The queue grows for as long as that lasts: waits have no average, and none is shown, nor a cost. Errors of "
        "routine work are counted as if every report were handled."
    )
    return lines + filled("", said)
