"""Where two policies change places: against closed forms, its interval, and what `--vary` shows there."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from deactsim.scenario.load import load
from deactsim.scenario.paths import leaves
from deactsim.scenario.schema import Scenario
from deactsim.study.results import Decision, Tipping
from deactsim.study.sensitivity import Evenings
from deactsim.study.tipping import _unit, narrowed, tip
from tests.study.small import decided, small
from tests.study.tips import POLICIES, agree_with_vary

SCENARIOS = Path(__file__).parents[2] / "scenarios"
CATCHES = "policies.two.approval.catches"
AFTER = "policies.watchdog.automatic_restore.after"


@pytest.fixture(scope="module")
def evenings() -> Evenings:
    return Evenings(small(policies=POLICIES), "meant", 1, 400)


def restoring(restore: str) -> Scenario:
    """All of the response takes a minute and a half, but for the restore."""
    response = f"{{by: on-call, pick_up: 30 s, find_cause: 30 s, authorise: 30 s, restore: {restore}}}"
    return small(policies=POLICIES, response=response)


def decision(path: str, evenings: Evenings) -> Decision:
    leaf = dict(leaves(evenings.scenario))[path]
    return Decision(path, "", "", leaf.basis, "", "", 0.0, 0.0)


def tipped(evenings: Evenings, better: str, worse: str, path: str) -> Tipping | None:
    return tip(evenings, evenings, better, worse, decision(path, evenings))


def share(text: str | None) -> float:
    assert text is not None
    return float(text.rstrip("%")) / 100


# ---------------------------------------------------------------- closed forms


def test_the_tipping_point_is_ten_in_eleven_and_its_interval_holds_it() -> None:
    evenings = Evenings(small(policies=POLICIES), "meant", 1, 1500)
    found = tipped(evenings, "two", "watchdog", CATCHES)
    assert found is not None
    assert (found.better, found.worse, found.path, found.direction) == ("two", "watchdog", CATCHES, "over")
    assert (found.now_text, found.label, found.basis) == ("100%", "what review catches", "assumed")
    # As many evenings pass as hold 1 minute in 11: a binomial share of the effective ones.
    error = math.sqrt(10 / 121 / evenings.under("two").effective)
    assert abs(share(found.value_text) - 10 / 11) < 3 * error
    assert share(found.low_text) < 10 / 11 < share(found.high_text)
    assert 2 * 1.96 * error * 0.6 < share(found.high_text) - share(found.low_text) < 2 * 1.96 * error * 1.6


def test_more_worlds_know_it_better() -> None:
    widths = []
    for worlds in (200, 1800):
        more = Evenings(small(policies=POLICIES), "meant", 2, worlds)
        few = replace(more, worlds=200, _kept=type(more._kept)(), _moved={})
        found = tip(more, few, "two", "watchdog", decision(CATCHES, more))
        assert found is not None
        widths.append(share(found.high_text) - share(found.low_text))
    assert widths[1] < widths[0] / 2


def test_a_length_tips_where_two_watchdogs_meet(evenings: Evenings) -> None:
    """All worlds agree on it, so it is known to the step of the search."""
    found = tipped(evenings, "watchdog", "slow-watchdog", AFTER)
    assert found is not None
    assert (found.direction, found.now_text) == ("under", "1 min")
    before, after = map(seconds, found.changes)
    assert before < 120 <= after < 120 * 2 ** (3.5 / 600)
    assert found.low_text == found.high_text == found.value_text


def seconds(text: str) -> float:
    """The text of a length in minutes and seconds."""
    parts = text.split()
    return sum(
        float(size) * {"s": 1, "min": 60}[unit] for size, unit in zip(parts[::2], parts[1::2], strict=True)
    )


def test_what_never_tips_has_no_tipping_point(evenings: Evenings) -> None:
    assert tipped(evenings, "watchdog", "as-it-was", "incident.actor.open_report") is None
    assert tipped(evenings, "slow-watchdog", "watchdog", AFTER) is None
    # Eight minutes are still better than eleven.
    assert tipped(evenings, "watchdog", "as-it-was", AFTER) is None
    assert tipped(evenings, "watchdog", "as-it-was", "policies.nothing.rate_limit.per_agent") is None


def test_what_cannot_be_told_apart_as_it_is_does_not_tip() -> None:
    near = small(policies=POLICIES.replace("100%", "92%"))
    few = Evenings(near, "meant", 3, 120)
    two, watchdog = (few.under(name) for name in ("two", "watchdog"))
    assert two.mean_dark < watchdog.mean_dark
    assert tipped(few, "two", "watchdog", CATCHES) is None


def test_policies_that_end_as_equals_do_not_change_places() -> None:
    """With nobody stopped by the review both are dark for as long as it was."""
    passing = "\n  passing: {approval: {by: {desk: 1}, review: 1 min, catches: 0%}}"
    alike = Evenings(small(policies=POLICIES + passing), "meant", 1, 200)
    assert tipped(alike, "two", "passing", CATCHES) is None


def test_counts_are_searched_in_whole_numbers(evenings: Evenings) -> None:
    path = "policies.two.approval.time_out"
    # Below a review of one minute every request is denied, which stops the act all the better.
    assert tipped(evenings, "two", "watchdog", path) is None
    found = []
    for time_out in ("10 min", "5 min"):
        scenario = small(policies=POLICIES.replace("time_out: 4 h", f"time_out: {time_out}, then: pass"))
        found.append(tipped(Evenings(scenario, "meant", 1, 200), "two", "watchdog", path))
    slow, quick = found
    # An eighth of ten minutes is still more than the review takes.
    assert slow is None
    assert quick is not None
    assert (quick.direction, quick.now_text) == ("over", "5 min")
    assert seconds(quick.value_text) == pytest.approx(60, abs=1)


def test_a_tip_beyond_the_record_is_none() -> None:
    few = Evenings(restoring("uniform 5 min to 12 min"), "meant", 1, 60)
    assert tipped(few, "probe", "watchdog", "response.restore") is None
    assert tipped(few, "watchdog", "probe", "response.restore") is None


class Made:
    """Evenings of two policies, in minutes: the better one's grow with the input, by world."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, dark: Callable[[Any], np.ndarray]) -> None:
        self.tried: list[Any] = []
        worlds = np.arange(100)

        def under(_: Evenings, policy: str, path: str, value: Any) -> SimpleNamespace:
            self.tried.append(value)
            values = dark(value) if policy == "nothing" else np.full(100, 5.0)
            return SimpleNamespace(column=lambda _: values, weights=np.ones(100), clusters=worlds)

        monkeypatch.setattr(Evenings, "under", under)


