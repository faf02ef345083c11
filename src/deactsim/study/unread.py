"""Numbers of a scenario that nothing is calculated from: they are on record, and no inputs of an answer."""

from __future__ import annotations

from collections.abc import Callable

from ..scenario.paths import leaves, policies_at
from ..scenario.schema import Scenario


def unread(scenario: Scenario) -> tuple[str, ...]:
    """The paths of all numbers that could be anything: no plan, cause or figure of the scenario would change."""
    is_read = _reading(scenario)
    return tuple(path for path, _ in leaves(scenario) if not is_read(path))


def _reading(scenario: Scenario) -> Callable[[str], bool]:
    """Whether something is calculated from the number at a path."""
    none = {"platform.monthly_users"}
    incident = scenario.incident
    for name in scenario.platform.accounts:
        none.add(f"platform.accounts.{name}.posts")
        # Forecasts draw accounts by number: those with a name are an incident's.
        acted_on = (
            [] if incident is None else [incident.account, *(act.account for act in incident.further_acts)]
        )
        if name not in acted_on:
            none.add(f"platform.accounts.{name}.followers")
    # How many steps there are counts, not how large.
    whole = scenario.audience_whole
    none |= {f"audience_whole.steps.{step}" for step in range(0 if whole is None else len(whole.steps))}
    hit = {tier for cause in scenario.causes.values() for tier in cause.targets}
    reports = scenario.reports
    wrong = {
        tier for tier, each in reports.items() if each.slip.value > 0.0 or each.misidentified.value > 0.0
    }
    none |= {f"platform.tiers.{tier}.accounts" for tier in set(scenario.platform.tiers) - hit - wrong}
    none |= {f"platform.tiers.{tier}.followers" for tier in set(scenario.platform.tiers) - hit - set(reports)}
    # Only of who means it is it asked what he expects.
    for name, cause in scenario.causes.items():
        if cause.cause != "deliberate":
            none.add(f"causes.{name}.expects_no_effect")
    for name, reading in () if incident is None else incident.readings.items():
        if reading.cause != "deliberate":
            none.add(f"incident.readings.{name}.expects_no_effect")

    def is_read(path: str) -> bool:
        # A safeguard of the platform is in force where a policy inherits it.
        return path not in none and (not path.startswith("safeguards.") or bool(policies_at(scenario, path)))

    return is_read
