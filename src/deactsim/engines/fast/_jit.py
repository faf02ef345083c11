"""The compiler: the one place that knows numba, and the codes as it likes them."""

from __future__ import annotations

import gc
import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from types import ModuleType
from typing import Any, TypeVar

import numba
import numpy as np
from numba.core import ir, types
from numba.core.compiler import CompilerBase, CompileResult, _LowerResult
from numba.core.ir_utils import build_definitions
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps
from numba.core.ssa import reconstruct_ssa
from numba.core.typed_passes import (
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.untyped_passes import FixupArgs, IRProcessing, TranslateByteCode
from numba.core.utils import OPERATORS_TO_BUILTINS
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


class _Lowering(NativeLowering):
    """Lowering of a function that only other functions call: no machine code of its own is made."""

    _name = "lowering_for_others"

    def run_pass(self, state: Any) -> bool:
        state.flags.no_compile = True
        state.library = library = _library(state)
        library.finalize = lambda: setattr(library, "_finalized", True)
        library._get_module_for_linking = lambda: _link(
            library, library._final_module.clone(), "linkonce_odr"
        )
        super().run_pass(state)  # type: ignore[no-untyped-call]
        state.flags.no_compile = False
        # What others call it by: the dispatcher wants something built in, and only tells it from the rest.
        key, found = [].append, state["cr"]  # type: ignore[var-annotated]
        state.targetctx.insert_user_function(key, found.fndesc, [library])
        state.reload_init.extend(library._reload_init)
        state["cr"] = _LowerResult(found.fndesc, found.call_helper, cfunc=key, env=found.env)
        return True


class _Entering(NativeLowering):
    """Lowering of the entry: all that it calls is linked to it once, and optimised with it.

    Nobody else calls these functions, and the optimiser is told: it then drops what they say of errors that
    cannot be, and puts a function that is called in one place there.
    """

    _name = "lowering_of_the_entry"

    def run_pass(self, state: Any) -> bool:
        state.library = library = _library(state)
        finalize = library.finalize

        def with_all() -> None:
            _link(library, library._final_module, "internal")
            library._linking_libraries = []
            finalize()

        library.finalize, library._optimize_final_module = with_all, lambda: _optimise(library)
        return bool(super().run_pass(state))  # type: ignore[no-untyped-call]


def _library(state: Any) -> Any:
    """Where the code of a function goes: as it is lowered, for all is optimised at once."""
    library = state.targetctx.codegen().create_library(state.func_id.func_qualname)
    library.enable_object_caching()
    library._optimize_functions = lambda module: setattr(module, "data_layout", library.codegen._data_layout)
    return library


def _link(library: Any, module: Any, linkage: str) -> Any:
    """Link all that a library needs to its module, each once, and there say how it is to be seen."""
    own = {each.name for each in module.functions if not each.is_declaration}
    found: dict[Any, None] = {}
    left = list(library._linking_libraries)
    while left:
        one = left.pop()
        if one not in found:
            found[one] = None
            left += one._linking_libraries
    for one in found:
        library._reload_init.update(one._reload_init)
        module.link_in(one._final_module, preserve=True)
    for function in module.functions:
        if not function.is_declaration and (linkage != "internal" or function.name not in own):
            function.linkage = linkage
    return module


def _optimise(library: Any) -> None:
    passes, builder = library.codegen._module_pass_manager(opt=2, loop_vectorize=False, slp_vectorize=False)
    passes.run(library._final_module, builder)


class _Steps:
    """What a plain function of numbers needs of the compiler; no books are kept between the steps."""

    pipeline_name = "kernel"

    def __init__(self, lowering: type[NativeLowering]) -> None:
        self.lowering = lowering
        self.exec_times: dict[str, float] = {}  # the compiler asks for it

    def run(self, state: Any) -> None:
        """Compile a function."""
        step: Any
        for step in (TranslateByteCode, FixupArgs, IRProcessing):
            step().run_pass(state)
        _put_in_places(state.func_ir)
        state.func_ir = reconstruct_ssa(state.func_ir)
        state.func_ir._definitions = build_definitions(state.func_ir.blocks)
        NopythonTypeInference().run_pass(state)
        state.func_ir = PreLowerStripPhis()._strip_phi_nodes(state.func_ir)
        state.func_ir._definitions = build_definitions(state.func_ir.blocks)
        for step in (IRLegalization, self.lowering, NoPythonBackend):
            step().run_pass(state)


def _put_in_places(code: Any) -> None:
    """Put the numbers of places and codes where they are named: finding out what a module holds takes long."""
    for block in code.blocks.values():
        spaces = {
            line.target.name: line
            for line in block.find_insts(ir.Assign)
            if isinstance(line.value, ir.Global | ir.FreeVar) and isinstance(line.value.value, ModuleType)
        }
        for line in list(block.find_insts(ir.Assign)):
            named = line.value
            if not isinstance(named, ir.Expr) or named.op != "getattr" or named.value.name not in spaces:
                continue
            space = spaces[named.value.name]
            number = getattr(space.value.value, named.attr, None)
            if type(number) is int:
                line.value = ir.Const(number, named.loc)
                code._definitions[line.target.name] = [line.value]
                block.remove(space)  # it is named for this alone


class _Inner(CompilerBase):
    """How a function of the kernel is compiled."""

    def define_pipelines(self) -> list[Any]:
        return [_Steps(_Lowering)]


class _Outer(CompilerBase):
    """How its entry is compiled."""

    def define_pipelines(self) -> list[Any]:
        return [_Steps(_Entering)]


INNER = OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": _Inner}


def compiled(function: Function) -> Function:
    """Compile a function of the kernel, when it is first called."""
    wrapped: Function = njit(**INNER)(function)
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


@contextmanager
def _at_once(context: Any) -> Iterator[None]:
    """Have much compiled in one go: what two numbers come to is worked out once.

    Nothing that is made on the way is for the bin before all is done, so that nobody need look for it.
    """
    resolve, known = context.resolve_function_type, {}

    def remember(function: Any, given: Any, named: Any) -> Any:
        if getattr(function, "typing_key", None) not in OPERATORS_TO_BUILTINS or named:
            return resolve(function, given, named)
        plain = tuple(types.unliteral(each) for each in given)
        if not all(isinstance(each, types.Number | types.Boolean | types.CPointer) for each in plain):
            return resolve(function, given, named)
        if (function, plain) not in known:
            known[function, plain] = resolve(function, plain, named)
        return known[function, plain]

    enabled = gc.isenabled()
    gc.disable()
    context.resolve_function_type = remember
    try:
        yield
    finally:
        del context.resolve_function_type
        if gc.get_freeze_count() == 0:  # to and fro: nobody need look through it all now either
            gc.freeze()
            gc.unfreeze()
        if enabled:
            gc.enable()


class Entry:
    """Where Python enters the kernel: a function compiled once for all processes.

    `on_arrays` takes memories as pairs of arrays, words and numbers, and `bare` as arrays of words of which
    it only takes the address: bare pointers compile and run faster, and only arrays can be checked.
    """

    def __init__(self, on_arrays: Callable[..., int], bare: Callable[..., int]) -> None:
        entered = bare if BARE else on_arrays
        self._function: Callable[..., int] = njit(pipeline_class=_Outer, **OPTIONS)(entered)
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
                with _at_once(function.typingctx):
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
    register_jitable(**INNER)(_shared)
