"""The years of a forecast: occurrences in windows of their own, or whole years run through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..engines.chosen import run_blocks
from ..model.causes import (
    YEAR,
    CausePlan,
    Occurrence,
    incident_of,
    occurrence,
    occurrences,
    of_different_actors,
)
from ..model.leaving import right_ends
from ..model.plan import Plan
from ..model.shifts import DAY
from ..model.states import Channel, plain
from ..model.streams import Purpose, world_key
from ..model.trace import Row
from ..model.world import Leaver, World
from .forecast_results import ACCESS_HORIZON, Method
from .friction import Weeks, routine_weeks
from .occurrences import (
    COLUMNS,
    FOLLOW,
    USUAL,
    WARM_UP,
    Account,
    Meeting,
    accounts_of,
    measured,
    run_occurrences,
)
from .settling import Stretch

if TYPE_CHECKING:
    import pandas as pd

#: Leavers looked at in a year, and how long before and after leaving (days).
LEAVERS = 50
NOTICE = 30.0
LONGEST_ACCESS = ACCESS_HORIZON / 1440.0
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fleet:
    """What years are simulated of: plans that meet the same years, and what goes wrong in them.

    A run begins `ahead` of an occurrence by the hour of the week, (168,).
    """

    plans: tuple[Plan, ...]
    causes: tuple[CausePlan, ...]
    ahead: tuple[int, ...] = USUAL

    @cached_property
    def meeting(self) -> Meeting:
        """The plans, as occurrences meet them."""
        return Meeting.of(self.plans, self.ahead)

    @cached_property
    def settles_in(self) -> int:
        """How long before a year a run through it begins: what an occurrence asks for at its first moment."""
        return max(self.ahead)

    @cached_property
    def leaving(self) -> tuple[int, ...]:
        """For each plan the first in which those who leave lose the right as they do in it."""
        ways = [
            (
                tuple((team.id, team.name, team.contractor) for team in plan.teams),
                plan.safeguards.step_down,
                plan.safeguards.deprovisioning,
            )
            for plan in self.plans
        ]
        return tuple(ways.index(way) for way in ways)


@dataclass(frozen=True)
class Shared:
    """What every process knows. `episodes` is how many each cause has in a year, of every fleet."""

    fleets: tuple[Fleet, ...]
    episodes: tuple[int, ...]
    protected: frozenset[str]
    seed: int
    start: int
    method: Method
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Job:
    """Years `first` to `first + count` of a fleet (by index), or the routine weeks of a plan of the first."""

    first: int
    count: int
    fleet: int = 0
    weeks_of: int | None = None


@dataclass(frozen=True)
class Found:
    """Occurrences of some years under each plan, year after year, and days of access of their leavers.

    `values` is (plan, occurrence, column); `access` is (plan, leaver, after and notice).
    """

    year: NDArray[np.int64]
    cause: NDArray[np.int64]
    at: NDArray[np.int64]
    values: Array
    access: Array

    def before(self, year: int) -> Found:
        """The occurrences of the years before one, without the access of leavers."""
        of = self.year < year
        return Found(self.year[of], self.cause[of], self.at[of], self.values[:, of], self.access[:, :0])

    @staticmethod
    def joined(parts: Sequence[Found]) -> Found:
        """Several parts as one."""
        return Found(
            np.concatenate([part.year for part in parts]),
            np.concatenate([part.cause for part in parts]),
            np.concatenate([part.at for part in parts]),
            np.concatenate([part.values for part in parts], axis=1),
            np.concatenate([part.access for part in parts], axis=1),
        )


def work(shared: Shared, job: Job) -> Found | Weeks:
    """Do a job: simulate years, or routine weeks."""
    fleet = shared.fleets[job.fleet]
    if job.weeks_of is not None:
        plan = fleet.plans[job.weeks_of]
        return routine_weeks(plan, shared.seed, shared.stretch, by_hour=True)
    run_years = _direct_years if shared.method == "direct" else _years_of_episodes
    years = range(job.first, job.first + job.count)
    found = run_years(shared, fleet, years)
    # At the ends of an uncertain number nobody asks how long those who leave keep the right.
    return found if job.fleet else replace(found, access=_access(fleet, shared, years))


def _years_of_episodes(shared: Shared, fleet: Fleet, years: Sequence[int]) -> Found:
    """Every cause's episodes, each in its window of its year."""
    wholes = [World(world_key(shared.seed, year), shared.start, shared.start + YEAR) for year in years]
    of_year, causes, times, values = [], [], [], []
    for index, cause in enumerate(fleet.causes):
        # Those of all years at once.
        whole_of = [whole for whole in wholes for _ in range(shared.episodes[index])]
        numbers = list(range(shared.episodes[index])) * len(wholes)
        occurring = [
            occurrence(whole, fleet.plans[0], cause, number, shared.start)
            for whole, number in zip(whole_of, numbers, strict=True)
        ]
        of_year += [year for year in years for _ in range(shared.episodes[index])]
        causes += [index] * len(occurring)
        times += [what.at for what in occurring]
        values.append(run_occurrences(fleet.meeting, whole_of, occurring, shared.protected))
    return _found(of_year, causes, times, np.concatenate(values, axis=1))


def _direct_years(shared: Shared, fleet: Fleet, years: Sequence[int]) -> Found:
    """Whole years, one after another."""
    return Found.joined([_direct_year(shared, fleet, year) for year in years])


