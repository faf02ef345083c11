"""The kernel as Python sees it: one entry, so that it is compiled and kept as one."""

from __future__ import annotations

from ._jit import Entry, numbers_at, words_at
from .evenings import evenings
from .layout import Night, Real
from .night import advance
from .occurrences import occurrences
from .weeks import weeks

#: What the kernel is entered for.
GO_ON, EVENINGS, OCCURRENCES, WEEKS = 0, 1, 2, 3


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
    if what == WEEKS:
        return weeks(batch, image, night, real, worlds, marks)
    return evenings(batch, image, night, real, worlds, marks, said)


def _bare(
    what: int,
    batch: int,
    image: int,
    night: int,
    plans: int,
    desk: int,
    worlds: int,
    marks: int,
    said: int,
) -> int:
    if what == GO_ON:
        return advance(words_at(night), numbers_at(night))
    if what == OCCURRENCES:
        return occurrences(
            words_at(batch),
            words_at(image),
            words_at(plans),
            words_at(night),
            numbers_at(night),
            words_at(worlds),
            numbers_at(marks),
            words_at(said),
            words_at(desk),
            numbers_at(desk),
        )
    if what == WEEKS:
        return weeks(
            words_at(batch),
            words_at(image),
            words_at(night),
            numbers_at(night),
            words_at(worlds),
            words_at(marks),
        )
    return evenings(
        words_at(batch),
        words_at(image),
        words_at(night),
        numbers_at(night),
        words_at(worlds),
        words_at(marks),
        words_at(said),
    )


enter = Entry(_on_arrays, _bare, memories=8)


def go_on(night: Night) -> int:
    """Have a night go on until it is over or wants something; says which (`night.IS_OVER` and the others)."""
    return enter(GO_ON, None, None, night, None, None, None, None, None)


def run_evenings(batch: Night, image: Night, night: Night, worlds: Night, marks: Night, said: Night) -> int:
    """Run a batch of evenings from its first world on; says which world is next."""
    return enter(EVENINGS, batch, image, night, None, None, worlds, marks, said)


def run_weeks(runs: Night, image: Night, night: Night, given: Night, rows: Night) -> int:
    """Go through runs without an incident from the first on, into `rows`; says which is next."""
    return enter(WEEKS, runs, image, night, None, None, given, rows, None)


def run_occurrences(
    meetings: Night,
    images: Night,
    plans: Night,
    night: Night,
    desk: Night,
    given: Night,
    values: Night,
    actions: Night,
) -> int:
    """Run occurrences under all plans; says which is next. `values` are floats, handed over as words."""
    return enter(OCCURRENCES, meetings, images, night, plans, desk, given, values, actions)
