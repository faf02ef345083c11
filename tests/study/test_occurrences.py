"""One occurrence, run and measured: the same in its own window as in a whole year, and as a naive count says."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from deactsim.engines.chosen import run
from deactsim.model.causes import YEAR, CausePlan, Occurrence, incident_of, occurrence, occurrences
from deactsim.model.compile import compile_plan
from deactsim.model.compile_causes import compile_causes
from deactsim.model.invariants import check_trace
from deactsim.model.plan import Plan
from deactsim.model.shifts import DAY
from deactsim.model.states import Channel, Event, Gate
from deactsim.model.streams import act_id, world_key
from deactsim.model.trace import Row
from deactsim.model.world import HOUR, World
from deactsim.study.occurrences import COLUMNS, FOLLOW, WARM_UP, measured, run_occurrence, window

from ..engines.tiny import MINUTE, NOON, acts, at, night, scenario

PROTECTED = frozenset({"vip"})


def column(values: Sequence[float], name: str) -> float:
    return values[COLUMNS.index(name)]


def same(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(one) == len(other) and all(
        a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(one, other, strict=True)
    )


# -- measured -------------------------------------------------------------------------------


def tiny(policy: str = "", more: str = "", **script: object) -> dict[str, float]:
    trace = night(policy, more, **script)
    assert trace.plan.incident is not None
    accounts = {act_id(k): (a.followers, a.tier in PROTECTED) for k, a in enumerate(trace.plan.incident.acts)}
    return dict(zip(COLUMNS, measured(trace.rows, accounts.get), strict=True))


def test_the_plain_incident() -> None:
    """Dark from 0 to 25, noticed by the public at 10."""
    assert tiny() == {
        "asked": 1, "stopped": 0, "accounts_dark": 1, "dark_minutes": 25, "audience_minutes": 2500,
        "protected_dark": 1, "protected_minutes": 25, "content_lost": 0, "longest_protected": 25,
        "time_to_detect": 10, "time_to_restore": 15, "noticed_by": Channel.PUBLIC,
        "still_dark": 0, "first_still_dark": 0,
    }  # fmt: skip


def test_several_acts_add_up_and_only_the_protected_count_as_such() -> None:
    """The responder is busy until 25; the second act, of minute 2, comes back at 35, the third at 45."""
    found = tiny("", acts("@b 2 min", "@c 4 min"))
    assert found["asked"] == found["accounts_dark"] == 3
    assert found["dark_minutes"] == 25 + 33 + 41
    assert found["audience_minutes"] == 100 * (25 + 33 + 41)
    assert (found["protected_dark"], found["protected_minutes"], found["longest_protected"]) == (2, 58, 33)
    assert (found["time_to_detect"], found["time_to_restore"]) == (10, 15)


def test_a_stopped_one_has_no_times() -> None:
    found = tiny("protected_list: {then: deny}")
    assert (found["asked"], found["stopped"], found["accounts_dark"], found["dark_minutes"]) == (1, 1, 0, 0)
    assert all(math.isnan(found[name]) for name in ("time_to_detect", "time_to_restore", "noticed_by"))
    assert found["longest_protected"] == 0


def test_one_that_is_cancelled_is_stopped_once() -> None:
    assert tiny("cooling_off: {for: 1 h, watched: 100%, notices: 1 min}")["stopped"] == 1


def test_what_nobody_brings_back_is_dark_for_ninety_days() -> None:
    found = tiny("retention: {keep: 1 h}", "detection: {public: {chance: 0%}}\n")
    assert found["dark_minutes"] == found["longest_protected"] == 90 * 24 * 60
    assert found["content_lost"] == 1
    assert (found["still_dark"], found["first_still_dark"]) == (1, 1)
    # Nobody notices for so long, and what nobody notices nobody begins to restore.
    assert found["time_to_detect"] == 90 * 24 * 60
    assert math.isnan(found["time_to_restore"])
    assert math.isnan(found["noticed_by"])


@pytest.mark.parametrize(
    ("days", "dark", "still"), [(89, 89.0, 0), (90, 90.0, 0), (91, 90.0, 1), (None, 90.0, 1)]
)
def test_an_account_is_followed_for_ninety_days(days: int | None, dark: float, still: int) -> None:
    """Noticed after ten days, and back after so many: what is cut is no more than a lower bound."""
    day = 24 * 60
    rows = [
        Row(at(0), Event.TOOK_EFFECT, act_id(0), 0, 0),
        Row(at(10 * day), Event.NOTICED, act_id(0), Channel.HOLDER, 0),
        *([] if days is None else [Row(at(days * day), Event.VISIBLE, act_id(0), 0, 0)]),
    ]
    found = dict(zip(COLUMNS, measured(rows, {act_id(0): (1, True)}.get), strict=True))
    assert found["dark_minutes"] == found["longest_protected"] == dark * day
    assert found["time_to_detect"] == 10 * day
    assert found["time_to_restore"] == (dark - 10) * day
    assert (found["still_dark"], found["first_still_dark"]) == (still, still)


def test_what_is_noticed_after_ninety_days_counts_as_not_noticed() -> None:
    day = 24 * 60
    rows = [
        Row(at(0), Event.TOOK_EFFECT, act_id(0), 0, 0),
        Row(at(91 * day), Event.NOTICED, act_id(0), Channel.HOLDER, 0),
        Row(at(92 * day), Event.VISIBLE, act_id(0), 0, 0),
    ]
    found = dict(zip(COLUMNS, measured(rows, {act_id(0): (1, True)}.get), strict=True))
    assert found["time_to_detect"] == 90 * day
    assert math.isnan(found["time_to_restore"])
    assert math.isnan(found["noticed_by"])


def test_what_comes_back_unnoticed_has_no_time_to_detect() -> None:
    found = tiny("automatic_restore: {after: 4 min}")
    assert found["dark_minutes"] == 4
    assert math.isnan(found["time_to_detect"])


def test_times_are_those_of_the_act_that_went_dark_first() -> None:
    """The first act is stopped: the second is the first to go dark."""
    more = acts("@c 5 min")
    found = tiny("protected_list: {then: deny, of: vip}", more)
    assert (found["asked"], found["stopped"], found["accounts_dark"]) == (2, 1, 1)
    assert (found["protected_dark"], found["longest_protected"]) == (0, 0)
    assert (found["time_to_detect"], found["time_to_restore"]) == (10, 15)


def test_rows_of_others_do_not_count() -> None:
    rows = [
        Row(at(0), Event.REQUESTED, act_id(0), 0, 0),
        Row(at(0), Event.TOOK_EFFECT, act_id(0), 0, 0),
        Row(at(1), Event.TOOK_EFFECT, act_id(1), 0, 0),
        Row(at(2), Event.VISIBLE, act_id(0), 0, 0),
    ]
    mine = {act_id(0): (7, False)}
    assert column(measured(rows, mine.get), "accounts_dark") == 1
    assert column(measured(rows, mine.get), "audience_minutes") == 14
    nothing = dict(zip(COLUMNS, measured([], mine.get), strict=True))
    unknown = {name for name, value in nothing.items() if math.isnan(value)}
    assert unknown == {"time_to_detect", "time_to_restore", "noticed_by"}
    assert {value for name, value in nothing.items() if name not in unknown} == {0.0}


def naive(rows: list[Row], accounts: dict[int, tuple[int, bool]]) -> list[float]:
    """The same once more, account by account and minute by minute of nobody's cleverness."""

    def times(event: Event, entity: int) -> list[int]:
        return [r.time for r in rows if r.event == event and r.entity == entity]

    dark = {e: times(Event.TOOK_EFFECT, e)[0] for e in accounts if times(Event.TOOK_EFFECT, e)}
    ends = {e: min([*times(Event.VISIBLE, e), dark[e] + FOLLOW]) for e in dark}
    minutes = {e: (ends[e] - dark[e]) / MINUTE for e in dark}
    vip = [e for e in dark if accounts[e][1]]
    total = [
        sum(len(times(event, e)) for e in accounts)
        for event in (Event.REQUESTED, Event.GATE_DENIED, Event.CONTENT_LOST)
    ]
    found = [
        total[0], total[1], len(dark), sum(minutes.values()), sum(minutes[e] * accounts[e][0] for e in dark),
        len(vip), sum(minutes[e] for e in vip), total[2], max([minutes[e] for e in vip], default=0.0),
    ]  # fmt: skip
    still = [e for e in dark if not any(back <= dark[e] + FOLLOW for back in times(Event.VISIBLE, e))]
    first = sorted(dark, key=lambda e: (dark[e], e))[:1]
    cut = first[:1] == [e for e in first if e in still] and bool(first)
    seen = [(r.time, r.by) for r in rows if r.event == Event.NOTICED and r.entity in first]
    if not seen or seen[0][0] > ends[first[0]]:
        detect = FOLLOW / MINUTE if cut else math.nan
        return [*found, detect, math.nan, math.nan, len(still), cut]
    detect, restore = (
        (b - a) / MINUTE for a, b in ((dark[first[0]], seen[0][0]), (seen[0][0], ends[first[0]]))
    )
    return [*found, detect, restore, seen[0][1], len(still), cut]


