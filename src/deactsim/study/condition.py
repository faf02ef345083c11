"""Conditioning: worlds weighted so that they agree with what is documented.

That the action took effect is always one of the facts. A pinned fact names the instant at
which a stage must end. The engine ends the stage there, and the world is weighted by the
density of the stage's length having been just that: exact, in one pass, for several facts
at once (docs/model.md, section Replay).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..engines.seen import Array, Seen
from ..errors import CannotCondition
from ..model import rules
from ..model.lengths import FIXED, Length, log_density, scaled
from ..model.plan import Plan, StreamPlan
from ..model.states import Channel, Route, Stage, plain
from ..model.streams import world_key
from ..model.world import Pin, World
from ..scenario.schema import Scenario
from .background import see_incidents
from .measures import Marks, marks_in

Progress = Callable[[int, int], None]
#: Logarithms of densities beyond which the exponential is no longer trusted.
FAR = 500.0
#: Worlds that are run at once, between one sign of progress and the next.
AT_ONCE = 500


@dataclass(frozen=True)
class Weighted:
    """A world that agrees with the record, and how much it counts.

    `number` is the world's: strata of one world share their background. It is the evening in `row` of
    `seen`: of the run of the `own` plan that met the record.
    """

    number: int
    world: World
    weight: float
    seen: Seen
    row: int
    own: Plan

    @property
    def marks(self) -> Marks:
        """The marks of that run."""
        assert self.own.incident is not None  # noqa: S101 - replays are of incidents
        return marks_in(self.seen, self.row, self.own.incident.id)

    def world_for(self, plan: Plan) -> World:
        """The world as another plan meets it.

        The record's lengths come along, but for that of a watchdog that is another one there.
        """
        before, now = self.own.safeguards.automatic_restore, plan.safeguards.automatic_restore
        if Stage.AUTOMATIC not in self.world.lengths or now is None or before is None:
            return self.world
        if now.after == before.after:
            return self.world
        kept = dict(self.world.lengths)
        del kept[Stage.AUTOMATIC]
        return replace(self.world, lengths=kept)


def new_world(plan: Plan, seed: int, number: int) -> World:
    """World `number` of a seed, long enough for the plan's incident.

    Worlds of one seed over the same reports share what routine was drawn for them, however
    the rest of their scenarios differs.
    """
    incident = plan.incident
    assert incident is not None  # noqa: S101 - replays are of incidents
    start = incident.at - incident.give_or_take - incident.warm_up
    end = incident.at + incident.give_or_take + incident.follow
    return _world(plan.streams, seed, number, start, end)


@lru_cache(maxsize=20_000)
def _world(streams: tuple[StreamPlan, ...], seed: int, number: int, start: int, end: int) -> World:  # noqa: ARG001
    """One world object for one set of reports: what is drawn for it is drawn once."""
    return World(key=world_key(seed, number), start=start, end=end)


def pins(scenario: Scenario, plan: Plan) -> list[dict[Stage, Pin]]:
    """The strata of a scenario's pinned facts: for each way the record can have come about,
    the stages to pin. Without pinned facts one stratum without pins.

    Raises `CannotCondition` for what cannot be pinned, with the reason and what would do.
    """
    assert scenario.incident is not None  # noqa: S101 - replays are of incidents
    common: dict[Stage, Pin] = {}
    routes: list[dict[Stage, Pin]] = [{}]
    for name, fact in scenario.incident.facts.items():
        if fact.pinned is None:
            continue
        of = fact.of or ""
        pin = Pin(int(fact.pinned.value), fact.pinned.kind == "duration")
        if of in ("dark", "visible"):
            if len(routes) > 1 or routes[0]:
                raise CannotCondition(f"facts.{name}: the end of the darkness is pinned twice")
            routes = _routes(plan, pin)
        elif of in _SIMPLE:
            if _SIMPLE[of] in common:
                raise CannotCondition(f"facts.{name}: {of} is pinned twice")
            if of == "contained" and len(plan.incident.acts if plan.incident else ()) > 1:
                raise CannotCondition(
                    f"facts.{name}: contained cannot be pinned where the actor acts more than once, because the "
                    "first response to find the cause contains him; make it `checked`"
                )
            if not _length(plan, _SIMPLE[of]).has_density:
                raise CannotCondition(
                    f"facts.{name}: cannot pin {of}, because its length is fixed or jumps; "
                    "give it a distribution with a spread"
                )
            common[_SIMPLE[of]] = pin
        else:
            raise CannotCondition(f"facts.{name}: {of} cannot be pinned, because it {_NO_STAGE[of]}")
    return [common | route for route in routes]


#: Facts that are the end of one stage, whatever the route.
_SIMPLE = {
    "public_notice": Stage.PUBLIC_NOTICE,
    "contained": Stage.CONTAIN,
    "first_statement": Stage.FIRST_STATEMENT,
    "second_statement": Stage.SECOND_STATEMENT,
    "audience_whole": Stage.AUDIENCE_WHOLE,
}


_NO_STAGE = {
    "detected": "is a race and not one stage; make it `checked`, or pin public_notice",
    "took_effect": "is an input; state it in incident.at and make the fact `given`",
    "content_lost": "follows from the dark time; make it `checked`",
}


def _routes(plan: Plan, pin: Pin) -> list[dict[Stage, Pin]]:
    """The ways the account can have become visible at the pin."""
    given = plan.safeguards
    routes: list[dict[Stage, Pin]] = []
    if given.undo_button is not None or given.quick_pick_up is not None:
        raise CannotCondition(
            "the end of the darkness cannot be pinned while the scenario's own policy has undo_button or "
            "a quicker on_call: give response.restore or response.pick_up the length they make of it"
        )
    later = 0
    for stage in (Stage.RESTORE, Stage.AUTHORISE, Stage.FIND_CAUSE, Stage.PICK_UP):
        length = _length(plan, stage)
        if length.has_density:
            routes.append({stage: Pin(pin.time - later, pin.after_effect)})
            break
        if length.shape != FIXED:
            break
        if given.preauthorised_undo is not None or given.approval is not None:
            break  # what comes after the stage may be skipped or queued: its end is not known
        later += round(length.a)
    watchdog, actor = given.automatic_restore, plan.detection.actor
    if watchdog is not None and _rival(watchdog.after, pin, "automatic_restore.after"):
        routes.append({Stage.AUTOMATIC: pin})
    undoes = plan.detection.actor_undoes and plan.incident is not None and plan.incident.actor_notices
    if undoes and actor is not None and _rival(actor.delay, pin, "detection.actor.delay"):
        routes.append({Stage.ACTOR_UNDOES: pin})
    if not routes:
        raise CannotCondition(
            "the end of the darkness cannot be pinned: response.restore has no spread, and neither has the stage "
            "before it, or a queue comes between; give response.restore a spread"
        )
    return routes


def _rival(length: Length, pin: Pin, path: str) -> bool:
    """Whether another route can end the darkness at the pin, with a density there.

    One that ends it just then with a chance of its own would outweigh every density.
    """
    if length.has_density:
        return True
    if length.shape != FIXED or (pin.after_effect and round(length.a) == pin.time):
        raise CannotCondition(
            f"the end of the darkness cannot be pinned: {path} is fixed there or jumps; give it a spread"
        )
    return False


_ROUTE_OF = {Stage.AUTOMATIC: Route.AUTOMATIC, Stage.ACTOR_UNDOES: Route.ACTOR}
_ENDS_DARKNESS = {
    Stage.RESTORE,
    Stage.AUTHORISE,
    Stage.FIND_CAUSE,
    Stage.PICK_UP,
    Stage.AUTOMATIC,
    Stage.ACTOR_UNDOES,
}


def _length(plan: Plan, stage: Stage) -> Length:
    """The distribution of a stage's length."""
    response, detection, given = plan.response, plan.detection, plan.safeguards
    if stage is Stage.PUBLIC_NOTICE and detection.public is not None and plan.incident is not None:
        followers = plan.incident.acts[0].followers
        factor = rules.public_factor(followers, detection.public_at, detection.public_slope)
        return scaled(detection.public.delay, factor)
    if stage is Stage.AUTOMATIC and given.automatic_restore is not None:
        return given.automatic_restore.after
    if stage is Stage.ACTOR_UNDOES and detection.actor is not None:
        return detection.actor.delay
    length = getattr(response, plain(stage), None)
    if length is None:
        raise CannotCondition(f"{plain(stage)} is pinned, but the scenario does not say how long it takes")
    assert isinstance(length, Length)  # noqa: S101 - every stage's length is one
    return length


