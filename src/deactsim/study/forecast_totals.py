"""Simulated years, folded block by block into totals whose size does not grow with their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.causes import CausePlan
from ..stats import yearly
from ..stats.log_bins import BINS, bins_of
from ..stats.yearly import Bins, Chances, Moments
from .forecast_results import YEARLY, Method
from .forecast_years import LONGEST_ACCESS, NOTICE, Array, Found
from .occurrences import COLUMNS

Whole = NDArray[np.int64]

INDEX = {name: place for place, name in enumerate(COLUMNS)}
MEASURES = tuple(YEARLY)
DARK, ACCOUNTS = MEASURES.index("dark_minutes"), MEASURES.index("accounts_dark")
#: Years that are folded at once.
BLOCK = 100
#: Minutes at which the loss-exceedance curve is said: 16 a decade, up to where no year can come.
GRID = np.concatenate(([0.0], np.geomspace(1.0, 1e9, 9 * 16 + 1)))
#: Days after the last shift at which it is counted who still has the right; below 0 before it.
DAYS = np.concatenate((np.arange(-NOTICE, 0.0), [0.0], np.geomspace(1 / 1440, LONGEST_ACCESS - 1, 90)))
#: Measures of which it is said how often a policy's year beats the baseline's.
BEATEN = ("dark_minutes", "protected_minutes")
_BEATEN = [MEASURES.index(name) for name in BEATEN]


@dataclass(frozen=True)
class Block:
    """Some years, `first` to `first + years`, and how their occurrences make up years.

    `able` (causes,) tells which causes can hit a protected account.
    """

    found: Found
    causes: tuple[CausePlan, ...]
    able: NDArray[np.bool_]
    method: Method
    seed: int
    first: int
    years: int

    @cached_property
    def year(self) -> Whole:
        """The year of each occurrence, from 0."""
        return self.found.year - self.first

    @cached_property
    def table(self) -> yearly.Episodes | None:
        """Which episode stands for what; None for whole years, in which each occurrence is itself."""
        if self.method == "direct":
            return None
        rates = np.array([cause.per_year for cause in self.causes])
        return yearly.Episodes(rates, self.year, self.found.cause, self.years)

    @cached_property
    def guarded(self) -> yearly.Episodes | None:
        """The same of the causes that can hit a protected account alone."""
        table = self.table
        return None if table is None else replace(table, rates=np.where(self.able, table.rates, 0.0))

    @cached_property
    def composed(self) -> yearly.Composed | None:
        """Years composed of their own episodes; None for whole years."""
        return None if self.table is None else yearly.compose(self.table, self.seed, first=self.first)

    @cached_property
    def composed_guarded(self) -> yearly.Composed | None:
        """The same of the causes that can hit a protected account alone: others would only take their place."""
        return None if self.guarded is None else yearly.compose(self.guarded, self.seed, first=self.first)

    @cached_property
    def weights(self) -> Array:
        """How many occurrences of its year each stands for."""
        return np.ones(self.year.size) if self.table is None else self.table.weights

    def column(self, plan: int, name: str) -> Array:
        """A measure of every occurrence under a plan."""
        return self.found.values[plan, :, INDEX[name]]

    def by_cause(self, values: Array) -> Array:
        """(years, causes): expected totals, of one value an occurrence."""
        if self.table is not None:
            return yearly.by_cause(self.table, values)
        causes = len(self.causes)
        totals = np.bincount(self.year * causes + self.found.cause, values, self.years * causes)
        return np.asarray(totals.reshape(self.years, causes), dtype=np.float64)

    def totals(self, values: Array, *, guarded: bool = False) -> yearly.Years:
        """Totals of whole years: composed of episodes, or run; `guarded` if values are of protected accounts."""
        composed = self.composed_guarded if guarded else self.composed
        return (
            yearly.direct_years(self.by_cause(values).sum(axis=1))
            if composed is None
            else composed.total(values)
        )

    def by_frequent(self, values: Array) -> float:
        """The mean total a year by causes too frequent to be composed; 0 where whole years were run."""
        if self.composed is None:
            return 0.0
        return float(self.by_cause(values).mean(axis=0)[self.composed.frequent].sum())

    def headline(self, longest: Array, appetite: float) -> Chances:
        """The chance that some occurrence of a year has `longest` (of protected accounts) over the appetite (min)."""
        if self.guarded is not None:
            return yearly.headline(self.guarded, longest, appetite)
        over = np.bincount(self.year, longest > appetite, self.years) > 0.0
        return Chances.of(over.astype(np.float64), np.ones(self.years))

    def occurrences(self, year: int, version: int) -> Whole:
        """The occurrences of a year (from 0): those run, or those of one of its composed versions."""
        if self.composed is None:
            return np.flatnonzero(self.year == year)
        busy = version - self.composed.leading
        if busy < 0:
            return np.zeros(0, dtype=np.int64)
        cell = year * self.composed.versions + busy
        return np.asarray(self.composed.episode[self.composed.cell == cell])


class Added:
    """What is known of some years, and with `+` of the years of both, field by field."""

    def __add__(self, other: Any) -> Any:
        """Of the years of both; `other` is of later years."""
        pairs = {each.name: (getattr(self, each.name), getattr(other, each.name)) for each in fields(self)}  # type: ignore[arg-type]
        return type(self)(**{name: _added(*pair) for name, pair in pairs.items()})


def _added(one: Any, other: Any) -> Any:
    if isinstance(one, Mapping):
        return {name: _added(each, other[name]) for name, each in one.items()}
    if isinstance(one, tuple):
        return tuple(_added(*pair) for pair in zip(one, other, strict=True))
    return one + other


@dataclass(frozen=True)
class Examples:
    """For each bin of a year's minutes the first year that fell into it, with its version and minutes.

    Without one the year is -1.
    """

    year: Whole
    version: Whole
    minutes: Array

    def __add__(self, other: Examples) -> Examples:
        """The first of both."""
        known = self.year >= 0
        return Examples(
            np.where(known, self.year, other.year),
            np.where(known, self.version, other.version),
            np.where(known, self.minutes, other.minutes),
        )


@dataclass(frozen=True)
class Sample:
    """The occurrences of the first block of years, as they are.

    `steady` (plans, measures of `BEATEN`) is what causes too frequent to be composed bring a year on average in it.
    Whole years of later blocks are spread around the same: the mean of a block's few episodes, times a large rate,
    is off by more than one year differs from the next.
    """

    found: Found
    steady: Array

    def __add__(self, other: Sample) -> Sample:
        """The first."""
        return self


@dataclass(frozen=True)
class PlanTotals(Added):
    """What is known of years under one plan.

    yearly    (measures,) expected totals; `change` less the baseline's, `by_cause` (causes, measures)
    ahead     (measures of `BEATEN`, plans) less those of each plan
    beyond    (causes,) occurrences a year in which a protected account is dark for longer than the appetite
    often     measure of `BEATEN` to how often a year an occurrence of each cause (causes,) has any;
              with `change of ` before it, to how often it differs from the baseline's
    better    measure of `BEATEN` to the chance that a year has less than the baseline's; so `worse`
    exceeds   the chance that protected accounts are dark in a year for longer than each of `GRID`
    luck      measure of `BEATEN` to its spread over whole years, around the `steady` of the sample
    still_dark  accounts a year that are not back when they are followed no longer (`FOLLOW`)
    times     time to detect and to restore (min)
    access    days with the right `after_leaving` and `in_notice`, and how many leavers `still` have it at `DAYS`
    """

    yearly: Moments
    change: Moments
    by_cause: Moments
    ahead: Moments
    beyond: Moments
    often: Mapping[str, Moments]
    better: Mapping[str, Chances]
    worse: Mapping[str, Chances]
    headline: Chances
    exceeds: Chances
    luck: Mapping[str, Bins]
    still_dark: Moments
    times: Mapping[str, Bins]
    access: Mapping[str, Bins]
    still: Array


@dataclass(frozen=True)
class Totals(Added):
    """What is known of years: by plan, how many occurrences of each cause, bad years of the baseline."""

    years: int
    leavers: int
    simulated: Whole
    plans: tuple[PlanTotals, ...]
    bad: Examples
    sample: Sample

    def off(self, plan: int, measure: str, frequent: NDArray[np.bool_]) -> float:
        """How far the spread of a plan's whole years lies below where the `frequent` causes of all years put it."""
        means = self.plans[plan].by_cause.mean[:, MEASURES.index(measure)]
        return float(means[frequent].sum() - self.sample.steady[plan, BEATEN.index(measure)])


