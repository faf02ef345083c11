"""Whether a forecast can be: who may act on what, shares that add up, waves, busy hours, what is measured."""

from __future__ import annotations

from .amounts import write_share
from .checks import Checks, leaf_at
from .places import Faults, Node
from .references import names_at, safeguards_of

# Shares are read from decimal digits; their sum may be off by so much and no more.
_NEARLY = 1e-9


def check_forecast(top: Node, faults: Faults) -> None:
    """Fault what cannot happen in any year, although every word of it may."""
    _Forecast(top, faults).check()


class _Forecast(Checks):
    def check(self) -> None:
        """All checks, section by section."""
        for name, team in self.entries("teams"):
            self.waves(name, team)
        for _, stream in self.entries("reports"):
            self.at_most_all(stream, "slip", "misidentified")
        for name, node in safeguards_of(self.top):
            rots = leaf_at(node.at("rots"), "rate")
            if rots is not None and rots.amount > 0:
                self.above_zero(node.at("mended"), "duration", f"`mended` of `{name}`")
        for name, cause in self.entries("causes"):
            self.cause(name, cause)
        self.measured(self.top.at("forecast"))

    def entries(self, section: str) -> list[tuple[str, Node]]:
        """The names and entries of a section."""
        node = self.top.at(section)
        return list(node.table.items()) if node is not None else []

    def waves(self, name: str, team: Node) -> None:
        """Somebody leaves in each wave, and not more than there are."""
        waves, people = team.at("waves"), leaf_at(team.at("headcount"), "count")
        for wave in waves.items if waves is not None else []:
            node = wave.at("leavers")
            leavers = leaf_at(node, "count")
            self.above_zero(node, "count", "the number of leavers")
            if node is not None and leavers is not None and people and leavers > people:
                self.faults.add(
                    node.place,
                    f"{leavers} of `{name}` leave, but it has {people}",
                    f"at most {people}",
                )

    def at_most_all(self, node: Node, one: str, other: str) -> None:
        """Two shares of the same whole."""
        first, second = leaf_at(node.at(one), "share"), leaf_at(node.at(other), "share")
        place = node.at(other)
        if place is not None and first is not None and second is not None and first + second > 1 + _NEARLY:
            rest = write_share(round(1 - first, 9))
            message = f"`{one}` and `{other}` together are more than all"
            self.faults.add(place.place, message, f"at most `{rest}`, which `{one}` leaves")

    def cause(self, name: str, cause: Node) -> None:
        """Somebody may do it, to accounts that exist, and the shares of actors and targets add up."""
        self.name(name, cause)
        self.command(cause.at("command"))
        self.rights(cause)
        self.at_most_all(cause, "leaving", "former")
        former = cause.at("former")
        if former is not None and leaf_at(former, "share") and cause.at("left_before_act") is None:
            self.faults.add(
                former.header,
                f"`{name}` has former actors, but does not say when they left",
                "`left_before_act`, such as `median 60 days, p90 150 days`",
            )
        accounts = cause.at("accounts")
        self.above_zero(accounts, "count", "`accounts`")
        self.targets(name, cause.at("targets"), 1 if accounts is None else leaf_at(accounts, "count"))
        keys = cause.at("keys")
        for team, node in keys.table.items() if keys is not None else ():
            people, held = leaf_at(self.top.at("teams", team, "headcount"), "count"), leaf_at(node, "count")
            if held is not None and people and held > people:
                self.faults.add(
                    node.place,
                    f"the keys of {held} people of `{team}`, but it has {people}",
                    f"at most {people}",
                )

    def name(self, name: str, cause: Node) -> None:
        """No cause is called as the errors of routine work are."""
        for tier, _ in self.entries("reports"):
            if name in (f"slip on {tier}", f"misidentified on {tier}"):
                message = f"`{name}` is what errors in the reports on `{tier}` are called"
                self.faults.add(cause.header, message, None, "give this cause another name")

    def command(self, node: Node | None) -> None:
        """What takes accounts down, not what brings them back."""
        for name in names_at(self.top, "platform", "commands"):
            undo = self.top.at("platform", "commands", name, "undo")
            if node is not None and undo is not None and undo.text is not None and undo.text == node.text:
                self.faults.add(node.place, f"`{undo.text}` undoes `{name}`, and takes nothing down")

    def rights(self, cause: Node) -> None:
        """Every team of a cause has the right to the command on every target."""
        command, by, targets = cause.at("command"), cause.at("by"), cause.at("targets")
        if by is None:
            return
        if by.value == []:
            self.faults.add(
                by.header,
                "no team may do this to every target",
                None,
                "give a team the right to the command on every target, or say who in `by`",
            )
        if command is None or command.text not in names_at(self.top, "platform", "commands"):
            return
        tiers = set(names_at(self.top, "platform", "tiers"))
        for team in by.items:
            for tier in targets.table if targets is not None else ():
                known = team.text in names_at(self.top, "teams") and tier in tiers
                if known and not self.may(team.text or "", command.text or "", tier):
                    self.faults.add(
                        team.place,
                        f"`{team.text}` may not `{command.text}` on `{tier}`, a target of this cause",
                        None,
                        f"add it to the `may` of `{team.text}`, or take `{tier}` to a cause of its own",
                    )

    def targets(self, name: str, targets: Node | None, accounts: int | None) -> None:
        """Shares that are all, and tiers that are large enough."""
        if targets is None or not isinstance(targets.value, dict):
            return
        self.not_empty(targets, "target")
        shares = {tier: leaf_at(node, "share") for tier, node in targets.table.items()}
        if not shares or None in shares.values():
            return
        total = sum(shares.values())
        if abs(total - 1) > _NEARLY:
            self.faults.add(
                targets.header,
                f"the targets of `{name}` are {write_share(round(total, 9))} in all",
                "`100%` in all",
            )
            return
        for tier, share in shares.items():
            holds = leaf_at(self.top.at("platform", "tiers", tier, "accounts"), "count")
            if accounts and holds is not None and accounts * share > holds + _NEARLY:
                self.faults.add(
                    targets.table[tier].place,
                    f"{accounts * share:,.0f} accounts of `{tier}` at once, but it has {holds}"
                    if holds
                    else f"the tier `{tier}` has no accounts to hit",
                    None,
                    "lower `accounts` or this share" if holds else "leave it out of the targets",
                )

    def measured(self, forecast: Node | None) -> None:
        """Somebody is protected, and money has a currency."""
        if forecast is None:
            return
        protected = forecast.at("protected")
        if protected is not None and protected.value == []:
            self.faults.add(protected.place, "nobody is protected", "at least one tier")
        wages, currency = forecast.at("wages"), forecast.at("currency")
        if wages is not None and wages.table and currency is None:
            self.faults.add(wages.header, "wages without a currency", "`currency` beside them, such as `EUR`")
        if currency is not None and (wages is None or wages.value == {}):
            self.faults.add(currency.header, "a currency, but no wages", None, "leave it out, or add `wages`")
