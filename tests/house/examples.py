"""The examples in README.md and docs/: found, run, and recorded again.

The fenced blocks marked `python` of one document are one script, run in a process of its own, as a
reader would save it. A block marked `console` holds commands after `$ ` and, below each, what it
printed on stdout; a command with nothing below it must only succeed, and is run with few worlds. A
line of `...` stands for any number of lines. Commands and scripts run in a folder that holds a copy
of `scenarios/`.

    python tests/house/examples.py README.md docs     writes the outputs into the documents again
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "..."
PROMPT = "$ "
SIMULATING = {"run", "compare", "chart"}
FEW = ["--worlds", "50"]


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a document: `line` is its first line of text, `span` its place in it."""

    document: Path
    kind: str
    line: int
    body: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a console block and the lines shown below it."""

    text: str
    shown: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        """The command as a process is given it; with few worlds where only success counts."""
        words = shlex.split(self.text, comments=True)
        hasty = not self.shown and words[1] in SIMULATING and "--worlds" not in words
        return words + FEW * hasty


def documents(root: Path = ROOT) -> list[Path]:
    """README.md and everything in docs/."""
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def blocks(document: Path, kind: str) -> list[Block]:
    """The document's blocks of one kind, in order."""
    text = document.read_text(encoding="utf-8")
    return [
        Block(document, kind, text.count("\n", 0, found.start("body")) + 1, found["body"], found.span("body"))
        for found in FENCE.finditer(text)
        if found["kind"] == kind
    ]


def commands(body: str) -> Iterator[Command]:
    """The commands of a console block, each with the output shown for it."""
    text: str | None = None
    shown: list[str] = []
    for line in body.splitlines():
        if not line.startswith(PROMPT):
            shown.append(line)
            continue
        if text is not None:
            yield Command(text, tuple(shown))
        text, shown = line.removeprefix(PROMPT), []
    if text is not None:
        yield Command(text, tuple(shown))


def furnish(folder: Path) -> None:
    """Give the folder what a reader has at hand: the example scenarios."""
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")


def run(command: Command, folder: Path) -> list[str]:
    """What the command prints on stdout, line by line; RuntimeError where it fails.

    Only deactsim is run, as installed beside this interpreter, without a shell.
    """
    words = command.words
    if words[0] != "deactsim":
        raise RuntimeError(f"an example may only run deactsim, not: {command.text}")
    done = subprocess.run(
        [Path(sysconfig.get_path("scripts")) / words[0], *words[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=os.environ | {"COLUMNS": "100", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
    )
    if done.returncode:
        raise RuntimeError(f"$ {command.text}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
    return [line.rstrip() for line in done.stdout.splitlines()]


def agrees(shown: tuple[str, ...], printed: list[str]) -> bool:
    """Whether the lines shown are the lines printed, `...` standing for any lines."""
    if not shown:
        return True
    pattern = "".join(
        r"(?:[^\n]*\n)*?" if line.strip() == ANYTHING else re.escape(line.rstrip()) + "\n" for line in shown
    )
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


def record(document: Path) -> bool:
    """Write what each command prints now below it; True if the document changed.

    Outputs that leave lines out with `...` are left for a person to mend.
    """
    text = document.read_text(encoding="utf-8")
    new = text
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        furnish(folder)
        again: list[tuple[Block, str]] = []
        for block in blocks(document, "console"):
            lines: list[str] = []
            for command in commands(block.body):
                printed = run(command, folder)
                keep = not command.shown or any(line.strip() == ANYTHING for line in command.shown)
                lines += [PROMPT + command.text, *(command.shown if keep else printed)]
            again.append((block, "".join(line + "\n" for line in lines)))
    for block, body in reversed(again):
        start, end = block.span
        new = new[:start] + body + new[end:]
    if new != text:
        document.write_text(new, encoding="utf-8")
    return new != text


def main(names: list[str]) -> None:
    """Record the examples of the documents and folders named."""
    for path in map(Path, names):
        for document in sorted(path.rglob("*.md")) if path.is_dir() else [path]:
            print(f"{document}: {'recorded' if record(document) else 'unchanged'}")


if __name__ == "__main__":
    main(sys.argv[1:])
