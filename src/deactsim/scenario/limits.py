"""How large numbers may be: what the arithmetic and the ids of the model can hold, with margin.

What a single value may be stands with its reader; here is what hangs on where it stands.
"""

from __future__ import annotations

import math
from typing import Final

from .checks import Checks, leaf_at
from .distributions import median_of
from .places import Faults, Node
from .references import safeguards_of

_HOUR: Final = 3_600_000_000
_DAY: Final = 24 * _HOUR
# An hour's reports are told apart by 16 bits of their ids; the margin is over a hundred standard deviations.
_AN_HOUR: Final = 30_000
# The people of a team by 19 bits, and by as many more the actors of occurrences.
_PEOPLE: Final = 500_000
# The hours since 1970 by 20 bits, which last to 2089. A run begins before the act and ends after it.
_FIRST: Final = 315_532_800_000_000  # 1980
_LAST: Final = 3_471_292_800_000_000  # 2080
_LONGEST: Final = 366 * _DAY
# A limit of fewer actions has a window that is longer than any duration may be.
_LONGEST_WINDOW: Final = 36_525 * _DAY
# The acts of one occurrence are counted in 14 bits, the occurrences of a year in 16.
_ACTS: Final = 10_000
_A_YEAR: Final = 50_000
# A forecast follows an account for so long from when it goes dark.
_FOLLOWED: Final = 90 * _DAY
# How much longer or shorter the public's delay may be than at its first point.
_FACTOR: Final = 1e9


def check_limits(top: Node, faults: Faults) -> None:
    """Fault what is too large or too small for the model to calculate with."""
    _Limits(top, faults).check()


