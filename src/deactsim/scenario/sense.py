"""Whether a scenario can be: what each word allows alone and the whole does not."""

from __future__ import annotations

from typing import Final

from .checks import Checks, leaf_at
from .places import Faults, Node
from .quantities import read
from .references import names_at, safeguards_of
from .safeguards import Safeguard

# Settings that mean nothing at 0, by safeguard.
_ABOVE_ZERO: Final = {
    "least_privilege": {"holders": "count"},
    "just_in_time": {"lasts": "duration"},
    "step_down": {"before_last_shift": "duration"},
    "cooling_off": {"for": "duration"},
    "rate_limit": {"per_agent": "rate"},
    "probe": {"every": "duration"},
    "leaver_watch": {"before_last_shift": "duration"},
    "audit": {"every": "duration"},
    "on_call": {"headcount": "count"},
    "lock_down": {"for": "duration"},
    "retention": {"keep": "duration"},
    "approval": {"time_out": "duration"},
}

# Common keys that the complete form writes even where they say what is the default anyway.
_COMMON: Final = {
    "covers": "share",
    "works": "share",
    "stretch": "duration",
    "rots": "rate",
    "mended": "duration",
}


def check_sense(top: Node, faults: Faults) -> None:
    """Fault what cannot be, although every word of it may."""
    _Sense(top, faults).check()


class _Sense(Checks):
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

    def platform(self) -> None:
        """Tiers and their accounts, and commands that undo one another."""
        for section, what in (("tiers", "tier"), ("commands", "command")):
            self.not_empty(self.top.at("platform", section), what)
        self.above_zero(self.top.at("platform", "retention"), "duration", "`retention`")
        accounts = self.top.at("platform", "accounts")
        members: dict[str, int] = {}
        for account in accounts.table.values() if accounts is not None else ():
            tier = account.at("tier")
            if tier is not None and tier.text is not None:
                members[tier.text] = members.get(tier.text, 0) + 1
        for tier_name, named in members.items():
            size = self.top.at("platform", "tiers", tier_name, "accounts")
            holds = leaf_at(size, "count")
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

    def safeguard(self, name: str, node: Node) -> None:
        """Settings that contradict the platform or each other."""
        for key, kind in _ABOVE_ZERO.get(name, {}).items():
            self.above_zero(node.at(key), kind, f"`{key}` of `{name}`")
        works = leaf_at(node.at("works"), "share")
        if works is not None and works < 1:
            self.above_zero(node.at("stretch"), "duration", f"`stretch` of `{name}`")
        if name == "approval":
            self.approval(node.at("by"))
        elif name == "on_call":
            self.on_call(node)
        elif name == "least_privilege":
            self.holders(node.at("holders"))

    def on_call(self, node: Node) -> None:
        """More people or quicker ones; what a quick pick-up covers means nothing without one."""
        headcount, pick_up = node.at("headcount"), node.at("pick_up")
        if headcount is None and pick_up is None:
            self.faults.add(node.header, "`on_call` changes nothing", "`headcount`, `pick_up` or both")
        by = self.top.at("response", "by")
        team = by.text if by is not None else None
        heads = leaf_at(self.top.at("teams", team or "", "headcount"), "count")
        more = leaf_at(headcount, "count")
        if headcount is not None and more and heads is not None:
            if more < heads:
                self.faults.add(
                    headcount.place,
                    f"`{team}` has {heads} people, {more} would be fewer",
                    f"more than {heads}",
                )
            elif more == heads and pick_up is None:
                self.faults.add(headcount.place, f"`{team}` has {heads} people already", f"more than {heads}")
        if pick_up is not None:
            return
        for key in sorted(node.table.keys() & Safeguard.model_fields.keys()):
            if not _is_default(key, node.table[key]):
                self.faults.add(
                    node.table[key].header,
                    f"`{key}` says nothing here: `headcount` puts people on call for everything",
                    None,
                    "leave it out, or give a `pick_up` for it to cover",
                )

    def holders(self, node: Node | None) -> None:
        """Fewer holders than there are, or nobody loses the right."""
        heads = [leaf_at(team.at("headcount"), "count") for team in self.acting.values()]
        keep = leaf_at(node, "count")
        if node is None or keep is None or None in heads or keep < sum(heads):
            return
        self.faults.add(
            node.place,
            f"{sum(heads)} people hold a right, so that with {keep} holders nobody loses it",
            f"fewer than {sum(heads)}",
        )

    @property
    def acting(self) -> dict[str, Node]:
        """The teams that may do something, by name."""
        teams = self.top.at("teams")
        return {
            name: team
            for name, team in (teams.table.items() if teams is not None else ())
            if (may := team.at("may")) is not None and may.table
        }

    def approval(self, by: Node | None) -> None:
        """As many approvers as the team has people."""
        if by is not None and by.value == {}:
            self.faults.add(by.header, "nobody approves", "a team and how many of it: `{leads: 1}`")
        for team, count in by.table.items() if by is not None else ():
            wanted = leaf_at(count, "count")
            people = leaf_at(self.top.at("teams", team, "headcount"), "count")
            self.above_zero(count, "count", f"the number of approvers from `{team}`")
            if wanted is not None and people is not None and wanted > people > 0:
                self.faults.add(count.place, f"{wanted} of `{team}` must approve, but it has {people}")
            elif wanted is not None and wanted == people and [*self.acting] == [team]:
                self.faults.add(
                    count.place,
                    f"{wanted} of `{team}` must approve, but it has {people}, and nobody approves what is his own",
                    None,
                    "let another team approve, or fewer",
                )

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
            and leaf_at(here, "count") is not None
            and leaf_at(here, "count") == leaf_at(there, "count")
        ):
            self.faults.add(
                there.place, "both points are at the same audience", "another number of followers"
            )

    def steps(self, steps: Node | None) -> None:
        """Followers only come back."""
        last = 0.0
        for step in steps.items if steps is not None else []:
            share = leaf_at(step, "share")
            if share is not None and share < last:
                self.faults.add(step.place, "this share is below the one before it", "shares that increase")
            last = share if share is not None else last


def _is_default(key: str, node: Node) -> bool:
    """Whether a common key says what it says anyway; the complete form writes all of them."""
    kind = _COMMON.get(key)
    return kind is not None and leaf_at(node, kind) == read(kind, Safeguard.model_fields[key].default)
