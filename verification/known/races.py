"""Channels that race to notice: winners and the first notice against closed forms.

All delays are exponential. Where every channel is sure to notice, channel i wins with chance r_i / R and the
first notice is exponential with rate R. Where each notices only with a chance, the same holds for every set of
channels that happen to run. Word of the public and of the holder has a second exponential leg.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import integrate, stats

from deactsim.engines.chosen import run
from deactsim.model.compile import compile_plan
from deactsim.model.states import Channel, Event
from deactsim.scenario.load import loads

from .check import QUANTILES, Check, falls_to, fits, mean, quantile, share
from .worlds import MINUTE, world_of

PART = "A race of channels"

#: Mean delay of each channel in minutes, and its chance where channels may fail to notice.
CHANNELS = {
    Channel.ALERT: (40.0, 0.35),
    Channel.LEAVER_WATCH: (25.0, 0.5),
    Channel.COLLEAGUE: (20.0, 0.4),
    Channel.ACTOR: (15.0, 0.3),
    Channel.PUBLIC: (10.0, 0.25),
    Channel.HOLDER: (30.0, 0.45),
}
WORD = 6.0

TEXT = """
deactsim: 1
title: A race of channels
zone: UTC
platform:
  commands: {{deactivate: {{undo: restore}}, restore: {{}}}}
  tiers: {{vip: {{accounts: 5}}}}
  accounts: {{"@a": {{tier: vip, followers: 1M}}}}
teams:
  support: {{headcount: 2, may: {{deactivate: [vip]}}}}
  oncall:  {{headcount: 1}}
detection:
  public:    {{delay: exponential mean {PUBLIC} min, chance: {PUBLIC_CHANCE}, at_followers: 1M}}
  holder:    {{delay: exponential mean {HOLDER} min, chance: {HOLDER_CHANCE}}}
  colleague: {{delay: exponential mean {COLLEAGUE} min, chance: {COLLEAGUE_CHANCE}}}
  actor:     {{delay: exponential mean {ACTOR} min, chance: {ACTOR_CHANCE}}}
  word_reaches_platform: {{delay: exponential mean {WORD} min}}
response: {{by: oncall, pick_up: 1 min, find_cause: 1 min, authorise: 1 min, restore: 1 min, contain: 0 s}}
incident:
  account: "@a"
  command: deactivate
  actor: {{team: support, leaves: {{after_act: 1 h}}}}
  at: 2024-01-01T12:00:00Z
  warm_up: 0 s
  follow: 60 days
  readings: {{mistaken: {{cause: misidentified}}}}
baseline: plain
policies:
  plain:
    alert:        {{after: exponential mean {ALERT} min, recall: {ALERT_CHANCE}}}
    leaver_watch:
      before_last_shift: 1 day
      after: exponential mean {LEAVER_WATCH} min
      recall: {LEAVER_WATCH_CHANCE}