def beyond(found: Found, appetite: float) -> Array:
    """(plans, occurrences): 1 where a protected account was dark for longer than the appetite (min), else 0."""
    return (found.values[:, :, INDEX["longest_protected"]] > appetite).astype(np.float64)


def fold(block: Block, own: int, appetite: float, before: Totals | None = None) -> Totals:
    """The totals of a block; `own` is the baseline's plan, the appetite in minutes, `before` of earlier blocks."""
    plans = len(block.found.values)
    by_cause = np.array(
        [
            np.stack([block.by_cause(block.column(plan, name)) for name in MEASURES], axis=2)
            for plan in range(plans)
        ]
    )
    of_year = by_cause.sum(axis=2)
    steady = np.array(
        [[block.by_frequent(block.column(plan, name)) for name in BEATEN] for plan in range(plans)]
    )
    shift = (steady if before is None else before.sample.steady) - steady
    whole = [
        [_whole(block, plan, name, float(by)) for name, by in zip(BEATEN, shift[plan], strict=True)]
        for plan in range(plans)
    ]
    return Totals(
        years=block.years,
        leavers=block.found.access.shape[1],
        simulated=np.bincount(block.found.cause, minlength=len(block.causes)),
        plans=tuple(
            PlanTotals(
                yearly=Moments.of(of_year[plan]),
                change=Moments.of(of_year[plan] - of_year[own]),
                by_cause=Moments.of(by_cause[plan]),
                ahead=Moments.of((of_year[plan] - of_year)[:, :, _BEATEN].transpose(1, 2, 0)),
                beyond=Moments.of(block.by_cause(beyond(block.found, appetite)[plan])),
                headline=block.headline(block.column(plan, "longest_protected"), appetite),
                exceeds=yearly.exceedance(
                    block.totals(block.column(plan, "protected_minutes"), guarded=True), GRID
                ),
                luck={name: _luck(years) for name, years in zip(BEATEN, whole[plan], strict=True)},
                still_dark=Moments.of(block.by_cause(block.column(plan, "still_dark")).sum(axis=1)),
                times=_times(block, plan),
                **_beats(block, plan, own),
                **_access(block.found.access[plan]),
            )
            for plan in range(plans)
        ),
        bad=_examples(whole[own][BEATEN.index("dark_minutes")], block.first),
        sample=Sample(block.found, steady),
    )


