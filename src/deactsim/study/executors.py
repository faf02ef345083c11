"""Where jobs run: here, or in worker processes; the results are the same."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

_shared: Any = None


def run_jobs(
    work: Callable[[Any, Job], Result],
    shared: Any,
    jobs: Sequence[Job],
    *,
    workers: int,
    done: Callable[[], None] = lambda: None,
) -> list[Result]:
    """`work(shared, job)` for every job, in order; `done` is called as each ends.

    With one worker nothing is started. Otherwise `shared` is sent once to each of `workers`
    fresh processes (spawned, so that a progress bar's thread is never forked); `work` must
    then be a function of a module.
    """
    if workers <= 1 or len(jobs) <= 1:
        results = []
        for job in jobs:
            results.append(work(shared, job))
            done()
        return results
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(jobs)), context, _receive, (shared,)) as pool:
        futures = [pool.submit(_do, work, job) for job in jobs]
        for future in futures:
            future.add_done_callback(lambda _: done())
        return [future.result() for future in futures]


def _receive(shared: Any) -> None:
    global _shared
    _shared = shared


def _do(work: Callable[[Any, Job], Result], job: Job) -> Result:
    return work(_shared, job)
