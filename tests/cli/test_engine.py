"""`--engine`: what runs the nights changes no byte of the answer, and where it is missing says so in a line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from deactsim.cli.main import main
from deactsim.engines import chosen
from tests.report import made_up

SCENARIO = str(Path(made_up.__file__).with_name("made_up.yaml"))
COMMAND = [sys.executable, "-c", "from deactsim.cli.main import start; start()"]


@pytest.fixture(autouse=True)
def auto() -> Iterator[None]:
    """What a test asks for is forgotten."""
    yield
    chosen.use("auto")


@pytest.mark.parametrize(
    ("words", "files"),
    [
        ("run trump --worlds 30 -o .", 4),
        ("compare trump --worlds 20 --policies two-person,vip-alert,layered -o .", 4),
        ("forecast small-saas --years 2 --policies two-person,alert --format json", 0),
    ],
)
def test_both_engines_print_the_same_bytes(words: str, files: int, tmp_path: Path, scenarios: Path) -> None:
    """On stdout and in files; each in a process of its own, so that nothing is remembered."""
    pytest.importorskip("numba")
    command, name, *more = words.split()
    path = os.path.relpath(scenarios / f"{name}.yaml", tmp_path / "reference")
    found = []
    for engine in ("reference", "fast"):
        folder = tmp_path / engine
        folder.mkdir()
        done = subprocess.run(
            [*COMMAND, command, path, *more, "--engine", engine], cwd=folder, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        written = {file.name: file.read_bytes() for file in sorted(folder.iterdir())}
        assert len(written) == files
        found.append((done.stdout, done.stderr, written))
    assert len(found[0][0]) > 1000
    assert found[0] == found[1]


def test_a_missing_engine_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "find_spec", lambda _name: None)
    for command in ("run", "compare", "forecast", "chart"):
        done = CliRunner().invoke(main, [command, SCENARIO, "--engine", "fast"])
        assert done.exit_code == 1
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        assert line.startswith("the fast engine cannot be had: it needs numba (pip install 'deactsim[fast]')")


def test_an_unknown_engine_is_a_mistake_of_the_command_line() -> None:
    done = CliRunner().invoke(main, ["run", SCENARIO, "--engine", "quick"])
    assert done.exit_code == 2
    assert "'quick' is not one of 'auto', 'reference', 'fast'" in done.stderr


@pytest.mark.parametrize("first", ["reference", "fast"])
def test_the_version_begins_with_the_engine_that_is_used(first: chosen.Name) -> None:
    if first == "fast":
        pytest.importorskip("numba")
    chosen.use(first)
    _, used, other = CliRunner().invoke(main, ["--version"]).stdout.splitlines()
    assert used.startswith(f"  engine {first} (used): ")
    assert "(used)" not in other
