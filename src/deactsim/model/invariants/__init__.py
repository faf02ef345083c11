"""What must hold of every trace, recomputed the slow way from its rows, its plan and its world.

No engine runs this; tests do, on every trace they make. It shares the world's draws with the
engines, but none of their queues, clocks or gates.
"""

from __future__ import annotations

from ..trace import Trace
from ..world import World
from .actions import approvals, lives, rate_limits
from .book import Book
from .darkness import darknesses
from .floor import Floor
from .rows import in_order, numbers, shifts, sound

__all__ = ["check_trace"]


def check_trace(trace: Trace, world: World) -> list[str]:
    """The invariants a trace breaks, each as `row N (event at T): rule`; empty if all hold."""
    book = Book(trace, world)
    found = list(sound(book))
    if not found:  # the other checks lean on every row being of its kind
        for check in (in_order, shifts, numbers, Floor, lives, rate_limits, approvals, darknesses):
            found += check(book)
    return found
