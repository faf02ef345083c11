"""Routine work is simulated around an incident where it can matter, and left out where it cannot.

The people of the incident are the responders and whoever its gates wait for. If routine
work can reach none of them in a world, the incident's events are the same without it: the
draws do not depend on who else draws. This is exact, and tests hold it to equality.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from ..engines.reference import run
from ..model.plan import Plan
from ..model.states import Event
from ..model.trace import Trace
from ..model.world import World

#: Shifts come and go, and statements and follower counts need nobody's time here.
_NO_PEOPLE = {
    Event.SHIFT_ON,
    Event.SHIFT_OFF,
    Event.FIRST_STATEMENT,
    Event.SECOND_STATEMENT,
    Event.AUDIENCE_STEP,
    Event.AUDIENCE_WHOLE,
}


def run_incident(plan: Plan, world: World) -> Trace:
    """Run a plan for the sake of its incident: the trace may lack routine that cannot touch it."""
    quiet = _without_routine(plan)
    if quiet is None:
        return run(plan, world)
    trace = run(quiet, world)
    begins = world.begins(plan)
    # A slip in routine goes dark and calls responders: then, and only then, routine counts.
    if world.slips(plan.streams, begins, _people_needed_until(trace) + 1):
        return run(plan, world)
    return trace


def _people_needed_until(trace: Trace) -> int:
    """The last time the incident had any use for people's time."""
    return max((row.time for row in trace.rows if row.event not in _NO_PEOPLE), default=0)


@lru_cache(maxsize=1024)
def _without_routine(plan: Plan) -> Plan | None:
    """The plan without reports and those who handle them, if the incident needs responders alone."""
    given = plan.safeguards
    gates = (given.approval, given.protected_list, given.separation_of_duties)
    handling = {team for stream in plan.streams for team in stream.teams}
    if any(gate is not None for gate in gates) or plan.response.team in handling:
        return None
    teams = tuple(
        team if place == plan.response.team else replace(team, headcount=0, holders=0)
        for place, team in enumerate(plan.teams)
    )
    return replace(plan, streams=(), teams=teams)
