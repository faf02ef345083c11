"""What the fast engine is worth: one table, each ratio taken side by side.

    pip install 'deactsim[fast]' cimba==0.9.5 ciw salabim
    python benchmarks/engines.py [--whole] [--only ROW]

The two sides of a ratio take turns, so that a slow phase of the machine hits both; what is printed is the median over
the rounds, and below it the lowest and the highest. Worlds are drawn anew each time, and drawing is timed; compiling
and importing are not, except in the rows about them. An event is an instant at which something happens: a customer of
the queue is two, he comes and he goes, whatever a simulator makes of it in between. The floor is what a loop in C++
takes for an event with 100 pending. A figure beyond its limit is marked, and judged by a person.

The other simulators are not among the dependencies: where one is missing its row says so.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import math
import multiprocessing
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from deactsim.engines.fast._jit import Entry
from deactsim.engines.fast.run import Running
from deactsim.engines.reference.night import Night
from deactsim.model.compile import compile_plan
from deactsim.model.compile_causes import compile_causes
from deactsim.model.plan import Plan
from deactsim.model.shifts import DAY
from deactsim.model.states import Event
from deactsim.model.streams import world_key
from deactsim.model.world import World
from deactsim.scenario.load import load, loads
from deactsim.scenario.schema import Scenario
from deactsim.stats.yearly import COMPOSED, episodes_needed
from deactsim.study.forecast import OF_FREQUENT, YEARS_A_JOB, year_start
from deactsim.study.forecast_totals import BLOCK, Block, fold
from deactsim.study.forecast_years import Fleet, Found, Job, Shared, work
from deactsim.study.friction import routine_weeks
from deactsim.study.settling import stretch

BENCHMARKS = Path(__file__).resolve().parent
#: Nanoseconds an event: a loop in C++ with 100 events pending.
FLOOR = 31.0
ROUNDS = 7
START = 1_483_228_800_000_000  # 2017-01-01 UTC
YEAR, WEEK, MINUTE = 365 * DAY, 7 * DAY, 60_000_000

#: Every report ends in an action, 30 million of them a year; one in a hundred has to pass two gates.
THIRTY_MILLION = """
deactsim: 1
title: Thirty million actions a year
zone: UTC
platform:
  commands: {deactivate: {undo: restore}, restore: {}}
  tiers:    {ordinary: {accounts: 300M, followers: 150}, listed: {accounts: 10k, followers: 100k}}
teams:
  support: {headcount: 180, may: {deactivate: [ordinary, listed]}}
  leads:   {headcount: 10}
  on-call: {headcount: 4}
reports:
  ordinary: {command: deactivate, rate: 81370 per day, actioned: 100%, handling: "median 2 min, p90 5 min", slip: 0.01%}
  listed:   {command: deactivate, rate: 822 per day, actioned: 100%, handling: "median 4 min, p90 12 min", slip: 0.01%}
detection:
  holder: {delay: "median 30 min, p90 4 h"}
  word_reaches_platform: {delay: "median 60 s, p90 3 min"}
response:
  by:         on-call
  pick_up:    median 3 min, p90 8 min
  find_cause: median 3 min, p90 10 min
  authorise:  median 1 min, p90 4 min
  restore:    median 90 s, p90 5 min
baseline: gates
policies:
  gates:
    confirm:  {of: listed, stops_slips: 50%}
    approval: {of: listed, by: {leads: 1}, review: "median 3 min, p90 15 min", catches: 90%}
"""

#: Six policies more for `platform-2017`, put together from those that it has: sixteen in all.
SIX_MORE = """
  listed-and-quick:  {combine: [protected-list, fast-cut-off]}
  listed-and-told:   {combine: [protected-list, vip-alert]}
  early-and-late:    {combine: [step-down, fast-cut-off]}
  few-and-careful:   {combine: [fewer-holders, confirm]}
  keys-and-undo:     {combine: [two-person, ready-undo]}
  alert-and-undo:    {combine: [vip-alert, ready-undo]}
