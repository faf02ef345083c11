"""A darkness whose length is a sum, by numerical integration: stages on a grid, convolved.

Shared with nothing but the distributions: no world is drawn, and no weight is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.signal import fftconvolve

from deactsim.model.compile import compile_plan
from deactsim.model.lengths import FIXED, Length, log_density, quantile
from deactsim.model.plan import Plan
from deactsim.model.states import Channel, Stage
from deactsim.scenario.load import loads
from deactsim.scenario.schema import Scenario
from deactsim.study.condition import condition
from deactsim.study.measures import MINUTE
from deactsim.study.nights import conditioned, under
from deactsim.study.proposals import length_of_stage
from deactsim.study.results import Estimate

Array = NDArray[np.float64]
NOTICE = {
    Channel.PUBLIC: Stage.PUBLIC_NOTICE,
    Channel.HOLDER: Stage.HOLDER_NOTICE,
    Channel.COLLEAGUE: Stage.COLLEAGUE_NOTICE,
}
RESPONSE = {
    "pick_up": Stage.PICK_UP,
    "find_cause": Stage.FIND_CAUSE,
    "authorise": Stage.AUTHORISE,
    "restore": Stage.RESTORE,
}


@dataclass(frozen=True)
class Chain:
    """The darkness of a plan whose responders are free: first word, then the four stages of the response.

    Densities are per minute at the middles of `cells` cells of `step` minutes.
    """

    plan: Plan
    step: float
    cells: int

    @cached_property
    def at(self) -> Array:
        """The middles of the cells, minutes."""
        return (np.arange(self.cells) + 0.5) * self.step

    def density(self, length: Length) -> Array:
        """Of a length, per minute."""
        if length.shape == FIXED:
            found = np.zeros(self.cells)
            found[min(int(length.a / MINUTE / self.step), self.cells - 1)] = 1.0 / self.step
            return found
        return np.array([math.exp(log_density(length, minutes * MINUTE)) * MINUTE for minutes in self.at])

    def summed(self, *parts: Array) -> Array:
        """The density of a sum; middles add up to half a cell more a part, which is moved back."""
        total = parts[0]
        for part in parts[1:]:
            whole = fftconvolve(total, part)[: self.cells] * self.step
            # A sum of two middles lies at the edge between two cells.
            total = np.maximum(0.5 * (whole + np.concatenate([[0.0], whole[:-1]])), 0.0)
        return total

    @cached_property
    def channels(self) -> dict[Channel, tuple[float, Array, Array]]:
        """Of each channel the chance, and the densities of its notice and of its word's arrival."""
        detection, found = self.plan.detection, dict[Channel, tuple[float, Array, Array]]()
        word = self.density(detection.word)
        if detection.public is not None:
            notice = self.density(length_of_stage(self.plan, Stage.PUBLIC_NOTICE))
            found[Channel.PUBLIC] = detection.public.chance, notice, self.summed(notice, word)
        if detection.holder is not None:
            notice = self.density(detection.holder.delay)
            found[Channel.HOLDER] = detection.holder.chance, notice, self.summed(notice, word)
        if detection.colleague is not None:
            notice = self.density(detection.colleague.delay)
            found[Channel.COLLEAGUE] = detection.colleague.chance, notice, notice
        return found

    def still_silent(self, *but: Channel) -> Array:
        """The chance that no word has come by the middle of each cell, of all channels but these."""
        silent = np.ones(self.cells)
        for channel, (chance, _, arrives) in self.channels.items():
            if channel not in but:
                # From the far end: so small a rest would be lost in one minus the others.
                later = (np.cumsum(arrives[::-1])[::-1] - 0.5 * arrives) * self.step
                silent *= 1.0 - chance + chance * (later + self.beyond[channel])
        return silent

    @cached_property
    def beyond(self) -> dict[Channel, float]:
        """The chance that a channel that notices does so after the last cell."""
        found, last = dict[Channel, float](), self.cells * self.step * MINUTE
        for channel in self.channels:
            length = length_of_stage(self.plan, NOTICE[channel])
            found[channel] = float(brentq(lambda u, of=length: quantile(of, u) - last, 1e-15, 1.0 - 1e-15))
            found[channel] = 1.0 - found[channel]
        return found

    @cached_property
    def word(self) -> Array:
        """The density of the first word's arrival."""
        return sum(
            (
                chance * arrives * self.still_silent(channel)
                for channel, (chance, _, arrives) in self.channels.items()
            ),
            start=np.zeros(self.cells),
        )

    @cached_property
    def stages(self) -> dict[str, Array]:
        """The density of each independent part: the first word, and the stages of the response."""
        return {"word": self.word} | {
            name: self.density(length_of_stage(self.plan, stage)) for name, stage in RESPONSE.items()
        }

    @cached_property
    def total(self) -> Array:
        """The density of the dark time."""
        return self.summed(*self.stages.values())

    def percentile(self, percent: float) -> float:
        """The dark time that so many of a hundred free evenings do not exceed, minutes."""
        return float(self.at[np.searchsorted(np.cumsum(self.total) * self.step, percent / 100.0)])

    def given(self, minutes: float, name: str) -> Array:
        """The distribution of a part over its cells, where the dark time is so many minutes."""
        rest = self.summed(*(each for other, each in self.stages.items() if other != name))
        place = minutes / self.step - 0.5 - np.arange(self.cells)
        joint = self.stages[name] * np.interp(place, np.arange(self.cells), rest, left=0.0)
        joint[self.at > minutes] = 0.0
        return joint / joint.sum()

    def mean(self, minutes: float, name: str, of: Callable[[Array], Array] = lambda at: at) -> float:
        """What a part, or something `of` it, comes to on average where the dark time is so many minutes."""
        return float((self.given(minutes, name) * of(self.at)).sum())


