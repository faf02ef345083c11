"""Rights that end while an action is held, one tiny world each: the whole event list, computed by hand."""

from __future__ import annotations

import pytest

from .tiny import QUIET, happened, lines

#: The last shift ends half an hour after the act.
LEAVES = QUIET + "---\nincident: {actor: {leaves: {after_act: 30 min}}}\n"
CUT_OFF = "deprovisioning: {lag: 10 min, rechecked: true}\n"
STEPPED_DOWN = "step_down: {before_last_shift: 10 min, rechecked: true}\n"


def held(minutes: int) -> str:
    return f"cooling_off: {{for: {minutes} min}}"


def ends(minutes: int, how: str) -> list[str]:
    return [f"{minutes} released @a cooling_off", f"{minutes} gate_passed @a cooling_off nobody_watched", how]


@pytest.mark.parametrize(
    ("policy", "before", "denied", "minutes"),
    [
        (CUT_OFF, "before_cut_off", "right_cut_off", 40),
        (STEPPED_DOWN, "before_step_down", "right_stepped_down", 20),
    ],
)
def test_who_loses_the_right_while_the_action_is_held_does_not_act(
    policy: str, before: str, denied: str, minutes: int
) -> None:
    """A right that has ended at the very instant of the effect has ended; a minute before it has not."""
    begins = [*lines("0 requested @a actor"), f"0 gate_passed @a rights {before}", "0 held @a cooling_off"]
    assert happened(policy + held(minutes), LEAVES) == [
        *begins,
        *ends(minutes, f"{minutes} gate_denied @a rights {denied}"),
    ]
    assert happened(policy + held(minutes - 1), LEAVES) == [
        *begins,
        *ends(minutes - 1, f"{minutes - 1} took_effect @a actor"),
    ]


@pytest.mark.parametrize("policy", [CUT_OFF, STEPPED_DOWN])
@pytest.mark.parametrize(
    "setting", ["rechecked: false", "lost: 100%, rechecked: true", "covers: 0%, rechecked: true"]
)
def test_it_acts_where_nobody_looks_again_or_the_right_never_ends(policy: str, setting: str) -> None:
    if "lost" in setting and "step_down" in policy:
        setting = setting.replace("lost: 100%", "told_in_time: 0%")
    found = happened(policy.replace("rechecked: true", setting) + held(60), LEAVES)
    assert found[-1] == "60 took_effect @a actor"


def test_the_lag_of_the_command_counts() -> None:
    """Asked for at -45 for an effect at 0; the right ends at -10."""
    more = (
        QUIET
        + "---\nincident: {actor: {left_before_act: 20 min}}\n---\nplatform: {commands: {deactivate: {lag: 45 min}}}\n"
    )
    assert happened(CUT_OFF, more) == lines(
        """
        -45 requested @a actor
        -45 gate_passed @a rights before_cut_off
        0 gate_denied @a rights right_cut_off
        """
    )
