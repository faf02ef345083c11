"""The catalogue of safeguards: their parameters, families and control ids.

A safeguard has coverage (`of`, `commands`, `teams`, `tools`, `covers`), efficacy (its own
parameters) and reliability (`works`, `stretch`, `depends_on`); the few that are a state of the
whole platform have efficacy alone. What each one does to an action stands in docs/model.md;
the rules are in `deactsim.model.rules`.
"""

# No `from __future__ import annotations` here: pydantic would compile each annotation anew.
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from .quantities import LONGEST_NAME, Count, Duration, Flag, Names, RandomDuration, RateOf, Share, default

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Family = Literal["prevent", "delay", "detect", "restore"]

# Built on first use: a scenario builds all of it once, through its top model.
SETTINGS = ConfigDict(
    strict=True, frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
)


class Kind(BaseModel):
    """What a safeguard is, whatever it reaches: its family, its control ids, a line on what it does."""

    model_config = SETTINGS

    family: ClassVar[Family]
    controls: ClassVar[tuple[str, ...]]
    says: ClassVar[str]


class Everywhere(Kind):
    """A state of the whole platform: there is no action it could cover or miss, and nothing to fail.

    `why` completes "`of` says nothing here: ..."
    """

    why: ClassVar[str]


class Safeguard(Kind):
    """What every safeguard says: what it reaches and how often it is in order.

    of          tiers and accounts it covers (left out: all)
    commands    commands it covers (left out: all but those that undo another)
    teams       teams whose actions it covers (left out: all)
    tools       tools it is built into (left out: all)
    covers      share of the covered targets it really reaches; lists go stale
    works       share of the time it is in order
    stretch     mean length of an outage
    depends_on  component it fails with; safeguards that name the same one fail together
    rots        how often an entry of its list goes stale, an entry and year
    mended      how long until somebody notices that and mends it, on average
    """

    of: Names | None = None
    commands: Names | None = None
    teams: Names | None = None
    tools: Names | None = None
    covers: Share = default("100%")
    works: Share = default("100%")
    stretch: Duration = default("4 h")
    depends_on: Name | None = None
    rots: RateOf = default("0 per year")
    mended: Duration = default("30 days")


class LeastPrivilege(Everywhere):
    """Only so many people keep the right; reports are handled by those who do.

    It holds for every account: it has no coverage and no outages.
    """

    family = "prevent"
    controls = ("AC-6", "AC-6(7)")
    says = "fewer people hold the right"
    why = "it changes who holds the right at all"
    holders: Count


class ProtectedList(Safeguard):
    """Actions on listed accounts are denied or handed to a senior team that judges them afresh."""

    family = "prevent"
    controls = ("AC-3", "AC-6")
    says = "listed accounts go to a senior team, or nowhere"
    then: Name
    handling: RandomDuration = default("median 4 min, p90 12 min")
    catches: Share = default("100%")


class OpenReport(Safeguard):
    """An action needs a matching open report on the account."""

    family = "prevent"
    controls = ("ISO 27001 A.5.18",)
    says = "no action without an open report"


class JustInTime(Safeguard):
    """The right exists only for a while after it is asked for."""

    family = "prevent"
    controls = ("AC-2", "AC-6")
    says = "rights are granted when needed and lapse"
    takes: RandomDuration = default("20 s")
    lasts: Duration = default("1 h")


class StepDown(Safeguard):
    """A leaver loses the right some time before the end of the last shift.

    With `rechecked` it is looked at again when an action that was held takes effect.
    """

    family = "prevent"
    controls = ("PS-4", "AC-2(13)")
    says = "leavers lose the right before the last shift ends"
    before_last_shift: Duration
    told_in_time: Share = default("100%")
    rechecked: Flag | None = None


class Deprovisioning(Safeguard):
    """A leaver's access is cut off some time after the end of the last shift.

    With `rechecked` it is looked at again when an action that was held takes effect.
    """

    family = "prevent"
    controls = ("PS-4(2)", "PS-7", "AC-2(3)")
    says = "leavers are cut off soon after the last shift"
    lag: RandomDuration
    vendor_lag: RandomDuration = default("0 s")
    lost: Share = default("0%")
    session_tail: RandomDuration = default("0 s")
    rechecked: Flag | None = None


class Confirm(Safeguard):
    """A dialog before the action; it stops errors, and people get used to it.

    `habit` is the share of dialogs that are clicked through unread.
    """

    family = "prevent"
    controls = ("SI-10",)
    says = "a dialog asks: are you sure?"
    stops_slips: Share = default("0%")
    stops_misidentified: Share = default("0%")
    stops_unexpecting: Share = default("0%")
    habit: Share = default("0%")
    takes: RandomDuration = default("3 s")


class SeparationOfDuties(Safeguard):
    """Who judges a report may not execute: somebody of another team does, and may object."""

    family = "prevent"
    controls = ("AC-5",)
    says = "one team marks, another executes"
    by: Name
    takes: RandomDuration
    catches: Share


