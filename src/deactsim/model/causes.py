"""Causes of wrongful actions, and their occurrences in a world: who acts when, on what.

How often a cause occurs, and everything about an occurrence, is the world's: no policy
changes it. What a policy makes of it (is he still a holder, does a dialog stop him, does he
adapt) is in the `IncidentPlan` that `incident_of` makes.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import TypeVar

from .lengths import FIXED, Length
from .plan import ActPlan, IncidentPlan, Plan, TeamPlan, Windows
from .shifts import spans
from .streams import Purpose, insider_id, next_insider
from .world import World

YEAR = 31_557_600_000_000


@dataclass(frozen=True, slots=True)
class TargetPlan:
    """A tier that a cause hits, and the share of its acts; accounts are numbered."""

    tier: str
    share: float
    accounts: int
    followers: int


@dataclass(frozen=True, slots=True)
class ActorTeamPlan:
    """A team that actors come from, and its share of them."""

    team: int
    tool: str
    share: float


Shared = TypeVar("Shared", TargetPlan, ActorTeamPlan)


@dataclass(frozen=True, slots=True)
class CausePlan:
    """Why wrongful actions happen, how often, by whom and to whom.

    Ids of occurrences follow `id`. `per_year` is the expected number of occurrences in a year.
    `leaving` and `former` are the shares of actors on the way out and gone already; `routine` tells of an error
    of honest work, whose tier is that of its one target. `notices_error` tells whether the actor may notice
    it himself.
    """

    id: int
    name: str
    kind: str
    per_year: float
    command: str
    teams: tuple[ActorTeamPlan, ...]
    targets: tuple[TargetPlan, ...]
    on_shift: float
    leaving: float
    leaves_after: Length
    former: float
    left_before: Length | None
    accounts: int
    spacing: int
    open_report: float
    expects_no_effect: bool
    adapts: float
    keys: tuple[tuple[int, int], ...]
    notices_error: bool
    routine: bool


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One actor with his acts. `leaves` is when his last shift ends, from the first act; None if he stays."""

    id: int
    cause: CausePlan
    at: int
    team: ActorTeamPlan
    leaves: int | None
    acts: tuple[ActPlan, ...]
    open_report: bool
    adapts: bool


def occurrences(world: World, cause: CausePlan, number: int) -> int:
    """How many times a cause occurs in a year of the world; `number` tells the years of a world apart."""
    u, count = world.draw(cause.id, Purpose.OCCURS, number), 0
    # The Poisson law by inversion, summed in logarithms so that large means do not underflow.
    log_term = -cause.per_year
    total = math.exp(log_term)
    # Rounding keeps the sum from ever reaching 1: nothing comes beyond twelve deviations.
    most = cause.per_year + 12.0 * math.sqrt(cause.per_year) + 12.0
    while u > total and count < most:
        count += 1
        log_term += math.log(cause.per_year) - math.log(count)
        total += math.exp(log_term)
    return count


def occurrence(world: World, plan: Plan, cause: CausePlan, number: int, start: int) -> Occurrence:
    """The `number`-th occurrence of a cause in the year that begins at `start`.

    `plan` is any plan of the scenario: only its teams' shifts are looked at. Given how many
    there are, the occurrences of a Poisson process are placed independently.
    """
    first = cause.id | number << 16
    team = _pick(world.draw(first, Purpose.TEAM_OF_ACTOR), cause.teams)
    leaves = _leaves(world, cause, first)
    gone = leaves is not None and leaves < 0
    at = _time(world, plan, team, first, start, cause.on_shift if not gone else 0.0)
    acts: list[ActPlan] = []
    taken: dict[str, set[int]] = {}
    for k in range(cause.accounts):
        target = _pick(world.draw(first + k, Purpose.TARGET_TIER), cause.targets)
        index = int(world.draw(first + k, Purpose.TARGET) * target.accounts)
        before = taken.setdefault(target.tier, set())
        if len(before) == target.accounts:
            continue  # the tier has no other account left
        while index in before:
            index = (index + 1) % target.accounts  # every act on another account
        before.add(index)
        acts.append(ActPlan(f"{target.tier}/{index}", target.tier, target.followers, k * cause.spacing))
    return Occurrence(
        id=first,
        cause=cause,
        at=at,
        team=team,
        leaves=leaves,
        acts=tuple(acts),
        open_report=world.draw(first, Purpose.OPEN_REPORT) < cause.open_report,
        adapts=world.draw(first, Purpose.ADAPTS) < cause.adapts,
    )


