"""Neither the order in which a file names things nor how their names hash moves a number."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deactsim.report.forecast_records import forecast_record
from deactsim.report.records import compare_record, run_record
from deactsim.report.story import story
from deactsim.scenario.load import load, loads
from deactsim.scenario.order import in_name_order
from deactsim.scenario.resolve import _Dumper, dump, resolved
from deactsim.scenario.schema import Scenario
from deactsim.study.compare import compare
from deactsim.study.forecast import forecast
from deactsim.study.implied import implied
from deactsim.study.replay import one_world, replay

SCENARIOS = sorted((Path(__file__).resolve().parents[2] / "scenarios").glob("*.yaml"))
#: Lists that are in the order of the file, each entry by itself.
SHOWN_IN_ORDER = ("assumed", "noted", "causes", "policies", "facts", "readings", "timeline")


def shuffled(value: Any, luck: random.Random, key: str = "") -> Any:
    """The same data with every mapping in another order, but for approvers, who are asked in theirs."""
    if isinstance(value, dict):
        entries = [(name, shuffled(entry, luck, name)) for name, entry in value.items()]
        if key != "by":
            luck.shuffle(entries)
        return dict(entries)
    return [shuffled(entry, luck) for entry in value] if isinstance(value, list) else value


def in_another_order(scenario: Scenario, seed: int) -> Scenario:
    """The scenario of a file whose every mapping stands in another order."""
    plain = shuffled(resolved(scenario), random.Random(seed))
    return loads(yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True))


def unordered(value: Any, key: str = "") -> Any:
    """A record whose lists in the order of the file are sorted."""
    if isinstance(value, dict):
        return {name: unordered(entry, name) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        entries = [unordered(entry) for entry in value]
        return sorted(entries, key=repr) if key in SHOWN_IN_ORDER else entries
    return value


def answers(scenario: Scenario) -> Iterator[tuple[str, Any]]:
    """What every study says of a scenario, few worlds and years of it."""
    expected, few = implied(scenario), sorted(scenario.policies)[:4]
    yield "check", (dict(expected.wrongful_per_year), sorted(map(repr, expected.pools)))
    if scenario.incident is not None:
        own = scenario.policies[scenario.baseline]
        yield "run", run_record(replay(scenario, worlds=40, seed=3), "")
        yield "story", story(one_world(scenario, worlds=40, seed=3), scenario, 100)
        found = compare(scenario, policies=few, worlds=40, seed=3, weeks=1)
        yield "compare", compare_record(found, "")
        assert own is found.scenario.policies[scenario.baseline]
    if scenario.forecast is not None:
        yield "forecast", forecast_record(forecast(scenario, policies=few, years=3, seed=3, weeks=1), "")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_no_number_hangs_on_the_order_of_a_file(path: Path) -> None:
    # In full in both, as what is written out counts as given.
    scenario = loads(dump(load(path)))
    here, there = (dict(answers(each)) for each in (scenario, in_another_order(scenario, 7)))
    for study, found in here.items():
        assert unordered(there[study]) == unordered(found), study


TWO_TIERS = """
deactsim: 1
title: Two tiers alike
zone: UTC
platform:
  commands: {suspend: {undo: lift}, lift: {}}
  tiers: {one: {accounts: 10, followers: 100}, two: {accounts: 10, followers: 1M}}
teams: {b: {headcount: 3, may: {suspend: [one, two]}}, a: {headcount: 3, may: {suspend: [two, one]}}}
reports:
  one: {rate: 2 per day, command: suspend, actioned: 20%, handling: 5 min, slip: 2%, misidentified: 2%}
  two: {rate: 2 per day, command: suspend, actioned: 20%, handling: 9 min, slip: 2%, misidentified: 2%}
detection: {word_reaches_platform: {delay: 1 min}, holder: {delay: exponential mean 1 h}}
response: {by: a, pick_up: 1 min, find_cause: exponential mean 9 min, authorise: 1 min, restore: 1 min}
causes:
  grudge: {cause: deliberate, rate: 1 per year, by: [b, a], targets: {one: 50%, two: 50%}, accounts: 3}
  spite: {cause: deliberate, rate: 1 per year, by: [a, b], targets: {two: 30%, one: 70%}, accounts: 2}
forecast: {appetite: 1 h, protected: [one, two]}
baseline: none-yet
policies:
  none-yet: {}
  asks: {approval: {by: {b: 1, a: 1}, catches: 70%, review: exponential mean 5 min}}
"""


@pytest.mark.parametrize("method", ["episodes", "direct"])
@pytest.mark.parametrize("seed", range(3))
def test_causes_of_the_same_rate_are_told_apart_by_name(method: Any, seed: int) -> None:
    scenario = loads(TWO_TIERS)
    here, there = (
        forecast_record(forecast(each, years=3, seed=1, weeks=1, method=method), "")
        for each in (scenario, in_another_order(scenario, seed))
    )
    assert unordered(there) == unordered(here)
    assert [cause["name"] for cause in here["causes"]][:3] == ["grudge", "spite", "slip on one"]


def test_asked_in_another_order_policies_come_to_the_same() -> None:
    scenario = load(next(path for path in SCENARIOS if path.stem == "small-saas"))
    names = ("one-login", "alert", "confirm")
    here, there = (
        forecast_record(forecast(scenario, policies=asked, years=4, seed=3, weeks=1), "")
        for asked in (names, names[::-1])
    )
    assert [policy["name"] for policy in there["policies"]][1:] == list(names[::-1])
    assert unordered(there) == unordered(here)


def test_what_is_in_order_is_left_as_it_is_and_approvers_are_asked_in_theirs() -> None:
    scenario = loads(TWO_TIERS)
    ordered = in_name_order(scenario)
    assert list(ordered.teams) == ["a", "b"]
    assert list(ordered.causes["spite"].targets) == ["one", "two"]
    assert ordered.reports is scenario.reports
    approval = ordered.policies["asks"].safeguards.approval
    assert approval is not None
    assert list(approval.by) == ["b", "a"]
    assert in_name_order(ordered) is ordered


def test_tiers_whose_names_hash_alike_have_reports_of_their_own() -> None:
    # 23 bits of both hashes are the same.
    text = re.sub(r"\bone\b", "tier-3695", re.sub(r"\btwo\b", "tier-3935", TWO_TIERS))
    found = forecast(loads(text), years=2, seed=1, weeks=12)
    asks = next(policy for policy in found.policies if policy.name == "asks").friction
    assert asks["actions"].mean > 0.0
    assert asks["held"].mean == asks["actions"].mean
