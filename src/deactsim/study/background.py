"""Routine work is simulated around an incident only as far as it can matter.

The people of the incident are the responders and whoever its gates wait for. Where those who
handle reports are others, what they do is worked out once for all policies, and only the actions
that could touch the incident are simulated. And where there are so many people that every piece of
work, routine's and the incident's, could have a person of its own, nobody keeps the incident
waiting, and its times are the same without routine: the draws do not depend on who else draws.
Both are exact as docs/design/background.md says, and tests hold them to equality.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..engines import chosen
from ..engines.chosen import run
from ..engines.handled import Handled, Parts, Requests, asked_teams, askers, can_stand_apart, handling
from ..engines.seen import Seen
from ..model.plan import CommandPlan, Plan, SafeguardsPlan, StreamPlan, TeamPlan
from ..model.states import Event
from ..model.trace import Trace
from ..model.world import World
from ..model.worlds import Worlds
from ..same import for_the_same
from .measures import how_denied, marks, table_of

#: Each asks for one person's work.
_ASKS = {Event.ASKED, Event.REROUTED, Event.PAGED, Event.FALSE_ALARM}
#: Somebody begins with it: how long it takes from then on hangs on nobody else.
_TAKES = {Event.REVIEW_STARTS, Event.ALARM_TAKEN, Event.RESPONDER_TAKES}


def run_incident(plan: Plan, world: World) -> Trace:
    """Run a plan for the sake of its incident: the trace lacks routine that cannot touch it."""
    apart = _apart_of(plan)
    if apart is None:
        return run(plan, world)
    needed = replace(plan, teams=apart.teams)
    if apart.can_be_counted:
        trace = run(replace(needed, streams=()), world)
        if not apart.keeps_waiting(needed, world, trace):
            return trace
    return run(needed, world, apart.requests(plan, world))


def in_parts(plan: Plan) -> Parts:
    """A plan, and what of it has to be simulated around an incident."""
    apart = _apart_of(plan)
    if apart is None:
        return Parts(plan)
    if not apart.can_be_counted:
        return Parts(plan, asks=apart.asks)
    return Parts(plan, replace(plan, teams=apart.teams), apart.asks, _desk(plan), apart.matter)


def see_incidents(plan: Plan, worlds: Worlds) -> Seen:
    """The marks of a plan's incident in many worlds, (worlds,)."""
    incident = plan.incident
    assert incident is not None  # noqa: S101 - without one there is nothing to see
    apart = _apart_of(plan)
    quiet = None if apart is None or not apart.can_be_counted else replace(plan, teams=apart.teams)

    def how(asked: int, asked_at: int, until: int, under_review: bool) -> int:
        return how_denied(plan, asked, asked_at, until, under_review=under_review)

    seen = chosen.marks_of(plan, quiet, () if apart is None else apart.asks, worlds, how)
    left = np.arange(len(worlds)) if seen is None else np.flatnonzero(seen["status"] == 0)
    if seen is not None and not left.size:
        return seen
    by_themselves = [worlds.world(place, plan.streams) for place in left.tolist()]
    alone = table_of(
        [marks(run_incident(plan, world), world.end) for world in by_themselves],
        len(incident.acts),
        incident.id,
        [world.effect_as_documented(incident) for world in by_themselves],
    )
    return alone if seen is None else seen.with_others(left, alone)


@dataclass(frozen=True, slots=True)
class _Apart:
    """Routine that those who handle reports, and have no other work, are apart from an incident with.

    `teams` have only the people whom the incident may need.
    `asks` are pieces of work: of a team (by index) for every action of a stream (by index) that a
    gate reaches, for as many people one after another. `matter` are the streams whose honest
    actions can matter to others. `can_be_counted` tells that routine can only keep the
    incident waiting, by work that is counted.
    """

    teams: tuple[TeamPlan, ...]
    asks: tuple[tuple[int, int, int], ...]
    matter: frozenset[int]
    can_be_counted: bool

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

    def requests(self, plan: Plan, world: World) -> Requests:
        """The actions of routine that can matter, by the desk that all policies of the world share."""
        # Where nights are run many at once nobody asks, and SimPy need not be there.
        from ..engines.reference import Desk

        key = handled, start = _desk(plan), world.begins(plan)
        if key not in world.kept:
            world.kept[key] = Desk(handled, world, start)
        desk: Desk = world.kept[key]

        def matter(begin: int, until: int) -> Sequence[Handled]:
            found = desk.actions_of(begin, until)
            return [one for one in found if one.wrongful or one.report.stream in self.matter]

        return matter


def _people_needed_until(trace: Trace) -> int:
    """The last time somebody was asked for work, or began with it."""
    return max((row.time for row in trace.rows if row.event in _ASKS | _TAKES), default=0)


def _apart_of(plan: Plan) -> _Apart | None:
    """What of a plan's routine can be told apart; None where those who handle reports are also asked for other work."""
    return _apart(plan.teams, plan.streams, plan.commands, plan.safeguards, plan.response.team)


@for_the_same(1024)
def _apart(
    teams: tuple[TeamPlan, ...],
    streams: tuple[StreamPlan, ...],
    commands: tuple[CommandPlan, ...],
    given: SafeguardsPlan,
    responders: int,
) -> _Apart | None:
    needed = asked_teams(given, responders)
    if not can_stand_apart(streams, needed):
        return None
    asks = [
        (index, team, asked.count(team))
        for control, asked in askers(given)
        for index, stream in enumerate(streams)
        for team in sorted(set(asked))
        if any(
            control.reaches(None, stream.tier, stream.command, teams[at].name, tool)
            for at, tool in zip(stream.teams, stream.tools, strict=True)
        )
    ]
    # What an agent did before counts for what he does next, honest or not.
    counted = given.rate_limit is not None or given.just_in_time is not None
    undoing = {command.undo for command in commands}
    undo_asks = given.approval is not None and bool(given.approval.control.commands & undoing)
    return _Apart(
        teams=tuple(
            team if place in needed else replace(team, headcount=0, holders=0)
            for place, team in enumerate(teams)
        ),
        asks=tuple(asks),
        matter=frozenset(range(len(streams)) if counted else (index for index, *_ in asks)),
        can_be_counted=given.lock_down is None and not undo_asks,
    )


def _desk(plan: Plan) -> Plan:
    """The plan of the desk of a plan that stands apart: no safeguard but a leaver's matters there."""
    handled = handling(replace(plan, incident=None))
    assert handled is not None  # noqa: S101 - it stands apart
    return replace(handled, safeguards=SafeguardsPlan())
