"""Where jobs run: here, or in worker processes; the results are the same."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from ..engines import chosen

Job = TypeVar("Job")
Result = TypeVar("Result")

#: Jobs given out ahead of the one whose result is waited for, a worker.
AHEAD = 4

_shared: Any = None


def run_jobs(
    work: Callable[[Any, Job], Result],
    shared: Any,
    jobs: Sequence[Job],
    *,
    workers: int,
    done: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """`work(shared, job)` for every job, in order, as they are asked for; `done` is called as each ends.

    With one worker nothing is started. Otherwise each of `workers` processes has `shared`: it is a fork of
    this one, or a fresh one to which it is sent where that could go wrong. `work` must then be a function of a
    module. Interrupted or left early, the processes end at once.
    """
    if workers <= 1 or len(jobs) <= 1:
        for job in jobs:
            result = work(shared, job)
            done()
            yield result
        return
    context = multiprocessing.get_context("fork" if can_fork() else "spawn")
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(min(workers, len(jobs)), context, _receive, (shared, chosen.asked())) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for job in jobs:
                if len(waiting) == AHEAD * workers:
                    yield waiting.popleft().result()
                with _uninterrupted():
                    waiting.append(pool.submit(_do, work, job))
                waiting[-1].add_done_callback(lambda _: done())
            while waiting:
                yield waiting.popleft().result()
        except (KeyboardInterrupt, GeneratorExit):
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
                process.join()
            # One may have been ended while it sent a result: whoever waits for the rest learns that none will come.
            results: Any = pool._result_queue
            results._writer.close()
            raise


def can_fork() -> bool:
    """Whether a process is doubled, in some milliseconds, instead of started anew.

    Not where another thread might hold a lock that the fork would wait for in vain.
    """
    return sys.platform == "linux" and threading.active_count() == 1


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold an interrupt back, in this process until this is over, and in one that is begun meanwhile for good."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _receive(shared: Any, engine: chosen.Name) -> None:
    global _shared
    chosen.use(engine)
    # An interrupt is answered by the process that is asked for results, and not with a traceback here.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _shared = shared


def _do(work: Callable[[Any, Job], Result], job: Job) -> Result:
    return work(_shared, job)
