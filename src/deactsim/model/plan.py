"""A scenario under one policy and one reading, made ready to run.

A plan holds consequences, not labels: two readings that lead to the same consequences
compile to equal plans, and a study runs equal plans once. Times are int microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..scenario.stated import Window
from .lengths import Length

Windows = tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """People with the same rights and shifts; `holders` of them hold the right to act.

    `heads` are its people without more on call; `waves` are times at which so many leave together.
    """

    id: int
    name: str
    headcount: int
    holders: int
    windows: Windows
    leavers_per_day: float
    contractor: bool
    heads: int
    waves: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """Routine reports of one tier; `teams` are indices into the plan's teams, ids of reports follow `id`.

    In hours that are `busy` the rate is so many times `per_microsecond` (the first that fits).
    """

    id: int
    tier: str
    command: str
    per_microsecond: float
    actioned: float
    urgent: float
    slip: float
    misidentified: float
    handling: Length
    teams: tuple[int, ...]
    tools: tuple[str, ...]
    followers: int
    busy: tuple[tuple[Windows, float], ...] = ()

    @property
    def wrongful(self) -> float:
        """The share of actions that are wrong."""
        return self.slip + self.misidentified


@dataclass(frozen=True, slots=True)
class Control:
    """What every safeguard has: what it reaches and how often it is in order.

    `id` is the safeguard's own, `component` that of what it depends on (itself if nothing).
    `targets`, `commands`, `teams` and `tools` are names, None for all. `outage` is the
    share of time out of order, `stretch` the mean length of an outage. Entries of its list go
    stale at rate `rots` (per microsecond) each, and are mended after `mended` on average.
    """

    id: int
    component: int
    targets: frozenset[str] | None
    commands: frozenset[str]
    teams: frozenset[str] | None
    tools: frozenset[str] | None
    covers: float
    outage: float
    stretch: int
    rots: float = 0.0
    mended: int = 1

    def reaches(
        self, account: str | None, tier: str, command: str, team: str | None, tool: str | None
    ) -> bool:
        """Whether such an action is meant to be covered."""
        return (
            command in self.commands
            and (self.targets is None or tier in self.targets or account in self.targets)
            and (self.teams is None or team is None or team in self.teams)
            and (self.tools is None or tool is None or tool in self.tools)
        )


@dataclass(frozen=True, slots=True)
class ProtectedListPlan:
    """Deny (`senior` is None) or hand to the senior team with this index."""

    control: Control
    senior: int | None
    handling: Length
    catches: float


@dataclass(frozen=True, slots=True)
class JustInTimePlan:
    """A grant takes a while and lapses."""

    control: Control
    takes: Length
    lasts: int


@dataclass(frozen=True, slots=True)
class StepDownPlan:
    """Leavers lose the right this long before the end of the last shift.

    `teams` are those (by index) of whose rights it takes any, whether or not routine work asks for them.
    """

    control: Control
    before: int
    told: float
    teams: frozenset[int]
    rechecked: bool = False


@dataclass(frozen=True, slots=True)
class DeprovisioningPlan:
    """Leavers are cut off this long after the end of the last shift."""

    control: Control
    lag: Length
    vendor_lag: Length
    lost: float
    session_tail: Length
    rechecked: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmPlan:
    """A dialog, and the chances that, once it is read, it stops each kind of error."""

    control: Control
    stops_slips: float
    stops_misidentified: float
    stops_unexpecting: float
    habit: float
    takes: Length


@dataclass(frozen=True, slots=True)
class SeparationPlan:
    """Another team executes."""

    control: Control
    team: int
    takes: Length
    catches: float


@dataclass(frozen=True, slots=True)
class ApprovalPlan:
    """Approvers asked one after another: `slots` are team indices in that order."""

    control: Control
    slots: tuple[int, ...]
    review: Length
    catches: float
    stamps: float
    stamps_per_queued: float
    time_out: int
    lets_through: bool
    break_glass: bool


@dataclass(frozen=True, slots=True)
class CoolingOffPlan:
    """The effect is held, and can be cancelled meanwhile."""

    control: Control
    hold: int
    watched: float
    notices: Length
    holder_told: bool


@dataclass(frozen=True, slots=True)
class RateLimitPlan:
    """At most `actions` an agent in any `window`."""

    control: Control
    actions: int
    window: int
    holds: bool


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """A state change pages the responders."""

    control: Control
    after: Length
    recall: float
    false_per_microsecond: float
    triage: Length


@dataclass(frozen=True, slots=True)
class ProbePlan:
    """A regular look (probe, audit): every so often, seeing what there is with chance `recall`."""

    control: Control
    every: int
    recall: float
    sample: float


@dataclass(frozen=True, slots=True)
class LeaverWatchPlan:
    """Leavers' actions are looked at in their last days."""

    control: Control
    before: int
    after: Length
    recall: float


