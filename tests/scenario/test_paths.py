"""Every value by its path: found, shown, replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from deactsim.errors import DeactsimError, UnknownName
from deactsim.scenario.load import load, loads
from deactsim.scenario.paths import kind_at, leaves, origin_of, policies_at, replace, text_at, vary
from deactsim.scenario.resolve import digest, dump
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
        assert dict(replace(scenario, path, stated.value)) == dict(scenario)
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
    assert policies_at(small, "policies.alert-and-undo.alert.recall") == ("alert-and-undo",)
    # The other combines it.
    assert policies_at(small, "policies.tell-us-at-once.alert.recall") == (
        "tell-us-at-once",
        "alert-and-undo",
    )
    assert policies_at(small, "safeguards.alert.recall") == ("tell-us-at-once", "alert-and-undo")
    assert policies_at(small, "response.pick_up") == ()
    inherited = loads(STARTER.replace("baseline:", "safeguards: {retention: {keep: 1 day}}\nbaseline:", 1))
    assert policies_at(inherited, "safeguards.retention.keep") == tuple(inherited.policies)
    with pytest.raises(UnknownName):
        policies_at(small, "nowhere")


COMBINED = """safeguards: {deprovisioning: {lag: 1 day}}
baseline: as-it-was

policies:
  as-it-was: {}
  one: {approval: {of: listed, by: {leads: 1}, review: 4 min, catches: 90%}, deprovisioning: {lag: 1 h}}
  other:
    alert: {of: listed, after: 30 s, recall: 98%}
    approval: {of: listed, by: {leads: 1}, review: 4 min, catches: 90%}
  heir: {combine: [one]}
  grandchild: {combine: [heir], undo_button: {restore: 20 s}}
  stubborn: {combine: [one], approval: {catches: 90%}}
  of-stubborn: {combine: [stubborn]}
  in-hours: {combine: [one], approval: {by: {leads: 2}, stamps: 5%}}
  without: {combine: [one], approval: none, deprovisioning: {lost: 5%}}
  apart: {approval: {of: listed, by: {leads: 1}, review: 4 min, catches: 90%}}
"""


def combined(policies: str = COMBINED) -> Scenario:
    head, _, rest = STARTER.partition("baseline:")
    del rest
    return loads(head + policies)


def reached(scenario: Scenario, path: str) -> set[str]:
    return set(policies_at(scenario, path))


def test_a_value_moves_in_all_that_combine_its_policy_and_do_not_state_it() -> None:
    scenario = combined()
    heirs = {"one", "heir", "grandchild", "in-hours"}
    assert reached(scenario, "policies.one.approval.catches") == heirs
    assert reached(scenario, "policies.heir.approval.catches") == {"heir", "grandchild"}
    assert reached(scenario, "policies.stubborn.approval.catches") == {"stubborn", "of-stubborn"}
    assert reached(scenario, "policies.apart.approval.catches") == {"apart"}
    assert reached(scenario, "policies.one.approval.by.leads") == heirs - {"in-hours"} | {
        "stubborn",
        "of-stubborn",
    }
    # A default of the format is inherited like any other value.
    assert reached(scenario, "policies.one.approval.stamps") == heirs - {"in-hours"} | {
        "stubborn",
        "of-stubborn",
    }
    assert reached(scenario, "policies.one.deprovisioning.lag") == set(scenario.policies) - {
        "as-it-was",
        "other",
        "apart",
    }
    moved = vary(scenario, "policies.one.approval.catches", "50%")
    values = {path: stated.value for path, stated in leaves(moved) if path.endswith("approval.catches")}
    assert {path.split(".")[1] for path, value in values.items() if value == 0.5} == heirs
    assert vary(moved, "policies.one.approval.catches", "90%") == vary(
        scenario, "policies.one.approval.catches", "90%"
    )


def test_the_platforms_value_moves_in_those_that_have_it_from_there() -> None:
    scenario = combined()
    assert reached(scenario, "safeguards.deprovisioning.lag") == {"as-it-was", "other", "apart"}
    assert reached(scenario, "safeguards.deprovisioning.lost") == set(scenario.policies) - {"without"}
    # A policy's own way with the platform's value is handed on, too.
    assert reached(scenario, "policies.one.deprovisioning.lost") == {
        "one", "heir", "grandchild", "stubborn", "of-stubborn", "in-hours",
    }  # fmt: skip


def test_what_two_parts_state_is_one_number() -> None:
    """They may not differ where both are combined: moved in one alone, the file would contradict itself."""
    scenario = combined(COMBINED + "  both: {combine: [heir, other]}\n")
    every = {"one", "heir", "grandchild", "in-hours", "both", "other"}
    for name in ("one", "other"):
        assert reached(scenario, f"policies.{name}.approval.catches") == every
    assert reached(scenario, "policies.heir.approval.catches") == {"heir", "grandchild", "both"}
    assert reached(scenario, "policies.both.approval.catches") == {"both"}


def test_where_a_value_is_stated() -> None:
    scenario = combined()
    for path, origin in (
        ("policies.grandchild.approval.catches", "policies.one.approval.catches"),
        ("policies.grandchild.undo_button.restore", "policies.grandchild.undo_button.restore"),
        ("policies.of-stubborn.approval.catches", "policies.stubborn.approval.catches"),
        ("policies.of-stubborn.approval.by.leads", "policies.one.approval.by.leads"),
        ("policies.in-hours.approval.stamps_per_queued", "policies.one.approval.stamps_per_queued"),
        ("policies.apart.deprovisioning.lag", "safeguards.deprovisioning.lag"),
        ("policies.grandchild.deprovisioning.lost", "safeguards.deprovisioning.lost"),
        ("response.pick_up", "response.pick_up"),
    ):
        assert origin_of(scenario, path) == origin
        assert text_at(scenario, path) == text_at(scenario, origin)


def test_policies_in_full_state_every_value() -> None:
    """As they are written out, none inherits any more, and the numbers are the same."""
    again = loads(dump(combined()))
    assert digest(again) == digest(combined())
    assert policies_at(again, "policies.one.approval.catches") == ("one",)


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