def condition(
    scenario: Scenario, plan: Plan, seed: int, worlds: int, progress: Progress | None = None
) -> list[Weighted]:
    """The worlds of a seed that agree with the pinned facts, weighted.

    Raises `CannotCondition` if none does, and says what went wrong how often.
    """
    found, refused = condition_worlds(scenario, plan, seed, range(worlds), progress)
    if not any(one.weight > 0.0 for one in found):
        reasons = "; ".join(f"{why} ({count})" for why, count in refused.most_common())
        raise CannotCondition(
            f"no world of {worlds} agrees with the record: {reasons or 'the density there is zero'}. "
            "Widen the assumed lengths before the pinned stage, pin fewer facts, or see why the scenario's "
            "own policy stops an action that happened"
        )
    return found


def condition_worlds(
    scenario: Scenario, plan: Plan, seed: int, numbers: Sequence[int], progress: Progress | None = None
) -> tuple[list[Weighted], Counter[str]]:
    """Those of the numbered worlds that agree with the record, and why the others do not."""
    strata = pins(scenario, plan)
    parts: list[list[Weighted]] = []
    refused: Counter[str] = Counter()
    for begin in range(0, len(numbers), AT_ONCE):
        some = numbers[begin : begin + AT_ONCE]
        worlds = [new_world(plan, seed, number) for number in some]
        by_stratum = [_agreeing(plan, stratum, some, worlds, refused) for stratum in strata]
        tell(progress, begin, len(some), len(numbers))
        # Strata of one world stand beside each other.
        parts.append([one for found in zip(*by_stratum, strict=True) for one in found if one is not None])
    found = [one for part in parts for one in part]
    # Only ratios of weights count: where the density itself would be lost to underflow, or
    # overflow, the heaviest is given the weight 1.
    most = max((one.weight for one in found), default=0.0)
    shift = most if abs(most) > FAR else 0.0
    return [replace(one, weight=math.exp(one.weight - shift)) for one in found], refused


