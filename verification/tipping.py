"""Tipping points: how often their interval holds the place that a closed form gives, and whether `--vary` agrees.

The account is dark for 11 minutes to the second; a review stops the act with chance c, a watchdog ends it after t.
The two change places where 11 (1 - c) = t: in the share (one world in eleven decides) and in the length. Each
repetition has worlds of its own, with weights as uneven as the record makes them. And at 2,000 worlds each tipping
point of every shipped scenario with an incident is shown by a comparison of it varied to either side.

Exits with 1 if an interval holds the truth in so few repetitions that a true 95 % would in under one of a thousand, or
if a comparison does not agree.

    python verification/tipping.py [--repeats 400] [--worlds 400]
"""

# ruff: noqa: T201 - a script prints
from __future__ import annotations

import argparse
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from scipy.stats import binom

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.study.small import small  # noqa: E402 - the checkout is not a package
from tests.study.tips import POLICIES, agree_with_vary  # noqa: E402

from deactsim.scenario.load import load  # noqa: E402
from deactsim.scenario.stated import Distribution  # noqa: E402
from deactsim.stats.paired import mean_interval  # noqa: E402
from deactsim.stats.weighted import mean_interval as normal_interval  # noqa: E402
from deactsim.study.results import Decision  # noqa: E402
from deactsim.study.sensitivity import Evenings  # noqa: E402
from deactsim.study.tipping import tip  # noqa: E402

MINUTE = 60_000_000
SEED = 90_000
#: Case: better, worse, what is moved, what stands there at first, where they change places, and that as a number.
CASES: dict[str, tuple[str, str, str, str, Any, float]] = {
    "share, one world in 11 decides": (
        "two", "watchdog", "policies.two.approval.catches", POLICIES, 10.0 / 11.0, 10.0 / 11.0,
    ),
    "share, one world in 2 decides": (
        "two", "watchdog", "policies.two.approval.catches",
        POLICIES.replace("{after: 1 min}", "{after: 5.5 min}"),
        0.5, 0.5,
    ),
    "length": (
        "watchdog", "two", "policies.watchdog.automatic_restore.after", POLICIES.replace("100%", "70%"),
        Distribution("fixed", (("value", 3.3 * MINUTE),)), 3.3,
    ),
}  # fmt: skip


def number(text: str | None, open_end: float) -> float:
    """A printed end as a number: a share, or minutes."""
    if text is None:
        return open_end
    if text.endswith("%"):
        return float(text[:-1]) / 100.0
    parts = text.split()
    return sum(
        float(n) * {"s": 1 / 60, "min": 1, "h": 60}[unit]
        for n, unit in zip(parts[::2], parts[1::2], strict=True)
    )


def once(case: str, worlds: int, seed: int) -> tuple[bool, bool, bool, float] | None:
    """Whether the test at the true place does not reject, a normal one does not, what is printed holds it; its width.

    None where no tipping point is printed.
    """
    better, worse, path, policies, place, true = CASES[case]
    evenings = Evenings(small(policies=policies), "meant", seed, worlds)
    few = Evenings(evenings.scenario, "meant", seed, min(worlds, 500))
    leaf = evenings.leaves[path]
    found = tip(evenings, few, better, worse, Decision(path, "", "", leaf.basis, "", "", 0.0, 0.0))
    one, other = (evenings.under(policy, path, place) for policy in (worse, better))
    apart = one.column("dark_minutes") - other.column("dark_minutes")
    given = apart, one.weights, one.clusters
    holds = [each.low <= 0.0 <= each.high for each in (mean_interval(*given), normal_interval(*given))]
    if found is None:
        return None
    low, high = number(found.low_text, 0.0), number(found.high_text, float("inf"))
    return holds[0], holds[1], low - 1e-9 <= true <= high + 1e-9, high - low


def main() -> int:
    """Count, and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--worlds", default="400")
    asked = parser.parse_args()
    begun, failed = time.process_time(), False
    least = binom.ppf(0.001, asked.repeats, 0.95) / asked.repeats
    print(f"{asked.repeats} repetitions; at least {100 * least:.1f} % are to hold the truth")
    print("| case | worlds | place | mean width | test | printed | normal test |")
    print("|---|---|---|---|---|---|---|")
    for worlds in map(int, asked.worlds.split(",")):
        for case in CASES:
            results = list(map(partial(once, case, worlds), range(SEED, SEED + asked.repeats)))
            known = [each for each in results if each is not None]
            test, normal, printed, width = (sum(column) / len(known) for column in zip(*known, strict=True))
            print(
                f"| {case} | {worlds:,} | {CASES[case][5]:.3g} | {width:.3g} | {100 * test:.1f} % | "
                f"{100 * printed:.1f} % | {100 * normal:.1f} % |"
                + f" {len(results) - len(known)} without"
                * (len(known) < len(results)),
                flush=True,
            )
            failed |= min(test, printed) < least or len(known) < len(results)
    for path in sorted((ROOT / "scenarios").glob("*.yaml")):
        scenario = load(path)
        if scenario.incident is not None:
            print(
                f"{path.name}: {agree_with_vary(scenario, 2000, 1)} tipping points, shown by --vary",
                flush=True,
            )
    print(f"{time.process_time() - begun:.0f} s of CPU")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
