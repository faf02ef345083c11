"""Chance without a stream to advance: every draw is a function of what it is for.

`draw(key, entity, purpose, k)` mixes its arguments (the finaliser of SplitMix64, Steele,
Lea and Flood 2014) into a uniform number. A policy can ask for more draws or fewer and
still nobody else's luck changes. Ids come from names, never from positions in a file.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..errors import DeactsimError
from .lengths import FIXED, Length, quantile

MASK = (1 << 64) - 1
#: Nothing takes longer (285 years): it stays a whole number of 64 bits whatever is added to it.
FOREVER = 1 << 53
GOLDEN = 0x9E3779B97F4A7C15
ODD = 0xD1B54A32D192ED03


class Purpose(IntEnum):
    """What a draw is for; append, never renumber."""

    GAP = 1
    URGENT = 2
    ACTIONED = 3
    SLIP = 4
    HANDLING = 5
    COVERED = 6
    OUTAGE_STATE = 7
    OUTAGE_LENGTH = 8
    ACT_TIME = 9
    LEAVES = 10
    TOLD = 11
    HOLDS_RIGHT = 12
    LAG = 13
    CONFIRM = 14
    HABIT = 15
    SENIOR_HANDLING = 16
    SENIOR_CATCH = 17
    EXECUTE = 18
    EXECUTOR_CATCH = 19
    REVIEW = 20
    STAMP = 21
    CATCH = 22
    WATCHED = 23
    WATCHER_NOTICES = 24
    GRANT = 25
    CHANNEL_CHANCE = 26
    CHANNEL_DELAY = 27
    WORD = 28
    STAGE = 29
    TRIAGE = 31
    UNDOES_HONEST = 32
    LEAVER_AGENT = 33
    VENDOR_LAG = 34
    CUT_OFF_LAG = 35
    TICKET_LOST = 36
    SESSION_TAIL = 37
    QUICK_STAGE = 38
    PROBE_PHASE = 39
    CONFIRM_TAKES = 40
    UNDO_REVIEW = 42
    LOCK = 43
    BUSY = 44
    STALE_STATE = 45
    STALE_LENGTH = 46
    OCCURS = 47
    PLACE = 48
    TEAM_OF_ACTOR = 49
    ON_SHIFT = 50
    LEAVING = 51
    LEAVES_BY = 52
    TARGET_TIER = 53
    TARGET = 54
    OPEN_REPORT = 55
    ADAPTS = 56
    DESK = 57
    OWN_UNDO_REVIEW = 58


def mix(x: int) -> int:
    """SplitMix64's finaliser: 64 bits in, 64 bits out."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def known_seed(seed: object) -> int:
    """The seed, if it is one: a whole number of 64 bits, so that no two seeds have the same worlds.

    Raises `DeactsimError` for anything else.
    """
    if not isinstance(seed, int | np.integer) or not 0 <= seed <= MASK:
        raise DeactsimError(
            f"{seed!r} is not a seed: seeds are whole numbers from 0 to {MASK} (2^64 - 1); "
            "any other would repeat the worlds of one of these"
        )
    return int(seed)


def world_key(seed: int, world: int) -> int:
    """The key of one world of one seed."""
    return mix((mix((seed + GOLDEN) & MASK) + world * ODD) & MASK)


def world_keys(seed: int, worlds: Sequence[int] | NDArray[np.int64]) -> NDArray[np.uint64]:
    """The keys of many worlds of one seed, (worlds,)."""
    first = np.uint64(mix((seed + GOLDEN) & MASK))
    return _mix_all(first + np.asarray(worlds, dtype=np.uint64) * np.uint64(ODD))


def draw(key: int, entity: int, purpose: int, k: int = 0) -> float:
    """A uniform number strictly between 0 and 1, the same whenever the arguments are."""
    x = mix((key + entity * GOLDEN) & MASK)
    x = mix((x + ((purpose << 32) | k) * ODD) & MASK)
    # 52 bits and a half: 53 would round the largest up to 1.
    return ((x >> 12) + 0.5) * 2.220446049250313e-16


def draws(
    key: int, entity: int | NDArray[np.uint64], purpose: int, k: int | NDArray[np.uint64] = 0
) -> NDArray[np.float64]:
    """What `draw` says of many entities, or for many k, at once: the very same numbers."""
    # Arrays of 64 bits wrap around without a word, as the masks of `draw` have it.
    x = _mix_all(np.uint64(key) + np.atleast_1d(np.asarray(entity, dtype=np.uint64)) * np.uint64(GOLDEN))
    k = np.atleast_1d(np.asarray(k, dtype=np.uint64))
    x = _mix_all(x + (np.uint64(purpose << 32) | k) * np.uint64(ODD))
    return ((x >> np.uint64(12)).astype(np.float64) + 0.5) * 2.220446049250313e-16


