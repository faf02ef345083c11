"""Several acts on record: all of them took effect, and the actor was contained after the last."""

from __future__ import annotations

import numpy as np
import pytest

from deactsim.errors import CannotCondition
from deactsim.model.compile import compile_plan
from deactsim.scenario.load import loads
from deactsim.scenario.schema import Scenario
from deactsim.study.condition import condition
from deactsim.study.nights import conditioned, under
from tests.study.chains import FAR_OUT
from tests.study.small import evidence, rejected, scores

FAR = 4.0  # standard errors
POLICIES = ("preauthorised", "alert", "two-person")
COLUMNS = ("dark_minutes", "dark_first", "time_to_contain", "stage_find_cause", "acts_dark", "stopped")


def hijack(more: int, apart: float, fact: str = "dark: {checked: 17 min}", **changes: str) -> Scenario:
    """The actor goes for so many more accounts, minutes apart."""
    names = [f"@a{number}" for number in range(more)]
    accounts = "".join(f', "{name}": {{tier: news, followers: 100k}}' for name in names)
    acts = ", ".join(
        f'{{account: "{name}", after: {(place + 1) * apart:g} min}}' for place, name in enumerate(names)
    )
    text = FAR_OUT.replace("followers: 7.6M}}", f"followers: 7.6M}}{accounts}}}")
    text = text.replace("dark: {pinned: 5 h}", fact)
    text = text.replace("{cause: misidentified}}", f"{{cause: deliberate}}}}\n  further_acts: [{acts}]")
    for old, new in changes.items():
        text = text.replace(f"{old}: ", f"{new}\n  # ", 1)
    return loads(text)


@pytest.mark.parametrize(("more", "apart"), [(1, 12), (3, 8)])
def test_weighing_agrees_with_trying(more: int, apart: float) -> None:
    """Worlds whose actor is contained late, by weight and as it happens."""
    scenario = hijack(more, apart)
    own = compile_plan(scenario, "as-it-was", "rule")
    found = condition(scenario, own, 5, 1500)
    kept = rejected(own, 6, 3000, lambda seen: len(seen.effects) == more + 1)
    assert 200 < len(kept) < 2900
    ours, theirs = conditioned(own, found), conditioned(own, kept)
    far = {name: z for name, z in scores(ours, theirs, COLUMNS).items() if abs(z) > FAR}
    for policy in POLICIES:
        plan = compile_plan(scenario, policy, "rule")
        other = scores(under(plan, found), under(plan, kept), COLUMNS)
        far |= {f"{policy}, {name}": z for name, z in other.items() if abs(z) > FAR}
    assert far == {}
    # The mean weight is how likely it is that nobody contains him before the last.
    chance, error = evidence(found, 1500)
    share = len(kept) / 3000
    assert abs(chance - share) < FAR * np.hypot(error, np.sqrt(share * (1 - share) / 3000))


def test_all_130_accounts_of_the_record_go_dark() -> None:
    """Left free, responders find the actor after some twenty of them."""
    scenario = hijack(129, 1, "dark: {pinned: 17 min}")
    own = compile_plan(scenario, "as-it-was", "rule")
    found = condition(scenario, own, 1, 300)
    assert np.all(found.seen.effects >= 0)
    assert conditioned(own, found).effective > 40
    contained = found.seen["contained"]
    assert np.all((contained < 0) | (contained > found.seen.effects.max(axis=1)))  # below 0: not in 24 h
    again = under(own, found)  # what containing took comes along
    assert np.all(again.column("acts_dark") == 130)


def test_an_actor_who_cannot_have_gone_on_so_long() -> None:
    quick = hijack(2, 300, contain="contain: 10 min")
    with pytest.raises(
        CannotCondition, match="containing the actor cannot take as long as his acts on record"
    ):
        condition(quick, compile_plan(quick, "as-it-was", "rule"), 1, 20)
