"""The sections of a template: what each part of a plan is in memory.

Plans that share a part share its section: of two that differ in one length nearly all is the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...model import rules
from ...model.lengths import scaled
from ...model.plan import (
    CommandPlan,
    Control,
    DetectionPlan,
    ResponsePlan,
    SafeguardsPlan,
    StreamPlan,
    TeamPlan,
)
from ...model.streams import agent_id
from ...same import for_the_same
from .approval import OWN_UNDO, RESPONDERS_UNDO
from .layout import NIGHT, PLACE, STREAM, TEAM, Night
from .memory import LARGEST
from .people import BITS
from .safeguards import Safeguards
from .words import Fields, Words

#: Sections of each kind that are kept.
KEPT = 512


@dataclass(frozen=True)
class Section:
    """Words that stand from `base` on, and what the night's head says of them."""

    base: int
    words: Night
    head: Fields

    @property
    def end(self) -> int:
        """Where the next section begins."""
        return self.base + self.words.size


@dataclass(frozen=True)
class Teams(Section):
    """Teams, with the place of each by its index; `people` is how many have a number."""

    at: dict[int, int]
    people: int


@dataclass(frozen=True)
class Lags(Section):
    """What commands take, with the place of each by its name."""

    at: dict[str, int]


@dataclass(frozen=True)
class Controls(Section):
    """Safeguards, with the common part of each."""

    controls: list[Control]


@dataclass(frozen=True)
class Reach:
    """Which controls an action is meant to be covered by."""

    teams: tuple[TeamPlan, ...]
    commands: tuple[CommandPlan, ...]
    safeguards: SafeguardsPlan
    controls: list[Control]
    responders: int

    def __call__(
        self, account: str | None, tier: str, command: str, team: int, tool: str
    ) -> tuple[list[int], int]:
        """Whether each control is meant to cover it, and whose undo of it approval covers, in bits."""
        name = self.teams[team].name
        reached = [int(one.reaches(account, tier, command, name, tool)) for one in self.controls]
        undo = next(each.undo for each in self.commands if each.name == command)
        approval, responders = self.safeguards.approval, self.teams[self.responders].name
        if not undo or approval is None:
            return reached, 0
        covers = RESPONDERS_UNDO if approval.control.reaches(account, tier, undo, responders, None) else 0
        own = OWN_UNDO if approval.control.reaches(account, tier, undo, name, tool) else 0
        return reached, covers | own


