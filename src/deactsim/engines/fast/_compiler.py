"""The compiler: the one place that knows numba. It is loaded only where something has to be compiled."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numba
from numba.core import ir, types
from numba.core.compiler import CompilerBase, _LowerResult
from numba.core.ir_utils import build_definitions
from numba.core.ssa import reconstruct_ssa
from numba.core.typed_passes import (
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.typing.templates import infer_global, make_intrinsic_template
from numba.core.untyped_passes import FixupArgs, IRProcessing, TranslateByteCode
from numba.core.utils import OPERATORS_TO_BUILTINS
from numba.extending import register_jitable

from ...model import lengths, rules
from ._jit import KERNEL, numbers_at, words_at

njit: Any = numba.njit

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


def machine_code(entry: Callable[..., int], memories: int) -> tuple[str, bytes]:
    """The machine code of the kernel that is entered there with so many addresses, and the entry's name in it."""
    function: Any = njit(**INNER | {"pipeline_class": _Outer})(entry)
    with _at_once(function.typingctx):
        function.compile((types.int64,) * (1 + memories))
    (made,) = function.overloads.values()
    return made.fndesc.llvm_func_name, made.library._get_compiled_object()


def checked(entry: Callable[..., int]) -> Callable[..., int]:
    """The kernel that is entered there with arrays, whose bounds are checked."""
    function: Callable[..., int] = njit(pipeline_class=_Outer, **OPTIONS)(entry)
    return function


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
        if gc.get_freeze_count() == 0:  # nobody need look through it all now either
            gc.freeze()
            gc.unfreeze()
        if enabled:
            gc.enable()


#: What compiles the functions of the kernel: the compiler itself forgets it.
_dispatchers: list[Any] = []


def _make_known(function: Callable[..., Any]) -> None:
    """Have a function of the kernel compiled where another one calls it."""
    dispatcher: Any = njit(**INNER)(function)
    template_of = dispatcher.get_call_template
    # A constant among the arguments is a number like any other: one version of a function is enough.
    dispatcher.get_call_template = lambda given, named: template_of(
        tuple(types.unliteral(each) for each in given), named
    )
    _dispatchers.append(dispatcher)
    infer_global(function, types.Dispatcher(dispatcher))


def _make_pointer(function: Callable[..., Any], number: Any) -> None:
    """Have a function turn an address into a pointer to such numbers."""

    def pointer(typing_context: Any, address: Any) -> Any:  # noqa: ARG001 - as the compiler asks
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(number)(types.int64), generate

    infer_global(function, types.Function(make_intrinsic_template(function, pointer, function.__name__)))


_make_pointer(words_at, types.int64)
_make_pointer(numbers_at, types.float64)
for _function in KERNEL:
    _make_known(_function)
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