def test_measured_is_what_a_naive_count_says_of_random_rows() -> None:
    chance = random.Random(5)
    for _ in range(400):
        accounts = {act_id(k): (chance.randrange(1000), chance.random() < 0.5) for k in range(4)}
        rows = []
        for act in [*accounts, act_id(9)]:
            time = at(chance.randrange(5))
            rows.append(Row(time, Event.REQUESTED, act, 0, 0))
            if chance.random() < 0.3:
                rows.append(Row(time, Event.GATE_DENIED, act, Gate.CONFIRM, 0))
                continue
            rows.append(Row(time, Event.TOOK_EFFECT, act, 0, 0))
            for _ in range(chance.randrange(3)):
                time += chance.randrange(400) * MINUTE
                rows.append(Row(time, Event.NOTICED, act, chance.randrange(1, 9), 0))
            if chance.random() < 0.3:
                rows.append(Row(time, Event.CONTENT_LOST, act, 0, 0))
            if chance.random() < 0.7:
                rows.append(Row(time + chance.choice([1, 999, 200_000]) * MINUTE, Event.VISIBLE, act, 1, 0))
        rows.sort(key=lambda row: row.time)
        assert same(measured(rows, accounts.get), [float(x) for x in naive(rows, accounts)])


# -- in a window and in a whole year --------------------------------------------------------

