"""Numbers from which nothing is calculated are found by moving every number of every scenario."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deactsim.model.compile import CannotBeSaid, compile_plan
from deactsim.model.compile_causes import compile_causes
from deactsim.report.sources import sources_table
from deactsim.scenario.load import load
from deactsim.scenario.paths import leaves, replace
from deactsim.scenario.schema import Scenario
from deactsim.scenario.stated import Distribution, Rate
from deactsim.study.forecast import year_start
from deactsim.study.provenance import basis, numbers
from deactsim.study.unread import unread
from tests.study.small import small

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def another(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return {"employee": "contractor", "contractor": "employee"}[value]
    if isinstance(value, Rate):
        return Rate(2.0 * value.amount + 1.0, value.unit)
    if isinstance(value, Distribution):
        return Distribution("fixed", (("value", 987_654_321.0),))
    if isinstance(value, float):
        return 0.3 if value != 0.3 else 0.4
    return value + 1


def calculated(scenario: Scenario) -> Iterator[Any]:
    """All that is made of a scenario before anything is simulated."""
    yield compile_causes(scenario)
    yield year_start(scenario)
    if scenario.forecast is not None:
        yield scenario.forecast.appetite.value, [wage.value for wage in scenario.forecast.wages.values()]
    for policy in scenario.policies:
        yield compile_plan(scenario, policy, None)
        for name, reading in scenario.incident.readings.items() if scenario.incident is not None else ():
            yield reading.may_adapt.value
            for adapts in (False, True):
                try:
                    yield compile_plan(scenario, policy, name, adapts=adapts)
                except CannotBeSaid as why:
                    yield str(why)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_those_are_unread_that_change_nothing_whatever_they_are(path: Path) -> None:
    scenario = load(path)
    here = list(calculated(scenario))
    idle = [
        name
        for name, stated in leaves(scenario)
        if list(calculated(replace(scenario, name, another(stated.value)))) == here
    ]
    assert idle == list(unread(scenario))
    assert not {name for name, _, rested_on in numbers(scenario) if rested_on} & set(idle)
    assert basis(scenario, ()).noted_paths == tuple(idle)


def test_what_the_platform_is_is_noted() -> None:
    trump = load(next(path for path in SCENARIOS if path.stem == "trump"))
    assert {"platform.monthly_users", "platform.accounts.@realDonaldTrump.posts"} <= set(unread(trump))
    table = sources_table(trump)
    noted = table[table.index("NOTED  ") : table.index("RECORD  ")]
    assert "numbers from which nothing is calculated\n  platform.monthly_users" in noted


def test_what_is_read_hangs_on_the_rest_of_the_scenario() -> None:
    more = """
  commands: {deactivate: {undo: restore}, restore: {}}
  tiers: {protected: {accounts: 5, followers: 1M}, other: {accounts: 9}}
  accounts: {"@it": {tier: protected, followers: 4M}, "@that": {tier: other, followers: 7}}"""
    given = small(platform=more, safeguards="{on_call: {pick_up: 5 min}}", policies="""
  as-it-was: {on_call: {pick_up: 3 min}}
  another: {on_call: none}""")  # fmt: skip
    assert set(unread(given)) == {
        "platform.accounts.@that.followers",
        "platform.tiers.protected.accounts",
        "platform.tiers.protected.followers",
        "platform.tiers.other.accounts",
        "platform.tiers.other.followers",
        "safeguards.on_call.pick_up",
    }
    reports = "{other: {command: deactivate, rate: 1 per day, actioned: 1%, handling: 1 min}}"
    read = small(platform=more, reports=reports, teams="""
  support: {headcount: 5, may: {deactivate: [protected, other]}}
  desk: {headcount: 2}
  on-call: {headcount: 2}""")  # fmt: skip
    assert "platform.tiers.other.followers" not in unread(read)
    assert "platform.tiers.other.accounts" in unread(read)
    slips = small(platform=more, reports=reports.replace("1 min", "1 min, slip: 1%"), teams="""
  support: {headcount: 5, may: {deactivate: [protected, other]}}
  desk: {headcount: 2}
  on-call: {headcount: 2}""")  # fmt: skip
    assert "platform.tiers.other.accounts" not in unread(slips)
