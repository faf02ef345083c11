"""The text of a scenario file, refused before it is read where it cannot be one."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from .leaf import did_you_mean
from .places import WHOLE, Faults, Place
from .scalars import character_name, unprintable

LARGEST: Final = 1_000_000


def read_text(path: str | Path) -> str:
    """The text of a scenario file; refuses what cannot be one before reading it."""
    path = Path(path)
    faults = Faults(str(path), [])
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            faults.stop(WHOLE, "this is a directory, not a file", None, "name a scenario file in it")
        if not stat.S_ISREG(status.st_mode):
            faults.stop(WHOLE, "this is not a regular file")
        if status.st_size > LARGEST:
            megabytes = status.st_size / 1e6
            faults.stop(WHOLE, f"the file is too large: {megabytes:.1f} MB", "a scenario of at most 1 MB")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        faults.stop(WHOLE, "no such file", None, _neighbour(path))
    except (OSError, ValueError) as error:
        faults.stop(WHOLE, f"the file cannot be read: {getattr(error, 'strerror', None) or error}")
    return decoded(data, faults)


def _neighbour(path: Path) -> str | None:
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.suffix in (".yaml", ".yml")]
    except (OSError, ValueError):
        return None
    return did_you_mean(path.name, names)


def decoded(data: bytes, faults: Faults) -> str:
    """UTF-8 bytes as text, a byte order mark left out."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:4]:
        faults.stop(WHOLE, "the file is encoded in UTF-16 or UTF-32", "UTF-8", "save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        rest = data.decode("utf-8-sig", errors="replace")
        faults.lines = rest.replace("\r\n", "\n").split("\n")
        faults.stop(Place(line, column), "a byte that is not UTF-8", "UTF-8", "save the file as UTF-8")


def check_characters(faults: Faults) -> None:
    """Stop at tabs and at characters that nobody can see."""
    for number, line in enumerate(faults.lines, 1):
        bad = unprintable(line)
        if bad is not None:
            faults.add(
                Place(number, bad.start() + 1),
                f"a character that cannot be seen: {character_name(bad[0])}",
                None,
                "delete it",
            )
        tab = line.find("\t")
        if tab >= 0 and not line.lstrip().startswith("#"):
            faults.add(Place(number, tab + 1), "a tab", "spaces")
    if faults.found:
        raise faults.error()
