"""Units of time, long and short."""

from __future__ import annotations

import pytest

from deactsim.scenario.durations import read_duration, write_duration
from deactsim.scenario.leaf import Unreadable

HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("0h", "0 s"),
        ("4h", "4 h"),
        ("1d", "1 day"),
        ("30 d", "30 days"),
        ("2w", "2 weeks"),
        ("1d 4h", "1 day 4 h"),
    ],
)
def test_a_day_and_a_week_have_a_letter_as_an_hour_has(short: str, long: str) -> None:
    assert read_duration(short) == read_duration(long)


def test_days_are_written_out() -> None:
    assert write_duration(read_duration("7d")) == "7 days"
    assert write_duration(read_duration("1d 4h")) == "1 day 4 h"


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("5 m", "`m` is not a unit of time", "write `min` for minutes"),
        ("5 hr", "`hr` is not a unit of time", "write `h`"),
        ("4h 1d", "does not go from larger units to smaller", "write `1 h 17 min`"),
        (
            "3 fortnights",
            "`fortnights` is not a unit of time",
            "the units are ms, s, min, h, day, week and year",
        ),
    ],
)
def test_other_letters_are_refused(text: str, said: str, hint: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_duration(text)
    assert said in refused.value.message
    assert refused.value.hint == hint
