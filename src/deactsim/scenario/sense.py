"""Whether a scenario can be: what each word allows alone and the whole does not."""

from __future__ import annotations

from typing import Any, Final

from .leaf import SPOILT, Unreadable, did_you_mean, one_of
from .places import Faults, Node
from .quantities import read
from .references import names_at, safeguards_of
from .shorthand import MEASURED
from .stated import FactValue

ROLES: Final = ("pinned", "given", "checked", "noted")
# What each thing that can be measured is measured in.
_KINDS: Final = {"dark": ("duration",), "content_lost": ("number",), "took_effect": ("instant",)}
_MOMENT: Final = ("instant", "duration")

# Settings that mean nothing at 0, by safeguard.
_ABOVE_ZERO: Final = {
    "least_privilege": {"holders": "count"},
    "just_in_time": {"lasts": "duration"},
    "step_down": {"before_last_shift": "duration"},
    "cooling_off": {"for": "duration"},
    "rate_limit": {"per_agent": "rate"},
    "probe": {"every": "duration"},
    "leaver_watch": {"before_last_shift": "duration"},
    "audit": {"every": "duration", "sample": "share"},
    "on_call": {"headcount": "count"},
    "lock_down": {"for": "duration"},
    "retention": {"keep": "duration"},
    "approval": {"time_out": "duration"},
}


def check_sense(top: Node, faults: Faults) -> None:
    """Fault what cannot be, although every word of it may."""
    _Sense(top, faults).check()


