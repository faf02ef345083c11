"""Replay: the documented night, conditioned on its record, under one policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import count, islice, product
from string import ascii_uppercase
from typing import TYPE_CHECKING

import numpy as np

from ..engines.chosen import run
from ..errors import DeactsimError, UnknownName
from ..model.compile import compile_plan
from ..model.plan import Plan
from ..model.states import Channel, plain
from ..model.streams import known_seed
from ..model.trace import Trace
from ..scenario.order import in_name_order
from ..scenario.schema import Incident, Scenario
from ..stats import weighted
from ..stats.variance_shares import variance_shares
from . import facts as record
from .condition import Conditioned, condition, condition_worlds
from .fit import fit_of
from .following import see_through
from .measures import MEASURES, STAGES, marks
from .nights import Nights, conditioned, free, summarise, under
from .provenance import basis as basis
from .results import ChannelResult, ReadingReplay, Replay, StageResult, Summary
from .warm_up import with_warm_up

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]
#: Worlds named, and tried for that, where the one asked for does not agree with the record.
NAMED, TRIED = 3, 300

_CHANNELS = {
    Channel.ALERT: "alert",
    Channel.PROBE: "probe",
    Channel.LEAVER_WATCH: "leaver watch",
    Channel.AUDIT: "audit",
    Channel.COLLEAGUE: "colleague",
    Channel.ACTOR: "the actor himself",
    Channel.PUBLIC: "public",
    Channel.HOLDER: "account holder",
}


def replay(
    scenario: Scenario,
    *,
    policy: str | None = None,
    worlds: int = 2000,
    seed: int = 1,
    progress: Progress | None = None,
) -> Replay:
    """Replay the scenario's incident in `worlds` evenings that agree with its record.

    The record is met under the scenario's own policy (`baseline`); another `policy` then
    meets the same evenings. Raises `UnknownName`, `CannotCondition`, or `DeactsimError` for a
    scenario without an incident, a policy whose effect cannot be said or a seed out of 64 bits.
    """
    policy = known_policy(scenario, policy)
    own, seed = scenario.baseline, known_seed(seed)
    ordered = with_warm_up(in_name_order(scenario))
    readings = list(_incident(ordered).readings)
    plans = {name: compile_plan(ordered, own, name) for name in readings}
    asked = {name: compile_plan(ordered, policy, name) for name in readings}
    jobs = _Jobs(ordered, seed, worlds, progress)
    jobs.total = worlds * 2 * len(set(plans.values())) + worlds * len(
        set(asked.values()) - set(plans.values())
    )
    found: list[ReadingReplay] = []
    nights: dict[str, Nights] = {}
    first_with: dict[tuple[Plan, Plan], str] = {}
    for name in readings:
        pair = (plans[name], asked[name])
        nights[name] = jobs.nights(*pair)
        found.append(
            _reading(ordered, name, nights[name], jobs.free(plans[name]), worlds, first_with.get(pair))
        )
        first_with.setdefault(pair, name)
    first, left_free = found[0], jobs.free(plans[readings[0]])
    facts = record.fact_results(scenario, nights[first.name], left_free, own=policy == own)
    return Replay(
        scenario=scenario,
        policy=policy,
        reading=first.name,
        seed=seed,
        worlds=worlds,
        effective_worlds=first.effective_worlds,
        measures=first.measures,
        free=measures(left_free),
        stages=first.stages,
        channels=first.channels,
        facts=facts,
        timeline=record.timeline(scenario, nights[first.name], facts),
        prior_percentile=first.prior_percentile,
        readings=tuple(found),
        rests_on=basis(scenario, first.stages),
        frame_of=lambda: _frame(nights),
        fit=fit_of(ordered, jobs.worlds_of(plans[readings[0]])),
    )


def known_policy(scenario: Scenario, policy: str | None) -> str:
    """The policy of that name, the scenario's own if none is asked for."""
    if policy is None:
        return scenario.baseline
    if policy not in scenario.policies:
        near = get_close_matches(policy, scenario.policies, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UnknownName(f"no policy {policy!r}: {hint}there are {', '.join(scenario.policies)}")
    return policy


def _incident(scenario: Scenario) -> Incident:
    if scenario.incident is None:
        years = "" if scenario.forecast is None else "; `deactsim forecast` says what its years bring"
        raise DeactsimError(
            f"{scenario.title!r} describes no incident, so there is nothing to replay; "
            f"add an `incident:` section (deactsim new NAME shows one){years}"
        )
    return scenario.incident


class _Jobs:
    """Runs each distinct plan once: readings with equal plans share their worlds."""

    def __init__(self, scenario: Scenario, seed: int, worlds: int, progress: Progress | None) -> None:
        self.scenario, self.seed, self.worlds = scenario, seed, worlds
        self.total, self._done, self._progress = 0, 0, progress
        self._conditioned: dict[Plan, Conditioned] = {}
        self._free: dict[Plan, Nights] = {}
        self._nights: dict[tuple[Plan, Plan], Nights] = {}

    def _step(self, _done: int, _total: int) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(min(self._done, self.total), self.total)

    def worlds_of(self, own: Plan) -> Conditioned:
        """The worlds that agree with the record under the own plan."""
        if own not in self._conditioned:
            self._conditioned[own] = condition(self.scenario, own, self.seed, self.worlds, self._step)
        return self._conditioned[own]

    def free(self, own: Plan) -> Nights:
        """The own plan's worlds without the record."""
        if own not in self._free:
            self._free[own] = free(own, self.seed, self.worlds, self._step)
        return self._free[own]

    def nights(self, own: Plan, asked: Plan) -> Nights:
        """The own plan's conditioned worlds under the plan asked for."""
        if (own, asked) not in self._nights:
            worlds = self.worlds_of(own)
            self._nights[own, asked] = (
                conditioned(own, worlds) if asked == own else under(asked, worlds, self._step)
            )
        return self._nights[own, asked]


def _reading(
    scenario: Scenario, name: str, nights: Nights, left_free: Nights, worlds: int, same_as: str | None
) -> ReadingReplay:
    label, letter = reading_names(scenario)[name]
    return ReadingReplay(
        name=name,
        label=label,
        letter=letter,
        worlds=worlds,
        effective_worlds=nights.effective,
        stopped=nights.stopped_share(),
        measures=measures(nights),
        stages=stages(nights, left_free),
        channels=_channels(nights),
        prior_percentile=prior_percentile(scenario, left_free),
        same_as=same_as,
        dark_worlds=nights.dark_worlds,
    )


def reading_names(scenario: Scenario) -> dict[str, tuple[str, str]]:
    """Label and capital letter of each reading, by name; a letter not given is the first one free.

    Where the alphabet is used up, it is two letters.
    """
    readings = _incident(in_name_order(scenario)).readings
    names: dict[str, tuple[str, str]] = {}
    taken = {reading.letter for reading in readings.values() if reading.letter}
    for name, reading in readings.items():
        letter = reading.letter
        if letter is None:
            letter = next(code for code in _codes(name) if code not in taken)
            taken.add(letter)
        names[name] = (reading.label or name.replace("_", " ").replace("-", " "), letter)
    return names


def _codes(name: str) -> Iterator[str]:
    """Letters for a reading: those of its name, then the alphabet, then AA, AB and so on."""
    yield from (letter for letter in name.upper() if letter in ascii_uppercase)
    yield from ascii_uppercase
    for length in count(2):
        yield from map("".join, product(ascii_uppercase, repeat=length))


def measures(nights: Nights) -> dict[str, Summary]:
    """The measures over the evenings that were not stopped; those that none came to are left out."""
    dark = ~nights.stopped
    found = {name: nights.summary(name, unit, dark) for name, (unit, _) in MEASURES.items()}
    return {name: summary for name, summary in found.items() if summary is not None}


def stages(nights: Nights, left_free: Nights) -> tuple[StageResult, ...]:
    """Where the dark minutes went, and what the free model's spread comes from."""
    lengths = np.column_stack([left_free.column(f"stage_{name}") for name in STAGES])
    usable = len(left_free) > 1 and not np.isnan(lengths).any()
    shares = variance_shares(lengths) if usable else None
    spread_of = (
        dict.fromkeys(STAGES, None) if shares is None else dict(zip(STAGES, shares.tolist(), strict=True))
    )
    results = []
    for name, label in STAGES.items():
        summary = nights.summary(f"stage_{name}", "min")
        if summary is not None:
            results.append(StageResult(name, label, summary, spread_of[name]))
    return tuple(results)


def _channels(nights: Nights) -> tuple[ChannelResult, ...]:
    first = nights.column("word_by")
    results = []
    for channel, label in _CHANNELS.items():
        notices = nights.summary(f"notice_{plain(channel)}", "min")
        share = weighted.mean((first == channel).astype(float), nights.weights) if len(nights) else 0.0
        if notices is None and share == 0.0:
            continue
        word = nights.column("stage_notice") + nights.column("stage_word")
        mine = (first == channel) & ~np.isnan(word)
        arrives = summarise(word[mine], nights.weights[mine], "min") if mine.any() else None
        noticed = nights.summary(f"notice_{plain(channel)}", "min", mine)
        results.append(ChannelResult(plain(channel), label, notices, arrives, share, noticed))
    return tuple(results)


def prior_percentile(scenario: Scenario, left_free: Nights) -> float | None:
    """Which percentile of the free model the documented dark minutes are.

    None without an exact record of them that is pinned or checked.
    """
    incident = _incident(scenario)
    name, minutes = record.dark_fact(incident), record.dark_minutes(incident)
    if name is None or minutes is None or record.role_of(incident.facts[name]) not in ("pinned", "checked"):
        return None
    sooner = left_free.never_less("dark_first") < minutes
    return 100.0 * weighted.mean(sooner.astype(float), left_free.weights)


def _frame(nights: dict[str, Nights]) -> pd.DataFrame:
    """One row a reading and world: weight, measures, stages and instants in minutes."""
    import pandas as pd

    parts = []
    for name, table in nights.items():
        head = {"reading": name, "world": table.clusters, "weight": table.weights}
        parts.append(pd.DataFrame(head | dict(table.columns)))
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True)
class Told:
    """One world to be told as a story; `effect_time` is when the first account went dark, if any."""

    world: int
    policy: str
    reading: str
    trace: Trace
    effect_time: int | None


