"""How many of the numbers that a scenario assumes it calls uncertain, and how many are held at their value."""

from __future__ import annotations

from dataclasses import dataclass

from ..scenario import paths
from ..scenario.schema import Scenario
from ..study.replay import basis
from .wording import plural


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Numbers that are `assumed`; those of them that are `uncertain` and so move; the rest is `held`.

    `others` are uncertain and rest on more than an assumption, or stand in a policy that is not the scenario's own.
    """

    assumed: int
    uncertain: int
    held: int
    others: int


def in_doubt(scenario: Scenario) -> InDoubt:
    """The counts, by the paths that the program counts as assumed everywhere."""
    assumed = set(basis(scenario, ()).assumed_paths)
    uncertain = {path for path, stated in paths.leaves(scenario) if stated.uncertain is not None}
    both = len(assumed & uncertain)
    return InDoubt(len(assumed), both, len(assumed) - both, len(uncertain - assumed))


def held_text(scenario: Scenario) -> str:
    """`3 of 74 assumed numbers are called uncertain and moved here, the other 71 are held as put in`."""
    found = in_doubt(scenario)
    if not found.held:
        return ""
    if not found.others:
        held = "the other one is held" if found.held == 1 else f"the other {found.held} are held"
        called = "is called uncertain and moved" if found.uncertain <= 1 else "are called uncertain and moved"
        who = f"{found.uncertain or 'none'} of {plural(found.assumed, 'assumed number')}"
        return f"{who} {called} here, {held} as put in"
    moved = found.uncertain + found.others
    are = "is" if moved == 1 else "are"
    held = f"{'all' if found.held == found.assumed else found.held} are held as put in"
    of = f"of the {found.assumed} assumed inputs {held}"
    return f"{plural(moved, 'number')} {are} called uncertain and moved here; {of}"
