"""Speed, memory and precision of deactsim in one table: `make bench`.

Each command is run in a process of its own, and the commands take turns: a machine that slows
down for a while slows all of them. Times are medians over the rounds; `over bare` is what is left when
the start of Python itself is taken off. Limits are those the project set itself; a figure beyond
its limit is marked, and judged by a person: other machines, other figures.
"""

from __future__ import annotations

import math
import os
import platform
import statistics
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

import deactsim
from deactsim.engines.reference.night import Night, run
from deactsim.model.compile import compile_plan
from deactsim.model.plan import Plan
from deactsim.model.streams import world_key
from deactsim.model.world import WEEK, World
from deactsim.study.condition import new_worlds

ROOT = Path(__file__).resolve().parent.parent
DEACTSIM = str(Path(sysconfig.get_path("scripts")) / "deactsim")
SCENARIO = "scenarios/trump.yaml"
POLICY = "vip-alert"
WORLDS = 2_000
SEEDS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Timed:
    """A command, how many rounds it takes part in, and the limits it should keep."""

    label: str
    command: tuple[str, ...]
    rounds: int
    seconds_limit: float | None = None
    megabytes_limit: float | None = None


COMMANDS = (
    Timed("python -c pass", (sys.executable, "-c", "pass"), 15),
    Timed("import simpy, numpy, pandas", (sys.executable, "-c", "import simpy, numpy, pandas"), 15),
    Timed("deactsim --help", (DEACTSIM, "--help"), 15, seconds_limit=0.1),
    Timed("deactsim check", (DEACTSIM, "check", SCENARIO), 15, seconds_limit=0.3),
    Timed("deactsim run", (DEACTSIM, "run", SCENARIO), 5, seconds_limit=4.0, megabytes_limit=300),
)


def seconds_of(command: tuple[str, ...]) -> float:
    """Wall seconds of one run, which must succeed."""
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def megabytes_of(command: tuple[str, ...]) -> float:
    """The most memory that the command and all its workers held at one time, looked at every 5 ms.

    Pages that processes share count once (Linux knows; elsewhere the answer is not a number).
    """
    highest = math.nan
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            highest = max(held(process.pid), highest, key=lambda value: (not math.isnan(value), value))
            time.sleep(0.005)
    return highest


def held(pid: int) -> float:
    """Megabytes held now by a process and those it started; nan if it is gone or cannot be asked."""
    folder = Path(f"/proc/{pid}")
    try:
        lines = (folder / "smaps_rollup").read_text(encoding="ascii").splitlines()
        children = (folder / f"task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return math.nan
    own = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000
    return own + sum(more for child in children if not math.isnan(more := held(int(child))))


def measure() -> dict[str, tuple[float, float]]:
    """Median seconds and highest megabytes of each command; the run looked at for memory is not timed."""
    megabytes = {timed.label: megabytes_of(timed.command) for timed in COMMANDS}
    seconds: dict[str, list[float]] = {timed.label: [] for timed in COMMANDS}
    for turn in range(max(timed.rounds for timed in COMMANDS)):
        for timed in COMMANDS:
            if turn < timed.rounds:
                seconds[timed.label].append(seconds_of(timed.command))
    return {label: (statistics.median(seconds[label]), megabytes[label]) for label in seconds}


def steps(plan: Plan, world: World) -> int:
    """How many events SimPy works through in this world."""
    night = Night(plan, world)
    count = 0
    while not night.over.processed:
        night.env.step()
        count += 1
    return count


def events_per_second(plan: Plan, worlds: list[World]) -> float:
    """SimPy events a second over the worlds, in the fastest of three runs; counting is not timed."""
    events = sum(steps(plan, world) for world in worlds)
    fastest = math.inf
    for _ in range(3):
        started = time.perf_counter()
        for world in worlds:
            run(plan, world)
        fastest = min(fastest, time.perf_counter() - started)
    return events / fastest


def engine() -> dict[str, float]:
    """Events a second in evenings like the incident's, and in routine weeks."""
    scenario = deactsim.load(ROOT / SCENARIO)
    if scenario.incident is None:
        raise SystemExit(f"{SCENARIO} has no incident to replay")
    evening = compile_plan(scenario, POLICY, next(iter(scenario.incident.readings)))
    worlds, week = new_worlds(evening, 1, range(300)), compile_plan(scenario, POLICY, None)
    until = scenario.incident.at.value.value
    return {
        "evenings": events_per_second(
            evening, [worlds.world(place, evening.streams) for place in range(300)]
        ),
        "routine weeks": events_per_second(
            week, [World(world_key(1, number), until - WEEK, until) for number in range(3)]
        ),
    }


def precision() -> tuple[float, float]:
    """The median of `dark_minutes` under the policy, and the half width of its 95 % interval in per cent.

    Found the slow way, without a formula to trust: the same study under a dozen seeds.
    """
    scenario = deactsim.load(ROOT / SCENARIO)
    medians = [
        deactsim.replay(scenario, policy=POLICY, worlds=WORLDS, seed=seed).measures["dark_minutes"].median
        for seed in SEEDS
    ]
    centre = statistics.mean(medians)
    return centre, 1.96 * statistics.stdev(medians) / centre * 100


def verdict(value: float, limit: float | None) -> str:
    """What the last column says of a figure."""
    if limit is None:
        return ""
    return f"under {limit:g}" if value < limit else f"OVER {limit:g}"


def main() -> None:
    """Measure everything and print the table."""
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    print(f"\n{'command':<30}{'seconds':>10}{'over bare':>11}{'MB':>7}   limit")
    figures = measure()
    bare = figures[COMMANDS[0].label][0]
    for timed in COMMANDS:
        seconds, megabytes = figures[timed.label]
        limits = [
            verdict(seconds, timed.seconds_limit) and f"{verdict(seconds, timed.seconds_limit)} s",
            verdict(megabytes, timed.megabytes_limit) and f"{verdict(megabytes, timed.megabytes_limit)} MB",
        ]
        said = ", ".join(filter(None, limits))
        print(f"{timed.label:<30}{seconds:>10.3f}{seconds - bare:>11.3f}{megabytes:>7.0f}   {said}".rstrip())
    print()
    for label, rate in engine().items():
        print(f"reference engine, {label}: {rate / 1000:,.0f} thousand events a second")
    median, half_width = precision()
    print(
        f"median of dark_minutes under {POLICY}, {WORLDS:,} worlds: {median:.2f} min"
        f" +- {half_width:.1f} % (95 %, {len(SEEDS)} seeds)   {verdict(half_width, 5)} %"
    )


if __name__ == "__main__":
    main()
