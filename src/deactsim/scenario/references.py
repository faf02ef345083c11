"""Whether every name in a scenario is the name of something."""

from __future__ import annotations

from collections.abc import Iterator

from .leaf import Unreadable, did_you_mean, one_of
from .places import Faults, Node
from .quantities import LONGEST_NAME


def check_references(top: Node, faults: Faults) -> None:
    """Fault each name that nothing bears, with the nearest that something does."""
    _References(top, faults).check()


def safeguards_of(top: Node) -> Iterator[tuple[str, Node]]:
    """Every safeguard of the platform and of every policy, by its name."""
    holders = [top.at("safeguards")]
    policies = top.at("policies")
    if policies is not None:
        holders += [policy.at("safeguards") for policy in policies.table.values()]
    for holder in holders:
        if holder is not None:
            yield from holder.table.items()


def names_at(top: Node, *path: str) -> tuple[str, ...]:
    """The names defined in the mapping at a path."""
    node = top.at(*path)
    return tuple(node.table) if node is not None else ()


def _known(top: Node, *path: str, needed: bool = True) -> tuple[str, ...] | None:
    """The names at a path; None where the mapping is faulted already, so that nothing can be said."""
    node = top.at(*path)
    if node is None:
        return None if needed else ()
    return tuple(node.table) if isinstance(node.value, dict) else None


class _References:
    def __init__(self, top: Node, faults: Faults) -> None:
        self.top = top
        self.faults = faults
        self.tiers = _known(top, "platform", "tiers")
        self.accounts = _known(top, "platform", "accounts", needed=top.at("platform", "tiers") is None)
        self.commands = _known(top, "platform", "commands")
        tools = top.at("platform", "tools")
        self.tools = tuple(t.text for t in tools.items if t.text) if tools is not None else ("console",)
        self.teams = _known(top, "teams")
        self.policies = _known(top, "policies")
        self.sources = _known(top, "sources", needed=False)

    def check(self) -> None:
        """All references, section by section."""
        top = self.top
        self.one(top.at("baseline"), self.policies, "policy")
        self.zone(top.at("zone"))
        self.platform()
        for team in self.entries("teams").values():
            self.one(team.at("tool"), self.tools, "tool")
            self.rights(team.at("may"))
        for tier, stream in self.entries("reports").items():
            self.name(tier, stream, self.tiers, "tier")
            self.one(stream.at("command"), self.commands, "command")
        self.one(top.at("response", "by"), self.teams, "team")
        self.incident()
        self.forecast()
        for name, safeguard in safeguards_of(top):
            self.safeguard(name, safeguard)
        self.source_keys(top)

    def entries(self, *path: str) -> dict[str, Node]:
        """The entries of the mapping at a path."""
        node = self.top.at(*path)
        return node.table if node is not None else {}

    def platform(self) -> None:
        """Tiers of accounts, and what undoes a command."""
        for account in self.entries("platform", "accounts").values():
            self.one(account.at("tier"), self.tiers, "tier")
        for command in self.entries("platform", "commands").values():
            self.one(command.at("undo"), self.commands, "command")

    def rights(self, may: Node | None) -> None:
        """Commands, and the tiers they may be used on."""
        for name, node in may.table.items() if may is not None else ():
            self.name(name, node, self.commands, "command")
            self.many(node, self.tiers, "tier")

    def incident(self) -> None:
        """The account, command and team of the incident."""
        incident = self.top.at("incident")
        if incident is None:
            return
        self.one(incident.at("account"), self.accounts, "account")
        self.one(incident.at("command"), self.commands, "command")
        self.one(incident.at("actor", "team"), self.teams, "team")
        acts = incident.at("further_acts")
        for act in acts.items if acts is not None else []:
            self.one(act.at("account"), self.accounts, "account")

    def forecast(self) -> None:
        """Who acts on what, and what is measured."""
        for cause in self.entries("causes").values():
            self.one(cause.at("command"), self.commands, "command")
            self.many(cause.at("by"), self.teams, "team")
            self.keys(cause.at("targets"), self.tiers, "tier")
            self.keys(cause.at("keys"), self.teams, "team")
        self.many(self.top.at("forecast", "protected"), self.tiers, "tier")
        self.keys(self.top.at("forecast", "wages"), self.teams, "team")

    def safeguard(self, name: str, node: Node) -> None:
        """What a safeguard covers, and whom it asks."""
        covered = None if self.tiers is None or self.accounts is None else (*self.tiers, *self.accounts)
        self.many(node.at("of"), covered, "tier or account")
        self.many(node.at("commands"), self.commands, "command")
        self.many(node.at("teams"), self.teams, "team")
        self.many(node.at("tools"), self.tools, "tool")
        if name == "protected_list":
            self.one(node.at("then"), None if self.teams is None else (*self.teams, "deny"), "team")
        elif name == "separation_of_duties":
            self.one(node.at("by"), self.teams, "team")
        elif name == "approval":
            self.keys(node.at("by"), self.teams, "team")

    def source_keys(self, node: Node) -> None:
        """The keys under every `source:`."""
        if isinstance(node.value, list):
            for item in node.value:
                self.source_keys(item)
        for key, inner in node.table.items():
            if key == "source" and not isinstance(inner.value, dict):
                self.many(inner, self.sources, "source")
            elif key != "sources":
                self.source_keys(inner)

    def zone(self, node: Node | None) -> None:
        """The zone in which times are shown."""
        from .durations import check_zone

        if node is not None and node.text is not None:
            try:
                check_zone(node.text)
            except Unreadable as unreadable:
                self.faults.add(
                    node.place, unreadable.message, "a name such as `Europe/Dublin`", unreadable.hint
                )

    def many(self, node: Node | None, known: tuple[str, ...] | None, what: str) -> None:
        """A list of names, or a single one; none of them twice."""
        seen: set[str] = set()
        for item in node.items if node is not None else []:
            self.one(item, known, what)
            if item.text is not None and item.text in seen:
                self.faults.add(item.place, f"`{item.text}` is named twice")
            seen.add(item.text or "")

    def one(self, node: Node | None, known: tuple[str, ...] | None, what: str) -> None:
        """A name as a value."""
        if node is None or known is None or not node.text or len(node.text) > LONGEST_NAME:
            return
        if node.text not in known:
            hint = did_you_mean(node.text, known)
            self.faults.add(node.place, f"unknown {what} `{node.text}`", one_of(known), hint)

    def keys(self, node: Node | None, known: tuple[str, ...] | None, what: str) -> None:
        """The names in a mapping, as its keys."""
        for name, entry in node.table.items() if node is not None else ():
            self.name(name, entry, known, what)

    def name(self, name: str, node: Node, known: tuple[str, ...] | None, what: str) -> None:
        """A name as a key."""
        if known is not None and name not in known:
            self.faults.add(node.header, f"unknown {what} `{name}`", one_of(known), did_you_mean(name, known))