"""

#: The first call of a process: it prints the seconds it takes, with all that has to be imported for it.
FIRST_CALL = """
import sys, time
import deactsim
from deactsim.model.compile import compile_plan
from deactsim.model.streams import world_key
from deactsim.model.world import World
scenario = deactsim.load(sys.argv[1])
plan, world = compile_plan(scenario, scenario.baseline, None), World(world_key(1, 0), 0, 3_600_000_000)
began = time.perf_counter()
from deactsim.engines.fast.run import Running
for _ in Running(plan, world).blocks():
    pass
print(time.perf_counter() - began)
"""

Rows: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table, and what is to be said below it. A ratio keeps above its limit, all else below."""

    what: str
    value: float
    unit: str
    limit: float
    aim: float | None = None
    nanoseconds: float | None = None
    more: tuple[str, ...] = ()

    def __str__(self) -> str:
        kept = self.value >= self.limit if self.unit == "x" else self.value <= self.limit
        times = None if self.nanoseconds is None else self.nanoseconds / FLOOR
        given = (said(self.value, self.unit), said(self.limit, self.unit), said(self.aim, self.unit))
        cells = (*given, said(self.nanoseconds), said(times))
        line = f"{self.what:<52}" + "".join(f"{cell:>9}" for cell in cells) + ("" if kept else "  MISSED")
        return "\n    ".join([line, *self.more])


def said(value: float | None, unit: str = "") -> str:
    """A figure with its unit."""
    if value is None:
        return "-"
    digits = f"{value:.0f}" if value >= 100 else f"{value:.3g}"
    return f"{digits}{unit}" if unit == "x" else f"{digits} {unit}".rstrip()


def spread(values: list[float], unit: str = "x") -> str:
    """From the lowest to the highest of some rounds."""
    return f"{len(values)} rounds: {said(min(values), unit)} to {said(max(values), unit)}"


def routine(scenario: Scenario) -> Plan:
    """Routine under the scenario's own policy."""
    return compile_plan(scenario, scenario.baseline, None)


def instants(rows: Rows) -> int:
    """How many events some rows tell of."""
    return int(np.count_nonzero(np.diff(rows[:, 0], prepend=0)))


# -- over the reference engine -----------------------------------------------------------------


def over_reference(*, whole: bool) -> Iterator[Line]:
    """A year of a platform in both engines, a week each by turns; their rows are compared as they come."""
    plan = routine(load(BENCHMARKS.parent / "scenarios" / "platform-2017.yaml"))
    weeks = 52 if whole else 5
    for _ in Running(plan, World(world_key(1, 1), START, START + DAY)).blocks():
        pass  # so that the kernel is there
    began = time.perf_counter()
    reference = Night(plan, World(world_key(1, 0), START, START + YEAR))
    slow = [time.perf_counter() - began]
    began = time.perf_counter()
    running = Running(plan, World(world_key(1, 0), START, START + YEAR)).blocks()
    fast = [time.perf_counter() - began]
    mine = its = np.empty((0, 5), dtype=np.int64)
    ratios, told, happened = [], 0, 0
    for week in range(1, weeks + 1):
        last = week == 52
        began = time.perf_counter()
        reference.env.run(until=reference.over if last else START + week * WEEK)
        slow.append(time.perf_counter() - began)
        rows = np.array(reference.rows, dtype=np.int64)
        reference.rows.clear()
        its = np.concatenate([its, rows])
        # The fast engine goes on until it has as many rows; what it has more is for the next week.
        blocks, wanted = [], len(its) - len(mine)
        began = time.perf_counter()
        for block in running:
            blocks.append(block)
            wanted -= len(block)
            if wanted <= 0 and not last:
                break
        fast.append(time.perf_counter() - began)
        new = np.concatenate(blocks)
        mine = np.concatenate([mine, new])
        both = min(len(mine), len(its))
        if not np.array_equal(mine[:both], its[:both]) or (last and len(mine) != len(its)):
            raise SystemExit("the traces of the two engines differ")
        mine, its = mine[both:], its[both:]
        ratios.append(slow[-1] / len(rows) / (fast[-1] / len(new)))
        told, happened = told + both, happened + instants(new)
    yield Line(
        f"platform-2017, {'a year' if whole else f'{7 * weeks} days'}: fast over reference",
        statistics.median(ratios),
        "x",
        80,
        200,
        sum(fast) / happened * 1e9,
        (
            f"weeks by turns, {spread(ratios)}; {sum(slow):.1f} s against {sum(fast):.2f} s in all",
            f"the two traces agree in all {told:,} rows" + ("" if whole else "; whole year: --whole"),
        ),
    )


