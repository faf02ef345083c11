"""Shifts: local windows as spans of absolute time, through midnight and daylight saving."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from deactsim.model.shifts import DAY, overlap, spans
from deactsim.scenario.stated import Window

HOUR = DAY // 24
WEEKDAYS, EVERY = (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6)


def utc(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def shown(windows: tuple[Window, ...], start: str, end: str) -> list[tuple[str, str]]:
    return [
        tuple(datetime.fromtimestamp(t // 1_000_000, UTC).strftime("%m-%d %H:%M") for t in span)
        for span in spans(windows, utc(start), utc(end))
    ]


def window(days: tuple[int, ...], start: str, end: str, zone: str = "UTC") -> Window:
    minutes = [int(text[:2]) * 60 + int(text[3:]) for text in (start, end)]
    return Window(days, minutes[0], minutes[1], zone)


def test_weekdays() -> None:
    assert shown((window(WEEKDAYS, "09:00", "17:00"),), "2024-01-05", "2024-01-09") == [
        ("01-05 09:00", "01-05 17:00"),
        ("01-08 09:00", "01-08 17:00"),
    ]


def test_over_midnight() -> None:
    """Friday's shift ends on Saturday morning."""
    assert shown((window((4,), "22:00", "06:00"),), "2024-01-06", "2024-01-07") == [
        ("01-05 22:00", "01-06 06:00")
    ]


def test_windows_that_meet_are_merged() -> None:
    day, night = window(EVERY, "06:00", "22:00"), window(EVERY, "22:00", "06:00")
    assert len(spans((day, night), utc("2024-01-01"), utc("2024-01-08"))) == 1
    assert shown(
        (window((0,), "09:00", "12:00"), window((0,), "11:00", "13:00")), "2024-01-01", "2024-01-02"
    ) == [("01-01 09:00", "01-01 13:00")]


def test_always_is_one_span() -> None:
    found = spans((Window(EVERY, 0, 1440, "Europe/Dublin"),), utc("2024-03-20"), utc("2024-04-10"))
    assert len(found) == 1


def test_the_clock_of_the_zone_is_followed_through_daylight_saving() -> None:
    """In Dublin 09:00 is 09:00 UTC before 31 March 2024 and 08:00 UTC after; New York changes on 10 March."""
    dublin = (window(EVERY, "09:00", "17:00", "Europe/Dublin"),)
    assert shown(dublin, "2024-03-30", "2024-04-01") == [
        ("03-30 09:00", "03-30 17:00"),
        ("03-31 08:00", "03-31 16:00"),
    ]
    night = (window((5,), "22:00", "06:00", "America/New_York"),)
    (long_night,) = spans(night, utc("2024-11-02T12:00"), utc("2024-11-04"))  # clocks go back
    (short_night,) = spans(night, utc("2024-03-09T12:00"), utc("2024-03-11"))  # clocks go forward
    assert (long_night[1] - long_night[0], short_night[1] - short_night[0]) == (9 * HOUR, 7 * HOUR)


def test_a_shift_within_the_hour_that_does_not_exist_is_no_shift() -> None:
    """At 02:00 on 10 March 2024 New York's clocks go to 03:00."""
    for start, end in (("02:00", "03:00"), ("02:30", "03:00"), ("02:30", "03:10")):
        found = spans((window((6,), start, end, "America/New_York"),), utc("2024-03-10"), utc("2024-03-11"))
        assert all(on < off for on, off in found)


def test_only_spans_that_touch_are_given() -> None:
    one = (window((0,), "09:00", "17:00"),)
    assert shown(one, "2024-01-01T17:00", "2024-01-01T20:00") == []
    assert shown(one, "2024-01-01T08:00", "2024-01-01T09:00") == []
    assert shown(one, "2024-01-01T16:59", "2024-01-01T20:00") == [("01-01 09:00", "01-01 17:00")]


def test_overlap() -> None:
    one = (window((0,), "09:00", "17:00"),)
    assert overlap(one, utc("2024-01-01T08:00"), utc("2024-01-01T10:00")) == HOUR
    assert overlap(one, utc("2024-01-01T10:00"), utc("2024-01-01T08:00")) == 0
    assert overlap(one, utc("2024-01-01"), utc("2024-01-15")) == 16 * HOUR


ZONES = ("UTC", "Europe/Dublin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
WINDOWS = st.builds(
    Window,
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    start=st.integers(0, 95).map(lambda q: q * 15),
    end=st.integers(1, 96).map(lambda q: q * 15),
    zone=st.sampled_from(ZONES),
)


@given(st.lists(WINDOWS, min_size=1, max_size=3), st.integers(0, 60), st.integers(1, 10))
def test_spans_are_in_order_apart_and_independent_of_where_one_looks(
    windows: list[Window], first: int, days: int
) -> None:
    start = utc("2024-02-20") + first * DAY
    end = start + days * DAY
    found = spans(tuple(windows), start, end)
    assert all(on < off for on, off in found)
    assert all(a[1] < b[0] for a, b in pairwise(found))
    wider = spans(tuple(windows), start - 5 * DAY, end + 5 * DAY)

    def clipped(all_of_them: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
        return [(max(a, start), min(b, end)) for a, b in all_of_them if a < end and b > start]

    assert clipped(found) == clipped(wider)
