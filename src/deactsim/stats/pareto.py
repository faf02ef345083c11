"""How heavy the tail of importance weights is: Pareto's k.

Vehtari, Simpson, Gelman, Yao and Gabry (2024), Pareto smoothed importance sampling: a generalised Pareto
distribution is fitted to the largest weights, by the estimator of Zhang and Stephens (2009) with its weak prior.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

#: Fewer weights than this in the tail fit nothing.
LEAST = 5


def tail_shape(weights: NDArray[np.float64]) -> float | None:
    """Pareto's k of the largest weights; None where too few differ to tell.

    Up to `allowed` means and their errors can be trusted; from 1 on the weights have no finite mean.
    """
    positive = np.sort(weights[weights > 0.0])
    size = int(min(0.2 * positive.size, 3.0 * math.sqrt(positive.size)))
    if size < LEAST:
        return None
    tail = positive[-size:] - positive[-size - 1]
    # Ties with the threshold say nothing of the tail's shape.
    tail = tail[tail > positive[-1] * 1e-12]
    return _shape(tail / tail[-1]) if tail.size >= LEAST else None


def allowed(worlds: int) -> float:
    """The largest k at which so many weights can be trusted (Vehtari et al. 2024, equation 13)."""
    return min(1.0 - 1.0 / math.log10(max(worlds, 11)), 0.7)


def _shape(over: NDArray[np.float64]) -> float:
    """k of exceedances in ascending order."""
    count = over.size
    grid = 30 + int(math.sqrt(count))
    quarter = over[int(count / 4 + 0.5) - 1]
    theta = 1.0 / over[-1] + (1.0 - np.sqrt(grid / (np.arange(grid) + 0.5))) / (3.0 * quarter)
    shapes = np.log1p(-theta[:, None] * over).mean(axis=1)
    likelihoods = count * (np.log(-theta / shapes) - shapes - 1.0)
    posterior = np.exp(likelihoods - likelihoods.max())
    mean = float((theta * posterior).sum() / posterior.sum())
    shape = float(np.log1p(-mean * over).mean())
    return (count * shape + 10 * 0.5) / (count + 10)
