"""What a scenario's answers rest on: its inputs by basis, its facts by role, each counted once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..scenario.paths import leaves
from ..scenario.schema import Scenario
from ..scenario.stated import Stated
from ..stats.variance_shares import whole_percents
from .facts import role_of
from .results import Basis, Role, StageResult
from .unread import unread


def numbers(scenario: Scenario) -> Iterator[tuple[str, Stated[Any], bool]]:
    """Every number once, and whether it is one of the inputs that a replay rests on.

    Those are all numbers outside policies from which something is calculated, and what the scenario's own policy adds
    to them. Other
    policies add what their file gives; a policy in full repeats what the platform has, or a policy
    that it combines: that is one number.
    """
    own, idle = f"policies.{scenario.baseline}.", frozenset(unread(scenario))
    seen: set[tuple[str, str]] = set()
    # The scenario's own policy before the others: what they share is counted there.
    for path, stated in sorted(leaves(scenario), key=lambda leaf: _other_policy(leaf[0], own)):
        policy = path.startswith("policies.")
        same = (path.split(".", 2 if policy else 1)[-1], repr(stated))
        if path in idle or (policy and same in seen):
            continue
        seen.add(same)
        if stated.given or not policy or path.startswith(own):
            yield path, stated, not policy or path.startswith(own)


def _other_policy(path: str, own: str) -> bool:
    """Whether a path leads into a policy that is not the scenario's own."""
    return path.startswith("policies.") and not path.startswith(own)


def basis(scenario: Scenario, found: Sequence[StageResult]) -> Basis:
    """How many inputs of each basis the scenario has, and how many facts of each role."""
    counts = dict.fromkeys(("documented", "inferred", "fitted", "expert", "assumed"), 0)
    disputed, assumed = 0, []
    for path, stated, rested_on in numbers(scenario):
        if not rested_on:
            continue
        counts[stated.basis] += 1
        disputed += stated.disputed is not None
        if stated.basis == "assumed":
            assumed.append(path)
    facts: dict[Role, int] = dict.fromkeys(("pinned", "given", "checked", "noted"), 0)
    disputed_facts = 0
    if scenario.incident is not None:
        for fact in scenario.incident.facts.values():
            facts[role_of(fact)] += 1
            disputed_facts += fact.disputed is not None
    known = [(stage.spread, stage.label) for stage in found if stage.spread is not None]
    percents = whole_percents(np.array([spread for spread, _ in known])) if known else []
    # What rounds to nothing decides nothing.
    spreads = [
        (spread, percent, label) for (spread, label), percent in zip(known, percents, strict=True) if percent
    ]
    spreads.sort(key=lambda each: -each[0])
    return Basis(
        **counts,
        disputed=disputed,
        decisive=tuple(f"{label} ({percent} % of the spread)" for _, percent, label in spreads[:3]),
        assumed_paths=tuple(assumed),
        facts=facts,
        disputed_facts=disputed_facts,
        noted_paths=unread(scenario),
    )