"""


@dataclass(frozen=True, slots=True)
class Race:
    """Who won in each world (0: nobody) and after how many minutes; and the same of word."""

    first: np.ndarray
    minutes: np.ndarray
    word: np.ndarray
    word_minutes: np.ndarray


def simulate(certain: bool, worlds: int, seed: int = 2) -> Race:
    """Run the race in so many worlds."""
    given = {channel.name: f"{delay:g}" for channel, (delay, _) in CHANNELS.items()}
    given |= {f"{channel.name}_CHANCE": "100%" if certain else str(p) for channel, (_, p) in CHANNELS.items()}
    plan = compile_plan(loads(TEXT.format(WORD=f"{WORD:g}", **given)), "plain", "mistaken")
    found = np.zeros((worlds, 2), int), np.full((worlds, 2), math.inf)
    for number in range(worlds):
        trace = run(plan, world_of(plan, seed + certain, number))
        effect = 0
        for time, event, _, by, _ in trace.rows:
            place = {Event.NOTICED: 0, Event.WORD_ARRIVES: 1}.get(Event(event))
            if event == Event.TOOK_EFFECT:
                effect = time
            elif place is not None and found[0][number, place] == 0:
                found[0][number, place], found[1][number, place] = by, (time - effect) / MINUTE
    (first, word), (minutes, word_minutes) = found[0].T, found[1].T
    return Race(first, minutes, word, word_minutes)


def job(_: object, given: tuple[bool, int]) -> Race:
    """One race, for a worker."""
    return simulate(*given)


def winners(chances: Mapping[Channel, float]) -> dict[Channel | int, float]:
    """Who notices first with what chance, over all sets of channels that may run; 0 is nobody."""
    found: dict[Channel | int, float] = dict.fromkeys([0, *CHANNELS], 0.0)
    for running in itertools.product((False, True), repeat=len(CHANNELS)):
        weight = math.prod(
            chances[c] if on else 1.0 - chances[c] for c, on in zip(CHANNELS, running, strict=True)
        )
        rates = {c: 1.0 / CHANNELS[c][0] for c, on in zip(CHANNELS, running, strict=True) if on}
        for channel, rate in rates.items():
            found[channel] += weight * rate / sum(rates.values())
        if not rates:
            found[0] += weight
    return found


def not_yet(chances: Mapping[Channel, float], minutes: float) -> float:
    """The chance that nobody has noticed after so many minutes."""
    return math.prod(1.0 - chances[c] * -math.expm1(-minutes / CHANNELS[c][0]) for c in CHANNELS)


def no_word(channel: Channel, chance: float, minutes: float) -> float:
    """The chance that a channel has brought no word after so many minutes."""
    delay = CHANNELS[channel][0]
    left = math.exp(-minutes / delay)
    if channel in (Channel.PUBLIC, Channel.HOLDER):  # two legs, one after the other
        left = (delay * left - WORD * math.exp(-minutes / WORD)) / (delay - WORD)
    return 1.0 - chance * (1.0 - left)


def word_by(channel: Channel, chances: Mapping[Channel, float]) -> float:
    """The chance that a channel is the first to bring word: its density while all others are silent."""

    def silent(minutes: float) -> float:
        others = (no_word(c, chances[c], minutes) for c in CHANNELS if c is not channel)
        step = 1e-4
        density = (
            no_word(channel, chances[channel], max(0.0, minutes - step))
            - no_word(channel, chances[channel], minutes + step)
        ) / (step + min(step, minutes))
        return density * math.prod(others)

    return float(integrate.quad(silent, 0.0, 2_000.0, limit=500, points=(1.0, 10.0, 100.0))[0])


def checks_of(race: Race, certain: bool) -> list[Check]:
    """One race against its closed forms."""
    chances = {c: 1.0 if certain else p for c, (_, p) in CHANNELS.items()}
    name = "all notice" if certain else "each notices with a chance"
    worlds = race.first.size
    theory = winners(chances)
    found = [
        share(PART, f"{name}: first by {_said(channel)}", p, int((race.first == channel).sum()), worlds)
        for channel, p in theory.items()
        if channel or not certain
    ]
    seen = np.sort(race.minutes[np.isfinite(race.minutes)])
    nobody = not_yet(chances, 1e9)

    def among(minutes: float) -> float:
        return (not_yet(chances, minutes) - nobody) / (1.0 - nobody)

    expected = float(integrate.quad(among, 0.0, 5_000.0, limit=500, points=(1.0, 10.0, 100.0))[0])
    found.append(mean(PART, f"{name}: mean of the first notice (min)", expected, seen))
    found += [
        quantile(PART, f"{name}: {100 * p:g} % have noticed by (min)", p, falls_to(among, 1.0 - p), seen)
        for p in QUANTILES
    ]
    test = stats.kstest(seen, lambda x: 1.0 - np.array([among(one) for one in np.atleast_1d(x)]))
    found.append(fits(PART, f"{name}: the whole distribution (Kolmogorov)", test.pvalue, test.statistic, 0.0))
    found += [
        share(PART, f"{name}: word by {_said(c)}", word_by(c, chances), int((race.word == c).sum()), worlds)
        for c in CHANNELS
    ]
    return found


def _said(channel: Channel | int) -> str:
    return Channel(channel).name.lower() if channel else "nobody"


def all_races(scale: float) -> Sequence[tuple[bool, int]]:
    """Both races, with their numbers of worlds."""
    return [(certain, round(12_000 * scale)) for certain in (True, False)]
