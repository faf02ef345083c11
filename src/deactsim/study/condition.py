"""Conditioning: worlds weighted so that they agree with what is documented.

That the action took effect is always one of the facts. A pinned fact names the instant at
which a stage must end. The engine ends the stage there, and the world is weighted by the
density of the stage's length having been just that: exact, in one pass, for several facts
at once (docs/model.md, section Replay). The end of the darkness is left to each of its stages in turn (`proposals`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ..engines.seen import Array, Seen
from ..errors import CannotCondition
from ..model.lengths import FIXED, Length, log_density
from ..model.plan import Plan
from ..model.states import Route, Stage, plain
from ..model.streams import world_keys
from ..model.world import Pin, World
from ..model.worlds import Worlds
from ..scenario.schema import Scenario
from .following import first_end, see_through
from .further import uncontained
from .measures import Marks, marks_in
from .proposals import CHAIN, LOG_MINUTE, Mixture, NoLength, length_of_stage, mixture_of, span_of, undo_waits

Progress = Callable[[int, int], None]
#: Logarithms of densities beyond which the exponential is no longer trusted.
FAR = 500.0
#: Worlds that are run at once, between one sign of progress and the next.
AT_ONCE = 500


@dataclass(frozen=True)
class Weighted:
    """A world that agrees with the record: how much it counts, and how it met the record.

    `number` is the world's: strata of one world share their background.
    """

    number: int
    world: World
    weight: float
    marks: Marks


@dataclass(frozen=True)
class Conditioned(Sequence[Weighted]):
    """The worlds that agree with the record, as columns: strata of one world stand beside each other.

    `numbers` and `weights` are (worlds,); `seen` is the run of the `own` plan that met the record.
    """

    own: Plan
    numbers: NDArray[np.int64]
    worlds: Worlds
    weights: NDArray[np.float64]
    seen: Seen

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> Weighted: ...
    @overload
    def __getitem__(self, place: slice) -> Conditioned: ...
    def __getitem__(self, place: int | slice) -> Weighted | Conditioned:
        if isinstance(place, slice):
            return self.take(place)
        place = range(len(self))[place]
        assert self.own.incident is not None  # noqa: S101 - replays are of incidents
        return Weighted(
            number=int(self.numbers[place]),
            world=self.worlds.world(place, self.own.streams),
            weight=float(self.weights[place]),
            marks=marks_in(self.seen, place, self.own.incident.id),
        )

    def take(self, places: NDArray[np.int64] | slice) -> Conditioned:
        """Some of them."""
        return Conditioned(
            self.own,
            self.numbers[places],
            self.worlds.take(places),
            self.weights[places],
            self.seen.take(places),
        )

    def worlds_for(self, plan: Plan) -> Worlds:
        """The worlds as another plan meets them.

        The record's lengths come along, but for that of a watchdog that is another one there.
        """
        before, now = self.own.safeguards.automatic_restore, plan.safeguards.automatic_restore
        lengths = self.worlds.lengths
        if Stage.AUTOMATIC not in lengths or now is None or before is None or now.after == before.after:
            return self.worlds
        return replace(self.worlds, lengths={s: took for s, took in lengths.items() if s != Stage.AUTOMATIC})


def new_worlds(plan: Plan, seed: int, numbers: Sequence[int]) -> Worlds:
    """Worlds of a seed by number, long enough for most of what the plan's incident brings.

    Worlds of one seed over the same reports share what routine was drawn for them, however
    the rest of their scenarios differs.
    """
    incident = plan.incident
    assert incident is not None  # noqa: S101 - replays are of incidents
    start = incident.at - incident.give_or_take - incident.warm_up
    return Worlds(world_keys(seed, numbers), start, first_end(incident))


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
    for stage in reversed(CHAIN):
        length = _length(plan, stage)
        if length.has_density:
            routes.append({stage: Pin(pin.time - later, pin.after_effect)})
            break
        if length.shape != FIXED:
            break
        if given.preauthorised_undo is not None or undo_waits(plan):
            break  # what comes after the stage may be skipped or queued: its end is not known
        later += round(length.a)
    watchdog, actor = given.automatic_restore, plan.detection.actor
    if watchdog is not None and _rival(watchdog.after, pin, "automatic_restore.after"):
        routes.append({Stage.AUTOMATIC: pin})
    undoes = plan.detection.actor_undoes and plan.incident is not None and plan.incident.actor_notices
    if undoes and _own_undo_asks(plan):
        raise CannotCondition(
            "the end of the darkness cannot be pinned while the actor's own undo waits for approval under the "
            "scenario's own policy: set detection.actor.undoes to false, or leave the undo out of "
            "approval.commands there"
        )
    if undoes and actor is not None and _rival(actor.delay, pin, "detection.actor.delay"):
        routes.append({Stage.ACTOR_UNDOES: pin})
    if not routes:
        raise CannotCondition(
            "the end of the darkness cannot be pinned: response.restore has no spread, and neither has the stage "
            "before it, or a queue comes between; give response.restore a spread"
        )
    return routes


def _own_undo_asks(plan: Plan) -> bool:
    """Whether approval is meant to cover the undo by the incident's actor of his own act."""
    incident, given = plan.incident, plan.safeguards.approval
    if incident is None or given is None:
        return False
    undo, act, team = plan.command(incident.command).undo, incident.acts[0], plan.teams[incident.team].name
    return bool(undo) and given.control.reaches(act.account, act.tier, undo, team, incident.tool)


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


