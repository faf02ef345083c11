"""The examples in README.md and docs/ run, and print what is shown."""

from __future__ import annotations

import difflib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import examples
from tests.house.examples import ROOT, Block, Command, agrees, blocks, commands, documents

PYTHON = [path for path in documents() if blocks(path, "python")]
CONSOLE = [block for path in documents() for block in blocks(path, "console")]


def place(value: object) -> str:
    if isinstance(value, Block):
        return f"{value.document.relative_to(ROOT).as_posix()}:{value.line}"
    return Path(str(value)).relative_to(ROOT).as_posix()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A reader's folder with the example scenarios in it."""
    examples.furnish(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("document", PYTHON, ids=place)
def test_python(document: Path, desk: Path) -> None:
    """The document's blocks one after the other are a script that runs, as a reader would save it."""
    script = desk / "script.py"
    script.write_text("".join(block.body for block in blocks(document, "python")), encoding="utf-8")
    done = subprocess.run([sys.executable, script.name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr


@pytest.mark.parametrize("block", CONSOLE, ids=place)
def test_console(block: Block, desk: Path) -> None:
    for command in commands(block.body):
        printed = examples.run(command, desk)
        if not agrees(command.shown, printed):
            difference = difflib.unified_diff(command.shown, printed, place(block), "now", lineterm="", n=0)
            pytest.fail(
                "\n".join([f"$ {command.text}", *difference, "make readme records it again"]), pytrace=False
            )


def test_the_readmes_own_policy_is_understood(desk: Path) -> None:
    """The lines the README tells a reader to add, where it tells him to add them."""
    (lines,) = blocks(ROOT / "README.md", "yaml")
    policy = lines.body.split(":")[0].strip()
    scenario = desk / "mine.yaml"
    before, policies, after = (
        Path("scenarios/trump.yaml").read_text(encoding="utf-8").partition("\npolicies:")
    )
    rest_of_line, _, after = after.partition("\n")
    scenario.write_text(f"{before}{policies}{rest_of_line}\n{lines.body}{after}", encoding="utf-8")
    assert len(lines.body.splitlines()) <= 5
    examples.run(Command("deactsim check mine.yaml", ()), desk)
    compare = Command(f"deactsim compare mine.yaml --policies {policy}", ())
    assert any(policy in line for line in examples.run(compare, desk))


def test_the_readme_shows_both() -> None:
    readme = ROOT / "README.md"
    assert blocks(readme, "python")
    assert any(
        command.text.startswith("deactsim run") and command.shown
        for block in blocks(readme, "console")
        for command in commands(block.body)
    )


def test_commands_are_told_from_output() -> None:
    found = list(commands("$ deactsim check a\nfine\n\nstill\n$ deactsim run a\n"))
    assert found == [Command("deactsim check a", ("fine", "", "still")), Command("deactsim run a", ())]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["11 min"], ["11 min"], True),
        (["11 min"], ["12 min"], False),
        (["11 min"], ["11 min", "more"], False),
        (["11 min", "..."], ["11 min", "more"], True),
        (["a", "...", "b"], ["a", "b"], True),
        (["a", "...", "b"], ["a", "x", "y", "c"], False),
        ([], ["anything"], True),
        (["a.c"], ["abc"], False),
    ],
)
def test_outputs_are_compared(shown: list[str], printed: list[str], same: bool) -> None:
    assert agrees(tuple(shown), printed) is same


def test_a_failing_command_fails(desk: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with"):
        examples.run(Command("deactsim run nowhere.yaml", ()), desk)
    with pytest.raises(RuntimeError, match="only run deactsim"):
        examples.run(Command("echo deactsim", ()), desk)


def test_recording_writes_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "run", lambda command, _folder: ["new", command.text])
    page = tmp_path / "page.md"
    page.write_text("```console\n$ a\nold\n$ b\n$ c\n...\n```\ntext\n", encoding="utf-8")
    assert examples.record(page)
    assert page.read_text(encoding="utf-8") == "```console\n$ a\nnew\na\n$ b\n$ c\n...\n```\ntext\n"
    assert not examples.record(page)
