"""The compiler: the one place that knows numba, and the codes as it likes them."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from enum import IntEnum
from types import ModuleType
from typing import Any, TypeVar

import numba
import numpy as np
from numba.core import types
from numba.core.compiler import CompilerBase, CompileResult, _LowerResult
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps
from numba.core.typed_passes import (
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.untyped_passes import FixupArgs, IRProcessing, ReconstructSSA, TranslateByteCode
from numba.extending import intrinsic, register_jitable
from numpy.typing import NDArray

from ...model import lengths, rules
from . import _store

Function = TypeVar("Function", bound=Callable[..., Any])

njit: Any = numba.njit
config: Any = numba.config

#: Whether functions are compiled at all; the tests also run them as they are written.
COMPILED = not config.DISABLE_JIT
#: Whether the kernel works on bare memory. With bounds checks it works on arrays, and so it does uncompiled.
BARE = COMPILED and not config.BOUNDSCHECK

OPTIONS = {"nogil": True, "error_model": "numpy"}


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(NativeLowering):
    """Lowering of a function that only other functions call: no machine code of its own is made."""

    _name = "lowering_for_others"

    def run_pass(self, state: Any) -> bool:
        state.flags.no_compile = True
        library = state.targetctx.codegen().create_library(state.func_id.func_qualname)
        library.enable_object_caching()
        library._optimize_final_module = lambda: None
        library._finalize_final_module = lambda: setattr(library, "_finalized", True)
        state.library = library
        super().run_pass(state)  # type: ignore[no-untyped-call]
        state.flags.no_compile = False
        # What others call it by: the dispatcher wants something built in, and only tells it from the rest.
        key, found = [].append, state["cr"]  # type: ignore[var-annotated]
        state.targetctx.insert_user_function(key, found.fndesc, [state.library])
        state.reload_init.extend(state.library._reload_init)
        state["cr"] = _LowerResult(found.fndesc, found.call_helper, cfunc=key, env=found.env)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _Entering(NativeLowering):
    """Lowering of the entry, with all that it calls.

    Nobody else calls these, and the optimiser is told: it then drops what they say of errors that cannot be, and
    puts whatever is called in one place there.
    """

    _name = "lowering_of_the_entry"

    def run_pass(self, state: Any) -> bool:
        library = state.targetctx.codegen().create_library(state.func_id.func_qualname)
        library.enable_object_caching()
        optimise = library._optimize_final_module

        def alone() -> None:
            for function in library._final_module.functions:
                if not function.is_declaration and function.linkage.name == "linkonce_odr":
                    function.linkage = "internal"
            optimise()

        library._optimize_final_module = alone
        state.library = library
        return super().run_pass(state)  # type: ignore[no-untyped-call]


class _Inner(CompilerBase):
    """What a kernel's plain functions of numbers need of the compiler, and no more."""

    lowering: Any = _Lowering

    def define_pipelines(self) -> list[PassManager]:
        passes = PassManager("inner")
        for each in (
            TranslateByteCode,
            FixupArgs,
            IRProcessing,
            ReconstructSSA,
            NopythonTypeInference,
            PreLowerStripPhis,
            IRLegalization,
            self.lowering,
            NoPythonBackend,
        ):
            passes.add_pass(each, each.__name__)
        passes.finalize()
        return [passes]


class _Outer(_Inner):
    """The same for the entry."""

    lowering = _Entering


def compiled(function: Function) -> Function:
    """Compile a function of the kernel, when it is first called."""
    wrapped: Function = njit(
        no_cpython_wrapper=True, no_cfunc_wrapper=True, pipeline_class=_Inner, **OPTIONS
    )(function)
    if COMPILED:
        dispatcher: Any = wrapped
        template_of = dispatcher.get_call_template
        # A constant among the arguments is a number like any other: one version of a function is enough.
        dispatcher.get_call_template = lambda given, named: template_of(
            tuple(types.unliteral(each) for each in given), named
        )
    return wrapped


def _pointer(number: Any) -> Any:
    """A function of the kernel that turns an address into a pointer to such numbers."""

    @intrinsic
    def at(typing_context: Any, address: Any) -> Any:  # noqa: ARG001 - as the compiler asks
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(number)(types.int64), generate

    return at


words_at, numbers_at = _pointer(types.int64), _pointer(types.float64)


class Entry:
    """Where Python enters the kernel: a function compiled once for all processes.

    `on_arrays` takes memories as pairs of arrays, words and numbers, and `bare` as arrays of words of which
    it only takes the address: bare pointers compile and run faster, and only arrays can be checked.
    """

    def __init__(self, on_arrays: Callable[..., int], bare: Callable[..., int]) -> None:
        self._function: Callable[..., int] = (
            njit(pipeline_class=_Outer, **OPTIONS)(bare) if BARE else njit(**OPTIONS)(on_arrays)
        )
        self._lock, self._ready = threading.Lock(), not BARE

    def __call__(self, what: int, *memories: NDArray[np.int64]) -> int:
        """Enter the kernel to do what is wanted with these memories."""
        if not BARE:
            pairs = ((memory, memory.view(np.float64)) for memory in memories)
            return self._function(what, *(each for pair in pairs for each in pair))
        if not self._ready:
            self.prepare(len(memories))
        return self._function(what, *memories)

    def prepare(self, memories: int) -> bool:
        """Fetch the compiled kernel, or compile it; whether it was fetched."""
        with self._lock:
            if self._ready:
                return True
            function: Any = self._function
            context = function.targetctx
            name = function.py_func.__qualname__
            key = _store.key_of(name, numba.__version__, repr(context.codegen().magic_tuple()))
            kept = _store.load(key)
            if kept is not None:
                rtsys.initialize(context)  # what a compilation would have begun with
                function.add_overload(CompileResult._rebuild(context, *pickle.loads(kept)))
            else:
                memory = types.Array(types.int64, 1, "C")
                function.compile((types.int64, *(memory,) * memories))
                (made,) = function.overloads.values()
                _store.save(key, dumps(made._reduce()))
            self._ready = True
            return kept is not None


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


# Decisions and lengths are written once: the reference engine calls them as they are.
for _shared in (
    rules.stamp_share,
    rules.review,
    rules.dialog,
    rules.rights_end_step_down,
    rules.rights_end_cut_off,
    rules.next_look,
    rules.looks_until_seen,
    rules.look_that_sees,
    rules.limit_opens,
    rules.pace,
    lengths.normal_quantile,
    lengths.shape_quantile,
    lengths.table_quantile,
):
    register_jitable(_shared)
