"""The chance that a length is longer: one minus what the quantile function inverts."""

from __future__ import annotations

import pytest

from deactsim.model.lengths import (
    EXPONENTIAL,
    FIXED,
    LOGNORMAL,
    QUANTILES,
    TRIANGULAR,
    UNIFORM,
    WEIBULL,
    Length,
    quantile,
    survival,
)

SHAPES = [
    Length(UNIFORM, 3.0, 9.0),
    Length(TRIANGULAR, 2.0, 5.0, 11.0),
    Length(TRIANGULAR, 2.0, 2.0, 11.0),
    Length(EXPONENTIAL, 4.0),
    Length(LOGNORMAL, 1.5, 0.8),
    Length(WEIBULL, 0.7, 6.0),
    Length(QUANTILES, table=(0.0, 1.0, 0.5, 4.0, 0.9, 10.0, 1.0, 20.0)),
]


@pytest.mark.parametrize("length", SHAPES)
@pytest.mark.parametrize("u", [1e-6, 0.01, 0.3, 0.5, 0.77, 0.99, 1 - 1e-9])
def test_it_inverts_the_quantile(length: Length, u: float) -> None:
    assert survival(length, quantile(length, u)) == pytest.approx(1.0 - u, rel=1e-6, abs=1e-14)


@pytest.mark.parametrize("length", SHAPES)
def test_everything_is_longer_than_nothing(length: Length) -> None:
    assert survival(length, -1.0) == 1.0
    assert survival(length, 0.0) == 1.0


@pytest.mark.parametrize("length", [SHAPES[0], SHAPES[1], SHAPES[2], SHAPES[6]])
def test_nothing_is_longer_than_the_longest(length: Length) -> None:
    assert survival(length, 1000.0) == 0.0


def test_a_fixed_length_and_a_jump() -> None:
    assert [survival(Length(FIXED, 5.0), x) for x in (4.0, 5.0, 6.0)] == [1.0, 0.0, 0.0]
    jump = Length(QUANTILES, table=(0.0, 1.0, 0.5, 4.0, 0.9, 4.0, 1.0, 20.0))
    assert survival(jump, 4.0) == pytest.approx(0.1)
    assert survival(jump, 3.999999) == pytest.approx(0.5, abs=1e-6)
