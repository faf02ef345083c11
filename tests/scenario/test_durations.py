"""Units of time, long and short."""

from __future__ import annotations

import pytest

from deactsim.scenario.durations import check_zone, read_duration, write_duration
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


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("EDT", "`EDT` is -04:00 in `America/New_York`: write the zone's name"),
        ("CEST", "`CEST` is +02:00 in `Europe/Berlin`: write the zone's name"),
        ("QQQ", "write an offset such as `-04:00`, or a zone's name such as `America/New_York`"),
        ("Dublin", "did you mean `Europe/Dublin`?"),
    ],
)
def test_an_abbreviation_is_never_taken_for_a_zone_that_is_spelled_alike(name: str, hint: str) -> None:
    with pytest.raises(Unreadable) as raised:
        check_zone(name)
    assert raised.value.hint == hint


def test_an_abbreviation_of_several_zones_names_them() -> None:
    with pytest.raises(Unreadable) as raised:
        check_zone("IST")
    assert raised.value.hint == (
        "`IST` may be +01:00 in `Europe/Dublin`, +02:00 in `Asia/Jerusalem` or +05:30 in `Asia/Kolkata`: "
        "write the zone's name"
    )
