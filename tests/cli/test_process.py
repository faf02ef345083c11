"""The command as a process: pipes, terminals, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deactsim.cli import output
from deactsim.engines.chosen import Engine
from deactsim.study import executors
from tests.report import made_up

SCENARIO = str(Path(made_up.__file__).with_name("made_up.yaml"))
#: Worlds for which another process is worth its start where it is only doubled.
DOUBLED = 500
COMMAND = [sys.executable, "-c", "from deactsim.cli.main import start; start()"]


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        yield process
        if process.poll() is None:
            process.kill()


def test_no_progress_in_a_pipe() -> None:
    with started("run", SCENARIO, "--worlds", "40") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"EXPOSURE TIME" in out
    assert err == b""


def test_a_broken_pipe_is_quiet() -> None:
    with started("show", "safeguards") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(timeout=60) == 0
    assert err == b""


def test_a_reader_that_goes_away_changes_neither_files_nor_the_exit_code(tmp_path: Path) -> None:
    failing = tmp_path / "failing.yaml"
    text = Path(SCENARIO).read_text(encoding="utf-8")
    assert "11 min" in text
    failing.write_text(
        text.replace(
            "  facts:\n", "  facts:\n    never: {checked: by 2017-11-02T18:49-04:00, of: visible}\n"
        ),
        encoding="utf-8",
    )
    whole = subprocess.run(
        [*COMMAND, "run", str(failing), "--worlds", "40"], capture_output=True, timeout=60, check=False
    )
    assert whole.returncode == 1
    with started("run", str(failing), "--worlds", "40", "-o", str(tmp_path / "found")) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=60) == 1
    assert (tmp_path / "found" / "run.txt").read_bytes() == whole.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
@pytest.mark.parametrize(
    "words", [("show", "safeguards"), ("--version",), ("run", SCENARIO, "--worlds", "40")]
)
def test_no_room_for_the_output_is_a_sentence(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *words], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert done.returncode == 1
    assert done.stderr == b"cannot write to standard output: No space left on device\n"


def test_a_doubled_process_says_the_same() -> None:
    words = ["deactsim", "compare", SCENARIO, "--worlds", str(DOUBLED)]
    said = []
    for cores in (1, 2):
        alone = f"import os, sys; os.cpu_count = lambda: {cores}; sys.argv = {words}"
        command = [sys.executable, "-c", f"{alone}; from deactsim.cli.main import start; start()"]
        said.append(subprocess.run(command, capture_output=True, timeout=120, check=True))
    assert said[0].stdout == said[1].stdout
    assert b"honest work" in said[0].stdout
    assert said[0].stderr == said[1].stderr == b""


def test_a_terminal_that_cannot_show_a_character_shows_a_question_mark(tmp_path: Path) -> None:
    file = tmp_path / "names.yaml"
    text = Path(SCENARIO).read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title:"))
    file.write_text(text.replace(title, "title: Caf\u00e9 \u6f22"), encoding="utf-8")
    done = subprocess.run(
        [*COMMAND, "check", str(file)],
        capture_output=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )
    assert done.stdout.startswith("Caf\u00e9 ?: no faults".encode("cp1252"))
    assert done.stderr == b""


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_ctrl_c_ends_with_130() -> None:
    with started("run", SCENARIO, "--worlds", "1000000") as process:
        time.sleep(2.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip() == b"stopped"


#: Results that take a while to be sent are interrupted, now and then while they are.
LARGE_RESULTS = """
import signal, sys
from deactsim.study.executors import run_jobs

def large(shared, job):
    return bytes(20_000_000)

def stop(*_):
    raise KeyboardInterrupt

signal.signal(signal.SIGALRM, stop)
for number in range(12):
    signal.setitimer(signal.ITIMER_REAL, 0.05 + 0.013 * number)
    try:
        for _ in run_jobs(large, None, range(1000), workers=2):
            pass
    except KeyboardInterrupt:
        print("stopped")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="where processes are doubled")
def test_an_interrupt_while_results_are_sent_ends_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", LARGE_RESULTS], capture_output=True, timeout=60, check=True)
    assert done.stdout.split() == [b"stopped"] * 12


@pytest.mark.parametrize("patience", [0.0, 60.0])
def test_progress_on_a_terminal(
    patience: float, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(output, "PATIENCE", patience)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with output.progress("simulating") as report:
        assert report is not None
        report(1, 10)
        report(10, 10)
    said = capsys.readouterr()
    assert ("simulating" in said.err) == (patience == 0.0)
    assert said.out == ""


@pytest.mark.parametrize("made", [True, False])
def test_nobody_waits_for_the_compiler_without_being_told(
    made: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(output, "is_made", lambda: made)
    with output.progress("simulating"):
        assert ("compiling the fast engine" in capsys.readouterr().err) != made


def test_few_worlds_need_no_more_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    monkeypatch.setattr(executors, "can_fork", lambda: True)
    for name in ("reference", "fast"):
        monkeypatch.setattr(output, "engine", lambda name=name: Engine(name, "asked for"))
        assert [output.workers(worlds) for worlds in (10, 2000)] == [1, 8]
    monkeypatch.setattr(executors, "can_fork", lambda: False)
    monkeypatch.setattr(output, "engine", lambda: Engine("reference", "asked for"))
    assert [output.workers(worlds) for worlds in (10, 2000, 50_000)] == [1, 8, 8]
    monkeypatch.setattr(output, "engine", lambda: Engine("fast", "asked for"))
    assert [output.workers(worlds) for worlds in (10, 2000, 50_000)] == [1, 1, 8]