def _length(plan: Plan, stage: Stage) -> Length:
    """The distribution of a stage's length."""
    try:
        return length_of_stage(plan, stage)
    except NoLength:
        message = f"{plain(stage)} is pinned, but the scenario does not say how long it takes"
        raise CannotCondition(message) from None


def condition(
    scenario: Scenario, plan: Plan, seed: int, worlds: int, progress: Progress | None = None
) -> Conditioned:
    """The worlds of a seed that agree with the pinned facts, weighted.

    Raises `CannotCondition` if none does, and says what went wrong how often.
    """
    found, refused = condition_worlds(scenario, plan, seed, range(worlds), progress)
    if not (found.weights > 0.0).any():
        reasons = "; ".join(f"{why} ({count})" for why, count in refused.most_common())
        raise CannotCondition(
            f"no world of {worlds} agrees with the record: {reasons or 'the density there is zero'}. "
            "Widen the assumed lengths before the pinned stage, pin fewer facts, or see why the scenario's "
            "own policy stops an action that happened"
        )
    return found


def condition_worlds(
    scenario: Scenario, plan: Plan, seed: int, numbers: Sequence[int], progress: Progress | None = None
) -> tuple[Conditioned, Counter[str]]:
    """Those of the numbered worlds that agree with the record, and why the others do not."""
    strata, named = pins(scenario, plan), np.asarray(numbers, dtype=np.int64)
    worlds, refused = new_worlds(plan, seed, numbers), Counter[str]()
    parts: list[list[_Stratum]] = [[] for _ in strata]
    for begin, some in zip(range(0, len(worlds), AT_ONCE), at_once(worlds, progress), strict=True):
        for found, stratum in zip(parts, strata, strict=True):
            found.append(_agreeing(plan, stratum, some, named[begin : begin + AT_ONCE], refused))
    met = [_Stratum.joined(found) for found in parts]
    # Strata of one world stand beside each other.
    place, of = np.nonzero(np.stack([found.agrees for found in met], axis=1))
    rows = of * len(worlds) + place
    logs = np.concatenate([found.log_weights for found in met])[rows]
    # Only ratios of weights count: where the density itself would be lost to underflow, or
    # overflow, the heaviest is given the weight 1.
    most = float(logs.max()) if logs.size else 0.0
    shift = most if abs(most) > FAR else 0.0
    stages = {stage for found in met for stage in found.lengths}
    lengths = {
        stage: np.concatenate([found.lengths.get(stage, found.none) for found in met])[rows]
        for stage in sorted(stages)
    }
    agreeing = Conditioned(
        own=plan,
        numbers=named[place],
        worlds=replace(worlds.take(place), lengths=lengths),
        weights=np.array([math.exp(log - shift) for log in logs.tolist()]),
        seen=Seen.joined([found.seen for found in met]).take(rows),
    )
    return agreeing, refused


def at_once(worlds: Worlds, progress: Progress | None) -> Iterator[Worlds]:
    """The worlds, as many as are run at once after one another; told of one by one when they were."""
    for begin in range(0, len(worlds), AT_ONCE):
        # All of them are the very same, and what was made of them is found again.
        some = worlds if len(worlds) <= AT_ONCE else worlds.take(slice(begin, begin + AT_ONCE))
        yield some
        if progress is not None:
            for number in range(begin, begin + len(some)):
                progress(number, len(worlds))


@dataclass(frozen=True)
class _Stratum:
    """Worlds as they meet the record in one way, (worlds,): their weights, and what the pinned stages took.

    The logarithm of a weight is -inf in a world that does not agree.
    """

    log_weights: NDArray[np.float64]
    lengths: Mapping[Stage, Array]
    seen: Seen

    @property
    def agrees(self) -> NDArray[np.bool_]:
        """Which worlds agree with the record."""
        return self.log_weights > -math.inf

    @property
    def none(self) -> Array:
        """The lengths of a stage that is not of this stratum."""
        return np.full(len(self.log_weights), -1)

    @classmethod
    def joined(cls, parts: Sequence[_Stratum]) -> _Stratum:
        """One after another."""
        return cls(
            np.concatenate([part.log_weights for part in parts]),
            {s: np.concatenate([part.lengths[s] for part in parts]) for s in parts[0].lengths},
            Seen.joined([part.seen for part in parts]),
        )


