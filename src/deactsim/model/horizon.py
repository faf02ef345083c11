"""How long an incident is followed: when its worlds end, and after how long what goes on counts as longer.

Every duration that is measured is followed for the same horizon from its own beginning (docs/design/censoring.md):
the incident's `follow` where the scenario states it, else `horizon`. Worlds end late enough for that, whatever
held the actor up before.
"""

from __future__ import annotations

import math
from typing import Final

from ..same import for_the_same
from ..scenario.safeguards import Safeguards
from ..scenario.schema import Scenario
from ..scenario.stated import Distribution
from . import rules
from .lengths import Length, length_of, quantile
from .plan import Plan
from .shifts import DAY

#: Where the scenario does not say how long anybody would wait: the first by which less than one in a thousand of
#: what ever comes has not come. The first is as long as forecasts wait for what nobody brings back.
HORIZONS: Final = (90 * DAY, 366 * DAY, 5 * 366 * DAY)
#: The share of a length's values that are shorter than what it is taken to last at the most.
MOST: Final = 0.999
HOLDS_MOST: Final = 1.0 - 1e-6
#: What is held for longer cannot be said.
LONGEST_HOLD: Final = 10 * 366 * DAY


def horizon(scenario: Scenario) -> int:
    """How long durations are followed in a scenario that states no `follow` (microseconds), under every policy.

    A variation of a scenario is followed as the scenario is.

    Detection, word, the response and the longest of what follows it are taken at the 99.9th percentile each and
    added up, which their sum exceeds less often than once in a thousand. Facts on record are within it.
    """
    return _horizon(scenario.unmoved)


@for_the_same(16)
def _horizon(scenario: Scenario) -> int:
    response, said, whole = scenario.response, scenario.statements, scenario.audience_whole
    after = [_most(response.contain.value)]
    if said is not None:
        after.append(_most(said.first.value) + (_most(said.second.value) if said.second is not None else 0.0))
    if whole is not None:
        after.append(_most(whole.within.value))
    stages = (response.pick_up, response.find_cause, response.authorise, response.restore)
    needed = (
        max([_noticed(scenario), *(_watched(policy.safeguards) for policy in scenario.policies.values())])
        + _most(scenario.detection.word_reaches_platform.delay.value)
        + sum(_most(stage.value) for stage in stages)
        + max(after)
    )
    needed = max(needed, 2.0 * _on_record(scenario))
    return next((each for each in HORIZONS if needed <= each), HORIZONS[-1])


def _noticed(scenario: Scenario) -> float:
    """The longest that a channel of everyday detection takes which ever notices."""
    detection, incident = scenario.detection, scenario.incident
    assert incident is not None  # noqa: S101 - only incidents are followed
    known = (detection.holder, detection.colleague, detection.actor)
    found = [_most(channel.delay.value) for channel in known if channel is not None]
    if (public := detection.public) is not None:
        slope = 0.0
        if public.also is not None:
            here = quantile(length_of(public.delay.value), 0.5)
            there = public.also.median.value
            slope = math.log(there / here) / math.log(
                public.at_followers.value / public.also.at_followers.value
            )
        accounts = (incident.account, *(act.account for act in incident.further_acts))
        fewest = min(scenario.platform.accounts[name].followers.value for name in accounts)
        found.append(
            _most(public.delay.value) * rules.public_factor(fewest, public.at_followers.value, slope)
        )
    return max(found, default=0.0)


@for_the_same(256)
def _watched(given: Safeguards) -> float:
    """The longest that a policy's own channels and its watchdog take."""
    found = [0.0]
    if given.alert is not None:
        found.append(_most(given.alert.after.value))
    if given.leaver_watch is not None:
        found.append(_most(given.leaver_watch.after.value))
    if given.automatic_restore is not None:
        found.append(_most(given.automatic_restore.after.value))
    if given.audit is not None:
        found.append(float(given.audit.every.value))
    if given.probe is not None:
        looks = (
            rules.looks_until_seen(given.probe.recall.value, 1.0 - MOST)
            if given.probe.recall.value > 0.0
            else 1
        )
        found.append(float(given.probe.every.value) * (1 + looks))
    return max(found)


def _on_record(scenario: Scenario) -> float:
    """How long after the act the last thing happened that the simulation is to meet or is compared with."""
    incident = scenario.incident
    assert incident is not None  # noqa: S101 - only incidents are followed
    found = [0.0]
    for fact in incident.facts.values():
        for value in (fact.pinned, fact.checked):
            if value is not None and value.kind == "duration":
                found.append(float(value.value))
            elif value is not None and value.kind == "instant":
                found.append(float(value.value) - incident.at.value.value)
    return max(found)


@for_the_same(1024)
def _most(distribution: Distribution) -> float:
    """What a length is taken to last at the most."""
    return quantile(length_of(distribution), MOST)


def held_at_most(plan: Plan) -> int:
    """The longest that what a plan states can keep an act of its incident from taking effect (microseconds).

    Waiting for people is not in it.
    """
    given, incident = plan.safeguards, plan.incident
    assert incident is not None  # noqa: S101 - asked of incidents
    lengths: list[Length] = [plan.command(incident.command).lag]
    held = 0
    if given.just_in_time is not None:
        lengths.append(given.just_in_time.takes)
    if given.confirm is not None:
        lengths.append(given.confirm.takes)
    if given.protected_list is not None:
        lengths.append(given.protected_list.handling)
    if given.separation_of_duties is not None:
        lengths.append(given.separation_of_duties.takes)
    if given.lock_down is not None:
        lengths.append(given.lock_down.after)
        held += 2 * given.lock_down.hold
    if given.rate_limit is not None:
        held += given.rate_limit.window * len(incident.acts)
    if given.approval is not None:
        held += given.approval.time_out
        lengths.append(given.approval.review)
    if given.cooling_off is not None:
        held += given.cooling_off.hold
    return held + sum(math.ceil(min(quantile(each, HOLDS_MOST), 2 * LONGEST_HOLD)) for each in lengths)


def last_effect(plan: Plan) -> int:
    """The latest at which an act takes effect that never waits for people (microseconds since 1970 UTC)."""
    incident = plan.incident
    assert incident is not None  # noqa: S101 - asked of incidents
    after = max(act.after for act in incident.acts)
    if incident.paced and plan.safeguards.rate_limit is not None:
        limit = plan.safeguards.rate_limit
        after = max(after, *(rules.pace(k, limit.window, limit.actions) for k in range(len(incident.acts))))
    return incident.at + incident.give_or_take + after + held_at_most(plan)
