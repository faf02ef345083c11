"""Slips of routine work as a compound Poisson process, and a lone responder as an M/G/1 queue.

With people enough nobody waits for anybody: the number of slips in a week is Poisson, their dark minutes are
independent sums of stages, and the cumulants of the week's minutes are the rate times the moments of one slip's. With
one responder pages queue up, and Pollaczek and Khinchine say how long.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from deactsim.engines.chosen import run
from deactsim.model.compile import compile_plan
from deactsim.model.shifts import DAY
from deactsim.model.states import Event, Reason
from deactsim.model.streams import world_key
from deactsim.model.world import World
from deactsim.scenario.load import loads

from .check import Array, Check, fits, mean, ratio, share
from .worlds import MINUTE, MONDAY

PART = "Slips"
WEEK = 7 * DAY

TEXT = """
deactsim: 1
title: Slips
zone: UTC
platform:
  commands: {{deactivate: {{undo: restore}}, restore: {{}}}}
  tiers: {{ordinary: {{accounts: 1k}}}}
teams:
  support: {{headcount: 50, may: {{deactivate: [ordinary]}}}}
  oncall:  {{headcount: {responders}}}
reports:
  ordinary: {{command: deactivate, rate: {rate}, actioned: {actioned}, slip: {slip},
             handling: "median 4 min, p90 12 min"}}
detection:
  colleague: {{delay: exponential mean 20 min}}
  actor:     {{delay: exponential mean 5 min, chance: 60%}}
  word_reaches_platform: {{delay: 1 min}}
response:
  by: oncall
  pick_up:    uniform 1 min to 5 min
  find_cause: exponential mean 3 min
  authorise:  triangular 0 min, 1 min, 2 min
  restore:    weibull shape 2, scale 4 min
baseline: plain
policies: {{plain: {{}}}}
"""
FEW = {"rate": "20 per day", "actioned": "50%", "slip": "6%"}
#: A busy desk of one: responders' work of about ten minutes, every quarter of an hour.
BUSY = {"rate": "4 per hour", "actioned": "100%", "slip": "100%"}


@dataclass(frozen=True, slots=True)
class Slips:
    """Week by week: how many slips, and their dark minutes and minutes of waiting for a responder."""

    number: Array
    minutes: Array
    waited: Array


def simulate(responders: int, weeks: int, seed: int = 6) -> Slips:
    """Routine weeks, a day's warm-up before each; what was dark is followed to its end."""
    given = FEW if responders > 1 else BUSY
    plan = compile_plan(loads(TEXT.format(responders=responders, **given)), "plain", None)
    found = np.zeros((weeks, 3))
    for week in range(weeks):
        begin, end = MONDAY, MONDAY + WEEK
        world = World(world_key(seed + responders, week), begin - DAY, end + 2 * DAY)
        since: dict[int, int] = {}
        paged: dict[int, int] = {}
        for time, event, entity, _, reason in run(plan, world).rows:
            if event == Event.REQUESTED and reason == Reason.SLIPPED and begin <= time < end:
                since[entity] = time
                found[week, 0] += 1
            elif event == Event.VISIBLE and entity in since:
                found[week, 1] += (time - since.pop(entity)) / MINUTE
            elif event == Event.PAGED and entity in since:
                paged[entity] = time
            elif event == Event.RESPONDER_TAKES and entity in paged:
                found[week, 2] += (time - paged.pop(entity)) / MINUTE
        if since:
            raise AssertionError("a slip of the week was still dark two days after it")
    return Slips(*found.T)


def job(_: object, given: tuple[int, int]) -> Slips:
    """Weeks of one kind, for a worker."""
    return simulate(*given)


def _moments(cumulants: Array) -> Array:
    """Raw moments 1 to 4 from cumulants."""
    k1, k2, k3, k4 = cumulants
    return np.array(
        [
            k1,
            k2 + k1**2,
            k3 + 3 * k2 * k1 + k1**3,
            k4 + 4 * k3 * k1 + 3 * k2**2 + 6 * k2 * k1**2 + k1**4,
        ]
    )


