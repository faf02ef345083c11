"""Queues that are left when patience ends, against closed forms."""

from __future__ import annotations

import math

import pytest

from deactsim.stats.reneging import lost, unanswered

#: Equally likely values of an exponential length of mean 1.
EXPONENTIAL = [-math.log(1.0 - (place + 0.5) / 4_000) for place in range(4_000)]


def late(load: float, patience: float) -> float:
    """The share of M/M/1+D that are not done in time, in mean services: by the density of the virtual wait.

    With E = exp(-(1 - rho) T): (1 + rho) (1 - rho) E / (1 - rho^2 E), and 2 / (2 + T) at rho = 1.
    """
    if load == 1.0:
        return 2.0 / (2.0 + patience)
    end = math.exp(-(1.0 - load) * patience)
    return (1.0 - load**2) * end / (1.0 - load**2 * end)


@pytest.mark.parametrize("load", [0.1, 0.5, 0.95, 1.0, 1.05, 1.7, 4.0])
@pytest.mark.parametrize("patience", [0.5, 3.0, 20.0])
def test_one_server_with_exponential_times(load: float, patience: float) -> None:
    assert unanswered(load, EXPONENTIAL, 1, patience) == pytest.approx(
        late(load, patience), rel=0.01, abs=1e-4
    )


@pytest.mark.parametrize(("servers", "load"), [(1, 1.5), (3, 1.2), (400, 1.25), (2_000, 3.0)])
def test_with_much_patience_only_the_surplus_is_lost(servers: int, load: float) -> None:
    rate = load * servers
    assert unanswered(rate, [1.0], servers, 500.0) == pytest.approx(1.0 - 1.0 / load, abs=2e-3)


def test_erlangs_loss_formula() -> None:
    assert lost(3.0, 3) == pytest.approx(27 / 6 / (1 + 3 + 9 / 2 + 27 / 6), rel=1e-12)
    assert lost(0.0, 5) == 0.0


def test_without_an_end_of_patience_it_is_erlangs_queue() -> None:
    """At a load of 0.8 three servers are all busy with 0.6472 (Erlang's C); a wait is over 2 with e^-1.2 of that."""
    assert unanswered(2.4, [1.0], 3, 100.0) == pytest.approx(0.0, abs=1e-12)
    busy = 0.6472 * math.exp(-(3 - 2.4) * 2.0)
    # Of those who come only a few find the queue so long that patience would end: 30 is as good as never.
    assert unanswered(2.4, [28.0 + 1e-9, *[1.0 - 27.0 / 99.0] * 99], 3, 30.0) == pytest.approx(
        busy / 100, rel=2e-3
    )


def test_what_takes_longer_than_the_patience_is_never_in_time() -> None:
    assert unanswered(0.001, [1.0, 1.0, 1.0, 9.0], 5, 2.0) == pytest.approx(0.25, abs=1e-3)
    assert unanswered(0.0, [1.0, 9.0], 5, 2.0) == 0.5
    assert unanswered(5.0, [0.0], 1, 2.0) == 0.0
