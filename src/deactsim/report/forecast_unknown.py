"""What is not known, in words: ignorance and luck by policy, the uncertain numbers, what the order hangs on."""

from __future__ import annotations

from collections.abc import Sequence

from ..study.forecast_results import HARDLY, Forecast, ForecastPolicy, Range, Tips, Unknown
from .forecast_figures import DASH, chance_text, mean_of, others, unseen
from .forecast_in_doubt import held_text
from .forecast_layout import Cell, laid_out, named, titled
from .wording import WIDTH, filled, is_known, number, percent, plural, wrap

PATH = 44
NOTABLE = 0.05
"""How much farther than the baseline's minutes a number moves another figure before that is said beside it."""
FIGURES = {"dark_minutes": "minutes", "protected_minutes": "protected minutes", "headline": "headline"}
BEST_BY = {"dark_minutes": "", "protected_minutes": " for protected"}
FOR_A_YEAR = 72
"""Years from which the 5th and 95th percentile of a year can be said."""
MOST_TIPS = 4
"""Tipping points that are told, one a pair of neighbours; the rest is in the JSON."""


def not_known(forecast: Forecast) -> list[list[str]]:
    """Blocks: by policy, by uncertain number, and what the order of neighbours hangs on."""
    blocks = [_by_policy(forecast), _if_off(forecast)]
    if forecast.unknowns:
        blocks += [_numbers(forecast), _order(forecast)]
    return blocks


def _by_policy(forecast: Forecast) -> list[str]:
    policies = forecast.policies
    unsure = any(policy.ignorance for policy in policies)
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
        first.append(f"the best{BEST_BY[forecast.best_by]},")
        second.append("of 100 draws")
    rows = [first, second]
    for policy in policies:
        row: list[Cell] = [named(forecast, policy)]
        if unsure:
            row.append(range_text(policy.ignorance.get("dark_minutes")))
        if lucky:
            row.append(range_text(luck_of(policy)))
        if unsure and len(policies) > 1:
            row.append(DASH if policy.best is None else percent(policy.best))
        rows.append(row)
    lines = titled("NOT KNOWN", laid_out(rows))
    if not unsure:
        lines.append(f" {_sure(forecast)}: what may be off is not in this")
    else:
        lines += [f" {line}" for line in wrap(held_text(forecast.scenario), WIDTH - 1)]
    return lines + [f" {line}" for line in (luck_missing(forecast), heavy(policies)) if line]


def _if_off(forecast: Forecast) -> list[str]:
    """What uncertain numbers make of the headline, of protected minutes and of differences, where there are any."""
    if not any(set(policy.ignorance) - {"dark_minutes"} for policy in forecast.policies):
        return []
    rows: list[list[Cell]] = [
        ["", "headline,", "protected", "difference,", "difference,", "difference,"],
        ["", "% of years", "minutes", "minutes dark", "protected", "headline"],
    ]
    for policy in forecast.policies:
        less = {} if policy.name == forecast.baseline else policy.ignorance_of_difference
        rows.append(
            [
                named(forecast, policy),
                chances_text(policy.ignorance.get("headline")),
                range_text(policy.ignorance.get("protected_minutes")),
                range_text(less.get("dark_minutes")),
                range_text(less.get("protected_minutes")),
                chances_text(less.get("headline")),
            ]
        )
    return titled("IF NUMBERS ARE OFF, 5-95 %", laid_out(rows))


def chances_text(found: Range | None) -> str:
    """Chances, or differences of them, in per cent: `0.5 to 4.1`, `-3.6 to -0.4`."""
    if found is None:
        return DASH
    low, high = (("-" if end < 0 else "") + chance_text(abs(end)) for end in (found.p05, found.p95))
    return low if low == high else f"{low} to {high}"


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


def luck_of(policy: ForecastPolicy, measure: str = "dark_minutes") -> Range | None:
    """How one year's minutes spread by luck; None where it cannot be said."""
    return policy.luck.get(measure)


def range_text(found: Range | None) -> str:
    """`568 to 7,649`; a dash where it cannot be said."""
    if found is None or not (is_known(found.p05) and is_known(found.p95)):
        return DASH
    low, high = number(found.p05), number(found.p95)
    return low if low == high else f"{low} to {high}"


