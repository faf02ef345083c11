"""What a scenario may say: the nouns of docs/model.md as strict models.

Leaves are `Stated` values; a default of the format is written with `default(...)`, in the
same words a user would write, and counts as assumed.
"""

# No `from __future__ import annotations` here: pydantic would compile each annotation anew.
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, Field, PrivateAttr

from .quantities import (
    Count,
    Duration,
    Employment,
    FactText,
    Flag,
    Instant,
    Names,
    Number,
    RandomDuration,
    RateOf,
    Share,
    ShiftWindows,
    SourceList,
    SourceTable,
    default,
)
from .safeguards import SETTINGS, Name, Safeguards

FactOf = Literal[
    "dark",
    "took_effect",
    "public_notice",
    "detected",
    "visible",
    "contained",
    "first_statement",
    "second_statement",
    "audience_whole",
    "content_lost",
]
Wrong = Literal["slip", "misidentified", "deliberate"]


class Part(BaseModel):
    """A strict, immutable part of a scenario.

    `filled_in` has what belongs under keys that people may leave out where the file leaves no choice.
    """

    filled_in: ClassVar[Mapping[str, str]] = {}
    model_config = SETTINGS


class Tier(Part):
    """Accounts that share rules: how many, and how many followers a typical one has."""

    accounts: Count
    followers: Count = default("10k")


class Account(Part):
    """A named account: its tier, audience and posting rate."""

    tier: Name
    followers: Count
    posts: RateOf | None = None


class Command(Part):
    """A privileged command: how long until it takes effect, and what undoes it."""

    lag: RandomDuration = default("0 s")
    undo: Name | None = None


class Platform(Part):
    """Tiers, named accounts, privileged commands and the tools they are given through."""

    monthly_users: Count | None = None
    retention: Duration = default("30 days")
    tools: Names = ("console",)
    commands: dict[Name, Command]
    tiers: dict[Name, Tier]
    accounts: dict[Name, Account] = {}


class Wave(Part):
    """Many people of a team leave together: when their last shifts end, and how many there are."""

    at: Instant
    leavers: Count


class Team(Part):
    """People with the same rights, site and shifts."""

    headcount: Count
    employment: Employment = default("employee")
    may: dict[Name, Names] = {}
    tool: Name = "console"
    shift: ShiftWindows = default("always")
    turnover: RateOf = default("0 per year")
    waves: tuple[Wave, ...] = ()


class Busy(Part):
    """Hours of the week in which so many times the usual number of reports come in."""

    when: ShiftWindows
    times: Number


class ReportStream(Part):
    """Routine work on a tier: how many reports, how long each takes, how many end in an action.

    `slip` is the share of honest actions that hit the wrong account or command, `misidentified` the
    share that hit the account they were meant for, which was taken for another. In `busy` hours the
    rate is multiplied, by the first entry that fits.
    """

    rate: RateOf
    command: Name
    actioned: Share
    handling: RandomDuration
    urgent: Share = default("0%")
    slip: Share = default("0%")
    misidentified: Share = default("0%")
    busy: tuple[Busy, ...] = ()


class Anchor(Part):
    """A second point of the public's delay: its median at another audience."""

    at_followers: Count
    median: Duration


class PublicChannel(Part):
    """The public notices a dark account, the sooner the larger its audience.

    The delay holds at `at_followers`; `also` gives the median at a second audience, and the
    delay follows the power law through both.
    """

    delay: RandomDuration
    at_followers: Count
    also: Anchor | None = None
    chance: Share = default("100%")


class Channel(Part):
    """Somebody who may notice: with what chance ever, and how late."""

    delay: RandomDuration
    chance: Share = default("100%")


class ActorChannel(Channel):
    """The actor notices his own slip or mistaken target; with rights left, undoes it himself."""

    undoes: Flag = default("false")


class Word(Part):
    """How long public posts take to become a page to the platform."""

    delay: RandomDuration


class Detection(Part):
    """The channels that race to notice."""

    word_reaches_platform: Word
    public: PublicChannel | None = None
    holder: Channel | None = None
    colleague: Channel | None = None
    actor: ActorChannel | None = None


class Response(Part):
    """From the page to the visible account: who responds and how long each stage takes."""

    by: Name
    pick_up: RandomDuration
    find_cause: RandomDuration
    authorise: RandomDuration
    restore: RandomDuration
    contain: RandomDuration = default("median 10 min, p90 1 h")


class AudienceWhole(Part):
    """How long follower counts take to be whole after the account is visible, and in which shares."""

    within: RandomDuration
    steps: tuple[Share, ...] = ()


class Statements(Part):
    """How long after detection the platform speaks, and how long after that again."""

    first: RandomDuration
    second: RandomDuration | None = None


class Leaving(Part):
    """When the actor's last shift ends, counted from the act."""

    after_act: RandomDuration


