"""The leaf of a scenario: text read into a value, with its provenance and its place in a schema.

A leaf is a scalar, or a mapping of `value` with `source`, `basis`, `disputed`, `uncertain` and `note`.
What is wrong with it is gathered, never raised one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar, cast

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .stated import BASES, Basis, Stated

T = TypeVar("T")

PROVENANCE: Final = ("value", "source", "basis", "disputed", "uncertain", "note")
PERCENTILES: Final = ("p05", "p95")


class Spoilt:
    """Stands for a value that is known to be wrong already, so that it is not faulted twice."""

    def __repr__(self) -> str:
        return "SPOILT"


SPOILT: Final = Spoilt()


class Default(str):
    """The text of a default of the format; what it becomes is marked as not given."""

    __slots__ = ()


def default(text: str) -> Any:
    """A default of the format, in the words a user would write; it counts as assumed."""
    return Field(default=Default(text), validate_default=True)


class Unreadable(Exception):
    """A text that does not say what it should; `hint` says how to mend it."""

    def __init__(
        self,
        message: str,
        hint: str | None = None,
        *,
        inside: tuple[str | int, ...] = (),
        expected: str | None = None,
        at_key: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.inside = inside
        self.expected = expected
        self.at_key = at_key

    @property
    def every(self) -> list[Unreadable]:
        """This and what else is wrong with the same text."""
        return [self]

    def within(self, *outer: str | int) -> list[Unreadable]:
        """The same, seen from further out."""
        return [
            Unreadable(
                one.message, one.hint, inside=outer + one.inside, expected=one.expected, at_key=one.at_key
            )
            for one in self.every
        ]


class SeveralUnreadable(Unreadable):
    """More than one thing wrong in one list or table."""

    def __init__(self, found: list[Unreadable]) -> None:
        super().__init__(found[0].message, found[0].hint, inside=found[0].inside)
        self.found = found

    @property
    def every(self) -> list[Unreadable]:
        """All of them."""
        return self.found


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong inside a leaf; `inside` leads from the leaf to the place."""

    message: str
    expected: str | None = None
    hint: str | None = None
    inside: tuple[str | int, ...] = ()
    at_key: bool = False


def spelled(raw: object) -> str:
    """A scalar as people would write it, for messages."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Decimal):
        return format(raw, "f") if abs(raw.adjusted()) < 20 else str(raw)
    if isinstance(raw, Mapping):
        return "a mapping"
    if isinstance(raw, tuple | list):
        return "a list"
    text = " ".join(str(raw).split("\n"))
    return text if len(text) <= 60 else text[:57] + "..."


def quoted(raw: object) -> str:
    """A scalar between backticks; a mapping or list by name."""
    text = spelled(raw)
    return text if isinstance(raw, Mapping | tuple | list) else f"`{text}`"


@dataclass(eq=False)
class Reader(Generic[T]):
    """Reads one kind of text: what it is called, what is expected, how it is read and written."""

    kind: str
    expected: str
    read: Callable[[object], T]
    write: Callable[[T], str]
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": ["string", "number"]})

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return self.json_schema()

    def json_schema(self) -> dict[str, Any]:
        """What an editor is told of it."""
        return {**self.schema, "description": self.expected}

    def validate(self, raw: object) -> object:
        """The value read; pydantic's error carries every `Problem`."""
        return self._read(raw)

    def _read(self, raw: object) -> T:
        if raw is SPOILT:
            raise PydanticCustomError("spoilt", "spoilt")
        try:
            return self.read(raw)
        except Unreadable as unreadable:
            raise failure([self.problem(one) for one in unreadable.every]) from None

    def problem(self, unreadable: Unreadable, *inside: str | int) -> Problem:
        """What is wrong, with what was expected."""
        expected = unreadable.expected or self.expected
        return Problem(
            unreadable.message, expected, unreadable.hint, inside + unreadable.inside, unreadable.at_key
        )


def failure(problems: list[Problem]) -> PydanticCustomError:
    """Pydantic's error for the problems of one leaf."""
    return PydanticCustomError("leaf", "unreadable", {"problems": tuple(problems)})