@for_the_same(KEPT)
def teams_of(teams: tuple[TeamPlan, ...], streams: int) -> Teams:
    """Teams by id, of whom so many streams may want people; their agents are numbered in that order."""
    words = Words(NIGHT.SIZE)
    order = sorted(range(len(teams)), key=lambda index: teams[index].id)
    first = words.put([0] * (TEAM.SIZE * len(order)))
    number, found = 0, {}
    for place, index in enumerate(order):
        team = teams[index]
        found[index] = first + TEAM.SIZE * place
        size = -(-team.headcount // BITS)
        words.fill(
            found[index],
            TEAM,
            {
                "ID": team.id,
                "INDEX": index,
                "HEADCOUNT": team.headcount,
                "HOLDERS": team.holders,
                "CONTRACTOR": team.contractor,
                "WORDS": size,
                "IDLE": words.put([0] * size),
                "BUSY": words.put([0] * size),
                "WAITING": words.put([0] * max(1, streams)),
                "MATCH_DUE": -1,
                "FIRST_AGENT": agent_id(team.id, 0),
                "FIRST_NUMBER": number,
            },
        )
        # Requests are of people of whom the plan may say nothing more: all have a number.
        number += max(team.headcount, team.heads)
    head = {
        "TEAMS": first,
        "TEAM_COUNT": len(teams),
        "FREE": words.put([0] * LARGEST),
        "MATCHES": words.put([0] * len(teams)),
    }
    return Teams(words.base, words.array(), head, found, number)


@for_the_same(KEPT)
def lags_of(commands: tuple[CommandPlan, ...], base: int) -> Lags:
    """What each command takes."""
    words = Words(base)
    at = {command.name: words.length(command.lag) for command in commands}
    return Lags(base, words.array(), {}, at)


@for_the_same(KEPT)
def controls_of(given: SafeguardsPlan, teams: Teams, base: int) -> Controls:
    """The safeguards."""
    written = Safeguards(given, teams.at, base)
    return Controls(base, written.words.array(), written.head, written.controls)


@for_the_same(KEPT)
def reach_of(
    teams: tuple[TeamPlan, ...],
    commands: tuple[CommandPlan, ...],
    safeguards: SafeguardsPlan,
    controls: Controls,
    responders: int,
) -> Reach:
    """What the safeguards of a plan reach."""
    return Reach(teams, commands, safeguards, controls.controls, responders)


@for_the_same(KEPT)
def detection_of(given: DetectionPlan, base: int) -> Section:
    """The channels but for the public, whose delay hangs on the audience."""
    words = Words(base)
    head: Fields = {
        "WORD": words.length(given.word),
        "ACTOR_UNDOES": given.actor_undoes,
    }
    for name, channel in (
        ("PUBLIC", given.public),
        ("HOLDER", given.holder),
        ("COLLEAGUE", given.colleague),
        ("ACTOR", given.actor),
    ):
        head[f"HAS_{name}"] = channel is not None
        if channel is not None:
            head[f"{name}_CHANCE"] = float(channel.chance)
            if name != "PUBLIC":
                head[f"{name}_DELAY"] = words.length(channel.delay)
    return Section(base, words.array(), head)


@for_the_same(KEPT)
def response_of(given: ResponsePlan, teams: Teams, base: int) -> Section:
    """The stages of response."""
    words = Words(base)
    length = words.length
    head: Fields = {
        "RESPONDERS": teams.at[given.team],
        "PICK_UP": length(given.pick_up),
        "FIND_CAUSE": length(given.find_cause),
        "AUTHORISE": length(given.authorise),
        "RESTORE": length(given.restore),
        "CONTAIN": length(given.contain),
        "AUDIENCE_STEPS": given.audience_steps,
    }
    for name, optional in (
        ("FIRST_STATEMENT", given.first_statement),
        ("SECOND_STATEMENT", given.second_statement),
        ("AUDIENCE", given.audience_whole),
    ):
        if optional is not None:
            head[name] = length(optional)
    return Section(base, words.array(), head)


@for_the_same(KEPT)
def streams_of(
    streams: tuple[StreamPlan, ...],
    teams: Teams,
    lags: Lags,
    reach: Reach,
    detection: DetectionPlan,
    base: int,
) -> Section:
    """Routine reports, and what becomes of the actions that they end in."""
    words = Words(base)
    first = words.put([0] * (STREAM.SIZE * len(streams)))
    for index, stream in enumerate(streams):
        most = max([1.0, *(times for _, times in stream.busy)])
        places = words.put([0] * (PLACE.SIZE * len(stream.teams)))
        for number, (team, tool) in enumerate(zip(stream.teams, stream.tools, strict=True)):
            reached, undo = reach(None, stream.tier, stream.command, team, tool)
            words.fill(
                places + PLACE.SIZE * number,
                PLACE,
                {"TEAM": teams.at[team], "REACHED": words.put(reached), "UNDO_REACHED": undo},
            )
        words.fill(
            first + STREAM.SIZE * index,
            STREAM,
            {
                "INDEX": index,
                "BASE": stream.id,
                "RATE": float(stream.per_microsecond * most),
                "THIN": bool(stream.busy),
                "MOST": float(most),
                "ACTIONED": float(stream.actioned),
                "URGENT": float(stream.urgent),
                "SLIP": float(stream.slip),
                "WRONGFUL": float(stream.wrongful),
                "HANDLING": words.length(stream.handling),
                "PLACES": places,
                "PLACE_COUNT": len(stream.teams),
                "LAG": lags.at[stream.command],
                "PUBLIC": public(words, detection, stream.followers),
            },
        )
    return Section(base, words.array(), {"STREAMS": first, "STREAM_COUNT": len(streams)})


def public(words: Words, given: DetectionPlan, followers: int) -> int:
    """Write the public's delay before so many followers; 0 without a public."""
    if given.public is None:
        return 0
    factor = rules.public_factor(followers, given.public_at, given.public_slope)
    return words.length(scaled(given.public.delay, factor))
