"""Decisions: pure scalar functions, one copy for every engine.

Each takes numbers and answers with a number, a truth or a reason; none reads a clock, a
queue or a stream. `u` is always a uniform draw, and a yes of chance p is `u < p`.
"""

from __future__ import annotations

from collections.abc import Sequence

from .states import Reason

#: So far off in microseconds that nothing matters any more, and whole numbers of 64 bits still hold it.
FAR = 1 << 53


def stamp_share(stamps: float, per_queued: float, waiting: int) -> float:
    """The share approved without a look: a habit that grows with the queue behind."""
    return min(1.0, stamps + per_queued * waiting)


def review(wrongful: bool, catches: float, stamp: float, u_stamp: float, u_catch: float) -> Reason:
    """What an approver decides: stamped unread, refused if wrongful and caught, else approved.

    An approver sees the request, not the motive: honest requests are never refused.
    """
    if u_stamp < stamp:
        return Reason.STAMPED
    if wrongful and u_catch < catches:
        return Reason.REFUSED
    return Reason.APPROVED


def drawn(u: float, weights: Sequence[int]) -> int:
    """Which of several places a uniform number falls to, each with a chance in proportion to its weight.

    At least one weight is above 0, and a place of weight 0 is never drawn.
    """
    upto, at = 0, u * sum(weights)
    for place, weight in enumerate(weights):
        upto += weight
        if at < upto:
            return place
    return max(place for place, weight in enumerate(weights) if weight)  # a product may round up to the sum


def dialog(wrongful: bool, stops: float, habit: float, u_habit: float, u_stop: float) -> Reason:
    """What a confirm dialog does: clicked through unread, stopped, or confirmed."""
    if not wrongful:
        return Reason.DIALOG_PASSED
    if u_habit < habit:
        return Reason.DIALOG_UNREAD
    return Reason.DIALOG_STOPPED if u_stop < stops else Reason.DIALOG_PASSED


def rights_end_step_down(leaves: int, before: int, told: bool) -> int | None:
    """When step-down takes a leaver's right; None if nobody was told in time."""
    return leaves - before if told else None


def rights_end_cut_off(leaves: int, lag: int, vendor_lag: int, session_tail: int, lost: bool) -> int | None:
    """When deprovisioning takes effect on a leaver; None if the ticket was lost."""
    return None if lost else leaves + lag + vendor_lag + session_tail


def public_factor(followers: int, at: int, slope: float) -> float:
    """How much longer the public takes than at the anchor's audience."""
    if slope == 0.0:
        return 1.0
    return float((max(followers, 1) / at) ** -slope)


def next_look(effect: int, every: int, phase: float) -> int:
    """The first regular look strictly after the effect; `phase` in (0, 1) places the looks."""
    first = int(phase * every)
    return first + ((effect - first) // every + 1) * every


def looks_until_seen(recall: float, u: float) -> int:
    """How many looks pass unseen before one sees, each seeing with chance `recall`.

    The geometric law by inversion; the caller answers for a recall of 0.
    """
    missed, left = 0, 1.0 - recall
    tail = left
    while u < tail and missed < 10_000:
        missed += 1
        tail *= left
    return missed


def look_that_sees(first: int, every: int, missed: int) -> int:
    """When the look sees that comes so many after the first; at the latest 285 years later."""
    return first + (every * missed if missed <= FAR // every else FAR)


def limit_opens(earlier: int, now: int, window: int) -> int:
    """When the sliding window next allows an action: `now` if it does already.

    `earlier` is the time of the action that is as many back as the window allows; times of
    actions never decrease.
    """
    return earlier + window if earlier > now - window else now


def pace(number: int, window: int, actions: int) -> int:
    """How long after his first act comes act `number` of one who stays under a limit; at the latest 285 years."""
    if number // actions > FAR // window:
        return FAR
    return min(-(-window * number // actions), FAR)
