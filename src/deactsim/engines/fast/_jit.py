"""The compiler: the one place that knows numba, and the codes as it likes them."""

from __future__ import annotations

import os
from collections.abc import Callable
from enum import IntEnum
from types import ModuleType
from typing import Any, TypeVar

import numba
from numba.extending import register_jitable

from ...model import lengths, rules

Function = TypeVar("Function", bound=Callable[..., Any])
Codes = TypeVar("Codes", bound=type[IntEnum])

#: Whether functions are compiled at all; the tests also run them as they are written.
COMPILED = not numba.config.DISABLE_JIT


def compiled(function: Function) -> Function:
    """Compile a function of the kernel, when it is first called."""
    wrapped: Function = numba.njit(
        nogil=True,
        error_model="numpy",
        boundscheck=os.environ.get("DEACTSIM_BOUNDS") == "1",
    )(function)
    return wrapped


def integers(codes: Codes) -> Codes:
    """The codes of an enumeration as plain integers: the compiler takes long over members."""
    space: Any = ModuleType(codes.__name__)
    vars(space).update({code.name: int(code) for code in codes})
    return space  # type: ignore[no-any-return]


def record(names: str, after: Any = None) -> Any:
    """The places of a record's fields, counted from where it begins, and its `SIZE`.

    `after` is a record that it begins with.
    """
    fields = dict(vars(after)) if after is not None else {"SIZE": 0}
    first = fields.pop("SIZE")
    space = ModuleType("record")
    places = {name: first + place for place, name in enumerate(names.split())}
    vars(space).update(fields | places | {"SIZE": first + len(places)})
    return space


# Decisions and lengths are written once: the reference engine calls them as they are.
for _shared in (
    rules.stamp_share,
    rules.review,
    rules.dialog,
    rules.rights_end_step_down,
    rules.rights_end_cut_off,
    rules.next_look,
    rules.looks_until_seen,
    rules.limit_opens,
    lengths.normal_quantile,
    lengths.shape_quantile,
    lengths.table_quantile,
):
    register_jitable(_shared)
