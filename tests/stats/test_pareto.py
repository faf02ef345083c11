"""Pareto's k of importance weights."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import genpareto

from deactsim.stats.pareto import allowed, tail_shape


@pytest.mark.parametrize("shape", [-0.5, 0.0, 0.3, 0.7, 1.2])
def test_the_shape_of_a_generalised_pareto_is_found(shape: float) -> None:
    """The prior of ten exceedances at one half pulls a little: by (n k + 5) / (n + 10)."""
    found = [tail_shape(genpareto.rvs(shape, size=40_000, random_state=seed)) or np.nan for seed in range(20)]
    size = 3 * np.sqrt(40_000)
    expected = (size * shape + 5) / (size + 10)
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - expected) < 4 * error + 0.02


def test_weights_in_the_bulk_do_not_matter() -> None:
    tail = genpareto.rvs(0.4, loc=5.0, size=60, random_state=1)
    rng = np.random.default_rng(2)
    one, other = (np.concatenate([tail, rng.uniform(0.1, 4.9, 340)]) for _ in range(2))
    one[60], other[60] = 4.95, 4.95  # the threshold
    assert tail_shape(one) == tail_shape(other)
    assert tail_shape(np.concatenate([one, np.zeros(100)])) == tail_shape(one)


def test_a_scale_does_not_matter() -> None:
    weights = genpareto.rvs(0.4, size=500, random_state=3)
    assert tail_shape(weights * 1e-300) == pytest.approx(tail_shape(weights), rel=1e-9)


@pytest.mark.parametrize("weights", [np.ones(2000), np.arange(1.0, 20.0), np.zeros(5)])
def test_nothing_is_said_of_too_few_or_equal_weights(weights: np.ndarray) -> None:
    assert tail_shape(weights) is None


def test_few_worlds_are_allowed_less() -> None:
    assert allowed(100_000) == 0.7
    assert allowed(100) == 0.5
