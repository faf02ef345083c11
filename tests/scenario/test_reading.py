"""Files that cannot be small texts in the corpus: huge, nested, encoded, or not files at all."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from deactsim.errors import ScenarioError
from deactsim.scenario.load import load, loads

SMALLEST = (Path(__file__).parent.parent / "cases" / "valid" / "smallest.yaml").read_text(encoding="utf-8")


def messages(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as raised:
        load(path)
    return [fault.message for fault in raised.value.faults]


def complaint(text: str) -> str:
    with pytest.raises(ScenarioError) as raised:
        loads(text)
    return str(raised.value)


def test_missing_file_names_a_near_one(tmp_path: Path) -> None:
    (tmp_path / "trump.yaml").write_text("", encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        load(tmp_path / "trunp.yaml")
    assert str(raised.value) == f"{tmp_path}/trunp.yaml: no such file\n        did you mean `trump.yaml`?"


def test_missing_directory(tmp_path: Path) -> None:
    assert messages(tmp_path / "none" / "x.yaml") == ["no such file"]


def test_directory(tmp_path: Path) -> None:
    assert messages(tmp_path) == ["this is a directory, not a file"]


def test_path_that_cannot_be(tmp_path: Path) -> None:
    assert messages(tmp_path / ("x" * 5000))[0].startswith("the file cannot be read")
    assert messages(Path("a\0b"))[0].startswith("the file cannot be read")


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    assert messages(pipe) == ["this is not a regular file"]


def test_file_of_100_mb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    begun = time.perf_counter()
    assert messages(path) == ["the file is too large: 100.0 MB"]
    assert time.perf_counter() - begun < 0.5


def test_text_too_large() -> None:
    assert "the text is too large" in complaint("# " + "x" * 1_000_000)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "other.yaml"
    path.write_bytes(SMALLEST.encode(encoding))
    assert messages(path) == ["the file is encoded in UTF-16 or UTF-32"]


def test_latin_1_is_shown_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("deactsim: 1\r\ntitle: Überwachung".encode("latin-1"))
    with pytest.raises(ScenarioError) as raised:
        load(path)
    (fault,) = raised.value.faults
    assert (fault.line, fault.column, fault.message) == (2, 8, "a byte that is not UTF-8")
    assert fault.text == "title: \ufffdberwachung"


def test_byte_order_mark_of_utf_8_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "marked.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALLEST.encode())
    assert load(path) == loads(SMALLEST) == loads("\ufeff" + SMALLEST)


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_bytes(b"")
    assert messages(path) == ["the file is empty"]
    assert "the file is empty" in complaint("---\n...\n")


@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ("{a: ", "}")])
def test_deep_nesting(begin: str, end: str) -> None:
    assert "nested more than 30 deep" in complaint(SMALLEST + "deep: " + begin * 200 + "1" + end * 200 + "\n")
    assert "nested more than 30 deep" in complaint(begin * 100_000)


def test_alias_bomb() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    begun = time.perf_counter()
    assert "more than 50,000 values" in complaint("\n".join(lines))
    assert time.perf_counter() - begun < 1


def test_too_many_values() -> None:
    assert "more than 50,000 values" in complaint("a: [" + "x, " * 60_000 + "x]")


def test_long_line_is_shown_in_part() -> None:
    said = complaint(SMALLEST.replace("title: t", f"title: {'x' * 300}\nzoen: {'y' * 300}"))
    assert max(map(len, said.split("\n")[:3])) < 180
    far = complaint("{" + ", ".join(f"a{n}: 1" for n in range(100)) + ", a0: 2}")
    line, carets = far.split("\n")[-3:-1] if "first" in far.split("\n")[-1] else far.split("\n")[1:3]
    assert len(line) < 180
    assert "^" in carets


def test_every_fault_of_a_line_is_there() -> None:
    text = SMALLEST.replace("{headcount: 2}", "{headcount: 1.5, tool: x, shift: never}")
    with pytest.raises(ScenarioError) as raised:
        loads(text, "here.yaml")
    assert [fault.column for fault in raised.value.faults] == sorted(f.column for f in raised.value.faults)
    assert len(raised.value.faults) == 3
    assert all(str(fault).startswith("here.yaml:12:") for fault in raised.value.faults)