def tell(progress: Progress | None, begin: int, some: int, of: int) -> None:
    """Tell of worlds that were run at once, one by one."""
    if progress is not None:
        for number in range(begin, begin + some):
            progress(number, of)


def _agreeing(
    plan: Plan,
    stratum: Mapping[Stage, Pin],
    numbers: Sequence[int],
    worlds: Sequence[World],
    refused: Counter[str],
) -> list[Weighted | None]:
    """Each world as it meets the record in one way, its weight a logarithm; None for those that do not."""
    seen = see_incidents(plan, [replace(world, pins=stratum) for world in worlds])
    spans = {stage: [times.tolist() for times in _stage(stage, seen)] for stage in stratum}
    missed, held, effect, routes = (seen[name].tolist() for name in ("missed", "held", "effect", "route"))
    found: list[Weighted | None] = []
    for row, (number, world) in enumerate(zip(numbers, worlds, strict=True)):
        given = {stage: (begins[row], ends[row]) for stage, (begins, ends) in spans.items()}
        log_weight, why = _log_weight(plan, stratum, given, missed[row], held[row], effect[row], routes[row])
        if why:
            refused[why] += 1
            found.append(None)
            continue
        lengths = {stage: ends - begins for stage, (begins, ends) in given.items()}
        found.append(Weighted(number, replace(world, lengths=lengths), log_weight, seen, row, plan))
    return found


def _log_weight(
    plan: Plan,
    stratum: Mapping[Stage, Pin],
    spans: Mapping[Stage, tuple[int, int]],
    missed: int,
    held: int,
    effect: int,
    route: int,
) -> tuple[float, str]:
    """The logarithm of a world's weight, or why it has none.

    `spans` are when each pinned stage began and ended; -1 is what did not come to pass.
    """
    if missed:
        return -math.inf, f"{plain(Stage(missed))} began after its pinned end"
    if held:
        return -math.inf, "an action still waits at the end of the simulated time: raise incident.follow"
    if effect < 0:
        return -math.inf, "the action was stopped under the scenario's own policy"
    total = 0.0
    for stage, pin in stratum.items():
        begins, ends = spans[stage]
        if stage in _ENDS_DARKNESS and route >= 0 and route != _ROUTE_OF.get(stage, Route.RESPONSE):
            return -math.inf, "the darkness ended first by another route"
        if begins < 0 or ends < 0:
            return -math.inf, f"{plain(stage)} did not come to pass"
        if ends != pin.time + (effect if pin.after_effect else 0):
            return -math.inf, f"{plain(stage)} was over before its pinned end"
        density = log_density(_length(plan, stage), float(ends - begins))
        if density == -math.inf:
            return -math.inf, f"{plain(stage)} cannot take that long"
        # Per minute rather than per microsecond.
        total += density + math.log(60e6)
    return total, ""


def _stage(stage: Stage, seen: Seen) -> tuple[Array, Array]:
    """When a stage of the record began and ended in each evening."""
    undo_known = np.where(seen["authorised"] >= 0, seen["authorised"], seen["picked_up"])
    return {
        Stage.PUBLIC_NOTICE: (seen["effect"], seen.noticed[:, Channel.PUBLIC - 1]),
        Stage.PICK_UP: (seen["taken"], seen["picked_up"]),
        Stage.FIND_CAUSE: (seen["picked_up"], seen["cause_found"]),
        Stage.AUTHORISE: (seen["cause_found"], seen["authorised"]),
        Stage.RESTORE: (undo_known, seen["visible"]),
        Stage.AUTOMATIC: (seen["effect"], seen["visible"]),
        Stage.ACTOR_UNDOES: (seen["effect"], seen["visible"]),
        Stage.CONTAIN: (seen["cause_found"], seen["contained"]),
        Stage.FIRST_STATEMENT: (seen["word"], seen["first_statement"]),
        Stage.SECOND_STATEMENT: (seen["first_statement"], seen["second_statement"]),
        Stage.AUDIENCE_WHOLE: (seen["visible"], seen["audience_whole"]),
    }[stage]