def _agreeing(
    plan: Plan,
    stratum: Mapping[Stage, Pin],
    worlds: Worlds,
    numbers: NDArray[np.int64],
    refused: Counter[str],
) -> _Stratum:
    """Worlds as they meet the record in one way; why others do not is counted in `refused`."""
    mixture = mixture_of(plan, stratum)
    if mixture is None:
        worlds = replace(worlds, pins=stratum)
    else:
        stratum = {stage: pin for stage, pin in stratum.items() if stage not in CHAIN}
        worlds = replace(worlds, pins=stratum, own_pins=mixture.pins(worlds, numbers))
    log_chance, lengths = np.zeros(len(worlds)), dict[Stage, Array]()
    if plan.incident is not None and len(plan.incident.acts) > 1:
        late = uncontained(plan, worlds)
        worlds, log_chance = late.worlds, late.log_chance
        lengths |= worlds.lengths
    seen = see_through(plan, worlds)
    log_weights, why_not = _log_weights(plan, stratum, seen, mixture, numbers, log_chance)
    refused.update(why_not)
    spans = {stage: span_of(stage, seen) for stage in stratum}
    lengths |= {stage: ends - begins for stage, (begins, ends) in spans.items()}
    return _Stratum(log_weights, lengths | (mixture.lengths(seen, numbers) if mixture else {}), seen)


def _log_weights(
    plan: Plan,
    stratum: Mapping[Stage, Pin],
    seen: Seen,
    mixture: Mixture | None,
    numbers: NDArray[np.int64],
    log_chance: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], Counter[str]]:
    """The logarithm of each world's weight, (worlds,); why others have none, of which it is -inf.

    The stages of the `stratum` are pinned, and so is the end of the darkness where there is a `mixture`. The
    `log_chance` is of the actor not being contained before the last act, (worlds,).
    """
    total, why_not = np.zeros(len(seen)), Counter[str]()
    missed, effect, route = seen["missed"], seen["effect"], seen["route"]

    def refuse(where: NDArray[np.bool_], why: str) -> None:
        # What is refused for one reason is not asked for the next.
        found = where & (total > -math.inf)
        if found.any():
            total[found] = -math.inf
            why_not[why] += int(found.sum())

    def by_another(mine: Route) -> None:
        refuse((route >= 0) & (route != mine), "the darkness ended first by another route")

    for stage in sorted(set(missed[missed > 0].tolist())):
        late = f"{plain(Stage(stage))} began after its pinned end"
        refuse(
            missed == stage,
            late if stage in stratum else "the other stages alone took longer than the record",
        )
    refuse(seen["held"] > 0, "an action still waits for people a month after it was to take effect")
    refuse(effect < 0, "the action was stopped under the scenario's own policy")
    log_chance = np.zeros(len(seen)) if log_chance is None else log_chance
    refuse(log_chance == -math.inf, "containing the actor cannot take as long as his acts on record")
    refuse(seen.effects.min(axis=1) < 0, "not all acts on record took effect under the scenario's own policy")
    total += np.where(total > -math.inf, log_chance, 0.0)
    for stage, pin in stratum.items():
        begins, ends = span_of(stage, seen)
        if stage in _ROUTE_OF:
            by_another(_ROUTE_OF[stage])
        refuse((begins < 0) | (ends < 0), f"{plain(stage)} did not come to pass")
        refuse(ends != _pinned_end(pin, effect), f"{plain(stage)} was over before its pinned end")
        length, density = _length(plan, stage), np.zeros(len(total))
        agrees = total > -math.inf
        density[agrees] = [
            log_density(length, took) + LOG_MINUTE for took in (ends - begins)[agrees].astype(float).tolist()
        ]
        refuse(density == -math.inf, f"{plain(stage)} cannot take that long")
        total += np.where(total > -math.inf, density, 0.0)
    if mixture is not None:
        by_another(Route.RESPONSE)
        reached = mixture.reached(seen)
        on_its_way = reached[mixture.made_by(numbers), np.arange(len(seen))]
        on_its_way &= seen["visible"] == _pinned_end(mixture.end, effect)
        refuse(~on_its_way, "the stage left to take the rest had no part in the end of the darkness")
        weights = mixture.log_weights(seen, reached & (total > -math.inf))
        refuse(weights == -math.inf, "no stage can take as long as the others leave of the record")
        total += np.where(total > -math.inf, weights, 0.0)
    return total, why_not


def _pinned_end(pin: Pin, effect: Array) -> Array:
    """When a pinned stage has to end in each world."""
    return effect + pin.time if pin.after_effect else np.full(len(effect), pin.time)