# -- over other simulators ---------------------------------------------------------------------


class Ran(NamedTuple):
    """Seconds that a queue took, how many customers it served, and how many minutes they waited on average."""

    seconds: float
    customers: int
    wait: float


@dataclass(frozen=True)
class Queue:
    """An M/M/c queue: people, arrivals a minute, and minutes that each takes."""

    plan: Plan
    people: int
    rate: float
    takes: float

    @property
    def wait(self) -> float:
        """How many minutes one waits on average, after Erlang."""
        load = self.rate * self.takes
        blocked = functools.reduce(lambda b, c: load * b / (c + load * b), range(1, self.people + 1), 1.0)
        waits = blocked / (1.0 - load / self.people * (1.0 - blocked))
        return waits * self.takes / (self.people - load)


Simulator: TypeAlias = Callable[[Queue, int, int], Ran]


def queue() -> Queue:
    """The queue that queue.yaml describes."""
    plan = routine(load(BENCHMARKS / "queue.yaml"))
    (stream,), (team,) = plan.streams, plan.teams
    return Queue(plan, team.holders, stream.per_microsecond * MINUTE, stream.handling.a / MINUTE)


def night_of(queue: Queue, seed: int, customers: int) -> Running:
    """The queue as a night of the fast engine, as long as about so many customers need."""
    return Running(queue.plan, World(world_key(1, seed), START, START + int(customers / queue.rate * MINUTE)))


