"""What is written once gives the same bits compiled as in Python."""

from __future__ import annotations

import math
from typing import Any

import pytest

from deactsim.engines.fast import _jit, streams
from deactsim.model import lengths, rules
from deactsim.model.streams import Purpose, draw, world_key

pytestmark = pytest.mark.skipif(not _jit.COMPILED, reason="nothing is compiled")

SHAPES = {
    "uniform": (lengths.UNIFORM, 3e5, 8e9, 0.0),
    "triangular": (lengths.TRIANGULAR, 1e5, 4e7, 9e9),
    "exponential": (lengths.EXPONENTIAL, 3.3e8, 0.0, 0.0),
    "lognormal": (lengths.LOGNORMAL, math.log(4.2e8), 1.7, 0.0),
    "weibull": (lengths.WEIBULL, 0.6, 7e8, 0.0),
    "fixed": (lengths.FIXED, 5e8, 0.0, 0.0),
}
#: As they come, and as far out as they can be.
LUCK = [draw(3, number, 1) for number in range(3000)] + [2.0**-53, 1.0 - 2.0**-52, 0.5]


@pytest.fixture(autouse=True)
def engine() -> str:
    """No night is run."""
    return "none"


def compiled(function: Any) -> Any:
    from deactsim.engines.fast import _compiler  # only where there is something to compile

    return _compiler.njit(error_model="numpy")(function)


@pytest.fixture(scope="module")
def quantile() -> Any:
    return compiled(lambda shape, a, b, c, u: lengths.shape_quantile(shape, a, b, c, u))


@pytest.mark.parametrize("name", SHAPES)
def test_lengths(name: str, quantile: Any) -> None:
    for u in LUCK:
        assert quantile(*SHAPES[name], u) == lengths.shape_quantile(*SHAPES[name], u)


def test_tables() -> None:
    table = (0.0, 1e6, 0.3, 4e6, 0.9, 5e6, 1.0, 8e9)
    found = compiled(lambda table, u: lengths.table_quantile(table, 0, len(table), u))
    for u in LUCK:
        assert found(table, u) == lengths.table_quantile(table, 0, len(table), u)


def test_draws() -> None:
    found = compiled(lambda key, entity, purpose, k: streams._uniform(key, entity, purpose, k))
    for number in range(2000):
        key, entity = world_key(number, 7), (number * 0x9E3779B97F4A7C15) & ((1 << 62) - 1)
        word = key if key < 1 << 63 else key - (1 << 64)
        for k in (0, 1, number, 0xFFFFFFFF):
            assert found(word, entity, int(Purpose.REVIEW), k) == draw(key, entity, Purpose.REVIEW, k)


def test_rules() -> None:
    share = compiled(lambda stamps, queued, waiting: rules.stamp_share(stamps, queued, waiting))
    review = compiled(
        lambda wrongful, catches, stamp, u, v: rules.review(wrongful, catches, stamp, u, v).value
    )
    dialog = compiled(lambda wrongful, stops, habit, u, v: rules.dialog(wrongful, stops, habit, u, v).value)
    look = compiled(lambda effect, every, phase: rules.next_look(effect, every, phase))
    unseen = compiled(lambda recall, u: rules.looks_until_seen(recall, u))
    opens = compiled(lambda earlier, now, window: rules.limit_opens(earlier, now, window))
    for number, (u, v) in enumerate(zip(LUCK, reversed(LUCK), strict=True)):
        wrongful = number % 2
        assert share(u, v, number % 9) == rules.stamp_share(u, v, number % 9)
        assert review(wrongful, 0.4, 0.3, u, v) == rules.review(bool(wrongful), 0.4, 0.3, u, v)
        assert dialog(wrongful, 0.4, 0.3, u, v) == rules.dialog(bool(wrongful), 0.4, 0.3, u, v)
        assert look(number * 977, 1000 + number, u) == rules.next_look(number * 977, 1000 + number, u)
        assert unseen(0.01 + u / 2, v) == rules.looks_until_seen(0.01 + u / 2, v)
        assert opens(number, 500, 300) == rules.limit_opens(number, 500, 300)