@dataclass(frozen=True, slots=True)
class QuickStagePlan:
    """A stage that takes no longer than `length` where the control reaches."""

    control: Control
    length: Length


@dataclass(frozen=True, slots=True)
class AutomaticRestorePlan:
    """A watchdog undoes actions."""

    control: Control
    after: Length
    undoes_honest: float


@dataclass(frozen=True, slots=True)
class LockDownPlan:
    """All actions are frozen for a while once word has come."""

    control: Control
    after: Length
    hold: int


@dataclass(frozen=True, slots=True)
class SafeguardsPlan:
    """The safeguards in force; least privilege and retention are folded into teams and platform."""

    just_in_time: JustInTimePlan | None = None
    protected_list: ProtectedListPlan | None = None
    open_report: Control | None = None
    step_down: StepDownPlan | None = None
    deprovisioning: DeprovisioningPlan | None = None
    confirm: ConfirmPlan | None = None
    separation_of_duties: SeparationPlan | None = None
    approval: ApprovalPlan | None = None
    cooling_off: CoolingOffPlan | None = None
    rate_limit: RateLimitPlan | None = None
    alert: AlertPlan | None = None
    probe: ProbePlan | None = None
    audit: ProbePlan | None = None
    leaver_watch: LeaverWatchPlan | None = None
    preauthorised_undo: Control | None = None
    undo_button: QuickStagePlan | None = None
    quick_pick_up: QuickStagePlan | None = None
    automatic_restore: AutomaticRestorePlan | None = None
    lock_down: LockDownPlan | None = None


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """A channel that may notice, with what chance and how late."""

    chance: float
    delay: Length


@dataclass(frozen=True, slots=True)
class DetectionPlan:
    """Channels of everyday detection; the public's delay scales as (followers / at) ** -slope."""

    word: Length
    public: ChannelPlan | None
    public_at: int
    public_slope: float
    holder: ChannelPlan | None
    colleague: ChannelPlan | None
    actor: ChannelPlan | None
    actor_undoes: bool


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """Who responds and how long each stage takes."""

    team: int
    pick_up: Length
    find_cause: Length
    authorise: Length
    restore: Length
    contain: Length
    first_statement: Length | None
    second_statement: Length | None
    audience_whole: Length | None
    audience_steps: int


@dataclass(frozen=True, slots=True)
class CommandPlan:
    """A command: its lag and the command that undoes it (empty: none is named)."""

    name: str
    lag: Length
    undo: str


@dataclass(frozen=True, slots=True)
class ActPlan:
    """One act of the incident: on which account, so long after the first."""

    account: str
    tier: str
    followers: int
    after: int


@dataclass(frozen=True, slots=True)
class IncidentPlan:
    """An incident as the policy meets it.

    `id` is that of its first act (the others follow it), `agent` that of its actor; `keys` are
    teams (by index) with the number of their people whose approvals he commands himself.
    `leaves` is the time from the act to the end of the actor's last shift, or, where he `had_left`, from
    that to the act. `act_shift` is how much earlier an adapting actor acts, `paced` whether he stays under the
    rate limit. `confirm_stops` is the chance that a dialog that is read stops this cause. `follow` is how long each
    duration that is measured is followed from its own beginning.
    """

    acts: tuple[ActPlan, ...]
    command: str
    team: int
    tool: str
    at: int
    give_or_take: int
    leaves: Length | None
    open_report: bool
    among_holders: float
    confirm_stops: float
    actor_notices: bool
    act_shift: int
    paced: bool
    warm_up: int
    follow: int
    id: int
    agent: int
    keys: tuple[tuple[int, int], ...] = ()
    had_left: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an engine needs besides a world.

    With an `incident` a run is about that incident, and ends with it. `others` are incidents
    of a run that goes on to the world's end.
    """

    teams: tuple[TeamPlan, ...]
    streams: tuple[StreamPlan, ...]
    commands: tuple[CommandPlan, ...]
    safeguards: SafeguardsPlan
    detection: DetectionPlan
    response: ResponsePlan
    retention: int
    incident: IncidentPlan | None
    others: tuple[IncidentPlan, ...] = ()

    @property
    def incidents(self) -> tuple[IncidentPlan, ...]:
        """All incidents."""
        return self.others if self.incident is None else (self.incident, *self.others)

    def command(self, name: str) -> CommandPlan:
        """The command of that name."""
        return next(command for command in self.commands if command.name == name)
