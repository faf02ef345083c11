"""When those who leave lose the right, under a policy."""

from __future__ import annotations

from . import rules
from .plan import Control, Plan
from .streams import Purpose
from .world import Leaver, World


def right_ends(plan: Plan, world: World, who: Leaver) -> int | None:
    """When a leaver's right ends (microseconds since 1970 UTC); None if it never does.

    Step-down and cut-off, whichever comes first; a record that was stale or out of order at
    the time it was needed changes nothing.
    """
    team = next(team for team in plan.teams if team.id == who.team)
    given, ends, luck = plan.safeguards, [], who.leaves & 0xFFFFFFFF

    def works(control: Control, at: int) -> bool:
        reached = control.teams is None or team.name in control.teams
        return reached and world.in_order(control, at) and world.covered(control, who.agent, at)

    if (step := given.step_down) is not None:
        told = world.draw(who.agent, Purpose.TOLD, luck) < step.told
        end = rules.rights_end_step_down(who.leaves, step.before, told)
        if end is not None and works(step.control, end):
            ends.append(end)
    if (cut := given.deprovisioning) is not None:
        end = rules.rights_end_cut_off(
            who.leaves,
            world.length(who.agent, Purpose.CUT_OFF_LAG, luck, cut.lag),
            world.length(who.agent, Purpose.VENDOR_LAG, luck, cut.vendor_lag) if team.contractor else 0,
            world.length(who.agent, Purpose.SESSION_TAIL, luck, cut.session_tail),
            world.draw(who.agent, Purpose.TICKET_LOST, luck) < cut.lost,
        )
        if end is not None and works(cut.control, who.leaves):
            ends.append(end)
    return min(ends, default=None)
