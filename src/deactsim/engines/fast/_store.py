"""Where compiled kernels are kept from one process to the next: the user's cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from pathlib import Path

#: Where the folder is, if it is not where this system has such folders.
FOLDER = "DEACTSIM_CACHE"
#: Kernels kept; those used longest ago make room.
MOST = 8


def folder() -> Path:
    """The folder of compiled kernels; it need not exist."""
    if os.environ.get(FOLDER):
        return Path(os.environ[FOLDER])
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "deactsim"


def key_of(*parts: str) -> str:
    """The name of the kernel that is made of these sources by this compiler for this machine."""
    package = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    folders = package / "model", package / "engines", package / "engines" / "fast"
    for source in sorted(source for folder in folders for source in folder.glob("*.py")):
        digest.update(source.relative_to(package).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    for part in (sys.version, *parts):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def load(key: str) -> bytes | None:
    """A kernel that was kept, if it is whole."""
    path = folder() / f"{key}.kernel"
    try:
        kept = path.read_bytes()
        with contextlib.suppress(OSError):
            path.touch()  # it was used
    except OSError:
        return None
    digest, kernel = kept[:32], kept[32:]
    return kernel if hashlib.sha256(kernel).digest() == digest else None


def save(key: str, kernel: bytes) -> None:
    """Keep a kernel, if there is a place to keep it; nobody ever sees half of one."""
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        handle, written = tempfile.mkstemp(dir=place, suffix=".part")
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(kernel).digest() + kernel)
        Path(written).replace(place / f"{key}.kernel")
        _make_room(place)
    except OSError:
        with contextlib.suppress(OSError):
            Path(written).unlink()


def _make_room(place: Path) -> None:
    kernels = sorted(place.glob("*.kernel"), key=lambda path: path.stat().st_mtime)
    for path in kernels[:-MOST]:
        path.unlink(missing_ok=True)
