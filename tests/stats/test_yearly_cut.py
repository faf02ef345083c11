"""Percentiles in bins where some durations are only known to be longer than they were followed."""

from __future__ import annotations

import numpy as np
import pytest

from deactsim.stats.yearly import Bins

N = 4000


def bins(values: np.ndarray, cut: np.ndarray, weights: np.ndarray | None = None) -> Bins:
    each = np.ones(values.size) if weights is None else weights
    return Bins.of(values, each, np.arange(values.size), cut)


def test_without_any_cut_nothing_changes() -> None:
    values = np.random.default_rng(1).exponential(30.0, N)
    plain, none = Bins.of(values, np.ones(N), np.arange(N)), bins(values, np.zeros(N, dtype=bool))
    assert (plain.mean, plain.quantile(0.5), plain.cut) == (none.mean, none.quantile(0.5), 0.0)
    assert not plain.longer(0.95)
    assert plain.shares.sum() == pytest.approx(1.0)


def test_all_followed_equally_long_are_known_up_to_there() -> None:
    lengths = np.random.default_rng(2).exponential(30.0, N)
    found = bins(np.minimum(lengths, 60.0), lengths > 60.0)
    assert found.cut == pytest.approx(np.exp(-2.0), abs=0.02)
    assert found.quantile(0.5) == pytest.approx(np.quantile(lengths, 0.5), rel=0.01)
    assert (found.longer(0.5), found.longer(0.8), found.longer(0.95)) == (False, False, True)
    assert found.quantile(0.95) == 60.0
    # The restricted mean: of min(length, 60).
    assert found.mean == pytest.approx(np.minimum(lengths, 60.0).mean(), rel=0.005)


def test_followed_for_unequal_times_percentiles_are_those_of_the_lengths() -> None:
    """Half are followed for a random time: the sample's own median would be 40 % too short."""
    chance = np.random.default_rng(3)
    lengths = chance.exponential(30.0, N)
    followed = np.where(chance.random(N) < 0.5, chance.uniform(0.0, 40.0, N), 200.0)
    found = bins(np.minimum(lengths, followed), lengths > followed)
    assert np.median(np.minimum(lengths, followed)) < 17.0
    assert found.quantile(0.5) == pytest.approx(30.0 * np.log(2.0), rel=0.06)
    assert found.quantile(0.8) == pytest.approx(30.0 * np.log(5.0), rel=0.06)
    assert found.mean == pytest.approx(30.0, rel=0.06)


def test_blocks_add_up_and_weights_count() -> None:
    chance = np.random.default_rng(4)
    lengths, weights = chance.exponential(30.0, N), chance.random(N)
    values, cut = np.minimum(lengths, 60.0), lengths > 60.0
    whole = bins(values, cut, weights)
    half = N // 2
    both = bins(values[:half], cut[:half], weights[:half]) + bins(values[half:], cut[half:], weights[half:])
    assert both.cut == pytest.approx(whole.cut)
    assert whole.cut == pytest.approx(weights[cut].sum() / weights.sum())
    assert both.quantile(0.5) == pytest.approx(whole.quantile(0.5))


def test_all_are_cut() -> None:
    found = bins(np.full(100, 60.0), np.ones(100, dtype=bool))
    assert (found.mean, found.quantile(0.5), found.longer(0.5), found.cut) == (60.0, 60.0, True, 1.0)
