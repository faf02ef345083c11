"""The world: the same wherever one looks from, with the rates, shares and stretches it is said to have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from deactsim.model.lengths import FIXED, UNIFORM, Length
from deactsim.model.plan import Control, IncidentPlan, StreamPlan, TeamPlan
from deactsim.model.shifts import DAY, spans
from deactsim.model.states import Stage
from deactsim.model.streams import account_id, component_id, team_id, world_key
from deactsim.model.world import HOUR, World
from deactsim.scenario.stated import Window

from ..engines.tiny import acts, plan_of

START = 19_700 * DAY  # a Saturday of 2023
MINUTE = 60_000_000
ALWAYS = (Window((0, 1, 2, 3, 4, 5, 6), 0, 1440, "UTC"),)
OFFICE = (Window((0, 1, 2, 3, 4), 540, 1020, "Europe/Dublin"),)


def world(number: int = 0, days: int = 7) -> World:
    return World(world_key(1, number), START, START + days * DAY)


def stream(tier: str = "vip", per_hour: float = 6.0, **more: float) -> StreamPlan:
    return StreamPlan(
        tier, "deactivate", per_hour / HOUR, more.get("actioned", 0.5), 0.1, more.get("slip", 0.0),
        Length(FIXED, 1.0), (0,), ("console",), 10,
    )  # fmt: skip


def control(outage: float = 0.0, stretch: int = HOUR, name: str = "alert", covers: float = 1.0) -> Control:
    return Control(
        component_id("alert"), component_id(name), None, frozenset(), None, None, covers, outage, stretch
    )


def team(name: str, windows: tuple[Window, ...], per_day: float = 3.0) -> TeamPlan:
    return TeamPlan(team_id(name), name, 20, 20, windows, per_day, contractor=False)


# -- reports --------------------------------------------------------------------------------


def test_reports_do_not_depend_on_where_one_begins_to_look() -> None:
    streams = (stream("vip"), stream("ordinary", 20.0))
    whole = world().reports(streams, START, START + DAY)
    for begin in (START + 1, START + 3 * HOUR, START + 5 * HOUR + 7 * MINUTE):
        assert world().reports(streams, begin, START + DAY) == [r for r in whole if r.time >= begin]
    first = world().reports(streams, START, START + 7 * HOUR)
    assert first + world().reports(streams, START + 7 * HOUR, START + DAY) == whole
    assert replace(world(), start=START - 5 * DAY).reports(streams, START, START + DAY) == whole
    assert sorted(whole, key=lambda r: (r.time, r.id)) == whole
    assert len({r.id for r in whole}) == len(whole)


def test_another_stream_changes_no_report_of_the_first() -> None:
    alone = world().reports((stream(),), START, START + DAY)
    both = world().reports((stream("other", 30.0), stream()), START, START + DAY)
    assert [(r.time, r.id) for r in both if r.stream == 1] == [(r.time, r.id) for r in alone]


def test_reports_are_a_poisson_process() -> None:
    counts, gaps = [], []
    for number in range(300):
        found = world(number).reports((stream(per_hour=4.0),), START, START + 12 * HOUR)
        counts.append(len(found))
        gaps += list(np.diff([r.time for r in found]))
    assert np.mean(counts) == pytest.approx(48, abs=4 * np.sqrt(48 / 300))
    assert np.var(counts) == pytest.approx(48, rel=0.35)
    # Hours are drawn apart, so gaps are exponential up to what crosses the end of the window.
    assert stats.kstest(np.array(gaps) * 4.0 / HOUR, "expon").pvalue > 1e-4


def test_no_rate_no_reports() -> None:
    assert world().reports((stream(per_hour=0.0),), START, START + DAY) == []
    assert world().reports((), START, START + DAY) == []


def test_slips_are_reports_that_end_in_one() -> None:
    streams = (stream(per_hour=10.0, slip=0.2),)
    one = world()
    found = [hour for hour in range(48) if one.slips(streams, START + hour * HOUR, START + (hour + 1) * HOUR)]
    share = 1 - np.exp(-10.0 * 0.5 * 0.2)
    assert len(found) / 48 == pytest.approx(share, abs=0.25)
    assert not one.slips((stream(slip=0.0, actioned=1.0),), START + 60 * HOUR, START + 70 * HOUR)


def test_false_alarms_are_rescaled_not_drawn_anew() -> None:
    """Twice the rate: each hour's alarms come at half the offsets, and further ones after them."""
    for hour in range(50):
        begin = START + hour * HOUR
        slow = world().false_alarms(control(), 2.0 / HOUR, begin, begin + HOUR)
        fast = world().false_alarms(control(), 4.0 / HOUR, begin, begin + HOUR)
        assert len(fast) >= len(slow)
        for (one, _), (other, _) in zip(slow, fast, strict=False):
            assert other - begin == pytest.approx((one - begin) / 2, abs=1.0)
    assert world().false_alarms(control(), 0.0, START, START + DAY) == []
    whole = world().false_alarms(control(), 2.0 / HOUR, START, START + DAY)
    assert world().false_alarms(control(), 2.0 / HOUR, START + 90 * MINUTE, START + DAY) == [
        one for one in whole if one[0] >= START + 90 * MINUTE
    ]


# -- leavers --------------------------------------------------------------------------------


