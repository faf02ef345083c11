"""Whether those who must agree ever can: nobody agrees to what is his own, and a review takes its time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from .checks import Checks, leaf_at
from .durations import write_duration
from .places import Faults, Node
from .quantities import read
from .references import names_at
from .safeguards import Approval
from .stated import Distribution

_TIME_OUT: Final = Approval.model_fields["time_out"].default
#: A review that ends in time in one case of so many is one that never does.
_NEVER: Final = 1e-6
#: The standard normal quantile of `_NEVER`.
_NEVER_Z: Final = -4.753424308822899


def check_people(top: Node, faults: Faults) -> None:
    """Fault safeguards that ask for what nobody can ever give."""
    _People(top, faults).check()


class _People(Checks):
    def check(self) -> None:
        """Every set of safeguards: the platform's own and those of each policy."""
        for given in self.sets():
            for name, asks in (("separation_of_duties", "by"), ("protected_list", "then")):
                if name in given:
                    self.somebody_else(given[name], given[name].at(asks))
            if "approval" in given:
                self.approval(given["approval"], given.get("on_call"))

    def sets(self) -> Iterator[dict[str, Node]]:
        """The safeguards that are in force together."""
        policies = self.top.at("policies")
        holders = [self.top.at("safeguards")]
        holders += [policy.at("safeguards") for policy in (policies.table.values() if policies else ())]
        return (holder.table for holder in holders if holder is not None)

    def heads(self, team: str, on_call: Node | None = None) -> int | None:
        """How many people a team has; more if it responds and the policy puts more on call."""
        heads: int | None = leaf_at(self.top.at("teams", team, "headcount"), "count")
        more: int | None = leaf_at(on_call.at("headcount"), "count") if on_call is not None else None
        if team == self.responders and heads and more:
            return max(heads, more)
        return heads

    @property
    def responders(self) -> str:
        """The team that responds."""
        by = self.top.at("response", "by")
        return (by.text if by is not None else None) or ""

    def own_work(self, safeguard: Node, team: str) -> bool:
        """Whether a team's people ask for actions that a safeguard covers, on reports."""
        reports = self.top.at("reports")
        return any(
            (command := stream.at("command")) is not None
            and self.may(team, command.text or "", tier)
            and self.covers(safeguard, "commands", {command.text or ""})
            and self.covers(safeguard, "of", {tier})
            and self.covers(safeguard, "teams", {team})
            for tier, stream in (reports.table.items() if reports is not None else ())
        )

    def covers(self, safeguard: Node, key: str, ours: set[str]) -> bool:
        """Whether a list that narrows a safeguard down leaves any of these in it."""
        node = safeguard.at(key)
        return node is None or bool(ours & {item.text for item in node.items})

    def somebody_else(self, safeguard: Node, asked: Node | None) -> None:
        """Who executes, or judges afresh, is another person than who asked."""
        team = (asked.text if asked is not None else None) or ""
        if asked is not None and self.heads(team) == 1 and self.own_work(safeguard, team):
            self.faults.add(
                asked.place,
                f"`{team}` has 1 person, whose own actions nobody could ever take on",
                None,
                f"another team, more people in `{team}`, or `teams:` without it",
            )

    def approval(self, approval: Node, on_call: Node | None) -> None:
        """Enough people beside the one who asks, and time for the reviews."""
        by = approval.at("by")
        counts = {team: leaf_at(count, "count") for team, count in (by.table.items() if by else ())}
        for team, wanted in counts.items():
            heads = self.heads(team, on_call)
            if by is None or not wanted or not heads or wanted != heads:
                continue
            place = by.table[team].place
            if self.own_work(approval, team):
                self.faults.add(
                    place,
                    f"{wanted} of `{team}` must approve, but it has {heads}, and nobody approves what is his own",
                    None,
                    "let another team approve, or fewer",
                )
            elif team == self.responders and (undo := self.covered_undo(approval)):
                self.faults.add(
                    place,
                    f"{wanted} of `{team}` must approve `{undo}`, but it has {heads}, one of whom asks for it, "
                    "and nobody approves what is his own",
                    None,
                    f"let another team approve, put more people on call, or leave `{undo}` out of `commands`",
                )
        if None not in counts.values():
            self.time(approval, sum(counts.values()))

    def covered_undo(self, approval: Node) -> str | None:
        """The command by which responders undo that approval covers."""
        commands = approval.at("commands")
        named = [item.text for item in commands.items] if commands is not None else []
        if not self.covers(approval, "teams", {self.responders}):
            return None
        undos = (
            self.top.at("platform", "commands", name, "undo")
            for name in names_at(self.top, "platform", "commands")
        )
        return next((undo.text for undo in undos if undo is not None and undo.text in named), None)

    def time(self, approval: Node, reviews: int) -> None:
        """A time-out that so many reviews, one after another, can end before."""
        given, time_out = approval.at("review"), approval.at("time_out")
        review = leaf_at(given, "random duration")
        until = leaf_at(time_out, "duration") if time_out is not None else read("duration", _TIME_OUT)
        if given is None or review is None or not until or not reviews:
            return
        least = reviews * _least(review)
        # A review that ends at the very instant of the time-out counts.
        if least > until or (least == until and review.shape != "fixed"):
            takes = write_duration(math.ceil(least / 1_000_000) * 1_000_000)
            what = "a review takes" if reviews == 1 else f"{reviews} reviews take"
            self.faults.add(
                (time_out or given).place,
                f"no request can be approved in time: {what} at least {takes}",
                f"a `time_out` well above {takes}",
                "to hold actions for a time there is `cooling_off`",
            )


def _least(length: Distribution) -> float:
    """What hardly one length in a million is below, in microseconds."""
    given = dict(length.parameters)
    match length.shape:
        case "exponential":
            return given["mean"] * _NEVER
        case "weibull":
            return float(given["scale"] * _NEVER ** (1.0 / given["shape"]))
        case "lognormal":
            return given["median"] * math.exp(_NEVER_Z * _sigma(given))
    return min(value for _, value in length.parameters)


def _sigma(given: dict[str, float]) -> float:
    """The spread of a lognormal length, as it is stated or from its percentile."""
    if "sigma" in given:
        return given["sigma"]
    from statistics import NormalDist

    name, value = next((name, value) for name, value in given.items() if name != "median")
    return math.log(value / given["median"]) / NormalDist().inv_cdf(int(name[1:]) / 100.0)
