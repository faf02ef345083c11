"""What stands beside the effective size: whether worlds that agree with a record carry what is said of them."""

from __future__ import annotations

import numpy as np
import pytest

from deactsim.report.fit_text import fit_cautions
from deactsim.scenario.load import loads
from deactsim.scenario.schema import Scenario
from deactsim.stats.pareto import tail_shape
from deactsim.study.replay import replay
from tests.study.chains import FAR_OUT, far_out
from tests.study.small import small

#: The undo waits for approval: only restoring can be left the rest.
WAITS = "as-it-was: {approval: {commands: [unlock], by: {leads: 1}, review: 1 min, catches: 50%}}"
#: No stage has a heavy tail: a record far out needs several at once.
LIGHT = {
    "detection": """
  colleague: {delay: exponential mean 1 min}
  word_reaches_platform: {delay: 1 s}""",
    "response": """
  by: on-call
  pick_up: exponential mean 1 min
  find_cause: exponential mean 1 min
  authorise: exponential mean 1 min
  restore: exponential mean 1 min
  contain: 1 h""",
}


def waiting(minutes: float) -> Scenario:
    return loads(FAR_OUT.replace("as-it-was: {}", WAITS).replace("pinned: 5 h", f"pinned: {minutes} min"))


def light(minutes: float) -> Scenario:
    fact = f"facts: {{dark: {{of: dark, pinned: {minutes} min}}}}"
    incident = 'account: "@it", command: deactivate, actor: {team: support}, at: 2017-11-02T18:48:30Z'
    return small(**LIGHT, incident=f" {{{incident}, readings: {{meant: {{cause: deliberate}}}}, {fact}}}")


@pytest.mark.parametrize("minutes", [15, 45, 300])
def test_nothing_is_doubted_where_the_split_is_right(minutes: float) -> None:
    found = replay(far_out(minutes))
    assert found.fit is not None
    assert found.fit.strained is None
    assert fit_cautions(found) == []


def test_all_that_is_left_to_one_stage_is_doubted() -> None:
    """The failure that the effective size does not show: it is high, and the split is wrong."""
    found = replay(waiting(300))
    assert found.effective_worlds > 1000
    assert found.fit is not None
    assert found.fit.strained == "restoring"
    assert "all that the record leaves went to restoring" in fit_cautions(found)[-1]


def test_one_stage_within_its_range_is_not() -> None:
    found = replay(waiting(16))
    assert found.fit is not None
    assert found.fit.strained is None


def test_several_stages_that_must_be_long_at_once_are_doubted() -> None:
    """An hour of five exponential minutes: no proposal leaves the others long, and a few worlds decide."""
    usual, far = replay(light(6)), replay(light(60))
    assert fit_cautions(usual) == []
    assert far.fit is not None
    assert far.fit.tail is not None
    assert far.fit.tail > 0.7
    assert any("a few worlds decide" in said for said in fit_cautions(far))


def test_agreeing_worlds_are_counted_once() -> None:
    found = replay(far_out(7), worlds=400)
    assert found.fit is not None
    frame = found.frame
    assert found.fit.agreeing == frame[frame["weight"] > 0]["world"].nunique() < 200
    assert found.fit.tail == tail_shape(np.array(frame["weight"]))
