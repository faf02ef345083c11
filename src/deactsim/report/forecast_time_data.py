"""What the charts of a forecast show of time: leavers' access, busy hours, a bad year."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..study.forecast_results import BadYear, Forecast, ForecastPolicy, YearsOccurrence
from .chart_data import Table, Words
from .forecast_chart_data import CAUSES, footer, group_label, group_place, grouped
from .forecast_figures import baseline_of, mean_of, places
from .wording import minutes, number, percent, plural, sentence, with_article

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEK = 168
TEAMS = 5
"""Teams that fit under each other, the busiest first."""
NOTICEABLE = 0.01
"""How far a policy moves a team's busy share before it gets a line of its own."""
LOOKED_AT = (7.0, 1.0, 1 / 24)
"""Days after the last shift of which the title may speak, best first."""
TOLD = 6
"""Occurrences of a bad year that are told in words beside their marks."""
NOT_SHOWN = "Frequent causes are in the total with their own spread, and are not shown one by one."


@dataclass(frozen=True, slots=True)
class AccessCurve:
    """The share of leavers with the right, by days after their last shift; `figure` is at one moment."""

    label: str
    place: int | None
    points: tuple[tuple[float, float], ...]
    figure: str


@dataclass(frozen=True, slots=True)
class AccessData:
    """Leavers' access over time; `moment` is the day whose figures are read off."""

    words: Words
    curves: tuple[AccessCurve, ...]
    moment: float
    alt: str
    table: Table


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """A team's busy share by hour of the week, a line a policy (or several that share it)."""

    team: str
    lines: tuple[tuple[str, int | None, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class UtilisationData:
    """How busy teams are over a week, by the hours of a time zone."""

    words: Words
    zone: str
    teams: tuple[TeamWeek, ...]
    alt: str
    table: Table


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence; `note` tells the ones that matter."""

    day: float
    minutes: float
    accounts: float
    kind: str
    protected: bool
    note: str


@dataclass(frozen=True, slots=True)
class BadYearData:
    """What happens in a bad year."""

    words: Words
    events: tuple[Event, ...]
    alt: str
    table: Table


def access_data(forecast: Forecast) -> AccessData | None:
    """Leavers' access over time; None where no policy has a curve."""
    shown = [policy for policy in forecast.policies if policy.access_curve]
    if not shown:
        return None
    own = baseline_of(forecast)
    moment = next(
        (day for day in LOOKED_AT if own is not None and (_with_access(own, day) or 0) >= 0.05), 1.0
    )
    groups = sorted(
        grouped(shown, lambda policy: policy.access_curve),
        key=lambda group: -(_with_access(group[0], moment) or 0.0),
    )
    curves = tuple(
        AccessCurve(
            group_label(forecast, group),
            group_place(forecast, group),
            group[0].access_curve,
            _of_leavers(_with_access(group[0], moment)),
        )
        for group in groups
    )
    title = _access_title(shown, own, moment)
    words = Words(
        forecast.scenario.title,
        title,
        "The share of leavers who still have the right to act, by time before and after their last shift.",
        footer(forecast, "who leaves, and how late records are"),
    )
    alt = f"{title}. {sentence(_after(moment))} still with access: " + (
        "; ".join(f"{curve.label}: {curve.figure}" for curve in curves) + "."
    )
    rows = tuple((policy.name, day, share) for policy in shown for day, share in policy.access_curve)
    return AccessData(
        words, curves, moment, alt, Table(("policy", "days_after_last_shift", "share_with_access"), rows)
    )


def _with_access(policy: ForecastPolicy, day: float) -> float | None:
    """The share at a moment: that of the last point not after it."""
    before = [share for at, share in policy.access_curve if at <= day + 1e-9]
    return before[-1] if before else None


def _of_leavers(share: float | None) -> str:
    return "not said" if share is None else f"{percent(share)} of 100 leavers"


def _after(day: float) -> str:
    return f"{span(day)} after the last shift"


def span(day: float) -> str:
    """A length in days, as people say it: 1 h, 1 day, 7 days."""
    if abs(day) >= 364:
        years = abs(day) / 365
        return "1 year" if years < 1.5 else f"{years:.0f} years"
    if abs(day) >= 1:
        return f"{abs(day):.0f} day{'' if round(abs(day)) == 1 else 's'}"
    return minutes(abs(day) * 1440) if abs(day) * 24 < 0.99 else f"{abs(day) * 24:.0f} h"


def _access_title(shown: Sequence[ForecastPolicy], own: ForecastPolicy | None, moment: float) -> str:
    before = None if own is None else _with_access(own, moment)
    if own is None or before is None:
        return "How long leavers keep the right to act"
    title = (
        f"{sentence(_after(moment))}, {percent(before)} of 100 leavers still have access under {own.label}"
    )
    rest = [(after, policy) for policy in shown if (after := _with_access(policy, moment)) is not None]
    least, policy = min(rest, key=lambda each: each[0])
    if percent(least) == percent(before):
        return title + ("; no policy here changes that" if len(shown) > 1 else "")
    few = {"0": "none", "<1": "fewer than 1"}.get(percent(least), percent(least))
    return title + f"; {few} under {policy.label}"


def utilisation_data(forecast: Forecast) -> UtilisationData | None:
    """Busy shares by hour of the week, the busiest teams first; None where they were not kept."""
    policies = [policy for policy in forecast.policies if policy.utilisation]
    names = list(dict.fromkeys(team for policy in policies for team in policy.utilisation))
    if not names:
        return None
    own = baseline_of(forecast)
    weeks = [(team, _team_lines(forecast, policies, own, team)) for team in names]
    weeks.sort(key=lambda each: -max(peak(line)[0] for _, _, line in each[1]))
    title = _busiest(weeks)
    words = Words(
        forecast.scenario.title,
        title,
        "The share of people on shift who are busy, by hour of a usual week. A policy has a line of its own where it "
        f"moves the share by {100 * NOTICEABLE:.0f} point or more. Gaps: nobody is on shift.",
        footer(forecast, "reports and shifts", f"From {plural(forecast.weeks, 'simulated routine week')}."),
    )
    said = []
    for team, lines in weeks:
        peaks = ", ".join(
            f"{label} {percent(peak(line)[0])} % {hour(peak(line)[1])}" for label, _, line in lines
        )
        said.append(f"{team}: busiest hour {peaks}")
    rows = tuple(
        (policy.name, team, DAYS[at // 24], at % 24, None if math.isnan(share) else share)
        for policy in policies
        for team, shares in policy.utilisation.items()
        for at, share in enumerate(shares)
    )
    table = Table(("policy", "team", "day", "hour", "busy_share"), rows)
    shown = tuple(TeamWeek(team, tuple(lines)) for team, lines in weeks[:TEAMS])
    return UtilisationData(words, forecast.scenario.zone, shown, f"{title}. {'; '.join(said)}.", table)


Lines = list[tuple[str, int | None, tuple[float, ...]]]


def _team_lines(
    forecast: Forecast, policies: Sequence[ForecastPolicy], own: ForecastPolicy | None, team: str
) -> Lines:
    """The baseline's line, and those of policies that move it; the rest is as the baseline."""
    base = None if own is None else own.utilisation.get(team)
    moved: list[tuple[ForecastPolicy, tuple[float, ...]]] = []
    for policy in policies:
        shares = policy.utilisation.get(team)
        if shares is None:
            continue
        if policy is not own and (base is None or not _near(shares, base)):
            moved.append((policy, tuple(shares)))
    found = places(forecast)
    lines: Lines = []
    if base is not None and own is not None:
        lines.append((f"{own.label} (baseline)", 0, tuple(base)))
    moved.sort(key=lambda each: (found[each[0].name] is None, found[each[0].name]))
    return lines + [(policy.label, found[policy.name], shares) for policy, shares in moved]


def _near(one: Sequence[float], two: Sequence[float]) -> bool:
    return all(
        (math.isnan(a) and math.isnan(b)) or abs(a - b) < NOTICEABLE for a, b in zip(one, two, strict=True)
    )


def peak(shares: Sequence[float]) -> tuple[float, int]:
    """The busiest hour: its share and its number in the week."""
    known = [(share, -at) for at, share in enumerate(shares) if not math.isnan(share)]
    share, at = max(known, default=(0.0, 0))
    return share, -at


def hour(at: int) -> str:
    """An hour of the week: `Fri 21:00`."""
    return f"{DAYS[at // 24]} {at % 24}:00"


def _busiest(weeks: Sequence[tuple[str, Lines]]) -> str:
    team, lines = weeks[0]
    worst = max(lines, key=lambda each: peak(each[2])[0])
    label, _, own = next((line for line in lines if line[1] == 0), worst)
    share, at = peak(own)
    title = (
        f"Team {team} is busiest at {hour(at)}: {percent(share)} % of those on shift under "
        f"{label.removesuffix(' (baseline)')}"
    )
    if percent(peak(worst[2])[0]) != percent(share):
        title += f"; under {worst[0]} {percent(peak(worst[2])[0])} % at {hour(peak(worst[2])[1])}"
    return title


def bad_year_data(forecast: Forecast) -> BadYearData | None:
    """A bad year under the baseline, its worst occurrences told; None where none was kept, or it has none."""
    year = forecast.bad_year
    own = baseline_of(forecast)
    if year is None or own is None or not year.occurrences:
        return None
    causes = {cause.name: cause for cause in forecast.causes}
    worst = sorted(year.occurrences, key=lambda each: -each.minutes)[:TOLD]
    events = tuple(
        Event(
            each.day,
            each.minutes,
            each.accounts,
            causes[each.cause].kind if each.cause in causes else "",
            each.protected,
            _told(each, causes[each.cause].label if each.cause in causes else each.cause)
            if each in worst and each.minutes > 0
            else "",
        )
        for each in sorted(year.occurrences, key=lambda each: each.day)
    )
    title = _bad_title(forecast, year, own)
    words = Words(
        forecast.scenario.title,
        title,
        "One simulated year under the baseline. Height: minutes dark, all accounts of an occurrence together."
        + (f" {NOT_SHOWN}" if _more_than_shown(year) else "")
        + f" {_beside_mean(year, own)}".rstrip(),
        footer(forecast, CAUSES),
    )
    alt = title + ". " + " ".join(f"Day {event.day:.0f}: {event.note}." for event in events if event.note)
    rows = tuple(
        (each.day, each.cause, each.accounts, each.minutes, int(each.protected), each.noticed_by)
        for each in year.occurrences
    )
    columns = ("day_of_year", "cause", "accounts", "dark_minutes", "protected", "noticed_by")
    return BadYearData(words, events, alt.rstrip(), Table(columns, rows))


def bad_year_missing(forecast: Forecast) -> str:
    """Why a bad year has nothing to draw; empty where it is drawn, or none was kept."""
    year = forecast.bad_year
    own = baseline_of(forecast)
    if year is None or own is None or year.occurrences:
        return ""
    often = _how_bad(forecast, year, own)
    if year.minutes <= 0:
        return f"{often}: nothing went dark under {own.label}."
    said = f"{often}: {minutes(year.minutes)} dark under {own.label}, all by causes too frequent to be shown."
    return f"{said} {NOT_SHOWN} {_beside_mean(year, own)}".rstrip()


def _beside_mean(year: BadYear, own: ForecastPolicy) -> str:
    """How the year lies to the mean of all years, where one could take the one for the other."""
    if year.minutes < mean_of(own, "dark_minutes"):
        return carried(own)
    return (
        f"The mean of all years is {minutes(mean_of(own, 'dark_minutes'))}." if _more_than_shown(year) else ""
    )


def _more_than_shown(year: BadYear) -> bool:
    """Whether more went dark in the year than by its occurrences."""
    return sum(each.minutes for each in year.occurrences) < 0.999 * year.minutes


def _told(each: YearsOccurrence, label: str) -> str:
    who = "nobody noticed" if each.noticed_by is None else f"noticed by {with_article(each.noticed_by)}"
    accounts = plural(round(each.accounts), "account")
    return f"{label}: {accounts}, {minutes(each.minutes)}; {who}"


def _bad_title(forecast: Forecast, year: BadYear, own: ForecastPolicy) -> str:
    often, total = _how_bad(forecast, year, own), year.minutes
    if total <= 0:
        return f"{often}: nothing went dark under {own.label}"
    shown = sum(each.minutes for each in year.occurrences)
    occurred = plural(len(year.occurrences), "occurrence")
    if shown < total / 2:
        return (
            f"{often}: {occurred}, {minutes(shown)} dark under {own.label}, beside {minutes(total - shown)} by causes "
            "too frequent to be shown"
        )
    labels = {cause.name: cause.label for cause in forecast.causes}
    by_cause: Counter[str] = Counter()
    for each in year.occurrences:
        by_cause[each.cause] += each.minutes  # type: ignore[assignment]
    cause, most = by_cause.most_common(1)[0]
    share = percent(min(1.0, most / total))
    return (
        f"{often}: {occurred}, {minutes(total)} dark under {own.label}, {share} % of it by "
        f"{labels.get(cause, cause)}"
    )


def _how_bad(forecast: Forecast, year: BadYear, own: ForecastPolicy) -> str:
    """How often a year is as bad, as far as the years can tell."""
    if year.percentile >= 100:
        return "The worst simulated year"
    if "dark_minutes" not in own.luck:
        return f"A bad one of {plural(forecast.years, 'simulated year')}"
    return f"1 year in {number(100 / (100 - year.percentile))} is at least this bad"


def carried(policy: ForecastPolicy) -> str:
    """That a bad year lies below the mean, and why that is no error."""
    return f"The mean year is worse, {minutes(mean_of(policy, 'dark_minutes'))}: very rare years carry most of it."
