"""`deactsim forecast`: what it asks for, prints and writes, and how it ends."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deactsim.cli.main import main
from deactsim.engines import chosen
from deactsim.errors import DeactsimError, UnknownName
from deactsim.study import executors
from deactsim.study.forecast_results import BadYear
from tests.report import made_up, made_up_forecast

SCENARIO = str(Path(made_up.__file__).with_name("made_up.yaml"))
PATH = made_up_forecast.VARIED
CHARTS = ("exceedance", "frontier", "unknown", "access", "utilisation", "bad-year")
Invoke = Callable[..., Result]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Invoke:
    """Call the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, ["forecast", SCENARIO, *(str(word) for word in words)])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The study is made up, and what it is asked for is remembered; a seed of 13 is interrupted.

    A seed of 130 is interrupted at the second value before anything is known.
    """
    found: list[dict[str, Any]] = []

    def forecast(scenario: Any, **more: Any) -> object:
        found.append(more)
        if more["seed"] == 130 and len(found) > 1:
            raise KeyboardInterrupt
        stopped = {"complete": False, "years": 340} if more["seed"] == 13 else {}
        return made_up_forecast.forecast(scenario=scenario, **stopped)

    monkeypatch.setattr("deactsim.study.forecast.forecast", forecast)
    return found


def test_the_table_is_printed_and_nothing_else(call: Invoke, asked: list[dict[str, Any]]) -> None:
    done = call("--policies", "two-person,confirm", "--years", 50, "--method", "direct", "--seed", 7)
    assert done.exit_code == 0
    assert "A YEAR, BY POLICY" in done.stdout
    assert done.stderr == ""
    request = asked[0]
    assert request["policies"] == ("two-person", "confirm")
    assert (request["years"], request["precision"], request["method"], request["seed"]) == (
        50,
        None,
        "direct",
        7,
    )
    assert request["progress"] is None


@pytest.mark.parametrize(
    ("words", "workers"),
    [
        (("--engine", "reference"), 8),
        (("--years", 2, "--engine", "reference"), 8),
        (("--years", 9), 1),
        (("--years", 50), 8),
        ((), 8),
        (("--precision", "5%"), 8),
    ],
)
def test_few_years_need_no_more_processes(
    call: Invoke,
    asked: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[object, ...],
    workers: int,
) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    monkeypatch.setattr(executors, "can_fork", lambda: False)  # a fresh process is worth more work
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)  # what is not compiled leaves it to the reference
    assert call(*words).exit_code == 0
    chosen.use("auto")
    assert asked[0]["workers"] == workers


@pytest.mark.parametrize(("text", "share"), [("5%", 0.05), ("0.05", 0.05), ("2.5 %", 0.025)])
def test_precision_is_a_share(call: Invoke, asked: list[dict[str, Any]], text: str, share: float) -> None:
    assert call("--precision", text).exit_code == 0
    assert asked[0]["precision"] == pytest.approx(share)
    assert asked[0]["years"] is None


def test_json_is_the_document(call: Invoke, asked: list[dict[str, Any]]) -> None:
    document = json.loads(call("--format", "json").stdout)
    assert document["question"] == "forecast"
    assert len(document["scenario"]["hash"]) == 64
    assert document["varied"] is None


def test_csv_is_tidy(call: Invoke, asked: list[dict[str, Any]]) -> None:
    rows = list(csv.DictReader(io.StringIO(call("--format", "csv").stdout)))
    dark = [
        row["value"]
        for row in rows
        if (row["policy"], row["part"], row["name"], row["figure"])
        == ("two-person", "yearly", "dark_minutes", "mean")
    ]
    assert dark == ["45"]


def test_a_folder_gets_tables_and_charts(call: Invoke, asked: list[dict[str, Any]]) -> None:
    done = call("-o", "out", "--charts", "svg")
    names = {path.name for path in Path("out").iterdir()}
    assert names == {"forecast.txt", "forecast.json", "forecast.csv", "forecast-occurrences.csv"} | {
        f"{chart}.{ending}" for chart in CHARTS for ending in ("svg", "txt", "csv")
    }
    assert Path("out/forecast.txt").read_text(encoding="utf-8") == done.stdout
    assert done.stderr.count("wrote out") == len(names)


def test_why_a_bad_year_is_not_drawn_is_said(
    call: Invoke, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    frequent = made_up_forecast.forecast(bad_year=BadYear(95.0, 4000.0, ()))
    monkeypatch.setattr("deactsim.study.forecast.forecast", lambda *_, **__: frequent)
    done = call("-o", "out", "--charts", "svg")
    assert "no chart bad-year. 1 year in 20 is at least this bad: 2.8 days dark" in done.stderr
    assert not list((tmp_path / "out").glob("bad-year.*"))


def test_vary_forecasts_once_a_value_and_draws_one_chart(call: Invoke, asked: list[dict[str, Any]]) -> None:
    done = call("--vary", f"{PATH}=50%,90%", "-o", "out", "--charts", "svg")
    assert done.exit_code == 0
    assert f"{PATH} = 50%\n" in done.stdout
    assert f"{PATH} = 90%\n" in done.stdout
    assert len(asked) == 2
    names = {path.name for path in Path("out").iterdir()}
    assert names == {
        "forecast.txt", "forecast.json", "forecast.csv", "forecast-occurrences.csv", "varied.svg", "varied.txt",
        "varied.csv",
    }  # fmt: skip
    documents = json.loads(Path("out/forecast.json").read_text(encoding="utf-8"))
    assert [each["varied"] for each in documents] == [
        {"path": PATH, "value": value, "reached": ["two-person"]} for value in ("50%", "90%")
    ]
    for name in ("forecast.csv", "forecast-occurrences.csv"):
        rows = list(csv.DictReader(io.StringIO((Path("out") / name).read_text(encoding="utf-8"))))
        assert {row[PATH] for row in rows} == {"50%", "90%"}


def test_vary_of_a_policy_that_is_not_compared(call: Invoke, asked: list[dict[str, Any]]) -> None:
    done = call("--policies", "as-it-was", "--vary", f"{PATH}=50%,90%")
    assert done.exit_code == 2
    assert "belongs to two-person, which is not compared" in done.stderr
    assert asked == []
    assert call("--policies", "two-person", "--vary", f"{PATH}=50%,90%").exit_code == 0


def test_values_with_commas_take_a_semicolon(call: Invoke, asked: list[dict[str, Any]]) -> None:
    done = call("--vary", "response.pick_up=median 2 min, p90 8 min; 5 min")
    assert "response.pick_up = median 2 min, p90 8 min\n" in done.stdout
    assert "response.pick_up = 5 min\n" in done.stdout


@pytest.mark.parametrize("form", ["table", "json"])
def test_interrupted_it_prints_what_is_known(call: Invoke, asked: list[dict[str, Any]], form: str) -> None:
    done = call("--seed", 13, "--format", form)
    assert done.exit_code == 130
    assert done.stderr == "stopped\n"
    if form == "table":
        assert "INTERRUPTED: all figures here are of the 340 of 2,000 years done by then." in done.stdout
    else:
        assert json.loads(done.stdout)["complete"] is False


@pytest.mark.parametrize(("seed", "values"), [(13, 1), (130, 1)])
def test_an_interrupted_variation_prints_the_values_done(
    call: Invoke, asked: list[dict[str, Any]], seed: int, values: int
) -> None:
    done = call("--vary", f"{PATH}=50%,70%,90%", "--seed", seed)
    assert done.exit_code == 130
    assert done.stderr == "stopped\n"
    assert done.stdout.count(f"{PATH} = ") == values
    assert ("INTERRUPTED: all figures" in done.stdout) == (seed == 13)
    assert "not done: 70%, 90%" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (DeactsimError("nothing can go wrong here"), 1, "nothing can go wrong here\n"),
        (UnknownName("no such policy"), 2, "Error: no such policy"),
        (KeyboardInterrupt(), 130, "stopped\n"),
    ],
)
@pytest.mark.parametrize("words", [(), ("--vary", f"{PATH}=50%,90%")])
def test_how_a_study_may_end(
    call: Invoke,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    error: BaseException,
    code: int,
    said: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("deactsim.study.forecast.forecast", fail)
    done = call(*words)
    assert done.exit_code == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--years", "10", "--precision", "5%"), "leave one of them out"),
        (("--precision", "0%"), "not a share between 0% and 100%"),
        (("--precision", "150%"), "not a share between 0% and 100%"),
        (("--precision", "narrow"), "not a share between 0% and 100%"),
        (("--years", "1"), "x>=2"),
        (("--charts", "png"), "add -o DIR"),
        (("--charts", "gif", "-o", "out"), "'gif' is not one of png, svg, pdf"),
        (("--method", "guess"), "'guess'"),
        (("--vary", "catches"), "write PATH=V1,V2"),
        (("--vary", "nowhere.at.all=1"), "nowhere.at.all"),
        (("--policies", "a,,b"), "a name is empty"),
    ],
)
def test_wrong_words_end_with_2(
    call: Invoke, asked: list[dict[str, Any]], words: tuple[str, ...], said: str
) -> None:
    done = call(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert asked == []


def test_a_value_that_does_not_belong_there(call: Invoke, asked: list[dict[str, Any]]) -> None:
    done = call("--vary", "response.pick_up=5 min,blue")
    assert done.exit_code == 2
    assert "Usage: main forecast [OPTIONS] SCENARIO" in done.stderr
    assert "response.pick_up" in done.stderr
    assert asked == []


def test_a_folder_that_cannot_be_written(call: Invoke, asked: list[dict[str, Any]]) -> None:
    Path("taken").write_text("", encoding="utf-8")
    done = call("-o", "taken/below")
    assert done.exit_code == 1
    assert "cannot write" in done.stderr
    assert asked == []


def test_charts_that_cannot_be_written(call: Invoke, asked: list[dict[str, Any]]) -> None:
    Path("out/exceedance.svg").mkdir(parents=True)
    done = call("-o", "out", "--charts", "svg")
    assert done.exit_code == 1
    assert "cannot write" in done.stderr
