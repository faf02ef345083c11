"""What is the fast engine's alone: memory that grows, blocks of rows, threads, processes, kernels that are kept."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba", reason="the fast engine needs numba")

from deactsim.engines import chosen, fast
from deactsim.engines.fast import _jit, _store, batch, kernel, runs, tables
from deactsim.engines.fast.layout import NIGHT, REQUEST
from deactsim.engines.fast.run import Running
from deactsim.engines.seen import FIELDS
from deactsim.model.plan import Plan
from deactsim.model.states import Event
from deactsim.model.streams import world_key
from deactsim.model.trace import Row
from deactsim.model.world import HOUR, World
from deactsim.model.worlds import Worlds
from deactsim.study.background import see_incidents
from deactsim.study.executors import run_jobs

from .both import Both, by
from .generated import anything
from .tiny import NOON, plan_of

only_bare = pytest.mark.skipif(not _jit.BARE, reason="kernels are kept only as they are run")


@pytest.fixture(scope="module", autouse=True)
def engine() -> str:
    """One engine alone."""
    return "fast"


BUSY = """
teams: {support: {headcount: 90}, leads: {headcount: 2}}
reports: {ordinary: {command: deactivate, rate: 1200 per hour, actioned: 100%, slip: 5%, handling: 4 min}}
"""
ASKING = "approval: {by: {leads: 1}, review: 3 min, catches: 10%, time_out: 3 h}\nretention: {keep: 1 h}"


@pytest.fixture(scope="module")
def busy() -> tuple[Plan, World]:
    """A night with thousands of requests that wait."""
    return plan_of(ASKING, BUSY, reading=None), World(world_key(1, 1), NOON, NOON + 4 * HOUR)


# -- memory ---------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(1, 256, 0, 1), (512, 1024, 4096, 300), (1, 256, 0, 1 << 16)])
def test_a_night_that_outgrows_its_memory(
    sizes: tuple[int, int, int, int], busy: tuple[Plan, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    heap, rows, spare, block = sizes
    for name, size in (("HEAP", heap), ("ROWS", rows), ("SPARE", spare)):
        monkeypatch.setattr(tables, name, size)
    monkeypatch.setattr(run_module(), "BLOCK", block)
    both, begun = Both(), Running(*busy)
    words, room = begun.night.size, int(begun.night[NIGHT.HEAP_ROOM])
    blocks = list(begun.blocks())
    assert begun.night.size > 2 * words
    assert int(begun.night[NIGHT.HEAP_ROOM]) > room
    assert len(blocks) > (2 if block > rows else 10)
    assert max(map(len, blocks)) <= max(8 * block, rows)
    trace = both(*busy, "busy")
    assert sum(row.event == Event.ASKED for row in trace) > 3000
    assert np.array_equal(np.concatenate(blocks), np.array(trace.rows))


def test_cases_that_outgrow_their_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("HEAP", 1), ("ROWS", 128), ("SPARE", 0)):
        monkeypatch.setattr(tables, name, size)
    monkeypatch.setattr(run_module(), "BLOCK", 1)
    both = Both()
    for seed in range(10_000, 10_100):
        plan, worlds = anything(seed)
        for world in worlds:
            both(plan, world, f"case {seed}")
    assert both.runs == 300


@pytest.mark.parametrize(
    ("at_once", "words", "alone"), [(1 << 16, 1 << 16, 0), (300, 1 << 16, 6), (1 << 16, 0, 6)]
)
def test_runs_at_once_are_those_run_alone(
    at_once: int, words: int, alone: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many fit, and where their rows or what goes on in them is too much."""
    monkeypatch.setattr(runs, "AT_ONCE", at_once)
    monkeypatch.setattr(runs, "ROWS_EACH", 0.01)
    monkeypatch.setattr(runs, "WORDS", words)
    monkeypatch.setattr(tables, "HEAP", 1)
    counted: list[Running] = []

    class Counted(Running):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            counted.append(self)

    monkeypatch.setattr(runs, "Running", Counted)
    plan = plan_of(ASKING, BUSY.replace("1200", "150"), reading=None)
    worlds = [World(world_key(1, n), NOON + n * HOUR, NOON + (n + 1 + n % 3) * HOUR) for n in range(6)]
    found = [np.concatenate(list(blocks)) for blocks in runs.run_blocks(plan, worlds)]
    assert len(counted) == alone
    for world, rows in zip(worlds, found, strict=True):
        np.testing.assert_array_equal(rows, np.array(chosen.run(plan, world).rows))


