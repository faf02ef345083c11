"""Little's law, exactly: what stood in every queue, hour by hour, is what everybody waited.

The engine's own queues are watched while it runs (their length times how long it was so), and the waits are read from
the trace. Both are whole microseconds and must be equal; so must the time people were busy and the work in the trace.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deactsim.engines.reference import night as night_module
from deactsim.engines.reference.night import run
from deactsim.engines.reference.people import Job, People
from deactsim.model.compile import compile_plan
from deactsim.model.shifts import DAY
from deactsim.model.states import Event
from deactsim.model.streams import team_of_agent, world_key
from deactsim.model.trace import Trace
from deactsim.model.world import HOUR, World
from deactsim.scenario.load import load

from .check import Check, equal
from .worlds import MONDAY

PART = "Little's law"
#: A week with more reports than this is cut short.
REPORTS = 3_000


@dataclass
class Areas:
    """Of each team: how many waited and worked, times how long (microseconds)."""

    waiting: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    working: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    jobs: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))


def watched(areas: Areas) -> type[People]:
    """People whose queue and work are added up as time goes by."""

    class Watched(People):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            self.last = self.night.start
            everybody.append(self)

        def count(self) -> None:
            passed = self.night.now - self.last
            areas.waiting[self.plan.id] += passed * len(self.queue)
            areas.working[self.plan.id] += passed * len(self.busy)
            self.last = self.night.now

        def submit(self, job: Job) -> None:
            self.count()
            super().submit(job)

        def withdraw(self, job: Job) -> None:
            self.count()
            super().withdraw(job)

        def release(self, agent: int) -> None:
            self.count()
            super().release(agent)

        def _match(self) -> None:
            self.count()
            super()._match()

    everybody: list[Watched] = []
    Watched.everybody = everybody  # type: ignore[attr-defined]
    return Watched


@contextmanager
def watching() -> Iterator[Areas]:
    """While this lasts, the engine's people are watched."""
    areas = Areas()
    before = night_module.People
    night_module.People = cls = watched(areas)  # type: ignore[misc]
    try:
        yield areas
        for people in cls.everybody:  # type: ignore[attr-defined]
            people.count()
    finally:
        night_module.People = before  # type: ignore[misc]


_QUEUED = {Event.REPORT_ARRIVES, Event.ASKED, Event.REROUTED, Event.PAGED, Event.FALSE_ALARM}
_TAKEN = {Event.REPORT_TAKEN, Event.REVIEW_STARTS, Event.RESPONDER_TAKES, Event.ALARM_TAKEN}
_DONE = {Event.REPORT_CLOSED, Event.REVIEW_ENDS, Event.RESPONDER_FREE, Event.ALARM_CLOSED}


def from_trace(trace: Trace, ends: int) -> Areas:
    """What everybody waited and worked, as the trace tells it; what has not ended counts to the end."""
    found = Areas()
    waiting: dict[tuple[int, int], int] = {}
    working: dict[tuple[int, int], int] = {}
    for time, event, entity, by, _ in trace.rows:
        if event in _QUEUED:
            waiting[entity, by] = time
            found.jobs[by] += 1
        elif event in _TAKEN:
            team = team_of_agent(by)
            found.waiting[team] += time - waiting.pop((entity, team))
            working[entity, team] = time
        elif event in _DONE:
            team = team_of_agent(by)  # of a senior's or an executor's verdict the trace names the team
            found.working[team] += time - working.pop((entity, team))
        elif event == Event.TIMED_OUT:
            for key in [key for key in waiting if key[0] == entity]:
                found.waiting[key[1]] += time - waiting.pop(key)
    for (_, team), since in waiting.items():
        found.waiting[team] += ends - since
    for (_, team), since in working.items():
        found.working[team] += ends - since
    return found


def checks_of(path: Path, weeks: int) -> list[Check]:
    """Every queue of a scenario under all its policies: sums over queues, each equal to the last microsecond.

    A queue that differs gets a line of its own.
    """
    scenario = load(path)
    hours = 7 * 24
    per_hour = sum(stream.rate.value.per_microsecond * HOUR for stream in scenario.reports.values())
    hours = max(1, min(hours, int(REPORTS / per_hour))) if per_hour else hours
    found: list[Check] = []
    total = {"waiting": [0, 0], "working": [0, 0]}
    queues = jobs = 0
    for policy in scenario.policies:
        plan = compile_plan(scenario, policy, None)
        for week in range(weeks):
            begin = MONDAY + week * 7 * DAY
            world = World(world_key(5, week), begin, begin + hours * HOUR)
            with watching() as seen:
                trace = run(plan, world)
            told = from_trace(trace, world.end)
            for team in plan.teams:
                queues += 1
                jobs += told.jobs[team.id]
                for what, sums in total.items():
                    one, other = getattr(seen, what)[team.id], getattr(told, what)[team.id]
                    sums[0] += one
                    sums[1] += other
                    if one != other:
                        name = f"{path.stem}, {policy}, {team.name}, week {week}: {what} (us)"
                        found.append(equal(PART, name, one, other))
    said = f"{path.stem}: {len(scenario.policies)} policies, {queues} queues, {jobs:,} jobs"
    found.insert(0, equal(PART, f"{said}, waiting (us)", *total["waiting"]))
    found.insert(1, equal(PART, f"{path.stem}: people at work (us)", *total["working"]))
    return found


def job(_: object, given: tuple[Path, int]) -> list[Check]:
    """One scenario, for a worker."""
    return checks_of(*given)
