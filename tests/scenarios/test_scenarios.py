"""The scenarios that come with the project: what they carry, what they share, what they must not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from deactsim.scenario.load import load
from deactsim.scenario.safeguards import Safeguard, Safeguards
from deactsim.scenario.schema import Fact, Scenario
from deactsim.scenario.stated import Stated

FOLDER = Path(__file__).parents[2] / "scenarios"
INCIDENTS = ("trump", "jack", "hawaii")
YEARS = ("platform-2017", "vendor-exit", "small-saas", "late-cut-off", "borrowed-keys")
EVERY = INCIDENTS + YEARS
MINUTE = 60_000_000


@cache
def scenario(name: str) -> Scenario:
    return load(FOLDER / f"{name}.yaml")


@cache
def text(name: str) -> str:
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def facts(name: str) -> dict[str, Fact]:
    incident = scenario(name).incident
    assert incident is not None
    return incident.facts


def parts(thing: object) -> Iterator[object]:
    """Every leaf and every part inside a scenario, the scenario itself first."""
    yield thing
    if isinstance(thing, BaseModel):
        for field in type(thing).model_fields:
            yield from parts(getattr(thing, field))
    elif isinstance(thing, dict):
        for inner in thing.values():
            yield from parts(inner)
    elif isinstance(thing, tuple):
        for inner in thing:
            yield from parts(inner)


def sources_named(name: str) -> set[str]:
    found: set[str] = set()
    for part in parts(scenario(name)):
        if isinstance(part, Stated):
            found.update(part.sources)
        elif isinstance(part, BaseModel) and "source" in type(part).model_fields:
            found.update(part.source)  # type: ignore[attr-defined]
    return found


# ---------------------------------------------------------------- every scenario


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("trump", "The eleven minutes of @realDonaldTrump"),
        ("jack", "@jack, suspended by mistake"),
        ("hawaii", "The false missile alert of Hawaii"),
        ("platform-2017", "A platform of 2017, year after year"),
        ("vendor-exit", "A staffing firm's contract ends"),
        ("small-saas", "Twelve admins, three thousand customers"),
        ("late-cut-off", "Access that outlives the job by months"),
        ("borrowed-keys", "Borrowed keys"),
    ],
)
def test_loads_under_its_title(name: str, title: str) -> None:
    assert scenario(name).title == title


@pytest.mark.parametrize("name", EVERY)
def test_every_source_named_is_listed_and_every_source_listed_is_named(name: str) -> None:
    assert sources_named(name) == set(scenario(name).sources)


@pytest.mark.parametrize("name", EVERY)
def test_every_source_says_what_it_says(name: str) -> None:
    assert [key for key, source in scenario(name).sources.items() if not source.note] == []


@pytest.mark.parametrize("name", EVERY)
def test_what_is_called_documented_inferred_or_fitted_has_a_source(name: str) -> None:
    leaves = [part for part in parts(scenario(name)) if isinstance(part, Stated)]
    assert [leaf for leaf in leaves if leaf.basis != "assumed" and not leaf.sources] == []


@pytest.mark.parametrize("name", INCIDENTS)
def test_every_fact_names_a_source(name: str) -> None:
    assert [key for key, fact in facts(name).items() if not fact.source] == []


@pytest.mark.parametrize("name", INCIDENTS)
def test_every_reading_is_somebodys(name: str) -> None:
    incident = scenario(name).incident
    assert incident is not None
    for reading in incident.readings.values():
        assert reading.source
        assert reading.note
        assert reading.label
        assert reading.letter


@pytest.mark.parametrize("name", EVERY)
def test_says_what_it_is_silent_on(name: str) -> None:
    assert scenario(name).silent


@pytest.mark.parametrize("name", INCIDENTS)
def test_start_is_given_once_and_again(name: str) -> None:
    incident = scenario(name).incident
    assert incident is not None
    given = incident.facts["start"].given
    assert given is not None
    assert given.value == incident.at.value.value


@pytest.mark.parametrize("name", EVERY)
def test_every_policy_but_the_baseline_differs_from_it(name: str) -> None:
    own = scenario(name).policies[scenario(name).baseline].safeguards
    assert own == scenario(name).safeguards
    for key, policy in scenario(name).policies.items():
        assert (policy.safeguards == own) == (key == scenario(name).baseline), key


# ---------------------------------------------------------------- the eleven minutes


def test_is_short_enough_to_be_read() -> None:
    assert len(text("trump").splitlines()) <= 450


def test_names_no_person() -> None:
    assert re.search(r"^\s*name:", text("trump"), re.MULTILINE) is None
    assert "a departing contractor" in text("trump")


def test_readings_are_the_three_of_the_sources() -> None:
    incident = scenario("trump").incident
    assert incident is not None
    assert {key: reading.letter for key, reading in incident.readings.items()} == {
        "deliberate": "D",
        "throwaway": "T",
        "misidentified": "M",
    }
    assert incident.readings["deliberate"].may_adapt.value
    assert incident.readings["throwaway"].expects_no_effect.value
    assert not incident.readings["throwaway"].may_adapt.value


# The evidence list the scenario was written from: the five articles (S-01 to S-18), other public accounts
# (T-01 to T-37; there is no T-03), other incidents and numbers it leans on.
CARRIED = (
    [f"S-{n:02}" for n in range(1, 19)]
    + [f"T-{n:02}" for n in range(1, 38) if n != 3]
    + ["I-02", "I-03", "I-05"]
    + ["P-01", "P-30", "P-35", "P-36", "P-38", "P-3C", "P-3D", "P-40", "P-41", "P-42"]
    + ["P-50", "P-52", "P-53", "P-61", "P-64"]
)


def test_carries_the_whole_record() -> None:
    notes = " ".join(source.note or "" for source in scenario("trump").sources.values())
    listed = {entry for group in re.findall(r"\[([^]]+)]", notes) for entry in group.split()}
    assert listed == set(CARRIED)


@pytest.mark.parametrize(
    ("fact", "role", "value"),
    [
        ("dark", "pinned", "duration 11 min"),
        ("first_statement", "pinned", "2017-11-03 00:05:51.550"),
        ("second_statement", "pinned", "2017-11-03 02:00:28.893"),
        ("start", "given", "2017-11-02 22:48:30.000"),
        ("first_posts", "checked", "2017-11-02 22:51:00.000"),
        ("audience_partial", "checked", "2017-11-03 08:41:00.000"),
        ("content_lost", "checked", "number 0"),
        ("jack_2016", "checked", "duration 15 min"),
        ("last_tweet", "noted", "2017-11-02 22:35:00.000"),
        ("back_by", "noted", "2017-11-02 23:03:00.000"),
        ("first_article", "noted", "2017-11-02 23:19:00.000"),
        ("holder_tweets", "noted", "2017-11-03 00:05:00.000"),
        ("holder_comments", "noted", "2017-11-03 10:51:51.120"),
    ],
)
def test_carries_the_fact_in_its_role(fact: str, role: str, value: str) -> None:
    said = getattr(facts("trump")[fact], role)
    assert said is not None
    if said.kind == "instant":
        seconds, rest = divmod(said.value, 1_000_000)
        stamp = utc(seconds)
        assert f"{stamp}.{rest // 1000:03}" == value
    elif said.kind == "duration":
        assert f"duration {said.value // MINUTE} min" == value
    else:
        assert f"{said.kind} {said.value}" == value


def utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("fact", "source"),
    [
        ("first_statement", "tweet-first"),
        ("second_statement", "tweet-second"),
        ("holder_comments", "tweet-holder"),
    ],
)
def test_tweets_are_dated_by_their_ids(fact: str, source: str) -> None:
    note = scenario("trump").sources[source].note
    assert note is not None
    found = re.search(r"id (\d{18})", note)
    assert found is not None
    milliseconds = (int(found.group(1)) >> 22) + 1_288_834_974_657
    said = facts("trump")[fact].pinned or facts("trump")[fact].noted
    assert said is not None
    assert said.value == milliseconds * 1000


def test_dark_time_ends_before_seven_and_not_after_the_reported_return() -> None:
    incident = scenario("trump").incident
    assert incident is not None
    dark, back = incident.facts["dark"].pinned, incident.facts["back_by"].noted
    assert dark is not None
    assert back is not None
    latest = incident.at.value.value + incident.at.give_or_take.value + int(dark.value)
    assert latest < int(back.value)


def test_four_families_are_compared() -> None:
    policies = scenario("trump").policies
    assert len(policies) >= 18
    families: dict[str, int] = {}
    for policy in policies.values():
        for family in {safeguard.family for safeguard in in_force(policy.safeguards).values()}:
            families[family] = families.get(family, 0) + 1
    assert set(families) == {"prevent", "delay", "detect", "restore"}


def test_every_safeguard_of_the_catalogue_is_tried() -> None:
    tried = {name for policy in scenario("trump").policies.values() for name in in_force(policy.safeguards)}
    assert tried == set(Safeguards.model_fields)


def in_force(safeguards: Safeguards) -> dict[str, Safeguard]:
    every = {name: getattr(safeguards, name) for name in Safeguards.model_fields}
    return {name: safeguard for name, safeguard in every.items() if safeguard is not None}


# ---------------------------------------------------------------- the checks that were not used


def test_jack_shares_noticing_and_undoing_with_trump() -> None:
    assert scenario("jack").detection == scenario("trump").detection
    assert scenario("jack").response == scenario("trump").response


def test_hawaii_shares_all_but_the_unprepared_undo() -> None:
    theirs, ours = scenario("hawaii").response, scenario("trump").response
    for stage in ("pick_up", "find_cause", "authorise", "contain"):
        assert getattr(theirs, stage) == getattr(ours, stage), stage
    assert theirs.restore.sources == ("pagerduty-2021",)
    assert (
        scenario("hawaii").detection.word_reaches_platform
        == scenario("trump").detection.word_reaches_platform
    )


def test_as_many_answer_the_page_everywhere() -> None:
    heads = {name: scenario(name).teams[scenario(name).response.by].headcount.value for name in INCIDENTS}
    assert heads == {"trump": 3, "jack": 3, "hawaii": 3}


@pytest.mark.parametrize(("name", "minutes"), [("jack", 15), ("hawaii", 38)])
def test_length_is_checked_and_nothing_is_pinned(name: str, minutes: int) -> None:
    dark = facts(name)["dark"].checked
    assert dark is not None
    assert dark.value == minutes * MINUTE
    assert [key for key, fact in facts(name).items() if fact.pinned is not None] == []


def test_jacks_minutes_are_the_same_in_both_files() -> None:
    there, here = facts("trump")["jack_2016"], facts("jack")["dark"]
    assert there.checked == here.checked
    assert there.model == "free"


def test_no_number_rests_on_the_length_it_is_checked_against() -> None:
    used = [part for part in parts(scenario("trump").response) if isinstance(part, Stated)]
    used += [part for part in parts(scenario("trump").detection) if isinstance(part, Stated)]
    assert not [leaf for leaf in used if "jack-2016" in leaf.sources]
    stages = [part for part in parts(scenario("hawaii").response) if isinstance(part, Stated)]
    assert not [
        leaf for leaf in stages if set(leaf.sources) & {"fcc-timeline", "ap-timeline", "state-timeline"}
    ]


# ---------------------------------------------------------------- years


@pytest.mark.parametrize("name", YEARS)
def test_a_year_has_causes_and_a_measure_and_no_incident(name: str) -> None:
    years = scenario(name)
    assert years.incident is None
    assert years.causes
    assert years.forecast is not None
    assert set(years.forecast.wages) <= set(years.teams)
    protected = set(years.forecast.protected)
    assert any(protected & set(cause.targets) for cause in years.causes.values())
    assert protected & set(years.reports)


@pytest.mark.parametrize("name", YEARS)
def test_nobody_knows_how_often_and_the_file_says_so(name: str) -> None:
    for key, cause in scenario(name).causes.items():
        assert cause.rate.uncertain is not None, key
        low, high = cause.rate.uncertain
        assert high.per_microsecond >= 8 * low.per_microsecond, key
        assert cause.rate.basis in ("inferred", "assumed"), key
        assert cause.label, key


@pytest.mark.parametrize("name", YEARS)
def test_enough_policies_of_every_family(name: str) -> None:
    policies = scenario(name).policies
    assert 8 <= len(policies) <= 12
    families = {
        safeguard.family for policy in policies.values() for safeguard in in_force(policy.safeguards).values()
    }
    assert families == {"prevent", "delay", "detect", "restore"}


@pytest.mark.parametrize("name", YEARS)
def test_every_source_of_a_year_is_in_the_evidence_list(name: str) -> None:
    marked = [key for key, source in scenario(name).sources.items() if source.note and "[" in source.note]
    assert marked == list(scenario(name).sources)


@pytest.mark.parametrize("name", YEARS)
def test_a_year_is_short_enough_to_be_read(name: str) -> None:
    assert len(text(name).splitlines()) <= 240
    assert re.search(r"^#", text(name)) is not None
    assert "shared/" not in text(name)


@pytest.mark.parametrize("name", YEARS)
def test_no_pool_is_asked_for_more_than_it_can_do(name: str) -> None:
    from deactsim.study.implied import implied

    assert [pool.text for pool in implied(scenario(name)).pools if pool.load >= 1.0] == []


def test_the_platform_has_the_reports_of_the_record() -> None:
    platform = scenario("platform-2017")
    assert sum(stream.rate.value.per_day for stream in platform.reports.values()) == 34_416
    assert platform.reports["ordinary"].actioned.value == 0.097
    assert 200 <= sum(team.headcount.value for team in platform.teams.values() if team.may) <= 500


def test_busy_hours_of_the_platform_leave_the_day_as_it_is() -> None:
    for stream in scenario("platform-2017").reports.values():
        assert [busy.times.value for busy in stream.busy] in ([], [1.4, 0.6])


def test_sixty_leave_in_one_week() -> None:
    waves = scenario("vendor-exit").teams["agency"].waves
    assert sum(wave.leavers.value for wave in waves) == 60
    assert waves[-1].at.value - waves[0].at.value < 7 * 24 * 60 * MINUTE


def test_twelve_admins_and_three_thousand_customers() -> None:
    small = scenario("small-saas")
    assert [team.headcount.value for team in small.teams.values() if team.may] == [12]
    assert sum(tier.accounts.value for tier in small.platform.tiers.values()) == 3000


def test_late_actors_have_left_months_ago() -> None:
    wipe = scenario("late-cut-off").causes["wipe"]
    assert wipe.former.value == 1.0
    assert wipe.left_before_act is not None
    assert len(wipe.left_before_act.sources) == 5
    assert wipe.accounts.value == 1200


def test_four_logins_and_a_hundred_and_thirty_accounts() -> None:
    borrowed = scenario("borrowed-keys")
    told = borrowed.causes["four-agents"]
    assert told.accounts.value == 130
    assert 1 + sum(count.value for count in told.keys.values()) == 4
    approvers = {
        name: set(policy.safeguards.approval.by)
        for name, policy in borrowed.policies.items()
        if policy.safeguards.approval
    }
    assert approvers["second-agent"] == set(told.keys)
    assert not approvers["second-lead"] & set(told.keys)
