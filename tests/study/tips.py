"""Tipping points whose place is known, and whether `--vary` shows the policies change places there."""

from __future__ import annotations

from deactsim.scenario.paths import vary
from deactsim.scenario.schema import Scenario
from deactsim.study.compare import compare
from deactsim.study.results import Tipping

# Dark for 11 minutes to the second; review stops the act with chance c, the watchdog after a minute:
# the approval is better while 11 (1 - c) < 1, that is while it catches more than 10 in 11.
POLICIES = """
  as-it-was: {}
  two: {approval: {by: {desk: 1}, review: 1 min, catches: 100%, time_out: 4 h}}
  watchdog: {automatic_restore: {after: 1 min}}
  slow-watchdog: {automatic_restore: {after: 2 min}}
  probe: {probe: {every: 1 min, recall: 90%}}
  nothing: {rate_limit: {per_agent: 10 per hour}}"""


def agree_with_vary(scenario: Scenario, worlds: int, seed: int) -> int:
    """How many tips a comparison has; `--vary` at the same worlds and seed shows each of them."""
    found = compare(scenario, worlds=worlds, seed=seed, weeks=1)
    first = found.readings[0][0]

    def dark(tipping: Tipping, text: str) -> tuple[float, float]:
        """Minutes dark of both, as `--vary` has them."""
        there = compare(
            vary(scenario, tipping.path, text), policies=[tipping.better, tipping.worse], worlds=worlds, seed=seed,
            weeks=1, explain=False,
        )  # fmt: skip
        means = {
            policy.name: reading.mean_dark.mean
            for policy in there.policies
            for reading in policy.readings
            if reading.reading == first
        }
        return means[tipping.better], means[tipping.worse]

    for tipping in found.tipping:
        (better, worse), (lost, won) = (dark(tipping, text) for text in tipping.changes)
        assert better < worse, tipping
        assert lost >= won, tipping
        better, worse = dark(tipping, tipping.told_apart[0])
        assert better < worse, tipping
        if tipping.told_apart[1] is not None:
            better, worse = dark(tipping, tipping.told_apart[1])
            assert better > worse, tipping
    return len(found.tipping)
