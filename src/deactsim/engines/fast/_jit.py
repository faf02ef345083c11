"""The compiler: the one place that knows numba, and the codes as it likes them."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from types import ModuleType
from typing import Any, TypeVar

import numba
import numpy as np
from numba.core import types
from numba.extending import intrinsic, register_jitable
from numpy.typing import NDArray

from ...model import lengths, rules

Function = TypeVar("Function", bound=Callable[..., Any])
Codes = TypeVar("Codes", bound=type[IntEnum])

#: Whether functions are compiled at all; the tests also run them as they are written.
COMPILED = not numba.config.DISABLE_JIT
#: Whether compiled functions check that they stay within the memory.
CHECKED = bool(numba.config.BOUNDSCHECK)

OPTIONS = {"nogil": True, "error_model": "numpy"}


def compiled(function: Function) -> Function:
    """Compile a function of the kernel, when it is first called."""
    wrapped: Function = numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **OPTIONS)(function)
    return wrapped


@intrinsic
def _words_at(typing_context: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.int64)(types.int64), generate


@intrinsic
def _numbers_at(typing_context: Any, address: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.float64)(types.int64), generate


def entry(function: Callable[[Any, Any], int]) -> Callable[[NDArray[np.int64]], int]:
    """Where Python enters the kernel: a function of a memory, as words and as numbers.

    Compiled it gets bare pointers, which compile and run faster than arrays; with bounds
    checks, and where nothing is compiled, arrays.
    """
    if CHECKED or not COMPILED:
        inner = compiled_entry(function)
        return lambda night: inner(night, night.view(np.float64))
    body = compiled(function)

    def at(address: int) -> int:
        return body(_words_at(address), _numbers_at(address))

    outer = compiled_entry(at)
    return lambda night: outer(night.ctypes.data)


def compiled_entry(function: Function) -> Function:
    wrapped: Function = numba.njit(**OPTIONS)(function)
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
