"""Conditioning against rejection: worlds weighted by a density, and worlds that happen to agree.

Both must describe the same evenings: their waits and stages, how often the record comes
about at all, and what another policy would have done. Nothing but the model is shared.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import fftconvolve

from deactsim.model.compile import compile_plan
from deactsim.model.lengths import Length, log_density
from deactsim.model.plan import Plan
from deactsim.model.states import Route, Stage
from deactsim.study.condition import condition, pins
from deactsim.study.measures import MINUTE, STAGES
from deactsim.study.nights import Nights, conditioned, under
from deactsim.study.proposals import CHAIN, span_of
from tests.study.conditioning import CASES, SCALED, Case, incident, tables
from tests.study.small import evidence, scores, small

FAR = 4.0  # standard errors; a wrong weight is found dozens of them away

COLUMNS = (
    "dark_minutes", "time_to_detect", "time_to_contain", "time_to_first_statement", "at_took_effect",
    "stage_notice", "stage_word", "stage_pick_up", "stage_find_cause", "stage_authorise", "stage_restore",
    "notice_public", "notice_holder", "notice_colleague", "notice_actor", "word_by", "route", "stopped",
)  # fmt: skip


def far(given: Case, weighted: Nights, counted: Nights, *, but: tuple[str, ...] = ()) -> dict[str, float]:
    """What the two tables disagree on."""
    names = [name for name in COLUMNS if name in weighted.columns and name in counted.columns]
    compared = tuple(name for name in names if name not in (*given.pinned, *but))
    assert "stage_notice" in compared
    return {key: z for key, z in scores(weighted, counted, compared, given.blur).items() if abs(z) > FAR}


@pytest.mark.parametrize("name", CASES)
def test_weighing_agrees_with_trying(name: str) -> None:
    given, own, found, kept = tables(name)
    weighted, counted = conditioned(own, found), conditioned(own, kept)
    assert weighted.effective > 100
    assert len(counted) > 100
    assert far(given, weighted, counted, but=("dark_minutes",)) == {}
    stages = sum(weighted.column(f"stage_{stage}") for stage in STAGES)
    np.testing.assert_allclose(stages, weighted.column("dark_minutes"), rtol=0, atol=1e-9)
    if given.met is not None:
        assert np.all(weighted.column(given.met) == given.blur[0])

    # The mean weight is how likely the record is: its density a minute, all pins together.
    density, error = evidence(found, given.worlds)
    share = len(kept) / given.tries
    away = (density - share / given.window) / np.hypot(error, np.sqrt(share / given.tries) / given.window)
    assert abs(away) < FAR, (density, share / given.window)

    # And the same evenings under other policies end as they would have ended.
    for policy in list(given.scenario.policies)[1:]:
        plan = compile_plan(given.scenario, policy, given.reading)
        assert far(given, under(plan, found), under(plan, kept)) == {}, policy


# ---------------------------------------------------------------- against theory


def stage_lengths_of(plan: Plan) -> dict[str, Length]:
    assert plan.detection.public is not None
    stages = {name: getattr(plan.response, name) for name in list(STAGES)[2:]}
    return {"notice": plan.detection.public.delay, "word": plan.detection.word, **stages}


def test_a_plain_chain_is_that_of_the_convolution() -> None:
    """With one channel and free hands the dark time is a sum; its density can be had by hand."""
    given, own, found, _ = tables("a plain chain")
    lengths, step = stage_lengths_of(own), 0.005
    at = (np.arange(int(40 / step)) + 0.5) * step
    density = {
        name: np.array([np.exp(log_density(length, minutes * MINUTE)) * MINUTE for minutes in at])
        for name, length in lengths.items()
    }

    def summed(but: str | None = None) -> np.ndarray:
        total = np.array([1.0 / step])
        for name, each in density.items():
            if name != but:
                total = fftconvolve(total, each)[: at.size] * step
        return total

    place = round(11 / step - 3)  # six half steps
    expected, error = evidence(found, given.worlds)
    assert abs(summed()[place] - expected) < FAR * error
    nights = conditioned(own, found)
    for name in lengths:
        rest = summed(name)
        joint = density[name][: place + 1] * rest[place::-1]
        theory = float((joint * at[: place + 1]).sum() / joint.sum())
        estimate = nights.estimate(nights.column(f"stage_{name}"), "min")
        assert abs(estimate.mean - theory) < FAR * (estimate.high - estimate.low) / 3.92, name


def test_a_density_is_that_of_the_scaled_length() -> None:
    """A tenth of the audience: the delay is longer, and its density lower by the same factor."""
    narrow = small(incident=incident("posts: {of: public_notice, pinned: 4 min 30 s}"), detection=SCALED)
    own = compile_plan(narrow, "as-it-was", "meant")
    assert own.detection.public is not None
    slope = np.log(9 / 2) / np.log(100)
    factor = (4 / 40) ** -slope
    expected = np.exp(log_density(own.detection.public.delay, 4.5 * MINUTE / factor)) * MINUTE / factor
    found = condition(narrow, own, 5, 50)
    np.testing.assert_allclose([one.weight for one in found], expected, rtol=1e-12)


# ---------------------------------------------------------------- strata


@pytest.mark.parametrize(
    ("name", "route"), [("a watchdog with a spread", Route.AUTOMATIC), ("the actor's own undo", Route.ACTOR)]
)
def test_without_a_stratum_mass_is_lost(name: str, route: Route) -> None:
    given, own, found, kept = tables(name)
    total = sum(one.weight for one in found)
    lost = sum(one.weight for one in found if one.marks.route is route) / total
    counted = sum(one.marks.route is route for one in kept) / len(kept)
    assert lost == pytest.approx(counted, abs=4 * np.sqrt(counted / len(kept)) + 0.02)
    assert lost > 0.15
    density, error = evidence([one for one in found if one.marks.route is not route], given.worlds)
    share = len(kept) / given.tries / given.window
    assert share - density > 4 * np.hypot(error, np.sqrt(share / given.tries))
    assert len(pins(given.scenario, own)) == 2


def test_strata_of_one_world_are_one_cluster() -> None:
    given, own, found, _ = tables("a watchdog with a spread")
    nights = conditioned(own, found)
    totals = np.zeros(given.worlds)
    for one in found:
        totals[one.number] += one.weight
    assert len(found) > len({one.number for one in found})
    assert nights.effective == pytest.approx(totals.sum() ** 2 / (totals**2).sum(), rel=1e-12)


# ---------------------------------------------------------------- what pinned worlds have in common


def test_effective_worlds_are_kishs() -> None:
    _, own, found, _ = tables("a plain chain")
    weights = [one.weight for one in found]
    expected = sum(weights) ** 2 / sum(weight**2 for weight in weights)
    assert conditioned(own, found).effective == pytest.approx(expected, rel=1e-12)


def test_the_realised_length_is_kept_for_the_next_policy() -> None:
    _, own, found, _ = tables("a plain chain")
    carried = set[Stage]()
    for place, one in enumerate(found[:50]):
        ((stage, length),) = one.world.lengths.items()
        begins, ends = span_of(stage, found.seen)
        assert length == ends[place] - begins[place]
        assert one.world.pins == {}
        carried.add(stage)
    assert carried == {Stage.PUBLIC_NOTICE, Stage.PUBLIC_WORD, *CHAIN}
    again = under(own, found)
    assert np.array_equal(again.column("dark_minutes"), np.full(len(found), 11.0))


def test_without_pins_every_world_counts_alike() -> None:
    free = small(incident=incident("dark: {of: dark, checked: 11 min}"))
    own = compile_plan(free, "as-it-was", "meant")
    assert pins(free, own) == [{}]
    assert [one.weight for one in condition(free, own, 1, 20)] == [1.0] * 20


def test_progress_counts_worlds() -> None:
    told: list[tuple[int, int]] = []
    scenario = small()
    condition(scenario, compile_plan(scenario, "as-it-was", "meant"), 1, 3, lambda *at: told.append(at))
    assert told == [(0, 3), (1, 3), (2, 3)]
