"""One place chooses the engine, and says why."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from deactsim.engines import chosen
from deactsim.errors import DeactsimError


@pytest.fixture(autouse=True)
def engine() -> Iterator[str]:
    """Whatever is chosen here is forgotten."""
    chosen.use("reference")
    chosen.use("auto")
    yield "auto"
    chosen.use("reference")
    chosen.use("auto")


def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "find_spec", lambda _name: None)


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """numba is there and cannot be loaded."""
    load = chosen.import_module

    def fails(name: str, package: str | None = None) -> ModuleType:
        if name == ".fast":
            raise ImportError("numba needs another numpy")
        return load(name, package)

    monkeypatch.setattr(chosen, "find_spec", lambda _name: object())
    monkeypatch.setattr(chosen, "import_module", fails)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)


def test_without_numba_auto_is_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    without_numba(monkeypatch)
    assert chosen.engine().name == "reference"
    assert "pip install 'deactsim[fast]'" in chosen.engine().why
    assert [each.name for each in chosen.engines()] == ["reference", "fast"]
    assert "pip install" in chosen.engines()[1].why


def test_fast_without_numba_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    without_numba(monkeypatch)
    with pytest.raises(
        DeactsimError, match=r"fast engine cannot be had: it needs numba .*--engine reference"
    ):
        chosen.use("fast")
    assert chosen.asked() == "auto"


def test_another_numba_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "find_spec", lambda _name: object())
    monkeypatch.setattr("importlib.metadata.version", lambda _name: "0.61.2")
    assert chosen.engine().name == "reference"
    assert chosen.engine().why == "it needs numba 0.68 (pip install 'deactsim[fast]'); 0.61.2 is installed"


def test_the_numba_that_is_used_is_the_one_that_is_asked_for() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"numba~={chosen.NUMBA}.0" in project["project"]["optional-dependencies"]["fast"]


def test_numba_that_cannot_be_loaded_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    assert chosen.engine() == chosen.Engine("reference", "numba cannot be used: numba needs another numpy")


def test_asked_for_it_is_an_error_if_numba_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    chosen.use("fast")
    with pytest.raises(DeactsimError, match="fast engine cannot be loaded: numba needs another numpy"):
        chosen.engine()


def test_what_is_not_compiled_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "find_spec", lambda _name: object())
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert chosen.engine() == chosen.Engine("reference", "numba's compiler is off")


def test_no_other_engine() -> None:
    other: Any = "quick"
    with pytest.raises(DeactsimError, match="no engine 'quick': there are auto, reference, fast"):
        chosen.use(other)


def test_asked_for_says_so() -> None:
    chosen.use("reference")
    assert chosen.engine() == chosen.Engine("reference", "asked for")
