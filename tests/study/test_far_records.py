"""Records far from what is expected, against numerical integration of the stages.

A record of hours where the model expects minutes is explained by the stage that can last for hours, and by no
other; policies are worth what they take off that stage.
"""

from __future__ import annotations

from functools import cache

import pytest

from deactsim.model.compile import compile_plan
from deactsim.study.condition import condition
from deactsim.study.nights import conditioned
from tests.study.chains import Chain, disagreements, far_out

#: Standard errors: of some 60 z-scores one beyond is a chance of 1 in 250.
FAR = 4.0


@cache
def chain() -> Chain:
    return Chain(compile_plan(far_out(300), "as-it-was", "rule"), step=0.025, cells=28_000)


@pytest.mark.parametrize("percent", [1, 10, 50, 90, 99, 99.9])
def test_from_the_first_percentile_to_the_last(percent: float) -> None:
    found = disagreements(chain().percentile(percent), chain(), worlds=2000, seed=3)
    assert {name: z for name, z in found.items() if abs(z) > FAR} == {}


@pytest.mark.parametrize("minutes", [120, 300, 600])
def test_beyond_all_percentiles(minutes: float) -> None:
    found = disagreements(minutes, chain(), worlds=2000, seed=4)
    assert {name: z for name, z in found.items() if abs(z) > FAR} == {}


def test_five_hours_go_to_finding_the_cause() -> None:
    """Where the model expects 17 minutes: restoring does not take what is left of the record."""
    scenario = far_out(300)
    own = compile_plan(scenario, "as-it-was", "rule")
    nights = conditioned(own, condition(scenario, own, 1, 2000))
    assert nights.estimate(nights.column("stage_find_cause"), "min").mean == pytest.approx(246, abs=12)
    assert nights.estimate(nights.column("stage_authorise"), "min").mean == pytest.approx(35, abs=10)
    assert nights.estimate(nights.column("stage_restore"), "min").mean == pytest.approx(8, abs=4)


@pytest.mark.parametrize("minutes", [15, 30, 45, 60, 90, 120, 180, 300, 600])
def test_the_effective_size_does_not_collapse(minutes: float) -> None:
    scenario = far_out(minutes)
    own = compile_plan(scenario, "as-it-was", "rule")
    assert conditioned(own, condition(scenario, own, 1, 2000)).effective > 250
