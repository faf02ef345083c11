"""Queues whose steady state has a closed form: friction is measured when they have settled, and its intervals hold it.

Waits of reports and of what approvers are asked, at loads from 0.3 to 0.98, for one server and several, on day shifts
and on five days of seven whichever they are: the mean of as many seeds as are asked for, and how often the 95 %
intervals hold the truth. At a load of 0.9 they must do so in 90 % of the repetitions.

    python verification/settled_queues.py [--repeats 400] [--processes 2]
"""

# ruff: noqa: T201 - a script prints
from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.study.queues import desk, wait_of_many, wait_of_one

from deactsim.model.plan import Plan
from deactsim.study.friction import routine_weeks
from deactsim.study.settling import stretch

UNTIL = 1_700_000_000 * 1_000_000
WORKDAYS, OTHER_DAYS = "Mon-Fri 09:00-17:00 UTC", "Wed-Sun 09:00-17:00 UTC"
#: The least share of intervals that hold the truth, and the most z of a mean.
LEAST, MOST_Z = 0.90, 4.0
#: Repetitions of a case whose coverage is not the question.
FEW = 40


@dataclass(frozen=True)
class Case:
    """A queue: its plan, a measure of its friction, and what that is in the steady state."""

    name: str
    plan: Callable[[], Plan]
    measure: str
    truth: float
    many: bool = False


def cases() -> list[Case]:
    """Every queue."""
    found = []
    for load in (0.3, 0.6, 0.8, 0.9, 0.95, 0.98):
        for kind, handling, square in (
            ("M/M/1", "exponential mean 30 min", 0.5),
            ("M/D/1", "30 min", 0.25),
        ):
            plan = partial(desk, per_hour=2 * load, handling=handling)
            truth = wait_of_one(2 * load, 0.5, square)
            found.append(Case(f"{kind} at {load}: reports", plan, "report_wait", truth, many=load == 0.9))
    for people, load in ((3, 0.6), (3, 0.9), (10, 0.95)):
        plan = partial(desk, people=people, per_hour=2 * people * load, handling="exponential mean 30 min")
        truth = wait_of_many(people, 2 * people * load, 0.5)
        found.append(Case(f"M/M/{people} at {load}: reports", plan, "report_wait", truth))
    gaps = 60.0 * (4 * 16**2 + 64**2) / 2 / 168
    for days in (WORKDAYS, OTHER_DAYS):
        plan = partial(desk, people=60, shift=days, per_hour=2.0, handling="1 min")
        found.append(Case(f"{days[:7]}, people enough: reports", plan, "report_wait", gaps))
    daily = 60.0 * 7 * 16**2 / 2 / 168
    plan = partial(desk, people=60, shift="09:00-17:00 UTC", per_hour=2.0, handling="1 min")
    found.append(Case("every day, people enough: reports", plan, "report_wait", daily))
    asked = {"people": 100, "actioned": "100%", "handling": "1 s", "review": "exponential mean 30 min"}
    plan = partial(desk, "asked", per_hour=1.8, **asked)
    found += [
        Case("M/M/1 at 0.9: held", plan, "minutes_held", 300.0, many=True),
        Case("M/M/1 at 0.9: held, p95", plan, "minutes_held_p95", 300.0 * math.log(20.0), many=True),
        Case("M/M/1 at 0.9: approver hours", plan, "approver_hours", 151.2, many=True),
    ]
    plan = partial(desk, "asked", people=9, leads=30, leads_shift=WORKDAYS, actioned="100%", handling="1 min")
    found.append(Case("approvers on work days: hours", plan, "approver_hours", 84.0))
    return found


def estimated(number: int, seed: int) -> tuple[float, float, float]:
    """A case's figure and its interval, by a seed."""
    case = cases()[number]
    plan = case.plan()
    found = routine_weeks(plan, seed, stretch([plan], UNTIL, 52)).estimates()[case.measure]
    return found.mean, found.low, found.high


def main() -> None:
    """Print a line for each queue; exit code 1 if one does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    began, failed = time.perf_counter(), False
    print(f"{'queue':<36} {'truth':>8} {'mean':>8} {'z':>5} {'half':>7} {'held':>7} of")
    with get_context("spawn").Pool(asked.processes) as pool:
        for number, case in enumerate(cases()):
            repeats = asked.repeats if case.many else min(FEW, asked.repeats)
            found = np.array(pool.starmap(estimated, [(number, seed) for seed in range(1, repeats + 1)], 4))
            mean, low, high = found.T
            z = (mean.mean() - case.truth) / (mean.std(ddof=1) / np.sqrt(repeats))
            held = float(np.mean((low <= case.truth) & (case.truth <= high)))
            # A bin of the percentile is 0.9 % wide, and a settled queue is a settled queue but for 1 %.
            off = abs(mean.mean() / case.truth - 1.0)
            bad = (abs(z) > MOST_Z and off > 0.02) or (case.many and held < LEAST)
            failed |= bad
            half = float(np.mean(high - low)) / 2.0
            print(
                f"{case.name:<36} {case.truth:8.1f} {mean.mean():8.1f} {z:5.1f} {half:7.1f} {held:7.1%} {repeats}"
                + ("  FAILS" if bad else "")
            )
    print(f"{time.perf_counter() - began:.0f} s")
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
