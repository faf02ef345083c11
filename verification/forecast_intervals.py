"""How often the 95 % intervals of a forecast hold the truth, on years whose truth is known.

A year is good or bad (3 in 10) for all its occurrences; given that, severities are exponential, their numbers
Poisson. Everything has a closed form. Every figure is estimated 2,000 times from 200 years of its own.
Intervals that are cautious by design may hold more often; only looking again and again should hold less.

    python verification/forecast_intervals.py [--repeats 2000] [--years 200] [--processes 2]
"""

# ruff: noqa: T201 - a script prints
from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammainc
from scipy.stats import binom, poisson, skellam

from deactsim.stats.weighted import Interval, quantile_interval
from deactsim.stats.yearly import (
    GROWTH,
    Composed,
    Episodes,
    Moments,
    Years,
    beats,
    by_year,
    compose,
    direct_years,
    effort,
    episodes_needed,
    exceedance,
    headline,
    level_of,
    over_years,
    stage,
)

Array = NDArray[np.float64]
OUT = Path(__file__).resolve().parent / "out"
SEED = 90_000
#: The chance at which the proof may fail though all is right.
ERROR = 0.01
RATES = (0.01, 0.1, 1.0, 10.0)
BAD, GOOD_MEAN, BAD_MEAN = 0.3, 10.0, 30.0  # chance of a bad year; mean minutes of an occurrence
STATES = ((1.0 - BAD, GOOD_MEAN), (BAD, BAD_MEAN))
STOPS, FAILS, HARMS = 0.4, 0.1, 0.1  # a policy stops so many in a good year, in a bad one; harms as many
APPETITE = 45.0
RELATIVE = 0.15
NAMES = tuple(f"{rate:g}" for rate in RATES)

Figures = Iterator[tuple[str, Interval, float]]


def episodes(rates: tuple[float, ...], years: int) -> Episodes:
    """As many episodes of every cause as it needs."""
    needs = [episodes_needed(rate) for rate in rates]
    causes = np.tile(np.repeat(np.arange(len(rates)), needs), years)
    return Episodes(np.array(rates), np.repeat(np.arange(years), sum(needs)), causes, years)


def above(rate: float, x: float) -> float:
    """P(total of a year > x)."""
    n = np.arange(1, 200)
    return sum(p * float((poisson.pmf(n, rate) * (1.0 - gammainc(n, x / mean))).sum()) for p, mean in STATES)


def worst(rates: tuple[float, ...], x: float) -> float:
    """P(the longest of a year > x)."""
    return sum(p * -np.expm1(-sum(rates) * np.exp(-x / mean)) for p, mean in STATES)


def better(rate: float) -> float:
    """P(the policy's year is better): it stops some occurrences of a minute and adds others."""
    stops = (STOPS, FAILS)
    return sum(p * skellam.cdf(-1, rate * HARMS, rate * s) for (p, _), s in zip(STATES, stops, strict=True))


def percentile(p: float) -> float:
    """Of the minutes of an occurrence."""
    return brentq(lambda x: sum(q * -np.expm1(-x / mean) for q, mean in STATES) - p, 0.0, 1e3)


def longest(year: Composed, minutes: Array) -> Years:
    """The longest of a composed year's occurrences."""
    most = np.zeros((year.table.years, 1 + year.versions))
    np.maximum.at(most[:, 1:], np.divmod(year.cell, year.versions), minutes[year.episode])
    return Years(most, year.total(minutes).weights, quiet=True)


def figures(source: Generator, years: int, key: int) -> Figures:
    """Every figure of one repetition: name, interval and truth."""
    bad = source.random(years) < BAD
    mean = (1.0 - BAD) * GOOD_MEAN + BAD * BAD_MEAN
    for rate, name in zip(RATES, NAMES, strict=True):
        table = episodes((rate,), years)
        scale = np.where(bad[table.year], BAD_MEAN, GOOD_MEAN)
        minutes = source.exponential(size=scale.size) * scale
        luck = source.random(scale.size)
        stopped = luck < np.where(bad[table.year], FAILS, STOPS)
        change = np.where(stopped, -1.0, np.where(luck > 1.0 - HARMS, 1.0, 0.0))
        saved = (1.0 - BAD) * STOPS * GOOD_MEAN + BAD * FAILS * BAD_MEAN
        year = compose(table, key)
        yield f"mean, {name} a year", over_years(by_year(table, minutes)), rate * mean
        yield (
            f"paired difference, {name} a year",
            over_years(by_year(table, np.where(stopped, -minutes, 0.0))),
            -rate * saved,
        )
        for x in (15.0, 60.0) if rate < 10.0 else (100.0, 300.0):
            found = exceedance(year.total(minutes), np.array([x])).interval(0)
            yield f"exceedance of {x:g} min, {name} a year", found, above(rate, x)
        yield (
            f"headline, {name} a year",
            headline(table, minutes, APPETITE).interval(),
            worst((rate,), APPETITE),
        )
        found = exceedance(longest(year, minutes), np.array([APPETITE])).interval(0)
        yield f"headline, composed, {name} a year", found, worst((rate,), APPETITE)
        yield (
            f"headline, tiny, {name} a year",
            headline(table, minutes, 200.0).interval(),
            worst((rate,), 200.0),
        )
        yield f"beats, {name} a year", beats(year.total(change))[0].interval(), better(rate)
    table = episodes(RATES, years)
    scale = np.where(bad[table.year], BAD_MEAN, GOOD_MEAN)
    minutes = source.exponential(size=scale.size) * scale
    year = compose(table, key)
    found = exceedance(longest(year, minutes), np.array([APPETITE])).interval(0)
    yield "headline, composed, all four causes", found, worst(RATES, APPETITE)
    rare = np.where(table.cause == 0, minutes, 0.0)
    found = exceedance(year.total(rare), np.array([15.0])).interval(0)
    yield "exceedance of 15 min by the rarest of four", found, above(RATES[0], 15.0)
    yield "headline, all four causes", headline(table, minutes, APPETITE).interval(), worst(RATES, APPETITE)
    yield "mean, all four causes", over_years(by_year(table, minutes)), sum(RATES) * mean
    for p in (0.05, 0.5, 0.95):
        found = quantile_interval(minutes, table.weights, p, table.year)
        yield f"percentile {100 * p:g} of minutes", found, percentile(p)
    whole = source.poisson(0.5, years)
    total = np.where(bad, BAD_MEAN, GOOD_MEAN) * source.standard_gamma(np.maximum(whole, 1)) * (whole > 0)
    yield (
        "exceedance of 15 min, direct",
        exceedance(direct_years(total), np.array([15.0])).interval(0),
        above(0.5, 15.0),
    )