def _pick(u: float, among: Sequence[Shared]) -> Shared:
    total = sum(one.share for one in among)
    for one in among:
        u -= one.share / total
        if u < 0.0:
            return one
    return among[-1]


def _time(world: World, plan: Plan, team: ActorTeamPlan, first: int, start: int, on_shift: float) -> int:
    """A time of the year, uniform over the hours in which such an actor acts."""
    u = world.draw(first, Purpose.PLACE)
    begins, before = _on_shift(plan.teams[team.team].windows, start)
    if not begins or world.draw(first, Purpose.ON_SHIFT) >= on_shift:
        return start + int(u * YEAR)
    left = min(int(u * before[-1]), before[-1] - 1)
    span = bisect_right(before, left) - 1
    return begins[span] + left - before[span]


@lru_cache(maxsize=256)
def _on_shift(windows: Windows, start: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """When shifts of a year begin, and how much of them lies before each, and in the end before its end."""
    within = [(max(on, start), min(off, start + YEAR)) for on, off in spans(windows, start, start + YEAR)]
    return tuple(on for on, _ in within), (0, *accumulate(off - on for on, off in within))


def _leaves(world: World, cause: CausePlan, first: int) -> int | None:
    """When the actor's last shift ends, counted from the act; below 0 for one who has left."""
    u = world.draw(first, Purpose.LEAVING)
    if u < cause.leaving:
        return world.length(first, Purpose.LEAVES_BY, 0, cause.leaves_after)
    if u < cause.leaving + cause.former and cause.left_before is not None:
        return -max(1, world.length(first, Purpose.LEAVES_BY, 1, cause.left_before))
    return None


def _holds(cause: CausePlan, team: TeamPlan) -> float:
    """The chance that an actor holds the right; whoever errs in honest work was given it to do."""
    if cause.routine:
        return 1.0
    return team.holders / team.heads if team.heads else 0.0


def incident_of(plan: Plan, what: Occurrence, warm_up: int, follow: int) -> IncidentPlan:
    """What a policy makes of an occurrence."""
    given, cause, team = plan.safeguards, what.cause, plan.teams[what.team.team]
    step_down, confirm, first = given.step_down, given.confirm, what.acts[0]
    shift = 0
    if what.adapts and what.leaves is not None and what.leaves >= 0 and step_down is not None:
        where = (first.account, first.tier, cause.command, team.name, what.team.tool)
        shift = step_down.before if step_down.control.reaches(*where) else 0
    stops = 0.0
    if confirm is not None:
        stops = {
            "slip": confirm.stops_slips,
            "misidentified": confirm.stops_misidentified,
            "deliberate": confirm.stops_unexpecting if cause.expects_no_effect else 0.0,
        }[cause.kind]
    return IncidentPlan(
        acts=what.acts,
        command=cause.command,
        team=what.team.team,
        tool=what.team.tool,
        at=what.at,
        give_or_take=0,
        leaves=None if what.leaves is None else Length(FIXED, what.leaves),
        open_report=what.open_report,
        among_holders=_holds(cause, team),
        confirm_stops=stops,
        actor_notices=cause.notices_error,
        act_shift=shift,
        paced=what.adapts and given.rate_limit is not None and len(what.acts) > 1,
        warm_up=warm_up,
        follow=follow,
        id=what.id,
        agent=insider_id(team.id, what.id),
        keys=cause.keys,
    )


def of_different_actors(incidents: Sequence[IncidentPlan]) -> tuple[IncidentPlan, ...]:
    """Incidents of one run, no two with the same actor: the later one's is given the next free id.

    One pair of a team in half a million has the same by chance.
    """
    found: list[IncidentPlan] = []
    taken: set[int] = set()
    for incident in incidents:
        agent = incident.agent
        while agent in taken:
            agent = next_insider(agent)
        taken.add(agent)
        found.append(incident if agent == incident.agent else replace(incident, agent=agent))
    return tuple(found)
