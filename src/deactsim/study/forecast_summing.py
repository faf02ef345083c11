"""From the totals of simulated years to the figures of a forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..model.causes import CausePlan
from ..model.plan import Plan
from ..scenario.schema import ForecastSettings, Scenario
from ..stats import weighted, yearly
from ..stats.yearly import Bins
from .doubts import Doubts
from .forecast_results import (
    ACCESS_HORIZON,
    HORIZON,
    RESTRICTED,
    YEARLY,
    Beats,
    CauseResult,
    ExceedancePoint,
    ForecastPolicy,
    Range,
)
from .forecast_totals import ACCOUNTS, BEATEN, DAYS, GRID, MEASURES, PlanTotals, Totals
from .forecast_years import Array
from .friction import Weeks, friction_text, wages_of
from .implied import overloaded
from .results import Estimate, Summary
from .settling import Stretch, unsettled
from .unserved import counted
from .utilisation import by_hour

#: Weeks in a year.
WEEKS = 365.25 / 7.0


def cause_result(scenario: Scenario, cause: CausePlan, simulated: int) -> CauseResult:
    """A cause, and how many of its occurrences were simulated."""
    stated = scenario.causes.get(cause.name)
    label = (stated.label if stated is not None else None) or cause.name.replace("_", " ")
    tier = cause.targets[0].tier if cause.routine else None
    return CauseResult(cause.name, label, cause.kind, tier, cause.per_year, simulated)


@dataclass(frozen=True)
class Summing:
    """What figures are made of.

    `rates` (per year) and `able` (to hit a protected account) are one a cause, `weeks` one a plan, of one
    `stretch`; `plan_of` names the place of each policy's plan, `level` is that of all intervals over years.
    """

    scenario: Scenario
    settings: ForecastSettings
    causes: tuple[CausePlan, ...]
    rates: Array
    able: NDArray[np.bool_]
    plans: tuple[Plan, ...]
    plan_of: Mapping[str, int]
    composed: bool
    totals: Totals
    weeks: Sequence[Weeks]
    stretch: Stretch
    doubts: Doubts
    level: float

    def policy(self, name: str) -> ForecastPolicy:
        """All figures of a policy."""
        place, own = self.plan_of[name], self.plan_of[self.scenario.baseline]
        plan, found = self.plans[place], self.totals.plans[place]
        friction = self.weeks[place].estimates()
        overload = overloaded(plan) | unsettled(plan, self.stretch)
        refused = counted(plan, self.weeks[place])
        text = friction_text(friction, self.weeks[own].estimates(), refused)
        if overload:
            text = "unstable: " + ", ".join(overload.values())
            text += f"; CAREFUL, {refused.short}" if refused is not None else ""
            friction = {
                k: v for k, v in friction.items() if not k.startswith(("minutes_held", "report_wait"))
            }
        busy = by_hour(plan, self.weeks[place].busy, self.scenario.zone)
        return ForecastPolicy(
            name=name,
            label=self.scenario.policies[name].label or name,
            yearly={
                m: _yearly(m, found.yearly.interval(i, level=self.level), least=0.0)
                for i, m in enumerate(MEASURES)
            },
            difference={
                m: _yearly(m, found.change.interval(i, level=self.level)) for i, m in enumerate(MEASURES)
            },
            ahead={
                other: _yearly(
                    "dark_minutes", found.ahead.interval(BEATEN.index("dark_minutes"), at, level=self.level)
                )
                for other, at in self.plan_of.items()
                if other != name
            },
            carried={m: found.change.carried(i) for i, m in enumerate(MEASURES)},
            carried_mean={m: found.yearly.carried(i) for i, m in enumerate(MEASURES)},
            beats=self._beats(found),
            by_cause={
                cause.name: {
                    m: _yearly(m, found.by_cause.interval(c, i, level=self.level), least=0.0)
                    for i, m in enumerate(MEASURES)
                }
                for c, cause in enumerate(self.causes)
            },
            headline=_estimate(self._with_unseen(found.headline.interval(level=self.level)), "share"),
            exceedance=self._exceedance(found),
            still_dark=_share(found.still_dark.mean, found.yearly.mean[ACCOUNTS]),
            times=_summaries(found.times, "min", HORIZON),
            effective={name: bins.effective for name, bins in found.times.items()},
            access=_summaries(found.access, "days", ACCESS_HORIZON),
            access_curve=self._access_curve(found),
            friction=friction,
            friction_text=text,
            ignorance=self.doubts.ranges(place),
            ignorance_of_difference=self.doubts.differences(place),
            luck=self._luck(place),
            best=self.doubts.best(place),
            utilisation={team: busy[team] for team in self.scenario.teams if team in busy},
            unstable=", ".join(overload.values()) or None,
            refused=refused,
            # Nobody knows what an endless queue costs.
            cost=None if overload else self._cost(place, plan),
        )

    def _luck(self, place: int) -> dict[str, Range]:
        """How measures of one year spread if the numbers are right, where enough years carry it."""
        spreads, found = {}, self.totals.plans[place]
        for measure, bins in found.luck.items():
            low, high = bins.quantile(0.05), bins.quantile(0.95)
            if low is not None and high is not None:
                off = self.totals.off(place, measure, self._frequent)
                spreads[measure] = Range(max(0.0, low + off), max(0.0, high + off))
        return spreads

    @property
    def _frequent(self) -> NDArray[np.bool_]:
        """Causes too frequent to be composed."""
        return (self.rates > yearly.COMPOSED) & self.composed

    def _beats(self, found: PlanTotals) -> dict[str, Beats]:
        """How often a year is better, for measures whose years can be composed."""
        beats = {}
        for measure in BEATEN:
            if self._regular(found, f"change of {measure}"):
                better = _estimate(found.better[measure].interval(level=self.level), "share")
                worse = found.worse[measure].interval(level=self.level).mean
                beats[measure] = Beats(better, max(0.0, 1.0 - better.mean - worse), worse)
        return beats

    def _regular(self, found: PlanTotals, what: str) -> bool:
        """Whether no cause too frequent to compose spoils a year's total, or whole years were run."""
        return not self.composed or yearly.regular(found.often[what].mean, self.rates)

    def _with_unseen(
        self, found: weighted.Interval, among: NDArray[np.bool_] | bool = True
    ) -> weighted.Interval:
        """A chance for protected accounts that allows for what frequent causes were never seen to do."""
        if not self.composed:
            return found
        frequent = self.able & (self.rates > yearly.COMPOSED) & among
        return yearly.with_unseen(
            found, self.rates[frequent], self.totals.simulated[frequent].astype(np.float64)
        )

    def _exceedance(self, found: PlanTotals) -> tuple[ExceedancePoint, ...]:
        if not self._regular(found, "protected_minutes"):
            return ()
        # As far as any policy's years come, and one point more.
        reached = max(int(np.count_nonzero(each.exceeds.chance.mean)) for each in self.totals.plans)
        never = found.often["protected_minutes"].mean == 0.0
        points = (
            (GRID[i], self._with_unseen(found.exceeds.interval(i, level=self.level), never))
            for i in range(min(reached + 1, GRID.size))
        )
        return tuple(ExceedancePoint(float(x), each.mean, each.low, each.high) for x, each in points)

    def _access_curve(self, found: PlanTotals) -> tuple[tuple[float, float], ...]:
        """Shares of leavers with the right so many days after the last shift; before it, below 0."""
        if not self.totals.leavers:
            return ()
        return tuple(zip(DAYS.tolist(), (found.still / self.totals.leavers).tolist(), strict=True))

    def _cost(self, place: int, plan: Plan) -> Estimate | None:
        """What the friction costs a year: hours of approvers, responders and leavers' lost shifts."""
        hourly = wages_of(plan, {team: wage.value for team, wage in self.settings.wages.items()})
        if hourly is None:
            return None
        weekly = sum(self.weeks[place].values[measure] * wage for measure, wage in hourly.items())
        found = self.weeks[place].mean(np.asarray(weekly, dtype=np.float64) * WEEKS)
        return _estimate(found, f"{self.settings.currency or 'money'} per year", least=0.0)


