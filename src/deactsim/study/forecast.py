"""Forecast: years of a platform under every policy (docs/design/forecast.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal

import numpy as np

from ..errors import DeactsimError
from ..model.causes import YEAR, CausePlan
from ..model.compile import compile_plan
from ..model.compile_causes import compile_causes
from ..model.plan import Plan
from ..model.shifts import DAY
from ..model.states import Channel, plain
from ..model.streams import known_seed
from ..scenario.order import in_name_order
from ..scenario.schema import Scenario
from ..stats import yearly
from .doubts import Doubts
from .executors import run_jobs
from .forecast_results import BadYear, Forecast, Method, YearsOccurrence
from .forecast_stages import PILOT, Stages
from .forecast_summing import Summing, cause_result
from .forecast_totals import BLOCK, INDEX, Block, Totals, fold
from .forecast_years import Fleet, Found, Job, Shared, rows_of, work
from .friction import Weeks
from .occurrences import WARM_UP
from .replay import Progress, known_policy
from .settling import Stretch, stretch
from .unknowns import numbers, unsure_of
from .warm_up import ahead, unsettled_hours

#: Years simulated unless asked otherwise.
YEARS = 100
#: Years that one piece of work simulates; a block of years is a whole number of pieces.
YEARS_A_JOB = 4
#: Years, at the least, for which an uncertain number is tried at both its ends, where that changes more than rates.
YEARS_AT_ENDS = 20
#: A year of fewer reports than this may be run whole, if its causes are frequent.
REPORTS_A_DIRECT_YEAR = 50_000
#: Reports that the routine weeks behind the friction may have in all, unless weeks are asked for.
REPORTS_IN_WEEKS = 600_000
#: Weeks behind the friction, and reports of a run that would be too few by them.
USUAL_WEEKS, FEW_REPORTS = 52, 20_000
#: Episodes a year of a cause that is too frequent to compose.
OF_FREQUENT = 8
#: The percentile of minutes dark at which a year is called bad.
BAD = 0.95
#: What was found at an end of a number: by its path, and 0 for p05 or 1 for p95.
EndsFound = dict[tuple[str, int], list[Found]]


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

    `years` are simulated (100 unless given), or as many as it takes (up to 20,000) until the intervals of the
    baseline's minutes dark and of every policy's difference have a half-width of at most `precision` times the
    baseline's minutes (or the difference, if that is larger); `Forecast.precision` says what was reached. `method` is
    `episodes` or `direct`, chosen by rarity and size unless given; friction comes from `weeks` routine weeks. The
    result does not depend on `workers`.
    Interrupted, it answers from the years that were done, marked as not complete. Raises `UnknownName`,
    and `DeactsimError` for a scenario without `forecast:`, one in which nothing can go wrong, or a seed out of
    64 bits.
    """
    asked = [known_policy(scenario, name) for name in policies or scenario.policies]
    names = list(dict.fromkeys([scenario.baseline, *asked]))
    if years is not None and precision is not None:
        raise DeactsimError("years and precision exclude each other: a precision chooses the number of years")
    if years is not None and years < 2:
        raise DeactsimError("one year has no interval: ask for 2 years or more")
    if weeks is not None and weeks < 1:
        raise DeactsimError("friction comes from routine weeks: ask for 1 week or more")
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
        # What is simulated and added up hangs on names; what is shown keeps the order of the file.
        self.written, self.scenario = scenario, in_name_order(scenario)
        self.settings, self.names, self.seed = scenario.forecast, names, known_seed(seed)
        self.workers, self.progress = workers, progress
        causes = compile_causes(self.scenario)
        if not any(cause.per_year > 0.0 for cause in causes):
            raise DeactsimError(
                "nothing can go wrong here: no cause occurs, and no report ends in a slip or a mistaken target; "
                "state `causes:` with a rate, or a `slip:` share of reports"
            )
        self.fleet, self.plan_of = _fleet(self.scenario, sorted(names), causes)
        self.own = self.plan_of[scenario.baseline]
        self.numbers = numbers(self.scenario, self.fleet, self.plan_of)
        self.at_ends = [
            ((number.path, which), end.fleet)
            for number in self.numbers
            for which, end in enumerate(number.ends)
            if end.fleet is not None
        ]
        self.rates = np.array([cause.per_year for cause in causes])
        protected = frozenset(self.settings.protected)
        self.able = np.array([any(target.tier in protected for target in cause.targets) for cause in causes])
        self.reports = sum(stream.per_microsecond for stream in self.fleet.plans[0].streams) * YEAR
        self.method, self.why = self._method(method)
        self.stretch = self._stretch(weeks)
        self._done, self._total = 0, 0

    def _method(self, method: Method | Literal["auto"]) -> tuple[Method, str]:
        rarest = min(
            (cause for cause in self.fleet.causes if cause.per_year > 0.0), key=lambda cause: cause.per_year
        )
        rare = f"the rarest cause ({rarest.name}) occurs {rarest.per_year:.2g} times a year"
        if method != "auto":
            return method, "asked for"
        if rarest.per_year < 1.0:
            return "episodes", f"{rare}, which whole years would hardly show"
        if self.reports > REPORTS_A_DIRECT_YEAR:
            return "episodes", f"a whole year has {self.reports:,.0f} reports"
        return "direct", f"a whole year has only {self.reports:,.0f} reports, and {rare}"

    def _stretch(self, weeks: int | None) -> Stretch:
        """Routine weeks behind the friction: fewer where a week is large, more where queues are slow to settle.

        They are the same whichever policies are asked for.
        """
        a_week = self.reports * 7 / 365.25
        # One week has no interval; where there are few reports four years cost next to nothing.
        usual = int(max(2, min(USUAL_WEEKS, REPORTS_IN_WEEKS / max(1.0, a_week))))
        usual = int(max(usual, min(4 * USUAL_WEEKS, FEW_REPORTS / max(1.0, a_week))))
        plans = dict.fromkeys(compile_plan(self.scenario, name, None) for name in self.scenario.policies)
        until = year_start(self.scenario) + YEAR
        return stretch(plans, until, usual if weeks is None else weeks, exactly=weeks is not None)

    @cached_property
    def shared(self) -> Shared:
        """What every process knows; the fleets are the scenario's, then that of each end of each number."""
        return Shared(
            fleets=(self.fleet, *(fleet for _, fleet in self.at_ends)),
            episodes=tuple(_episodes(cause.per_year) for cause in self.fleet.causes),
            protected=frozenset(self.settings.protected),
            seed=self.seed,
            start=year_start(self.scenario),
            method=self.method,
            stretch=self.stretch,
        )

    def forecast(self, years: int | None, precision: float | None) -> Forecast:
        """Simulate routine weeks, years, and years at the ends of uncertain numbers; then answer."""
        count, first, why_years = YEARS if years is None else years, 0, "asked for" if years else "usual"
        stages = None if precision is None else Stages(precision, self.own, self.plan_of)
        if stages is not None:
            count, first, why_years = stages.first(self._pilot()), PILOT, "for the precision asked for"
        weeks: list[Weeks] = []
        folding = _Folding(self._block, self.own, self._appetite, first)
        at_ends: EndsFound = {}
        jobs = [Job(0, 0, weeks_of=place) for place in range(len(self.fleet.plans))]
        jobs += _jobs(first, count)
        complete = True
        try:
            while jobs:
                for job, result in zip(jobs, self._run(jobs), strict=True):
                    if isinstance(result, Weeks):
                        weeks.append(result)
                    else:
                        folding.add(result, job.count)
                more = 0 if stages is None or folding.totals is None else stages.more(folding.totals)
                jobs = _jobs(first + count, more)
                count += more
            for fleet in range(1, len(self.shared.fleets)):
                jobs += _jobs(first, self._years_at_ends(count), fleet)
            for job, result in zip(jobs, self._run(jobs), strict=True):
                assert isinstance(result, Found)  # noqa: S101 - weeks were not asked for
                at_ends.setdefault(self.at_ends[job.fleet - 1][0], []).append(result)
        except KeyboardInterrupt:
            complete = False
        totals = folding.close()
        if totals is None:
            raise KeyboardInterrupt
        if stages is not None and totals.years < count:
            stages.interrupted(totals)
        doubts = self._doubts(totals, at_ends, first, min(totals.years, self._years_at_ends(count)))
        summing = Summing(
            scenario=self.written,
            settings=self.settings,
            causes=self.fleet.causes,
            rates=self.rates,
            able=self.able,
            plans=self.fleet.plans,
            plan_of=self.plan_of,
            composed=self.method == "episodes",
            totals=totals,
            weeks=weeks,
            stretch=self.stretch,
            doubts=doubts,
            level=yearly.LEVEL if stages is None else stages.level,
        )
        shown = [cause.name for cause in compile_causes(self.written)]
        causes = {
            cause.name: cause_result(self.scenario, cause, int(simulated))
            for cause, simulated in zip(self.fleet.causes, totals.simulated, strict=True)
        }
        return Forecast(
            scenario=self.written,
            baseline=self.scenario.baseline,
            seed=self.seed,
            years=totals.years,
            years_asked=count,
            why_years=why_years,
            weeks=self.stretch.weeks,
            method=self.method,
            why=self.why,
            appetite=self._appetite,
            protected=tuple(self.settings.protected),
            causes=tuple(causes[name] for name in shown),
            policies=tuple(summing.policy(name) for name in self.names),
            bad_year=self._bad_year(totals),
            unknowns=doubts.unknowns(self.plan_of),
            tips=doubts.tips(self.plan_of),
            best_by=doubts.best_by,
            unsettled_hours=self._unsettled_hours(),
            complete=complete,
            precision=None if stages is None else stages.found,
            frame_of=lambda: rows_of(totals.sample.found, self.fleet.causes, self.plan_of),
        )

    def _pilot(self) -> Totals:
        """Years that are no part of the answer."""
        folding = _Folding(self._block, self.own, self._appetite, 0)
        for job, found in zip(jobs := _jobs(0, PILOT), self._run(jobs), strict=True):
            assert isinstance(found, Found)  # noqa: S101 - weeks were not asked for
            folding.add(found, job.count)
        totals = folding.close()
        assert totals is not None  # noqa: S101 - there are years
        return totals

    def _years_at_ends(self, count: int) -> int:
        """So many years that all ends together take as long as the usual ones, within reason."""
        plans = sum(len(fleet.plans) for _, fleet in self.at_ends)
        affordable = count * len(self.fleet.plans) // max(1, plans)
        return min(count, BLOCK, max(YEARS_AT_ENDS, affordable))

    @property
    def _appetite(self) -> float:
        return self.settings.appetite.value / 60e6

    def _block(self, parts: Sequence[Found], first: int, years: int) -> Block:
        found = Found.joined(parts)
        return Block(found, self.fleet.causes, self.able, self.method, self.seed, first, years)

    def _doubts(self, totals: Totals, at_ends: EndsFound, first: int, years: int) -> Doubts:
        """What uncertain numbers make of the years; those whose ends were not all simulated are held."""
        whole = len(_jobs(first, years))
        joined = {end: Found.joined(parts) for end, parts in at_ends.items() if len(parts) == whole}
        stated = self._block([totals.sample.found.before(first + years)], first, years)
        return Doubts(stated, totals, self.numbers, joined, self.own, self._appetite)

    def _bad_year(self, totals: Totals) -> BadYear:
        """A composed (or run) year at the 95th percentile of minutes dark, under the baseline.

        Causes too frequent to compose are in its minutes, and not among its occurrences.
        """
        place = totals.plans[self.own].luck["dark_minutes"].place(BAD)
        year, version = int(totals.bad.year[place]), int(totals.bad.version[place])
        # Nothing was kept of the year, but it is the same whenever it is simulated.
        shared = replace(self.shared, fleets=(replace(self.fleet, plans=(self.fleet.plans[self.own],)),))
        found = work(shared, Job(year, 1))
        assert isinstance(found, Found)  # noqa: S101 - weeks were not asked for
        picks = self._block([found], year, 1).occurrences(0, version)
        rows = (self._occurrence(found, int(pick)) for pick in picks)
        off = totals.off(
            self.own, "dark_minutes", (self.rates > yearly.COMPOSED) & (self.method == "episodes")
        )
        minutes = max(0.0, float(totals.bad.minutes[place]) + off)
        return BadYear(100.0 * BAD, minutes, tuple(sorted(rows, key=lambda row: row.day)))

    def _occurrence(self, found: Found, pick: int) -> YearsOccurrence:
        value = found.values[0, pick]
        channel = value[INDEX["noticed_by"]]
        return YearsOccurrence(
            day=int((found.at[pick] - self.shared.start) // DAY) + 1,
            cause=self.fleet.causes[int(found.cause[pick])].name,
            accounts=int(value[INDEX["accounts_dark"]]),
            minutes=float(value[INDEX["dark_minutes"]]),
            protected=bool(value[INDEX["protected_dark"]] > 0.0),
            noticed_by=None if np.isnan(channel) else plain(Channel(int(channel))),
        )

    def _unsettled_hours(self) -> tuple[int, ...]:
        """Hours of the week in which episodes begin too late; whole years begin as early as it takes."""
        if self.method == "direct":
            return ()
        every = (compile_plan(self.scenario, name, None) for name in self.scenario.policies)
        return unsettled_hours(every)

    def _run(self, jobs: list[Job]) -> Iterator[Found | Weeks]:
        """The results of jobs, in order."""
        self._total += len(jobs)
        return run_jobs(work, self.shared, jobs, workers=self.workers, done=self._step)

    def _step(self) -> None:
        self._done += 1
        if self.progress is not None:
            self.progress(self._done, self._total)


class _Folding:
    """Years as they come, folded block by block."""

    def __init__(
        self, block: Callable[[Sequence[Found], int, int], Block], own: int, appetite: float, first: int
    ) -> None:
        self.block, self.own, self.appetite, self.first = block, own, appetite, first
        self.totals: Totals | None = None
        self.parts: list[tuple[Found, int]] = []

    def add(self, part: Found, years: int) -> None:
        """Take the next years."""
        self.parts.append((part, years))
        if sum(count for _, count in self.parts) >= BLOCK:
            self._fold()

    def close(self) -> Totals | None:
        """The totals of all years taken; None without any."""
        if self.parts:
            self._fold()
        return self.totals

    def _fold(self) -> None:
        years = sum(count for _, count in self.parts)
        block = self.block([part for part, _ in self.parts], self.first, years)
        found = fold(block, self.own, self.appetite, self.totals)
        totals = found if self.totals is None else self.totals + found
        # All at once: an interrupt comes before or after.
        self.totals, self.first, self.parts = totals, self.first + years, []


def _fleet(
    scenario: Scenario, names: Sequence[str], causes: tuple[CausePlan, ...]
) -> tuple[Fleet, dict[str, int]]:
    """The plans of policies, and the place of each policy's; policies that come to the same share one."""
    places: dict[object, int] = {}
    plans: list[Plan] = []
    plan_of = {}
    for name in names:
        plan = compile_plan(scenario, name, None)
        # Numbers of its own that are uncertain tell a policy apart, though not as they are stated.
        key = plan, unsure_of(scenario, name)
        plan_of[name] = places.setdefault(key, len(places))
        if len(places) > len(plans):
            plans.append(plan)
    # Whichever policies are asked for, a policy meets the same.
    every = (compile_plan(scenario, name, None) for name in scenario.policies)
    return Fleet(tuple(plans), causes, ahead(every, WARM_UP)), plan_of


def _jobs(first: int, count: int, fleet: int = 0) -> list[Job]:
    return [
        Job(begin, min(YEARS_A_JOB, first + count - begin), fleet)
        for begin in range(first, first + count, YEARS_A_JOB)
    ]


def _episodes(rate: float) -> int:
    """Episodes of a cause in a year: enough to compose years, if it is not too frequent."""
    if rate <= 0.0:
        return 0
    return yearly.episodes_needed(rate) if rate <= yearly.COMPOSED else OF_FREQUENT
