"""How long a leaver's access outlives the last shift: lag, vendor's lag, sessions and lost tickets.

The days are drawn as the gate of rights draws them, and compared with their distribution. The gate itself is asked
too: one actor comes back after an hour, a day, a week ... and every act that is let through is counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from deactsim.engines.chosen import run
from deactsim.model import lengths, rules
from deactsim.model.compile import compile_plan
from deactsim.model.plan import DeprovisioningPlan, Plan
from deactsim.model.shifts import DAY
from deactsim.model.states import Event, Gate, Reason
from deactsim.model.streams import Purpose
from deactsim.model.world import World
from deactsim.scenario.load import loads

from .check import QUANTILES, Array, Check, falls_to, mean, quantile, share
from .worlds import incident_of, world_of

PART = "Access days of leavers"
YEAR = 365.0
#: The actor comes back so many days after the last shift.
RETURNS = (1.0 / 24.0, 0.25, 1.0, 3.0, 7.0, 30.0, 90.0, 360.0)

#: The usual spread of a firm: half over a day, a fifth over a month; and one that a vendor keeps waiting.
LOST = {"employee": 0.03, "contractor": 0.1}
TEXT = """
deactsim: 1
title: Access that outlives the job
zone: UTC
platform:
  commands: {{deactivate: {{undo: restore}}, restore: {{}}}}
  tiers: {{vip: {{accounts: 20}}}}
  accounts: {{"@a": {{tier: vip, followers: 1M}}, {accounts}}}
teams:
  support: {{headcount: 2, employment: {employment}, may: {{deactivate: [vip]}}}}
  oncall:  {{headcount: 1}}
detection: {{word_reaches_platform: {{delay: 1 min}}}}
response: {{by: oncall, pick_up: 1 min, find_cause: 1 min, authorise: 1 min, restore: 1 min, contain: 0 s}}
incident:
  account: "@a"
  command: deactivate
  actor: {{team: support, leaves: {{after_act: 1 s}}}}
  at: 2024-01-01T12:00:00Z
  warm_up: 0 s
  follow: 366 days
  readings: {{meant: {{cause: deliberate}}}}
  further_acts: [{acts}]
baseline: employee
policies:
  employee:   {{deprovisioning: {{lag: "median 1 day, p80 30 days", lost: 3%}}}}
  contractor: {{deprovisioning: {{lag: "median 12 h, p90 2 days", vendor_lag: exponential mean 3 days, lost: 10%,
                                session_tail: uniform 0 h to 24 h}}}}
