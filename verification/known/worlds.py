"""What the simulations behind known answers share: units, a Monday, and the world of an incident."""

from __future__ import annotations

from deactsim.model.plan import IncidentPlan, Plan
from deactsim.model.shifts import DAY
from deactsim.model.streams import world_key
from deactsim.model.world import HOUR, World

MINUTE = HOUR // 60
MONDAY = 17_476 * DAY  # 2017-11-06


def incident_of(plan: Plan) -> IncidentPlan:
    """The incident of a plan that has one."""
    if plan.incident is None:
        raise AssertionError("the scenario has an incident")
    return plan.incident


def world_of(plan: Plan, seed: int, number: int) -> World:
    """One world of the plan's incident, from its first act to the end of what is followed."""
    incident = incident_of(plan)
    return World(world_key(seed, number), incident.at, incident.at + incident.follow)
