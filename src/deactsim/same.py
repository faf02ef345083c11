"""Results kept for the same things: for these very objects, and not for equal ones.

Scenarios and plans are never changed, and share the parts in which they do not differ. To compare two of them
takes longer than most of what is made of one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Result = TypeVar("Result")


def for_the_same(most: int) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Keep the last `most` results of a function, each for the objects that it was given; whole numbers by value."""

    def around(function: Callable[..., Result]) -> Callable[..., Result]:
        # An object that is kept keeps its id to itself.
        kept: OrderedDict[tuple[int, ...], tuple[tuple[Any, ...], Result]] = OrderedDict()

        @wraps(function)
        def found(*given: Any) -> Result:
            # A list takes half the time of a generator, and this is asked ten times an image.
            key = tuple([one if isinstance(one, int) else id(one) for one in given])
            if key in kept:
                return kept[key][1]
            result = function(*given)
            kept[key] = given, result
            if len(kept) > most:
                kept.popitem(last=False)
            return result

        return found

    return around
