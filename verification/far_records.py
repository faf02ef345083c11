"""Records far from what is expected, against numerical integration of the stages.

A darkness of independent stages is met by weighing worlds, for records from the first percentile of the free model
to the last and beyond, and by convolving the stages' densities on a grid. Compared are the mean of each stage, the
density of the record, and the minutes that three policies save. Exits with 1 if a z-score is beyond 4.5 or their
root mean square is over 1.1; under 1 it may be, because worlds that take turns with the proposals scatter less
than independent ones, as which their errors are counted.

    python verification/far_records.py [--seeds 8]
"""

# ruff: noqa: T201 - a script prints
from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.study.chains import Chain, disagreements, far_out  # noqa: E402 - the checkout is not a package

from deactsim.model.compile import compile_plan  # noqa: E402
from deactsim.study.condition import condition  # noqa: E402
from deactsim.study.fit import fit_of  # noqa: E402
from deactsim.study.nights import conditioned  # noqa: E402

PERCENTILES = (1, 5, 25, 50, 75, 95, 99, 99.9)
MINUTES = (15, 30, 45, 60, 90, 120, 180, 300, 600)
WORLDS = 2000
#: No z-score may lie beyond the first, nor their root mean square beyond the other.
FAR, WIDE = 4.5, 1.1


def main() -> int:
    """Measure every record, print the table, and say whether all agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=8, help="so many repetitions of 2,000 worlds")
    given = parser.parse_args()
    chain = Chain(compile_plan(far_out(300), "as-it-was", "rule"), step=0.025, cells=28_000)
    print(f"{'record':>10s} {'effective':>9s} {'k':>6s} {'z s':>5s} {'rms':>5s} {'max':>5s}")
    every: list[float] = []
    for minutes in (*(chain.percentile(percent) for percent in PERCENTILES), *MINUTES):
        found = [
            z
            for seed in range(given.seeds)
            for z in disagreements(minutes, chain, WORLDS, 100 + seed).values()
        ]
        scenario = far_out(minutes)
        own = compile_plan(scenario, "as-it-was", "rule")
        worlds = condition(scenario, own, 100, WORLDS)
        tail = fit_of(scenario, worlds).tail
        rms = float(np.sqrt(np.mean(np.square(found))))
        print(
            f"{minutes:6.1f} min {conditioned(own, worlds).effective:9.0f} {tail or np.nan:6.2f} "
            f"{len(found):5d} {rms:5.2f} {max(map(abs, found)):5.2f}",
            flush=True,
        )
        every += found
    rms = float(np.sqrt(np.mean(np.square(every))))
    beyond = sum(abs(z) > FAR for z in every)
    print(f"{len(every)} z-scores, rms {rms:.2f}, largest {max(map(abs, every)):.2f}, beyond {FAR}: {beyond}")
    return int(beyond > 0 or rms > WIDE)


if __name__ == "__main__":
    sys.exit(main())
