"""When teams are on shift: weekly windows in local time as spans of absolute time."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ..scenario.stated import Window

DAY = 86_400_000_000

Span = tuple[int, int]


@lru_cache(maxsize=4096)
def spans(windows: tuple[Window, ...], start: int, end: int) -> tuple[Span, ...]:
    """The spans on shift that touch `start` to `end`, in order and merged where they meet.

    Times are microseconds since 1970 UTC; a window follows its zone's clock through
    changes of daylight time.
    """
    first, last = start // DAY - 2, end // DAY + 2
    found: list[Span] = []
    for window in windows:
        zone = ZoneInfo(window.zone)
        over = 1440 if window.end <= window.start else 0
        for day in range(first, last + 1):
            if (day + 3) % 7 not in window.days:  # 1970 began on a Thursday
                continue
            on = _instant(day, window.start, zone)
            off = _instant(day, window.end + over, zone)
            if on < off:  # a window may fall into the hour that summer time leaves out
                found.append((on, off))
    merged: list[Span] = []
    for on, off in sorted(found):
        if merged and on <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], off))
        else:
            merged.append((on, off))
    return tuple(span for span in merged if span[1] > start and span[0] < end)


# Stretches of time that are asked about have most of their days in common.
@lru_cache(maxsize=1 << 13)
def _instant(day: int, minutes: int, zone: ZoneInfo) -> int:
    """A local wall-clock time of a day (days since 1970), as microseconds since 1970 UTC."""
    wall = datetime(1970, 1, 1, tzinfo=zone) + timedelta(days=day, minutes=minutes)
    return round(wall.timestamp()) * 1_000_000


def overlap(windows: tuple[Window, ...], start: int, end: int) -> int:
    """Microseconds on shift between `start` and `end`."""
    if end <= start:
        return 0
    return sum(min(off, end) - max(on, start) for on, off in spans(windows, start, end))
