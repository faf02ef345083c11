"""Years in which much is never noticed: what is cut at the horizon is longer than it, as closed forms have it."""

from __future__ import annotations

from math import exp, log

import pytest

from deactsim.report.forecast_table import forecast_table
from deactsim.scenario.load import loads
from deactsim.study.forecast import forecast
from deactsim.study.forecast_results import HORIZON, RESTRICTED
from deactsim.study.occurrences import FOLLOW

SELDOM = """
deactsim: 1
title: Seldom noticed
zone: UTC
platform:
  commands: {suspend: {undo: lift}, lift: {}}
  tiers: {one: {accounts: 1000, followers: 100}}
teams: {b: {headcount: 40, may: {suspend: [one]}, turnover: 200% per year}, a: {headcount: 3}}
detection: {word_reaches_platform: {delay: 0 s}, holder: {delay: exponential mean 60 days, chance: 60%}}
response: {by: a, pick_up: 0 s, find_cause: 0 s, authorise: 0 s, restore: exponential mean 30 days}
causes:
  grudge: {cause: deliberate, rate: 10% per year, by: [b], targets: {one: 100%}}
forecast: {appetite: 1 h, protected: [one]}
baseline: none-yet
policies:
  none-yet: {deprovisioning: {lag: 1 day, lost: 60%}}
  seen: {probe: {every: 1 ms}, deprovisioning: {lag: 1 day, lost: 0%}}
"""
DAY = 1440.0


@pytest.mark.parametrize("method", ["episodes", "direct"])
def test_what_nobody_notices_is_longer_than_the_horizon(method: str) -> None:
    found = forecast(loads(SELDOM), years=150, weeks=2, method=method)  # type: ignore[arg-type]
    own, seen = found.policies
    assert HORIZON == FOLLOW / 60e6 == 90 * DAY
    # Not noticed within 90 days, of whom 40 % never are.
    unseen = 1.0 - 0.6 * (1.0 - exp(-90 / 60))
    detect = own.times["time_to_detect"]
    assert detect.horizon == 90 * DAY
    assert detect.cut == pytest.approx(unseen, abs=0.06)
    assert {"median", "p95"} <= set(detect.longer)
    assert detect.median == 90 * DAY
    restricted = 60 * 0.6 * (1.0 - exp(-1.5)) + 0.4 * 90  # of min(time to notice, 90 days)
    assert detect.mean == pytest.approx(restricted * DAY, rel=0.08)
    # Seen at once it is followed for all of the 90 days, and otherwise for what the detection leaves.
    for policy, error in ((seen, 0.15), (own, 0.35)):
        restore = policy.times["time_to_restore"]
        assert "median" not in restore.longer
        assert restore.median == pytest.approx(30 * log(2) * DAY, rel=error)
    assert seen.times["time_to_restore"].cut == pytest.approx(exp(-3.0), abs=0.03)
    assert seen.still_dark == pytest.approx(exp(-3.0), abs=0.03)
    assert own.still_dark > unseen - 0.06
    for policy in found.policies:
        assert {m for m, each in policy.yearly.items() if each.horizon == HORIZON} == set(RESTRICTED)
    # Six in ten tickets are lost: their access is longer than the year that is looked at.
    access = own.access["after_leaving"]
    assert access.cut == pytest.approx(0.6, abs=0.02)
    assert (access.median, "median" in access.longer) == (365.25, True)
    assert seen.access["after_leaving"].cut == 0.0
    said = " ".join(forecast_table(found, "x.yaml", "").split())
    assert "of the accounts that go dark are not back after 90 days" in said
    assert "90 days or more" in said
