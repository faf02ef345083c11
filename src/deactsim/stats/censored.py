"""Right-censored samples: durations that are only known to be longer than they were followed for.

Where every duration is followed for the same time after its own beginning (type I censoring), the product-limit
estimate of Kaplan and Meier (1958) is the empirical distribution up to that horizon: quantiles below it are those
of the sample, the others are only known to lie beyond. A sum of such durations is a lower bound as soon as one of
them was cut; its quantiles lie between those of the bounds and those with every bound that is one at infinity. The
mean is replaced by the restricted mean (Irwin, 1949; Royston and Parmar, 2013): that of min(duration, horizon).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .weighted import Array, quantiles


def quantile_bounds(
    values: Array, weights: Array, shares: Sequence[float], cut: NDArray[np.bool_]
) -> tuple[list[float], list[bool]]:
    """The weighted `quantile` of each share, and whether each is no more than a lower bound.

    `values` (n,) are durations, or lower bounds of them where `cut` (n,) says so.
    """
    least = quantiles(values, weights, shares)
    if not cut.any():
        return least, [False] * len(least)
    most = quantiles(np.where(cut, np.inf, values), weights, shares)
    return least, [low != high for low, high in zip(least, most, strict=True)]