CAUSES = """
causes:
  grudge: {cause: deliberate, rate: 2 per year, command: deactivate, by: [support, desk],
    targets: {vip: 60%, ordinary: 40%},
    accounts: 3, spacing: 7 min, leaving: 30%, leaves_after_act: uniform 0 s to 2 days, former: 30%,
    left_before_act: uniform 1 h to 20 days, may_adapt: 40%, keys: {leads: 1}, open_report: 50%}
  slip: {cause: slip, rate: 1 per year, command: deactivate, by: [support], targets: {vip: 100%}}
teams:
  support: {headcount: 9, shift: "Mon-Fri 08:00-18:00 UTC"}
  desk: {headcount: 3, may: {deactivate: [vip, ordinary]}, employment: contractor}
  leads: {headcount: 40, shift: "07:00-20:00 UTC"}
  oncall: {headcount: 60}
platform: {commands: {deactivate: {lag: uniform 0 s to 9 min}}, retention: 20 days}
detection:
  public: {delay: "median 10 min, p90 40 min", chance: 60%}
  holder: {delay: "median 45 min, p90 6 h", chance: 40%}
  colleague: {delay: "median 20 min, p90 2 h", chance: 25%}
  actor: {delay: "median 15 min, p90 1 h", chance: 50%, undoes: true}
  word_reaches_platform: {delay: "median 5 min, p90 20 min"}
response: {pick_up: "median 6 min, p90 25 min", find_cause: "median 8 min, p90 30 min",
  restore: "median 3 min, p90 10 min",
  contain: "median 10 min, p90 1 h"}
"""
POLICIES = {
    "nothing": "",
    "approval": "approval: {by: {leads: 2}, review: 'median 4 min, p90 15 min', catches: 60%, stamps: 20%,"
    " time_out: 30 min, off_shift: pass, commands: [deactivate, restore]}",
    "rights": "step_down: {before_last_shift: 10 h, told_in_time: 60%, covers: 80%, rots: 2 per year}\n"
    "deprovisioning: {lag: 'median 1 day, p90 5 days', vendor_lag: 1 day, lost: 10%}",
    "gates": "confirm: {stops_slips: 50%, habit: 20%}\nopen_report: {of: vip}\nrate_limit: {per_agent: 2 per hour}\n"
    "just_in_time: {takes: 5 min}\ncooling_off: {for: 20 min, watched: 30%, notices: 'median 5 min, p90 1 h'}",
    "detect": "probe: {every: 3 h, recall: 50%}\nleaver_watch: {before_last_shift: 1 day, after: 9 min, recall: 60%}\n"
    "audit: {every: 7 days, sample: 40%}\nalert: {after: 2 min, recall: 60%, works: 80%, stretch: 2 days}",
    "restore": "undo_button: {restore: 1 min}\nautomatic_restore: {after: 'median 30 min, p90 2 h', works: 70%}\n"
    "preauthorised_undo: {of: vip, covers: 60%}\non_call: {headcount: 80}",
    "freeze": "lock_down: {after: 1 min, for: 3 min}\nseparation_of_duties: {by: leads, takes: 3 min, catches: 20%}",
}


def compiled(policy: str, more: str = "") -> tuple[Plan, tuple[CausePlan, ...]]:
    given = scenario(POLICIES.get(policy, policy), CAUSES + more)
    return compile_plan(given, "tried" if POLICIES.get(policy, policy) else "plain", None), compile_causes(
        given
    )


def whole_year(key: int) -> World:
    return World(key, NOON, NOON + YEAR + FOLLOW)


def of_year(plan: Plan, causes: Sequence[CausePlan], key: int) -> list[Occurrence]:
    """The occurrences of a year, but for those whose actor begins before it does."""
    world = whole_year(key)
    found = [
        occurrence(world, plan, cause, number, NOON)
        for cause in causes
        for number in range(min(3, occurrences(world, cause, 0)))
    ]
    return [one for one in found if one.at > NOON + 2 * DAY]


