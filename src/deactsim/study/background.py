"""Routine work is simulated around an incident where it can matter, and left out where it cannot.

The people of the incident are the responders and whoever its gates wait for. Where there are
so many of them that every piece of work, routine's and the incident's, could have a person of its
own, nobody keeps the incident waiting, and its times are the same without routine: the draws do not
depend on who else draws. This is exact, and tests hold it to equality.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

from ..engines.reference import run
from ..model.plan import Control, Plan
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
#: Each asks for one person's work.
_ASKS = {Event.ASKED, Event.REROUTED, Event.PAGED, Event.FALSE_ALARM}


def run_incident(plan: Plan, world: World) -> Trace:
    """Run a plan for the sake of its incident: the trace may lack routine that cannot touch it."""
    quiet = _quiet(replace(plan, incident=None))
    if quiet is None:
        return run(plan, world)
    trace = run(replace(quiet.plan, incident=plan.incident), world)
    if quiet.keeps_waiting(plan, world, trace):
        return run(plan, world)
    return trace


@dataclass(frozen=True, slots=True)
class _Quiet:
    """A plan without reports and those who handle them, and what routine asks of its people.

    `asks` are pieces of work: of a team (by index) for every action of a stream (by index) that a
    gate reaches, for as many people one after another.
    """

    plan: Plan
    asks: tuple[tuple[int, int, int], ...]

    def keeps_waiting(self, plan: Plan, world: World, trace: Trace) -> bool:
        """Whether somebody could have to wait for routine while the incident needs people."""
        begin, until = world.begins(plan), _people_needed_until(trace) + 1
        work: Counter[int] = Counter(row.by for row in trace.rows if row.event in _ASKS)
        response = plan.response.team
        for index, stream in enumerate(plan.streams):
            if stream.wrongful > 0.0:  # what goes dark calls a responder
                work[plan.teams[response].id] += world.actions(
                    plan.streams, index, begin, until, wrongful=True
                )
        for index, team, people in self.asks:
            work[plan.teams[team].id] += people * world.actions(plan.streams, index, begin, until)
        return any(work[team.id] > team.headcount for team in plan.teams)


def _people_needed_until(trace: Trace) -> int:
    """The last time the incident had any use for people's time."""
    return max((row.time for row in trace.rows if row.event not in _NO_PEOPLE), default=0)


@lru_cache(maxsize=1024)
def _quiet(plan: Plan) -> _Quiet | None:
    """The plan without routine; None where routine's people are also the incident's, or a freeze
    that a slip brings, or an undo that must be approved, could reach the incident."""
    given = plan.safeguards
    handling = {team for stream in plan.streams for team in stream.teams}
    gates: list[tuple[Control, tuple[int, ...]]] = []
    if given.approval is not None:
        gates.append((given.approval.control, given.approval.slots))
    if given.protected_list is not None and given.protected_list.senior is not None:
        gates.append((given.protected_list.control, (given.protected_list.senior,)))
    if given.separation_of_duties is not None:
        gates.append((given.separation_of_duties.control, (given.separation_of_duties.team,)))
    needed = {plan.response.team, *(team for _, teams in gates for team in teams)}
    undoing = {command.undo for command in plan.commands}
    if handling & needed or given.lock_down is not None:
        return None
    if given.approval is not None and given.approval.control.commands & undoing:
        return None
    asks = [
        (index, team, teams.count(team))
        for control, teams in gates
        for index, stream in enumerate(plan.streams)
        for team in sorted(set(teams))
        if any(
            control.reaches(None, stream.tier, stream.command, plan.teams[at].name, tool)
            for at, tool in zip(stream.teams, stream.tools, strict=True)
        )
    ]
    teams = tuple(
        team if place in needed else replace(team, headcount=0, holders=0)
        for place, team in enumerate(plan.teams)
    )
    return _Quiet(replace(plan, streams=(), teams=teams), tuple(asks))
