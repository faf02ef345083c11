"""Years folded block by block: the same as all at once, and no larger for more of them."""

from __future__ import annotations

import pickle
from functools import reduce

import numpy as np
import pytest

from deactsim.model.causes import CausePlan
from deactsim.model.compile_causes import compile_causes
from deactsim.scenario.load import load
from deactsim.stats.weighted import Interval
from deactsim.study.forecast_totals import BEATEN, GRID, INDEX, MEASURES, Block, Totals, fold
from deactsim.study.forecast_years import Found
from deactsim.study.occurrences import COLUMNS

EPISODES = 3


@pytest.fixture(scope="module")
def causes() -> tuple[CausePlan, ...]:
    return compile_causes(load("scenarios/small-saas.yaml"))[:2]


def block(causes: tuple[CausePlan, ...], first: int, years: int, method: str = "episodes") -> Block:
    """Years drawn by their own number, so that they are the same in whatever block; two plans."""
    a_year = EPISODES * len(causes)
    values = np.zeros((2, a_year * years, len(COLUMNS)))
    for number in range(years):
        source = np.random.default_rng(first + number)
        rows = slice(number * a_year, (number + 1) * a_year)
        values[:, rows] = source.exponential(10.0, (2, a_year, len(COLUMNS))) * source.random()
    values[1, ::2, INDEX["dark_minutes"]] = 0.0
    year = first + np.repeat(np.arange(years), a_year)
    cause = np.tile(np.repeat(np.arange(len(causes)), EPISODES), years)
    access = np.full((2, years, 2), 3.0)
    return Block(Found(year, cause, year, values, access), causes, np.ones(2, bool), method, 7, first, years)  # type: ignore[arg-type]


def in_blocks(causes: tuple[CausePlan, ...], count: int, years: int, method: str = "episodes") -> Totals:
    folded = [fold(block(causes, years * number, years, method), 0, 5.0) for number in range(count)]
    return reduce(lambda one, other: one + other, folded)


def ends(found: Interval) -> tuple[float, float, float]:
    return found.mean, found.low, found.high


@pytest.mark.parametrize("method", ["episodes", "direct"])
def test_blocks_add_up_to_what_all_years_are_at_once(causes: tuple[CausePlan, ...], method: str) -> None:
    whole, added = in_blocks(causes, 1, 240, method), in_blocks(causes, 4, 60, method)
    assert (added.years, added.leavers) == (whole.years, whole.leavers) == (240, 240)
    assert added.simulated.tolist() == whole.simulated.tolist() == [720, 720]
    for one, other in zip(whole.plans, added.plans, strict=True):
        for place in range(len(MEASURES)):
            assert ends(one.yearly.interval(place)) == pytest.approx(ends(other.yearly.interval(place)))
            assert ends(one.change.interval(place)) == pytest.approx(ends(other.change.interval(place)))
            for cause in range(2):
                by_cause = (each.by_cause.interval(cause, place) for each in (one, other))
                assert ends(next(by_cause)) == pytest.approx(ends(next(by_cause)))
        for point in (0, 1, 20, GRID.size - 1):
            assert ends(one.exceeds.interval(point)) == pytest.approx(ends(other.exceeds.interval(point)))
        assert ends(one.headline.interval()) == pytest.approx(ends(other.headline.interval()))
        for name in BEATEN:
            assert ends(one.better[name].interval()) == pytest.approx(ends(other.better[name].interval()))
        for p in (0.05, 0.5, 0.95):
            for name in BEATEN:
                assert one.luck[name].quantile(p) == pytest.approx(other.luck[name].quantile(p))
            assert one.times["time_to_detect"].quantile(p) == pytest.approx(
                other.times["time_to_detect"].quantile(p)
            )
        assert one.access["after_leaving"].mean == other.access["after_leaving"].mean == 3.0
        assert one.still.tolist() == other.still.tolist()
    assert whole.plans[1].change.interval(0).mean != 0.0
    assert np.array_equal(whole.bad.year, added.bad.year)


def test_the_first_year_of_a_kind_is_kept_and_can_be_told_again(causes: tuple[CausePlan, ...]) -> None:
    totals = in_blocks(causes, 3, 50)
    looked = 0
    for place in np.flatnonzero(totals.bad.year >= 0):
        year, version = int(totals.bad.year[place]), int(totals.bad.version[place])
        alone = block(causes, year, 1)
        picks = alone.occurrences(0, version)
        dark = alone.column(0, "dark_minutes")[picks].sum()
        assert dark == pytest.approx(totals.bad.minutes[place])
        looked += version > 0
    assert looked > 50


def test_totals_do_not_grow_with_the_years(causes: tuple[CausePlan, ...]) -> None:
    few, many = (len(pickle.dumps(in_blocks(causes, count, 20))) for count in (2, 30))
    assert many == pytest.approx(few, rel=0.001)