@pytest.mark.parametrize("windows", [ALWAYS, OFFICE], ids=["always", "office hours"])
def test_leavers_do_not_depend_on_where_one_begins_to_look(windows: tuple[Window, ...]) -> None:
    teams = (team("support", windows),)
    whole = world().leavers(teams, START, START + 30 * DAY)
    for days in (1, 3, 7, 12):
        begin = START + days * DAY
        assert world().leavers(teams, begin, START + 30 * DAY) == [
            who for who in whole if who.leaves >= begin
        ]
    assert len(whole) == pytest.approx(90, abs=40)


def test_leavers_leave_at_the_end_of_a_shift() -> None:
    ends = {off for _, off in spans(OFFICE, START - 10 * DAY, START + 40 * DAY)}
    found = world().leavers((team("support", OFFICE),), START, START + 30 * DAY)
    assert found
    assert all(who.leaves in ends for who in found)
    assert all(0 <= who.agent & 0xFFFFF < 20 for who in found)


def test_where_there_is_no_end_of_a_shift_they_leave_at_any_time() -> None:
    found = world().leavers((team("support", ALWAYS),), START, START + 30 * DAY)
    offsets = np.array([who.leaves % DAY for who in found]) / DAY
    assert stats.kstest(offsets, "uniform").pvalue > 1e-3


def test_nobody_leaves_where_nobody_can() -> None:
    assert world().leavers((team("support", OFFICE, 0.0),), START, START + DAY) == []
    assert world().leavers((replace(team("support", OFFICE), headcount=0),), START, START + DAY) == []


# -- reliability ----------------------------------------------------------------------------


@pytest.mark.parametrize(("outage", "stretch"), [(0.1, 4 * HOUR), (0.5, HOUR), (0.8, 2 * HOUR)])
def test_out_of_order_by_turns_with_the_share_and_stretch_stated(outage: float, stretch: int) -> None:
    """Two states left at constant rates: a step later it is still down with a chance that theory knows."""
    given, step = control(outage, stretch), stretch // 4
    down = np.array([
        [not one.in_order(given, START + i * step) for i in range(200)]
        for one in (World(world_key(5, number), START, START) for number in range(60))
    ])  # fmt: skip
    shares = down.mean(axis=1)
    assert shares.mean() == pytest.approx(outage, abs=4 * shares.std() / np.sqrt(60))
    leaves = 1 / stretch
    returns = leaves * outage / (1 - outage)
    still = outage + (1 - outage) * np.exp(-(leaves + returns) * step)
    found = down[:, 1:][down[:, :-1]]
    assert found.mean() == pytest.approx(still, abs=4 * np.sqrt(still * (1 - still) / found.size))


def test_in_equilibrium_from_the_beginning() -> None:
    given = control(0.3, 10 * DAY)
    down = [not World(world_key(2, n), START, START).in_order(given, START) for n in range(2000)]
    assert np.mean(down) == pytest.approx(0.3, abs=0.04)


def test_controls_on_one_component_share_its_turns() -> None:
    times = range(START - 31 * DAY, START - 21 * DAY, HOUR)
    one, other, third = (
        control(0.4, name="console"),
        replace(control(0.4, name="console"), id=9),
        control(0.4),
    )
    assert [world().in_order(one, t) for t in times] == [world().in_order(other, t) for t in times]
    assert [world().in_order(one, t) for t in times] != [world().in_order(third, t) for t in times]


def test_always_and_never_in_order() -> None:
    assert world().in_order(control(0.0), START)
    assert not world().in_order(control(1.0), START)


def test_lists_hold_the_share_stated_and_are_nested() -> None:
    targets = [account_id(f"@{i}") for i in range(4000)]
    half, most = control(covers=0.5), control(covers=0.9)
    held = [world().covered(half, target) for target in targets]
    assert np.mean(held) == pytest.approx(0.5, abs=0.03)
    assert all(world().covered(most, t) for t, has in zip(targets, held, strict=True) if has)
    assert world().covered(control(), targets[0])


# -- the incident ---------------------------------------------------------------------------


def incident(**new: object) -> IncidentPlan:
    given = plan_of("", acts("@b 1 min")).incident
    assert given is not None
    return replace(given, **new)  # type: ignore[arg-type]


def test_the_effect_is_documented_give_or_take() -> None:
    assert world().effect_as_documented(incident()) == incident().at
    spread = incident(give_or_take=5 * MINUTE)
    found = np.array([world(n).effect_as_documented(spread) - spread.at for n in range(3000)])
    assert stats.kstest(found / (10 * MINUTE) + 0.5, "uniform").pvalue > 1e-3


def test_leaving_is_counted_from_the_act_as_documented() -> None:
    assert world().leaving(incident()) is None
    fixed = incident(leaves=Length(FIXED, 20 * MINUTE))
    assert world().leaving(fixed) == fixed.at + 20 * MINUTE
    spread = incident(leaves=Length(UNIFORM, 0.0, 60 * MINUTE), give_or_take=5 * MINUTE)
    leaves = world(3).leaving(spread)
    assert leaves is not None
    assert 0 <= leaves - world(3).effect_as_documented(spread) <= 60 * MINUTE


def test_what_is_kept_is_not_part_of_what_a_world_is() -> None:
    one, other = world(), world()
    one.reports((stream(),), START, START + DAY)
    assert one == other
    assert replace(one, lengths={Stage.RESTORE: 1}) != one
