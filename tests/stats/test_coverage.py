"""Whether 95 % intervals hold the truth 95 times in a hundred, by simulation.

Each case is repeated 2,000 times on fixed seeds; the number of hits has to be one that a
binomial count of that chance would give. Intervals that are cautious by design may hit more often.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.stats import binom, norm

from deactsim.stats.weighted import Interval, mean_interval, quantile_interval, share_interval

Array = NDArray[np.float64]
Sample = tuple[Array | NDArray[np.bool_], Array, NDArray[np.int64] | None]
REPEATS = 2000
UNLIKELY = 1e-4


def hits(
    seed: int, sample: Callable[[Generator], Sample], interval: Callable[..., Interval], truth: float
) -> int:
    source = np.random.default_rng(seed)
    count = 0
    for _ in range(REPEATS):
        found = interval(*sample(source))
        count += found.low <= truth <= found.high
    return count


def is_binomial(count: int, chance: float = 0.95) -> bool:
    return bool(min(binom.cdf(count, REPEATS, chance), binom.sf(count - 1, REPEATS, chance)) > UNLIKELY)


def covers_enough(count: int, chance: float = 0.95) -> bool:
    return bool(binom.cdf(count, REPEATS, chance) > UNLIKELY)


def plain(source: Generator) -> Sample:
    return source.normal(size=400), np.ones(400), None


def independent_weights(source: Generator) -> Sample:
    return source.normal(size=500), source.exponential(size=500), None


def tilted(source: Generator) -> Sample:
    """Drawn around 0, weighted to be about 0.4: the weights go with the values."""
    values = source.normal(size=500)
    return values, np.exp(0.4 * values), None


def clustered(source: Generator) -> Sample:
    """A hundred backgrounds, four samples each, most of the spread between backgrounds."""
    clusters = np.repeat(np.arange(100), 4)
    values = 0.85 * source.normal(size=100)[clusters] + np.sqrt(1 - 0.85**2) * source.normal(size=400)
    return values, source.uniform(0.5, 1.5, 400), clusters


def paired(source: Generator) -> Sample:
    """Two policies over the same evenings: their difference, tilted as the evenings are."""
    evening = source.normal(size=500)
    base, better = evening + 11.0, evening + 11.0 - 0.3 * np.abs(source.normal(size=500)) - 0.1 * evening
    return better - base, np.exp(0.4 * evening), None


PAIRED = -0.3 * np.sqrt(2 / np.pi) - 0.1 * 0.4


@pytest.mark.parametrize(
    ("sample", "truth"),
    [(plain, 0.0), (independent_weights, 0.0), (tilted, 0.4), (clustered, 0.0), (paired, PAIRED)],
)
def test_means(sample: Callable[[Generator], Sample], truth: float) -> None:
    assert is_binomial(hits(1, sample, mean_interval, truth))


def test_forgetting_that_samples_share_a_background_undercovers() -> None:
    count = hits(1, clustered, lambda values, weights, _: mean_interval(values, weights), 0.0)
    assert count < 0.85 * REPEATS


@pytest.mark.parametrize("p", [0.002, 0.01, 0.1, 0.5, 0.9, 0.99, 0.998])
def test_shares(p: float) -> None:
    def sample(source: Generator) -> Sample:
        return source.random(400) < p, source.exponential(size=400), None

    assert covers_enough(hits(2, sample, share_interval, p))


@pytest.mark.parametrize("cut", [-2.0, -1.0, 0.0, 1.0, 2.0])
@pytest.mark.parametrize("tilt", [0.4, 0.8])
def test_shares_that_go_with_the_weights(cut: float, tilt: float) -> None:
    def sample(source: Generator) -> Sample:
        values = source.normal(size=400)
        return values > cut, np.exp(tilt * values), None

    # Of some three hits among four hundred no interval knows more than ninety in a hundred.
    assert covers_enough(hits(3, sample, share_interval, norm.sf(cut - tilt)), 0.935)


def test_shares_of_clusters() -> None:
    def sample(source: Generator) -> Sample:
        values, weights, clusters = clustered(source)
        return values > 1.0, weights, clusters

    assert covers_enough(hits(4, sample, share_interval, norm.sf(1.0)))
    ignored = hits(4, sample, lambda yes, weights, _: share_interval(yes, weights), norm.sf(1.0))
    assert ignored < 0.9 * REPEATS


@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
@pytest.mark.parametrize(
    ("sample", "shift"), [(plain, 0.0), (independent_weights, 0.0), (tilted, 0.4), (clustered, 0.0)]
)
def test_quantiles(sample: Callable[[Generator], Sample], shift: float, p: float) -> None:
    def interval(values: Array, weights: Array, clusters: NDArray[np.int64] | None) -> Interval:
        return quantile_interval(values, weights, p, clusters)

    count = hits(5, sample, interval, shift + norm.ppf(p))
    # Woodruff's interval is about right in the middle and a little short in a tail of few clusters.
    assert covers_enough(count, 0.95 if p == 0.5 else 0.925)
    assert count < 0.985 * REPEATS
