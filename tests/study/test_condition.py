"""Conditioning against rejection: worlds weighted by a density, and worlds that happen to agree.

Both must describe the same evenings: their waits and stages, how often the record comes
about at all, and what another policy would have done. Nothing but the model is shared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import pytest
from scipy.signal import fftconvolve

from deactsim.errors import CannotCondition
from deactsim.model.compile import compile_plan
from deactsim.model.lengths import Length, log_density
from deactsim.model.plan import Plan
from deactsim.model.states import Route, Stage
from deactsim.scenario.schema import Scenario
from deactsim.study.condition import Weighted, condition, condition_worlds, pins
from deactsim.study.measures import MINUTE, STAGES, Marks
from deactsim.study.nights import Nights, conditioned, under
from tests.study.small import SECTIONS, dark_within, evidence, rejected, scores, small

FAR = 4.0  # standard errors; a wrong weight is found dozens of them away


@dataclass(frozen=True)
class Case:
    """A scenario, how many worlds to weigh and to try, and when a free world agrees.

    `window` is the volume of the record's neighbourhood in minutes (one factor a pin).
    """

    sections: tuple[tuple[str, str], ...]
    agrees: Callable[[Marks], bool]
    window: float
    reading: str = "meant"
    worlds: int = 2500
    tries: int = 9000

    @property
    def scenario(self) -> Scenario:
        return small(**dict(self.sections))


def case(
    agrees: Callable[[Marks], bool], window: float, *, worlds: int = 2500, tries: int = 9000, **sections: str
) -> Case:
    reading = "mistake" if "mistake" in sections.get("incident", "") else "meant"
    return Case(tuple(sections.items()), agrees, window, reading, worlds, tries)


def incident(facts: str, reading: str = "meant: {cause: deliberate}", at: str = "2017-11-02T18:48:30Z") -> str:
    return f"""
  account: "@it"
  command: deactivate
  actor: {{team: support}}
  at: {at}
  warm_up: 2 h
  readings: {{{reading}}}
  facts: {{{facts}}}"""


def response(**stages: str) -> str:
    usual = {
        "by": "on-call",
        "pick_up": "uniform 30 s to 3 min",
        "find_cause": '"weibull shape 1.5, scale 3 min"',
        "authorise": "exponential mean 1 min",
        "restore": "median 2 min, p90 6 min",
        "contain": "median 10 min, p90 1 h",
    }
    return "".join(f"\n  {name}: {value}" for name, value in (usual | stages).items())


START = 1_509_648_510_000_000  # 2017-11-02T18:48:30Z


def at_within(mark: str, minutes: float, give: float) -> Callable[[Marks], bool]:
    """Whether an instant lies so long after the documented effect, give or take (minutes)."""

    def agrees(seen: Marks) -> bool:
        time: int | None = getattr(seen, mark)
        return time is not None and abs((time - START) / MINUTE - minutes) <= give

    return agrees


def after_effect(begin: str, mark: str, minutes: float, give: float) -> Callable[[Marks], bool]:
    def agrees(seen: Marks) -> bool:
        since, time = getattr(seen, begin), getattr(seen, mark)
        return time is not None and abs((time - since) / MINUTE - minutes) <= give

    return agrees


def both(*rules: Callable[[Marks], bool]) -> Callable[[Marks], bool]:
    return lambda seen: all(rule(seen) for rule in rules)


def public_within(minutes: float, give: float) -> Callable[[Marks], bool]:
    def agrees(seen: Marks) -> bool:
        found = [time for channel, time in seen.noticed.items() if channel.name == "PUBLIC"]
        return bool(found) and abs((found[0] - (seen.effect or 0)) / MINUTE - minutes) <= give

    return agrees


MISTAKE = "mistake: {cause: misidentified}"
DARK = "dark: {of: dark, pinned: 11 min}"
ON_CALL_BUSY = """
  support: {headcount: 5, may: {deactivate: [protected]}}
  on-call: {headcount: 1}"""
FALSE_ALARMS = """
  as-it-was: {alert: {after: 4 min, recall: 30%, false_alarms: 60 per day, triage: exponential mean 12 min}}
  preauthorised: {preauthorised_undo: {}}
  two-on-call: {on_call: {headcount: 2}}
  no-alert: {alert: none}"""
SLIPS = """
  protected: {command: deactivate, rate: 60 per day, actioned: 50%, slip: 30%, handling: exponential mean 5 min}"""
OTHERS = """
  as-it-was: {}
  probe: {probe: {every: 5 min, recall: 60%}}
  preauthorised: {preauthorised_undo: {}}"""
RACE = """
  public: {delay: "median 4 min, p90 9 min", at_followers: 4M, chance: 90%}
  holder: {delay: exponential mean 6 min, chance: 60%}
  colleague: {delay: triangular 1 min to 15 min mode 3 min, chance: 50%}
  word_reaches_platform: {delay: "p0 10 s, p50 1 min, p100 4 min"}"""
SLOW_WATCHDOG = """
  as-it-was: {automatic_restore: {after: uniform 8 min to 20 min, works: 80%}}
  no-watchdog: {automatic_restore: none}
  button: {undo_button: {restore: 20 s}}"""
ACTOR = """
  public: {delay: "median 2 min, p90 5 min", at_followers: 4M}
  actor: {delay: exponential mean 12 min, chance: 70%, undoes: true}
  word_reaches_platform: {delay: exponential mean 1 min}"""
SCALED = """
  public: {delay: "median 2 min, p90 5 min", at_followers: 40M, also: {at_followers: 400k, median: 9 min}}
  holder: {delay: exponential mean 8 min}
  word_reaches_platform: {delay: exponential mean 1 min}"""
FIXED_LAST = {"restore": "90 s"}
FIXED_TWO = {"restore": "90 s", "authorise": "45 s"}
FIXED_THREE = {"restore": "90 s", "authorise": "45 s", "find_cause": "2 min"}

CASES = {
    "a plain chain": case(dark_within(11, 0.5), 1.0),
    "a responder kept busy by false alarms": case(
        dark_within(16, 1.0), 2.0, teams=ON_CALL_BUSY, policies=FALSE_ALARMS, tries=6000,
        incident=incident("dark: {of: dark, pinned: 16 min}"),
    ),
    "a responder kept busy by routine slips": case(
        dark_within(16, 1.5), 3.0, teams=ON_CALL_BUSY, reports=SLIPS, policies=OTHERS, worlds=1200, tries=3000,
        incident=incident("dark: {of: dark, pinned: 16 min}"),
    ),
    "racing channels": case(dark_within(11, 0.5), 1.0, detection=RACE, policies=OTHERS),
    "public notice before a smaller audience": case(
        public_within(4.5, 0.3), 0.6, detection=SCALED, worlds=2000, tries=8000,
        incident=incident("posts: {of: public_notice, pinned: 4 min 30 s}"),
    ),
    "the dark time and the first statement, by the clock": case(
        both(dark_within(11, 1.0), at_within("first_statement", 25.0, 4.0)), 16.0, tries=14000,
        incident=incident(
            DARK + ", said: {of: first_statement, pinned: 2017-11-02T19:13:30Z}",
            at="{value: 2017-11-02T18:48:30Z, give_or_take: 2 min}",
        ),
        statements="{first: exponential mean 20 min, second: exponential mean 30 min}",
    ),
    "the return by the clock, the start give or take": case(
        at_within("visible", 11.0, 0.5), 1.0,
        incident=incident(
            "back: {of: visible, pinned: 2017-11-02T18:59:30Z}",
            at="{value: 2017-11-02T18:48:30Z, give_or_take: 3 min}",
        ),
    ),
    "containment and second statement": case(
        both(after_effect("effect", "contained", 20, 4.0), after_effect("effect", "second_statement", 50, 10)),
        160.0, tries=14000,
        incident=incident("stop: {of: contained, pinned: 20 min}, said: {of: second_statement, pinned: 50 min}"),
        statements="{first: exponential mean 20 min, second: exponential mean 30 min}",
    ),
    "follower counts whole again": case(
        after_effect("effect", "audience_whole", 150, 10), 20.0,
        incident=incident("whole: {of: audience_whole, pinned: 150 min}"),
        audience_whole="{within: uniform 1 h to 4 h, steps: [20%, 80%]}",
    ),
    "a watchdog with a spread": case(dark_within(11, 0.5), 1.0, policies=SLOW_WATCHDOG),
    "the actor's own undo": case(
        dark_within(9, 0.5), 1.0, detection=ACTOR, policies=OTHERS, incident=incident("dark: {of: dark, pinned: 9 min}", MISTAKE)
    ),
    "authorising pinned, restoring fixed": case(dark_within(11, 0.5), 1.0, response=response(**FIXED_LAST)),
    "finding pinned, two stages fixed": case(dark_within(11, 0.5), 1.0, response=response(**FIXED_TWO)),
    "picking up pinned, three stages fixed": case(
        dark_within(9, 0.5), 1.0, response=response(**FIXED_THREE), detection=RACE,
        incident=incident("dark: {of: dark, pinned: 9 min}"),
    ),
    "own policy undoes on sight": case(
        dark_within(6, 0.5), 1.0, incident=incident("dark: {of: dark, pinned: 6 min}"),
        policies="""
  as-it-was: {preauthorised_undo: {covers: 60%}}
  never: {preauthorised_undo: none}
  button: {undo_button: {restore: 20 s}}""",
    ),
    "own policy asks for approval, of the undo too": case(
        dark_within(14, 0.75), 1.5, tries=12000, incident=incident("dark: {of: dark, pinned: 14 min}"),
        policies="""
  as-it-was: {approval: {commands: [deactivate, restore], by: {desk: 1}, review: exponential mean 3 min, catches: 40%}}
  careful: {approval: {catches: 90%}}
  none: {approval: none}
  sight: {preauthorised_undo: {}}""",
    ),
}  # fmt: skip

COLUMNS = (
    "dark_minutes", "time_to_detect", "time_to_contain", "time_to_first_statement", "at_took_effect",
    "stage_notice", "stage_word", "stage_pick_up", "stage_find_cause", "stage_authorise", "stage_restore",
    "notice_public", "notice_holder", "notice_colleague", "notice_actor", "word_by", "route", "stopped",
)  # fmt: skip


@lru_cache(maxsize=2)
def tables(name: str) -> tuple[Case, Plan, list[Weighted], list[Weighted]]:
    given = CASES[name]
    own = compile_plan(given.scenario, "as-it-was", given.reading)
    found = condition(given.scenario, own, 11, given.worlds)
    kept = rejected(own, 12, given.tries, given.agrees)
    return given, own, found, kept


def measured(*nights: Nights) -> tuple[str, ...]:
    return tuple(name for name in COLUMNS if all(name in table.columns for table in nights))


@pytest.mark.parametrize("name", CASES)
def test_weighted_worlds_are_the_worlds_that_agree(name: str) -> None:
    _, own, found, kept = tables(name)
    weighted, counted = conditioned(own, found), conditioned(own, kept)
    assert weighted.effective > 150
    assert len(counted) > 150
    # What is pinned is met within a window by one and to the microsecond by the other.
    names = set(measured(weighted, counted)) - {"dark_minutes", "time_to_contain", "at_took_effect"}
    far = {key: z for key, z in scores(weighted, counted, tuple(sorted(names))).items() if abs(z) > FAR}
    assert far == {}


@pytest.mark.parametrize("name", CASES)
def test_what_another_policy_would_have_done_is_the_same(name: str) -> None:
    given, _, found, kept = tables(name)
    for policy in given.scenario.policies:
        if policy == "as-it-was":
            continue
        plan = compile_plan(given.scenario, policy, given.reading)
        weighted, counted = under(plan, found), under(plan, kept)
        names = measured(weighted, counted)
        assert "dark_minutes" in names
        far = {key: z for key, z in scores(weighted, counted, names).items() if abs(z) > FAR}
        assert far == {}, policy


@pytest.mark.parametrize("name", CASES)
def test_mean_weight_is_the_density_of_the_record(name: str) -> None:
    given, own, found, kept = tables(name)
    density, error = evidence(found, given.worlds)
    effects = given.tries
    share = len(kept) / effects
    counted = share / given.window
    away = (density - counted) / np.hypot(error, np.sqrt(share / effects) / given.window)
    assert abs(away) < FAR, (density, counted)
