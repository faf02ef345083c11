"""The complete form of a scenario: as a dict, as YAML that is valid input again, and its digest."""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Any, Final

import yaml
from pydantic import BaseModel

from .grammar import annotation_of, inside, key_of, reader_in
from .leaf import PERCENTILES, Leaf
from .policies import NONE
from .records import write_fact
from .safeguards import Safeguards
from .scalars import needs_quotes
from .schema import Policy, Scenario
from .shifts import write_shifts
from .shorthand import VERSION
from .stated import FactValue, Source, Stated, Window

# Where the order of a mapping means something: shown to people, or asked in that order.
_ORDERED: Final = ("policies", "by")


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


def resolved(scenario: Scenario) -> dict[str, Any]:
    """The complete form: every value with its basis, every default, every policy in full."""
    return _Writer(scenario, notes=True).scenario()


def dump(scenario: Scenario) -> str:
    """The complete form as YAML; it is valid input and resolves to itself."""
    return yaml.dump(resolved(scenario), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=math.inf)


def digest(scenario: Scenario) -> str:
    """SHA-256 of the complete form, in hex; notes, key order and spelling do not change it."""
    plain = _in_order(_Writer(scenario, notes=False).scenario())
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _in_order(value: Any, key: str = "") -> Any:
    """The value with those mappings as lists of pairs whose order counts."""
    if isinstance(value, dict):
        inner = {name: _in_order(entry, name) for name, entry in value.items()}
        return list(map(list, inner.items())) if key in _ORDERED else inner
    return [_in_order(entry) for entry in value] if isinstance(value, list) else value


class _Writer:
    def __init__(self, scenario: Scenario, *, notes: bool) -> None:
        self.whole = scenario
        self.notes = notes

    def scenario(self) -> dict[str, Any]:
        """The top mapping, the version first."""
        return {"deactsim": VERSION, **self.model(self.whole)}

    def model(self, model: BaseModel) -> dict[str, Any]:
        """The fields of one part under the keys people write."""
        written: dict[str, Any] = {}
        for name, field in type(model).model_fields.items():
            value = getattr(model, name)
            key = key_of(name, field)
            idle = value is None or (key == "source" and value == ()) or (key == "note" and not self.notes)
            if not idle:
                written[key] = self.value(value, annotation_of(field))
        return written

    def value(self, value: Any, annotation: Any) -> Any:
        """One value of any kind."""
        reader = reader_in(annotation)
        if isinstance(value, Stated) and isinstance(reader, Leaf):
            return self.leaf(value, reader)
        if isinstance(value, FactValue):
            return _number_or_text(write_fact(value))
        if isinstance(value, Policy):
            return self.policy(value)
        if isinstance(value, BaseModel):
            return self.model(value)
        if isinstance(value, Source):
            return self.source(value)
        if isinstance(value, dict):
            return {key: self.value(entry, inside(annotation, key)) for key, entry in value.items()}
        if isinstance(value, tuple):
            if value and isinstance(value[0], Window):
                return write_shifts(value)
            return [self.value(entry, inside(annotation, 0)) for entry in value]
        return value

    def leaf(self, stated: Stated[Any], reader: Leaf[Any]) -> dict[str, Any]:
        """A value and what it rests on, on one line."""
        value = (
            stated.value if isinstance(stated.value, bool) else _number_or_text(reader.write(stated.value))
        )
        written = _Line(value=value, basis=stated.basis)
        if stated.uncertain is not None:
            ends = (_number_or_text(reader.write(end)) for end in stated.uncertain)
            written["uncertain"] = _Line(zip(PERCENTILES, ends, strict=True))
        if stated.sources:
            written["source"] = list(stated.sources)
        if stated.disputed is not None:
            written["disputed"] = stated.disputed
        if stated.note is not None and self.notes:
            written["note"] = stated.note
        return written

    def source(self, source: Source) -> dict[str, Any]:
        """An entry of the table of sources."""
        entries = {"outlet": source.outlet, "date": source.date, "address": source.address}
        if self.notes:
            entries["note"] = source.note
        return _Line({key: text for key, text in entries.items() if text is not None})

    def policy(self, policy: Policy) -> dict[str, Any]:
        """A policy in full; `none` for what the platform has and the policy has not."""
        written = {} if policy.label is None else {"label": policy.label}
        if policy.note is not None and self.notes:
            written["note"] = policy.note
        inner: dict[str, Any] = self.model(policy.safeguards)
        for name in Safeguards.model_fields:
            if name in inner:
                written[name] = inner[name]
            elif getattr(self.whole.safeguards, name) is not None:
                written[name] = NONE
        return written


def _number_or_text(text: str) -> int | str:
    return int(text) if re.fullmatch(r"0|[1-9][0-9]{0,17}", text) else text


class _Dumper(yaml.SafeDumper):
    """Writes what our own resolver reads back unchanged."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Everything is written out."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if needs_quotes(text) else None)


def _line(dumper: _Dumper, line: _Line) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", line.items(), flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Line, _line)
