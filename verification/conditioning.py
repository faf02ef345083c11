"""Conditioning against rejection at a larger scale than the tests can afford.

For each case of the tests, worlds weighted to the record are compared with worlds of the free
model that happen to agree with it, under the scenario's own policy and under others. Writes a
table, and a plot of all z-scores beside the standard normal: one line if conditioning is exact.

    python verification/conditioning.py [--scale 4]
"""

# ruff: noqa: T201 - a script prints
from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import norm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.study.conditioning import CASES, Case  # noqa: E402 - the checkout is not a package
from tests.study.small import evidence, rejected, scores  # noqa: E402

from deactsim.model.compile import compile_plan  # noqa: E402
from deactsim.study.condition import condition  # noqa: E402
from deactsim.study.nights import conditioned, under  # noqa: E402

OUT = ROOT / "verification" / "out"
COLUMNS = (
    "time_to_detect", "stage_notice", "stage_word", "stage_pick_up", "stage_find_cause", "stage_authorise",
    "stage_restore", "dark_minutes", "stopped",
)  # fmt: skip


def measure(case: Case, seed: int, scale: float) -> tuple[list[float], str]:
    """All z-scores of one case, and its line of the table."""
    began = time.process_time()
    scenario = case.scenario
    own = compile_plan(scenario, "as-it-was", case.reading)
    worlds, tries = round(case.worlds * scale), round(case.tries * scale)
    found = condition(scenario, own, seed, worlds)
    kept = rejected(own, seed + 1000, tries, case.agrees)
    found_z: list[float] = []
    for policy in scenario.policies:
        plan = compile_plan(scenario, policy, case.reading)
        mine = conditioned(own, found) if plan == own else under(plan, found)
        theirs = conditioned(own, kept) if plan == own else under(plan, kept)
        names = tuple(
            name
            for name in COLUMNS
            if name in mine.columns and name in theirs.columns and name not in case.pinned
            and not (plan == own and name == "dark_minutes")
        )  # fmt: skip
        found_z += [z for z in scores(mine, theirs, names, case.blur).values() if z != 0.0]
    density, error = evidence(found, worlds)
    share = len(kept) / tries
    away = (density - share / case.window) / np.hypot(error, np.sqrt(share / tries) / case.window)
    spread = float(np.sqrt(np.mean(np.square(found_z))))
    effective = conditioned(own, found).effective
    line = (
        f"{worlds:7d} {effective:7.0f} {tries:7d} {len(kept):6d}   {density:9.5f} {share / case.window:9.5f} "
        f"{away:6.2f}   {len(found_z):4d} {spread:5.2f} {max(map(abs, found_z)):5.2f}"
    )
    return found_z, f"{line}  {time.process_time() - began:5.1f}"


def main() -> None:
    """Measure every case, print the table, draw the scores."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--scale", type=float, default=4.0, help="how many times the tests' numbers of worlds"
    )
    parser.add_argument("--seed", type=int, default=5000)
    given = parser.parse_args()
    print(f"{'case':52s} {'worlds':>7s} {'eff.':>7s} {'tries':>7s} {'kept':>6s}   {'density':>9s} {'counted':>9s} "
          f"{'z':>6s}   {'z s':>4s} {'rms':>5s} {'max':>5s}  {'CPU s':>5s}")  # fmt: skip
    every: list[float] = []
    for place, (name, case) in enumerate(CASES.items()):
        found, line = measure(case, given.seed + place, given.scale)
        every += found
        print(f"{name:52s} {line}", flush=True)
    beyond = sum(abs(z) > 3 for z in every)
    print(f"{len(every)} z-scores, rms {np.sqrt(np.mean(np.square(every))):.2f}, beyond 3: {beyond}")

    OUT.mkdir(exist_ok=True)
    ordered = np.sort(every)
    expected = norm.ppf((np.arange(ordered.size) + 0.5) / ordered.size)
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.plot(expected, expected, color="0.6", linewidth=1)
    axes.plot(expected, ordered, ".", markersize=3)
    axes.set(title="Weighing against trying: every comparison", xlabel="standard normal", ylabel="z-score")
    figure.savefig(OUT / "conditioning.png", dpi=150)


if __name__ == "__main__":
    main()
