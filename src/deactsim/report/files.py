"""Files that are whole or not there: written aside, then moved into place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DeactsimError


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """A new folder within `folder`, which is made, to write into; nothing of it is left afterwards.

    Raises `DeactsimError` for whatever the system refuses: no room, no right, a name too long.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=".deactsim-", dir=folder, ignore_cleanup_errors=True
        ) as found:
            yield Path(found)
    except OSError as error:
        raise DeactsimError(f"cannot write into {folder}: {error.strerror or error}") from None


def write_text(path: Path, text: str) -> None:
    """Write a text file, making its folder; one that is there already is replaced all at once."""
    if path.exists() and not path.is_file():
        _write_through(path, text)
        return
    with aside(path.parent) as folder:
        written = folder / path.name
        written.write_text(text, encoding="utf-8", newline="\n")
        written.replace(path)


def write_new(path: Path, text: str) -> bool:
    """Write a new text file into a folder that is there; False, and nothing is changed, where the file is."""
    if not path.parent.is_dir():
        raise DeactsimError(f"cannot write {path}: there is no folder {path.parent}")
    with aside(path.parent) as folder:
        written = folder / path.name
        written.write_text(text, encoding="utf-8", newline="\n")
        try:
            os.link(written, path)  # unlike a move it never replaces
        except FileExistsError:
            return False
    return True


def _write_through(path: Path, text: str) -> None:
    """Write into what is no file, such as a pipe or `/dev/stderr`."""
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DeactsimError(f"cannot write {path}: {error.strerror or error}") from None