def run_module() -> object:
    """The module; in the package its name is that of the function."""
    return sys.modules[Running.__module__]


def test_there_is_room_for_the_largest_request() -> None:
    """Written past its end, memory that nobody checks would be somebody else's."""
    policy = "approval: {by: {leads: 3000}, review: 1 h, catches: 0%, time_out: 300 days}"
    plan = plan_of(policy, BUSY.replace("leads: {headcount: 2}", "leads: {headcount: 3001}"), reading=None)
    night = Running(plan, World(7, NOON, NOON + HOUR)).night
    assert night[NIGHT.MARGIN] >= REQUEST.SIZE + 3000 + 1 + len(plan.teams)
    Both()(plan, World(7, NOON, NOON + HOUR), "3000 approvers")


# -- rows -----------------------------------------------------------------------------------


def test_rows_are_plain_numbers(busy: tuple[Plan, World]) -> None:
    """A trace can be pickled, written and compared as if the reference had made it."""
    trace = fast.run(*busy)
    assert all(type(row) is Row for row in trace)
    assert {type(value) for row in trace.rows[:1000] for value in row} == {int}
    (first, *_) = Running(*busy).blocks()
    assert first.dtype == np.int64
    assert first.shape[1] == len(Row._fields)


def test_a_block_stays_as_it_was(busy: tuple[Plan, World], monkeypatch: pytest.MonkeyPatch) -> None:
    """The next is not written over it."""
    monkeypatch.setattr(run_module(), "BLOCK", 1)
    kept, copies = [], []
    for block in Running(*busy).blocks():
        kept.append(block)
        copies.append(block.copy())
    assert len(kept) > 5
    assert all(np.array_equal(block, copy) for block, copy in zip(kept, copies, strict=True))


def test_lent_blocks_say_the_same(busy: tuple[Plan, World], monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as they are lent, also where the room for rows grows meanwhile."""
    monkeypatch.setattr(run_module(), "BLOCK", 2048)
    lent = [block.copy() for block in Running(*busy).blocks(lent=True)]
    kept = list(Running(*busy).blocks())
    assert len(kept) > 2
    assert all(np.array_equal(one, other) for one, other in zip(lent, kept, strict=True))


def test_runs_at_the_same_time(busy: tuple[Plan, World]) -> None:
    """In threads, of the same plan and of others, begun and not ended."""
    cases = [busy, *((plan, worlds[1]) for plan, worlds in map(anything, range(20)))]
    expected = [fast.run(*case).rows for case in cases]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            assert [trace.rows for trace in pool.map(lambda case: fast.run(*case), cases)] == expected
    begun = [Running(*case).blocks() for case in cases for _ in range(2)]
    firsts = [next(blocks) for blocks in begun]
    for number, blocks in enumerate(begun):
        whole = np.concatenate([firsts[number], *blocks])
        assert np.array_equal(whole, np.array(expected[number // 2]))


# -- many at once ---------------------------------------------------------------------------


def test_evenings_with_more_rows_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Responders are kept busy by alarms and slips, all the more if there are many."""
    more = """
teams: {oncall: {headcount: 3}, leads: {headcount: 2}}
reports: {ordinary: {command: deactivate, rate: 2 per hour, actioned: 100%, handling: 3 min, slip: 10%}}
detection: {public: {delay: uniform 4 h to 8 h}}
incident: {warm_up: 2 h, follow: 24 h}
response: {find_cause: 150 min}
"""
    policy = "alert: {after: 1 min, recall: 0%, false_alarms: 4 per hour, triage: 25 min}"
    plan = plan_of(policy, more)
    monkeypatch.setattr(batch, "ROWS", 100)
    start, end = NOON - 2 * HOUR, NOON + 24 * HOUR
    keys = np.array([world_key(1, number) for number in range(400)], dtype=np.uint64)
    seen = []
    for name in ("reference", "fast"):
        with by(name):
            seen.append(see_incidents(plan, Worlds(keys, start, end)).table)
    unequal = seen[0] != seen[1]
    unequal[:, FIELDS.index("said")] = False
    assert not unequal.any()


# -- kernels that are kept ------------------------------------------------------------------

#: Runs a night in a process of its own; says how the kernel was come by, and what the night was.
NIGHT_ALONE = """
import hashlib, sys
from deactsim.engines.fast import _store
from tests.engines.generated import anything
from deactsim.engines import fast
saved = []
save = _store.save
_store.save = lambda key, made: (saved.append(key), save(key, made))
plan, worlds = anything(3)
rows = fast.run(plan, worlds[1]).rows
way = "compiled" if saved else "fetched" if "numba" not in sys.modules else "both"
print(way, hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest())
"""


def alone(cache: Path) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "DEACTSIM_CACHE": str(cache), "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", NIGHT_ALONE],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=root,
    )  # fmt: skip


