"""From the occurrences of simulated years to the figures of a forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..model.causes import CausePlan
from ..model.plan import Plan
from ..model.shifts import DAY
from ..model.states import Channel, plain
from ..scenario.schema import Scenario
from ..stats import weighted, yearly
from .forecast_results import (
    YEARLY,
    BadYear,
    Beats,
    CauseResult,
    ExceedancePoint,
    ForecastPolicy,
    Method,
    YearsOccurrence,
)
from .forecast_years import LONGEST_ACCESS, NOTICE, Array, Found
from .friction import Weeks, friction_text, wages_of
from .implied import overloaded
from .occurrences import COLUMNS
from .results import Estimate, Summary
from .utilisation import by_hour

if TYPE_CHECKING:
    import pandas as pd

    from .ignorance import Ignorance

INDEX = {name: place for place, name in enumerate(COLUMNS)}
#: The percentile of minutes dark at which a year is called bad.
BAD = 0.95


@dataclass(frozen=True)
class Years:
    """Simulated years, `first` to `first + years`, and what they were made with.

    `plan_of` names the place of each policy's plan; `weeks` are routine weeks, one entry a plan.
    """

    scenario: Scenario
    causes: tuple[CausePlan, ...]
    plans: tuple[Plan, ...]
    plan_of: Mapping[str, int]
    method: Method
    seed: int
    start: int
    first: int
    years: int
    found: Found
    weeks: Sequence[Weeks] = ()

    @cached_property
    def table(self) -> yearly.Episodes | None:
        """Which episode stands for what; None for whole years, in which each occurrence is itself."""
        if self.method == "direct":
            return None
        rates = np.array([cause.per_year for cause in self.causes])
        return yearly.Episodes(rates, self.found.year - self.first, self.found.cause, self.years)

    @cached_property
    def composed(self) -> yearly.Composed | None:
        """Years composed of their own episodes; None for whole years."""
        return None if self.table is None else yearly.compose(self.table, self.seed)

    def column(self, place: int, name: str) -> Array:
        """A measure of every occurrence under a plan."""
        return self.found.values[place, :, INDEX[name]]

    def a_year(self, values: Array) -> Array:
        """The expected total of each year, of one value an occurrence."""
        if self.table is not None:
            return yearly.by_year(self.table, values)
        return np.bincount(self.found.year - self.first, values, self.years).astype(np.float64)

    def totals(self, values: Array) -> yearly.Years:
        """Totals of whole years: composed of episodes, or run."""
        return (
            yearly.direct_years(self.a_year(values)) if self.composed is None else self.composed.total(values)
        )

    def frame(self, names: Sequence[str]) -> pd.DataFrame:
        """One row a policy and occurrence."""
        import pandas as pd

        rates = np.array([cause.per_year for cause in self.causes])
        causes = np.array([cause.name for cause in self.causes], dtype=object)
        parts = []
        for name in names:
            head = {
                "policy": name,
                "year": self.found.year,
                "cause": causes[self.found.cause],
                "per_year": rates[self.found.cause],
            }
            columns = {c: self.found.values[self.plan_of[name], :, i] for i, c in enumerate(COLUMNS)}
            parts.append(pd.DataFrame(head | columns))
        return pd.concat(parts, ignore_index=True)


class Summing:
    """From occurrences to a policy's figures."""

    def __init__(self, years: Years, ignorance: Ignorance) -> None:
        self.years, self.ignorance = years, ignorance
        self.scenario = years.scenario
        assert self.scenario.forecast is not None  # noqa: S101 - years are simulated only with one
        self.settings = self.scenario.forecast
        self.own = years.plan_of[self.scenario.baseline]
        self.grid = self._grid()

    def _grid(self) -> Array:
        most = max(
            self.years.totals(self.years.column(place, "protected_minutes")).values.max(initial=0.0)
            for place in range(len(self.years.plans))
        )
        return np.concatenate(([0.0], np.geomspace(1.0, max(2.0, most), 60)))

    def cause(self, index: int) -> CauseResult:
        """A cause, and how many of its occurrences were simulated."""
        cause = self.years.causes[index]
        stated = self.scenario.causes.get(cause.name)
        label = (stated.label if stated is not None else None) or cause.name.replace("_", " ")
        tier = cause.targets[0].tier if cause.routine else None
        simulated = int((self.years.found.cause == index).sum())
        return CauseResult(cause.name, label, cause.kind, tier, cause.per_year, simulated)

    def policy(self, name: str) -> ForecastPolicy:
        """All figures of a policy."""
        years, own, place = self.years, self.own, self.years.plan_of[name]
        means, change = {}, {}
        for measure, (unit, _) in YEARLY.items():
            values = self.years.column(place, measure)
            means[measure] = _estimate(yearly.over_years(self.years.a_year(values)), unit, least=0.0)
            paired = self.years.a_year(values - self.years.column(own, measure))
            change[measure] = _estimate(yearly.over_years(paired), unit)
        routine = years.plans[place]
        ignorance, luck = self.ignorance.ranges(place)
        friction = years.weeks[place].estimates()
        overload = overloaded(routine)
        text = friction_text(friction, years.weeks[own].estimates())
        if overload:
            text = "unstable: " + ", ".join(overload.values())
            friction = {
                k: v for k, v in friction.items() if not k.startswith(("minutes_held", "report_wait"))
            }
        return ForecastPolicy(
            name=name,
            label=self.scenario.policies[name].label or name,
            yearly=means,
            difference=change,
            beats=self._beats(place),
            by_cause=self._by_cause(place),
            headline=self._headline(place),
            exceedance=self._exceedance(place),
            times=self._times(place),
            access=self._access(place),
            access_curve=self._access_curve(place),
            friction=friction,
            friction_text=text,
            ignorance=ignorance,
            luck=luck,
            best=self.ignorance.best(place, sorted(set(years.plan_of.values()))),
            utilisation=by_hour(routine, years.weeks[place].busy, self.scenario.zone),
            unstable=", ".join(overload.values()) or None,
            cost=self._cost(name, routine),
        )

    def _beats(self, place: int) -> dict[str, Beats]:
        """How often a year is better, for measures whose years can be composed."""
        found = {}
        for measure in ("dark_minutes", "protected_minutes"):
            change = self.years.column(place, measure) - self.years.column(self.own, measure)
            if self._regular(change):
                shares = yearly.beats(self.years.totals(change))
                found[measure] = Beats(_estimate(shares.better, "share"), shares.ties, shares.worse)
        return found

    def _regular(self, values: Array) -> bool:
        """Whether a cause too frequent to compose leaves these values alone, or whole years were run."""
        return self.years.composed is None or self.years.composed.regular(values)

    def _by_cause(self, place: int) -> dict[str, dict[str, Estimate]]:
        found: dict[str, dict[str, Estimate]] = {}
        for index, cause in enumerate(self.years.causes):
            of = self.years.found.cause == index
            found[cause.name] = {}
            for measure, (unit, _) in YEARLY.items():
                values = np.where(of, self.years.column(place, measure), 0.0)
                found[cause.name][measure] = _estimate(
                    yearly.over_years(self.years.a_year(values)), unit, least=0.0
                )
        return found

    def _headline(self, place: int) -> Estimate:
        longest, appetite = self.years.column(place, "longest_protected"), self.settings.appetite.value / 60e6
        if self.years.table is not None:
            return _estimate(yearly.headline(self.years.table, longest, appetite), "share")
        over = (
            np.bincount(self.years.found.year - self.years.first, longest > appetite, self.years.years) > 0.0
        )
        return _estimate(yearly.chance_interval(over.astype(np.float64), np.ones(self.years.years)), "share")

    def _exceedance(self, place: int) -> tuple[ExceedancePoint, ...]:
        values = self.years.column(place, "protected_minutes")
        if not self._regular(values):
            return ()
        found = yearly.exceedance(self.years.totals(values), self.grid)
        return tuple(
            ExceedancePoint(float(x), each.mean, each.low, each.high)
            for x, each in zip(self.grid, found, strict=True)
        )

    def _times(self, place: int) -> dict[str, Summary]:
        weights = (
            np.ones(self.years.found.year.size) if self.years.table is None else self.years.table.weights
        )
        found = {}
        for name in ("time_to_detect", "time_to_restore"):
            spread = yearly.spread(self.years.column(place, name), weights, self.years.found.year)
            if spread.mean is not None and spread.p50 is not None:
                nan = float("nan")
                found[name] = Summary(
                    spread.mean,
                    spread.p50,
                    nan if spread.p05 is None else spread.p05,
                    nan if spread.p95 is None else spread.p95,
                    "min",
                )
        return found

    def _access(self, place: int) -> dict[str, Summary]:
        found = {}
        for column, name in enumerate(("after_leaving", "in_notice")):
            days = self.years.found.access[place, :, column]
            if days.size:
                ones = np.ones(days.size)
                p05, p50, p95 = (weighted.quantile(days, ones, p) for p in (0.05, 0.5, 0.95))
                found[name] = Summary(float(days.mean()), p50, p05, p95, "days")
        return found

    def _access_curve(self, place: int) -> tuple[tuple[float, float], ...]:
        """Shares of leavers with the right so many days after the last shift; before it, below 0."""
        after, notice = self.years.found.access[place, :, 0], self.years.found.access[place, :, 1]
        if not after.size:
            return ()
        ends = np.where(notice < NOTICE, notice - NOTICE, after)
        days = np.concatenate((np.arange(-NOTICE, 0.0), [0.0], np.geomspace(1 / 24, LONGEST_ACCESS - 1, 60)))
        return tuple((float(day), float((ends > day).mean())) for day in days)

    def _cost(self, name: str, plan: Plan) -> Estimate | None:
        """What the friction costs a year: hours of approvers, responders and leavers' lost shifts."""
        hourly = wages_of(plan, {team: wage.value for team, wage in self.settings.wages.items()})
        if hourly is None:
            return None
        a_year = 365.25 / 7.0
        weekly = sum(
            self.years.weeks[self.years.plan_of[name]].values[measure] * wage
            for measure, wage in hourly.items()
        )
        money = self.settings.currency or "money"
        return _estimate(
            yearly.over_years(np.asarray(weekly, dtype=np.float64) * a_year), f"{money} per year", least=0.0
        )

    def bad_year(self) -> BadYear:
        """The composed (or run) year at the 95th percentile of minutes dark, under the baseline.

        Causes too frequent to compose are in its minutes by their mean, and not among its occurrences.
        """
        totals = self.years.totals(self.years.column(self.own, "dark_minutes"))
        wanted = weighted.quantile(totals.values.ravel(), totals.weights.ravel(), BAD)
        year, version = np.argwhere((totals.values == wanted) & (totals.weights > 0.0))[0]
        composed, found = self.years.composed, self.years.found
        if composed is None:
            picks = np.flatnonzero(found.year - self.years.first == year)
        elif version == 0:
            picks = np.zeros(0, dtype=np.int64)
        else:
            picks = composed.episode[composed.cell == year * composed.replicates + version - 1]
        rows = sorted((self._occurrence(int(pick)) for pick in picks), key=lambda row: row.day)
        return BadYear(100.0 * BAD, float(wanted), tuple(rows))

    def _occurrence(self, pick: int) -> YearsOccurrence:
        value = self.years.found.values[self.own, pick]
        channel = value[INDEX["noticed_by"]]
        return YearsOccurrence(
            day=int((self.years.found.at[pick] - self.years.start) // DAY) + 1,
            cause=self.years.causes[int(self.years.found.cause[pick])].name,
            accounts=int(value[INDEX["accounts_dark"]]),
            minutes=float(value[INDEX["dark_minutes"]]),
            protected=bool(value[INDEX["protected_dark"]] > 0.0),
            noticed_by=None if np.isnan(channel) else plain(Channel(int(channel))),
        )


def _estimate(found: weighted.Interval, unit: str, least: float = -np.inf) -> Estimate:
    return Estimate(found.mean, max(least, found.low), found.high, unit)