@dataclass(eq=False)
class Leaf(Reader[T]):
    """Reads a value with its provenance: `11 min`, or `{value: 11 min, source: S-01}`.

    `size` says how large a value is; only kinds that have one can be `uncertain`, between 0 and `most`.
    """

    size: Callable[[T], float] | None = field(default=None, kw_only=True)
    most: float | None = field(default=None, kw_only=True)

    def json_schema(self) -> dict[str, Any]:
        """The value, or a mapping of it with what it rests on."""
        scalar = super().json_schema()
        names = {"anyOf": [{"type": "string"}, {"type": "object"}]}
        mapping: dict[str, Any] = {
            "type": "object",
            "additionalProperties": False,
            "required": ["value"],
            "properties": {
                "value": scalar,
                "source": {"anyOf": [*names["anyOf"], {"type": "array", "items": names}]},
                "basis": {"enum": list(BASES)},
                "disputed": {"type": "string"},
                "note": {"type": "string"},
            },
        }
        if self.size is not None:
            mapping["properties"]["uncertain"] = {
                "type": "object",
                "additionalProperties": False,
                "required": list(PERCENTILES),
                "properties": dict.fromkeys(PERCENTILES, scalar),
            }
        return {"anyOf": [scalar, mapping]}

    def validate(self, raw: object) -> Stated[T]:
        """The stated value; a leaf without a source is assumed, one with a source documented."""
        if isinstance(raw, Stated):
            return raw
        if not isinstance(raw, Mapping):
            return Stated(self._read(raw), given=not isinstance(raw, Default))
        return self._with_provenance(raw)

    def _with_provenance(self, raw: Mapping[str, object]) -> Stated[T]:
        problems = [
            Problem(
                f"unknown key `{key}` beside a value",
                one_of(PROVENANCE),
                did_you_mean(key, PROVENANCE),
                (key,),
                True,
            )
            for key in raw
            if key not in PROVENANCE
        ]
        spoilt = any(raw.get(key) is SPOILT for key in PROVENANCE)
        uncertain: tuple[T, T] | None = None
        value: object = None
        if "value" not in raw:
            problems.append(Problem("the key `value` is missing", self.expected))
        elif raw["value"] is not SPOILT:
            try:
                value = self.read(raw["value"])
            except Unreadable as unreadable:
                problems.append(self.problem(unreadable, "value"))
        if "uncertain" in raw and raw["uncertain"] is not SPOILT:
            try:
                uncertain = self.percentiles(raw["uncertain"], cast("T | None", value))
            except Unreadable as unreadable:
                problems += [
                    Problem(one.message, one.expected, one.hint, one.inside, one.at_key)
                    for one in unreadable.within("uncertain")
                ]
            spoilt = spoilt or uncertain is None
        sources: tuple[str, ...] = ()
        try:
            sources = source_list(raw.get("source", ()))
        except Unreadable as unreadable:
            problems += [
                Problem(one.message, SOURCES_EXPECTED, one.hint, one.inside)
                for one in unreadable.within("source")
            ]
        basis = raw.get("basis", "documented" if sources else "assumed")
        if basis not in BASES and basis is not SPOILT:
            problems.append(
                Problem(
                    f"{quoted(basis)} is not a basis", one_of(BASES), did_you_mean(basis, BASES), ("basis",)
                )
            )
        elif basis == "documented" and not sources and "source" not in raw:
            problems.append(
                Problem(
                    "`documented`, but no source is named",
                    None,
                    "add `source:`, or write `assumed`",
                    ("basis",),
                )
            )
        for key in ("disputed", "note"):
            said = raw.get(key)
            if said is not None and said is not SPOILT and not isinstance(said, str):
                problems.append(
                    Problem(f"{quoted(said)} is not a text", "a text", "put quotes around it", (key,))
                )
        if problems:
            raise failure(problems)
        if spoilt:
            raise PydanticCustomError("spoilt", "spoilt")
        return Stated(
            cast(T, value),
            basis=cast(Basis, basis),
            sources=sources,
            disputed=cast("str | None", raw.get("disputed")),
            note=cast("str | None", raw.get("note")),
            uncertain=uncertain,
        )

    def percentiles(self, raw: object, value: T | None) -> tuple[T, T] | None:
        """How far off the value may be: 5th and 95th percentile; None if a part of it is spoilt."""
        if self.size is None:
            raise Unreadable(
                "this kind of value cannot be uncertain",
                "leave it out; counts, durations, shares, rates and numbers can be",
            )
        example = "`{p05: ..., p95: ...}`"
        if not isinstance(raw, Mapping):
            raise Unreadable(f"{quoted(raw)} does not say between what", expected=example)
        wrong = [
            Unreadable(
                f"unknown key `{key}` in `uncertain`",
                did_you_mean(key, PERCENTILES),
                inside=(key,),
                expected=one_of(PERCENTILES),
                at_key=True,
            )
            for key in raw
            if key not in PERCENTILES
        ]
        wrong += [
            Unreadable(f"the key `{key}` is missing in `uncertain`", expected=example)
            for key in PERCENTILES
            if key not in raw
        ]
        found: list[T] = []
        for key in PERCENTILES:
            if raw.get(key, SPOILT) is SPOILT:
                continue
            try:
                found.append(self.read(raw[key]))
            except Unreadable as unreadable:
                wrong += [
                    Unreadable(
                        one.message, one.hint, inside=one.inside, expected=one.expected or self.expected
                    )
                    for one in unreadable.within(key)
                ]
        if not wrong and len(found) == len(PERCENTILES):
            wrong = self.out_of_order(self.size, (found[0], found[1]), value)
        if wrong:
            raise SeveralUnreadable(wrong)
        return (found[0], found[1]) if len(found) == len(PERCENTILES) else None

    def out_of_order(
        self, size: Callable[[T], float], ends: tuple[T, T], value: T | None
    ) -> list[Unreadable]:
        """What is wrong with percentiles that can be read: they increase, around the value, to no certainty."""
        low, high = ends
        if size(low) >= size(high):
            message = f"{quoted(self.write(high))} is not above {quoted(self.write(low))}"
            return [Unreadable(message, inside=("p95",), expected="a p95 that is larger than p05")]
        wrong = []
        if size(low) == 0:
            hint = "write the smallest value that is likely"
            wrong.append(Unreadable("a p05 of 0 has no logarithm", hint, inside=("p05",)))
        if self.most is not None and size(high) >= self.most:
            hint = "write the largest value that is likely"
            wrong.append(Unreadable("a p95 of all has no odds", hint, inside=("p95",)))
        if value is not None and not size(low) <= size(value) <= size(high):
            message = f"{quoted(self.write(value))} is not between p05 and p95"
            wrong.append(Unreadable(message, expected="percentiles on either side of the value"))
        return wrong


