"""How much sooner a forecast knows: variance times calendar events, against plain independent years.

    python benchmarks/variance.py [SCENARIO] [--policies A,B,...] [--years N]

For each cause and policy, of the paired difference in yearly audience-minutes to the scenario's own policy:
what `deactsim forecast` needs (the same occurrences under both policies, in windows of their own) beside two
independent samples of whole years of the same model. A plain year costs all its events; its variance is
that of a compound Poisson sum. Both are per year simulated, so that the ratio says how many times the
events plain simulation needs for the same interval.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deactsim import load
from deactsim.engines.reference.night import Night
from deactsim.model.causes import YEAR, CausePlan, occurrence
from deactsim.model.compile import compile_plan
from deactsim.model.compile_causes import compile_causes
from deactsim.model.plan import Plan
from deactsim.model.shifts import DAY
from deactsim.model.streams import world_key
from deactsim.model.trace import Trace
from deactsim.model.world import World
from deactsim.study import background, occurrences
from deactsim.study.forecast import year_start

AUDIENCE = occurrences.COLUMNS.index("audience_minutes")
Array = NDArray[np.float64]


class Counting:
    """Runs an engine's night and counts the events of its calendar."""

    def __init__(self) -> None:
        self.events = 0

    def __call__(self, plan: Plan, world: World, *more: Any) -> Trace:
        night = Night(plan, world, *more)
        night.env.run(until=night.over)
        self.events += next(night.env._eid)
        return Trace(plan, night.rows, night.missed)


def year_events(plan: Plan, start: int) -> float:
    """Calendar events of a year of routine under a plan, from one simulated day of each week half."""
    counting = Counting()
    for first in (1, 5):  # a Tuesday and a Saturday of January
        begin = start + first * DAY
        counting(replace(plan, incident=None), World(world_key(9, first), begin, begin + DAY))
    return counting.events / 2.0 * 365.25


def occurrences_of(
    cause: CausePlan, plans: list[Plan], years: int, start: int, counting: Counting
) -> tuple[Array, Array]:
    """Audience-minutes of one occurrence a year (years, plans), and events of one (plans,)."""
    values, events = np.zeros((years, len(plans))), np.zeros(len(plans))
    for year in range(years):
        key = world_key(1, year)
        what = occurrence(World(key, start, start + YEAR), plans[0], cause, 0, start)
        world = occurrences.window(key, what)
        for place, plan in enumerate(plans):
            before = counting.events
            # Which tiers are protected makes no difference to the audience.
            values[year, place] = occurrences.run_occurrence(plan, world, what, frozenset())[AUDIENCE]
            events[place] += (counting.events - before) / years
    return values, events


def ratios(rate: float, values: Array, events: Array, plain_events: Array) -> Array:
    """(plans,) how many times the events plain years need; the first plan is the baseline."""
    # A compound Poisson year: rate times the second moment; independent samples add up.
    second = rate * (values**2).mean(axis=0)
    plain = (second + second[0]) * (plain_events + plain_events[0])
    paired = rate**2 * (values - values[:, :1]).var(axis=0, ddof=1) * (events + events[0])
    return np.asarray(np.divide(plain, paired, out=np.full(len(events), np.inf), where=paired > 0.0))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("scenario", nargs="?", default="scenarios/platform-2017.yaml")
    parser.add_argument("--policies", default="")
    parser.add_argument("--years", type=int, default=20)
    given = parser.parse_args()
    scenario = load(given.scenario)
    names = [name for name in given.policies.split(",") if name] or list(scenario.policies)
    names = [scenario.baseline, *(name for name in names if name != scenario.baseline)]
    plans = [compile_plan(scenario, name, None) for name in names]
    start = year_start(scenario)
    plain_events = np.array([year_events(plan, start) for plan in plans])
    counting = Counting()
    setattr(background, "run", counting)  # noqa: B010 - each run is counted
    print(f"{given.scenario}: events times variance of the paired difference to {scenario.baseline},")
    print(f"plain independent years over paired occurrences, from {given.years} years")
    print(f"events of a plain year under {scenario.baseline}: {plain_events[0]:,.0f}\n")
    causes = [cause for cause in compile_causes(scenario) if cause.per_year > 0.0]
    columns = []
    for cause in causes:
        values, events = occurrences_of(cause, plans, given.years, start, counting)
        columns.append(ratios(cause.per_year, values, events, plain_events))
    width = max(len(name) for name in names) + 1
    for index, cause in enumerate(causes):
        print(f"  {chr(65 + index)}  {cause.name}, {cause.per_year:.3g} a year")
    print(f"\n{'policy':{width}s}" + "".join(f"{chr(65 + i):>11s}" for i in range(len(causes))))
    for place, name in enumerate(names[1:], start=1):
        cells = (
            f"{column[place]:11.2g}" if np.isfinite(column[place]) else f"{'same':>11s}" for column in columns
        )
        print(f"{name:{width}s}" + "".join(cells))
    print("\nsame: no occurrence differs, which paired occurrences show at once")


if __name__ == "__main__":
    main()
