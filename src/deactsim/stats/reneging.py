"""A queue whose customers wait no longer than so long: the M/M/c queue with deterministic patience (M/M/c+D).

The virtual wait has a density of two parts, below the patience and above it (Barrer, Queuing with impatient
customers and ordered service, Operations Research 5, 1957; Gnedenko and Kovalenko, Introduction to Queueing
Theory, 1989). Erlang's loss formula is that of no patience at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

#: An exponent beyond which the backlog stands at the patience for good: only the surplus is lost.
_HUGE = 200.0


def unanswered(rate: float, service: Sequence[float], servers: int, patience: float) -> float:
    """The share of customers that are not done with `patience` after they came.

    `rate` is arrivals a unit of time, `service` is equally likely service times of which the queue knows only the
    mean, `servers` how many serve. Whoever has waited for as long as the patience leaves; service begun is
    finished, and counts only if it ends in time.
    """
    mean = sum(service) / len(service)
    if rate <= 0.0:
        return sum(each > patience for each in service) / len(service)
    if mean <= 0.0:
        return 0.0
    offered, all_busy = rate * mean, servers / mean
    spare = all_busy - rate
    if -spare * patience > _HUGE:
        return max(1.0 - servers / offered, sum(each > patience for each in service) / len(service))
    # States with somebody idle, and the density of the wait at 0, as multiples of the chance of an empty queue.
    state = idle = 1.0
    for number in range(1, servers):
        state *= offered / number
        idle += state
        if idle > 1e100:  # so many servers: what matters are the states near all of them busy
            state, idle = state / 1e100, idle / 1e100
    waits = rate * state

    def beyond(wait: float) -> float:
        """How much of the virtual wait is above `wait`, up to the patience and after it."""
        wait = min(max(wait, 0.0), patience)
        end = math.exp(-spare * patience)
        grown = patience - wait if spare == 0.0 else (math.exp(-spare * wait) - end) / spare
        return waits * (grown + end / all_busy)

    total = idle + beyond(0.0)
    late = [1.0 if each > patience else beyond(patience - each) / total for each in service]
    return sum(late) / len(late)


def lost(offered: float, servers: int) -> float:
    """Erlang's loss formula: the share of work that finds all servers busy where nobody waits."""
    share = 1.0
    for number in range(1, servers + 1):
        share = offered * share / (number + offered * share)
    return share
