"""Memory of a night: records are made from its end, or again from what was given back."""

from __future__ import annotations

from ._jit import compiled
from .layout import NIGHT, Night

#: Records larger than this are never given back.
LARGEST = 256


@compiled
def new(night: Night, size: int) -> int:
    """A record of so many words; what stands in them is not said."""
    if size < LARGEST:
        spare = night[night[NIGHT.FREE] + size]
        if spare:
            night[night[NIGHT.FREE] + size] = night[spare]
            return spare
    place = night[NIGHT.TOP]
    night[NIGHT.TOP] = place + size
    return place


@compiled
def give_back(night: Night, place: int, size: int) -> None:
    """A record is needed no more."""
    if size < LARGEST:
        night[place] = night[night[NIGHT.FREE] + size]
        night[night[NIGHT.FREE] + size] = place
