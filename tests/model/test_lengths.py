"""Lengths: quantiles, densities and means agree with each other and with theory."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from scipy import integrate, stats

from deactsim.model import lengths
from deactsim.model.lengths import (
    EXPONENTIAL,
    FIXED,
    LOGNORMAL,
    QUANTILES,
    TRIANGULAR,
    UNIFORM,
    WEIBULL,
    Length,
    length_of,
    log_density,
    mean,
    normal_quantile,
    quantile,
    scaled,
    second_moment,
)
from deactsim.scenario.stated import Distribution

MINUTE = 60e6
TABLE = (0.0, MINUTE, 0.5, 4 * MINUTE, 0.9, 9 * MINUTE, 1.0, 20 * MINUTE)
SPREAD = {
    "uniform": Length(UNIFORM, 2 * MINUTE, 5 * MINUTE),
    "triangular": Length(TRIANGULAR, MINUTE, 2 * MINUTE, 10 * MINUTE),
    "triangular from its mode": Length(TRIANGULAR, MINUTE, MINUTE, 10 * MINUTE),
    "triangular to its mode": Length(TRIANGULAR, MINUTE, 10 * MINUTE, 10 * MINUTE),
    "exponential": Length(EXPONENTIAL, 5 * MINUTE),
    "lognormal": Length(LOGNORMAL, math.log(5 * MINUTE), 0.7),
    "weibull": Length(WEIBULL, 1.5, 5 * MINUTE),
    "weibull falling": Length(WEIBULL, 0.8, 5 * MINUTE),
    "quantiles": Length(QUANTILES, table=TABLE),
}
THEORY = {
    "uniform": stats.uniform(2 * MINUTE, 3 * MINUTE),
    "triangular": stats.triang(1 / 9, MINUTE, 9 * MINUTE),
    "triangular from its mode": stats.triang(0, MINUTE, 9 * MINUTE),
    "triangular to its mode": stats.triang(1, MINUTE, 9 * MINUTE),
    "exponential": stats.expon(scale=5 * MINUTE),
    "lognormal": stats.lognorm(0.7, scale=5 * MINUTE),
    "weibull": stats.weibull_min(1.5, scale=5 * MINUTE),
    "weibull falling": stats.weibull_min(0.8, scale=5 * MINUTE),
}
POINTS = [0.001, 0.01, 0.05, 0.1, 0.111, 0.2, 0.3, 0.499, 0.6, 0.75, 0.8, 0.95, 0.99, 0.999]


def test_normal_quantile() -> None:
    exact = NormalDist().inv_cdf
    points = [
        *np.linspace(1e-6, 1 - 1e-6, 4001),
        *(10.0**-k for k in range(1, 300, 3)),
        0.075,
        0.925,
        1 - 1e-15,
    ]
    for p in points:
        if p != 0.5:
            assert normal_quantile(float(p)) == pytest.approx(exact(float(p)), rel=1e-14, abs=1e-16)
    assert normal_quantile(0.5) == 0.0


@pytest.mark.parametrize("name", THEORY)
def test_quantile_density_and_mean_are_those_of_theory(name: str) -> None:
    length, theory = SPREAD[name], THEORY[name]
    for u in POINTS:
        x = quantile(length, u)
        assert x == pytest.approx(theory.ppf(u), rel=1e-9)
        if theory.pdf(x) > 0.0:
            assert log_density(length, x) == pytest.approx(theory.logpdf(x), abs=1e-6)
    assert mean(length) == pytest.approx(theory.mean(), rel=1e-12)


@pytest.mark.parametrize("name", SPREAD)
def test_density_is_the_slope_of_the_quantile(name: str) -> None:
    length, step = SPREAD[name], 1e-6
    for u in POINTS:
        if name == "quantiles" and any(abs(u - p) < 2 * step for p in TABLE[::2]):
            continue
        slope = (quantile(length, u + step) - quantile(length, u - step)) / (2 * step)
        assert math.exp(log_density(length, quantile(length, u))) * slope == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("name", SPREAD)
def test_mean_is_the_integral_of_the_quantile(name: str) -> None:
    length = SPREAD[name]
    whole, _ = integrate.quad(lambda u: quantile(length, u), 0, 1, limit=500, points=[0.5, 0.9])
    assert mean(length) == pytest.approx(whole, rel=1e-4)


@pytest.mark.parametrize("name", SPREAD)
def test_the_second_moment_is_the_integral_of_the_squared_quantile(name: str) -> None:
    length = SPREAD[name]
    whole, _ = integrate.quad(lambda u: quantile(length, u) ** 2, 0, 1, limit=500, points=[0.5, 0.9])
    assert second_moment(length) == pytest.approx(whole, rel=1e-3)
    if name in THEORY:
        assert second_moment(length) == pytest.approx(THEORY[name].moment(2), rel=1e-9)


def test_the_second_moment_of_a_fixed_length_is_its_square() -> None:
    assert second_moment(Length(FIXED, 3 * MINUTE)) == (3 * MINUTE) ** 2


@pytest.mark.parametrize("name", SPREAD)
@pytest.mark.parametrize("factor", [0.25, 1.0, 3.0])
def test_scaled(name: str, factor: float) -> None:
    length = SPREAD[name]
    other = scaled(length, factor)
    assert mean(other) == pytest.approx(factor * mean(length), rel=1e-12)
    for u in POINTS:
        x = quantile(length, u)
        assert quantile(other, u) == pytest.approx(factor * x, rel=1e-9)
        if u not in TABLE[::2] and log_density(length, x) > -math.inf:
            near = math.nextafter(factor * x, math.inf) if name == "quantiles" else factor * x
            assert log_density(other, near) == pytest.approx(
                log_density(length, x) - math.log(factor), abs=1e-6
            )


@pytest.mark.parametrize("name", SPREAD)
def test_nothing_outside_the_support(name: str) -> None:
    assert log_density(SPREAD[name], -1.0) == -math.inf
    if name not in ("exponential", "lognormal", "weibull", "weibull falling"):
        assert log_density(SPREAD[name], 100 * MINUTE) == -math.inf


def test_the_ends_of_a_triangle() -> None:
    assert log_density(SPREAD["triangular"], MINUTE) == -math.inf
    assert log_density(SPREAD["triangular"], 2 * MINUTE) == pytest.approx(math.log(2 / (9 * MINUTE)))


def test_fixed_lengths_and_jumps_have_no_density() -> None:
    jump = Length(QUANTILES, table=(0.0, 1.0, 0.5, 1.0, 1.0, 2.0))
    assert not Length(FIXED, 5.0).has_density
    assert not jump.has_density
    assert all(length.has_density for length in SPREAD.values())
    for length in (Length(FIXED, 5.0), jump):
        with pytest.raises(ValueError, match="without a density"):
            log_density(length, 1.0)
    assert quantile(Length(FIXED, 5.0), 0.3) == mean(Length(FIXED, 5.0)) == 5.0
    assert quantile(jump, 0.3) == 1.0
    assert quantile(Length(QUANTILES, table=(0.0, 1.0, 0.9, 2.0)), 0.95) == 2.0


@pytest.mark.parametrize(
    ("shape", "parameters", "length"),
    [
        ("fixed", {"value": 5.0}, Length(FIXED, 5.0)),
        ("uniform", {"low": 1.0, "high": 2.0}, Length(UNIFORM, 1.0, 2.0)),
        ("triangular", {"low": 1.0, "mode": 2.0, "high": 3.0}, Length(TRIANGULAR, 1.0, 2.0, 3.0)),
        ("exponential", {"mean": 5.0}, Length(EXPONENTIAL, 5.0)),
        ("weibull", {"shape": 1.5, "scale": 5.0}, Length(WEIBULL, 1.5, 5.0)),
        ("lognormal", {"median": 5.0, "sigma": 0.7}, Length(LOGNORMAL, math.log(5.0), 0.7)),
        ("quantiles", {"p0": 1.0, "p100": 3.0}, Length(QUANTILES, table=(0.0, 1.0, 1.0, 3.0))),
    ],
)
def test_what_people_write(shape: str, parameters: dict[str, float], length: Length) -> None:
    assert length_of(Distribution(shape, tuple(parameters.items()))) == length


@pytest.mark.parametrize(("other", "value"), [("p90", 240.0), ("p10", 30.0), ("p99", 1000.0)])
def test_a_lognormal_goes_through_its_two_points(other: str, value: float) -> None:
    length = length_of(Distribution("lognormal", (("median", 90.0), (other, value))))
    assert quantile(length, 0.5) == pytest.approx(90.0)
    assert quantile(length, float(other[1:]) / 100) == pytest.approx(value)


def test_every_shape_is_tried() -> None:
    assert {length.shape for length in SPREAD.values()} | {FIXED} == set(range(7))
    assert lengths.QUANTILES == 6
