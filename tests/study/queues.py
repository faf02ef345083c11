"""Queues in closed form, as scenarios: mean waits of reports in the steady state."""

from __future__ import annotations

import math

from deactsim.model.compile import compile_plan
from deactsim.model.plan import Plan
from deactsim.scenario.load import loads

#: One team with the right handles all reports.
DESK = """
deactsim: 1
title: A desk
zone: UTC
platform:
  commands: {{suspend: {{undo: restore}}, restore: {{}}}}
  tiers: {{listed: {{accounts: 1M}}}}
teams:
  support: {{headcount: {people}, may: {{suspend: [listed]}}, shift: {shift}}}
  leads: {{headcount: {leads}, shift: {leads_shift}}}
  on-call: {{headcount: 1}}
reports:
  listed: {{command: suspend, rate: {per_hour} per hour, actioned: {actioned}, handling: {handling}}}
detection:
  public: {{delay: 1 min, at_followers: 10k}}
  word_reaches_platform: {{delay: 1 min}}
response: {{by: on-call, pick_up: 1 min, find_cause: 1 min, authorise: 1 min, restore: 1 min}}
baseline: none
policies:
  none: {{}}
  asked: {{approval: {{of: listed, by: {{leads: 1}}, review: {review}, catches: 0%, time_out: {time_out}}}}}
  held: {{cooling_off: {{for: 14 days}}}}
"""


def desk(
    policy: str = "none",
    *,
    people: int = 1,
    shift: str = "always",
    leads: int = 1,
    leads_shift: str = "always",
    per_hour: float = 1.0,
    actioned: str = "0%",
    handling: str = "30 min",
    review: str = "30 min",
    time_out: str = "300 days",
) -> Plan:
    """The plan of a desk under one of its policies."""
    return compile_plan(
        loads(
            DESK.format(
                people=people,
                shift=f'"{shift}"',
                leads=leads,
                leads_shift=f'"{leads_shift}"',
                per_hour=repr(per_hour),
                actioned=actioned,
                handling=f'"{handling}"',
                review=f'"{review}"',
                time_out=f'"{time_out}"',
            )
        ),
        policy,
        None,
    )


def wait_of_one(per_hour: float, mean: float, square: float) -> float:
    """Minutes in the queue M/G/1, given the first two moments of a service in hours (Pollaczek and Khinchine)."""
    return 60.0 * per_hour * square / (2.0 * (1.0 - per_hour * mean))


def wait_of_many(people: int, per_hour: float, mean: float) -> float:
    """Minutes in the queue M/M/c (Erlang's C over c mu - lambda)."""
    offered = per_hour * mean
    terms = [offered**k / math.factorial(k) for k in range(people)]
    last = offered**people / math.factorial(people) * people / (people - offered)
    return 60.0 * last / (sum(terms) + last) / (people / mean - per_hour)
