"""What is on record: the value of a fact, and the sources behind the numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal

from .amounts import number_and_rest, plain, read_count, read_share, write_count
from .durations import read_duration, read_instant, write_duration, write_instant
from .leaf import SPOILT, SeveralUnreadable, Unreadable, did_you_mean, quoted
from .stated import FactValue, Source

Relation = Literal["is", "by", "after"]

_RELATIONS: Final[tuple[tuple[str, Relation], ...]] = (
    ("within ", "by"),
    ("at most ", "by"),
    ("by ", "by"),
    ("at least ", "after"),
    ("after ", "after"),
)
_ENTRY: Final = "`{outlet: ..., date: ..., address: ...}`"
_SOURCE_KEYS: Final = ("outlet", "date", "address", "note")


def read_fact(raw: object) -> FactValue:
    """A duration, an instant, a number or, where nothing else fits, a text."""
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
        raise Unreadable(f"{quoted(raw)} is not a fact")
    if not isinstance(raw, str):
        return _measured(raw, "is")
    text = raw.strip()
    if not text:
        raise Unreadable("an empty text says nothing")
    for words, relation in _RELATIONS:
        if text.startswith(words):
            # `by hand` is a text; `by 18:51` is meant as a moment and must say of which day.
            rest = text[len(words) :]
            if re.match(r"[-+]?\d", rest):
                return _measured(rest, relation)
    try:
        return _measured(text, "is")
    except Unreadable as unreadable:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}T.*|-\d.*", text):
            raise unreadable from None
        return FactValue("text", "is", raw)


def _measured(raw: object, how: Relation) -> FactValue:
    text = str(raw)
    if re.match(r"\d{4}-\d{2}-\d{2}", text):
        return FactValue("instant", how, read_instant(text))
    if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", text):
        raise Unreadable(f"{quoted(raw)} does not say on which day", "write `by 2017-11-02T18:51-04:00`")
    number, rest = number_and_rest(raw, "a duration, an instant or a number")
    if rest == "%":
        return FactValue("number", how, read_share(raw))
    if rest in ("k", "M", "B"):
        return FactValue("number", how, read_count(raw))
    if rest:
        return FactValue("duration", how, read_duration(raw))
    whole = number == number.to_integral_value()
    if number.adjusted() >= 18:
        raise Unreadable(f"{quoted(raw)} is too large")
    return FactValue("number", how, int(number) if whole else float(number))


def write_fact(fact: FactValue) -> str:
    """The text of a fact's value, which reads back to the same."""
    if fact.kind == "text" or isinstance(fact.value, str):
        return str(fact.value)
    if fact.kind == "instant":
        relation = {"is": "", "by": "by ", "after": "after "}
        return relation[fact.relation] + write_instant(int(fact.value))
    if fact.kind == "duration":
        relation = {"is": "", "by": "within ", "after": "after "}
        return relation[fact.relation] + write_duration(int(fact.value))
    relation = {"is": "", "by": "at most ", "after": "at least "}
    number = write_count(fact.value) if isinstance(fact.value, int) else plain(Decimal(repr(fact.value)))
    return relation[fact.relation] + number


def read_sources(raw: object) -> dict[str, Source]:
    """The table of sources: outlet, date and address under a key each."""
    if not isinstance(raw, Mapping):
        raise Unreadable(f"{quoted(raw)} is not a table of sources")
    table = {}
    wrong: list[Unreadable] = []
    for key, entry in raw.items():
        try:
            source = _source(entry)
        except Unreadable as unreadable:
            wrong += unreadable.within(key)
        else:
            if source is not None:
                table[str(key)] = source
    if wrong:
        raise SeveralUnreadable(wrong)
    return table


def _source(raw: object) -> Source | None:
    if isinstance(raw, Source):
        return raw
    if raw is SPOILT:
        return None
    if not isinstance(raw, Mapping):
        raise Unreadable(f"{quoted(raw)} is not a source", expected=_ENTRY)
    wrong: list[Unreadable] = []
    texts: dict[str, str] = {}
    for key, value in raw.items():
        if key not in _SOURCE_KEYS:
            near = did_you_mean(key, _SOURCE_KEYS)
            message = f"unknown key `{key}` in a source"
            wrong.append(Unreadable(message, near, inside=(key,), expected=_ENTRY, at_key=True))
            continue
        # A year alone is a number in YAML.
        text = str(value) if key == "date" and type(value) is int else value
        if isinstance(text, str) and text.strip():
            texts[key] = text
        elif value is not SPOILT:
            message = f"{quoted(value)} is not a text" if value != "" else "an empty text"
            wrong.append(Unreadable(message, inside=(key,), expected="a text"))
    if "outlet" not in raw:
        wrong.append(Unreadable("the key `outlet` is missing", "say who published it", expected=_ENTRY))
    if "date" in texts and re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", texts["date"]) is None:
        message = f"`{texts['date']}` is not a date"
        wrong.append(Unreadable(message, inside=("date",), expected="a date such as `2017-11-03` or `2017`"))
    if wrong:
        raise SeveralUnreadable(wrong)
    if "outlet" not in texts:
        return None
    return Source(texts["outlet"], texts.get("date"), texts.get("address"), texts.get("note"))