def differences(source: Generator, size: int, chance: float) -> Array:
    """Paired differences most of which are zero, as whole years with a rare grudge leave them."""
    return np.where(source.random(size) < chance, -source.exponential(size=size), 0.0)


def staged(source: Generator, chance: float, goal: float) -> Interval:
    """The interval at which stages to a relative half-width stop: a pilot, looks, stages between them."""
    pilot, aim = Moments.of(differences(source, 100, chance)), goal * chance
    years = stage(100, effort(pilot, aim, level_of(1)), 0.0, 100, 100_000)
    found, look = Moments.of(differences(source, years, chance)), 1
    while effort(found, aim, level_of(look)) > 1.0 and found.count < 100_000:
        times = effort(found, aim, level_of(look + 1))
        more = stage(found.count, times, GROWTH, 100, 100_000) - found.count
        found, look = found + Moments.of(differences(source, more, chance)), look + 1
    return found.interval(level=level_of(look))


def stopping(source: Generator) -> Figures:
    """Ways to a relative half-width: planned stages with a look after each, or looking every 100 years."""
    for chance in (0.1, 0.01):
        for goal in (RELATIVE, 0.5):
            yield (
                f"differs in {chance:.0%} of years: stages to {goal:.0%}",
                staged(source, chance, goal),
                -chance,
            )
        values = differences(source, int(5000 / chance), chance)
        for goal in (RELATIVE, 0.5):
            found = (over_years(values[:n]) for n in range(100, values.size, 100))
            stop = next(i for i in found if i.high - i.low <= 2.0 * goal * abs(i.mean))
            yield f"differs in {chance:.0%} of years: looking until {goal:.0%}", stop, -chance


def one(repeat: int, years: int) -> list[tuple[str, bool, float, float]]:
    """Hit, half-width and truth of every figure."""
    source = Generator(Philox(key=SEED + repeat))
    found = [*figures(source, years, SEED + repeat), *stopping(source)]
    return [(name, i.low <= truth <= i.high, (i.high - i.low) / 2.0, truth) for name, i, truth in found]


def main() -> int:
    """Repeat, count, test; 1 if an interval that is used holds less often than it says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=2000)
    parser.add_argument("--years", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    began = time.perf_counter()
    with get_context("spawn").Pool(given.processes) as pool:
        parts = pool.map(partial(one, years=given.years), range(given.repeats), chunksize=20)
    names = [name for name, *_ in parts[0]]
    hits = np.array([[hit for _, hit, *_ in part] for part in parts]).sum(axis=0)
    halves = np.array([[half for *_, half, _ in part] for part in parts]).mean(axis=0)
    truths = [truth for *_, truth in parts[0]]
    low, high = (binom.ppf(p, given.repeats, 0.95) / given.repeats for p in (0.005, 0.995))
    print(f"{given.repeats} repetitions of {given.years} years, {time.perf_counter() - began:.0f} s on "
          f"{given.processes} processes; a true 95 % gives {low:.1%} to {high:.1%}")  # fmt: skip
    print(f"{'figure':44s} {'truth':>10s} {'+-':>10s} {'held':>8s}  p (held less often than 95 %)")
    for name, truth, half, hit in zip(names, truths, halves, hits, strict=True):
        chance = binom.cdf(hit, given.repeats, 0.95)
        print(f"{name:44s} {truth:10.4g} {half:10.3g} {hit / given.repeats:8.1%}  {chance:.3g}")

    OUT.mkdir(exist_ok=True)
    figure, axes = plt.subplots(figsize=(7, 1 + 0.2 * len(names)), layout="constrained")
    axes.axvspan(100 * low, 100 * high, color="0.9")
    axes.axvline(95, color="0.5", linewidth=1)
    axes.plot(100 * hits / given.repeats, range(len(names)), "o")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set(
        title="How often 95 % intervals hold the truth (grey: as often as they should)",
        xlabel="share of repetitions (%)",
    )
    figure.savefig(OUT / "forecast_intervals.png", dpi=150)
    used = [
        binom.cdf(hit, given.repeats, 0.95)
        for name, hit in zip(names, hits, strict=True)
        if "looking" not in name
    ]
    return 1 if min(used) < ERROR / len(used) else 0


if __name__ == "__main__":
    sys.exit(main())
