"""What commands share: their options, and where output goes: data to stdout or a folder, talk to stderr."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..engines.chosen import NAMES, engine, is_made, use
from ..errors import DeactsimError
from ..report.csv_cells import frame_text
from ..report.files import write_text

if TYPE_CHECKING:
    import pandas as pd

    from ..scenario.schema import Scenario

Progress = Callable[[int, int], None]
Writer = Callable[[], str]

STOPPED = 130
"""Exit code after Ctrl-C, as shells have it."""

PATIENCE, REDRAWN = 1.0, 0.1
"""Seconds before there is a progress bar, and between one picture of it and the next."""

NARROWEST = 60
"""Columns below which tables are not laid out any narrower."""


class Listed(click.ParamType[tuple[str, ...]]):
    """Names separated by commas."""

    name = "list"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The names, none of them empty."""
        names = tuple(name.strip() for name in value.split(","))
        if not all(names):
            self.fail("a name is empty: write A,B,C", param, ctx)
        return names


class Seed(click.ParamType[int]):
    """A whole number of 64 bits."""

    name = "seed"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, if no other names the same worlds."""
        from ..model.streams import known_seed

        try:
            return known_seed(int(value))
        except ValueError:
            self.fail(f"{value!r} is not a whole number", param, ctx)
        except DeactsimError as error:
            self.fail(str(error), param, ctx)


scenario_argument = click.argument("scenario", type=click.Path(path_type=Path), metavar="SCENARIO")
policies_option = click.option(
    "--policies", type=Listed(), metavar="A,B,...", help="Compare only these with the scenario's own policy."
)
worlds_option = click.option(
    "--worlds", type=click.IntRange(min=1), default=2000, show_default=True, metavar="N",
    help="How many simulated worlds. More of them narrow the Monte-Carlo error.",
)  # fmt: skip
seed_option = click.option(
    "--seed", type=Seed(), default=1, show_default=True, metavar="S",
    help="Which worlds. The same seed gives the same output, byte for byte.",
)  # fmt: skip
engine_option = click.option(
    "--engine", type=click.Choice(NAMES), default="auto", show_default=True, expose_value=False, is_eager=True,
    callback=lambda _ctx, _param, name: use(name),
    help="What runs the nights; the answer is the same (deactsim --version lists them).",
)  # fmt: skip
format_option = click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True,
    help="What is printed on stdout.",
)  # fmt: skip
folder_option = click.option(
    "-o", "--output", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Also write the table, JSON, CSV and one row a world into DIR.",
)  # fmt: skip


def load(path: Path) -> Scenario:
    """The scenario of a file; all its faults at once if it has any."""
    from ..scenario.load import load as read

    return read(path)


def digest(scenario: Scenario) -> str:
    """The scenario's hash."""
    from ..scenario.resolve import digest as hash_of

    return hash_of(scenario)


def say(text: str) -> None:
    """Talk: a line on stderr."""
    click.echo(text, err=True)


@contextmanager
def progress(what: str) -> Iterator[Progress | None]:
    """A progress bar on stderr if that is a terminal, from the first progress after a second on; otherwise nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    if not is_made():
        say("compiling the fast engine: once, for some ten seconds")
    began, drawn = time.monotonic(), 0.0
    with ExitStack() as drawing:
        bar: Any = None

        def show(done: int, total: int) -> None:
            nonlocal bar, drawn
            now = time.monotonic()
            if bar is None and now - began < PATIENCE:
                return  # what is over at once needs no bar, which takes a while to be there itself
            bar = bar or drawing.enter_context(_bar(what))
            bar.update(0, completed=done, total=total)
            if now - drawn > REDRAWN or done == total:
                drawn = now
                bar.refresh()

        yield show


def _bar(what: str) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # A bar that draws itself does so from a thread, and then the process could not be doubled.
    bar = Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    bar.add_task(what, total=None)
    return bar


def columns(most: int) -> int:
    """How wide text may be on stdout: the terminal's width, but not over `most`.

    What does not go to a terminal is the same everywhere.
    """
    if not sys.stdout.isatty():
        return most
    return max(NARROWEST, min(most, shutil.get_terminal_size((most, 24)).columns))


def workers(worlds: int) -> int:
    """How many processes: one a core where there is enough to do, else none but this one.

    Starting a process takes about as long as a few hundred evenings of the reference engine, or tens of
    thousands of the fast one; where it is only doubled, far less.
    """
    from ..study.executors import can_fork

    enough = 500 if engine().name == "reference" or can_fork() else 20_000
    return (os.cpu_count() or 1) if worlds >= enough else 1


def json_text(record: Any) -> str:
    """A record as JSON, with one newline at the end."""
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def show(text: str) -> None:
    """Print on stdout.

    A reader who has read enough (`deactsim ... | head`) ends nothing: files are still written, and the exit code is the
    command's. Raises `DeactsimError` where there is no room for what is printed.
    """
    try:
        click.echo(text, nl=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain again when it flushes at exit, so what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise DeactsimError(f"cannot write to standard output: {error.strerror or error}") from None


def emit(form: str, forms: Mapping[str, Writer]) -> None:
    """Print one of the forms on stdout."""
    show(forms[form]())


def ready(folder: Path | None) -> None:
    """Make sure that a folder, if one is asked for, can be written into: before anything is simulated.

    What is made and still empty when the command ends, because it failed, is removed again.
    """
    if folder is None:
        return
    try:
        made = [each for each in (folder, *folder.parents) if not each.exists()]
        click.get_current_context().call_on_close(lambda: _remove_empty(made))
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise DeactsimError(f"cannot write {folder}: {error.strerror or error}") from None


def _remove_empty(folders: Sequence[Path]) -> None:
    """Remove folders, the innermost first, up to one that holds something."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


def write_folder(
    folder: Path, name: str, forms: Mapping[str, Writer], frame: pd.DataFrame, rows: str = "worlds"
) -> None:
    """Write every form and the frame into a folder, and say so; `rows` is what a row of the frame is."""
    endings = {"table": "txt", "json": "json", "csv": "csv"}
    texts = {f"{name}.{endings[form]}": write() for form, write in forms.items()}
    texts[f"{name}-{rows}.csv"] = frame_text(frame)
    for file, text in texts.items():
        write_file(folder / file, text)


def write_file(path: Path, text: str) -> None:
    """Write a text file, making its folder, and say so on stderr."""
    write_text(path, text)
    say(f"wrote {path}")
