"""How much sooner a forecast knows: variance times calendar events, against plain independent years.

    python benchmarks/variance.py [SCENARIO] [POLICY] [--years N]

For each cause and the paired difference in yearly audience-minutes between the scenario's own
policy and POLICY: what `deactsim forecast` needs (the same occurrences under both policies, in windows of
their own) beside two independent samples of whole years of the same model. A plain year costs all its
events; its variance is that of a compound Poisson sum. Both are per year simulated, so that the ratio
says how many times the events plain simulation needs for the same interval.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from deactsim import load
from deactsim.engines.reference.night import Night
from deactsim.model.causes import YEAR, occurrence
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
PROTECTED = occurrences.COLUMNS.index("protected_dark")


class Counting:
    """Runs an engine's night and counts the events of its calendar."""

    def __init__(self) -> None:
        self.events = 0

    def __call__(self, plan: Plan, world: World) -> Trace:
        night = Night(plan, world)
        night.env.run(until=night.over)
        self.events += next(night.env._eid)
        return Trace(plan, night.rows, night.missed)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", default="scenarios/platform-2017.yaml")
    parser.add_argument("policy", nargs="?", default="two-person")
    parser.add_argument("--years", type=int, default=60)
    options = parser.parse_args()
    scenario = load(options.scenario)
    plans = [compile_plan(scenario, name, None) for name in (scenario.baseline, options.policy)]
    counting = Counting()
    setattr(background, "run", counting)  # noqa: B010 - each run is counted
    start = year_start(scenario)
    plain_events = sum(year_events(plan, start) for plan in plans)
    protected = frozenset(scenario.forecast.protected) if scenario.forecast else frozenset()
    print(f"{options.scenario}: {scenario.baseline} against {options.policy}, {options.years} years")
    print(f"events of a plain year under both policies: {plain_events:,.0f}\n")
    print(
        "cause                           a year   events, plain / paired   variance, plain / paired    ratio"
    )
    for cause in compile_causes(scenario):
        if cause.per_year <= 0.0:
            continue
        counting.events = 0
        values = []
        for year in range(options.years):
            key = world_key(1, year)
            whole = World(key, start, start + YEAR)
            what = occurrence(whole, plans[0], cause, 0, start)
            world = occurrences.window(key, what)
            values.append(
                [occurrences.run_occurrence(plan, world, what, protected)[AUDIENCE] for plan in plans]
            )
        table = np.array(values)
        # A compound Poisson year: rate times the second moment; independent samples add up.
        plain = cause.per_year * float((table**2).mean(axis=0).sum())
        paired = cause.per_year**2 * float((table[:, 1] - table[:, 0]).var(ddof=1))
        events = counting.events / options.years
        ratio = plain * plain_events / (paired * events) if paired > 0.0 else float("inf")
        print(
            f"{cause.name:30s} {cause.per_year:8.3g} {plain_events:14,.0f} / {events:8,.0f}"
            f" {plain:14.3g} / {paired:9.3g} {ratio:10,.0f}"
        )
    print("\nratio inf: the difference is the same in every year, and known at once.")


def year_events(plan: Plan, start: int) -> float:
    """Calendar events of a year of routine under a plan, from one simulated day of each week half."""
    counting = Counting()
    for first in (1, 5):  # a Tuesday and a Saturday of January
        begin = start + first * DAY
        counting(replace(plan, incident=None), World(world_key(9, first), begin, begin + DAY))
    return counting.events / 2.0 * 365.25


if __name__ == "__main__":
    main()