class Approval(Safeguard):
    """Other people must approve: a queue of people, not a probability.

    `by` says how many of which teams, asked in that order. An approver who looks closely
    catches a wrongful action with chance `catches`; `stamps` is the share approved without
    a look, and grows by `stamps_per_queued` for each request waiting behind. After
    `time_out` comes `then`; with nobody on shift `off_shift` says whether to wait or to
    let it through (break-glass).
    """

    family = "delay"
    controls = ("AC-3(2)",)
    says = "other people must approve"
    by: dict[Name, Count]
    review: RandomDuration
    catches: Share
    stamps: Share = default("0%")
    stamps_per_queued: Share = default("0%")
    time_out: Duration = default("4 h")
    then: Literal["deny", "pass"] = "deny"
    off_shift: Literal["wait", "pass"] = "wait"


class CoolingOff(Safeguard):
    """The action takes effect later and can be cancelled until then by whoever notices.

    `watched` is the chance that somebody inside looks at what is pending, after `notices`;
    `holder_told` lets the account holder object as soon as he would notice.
    """

    family = "delay"
    controls = ("AC-3(2)", "SI-4(5)")
    says = "the effect comes later and can be cancelled"
    for_: Duration = Field(alias="for")
    watched: Share = default("0%")
    notices: RandomDuration = default("median 5 min, p90 20 min")
    holder_told: Flag = default("false")


class RateLimit(Safeguard):
    """So many actions an agent in a sliding window; the next is held or denied."""

    family = "delay"
    controls = ("AC-6", "SC-5")
    says = "so many actions an hour"
    per_agent: RateOf
    then: Literal["deny", "hold"] = "hold"


class Alert(Safeguard):
    """A state change on a covered account pages whoever responds.

    `ignored` is the share of alerts that nobody acts on, and `tires` how much that grows for each
    false alarm a day; a false alarm costs a responder `triage`.
    """

    family = "detect"
    controls = ("AC-2(4)", "SI-4(5)")
    says = "a state change pages the responders"
    after: RandomDuration
    recall: Share
    ignored: Share = default("0%")
    tires: Share = default("0%")
    false_alarms: RateOf = default("0 per day")
    triage: RandomDuration = default("median 13.2 min, sigma 0.70")


class Probe(Safeguard):
    """A synthetic visitor looks at covered accounts at regular intervals."""

    family = "detect"
    controls = ("SI-4",)
    says = "a synthetic visitor looks regularly"
    every: Duration
    recall: Share = default("100%")


class LeaverWatch(Safeguard):
    """What leavers do in their last days is looked at as it happens."""

    family = "detect"
    controls = ("AC-2(12)", "AC-2(13)")
    says = "leavers' actions are looked at"
    before_last_shift: Duration
    after: RandomDuration
    recall: Share


class Audit(Safeguard):
    """A sample of actions is reviewed at regular intervals."""

    family = "detect"
    controls = ("AU-6", "AC-2(12)")
    says = "a sample of actions is reviewed"
    sample: Share
    every: Duration
    recall: Share = default("100%")


class PreauthorisedUndo(Safeguard):
    """Covered accounts are undone on sight: nobody has to find the cause or authorise."""

    family = "restore"
    controls = ("IR-4", "CP-10")
    says = "undo without finding and authorising"


class UndoButton(Safeguard):
    """A prepared undo: the last stage takes no longer than `restore`."""

    family = "restore"
    controls = ("CP-10(4)",)
    says = "a prepared undo"
    restore: RandomDuration


class OnCall(Safeguard):
    """More people on call, or quicker ones.

    Coverage and reliability are those of `pick_up`; more people are there for everything.
    """

    family = "restore"
    controls = ("IR-4", "IR-6")
    says = "more or quicker people on call"
    headcount: Count | None = None
    pick_up: RandomDuration | None = None


class AutomaticRestore(Safeguard):
    """A watchdog undoes actions on covered accounts, honest ones too.

    `undoes_honest` is the share of honest actions on covered accounts it wrongly undoes.
    """

    family = "restore"
    controls = ("CP-10(2)", "SI-7(5)")
    says = "a watchdog undoes the action"
    after: RandomDuration
    undoes_honest: Share = default("100%")


class LockDown(Safeguard):
    """Once word has come, all actions on covered accounts are frozen for a while."""

    family = "restore"
    controls = ("IR-4(1)",)
    says = "freeze all such actions once word has come"
    after: RandomDuration
    for_: Duration = Field(alias="for")


class Retention(Everywhere):
    """How long a deactivated account can still be brought back with its content.

    It holds for every account: it has no coverage and no outages.
    """

    family = "restore"
    controls = ("CP-9",)
    says = "how long undo remains possible"
    why = "content is kept equally long for everyone"
    keep: Duration


class Safeguards(BaseModel):
    """The safeguards in force, each at most once."""

    model_config = SETTINGS

    least_privilege: LeastPrivilege | None = None
    protected_list: ProtectedList | None = None
    open_report: OpenReport | None = None
    just_in_time: JustInTime | None = None
    step_down: StepDown | None = None
    deprovisioning: Deprovisioning | None = None
    confirm: Confirm | None = None
    separation_of_duties: SeparationOfDuties | None = None
    approval: Approval | None = None
    cooling_off: CoolingOff | None = None
    rate_limit: RateLimit | None = None
    alert: Alert | None = None
    probe: Probe | None = None
    leaver_watch: LeaverWatch | None = None
    audit: Audit | None = None
    preauthorised_undo: PreauthorisedUndo | None = None
    undo_button: UndoButton | None = None
    on_call: OnCall | None = None
    automatic_restore: AutomaticRestore | None = None
    lock_down: LockDown | None = None
    retention: Retention | None = None
