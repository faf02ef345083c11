"""Every value by its path: found, shown, replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from deactsim.errors import DeactsimError, UnknownName
from deactsim.scenario.load import load, loads
from deactsim.scenario.paths import kind_at, leaves, policies_at, replace, text_at, vary
from deactsim.scenario.schema import Scenario
from deactsim.scenario.starter import starter

STARTER = starter()
TRUMP = Path(__file__).parents[2] / "scenarios" / "trump.yaml"


@pytest.fixture
def small() -> Scenario:
    return loads(STARTER)


def test_paths_are_what_people_write(small: Scenario) -> None:
    paths = dict(leaves(small))
    for path in (
        "policies.second-pair-of-eyes.approval.catches",
        "policies.second-pair-of-eyes.approval.by.leads",
        "response.pick_up",
        "detection.public.delay",
        "platform.accounts.@mayor.followers",
        "incident.at.value",
        "incident.warm_up",
    ):
        assert path in paths
    assert not any("safeguards" in path for path in paths)
    assert not paths["incident.warm_up"].given
    assert paths["platform.accounts.@mayor.followers"].sources == ("post-mortem",)


@pytest.mark.parametrize("text", [STARTER, TRUMP.read_text(encoding="utf-8")], ids=["starter", "trump"])
def test_every_value_can_be_replaced_by_itself(text: str) -> None:
    scenario = loads(text)
    found = list(leaves(scenario))
    assert len(found) > 70
    for path, stated in found:
        assert replace(scenario, path, stated.value) == scenario
        assert text_at(scenario, path)
        assert kind_at(scenario, path) in {
            "count", "duration", "random duration", "share", "rate", "instant", "flag", "employment",
        }  # fmt: skip


def test_replace_changes_one_value(small: Scenario) -> None:
    changed = replace(small, "policies.second-pair-of-eyes.approval.catches", 0.5)
    before, after = dict(leaves(small)), dict(leaves(changed))
    assert [path for path in before if before[path] != after[path]] == [
        "policies.second-pair-of-eyes.approval.catches"
    ]
    assert after["policies.second-pair-of-eyes.approval.catches"].value == 0.5
    assert changed.platform is small.platform


def test_alias_stands_for_the_attribute() -> None:
    scenario = loads(STARTER.replace("alert: {of", "cooling_off: {for: 15 min}\n    alert: {of"))
    changed = vary(scenario, "policies.tell-us-at-once.cooling_off.for", "1 h")
    cooling_off = changed.policies["tell-us-at-once"].safeguards.cooling_off
    assert cooling_off is not None
    assert cooling_off.for_.value == 3_600_000_000


def test_vary_reads_the_text(small: Scenario) -> None:
    changed = vary(small, "response.pick_up", "median 2 min, p90 5 min")
    assert text_at(changed, "response.pick_up") == "median 2 min, p90 5 min"
    changed = vary(small, "incident.actor.open_report", "true")
    assert text_at(changed, "incident.actor.open_report") == "true"
    assert dict(leaves(changed))["incident.actor.open_report"].given


def test_safeguards_of_all_policies_that_have_it(small: Scenario) -> None:
    changed = vary(small, "safeguards.alert.recall", "50%")
    changed_paths = [
        path for path, stated in leaves(changed) if path.endswith("alert.recall") and stated.value == 0.5
    ]
    assert changed_paths == ["policies.tell-us-at-once.alert.recall", "policies.alert-and-undo.alert.recall"]
    assert text_at(changed, "safeguards.alert.recall") == "50%"


def test_safeguards_of_the_platform_and_its_heirs() -> None:
    text = STARTER.replace(
        "baseline:", "safeguards: {alert: {after: 30 s, recall: 98%}}\nbaseline:", 1
    ).replace("after: 30 s, recall: 98%}\n  alert-and", "after: 30 s, recall: 40%}\n  alert-and")
    changed = vary(loads(text), "safeguards.alert.recall", "50%")
    recalls = {path: stated.value for path, stated in leaves(changed) if path.endswith("alert.recall")}
    assert recalls.pop("policies.tell-us-at-once.alert.recall") == 0.4
    assert recalls.pop("policies.alert-and-undo.alert.recall") == 0.4
    assert set(recalls.values()) == {0.5}
    assert "safeguards.alert.recall" in recalls


def test_the_policies_that_a_path_means(small: Scenario) -> None:
    assert policies_at(small, "policies.tell-us-at-once.alert.recall") == ("tell-us-at-once",)
    assert policies_at(small, "safeguards.alert.recall") == ("tell-us-at-once", "alert-and-undo")
    assert policies_at(small, "response.pick_up") == ()
    inherited = loads(STARTER.replace("baseline:", "safeguards: {retention: {keep: 1 day}}\nbaseline:", 1))
    assert policies_at(inherited, "safeguards.retention.keep") == tuple(inherited.policies)
    with pytest.raises(UnknownName):
        policies_at(small, "nowhere")


def test_names_may_hold_dots() -> None:
    scenario = loads(STARTER.replace("  tell-us-at-once:", "  v1.0:").replace("[tell-us-at-once]", "[v1.0]"))
    assert text_at(scenario, "policies.v1.0.alert.recall") == "98%"


def test_entries_of_lists() -> None:
    scenario = loads(
        STARTER.replace("incident:  ", "audience_whole: {within: 1 day, steps: [20%, 80%]}\nincident:  ", 1)
    )
    assert text_at(scenario, "audience_whole.steps.1") == "80%"
    changed = replace(scenario, "audience_whole.steps.1", 0.7)
    assert [stated.value for path, stated in leaves(changed) if "steps" in path] == [0.2, 0.7]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "policies.second-pair-of-eye.approval.catches",
            "did you mean `policies.second-pair-of-eyes.approval.catches`?",
        ),
        ("safeguards.alert.recallx", "did you mean `safeguards.alert.recall`?"),
        ("response", "`response` holds several values: response.pick_up, "),
        ("detection", "detection.public.delay"),
        ("incident", "incident.actor"),
        ("policies", ", ..."),
        ("qwertz", "`deactsim show scenario` lists the values"),
        ("platform.monthly_users", "no value at `platform.monthly_users`"),
        ("response.pick_up.more", "no value at"),
        ("safeguards", "`safeguards` holds several values"),
        ("", "no value at ``"),
    ],
)
def test_paths_that_lead_nowhere(small: Scenario, path: str, words: str) -> None:
    for call in (text_at, kind_at):
        with pytest.raises(UnknownName) as raised:
            call(small, path)
        assert words in str(raised.value)
    with pytest.raises(UnknownName):
        replace(small, path, 1)
    with pytest.raises(UnknownName):
        vary(small, path, "1")


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("safeguards.alert.recall", "50", "`50` is not a share; expected a share such as `98%`"),
        ("safeguards.alert.recall", "often", "`often` is not a share; expected"),
        ("teams.leads.headcount", "0", "teams.leads.headcount = 0: the headcount of `leads` is 0"),
        ("policies.second-pair-of-eyes.approval.by.leads", "7", "7 of `leads` must approve, but it has 3"),
    ],
)
def test_texts_that_do_not_fit(small: Scenario, path: str, text: str, words: str) -> None:
    with pytest.raises(DeactsimError) as raised:
        vary(small, path, text)
    assert words in str(raised.value)


def test_replacing_is_quick() -> None:
    import timeit

    scenario = load(TRUMP)
    seconds = (
        min(timeit.repeat(lambda: replace(scenario, "response.pick_up", None), number=50, repeat=3)) / 50
    )
    assert seconds < 0.002
