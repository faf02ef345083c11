"""The memory of a forecast does not grow with its years.

    python benchmarks/memory.py [SCENARIO] [--policy A] [--years 50,200,...]

Each number of years is forecast by a process of its own, with one policy beside the scenario's own;
what it held at the most is what the system says when it ends.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from multiprocessing.connection import Connection

import deactsim


def forecast(scenario: str, policy: str, years: int, answer: Connection) -> None:
    """Send seconds and the most megabytes of a forecast."""
    began = time.perf_counter()
    deactsim.forecast(deactsim.load(scenario), policies=[policy], years=years, weeks=1)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    answer.send((time.perf_counter() - began, megabytes))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("scenario", nargs="?", default="scenarios/late-cut-off.yaml")
    parser.add_argument("--policy", default="same-day")
    parser.add_argument("--years", default="50,200,800")
    given = parser.parse_args()
    print(f"{given.scenario}, {given.policy} beside its own policy\n\n   years   seconds   MB at the most")
    context = multiprocessing.get_context("spawn")
    for years in (int(text) for text in given.years.split(",")):
        ours, theirs = context.Pipe()
        process = context.Process(target=forecast, args=(given.scenario, given.policy, years, theirs))
        process.start()
        seconds, megabytes = ours.recv()
        process.join()
        print(f"{years:8,d} {seconds:9.0f} {megabytes:16.0f}", flush=True)


if __name__ == "__main__":
    main()
