"""Decisions: each rule against its sentence in docs/model.md."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deactsim.model import rules
from deactsim.model.shifts import DAY
from deactsim.model.states import Reason
from deactsim.model.world import HOUR


def test_stamping_grows_with_the_queue_and_is_a_share() -> None:
    assert rules.stamp_share(0.1, 0.05, 0) == 0.1
    assert rules.stamp_share(0.1, 0.05, 4) == pytest.approx(0.3)
    assert rules.stamp_share(0.1, 0.05, 100) == 1.0


@pytest.mark.parametrize(
    ("wrongful", "u_stamp", "u_catch", "verdict"),
    [
        (True, 0.1, 0.1, Reason.STAMPED),
        (False, 0.1, 0.1, Reason.STAMPED),
        (True, 0.3, 0.5, Reason.REFUSED),
        (True, 0.2, 0.5, Reason.REFUSED),  # a yes of chance p is u < p
        (True, 0.3, 0.8, Reason.APPROVED),
        (False, 0.3, 0.0, Reason.APPROVED),
    ],
)
def test_review(*, wrongful: bool, u_stamp: float, u_catch: float, verdict: Reason) -> None:
    assert rules.review(wrongful, 0.8, 0.2, u_stamp, u_catch) is verdict


@pytest.mark.parametrize(
    ("wrongful", "u_habit", "u_stop", "does"),
    [
        (False, 0.0, 0.0, Reason.DIALOG_PASSED),
        (True, 0.1, 0.0, Reason.DIALOG_UNREAD),
        (True, 0.2, 0.5, Reason.DIALOG_STOPPED),
        (True, 0.2, 0.6, Reason.DIALOG_PASSED),
    ],
)
def test_dialog(*, wrongful: bool, u_habit: float, u_stop: float, does: Reason) -> None:
    assert rules.dialog(wrongful, 0.6, 0.2, u_habit, u_stop) is does


def test_rights_end() -> None:
    assert rules.rights_end_step_down(100, 30, told=True) == 70
    assert rules.rights_end_step_down(100, 30, told=False) is None
    assert rules.rights_end_cut_off(100, 1, 2, 3, lost=False) == 106
    assert rules.rights_end_cut_off(100, 1, 2, 3, lost=True) is None


def test_the_public_takes_longer_with_fewer_followers() -> None:
    assert rules.public_factor(100, 100, 0.5) == 1.0
    assert rules.public_factor(400, 100, 0.5) == pytest.approx(0.5)
    assert rules.public_factor(1, 100, 0.0) == 1.0
    assert rules.public_factor(0, 100, 0.5) == rules.public_factor(1, 100, 0.5)


@given(st.integers(0, 10**6), st.integers(1, 10**4), st.floats(0.0, 0.999))
def test_next_look_is_the_first_of_its_grid_after_the_effect(effect: int, every: int, phase: float) -> None:
    first = int(phase * every)
    looks = [first + n * every for n in range((effect - first) // every - 1, (effect - first) // every + 3)]
    assert rules.next_look(effect, every, phase) == min(look for look in looks if look > effect)


def test_looks_until_seen_is_geometric() -> None:
    draws = (np.arange(100_000) + 0.5) / 100_000
    missed = np.array([rules.looks_until_seen(0.3, float(u)) for u in draws])
    for k in range(6):
        assert (missed == k).mean() == pytest.approx(0.3 * 0.7**k, abs=2e-5)
    assert rules.looks_until_seen(1.0, 0.0001) == 0
    assert rules.looks_until_seen(1e-12, 1e-300) == 10_000


def test_a_look_comes_after_those_that_missed() -> None:
    assert rules.look_that_sees(100, 7, 0) == 100
    assert rules.look_that_sees(100, 7, 3) == 121
    assert rules.look_that_sees(100, 10**15, 10_000) == 100 + rules.FAR < 2**63


def slow_limit(recent: list[int], now: int, actions: int, window: int) -> int:
    """The first instant from now at which fewer than `actions` lie in the window up to it."""
    for time in itertools.count(now):
        if sum(time - window < past for past in recent) < actions:
            return time
    raise AssertionError


@given(
    st.lists(st.integers(0, 60), min_size=3, max_size=8),
    st.integers(0, 60),
    st.integers(1, 3),
    st.integers(1, 20),
)
def test_limit_opens_when_the_window_does(recent: list[int], now: int, actions: int, window: int) -> None:
    recent.sort()
    assert rules.limit_opens(recent[-actions], now, window) == slow_limit(recent, now, actions, window)


@pytest.mark.parametrize(
    ("number", "window", "actions", "after"),
    [
        (0, HOUR, 5, 0),
        (1, HOUR, 5, HOUR // 5),
        (7, HOUR, 3, -(-HOUR * 7 // 3)),
        (9_999, 365 * DAY, 10_000, -(-365 * DAY * 9_999 // 10_000)),
        (2, 36_500 * DAY, 1, 2 * 36_500 * DAY),
        (3, 36_500 * DAY, 1, rules.FAR),
        (9_999, 36_500 * DAY, 1, rules.FAR),
    ],
)
def test_acts_are_spaced_to_stay_under_a_limit(number: int, window: int, actions: int, after: int) -> None:
    assert rules.pace(number, window, actions) == after
