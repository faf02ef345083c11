"""Whatever is done to a file, reading it ends with a scenario or with faults at their places."""

from __future__ import annotations

import json
import random
import string
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from deactsim.errors import ScenarioError
from deactsim.scenario.grammar import fields_of
from deactsim.scenario.load import loads
from deactsim.scenario.resolve import digest, dump
from deactsim.scenario.schema import Scenario
from deactsim.scenario.starter import starter

STARTER = starter()
VALID = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[1] / "cases" / "valid").glob("*.yaml"))
]
PIECES = [
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        ",",
        "- ",
        "#",
        "&a ",
        "*a",
        "!!str ",
        "|",
        ">",
        '"',
        "'",
        "%",
        "@",
        "\\",
    ),
    *("\n", "\n  ", " ", "\t", "\u2028", "\x00", "é", "? ", "<<: ", "---", "..."),
    *("0", "-1", "1e999", ".nan", "none", "required", "null", "true", "yes"),
]


def outcome(text: str) -> None:
    """Read the text; whatever is wrong must be a fault that can be shown."""
    try:
        scenario = loads(text)
    except ScenarioError as error:
        faults = error.faults
    else:
        again = loads(dump(scenario))
        assert digest(again) == digest(scenario)
        return
    assert faults
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    for fault in faults:
        assert 0 <= fault.line <= len(lines)
        assert fault.width >= 1
        assert fault.message
        assert str(fault)
        if fault.line:
            assert fault.text == lines[fault.line - 1]
            assert 1 <= fault.column <= len(fault.text) + 1


def mutated(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(6):
            case 0:
                text = text[:at] + text[at + chance.randint(1, 12) :]
            case 1:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            case 2:
                lines = text.split("\n")
                chance.shuffle(lines)
                text = "\n".join(lines) if chance.random() < 0.2 else text
            case 3:
                other = chance.randrange(len(text) + 1)
                text = text[:at] + text[other : other + 30] + text[at:]
            case 4:
                text = text[:at] + chance.choice(string.printable) + text[at + 1 :]
            case _:
                words = text.split(" ")
                one, two = chance.randrange(len(words)), chance.randrange(len(words))
                words[one], words[two] = words[two], words[one]
                text = " ".join(words)
    return text


@settings(max_examples=200)
@given(st.integers(0, 2**32), st.sampled_from([STARTER, *VALID]))
def test_mutations(seed: int, text: str) -> None:
    outcome(mutated(text, random.Random(seed)))


WORDS = ["none", "required", "5 min", "10%", "a", "deny", "listed", "now"]
KEYS = [
    "value",
    "source",
    "of",
    "by",
    "combine",
    "alert",
    "approval",
    "a",
    "outlet",
    "cause",
    "pinned",
    "undo",
    "tier",
]
SECTIONS = list(fields_of(Scenario))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.sampled_from(WORDS), st.text(max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150)
@given(st.sampled_from(SECTIONS), VALUES)
def test_any_value_for_a_section(section: str, value: object) -> None:
    lines, kept, skipping = STARTER.split("\n"), [], False
    for line in lines:
        if line and not line.startswith((" ", "#")):
            skipping = line.startswith(section + ":")
        if not skipping:
            kept.append(line)
    outcome("\n".join(kept) + f"\n{section}: {json.dumps(value, ensure_ascii=False)}\n")


@settings(max_examples=150)
@given(st.data())
def test_any_value_anywhere(data: st.DataObject) -> None:
    lines = STARTER.split("\n")
    places = [index for index, line in enumerate(lines) if ": " in line and not line.lstrip().startswith("#")]
    index = data.draw(st.sampled_from(places))
    value = json.dumps(data.draw(VALUES), ensure_ascii=False)
    lines[index] = lines[index].partition(": ")[0] + ": " + value
    outcome("\n".join(lines))


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    outcome(text)
