"""Which engine runs the nights: this one place chooses, and says why."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..errors import DeactsimError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..model.causes import Occurrence
    from ..model.plan import Plan
    from ..model.trace import Trace
    from ..model.world import World
    from ..model.worlds import Worlds
    from .handled import Parts, Requests, Taken
    from .seen import Seen

Name = Literal["auto", "reference", "fast"]
NAMES: tuple[Name, ...] = ("auto", "reference", "fast")
#: The numba whose inner passes `fast/_compiler.py` uses: the extra `fast` in pyproject.toml asks for the same.
NUMBA = "0.68"
Run: TypeAlias = "Callable[[Plan, World, Requests | None], Trace]"


@dataclass(frozen=True)
class Engine:
    """An engine, and why it is this one."""

    name: Literal["reference", "fast"]
    why: str


_asked: Name = "auto"
_chosen: tuple[Engine, Run] | None = None


def use(name: Name) -> None:
    """Have this process run nights by an engine from now on: `auto` is the fastest there is.

    Raises `DeactsimError` where the fast engine is asked for and cannot be had.
    """
    global _asked, _chosen
    if name not in NAMES:
        raise DeactsimError(f"no engine {name!r}: there are {', '.join(NAMES)}")
    if name == "fast" and (lacking := _lacking()):
        raise DeactsimError(f"the fast engine cannot be had: {lacking}; or use --engine reference")
    if name != _asked:
        _asked, _chosen = name, None


def asked() -> Name:
    """What was asked for: what a process that takes part is to ask for too."""
    return _asked


def engine() -> Engine:
    """The engine that runs nights in this process."""
    return _choice()[0]


def is_made() -> bool:
    """Whether the engine can begin at once: the fast one has to be compiled where it never was."""
    if engine().name != "fast":
        return True
    from . import fast

    return fast.is_made()


def run(plan: Plan, world: World, requests: Requests | None = None) -> Trace:
    """Run one plan in one world and return its trace: by whichever engine, the same.

    With `requests` reports are not simulated: routine begins with the actions that they end in.
    """
    return _choice()[1](plan, world, requests)


def run_blocks(
    plan: Plan, worlds: Sequence[World], handled: Iterable[NDArray[np.int64]] | None = None
) -> Iterator[Iterator[NDArray[np.int64]]]:
    """The rows of a run in each of the worlds, in blocks of (rows, 5): time, event, entity, by, reason.

    With `handled` reports are not simulated: routine begins with the actions of each world's `Taken`. Runs are made
    as they are asked for, those of one world before those of the next; small ones some at once.
    """
    blocks: Iterator[Iterator[NDArray[np.int64]]] = _engine().run_blocks(plan, worlds, handled)
    return blocks


def take_reports(plan: Plan, worlds: Sequence[World]) -> Iterator[Taken]:
    """What becomes of all reports of each world, worked out apart from the rest, under a plan of `handling`."""
    found: Iterator[Taken] = _engine().take_reports(plan, worlds)
    return found


def _engine() -> ModuleType:
    return import_module(f".{engine().name}", __package__)


def marks_of(
    plan: Plan,
    quiet: Plan | None,
    asks: Sequence[tuple[int, int, int]],
    worlds: Worlds,
    how: Callable[[int, int, int, bool], int],
) -> Seen | None:
    """Many evenings at once, as far as the engine can: a row whose status is 0 says nothing.

    None where it runs nights one by one. `quiet`, `asks` and `how` are those of `fast.batch`.
    """
    if engine().name != "fast" or plan.others:
        return None
    from . import fast

    return fast.marks_of(plan, quiet, asks, worlds, how)


def meet(
    plans: Sequence[Parts],
    occurrences: Sequence[Occurrence],
    worlds: Sequence[World],
    protected: frozenset[str],
    follow: int,
    year: tuple[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
    """Occurrences of one cause under all plans at once, as far as the engine can: what `fast.batch.meet` says.

    None where the engine runs nights one by one.
    """
    if engine().name != "fast":
        return None
    from . import fast

    return fast.meet(plans, occurrences, worlds, protected, follow, year)


def engines() -> list[Engine]:
    """Every engine that is here and, for one that is not, what it would need; the one in use first."""
    from importlib import metadata

    first, lacking = _decided(), _lacking()
    reference = Engine("reference", f"SimPy {metadata.version('simpy')}, readable")
    fast = Engine("fast", lacking or f"numba {metadata.version('numba')}, compiled; the same to the last bit")
    return [fast, reference] if first.name == "fast" else [reference, fast]


def _choice() -> tuple[Engine, Run]:
    global _chosen
    if _chosen is None:
        decided = _decided()
        try:
            run: Run = import_module(f".{decided.name}", __package__).run
        except (ImportError, AttributeError) as why:
            # numba is there, but cannot be loaded, or is not one that the kernel knows.
            if decided.name == "reference" or _asked == "fast":
                raise DeactsimError(f"the {decided.name} engine cannot be loaded: {why}") from why
            decided = Engine("reference", f"numba cannot be used: {why}")
            run = import_module(".reference", __package__).run
        _chosen = decided, run
    return _chosen


def _decided() -> Engine:
    if _asked != "auto":
        return Engine(_asked, "asked for")
    if lacking := _lacking():
        return Engine("reference", lacking)
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return Engine("reference", "numba's compiler is off")
    return Engine("fast", "numba is installed")


def _lacking() -> str:
    """What the fast engine needs and is not here; empty if nothing."""
    if find_spec("numba") is None:
        return "it needs numba (pip install 'deactsim[fast]')"
    from importlib import metadata

    version = metadata.version("numba")
    if version.split(".")[:2] != NUMBA.split("."):
        return f"it needs numba {NUMBA} (pip install 'deactsim[fast]'); {version} is installed"
    return ""
