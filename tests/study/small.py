"""Small scenarios, and worlds of the free model kept where they agree with the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from deactsim.model.plan import Plan
from deactsim.model.states import Event
from deactsim.model.trace import Row, Trace
from deactsim.model.world import World
from deactsim.scenario.load import loads
from deactsim.scenario.schema import Scenario
from deactsim.study.background import see_incidents
from deactsim.study.condition import Conditioned, new_worlds
from deactsim.study.measures import MINUTE, Marks, marks_in
from deactsim.study.nights import Nights
from deactsim.study.results import Decision
from deactsim.study.sensitivity import Evenings, decide, figures, inputs

Array = NDArray[np.float64]

START = 1_509_648_510_000_000  # 2017-11-02T18:48:30Z, when the small night begins

SECTIONS = {
    "deactsim": "1",
    "title": "A small night",
    "zone": "UTC",
    "platform": """
  commands: {deactivate: {undo: restore}, restore: {}}
  tiers: {protected: {accounts: 5, followers: 1M}}
  accounts: {"@it": {tier: protected, followers: 4M}}""",
    "teams": """
  support: {headcount: 5, may: {deactivate: [protected]}}
  desk: {headcount: 2}
  on-call: {headcount: 2}""",
    "reports": "{}",
    "detection": """
  public: {delay: "median 2 min, p90 5 min", at_followers: 4M}
  word_reaches_platform: {delay: "exponential mean 1 min"}""",
    "response": """
  by: on-call
  pick_up: uniform 30 s to 3 min
  find_cause: "weibull shape 1.5, scale 3 min"
  authorise: exponential mean 1 min
  restore: median 2 min, p90 6 min
  contain: median 10 min, p90 1 h""",
    "incident": """
  account: "@it"
  command: deactivate
  actor: {team: support}
  at: 2017-11-02T18:48:30Z
  warm_up: 2 h
  readings: {meant: {cause: deliberate}}
  facts: {dark: {of: dark, pinned: 11 min}}""",
    "baseline": "as-it-was",
    "policies": """
  as-it-was: {}
  preauthorised: {preauthorised_undo: {}}
  button: {undo_button: {restore: 20 s}}""",
}


def text(**sections: str) -> str:
    """The small scenario as YAML, with other sections in place of its own."""
    whole = SECTIONS | sections
    return "\n".join(f"{name}: {body}" for name, body in whole.items()) + "\n"


def small(**sections: str) -> Scenario:
    """The small scenario, with other sections in place of its own."""
    return loads(text(**sections))


def new_world(plan: Plan, seed: int, number: int) -> World:
    """One of `new_worlds` by itself."""
    return new_worlds(plan, seed, [number]).world(0, plan.streams)


def rejected(plan: Plan, seed: int, worlds: int, agrees: Callable[[Marks], bool]) -> Conditioned:
    """Worlds of the free model that happen to agree with the record: no pin, no density."""
    assert plan.incident is not None
    drawn = new_worlds(plan, seed, range(worlds))
    seen = see_incidents(plan, drawn)
    kept = [marks_in(seen, number, plan.incident.id) for number in range(worlds)]
    agreeing = [number for number, found in enumerate(kept) if found.effect is not None and agrees(found)]
    whole = Conditioned(plan, np.arange(worlds), drawn, np.ones(worlds), seen)
    return whole.take(np.array(agreeing, dtype=np.int64))


def dark_within(minutes: float, give: float) -> Callable[[Marks], bool]:
    """Whether the account was dark for so long, give or take (minutes)."""
    return lambda seen: seen.visible is not None and abs(seen.dark / MINUTE - minutes) <= give


def scores(
    weighted: Nights, counted: Nights, names: tuple[str, ...], blur: tuple[float, float] = (0.0, 0.0)
) -> dict[str, float]:
    """z of the difference between two tables: of means, and of shares below quantiles.

    Quantiles nearer than `blur[1]` minutes to `blur[0]` are passed over.
    """
    found = {}
    for name in names:
        ours, theirs = weighted.column(name), counted.column(name)
        found[f"{name}: comes to it"] = _score(weighted, ~np.isnan(ours) + 0.0, ~np.isnan(theirs) + 0.0)
        cuts = np.nanquantile(theirs, (0.2, 0.5, 0.8)) if not np.isnan(theirs).all() else ()
        for place, cut in zip(("20", "50", "80"), cuts, strict=False):
            if abs(cut - blur[0]) <= blur[1]:
                continue
            # Worlds that never came to it lie above every cut.
            found[f"{name}: below p{place}"] = _score(weighted, (ours <= cut) + 0.0, (theirs <= cut) + 0.0)
        # Of what is nearly always the same the spread cannot be told from a sample.
        if not np.isnan(ours).any() and np.quantile(theirs, 0.1) < np.quantile(theirs, 0.9):
            found[f"{name}: mean"] = _score(weighted, ours, theirs)
    return found


def _score(weighted: Nights, ours: Array, theirs: Array) -> float:
    estimate = weighted.estimate(ours, "")
    error = np.hypot((estimate.high - estimate.low) / 2.0 / 1.959964, theirs.std() / np.sqrt(theirs.size))
    difference = estimate.mean - theirs.mean()
    return 0.0 if abs(difference) < 1e-9 else float(difference / max(error, 1e-12))


def evidence(found: Conditioned, worlds: int) -> tuple[float, float]:
    """The density of the record per minute (all its pins), and its standard error."""
    total = np.zeros(worlds)
    for one in found:
        total[one.number] += one.weight
    return float(total.mean()), float(total.std() / np.sqrt(worlds))


def row(time: float, event: Event, entity: int = 0, by: int = 0, reason: int = 0) -> Row:
    """A row of a trace made by hand; time in minutes."""
    return Row(round(time * MINUTE), event, entity, by, reason)


def trace_of(plan: Plan, *rows: Row) -> Trace:
    """A trace made by hand."""
    return Trace(plan, list(rows))


def only(table: Mapping[str, float], **expected: float) -> dict[str, float]:
    """Those entries of a table that are not nothing, to be compared whole."""
    return {name: value for name, value in table.items() if value == value and value != 0.0} | {
        name: table[name] for name in expected
    }


def decided(evenings: Evenings, policy: str, *, stops: bool) -> Decision | None:
    """What decides a policy's figure."""
    asked = inputs(evenings.scenario, policy, stops=stops)
    found = {path: figures(evenings, policy, path, stops=stops) for path, _ in asked}
    return decide(evenings, policy, stops=stops, found=found)
