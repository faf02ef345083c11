"""Durations and instants: exact microseconds from text such as `1 h 17 min`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

from .amounts import number_and_rest, plain
from .leaf import Unreadable, did_you_mean, quoted

_UNITS: Final = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "second": 1_000_000,
    "seconds": 1_000_000,
    "min": 60_000_000,
    "minute": 60_000_000,
    "minutes": 60_000_000,
    "h": 3_600_000_000,
    "hour": 3_600_000_000,
    "hours": 3_600_000_000,
    "d": 86_400_000_000,
    "day": 86_400_000_000,
    "days": 86_400_000_000,
    "w": 604_800_000_000,
    "week": 604_800_000_000,
    "weeks": 604_800_000_000,
    "year": 31_557_600_000_000,
    "years": 31_557_600_000_000,
}
_UNIT_NAMES: Final = ("ms", "s", "min", "h", "day", "days", "week", "weeks", "year", "years")
# Up to here microseconds are exact as floating-point numbers too.
_LONGEST: Final = 100 * _UNITS["year"]
_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]+)\s*")
_INSTANT: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<clock>\d{2}:\d{2}(?::\d{2}(?P<fraction>\.\d+)?)?))?"
    r"\s*(?P<zone>Z|[-+]\d{2}:\d{2}|[A-Za-z][A-Za-z_]*(?:/[A-Za-z0-9_+-]+)*)?"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_duration(raw: object) -> int:
    """Microseconds: numbers with units, added up, such as `1 h 17 min`."""
    _, rest = number_and_rest(raw, "a duration")
    text = str(raw).strip()
    if not rest:
        number = text.lstrip("+")
        raise Unreadable(
            f"{quoted(raw)} has no unit", None if number == "0" else f"write `{number} s` or `{number} min`"
        )
    total = Decimal(0)
    position = 0
    last = _LONGEST
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            raise Unreadable(f"{quoted(raw)} is not a duration", _clock_hint(text))
        unit = _UNITS.get(part[2])
        if unit is None:
            hint = {"m": "write `min` for minutes", "hr": "write `h`"}.get(
                part[2],
                did_you_mean(part[2], _UNIT_NAMES) or "the units are ms, s, min, h, day, week and year",
            )
            raise Unreadable(f"`{part[2]}` is not a unit of time", hint)
        if position > 0 and unit >= last:
            raise Unreadable(f"{quoted(raw)} does not go from larger units to smaller", "write `1 h 17 min`")
        total += Decimal(part[1]) * unit
        last = unit
        position = part.end()
    if total != total.to_integral_value():
        raise Unreadable(f"{quoted(raw)} is finer than a microsecond")
    if total > _LONGEST:
        raise Unreadable(f"{quoted(raw)} is longer than a hundred years")
    return int(total)


def _clock_hint(text: str) -> str | None:
    clock = re.fullmatch(r"(\d+):(\d{2})(?::(\d{2}))?", text)
    if clock is None:
        return None
    if clock[3]:
        return f"write `{int(clock[1])} h {int(clock[2])} min {int(clock[3])} s`"
    return f"write `{int(clock[1])} min {int(clock[2])} s` or `{int(clock[1])} h {int(clock[2])} min`"


def write_duration(microseconds: int) -> str:
    """The text of a duration, largest unit first; below two minutes in seconds."""
    if 0 < microseconds < _UNITS["s"]:
        return plain(Decimal(microseconds) / 1000) + " ms"
    if microseconds < 2 * _UNITS["min"] and microseconds != _UNITS["min"]:
        return plain(Decimal(microseconds) / _UNITS["s"]) + " s"
    parts = []
    rest = microseconds
    for name in ("day", "h", "min"):
        whole, rest = divmod(rest, _UNITS[name])
        if whole:
            parts.append(f"{whole} {name}" + ("s" if name == "day" and whole > 1 else ""))
    if rest:
        parts.append(plain(Decimal(rest) / _UNITS["s"]) + " s")
    return " ".join(parts)


def read_instant(raw: object) -> int:
    """Microseconds since 1970 UTC, from ISO text with an offset, `Z` or a zone's name."""
    if not isinstance(raw, str):
        raise Unreadable(f"{quoted(raw)} is not an instant")
    match = _INSTANT.fullmatch(raw.strip())
    if match is None:
        raise Unreadable(f"{quoted(raw)} is not an instant")
    if match["clock"] is None:
        raise Unreadable(f"{quoted(raw)} has no time of day", f"write `{match['day']}T18:48:30-04:00`")
    if match["zone"] is None:
        raise Unreadable(f"{quoted(raw)} has no zone", f"write `{raw.strip()}Z` or `{raw.strip()}-04:00`")
    if len(match["fraction"] or "") > 7:
        raise Unreadable(f"{quoted(raw)} is finer than a microsecond")
    local = _local(raw, match)
    offset = re.fullmatch(r"([-+])(\d{2}):(\d{2})", match["zone"])
    if match["zone"] in ("Z", "UTC"):
        moment = local.replace(tzinfo=UTC)
    elif offset is not None:
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        if ahead > timedelta(hours=14) or int(offset[3]) > 59:
            raise Unreadable(
                f"`{match['zone']}` is not an offset from UTC", "offsets go from -14:00 to +14:00"
            )
        moment = local.replace(tzinfo=timezone(-ahead if offset[1] == "-" else ahead))
    else:
        moment = _in_zone(local, match["zone"], raw)
    if not 1970 <= local.year < 2200:
        raise Unreadable(f"{quoted(raw)} is outside the years 1970 to 2199")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _local(raw: str, match: re.Match[str]) -> datetime:
    clock = match["clock"] if match["clock"].count(":") == 2 else match["clock"] + ":00"
    whole, _, fraction = clock.partition(".")
    try:
        local = datetime.strptime(f"{match['day']}T{whole}", "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - the zone follows
    except ValueError:
        raise Unreadable(f"{quoted(raw)} is not on the calendar") from None
    return local.replace(microsecond=int(fraction.ljust(6, "0")) if fraction else 0)


def _in_zone(local: datetime, name: str, raw: str) -> datetime:
    from zoneinfo import ZoneInfo

    check_zone(name)
    zone = ZoneInfo(name)
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        there = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
        how = "happens twice" if there else "never happens"
        raise Unreadable(
            f"{quoted(raw)} {how} in {name}", "give the offset from UTC instead, such as `+01:00`"
        )
    return first


def check_zone(name: str) -> str:
    """The name of a time zone that exists, such as `Europe/Dublin`."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unreadable(f"{quoted(name)} is not a time zone", _near_zone(name)) from None
    return name


#: Abbreviations have few letters; `Europe/Dublin` and the like are names.
_LONGEST_ABBREVIATION: Final = 5
#: Zones that are named first where several share an abbreviation.
_WELL_KNOWN: Final = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/London", "Europe/Berlin",
    "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip


def _near_zone(name: str) -> str | None:
    from zoneinfo import available_timezones

    zones = sorted(available_timezones())
    if name.isupper() and len(name) <= _LONGEST_ABBREVIATION:
        return _abbreviated(name, zones)  # what is spelled alike may be hours off
    near = did_you_mean(name, zones)
    if near is None:
        cities = {zone.rpartition("/")[2]: zone for zone in zones if "/" in zone}
        city = cities.get(name.replace(" ", "_").title())
        near = f"did you mean `{city}`?" if city else None
    return near


def _abbreviated(name: str, zones: list[str]) -> str:
    """What to write for an abbreviation such as `EDT`, which is no zone by itself."""
    from zoneinfo import ZoneInfo

    seasons = [datetime(2024, month, 1, tzinfo=UTC) for month in (1, 7)]
    offsets: dict[timedelta, list[str]] = {}
    for zone in (*_WELL_KNOWN, *(each for each in zones if "/" in each and not each.startswith("Etc/"))):
        for moment in seasons:
            there = moment.astimezone(ZoneInfo(zone))
            if there.tzname() == name:
                offsets.setdefault(there.utcoffset() or timedelta(), []).append(zone)
    if not offsets:
        return "write an offset such as `-04:00`, or a zone's name such as `America/New_York`"
    shown = [(f"{_offset_text(offset)} in `{found[0]}`") for offset, found in sorted(offsets.items())]
    if len(shown) == 1:
        return f"`{name}` is {shown[0]}: write the zone's name"
    return f"`{name}` may be {', '.join(shown[:-1])} or {shown[-1]}: write the zone's name"


def _offset_text(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60.0)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def write_instant(microseconds: int) -> str:
    """The instant in UTC, ISO text with `Z`."""
    moment = _EPOCH + timedelta(microseconds=microseconds)
    clock = moment.strftime("%Y-%m-%dT%H:%M:%S")
    if moment.microsecond:
        clock += f".{moment.microsecond:06d}".rstrip("0")
    return clock + "Z"
