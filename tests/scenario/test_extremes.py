"""Whatever number stands in a file: it is refused with a fault, or it can be calculated with."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deactsim.errors import DeactsimError, ScenarioError
from deactsim.model import lengths
from deactsim.model.compile import CannotBeSaid, compile_plan
from deactsim.model.lengths import Length
from deactsim.model.rules import public_factor
from deactsim.scenario.grammar import bare, fields_of, reader_of
from deactsim.scenario.load import load, loads
from deactsim.scenario.paths import kind_at, leaves, vary
from deactsim.scenario.quantities import read
from deactsim.scenario.resolve import dump
from deactsim.scenario.safeguards import Safeguards
from deactsim.scenario.schema import Scenario

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "scenarios").glob("*.yaml")),
    *sorted((ROOT / "tests" / "cases" / "valid").glob("*.yaml")),
]
# Grammatical, every one of them.
EXTREMES = {
    "count": ["0", "1", "2", "1000k", "1048576", "1000B"],
    "share": ["0%", "1e-300%", "0.0000001", "99.99999999999999%", "100%"],
    "duration": ["0 s", "0.001 ms", "1 ms", "366 days", "100 years"],
    "instant": ["1970-01-01T00:00Z", "1980-01-01T00:00Z", "2079-12-31T23:59Z", "2199-12-31T23:59Z"],
    "number": ["0", "1e-300", "1", "2.5", "1000000000000"],
    "rate": ["0 per day", "1e-300 per year", "1e-9 per year", "0.01 per year", "1000B per second"],
    "random duration": [
        *("0 s", "0.001 ms", "100 years", "uniform 0 s to 0.001 ms", "uniform 0 s to 100 years"),
        *("triangular 0 s, 0 s, 100 years", "triangular 0 s, 100 years, 100 years"),
        *("exponential mean 0.001 ms", "exponential mean 100 years"),
        *("median 0.001 ms, sigma 300", "median 100 years, sigma 10", "median 1 s, sigma 1e-6"),
        *("median 1 s, sigma 1e-300", "median 1 ms, p51 100 years", "median 100 years, p1 0.001 ms"),
        *("median 100 years, p49 99 years", "weibull shape 1e-300, scale 1 s", "weibull shape 0.1, scale 100 years"),
        *("weibull shape 1e300, scale 1 s", "weibull shape 20, scale 0.001 ms"),
        *("quantiles p0 0 s, p99 0 s, p100 100 years", "quantiles p0 0 s, p1 100 years, p100 100 years"),
    ],
}  # fmt: skip


@cache
def scenario(path: Path) -> Scenario:
    return load(path)


@cache
def numbers(path: Path) -> tuple[tuple[str, str], ...]:
    """The leaves of a file that hold a number, and the kind of each."""
    found = [(name, kind_at(scenario(path), name)) for name, _ in leaves(scenario(path))]
    return tuple((name, kind) for name, kind in found if kind in EXTREMES)


def inside(value: Any) -> Iterator[Length]:
    """Every length in a plan."""
    if isinstance(value, Length):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from inside(getattr(value, field.name))
    elif isinstance(value, tuple):
        for entry in value:
            yield from inside(entry)


def calculate(changed: Scenario) -> None:
    """Every plan of a scenario, and every length in it at the ends of its range."""
    readings = list(changed.incident.readings) if changed.incident is not None else []
    for policy in changed.policies:
        for reading in (None, *readings):
            try:
                plan = compile_plan(changed, policy, reading, adapts=reading is not None)
            except CannotBeSaid:
                continue
            slope, at = plan.detection.public_slope, plan.detection.public_at
            factors = [
                public_factor(act.followers, at, slope)
                for act in (plan.incident.acts if plan.incident else ())
            ]
            for length in inside(plan):
                for each in (length, *(lengths.scaled(length, factor) for factor in factors)):
                    found = [lengths.quantile(each, u) for u in (2.0**-54, 0.5, 1.0 - 2.0**-53)]
                    assert all(int(x + 0.5) >= 0 for x in found)
                    assert math.isfinite(lengths.mean(each))
                    if each.has_density:
                        assert not any(math.isnan(lengths.log_density(each, x)) for x in (1.0, 660e6, *found))


@settings(max_examples=150)
@given(st.data())
def test_an_extreme_number_is_refused_or_calculated_with(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(FILES))
    assume(numbers(path))
    name, kind = data.draw(st.sampled_from(numbers(path)))
    text = data.draw(st.sampled_from(EXTREMES[kind]))
    try:
        changed = vary(scenario(path), name, text)
    except DeactsimError:
        return
    calculate(changed)
    assert loads(dump(changed)) == loads(dump(loads(dump(changed))))


# -- nothing at all, of every setting --------------------------------------------------------

NEEDED = {
    "least_privilege": {"holders": "3"},
    "protected_list": {"then": "leads"},
    "step_down": {"before_last_shift": "1 day"},
    "deprovisioning": {"lag": "1 h"},
    "separation_of_duties": {"by": "leads", "takes": "1 min", "catches": "50%"},
    "approval": {"by": "{leads: 1}", "review": "1 min", "catches": "50%"},
    "cooling_off": {"for": "1 h"},
    "rate_limit": {"per_agent": "1 per hour"},
    "alert": {"after": "1 min", "recall": "50%"},
    "probe": {"every": "1 min"},
    "leaver_watch": {"before_last_shift": "1 day", "after": "1 min", "recall": "50%"},
    "audit": {"sample": "10%", "every": "1 day"},
    "undo_button": {"restore": "1 min"},
    "on_call": {"headcount": "9", "pick_up": "1 min"},
    "automatic_restore": {"after": "1 min"},
    "lock_down": {"after": "1 min", "for": "1 h"},
    "retention": {"keep": "1 day"},
}
# What would loop for ever, divide by nothing, or say nothing.
NOT_NOTHING = {
    *("least_privilege.holders", "just_in_time.lasts", "step_down.before_last_shift", "approval.time_out"),
    *("cooling_off.for", "rate_limit.per_agent", "probe.every", "leaver_watch.before_last_shift", "audit.every"),
    *("on_call.headcount", "lock_down.for", "retention.keep"),
}  # fmt: skip
NOTHING = {"count": "0", "duration": "0 s", "random duration": "0 s", "rate": "0 per day"}
SMALLEST = (ROOT / "tests" / "cases" / "valid" / "smallest-incident.yaml").read_text(encoding="utf-8")


def settings_of() -> Iterator[tuple[str, str, str]]:
    """Every setting of every safeguard that holds a number, with its kind."""
    for name, field in Safeguards.model_fields.items():
        for key, inner in fields_of(bare(field.annotation)).items():
            reader = reader_of(inner)
            if reader is not None and reader.kind in {*NOTHING, "share"}:
                yield name, key, reader.kind


def with_setting(name: str, key: str, text: str) -> str:
    given = {**NEEDED.get(name, {}), key: text}
    return SMALLEST + f"  p: {{{name}: {{{', '.join(f'{k}: {v}' for k, v in given.items())}}}}}\n"


def test_every_safeguard_is_asked() -> None:
    asked = {name for name, _, _ in settings_of()}
    assert asked == set(Safeguards.model_fields)
    assert {f"{name}.{key}" for name, key, _ in settings_of()} >= NOT_NOTHING


@pytest.mark.parametrize(("name", "key", "kind"), list(settings_of()))
def test_nothing_and_all(name: str, key: str, kind: str) -> None:
    for text in ["0%", "100%"] if kind == "share" else [NOTHING[kind]]:
        read(kind, text)
        if f"{name}.{key}" in NOT_NOTHING:
            with pytest.raises(ScenarioError, match=rf"`{key}` of `{name}` is 0"):
                loads(with_setting(name, key, text))
        else:
            calculate(loads(with_setting(name, key, text)))
