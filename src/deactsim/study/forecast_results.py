"""What a forecast found: plain records that tables, charts and JSON repeat.

A year is 365.25 days. `low` and `high` are 95 % Monte-Carlo intervals over years (wider under a
precision, by its `level`); `None` means: cannot be said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from .results import Estimate, Refused, Summary

if TYPE_CHECKING:
    import pandas as pd

    from ..scenario.schema import Scenario

Method = Literal["episodes", "direct"]

#: The largest share of minutes dark that a policy has to take off for policies to differ in them.
ALL_ALIKE = 0.2
#: What moves a figure by less than this share of it hardly moves it, and policies nearer than this are alike.
HARDLY = 0.01
#: Figures of which it is said what uncertain numbers make of them; the headline is a share of years.
MOVED = ("dark_minutes", "protected_minutes", "headline")

#: Minutes for which an account is followed from when it goes dark, and a leaver's right from when he leaves.
HORIZON, ACCESS_HORIZON = 90 * 1440.0, 365.25 * 1440.0
#: Measures of a year that are restricted means: of accounts still dark by then, minutes up to the horizon.
RESTRICTED = ("dark_minutes", "audience_minutes", "protected_minutes")
#: Measures of a year: unit, and what they mean.
YEARLY = {
    "asked": ("per year", "wrongful actions asked for"),
    "stopped": ("per year", "of them denied or cancelled before they took effect"),
    "accounts_dark": ("per year", "accounts that went dark by a wrongful action"),
    "dark_minutes": ("min per year", "minutes dark, added up over those accounts"),
    "audience_minutes": ("follower min per year", "followers times minutes dark: a ceiling, not viewers"),
    "protected_dark": ("per year", "of those accounts, the protected ones"),
    "protected_minutes": ("min per year", "minutes dark of protected accounts"),
    "content_lost": ("per year", "accounts still dark when their retention ended"),
}


@dataclass(frozen=True, slots=True)
class CauseResult:
    """A cause: how often it occurs a year under any policy, and how many occurrences were simulated.

    `kind` is deliberate, slip or misidentified; `tier` is set where the cause is routine work of a tier.
    """

    name: str
    label: str
    kind: str
    tier: str | None
    per_year: float
    simulated: int


@dataclass(frozen=True, slots=True)
class Beats:
    """How often a policy's year is better, equal or worse than the baseline's (shares of years)."""

    better: Estimate
    ties: float
    worse: float


@dataclass(frozen=True, slots=True)
class ExceedancePoint:
    """The chance that protected accounts are dark for more than `minutes` in a year."""

    minutes: float
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class YearsOccurrence:
    """One occurrence of a year: on which `day` (from 1), how many accounts went dark for how many minutes
    together, whether a protected one was among them, and which channel noticed first (None: nobody)."""

    day: int
    cause: str
    accounts: int
    minutes: float
    protected: bool
    noticed_by: str | None


@dataclass(frozen=True, slots=True)
class BadYear:
    """The year at a percentile (0 to 100) of minutes dark under the baseline, as it might have gone."""

    percentile: float
    minutes: float
    occurrences: tuple[YearsOccurrence, ...]


@dataclass(frozen=True, slots=True)
class Precision:
    """What was asked for and reached, as shares of the baseline's minutes dark a year.

    `reached` is the half-width of the widest interval, `of` what it is of: the baseline's minutes or a difference (as
    a share of itself, if that is larger). `met` tells whether it is as narrow as asked, and enough years carry it. At
    the last of `looks` intervals were of `level`, so that those of all looks hold the truth together in 95 %.
    """

    asked: float
    reached: float
    of: str
    met: bool
    looks: int
    level: float


@dataclass(frozen=True, slots=True)
class Range:
    """5th and 95th percentile of a figure, in its unit."""

    p05: float
    p95: float


@dataclass(frozen=True, slots=True)
class Move:
    """What a number that is only known roughly makes of a figure of a policy: its size at the number's p05 and p95.

    `measure` is one of `MOVED`. `share` is how far it moves, of the larger of both; `difference_low`,
    `difference_high` are those of the difference to the baseline, which moves by `difference_share` of the baseline's
    larger one. A share is 0 where simulation error could be all of the move.
    """

    policy: str
    measure: str
    low: float
    high: float
    share: float
    difference_low: float
    difference_high: float
    difference_share: float


@dataclass(frozen=True, slots=True)
class Unknown:
    """A number that is only known roughly: its value, its p05 and p95, and to how many minutes dark a year
    it moves the baseline at those (None where its ends were not simulated). `path` says too in how many
    more policies the number stands; `moves` is what it makes of every policy's figures."""

    path: str
    value_text: str
    p05_text: str
    p95_text: str
    low: float | None
    high: float | None
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Tips:
    """Neighbours by `Forecast.best_by` that change places within an unknown's range: `better` is so while the
    number at `path` stays `direction` ("over" or "under") `value_text`."""

    better: str
    worse: str
    path: str
    direction: Literal["over", "under"]
    value_text: str
    now_text: str


