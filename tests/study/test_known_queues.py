"""Queues, races, leavers, slips and safeguards whose answers are known: a small part of verification/known_answers.py.

The same scenarios and the same closed forms in fewer worlds; seeds are fixed, so that a z-score beyond 4 is a change.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from verification import cards
from verification.known import leavers, little, queues, races, reneging, slips
from verification.known.check import Check, bursts, mean, quantile, ratio, share
from verification.known.evening import DARK, dark_at_most, dark_beyond, loaded, patterns
from verification.known.safeguards import CARDS

from deactsim.scenario.safeguards import Safeguards

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def assert_known(checks: list[Check]) -> None:
    assert checks
    assert not [f"{one.name}: {one.theory} against {one.found}" for one in checks if not one.holds]


# ---------------------------------------------------------------- the model


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (2, 0.8), (5, 0.8), (10, 0.8)])
def test_approvers_wait_as_erlang_says(servers: int, load: float) -> None:
    one = queues.queue(servers, load, 1_000, 6)
    assert_known(queues.checks_of(one, [queues.replicate(one, n) for n in range(6)]))


def test_urgent_requests_wait_as_cobham_says() -> None:
    one = queues.queue(5, 0.8, 1_000, 6, urgent=0.3)
    assert_known(queues.checks_of(one, [queues.replicate(one, n) for n in range(6)]))


@pytest.mark.parametrize(("servers", "load", "patience"), [(1, 1.0, 4.0), (3, 1.3, 3.0)])
def test_requests_time_out_as_barrer_says(servers: int, load: float, patience: float) -> None:
    one = reneging.Queue(servers, load, patience, 600, 6)
    assert_known(list(reneging.checks_of(one, [reneging.job(None, (one, n)) for n in range(6)])))


@pytest.mark.parametrize("certain", [True, False])
def test_channels_win_with_their_rates(certain: bool) -> None:
    assert_known(races.checks_of(races.simulate(certain, 2_000), certain))


@pytest.mark.parametrize("kind", ["employee", "contractor"])
def test_access_outlives_the_job_as_stated(kind: str) -> None:
    assert_known(leavers.checks_of(kind, leavers.simulate(kind, 4_000, 400)))


@pytest.mark.parametrize("name", ["hawaii", "jack", "trump"])
def test_queues_keep_littles_law_to_the_microsecond(name: str) -> None:
    assert_known(little.checks_of(SCENARIOS / f"{name}.yaml", weeks=1))


def test_slips_are_a_compound_poisson_process() -> None:
    assert_known(slips.checks_of(slips.simulate(60, 100), slips.simulate(1, 8)))


def test_every_safeguard_has_a_card() -> None:
    assert list(CARDS) == list(Safeguards.model_fields)


@pytest.mark.parametrize("name", ["protected_list", "rate_limit", "alert", "probe", "on_call", "lock_down"])
def test_safeguards_do_what_their_cards_say(name: str) -> None:
    assert_known(cards.measure(0.04, name).checks)


# ---------------------------------------------------------------- the theory


def test_erlang_c_is_the_textbooks() -> None:
    assert queues.erlang_c(1, 0.7) == pytest.approx(0.7)
    # Two servers: 2 a^2 / (2 + a) / 2 with a = 2 x load.
    assert queues.erlang_c(2, 0.75) == pytest.approx(2 * 0.75**2 / 1.75)
    assert queues.erlang_c(10, 0.8) == pytest.approx(0.40918, abs=1e-5)


def test_patience_without_end_is_erlang_c() -> None:
    # No stamps: what is refused within a very long time is what is caught.
    refused, late = loaded(2, 0.5, 3.0, 400.0, 0.0, 0.0, 0.9)
    assert refused == pytest.approx(0.9, abs=1e-6)
    assert late == pytest.approx(0.0, abs=1e-6)
    # Nobody's patience lasts: only what is reviewed at once, and quickly, is in time.
    refused, late = loaded(1, 1.0, 1.0, 1e-6, 0.0, 0.0, 1.0)
    assert late == pytest.approx(1.0, abs=1e-5)
    # Every request behind is a stamp: M/M/1 leaves a geometric number behind, none with chance 1 - load.
    refused, _ = loaded(1, 0.6, 1.0, 300.0, 0.0, 1.0, 1.0)
    none_behind = 0.4 + 0.6 * 0.4 / (0.4 + 0.6)
    assert refused == pytest.approx(none_behind, abs=1e-4)


def test_the_evening_is_dark_for_twenty_five_minutes() -> None:
    assert dark_beyond(0.0) == pytest.approx(DARK, abs=1e-3)
    assert dark_at_most(3.0) == pytest.approx(0.0, abs=1e-6)
    assert dark_at_most(300.0) == pytest.approx(1.0, abs=1e-6)


def test_outages_add_up() -> None:
    states = patterns((0.0, 30.0, 600.0))
    assert sum(chance for _, chance in states) == pytest.approx(1.0)
    for place in range(3):
        assert sum(chance for up, chance in states if up[place]) == pytest.approx(0.8)


def test_winners_share_the_race() -> None:
    chances = {channel: p for channel, (_, p) in races.CHANNELS.items()}
    assert sum(races.winners(chances).values()) == pytest.approx(1.0)
    words = sum(races.word_by(channel, chances) for channel in races.CHANNELS)
    assert words + math.prod(1.0 - p for p in chances.values()) == pytest.approx(1.0, abs=1e-6)


def test_moments_and_cumulants_are_each_others_inverse() -> None:
    moments = np.array([1.0, 2.0, 6.0, 24.0])  # of the exponential law, whose cumulants are (n - 1)!
    np.testing.assert_allclose(slips._cumulants(moments), [1.0, 1.0, 2.0, 6.0])
    np.testing.assert_allclose(slips._moments(slips._cumulants(moments)), moments)


# ---------------------------------------------------------------- the checks themselves


def test_what_is_off_is_found() -> None:
    rng = np.random.default_rng(1)
    values = rng.exponential(1.0, 4_000)
    assert mean("", "", 1.0, values).holds
    assert not mean("", "", 1.1, values).holds
    assert quantile("", "", 0.5, math.log(2.0), values).holds
    assert quantile("", "", 0.5, 0.6, values).z > 4.0
    assert share("", "", 0.5, 2_000, 4_000).z == 0.0
    assert not share("", "", 0.45, 2_000, 4_000).holds
    assert not share("", "", 0.0, 1, 4_000).holds
    assert share("", "", 0.001, 2, 4_000).holds
    assert ratio("", "", 2.0, 2.0 * np.ones(5), np.ones(5)).z == 0.0
    assert not ratio("", "", 2.1, 2.0 * np.ones(5), np.ones(5)).holds
    assert bursts("", "", 1.0, values, np.ones(values.size)).holds
    assert not bursts("", "", 1.1, values, np.ones(values.size)).holds