class _Sense:
    def __init__(self, top: Node, faults: Faults) -> None:
        self.top = top
        self.faults = faults

    def check(self) -> None:
        """All checks, section by section."""
        for section, what in (("teams", "team"), ("policies", "policy")):
            self.not_empty(self.top.at(section), what)
        self.platform()
        self.teams()
        self.reports()
        for name, node in safeguards_of(self.top):
            self.safeguard(name, node)
        self.public()
        self.steps(self.top.at("audience_whole", "steps"))
        self.incident()

    def not_empty(self, node: Node | None, what: str) -> None:
        """A mapping that must hold something."""
        if node is not None and node.value == {}:
            self.faults.add(node.header, f"there is no {what}", f"at least one {what}")

    def above_zero(self, node: Node | None, kind: str, what: str) -> None:
        """A value that means nothing at 0."""
        value = _read(node, kind)
        if node is not None and value is not None and (value.amount if kind == "rate" else value) == 0:
            self.faults.add(node.place, f"{what} is 0")

    def platform(self) -> None:
        """Tiers and their accounts, and commands that undo one another."""
        for section, what in (("tiers", "tier"), ("commands", "command")):
            self.not_empty(self.top.at("platform", section), what)
        accounts = self.top.at("platform", "accounts")
        members: dict[str, int] = {}
        for account in accounts.table.values() if accounts is not None else ():
            tier = account.at("tier")
            if tier is not None and tier.text is not None:
                members[tier.text] = members.get(tier.text, 0) + 1
        for tier_name, named in members.items():
            size = self.top.at("platform", "tiers", tier_name, "accounts")
            holds = _read(size, "count")
            if size is not None and holds is not None and holds < named:
                self.faults.add(
                    size.place, f"the tier `{tier_name}` has {holds} accounts, but {named} are named"
                )
        for name in names_at(self.top, "platform", "accounts"):
            node = self.top.at("platform", "accounts", name)
            if node is not None and name in names_at(self.top, "platform", "tiers"):
                self.faults.add(
                    node.header, f"`{name}` is a tier and an account", None, "give one of them another name"
                )
        for name in names_at(self.top, "platform", "commands"):
            self.undo(name)

    def undo(self, name: str) -> None:
        """What undoes a command may not itself be undone."""
        undo = self.top.at("platform", "commands", name, "undo")
        if undo is None or undo.text is None:
            return
        if undo.text == name:
            self.faults.add(undo.place, f"`{name}` undoes itself")
        elif self.top.at("platform", "commands", undo.text, "undo") is not None:
            self.faults.add(undo.place, f"`{undo.text}` undoes `{name}`, so nothing can undo it in turn")

    def teams(self) -> None:
        """Teams have people, and names that mean nothing else."""
        teams = self.top.at("teams")
        for name, team in teams.table.items() if teams is not None else ():
            self.above_zero(team.at("headcount"), "count", f"the headcount of `{name}`")
            if name == "deny":
                self.faults.add(team.header, "a team cannot be called `deny`", None, "give it another name")

    def reports(self) -> None:
        """Somebody may handle each stream of reports."""
        reports = self.top.at("reports")
        for tier, stream in reports.table.items() if reports is not None else ():
            command = stream.at("command")
            if (
                command is not None
                and command.text in names_at(self.top, "platform", "commands")
                and tier in names_at(self.top, "platform", "tiers")
                and not any(self.may(team, command.text or "", tier) for team in names_at(self.top, "teams"))
            ):
                self.faults.add(
                    command.place,
                    f"no team may `{command.text}` on `{tier}`",
                    None,
                    "add it to the `may` of a team",
                )

    def may(self, team: str, command: str, tier: str) -> bool:
        """Whether a team has the right to a command on a tier."""
        tiers = self.top.at("teams", team, "may", command)
        return tiers is not None and tier in [item.text for item in tiers.items]

    def safeguard(self, name: str, node: Node) -> None:
        """Settings that contradict the platform or each other."""
        for key, kind in _ABOVE_ZERO.get(name, {}).items():
            self.above_zero(node.at(key), kind, f"`{key}` of `{name}`")
        works = _read(node.at("works"), "share")
        if works is not None and works < 1:
            self.above_zero(node.at("stretch"), "duration", f"`stretch` of `{name}`")
        if name == "approval":
            self.approval(node.at("by"))
        if name == "on_call" and "headcount" not in node.table and "pick_up" not in node.table:
            self.faults.add(node.header, "`on_call` changes nothing", "`headcount`, `pick_up` or both")

    def approval(self, by: Node | None) -> None:
        """As many approvers as the team has people."""
        if by is not None and by.value == {}:
            self.faults.add(by.header, "nobody approves", "a team and how many of it: `{leads: 1}`")
        for team, count in by.table.items() if by is not None else ():
            wanted = _read(count, "count")
            people = _read(self.top.at("teams", team, "headcount"), "count")
            self.above_zero(count, "count", f"the number of approvers from `{team}`")
            if wanted is not None and people is not None and wanted > people > 0:
                self.faults.add(count.place, f"{wanted} of `{team}` must approve, but it has {people}")

    def public(self) -> None:
        """The law of the public's delay goes through two different audiences."""
        public = self.top.at("detection", "public")
        if public is None:
            return
        here = public.at("at_followers")
        there = public.at("also", "at_followers")
        self.above_zero(here, "count", "`at_followers`")
        self.above_zero(there, "count", "`at_followers`")
        self.above_zero(public.at("also", "median"), "duration", "`median`")
        if (
            there is not None
            and _read(here, "count") is not None
            and _read(here, "count") == _read(there, "count")
        ):
            self.faults.add(
                there.place, "both points are at the same audience", "another number of followers"
            )

    def steps(self, steps: Node | None) -> None:
        """Followers only come back."""
        last = 0.0
        for step in steps.items if steps is not None else []:
            share = _read(step, "share")
            if share is not None and share < last:
                self.faults.add(step.place, "this share is below the one before it", "shares that increase")
            last = share if share is not None else last

    def incident(self) -> None:
        """The actor could do it, and the record can be met."""
        incident = self.top.at("incident")
        if incident is None:
            return
        self.above_zero(incident.at("follow"), "duration", "`follow`")
        self.not_empty(incident.at("readings"), "reading")
        self.letters(incident.at("readings"))
        acts = incident.at("further_acts")
        for act in [incident, *(acts.items if acts is not None else [])]:
            self.right(incident, act.at("account"))
        facts = incident.at("facts")
        earliest = self.earliest(incident)
        for name, fact in facts.table.items() if facts is not None else ():
            if isinstance(fact.value, dict):
                self.fact(name, fact, earliest)

    def letters(self, readings: Node | None) -> None:
        """No two readings under one letter."""
        seen: dict[str, str] = {}
        for name, reading in readings.table.items() if readings is not None else ():
            letter = reading.at("letter")
            if letter is None or letter.text is None:
                continue
            if letter.text in seen:
                self.faults.add(letter.place, f"`{seen[letter.text]}` has the letter {letter.text} already")
            seen.setdefault(letter.text, name)

    def right(self, incident: Node, account: Node | None) -> None:
        """The actor's team has the right to the command on the account's tier."""
        team, command = incident.at("actor", "team"), incident.at("command")
        if team is None or command is None or account is None:
            return
        tier = self.top.at("platform", "accounts", account.text or "", "tier")
        if tier is None or tier.text not in names_at(self.top, "platform", "tiers"):
            return
        known = team.text in names_at(self.top, "teams") and command.text in names_at(
            self.top, "platform", "commands"
        )
        if known and not self.may(team.text or "", command.text or "", tier.text or ""):
            self.faults.add(
                team.place,
                f"`{team.text}` may not `{command.text}` on `{tier.text}`, the tier of `{account.text}`",
                None,
                f"add it to the `may` of `{team.text}`",
            )

    def earliest(self, incident: Node) -> int | None:
        """The earliest instant at which the account can have gone dark."""
        at = _read(incident.at("at", "value"), "instant")
        spread = incident.at("at", "give_or_take")
        around = 0 if spread is None else _read(spread, "duration")
        return None if at is None or around is None else int(at - around)

    def fact(self, name: str, fact: Node, earliest: int | None) -> None:
        """One role each; what is pinned or checked can be measured."""
        roles = [role for role in ROLES if role in fact.table]
        if len(roles) != 1:
            said = "no role" if not roles else f"{len(roles)} roles: {', '.join(roles)}"
            self.faults.add(
                fact.header, f"the fact `{name}` has {said}", f"exactly one of {', '.join(ROLES)}"
            )
            return
        said_node, of = fact.at(roles[0]), fact.at("of")
        value = _read(said_node, "fact")
        if roles[0] not in ("pinned", "checked") or said_node is None or said_node.value is SPOILT:
            return
        if of is None:
            hint = did_you_mean(name, MEASURED)
            self.faults.add(
                fact.header,
                f"the fact `{name}` does not say what is {roles[0]}",
                f"`of:` {one_of(MEASURED)}",
                hint,
            )
        elif isinstance(value, FactValue) and of.text in MEASURED:
            self.measured(said_node, roles[0], of.text or "", value, earliest)

    def measured(self, node: Node, role: str, of: str, value: FactValue, earliest: int | None) -> None:
        """A pinned or checked value of the right kind, and not before the act."""
        kinds = _KINDS.get(of, _MOMENT)
        if value.kind not in kinds:
            self.faults.add(
                node.place,
                f"`{of}` is not measured as {_ARTICLES[value.kind]}",
                " or ".join(_EXAMPLES[kind] for kind in kinds),
            )
        elif role == "pinned" and value.relation != "is":
            self.faults.add(
                node.place, "a bound cannot be pinned", "the exact value", "a bound can be `checked`"
            )
        elif (
            role == "pinned"
            and value.kind == "instant"
            and earliest is not None
            and int(value.value) < earliest
        ):
            self.faults.add(node.place, "this is before the account went dark", "an instant after `at`")


_ARTICLES: Final = {"duration": "a duration", "instant": "an instant", "number": "a number", "text": "a text"}
_EXAMPLES: Final = {
    "duration": "a duration such as `11 min`",
    "instant": "an instant such as `2017-11-02T18:51-04:00`",
    "number": "a number such as `0`",
}


def _read(node: Node | None, kind: str) -> Any:
    """The value of a leaf; None where it is not there or faulted already."""
    if node is None:
        return None
    inner = node.at("value")
    raw = node.plain if inner is None else inner.plain
    if raw is SPOILT:
        return None
    try:
        return read(kind, raw)
    except Unreadable:
        return None
