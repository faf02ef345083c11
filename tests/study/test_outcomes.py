"""What a policy does, evening by evening beside the baseline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deactsim.study.nights import Nights
from deactsim.study.outcomes import group_of, paired, what_is_worse


def nights(dark: Sequence[float], late: Sequence[float] | None = None, lost: float = 0.0) -> Nights:
    """Evenings of so many minutes dark, 0 where it was stopped; so late, and with content lost."""
    minutes, size = np.array(dark), len(dark)
    went_dark = (minutes > 0.0).astype(float)
    columns = {
        "stopped": 1.0 - went_dark,
        "acts_dark": went_dark,
        "dark_minutes": minutes,
        "dark_first": minutes,
        "late": np.zeros(size) if late is None else np.array(late),
        "content_lost": np.full(size, lost),
    }
    return Nights(columns, np.ones(size), np.arange(size), ((),) * size)


BASE = nights([10.0, 12.0, 11.0, 13.0])


def group(*found: Nights) -> str:
    table = {f"r{number}": each for number, each in enumerate(found)}
    return group_of(list(paired(table, dict.fromkeys(table, BASE)).values()))


def test_groups_by_what_the_best_reading_shows() -> None:
    same, shorter = nights([10.0, 12.0, 11.0, 13.0]), nights([8.0, 9.0, 8.5, 10.0])
    assert group(same) == "nothing"
    assert group(same, shorter) == "shortens"
    assert group(shorter, nights([0.0, 9.0, 8.5, 10.0])) == "stops"
    assert group(same, nights([20.0, 22.0, 21.0, 23.0])) == "lengthens"
    assert group(same, nights([10.0, 12.0, 11.0, 13.0], lost=1.0)) == "lengthens"
    assert group(same, nights([10.0, 12.0, 11.0, 13.0], late=[2.0] * 4)) == "postpones"


def test_a_slower_click_is_not_postponed() -> None:
    assert group(nights([10.0, 12.0, 11.0, 13.0], late=[0.5] * 4)) == "nothing"


def test_what_is_worse_is_said_of_the_worst_reading() -> None:
    table = {"r": nights([15.0, 17.0, 16.0, 18.0]), "s": nights([20.0, 22.0, 21.0, 23.0], lost=1.0)}
    pairs = paired(table, dict.fromkeys(table, BASE))
    assert (
        what_is_worse(list(pairs.values()))
        == "content lost on 100% of the evenings, 10.0 min more dark on average"
    )


def test_readings_with_the_same_evenings_share_a_pair_and_are_told_by_name() -> None:
    one, other = nights([8.0, 9.0, 8.5, 10.0]), nights([8.0, 9.0, 8.5, 10.0])
    table = {"a": one, "b": other, "c": one}
    pairs = paired(table, dict.fromkeys(table, BASE))
    assert pairs["a"] is pairs["c"] is not pairs["b"]
    told = [pair.under(reading) for reading, pair in pairs.items()]
    assert [each.reading for each in told] == ["a", "b", "c"]
    assert {each.mean_dark for each in told} == {told[0].mean_dark}