class Actor(Part):
    """Who acted: a team member, perhaps leaving, or gone before the act, perhaps with an open report.

    `among_holders` says whether he would keep the right if fewer people held it; left out,
    a policy of least privilege cannot be judged.
    """

    team: Name
    leaves: Leaving | None = None
    left_before_act: RandomDuration | None = None
    open_report: Flag = default("false")
    among_holders: Share | None = None

    @property
    def away(self) -> RandomDuration | None:
        """The time between the act and the end of his last shift, whichever came first; None if he stays."""
        return self.left_before_act or (None if self.leaves is None else self.leaves.after_act)


class FurtherAct(Part):
    """One more account the same actor goes for, so long after the first act."""

    account: Name
    after: Duration


class Moment(Part):
    """When the account went dark; drawn evenly within `give_or_take`."""

    value: Instant
    give_or_take: Duration = default("0 s")
    source: SourceList = ()
    disputed: str | None = None
    note: str | None = None


class Reading(Part):
    """One of the ways disputed sources can be read."""

    cause: Wrong
    label: str | None = None
    letter: Annotated[str, Field(pattern=r"^[A-Z]$")] | None = None
    expects_no_effect: Flag = default("false")
    may_adapt: Flag = default("false")
    source: SourceList = ()
    note: str | None = None


class Fact(Part):
    """One line of the record, with its role: exactly one of pinned, given, checked, noted.

    `model: free` compares with the model left free, for incidents that were not used.
    """

    of: FactOf | None = None
    pinned: FactText | None = None
    given: FactText | None = None
    checked: FactText | None = None
    noted: FactText | None = None
    label: str | None = None
    model: Literal["conditioned", "free"] = "conditioned"
    source: SourceList = ()
    disputed: str | None = None
    note: str | None = None


class Incident(Part):
    """The documented incident: who did what to which account and when, and what is on record."""

    account: Name
    command: Name
    actor: Actor
    at: Moment
    readings: dict[Name, Reading]
    facts: dict[Name, Fact] = {}
    further_acts: tuple[FurtherAct, ...] = ()
    warm_up: Duration = default("8 h")
    follow: Duration | None = None


class Cause(Part):
    """Why somebody takes down accounts that nothing is wrong with, and how often: a forecast's incidents.

    `rate` is for each person of the teams in `by`, a year. `command`, `by` and `targets` are filled
    in when a file is loaded, so that they are always there. Of the actors a share is on the way
    out (`leaving`), a share has left already (`former`), and the others stay.
    """

    filled_in = {
        "command": "the name of a command; there is more than one",
        "by": "teams",
        "targets": "tiers and their shares, `100%` in all; there is more than one tier",
    }

    cause: Wrong
    label: str | None = None
    rate: RateOf
    command: Name
    by: Names
    targets: dict[Name, Share]
    on_shift: Share = default("100%")
    leaving: Share = default("0%")
    leaves_after_act: RandomDuration = default("1 day")
    former: Share = default("0%")
    left_before_act: RandomDuration | None = None
    accounts: Count = default("1")
    spacing: Duration = default("1 min")
    open_report: Share = default("0%")
    expects_no_effect: Flag = default("false")
    may_adapt: Share = default("0%")
    keys: dict[Name, Count] = {}


class ForecastSettings(Part):
    """What a forecast is measured by: the longest darkness accepted, of whom, and what an hour of work costs."""

    appetite: Duration
    protected: Names
    wages: dict[Name, Number] = {}
    currency: str | None = None


class Policy(Part):
    """A named set of safeguards, resolved: every safeguard in force, in full."""

    safeguards: Safeguards = Safeguards()
    label: str | None = None
    note: str | None = None


class Scenario(Part):
    """A platform, its people and routine, perhaps an incident, and the policies to compare.

    `_unmoved` is the scenario of which this one is a variation: what is not to move with an input is taken from it.
    """

    _unmoved: Self | None = PrivateAttr(default=None)

    title: str
    zone: Name
    sources: SourceTable = {}
    platform: Platform
    teams: dict[Name, Team]
    reports: dict[Name, ReportStream] = {}
    detection: Detection
    response: Response
    audience_whole: AudienceWhole | None = None
    statements: Statements | None = None
    incident: Incident | None = None
    causes: dict[Name, Cause] = {}
    forecast: ForecastSettings | None = None
    safeguards: Safeguards = Safeguards()
    baseline: Name
    policies: dict[Name, Policy]
    silent: tuple[str, ...] = ()

    @property
    def unmoved(self) -> Self:
        """The scenario as it stands, before any input was moved."""
        return self._unmoved or self

    def moved_from(self, stated: Self) -> Self:
        """The same as a variation of a scenario."""
        moved = self.model_copy()
        moved._unmoved = stated.unmoved
        return moved
