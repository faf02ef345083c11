"""Fixed logarithmic bins: percentiles of values of which none is kept.

A percentile is the mean of the bin it falls into. That is off by less than a bin is wide, 0.9 %, and not at all
where one value is alone in its bin.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Bins a decade, between the least and the most that are told apart; one bin is for 0.
A_DECADE = 256
LEAST, MOST = 1e-4, 1e10
BINS = 2 + round(A_DECADE * np.log10(MOST / LEAST))


def bins_of(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bin of each value, which is at least 0; a larger value is never in a lower bin."""
    scaled = A_DECADE * np.log10(np.clip(values, LEAST, MOST) / LEAST)
    return np.where(values > 0.0, 1 + np.minimum(scaled, BINS - 2).astype(np.int64), 0)