def between(unknown: Unknown) -> str:
    """`0.002 to 0.1 per year`: the unit once."""
    unit = unknown.p95_text[len(unknown.p95_text.rstrip("abcdefghijklmnopqrstuvwxyz %")) :]
    low = unknown.p05_text.removesuffix(unit) if unit else unknown.p05_text
    return f"{low} to {unknown.p95_text}"


def _numbers(forecast: Forecast) -> list[str]:
    """The uncertain numbers, those that move some figure most first."""
    rows: list[list[Cell]] = [["", "put in", "known to,", "baseline,"], ["", "", "5-95 %", "minutes a year"]]
    held = []
    for unknown in forecast.unknowns:
        if unknown.low is None or unknown.high is None:
            held.append(f"{unknown.path} {unknown.value_text} (5-95 %: {between(unknown)})")
        else:
            rows.append([unknown.path, unknown.value_text, between(unknown), _moved(unknown, forecast)])
            rows += [[f"  {line}", "", "", ""] for line in moved_most(unknown, forecast)]
    lines = titled("WHAT MAY BE OFF", laid_out(rows, most=PATH)) if len(rows) > 2 else []
    lines = [line for line in lines if line.strip()]  # what is wider than its column leaves an empty line
    if held:
        lines += filled("HELD", f"at the value put in, not tried at its ends: {'; '.join(held)}")
    return lines


def _moved(unknown: Unknown, forecast: Forecast) -> str:
    """To what a number moves the baseline's minutes."""
    low, high = number(unknown.low or 0.0), number(unknown.high or 0.0)
    if low != high and _share_of(unknown, forecast) >= HARDLY:
        return f"{low} to {high}"
    return "never occurred here" if _of_unseen(unknown, forecast) else f"hardly: {low}"


def _share_of(unknown: Unknown, forecast: Forecast) -> float:
    """How far a number moves the baseline's minutes, of the larger; by its ends alone where no error is known."""
    found = [
        move.share
        for move in unknown.moves
        if (move.policy, move.measure) == (forecast.baseline, "dark_minutes")
    ]
    low, high = unknown.low or 0.0, unknown.high or 0.0
    return found[0] if found else abs(high - low) / max(low, high, 1e-300)


def moved_most(unknown: Unknown, forecast: Forecast) -> list[str]:
    """The figure and the difference to the baseline that a number moves most, if by more than baseline's minutes."""
    said = []
    # The baseline's come first: of what is moved about as far it is told of them.
    moves = sorted(unknown.moves, key=lambda move: move.policy != forecast.baseline)
    most = max((move.share for move in moves), default=0.0)
    if most >= max(HARDLY, _share_of(unknown, forecast) + NOTABLE):
        move = next(each for each in moves if each.share >= most - NOTABLE)
        ends = _ends_text(move.measure, move.low, move.high)
        said.append(f"{FIGURES[move.measure]} of {move.policy} {ends}")
    most = max((move.difference_share for move in moves), default=0.0)
    if most >= NOTABLE:
        move = next(each for each in moves if each.difference_share >= most - NOTABLE)
        ends = _ends_text(move.measure, move.difference_low, move.difference_high)
        said.append(f"{move.policy} less the baseline, {FIGURES[move.measure]} {ends}")
    return said


def _ends_text(measure: str, low: float, high: float) -> str:
    if measure == "headline":
        return f"{chances_text(Range(low, high))} %"
    return f"{number(low)} to {number(high)}"


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
    protected = " of protected minutes" if forecast.best_by == "protected_minutes" else ""
    for tips in found[:MOST_TIPS]:
        said = (
            f"{tips.better} leaves less{protected} than {tips.worse} only while {tips.path} is {tips.direction} "
            f"{tips.value_text} (put in: {tips.now_text})"
        )
        lines += filled("" if lines else "ORDER", said)
    more = len(forecast.tips) - min(len(found), MOST_TIPS)
    rest = f"; {plural(more, 'tipping value')} more in the JSON" if more > 0 else ""
    lines += filled("", f"each number by itself, the others as put in{rest}")
    return lines