def _summaries(found: Mapping[str, Bins], unit: str, horizon: float) -> dict[str, Summary]:
    """How quantities spread that were followed to a horizon (min).

    nan for an end that the sample does not carry, nothing without a median.
    """
    summaries = {}
    for name, bins in found.items():
        mean, median = bins.mean, bins.quantile(0.5)
        if mean is not None and median is not None:
            ends = (bins.quantile(p) for p in (0.05, 0.95))
            p05, p95 = (float("nan") if end is None else end for end in ends)
            shares = {"median": 0.5, "p05": 0.05, "p95": 0.95}
            longer = tuple(figure for figure, p in shares.items() if bins.longer(p))
            summaries[name] = Summary(mean, median, p05, p95, unit, horizon, bins.cut, longer)
    return summaries


def _share(part: Array, whole: Array) -> float:
    return float(part / whole) if whole > 0.0 else 0.0


def _yearly(measure: str, found: weighted.Interval, least: float = -np.inf) -> Estimate:
    """The estimate of a measure of a year, with its horizon where it is a restricted mean."""
    horizon = HORIZON if measure in RESTRICTED else None
    return replace(_estimate(found, YEARLY[measure][0], least), horizon=horizon)


def _estimate(found: weighted.Interval, unit: str, least: float = -np.inf) -> Estimate:
    return Estimate(found.mean, max(least, found.low), found.high, unit)
