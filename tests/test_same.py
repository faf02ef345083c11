"""Results that are kept for the same things."""

from __future__ import annotations

from deactsim.same import for_the_same


def test_a_result_is_kept_for_the_same_things_and_not_for_equal_ones() -> None:
    @for_the_same(8)
    def beside(one: list[int], other: list[int] | None, number: int) -> tuple[object, ...]:
        return one, other, number

    here, there = [1], [1]
    found = beside(here, None, 1000)
    assert beside(here, None, int("1000")) is found
    assert beside(there, None, 1000) is not found
    assert beside(here, there, 1000) == (here, there, 1000)
    assert beside(here, None, 1001)[2] == 1001


def test_the_last_results_are_kept_and_what_they_are_of() -> None:
    made = []

    @for_the_same(2)
    def of(what: list[int]) -> list[int]:
        made.append(what)
        return [*what, 0]

    # Had these been forgotten, the next might have stood where they did, and had what is theirs.
    assert [of([number]) for number in range(100)] == [[number, 0] for number in range(100)]
    last = made[-1]
    of(last)
    assert len(made) == 100
    of(made[-3])
    assert len(made) == 101
