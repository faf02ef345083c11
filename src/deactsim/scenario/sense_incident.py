"""Whether an incident can have been: who could do it, to what, and how the record can be met."""

from __future__ import annotations

from typing import Final

from .checks import Checks, leaf_at
from .leaf import SPOILT, did_you_mean, one_of
from .places import Faults, Node
from .references import names_at
from .shorthand import MEASURED
from .stated import FactValue

ROLES: Final = ("pinned", "given", "checked", "noted")
# What each thing that can be measured is measured in.
_KINDS: Final = {"dark": ("duration",), "content_lost": ("number",), "took_effect": ("instant",)}
_MOMENT: Final = ("instant", "duration")

# What is followed from the effect on.
_SINCE_EFFECT: Final = ("dark", "visible", "public_notice", "contained", "first_statement")
_ARTICLES: Final = {"duration": "a duration", "instant": "an instant", "number": "a number", "text": "a text"}
_EXAMPLES: Final = {
    "duration": "a duration such as `11 min`",
    "instant": "an instant such as `2017-11-02T18:51-04:00`",
    "number": "a number such as `0`",
}


def check_incident(top: Node, faults: Faults) -> None:
    """Fault what cannot have happened, although every word of it may."""
    if top.at("incident") is not None:
        _Incident(top, faults).incident()


class _Incident(Checks):
    def incident(self) -> None:
        """The actor could do it, and the record can be met."""
        incident = self.top.at("incident")
        if incident is None:
            return
        self.above_zero(incident.at("follow"), "duration", "`follow`")
        self.not_empty(incident.at("readings"), "reading")
        self.letters(incident.at("readings"))
        left = incident.at("actor", "left_before_act")
        if left is not None and incident.at("actor", "leaves") is not None:
            message = "an actor who had left before the act was not leaving after it"
            self.faults.add(left.place, message, "`leaves` or `left_before_act`")
        acts = incident.at("further_acts")
        further = acts.items if acts is not None else []
        for act in [incident, *further]:
            self.right(incident, act.at("account"))
        self.once_each(incident, further)
        self.waited_for(incident)
        facts = incident.at("facts")
        earliest = self.earliest(incident)
        for name, fact in facts.table.items() if facts is not None else ():
            if isinstance(fact.value, dict):
                self.fact(name, fact, earliest)

    def once_each(self, incident: Node, further: list[Node]) -> None:
        """No act on an account that an act before it has darkened."""
        account = incident.at("account")
        dark = {account.text} if account is not None else set()
        for act in further:
            account = act.at("account")
            if account is not None and account.text is not None:
                if account.text in dark:
                    self.faults.add(
                        account.place, f"`{account.text}` is dark already", "an account not named before"
                    )
                dark.add(account.text)

    def waited_for(self, incident: Node) -> None:
        """What is put in from the record came within what anybody would wait for."""
        follow, at = (
            leaf_at(incident.at("follow"), "duration"),
            leaf_at(incident.at("at", "value"), "instant"),
        )
        facts = incident.at("facts")
        if follow is None or at is None or facts is None:
            return
        for fact in facts.table.values():
            of, said = fact.at("of"), fact.at("pinned")
            value = leaf_at(said, "fact")
            if said is None or of is None or not isinstance(value, FactValue) or of.text not in _SINCE_EFFECT:
                continue
            later = int(value.value) - (at if value.kind == "instant" else 0)
            if value.kind in _MOMENT and later > follow:
                self.faults.add(
                    said.place,
                    "this is later than `follow`, the longest that anybody would wait for it",
                    None,
                    "raise `follow` of the incident, or leave it out",
                )

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
        at = leaf_at(incident.at("at", "value"), "instant")
        spread = incident.at("at", "give_or_take")
        around = 0 if spread is None else leaf_at(spread, "duration")
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
        value = leaf_at(said_node, "fact")
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
