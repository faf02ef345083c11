"""Shares of the variance of a sum, against answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from deactsim.stats.variance_shares import variance_shares, whole_percents


def standardised(count: int, parts: int, seed: int = 1) -> np.ndarray:
    """Samples whose parts are uncorrelated to the last bits, each of variance 1."""
    drawn = np.random.default_rng(seed).standard_normal((count, parts))
    whitened, _ = np.linalg.qr(drawn - drawn.mean(axis=0))
    return whitened * np.sqrt(count)


def test_independent_parts_have_their_own_variance() -> None:
    parts = standardised(500, 3) * [1.0, 2.0, 3.0]
    assert variance_shares(parts) == pytest.approx(np.array([1.0, 4.0, 9.0]) / 14.0)


@pytest.mark.parametrize("hang", [-0.9, -0.5, 0.0, 0.4, 0.8])
def test_two_parts_that_depend_on_each_other(hang: float) -> None:
    """By hand: half of what each adds alone, and half of what it adds after the other."""
    base = standardised(400, 2)
    one, other = 2.0 * base[:, 0], hang * base[:, 0] + np.sqrt(1.0 - hang**2) * base[:, 1]
    total = 4.0 + 1.0 + 4.0 * hang
    alone = (2.0 + hang) ** 2 / total, (1.0 + 2.0 * hang) ** 2 / total
    expected = [(alone[0] + 1.0 - alone[1]) / 2.0, (alone[1] + 1.0 - alone[0]) / 2.0]
    assert variance_shares(np.column_stack([one, other])) == pytest.approx(np.array(expected))


def test_shares_of_covariance_leave_0_to_1_and_these_do_not() -> None:
    """A part that shrinks as another grows takes from the sum: by covariances the other has over 100 %."""
    base = standardised(400, 2)
    parts = np.column_stack([3.0 * base[:, 0], -0.5 * base[:, 0] + 0.1 * base[:, 1]])
    by_covariance = np.cov(parts.T, bias=True).sum(axis=1) / parts.sum(axis=1).var()
    assert by_covariance == pytest.approx([7.5 / 6.26, -1.24 / 6.26])
    found = variance_shares(parts)
    assert found is not None
    assert found.sum() == pytest.approx(1.0)
    assert found.min() >= 0.0


def test_parts_that_always_follow_another_share_with_it() -> None:
    base = standardised(300, 2)
    found = variance_shares(np.column_stack([base[:, 0], base[:, 0], base[:, 1]]))
    assert found == pytest.approx(np.array([0.4, 0.4, 0.2]))
    # A large one does not hide how a small one spreads.
    found = variance_shares(np.column_stack([1e3 * base[:, 0], base[:, 1], np.full(300, 7.0)]))
    assert found == pytest.approx(np.array([1e6, 1.0, 0.0]) / 1_000_001, rel=1e-6)


def test_a_sum_that_never_changes_has_no_shares() -> None:
    base = standardised(50, 1)[:, 0]
    assert variance_shares(np.full((20, 3), 1.1)) is None
    assert variance_shares(np.column_stack([base, 11.0 - base])) is None


@pytest.mark.parametrize(
    ("shares", "percents"),
    [
        ([0.495, 0.495, 0.01], [50, 49, 1]),
        ([0.335, 0.335, 0.33], [34, 33, 33]),
        ([0.996, 0.004], [100, 0]),
        ([0.2, 0.3], [20, 30]),
        ([1.0], [100]),
    ],
)
def test_whole_percents_add_up(shares: list[float], percents: list[int]) -> None:
    assert whole_percents(np.array(shares)) == percents