@pytest.mark.parametrize("policy", POLICIES)
def test_an_occurrence_is_the_same_in_its_window_as_in_the_whole_year(policy: str) -> None:
    """Exactly: apart from the sharing of people, of whom there are enough, nothing else counts."""
    plan, causes = compiled(policy)
    compared, columns = 0, set()
    for number in range(6):
        key = world_key(8, number)
        found = of_year(plan, causes, key)
        incidents = tuple(incident_of(plan, what, WARM_UP, FOLLOW) for what in found)
        trace = run(replace(plan, others=incidents), whole_year(key))
        for what, incident in zip(found, incidents, strict=True):
            accounts = {
                incident.id + k: (act.followers, act.tier in PROTECTED) for k, act in enumerate(incident.acts)
            }
            direct = measured(trace.rows, accounts.get)
            alone = run_occurrence(plan, window(key, what), what, PROTECTED)
            assert same(alone, direct), (number, what.cause.name, alone, direct)
            compared += 1
            columns |= {
                name for name, value in zip(COLUMNS, alone, strict=True) if value and not math.isnan(value)
            }
    assert compared > 15
    assert {"asked", "accounts_dark", "dark_minutes", "protected_minutes", "time_to_detect"} <= columns
    if policy in ("approval", "rights", "gates", "freeze"):
        assert "stopped" in columns


@pytest.mark.parametrize("policy", ["nothing", "restore", "gates"])
def test_the_rows_are_those_of_the_whole_year_too(policy: str) -> None:
    plan, causes = compiled(policy)
    for number in range(3):
        key = world_key(9, number)
        for what in of_year(plan, causes, key)[:3]:
            incident = incident_of(plan, what, WARM_UP, FOLLOW)
            world = window(key, what)
            trace = run(replace(plan, incident=incident), world)
            assert check_trace(trace, world) == []
            year = run(replace(plan, others=(incident,)), whole_year(key))
            # The night ends with the incident; freezes and looks may last longer in the year.
            ours, theirs = (
                [row for row in rows if row.entity >> 16 == incident.id >> 16]
                for rows in (trace.rows, year.rows)
            )
            assert theirs[: len(ours)] == ours
            assert all(
                row.event in (Event.LOCK_LIFTED, Event.NOTICED, Event.CONTENT_LOST)
                for row in theirs[len(ours) :]
            )


def test_a_window_has_the_luck_of_its_year() -> None:
    plan, causes = compiled("nothing")
    what = of_year(plan, causes, world_key(1, 1))[0]
    found = window(world_key(1, 1), what)
    last = what.at + what.acts[-1].after
    assert found == World(world_key(1, 1), what.at - WARM_UP, last + 2 * FOLLOW)


def test_routine_around_it_does_not_depend_on_the_window() -> None:
    """Reports of the year are those of the window: the same people come by the same work."""
    more = "reports: {ordinary: {command: deactivate, rate: 3 per hour, actioned: 50%, handling: 5 min}}\n"
    plan, causes = compiled("nothing", more)
    key = world_key(1, 2)
    what = of_year(plan, causes, key)[0]
    inside = window(key, what)
    span = (inside.start, inside.start + 9 * HOUR)
    assert inside.reports(plan.streams, *span) == whole_year(key).reports(plan.streams, *span)
    assert inside.reports(plan.streams, *span)


def test_a_policy_that_stops_every_act_leaves_nothing_to_measure() -> None:
    plan, causes = compiled("protected_list: {then: deny}")
    for what in of_year(plan, causes, world_key(1, 3)):
        found = run_occurrence(plan, window(world_key(1, 3), what), what, PROTECTED)
        assert column(found, "asked") == column(found, "stopped") == len(what.acts)
        assert column(found, "dark_minutes") == 0


def test_runs_repeat() -> None:
    plan, causes = compiled("detect")
    key = world_key(1, 4)
    for what in of_year(plan, causes, key):
        once, again = (run_occurrence(plan, window(key, what), what, PROTECTED) for _ in range(2))
        assert same(once, again)


@pytest.mark.parametrize("protected", [frozenset(), frozenset({"vip", "ordinary"})])
def test_who_is_protected_changes_only_what_is_counted_of_them(protected: frozenset[str]) -> None:
    plan, causes = compiled("nothing")
    key = world_key(1, 5)
    for what in of_year(plan, causes, key):
        found = run_occurrence(plan, window(key, what), what, protected)
        usual = run_occurrence(plan, window(key, what), what, PROTECTED)
        assert found[:5] == usual[:5]
        expected = (column(found, "accounts_dark"), column(found, "dark_minutes")) if protected else (0, 0)
        assert (column(found, "protected_dark"), column(found, "protected_minutes")) == expected
