"""What engines say of reports apart from the rest: how they were handled, and when that can be worked out apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..model.lengths import FIXED, QUANTILES, TRIANGULAR, UNIFORM, Length
from ..model.plan import Control, Plan, SafeguardsPlan, StreamPlan
from ..model.streams import length_at
from ..model.world import Report

#: Shapes that have a least value.
_BOUNDED = {FIXED, UNIFORM, TRIANGULAR, QUANTILES}
#: A chance too small to count with.
_NEGLIGIBLE = 1e-6


class Handled(NamedTuple):
    """A report that was taken: by whom (`place` is his team's among the stream's), when, until when.

    `wrongful` tells of an action that is wrong, None of no action at all.
    """

    report: Report
    urgent: bool
    place: int
    agent: int
    taken: int
    closed: int
    wrongful: bool | None


#: Handled reports as a table; the first six are what a run has to know of the actions they end in.
COLUMNS = ("closed", "agent", "report", "stream", "place", "urgent", "came", "taken", "wrongful")


@dataclass(frozen=True)
class Taken:
    """Reports that were taken, in that order: when they came, were taken and are closed, and by whom, (reports,).

    `actions` are those that were closed in time and ended in an action, in the order in which they were closed,
    (actions, 9): `COLUMNS`.
    """

    arrived: NDArray[np.int64]
    taken: NDArray[np.int64]
    closed: NDArray[np.int64]
    agent: NDArray[np.int64]
    actions: NDArray[np.int64]


class Parts(NamedTuple):
    """A plan, and what of it has to be simulated around an incident (docs/design/background.md).

    `quiet` has only the people whom the incident may need, None where routine has to be simulated around every one.
    `asks` are pieces of work (stream, team, people): what honest actions of a stream ask of a team. `desk` is a plan of
    `handling` that yields the actions a `quiet` night can be run with, None without one; `matter` are the
    streams whose honest actions can matter to others.
    """

    plan: Plan
    quiet: Plan | None = None
    asks: tuple[tuple[int, int, int], ...] = ()
    desk: Plan | None = None
    matter: frozenset[int] = frozenset()


#: Reports handled elsewhere: those that end in an action from a time up to another, in order.
Requests = Callable[[int, int], Sequence[Handled]]


def askers(given: SafeguardsPlan) -> list[tuple[Control, tuple[int, ...]]]:
    """The gates that ask people: what each covers, and the teams (by index) it asks, one after another."""
    found: list[tuple[Control, tuple[int, ...]]] = []
    if given.approval is not None:
        found.append((given.approval.control, given.approval.slots))
    if given.protected_list is not None and given.protected_list.senior is not None:
        found.append((given.protected_list.control, (given.protected_list.senior,)))
    if given.separation_of_duties is not None:
        found.append((given.separation_of_duties.control, (given.separation_of_duties.team,)))
    return found


def asked_teams(given: SafeguardsPlan, responders: int) -> set[int]:
    """The teams (by index) that gates ask, and the responders."""
    return {responders, *(team for _, teams in askers(given) for team in teams)}


def can_stand_apart(streams: Sequence[StreamPlan], asked: set[int]) -> bool:
    """Whether the handling of reports can be worked out apart from what else is asked of these teams.

    Not where their handlers have other work, and not where handling may take no time: then a handler
    closes a second report at the same instant, but after other teams have taken up work at it.
    """
    handlers = {team for stream in streams for team in stream.teams}
    return not handlers & asked and not any(_may_take_no_time(stream.handling) for stream in streams)


def table_of(handled: Sequence[Handled]) -> NDArray[np.int64]:
    """Actions that reports end in as a table: `COLUMNS`."""
    words = [
        (closed, agent, report.id, report.stream, place, urgent, report.time, taken, bool(wrongful))
        for report, urgent, place, agent, taken, closed, wrongful in handled
    ]
    return np.array(words, dtype=np.int64).reshape(-1, len(COLUMNS))


def one_by_one(actions: NDArray[np.int64]) -> list[Handled]:
    """The actions of a table."""
    return [
        Handled(Report(came, report, stream), bool(urgent), place, agent, taken, closed, bool(wrongful))
        for closed, agent, report, stream, place, urgent, came, taken, wrongful in actions.tolist()
    ]


def closed_within(handled: Sequence[Handled], begin: int, until: int) -> Sequence[Handled]:
    """Of what stands in order, what was closed from `begin` up to but not at `until`."""
    first, last = (bisect_left(handled, at, key=lambda one: one.closed) for at in (begin, until))
    return handled[first:last]


def handling(plan: Plan) -> Plan | None:
    """A plan with no more in it than how its reports are handled; None where that cannot stand apart."""
    if not can_stand_apart(plan.streams, asked_teams(plan.safeguards, plan.response.team)):
        return None
    handlers = {team for stream in plan.streams for team in stream.teams}
    step_down = plan.safeguards.step_down if plan.incident is None else None
    if step_down is not None:
        step_down = replace(step_down, teams=step_down.teams & handlers)
    return replace(
        plan,
        teams=tuple(
            team if place in handlers else replace(team, headcount=0, holders=0, heads=0)
            for place, team in enumerate(plan.teams)
        ),
        safeguards=SafeguardsPlan(step_down=step_down),
        retention=0,
        incident=None,
        others=(),
    )


def _may_take_no_time(length: Length) -> bool:
    """Whether a length may round to no microsecond at all."""
    # Shapes without a least value may always, but with a negligible chance: 2e-9 at a mean of 5 minutes.
    return length_at(length, 0.0 if length.shape in _BOUNDED else _NEGLIGIBLE) == 0