#: The record is far out: the model expects 17 minutes (90 %: 9 to 34).
FAR_OUT = """
deactsim: 1
title: Locked out for hours
zone: UTC
platform:
  commands: {lock: {undo: unlock}, unlock: {}}
  tiers: {news: {accounts: 2000, followers: 500k}}
  accounts: {"@agency": {tier: news, followers: 7.6M}}
teams:
  filter: {headcount: 1, may: {lock: [news]}}
  leads: {headcount: 4}
  on-call: {headcount: 3}
detection:
  public: {delay: "median 90 s, p90 4 min", at_followers: 40M, also: {at_followers: 400k, median: 15 min}}
  holder: {delay: "median 30 min, p90 4 h"}
  colleague: {delay: "median 20 min, p90 2 h", chance: 20%}
  word_reaches_platform: {delay: "median 60 s, p90 3 min"}
response:
  by: on-call
  pick_up: median 3 min, p90 8 min
  find_cause: median 3 min, p90 10 min
  authorise: median 1 min, p90 4 min
  restore: median 90 s, p90 5 min
  contain: median 10 min, p90 1 h
incident:
  account: "@agency"
  command: lock
  actor: {team: filter}
  at: {value: 2023-04-29T09:30:00Z, give_or_take: 2 h}
  readings: {rule: {cause: misidentified}}
  facts: {dark: {pinned: 5 h}}
baseline: as-it-was
policies:
  as-it-was: {}
  two-person: {approval: {by: {leads: 1}, review: "median 4 min, p90 15 min", catches: 90%, time_out: 4 h}}
  alert: {alert: {after: 1 min, recall: 95%, ignored: 5%}}
  preauthorised: {preauthorised_undo: {}}
  undo-button: {undo_button: {restore: 1 min}}
"""


def far_out(minutes: float) -> Scenario:
    """The same with another length of the darkness on record."""
    return loads(FAR_OUT.replace("pinned: 5 h", f"pinned: {minutes * 60:.3f} s"))


#: Four policies, and by how much each shortens a darkness of given length on average.
SHORTENED: dict[str, Callable[[Chain, float], float]] = {
    "as-it-was": lambda chain, minutes: 0.0,  # noqa: ARG005
    "preauthorised": lambda chain, minutes: (
        chain.mean(minutes, "find_cause") + chain.mean(minutes, "authorise")
    ),
    "undo-button": lambda chain, minutes: chain.mean(
        minutes, "restore", lambda at: np.maximum(at - 1.0, 0.0)
    ),
    "alert": lambda chain, minutes: (
        0.95 * 0.95 * chain.mean(minutes, "word", lambda at: np.maximum(at - 1.0, 0.0))
    ),
}


def disagreements(minutes: float, chain: Chain, worlds: int, seed: int) -> dict[str, float]:
    """z of every mean: of each part of a pinned darkness, and of what three policies would have made of it."""
    scenario = far_out(minutes)
    own = compile_plan(scenario, "as-it-was", "rule")
    found = condition(scenario, own, seed, worlds)
    nights, z = conditioned(own, found), dict[str, float]()

    def add(name: str, estimate: Estimate, truth: float) -> None:
        z[name] = (estimate.mean - truth) / max((estimate.high - estimate.low) / 3.92, 1e-9)

    for name in chain.stages:
        length = nights.column(f"stage_{name}")
        length = length + nights.column("stage_notice") if name == "word" else length
        add(name, nights.estimate(length, "min"), chain.mean(minutes, name))
    for policy, shortened in SHORTENED.items():
        other = nights if policy == "as-it-was" else under(compile_plan(scenario, policy, "rule"), found)
        saved = minutes - other.column("dark_minutes")
        if policy == "as-it-was":
            assert np.all(np.abs(saved) < 1e-4)
        else:
            add(policy, other.estimate(saved, "min"), shortened(chain, minutes))
    total = np.bincount(found.numbers, found.weights, minlength=worlds)
    density = chain.total[int(minutes / chain.step)]
    z["density"] = float((total.mean() - density) / (total.std() / np.sqrt(worlds)))
    return z