class _Limits(Checks):
    def check(self) -> None:
        """All limits, section by section."""
        for stream in self.entries("reports"):
            self.reports(stream)
        for team in self.entries("teams"):
            self.people(team.at("headcount"))
            self.once_a_day(team.at("turnover"), "more people leave in a day than there are")
            waves = team.at("waves")
            for wave in waves.items if waves is not None else []:
                self.in_the_calendar(wave.at("at"), "the wave")
        for cause in self.entries("causes"):
            self.cause(cause)
        for name, node in safeguards_of(self.top):
            self.once_a_day(node.at("rots"), "an entry goes stale more than once a day")
            if name == "alert":
                self.an_hour(node.at("false_alarms"), "false alarms")
            elif name == "on_call":
                self.people(node.at("headcount"))
            elif name == "rate_limit":
                self.window(node.at("per_agent"))
            elif name == "step_down":
                self.a_year(node.at("before_last_shift"), "before_last_shift")
        self.appetite(self.top.at("forecast", "appetite"))
        self.public()
        self.in_the_calendar(self.top.at("incident", "at", "value"), "the act")
        for key in ("warm_up", "follow"):
            self.a_year(self.top.at("incident", key), key)
        self.a_year(self.top.at("incident", "at", "give_or_take"), "give_or_take")

    def entries(self, *path: str) -> list[Node]:
        """The entries of the mapping at a path."""
        node = self.top.at(*path)
        return list(node.table.values()) if node is not None else []

    def an_hour(self, node: Node | None, what: str) -> None:
        """No more in an hour than ids can tell apart."""
        rate = leaf_at(node, "rate")
        if node is not None and rate is not None and rate.per_microsecond * _HOUR > _AN_HOUR:
            self.faults.add(
                node.place,
                f"{rate.per_microsecond * _HOUR:,.0f} {what} an hour are more than can be told apart",
                f"at most {_AN_HOUR} per hour",
                "simulate a share of the accounts" if what == "reports" else None,
            )

    def people(self, node: Node | None) -> None:
        """No more people in a team than ids can tell apart."""
        heads = leaf_at(node, "count")
        if node is not None and heads is not None and heads > _PEOPLE:
            self.faults.add(node.place, f"a team of {heads:,} is too large", "at most 500k")

    def reports(self, stream: Node) -> None:
        """No more reports than can be told apart, in the busiest hour either."""
        rate = stream.at("rate")
        self.an_hour(rate, "reports")
        usual, busy = leaf_at(rate, "rate"), stream.at("busy")
        for entry in busy.items if busy is not None else []:
            node = entry.at("times")
            times = leaf_at(node, "number")
            if node is None or times is None or usual is None:
                continue
            many = usual.per_microsecond * _HOUR * times
            if times > 1 and many > _AN_HOUR:
                message = f"{many:,.0f} reports an hour are more than can be told apart"
                self.faults.add(node.place, message, f"at most {_AN_HOUR} per hour")

    def once_a_day(self, node: Node | None, message: str) -> None:
        """What happens to each of many not more than once a day."""
        rate = leaf_at(node, "rate")
        if node is not None and rate is not None and rate.per_day > 1.0:
            self.faults.add(node.place, message, "at most `1 per day`")

    def cause(self, cause: Node) -> None:
        """Acts that are exceptions, no more at once than can be counted, and over within a year."""
        self.once_a_day(cause.at("rate"), "everybody does this more than once a day")
        self.a_years(cause)
        accounts, spacing = cause.at("accounts"), cause.at("spacing")
        acts, apart = leaf_at(accounts, "count"), leaf_at(spacing, "duration")
        if accounts is not None and acts is not None and acts > _ACTS:
            self.faults.add(accounts.place, f"{acts:,} acts are too many for one occurrence", "at most 10k")
        elif spacing is not None and acts and apart is not None and (acts - 1) * apart > _LONGEST:
            self.faults.add(
                spacing.place, "the acts of one occurrence last longer than a year", "at most 366 days"
            )

    def a_years(self, cause: Node) -> None:
        """No more occurrences in a year than ids can tell apart."""
        node, by = cause.at("rate"), cause.at("by")
        rate = leaf_at(node, "rate")
        if node is None or by is None or rate is None:
            return
        heads = [leaf_at(self.top.at("teams", team.text or "", "headcount"), "count") for team in by.items]
        many = rate.per_day * 365.25 * sum(count for count in heads if count is not None)
        if many > _A_YEAR:
            message = f"{many:,.0f} times a year are more than can be told apart"
            hint = "errors as frequent as that are `slip` and `misidentified` of reports"
            self.faults.add(node.place, message, f"at most {_A_YEAR:,} a year of all people of `by`", hint)

    def appetite(self, node: Node | None) -> None:
        """A darkness that is over before an account is followed no longer."""
        longest = leaf_at(node, "duration")
        if node is not None and longest is not None and longest >= _FOLLOWED:
            message = (
                "an account is followed for 90 days: whether it is dark for longer than this cannot be said"
            )
            self.faults.add(node.place, message, "under `90 days`")

    def window(self, node: Node | None) -> None:
        """A sliding window that is not longer than a lifetime."""
        rate = leaf_at(node, "rate")
        if node is None or rate is None or rate.amount == 0:
            return
        if rate.per_microsecond * _LONGEST_WINDOW < 1.0 - 1e-9:
            self.faults.add(node.place, "this is less than one action in a hundred years")

    def a_year(self, node: Node | None, key: str) -> None:
        """Every hour of these is simulated, or may be."""
        length = leaf_at(node, "duration")
        if node is not None and length is not None and length > _LONGEST:
            self.faults.add(node.place, f"`{key}` is longer than a year", "at most 366 days")

    def in_the_calendar(self, node: Node | None, what: str) -> None:
        """Something within the years that ids can count the hours of."""
        at = leaf_at(node, "instant")
        if node is not None and at is not None and not _FIRST <= at < _LAST:
            self.faults.add(node.place, f"{what} is outside the years 1980 to 2079")

    def public(self) -> None:
        """The law of the public's delay, at every audience there is, stays within reason."""
        public = self.top.at("detection", "public")
        also = public.at("also") if public is not None else None
        if public is None or also is None:
            return
        delay = leaf_at(public.at("delay"), "random duration")
        here, there = leaf_at(public.at("at_followers"), "count"), leaf_at(also.at("at_followers"), "count")
        median = leaf_at(also.at("median"), "duration")
        if not (delay and here and there and median) or here == there:
            return
        now = median_of(delay)
        if now < 1.0:
            self.faults.add(
                public.header,
                "half the delays are 0, so that no second point can say how they grow",
                None,
                "give `delay` a median above 0, or leave `also` out",
            )
            return
        slope = math.log(median / now) / math.log(here / there)
        for audience in self.audiences():
            if abs(slope * math.log(max(audience, 1) / here)) > math.log(_FACTOR):
                change = "shorter" if slope * math.log(max(audience, 1) / here) > 0 else "longer"
                self.faults.add(
                    also.header,
                    f"at {audience:,} followers this makes the delay over 1,000,000,000 times {change}",
                    None,
                    "take two points that lie further apart",
                )
                return

    def audiences(self) -> list[int]:
        """The numbers of followers of all tiers and accounts."""
        nodes = [*self.entries("platform", "tiers"), *self.entries("platform", "accounts")]
        found = [leaf_at(node.at("followers"), "count") for node in nodes]
        return [10_000, *(count for count in found if count is not None)]
