"""Forecast: years of a platform under every policy (docs/design/forecast.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal

from ..errors import DeactsimError
from ..model.causes import YEAR
from ..model.compile import compile_plan
from ..model.compile_causes import compile_causes
from ..scenario.schema import Scenario
from ..stats import yearly
from .executors import run_jobs
from .forecast_results import Forecast, Method
from .forecast_summing import Summing, Years
from .forecast_years import Found, Job, Shared, work
from .friction import Weeks
from .ignorance import Ignorance
from .replay import Progress, known_policy

#: Years simulated unless asked otherwise, and years of a pilot for a precision.
YEARS = 100
PILOT = 100
MOST = 20_000
#: Years that one piece of work simulates.
YEARS_A_JOB = 4
#: A year of fewer reports than this may be run whole, if its causes are frequent.
REPORTS_A_DIRECT_YEAR = 50_000
#: Reports that the routine weeks behind the friction may have in all, unless weeks are asked for.
REPORTS_IN_WEEKS = 300_000
#: Episodes a year of a cause that is too frequent to compose.
OF_FREQUENT = 2


def forecast(
    scenario: Scenario,
    *,
    policies: Sequence[str] | None = None,
    years: int | None = None,
    precision: float | None = None,
    seed: int = 1,
    method: Method | Literal["auto"] = "auto",
    weeks: int | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Forecast:
    """Forecast years of the scenario's platform under policies (all of them unless named).

    `years` are simulated (100 unless given), or as many as a pilot says are needed for intervals of
    relative half-width `precision` on minutes dark. `method` is `episodes` or `direct`, chosen by rarity and size
    unless given; friction comes from `weeks` routine weeks. The result does not depend on `workers`.
    Interrupted, it answers from the years that were done, marked as not complete. Raises `UnknownName`,
    and `DeactsimError` for a scenario without `forecast:`, or one in which nothing can go wrong.
    """
    asked = [known_policy(scenario, name) for name in policies or scenario.policies]
    names = list(dict.fromkeys([scenario.baseline, *asked]))
    if years is not None and precision is not None:
        raise DeactsimError("years and precision exclude each other: a precision chooses the number of years")
    if years is not None and years < 2:
        raise DeactsimError("one year has no interval: ask for 2 years or more")
    return _Forecasting(scenario, names, seed, method, weeks, workers, progress).forecast(years, precision)


def year_start(scenario: Scenario) -> int:
    """When the simulated year begins: 1 January of the first wave's year, of the incident's, or 2018."""
    times = [wave.at.value for team in scenario.teams.values() for wave in team.waves]
    if not times and scenario.incident is not None:
        times = [scenario.incident.at.value.value]
    year = datetime.fromtimestamp(min(times) / 1e6, UTC).year if times else 2018
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


class _Forecasting:
    """The steps of one forecast."""

    def __init__(
        self,
        scenario: Scenario,
        names: list[str],
        seed: int,
        method: Method | Literal["auto"],
        weeks: int | None,
        workers: int,
        progress: Progress | None,
    ) -> None:
        if scenario.forecast is None:
            raise DeactsimError(
                f"{scenario.title!r} says nothing of a forecast: add a `forecast:` section with the appetite and "
                "the protected tiers (docs/scenario.md shows one)"
            )
        self.scenario, self.settings, self.names, self.seed = scenario, scenario.forecast, names, seed
        self.workers, self.progress = workers, progress
        self.causes = compile_causes(scenario)
        if not self.causes:
            raise DeactsimError(
                "nothing can go wrong here: no cause occurs, and no report ends in a slip or a mistaken target; "
                "state `causes:` or a `slip:` share of reports"
            )
        compiled = {name: compile_plan(scenario, name, None) for name in names}
        self.plans = tuple(dict.fromkeys(compiled.values()))
        self.plan_of = {name: self.plans.index(plan) for name, plan in compiled.items()}
        self.reports = sum(stream.per_microsecond for stream in self.plans[0].streams) * YEAR
        self.method, self.why = self._method(method)
        self.weeks = weeks or self._weeks()
        self._done, self._total = 0, 1

    def _method(self, method: Method | Literal["auto"]) -> tuple[Method, str]:
        rarest = min(self.causes, key=lambda cause: cause.per_year)
        rare = f"the rarest cause ({rarest.name}) occurs {rarest.per_year:.2g} times a year"
        if method != "auto":
            return method, "asked for"
        if rarest.per_year < 1.0:
            return "episodes", f"{rare}, which whole years would hardly show"
        if self.reports > REPORTS_A_DIRECT_YEAR:
            return "episodes", f"a whole year has {self.reports:,.0f} reports"
        return "direct", f"a whole year has only {self.reports:,.0f} reports, and {rare}"

    def _weeks(self) -> int:
        """Routine weeks behind the friction: fewer where a week is large."""
        a_week = self.reports * 7 / 365.25
        return int(max(1, min(52, REPORTS_IN_WEEKS // max(1.0, a_week))))

    @cached_property
    def episodes(self) -> tuple[int, ...]:
        """Episodes of each cause in a year: enough to compose years of those that are not too frequent."""
        return tuple(
            0
            if cause.per_year <= 0.0
            else yearly.episodes_needed(cause.per_year)
            if cause.per_year <= yearly.COMPOSED
            else OF_FREQUENT
            for cause in self.causes
        )

    def forecast(self, years: int | None, precision: float | None) -> Forecast:
        """Simulate routine weeks and years, then answer."""
        count, first = years or YEARS, 0
        if precision is not None:
            count, first = self._piloted(precision), PILOT
        self._total = -(-count // YEARS_A_JOB) + len(self.plans) + (PILOT if precision is not None else 0)
        weeks, _ = self._run([Job(0, 0, weeks_of=place) for place in range(len(self.plans))])
        found, complete = self._run(self._jobs(first, count))
        parts = [part for part in found if isinstance(part, Found)]
        if not parts or len(weeks) < len(self.plans):
            raise KeyboardInterrupt
        done = count if complete else YEARS_A_JOB * len(parts)
        found_years = self._years(parts, first, done, [w for w in weeks if isinstance(w, Weeks)])
        ignorance = Ignorance(found_years)
        summing = Summing(found_years, ignorance)
        return Forecast(
            scenario=self.scenario,
            baseline=self.scenario.baseline,
            seed=self.seed,
            years=done,
            weeks=self.weeks,
            method=self.method,
            why=self.why,
            appetite=self.settings.appetite.value / 60e6,
            protected=tuple(self.settings.protected),
            causes=tuple(summing.cause(index) for index in range(len(self.causes))),
            policies=tuple(summing.policy(name) for name in self.names),
            bad_year=summing.bad_year(),
            unknowns=ignorance.unknowns(self.plan_of[self.scenario.baseline]),
            tips=ignorance.tips(self.plan_of),
            complete=complete,
            frame_of=lambda: found_years.frame(self.names),
        )

    def _jobs(self, first: int, count: int) -> list[Job]:
        return [
            Job(begin, min(YEARS_A_JOB, first + count - begin))
            for begin in range(first, first + count, YEARS_A_JOB)
        ]

    def _piloted(self, precision: float) -> int:
        """How many fresh years the pilot's years call for."""
        found, complete = self._run(self._jobs(0, PILOT))
        if not complete:
            raise KeyboardInterrupt
        pilot = self._years([part for part in found if isinstance(part, Found)], 0, PILOT)
        dark = [pilot.column(place, "dark_minutes") for place in range(len(self.plans))]
        own = pilot.a_year(dark[self.plan_of[self.scenario.baseline]])
        # A difference need not be known better than the baseline itself is.
        floor = precision * float(own.mean())
        changes = [pilot.a_year(each) - own for each in dark]
        needed = [yearly.years_needed(each, precision, floor, most=MOST).years for each in (own, *changes)]
        return max(2, *needed)

    def _years(self, parts: Sequence[Found], first: int, years: int, weeks: Sequence[Weeks] = ()) -> Years:
        return Years(
            scenario=self.scenario,
            causes=self.causes,
            plans=self.plans,
            plan_of=self.plan_of,
            method=self.method,
            seed=self.seed,
            start=year_start(self.scenario),
            first=first,
            years=years,
            found=Found.joined(parts),
            weeks=weeks,
        )

    def _run(self, jobs: list[Job]) -> tuple[list[Found | Weeks], bool]:
        """The results of jobs in order, and whether all were done; interrupted, those that were."""
        shared = Shared(
            plans=self.plans,
            causes=self.causes,
            episodes=self.episodes,
            protected=frozenset(self.settings.protected),
            seed=self.seed,
            start=year_start(self.scenario),
            method=self.method,
            weeks=self.weeks,
        )
        found: list[Found | Weeks] = []
        batch = max(1, 4 * self.workers) if self.workers > 1 else 1
        try:
            for begin in range(0, len(jobs), batch):
                found += run_jobs(
                    work, shared, jobs[begin : begin + batch], workers=self.workers, done=self._step
                )
        except KeyboardInterrupt:
            return found, False
        return found, True

    def _step(self) -> None:
        self._done += 1
        if self.progress is not None:
            self.progress(min(self._done, self._total), self._total)
