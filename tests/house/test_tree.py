"""The habits that a file's name, length and text can show."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "src").rglob("*.py"))
FOLDERS = sorted({path.parent for path in MODULES})

HARD_LIMIT = 450
NO_ROOM = {"utils", "util", "misc", "common", "helpers", "helper"}

# Folders that exist on one machine only, and places packages are fetched from. A path inside
# an address (https://host/home/x) is not meant, so nothing but space or quotes may stand before.
ELSEWHERE = re.compile(
    r"""(?:(?<![\w.:/~}$-])/(?:home|root|Users|work)/\w)"""
    r"""|[A-Z]:\\Users\\"""
    r"""|pypi\.(?:org|python)[^\s]*/simple|pythonhosted\.org|registry\.npmjs"""
    r"""|--(?:extra-)?index-url[ =]\S*://""",
)
LOCKS = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """Files in git, and those that would be with the next `git add`."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-c", "-o", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for entry in sorted(set(listing.split("\0"))) if entry and (path := ROOT / entry).is_file()]


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 10
    assert len(tracked()) > len(MODULES)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_module_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= HARD_LIMIT, f"{name(path)}: split it, the limit is {HARD_LIMIT} lines"
    assert ast.get_docstring(ast.parse(text)), f"{name(path)}: a module starts with what it is for"


def test_no_room_for_odds_and_ends() -> None:
    named = [name(path) for path in (ROOT / "src").rglob("*") if path.stem in NO_ROOM]
    named += [name(path) for path in (ROOT / "tests").rglob("*") if path.stem in NO_ROOM]
    assert not named, "name the room after what it holds"


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder != ROOT / "src"], ids=name)
def test_every_folder_of_modules_is_a_package(folder: Path) -> None:
    assert (folder / "__init__.py").is_file()


def test_types_are_announced() -> None:
    assert (ROOT / "src/deactsim/py.typed").is_file()


def test_nothing_points_at_one_machine_or_registry() -> None:
    found = []
    for path in tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a picture, or a test case in another encoding
        found += [f"{name(path)}:{at}: {line}" for at, line in enumerate(lines, 1) if ELSEWHERE.search(line)]
    assert not found, "\n".join(found)


def test_no_lock_file_records_addresses() -> None:
    assert not [name(path) for path in tracked() if path.name in LOCKS]
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in pins
    assert " @ " not in pins


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("/" + "home/ann/deactsim", True),
        ('open("/' + 'work/main/x")', True),
        ("C:" + "\\Users\\ann", True),
        ("https://pypi" + ".org/simple", True),
        ("https://example.org/" + "home/page", False),
        ("scenarios/" + "work/x", False),
        ("how people work/rest", False),
    ],
)
def test_the_search_itself_finds_and_spares(line: str, caught: bool) -> None:
    assert bool(ELSEWHERE.search(line)) is caught
