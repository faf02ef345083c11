"""The complete form resolves to itself; the digest knows what counts and what does not."""

from __future__ import annotations

import pickle
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deactsim.scenario.load import contradictions, load, loads
from deactsim.scenario.paths import between_at, vary
from deactsim.scenario.resolve import digest, dump, resolved
from deactsim.scenario.starter import starter

STARTER = starter()
EXAMPLES = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


class _AsTexts(yaml.SafeLoader):
    """Instants stay texts, as in YAML 1.2."""


_AsTexts.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def shuffled(value: Any, chance: random.Random, key: str = "") -> Any:
    if isinstance(value, dict):
        items = [(name, shuffled(entry, chance, name)) for name, entry in value.items()]
        if key not in ("policies", "by"):
            chance.shuffle(items)
        return dict(items)
    return [shuffled(entry, chance) for entry in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_resolve_to_themselves(path: Path) -> None:
    scenario = load(path)
    text = dump(scenario)
    assert dump(loads(text)) == text
    assert digest(loads(text)) == digest(scenario)
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert contradictions(scenario) == []


@given(st.randoms(use_true_random=False))
def test_key_order_does_not_change_the_digest(chance: random.Random) -> None:
    written = yaml.load(STARTER, Loader=_AsTexts)
    other = yaml.safe_dump(shuffled(written, chance), sort_keys=False, allow_unicode=True)
    assert digest(loads(other)) == digest(loads(STARTER))


@given(st.randoms(use_true_random=False))
def test_key_order_of_the_complete_form_does_not_matter(chance: random.Random) -> None:
    scenario = loads(STARTER)
    other = yaml.safe_dump(shuffled(_plain(resolved(scenario)), chance), sort_keys=False)
    assert digest(loads(other)) == digest(scenario)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("alert: {of: listed, after: 30 s", "alert: {of: [listed], after: 0.5 min"),
        ("# who notices, and how soon", "# somebody notices"),
        ("accounts: 600k", "accounts: 0.6M"),
        ("actor: {team: support}", "actor: {team: support, open_report: false}"),
        ("recall: 98%", "recall: {value: 0.98, note: as the maker says}"),
        ("2024-03-12T14:05:00+00:00", "2024-03-12T09:05:00-05:00"),
        ("    combine: [tell-us-at-once]\n", "    alert: {of: listed, after: 30 s, recall: 98%}\n"),
        ("{pinned: 38 min, source: post-mortem}", "{of: dark, pinned: 38 min, source: [post-mortem]}"),
        ("date: 2024-03-14}", "date: 2024-03-14, note: in the shared folder}"),
        ("  second-pair-of-eyes:\n", "  second-pair-of-eyes:\n    note: as tried in spring\n"),
    ],
)
def test_the_digest_stays(old: str, new: str) -> None:
    assert old in STARTER
    assert digest(loads(STARTER.replace(old, new))) == digest(loads(STARTER))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("recall: 98%", "recall: 97%"),
        ("recall: 98%", "recall: {value: 98%, basis: expert}"),
        ("recall: 98%", "recall: {value: 98%, source: post-mortem}"),
        ("title: The", "title: A"),
        ("zone: Europe/Dublin", "zone: UTC"),
        ("{leads: 1}", "{leads: 2}"),
        ("pinned: 38 min", "checked: 38 min"),
    ],
)
def test_the_digest_changes(old: str, new: str) -> None:
    assert old in STARTER
    assert digest(loads(STARTER.replace(old, new))) != digest(loads(STARTER))


def test_the_order_of_approvers_counts() -> None:
    one = loads(STARTER.replace("{leads: 1}", "{leads: 1, support: 1}"))
    other = loads(STARTER.replace("{leads: 1}", "{support: 1, leads: 1}"))
    assert digest(one) != digest(other)


