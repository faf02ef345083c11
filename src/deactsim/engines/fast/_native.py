"""Machine code: made ready by LLVM, and called as a function of integers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import llvmlite.binding as llvm

#: What made code ready keeps it in memory.
_engines: list[llvm.ExecutionEngine] = []


def processor() -> str:
    """What machine code is made for here."""
    features = llvm.get_host_cpu_features().flatten()
    return f"{llvm.get_process_triple()} {llvm.get_host_cpu_name()} {features}"


def load(name: str, code: bytes, addresses: int) -> Callable[..., int]:
    """The function of that name in an object file, which takes a number and so many addresses.

    It lets other threads run meanwhile. As the compiler has it, it returns whether it failed, and leaves what it
    says, and why it failed, where it is told.
    """
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    kind = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 2, *[ctypes.c_int64] * (1 + addresses))
    function = kind(engine.get_function_address(name))

    def call(*given: int) -> int:
        said, why = ctypes.c_int64(), ctypes.c_void_p()
        if function(ctypes.byref(said), ctypes.byref(why), *given) != 0:
            raise RuntimeError("the kernel failed")
        return said.value

    return call
