"""What is said of durations that lasted longer than they were followed: how many, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeGuard

from ..scenario.schema import Scenario
from ..study.results import Comparison, Replay, Summary
from .wording import MEASURES, and_list, minutes, occasion, percent

LEAST = 0.001
"""Shares cut below which figures are as good as whole: the horizon is made for them."""
CHECKED = ("dark_minutes", "time_to_detect", "time_to_restore", "time_to_contain", "time_to_first_statement",
           "time_to_audience_whole")  # fmt: skip


def is_cut(summary: Summary | None) -> TypeGuard[Summary]:
    """Whether so much of it was cut that it has to be said."""
    return (
        summary is not None and summary.horizon is not None and (bool(summary.longer) or summary.cut >= LEAST)
    )


def run_cuts(replay: Replay) -> list[str]:
    """That durations of a replay were cut: how many of which, and what to set; nothing where none is."""
    cut = {name: summary for name in CHECKED if is_cut(summary := replay.measures.get(name))}
    if not cut:
        return []
    when = occasion(replay.scenario)
    parts = [f"{MEASURES[name]} on {percent(summary.cut)} %" for name, summary in cut.items()]
    horizon = next(summary.horizon for summary in cut.values())
    return [_said(replay.scenario, horizon, f"{and_list(parts)} of the {when}s")]


def compare_cuts(comparison: Comparison) -> list[str]:
    """That minutes dark of a policy were cut, under which most, and what to set; nothing where none is."""
    found = [
        (policy.name, dark)
        for policy in comparison.policies
        for outcome in (*policy.readings, *policy.adapted)
        if is_cut(dark := outcome.dark)
    ]
    if not found:
        return []
    name, most = max(found, key=lambda each: each[1].cut)
    share = percent(most.cut)
    up_to = "" if len({percent(dark.cut) for _, dark in found}) == 1 else "up to "
    where = f"the {occasion(comparison.scenario)}s that are dark at all"
    return [
        _said(comparison.scenario, most.horizon, f"minutes dark on {up_to}{share} % of {where} ({name})")
        + ". The order and the groups go by these restricted means"
    ]


def _said(scenario: Scenario, horizon: float | None, what: str) -> str:
    """How long things were followed, what of them was cut, and what to set."""
    assert horizon is not None  # noqa: S101 - only what is followed is cut
    length = minutes(horizon)
    said = f"followed for {length}, and cut: {what}. Means count that as {length}"
    if scenario.incident is not None and scenario.incident.follow is not None:
        return f"{said}; raise `follow`, or leave it out, for what comes later"
    return f"{said}; state `follow` if nobody would wait so long, and see who could notice or undo it sooner"


def counted_for(horizons: Iterable[float | None]) -> str:
    """`each counted for 24 h at most`, where means are restricted; nothing where none is."""
    known = [horizon for horizon in horizons if horizon is not None]
    return f"each counted for {minutes(max(known))} at most" if known else ""


def counted_in(comparison: Comparison) -> str:
    """The same of the mean minutes dark of a comparison."""
    return counted_for(
        outcome.mean_dark.horizon if is_cut(outcome.dark) else None
        for policy in comparison.policies
        for outcome in (*policy.readings, *policy.adapted)
    )
