"""Sources, the catalogue and stories: everything is there, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from deactsim.model import states
from deactsim.report import story as telling
from deactsim.report.catalogue import catalogue, safeguards
from deactsim.report.sources import sources_table
from deactsim.report.story import CHANNELS, GATES, REASONS, ROUTES, ROUTINE, SENTENCES, story
from deactsim.report.wording import occasion
from deactsim.scenario.load import loads
from deactsim.scenario.safeguards import Safeguards
from deactsim.scenario.schema import Scenario
from deactsim.study.replay import one_world
from tests.report import made_up

TEXT = Path(made_up.__file__).with_name("made_up.yaml").read_text(encoding="utf-8")


def with_policy(safeguard: str) -> Scenario:
    return loads(TEXT.replace("\nsilent:", f"\n  tried: {{{safeguard}}}\nsilent:"))


def test_sources_are_told_from_assumptions() -> None:
    said = sources_table(made_up.scenario())
    documented, rest = said.split("INFERRED")
    assert "platform.accounts.@somebody.followers" in documented
    assert "disputed: 42 M elsewhere" in documented
    assert "response.pick_up" in rest
    assert "https://herald.example/night" in rest
    assert "RECORD  2 facts" in rest
    assert all(len(line) <= 100 for line in said.splitlines())


def test_long_paths_and_values_get_lines_of_their_own() -> None:
    scenario = loads(
        TEXT.replace("90 s, restore: ", "")
        .replace("authorise: 1 min", "authorise: 1 min, contain: {value: 'quantiles p0 0 s, p50 4 min, p100 10 min', "
                 "note: a note}")
        .replace("two-person:", "a-policy-with-a-very-long-name-indeed-it-has:")
    )  # fmt: skip
    said = sources_table(scenario)
    assert "quantiles p0 0 s, p50 4 min, p100 10 min" in said
    assert "note: a note" in said
    assert "\n  policies.a-policy-with-a-very-long-name-indeed-it-has.approval.catches\n" in said


def test_without_sources_or_incident() -> None:
    start = TEXT.index("\nincident:")
    said = sources_table(loads(TEXT[:start] + TEXT[TEXT.index("\nbaseline:") :]))
    assert "RECORD" not in said


def test_what_the_platform_has_is_counted_once() -> None:
    scenario = loads(
        TEXT.replace("baseline: as-it-was", "baseline: as-it-was\nsafeguards: {deprovisioning: {lag: 5 min}}")
    )
    assert sources_table(scenario).count("deprovisioning.lag") == 1


def test_the_catalogue_has_every_safeguard_and_parameter() -> None:
    said = catalogue()
    assert set(safeguards()) == set(Safeguards.model_fields)
    for name, kind in safeguards().items():
        assert f"\n  {name}" in said
        assert kind.says in said
        for key in kind.model_fields:
            assert (kind.model_fields[key].alias or key) in said
    assert "must be written" in said
    assert "may be left out" in said
    assert all(len(line) <= 100 for line in said.splitlines())


def test_stories_have_words_for_everything() -> None:
    def names(codes: type[states.IntEnum]) -> set[str]:
        return {states.plain(code) for code in codes}

    assert set(SENTENCES) | ROUTINE == names(states.Event)
    assert not set(SENTENCES) & ROUTINE
    assert set(GATES) == names(states.Gate)
    assert set(CHANNELS) == names(states.Channel)
    assert set(ROUTES) == names(states.Route)
    assert set(REASONS) == names(states.Reason) - {"none"}


def test_a_story_tells_the_night_with_causes() -> None:
    scenario = made_up.scenario()
    said = story(one_world(scenario, worlds=30), scenario)
    assert "Somebody of support gives the command deactivate on @somebody." in said
    assert "The account goes dark" in said
    assert "(41.7 M follow it)" in said
    assert "+11 min  The account is visible again: the responders undid it." in said
    assert all(len(line) <= 100 for line in said.splitlines())


@pytest.mark.parametrize(
    ("safeguard", "said"),
    [
        ("approval: {by: {on-call: 1}, review: 3 min, catches: 100%}", "of on-call has looked at it and refuses."),
        ("protected_list: {of: protected, then: deny}", "The protected list stops it: the account is on the"),
        ("cooling_off: {for: 15 min}", "Cooling-off holds it"),
        ("lock_down: {after: 1 s, for: 1 h}", "All such actions are frozen."),
        ("lock_down: {after: 1 s, for: 1 h}", "The lock-down does not stop it: nothing is frozen."),
        ("confirm: {takes: 5 s}", "The dialog holds it. 18:48"),
        ("preauthorised_undo: {}", "has picked it up. "),
        ("preauthorised_undo: {}", "The undo had been authorised beforehand. "),
        ("cooling_off: {for: 15 min, watched: 100%, notices: 5 min}",
         "It is cancelled: somebody inside looked at what was pending, and objected. The account never"),
        ("retention: {keep: 10 min}", "Content is lost: it is not kept for longer than this."),
        (
            "step_down: {before_last_shift: 1 h}, deprovisioning: {lag: 5 min}",
            "The check of rights does not stop it: the actor was not leaving. ",
        ),
    ],
)  # fmt: skip
def test_stories_of_policies(safeguard: str, said: str) -> None:
    scenario = with_policy(safeguard)
    text = " ".join(story(one_world(scenario, policy="tried", worlds=30), scenario).split())
    assert said in text
    if "stops it" in text:
        assert "The account never went dark." in text
    assert "no reason is recorded" not in text


def test_braces_in_names_are_text() -> None:
    text = TEXT.replace("support: {", '"support {EU} {0:99}": {').replace(
        "team: support", 'team: "support {EU} {0:99}"'
    )
    said = story(one_world(loads(text), worlds=30), loads(text))
    assert "Somebody of support {EU} {0:99} gives the command deactivate" in said


SEVERAL = TEXT.replace(
    "  accounts:\n", '  accounts:\n    "@else": {tier: protected, followers: 4M}\n'
).replace("  facts:\n", '  further_acts: [{account: "@else", after: 1 min}]\n  facts:\n')


def test_a_story_of_several_acts_says_whose_each_line_is() -> None:
    scenario = loads(SEVERAL.replace("\nsilent:", "\n  tried: {protected_list: {then: deny}}\nsilent:"))
    said = story(one_world(scenario, worlds=30), scenario)
    assert "  @somebody: The account goes dark." in said
    assert "  @else: The account goes dark." in said
    stopped = story(one_world(scenario, policy="tried", worlds=30), scenario)
    assert stopped.count("The protected list stops it: the account is on the protected list.") == 2
    assert stopped.endswith("No account went dark.\n")


LEAVES = "actor: {team: support, leaves: {after_act: 30 min}}"


@pytest.mark.parametrize(
    ("safeguards", "said"),
    [
        (
            "step_down: {before_last_shift: 10 min}, deprovisioning: {lag: 5 min}",
            "does not stop it: the right was to end only later and the last shift had not ended, so access",
        ),
        (
            "step_down: {before_last_shift: 1 h}, deprovisioning: {lag: 5 min}",
            "stops it: the right had been taken",
        ),
    ],
)
def test_the_check_of_rights_is_told_once(safeguards: str, said: str) -> None:
    scenario = loads(
        TEXT.replace("actor: {team: support}", LEAVES).replace(
            "\nsilent:", f"\n  tried: {{{safeguards}}}\nsilent:"
        )
    )
    text = " ".join(story(one_world(scenario, policy="tried", worlds=30), scenario).split())
    assert f"The check of rights {said}" in text
    assert text.count("The check of rights") == 1


def test_a_story_keeps_to_its_width_and_says_when_the_policy_is_another() -> None:
    scenario = with_policy("cooling_off: {for: 15 min}")
    said = story(one_world(scenario, policy="tried", worlds=30), scenario, 60)
    assert all(len(line) <= 60 for line in said.splitlines())
    assert "under a policy that was not in force" in " ".join(said.split())
    assert "not in force" not in story(one_world(scenario, worlds=30), scenario)


def test_the_follower_count_comes_back_in_shares() -> None:
    scenario = loads(TEXT.replace("within: 1 day", "within: 1 day, steps: [0.004%, 68%]"))
    said = story(one_world(scenario, worlds=30), scenario)
    assert "The follower count is back to 0.004 % of what it was." in said
    assert "The follower count is back to 68 % of what it was." in said


def test_earlier_than_the_effect_is_said() -> None:
    scenario = with_policy("cooling_off: {for: 15 min}")
    assert "-15 min  Somebody of support" in story(one_world(scenario, policy="tried", worlds=30), scenario)


@pytest.mark.parametrize(
    ("hour", "name"),
    [("02", "night"), ("08", "morning"), ("14", "afternoon"), ("18", "evening"), ("23", "night")],
)
def test_what_a_world_is_called(hour: str, name: str) -> None:
    scenario = loads(TEXT.replace("T18:48:30", f"T{hour}:48:30").replace("T20:05:51", "T23:59:51"))
    assert occasion(scenario) == name


def test_without_an_incident_it_is_a_world() -> None:
    start = TEXT.index("\nincident:")
    assert occasion(loads(TEXT[:start] + TEXT[TEXT.index("\nbaseline:") :])) == "world"


def test_a_typical_world_of_the_real_thing_is_told() -> None:
    from deactsim.scenario.load import load

    scenario = load(Path(__file__).parents[2] / "scenarios" / "trump.yaml")
    told = one_world(scenario, worlds=20)
    assert [time for time, _ in telling.sentences(told, scenario)] == sorted(
        time for time, _ in telling.sentences(told, scenario)
    )
