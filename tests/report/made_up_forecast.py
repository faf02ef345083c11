"""A made-up forecast for tests of tables and charts: plausible figures, none of them simulated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from deactsim.study.forecast_results import (
    YEARLY,
    BadYear,
    Beats,
    CauseResult,
    ExceedancePoint,
    Forecast,
    ForecastPolicy,
    Range,
    Tips,
    Unknown,
    YearsOccurrence,
)
from deactsim.study.results import Estimate, Summary
from tests.report import made_up

if TYPE_CHECKING:
    import pandas as pd

YEARS = 2000
APPETITE = 60.0
DAYS = (-14.0, -7.0, -1.0, 0.0, 1 / 24, 4 / 24, 1.0, 2.0, 7.0, 14.0, 30.0, 90.0, 180.0)
MINUTES = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 240.0, 600.0, 1440.0, 2880.0)


def frame() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({"policy": ["as-it-was"], "year": [0], "cause": ["grudge"], "dark_minutes": [11.0]})


def share(value: float, years: int = YEARS) -> Estimate:
    half = 1.96 * math.sqrt(max(value * (1 - value), 0.0) / years)
    high = 3 / years if value == 0 else min(1.0, value + half)
    return Estimate(value, max(0.0, value - half), high, "share")


def about(value: float, unit: str, give: float = 0.04) -> Estimate:
    return Estimate(value, value - give * abs(value), value + give * abs(value), unit)


def causes() -> tuple[CauseResult, ...]:
    return (
        CauseResult("grudge", "grudges of people with the right", "deliberate", None, 0.05, 2000),
        CauseResult("borrowed", "borrowed credentials", "deliberate", None, 0.02, 2000),
        CauseResult("slip-protected", "slips on protected accounts", "slip", "protected", 0.3, 2000),
        CauseResult("mistaken-ordinary", "mistaken targets, ordinary accounts", "misidentified", "ordinary",
                    41.0, 2000),
    )  # fmt: skip


def exceedance(headline: float, scale: float = 1.0) -> tuple[ExceedancePoint, ...]:
    """A curve that is `headline` at the appetite."""
    found = []
    for minutes in MINUTES:
        chance = min(0.3, headline * (APPETITE / minutes) ** 0.8) if minutes < 1440 * scale else 0.0
        estimate = share(chance)
        found.append(ExceedancePoint(minutes, chance, estimate.low, estimate.high))
    return tuple(found)


def access(half_day: float) -> tuple[tuple[float, float], ...]:
    """Everybody has the right up to the last shift; after it it is lost exponentially."""
    return tuple((day, 1.0 if day <= 0 else 0.5 ** (day / half_day)) for day in DAYS)


def hours(night: float, day: float) -> tuple[float, ...]:
    """Busy shares of a week: more by day, most in the evening, the more so the later in the week."""
    return tuple(
        min(1.0, day + 0.04 * (hour // 24) * (hour % 24 in range(17, 22))) if 8 <= hour % 24 < 22 else night
        for hour in range(168)
    )


OWN = (7.3, 412.0)


def policy(
    name: str,
    effect: float,
    dark: float,
    headline: float,
    friction: Mapping[str, tuple[float, str]],
    text: str,
    *,
    better: float = 0.0,
    ties: float = 1.0,
    unstable: str | None = None,
    cost: float | None = None,
    half_day: float = 3.0,
    detect: tuple[float, float] = (12.0, 540.0),
    restore: tuple[float, float] = (40.0, 2900.0),
    busy: float = 0.4,
    best: float = 0.0,
) -> ForecastPolicy:
    values = {
        "asked": 41.4, "stopped": 41.4 - effect, "accounts_dark": effect * 1.2, "dark_minutes": dark,
        "audience_minutes": dark * 2e5, "protected_dark": effect / 20, "protected_minutes": dark / 9,
        "content_lost": 0.0,
    }  # fmt: skip
    yearly = {measure: about(value, YEARLY[measure][0]) for measure, value in values.items()}
    gap = dark - OWN[1]
    split = {"grudge": 0.55, "borrowed": 0.3, "slip-protected": 0.05, "mistaken-ordinary": 0.1}
    return ForecastPolicy(
        name=name,
        label=name,
        yearly=yearly,
        difference={
            "dark_minutes": about(gap, "min per year", 0.06),
            "protected_minutes": about(gap / 9, "min per year", 0.06),
        },
        beats={"dark_minutes": Beats(share(better), ties, max(0.0, 1 - better - ties))},
        by_cause={
            cause: {"dark_minutes": about(dark * part, "min per year")} for cause, part in split.items()
        },
        headline=share(headline),
        exceedance=exceedance(headline),
        effective={"time_to_detect": 1234.5, "time_to_restore": 987.0},
        times={
            "time_to_detect": Summary(60.0, detect[0], 1.0, detect[1], "min"),
            "time_to_restore": Summary(300.0, restore[0], 5.0, restore[1], "min"),
        },
        access={
            "after_leaving": Summary(half_day * 1.44, half_day, half_day * 0.074, half_day * 4.3, "days"),
            "in_notice": Summary(20.0, 14.0, 0.0, 60.0, "days"),
        },
        friction={key: about(*value) for key, value in friction.items()},
        friction_text=text,
        unstable=unstable,
        cost=None if cost is None else about(cost, "USD per year"),
        access_curve=access(half_day),
        ignorance={"dark_minutes": Range(dark / 4, dark * 3)},
        luck={"dark_minutes": Range(0.0, dark * 4.6)},
        best=best,
        utilisation={"support": hours(0.2, 0.55), "leads": hours(0.05, busy)},
    )


def paired(made: Sequence[ForecastPolicy]) -> tuple[ForecastPolicy, ...]:
    """With minutes dark less those of each other policy."""
    means = {each.name: each.yearly["dark_minutes"].mean for each in made}
    return tuple(
        replace(each, ahead={
            name: about(means[each.name] - mean, "min per year", 0.06)
            for name, mean in means.items() if name != each.name
        })
        for each in made
    )  # fmt: skip


def policies() -> tuple[ForecastPolicy, ...]:
    return paired((
        policy("as-it-was", *OWN, 0.051, {}, "none seen"),
        policy(
            "two-person", 0.8, 45, 0.0042,
            {"held": (280, "per week"), "minutes_held": (4, "min"), "urgent_held": (1.4, "per week"),
             "approver_hours": (14, "h per week")},
            "280 held ~4 min each, 1.4 urgent ones waited", better=0.69, ties=0.3, cost=38_000, busy=0.7, best=0.004,
        ),
        policy("cut-off-1h", 5.9, 301, 0.036, {"agent_days_lost": (2.2, "agent-days per week")},
               "2.2 agent-days lost", better=0.21, ties=0.79, cost=9_000, half_day=0.05),
        policy("alert-undo", 7.3, 160, 0.008,
               {"false_alarms": (21, "per week"), "responder_hours": (6, "h per week")},
               "21 false alarms", better=0.8, ties=0.15, cost=15_000, detect=(2.0, 15.0), restore=(6.0, 40.0)),
        policy("noisy-alert", 7.3, 212, 0.011,
               {"false_alarms": (90, "per week"), "responder_hours": (31, "h per week")},
               "90 false alarms", better=0.7, ties=0.2, cost=71_000, detect=(3.0, 25.0), restore=(8.0, 55.0)),
        policy("confirm", 7.1, 405, 0.05, {"held": (3300, "per week"), "minutes_held": (0.07, "min")},
               "3300 held ~4 s each", better=0.06, ties=0.94, cost=400),
        policy("four-eyes", 0.1, 9, 0.0, {"held": (3300, "per week"), "approver_hours": (168, "h per week")},
               "3300 held", better=0.7, ties=0.3, unstable="leads (load 1.32)", cost=None, busy=1.0, best=0.996),
        policy("ten-an-hour", 7.3, 412, 0.051, {}, "none seen"),
    ))  # fmt: skip


def unknowns() -> tuple[Unknown, ...]:
    return (
        Unknown("causes.grudge.rate", "0.06% per year", "0.02% per year", "0.2% per year", 263.0, 941.0),
        Unknown("reports.ordinary.misidentified", "0.3%", "0.1%", "1%", 385.0, 508.0),
        Unknown("teams.support.headcount", "130", "90", "250", None, None),
    )


def tips() -> tuple[Tips, ...]:
    return (
        Tips("alert-undo", "noisy-alert", "causes.grudge.rate", "over", "0.03% per year", "0.06% per year"),
        Tips("alert-undo", "noisy-alert", "reports.ordinary.misidentified", "under", "0.9%", "0.3%"),
        Tips("noisy-alert", "cut-off-1h", "causes.grudge.rate", "under", "0.1% per year", "0.06% per year"),
    )


def year() -> BadYear:
    return BadYear(
        95.0,
        1912.0,
        (
            YearsOccurrence(31, "mistaken-ordinary", 1, 12.0, False, "the holder"),
            YearsOccurrence(77, "mistaken-ordinary", 1, 45.0, False, "the holder"),
            YearsOccurrence(92, "slip-protected", 1, 9.0, True, "the actor himself"),
            YearsOccurrence(144, "mistaken-ordinary", 1, 320.0, False, None),
            YearsOccurrence(214, "grudge", 4, 1490.0, True, "the public"),
            YearsOccurrence(214, "slip-protected", 1, 20.0, True, "a colleague"),
            YearsOccurrence(340, "mistaken-ordinary", 2, 16.0, False, "a colleague"),
        ),
    )


def forecast(made: Sequence[ForecastPolicy] | None = None, **more: object) -> Forecast:
    whole = Forecast(
        scenario=made_up.scenario(),
        baseline="as-it-was",
        seed=1,
        years=YEARS,
        years_asked=YEARS,
        weeks=52,
        method="episodes",
        why="the rarest cause, grudges of people with the right, comes once in 20 years",
        appetite=APPETITE,
        protected=("protected",),
        causes=causes(),
        policies=tuple(policies() if made is None else made),
        complete=True,
        frame_of=frame,
        bad_year=year(),
        unknowns=unknowns(),
        tips=tips(),
    )
    return replace(whole, **more)  # type: ignore[arg-type]


VARIED = "policies.two-person.approval.catches"


def varied(values: Sequence[str] = ("50%", "70%", "90%"), path: str = VARIED) -> list[Forecast]:
    """One forecast a value: the later the value, the less two-person leaves."""
    from deactsim.scenario.paths import vary

    found = []
    for at, value in enumerate(values):
        own, first, *rest = policies()
        kept = policy("two-person", 7.3 / (1 + 2 * at), 400 / (1 + 3 * at), 0.05 / (1 + 2 * at),
                      {"held": (280, "per week")}, "280 held", better=0.5, ties=0.5, half_day=3.0 + at)  # fmt: skip
        found.append(
            forecast(
                (
                    own,
                    replace(first, **{f: getattr(kept, f) for f in ("yearly", "headline", "access")}),
                    *rest[:3],
                ),
                scenario=vary(made_up.scenario(), path, value),
                varied=(path, value),
            )
        )
    return found
