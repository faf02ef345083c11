"""How often the 95 % intervals of a forecast hold the truth on shipped fleets, for every policy, at 30 and 100 years.

The expected years of a fleet are simulated once; what they are on average is the truth of a population from which
years are then drawn again and again. Of every policy's minutes dark and protected minutes, and of their differences
to the baseline, it is counted how often the interval holds it, and how often CAREFUL says that few years carry it.
A figure fails if it is held less often than 95 %, by a binomial test corrected for the number of figures, and
the program does not say CAREFUL of it in most of the samples.

    python verification/forecast_fleets.py [--repeats 1000] [--years 6000]
"""

# ruff: noqa: T201 - a script prints
from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray
from scipy.stats import binom

from deactsim.model.causes import YEAR
from deactsim.model.compile import compile_plan
from deactsim.model.compile_causes import compile_causes
from deactsim.scenario.load import load
from deactsim.stats import yearly
from deactsim.stats.yearly import CARRIED, Moments
from deactsim.study.forecast import year_start
from deactsim.study.forecast_totals import BEATEN, BLOCK, Block
from deactsim.study.forecast_years import Fleet, Found, Job, Shared, work
from deactsim.study.settling import stretch

Array = NDArray[np.float64]
FLEETS = ("small-saas", "late-cut-off")
SIZES = (30, 100)
SEED = 91_000
#: The chance at which a proof may fail though all is right.
ERROR = 0.01
OF_FREQUENT = 8


@dataclass(frozen=True)
class Held:
    """How often a figure of one policy was held, and how often CAREFUL would be said of it."""

    fleet: str
    size: int
    figure: str
    held: int
    careful: int
    missed_in_silence: int
    repeats: int

    def chance(self) -> float:
        """Of so few hits or fewer, if 95 % are true."""
        return float(binom.cdf(self.held, self.repeats, 0.95))


def years_of(name: str, years: int) -> tuple[list[str], Array]:
    """The policies of a fleet, the baseline first, and (years, policies, measures) of expected years."""
    scenario = load(f"scenarios/{name}.yaml")
    assert scenario.forecast is not None  # noqa: S101 - fleets have one
    names = [scenario.baseline, *(each for each in scenario.policies if each != scenario.baseline)]
    plans = tuple(compile_plan(scenario, each, None) for each in names)
    causes = compile_causes(scenario)
    protected = frozenset(scenario.forecast.protected)
    shared = Shared(
        fleets=(Fleet(plans, causes),),
        episodes=tuple(
            yearly.episodes_needed(cause.per_year) if cause.per_year <= yearly.COMPOSED else OF_FREQUENT
            for cause in causes
        ),
        protected=protected,
        seed=SEED,
        start=year_start(scenario),
        method="episodes",
        stretch=stretch(plans, year_start(scenario) + YEAR, 1),
    )
    able = np.array([any(target.tier in protected for target in cause.targets) for cause in causes])
    parts = []
    for first in range(0, years, BLOCK):
        found = work(shared, Job(first, BLOCK))
        assert isinstance(found, Found)  # noqa: S101 - weeks were not asked for
        block = Block(found, causes, able, "episodes", SEED, first, BLOCK)
        parts.append(
            np.stack(
                [
                    np.stack(
                        [block.by_cause(block.column(plan, name)).sum(axis=1) for name in BEATEN], axis=1
                    )
                    for plan in range(len(plans))
                ],
                axis=1,
            )
        )
    return names, np.concatenate(parts)


def figures(names: list[str], values: Array) -> tuple[list[str], Array]:
    """What is looked at, and (years, figures): means and differences that spread at all."""
    found, columns = [], []
    for place, name in enumerate(names):
        for at, measure in enumerate(BEATEN):
            one = values[:, place, at]
            for what, column in ((measure, one), (f"difference in {measure}", one - values[:, 0, at])):
                if column.std() > 0.0:
                    found.append(f"{what} of {name}")
                    columns.append(column)
    return found, np.stack(columns, axis=1)


def counted(fleet: str, repeats: int, years: int) -> Iterator[Held]:
    """Every figure of a fleet at every size."""
    names, columns = figures(*years_of(fleet, years))
    truth = columns.mean(axis=0)
    for size in SIZES:
        source = Generator(Philox(key=SEED + size))
        held, careful, silent = (np.zeros(len(names), dtype=np.int64) for _ in range(3))
        for _ in range(repeats):
            moments = Moments.of(columns[source.integers(0, len(columns), size)])
            for place in range(len(names)):
                found = moments.interval(place)
                hit = found.low <= truth[place] <= found.high
                few = moments.carried(place) < CARRIED
                held[place] += hit
                careful[place] += few
                silent[place] += not hit and not few
        for at, name in enumerate(names):
            yield Held(fleet, size, name, int(held[at]), int(careful[at]), int(silent[at]), repeats)


def main() -> int:
    """Count, test, and say what fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=1000)
    parser.add_argument("--years", type=int, default=6000)
    given = parser.parse_args()
    rows = [row for fleet in FLEETS for row in counted(fleet, given.repeats, given.years)]
    failed = 0
    print(f"{given.repeats} samples of {given.years} years of each fleet, {len(rows)} figures")
    print(
        f"{'fleet':13s} {'years':>5s}  {'figure':52s} {'held':>7s} {'CAREFUL':>8s} {'missed, not said':>17s}"
    )
    for row in rows:
        short = row.chance() < ERROR / len(rows)
        fails = short and row.careful < row.repeats / 2
        failed += fails
        mark = "  FAILS" if fails else "  short" if short else ""
        shares = (row.held, row.careful, row.missed_in_silence)
        held, careful, silent = (f"{each / row.repeats:.1%}" for each in shares)
        print(f"{row.fleet:13s} {row.size:5d}  {row.figure:52s} {held:>7s} {careful:>8s} {silent:>17s}{mark}")
    print("every interval holds, or most samples say CAREFUL" if not failed else f"{failed} figures fail")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
