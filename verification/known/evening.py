"""The evening that every card is played on, and what is known of it in closed form.

One act darkens `@a`. The public notices after 8 minutes, word takes 2, and the response 3 + 4 + 2 + 6: 25 minutes on
average. All but the word's are random, and nobody ever waits for a person.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import product

import numpy as np

from .worlds import MINUTE as MINUTE

DARK = 25.0
#: What every safeguard with a list and a reliability is given.
COVERS, WORKS, STRETCH = 0.9, 0.8, 240.0
STATED = f"covers: {COVERS}, works: {WORKS}, stretch: {STRETCH:g} min"

SECTIONS = {
    "platform": """
  commands: {deactivate: {undo: restore}, restore: {}}
  tiers: {vip: {accounts: 10}, ordinary: {accounts: 1k}}
  accounts: {"@a": {tier: vip, followers: 1M}, "@b": {tier: vip, followers: 1M}, "@c": {tier: vip, followers: 1M},
             "@d": {tier: vip, followers: 1M}, "@e": {tier: vip, followers: 1M}}""",
    "teams": """
  support: {headcount: 10, may: {deactivate: [vip, ordinary]}}
  leads:   {headcount: 2}
  oncall:  {headcount: 20}""",
    "detection": """
  public: {delay: exponential mean 8 min, at_followers: 1M}
  word_reaches_platform: {delay: 2 min}""",
    "response": """
  by: oncall
  pick_up:    uniform 1 min to 5 min
  find_cause: exponential mean 4 min
  authorise:  uniform 0 min to 4 min
  restore:    exponential mean 6 min
  contain:    3 h""",
}
INCIDENT = {
    "account": '"@a"',
    "command": "deactivate",
    "at": "2024-01-01T12:00:00Z",
    "actor": "{team: support}",
    "readings": "{it: {cause: deliberate}}",
    "warm_up": "0 s",
    "follow": "3 days",
}


def text(policies: dict[str, str], sections: dict[str, str], incident: dict[str, str]) -> str:
    """The evening as YAML, with other sections and keys of the incident in place of its own."""
    body = "".join(f"\n  {key}: {value}" for key, value in (INCIDENT | incident).items())
    whole = {"deactsim": "1", "title": "An evening", "zone": "UTC"} | SECTIONS | sections
    whole |= {"incident": body, "baseline": "plain"}
    whole["policies"] = "".join(f"\n  {name}: {policy}" for name, policy in policies.items())
    return "\n".join(f"{name}: {body}" for name, body in whole.items()) + "\n"


def acts(*minutes: float) -> dict[str, str]:
    """Further acts so many minutes after the first, on `@b`, `@c` and so on."""
    listed = ", ".join(f'{{account: "@{"bcde"[k]}", after: {m:g} min}}' for k, m in enumerate(minutes))
    return {"further_acts": f"[{listed}]"}


# -- the dark time -----------------------------------------------------------------------------

_STEP = 0.01
_GRID = np.arange(1 << 15) * _STEP


@cache
def _dark() -> tuple[np.ndarray, np.ndarray]:
    """Minutes and their probability: the law of the dark time on a fine grid."""

    def exponential(mean: float) -> np.ndarray:
        return -np.diff(np.exp(-np.append(_GRID, _GRID[-1] + _STEP) / mean))

    def even(width: float) -> np.ndarray:
        return np.where(width - _STEP / 2.0 > _GRID, _STEP / width, 0.0)

    parts = [exponential(8.0), even(4.0), exponential(4.0), even(4.0), exponential(6.0)]
    whole = np.prod([np.fft.rfft(part, 2 * _GRID.size) for part in parts], axis=0)
    mass = np.fft.irfft(whole)[: _GRID.size]
    # Each part lies in the middle of its step; the word takes 2 minutes and picking up 1 at least.
    return _GRID + _STEP * len(parts) / 2.0 + 3.0, mass


def dark_at_most(minutes: float) -> float:
    """The chance that the account is back after so many minutes."""
    at, mass = _dark()
    return float(np.interp(minutes, at, np.cumsum(mass) - mass / 2.0))


def dark_beyond(minutes: float) -> float:
    """The mean number of minutes dark after so many."""
    at, mass = _dark()
    return float((np.maximum(0.0, at - minutes) * mass).sum())


# -- outages -----------------------------------------------------------------------------------


def stays(up: bool, minutes: float) -> float:
    """The chance to be in the same state so much later."""
    out = 1.0 - WORKS
    fades = math.exp(-minutes * (1.0 / STRETCH + out / (STRETCH * WORKS)))
    return (WORKS + out * fades) if up else (out + WORKS * fades)


def patterns(minutes: Sequence[float]) -> list[tuple[tuple[bool, ...], float]]:
    """In order or not at each of several moments, with the chance of each pattern."""
    found = []
    for states in product((True, False), repeat=len(minutes)):
        chance = WORKS if states[0] else 1.0 - WORKS
        for k in range(1, len(minutes)):
            stay = stays(states[k - 1], minutes[k] - minutes[k - 1])
            chance *= stay if states[k] == states[k - 1] else 1.0 - stay
        found.append((states, chance))
    return found


# -- approvers under load ----------------------------------------------------------------------


def loaded(
    servers: int,
    arrivals: float,
    review: float,
    time_out: float,
    stamps: float,
    per_queued: float,
    catches: float,
) -> tuple[float, float]:
    """Shares of wrongful requests refused in time, and timed out, at a busy queue of approvers.

    Requests come at rate `arrivals` and leave the queue at their time-out: M/M/c with fixed patience.
    The wait that would be needed has a truncated exponential law, and whoever has waited
    w has a Poisson number of requests behind.
    """
    rate = 1.0 / review
    drain = servers * rate - arrivals
    offered = arrivals / rate
    states = [offered**n / math.factorial(n) for n in range(servers)]
    waits = np.linspace(0.0, time_out, 4_001)
    density = arrivals * states[-1] * np.exp(-drain * waits)
    never = arrivals * states[-1] * math.exp(-drain * time_out) / (servers * rate)
    total = sum(states) + float(np.trapezoid(density, waits)) + never

    def unread(wait: float) -> float:
        mean, share, left, n = arrivals * wait, 0.0, 1.0, 0
        weight = math.exp(-mean)
        while left > 1e-12 and n < 500:
            share += weight * min(1.0, stamps + per_queued * n)
            left -= weight
            n += 1
            weight *= mean / n
        return share

    in_time = -np.expm1(-rate * (time_out - waits))
    looked = 1.0 - np.array([unread(wait) for wait in waits])
    idle = sum(states) / total
    done = idle * in_time[0] + float(np.trapezoid(density * in_time, waits)) / total
    refused = idle * in_time[0] * looked[0] + float(np.trapezoid(density * in_time * looked, waits)) / total
    return catches * refused, 1.0 - done