def ours(queue: Queue, seed: int, customers: int) -> Ran:
    """The fast engine; each customer comes, is taken and goes, and each of it is a row."""
    began = time.perf_counter()
    rows = sum(len(block) for block in night_of(queue, seed, customers).blocks(lent=True))
    return Ran(time.perf_counter() - began, rows // 3, math.nan)


def our_wait(queue: Queue, customers: int) -> float:
    """How many minutes customers wait in the fast engine: who comes first is taken first."""
    rows = np.concatenate(list(night_of(queue, 0, customers).blocks()))
    came, taken = (rows[rows[:, 1] == event, 0] for event in (Event.REPORT_ARRIVES, Event.REPORT_TAKEN))
    return float((taken - came[: len(taken)]).mean()) / MINUTE


@functools.cache
def cimba_processes(people: int) -> Any:
    """The queue as cimba's own benchmark writes one: processes and a store, compiled."""
    cimba: Any = importlib.import_module("cimba")

    def arrivals(self: Any) -> None:
        for _ in range(self.customers):
            cimba.hold(cimba.random.exponential(self.between))
            self.queue.put(cimba.now())

    def server(self: Any) -> None:
        while True:
            came = self.queue.get()
            self.waited += cimba.now() - came
            cimba.hold(cimba.random.exponential(self.takes))

    fields = {"queue": cimba.Store[float]}
    methods = {"arrivals": cimba.process(arrivals), "server": cimba.process(server, copies=people)}
    return cimba_model("Processes", fields, methods)


@functools.cache
def cimba_events(people: int) -> Any:
    """The queue as cimba is fastest: two bare events, and the times of arrival in a ring."""
    cimba: Any = importlib.import_module("cimba")
    room = 1 << 16

    def begins(self: Any) -> None:
        cimba.schedule(self.comes, cimba.random.exponential(self.between))

    def comes(self: Any) -> None:
        self.came[self.arrived & (room - 1)] = cimba.now()
        self.arrived += 1
        if self.arrived < self.customers:
            cimba.schedule(self.comes, cimba.random.exponential(self.between))
        if self.idle > 0:
            self.idle -= 1
            self.taken += 1
            cimba.schedule(self.goes, cimba.random.exponential(self.takes))

    def goes(self: Any) -> None:
        if self.taken < self.arrived:
            self.waited += cimba.now() - self.came[self.taken & (room - 1)]
            self.taken += 1
            cimba.schedule(self.goes, cimba.random.exponential(self.takes))
        else:
            self.idle += 1

    fields = {"came": cimba.Array[float], "arrived": int, "taken": int, "idle": int}
    start = {"came": cimba.Array(room), "arrived": 0, "taken": 0, "idle": people}
    methods = {"begins": cimba.on_start(begins), "comes": cimba.event(comes), "goes": cimba.event(goes)}
    return cimba_model("Events", fields, start | methods)


def cimba_model(name: str, fields: dict[str, Any], rest: dict[str, Any]) -> Any:
    """A model class with what both have: parameters, and how long customers waited in all."""
    cimba: Any = importlib.import_module("cimba")
    common = {
        "customers": cimba.Param[int],
        "between": cimba.Param[float],
        "takes": cimba.Param[float],
        "waited": cimba.Output[float],
    }
    return type(cimba.Model)(name, (cimba.Model,), {"__annotations__": common | fields, "waited": 0.0} | rest)


def by_cimba(form: Callable[[int], Any], queue: Queue, seed: int, customers: int) -> Ran:
    """cimba, on one core."""
    cimba: Any = importlib.import_module("cimba")
    model = form(queue.people)()
    model.customers, model.between, model.takes = customers, 1.0 / queue.rate, queue.takes
    began = time.perf_counter()
    experiment = cimba.Experiment(model, window=cimba.Window.until_idle(), seed=seed)
    results = experiment.run(workers=1, on_failure="raise")
    return Ran(time.perf_counter() - began, customers, results[model].waited.values.item() / customers)


def by_simpy(queue: Queue, seed: int, customers: int) -> Ran:
    """SimPy: a process for each customer, and a resource."""
    simpy: Any = importlib.import_module("simpy")
    env, chance, waits = simpy.Environment(), random.Random(seed), []
    people = simpy.Resource(env, queue.people)

    def customer() -> Iterator[Any]:
        came = env.now
        with people.request() as request:
            yield request
            waits.append(env.now - came)
            yield env.timeout(chance.expovariate(1.0 / queue.takes))

    def arrivals() -> Iterator[Any]:
        for _ in range(customers):
            yield env.timeout(chance.expovariate(queue.rate))
            env.process(customer())

    began = time.perf_counter()
    env.process(arrivals())
    env.run()
    return Ran(time.perf_counter() - began, customers, statistics.fmean(waits))


def by_ciw(queue: Queue, seed: int, customers: int) -> Ran:
    """Ciw: a network of one node; it keeps a record of each customer."""
    ciw: Any = importlib.import_module("ciw")
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=queue.rate)],
        service_distributions=[ciw.dists.Exponential(rate=1.0 / queue.takes)],
        number_of_servers=[queue.people],
    )
    began = time.perf_counter()
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(customers)
    seconds = time.perf_counter() - began
    waits = [record.waiting_time for record in simulation.get_all_records()]
    return Ran(seconds, len(waits), statistics.fmean(waits))


