"""Whether numba gets the same bits as Python from what a world is drawn with.

    pip install numba && python benchmarks/bits.py [--arguments 300000]

A compiled engine (docs/design/engines.md) can equal the reference only where these do. numba is
needed for nothing else, and is not among the dependencies.
"""

from __future__ import annotations

import argparse
import importlib
import math
import time

from deactsim.model.lengths import normal_quantile
from deactsim.model.streams import draw


def functions() -> dict[str, object]:
    """What lengths are made of, each of a number between 0 and 1."""
    return {
        "normal quantile": normal_quantile,
        "logarithm": lambda u: math.log(u),
        "exponential": lambda u: math.exp(40.0 * u - 20.0),
        "power": lambda u: (-math.log(1.0 - u)) ** (1.0 / 1.7),
        "square root": lambda u: math.sqrt(u),
    }


def main() -> None:
    """Print how many arguments disagree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--arguments", type=int, default=300_000)
    given = parser.parse_args()
    numba = importlib.import_module("numba")
    arguments = [draw(77, number, 3) for number in range(given.arguments)]
    print(f"numba {numba.__version__}, {given.arguments:,} arguments each")
    for name, function in functions().items():
        began = time.perf_counter()
        compiled = numba.njit(function)
        compiled(0.5)
        seconds = time.perf_counter() - began
        unequal = sum(compiled(u) != function(u) for u in arguments)  # type: ignore[operator]
        print(f"{name:18s} {unequal:9,d} unequal, compiled in {seconds:.2f} s")


if __name__ == "__main__":
    main()