def draws_in(keys: NDArray[np.uint64], entity: int, purpose: int, k: int = 0) -> NDArray[np.float64]:
    """What `draw` says of one entity in many worlds, by their keys: the very same numbers, (worlds,)."""
    x = _mix_all(keys + np.uint64(entity * GOLDEN & MASK))
    x = _mix_all(x + np.uint64((purpose << 32 | k) * ODD & MASK))
    return ((x >> np.uint64(12)).astype(np.float64) + 0.5) * 2.220446049250313e-16


def _mix_all(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def draw_length(key: int, entity: int, purpose: int, k: int, length: Length) -> int:
    """A length in whole microseconds; a fixed one needs no luck."""
    return length_at(length, 0.5 if length.shape == FIXED else draw(key, entity, purpose, k))


def length_at(length: Length, u: float) -> int:
    """The length, in whole microseconds, that a uniform number comes to."""
    if length.shape == FIXED:
        return min(math.floor(length.a + 0.5), FOREVER)
    return int(min(quantile(length, u) + 0.5, FOREVER))


# Ids are 62 bits: 3 say what it is, the rest which one.
TEAM, AGENT, REPORT, ACT, ACCOUNT, COMPONENT, ALARM = range(1, 8)


# Years name new accounts without end: not all of them are remembered.
@lru_cache(maxsize=1 << 14)
def _hash(name: str, bits: int) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") >> (64 - bits)


@lru_cache(maxsize=256)
def _codes(names: tuple[str, ...], bits: int) -> dict[str, int]:
    """A number of so many bits for each name: its hash, or the next one that no name before it has."""
    codes: dict[str, int] = {}
    taken: set[int] = set()
    for name in names:
        code = _hash(name, bits)
        while code in taken:
            code = (code + 1) & ((1 << bits) - 1)
        codes[name] = code
        taken.add(code)
    return codes


def _codes_of(names: Iterable[str], bits: int) -> dict[str, int]:
    return _codes(tuple(sorted(set(names))), bits)


def team_ids(names: Iterable[str]) -> dict[str, int]:
    """The ids of a scenario's teams, no two the same: `team_id`, but where two names have the same hash."""
    return {name: TEAM << 59 | code << 20 for name, code in _codes_of(names, 39).items()}


def stream_ids(tiers: Iterable[str]) -> dict[str, int]:
    """The ids of streams of reports, one a tier, no two the same; those of their reports follow them."""
    return {tier: REPORT << 59 | code << 36 for tier, code in _codes_of(tiers, 23).items()}


def cause_ids(names: Iterable[str]) -> dict[str, int]:
    """The ids of causes, no two the same; those of their occurrences follow them."""
    return {name: ACT << 59 | 1 << 58 | code << 32 for name, code in _codes_of(names, 26).items()}


def team_id(name: str) -> int:
    """The id of a team by itself; its agents' ids follow it."""
    return TEAM << 59 | _hash(name, 39) << 20


def agent_id(team: int, index: int) -> int:
    """The id of the `index`-th agent of a team."""
    return AGENT << 59 | (team & ((1 << 59) - 1)) | index


def team_of_agent(agent: int) -> int:
    """The team an agent belongs to."""
    return TEAM << 59 | (agent & ((1 << 59) - 1)) >> 20 << 20


def account_id(name: str) -> int:
    """The id of a named account."""
    return ACCOUNT << 59 | _hash(name, 59)


def component_id(name: str) -> int:
    """The id of something that can be out of order."""
    return COMPONENT << 59 | _hash(name, 59)


def report_id(tier: str, hour: int, k: int) -> int:
    """The id of the `k`-th report of an hour (hours since 1970 UTC) of a tier by itself."""
    return REPORT << 59 | _hash(tier, 23) << 36 | hour << 16 | k


def alarm_id(component: int, hour: int, k: int) -> int:
    """The id of the `k`-th false alarm of an hour."""
    return ALARM << 59 | (component & ((1 << 59) - 1)) >> 36 << 36 | hour << 16 | k


def actor_id(team: int) -> int:
    """The id of an incident's actor: one more agent of his team, outside the pool that handles reports."""
    return agent_id(team, (1 << 20) - 1)


def act_id(k: int) -> int:
    """The id of the documented incident's `k`-th act."""
    return ACT << 59 | k


def occurrence_id(cause: str, number: int) -> int:
    """The id of the first act of the `number`-th occurrence, in a world, of a cause by itself; later acts follow it."""
    return ACT << 59 | 1 << 58 | _hash(cause, 26) << 32 | number << 16


def insider_id(team: int, occurrence: int) -> int:
    """The id of the actor of an occurrence: outside the pool as well, and his own but for one in half a million."""
    return agent_id(team, 1 << 19 | mix(occurrence) >> 45)


def next_insider(agent: int) -> int:
    """The next of the ids that `insider_id` gives to a team, the first one after the last."""
    return agent >> 19 << 19 | (agent + 1) & ((1 << 19) - 1)


def first_of(act: int) -> int:
    """The id of the first act of the incident that an act belongs to."""
    return act >> 16 << 16


def tag_of(entity: int) -> int:
    """What an id names: TEAM, AGENT, REPORT, ACT, ACCOUNT, COMPONENT or ALARM."""
    return entity >> 59