def by_salabim(queue: Queue, seed: int, customers: int) -> Ran:
    """salabim: customers in a store, unmonitored, and people who fetch them: it is slower with a resource."""
    salabim: Any = importlib.import_module("salabim")
    salabim.yieldless(False)
    env, chance, waits = salabim.Environment(), random.Random(seed), []
    waiting = salabim.Store("waiting", monitor=False)

    def arrive(self: Any) -> Iterator[Any]:
        for _ in range(customers):
            yield self.hold(chance.expovariate(queue.rate))
            salabim.Component().enter(waiting)

    def serve(self: Any) -> Iterator[Any]:
        while True:
            yield self.from_store(waiting)
            waits.append(env.now() - self.from_store_item().creation_time())
            yield self.hold(chance.expovariate(1.0 / queue.takes))

    began = time.perf_counter()
    type("Arrivals", (salabim.Component,), {"process": arrive})()
    person = type("Person", (salabim.Component,), {"process": serve})
    for _ in range(queue.people):
        person()
    env.run()
    return Ran(time.perf_counter() - began, customers, statistics.fmean(waits))


@dataclass(frozen=True, slots=True)
class Peer:
    """Another simulator: the package it is in, how it runs the queue, and how much it is compared with."""

    what: str
    install: str
    run: Simulator
    customers: int
    limit: float
    aim: float | None = None


PEERS = {
    "cimba": (
        Peer(
            "cimba, processes",
            "cimba==0.9.5",
            functools.partial(by_cimba, cimba_processes),
            1_000_000,
            1.0,
            1.5,
        ),
        Peer(
            "cimba, bare events",
            "cimba==0.9.5",
            functools.partial(by_cimba, cimba_events),
            1_000_000,
            1.0,
            1.5,
        ),
    ),
    "simpy": (Peer("SimPy", "simpy", by_simpy, 50_000, 80),),
    "ciw": (Peer("Ciw", "ciw", by_ciw, 50_000, 150),),
    "salabim": (Peer("salabim", "salabim", by_salabim, 20_000, 1000),),
}


def over_peers(name: str) -> Iterator[Line | str]:
    """The fast engine over another simulator, in each of the forms in which it is compared."""
    one = queue()
    for peer in PEERS[name]:
        if find_spec(name) is None:
            yield f"{peer.what}: not installed (pip install {peer.install})"
            continue
        peer.run(one, 0, 1000)  # cimba compiles, and has to be imported before anything else does
        ours(one, 0, 1000)
        fast, slow = [], []
        for turn in range(1, ROUNDS + 1):
            fast.append(ours(one, turn, 1_000_000))
            slow.append(peer.run(one, turn, peer.customers))
        mine, its = ([nanoseconds(ran) for ran in side] for side in (fast, slow))
        ratios = [its / mine for its, mine in zip(its, mine, strict=True)]
        wait = sum(ran.wait * ran.customers for ran in slow) / sum(ran.customers for ran in slow)
        yield Line(
            f"M/M/{one.people} queue: fast over {peer.what}",
            statistics.median(ratios),
            "x",
            peer.limit,
            peer.aim,
            statistics.median(mine),
            (
                f"{spread(ratios)}; {name} {version(name)}: {said(statistics.median(its))} ns an event",
                f"mean wait {wait:.3f} min, ours {our_wait(one, 4_000_000):.3f}; Erlang C says {one.wait:.3f}",
            ),
        )


def nanoseconds(ran: Ran) -> float:
    """What an event took: a customer is two."""
    return ran.seconds / (2 * ran.customers) * 1e9


# -- two threads -------------------------------------------------------------------------------


def threads() -> Iterator[Line]:
    """Two replications in two threads over the same two one after the other."""
    one, customers = queue(), 3_000_000
    ours(one, 0, 1000)
    ratios, apart, cores = [], [], []
    for turn in range(ROUNDS):
        seeds = (2 * turn, 2 * turn + 1)
        began = time.perf_counter()
        served = sum(ours(one, seed, customers).customers for seed in seeds)
        after = time.perf_counter() - began
        pair = [threading.Thread(target=ours, args=(one, seed, customers)) for seed in seeds]
        began, worked = time.perf_counter(), time.process_time()
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
        beside = time.perf_counter() - began
        cores.append((time.process_time() - worked) / beside)
        ratios.append(after / beside)
        apart.append(beside / (2 * served) * 1e9)
    yield Line(
        f"two threads over one, M/M/{one.people} queue",
        statistics.median(ratios),
        "x",
        1.9,
        None,
        statistics.median(apart),
        (f"{spread(ratios)}; the machine gave the two {said(statistics.median(cores))} cores",),
    )


