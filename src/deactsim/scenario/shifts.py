"""When a team is on shift: `always`, `Mon-Fri 09:00-18:00 Europe/Dublin`, or a list of these."""

from __future__ import annotations

import re
from typing import Final

from .durations import check_zone
from .leaf import SPOILT, SeveralUnreadable, Unreadable, quoted
from .stated import Window

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EVERY_DAY: Final = tuple(range(7))
_ALWAYS: Final = Window(_EVERY_DAY, 0, 1440, "UTC")
_WINDOW: Final = re.compile(
    r"(?:(?P<days>[A-Za-z][A-Za-z, -]*?)\s+)?(?P<start>\d{1,2}:\d{2})\s*-\s*(?P<end>\d{1,2}:\d{2})(?:\s+(?P<zone>\S+))?"
)


def read_shifts(raw: object) -> tuple[Window, ...]:
    """The windows of one team."""
    if isinstance(raw, tuple | list):
        if not raw:
            raise Unreadable(
                "an empty list: the team is never on shift", "write `always`, or leave `shift` out"
            )
        windows = []
        wrong: list[Unreadable] = []
        for index, item in enumerate(raw):
            if item is SPOILT:
                continue
            try:
                windows.append(_window(item))
            except Unreadable as unreadable:
                wrong += unreadable.within(index)
        if wrong:
            raise SeveralUnreadable(wrong)
        _refuse_overlaps(windows)
        return tuple(windows)
    return (_window(raw),)


def _window(raw: object) -> Window:
    if raw == "always":
        return _ALWAYS
    match = _WINDOW.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match is None:
        raise Unreadable(f"{quoted(raw)} is not a shift")
    start, end = _minutes(match["start"]), _minutes(match["end"])
    if start == 1440:
        raise Unreadable("a shift cannot begin at 24:00", "write 00:00")
    if start == end:
        raise Unreadable(
            f"{quoted(raw)} begins and ends at the same time", "write `00:00-24:00` for the whole day"
        )
    if match["zone"] is None:
        raise Unreadable(f"{quoted(raw)} has no zone", f'write "{raw} Europe/Dublin"')
    days = _EVERY_DAY if match["days"] is None else _days(match["days"])
    return Window(days, start, end, check_zone(match["zone"]))


def _minutes(clock: str) -> int:
    hours, minutes = (int(part) for part in clock.split(":"))
    if minutes > 59 or hours > 24 or (hours == 24 and minutes):
        raise Unreadable(f"`{clock}` is not a time of day")
    return hours * 60 + minutes


def _days(text: str) -> tuple[int, ...]:
    days: list[int] = []
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        start = _day(first)
        stop = _day(last) if dash else start
        days.extend((start + offset) % 7 for offset in range((stop - start) % 7 + 1))
    if len(set(days)) != len(days):
        raise Unreadable(f"`{text}` names a day twice")
    return tuple(sorted(days))


def _day(text: str) -> int:
    if text.title() not in _DAYS:
        raise Unreadable(f"`{text}` is not a day of the week", "write Mon, Tue, Wed, Thu, Fri, Sat or Sun")
    return _DAYS.index(text.title())


def _refuse_overlaps(windows: list[Window]) -> None:
    for index, window in enumerate(windows):
        for earlier in windows[:index]:
            if window.zone == earlier.zone and not _minutes_of(window).isdisjoint(_minutes_of(earlier)):
                raise Unreadable(
                    "two windows of the shift overlap",
                    f"it is `{_text(earlier)}` that overlaps",
                    inside=(index,),
                )


def _minutes_of(window: Window) -> set[int]:
    length = (window.end - window.start - 1) % 1440 + 1
    return {(day * 1440 + window.start + minute) % 10_080 for day in window.days for minute in range(length)}


def write_shifts(windows: tuple[Window, ...]) -> str | list[str]:
    """The text of a shift, a list where there are several windows."""
    texts = [_text(window) for window in windows]
    return texts[0] if len(texts) == 1 else texts


def _text(window: Window) -> str:
    if window == _ALWAYS:
        return "always"
    clock = f"{window.start // 60:02d}:{window.start % 60:02d}-{window.end // 60:02d}:{window.end % 60:02d}"
    return " ".join(part for part in (_days_text(window.days), clock, window.zone) if part)


def _days_text(days: tuple[int, ...]) -> str:
    if days == _EVERY_DAY:
        return ""
    if len(days) > 1 and days[-1] - days[0] == len(days) - 1:
        return f"{_DAYS[days[0]]}-{_DAYS[days[-1]]}"
    return ",".join(_DAYS[day] for day in days)
