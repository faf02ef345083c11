"""How often 95 % intervals of the eleven minutes hold what they are to hold.

Each repetition replays scenarios/trump.yaml with worlds of its own; the truth is the pooled
answer of very many. Shares stopped, mean minutes dark and their paired differences, and the median
under an alert: the figures that a comparison prints, with weights as uneven as they really are.

    python verification/coverage.py [--repeats 400] [--worlds 300]
"""

# ruff: noqa: T201 - a script prints
from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import binom

from deactsim.model.compile import compile_plan
from deactsim.scenario.load import load
from deactsim.stats.weighted import Interval, mean, mean_interval, quantile, quantile_interval, share_interval
from deactsim.study.condition import condition
from deactsim.study.nights import Nights, conditioned, under

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "verification" / "out"
SHARES = ("protected-list", "two-person", "separate-duties", "rubber-stamp", "cool-off-watched", "layered")
MINUTES = ("vip-alert", "undo-button", "preauthorised", "two-person", "more-on-call")
SEED = 70_000


def figures(tables: dict[str, Nights]) -> dict[str, tuple[Interval, float]]:
    """Every interval of one repetition, and the estimate that its truth is the pool of."""
    base = tables["as-in-2017"]
    weights, clusters = base.weights, base.clusters
    found = {}
    for name in SHARES:
        yes = tables[name].stopped
        found[f"share stopped, {name}"] = (
            share_interval(yes, weights, clusters),
            mean(yes.astype(np.float64), weights),
        )
    for name in MINUTES:
        change = tables[name].column("dark_minutes") - base.column("dark_minutes")
        found[f"minutes saved, {name}"] = mean_interval(change, weights, clusters), mean(change, weights)
    dark = tables["vip-alert"].column("dark_minutes")
    for p in (0.25, 0.5, 0.75):
        found[f"quantile {p:g} of minutes, vip-alert"] = (
            quantile_interval(dark, weights, p, clusters),
            quantile(dark, weights, p),
        )
    notice = base.column("stage_notice")
    found["mean time to notice"] = mean_interval(notice, weights, clusters), mean(notice, weights)
    return found


def joined(parts: list[dict[str, Nights]]) -> dict[str, Nights]:
    """All repetitions as one."""
    whole = {}
    for name in parts[0]:
        some = [part[name] for part in parts]
        columns = {
            column: np.concatenate([each.column(column) for each in some])
            for column in ("dark_minutes", "stopped", "stage_notice")
        }
        weights = np.concatenate([each.weights for each in some])
        whole[name] = Nights(columns, weights, np.arange(weights.size), ((),) * weights.size)
    return whole


def main() -> None:
    """Repeat, pool, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--worlds", type=int, default=300)
    given = parser.parse_args()
    began = time.process_time()
    scenario = load(ROOT / "scenarios" / "trump.yaml")
    own = compile_plan(scenario, scenario.baseline, "deliberate")
    plans = {name: compile_plan(scenario, name, "deliberate") for name in dict.fromkeys((*SHARES, *MINUTES))}
    parts, effective = [], []
    for repeat in range(given.repeats):
        found = condition(scenario, own, SEED + repeat, given.worlds)
        part = {scenario.baseline: conditioned(own, found)}
        parts.append(part | {name: under(plan, found) for name, plan in plans.items()})
        effective.append(part[scenario.baseline].effective)
    truth = {name: value for name, (_, value) in figures(joined(parts)).items()}
    hits: defaultdict[str, int] = defaultdict(int)
    widths: defaultdict[str, list[float]] = defaultdict(list)
    for part in parts:
        for name, (interval, _) in figures(part).items():
            hits[name] += interval.low <= truth[name] <= interval.high
            widths[name].append((interval.high - interval.low) / 2)

    low, high = (binom.ppf(p, given.repeats, 0.95) / given.repeats for p in (0.005, 0.995))
    print(f"{given.repeats} repetitions of {given.worlds} worlds ({np.mean(effective):.0f} effective), "
          f"{time.process_time() - began:.0f} s of CPU; a true 95 % gives {low:.1%} to {high:.1%}")  # fmt: skip
    print(f"{'figure':40s} {'truth':>9s} {'+-':>8s} {'covered':>8s}")
    shares = {name: hits[name] / given.repeats for name in truth}
    for name, value in truth.items():
        print(f"{name:40s} {value:9.4f} {np.mean(widths[name]):8.4f} {shares[name]:8.1%}")

    OUT.mkdir(exist_ok=True)
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    axes.axvspan(100 * low, 100 * high, color="0.9")
    axes.axvline(95, color="0.5", linewidth=1)
    axes.plot([100 * shares[name] for name in truth], range(len(truth)), "o")
    axes.set_yticks(range(len(truth)), list(truth))
    axes.invert_yaxis()
    axes.set(
        title="How often 95 % intervals hold the truth (grey: as often as they should)",
        xlabel="share of repetitions (%)",
    )
    figure.savefig(OUT / "coverage.png", dpi=150)


if __name__ == "__main__":
    main()
