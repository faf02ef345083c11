"""Small scenarios whose record can be met by weighing worlds and by trying them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from deactsim.model.compile import compile_plan
from deactsim.model.plan import Plan
from deactsim.scenario.schema import Scenario
from deactsim.study.condition import Conditioned, condition
from deactsim.study.measures import MINUTE, Marks
from tests.study.small import START, dark_within, rejected, small


@dataclass(frozen=True)
class Case:
    """A scenario, how many worlds to weigh and to try, and when a free world agrees.

    `window` is the volume of the record's neighbourhood in minutes (one factor a pin).
    What is pinned is met to the microsecond by weighing and within a window by trying, so
    shares below times within `blur` (minutes: around, give or take) and the columns in `pinned`
    are not compared. `met` is the column that equals `blur[0]` in every weighted world.
    """

    sections: tuple[tuple[str, str], ...]
    agrees: Callable[[Marks], bool]
    window: float
    blur: tuple[float, float]
    pinned: tuple[str, ...]
    worlds: int
    tries: int
    met: str | None

    @property
    def reading(self) -> str:
        return "mistake" if "mistake" in dict(self.sections).get("incident", "") else "meant"

    @property
    def scenario(self) -> Scenario:
        return small(**dict(self.sections))


def case(
    agrees: Callable[[Marks], bool],
    window: float,
    blur: tuple[float, float],
    pinned: tuple[str, ...] = (),
    *,
    worlds: int = 700,
    tries: int = 2500,
    met: str | None = None,
    **sections: str,
) -> Case:
    return Case(tuple(sections.items()), agrees, window, blur, pinned, worlds, tries, met)


def dark_case(minutes: float, give: float, *, worlds: int = 700, tries: int = 2500, **sections: str) -> Case:
    """A case in which the length of the darkness alone is pinned."""
    start = incident(f"dark: {{of: dark, pinned: {minutes:g} min}}")
    return case(
        dark_within(minutes, give), 2.0 * give, (minutes, give), worlds=worlds, tries=tries, met="dark_minutes",
        **({"incident": start} | sections),  # type: ignore[arg-type]
    )  # fmt: skip


def incident(
    facts: str, reading: str = "meant: {cause: deliberate}", at: str = "2017-11-02T18:48:30Z"
) -> str:
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
  colleague: {delay: "triangular 1 min, 3 min, 15 min", chance: 50%}
  word_reaches_platform: {delay: "quantiles p0 10 s, p50 1 min, p100 4 min"}"""
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
ON_SIGHT = """
  as-it-was: {preauthorised_undo: {covers: 60%}}
  never: {preauthorised_undo: none}
  button: {undo_button: {restore: 20 s}}"""
UNDO_APPROVED = """
  as-it-was: {approval: {commands: [deactivate, restore], by: {desk: 1}, review: exponential mean 3 min, catches: 40%}}
  careful: {approval: {commands: [deactivate, restore], by: {desk: 1}, review: exponential mean 3 min, catches: 90%}}
  none: {approval: none}
  sight: {preauthorised_undo: {}}"""

CASES = {
    "a plain chain": dark_case(11, 0.5),
    "a responder kept busy by false alarms": dark_case(16, 1.0, teams=ON_CALL_BUSY, policies=FALSE_ALARMS, tries=2500),
    "a responder kept busy by routine slips": dark_case(
        16, 1.5, teams=ON_CALL_BUSY, reports=SLIPS, policies=OTHERS, worlds=600, tries=1500
    ),
    "racing channels": dark_case(11, 0.5, detection=RACE, policies=OTHERS),
    "public notice before a smaller audience": case(
        public_within(4.5, 0.3), 0.6, (4.5, 0.3), ("notice_public",), detection=SCALED,
        incident=incident("posts: {of: public_notice, pinned: 4 min 30 s}"),
    ),
    "the dark time and the first statement, by the clock": case(
        both(dark_within(11, 1.0), at_within("first_statement", 25.0, 4.0)), 16.0, (11.0, 1.0),
        ("time_to_first_statement",), met="dark_minutes", worlds=600, tries=5000,
        incident=incident(
            "dark: {of: dark, pinned: 11 min}, said: {of: first_statement, pinned: 2017-11-02T19:13:30Z}",
            at="{value: 2017-11-02T18:48:30Z, give_or_take: 2 min}",
        ),
        statements="{first: exponential mean 20 min, second: exponential mean 30 min}",
    ),
    "the return by the clock, the start give or take": case(
        at_within("visible", 11.0, 0.5), 1.0, (11.0, 3.5), met="at_visible",
        incident=incident(
            "back: {of: visible, pinned: 2017-11-02T18:59:30Z}",
            at="{value: 2017-11-02T18:48:30Z, give_or_take: 3 min}",
        ),
    ),
    "containment and second statement": case(
        both(after_effect("effect", "contained", 20, 4.0), after_effect("effect", "second_statement", 50, 10)),
        160.0, (0.0, 0.0), ("time_to_contain",), worlds=600, tries=5000,
        incident=incident("stop: {of: contained, pinned: 20 min}, said: {of: second_statement, pinned: 50 min}"),
        statements="{first: exponential mean 20 min, second: exponential mean 30 min}",
    ),
    "follower counts whole again": case(
        after_effect("effect", "audience_whole", 150, 10), 20.0, (0.0, 0.0), worlds=500, tries=2000,
        incident=incident("whole: {of: audience_whole, pinned: 150 min}"),
        audience_whole='{within: "median 2 h, p90 4 h", steps: [20%, 80%]}',
    ),
    "a watchdog with a spread": dark_case(11, 0.5, policies=SLOW_WATCHDOG, worlds=1200, tries=5000),
    "the actor's own undo": dark_case(
        9, 0.5, detection=ACTOR, policies=OTHERS, worlds=1200, tries=6000,
        incident=incident("dark: {of: dark, pinned: 9 min}", MISTAKE),
    ),
    "authorising pinned, restoring fixed": dark_case(
        11, 0.5, response=response(restore="90 s"), detection=RACE, policies=OTHERS
    ),
    "finding pinned, two stages fixed": dark_case(
        11, 0.5, response=response(restore="90 s", authorise="45 s"), policies=OTHERS
    ),
    "picking up pinned, three stages fixed": dark_case(
        9, 0.5, response=response(restore="90 s", authorise="45 s", find_cause="2 min"), detection=RACE,
        policies="{as-it-was: {}, probe: {probe: {every: 5 min, recall: 60%}}}",
    ),
    "own policy undoes on sight": dark_case(6, 0.5, policies=ON_SIGHT),
    "own policy asks for approval, of the undo too": dark_case(14, 0.75, policies=UNDO_APPROVED, tries=3500),
}  # fmt: skip


@cache
def tables(name: str) -> tuple[Case, Plan, Conditioned, Conditioned]:
    given, place = CASES[name], list(CASES).index(name)
    own = compile_plan(given.scenario, "as-it-was", given.reading)
    found = condition(given.scenario, own, 100 + place, given.worlds)
    return given, own, found, rejected(own, 200 + place, given.tries, given.agrees)
