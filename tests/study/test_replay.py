"""Replays: what they report, of whom, and one world at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from deactsim.errors import DeactsimError, UnknownName
from deactsim.model.compile import CannotBeSaid, compile_plan
from deactsim.model.plan import Plan
from deactsim.model.states import Event, Stage
from deactsim.model.worlds import Worlds
from deactsim.scenario.load import load
from deactsim.scenario.order import in_name_order
from deactsim.scenario.schema import Scenario
from deactsim.study.condition import Conditioned, condition, condition_worlds
from deactsim.study.nights import conditioned, free
from deactsim.study.replay import Told, known_policy, one_world, reading_names, replay
from deactsim.study.results import Replay
from tests.study.small import START, new_world, small

INCIDENT = """
  account: "@it"
  command: deactivate
  actor: {team: support, leaves: {after_act: uniform 0 min to 60 min}}
  at: {value: 2017-11-02T18:48:30Z, source: paper}
  readings:
    meant: {cause: deliberate}
    once-more: {cause: deliberate, letter: M}
    mistake-made: {cause: misidentified}
  facts:
    dark: {of: dark, pinned: 11 min, source: paper, disputed: less}
    early: {of: public_notice, checked: by 2017-11-02T18:48:31Z}"""
SLIP = """
  account: "@it"
  command: deactivate
  actor: {team: support}
  at: 2017-11-02T18:48:30Z
  readings: {slip: {cause: slip}}"""
SOURCES = "{paper: {outlet: Paper}}"
DETECTION = """
  public: {delay: "median 2 min, p90 5 min", at_followers: 4M}
  holder: {delay: 1 h, chance: 50%}
  actor: {delay: 3 min, chance: 50%}
  word_reaches_platform: {delay: exponential mean 1 min}"""
POLICIES = """
  as-it-was: {}
  report: {open_report: {}}
  few: {least_privilege: {holders: 2}}
  fast: {preauthorised_undo: {}}
  alert: {alert: {after: 20 s, recall: 50%}}"""


@cache
def scenario() -> Scenario:
    return small(incident=INCIDENT, detection=DETECTION, policies=POLICIES, sources=SOURCES)


@cache
def replayed(policy: str | None = None) -> Replay:
    return replay(scenario(), policy=policy, worlds=150, seed=2)


def test_is_of_the_own_policy_and_the_first_reading() -> None:
    found = replayed()
    assert (found.policy, found.reading, found.worlds, found.seed) == ("as-it-was", "meant", 150, 2)
    first = found.readings[0]
    assert (found.measures, found.stages, found.channels) == (first.measures, first.stages, first.channels)
    dark = found.measures["dark_minutes"]
    assert (dark.mean, dark.median, dark.p05, dark.p95, dark.unit) == (11.0, 11.0, 11.0, 11.0, "min")
    assert found.free["dark_minutes"].p95 > 11.0 > found.free["dark_minutes"].p05
    own = compile_plan(scenario(), "as-it-was", "meant")
    assert found.effective_worlds == conditioned(own, condition(scenario(), own, 2, 150)).effective
    assert first.stopped.mean == 0.0


def test_readings_alike_are_named_once() -> None:
    names = [
        (reading.name, reading.letter, reading.label, reading.same_as) for reading in replayed().readings
    ]
    assert names == [
        ("meant", "E", "meant", None),
        ("mistake-made", "I", "mistake made", None),
        ("once-more", "M", "once more", "meant"),
    ]
    assert reading_names(scenario())["meant"] == ("meant", "E")


def test_stages_and_channels() -> None:
    found = replayed()
    assert [stage.name for stage in found.stages] == [
        "notice",
        "word",
        "pick_up",
        "find_cause",
        "authorise",
        "restore",
    ]
    assert sum(stage.summary.mean for stage in found.stages) == pytest.approx(11.0, rel=1e-9)
    spreads = [stage.spread for stage in found.stages]
    assert None not in spreads
    assert sum(spread or 0.0 for spread in spreads) == pytest.approx(1.0, rel=1e-9)
    assert {channel.name for channel in found.channels} == {"public"}
    mistaken = {channel.name: channel for channel in found.readings[1].channels}
    assert set(mistaken) == {"actor", "public"}
    assert sum(channel.first for channel in mistaken.values()) == pytest.approx(1.0)
    assert mistaken["actor"].notices is not None
    assert mistaken["actor"].notices.mean == pytest.approx(3.0)
    alerted = {channel.name: channel for channel in replayed("alert").channels}
    assert alerted["alert"].arrives is not None
    assert alerted["alert"].arrives.mean == pytest.approx(1 / 3)
    assert alerted["alert"].label == "alert"


def test_a_check_that_fails_is_said() -> None:
    found = replayed()
    assert [(fact.id, fact.agrees) for fact in found.facts] == [("dark", None), ("early", False)]
    assert not found.checks_pass
    assert replayed("fast").checks_pass  # nothing is checked of another policy
    assert [row.event for row in found.timeline] == ["took_effect", "public_notice", "visible"]


def test_another_policy_meets_the_same_evenings() -> None:
    own, fast = replayed().frame, replayed("fast").frame
    assert list(own.world) == list(fast.world)
    assert list(own.weight) == list(fast.weight)
    assert (fast.dark_minutes < 11).any()
    assert (fast.dark_minutes <= 11 + 1e-9).all()
    assert replayed("fast").effective_worlds == replayed().effective_worlds


def test_a_policy_that_stops_it() -> None:
    found = replayed("report")
    assert found.readings[0].stopped.mean == 1.0
    assert found.measures == {}
    assert found.stages == ()
    assert found.channels == ()
    assert found.facts[0].simulated is None or found.facts[0].simulated.mean == 0.0
    assert (found.frame.dark_minutes == 0).all()
    assert found.timeline[0].median is None


def test_progress_ends_at_its_total() -> None:
    told: list[tuple[int, int]] = []
    replay(scenario(), policy="fast", worlds=12, progress=lambda *at: told.append(at))
    # Two plans (a mistake is another one), twice each, and the policy's on as many worlds as agree.
    assert told[0] == (1, 12 * 6)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert max(done for done, _ in told) <= 12 * 6


def test_what_the_answer_rests_on() -> None:
    basis = replayed().rests_on
    assert basis.documented == 1  # the start; facts on record are counted apart
    assert (basis.disputed, basis.disputed_facts) == (0, 1)  # readings are no dispute
    assert (basis.facts["pinned"], basis.facts["checked"]) == (1, 1)
    assert basis.assumed == len(basis.assumed_paths) > 10
    assert "response.restore" in basis.assumed_paths
    assert not [path for path in basis.assumed_paths if path.startswith("policies.fast.")]
    assert len(basis.decisive) == 3
    assert basis.decisive[0].endswith(" % of the spread)")


def test_shares_of_the_spread_add_up_to_all_of_it() -> None:
    """A stage that the end of the simulated time cuts leaves the others less: covariances would give it over 100 %."""
    cut = small(
        response="{by: on-call, pick_up: 3 min, find_cause: 'exponential mean 5 h', "
        "authorise: 'median 1 min, p90 4000 min', restore: 'exponential mean 9 h'}",
        incident=INCIDENT.replace("{of: dark, pinned: 11 min}", "{of: dark, checked: 11 min}"),
        sources=SOURCES,
    )
    found = replay(cut, worlds=300)
    spreads = [stage.spread for stage in found.stages if stage.spread is not None]
    assert sum(spreads) == pytest.approx(1.0)
    assert min(spreads) >= 0.0
    said = [int(text.split("(")[1].split(" %")[0]) for text in found.rests_on.decisive]
    assert said == sorted(said, reverse=True)
    assert sum(said) <= 100


def test_prior_percentile_counts_and_may_be_missing() -> None:
    left = free(compile_plan(scenario(), "as-it-was", "meant"), 2, 150).column("dark_first")
    assert replayed().prior_percentile == pytest.approx(100.0 * (left < 11).mean())
    bare = small(incident=INCIDENT.replace("pinned: 11 min", "noted: 11 min"), sources=SOURCES)
    assert replay(bare, worlds=5).prior_percentile is None


@pytest.mark.parametrize(
    ("fact", "minutes"),
    [
        ("{of: visible, pinned: 11 min}", 11),
        ("{of: visible, checked: 2017-11-02T19:00:30Z}", 12),
        ("{of: dark, checked: 12 min}", 12),
        ("{of: dark, checked: within 12 min}", None),
        ("{of: visible, noted: 2017-11-02T19:00:30Z}", None),
        ("{of: dark, checked: 12 min, model: free}", None),
    ],
)
def test_prior_percentile_is_of_what_the_record_has(fact: str, minutes: float | None) -> None:
    night = small(incident=SLIP + f"\n  facts: {{it: {fact}}}")
    left = free(compile_plan(night, "as-it-was", "slip"), 1, 60).column("dark_first")
    expected = None if minutes is None else pytest.approx(100.0 * (left < minutes).mean())
    assert replay(night, worlds=60).prior_percentile == expected
    assert minutes is None or 0 < (left < minutes).mean() < 1


TWO = SLIP.replace("@it", "@one") + "\n  further_acts: [{account: '@two', after: 5 min}]"
PLATFORM = """
  commands: {deactivate: {undo: restore}, restore: {}}
  tiers: {protected: {accounts: 5, followers: 1M}}
  accounts: {"@one": {tier: protected, followers: 4M}, "@two": {tier: protected, followers: 1M}}"""


def test_of_several_acts_the_first_is_the_records() -> None:
    night = small(incident=TWO + "\n  facts: {dark: {of: dark, pinned: 11 min}}", platform=PLATFORM)
    found = replay(night, worlds=60)
    dark = found.facts[0].simulated
    assert dark is not None
    assert (dark.p05, dark.p95) == (11.0, 11.0)
    assert found.measures["dark_minutes"].p05 > 11.0
    assert sum(stage.summary.mean for stage in found.stages) == pytest.approx(11.0)
    assert sum(stage.spread or 0.0 for stage in found.stages) == pytest.approx(1.0)
    assert 0.0 < (found.prior_percentile or 0.0) < 100.0


def test_a_story_begins_with_the_first_account_that_goes_dark() -> None:
    night = small(incident=TWO, platform=PLATFORM,
                  policies="{as-it-was: {}, listed: {protected_list: {of: ['@one'], then: deny}}}")  # fmt: skip
    assert one_world(night, worlds=3, world=1).effect_time == START
    assert one_world(night, policy="listed", worlds=3, world=1).effect_time == START + 5 * 60_000_000


def test_one_world_is_met_as_the_policy_asked_for_meets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(self: Conditioned, plan: Plan) -> Worlds:
        assert plan == compile_plan(in_name_order(scenario()), "fast", "meant")
        return replace(self.worlds, lengths={Stage.RESTORE: np.full(len(self), 60_000_000 * 60)})

    monkeypatch.setattr(Conditioned, "worlds_for", elsewhere)
    assert minutes_dark(one_world(scenario(), policy="fast", worlds=20, seed=2)) > 60.0


def test_a_record_that_is_only_noted() -> None:
    for facts in ("{}", "{a: {of: dark, noted: 11 min, source: paper}, b: {noted: as told}}"):
        found = replay(small(incident=SLIP + f"\n  facts: {facts}", sources=SOURCES), worlds=10)
        assert found.checks_pass
        assert found.rests_on.documented == 0
        assert found.rests_on.facts["noted"] == (0 if facts == "{}" else 2)
        assert [row.event for row in found.timeline] == (
            ["took_effect"] if facts == "{}" else ["took_effect", "visible"]
        )


def test_without_an_incident_there_is_nothing_to_replay() -> None:
    bare = scenario().model_copy(update={"incident": None})
    with pytest.raises(
        DeactsimError, match="describes no incident, so there is nothing to replay; add an `incident:`"
    ):
        replay(bare)
    with pytest.raises(DeactsimError, match="describes no incident"):
        one_world(bare)
    assert bare.forecast is None
    fleet = load(Path(__file__).parents[2] / "scenarios" / "small-saas.yaml")
    for forecast, said in ((None, False), (fleet.forecast, True)):
        with pytest.raises(DeactsimError) as raised:
            replay(bare.model_copy(update={"forecast": forecast}))
        assert ("; `deactsim forecast` says what its years bring" in str(raised.value)) == said


def test_names_that_do_not_exist() -> None:
    with pytest.raises(
        UnknownName, match="no policy 'fats': did you mean 'fast'\\? there are as-it-was, report"
    ):
        replay(scenario(), policy="fats")
    with pytest.raises(UnknownName, match="no policy 'zzz': there are as-it-was"):
        known_policy(scenario(), "zzz")
    assert known_policy(scenario(), None) == "as-it-was"
    with pytest.raises(CannotBeSaid):
        replay(scenario(), policy="few")


def test_letters_are_never_given_twice() -> None:
    many = small(
        incident=INCIDENT.replace(
            "mistake-made:", "e: {cause: deliberate}\n    mm: {cause: deliberate}\n    mistake-made:"
        ),
        sources=SOURCES,
    )
    letters = [letter for _, letter in reading_names(many).values()]
    assert letters == ["E", "A", "I", "B", "M"]


def test_more_readings_than_letters() -> None:
    readings = "".join(f"    r{at}: {{cause: deliberate}}\n" for at in range(10, 40))
    start, end = INCIDENT.index("    meant:"), INCIDENT.index("  facts:")
    many = small(incident=INCIDENT[:start] + readings + INCIDENT[end:], sources=SOURCES)
    letters = [letter for _, letter in reading_names(many).values()]
    assert letters[:3] == ["R", "A", "B"]
    assert letters[25:] == ["Z", "AA", "AB", "AC", "AD"]


# ---------------------------------------------------------------- one world


def minutes_dark(told: Told) -> float:
    ends = [row.time for row in told.trace if row.event == Event.VISIBLE]
    assert told.effect_time is not None
    return (ends[0] - told.effect_time) / 60e6


def test_the_typical_world() -> None:
    told = one_world(scenario(), worlds=150, seed=2)
    assert (told.policy, told.reading, told.effect_time) == ("as-it-was", "meant", START)
    assert minutes_dark(told) == 11.0
    # No world lies nearer to all medians at once.
    own = compile_plan(scenario(), "as-it-was", "meant")
    nights = conditioned(own, condition(scenario(), own, 2, 150))
    distance = np.zeros(len(nights))
    for stage in ("notice", "word", "pick_up", "find_cause", "authorise", "restore"):
        summary = nights.summary(f"stage_{stage}", "min")
        assert summary is not None
        distance += np.abs(nights.column(f"stage_{stage}") - summary.median) / (summary.p95 - summary.p05)
    assert told.world == nights.clusters[np.argmin(distance)]


def test_a_world_by_its_number() -> None:
    typical = one_world(scenario(), worlds=150, seed=2)
    again = one_world(scenario(), seed=2, world=typical.world)
    assert again.trace.rows == typical.trace.rows
    other = one_world(scenario(), policy="fast", seed=2, world=typical.world)
    assert other.policy == "fast"
    assert minutes_dark(other) < 11.0
    stopped = one_world(scenario(), policy="report", seed=2, world=typical.world)
    assert stopped.effect_time is None


def test_a_world_that_does_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    own = compile_plan(scenario(), "as-it-was", "meant")
    agreeing = {one.number for one in condition(scenario(), own, 2, 150)}
    number = min(found for found in set(range(20, 150)) - agreeing if found + 1 in agreeing)
    (why,) = condition_worlds(scenario(), own, 2, [number])[1]
    with pytest.raises(DeactsimError) as caught:
        one_world(scenario(), seed=2, world=number)
    a, b, c = sorted(found for found in agreeing if found > number)[:3]
    assert str(caught.value) == (
        f"world {number} of seed 2 does not agree with the record "
        f"({why}); "
        f"{a}, {b} and {c} do; leave the number out for a typical one"
    )
    # From the beginning again where none follows.
    first = sorted(found for found in agreeing if found < number)[:3]
    with pytest.raises(DeactsimError, match="; {}, {} and {} do; leave the number out".format(*first)):
        one_world(scenario(), seed=2, worlds=number + 1, world=number)
    for tried, said in ((1, f"; {number + 1} does; leave"), (0, rf"{why}\); leave")):
        monkeypatch.setattr("deactsim.study.replay.TRIED", tried)
        with pytest.raises(DeactsimError, match=said):
            one_world(scenario(), seed=2, world=number)


def test_the_free_model_is_of_acts_that_took_effect() -> None:
    half = small(policies="{as-it-was: {confirm: {stops_slips: 50%, habit: 0%}}}", incident=SLIP)
    plan = compile_plan(half, "as-it-was", "slip")
    left = free(plan, 1, 200)
    assert 70 < len(left) < 130
    assert not left.stopped.any()
    found = replay(half, worlds=200)
    assert found.free["dark_minutes"].mean == pytest.approx(left.column("dark_minutes").mean(), rel=1e-12)
    assert found.rests_on.documented == 0


def test_what_is_the_same_in_every_world_tells_no_worlds_apart() -> None:
    still = small(
        incident=SLIP, detection="{colleague: {delay: 1 min}, word_reaches_platform: {delay: 1 min}}",
        response="""
  by: on-call
  pick_up: 1 min
  find_cause: 2 min
  authorise: 1 min
  restore: 3 min""",
    )  # fmt: skip
    found = replay(still, worlds=4)
    assert {stage.spread for stage in found.stages} == {None}
    assert found.rests_on.decisive == ()
    assert one_world(still, worlds=4).world == 0


def test_worlds_of_one_seed_share_what_is_drawn() -> None:
    own = compile_plan(scenario(), "as-it-was", "meant")
    assert new_world(own, 2, 7).key == new_world(own, 2, 7).key
    assert new_world(own, 2, 7).key != new_world(own, 3, 7).key
    assert new_world(own, 2, 7).pins == {}
    assert Stage.RESTORE not in new_world(own, 2, 7).lengths
