"""Known answers: queues, races, leavers, slips and safeguards against what theory says of them.

Prints theory, simulation, interval and z-score of every figure and writes pictures and cards to
verification/out. Exits with 1 if a z-score is beyond 4, or if anything that must be equal is not.

    python verification/known_answers.py [--scale 1] [--workers 2] [--only queues,reneging,races,...]
"""

# ruff: noqa: T201 - a script prints
from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from verification import cards  # noqa: E402 - the checkout is not a package
from verification.known import leavers, little, pictures, queues, races, reneging, slips  # noqa: E402
from verification.known.check import Check, lines, summary  # noqa: E402

from deactsim.study.executors import run_jobs  # noqa: E402

OUT = ROOT / "verification" / "out"
PARTS = ("queues", "reneging", "races", "leavers", "little", "slips", "cards")
WORK = {
    "queues": queues.job,
    "reneging": reneging.job,
    "races": races.job,
    "leavers": leavers.job,
    "little": little.job,
    "slips": slips.job,
    "cards": cards.measure,
}


@dataclass(frozen=True)
class Task:
    """One piece of work: the part it is of, and what that part is given."""

    part: str
    given: Any


def do(scale: float, task: Task) -> Any:
    """Do one piece of work."""
    return WORK[task.part](scale, task.given)


def tasks(parts: tuple[str, ...], scale: float) -> Iterator[Task]:
    """All work of the parts, the longest first."""
    given: dict[str, list[Any]] = {
        "queues": [(one, n) for one in queues.all_queues(scale) for n in range(one.replications)],
        "reneging": [(one, n) for one in reneging.all_queues(scale) for n in range(one.replications)],
        "races": list(races.all_races(scale)),
        "leavers": list(leavers.all_leavers(scale)),
        "little": [(path, 2) for path in sorted((ROOT / "scenarios").glob("*.yaml"))],
        "slips": list(slips.all_slips(scale)),
        "cards": list(cards.CARDS),
    }
    # Little's law first: it replaces a class of the engine while it watches.
    for part in ("little", "slips", "cards", "leavers", "races", "reneging", "queues"):
        if part in parts:
            yield from (Task(part, one) for one in given[part])


def checks_of(part: str, found: dict[Any, Any]) -> tuple[list[Check], Any]:
    """The checks of one part, and what its picture shows."""
    if part == "queues":
        seen: dict[queues.Queue, list[queues.Seen]] = {}
        for (one, _), each in found.items():
            seen.setdefault(one, []).append(each)
        return [check for one, each in seen.items() for check in queues.checks_of(one, each)], seen
    if part == "reneging":
        left: dict[reneging.Queue, list[reneging.Seen]] = {}
        for (one, _), each in found.items():
            left.setdefault(one, []).append(each)
        return [check for one, each in left.items() for check in reneging.checks_of(one, each)], None
    if part == "races":
        table = {given[0]: (race, races.checks_of(race, given[0])) for given, race in found.items()}
        return [check for _, some in table.values() for check in some], table
    if part == "leavers":
        kinds = {given[0]: access for given, access in found.items()}
        return [check for kind, access in kinds.items() for check in leavers.checks_of(kind, access)], kinds
    if part == "little":
        return [check for some in found.values() for check in some], None
    if part == "slips":
        few, busy = (found[given] for given in sorted(found, reverse=True))
        return slips.checks_of(few, busy), None
    measured = list(found.values())
    shown = [(one.name, one.together, one.minutes) for one in measured]
    return [check for one in measured for check in one.checks], shown


def main() -> None:
    """Run everything, print the table, write pictures and cards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="how many times the usual numbers")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default=",".join(PARTS), help="parts to run, with commas")
    parser.add_argument("--pictures", type=Path, default=OUT, help="where pictures go")
    parser.add_argument("--dpi", type=int, default=150)
    given = parser.parse_args()
    parts = tuple(part for part in PARTS if part in given.only.split(","))
    began = time.perf_counter()
    work = list(tasks(parts, given.scale))
    done = list(run_jobs(do, given.scale, work, workers=given.workers))
    every: list[Check] = []
    shown: dict[str, Any] = {}
    for part in parts:
        found = {task.given: one for task, one in zip(work, done, strict=True) if task.part == part}
        checks, picture = checks_of(part, found)
        every += checks
        if picture is not None:
            shown[part] = picture
        print("\n".join(lines(checks)))
        print(summary(checks), flush=True)
        if part == "cards":
            measured = list(found.values())
            print("\n".join(cards.table(measured)))
            OUT.mkdir(exist_ok=True)
            (OUT / "cards.md").write_text("\n".join(cards.pages(measured)) + "\n", encoding="utf-8")
    pictures.draw(given.pictures, given.dpi, shown)
    print(f"\nall: {summary(every)}; {time.perf_counter() - began:.0f} s")
    failed = [one for one in every if not one.holds]
    for one in failed:
        print(f"not as known: {one.part}, {one.name}: {one.theory} against {one.found}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
