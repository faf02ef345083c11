"""What a study found: plain records that tables, charts and JSON repeat.

Durations are minutes unless a unit says otherwise. `low` and `high` are 95 % Monte-Carlo
intervals; `p05` and `p95` are percentiles over worlds. `None` means: cannot be said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    from ..scenario.schema import Scenario

Group = Literal["stops", "shortens", "lengthens", "postpones", "nothing", "unknown"]
Role = Literal["pinned", "given", "checked", "noted"]


@dataclass(frozen=True, slots=True)
class Summary:
    """How a quantity spreads over worlds (weighted)."""

    mean: float
    median: float
    p05: float
    p95: float
    unit: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean or share with its 95 % Monte-Carlo interval."""

    mean: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class StageResult:
    """One stage of the dark time; `spread` is its share of the variance of the free model."""

    name: str
    label: str
    summary: Summary
    spread: float | None


@dataclass(frozen=True, slots=True)
class ChannelResult:
    """One detection channel: when it notices, when word of it arrives, how often it is first.

    Minutes after the effect, in the conditioned worlds in which it ever notices; `first` is
    the share of worlds whose first word came from it.
    """

    name: str
    label: str
    notices: Summary | None
    arrives: Summary | None
    first: float


@dataclass(frozen=True, slots=True)
class FactResult:
    """One line of the record beside the simulation.

    `documented` and `simulated` are numbers in `unit`: lengths of time, or minutes after the
    documented effect for instants. `agrees` is None unless checked. `percentile` (0 to 100) is
    where the record lies among the worlds: for a bound `by` the share that keep it, for `after`
    the share that do not.
    """

    id: str
    label: str
    role: Role
    documented: float | str | None
    documented_text: str
    simulated: Summary | None
    unit: str | None
    agrees: bool | None
    percentile: float | None
    source: str
    disputed: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One event of the night: what is on record and when the worlds have it.

    `documented` is ISO text with zone, or None; `median`, `p05`, `p95` are ISO texts too,
    None where the event is not simulated. `minutes` is the median in minutes after the effect.
    """

    event: str
    label: str
    role: Role | None
    documented: str | None
    documented_text: str
    median: str | None
    p05: str | None
    p95: str | None
    minutes: Summary | None
    source: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer rests on: how many numbers of each basis, and what moves it most."""

    documented: int
    inferred: int
    fitted: int
    expert: int
    assumed: int
    disputed: int
    decisive: tuple[str, ...]
    assumed_paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadingReplay:
    """The replay under one reading of the disputed sources; `same_as` names an equal one."""

    name: str
    label: str
    letter: str
    worlds: int
    effective_worlds: float
    stopped: Estimate
    measures: Mapping[str, Summary]
    stages: tuple[StageResult, ...]
    channels: tuple[ChannelResult, ...]
    prior_percentile: float | None
    same_as: str | None = None


@dataclass(frozen=True)
class Replay:
    """One policy's replay of the documented incident.

    `measures` (over the evenings not stopped), `stages`, `channels` and `effective_worlds` are
    those of `reading`, the first of the scenario; `readings` has them all. `free` is the model without pinned facts.
    """

    scenario: Scenario
    policy: str
    reading: str
    seed: int
    worlds: int
    effective_worlds: float
    measures: Mapping[str, Summary]
    free: Mapping[str, Summary]
    stages: tuple[StageResult, ...]
    channels: tuple[ChannelResult, ...]
    facts: tuple[FactResult, ...]
    timeline: tuple[TimelineRow, ...]
    prior_percentile: float | None
    readings: tuple[ReadingReplay, ...]
    rests_on: Basis
    frame_of: Callable[[], pd.DataFrame] = field(repr=False)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a reading and world: weight, measures, stages and instants in minutes."""
        return self.frame_of()

    @property
    def checks_pass(self) -> bool:
        """Whether every checked fact agrees."""
        return all(fact.agrees is not False for fact in self.facts)


@dataclass(frozen=True, slots=True)
class ReadingOutcome:
    """What a policy does under one reading.

    stopped      share of evenings on which nothing went dark at all
    dark         minutes dark on the evenings not stopped (None if all are), every act
    starts       minutes by which the darkness begins later than under the baseline, the same
                 evening; below 0 where it begins sooner (None where the first act is stopped)
    mean_dark    minutes dark over all evenings, stopped ones counting 0, every act
    dark_first   minutes dark of the first act where it took effect: `dark`, unless the actor acts
                 more than once
    """

    reading: str
    stopped: Estimate
    dark: Summary | None
    starts: Summary | None
    mean_dark: Estimate
    dark_first: Summary | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The one input that decides a figure: moved from `low_text` to `high_text`, the figure
    moves from `figure_low` to `figure_high`.

    `figure` says which: `stopped`, the share of evenings stopped, for a policy that stops it;
    else `mean_dark`, the minutes dark over all evenings, stopped ones counting 0.
    """

    path: str
    label: str
    value_text: str
    basis: str
    low_text: str
    high_text: str
    figure_low: float
    figure_high: float
    figure: Literal["stopped", "mean_dark"] = "mean_dark"


@dataclass(frozen=True, slots=True)
class PolicyOutcome:
    """One policy against the baseline on the same worlds.

    `measures` are those of the first reading over the evenings not stopped; `difference` is
    paired, over all evenings, for the first reading. `friction` is what honest work pays in
    a usual week. `reason` says why nothing changes, why it cannot be said, or what gets worse.
    `adapted` has the readings that change when the actor adapts.
    """

    name: str
    label: str
    group: Group
    readings: tuple[ReadingOutcome, ...]
    measures: Mapping[str, Summary]
    difference: Mapping[str, Estimate]
    decided_by: Decision | None
    friction: Mapping[str, Estimate]
    friction_text: str
    reason: str | None
    reason_source: str | None
    adapted: tuple[ReadingOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Tipping:
    """Where two neighbours in the ranking change places: `better` beats `worse` while the
    input at `path` stays on this side of `value_text` (its present value is `now_text`)."""

    better: str
    worse: str
    path: str
    label: str
    direction: Literal["over", "under"]
    value_text: str
    now_text: str
    basis: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Policies by mean dark minutes, best first, under each reading."""

    by_reading: Mapping[str, tuple[str, ...]]
    ties: Mapping[str, tuple[tuple[str, ...], ...]]
    survives: bool
    text: str


@dataclass(frozen=True)
class Comparison:
    """The same worlds under every policy.

    `error` is the largest half-width of the 95 % intervals of the stopped shares; `weeks` is
    the number of simulated routine weeks behind the friction; `varied` names the path and value of a variation.
    """

    scenario: Scenario
    baseline: str
    seed: int
    worlds: int
    effective_worlds: float
    weeks: int
    readings: tuple[tuple[str, str, str], ...]
    policies: tuple[PolicyOutcome, ...]
    tipping: tuple[Tipping, ...]
    ranking: Ranking
    error: float
    frame_of: Callable[[], pd.DataFrame] = field(repr=False)
    varied: tuple[str, str] | None = None

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a policy, reading and world: weight and measures in minutes."""
        return self.frame_of()