"""


@dataclass(frozen=True, slots=True)
class Access:
    """Days of access after the last shift (infinite where the ticket was lost), and acts let through."""

    days: Array
    let_through: np.ndarray
    tries: int


def plan_of(kind: str) -> Plan:
    """The plan under which employees, or contractors, are cut off."""
    accounts = ", ".join(f'"@r{k}": {{tier: vip, followers: 1M}}' for k in range(len(RETURNS)))
    # An act is after the last shift by as much as is asked for: the shift ends a second after the first act.
    acts = ", ".join(
        f'{{account: "@r{k}", after: {round(86_400 * days) + 1} s}}' for k, days in enumerate(RETURNS)
    )
    text = TEXT.format(accounts=accounts, acts=acts, employment=kind)
    return compile_plan(loads(text), kind, "meant")


def cut_of(plan: Plan) -> DeprovisioningPlan:
    """The safeguard that cuts leavers off."""
    cut = plan.safeguards.deprovisioning
    if cut is None:
        raise AssertionError("leavers are cut off")
    return cut


def access_days(plan: Plan, world: World) -> float:
    """How long this world's actor keeps access after the last shift, by the model's own rule and draws."""
    incident, cut = incident_of(plan), cut_of(plan)
    contractor = plan.teams[incident.team].contractor
    ends = rules.rights_end_cut_off(
        0,
        world.length(incident.agent, Purpose.CUT_OFF_LAG, 0, cut.lag),
        world.length(incident.agent, Purpose.VENDOR_LAG, 0, cut.vendor_lag) if contractor else 0,
        world.length(incident.agent, Purpose.SESSION_TAIL, 0, cut.session_tail),
        world.draw(incident.agent, Purpose.TICKET_LOST) < cut.lost,
    )
    return math.inf if ends is None else ends / DAY


def simulate(kind: str, worlds: int, tries: int, seed: int = 4) -> Access:
    """Draw days of access in `worlds` worlds, and have the actor come back in `tries` of them."""
    plan = plan_of(kind)
    incident = incident_of(plan)
    days = np.empty(worlds)
    through = np.zeros(len(RETURNS), int)
    for number in range(worlds):
        world = world_of(plan, seed, number)
        days[number] = access_days(plan, world)
        if number >= tries:
            continue
        for _, event, entity, by, reason in run(plan, world).rows:
            passed = event == Event.GATE_PASSED and by == Gate.RIGHTS
            if entity > incident.id and passed and reason in (Reason.BEFORE_CUT_OFF, Reason.TICKET_LOST):
                through[entity - incident.id - 1] += 1
    return Access(days, through, tries)


def job(_: object, given: tuple[str, int, int]) -> Access:
    """One kind of leavers, for a worker."""
    return simulate(*given)


class Theory:
    """The distribution of the days of access of those whose ticket is not lost."""

    def __init__(self, plan: Plan) -> None:
        cut = cut_of(plan)
        self.mu, self.sigma = cut.lag.a - math.log(DAY), cut.lag.b
        self.vendor = lengths.mean(cut.vendor_lag) / DAY
        self.tail = lengths.quantile(cut.session_tail, 1.0) / DAY if cut.session_tail.shape else 0.0
        # The sum of lag and session, as equally likely points.
        lag = np.exp(self.mu + self.sigma * stats.norm.ppf((np.arange(4_000) + 0.5) / 4_000))
        nodes, weights = np.polynomial.legendre.leggauss(24)
        self.sums = lag[:, None] + self.tail * (nodes[None, :] + 1.0) / 2.0
        self.weights = np.broadcast_to(weights / 2.0 / lag.size, self.sums.shape)

    def gone(self, days: float) -> float:
        """The share whose access has ended after so many days."""
        if self.vendor == 0.0:
            return float(stats.norm.cdf((math.log(days) - self.mu) / self.sigma)) if days > 0.0 else 0.0
        left = np.maximum(0.0, days - self.sums)
        return float((self.weights * -np.expm1(-left / self.vendor)).sum())

    def quantile(self, p: float) -> float:
        """After how many days this share has none any more."""
        if self.vendor == 0.0:
            return float(math.exp(self.mu + self.sigma * stats.norm.ppf(p)))
        return falls_to(lambda days: 1.0 - self.gone(days), 1.0 - p)

    def mean(self) -> float:
        """The mean number of days."""
        return math.exp(self.mu + self.sigma**2 / 2.0) + self.vendor + self.tail / 2.0

    def within(self, limit: float) -> float:
        """The mean number of days where none counts beyond the limit (lag alone)."""
        z = (math.log(limit) - self.mu) / self.sigma
        below = math.exp(self.mu + self.sigma**2 / 2.0) * stats.norm.cdf(z - self.sigma)
        return float(below + limit * stats.norm.sf(z))


def checks_of(kind: str, access: Access) -> list[Check]:
    """One kind of leavers against the closed form."""
    theory, lost = Theory(plan_of(kind)), LOST[kind]
    ended = access.days[np.isfinite(access.days)]
    found = [share(PART, f"{kind}: tickets lost", lost, access.days.size - ended.size, access.days.size)]
    if theory.vendor == 0.0:
        # The mean of so wide a lognormal is made by leavers whom no sample has; a year's part of it is not.
        year = np.minimum(ended, YEAR)
        found.append(mean(PART, f"{kind}: mean days within a year", theory.within(YEAR), year))
    else:
        found.append(mean(PART, f"{kind}: mean days", theory.mean(), ended))
    found += [
        quantile(PART, f"{kind}: {100 * p:g} % are out by (days)", p, theory.quantile(p), ended)
        for p in QUANTILES
    ]
    for k, days in enumerate(RETURNS):
        in_yet = lost + (1.0 - lost) * (1.0 - theory.gone(days))
        name = f"{kind}: let through {_said(days)} after the last shift"
        found.append(share(PART, name, in_yet, int(access.let_through[k]), access.tries))
    return found


def _said(days: float) -> str:
    return f"{days:g} d" if days >= 1.0 else f"{24 * days:g} h"


def all_leavers(scale: float) -> list[tuple[str, int, int]]:
    """Both kinds of leavers, with their numbers of worlds."""
    return [(kind, round(20_000 * scale), round(4_000 * scale)) for kind in LOST]
