"""Where jobs run: here, or in worker processes; the results are the same."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from ..engines import chosen

Job = TypeVar("Job")
Result = TypeVar("Result")

#: Jobs given out ahead of the one whose result is waited for, a worker.
AHEAD = 4

_shared: Any = None


class Workers(Generic[Job, Result]):
    """Who does jobs, as `work(shared, job)`: this process or, with more than one worker, processes of their own.

    These begin with the first jobs that are several, have what is `shared` as it is then, and keep what they work
    out until the block is over. Each is a fork of this process, or a fresh one to which `shared` is sent where
    that could go wrong. `work` must then be a function of a module. A block that is interrupted or left early ends
    them at once.
    """

    def __init__(self, work: Callable[[Any, Job], Result], shared: Any, workers: int) -> None:
        self._work, self._shared, self._workers = work, shared, workers
        self._pool: ProcessPoolExecutor | None = None
        self._others: set[multiprocessing.process.BaseProcess] = set()

    def __enter__(self) -> Workers[Job, Result]:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._pool is not None:
            if kind is not None and issubclass(kind, (KeyboardInterrupt, GeneratorExit)):
                self._end(self._pool)
            self._pool.shutdown()

    def run(self, jobs: Iterable[Job], done: Callable[[], None] = lambda: None) -> Iterator[Result]:
        """What becomes of every job, in order, as they are asked for; `done` is called as each ends.

        Jobs that are still to be thought of are begun as soon as they are.
        """
        jobs = iter(jobs)
        first = [] if self._pool else list(islice(jobs, 2))
        if self._workers <= 1 or len(first) == 1:
            for job in chain(first, jobs):
                result = self._work(self._shared, job)
                done()
                yield result
            return
        pool = self._pool or self._begun()
        waiting: deque[Future[Result]] = deque()
        for job in chain(first, jobs):
            if len(waiting) == AHEAD * self._workers:
                yield waiting.popleft().result()
            with _uninterrupted():
                waiting.append(pool.submit(_do, self._work, job))
            waiting[-1].add_done_callback(lambda _: done())
        while waiting:
            yield waiting.popleft().result()

    def _begun(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("fork" if can_fork() else "spawn")
        self._others = set(multiprocessing.active_children())
        given = (self._shared, chosen.asked())
        self._pool = ProcessPoolExecutor(self._workers, context, _receive, given)
        return self._pool

    def _end(self, pool: ProcessPoolExecutor) -> None:
        for process in set(multiprocessing.active_children()) - self._others:
            process.terminate()
            process.join()
        # One may have been ended while it sent a result: whoever waits for the rest learns that none will come.
        results: Any = pool._result_queue
        results._writer.close()


def run_jobs(
    work: Callable[[Any, Job], Result],
    shared: Any,
    jobs: Sequence[Job],
    *,
    workers: int,
    done: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """What becomes of every job, in order, by `Workers` that do these alone."""
    with Workers(work, shared, min(workers, len(jobs))) as hands:
        yield from hands.run(jobs, done)


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