def _cumulants(moments: Array) -> Array:
    """Cumulants 1 to 4 from raw moments."""
    m1, m2, m3, m4 = moments
    return np.array(
        [
            m1,
            m2 - m1**2,
            m3 - 3 * m2 * m1 + 2 * m1**3,
            m4 - 4 * m3 * m1 - 3 * m2**2 + 12 * m2 * m1**2 - 6 * m1**4,
        ]
    )


_ORDERS = np.arange(1, 5)


def _exponential(mean_minutes: float) -> Array:
    """Raw moments 1 to 4."""
    return np.array([math.factorial(n) * mean_minutes**n for n in _ORDERS])


def work_cumulants() -> Array:
    """Cumulants of a responder's work on one slip: pick-up, cause, authorising, restoring."""
    uniform = np.array([(5.0 ** (n + 1) - 1.0) / (4.0 * (n + 1)) for n in _ORDERS])
    # Triangular on 0, 1, 2: the sum of two even draws between 0 and 1.
    half = _cumulants(np.array([1.0 / (n + 1) for n in _ORDERS]))
    weibull = np.array([4.0**n * math.gamma(1.0 + n / 2.0) for n in _ORDERS])
    total: Array = _cumulants(uniform) + _cumulants(_exponential(3.0)) + 2.0 * half + _cumulants(weibull)
    return total


def dark_cumulants() -> Array:
    """Cumulants of one slip's dark minutes where nobody has to wait: notice, then the work."""
    alone, both = _exponential(20.0), _exponential(1.0 / (1.0 / 20.0 + 1.0 / 5.0))
    total: Array = _cumulants(0.4 * alone + 0.6 * both) + work_cumulants()
    return total


def checks_of(few: Slips, busy: Slips) -> list[Check]:
    """Compound Poisson weeks, and the waits of a lone responder."""
    rate = 20.0 * 7.0 * 0.5 * 0.06
    weeks = few.number.size
    moments = _moments(dark_cumulants())
    k = rate * moments  # the cumulants of the week's minutes
    found = [mean(PART, "slips a week: mean", rate, few.number)]
    # The variance of a sample's variance, from the cumulants of the law.
    for name, values, k2, k4 in (
        ("slips a week: variance", few.number, rate, rate),
        ("dark minutes a week: variance", few.minutes, k[1], k[3]),
    ):
        error = math.sqrt(k4 / weeks + 2.0 * k2**2 / (weeks - 1))
        got = float(np.var(values, ddof=1))
        found.append(Check(PART, name, k2, got, got - 1.96 * error, got + 1.96 * error, (got - k2) / error))
    found.insert(2, mean(PART, "dark minutes a week: mean", k[0], few.minutes))
    found.append(ratio(PART, "dark minutes a slip: mean", moments[0], few.minutes, few.number))
    # Minutes against numbers: their covariance is the rate times the mean of one.
    product = (few.number - rate) * (few.minutes - k[0])
    found.append(mean(PART, "slips and minutes a week: covariance", k[0], product))
    found += [
        share(PART, f"weeks with {n} slips", stats.poisson.pmf(n, rate), int((few.number == n).sum()), weeks)
        for n in (0, 1, 2, 4, 8)
    ]
    bins = np.arange(0, 12)
    seen = np.bincount(np.minimum(few.number, bins[-1]).astype(int), minlength=bins.size)
    law = np.append(stats.poisson.pmf(bins[:-1], rate), stats.poisson.sf(bins[-1] - 1, rate))
    test = stats.chisquare(seen, law * weeks)
    found.append(
        fits(
            PART,
            "slips a week: all of Poisson's law (chi square)",
            test.pvalue,
            test.statistic,
            bins.size - 1,
        )
    )
    work = _moments(work_cumulants())
    arrivals = 4.0 / 60.0
    load = arrivals * work[0]
    wait = arrivals * work[1] / (2.0 * (1.0 - load))
    name = f"one responder, load {load:.2f}: mean wait (min, M/G/1)"
    found.append(ratio(PART, name, wait, busy.waited, busy.number))
    name = "one responder: dark minutes a slip"
    found.append(ratio(PART, name, dark_cumulants()[0] + wait, busy.minutes, busy.number))
    return found


def all_slips(scale: float) -> list[tuple[int, int]]:
    """Weeks with people enough, and weeks with one responder."""
    return [(60, round(3_000 * scale)), (1, round(60 * scale))]
