"""Files are whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from deactsim.errors import DeactsimError
from deactsim.report import files
from deactsim.report.charts.files import save
from deactsim.report.files import aside, write_new, write_text


def test_a_file_is_replaced_all_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deep" / "found.txt"
    write_text(path, "old\n")
    assert path.read_text(encoding="utf-8") == "old\n"

    def full(self: Path, text: str, **given: str) -> int:
        with self.open("w", encoding=given["encoding"]) as file:
            file.write(text[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.Path, "write_text", full)
    with pytest.raises(DeactsimError, match=r"cannot write into .*deep: No space left on device"):
        write_text(path, "new\n")
    assert path.read_text(encoding="utf-8") == "old\n"
    assert [each.name for each in path.parent.iterdir()] == ["found.txt"]


def test_what_is_there_is_never_replaced_by_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    assert write_new(path, "first\n")
    assert not write_new(path, "second\n")
    assert path.read_text(encoding="utf-8") == "first\n"
    assert [each.name for each in tmp_path.iterdir()] == ["ours.yaml"]


def test_nothing_is_left_of_what_was_not_finished(tmp_path: Path) -> None:
    def half() -> None:
        with aside(tmp_path) as folder:
            (folder / "half.png").write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert list(tmp_path.iterdir()) == []


def test_pictures_that_are_interrupted_leave_the_old_ones(tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(b"old")

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save([("one", interrupted, "", None)], tmp_path, ("png",))  # type: ignore[list-item, arg-type]
    assert (tmp_path / "one.png").read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["one.png"]