def test_a_rate_tips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Better than a policy of 5 minutes below 25 an hour; by world 20 to 30, that is 25 give or take 0.6."""
    busy = Evenings(small(policies=POLICIES), "meant", 1, 20)
    turns = np.linspace(20.0, 30.0, 100)
    made = Made(monkeypatch, lambda rate: 5.0 + (rate.amount - turns))
    found = tipped(busy, "nothing", "watchdog", "policies.nothing.rate_limit.per_agent")
    assert found is not None
    assert (found.direction, found.now_text, found.value_text) == ("under", "10 per hour", "25 per hour")
    assert (found.low_text, found.high_text) == ("24.4 per hour", "25.6 per hour")
    assert {rate.unit for rate in made.tried} == {"hour"}
    assert max(rate.amount for rate in made.tried) == 80.0


def test_an_end_that_was_not_reached_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worse from 70 an hour on, but not surely so up to 80."""
    busy = Evenings(small(policies=POLICIES), "meant", 1, 20)
    turns = 70.0 + 100.0 * np.linspace(-1.0, 1.0, 100)
    Made(monkeypatch, lambda rate: 5.0 + (rate.amount - turns))
    found = tipped(busy, "nothing", "watchdog", "policies.nothing.rate_limit.per_agent")
    assert found is not None
    assert (found.value_text, found.low_text, found.high_text) == ("70 per hour", "55 per hour", None)
    assert found.told_apart[1] is None