def test_the_order_of_policies_counts() -> None:
    head, policies = STARTER.split("  as-it-was: {}\n")
    assert digest(loads(f"{head}{policies}  as-it-was: {{}}\n")) != digest(loads(STARTER))


def test_the_digest_is_the_same_everywhere() -> None:
    text = (Path(__file__).parents[1] / "cases" / "valid" / "smallest.yaml").read_text(encoding="utf-8")
    assert digest(loads(text)) == digest(loads(text, "another name"))
    assert len(digest(loads(text))) == 64


@pytest.mark.parametrize(
    "title",
    ["yes", "1:30", "0o17", "1e3", "017", "null", "~", "a: b", "# x", "'", '"', "@x", "2017", "é 監視"],
)
def test_odd_texts_survive(title: str) -> None:
    quoted = "'" + title.replace("'", "''") + "'"
    scenario = loads(STARTER.replace("title: The night the mayor went dark", f"title: {quoted}"))
    assert scenario.title == title
    assert loads(dump(scenario)).title == title


def test_every_value_of_the_complete_form_has_a_basis() -> None:
    def look(value: Any) -> None:
        if isinstance(value, dict):
            assert ("value" in value) == ("basis" in value) or "give_or_take" in value
            for entry in value.values():
                look(entry)
        elif isinstance(value, list):
            for entry in value:
                look(entry)

    look(resolved(loads(STARTER)))


def test_policy_without_what_the_platform_has_says_none() -> None:
    text = STARTER.replace("baseline:", "safeguards: {open_report: required}\nbaseline:").replace(
        "  show-who-it-is:\n", "  show-who-it-is:\n    open_report: none\n"
    )
    policies = resolved(loads(text))["policies"]
    assert policies["show-who-it-is"]["open_report"] == "none"
    assert policies["as-it-was"]["open_report"]["covers"]["value"] == "100%"
    assert "note" not in policies["as-it-was"]


def test_contradictions_of_a_changed_scenario() -> None:
    scenario = loads(STARTER)
    assert contradictions(scenario.model_copy(update={"baseline": "x"})) == ["unknown policy `x`"]
    assert vary(scenario, "teams.leads.headcount", "4") != scenario


YEARS = Path(__file__).parents[1] / "cases" / "valid" / "cause-in-full.yaml"


def test_the_order_of_targets_says_nothing() -> None:
    text = YEARS.read_text(encoding="utf-8")
    turned = text.replace("{listed: 20%, ordinary: 80%}", "{ordinary: 80%, listed: 20%}")
    assert turned != text
    one, other = loads(text), loads(turned)
    assert list(one.causes["grudge"].targets) == list(other.causes["grudge"].targets)
    assert digest(one) == digest(other)


@pytest.mark.parametrize(("old", "new"), [("    by: desk\n", ""), ("command: deactivate\n    by", "by")])
def test_what_is_filled_in_is_as_if_written(old: str, new: str) -> None:
    text = YEARS.read_text(encoding="utf-8")
    assert old in text
    assert digest(loads(text.replace(old, new))) == digest(loads(text))


def test_uncertainty_is_part_of_the_digest_and_of_every_form() -> None:
    text = YEARS.read_text(encoding="utf-8").replace("rate: 0.1% per year", "rate: {value: 0.1% per year}")
    known = loads(text)
    unknown = loads(
        text.replace(
            "{value: 0.1% per year}",
            "{value: 0.1% per year, uncertain: {p05: 0.02% per year, p95: 0.9% per year}}",
        )
    )
    assert between_at(known, "causes.grudge.rate") is None
    assert between_at(unknown, "causes.grudge.rate") == ("0.0002 per year", "0.009 per year")
    assert digest(known) != digest(unknown)
    assert loads(dump(unknown)).causes["grudge"].rate.uncertain == unknown.causes["grudge"].rate.uncertain
    varied = vary(unknown, "causes.grudge.rate", "1 per year").causes["grudge"].rate
    assert varied.uncertain is None