@dataclass(frozen=True)
class ForecastPolicy:
    """One policy over the years.

    yearly       measure of `YEARLY` to its mean a year
    difference   the same, minus the baseline's, paired year by year
    ahead        minutes dark a year less those of each other policy, paired year by year
    carried      measure to how many years carry the spread of its `difference`; fewer than 5 carry no interval
    carried_mean the same of its mean `yearly`
    beats        for `dark_minutes` and `protected_minutes`, how often its year is better; a measure that
                 frequent causes change is left out
    by_cause     cause to measure to its mean a year
    headline     chance that in a year a protected account is dark longer than the appetite; nan where
                 a frequent cause brings it, so that it cannot be composed
    exceedance   the loss-exceedance curve, by rising minutes; empty where it cannot be composed
    still_dark   share of the accounts that went dark which are not back at the horizon (followed no longer)
    times        `time_to_detect`, `time_to_restore` (min) of the first account of an occurrence, weighted by
                 rates, both followed to the horizon from when it went dark; without what was back unnoticed
    effective    of each of `times`, how many years of equal weight carry it (Kish's size)
    access       `after_leaving` (up to a year), `in_notice` (of the last 30): days with the right, a leaver
    access_curve days after the last shift, and the share of leavers who still have the right then
    friction     what honest work pays in a usual week
    ignorance    measure of `MOVED` to how it spreads over uncertain numbers; empty without any
    ignorance_of_difference   the same of its difference to the baseline
    luck         for `dark_minutes` and `protected_minutes`, how one year's spread if the numbers are right; a measure
                 is left out where too few years carry it
    best         share of the draws of uncertain numbers in which no policy is known to have clearly less of
                 `Forecast.best_by`
    utilisation  team to 168 busy shares, one an hour of the week from Monday 0:00 in the scenario's zone;
                 nan where nobody is on shift
    unstable     which team cannot cope, with its load; None if all can
    cost         what the friction costs a year in the scenario's money; None without wages, or where unstable
    refused      what honest work it refuses, where that is over 5 % of the requests a gate covers
    """

    name: str
    label: str
    yearly: Mapping[str, Estimate]
    difference: Mapping[str, Estimate]
    beats: Mapping[str, Beats]
    by_cause: Mapping[str, Mapping[str, Estimate]]
    headline: Estimate
    exceedance: tuple[ExceedancePoint, ...]
    times: Mapping[str, Summary]
    effective: Mapping[str, float]
    access: Mapping[str, Summary]
    access_curve: tuple[tuple[float, float], ...]
    friction: Mapping[str, Estimate]
    friction_text: str
    ignorance: Mapping[str, Range]
    luck: Mapping[str, Range]
    best: float | None
    utilisation: Mapping[str, tuple[float, ...]]
    unstable: str | None
    cost: Estimate | None
    ahead: Mapping[str, Estimate] = field(default_factory=dict)
    ignorance_of_difference: Mapping[str, Range] = field(default_factory=dict)
    carried: Mapping[str, float] = field(default_factory=dict)
    carried_mean: Mapping[str, float] = field(default_factory=dict)
    refused: Refused | None = None
    still_dark: float = 0.0

    @property
    def copes(self) -> bool:
        """Whether people can do the work, and honest work gets done."""
        return self.unstable is None and self.refused is None


@dataclass(frozen=True)
class Forecast:
    """Years of a platform under every policy.

    `why` says why the method was chosen; `appetite` is in minutes; `complete` is False if it was
    interrupted, and then `years` says how many were done of `years_asked`. `varied` names the path and value
    of a variation, `reached` the policies that it moved, `why_years` says why so many years were simulated,
    `precision` what was reached of one asked for. `best_by` is the measure of a year by which policies are ranked:
    minutes dark, or those of protected accounts where policies hardly differ in all. `unsettled_hours` are hours of
    the week in which episodes begin too late for those whom they need to be as busy as usual.
    """

    scenario: Scenario
    baseline: str
    seed: int
    years: int
    years_asked: int
    weeks: int
    method: Method
    why: str
    appetite: float
    protected: tuple[str, ...]
    causes: tuple[CauseResult, ...]
    policies: tuple[ForecastPolicy, ...]
    bad_year: BadYear | None
    unknowns: tuple[Unknown, ...]
    tips: tuple[Tips, ...]
    complete: bool
    frame_of: Callable[[], pd.DataFrame] = field(repr=False)
    varied: tuple[str, str] | None = None
    why_years: str = "usual"
    reached: tuple[str, ...] = ()
    precision: Precision | None = None
    best_by: str = "dark_minutes"
    unsettled_hours: tuple[int, ...] = ()

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a policy and occurrence of the first 100 years: cause, rate, minutes and times."""
        return self.frame_of()
