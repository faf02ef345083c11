"""What is not known, in words: ignorance and luck by policy, the uncertain numbers, what the order hangs on."""

from __future__ import annotations

from collections.abc import Sequence

from ..study.forecast_results import Forecast, ForecastPolicy, Range, Tips, Unknown
from .forecast_figures import DASH, mean_of, others, unseen
from .forecast_layout import Cell, laid_out, named, titled
from .wording import filled, is_known, number, percent, plural

PATH = 44
FOR_A_YEAR = 72
"""Years from which the 5th and 95th percentile of a year can be said."""
MOST_TIPS = 4
"""Tipping points that are told, one a pair of neighbours; the rest is in the JSON."""


def not_known(forecast: Forecast) -> list[list[str]]:
    """Blocks: by policy, by uncertain number, and what the order of neighbours hangs on."""
    blocks = [_by_policy(forecast)]
    if forecast.unknowns:
        blocks += [_numbers(forecast), _order(forecast)]
    return blocks


def _by_policy(forecast: Forecast) -> list[str]:
    policies = forecast.policies
    unsure = any(policy.ignorance is not None for policy in policies)
    lucky = any(luck_of(policy) is not None for policy in policies)
    if not unsure and not lucky:
        said = f"{_sure(forecast)}, so that none was put in doubt here."
        return filled("NOT KNOWN", f"{said} {luck_missing(forecast)}".strip(), indent=12)
    first: list[Cell] = [""]
    second: list[Cell] = [""]
    if unsure:
        first.append("expected minutes a year,")
        second.append("if numbers are off, 5-95 %")
    if lucky:
        first.append("minutes in one year, if")
        second.append("they are right, 5-95 %")
    if unsure and len(policies) > 1:
        first.append("the best,")
        second.append("of 100 draws")
    rows = [first, second]
    for policy in policies:
        row: list[Cell] = [named(forecast, policy)]
        if unsure:
            row.append(range_text(policy.ignorance))
        if lucky:
            row.append(range_text(luck_of(policy)))
        if unsure and len(policies) > 1:
            row.append(DASH if policy.best is None else percent(policy.best))
        rows.append(row)
    lines = titled("NOT KNOWN", laid_out(rows))
    if not unsure:
        lines.append(f" {_sure(forecast)}: what may be off is not in this")
    lines += [f" {line}" for line in (luck_missing(forecast), heavy(policies)) if line]
    return lines


def _sure(forecast: Forecast) -> str:
    """Why no number is in doubt."""
    if forecast.unknowns:
        return "interrupted before every uncertain number was tried at its ends"
    return "no number is said to be `uncertain`"


def heavy(policies: Sequence[ForecastPolicy]) -> str:
    """That nearly all years lie below the mean of some policy, and why that is no error."""
    if any(
        (luck := luck_of(policy)) is not None
        and is_known(luck.p95)
        and luck.p95 < mean_of(policy, "dark_minutes")
        for policy in policies
    ):
        return "95 of 100 years may lie below the mean of a year: very rare years carry most of its minutes"
    return ""


def luck_missing(forecast: Forecast) -> str:
    """Why one year's luck is not said; empty where it is said of all policies."""
    if all(luck_of(policy) is not None for policy in forecast.policies):
        return ""
    return f"One year's luck cannot be said: {plural(forecast.years, 'year')} are too few, it takes {FOR_A_YEAR} or so"


def luck_of(policy: ForecastPolicy) -> Range | None:
    """How one year's minutes dark spread by luck; None where it cannot be said."""
    return policy.luck.get("dark_minutes")


def range_text(found: Range | None) -> str:
    """`568 to 7,649`; a dash where it cannot be said."""
    if found is None or not (is_known(found.p05) and is_known(found.p95)):
        return DASH
    return f"{number(found.p05)} to {number(found.p95)}"


def between(unknown: Unknown) -> str:
    """`0.002 to 0.1 per year`: the unit once."""
    unit = unknown.p95_text[len(unknown.p95_text.rstrip("abcdefghijklmnopqrstuvwxyz %")) :]
    low = unknown.p05_text.removesuffix(unit) if unit else unknown.p05_text
    return f"{low} to {unknown.p95_text}"


def _numbers(forecast: Forecast) -> list[str]:
    """The uncertain numbers, those that move the baseline most first."""
    rows: list[list[Cell]] = [["", "put in", "known to,", "baseline,"], ["", "", "5-95 %", "minutes a year"]]
    held = []
    for unknown in forecast.unknowns:
        if unknown.low is None or unknown.high is None:
            held.append(f"{unknown.path} {unknown.value_text} (5-95 %: {between(unknown)})")
        else:
            low, high = number(unknown.low), number(unknown.high)
            still = "never occurred here" if _of_unseen(unknown, forecast) else f"hardly: {low}"
            moved = f"{low} to {high}" if low != high else still
            rows.append([unknown.path, unknown.value_text, between(unknown), moved])
    lines = titled("WHAT MAY BE OFF", laid_out(rows, most=PATH)) if len(rows) > 2 else []
    if held:
        lines += filled("HELD", f"at the value put in, not tried at its ends: {'; '.join(held)}")
    return lines


def _of_unseen(unknown: Unknown, forecast: Forecast) -> bool:
    """Whether a number is of a cause that never occurred in the simulation."""
    section, name, *rest = unknown.path.split(" and ")[0].split(".")
    return any(
        (section, name) == ("causes", cause.name)
        or (section, name, *rest) == ("reports", cause.tier, cause.kind)
        for cause in unseen(forecast)
    )


def told(forecast: Forecast) -> list[Tips]:
    """The nearest tipping point of each pair of neighbours, best policies first."""
    by_pair: dict[tuple[str, str], Tips] = {}
    for tips in forecast.tips:
        by_pair.setdefault((tips.better, tips.worse), tips)
    return list(by_pair.values())


def _order(forecast: Forecast) -> list[str]:
    """On which uncertain numbers the order of policies hangs."""
    if not others(forecast):
        return []
    found = told(forecast)
    if not found:
        said = (
            "no two neighbours that can be told apart change places within what is known of any one number."
        )
        return filled("ORDER", said)
    lines: list[str] = []
    for tips in found[:MOST_TIPS]:
        said = (
            f"{tips.better} leaves less than {tips.worse} only while {tips.path} is {tips.direction} "
            f"{tips.value_text} (put in: {tips.now_text})"
        )
        lines += filled("" if lines else "ORDER", said)
    more = len(forecast.tips) - min(len(found), MOST_TIPS)
    rest = f"; {plural(more, 'tipping value')} more in the JSON" if more > 0 else ""
    lines += filled("", f"each number by itself, the others as put in{rest}")
    return lines


def unsure(policies: tuple[ForecastPolicy, ...]) -> list[ForecastPolicy]:
    """The policies of which ignorance or luck can be said."""
    return [policy for policy in policies if policy.ignorance is not None or policy.luck]