def said(process: subprocess.Popen[str]) -> tuple[str, str]:
    """How it came by its kernel, and the night it ran."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert err == ""
    way, night = out.split()
    return way, night


@pytest.fixture
def name_of_kernel(monkeypatch: pytest.MonkeyPatch) -> str:
    """By which name the kernel is looked for."""
    looked_for = []

    def load(key: str) -> bytes:
        looked_for.append(key)
        raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr(_store, "load", load)
        with pytest.raises(InterruptedError):
            _jit.Entry(kernel._on_arrays, kernel._bare, 8).fetch()
    return f"{looked_for[0]}.kernel"


@pytest.mark.parametrize("source", ["engines/fast/gates.py", "model/rules.py", "engines/seen.py"])
def test_all_that_a_kernel_is_made_of_is_in_its_name(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The places of what is kept of an evening come from `engines/seen.py`."""
    package = Path(_store.__file__).parents[2]
    shutil.copytree(package, tmp_path / "deactsim", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(_store, "__file__", str(tmp_path / "deactsim" / "engines" / "fast" / "_store.py"))
    before = _store.key_of("a compiler")
    with (tmp_path / "deactsim" / source).open("a") as file:
        file.write("#")
    assert _store.key_of("a compiler") != before


@only_bare
def test_a_broken_kernel_is_compiled_anew_and_a_whole_one_is_not(tmp_path: Path, name_of_kernel: str) -> None:
    (tmp_path / name_of_kernel).write_bytes(b"half a kernel")
    way, night = said(alone(tmp_path))
    assert way == "compiled"
    (kept,) = tmp_path.iterdir()
    assert kept.name == name_of_kernel
    assert kept.stat().st_size > 100_000
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    again = said(alone(tmp_path))
    tmp_path.chmod(stat.S_IRWXU)
    assert again == ("fetched", night)


# -- workers --------------------------------------------------------------------------------


@pytest.fixture
def auto() -> Iterator[None]:
    """Whatever is asked for is forgotten."""
    yield
    chosen.use("auto")


def asked(shared: str, job: int) -> tuple[str, str, str, int]:
    return shared, chosen.asked(), chosen.engine().name, job


@pytest.mark.parametrize("name", ["reference", "fast"])
def test_workers_take_the_engine_along(name: chosen.Name, auto: None) -> None:
    chosen.use(name)
    found = list(run_jobs(asked, "shared", range(3), workers=2))
    assert found == [("shared", name, name, job) for job in range(3)]
