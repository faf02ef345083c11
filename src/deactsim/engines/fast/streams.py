"""Draws and lengths, as the world has them."""

from __future__ import annotations

import numpy as np

from ...model import lengths
from ...model.streams import FOREVER
from ...model.streams import draw as _draw
from ._jit import COMPILED, compiled
from .layout import LENGTH, NIGHT, Night, Real

_FIXED, _QUANTILES = lengths.FIXED, lengths.QUANTILES
_GOLDEN, _ODD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_12, _27, _30, _31 = np.uint64(12), np.uint64(27), np.uint64(30), np.uint64(31)


@compiled
def _mix(x: np.uint64) -> np.uint64:
    x = (x ^ (x >> _30)) * _FIRST
    x = (x ^ (x >> _27)) * _SECOND
    return x ^ (x >> _31)


@compiled
def _uniform(key: int, entity: int, purpose: int, k: int) -> float:
    x = _mix(np.uint64(key) + np.uint64(entity) * _GOLDEN)
    x = _mix(x + np.uint64((purpose << 32) | k) * _ODD)
    return (np.float64(np.int64(x >> _12)) + 0.5) * 2.220446049250313e-16


def _as_the_model_has_it(key: int, entity: int, purpose: int, k: int) -> float:
    return _draw(int(key) & (1 << 64) - 1, int(entity), int(purpose), int(k))


# Whole numbers of numpy do not wrap around without a word, as compiled ones do.
uniform = _uniform if COMPILED else _as_the_model_has_it


@compiled
def draw(night: Night, real: Real, entity: int, purpose: int, k: int) -> float:
    """A uniform number for this entity and purpose."""
    for one in range(night[NIGHT.LUCK_COUNT]):
        place = night[NIGHT.LUCK] + 3 * one
        if night[place] == entity and night[place + 1] == purpose:
            return real[place + 2]
    return uniform(night[NIGHT.KEY], entity, purpose, k)


@compiled
def falls(night: Night, real: Real, entity: int, purpose: int, share: float) -> bool:
    """Whether the draw for this entity and purpose is below a share; of none or of all there is nothing to draw."""
    if share <= 0.0:
        return False
    if share >= 1.0 and night[NIGHT.LUCK_COUNT] == 0:  # what is placed by hand may be 1
        return True
    return draw(night, real, entity, purpose, 0) < share


@compiled
def length(night: Night, real: Real, entity: int, purpose: int, k: int, what: int) -> int:
    """A length in microseconds for this entity and purpose; a fixed one needs no luck."""
    u = 0.5 if night[what + LENGTH.SHAPE] == _FIXED else uniform(night[NIGHT.KEY], entity, purpose, k)
    return length_at(night, real, what, u)


@compiled
def length_at(night: Night, real: Real, what: int, u: float) -> int:
    """The length in microseconds that a uniform number comes to."""
    shape = night[what + LENGTH.SHAPE]
    if shape == _FIXED:
        drawn = night[what + LENGTH.WHOLE]
    else:
        if shape == _QUANTILES:
            table, size = night[what + LENGTH.TABLE], night[what + LENGTH.TABLE_SIZE]
            found = lengths.table_quantile(real, table, size, u)
        else:
            found = lengths.shape_quantile(
                shape, real[what + LENGTH.A], real[what + LENGTH.B], real[what + LENGTH.C], u
            )
        drawn = int(min(found + 0.5, FOREVER))
    grid = night[NIGHT.GRID]
    return drawn if grid == 1 else (drawn + grid // 2) // grid * grid