SOURCES_EXPECTED: Final = "a key of `sources:`, a list of keys, or `{outlet: ..., date: ..., address: ...}`"


def source_list(raw: object) -> tuple[str, ...]:
    """Keys of the scenario's `sources`: one, or a list."""
    if isinstance(raw, str):
        return (str(raw),)
    if not isinstance(raw, tuple | list):
        raise Unreadable(f"{quoted(raw)} is not a source")
    wrong = [
        Unreadable(f"{quoted(key)} is not a source", inside=(index,))
        for index, key in enumerate(raw)
        if not isinstance(key, str) and key is not SPOILT
    ]
    if wrong:
        raise SeveralUnreadable(wrong)
    return tuple(str(key) for key in raw if key is not SPOILT)


def one_of(names: tuple[str, ...] | list[str]) -> str:
    """The names one may write, for the line `expected:`."""
    if not names:
        return "nothing (none is defined)"
    shown = names[:16] if len(names) <= 18 else (*names[:16], f"... ({len(names)} in all)")
    return ("one of " if len(names) > 1 else "") + ", ".join(names if len(names) <= 18 else shown)


def commas_in(text: str) -> tuple[str, None, str]:
    """What is wrong with a number that has commas: the fault, nothing expected, and the remedy."""
    digits = re.match(r"[-+]?[0-9]+(?:,[0-9]+)+", text)
    commas = text.count(",") if digits is None else digits[0].count(",")
    if (
        digits is not None
        and re.fullmatch(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+", digits[0])
        and (commas > 1 or text[digits.end() :].strip()[:1] not in tuple("kMB"))
    ):
        return (
            f"`{text}` has digits grouped by `,`",
            None,
            f"write `{text.replace(',', '')}` without grouping",
        )
    if commas == 1:
        return f"`{text}` has a decimal comma", None, f"write `{text.replace(',', '.')}`"
    return f"`{text}` has commas in a number", None, "write digits with a decimal point and without grouping"


def did_you_mean(word: object, names: tuple[str, ...] | list[str]) -> str | None:
    """The nearest name, as a hint; None if none is near."""
    near = nearest(word, names)
    return f"did you mean `{near}`?{_look_alikes(str(word), near)}" if near else None


def _look_alikes(word: str, near: str) -> str:
    """Which letters of a word are of another alphabet than those of the name that looks like it."""
    from .scalars import character_name

    if len(word) != len(near):
        return ""
    foreign = dict.fromkeys(
        one if other.isascii() else other
        for one, other in zip(word, near, strict=True)
        if one != other and one.isalpha() and other.isalpha() and one.isascii() != other.isascii()
    )
    return "".join(f" `{letter}` is {character_name(letter)}" for letter in foreign)


def nearest(word: object, names: tuple[str, ...] | list[str]) -> str | None:
    """The name that a word most likely stands for; None if none is near."""
    from difflib import get_close_matches

    by_folded = {name.casefold().replace("_", "-"): name for name in names}
    near = get_close_matches(str(word).casefold().replace("_", "-"), list(by_folded), n=1, cutoff=0.65)
    return by_folded[near[0]] if near else None
