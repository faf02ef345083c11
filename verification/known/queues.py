"""Approvers as a queue: M/M/c against Erlang C, and with urgent requests against Cobham.

Reports that take no time to handle and always end in an action reach the gate of approval as a Poisson
process; reviews are exponential with a mean of one minute; nobody is stamped, wrong or out of time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deactsim.engines.chosen import run
from deactsim.model.compile import compile_plan
from deactsim.model.states import Event, Reason
from deactsim.model.streams import team_id, team_of_agent, world_key
from deactsim.model.world import HOUR, World
from deactsim.scenario.load import loads

from .check import Array, Check, bursts, ratio
from .worlds import MINUTE

PART = "Approvers as a queue"
BEGINS = 420_000 * HOUR
SERVERS = (1, 2, 5, 10)
LOADS = (0.5, 0.8, 0.95)
#: Where the tail is looked at: so many times the mean wait of those who wait.
TAIL = (0.5, 1.0, 2.0, 3.0)

TEXT = """
deactsim: 1
title: Approvers as a queue
zone: UTC
platform:
  commands: {{deactivate: {{undo: restore}}, restore: {{}}}}
  tiers: {{ordinary: {{accounts: 1k}}}}
teams:
  support:   {{headcount: 3, may: {{deactivate: [ordinary]}}}}
  approvers: {{headcount: {servers}}}
reports:
  ordinary: {{command: deactivate, rate: {rate} per minute, actioned: 100%, urgent: {urgent}, handling: 0 s}}
detection: {{word_reaches_platform: {{delay: 1 min}}}}
response: {{by: approvers, pick_up: 1 min, find_cause: 1 min, authorise: 1 min, restore: 1 min}}
baseline: plain
policies:
  plain: {{approval: {{by: {{approvers: 1}}, review: exponential mean 1 min, catches: 100%, time_out: 50 years}}}}
"""


def erlang_c(servers: int, load: float) -> float:
    """The chance to have to wait, by the recursion of Erlang B."""
    offered, blocked = servers * load, 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked / (1.0 - load * (1.0 - blocked))


def mean_wait(servers: int, load: float) -> float:
    """Erlang's mean wait in mean reviews."""
    return erlang_c(servers, load) / (servers * (1.0 - load))


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue: servers, load, share urgent, and what is simulated of it (in minutes)."""

    servers: int
    load: float
    urgent: float
    warm_up: int
    measured: int
    replications: int

    @property
    def drain(self) -> float:
        """How fast the wait of those who wait dies out: the rate of its exponential law."""
        return self.servers * (1.0 - self.load)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one replication saw: minutes each request waited, who was urgent, minutes of work."""

    waits: Array
    urgent: Array
    worked: float


def queue(servers: int, load: float, requests: int, replications: int, urgent: float = 0.0) -> Queue:
    """A queue that is run for so many requests, after four of its relaxation times."""
    relaxation = 1.0 / (servers * (1.0 - math.sqrt(load)) ** 2) + 1.0
    measured = math.ceil(requests / (servers * load))
    return Queue(servers, load, urgent, math.ceil(4.0 * relaxation), measured, replications)


def replicate(one: Queue, number: int, seed: int = 1) -> Seen:
    """Simulate one replication, and read its waits from the trace."""
    text = TEXT.format(servers=one.servers, rate=one.servers * one.load, urgent=one.urgent or "0%")
    plan = compile_plan(loads(text), "plain", None)
    begin = BEGINS + one.warm_up * MINUTE
    end = begin + one.measured * MINUTE
    # Whoever asked within the measured time is waited for: a wait this long comes once in e^30.
    rest = math.ceil(30.0 / one.drain / (1.0 - one.load if one.urgent else 1.0))
    key = world_key(seed * 10_000 + one.servers * 200 + round(100 * (one.load + one.urgent)), number)
    trace = run(plan, World(key, BEGINS, end + rest * MINUTE))
    asked: dict[int, int] = {}
    started: dict[int, int] = {}
    hurried: set[int] = set()
    waits: list[int] = []
    urgent: list[bool] = []
    worked = 0
    approvers = team_id("approvers")
    for time, event, entity, by, reason in trace.rows:
        if event == Event.REQUESTED and reason == Reason.URGENT:
            hurried.add(entity)
        elif event == Event.ASKED:
            asked[entity] = time
        elif event == Event.REVIEW_STARTS and team_of_agent(by) == approvers:
            since = asked.pop(entity)
            started[entity] = time
            if begin <= since < end:
                waits.append(time - since)
                urgent.append(entity in hurried)
        elif event == Event.REVIEW_ENDS:
            worked += max(0, min(time, end) - max(started.pop(entity), begin))
    if any(begin <= time < end for time in asked.values()):
        raise AssertionError("somebody who asked within the measured time was never seen")
    return Seen(np.array(waits) / MINUTE, np.array(urgent), worked / MINUTE)


def job(_: object, given: tuple[Queue, int]) -> Seen:
    """One replication, for a worker."""
    return replicate(*given)


def checks_of(one: Queue, seen: Sequence[Seen]) -> list[Check]:
    """One queue against Erlang C (Cobham where some are urgent)."""
    name = f"M/M/{one.servers}, load {one.load:g}"
    total = np.array([each.waits.size for each in seen], float)
    waited = np.array([(each.waits > 0.0).sum() for each in seen], float)
    minutes = np.array([each.waits.sum() for each in seen])
    wait = mean_wait(one.servers, one.load)
    if one.urgent:
        return list(_urgent(one, name, seen, total, waited))
    found = [
        bursts(PART, f"{name}: mean wait (reviews)", wait, minutes, total),
        bursts(PART, f"{name}: share who wait", erlang_c(one.servers, one.load), waited, total),
        bursts(PART, f"{name}: mean wait of those who wait", 1.0 / one.drain, minutes, waited),
    ]
    for times in TAIL:
        longer = np.array([(each.waits > times / one.drain).sum() for each in seen], float)
        found.append(
            bursts(PART, f"{name}: of those, over {times:g} times that", math.exp(-times), longer, waited)
        )
    busy = np.array([each.worked for each in seen])
    hours = np.full(len(seen), float(one.servers * one.measured))
    found.append(ratio(PART, f"{name}: utilisation", one.load, busy, hours))
    return found


def _urgent(one: Queue, name: str, seen: Sequence[Seen], total: Array, waited: Array) -> list[Check]:
    """Urgent ones first, without pre-emption: Cobham's waits for servers alike."""
    delay = erlang_c(one.servers, one.load)
    first = one.load * one.urgent
    per_class = {True: delay / one.servers / (1.0 - first)}
    per_class[False] = per_class[True] / (1.0 - one.load)
    found = [bursts(PART, f"{name}, some urgent: share who wait", delay, waited, total)]
    for urgent, theory in per_class.items():
        minutes = np.array([each.waits[each.urgent == urgent].sum() for each in seen])
        count = np.array([(each.urgent == urgent).sum() for each in seen], float)
        who = "the urgent" if urgent else "the others"
        found.append(bursts(PART, f"{name}, some urgent: mean wait of {who}", theory, minutes, count))
    return found


def all_queues(scale: float) -> list[Queue]:
    """Every queue of the verification: the higher the load, the longer it has to be watched."""
    requests = {0.5: 3_000, 0.8: 8_000, 0.95: 22_000}
    found = [queue(c, load, round(scale * requests[load]), 10) for c in SERVERS for load in LOADS]
    return [*found, queue(5, 0.8, round(scale * 8_000), 10, urgent=0.3)]
