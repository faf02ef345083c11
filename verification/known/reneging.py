"""Approvers whose requests time out: the queue M/M/c with deterministic patience, below and above full load.

The requests of `queues`, which leave when their time is up; a review begun is finished, and counts only if it ends in
time. The virtual wait of M/M/c+D has the density lambda p(c-1) exp(-(c mu - lambda) x) up to the patience, and
falls with exp(-c mu x) beyond it (Barrer, Operations Research 5, 1957): here it is integrated for exponential reviews.
The time-out bounds the queue: nothing grows, however much is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import integrate

from deactsim.engines.chosen import run
from deactsim.model.compile import compile_plan
from deactsim.model.plan import Plan
from deactsim.model.states import Event
from deactsim.model.streams import world_key
from deactsim.model.world import World
from deactsim.scenario.load import loads
from deactsim.study.implied import overloaded
from deactsim.study.unserved import expected

from .check import Check, bursts, equal, ratio
from .queues import BEGINS, TEXT
from .worlds import MINUTE

PART = "Approvers who are not waited for"
#: Servers, load, and for how many mean reviews a request waits.
CASES = (
    (1, 0.5, 2.0), (1, 0.95, 4.0), (1, 1.0, 4.0), (1, 1.5, 5.0), (1, 3.0, 3.0),
    (3, 0.9, 2.0), (3, 1.3, 3.0), (10, 1.0, 2.0), (10, 1.5, 2.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue, and how many minutes of it are simulated in each of so many replications."""

    servers: int
    load: float
    patience: float
    measured: int
    replications: int = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """What one replication saw: requests, those that timed out, and minutes of work on those begun."""

    requests: int
    late: int
    worked: float


@dataclass(frozen=True, slots=True)
class Known:
    """Shares in closed form: requests not answered in time, and of people's time at work."""

    late: float
    busy: float


def known(servers: int, load: float, patience: float) -> Known:
    """The queue with reviews of mean 1: by its states with somebody idle, and the density of the virtual wait."""
    rate, spare = servers * load, servers * (1.0 - load)
    weights = [rate**n / math.factorial(n) for n in range(servers)]
    waits = rate * weights[-1]

    def density(wait: float) -> float:
        return waits * math.exp(-spare * wait)

    within = integrate.quad(density, 0.0, patience)[0]
    beyond = density(patience) / servers
    everything = sum(weights) + within + beyond
    slow = sum(weights) * math.exp(-patience)
    slow += integrate.quad(lambda wait: density(wait) * math.exp(wait - patience), 0.0, patience)[0]
    begun = 1.0 - beyond / everything
    return Known((slow + beyond) / everything, load * begun)


def plan_of(one: Queue) -> Plan:
    """The plan of a queue."""
    text = TEXT.format(servers=one.servers, rate=one.servers * one.load, urgent="0%")
    text = text.replace("50 years", f"{round(60 * one.patience)} s")
    return compile_plan(loads(text), "plain", None)


def job(_: object, given: tuple[Queue, int]) -> Seen:
    """One replication: it forgets its beginning within the warm-up, as the wait is bounded."""
    one, number = given
    warm_up = math.ceil(40 * (1.0 + one.patience))
    begin = BEGINS + warm_up * MINUTE
    end = begin + one.measured * MINUTE
    key = world_key(1_990_000 + round(1_000 * one.load) + 10 * one.servers, number)
    world = World(key, BEGINS, end + math.ceil(40 + one.patience) * MINUTE)
    requests = set[int]()
    started: dict[int, int] = {}
    late = worked = 0
    for time, event, entity, _, _ in run(plan_of(one), world).rows:
        if event == Event.ASKED and begin <= time < end:
            requests.add(entity)
        elif event == Event.TIMED_OUT:
            late += entity in requests
        elif event == Event.REVIEW_STARTS:
            started[entity] = time
        elif event == Event.REVIEW_ENDS:
            worked += max(0, min(time, end) - max(started.pop(entity), begin))
    return Seen(len(requests), late, worked / MINUTE)


def checks_of(one: Queue, seen: Sequence[Seen]) -> Iterator[Check]:
    """One queue against its closed form; what `check` works out too, and that nothing is called unstable."""
    name = f"M/M/{one.servers}+D, load {one.load:g}, patience {one.patience:g}"
    theory = known(one.servers, one.load, one.patience)
    late, requests = (
        np.array([getattr(each, part) for each in seen], float) for part in ("late", "requests")
    )
    yield bursts(PART, f"{name}: share out of time", theory.late, late, requests)
    busy = np.array([each.worked for each in seen])
    hours = np.full(len(seen), float(one.servers * one.measured))
    if theory.busy < 0.999:  # else everybody is at work all the time, in every replication
        yield ratio(PART, f"{name}: utilisation", theory.busy, busy, hours)
    plan = plan_of(one)
    yield equal(PART, f"{name}: unstable teams", 0, len(overloaded(plan)))
    told = expected(plan)
    off = math.inf if told is None else abs(told.share - theory.late)
    yield equal(PART, f"{name}: worked out to a point", 1, int(off < 0.01))


def all_queues(scale: float) -> list[Queue]:
    """Every queue of the verification, of about as many requests each."""
    return [
        Queue(servers, load, patience, math.ceil(scale * 4_000 / (servers * load)))
        for servers, load, patience in CASES
    ]
