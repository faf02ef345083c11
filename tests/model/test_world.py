"""The world: the same wherever one looks from, with the rates, shares and stretches it is said to have."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from deactsim.model.lengths import FIXED, UNIFORM, Length
from deactsim.model.plan import Control, IncidentPlan, StreamPlan, TeamPlan
from deactsim.model.shifts import DAY, spans
from deactsim.model.states import Stage
from deactsim.model.streams import Purpose, account_id, agent_id, component_id, report_id, team_id, world_key
from deactsim.model.world import HOUR, Report, World
from deactsim.scenario.stated import Window

from ..engines.tiny import acts, plan_of, scenario

START = 19_700 * DAY  # a Saturday of 2023
MINUTE = 60_000_000
YEAR = 31_557_600_000_000
ALWAYS = (Window((0, 1, 2, 3, 4, 5, 6), 0, 1440, "UTC"),)
OFFICE = (Window((0, 1, 2, 3, 4), 540, 1020, "Europe/Dublin"),)


def world(number: int = 0, days: int = 7) -> World:
    return World(world_key(1, number), START, START + days * DAY)


def stream(tier: str = "vip", per_hour: float = 6.0, **more: float) -> StreamPlan:
    return StreamPlan(
        report_id(tier, 0, 0), tier, "deactivate", per_hour / HOUR,
        more.get("actioned", 0.5), 0.1, more.get("slip", 0.0),
        0.0, Length(FIXED, 1.0), (0,), ("console",), 10,
    )  # fmt: skip


def control(outage: float = 0.0, stretch: int = HOUR, name: str = "alert", covers: float = 1.0) -> Control:
    return Control(
        component_id("alert"), component_id(name), None, frozenset(), None, None, covers, outage, stretch
    )


def team(name: str, windows: tuple[Window, ...], per_day: float = 3.0) -> TeamPlan:
    return TeamPlan(team_id(name), name, 20, 20, windows, per_day, contractor=False, heads=20)


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


def test_reports_drawn_at_once_are_those_drawn_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = ((shift("Mon-Sun 09:20-12:00 UTC"), 3.0), (shift("08:00-20:00 America/New_York"), 0.4))
    streams = tuple(
        replace(stream(tier, per_hour, slip=0.2), busy=times)
        for tier, per_hour in (("few", 0.5), ("some", 22.0), ("more", 60.0), ("many", 900.0))
        for times in ((), busy)
    )

    def drawn() -> tuple[object, ...]:
        one = world()
        reports = one.reports(streams, START + 5 * MINUTE, START + DAY)
        acts = [one.actions(streams, index, START, START + DAY) for index in range(len(streams))]
        ids = [report.id for report in reports]
        lengths = one.lengths_of(ids, Purpose.HANDLING, Length(UNIFORM, 1.0, 9.0))
        alarms = one.false_alarms(control(), 90.0 / HOUR, START, START + DAY)
        return reports, acts, one.draws(ids, Purpose.URGENT), lengths, alarms

    found = []
    for many in (1, 24, 1 << 60):
        monkeypatch.setattr("deactsim.model.world.MANY", many)
        found.append(drawn())
    assert found[0] == found[1] == found[2]
    one, ids = world(), [7, 8, 9]
    assert one.draws(ids, Purpose.SLIP) == [one.draw(each, Purpose.SLIP) for each in ids]
    lengths = [one.length(each, Purpose.HANDLING, 0, Length(UNIFORM, 1.0, 9.0)) for each in ids]
    assert one.lengths_of(ids, Purpose.HANDLING, Length(UNIFORM, 1.0, 9.0)) == lengths


def test_a_long_run_keeps_no_more_than_its_first_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = (stream("few", 5.0, slip=0.2), stream("many", 50.0, slip=0.2))

    def drawn(one: World) -> tuple[object, ...]:
        acts = [one.actions(streams, index, START, START + 3 * DAY) for index in range(2)]
        return one.reports(streams, START, START + 3 * DAY), acts

    whole = world()
    told = drawn(whole)
    assert whole._reports.size == 2 * 72 + len(told[0])  # type: ignore[arg-type]
    for most in (1, 40, 1000):
        monkeypatch.setattr("deactsim.model.world.KEPT_REPORTS", most)
        one = world()
        assert [drawn(one), drawn(one)] == [told, told]
        for kept in (one._reports, one._actions):
            assert kept.size == sum(1 + len(each) for each in kept.values()) <= most
            assert kept.size > most - 80


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


def test_actions_are_reports_that_end_in_one() -> None:
    """Counted stream by stream, the slow way."""
    streams = (stream(per_hour=10.0, slip=0.2), replace(stream("ordinary", 20.0), misidentified=0.1))
    one = world()
    for begin, until in (
        (START, START + HOUR),
        (START + 7 * MINUTE, START + 30 * HOUR + 1),
        (START + 5, START + 6),
    ):
        for index, given in enumerate(streams):
            acts = [
                report
                for report in world().reports(streams, begin, until)
                if report.stream == index and one.draw(report.id, Purpose.ACTIONED) < given.actioned
            ]
            wrong = [
                report
                for report in acts
                if one.draw(report.id, Purpose.SLIP) < given.slip + given.misidentified
            ]
            assert one.actions(streams, index, begin, until) == len(acts)
            assert one.actions(streams, index, begin, until, wrongful=True) == len(wrong)


def test_a_share_of_reports_ends_in_an_action_and_a_share_of_those_in_an_error() -> None:
    streams = (replace(stream(per_hour=20.0, slip=0.2), misidentified=0.1),)
    one, until = world(days=30), START + 30 * DAY
    reports = len(one.reports(streams, START, until))
    acts, wrong = one.actions(streams, 0, START, until), one.actions(streams, 0, START, until, wrongful=True)
    assert abs(acts - reports * 0.5) <= 4 * np.sqrt(reports * 0.25)
    assert abs(wrong - acts * 0.3) <= 4 * np.sqrt(acts * 0.21)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_no_action_or_all_of_them(share: float) -> None:
    streams = (stream(actioned=share, slip=share),)
    reports = len(world().reports(streams, START, START + DAY))
    assert world().actions(streams, 0, START, START + DAY) == share * reports
    assert world().actions(streams, 0, START, START + DAY, wrongful=True) == share * reports


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


def with_busy(*busy: tuple[str, float], per_hour: float = 6.0) -> StreamPlan:
    return replace(stream(per_hour=per_hour), busy=tuple((shift(when), times) for when, times in busy))


def shift(when: str) -> tuple[Window, ...]:
    given = scenario("", f'teams: {{leads: {{shift: "{when}"}}}}')
    return given.teams["leads"].shift


def hours_of_day(found: list[Report]) -> list[int]:
    return [report.time // HOUR % 24 for report in found]


def test_busy_hours_have_so_many_times_the_reports() -> None:
    """The first entry that fits counts; outside all of them the usual rate."""
    given = with_busy(
        ("09:00-17:00 UTC", 3.0), ("08:00-20:00 UTC", 0.5), ("23:00-24:00 UTC", 0.0), per_hour=5.0
    )
    days = 120
    counts = Counter(hours_of_day(world(days=days).reports((given,), START, START + days * DAY)))
    for hour in range(24):
        times = 3.0 if 9 <= hour < 17 else 0.5 if 8 <= hour < 20 else 0.0 if hour == 23 else 1.0
        expected = days * 5.0 * times
        assert abs(counts[hour] - expected) <= 4 * np.sqrt(expected), hour


def test_busy_hours_begin_and_end_within_an_hour_and_follow_their_own_clock() -> None:
    given = with_busy(("Mon 09:30-10:15 Asia/Kolkata", 40.0), per_hour=1.0)
    found = world(days=140).reports((given,), START, START + 140 * DAY)
    inside = [r for r in found if spans(given.busy[0][0], r.time, r.time + 1)]
    assert len(inside) == pytest.approx(20 * 30, abs=4 * np.sqrt(600))
    assert {(r.time // DAY + 3) % 7 for r in inside} == {0}
    minutes = np.array([r.time % DAY / MINUTE for r in inside])
    assert stats.kstest((minutes - 240) / 45, "uniform").pvalue > 1e-3


def test_busy_hours_are_a_poisson_process_of_their_rate() -> None:
    given = with_busy(("always", 2.0), per_hour=2.0)
    counts = [len(world(n).reports((given,), START, START + 12 * HOUR)) for n in range(300)]
    assert np.mean(counts) == pytest.approx(48, abs=4 * np.sqrt(48 / 300))
    assert np.var(counts) == pytest.approx(48, rel=0.35)


def test_busy_hours_do_not_depend_on_where_one_begins_to_look() -> None:
    given = (with_busy(("09:00-17:00 UTC", 3.0)), stream("ordinary"))
    whole = world().reports(given, START, START + DAY)
    for begin in (START + 1, START + 9 * HOUR + 7 * MINUTE, START + 17 * HOUR):
        assert world().reports(given, begin, START + DAY) == [r for r in whole if r.time >= begin]
    assert len({r.id for r in whole}) == len(whole)


def test_hours_as_usual_are_no_busy_hours() -> None:
    usual = world().reports((stream(),), START, START + DAY)
    assert world().reports((with_busy(("09:00-17:00 UTC", 1.0)),), START, START + DAY) == usual


def test_quiet_hours_only_take_reports_away() -> None:
    usual = world().reports((stream(),), START, START + 3 * DAY)
    fewer = world().reports((with_busy(("always", 0.4)),), START, START + 3 * DAY)
    assert set(fewer) < set(usual)
    assert world().reports((with_busy(("always", 0.0)),), START, START + DAY) == []


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


def test_leavers_do_not_depend_on_what_was_asked_before() -> None:
    """They are kept for the next who asks: of other days, of another team, or of a team that more people leave."""
    office, always = team("support", OFFICE), team("desk", ALWAYS)
    more = replace(office, leavers_per_day=2.0 * office.leavers_per_day)
    spans_asked = [(3, 9), (3, 5), (0, 4), (8, 20), (20, 21), (5, 5), (2, 30), (9, 10)]
    one = world()
    for first, last in spans_asked:
        for teams in ((office,), (always, office), (more,), (always,)):
            asked = teams, START + first * DAY, START + last * DAY
            assert one.leavers(*asked) == world().leavers(*asked)
    assert len(one.leavers((more,), START, START + 30 * DAY)) > len(
        one.leavers((office,), START, START + 30 * DAY)
    )


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
    assert (
        world().leavers((replace(team("support", OFFICE), headcount=0, heads=0),), START, START + DAY) == []
    )


WAVE = START + 5 * DAY + 3 * HOUR


def waves(*each: tuple[int, int], per_day: float = 0.0) -> tuple[TeamPlan, ...]:
    return (replace(team("support", OFFICE, per_day), waves=each),)


@pytest.mark.parametrize("count", [1, 7, 19, 20])
def test_a_wave_is_so_many_people_at_the_time(count: int) -> None:
    found = world().leavers(waves((WAVE, count)), START, START + 30 * DAY)
    assert {who.leaves for who in found} == {WAVE}
    assert len({who.agent for who in found}) == len(found) == count
    assert {who.agent - agent_id(team_id("support"), 0) for who in found} <= set(range(20))


def test_a_wave_of_more_than_there_are_is_everybody() -> None:
    found = world().leavers(waves((WAVE, 50)), START, START + 30 * DAY)
    assert len({who.agent for who in found}) == len(found) == 20


def test_a_wave_is_seen_from_its_instant_to_just_after() -> None:
    given = waves((WAVE, 3))
    assert len(world().leavers(given, WAVE, WAVE + 1)) == 3
    assert world().leavers(given, START, WAVE) == []
    assert world().leavers(given, WAVE + 1, START + 30 * DAY) == []


def test_everybody_is_as_likely_to_leave_in_a_wave() -> None:
    agents = Counter(
        who.agent & 0xFFFFF
        for n in range(800)
        for who in world(n).leavers(waves((WAVE, 1)), START, START + 9 * DAY)
    )
    assert stats.chisquare([agents[k] for k in range(20)]).pvalue > 1e-3


def test_waves_come_on_top_of_turnover_and_change_nothing_of_it() -> None:
    usual = world().leavers(waves(per_day=1.0), START, START + 30 * DAY)
    both = world().leavers(waves((WAVE, 4), (WAVE + DAY, 2), per_day=1.0), START, START + 30 * DAY)
    assert [who for who in both if who.leaves not in (WAVE, WAVE + DAY)] == usual
    assert len(both) == len(usual) + 6
    assert both == sorted(both, key=lambda who: (who.leaves, who.agent))


def test_nobody_leaves_in_two_waves_while_others_are_left() -> None:
    """Twice half of a team is everybody."""
    given = waves((WAVE, 10), (WAVE + DAY, 10))
    for n in range(20):
        assert len({who.agent for who in world(n).leavers(given, START, START + 30 * DAY)}) == 20


def test_more_waves_than_people_begin_again() -> None:
    given = waves((WAVE, 15), (WAVE + DAY, 15))
    seats = Counter(who.agent for who in world().leavers(given, START, START + 30 * DAY))
    assert len(seats) == 20
    assert set(seats.values()) == {1, 2}


def test_a_team_of_nobody_has_no_waves() -> None:
    nobody = (replace(waves((WAVE, 3))[0], headcount=0, heads=0, holders=0),)
    assert world().leavers(nobody, START, START + 30 * DAY) == []


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
    held = [world().covered(half, target, START) for target in targets]
    assert np.mean(held) == pytest.approx(0.5, abs=0.03)
    assert all(world().covered(most, t, START) for t, has in zip(targets, held, strict=True) if has)
    assert world().covered(control(), targets[0], START)


def rotting(rots: float, mended: int, covers: float = 1.0) -> Control:
    """`rots` an entry and year."""
    return replace(control(covers=covers), rots=rots / YEAR, mended=mended)


@pytest.mark.parametrize(
    ("rots", "mended"), [(0.5, 30 * DAY), (2.0, 90 * DAY), (12.0, DAY), (365.0, 10 * DAY)]
)
def test_entries_are_stale_the_share_of_the_time_that_theory_says(rots: float, mended: int) -> None:
    given = rotting(rots, mended)
    targets = [account_id(f"@{i}") for i in range(12_000)]
    share = rots / YEAR * mended / (1 + rots / YEAR * mended)
    stale = sum(not world().covered(given, target, START) for target in targets)
    assert abs(stale - 12_000 * share) <= 4 * np.sqrt(12_000 * share * (1 - share))


def test_entries_rot_and_are_mended_at_the_stated_rates() -> None:
    """Seen at steps: how often a good entry has gone stale, and a stale one been mended, a step later."""
    given, step = rotting(12.0, 20 * DAY), 3 * DAY
    held = np.array([
        [world().covered(given, account_id(f"@{i}"), START + n * step) for n in range(60)] for i in range(600)
    ])  # fmt: skip
    rot, mend = 12.0 / YEAR, 1 / (20 * DAY)
    left = np.exp(-(rot + mend) * step)
    stale = rot / (rot + mend)
    before, after = held[:, :-1], held[:, 1:]
    for found, expected in (
        (~after[before], stale * (1 - left)),
        (~after[~before], stale + (1 - stale) * left),
    ):
        assert found.mean() == pytest.approx(
            expected, abs=5 * np.sqrt(expected * (1 - expected) / found.size)
        )


def test_each_entry_has_its_own_turns_on_each_list() -> None:
    given = rotting(12.0, 30 * DAY)
    other = replace(given, id=component_id("probe"))
    table = np.array([
        [not world().covered(each, account_id(f"@{i}"), START) for i in range(4000)] for each in (given, other)
    ])  # fmt: skip
    assert abs(np.corrcoef(table)[0, 1]) < 0.08
    shifted = np.corrcoef(table[0, 1:], table[0, :-1])[0, 1]
    assert abs(shifted) < 0.08


def test_neighbouring_people_have_turns_of_their_own() -> None:
    given = rotting(12.0, 30 * DAY)
    stale = np.array(
        [not world().covered(given, agent_id(team_id("support"), n), START) for n in range(4000)]
    )
    assert abs(np.corrcoef(stale[1:], stale[:-1])[0, 1]) < 0.08


def test_a_list_that_rots_still_holds_its_share() -> None:
    given = rotting(2.0, 60 * DAY, covers=0.6)
    stale = 2.0 / YEAR * 60 * DAY / (1 + 2.0 / YEAR * 60 * DAY)
    share = 0.6 * (1 - stale)
    held = sum(world().covered(given, account_id(f"@{i}"), START) for i in range(6000))
    assert abs(held - 6000 * share) <= 4 * np.sqrt(6000 * share * (1 - share))
    assert not any(
        world().covered(given, account_id(f"@{i}"), START)
        and not world().covered(control(covers=0.6), account_id(f"@{i}"), START)
        for i in range(500)
    )


def test_a_list_that_does_not_rot_is_never_stale() -> None:
    given = rotting(0.0, 1)
    assert all(world().covered(given, account_id(f"@{i}"), START + i * DAY) for i in range(500))


# -- the incident ---------------------------------------------------------------------------


def incident(**new: object) -> IncidentPlan:
    given = plan_of("", acts("@b 1 min")).incident
    assert given is not None
    return replace(given, **new)  # type: ignore[arg-type]


def test_a_length_of_leaving_below_zero_lies_before_the_act() -> None:
    gone = incident(leaves=Length(FIXED, -20.0 * MINUTE))
    leaves = world().leaving(gone)
    assert leaves is not None
    assert leaves - gone.at == pytest.approx(-20 * MINUTE, abs=1)


def test_each_incident_has_its_own_draws() -> None:
    spread = incident(leaves=Length(UNIFORM, 0.0, 60.0 * MINUTE))
    other = replace(spread, id=spread.id + (1 << 16))
    apart = [(world(n).leaving(spread), world(n).leaving(other)) for n in range(200)]
    assert all(one != two for one, two in apart)
    assert abs(np.corrcoef(np.array(apart, dtype=float).T)[0, 1]) < 0.3


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
