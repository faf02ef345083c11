"""Compiled kernels kept in the user's cache folder: never stale, never half, never in the way."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from pathlib import Path

import pytest

pytest.importorskip("numba")

from deactsim.engines.fast import _store

PACKAGE = Path(_store.__file__).parents[2]


@pytest.fixture(autouse=True)
def engine() -> str:
    """No night is run."""
    return "none"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(_store.FOLDER, str(tmp_path / "kernels"))
    return tmp_path / "kernels"


def test_what_was_kept_is_found(folder: Path) -> None:
    assert _store.load("k") is None
    _store.save("k", b"machine code")
    assert _store.load("k") == b"machine code"
    assert [path.name for path in folder.iterdir()] == ["k.kernel"]


@pytest.mark.parametrize("broken", [b"", b"short", bytes(32) + b"other", b"cut"])
def test_half_a_kernel_is_none(folder: Path, broken: bytes) -> None:
    _store.save("k", b"machine code")
    path = folder / "k.kernel"
    path.write_bytes(path.read_bytes()[:-3] if broken == b"cut" else broken)
    assert _store.load("k") is None
    _store.save("k", b"machine code")
    assert _store.load("k") == b"machine code"


def test_a_folder_that_cannot_be_made_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(_store.FOLDER, str(tmp_path / "file" / "kernels"))
    _store.save("k", b"machine code")
    assert _store.load("k") is None


def test_a_folder_that_cannot_be_written_is_no_matter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_given: object, **_named: object) -> tuple[int, str]:
        raise PermissionError(errno.EACCES, "read-only")

    folder.mkdir()
    monkeypatch.setattr(_store.tempfile, "mkstemp", refused)
    _store.save("k", b"machine code")
    assert not list(folder.iterdir())


def test_a_full_disk_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = os.fdopen

    class Full:
        """A file that cannot be written to."""

        def __init__(self, handle: int, mode: str) -> None:
            self.file = really(handle, mode)

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_why: object) -> None:
            self.file.close()

        def write(self, _bytes: bytes) -> int:
            raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(_store.os, "fdopen", Full)
    _store.save("k", b"machine code")
    assert not list(folder.iterdir())
    assert _store.load("k") is None


def test_many_at_once_leave_one_whole_kernel(folder: Path) -> None:
    kernels = [bytes([number]) * 200_000 for number in range(8)]
    threads = [threading.Thread(target=_store.save, args=("k", kernel)) for kernel in kernels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _store.load("k") in kernels
    assert [path.name for path in folder.iterdir()] == ["k.kernel"]


def test_kernels_used_longest_ago_make_room(folder: Path) -> None:
    for number in range(_store.MOST + 3):
        _store.save(str(number), b"machine code")
        os.utime(folder / f"{number}.kernel", (number, number))
        if number > 0:
            os.utime(folder / "0.kernel", (10**6, 10**6))  # this one is used all the time
    assert len(list(folder.iterdir())) == _store.MOST
    assert _store.load("0") is not None
    assert _store.load("1") is None


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package in another place, as a copied environment has it."""
    shutil.copytree(PACKAGE, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(_store, "__file__", str(tmp_path / "elsewhere" / "engines" / "fast" / "_store.py"))
    return tmp_path / "elsewhere"


def test_a_copied_environment_uses_the_same_kernel(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = _store.key_of("a compiler")
    monkeypatch.undo()
    assert _store.key_of("a compiler") == key


@pytest.mark.parametrize(
    "source", ["model/rules.py", "model/lengths.py", "engines/fast/gates.py", "engines/fast/night.py"]
)
def test_one_byte_of_any_source_makes_another_kernel(copied: Path, source: str) -> None:
    before = _store.key_of("a compiler")
    with (copied / source).open("a") as file:
        file.write("#")
    assert _store.key_of("a compiler") != before


def test_another_compiler_or_machine_makes_another_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {
        _store.key_of("0.68.1", "haswell"),
        _store.key_of("0.68.2", "haswell"),
        _store.key_of("0.68.1", "zen"),
    }
    monkeypatch.setattr(_store.sys, "version", "another Python")
    keys.add(_store.key_of("0.68.1", "haswell"))
    assert len(keys) == 4


@pytest.mark.parametrize(
    ("system", "variable", "expected"),
    [
        ("linux", "XDG_CACHE_HOME", "deactsim"),
        ("win32", "LOCALAPPDATA", "deactsim"),
    ],
)
def test_the_folder_is_where_the_system_has_such_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, variable: str, expected: str
) -> None:
    monkeypatch.delenv(_store.FOLDER, raising=False)
    monkeypatch.setattr(_store.sys, "platform", system)
    monkeypatch.setenv(variable, str(tmp_path))
    assert _store.folder() == tmp_path / expected
    monkeypatch.delenv(variable)
    assert _store.folder().is_relative_to(Path.home())
    monkeypatch.setattr(_store.sys, "platform", "darwin")
    assert _store.folder() == Path.home() / "Library" / "Caches" / "deactsim"
