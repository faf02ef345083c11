"""What share of a sum's variance each of its parts accounts for, where parts may depend on each other."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def variance_shares(parts: Array) -> Array | None:
    """The share of the variance of the row sums that each part accounts for, (parts,); None without variance.

    `parts` is (samples, parts). A share is what the part adds to the R squared of a linear regression of the sum on
    parts, averaged over all orders in which they can be added: the LMG measure (Lindeman, Merenda and Gold 1980;
    Groemping 2007), the Shapley value of explained variance. None is below 0 and they add up to 1, however parts hang
    together; the share of covariance, to which it comes down where they are independent, can be below 0 or above 1.
    """
    count = parts.shape[1]
    centred = parts - parts.mean(axis=0)
    # Rounding leaves a constant a variance of about this much.
    if not float(np.var(centred.sum(axis=1))) > 1e-12 * float((centred**2).mean(axis=0).sum()):
        return None
    # Each part over its own deviation, so that none is lost beside a much larger one.
    deviation = np.sqrt((centred**2).mean(axis=0))
    scaled = np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 0.0)
    correlation = scaled.T @ scaled / len(parts)
    with_sum = correlation @ deviation
    total = float(deviation @ with_sum)
    explained: dict[tuple[int, ...], float] = {(): 0.0}
    for size in range(1, count + 1):
        for some in combinations(range(count), size):
            chosen = list(some)
            inverse = np.linalg.pinv(correlation[np.ix_(chosen, chosen)], rcond=1e-10, hermitian=True)
            explained[some] = float(with_sum[chosen] @ inverse @ with_sum[chosen]) / total
    shares = np.zeros(count)
    for some, before in explained.items():
        for part in set(range(count)) - set(some):
            after = explained[tuple(sorted((*some, part)))]
            shares[part] += max(0.0, after - before) / (count * comb(count - 1, len(some)))
    found: Array = shares / shares.sum()
    return found


def whole_percents(shares: Array) -> list[int]:
    """Shares as whole percents that add up to their rounded sum: the largest remainders are rounded up."""
    percents = 100.0 * shares
    whole = np.floor(percents + 1e-9).astype(int)
    up = np.argsort(whole - percents, kind="stable")[
        : max(0, round(float(percents.sum())) - int(whole.sum()))
    ]
    whole[up] += 1
    found: list[int] = whole.tolist()
    return found
