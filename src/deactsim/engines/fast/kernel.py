"""The kernel as Python sees it: one entry, so that it is compiled and kept as one."""

from __future__ import annotations

import numpy as np

from ._jit import Entry, numbers_at, words_at
from .evenings import evenings
from .layout import Night, Real
from .night import advance
from .occurrences import occurrences

#: What the kernel is entered for.
GO_ON, EVENINGS, OCCURRENCES = 0, 1, 2

_NONE = np.zeros(1, dtype=np.int64)


def _on_arrays(
    what: int,
    batch: Night,
    _batch: Real,
    image: Night,
    _image: Real,
    night: Night,
    real: Real,
    plans: Night,
    _plans: Real,
    desk: Night,
    desk_real: Real,
    worlds: Night,
    _worlds: Real,
    marks: Night,
    _marks: Real,
    said: Night,
    _said: Real,
) -> int:
    if what == GO_ON:
        return advance(night, real)
    if what == OCCURRENCES:
        return occurrences(batch, image, plans, night, real, worlds, _marks, said, desk, desk_real)
    return evenings(batch, image, night, real, worlds, marks, said)


def _bare(
    what: int,
    batch: Night,
    image: Night,
    night: Night,
    plans: Night,
    desk: Night,
    worlds: Night,
    marks: Night,
    said: Night,
) -> int:
    if what == GO_ON:
        return advance(words_at(night.ctypes.data), numbers_at(night.ctypes.data))
    if what == OCCURRENCES:
        return occurrences(
            words_at(batch.ctypes.data),
            words_at(image.ctypes.data),
            words_at(plans.ctypes.data),
            words_at(night.ctypes.data),
            numbers_at(night.ctypes.data),
            words_at(worlds.ctypes.data),
            numbers_at(marks.ctypes.data),
            words_at(said.ctypes.data),
            words_at(desk.ctypes.data),
            numbers_at(desk.ctypes.data),
        )
    return evenings(
        words_at(batch.ctypes.data),
        words_at(image.ctypes.data),
        words_at(night.ctypes.data),
        numbers_at(night.ctypes.data),
        words_at(worlds.ctypes.data),
        words_at(marks.ctypes.data),
        words_at(said.ctypes.data),
    )


_enter = Entry(_on_arrays, _bare)


def go_on(night: Night) -> int:
    """Have a night go on until it is over or wants something; says which (`night.IS_OVER` and the others)."""
    return _enter(GO_ON, _NONE, _NONE, night, _NONE, _NONE, _NONE, _NONE, _NONE)


def run_evenings(batch: Night, image: Night, night: Night, worlds: Night, marks: Night, said: Night) -> int:
    """Run a batch of evenings from its first world on; says which world is next."""
    return _enter(EVENINGS, batch, image, night, _NONE, _NONE, worlds, marks, said)


def run_occurrences(
    meetings: Night,
    images: Night,
    plans: Night,
    night: Night,
    desk: Night,
    given: Night,
    values: Night,
    actions: Night,
) -> None:
    """Run occurrences under all plans; `values` are floats, handed over as words."""
    _enter(OCCURRENCES, meetings, images, night, plans, desk, given, values, actions)
