"""What the kernel is written with: its functions, its entry, and codes as the compiler likes them.

Whether anything is compiled is decided here; `_compiler.py`, which takes long to load, does it. A kernel that was
kept is loaded without it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from enum import IntEnum
from importlib.metadata import version
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from . import _store

Function = TypeVar("Function", bound=Callable[..., Any])


def _is_set(name: str) -> bool:
    return os.environ.get(name, "0") not in ("", "0")


#: Whether functions are compiled at all; the tests also run them as they are written.
COMPILED = not _is_set("NUMBA_DISABLE_JIT")
#: Whether the kernel works on bare memory. With bounds checks it works on arrays, and so it does uncompiled.
BARE = COMPILED and not _is_set("NUMBA_BOUNDSCHECK")
#: What else is asked of the compiler makes another kernel.
_ASKED = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_OPT")

#: Stands for a memory that is not needed.
_NOTHING = np.zeros(1, dtype=np.int64)

#: The functions of the kernel.
KERNEL: list[Callable[..., Any]] = []


def compiled(function: Function) -> Function:
    """A function of the kernel: compiled where others of it call it."""
    KERNEL.append(function)
    return function


def words_at(address: int) -> NDArray[np.int64]:
    """The words at an address; only where it is compiled."""
    raise NotImplementedError


def numbers_at(address: int) -> NDArray[np.float64]:
    """The fractions at an address; only where it is compiled."""
    raise NotImplementedError


class Entry:
    """Where Python enters the kernel: a function compiled once for all processes.

    `on_arrays` takes so many memories as pairs of arrays, words and numbers, and `bare` as addresses: bare
    pointers compile and run faster, and only arrays can be checked.
    """

    def __init__(self, on_arrays: Callable[..., int], bare: Callable[..., int], memories: int) -> None:
        self._on_arrays, self._bare, self._memories = on_arrays, bare, memories
        self._function: Callable[..., int] | None = None if COMPILED else on_arrays
        self._lock = threading.Lock()

    def __call__(self, what: int, *memories: NDArray[np.int64] | None) -> int:
        """Enter the kernel to do what is wanted with these memories; where one is not needed there may be none."""
        function = self._function or self._made()
        if BARE:
            # To ask for an address takes a microsecond.
            return function(what, *(0 if memory is None else memory.ctypes.data for memory in memories))
        given = (_NOTHING if memory is None else memory for memory in memories)
        pairs = ((memory, memory.view(np.float64)) for memory in given)
        return function(what, *(each for pair in pairs for each in pair))

    def fetch(self) -> bool:
        """Fetch the kernel that was kept, if there is one.

        Raises `ImportError` or `AttributeError` if there is none and the compiler cannot be loaded.
        """
        with self._lock:
            if self._function is None and BARE and (kept := _store.load(self._key())) is not None:
                self._function = self._loaded(kept)
            if self._function is None:
                from . import _compiler  # noqa: F401 - it is tried before it is needed
            return self._function is not None

    def _made(self) -> Callable[..., int]:
        """The kernel, fetched or compiled."""
        if not self.fetch():
            from ._compiler import checked, machine_code

            with self._lock:
                if self._function is None and BARE:
                    name, code = machine_code(self._bare, self._memories)
                    made = name.encode() + b"\0" + code
                    _store.save(self._key(), made)
                    self._function = self._loaded(made)
                elif self._function is None:
                    self._function = checked(self._on_arrays)
        assert self._function is not None  # noqa: S101 - it has been made
        return self._function

    def _loaded(self, made: bytes) -> Callable[..., int]:
        """The kernel of what was made, and kept if that could be: its name, and after a zero its machine code."""
        from ._native import load

        name, code = made.split(b"\0", 1)
        return load(name.decode(), code, self._memories)

    def _key(self) -> str:
        from ._native import processor

        asked = (f"{name}={os.environ.get(name, '')}" for name in _ASKED)
        return _store.key_of(self._bare.__qualname__, version("numba"), processor(), *asked)


def integers(codes: type[IntEnum]) -> Any:
    """The codes of an enumeration as plain integers: the compiler takes long over members."""
    space: Any = ModuleType(codes.__name__)
    vars(space).update({code.name: int(code) for code in codes})
    return space


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