def _beats(block: Block, plan: int, own: int) -> dict[str, Any]:
    """`often`, `better` and `worse` of `PlanTotals`."""
    often, better, worse = {}, {}, {}
    for name in BEATEN:
        values = block.column(plan, name)
        change = values - block.column(own, name)
        often[name] = Moments.of(block.by_cause((values != 0.0).astype(np.float64)))
        often[f"change of {name}"] = Moments.of(block.by_cause((change != 0.0).astype(np.float64)))
        guarded = name == "protected_minutes"
        better[name], worse[name] = yearly.beats(block.totals(change, guarded=guarded))
    return {"often": often, "better": better, "worse": worse}


def _whole(block: Block, plan: int, name: str, shift: float) -> yearly.Years:
    """Whole years of a measure, moved by so much where that leaves none below 0."""
    found = block.totals(block.column(plan, name), guarded=name == "protected_minutes")
    return found if shift == 0.0 else replace(found, values=np.maximum(0.0, found.values + shift))


def _luck(found: yearly.Years) -> Bins:
    years, versions = found.values.shape
    return Bins.of(found.values.ravel(), found.weights.ravel(), np.repeat(np.arange(years), versions))


def _times(block: Block, plan: int) -> dict[str, Bins]:
    detect, restore = (block.column(plan, name) for name in ("time_to_detect", "time_to_restore"))
    unseen = np.isnan(block.column(plan, "noticed_by"))
    still = block.column(plan, "first_still_dark") > 0.0
    return {
        "time_to_detect": Bins.of(detect, block.weights, block.year, unseen),
        "time_to_restore": Bins.of(restore, block.weights, block.year, still),
    }


def _access(days: Array) -> dict[str, Any]:
    """`access` and `still` of `PlanTotals`, from days after leaving and in the notice, (leavers, 2)."""
    after, notice = days.T
    each = np.arange(len(days))
    ends = np.where(notice < NOTICE, notice - NOTICE, after)
    return {
        "access": {
            "after_leaving": Bins.of(after, np.ones(len(days)), each, after >= LONGEST_ACCESS),
            "in_notice": Bins.of(notice, np.ones(len(days)), each),
        },
        "still": (ends[:, None] > DAYS).sum(axis=0).astype(np.float64),
    }


def _examples(dark: yearly.Years, first: int) -> Examples:
    year, version = np.nonzero(dark.weights > 0.0)
    minutes = dark.values[year, version]
    place, which = np.unique(bins_of(minutes), return_index=True)
    found = Examples(np.full(BINS, -1), np.zeros(BINS, dtype=np.int64), np.zeros(BINS))
    found.year[place], found.version[place] = first + year[which], version[which]
    found.minutes[place] = minutes[which]
    return found
