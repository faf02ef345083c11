"""Whether weighted worlds carry what is said of them: beside their effective size, which alone is no proof."""

from __future__ import annotations

import math

import numpy as np

from ..model.lengths import quantile
from ..model.states import Route, Stage
from ..scenario.schema import Scenario
from ..stats.pareto import tail_shape
from .condition import Conditioned, pins
from .proposals import CHAIN, length_of_stage, mixture_of, span_of
from .results import Fit

#: A stage is out of its own range beyond this share of its lengths, either way.
RARE = 0.001
_CALLED = {
    Stage.PICK_UP: "picking up",
    Stage.FIND_CAUSE: "finding the cause",
    Stage.AUTHORISE: "authorising",
    Stage.RESTORE: "restoring",
}


def fit_of(scenario: Scenario, found: Conditioned) -> Fit:
    """How the worlds agree with the record of the scenario."""
    _, place = np.unique(found.numbers, return_inverse=True)
    weights = np.bincount(place, found.weights).astype(np.float64)
    return Fit(int((weights > 0.0).sum()), tail_shape(weights), _strained(scenario, found))


def _strained(scenario: Scenario, found: Conditioned) -> str | None:
    """The only stage that could be left the rest of the record, where it hardly ever takes so long, or so short."""
    responses = found.seen["route"] == Route.RESPONSE
    for stratum in pins(scenario, found.own):
        mixture = mixture_of(found.own, stratum)
        if mixture is None or len(mixture.proposals) > 1:
            continue
        ((stage, length),) = [(one.stage, one.length) for one in mixture.proposals]
        others = [each for each in CHAIN if each is not stage]
        if not any(length_of_stage(found.own, each).has_density for each in others):
            continue
        begins, ends = span_of(stage, found.seen)
        took = ends - begins
        out = (took < quantile(length, RARE)) | (took > quantile(length, 1.0 - RARE))
        if math.fsum(found.weights[responses & out]) > 0.5 * math.fsum(found.weights):
            return _CALLED[stage]
    return None
