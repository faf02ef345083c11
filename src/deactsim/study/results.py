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
    """How a quantity spreads over worlds (weighted).

    A duration is followed for its `horizon` (minutes; None where nothing ends it early), from its own
    beginning. A share `cut` of the values had not ended by then: they count as the horizon in the mean, which is
    then a restricted mean, and `longer` names the figures (of median, p05, p95) that are no more than lower bounds.
    """

    mean: float
    median: float
    p05: float
    p95: float
    unit: str
    horizon: float | None = None
    cut: float = 0.0
    longer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean or share with its 95 % Monte-Carlo interval.

    With a `horizon` (minutes) it is a restricted mean: durations that had not ended by then count as so long.
    """

    mean: float
    low: float
    high: float
    unit: str
    horizon: float | None = None


@dataclass(frozen=True, slots=True)
class StageResult:
    """One stage of the dark time; `spread` is its share of the variance of the free model.

    The shares of all stages add up to 1, none is below 0 (`stats.variance_shares`).
    """

    name: str
    label: str
    summary: Summary
    spread: float | None


@dataclass(frozen=True, slots=True)
class ChannelResult:
    """One detection channel: when it notices, when word of it arrives, how often it is first.

    Minutes after the effect, in the conditioned worlds in which it ever notices; `first` is
    the share of worlds whose first word came from it. `arrives` and `notices_first` are of those
    worlds, `notices` is of all in which it notices.
    """

    name: str
    label: str
    notices: Summary | None
    arrives: Summary | None
    first: float
    notices_first: Summary | None = None


@dataclass(frozen=True, slots=True)
class FactResult:
    """One line of the record beside the simulation.

    `documented` and `simulated` are numbers in `unit`: lengths of time, or minutes after the
    documented effect for instants. `agrees` is None unless checked. `percentile` (0 to 100) is
    where the record lies among the worlds: for a bound `by` the share that keep it, for `after`
    the share that do not. `passes` is the range of the record within which a checked fact agrees, in
    `unit`; an end that is open is None. `free` says that it is compared with the model left free.
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
    passes: tuple[float | None, float | None] | None = None
    free: bool = False


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One event of the night: what is on record and when the worlds have it.

    `documented` is ISO text with zone, or None; `median`, `p05`, `p95` are ISO texts too,
    None where the event is not simulated. `minutes` is the median in minutes after the effect. `longer`
    names those of the three that are only known to be later.
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
    longer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer rests on: how many inputs of each basis, and what moves it most.

    Inputs are the numbers outside policies, and those of the scenario's own policy; `disputed` of
    them have sources that differ. Facts on record are counted apart, by role, and are no inputs; nor are
    the numbers at `noted_paths`, from which nothing is calculated.
    """

    documented: int
    inferred: int
    fitted: int
    expert: int
    assumed: int
    disputed: int
    decisive: tuple[str, ...]
    assumed_paths: tuple[str, ...]
    facts: Mapping[Role, int] = field(default_factory=dict)
    disputed_facts: int = 0
    noted_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """How worlds agree with the record, beside what they are worth.

    `agreeing` worlds have a weight at all; `tail` is Pareto's k of the weights (None where they are too few, or
    equal); `strained` names the only stage that could be left the rest of the record, where it takes longer, or
    shorter, than it hardly ever does.
    """

    agreeing: int
    tail: float | None = None
    strained: str | None = None


@dataclass(frozen=True, slots=True)
class ReadingReplay:
    """The replay under one reading of the disputed sources; `same_as` names an equal one.

    `dark_worlds` is what the evenings that were not stopped are worth.
    """

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
    dark_worlds: float | None = None


@dataclass(frozen=True)
class Replay:
    """One policy's replay of the documented incident.

    `measures` (over the evenings not stopped), `stages`, `channels` and `effective_worlds` are
    those of `reading`, the first by name; `readings` has them all. `free` is the model without pinned facts.
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
    fit: Fit | None = None

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a reading and world: weight, measures, stages and instants in minutes."""
        return self.frame_of()

    @property
    def checks_pass(self) -> bool:
        """Whether every checked fact agrees."""
        return all(fact.agrees is not False for fact in self.facts)


@dataclass(frozen=True, slots=True)
class StoppedBy:
    """A gate's denial on the evenings stopped: its share of them.

    `how` tells of a time-out how it came about: `unseen` (nobody had begun to look), `nobody on
    shift` (of those asked, all the time) or `under review`.
    """

    gate: str
    reason: str
    how: str
    share: float


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
    dark_worlds  what the evenings that are not stopped are worth (effective worlds)
    stopped_by   what stopped the others, most often first; shares of the evenings stopped
    measures     how each spreads over the evenings not stopped
    difference   of each measure to the baseline's, paired, over all evenings
    """

    reading: str
    stopped: Estimate
    dark: Summary | None
    starts: Summary | None
    mean_dark: Estimate
    dark_first: Summary | None = None
    dark_worlds: float | None = None
    stopped_by: tuple[StoppedBy, ...] = ()
    measures: Mapping[str, Summary] = field(default_factory=dict)
    difference: Mapping[str, Estimate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The input that decides a figure: moved from `low_text` to `high_text`, the figure
    moves from `figure_low` to `figure_high`.

    `figure` says which: `stopped`, the share of evenings stopped, for a policy that stops it;
    else `mean_dark`, the minutes dark over all evenings, stopped ones counting 0. `shared_with` are other
    inputs that move it as far, as well as the simulation can tell: the 95 % intervals of the differences hold 0.
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
    shared_with: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Honest work that a policy refuses, where it is much.

    `share` is that of the honest requests a gate covers that are denied or not answered in time, `short` says it in a
    few words, `text` with the reason.
    """

    share: float
    short: str
    text: str


@dataclass(frozen=True, slots=True)
class PolicyOutcome:
    """One policy against the baseline on the same worlds.

    `measures` and `difference` are those of the `worst` of the `readings`. `friction` is what honest work pays in
    a usual week. `reason` says why nothing changes, why it cannot be said, or what gets worse.
    `adapted` has the readings that change when the actor adapts. `stopped_how` says in words what the
    gates answered on the evenings stopped, `unheard` what of it was nobody's decision, where that is
    more than a tenth; both are None where nothing is stopped. `refused` is set where over 5 % of honest requests are.
    """

    name: str
    label: str
    group: Group
    readings: tuple[ReadingOutcome, ...]
    decided_by: Decision | None
    friction: Mapping[str, Estimate]
    friction_text: str
    reason: str | None
    reason_source: str | None
    adapted: tuple[ReadingOutcome, ...] = ()
    stopped_how: str | None = None
    unheard: str | None = None
    refused: Refused | None = None

    @property
    def worst(self) -> ReadingOutcome | None:
        """Under which reading most minutes are dark, nobody adapting: the first by name of equals.

        None of a policy of which it cannot be said.
        """
        return max(self.readings, key=lambda outcome: outcome.mean_dark.mean, default=None)

    @property
    def measures(self) -> Mapping[str, Summary]:
        """How the measures spread over the evenings not stopped, under the `worst` reading."""
        return {} if self.worst is None else self.worst.measures

    @property
    def difference(self) -> Mapping[str, Estimate]:
        """The paired differences to the baseline over all evenings, under the `worst` reading."""
        return {} if self.worst is None else self.worst.difference


@dataclass(frozen=True, slots=True)
class Tipping:
    """Where two neighbours in the ranking change places: `better` beats `worse` while the
    input at `path` stays on this side of `value_text` (its present value is `now_text`).

    `low_text` and `high_text` are the 95 % interval of that place: the values at which the paired difference of both
    does not tell them apart; an end that lies beyond the values tried is None. The other two are values for `--vary`,
    with the same worlds and seed: at the first of `changes` `better` is the better one, at the second it is not; at
    the first of `told_apart` it is so beyond simulation error, at the second `worse` is (None where that is so at no
    value tried).
    """

    better: str
    worse: str
    path: str
    label: str
    direction: Literal["over", "under"]
    value_text: str
    now_text: str
    basis: str
    low_text: str | None
    high_text: str | None
    changes: tuple[str, str]
    told_apart: tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Policies by mean dark minutes, best first, under each reading.

    `order` is the one that tables and charts keep: each policy under the reading, or with the actor
    adapting to it, that is worst for it; `tied` are those neighbours in it that cannot be told apart.
    """

    by_reading: Mapping[str, tuple[str, ...]]
    ties: Mapping[str, tuple[tuple[str, ...], ...]]
    survives: bool
    text: str
    order: tuple[str, ...] = ()
    tied: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The same worlds under every policy.

    `error` is the largest half-width of the 95 % intervals of the stopped shares; `weeks` is
    the number of simulated routine weeks behind the friction; `varied` names the path and value of a variation,
    `reached` the policies of the comparison that it moved, if it is a value of policies.
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
    fit: Fit | None = None
    varied: tuple[str, str] | None = None
    reached: tuple[str, ...] = ()

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a policy, reading and world: weight and measures in minutes."""
        return self.frame_of()
