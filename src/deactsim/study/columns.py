"""Evenings as numbers: measures, stages and instants, each followed for its horizon from its own beginning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..engines.seen import Seen
from ..model.plan import Plan
from ..model.states import Channel, plain
from .measures import MINUTE, STAGES, Marks, table_of

NEVER = 1 << 62
Array = NDArray[np.float64]
Times = NDArray[np.int64]
Yes = NDArray[np.bool_]


class Columns(Mapping[str, Array]):
    """Evenings as numbers: measures, stages and instants, each (evenings,).

    Durations in minutes; instants (`at_...`) in minutes after the documented effect; `late` is
    how long after the evening's own record the effect came. Nan where it did not come to that; what no
    evening came to is left out. What of the evenings stopped and dark is known at once, the measures and
    then the rest are worked out when somebody asks.

    What has not ended within the `horizon` (minutes, from its own beginning) is the horizon, and `cut` says
    where that is so: it lasts longer, be it that it never ends.
    """

    def __init__(self, table: Seen, plan: Plan) -> None:
        assert plan.incident is not None  # noqa: S101 - evenings are of incidents
        self._table, self._plan, self._incident = table, plan, plan.incident
        self._follow = plan.incident.follow

    @property
    def horizon(self) -> float:
        """For how many minutes each duration is followed."""
        return self._follow / MINUTE

    def cut(self, name: str) -> Yes | None:
        """In which evenings a column is no more than a lower bound, (evenings,); None of one that never is."""
        if name in _OF_DARKNESS:
            return np.asarray(self._dark_cut[:, 0] if name == "dark_first" else self._dark_cut.any(axis=1))
        self[name]  # worked out together with it
        return self._cuts.get(name)

    @cached_property
    def _cuts(self) -> dict[str, Yes]:
        return {}

    @cached_property
    def _returned(self) -> Times:
        """When each act's account was visible again within the horizon; -1 where it was not, (evenings, acts)."""
        table = self._table
        return np.where(table.returns - table.effects > self._follow, -1, table.returns)

    @cached_property
    def _dark_cut(self) -> Yes:
        """Which acts' accounts stayed dark beyond the horizon, (evenings, acts)."""
        return (self._table.effects >= 0) & (self._returned < 0)

    @cached_property
    def _dark(self) -> Times:
        """How long each act's account was dark, (evenings, acts)."""
        effects = self._table.effects
        ends = np.where(self._returned < 0, self._known_until(effects), self._returned)
        return np.where(effects < 0, 0, ends - effects)

    def _known_until(self, begin: Times) -> Times:
        """Until when it is known that what began then had not ended: the horizon, unless the world ended before."""
        until, over = self._table["ends"], self._table["over"] > 0
        if begin.ndim > 1:
            until, over = until[:, None], over[:, None]
        return np.where(over, begin + self._follow, np.minimum(until, begin + self._follow))

    def _end(self, name: str, begin: Times, end: Times, applies: Yes | bool = True) -> Times:
        """When what has begun ended, or until when it is known that it had not; -1 where it does not apply.

        Which is which is noted under the column's name.
        """
        has = (begin >= 0) & applies
        ended = (end >= 0) & (end - begin <= self._follow)
        # What ended after the horizon is known to have lasted that long.
        until = np.where(end >= 0, begin + self._follow, np.maximum(begin, self._known_until(begin)))
        self._cuts[name] = has & ~ended
        return np.where(has, np.where(ended, end, until), -1)

    def _lasted(self, name: str, begin: Times, end: Times, applies: Yes | bool = True) -> Array:
        """Minutes from one time to another; where the second has not come, until that is known."""
        return _minutes(begin, self._end(name, begin, end, applies))

    @cached_property
    def _first(self) -> dict[str, Array]:
        return {
            "stopped": (~(self._table.effects >= 0).any(axis=1)).astype(float),
            "dark_minutes": self._dark.sum(axis=1) / MINUTE,
        }

    @cached_property
    def _effect(self) -> Times:
        return self._table["effect"]

    @cached_property
    def _visible(self) -> Times:
        """When the first act's account was visible again within the horizon; -1 where it was not."""
        visible, effect = self._table["visible"], self._effect
        return np.where(visible - effect > self._follow, -1, visible)

    @cached_property
    def _noticed(self) -> Times:
        """When anybody first noticed the first act within the horizon; -1 where nobody did."""
        first = _earliest(self._table.noticed)
        return np.where(first - self._effect > self._follow, -1, first)

    @cached_property
    def _measured(self) -> dict[str, Array]:
        """The columns that are measures; `late` is there if the first act took effect."""
        table, effects = self._table, self._table.effects
        followers = np.array([float(act.followers) for act in self._incident.acts])
        any_dark = (effects >= 0).any(axis=1)
        found = self._first | {
            "acts_dark": (effects >= 0).sum(axis=1).astype(float),
            "dark_first": self._dark[:, 0] / MINUTE,
            "audience_minutes": (self._dark / MINUTE) @ followers,
        }
        if not any_dark.any():
            return found
        earliest = np.where(effects < 0, NEVER, effects).min(axis=1)
        found["still_dark"] = np.where(any_dark, self._dark_cut.any(axis=1).astype(float), np.nan)
        begin = np.where(any_dark, earliest, -1)
        found["time_to_contain"] = self._lasted("time_to_contain", begin, table["contained"])
        effect, has = self._effect, self._effect >= 0
        if not has.any():
            return found
        # Nobody has to notice what is visible again, or to speak of it.
        dark = self._visible < 0
        told = (table["word"] >= 0) & (table["word"] - effect <= self._follow)
        said, whole = self._plan.response.first_statement, self._plan.response.audience_whole
        lost = (table["content_lost"] > 0) & (self._plan.retention <= self._follow)
        return found | {
            "late": np.where(has, (effect - table["drawn"]) / MINUTE, np.nan),
            "time_to_detect": self._lasted(
                "time_to_detect", effect, self._noticed, dark | (self._noticed >= 0)
            ),
            "time_to_restore": self._lasted("time_to_restore", self._noticed, table["visible"]),
            "time_to_first_statement": self._lasted(
                "time_to_first_statement",
                effect,
                table["first_statement"],
                (dark | told) if said is not None else False,
            ),
            "time_to_audience_whole": self._lasted(
                "time_to_audience_whole", self._visible, table["audience_whole"], whole is not None
            ),
            "content_lost": np.where(has, lost.astype(float), np.nan),
        }

    @cached_property
    def _all(self) -> dict[str, Array]:
        found = self._measured
        return found | self._instants | self._others if "late" in found else found

    @cached_property
    def _instants(self) -> dict[str, Array]:
        """When each thing happened, of the first act; what never comes is later than its horizon."""
        table, effect, response = self._table, self._effect, self._plan.response
        dark, word = self._visible < 0, table["word"]
        told = dark | ((word >= 0) & (word - effect <= self._follow))
        said, second = response.first_statement is not None, response.second_statement is not None
        spoken = np.where(table["first_statement"] - effect > self._follow, -1, table["first_statement"])
        public = table.noticed[:, Channel.PUBLIC - 1]
        whole_from = np.where(self._visible >= 0, self._visible, effect)
        found = {
            "took_effect": effect,
            "public_notice": np.where(public - effect > self._follow, -1, public),
        }
        for name, begin, end, applies in (
            ("detected", effect, word, told),
            ("visible", effect, table["visible"], True),
            ("contained", effect, table["contained"], True),
            ("first_statement", effect, table["first_statement"], told & said),
            (
                "second_statement",
                np.where(spoken >= 0, spoken, effect),
                table["second_statement"],
                told & second,
            ),
            (
                "audience_whole",
                whole_from,
                table["audience_whole"],
                response.audience_whole is not None,
            ),
        ):
            found[name] = self._end(f"at_{name}", begin, end, (effect >= 0) & applies)
        documented = np.full(len(table), self._incident.at)
        return {
            f"at_{name}": np.where(effect >= 0, _minutes(documented, time), np.nan)
            for name, time in found.items()
        }

    @cached_property
    def _others(self) -> dict[str, Array]:
        """Who told and who undid, channels and stages of the first act."""
        table, effect = self._table, self._effect
        has, found = effect >= 0, dict[str, Array]()
        for name in ("word_by", "route"):
            found[name] = np.where(has, np.maximum(table[name], 0).astype(float), np.nan)
        for channel in Channel:
            time = table.noticed[:, channel - 1]
            notices = has & (time >= 0) & (time - effect <= self._follow)
            if notices.any():
                found[f"notice_{plain(channel)}"] = np.where(notices, (time - effect) / MINUTE, np.nan)
        return found | self._stages

    @cached_property
    def _stages(self) -> dict[str, Array]:
        """Minutes of the first act's dark time by stage; they add up to it exactly.

        The stage that is under way when the darkness ends gets all that is left of it: a stage cut short by
        another route's undo. Where the horizon ends it, that stage lasts longer.
        """
        table, effect = self._table, self._effect
        authorised, cause = table["authorised"], table["cause_found"]
        has = effect >= 0
        ends = effect + self._dark[:, 0]
        noticed = _earliest(table.noticed)
        by = table["word_by"]
        noticed = np.where(by >= 1, table.noticed[np.arange(len(table)), np.maximum(by, 1) - 1], noticed)
        # Authorised beforehand: the cause is found after the restore.
        cause = np.where((authorised >= 0) & ((cause < 0) | (cause > authorised)), authorised, cause)
        begun = (noticed, table["word"], table["picked_up"], cause, authorised, NEVER + 0 * ends)
        found: dict[str, Array] = {}
        at, cut = effect, self._dark_cut[:, 0]
        for name, mark in zip(STAGES, begun, strict=True):
            ended = (mark >= 0) & (mark <= ends)
            until = np.where(ended, mark, ends)
            found[f"stage_{name}"] = np.where(has, (until - at) / MINUTE, np.nan)
            self._cuts[f"stage_{name}"], cut = cut & ~ended, cut & ended
            at = until
        return found

    def __getitem__(self, name: str) -> Array:
        if name in self._first:
            return self._first[name]
        return self._measured[name] if name in self._measured else self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


#: Columns that follow from how long accounts are dark.
_OF_DARKNESS = ("dark_minutes", "dark_first", "audience_minutes")


def _earliest(times: Times) -> Times:
    """The earliest of each row's times; -1 where there is none."""
    # As unsigned numbers those below 0 are above all others. Times of a channel side by side: that is quicker.
    earliest: Times = np.ascontiguousarray(times.T).view(np.uint64).min(axis=0).view(np.int64)
    return earliest


def _minutes(begin: Times, end: Times) -> Array:
    return np.where((begin < 0) | (end < 0), np.nan, (end - begin) / MINUTE)


def record(found: Marks, plan: Plan, drawn: int) -> dict[str, float]:
    """One evening as numbers: its row of `Columns`; names are left out where it did not come to that."""
    incident = plan.incident
    assert incident is not None  # noqa: S101 - evenings are of incidents
    table = table_of([found], len(incident.acts), incident.id, [drawn])
    return {name: float(column[0]) for name, column in Columns(table, plan).items()}
