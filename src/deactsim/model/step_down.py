"""Leavers who step down: when, and from which of their team's work."""

from __future__ import annotations

from collections.abc import Iterator

from .plan import Plan
from .streams import Purpose
from .world import Leaver, World


def leavers(plan: Plan, world: World, start: int) -> Iterator[tuple[int, Leaver, frozenset[int]]]:
    """Who steps down in a run without an incident of its own: when, who, and from which streams."""
    step_down = plan.safeguards.step_down
    if step_down is None or plan.incident is not None:
        return
    reached = {plan.teams[place].id: _reached(plan, place) for place in step_down.teams}
    control = step_down.control
    for who in world.leavers(plan.teams, start, world.end + step_down.before):
        ends, streams = max(who.leaves - step_down.before, start), reached.get(who.team)
        if (
            streams is not None
            and ends < world.end
            and world.draw(who.agent, Purpose.TOLD, who.leaves & 0xFFFFFFFF) < step_down.told
            and world.in_order(control, ends)
            and world.covered(control, who.agent, ends)
        ):
            yield ends, who, streams


def _reached(plan: Plan, team: int) -> frozenset[int]:
    """The streams of a team's routine work that step-down reaches."""
    step_down = plan.safeguards.step_down
    assert step_down is not None  # noqa: S101 - asked for only where there is one
    return frozenset(
        index
        for index, stream in enumerate(plan.streams)
        for able, tool in zip(stream.teams, stream.tools, strict=True)
        if able == team
        and step_down.control.reaches(None, stream.tier, stream.command, plan.teams[team].name, tool)
    )
