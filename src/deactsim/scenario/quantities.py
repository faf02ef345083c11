"""The kinds of leaves a scenario is made of, as types for the schema.

`Count`, `Duration` and the others read what people write into `Stated` values; `text_of`
writes a value back so that it reads to exactly the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .amounts import (
    read_count,
    read_number,
    read_rate,
    read_share,
    write_count,
    write_number,
    write_rate,
    write_share,
)
from .distributions import read_distribution, write_distribution
from .durations import read_duration, read_instant, write_duration, write_instant
from .leaf import SOURCES_EXPECTED, Leaf, Reader, Unreadable, default, did_you_mean, quoted, source_list
from .records import read_fact, read_sources, write_fact
from .shifts import read_shifts, write_shifts
from .stated import Distribution, FactValue, Rate, Source, Stated, Window

__all__ = [
    "KINDS",
    "Count",
    "Duration",
    "Employment",
    "FactText",
    "Flag",
    "Instant",
    "Names",
    "Number",
    "RandomDuration",
    "RateOf",
    "Reader",
    "Share",
    "ShiftWindows",
    "SourceList",
    "SourceTable",
    "default",
    "read",
    "text_of",
]

_EMPLOYMENTS: Final = ("employee", "contractor")


def read_flag(raw: object) -> bool:
    """`true` or `false`, unquoted."""
    if isinstance(raw, bool):
        return raw
    # A default of the format arrives as text; the words are the same.
    if type(raw) is not str and raw in ("true", "false"):
        return raw == "true"
    raise Unreadable(f"{quoted(raw)} is neither true nor false", "write `true` or `false`, without quotes")


def read_employment(raw: object) -> str:
    """`employee` or `contractor`."""
    if raw not in _EMPLOYMENTS:
        raise Unreadable(f"{quoted(raw)} is not an employment", did_you_mean(raw, _EMPLOYMENTS))
    return str(raw)


_TEXT: Final = {"type": "string"}

COUNT: Final = Leaf("count", "a count such as `150`, `270k` or `41.7M`", read_count, write_count, size=float)
DURATION: Final = Leaf(
    "duration",
    "a duration such as `90 s` or `1 h 17 min`",
    read_duration,
    write_duration,
    _TEXT,
    size=float,
)
RANDOM: Final = Leaf(
    "random duration",
    "a duration such as `20 s`, or how it spreads: `median 90 s, p90 4 min`, `uniform 0 min to 60 min`",
    read_distribution,
    write_distribution,
    _TEXT,
)
SHARE: Final = Leaf(
    "share",
    "a share such as `98%`, or a number from 0 to 1 such as `0.98`",
    read_share,
    write_share,
    size=float,
    most=1.0,
)
RATE: Final = Leaf(
    "rate",
    "a rate such as `40 per day`, `0.2 per hour` or `38% per year`",
    read_rate,
    write_rate,
    _TEXT,
    size=lambda rate: rate.per_microsecond,
)
NUMBER: Final = Leaf("number", "a plain number such as `1.5` or `60`", read_number, write_number, size=float)
INSTANT: Final = Leaf(
    "instant",
    "an instant with its zone, such as `2017-11-02T18:48:30-04:00`",
    read_instant,
    write_instant,
    _TEXT,
)
FLAG: Final = Leaf(
    "flag", "true or false", read_flag, lambda flag: "true" if flag else "false", {"type": "boolean"}
)
EMPLOYMENT: Final = Leaf(
    "employment", "employee or contractor", read_employment, str, {"enum": list(_EMPLOYMENTS)}
)
FACT: Final = Reader(
    "fact",
    "a duration, an instant, a number or a text, such as `11 min` or `within 10 min`",
    read_fact,
    write_fact,
)
SHIFTS: Final = Reader(
    "shift",
    "`always`, a window such as `Mon-Fri 09:00-18:00 Europe/Dublin`, or a list of windows",
    read_shifts,
    str,
    {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
)
_INLINE: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["outlet"],
    "properties": {"outlet": _TEXT, "date": {"type": ["string", "integer"]}, "address": _TEXT, "note": _TEXT},
}
SOURCES: Final = Reader(
    "source",
    SOURCES_EXPECTED,
    source_list,
    ", ".join,
    {"anyOf": [_TEXT, _INLINE, {"type": "array", "items": {"anyOf": [_TEXT, _INLINE]}}]},
)
SOURCE_TABLE: Final = Reader(
    "sources",
    "a key for each source, and under it `{outlet: ..., date: ..., address: ...}`",
    read_sources,
    str,
    {"type": "object", "additionalProperties": _INLINE},
)

KINDS: Final[tuple[Leaf[Any], ...]] = (
    COUNT,
    DURATION,
    RANDOM,
    SHARE,
    RATE,
    NUMBER,
    INSTANT,
    FLAG,
    EMPLOYMENT,
)

Count = Annotated[Stated[int], COUNT]
Duration = Annotated[Stated[int], DURATION]
RandomDuration = Annotated[Stated[Distribution], RANDOM]
Share = Annotated[Stated[float], SHARE]
RateOf = Annotated[Stated[Rate], RATE]
Number = Annotated[Stated[float], NUMBER]
Instant = Annotated[Stated[int], INSTANT]
Flag = Annotated[Stated[bool], FLAG]
Employment = Annotated[Stated[str], EMPLOYMENT]
FactText = Annotated[FactValue, FACT]
ShiftWindows = Annotated[tuple[Window, ...], SHIFTS]
SourceList = Annotated[tuple[str, ...], SOURCES]
SourceTable = Annotated[dict[str, Source], SOURCE_TABLE]

LONGEST_NAME: Final = 60


def _one_or_many(raw: object) -> object:
    return (raw,) if isinstance(raw, str) else raw


class _Names:
    """A list of names; a single one may stand alone: `of: protected`."""

    # Built once: the same schema stands at a hundred places.
    name = core_schema.str_schema(min_length=1, max_length=LONGEST_NAME)
    names = core_schema.no_info_before_validator_function(
        _one_or_many, core_schema.tuple_variable_schema(name)
    )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self.names

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}


Names = Annotated[tuple[str, ...], _Names()]


def read(kind: str, text: object) -> Any:
    """The value of one kind of leaf, read from text; raises `Unreadable`."""
    return _by_name(kind).read(text)


def text_of(value: object, kind: str | None = None) -> str:
    """The text of a value, which reads back to exactly the same.

    Distributions, rates, facts, truth values and shifts are known by their type; a whole
    number needs its `kind` (count, duration or instant); another number is a share.
    """
    if isinstance(value, Stated):
        value = value.value
    if isinstance(value, tuple):
        shifts = write_shifts(value)
        return shifts if isinstance(shifts, str) else ", ".join(shifts)
    if kind is None:
        kind = _kind_by_type(value)
    return _by_name(kind).write(value)


def _kind_by_type(value: object) -> str:
    match value:
        case bool():
            return "flag"
        case Distribution():
            return "random duration"
        case Rate():
            return "rate"
        case FactValue():
            return "fact"
        case float() | Decimal():
            return "share"
        case str():
            return "employment"
    raise TypeError(f"a value of type {type(value).__name__} needs its kind: count, duration or instant")


def _by_name(kind: str) -> Reader[Any]:
    for reader in (*KINDS, FACT, SHIFTS):
        if reader.kind == kind:
            return reader
    raise ValueError(f"no such kind of leaf: {kind}")