def test_a_count_is_the_first_at_which_it_is_no_longer_better(monkeypatch: pytest.MonkeyPatch) -> None:
    few = Evenings(small(policies=POLICIES), "meant", 1, 20)
    Made(monkeypatch, lambda people: np.full(100, 2.0 if people < 7 else 6.0))
    found = tipped(few, "nothing", "watchdog", "teams.desk.headcount")
    assert found is not None
    assert (found.direction, found.value_text, found.changes) == ("under", "7", ("6", "7"))
    assert (found.low_text, found.high_text, found.told_apart) == ("7", "7", ("6", "7"))


# ---------------------------------------------------------------- how it is found and said


@pytest.mark.parametrize("root", [1, 30, 500, 770, 1000])
@pytest.mark.parametrize(
    ("gap", "most"),
    [
        (lambda x: x, 5),
        (lambda x: math.expm1(3.0 * x), 5),
        (lambda x: x + 0.002 * math.sin(900.0 * x), 5),
        (lambda x: x**3, 9),
        (lambda x: math.copysign(1.0, x), 9),
        (lambda x: 1000.0 if x > 0.0 else -0.001, 9),
        (lambda x: max(0.0, x) - 1e-9, 9),
    ],
    ids=["straight", "bent", "noisy", "flat", "step", "cliff", "plateau"],
)
def test_a_turn_has_other_signs_around_it(gap: Callable[[float], float], most: int, root: int) -> None:
    tried: list[int] = []

    def of(place: int) -> float:
        tried.append(place)
        return gap((root - 0.5 - place) / 1000)

    low, high = narrowed(of, 0, 1000, 8)
    assert all(0 <= place <= 1000 for place in tried)
    assert 0 < high - low <= 8
    # Besides both ends; halves take 7, and one more at worst.
    assert len(tried) <= 2 + most
    assert of(low) > 0.0 >= of(high)


@pytest.mark.parametrize(
    ("wide", "kind", "unit"),
    [
        (0.06, "share", 0.01),
        (0.021, "share", 0.005),
        (0.0001, "share", 0.001),
        (4 * 60e6, "random duration", 60e6),
        (20e6, "duration", 5e6),
        (3 * 3600e6, "duration", 30 * 60e6),
        (1.0, "duration", 1000.0),
        (9.0, "count", 1.0),
        (0.3, "rate", 0.05),
    ],
)
def test_no_more_is_said_than_is_known(wide: float, kind: str, unit: float) -> None:
    assert _unit(wide, kind) == pytest.approx(unit)


# ---------------------------------------------------------------- with --vary


@pytest.mark.parametrize(("name", "worlds"), [("hawaii", 300), ("trump", 300)])
def test_vary_shows_the_policies_change_places(name: str, worlds: int) -> None:
    """Of all shipped scenarios at 2,000 worlds: verification/tipping.py."""
    assert agree_with_vary(load(SCENARIOS / f"{name}.yaml"), worlds, 2) > 0


# ---------------------------------------------------------------- what two policies share


SHARED = """
  as-it-was: {}
  two: {approval: {by: {desk: 1}, review: 1 min, catches: 90%, time_out: 4 h}}
  both: {combine: [two], automatic_restore: {after: 5 min}}
  own-rate: {combine: [two], automatic_restore: {after: 5 min}, approval: {catches: 95%}}"""


def test_what_two_policies_share_moves_in_both() -> None:
    """One is made of the other: no reviewer's catch rate makes it the worse one, and one that is not shared does."""
    shared = Evenings(small(policies=SHARED), "meant", 1, 300)
    path = "policies.two.approval.catches"
    found = decided(shared, "both", stops=True)
    assert found is not None
    assert found.path == path
    for rate in (0.0, 0.3, 0.9, 1.0):
        two, both = (shared.under(name, path, rate) for name in ("two", "both"))
        assert (two.column("stopped") == both.column("stopped")).all()
        assert both.mean_dark <= two.mean_dark
    assert tip(shared, shared, "both", "two", found) is None
    # 5 (1 - c) = 11 * 10 %: it is stated once more, and so it is another number.
    own = decided(shared, "own-rate", stops=True)
    assert own is not None
    assert own.path == "policies.own-rate.approval.catches"
    assert tip(shared, shared, "own-rate", "two", own) is not None