# -- the first call ----------------------------------------------------------------------------


def first_call() -> Iterator[Line]:
    """The first call ever, which compiles, and the first call of a process that finds the kernel kept."""
    compiled: list[float] = []
    kept: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as cache:
            for calls in (compiled, kept):
                done = subprocess.run(
                    (sys.executable, "-c", FIRST_CALL, str(BENCHMARKS / "queue.yaml")),
                    env=os.environ | {"DEACTSIM_CACHE": cache},
                    check=True,
                    capture_output=True,
                    text=True,
                )
                calls.append(float(done.stdout))
    for what, calls, limit in (("ever: it compiles", compiled, 10.0), ("of a process", kept, 0.5)):
        more = (f"{spread(calls, 's')}; what is imported for it included",)
        yield Line(f"first call {what}", statistics.median(calls), "s", limit, more=more)


# -- thirty million actions --------------------------------------------------------------------


def simulate(days: int, answer: Connection) -> None:
    """Send seconds, actions and the most megabytes of some days at the scale of 30 million actions a year."""
    plan = routine(loads(THIRTY_MILLION))
    for _ in Running(plan, World(world_key(1, 1), START, START + DAY // 24)).blocks():
        pass  # so that the kernel is there
    actions = 0
    began = time.perf_counter()
    for block in Running(plan, World(world_key(1, 0), START, START + days * DAY)).blocks(lent=True):
        actions += int(np.count_nonzero(block[:, 1] == Event.REQUESTED))
    seconds = time.perf_counter() - began
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    answer.send((seconds, actions, megabytes))


def fold_weeks(weeks: int, answer: Connection) -> None:
    """Send seconds, weekly actions and the most megabytes of the friction of some weeks at that scale."""
    began = time.perf_counter()
    plan = routine(loads(THIRTY_MILLION))
    found = routine_weeks(plan, 1, stretch([plan], START, weeks, exactly=True)).estimates()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    answer.send((time.perf_counter() - began, round(found["actions"].mean), megabytes))


def in_a_process(what: Callable[[int, Connection], None], many: int) -> tuple[float, int, float]:
    """What a process of its own says of so many days or weeks."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=what, args=(many, its))
    process.start()
    its.close()  # so that no answer is waited for that will not come
    answer: tuple[float, int, float] = mine.recv()
    process.join()
    return answer


def thirty_million(*, whole: bool) -> Iterator[Line]:
    """A year with 30 million actions: seconds on one core, its memory, and that of its friction."""
    days = 365 if whole else 30
    # The first compiles, if need be.
    rounds = [in_a_process(simulate, days_now) for days_now in (1, *[days] * ROUNDS)]
    seconds, actions, megabytes = (list(each) for each in zip(*rounds[1:], strict=True))
    years = [each * 365 / days for each in seconds]
    scale = f"{said(actions[0] / 1e6 * 365 / days)} M actions a year"
    stands = "the whole year" if whole else f"{days} days stand for the year (whole: --whole)"
    yield Line(
        f"{scale}: one core",
        statistics.median(years),
        "s",
        15,
        None,
        statistics.median(seconds) / (2 * actions[0]) * 1e9,  # its report comes, and is closed with it
        (f"{spread(years, 's')}; {stands}; {actions[0]:,} actions",),
    )
    yield Line(f"{scale}: memory", max(megabytes), "MB", 500)
    _, weekly, megabytes_of_weeks = in_a_process(fold_weeks, 2)
    more = (
        f"two weeks, as a forecast has, with {weekly:,} actions each, folded into what they cost honest work",
    )
    yield Line(f"{scale}: memory of friction", megabytes_of_weeks, "MB", 500, more=more)


# -- years of many policies --------------------------------------------------------------------


def shared_years() -> Iterator[Line]:
    """Years of 16 policies that meet the same worlds, and their totals: how much of them is not the kernel's."""
    text = (BENCHMARKS.parent / "scenarios" / "platform-2017.yaml").read_text(encoding="utf-8")
    scenario = loads(text.replace("\nsilent:", f"{SIX_MORE}\nsilent:", 1))
    assert scenario.forecast is not None  # noqa: S101 - it has one
    causes = compile_causes(scenario)
    fleet = Fleet(tuple(compile_plan(scenario, name, None) for name in scenario.policies), causes)
    protected = frozenset(scenario.forecast.protected)
    able = np.array([any(target.tier in protected for target in cause.targets) for cause in causes])
    episodes = tuple(
        episodes_needed(cause.per_year) if cause.per_year <= COMPOSED else OF_FREQUENT for cause in causes
    )
    shared = Shared(
        (fleet,), episodes, protected, 1, year_start(scenario), "episodes", stretch(fleet.plans, START, 1)
    )
    appetite = scenario.forecast.appetite.value / 60e6
    enter, inside = Entry.__call__, [0.0]

    def entered(entry: Entry, what: int, *memories: Rows) -> int:
        began = time.process_time()
        found = enter(entry, what, *memories)
        inside[0] += time.process_time() - began
        return found

    shares, years = [], []
    with patch.object(Entry, "__call__", entered):
        for first in range(0, (ROUNDS + 1) * BLOCK, BLOCK):
            inside[0], began = 0.0, time.process_time()
            jobs = [Job(begin, YEARS_A_JOB) for begin in range(first, first + BLOCK, YEARS_A_JOB)]
            found = [part for part in (work(shared, job) for job in jobs) if isinstance(part, Found)]
            fold(Block(Found.joined(found), causes, able, "episodes", 1, first, BLOCK), 0, appetite)
            took = time.process_time() - began
            shares.append(100.0 * (1.0 - inside[0] / took))
            years.append(1000.0 * took / BLOCK)
    del shares[0], years[0]  # the first compiles, if need be, and makes the images of plans
    yield Line(
        f"a year of {len(fleet.plans)} policies: outside the kernel",
        statistics.median(shares),
        "%",
        30,
        more=(f"{spread(shares, '%')}; {said(statistics.median(years), 'ms')} of a processor a year in all",),
    )


# -- the table ---------------------------------------------------------------------------------


def main() -> None:
    """Measure, and print each line as it comes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--whole", action="store_true", help="whole years, where otherwise some days stand for one"
    )
    rows: dict[str, Callable[[], Iterator[Line | str]]]
    rows = {
        # Processes of their own come first: they are said to hold what held who started them. So does cimba.
        "first": first_call,
        "actions": lambda: thirty_million(whole=given.whole),
        **{name: functools.partial(over_peers, name) for name in PEERS},
        "threads": threads,
        "years": shared_years,
        "platform": lambda: over_reference(whole=given.whole),
    }
    parser.add_argument("--only", choices=rows, metavar="ROW", help=f"one of {', '.join(rows)}")
    given = parser.parse_args()
    print(
        f"Python {platform.python_version()}, numba {version('numba')}, {platform.machine()}, {os.cpu_count()} cores"
    )
    titles = ("measured", "limit", "aim", "ns/event", "x floor")
    print(f"\n{'':<52}" + "".join(f"{title:>9}" for title in titles))
    for name in (given.only,) if given.only else rows:
        for line in rows[name]():
            print(line, flush=True)
    print("memory of 10,000 years: python benchmarks/memory.py")


if __name__ == "__main__":
    main()
