"""Draws: uniform, unrelated to each other, the same for ever, and ids that cannot be confused."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from deactsim.errors import DeactsimError
from deactsim.model.lengths import EXPONENTIAL, FIXED, Length
from deactsim.model.streams import (
    ACCOUNT,
    ACT,
    AGENT,
    ALARM,
    COMPONENT,
    MASK,
    REPORT,
    TEAM,
    Purpose,
    _hash,
    account_id,
    act_id,
    agent_id,
    alarm_id,
    cause_ids,
    component_id,
    draw,
    draw_length,
    draws,
    known_seed,
    length_at,
    mix,
    occurrence_id,
    report_id,
    stream_ids,
    tag_of,
    team_id,
    team_ids,
    team_of_agent,
    world_key,
    world_keys,
)
from deactsim.scenario.safeguards import Safeguards

N = 20_000

#: One sequence for each argument that may vary, the others held: what policies and worlds walk along.
WALKS = {
    "world": [draw(world_key(1, w), act_id(0), Purpose.STAGE, 1) for w in range(N)],
    "seed": [draw(world_key(s, 0), act_id(0), Purpose.STAGE, 1) for s in range(N)],
    "entity": [
        draw(world_key(1, 1), report_id("vip", 480_000 + k // 50, k % 50), Purpose.SLIP) for k in range(N)
    ],
    "k": [draw(world_key(1, 1), act_id(0), Purpose.GAP, k) for k in range(N)],
    "purpose": [draw(world_key(1, w), act_id(0), p) for w in range(N // 40) for p in range(1, 41)],
}


def test_draws_at_once_are_the_draws_one_by_one() -> None:
    chance = random.Random(2)
    for _ in range(50):
        key, entity = chance.getrandbits(64), chance.getrandbits(62)
        purpose, k = chance.choice(list(Purpose)), chance.getrandbits(chance.choice([1, 16, 32]))
        entities = [chance.getrandbits(62) for _ in range(9)] + [0, (1 << 62) - 1]
        of_many = draws(key, np.array(entities, dtype=np.uint64), purpose, k).tolist()
        assert of_many == [draw(key, each, purpose, k) for each in entities]
        many_k = np.arange(k, k + 9, dtype=np.uint64)
        assert draws(key, entity, purpose, many_k).tolist() == [
            draw(key, entity, purpose, each) for each in range(k, k + 9)
        ]


def test_keys_at_once_are_the_keys_one_by_one() -> None:
    for seed in (0, 1, 2**63, 2**64 - 1):
        assert world_keys(seed, range(50)).tolist() == [world_key(seed, world) for world in range(50)]
        assert world_keys(seed, [7, 2**62]).tolist() == [world_key(seed, 7), world_key(seed, 2**62)]


def test_a_length_is_that_of_its_draw() -> None:
    length, key = Length(EXPONENTIAL, 5e6), world_key(1, 2)
    for entity in range(20):
        u = draw(key, entity, Purpose.HANDLING, 3)
        assert length_at(length, u) == draw_length(key, entity, Purpose.HANDLING, 3, length)
    assert (
        length_at(Length(FIXED, 2.5), 0.1)
        == draw_length(key, 1, Purpose.HANDLING, 0, Length(FIXED, 2.5))
        == 3
    )


@pytest.mark.parametrize("walk", WALKS)
def test_uniform(walk: str) -> None:
    found = np.array(WALKS[walk])
    assert ((found > 0.0) & (found < 1.0)).all()
    assert stats.kstest(found, "uniform").pvalue > 1e-3
    counts = np.histogram(found, bins=64, range=(0, 1))[0]
    assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize("walk", WALKS)
def test_neighbours_are_unrelated(walk: str) -> None:
    found = np.array(WALKS[walk])
    for lag in (1, 2, 3):
        assert abs(np.corrcoef(found[:-lag], found[lag:])[0, 1]) < 4 / math.sqrt(N)


def test_purposes_entities_and_slots_of_one_world_are_unrelated() -> None:
    columns = [
        [draw(world_key(3, w), entity, purpose, k) for w in range(4000)]
        for entity in (act_id(0), act_id(1), account_id("@a"))
        for purpose in (Purpose.STAMP, Purpose.CATCH, Purpose.CHANNEL_DELAY)
        for k in (0, 1)
    ]
    off = np.corrcoef(np.array(columns)) - np.eye(len(columns))
    assert np.abs(off).max() < 4.5 / math.sqrt(4000)


def test_distinct_over_all_arguments() -> None:
    keys = [world_key(s, w) for s in range(5) for w in range(5)]
    assert len(set(keys)) == 25
    found = {
        draw(key, entity, purpose, k)
        for key in keys
        for entity in (act_id(0), act_id(1), team_id("a"), agent_id(team_id("a"), 0))
        for purpose in Purpose
        for k in range(8)
    }
    assert len(found) == 25 * 4 * len(Purpose) * 8


def test_order_of_asking_does_not_matter() -> None:
    asked = [
        (world_key(1, w), act_id(e), p, k)
        for w in range(3)
        for e in range(3)
        for p in Purpose
        for k in range(3)
    ]
    first = {one: draw(*one) for one in asked}
    random.Random(1).shuffle(asked)
    assert all(draw(*one) == first[one] for one in asked)


def test_the_largest_draw_is_below_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deactsim.model.streams.mix", lambda _: MASK)
    assert draw(1, 2, 3) < 1.0
    monkeypatch.setattr("deactsim.model.streams.mix", lambda _: 0)
    assert draw(1, 2, 3) > 0.0


def test_golden_values() -> None:
    """Frozen: a change here changes every published number."""
    assert mix(1) == 0x5692161D100B05E5
    assert [world_key(s, w) for s, w in ((0, 0), (1, 0), (1, 1))] == GOLDEN_KEYS
    assert [draw(world_key(1, 2), act_id(0), p, 3) for p in (Purpose.GAP, Purpose.STAGE)] == GOLDEN_DRAWS
    assert [
        team_id("support"),
        account_id("@a"),
        component_id("alert"),
        report_id("vip", 480_000, 7),
    ] == GOLDEN_IDS


GOLDEN_KEYS = [5197578548964807871, 15916886550466581944, 15553200007877664693]
GOLDEN_DRAWS = [0.1635883518586433, 0.7438036015317456]
GOLDEN_IDS = [860218635774328832, 3437273032534190146, 3467179633736987104, 1783565396750630919]


def test_purposes_are_never_renumbered() -> None:
    assert [p.value for p in Purpose] == [k for k in range(1, 59) if k not in (30, 41)]  # two are gone
    assert (Purpose.GAP, Purpose.STAGE, Purpose.LOCK) == (1, 29, 43)


def test_draws_of_lengths() -> None:
    assert draw_length(1, act_id(0), Purpose.STAGE, 0, Length(FIXED, 1234.5)) == 1235
    found = draw_length(1, act_id(0), Purpose.STAGE, 0, Length(EXPONENTIAL, 1e9))
    assert found == int(-1e9 * math.log(1 - draw(1, act_id(0), Purpose.STAGE, 0)) + 0.5)


# -- ids ------------------------------------------------------------------------------------


def test_ids_are_distinct_and_say_what_they_are() -> None:
    names = [f"name {i}" for i in range(500)]
    teams = [team_id(name) for name in names]
    ids = {
        TEAM: teams,
        AGENT: [agent_id(team, i) for team in teams[:50] for i in (0, 1, 99, (1 << 20) - 1)],
        REPORT: [
            report_id(t, h, k) for t in ("a", "b") for h in (0, 480_000, (1 << 20) - 1) for k in (0, 65_535)
        ],
        ACT: [act_id(k) for k in range(100)],
        ACCOUNT: [account_id(name) for name in names],
        COMPONENT: [component_id(name) for name in names],
        ALARM: [
            alarm_id(component_id(c), h, k) for c in names[:20] for h in (0, 480_000) for k in (0, 65_535)
        ],
    }
    every = [one for kind in ids.values() for one in kind]
    assert len(set(every)) == len(every)
    assert max(every) < 1 << 62
    for tag, kind in ids.items():
        assert {tag_of(one) for one in kind} == {tag}


def test_agents_belong_to_their_team() -> None:
    for name in ("support", "leads", "on-call"):
        assert all(team_of_agent(agent_id(team_id(name), i)) == team_id(name) for i in (0, 5, (1 << 20) - 1))


def test_ids_come_from_names_alone() -> None:
    assert team_id("support") == team_id("sup" + "port")
    assert team_id("support") != team_id("Support")


def collide(bits: int, pattern: str) -> tuple[str, str]:
    """Two names whose hashes of so many bits are the same, found by trying."""
    seen: dict[int, str] = {}
    for number in range(1 << 20):
        name = pattern.format(number)
        other = seen.setdefault(_hash(name, bits), name)
        if other != name:
            return other, name
    raise AssertionError("none among a million")


@pytest.mark.parametrize(
    ("ids", "alone", "bits"),
    [
        (stream_ids, lambda tier: report_id(tier, 0, 0), 23),
        (cause_ids, lambda cause: occurrence_id(cause, 0), 26),
    ],
)
def test_names_that_hash_alike_have_ids_of_their_own(
    ids: Callable[[Iterable[str]], dict[str, int]], alone: Callable[[str], int], bits: int
) -> None:
    one, other = collide(bits, "name-{}")
    assert alone(one) == alone(other)
    found = ids([other, "third", one])
    assert found == ids([one, other, "third"])
    assert len(set(found.values())) == 3
    first = min(one, other)
    assert (found[first], found["third"]) == (alone(first), alone("third"))
    assert {tag_of(each) for each in found.values()} == {tag_of(alone(one))}
    # Whatever follows an id belongs to it: the lower bits are free.
    assert {each & 0xFFFFFFFF for each in found.values()} == {0}


def test_a_scenario_whose_teams_do_not_hash_alike_has_their_usual_ids() -> None:
    names = [f"team {number}" for number in range(300)]
    assert team_ids(names) == {name: team_id(name) for name in names}
    last = (1 << 39) - 1
    assert {each >> 59 for each in team_ids(names).values()} == {TEAM}
    assert all((each >> 20) & last == _hash(name, 39) for name, each in team_ids(names).items())


def test_no_two_safeguards_share_their_luck_with_lists() -> None:
    # A list is told apart by half the bits of its safeguard's id.
    names = list(Safeguards.model_fields)
    assert len({component_id(name) & 0xFFFFFFFF for name in names}) == len(names)


@pytest.mark.parametrize("seed", [0, 1, MASK, np.int64(5)])
def test_seeds_of_64_bits(seed: int) -> None:
    assert known_seed(seed) == seed


@pytest.mark.parametrize("seed", [-1, MASK + 1, 1 << 70, 1.0, "1"])
def test_other_seeds_would_repeat_worlds(seed: Any) -> None:
    if isinstance(seed, int):
        assert world_key(seed, 3) == world_key(seed & MASK, 3)
    with pytest.raises(DeactsimError, match="is not a seed: seeds are whole numbers from 0 to 184467"):
        known_seed(seed)