def _direct_year(shared: Shared, fleet: Fleet, year: int) -> Found:
    """The whole year with every report in it; stated causes occur as often as this year has them."""
    key = world_key(shared.seed, year)
    whole = World(key, shared.start - fleet.settles_in, shared.start + YEAR + FOLLOW)
    ends = shared.start + YEAR
    stated = [
        (index, occurrence(whole, fleet.plans[0], cause, number, shared.start))
        for index, cause in enumerate(fleet.causes)
        if not cause.routine
        for number in range(occurrences(whole, cause, 0))
    ]
    wrong = _wrong_reports(shared, fleet, whole, ends)
    causes = [index for index, _ in stated] + [cause for cause, *_ in wrong.values()]
    times = [what.at for _, what in stated] + [at for _, at, _ in wrong.values()]
    by_plan = [
        _direct(shared.protected, plan, whole, [what for _, what in stated], wrong) for plan in fleet.plans
    ]
    table = np.array(by_plan, dtype=np.float64).reshape(len(fleet.plans), len(causes), len(COLUMNS))
    return _found([year] * len(causes), causes, times, table)


def _wrong_reports(
    shared: Shared, fleet: Fleet, world: World, ends: int
) -> dict[int, tuple[int, int, Account]]:
    """Reports of the year that end in an error: their cause, time and account, by their id."""
    streams = fleet.plans[0].streams
    routine = {cause.name: index for index, cause in enumerate(fleet.causes) if cause.routine}
    found = {}
    # Day by day: the reports of a year are never in memory all at once, nor are the rows of its run.
    days = range(shared.start, ends, DAY)
    for report in chain.from_iterable(world.reports(streams, day, min(day + DAY, ends)) for day in days):
        stream = streams[report.stream]
        if world.draw(report.id, Purpose.ACTIONED) < stream.actioned:
            u = world.draw(report.id, Purpose.SLIP)
            if u < stream.wrongful:
                kind = "slip" if u < stream.slip else "misidentified"
                account = (stream.followers, stream.tier in shared.protected)
                found[report.id] = (routine[f"{kind} on {stream.tier}"], report.time, account)
    return found


def _direct(
    protected: frozenset[str],
    plan: Plan,
    world: World,
    stated: Sequence[Occurrence],
    wrong: Mapping[int, tuple[int, int, Account]],
) -> list[tuple[float, ...]]:
    """A year under one plan, run once and measured occurrence by occurrence."""
    incidents = of_different_actors([incident_of(plan, what, WARM_UP, FOLLOW) for what in stated])
    accounts = {incident.id: accounts_of(incident, protected) for incident in incidents}
    accounts |= {report: {report: account} for report, (_, _, account) in wrong.items()}
    owner = {act: occurrence for occurrence, acts in accounts.items() for act in acts}
    rows: dict[int, list[Row]] = {}
    mine = np.array(list(owner), dtype=np.int64)
    (blocks,) = run_blocks(replace(plan, others=incidents), [world])
    for block in blocks:
        for row in map(Row._make, block[np.isin(block[:, 2], mine)].tolist()):
            rows.setdefault(owner[row.entity], []).append(row)
    return [measured(rows.get(occurrence, []), acts.get) for occurrence, acts in accounts.items()]


def _found(of_year: Sequence[int], causes: Sequence[int], times: Sequence[int], values: Array) -> Found:
    """Occurrences, one year after another, without the access of leavers."""
    order = np.argsort(np.array(of_year, dtype=np.int64), kind="stable")
    year, cause, at = (np.array(each, dtype=np.int64)[order] for each in (of_year, causes, times))
    return Found(year, cause, at, values[:, order], np.zeros((len(values), 0, 2)))


def _access(fleet: Fleet, shared: Shared, years: Sequence[int]) -> Array:
    """Days with the right after the last shift and within the notice, of some leavers of each year."""
    found = []
    for year in years:
        whole = World(world_key(shared.seed, year), shared.start, shared.start + YEAR)
        leavers = whole.leavers(fleet.plans[0].teams, whole.start, whole.end)
        leavers = leavers[:: max(1, -(-len(leavers) // LEAVERS))]
        days = np.zeros((len(fleet.plans), len(leavers), 2))
        for place, first in enumerate(fleet.leaving):
            days[place] = days[first] if first < place else _days(fleet.plans[place], whole, leavers)
        found.append(days)
    return np.concatenate(found, axis=1)


def _days(plan: Plan, whole: World, leavers: Sequence[Leaver]) -> Array:
    """The same of one plan, (leavers, 2)."""
    ends = (right_ends(plan, whole, who) for who in leavers)
    after = np.array(
        [
            LONGEST_ACCESS if end is None else (end - who.leaves) / DAY
            for end, who in zip(ends, leavers, strict=True)
        ]
    )
    return np.stack([np.clip(after, 0.0, LONGEST_ACCESS), np.clip(NOTICE + after, 0.0, NOTICE)], axis=1)


def rows_of(found: Found, causes: Sequence[CausePlan], plan_of: Mapping[str, int]) -> pd.DataFrame:
    """One row a policy and occurrence."""
    import pandas as pd

    head = {
        "year": found.year,
        "cause": np.array([cause.name for cause in causes], dtype=object)[found.cause],
        "per_year": np.array([cause.per_year for cause in causes])[found.cause],
    }
    parts = []
    for name, place in plan_of.items():
        columns = dict(zip(COLUMNS, found.values[place].T, strict=True))
        channels = [None if np.isnan(code) else plain(Channel(int(code))) for code in columns["noticed_by"]]
        parts.append(pd.DataFrame({"policy": name, **head, **columns, "noticed_by": channels}))
    return pd.concat(parts, ignore_index=True)
