"""The commands: what they print where, and how they end."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import deactsim
from deactsim.cli.main import main
from deactsim.errors import CannotCondition, UnknownName
from deactsim.scenario.paths import text_at
from tests.report import made_up

SCENARIO = str(Path(made_up.__file__).with_name("made_up.yaml"))
Invoke = Callable[..., Result]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Invoke:
    """Call the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def studied(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Studies are made up and remembered: what is tested is what is done with them."""
    asked: list[dict[str, Any]] = []

    def replay(scenario: object, **more: Any) -> object:
        asked.append(more)
        policy = more.get("policy") or "as-it-was"
        return made_up.replay(policy=policy, facts=made_up.facts(agrees=more["seed"] != 666))

    def compare(scenario: Any, **more: Any) -> object:
        asked.append(more)
        return made_up.comparison(scenario=scenario)

    monkeypatch.setattr("deactsim.study.replay.replay", replay)
    monkeypatch.setattr("deactsim.study.compare.compare", compare)
    return asked


def test_version_and_help(call: Invoke) -> None:
    version, used, other = call("--version").output.splitlines()
    assert version == f"deactsim {deactsim.__version__}"
    assert {line.split()[1].rstrip(":") for line in (used, other)} == {"fast", "reference"}
    assert "(used)" in used
    assert "SimPy" in used + other
    said = call("--help").output
    assert [name for name in main.commands if f"\n  {name} " not in said] == []


def test_run_prints_the_table(call: Invoke, studied: list[dict[str, Any]]) -> None:
    done = call("run", SCENARIO, "--worlds", 50, "--seed", 7)
    assert done.exit_code == 0
    assert "EXPOSURE TIME" in done.stdout
    assert done.stderr == ""
    assert studied[0]["worlds"] == 50
    assert studied[0]["seed"] == 7
    assert studied[0]["progress"] is None


def test_run_as_json(call: Invoke, studied: list[dict[str, Any]]) -> None:
    document = json.loads(call("run", SCENARIO, "--format", "json").stdout)
    assert document["question"] == "replay"
    keys = {
        "scenario", "policy", "seed", "worlds", "effective_worlds", "measures", "stages", "facts", "timeline",
        "prior_percentile", "assumed",
    }  # fmt: skip
    assert keys <= set(document)
    assert document["scenario"]["title"] == made_up.scenario().title
    assert len(document["scenario"]["hash"]) == 64
    assert set(document["measures"]["dark_minutes"]) == {
        "mean",
        "median",
        "p05",
        "p95",
        "unit",
        "horizon",
        "cut",
        "longer",
    }
    assert set(document["stages"][0]) >= {"name", "mean", "median", "p05", "p95", "unit"}
    assert set(document["facts"][0]) >= {"id", "role", "documented", "simulated", "unit", "agrees", "source"}
    assert set(document["timeline"][0]) >= {"event", "role", "documented", "median", "p05", "p95", "source"}
    assert document["assumed"] == ["response.pick_up"]
    assert document["facts"][2]["percentile"] == 76


def test_run_as_csv_repeats_the_figures(call: Invoke, studied: list[dict[str, Any]]) -> None:
    rows = list(csv.DictReader(io.StringIO(call("run", SCENARIO, "--format", "csv").stdout)))
    dark = [
        row
        for row in rows
        if row["name"] == "dark_minutes" and row["part"] == "free" and row["figure"] == "p95"
    ]
    assert [row["value"] for row in dark] == ["29"]
    assert {row["part"] for row in rows} == {
        "run", "stopped", "measure", "stage", "channel", "free", "fact", "timeline",
    }  # fmt: skip


def test_run_writes_a_folder(call: Invoke, studied: list[dict[str, Any]]) -> None:
    done = call("run", SCENARIO, "-o", "out")
    written = {path.name for path in Path("out").iterdir()}
    assert written == {"run.txt", "run.json", "run.csv", "run-worlds.csv"}
    assert Path("out/run.txt").read_text(encoding="utf-8") == done.stdout
    assert done.stderr.count("wrote out") == 4


def test_a_folder_that_cannot_be_written(call: Invoke, studied: list[dict[str, Any]]) -> None:
    Path("taken").write_text("", encoding="utf-8")
    assert call("run", SCENARIO, "-o", "taken").exit_code == 2
    for words in (("run", SCENARIO), ("compare", SCENARIO), ("chart", SCENARIO)):
        done = call(*words, "-o", "taken/below")
        assert done.exit_code == 1
        assert "cannot write taken/below" in done.stderr
        assert done.stdout == ""
    done = call("run", SCENARIO, "-o", "long" * 100 + "/below")
    assert done.exit_code == 1
    assert "cannot write long" in done.stderr
    # It is said before anything is simulated.
    assert studied == []


def test_a_command_that_fails_leaves_no_empty_folder(call: Invoke) -> None:
    fleet = Path(__file__).parents[2] / "scenarios" / "small-saas.yaml"
    Path("mine").mkdir()
    for command in ("run", "compare", "chart"):
        for folder in ("out", "new/deep/out", "mine", "mine/out"):
            done = call(command, fleet, "-o", folder)
            assert done.exit_code == 1
            assert "`deactsim forecast` says what its years bring" in done.stderr
    assert call("compare", SCENARIO, "--vary", "response.pick_up=blue", "-o", "out").exit_code == 2
    assert [path.name for path in Path().rglob("*")] == ["mine"]


def test_a_failing_check_fails_the_run_under_the_own_policy_only(
    call: Invoke, studied: list[dict[str, Any]]
) -> None:
    done = call("run", SCENARIO, "--seed", 666)
    assert done.exit_code == 1
    assert "FAILS" in done.stdout
    assert call("run", SCENARIO, "--seed", 666, "--policy", "two-person").exit_code == 0


def test_what_cannot_be_a_number_is_null(call: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = made_up.replay(prior_percentile=float("nan"), effective_worlds=float("inf"))
    monkeypatch.setattr("deactsim.study.replay.replay", lambda *_, **__: broken)
    document = json.loads(call("run", SCENARIO, "--format", "json").stdout)
    assert document["prior_percentile"] is None
    assert document["effective_worlds"] is None


def test_compare_prints_the_table(call: Invoke, studied: list[dict[str, Any]]) -> None:
    done = call("compare", SCENARIO, "--policies", "two-person, vip-alert")
    assert done.exit_code == 0
    assert "STOPS IT" in done.stdout
    assert studied[0]["policies"] == ("two-person", "vip-alert")


def test_compare_as_json(call: Invoke, studied: list[dict[str, Any]]) -> None:
    document = json.loads(call("compare", SCENARIO, "--format", "json").stdout)
    assert {"baseline", "policies", "tipping", "ranking"} <= set(document)
    policy = document["policies"][1]
    keys = {"name", "group", "stopped", "measures", "difference", "decided_by", "friction", "reason"}
    assert keys <= set(policy)
    assert policy["stopped"]["deliberate"] == {"share": 0.98, "low": 0.97, "high": 0.99}
    assert set(policy["difference"]) == set(policy["stopped"]) == set(policy["measures"])
    assert set(policy["difference"]["deliberate"]["dark_minutes"]) == {
        "mean",
        "low",
        "high",
        "unit",
        "horizon",
    }
    assert policy["worst"] in policy["stopped"]
    assert document["varied"] is None
    assert {"order", "tied"} <= set(document["ranking"])
    assert set(policy) >= {"stopped_by", "stopped_how", "unheard"}


def test_compare_as_csv_and_folder(call: Invoke, studied: list[dict[str, Any]]) -> None:
    done = call("compare", SCENARIO, "--format", "csv", "-o", "out")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    share = [
        row["value"]
        for row in rows
        if (row["policy"], row["reading"], row["name"], row["figure"])
        == ("two-person", "throwaway", "stopped", "mean")
    ]
    assert share == ["0.9"]
    assert {path.name for path in Path("out").iterdir()} == {
        "compare.txt", "compare.json", "compare.csv", "compare-worlds.csv",
    }  # fmt: skip


def test_vary_compares_once_a_value(call: Invoke, studied: list[dict[str, Any]]) -> None:
    path = "policies.two-person.approval.catches"
    done = call("compare", SCENARIO, "--vary", f"{path}=50%,90%", "-o", "out")
    assert f"{path} = 50%" in done.stdout
    assert f"{path} = 90%" in done.stdout
    assert [each["explain"] for each in studied] == [False, False]
    documents = json.loads(call("compare", SCENARIO, "--vary", f"{path}=50%,90%", "--format", "json").stdout)
    assert [each["varied"] for each in documents] == [
        {"path": path, "value": "50%", "reached": ["two-person"]},
        {"path": path, "value": "90%", "reached": ["two-person"]},
    ]
    # The path says already in which policy it moves.
    assert "MOVES IN" not in done.stdout
    assert documents[0]["scenario"]["hash"] != documents[1]["scenario"]["hash"]
    rows = list(csv.DictReader(io.StringIO(Path("out/compare.csv").read_text(encoding="utf-8"))))
    assert {row[path] for row in rows} == {"50%", "90%"}
    worlds = list(csv.DictReader(io.StringIO(Path("out/compare-worlds.csv").read_text(encoding="utf-8"))))
    assert {row[path] for row in worlds} == {"50%", "90%"}


def test_vary_says_which_policies_inherit_the_value(call: Invoke, studied: list[dict[str, Any]]) -> None:
    text = Path(SCENARIO).read_text(encoding="utf-8")
    alike = "  heir: {combine: [two-person]}\n  own-rate: {combine: [two-person], approval: {catches: 80%}}\n"
    Path("own.yaml").write_text(text.replace("\nsilent:", f"\n{alike}silent:"), encoding="utf-8")
    path = "policies.two-person.approval.catches"
    done = call("compare", "own.yaml", "--vary", f"{path}=50%,90%")
    assert "MOVES IN two-person and heir: what a policy inherits moves with it\n" in done.stdout
    document = json.loads(call("compare", "own.yaml", "--vary", f"{path}=50%", "--format", "json").stdout)
    assert document[0]["varied"]["reached"] == ["two-person", "heir"]
    # Of those that it moves in, the compared ones.
    done = call("compare", "own.yaml", "--policies", "heir", "--vary", f"{path}=50%")
    assert "MOVES IN heir:" in done.stdout


def test_values_with_commas_take_a_semicolon(call: Invoke, studied: list[dict[str, Any]]) -> None:
    done = call("compare", SCENARIO, "--vary", "response.pick_up=median 2 min, p90 8 min; 5 min")
    assert "response.pick_up = median 2 min, p90 8 min\n" in done.stdout
    assert "response.pick_up = 5 min\n" in done.stdout


def test_vary_names_the_value_that_cannot_be_made_to_fit(
    call: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compare(scenario: Any, **_: Any) -> object:
        if text_at(scenario, "response.pick_up") == "7 min":
            raise CannotCondition("no world agrees")
        return made_up.comparison(scenario=scenario)

    monkeypatch.setattr("deactsim.study.compare.compare", compare)
    done = call("compare", SCENARIO, "--vary", "response.pick_up=5 min; 7 min")
    assert done.exit_code == 1
    assert done.stderr == "response.pick_up = 7 min: no world agrees\n"
    assert done.stdout == ""


def test_vary_of_a_policy_that_is_not_compared(call: Invoke, studied: list[dict[str, Any]]) -> None:
    text = Path(SCENARIO).read_text(encoding="utf-8")
    own = "  as-it-was: {}\n"
    assert own in text
    alike = "".join(f"  {name}: {{combine: [two-person]}}\n" for name in ("more", "most"))
    Path("own.yaml").write_text(
        text.replace("\nsilent:", f"\n{alike}  other: {{}}\nsilent:"), encoding="utf-8"
    )
    path = "policies.two-person.approval.catches"
    for policies, varied, said in (
        (
            "other",
            path,
            f"`{path}` belongs to two-person, more and most, none of which is compared: add one of",
        ),
        (
            "other",
            "policies.more.approval.catches",
            "belongs to more, which is not compared: add it to --policies",
        ),
        (
            "other",
            "safeguards.approval.catches",
            "belongs to two-person, more and most, none of which is compared: ",
        ),
        ("othr", path, "no policy 'othr': did you mean 'other'?"),
    ):
        done = call("compare", "own.yaml", "--policies", policies, "--vary", f"{varied}=50%,90%")
        assert done.exit_code == 2
        assert done.stdout == ""
        assert said in " ".join(done.stderr.split())
    assert studied == []
    for words in (
        ("--policies", "other", "--vary", "response.pick_up=1 min"),
        ("--policies", "more,other", "--vary", "safeguards.approval.catches=50%"),
        ("--vary", f"{path}=50%"),
    ):
        assert call("compare", "own.yaml", *words).exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--vary", "catches"), "write PATH=V1,V2"),
        (("--vary", "catches="), "write PATH=V1,V2"),
        (("--vary", "nowhere.at.all=1"), "nowhere.at.all"),
        (("--policies", "a,,b"), "a name is empty"),
        (("--worlds", "0"), "x>=1"),
        (("--formt", "csv"), "--format"),
    ],
)
def test_wrong_words_end_with_2(
    call: Invoke, studied: list[dict[str, Any]], words: tuple[str, ...], said: str
) -> None:
    done = call("compare", SCENARIO, *words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_value_that_does_not_belong_there(call: Invoke, studied: list[dict[str, Any]]) -> None:
    done = call("compare", SCENARIO, "--vary", "response.pick_up=blue")
    assert done.exit_code == 2
    assert "Usage: main compare" in done.stderr
    assert "response.pick_up" in done.stderr
    assert studied == []


def test_a_misspelt_policy_is_answered_with_the_near_one(call: Invoke) -> None:
    done = call("run", SCENARIO, "--policy", "two-persn")
    assert done.exit_code == 2
    assert "did you mean 'two-person'?" in done.stderr
    assert "Usage: main run [OPTIONS] SCENARIO" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (CannotCondition("it cannot be met"), 1, "it cannot be met\n"),
        (UnknownName("no such thing"), 2, "Error: no such thing"),
        (KeyboardInterrupt(), 130, "stopped\n"),
    ],
)
def test_how_a_study_may_end(
    call: Invoke, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("deactsim.study.replay.replay", fail)
    done = call("run", SCENARIO)
    assert done.exit_code == code
    assert said in done.stderr
    assert done.stdout == ""


def test_a_file_with_faults_or_none_at_all(call: Invoke) -> None:
    done = call("check", "nowhere.yaml")
    assert done.exit_code == 1
    assert "nowhere.yaml" in done.stderr
    Path("bad.yaml").write_text("deactsim: 1\ntitel: x\n", encoding="utf-8")
    done = call("check", "bad.yaml")
    assert done.exit_code == 1
    assert "bad.yaml:2:1" in done.stderr
    assert done.stdout == ""


def test_check_says_what_is_implied(call: Invoke) -> None:
    done = call("check", SCENARIO)
    assert done.exit_code == 0
    assert "no faults, 2 policies" in done.stdout
    assert "LOAD" in done.stdout


def test_check_names_what_is_unstable(monkeypatch: pytest.MonkeyPatch, call: Invoke) -> None:
    from deactsim.study.implied import Implied, PoolLoad
    from deactsim.study.results import Refused

    pools = tuple(PoolLoad("leads", name, 1.2, grows, "text") for name, grows in (("p", True), ("q", False)))
    refused = {name: Refused(0.5, "", "half is denied") for name in ("p", "q")}
    monkeypatch.setattr("deactsim.study.implied.implied", lambda _: Implied({}, pools, refused))
    said = call("check", SCENARIO).stdout
    assert "  p  text   UNSTABLE" in said
    assert "  q  text\n" in said
    assert "CAREFUL  p and q: half is denied" in said
    assert "wrongful" not in said
    monkeypatch.setattr("deactsim.study.implied.implied", lambda _: Implied({"protected": 2.8}, (), {}))
    said = call("check", SCENARIO).stdout
    assert "protected       2.8" in said
    assert "LOAD" not in said


def test_show_the_scenario_is_valid_input(call: Invoke) -> None:
    done = call("show", "scenario", SCENARIO)
    Path("again.yaml").write_text(done.stdout, encoding="utf-8")
    assert call("show", "scenario", "again.yaml").stdout == done.stdout


def test_show_sources_safeguards_and_schema(call: Invoke) -> None:
    assert "DOCUMENTED" in call("show", "sources", SCENARIO).stdout
    assert "two_person" not in call("show", "safeguards").stdout
    assert json.loads(call("show", "schema").stdout)["type"] == "object"


@pytest.mark.parametrize(
    "words", [("scenario",), ("sources",), ("schema", SCENARIO), ("safeguards", SCENARIO), ("nothing",)]
)
def test_show_says_what_it_needs(call: Invoke, words: tuple[str, ...]) -> None:
    assert call("show", *words).exit_code == 2


def test_new_writes_a_scenario_that_runs_and_never_overwrites(call: Invoke) -> None:
    assert call("new", "mine").exit_code == 0
    assert call("check", "mine.yaml").exit_code == 0
    assert call("run", "mine.yaml", "--worlds", 20).exit_code == 0
    before = Path("mine.yaml").read_bytes()
    done = call("new", "mine.yaml")
    assert done.exit_code == 1
    assert "exists already" in done.stderr
    assert Path("mine.yaml").read_bytes() == before
    assert "cannot write" in call("new", "no/such/folder/mine").stderr


def test_new_says_a_next_command_that_can_be_copied(call: Invoke) -> None:
    assert call("new", "My Company").stderr == "wrote My Company.yaml; next: deactsim run 'My Company.yaml'\n"
    assert call("new", "ours").stderr.endswith("next: deactsim run ours.yaml\n")


def test_a_world_that_cannot_be_told_names_some_that_can(call: Invoke) -> None:
    trump = Path(__file__).parents[2] / "scenarios" / "trump.yaml"
    failed, world = None, 0
    for world in range(30):
        done = call("run", trump, "--story", world)
        if done.exit_code:
            failed = done
            break
    assert failed is not None
    assert f"world {world} of seed 1 does not agree with the record" in failed.stderr
    found = re.search(r"; (\d+), (\d+) and (\d+) do; leave the number out", failed.stderr)
    assert found is not None
    for number in found.groups():
        assert call("run", trump, "--story", number).exit_code == 0


def test_the_world_of_the_document_can_be_told(call: Invoke) -> None:
    root = Path(__file__).parents[2]
    said = (root / "docs" / "cli.md").read_text(encoding="utf-8")
    found = re.search(r"^deactsim run (scenarios/\S+) --story (\d+)", said, re.MULTILINE)
    assert found is not None
    assert call("run", root / found[1], "--story", found[2]).exit_code == 0


def test_chart_draws_into_a_folder(
    call: Invoke, studied: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = call("chart", SCENARIO, "-o", "charts", "--as", "svg,svg")
    assert done.exit_code == 0
    assert done.stdout == ""
    assert {path.suffix for path in Path("charts").iterdir()} == {".svg", ".txt", ".csv"}
    assert done.stderr.count("wrote") == 15


def test_chart_knows_its_kinds(call: Invoke) -> None:
    done = call("chart", SCENARIO, "-o", "charts", "--as", "gif")
    assert done.exit_code == 2
    assert "'gif' is not one of png, svg, pdf" in done.stderr


def test_story_and_trace(call: Invoke) -> None:
    done = call("run", "--story", SCENARIO, "--worlds", 30, "--trace", "night.csv")
    assert done.exit_code == 0
    assert "The account goes dark" in done.stdout
    rows = list(csv.DictReader(io.StringIO(Path("night.csv").read_text(encoding="utf-8"))))
    assert {"requested", "took_effect", "visible"} <= {row["event"] for row in rows}
    assert len({row["world"] for row in rows}) == 1
    again = call("run", SCENARIO, "--story", rows[0]["world"], "--worlds", 30)
    assert again.stdout == done.stdout


def test_a_policy_that_cannot_be_said_is_a_message(call: Invoke) -> None:
    text = Path(SCENARIO).read_text(encoding="utf-8")
    Path("long.yaml").write_text(
        text.replace("\nsilent:", "\n  long: {cooling_off: {for: 4000 days}}\nsilent:"), encoding="utf-8"
    )
    done = call("run", "long.yaml", "--policy", "long", "--worlds", 20)
    assert done.exit_code == 1
    assert "after ten years: shorten what holds it" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(("wide", "used"), [("40", 60), ("60", 60), ("80", 80), ("100", 100), ("140", 100)])
def test_text_is_as_wide_as_the_terminal_up_to_100(
    monkeypatch: pytest.MonkeyPatch, wide: str, used: int
) -> None:
    from deactsim.cli.output import columns

    monkeypatch.setenv("COLUMNS", wide)
    assert columns(100) == 100  # a pipe gets the same everywhere
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert columns(100) == used


def test_run_lays_out_for_the_terminal_and_writes_for_everybody(
    call: Invoke, studied: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = call("run", SCENARIO).stdout
    monkeypatch.setattr("deactsim.cli.run.columns", lambda _most: 60)
    narrow = call("run", SCENARIO, "-o", "out").stdout
    # But for the last line, a command to copy.
    assert max(map(len, narrow.splitlines()[:-1])) <= 60 < max(map(len, wide.splitlines()[:-1]))
    assert Path("out/run.txt").read_text(encoding="utf-8") == wide
    assert max(map(len, call("run", SCENARIO, "--story", "--worlds", 30).stdout.splitlines())) <= 60


def test_trace_goes_with_the_table(call: Invoke, studied: list[dict[str, Any]]) -> None:
    done = call("run", SCENARIO, "--worlds", 30, "--trace", "night.csv")
    assert "EXPOSURE TIME" in done.stdout
    assert Path("night.csv").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--story", "--format", "json"), "--story is told in sentences"),
        (("--story", "-o", "out"), "--story is told in sentences"),
        (("--story=x",), "'x' is not the number of a world"),
        (("--story", "30", "--worlds", "30"), "world 30 is not among the 30"),
    ],
)
def test_stories_that_cannot_be_told(call: Invoke, words: tuple[str, ...], said: str) -> None:
    done = call("run", SCENARIO, *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_records_without_readings_or_decisions() -> None:
    from deactsim.report.records import compare_record, compare_rows

    unknown = replace(made_up.policies()[-1], decided_by=None)
    record = compare_record(made_up.comparison([unknown]), "x")["policies"][0]
    assert (record["decided_by"], record["difference"], record["worst"]) == (None, {}, None)
    assert compare_rows(made_up.comparison([unknown])) == []


@pytest.mark.parametrize("seed", ["-1", "18446744073709551616"])
def test_a_seed_that_would_repeat_another_is_refused(call: Invoke, seed: str) -> None:
    done = call("run", SCENARIO, "--seed", seed)
    assert done.exit_code == 2
    assert f"{seed} is not a seed: seeds are whole numbers from 0 to 18446744073709551615" in done.stderr
    assert "is not a whole number" in call("run", SCENARIO, "--seed", "1.5").stderr