def one_world(
    scenario: Scenario,
    *,
    policy: str | None = None,
    seed: int = 1,
    worlds: int = 2000,
    world: int | None = None,
) -> Told:
    """One evening that agrees with the record, under a policy; the most typical one if none is named.

    Typical is the world whose stages lie nearest their weighted medians.
    """
    policy, seed = known_policy(scenario, policy), known_seed(seed)
    scenario = with_warm_up(in_name_order(scenario))
    reading = next(iter(_incident(scenario).readings))
    own, asked = compile_plan(scenario, scenario.baseline, reading), compile_plan(scenario, policy, reading)
    if world is None:
        found = condition(scenario, own, seed, worlds)
        place = _typical(conditioned(own, found))
    else:
        found, refused = condition_worlds(scenario, own, seed, range(world, world + 1))
        if not found:
            near = _that_agree(scenario, own, seed, worlds, world)
            do = f"; {_listed(near)} {'does' if len(near) == 1 else 'do'}" if near else ""
            raise DeactsimError(
                f"world {world} of seed {seed} does not agree with the record ({', '.join(refused)})"
                f"{do}; leave the number out for a typical one"
            )
        place = 0
    alone = found.worlds_for(asked).take(slice(place, place + 1))
    ends = int(see_through(asked, alone)["ends"][0])
    trace = run(asked, replace(alone.world(0, asked.streams), end=ends))
    effects = marks(trace, ends).effects.values()
    return Told(found[place].number, policy, reading, trace, min(effects, default=None))


def _that_agree(scenario: Scenario, own: Plan, seed: int, worlds: int, world: int) -> list[str]:
    """A few worlds that agree with the record, the next ones first."""
    found: list[str] = []
    for number in islice((*range(world + 1, worlds), *range(world)), TRIED):
        agreed, _ = condition_worlds(scenario, own, seed, range(number, number + 1))
        found += [str(number)] if (agreed.weights > 0.0).any() else []
        if len(found) == NAMED:
            break
    return found


def _listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))


def _typical(nights: Nights) -> int:
    distance = np.zeros(len(nights))
    for name in STAGES:
        lengths = nights.column(f"stage_{name}")
        summary = nights.summary(f"stage_{name}", "min")
        if summary is not None and summary.p95 > summary.p05:
            distance += np.abs(np.nan_to_num(lengths) - summary.median) / (summary.p95 - summary.p05)
    distance[nights.weights <= 0.0] = np.inf
    return int(np.argmin(distance))
