"""Made-up results for tests of tables and charts: plausible figures, none of them simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from deactsim.scenario.load import load
from deactsim.scenario.schema import Scenario
from deactsim.study.results import (
    Basis,
    ChannelResult,
    Comparison,
    Decision,
    Estimate,
    FactResult,
    Group,
    PolicyOutcome,
    Ranking,
    ReadingOutcome,
    ReadingReplay,
    Replay,
    StageResult,
    Summary,
    TimelineRow,
    Tipping,
)

if TYPE_CHECKING:
    import pandas as pd

EFFECT = datetime.fromisoformat("2017-11-02T18:48:30-04:00")
READINGS = (
    ("deliberate", "deliberate", "D"),
    ("throwaway", "throwaway gesture", "T"),
    ("misidentified", "took it for a fake account", "M"),
)


@cache
def scenario() -> Scenario:
    return load(Path(__file__).with_name("made_up.yaml"))


def frame() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({"world": [0, 1], "weight": [0.5, 0.5], "dark_minutes": [11.0, 11.0]})


def fixed(value: float, unit: str = "min") -> Summary:
    return Summary(value, value, value, value, unit)


def spread(median: float, p05: float, p95: float, unit: str = "min") -> Summary:
    return Summary(median, median, p05, p95, unit)


def about(value: float, unit: str = "min", give: float = 0.03) -> Estimate:
    return Estimate(value, value * (1 - give), value * (1 + give), unit)


def stages() -> tuple[StageResult, ...]:
    rows = (
        ("notice", "somebody notices", 1.7, 0.5, 4.1),
        ("word", "word reaches platform", 1.0, 0.2, 2.6),
        ("pick_up", "on-call picks up", 2.8, 0.84, 5.8),
        ("find_cause", "cause found", 2.7, 0.6, 5.8),
        ("authorise", "undo authorised", 1.2, 0.2, 3.2),
        ("restore", "account visible again", 1.6, 0.3, 3.9),
    )
    return tuple(StageResult(name, label, spread(m, lo, hi), 0.2) for name, label, m, lo, hi in rows)


def channels() -> tuple[ChannelResult, ...]:
    return (
        ChannelResult("colleague", "colleague", spread(19, 4, 70), spread(6, 2, 11), 0.04, spread(6, 2, 11)),
        ChannelResult(
            "public", "public", spread(1.5, 0.5, 4), spread(2.5, 1.0, 5.6), 0.96, spread(1.4, 0.5, 4)
        ),
        ChannelResult("holder", "account holder", spread(30, 5, 200), None, 0.0),
        ChannelResult("probe", "probe", None, None, 0.0),
    )


def row(event: str, label: str, role: str, minute: float, text: str, said: Summary | None) -> TimelineRow:
    def iso(value: float) -> str:
        return (EFFECT + timedelta(minutes=value)).isoformat()

    return TimelineRow(
        event=event,
        label=label,
        role=role,  # type: ignore[arg-type]
        documented=iso(minute),
        documented_text=text,
        median=None if said is None else iso(said.median),
        p05=None if said is None else iso(said.p05),
        p95=None if said is None else iso(said.p95),
        minutes=said,
        source="Herald, Gazette" if event == "visible" else "Herald",
    )


def timeline() -> tuple[TimelineRow, ...]:
    return (
        row("took_effect", "account deactivated", "given", 0, "18:48:30 ±60s", spread(0, -0.9, 0.9)),
        row("public_notice", "first public posts", "checked", 2.5, "by 18:51", spread(1.6, 0.4, 4.4)),
        row("visible", "account visible", "pinned", 11, "+11 min", fixed(11)),
        row("first_statement", "first statement", "pinned", 77.35, "20:05:51", fixed(77.35)),
        row("holder", "holder tweets again", "noted", 76.5, "20:05", None),
        row(
            "audience_whole",
            "follower counts whole",
            "checked",
            592,
            "after 04:41 +1d",
            spread(800, 210, 1380),
        ),
    )


def facts(agrees: bool = True) -> tuple[FactResult, ...]:
    def fact(name: str, role: str, value: float | str | None, text: str, **more: object) -> FactResult:
        given: dict[str, object] = {"simulated": None, "unit": "min", "agrees": None, "percentile": None}
        return FactResult(name, name.replace("_", " "), role, value, text, source="Herald", **given | more)  # type: ignore[arg-type]

    return (
        fact("dark", "pinned", 11.0, "11 min", simulated=fixed(11)),
        fact("start", "given", 0.0, "18:48:30", simulated=fixed(0)),
        fact(
            "first_posts",
            "checked",
            2.5,
            "by 18:51",
            simulated=spread(1.6, 0.4, 4.4),
            agrees=True,
            percentile=76.0,
            passes=(0.4, None),
        ),
        fact(
            "counts_partial",
            "checked",
            592.0,
            "after 04:41 +1d",
            simulated=spread(800, 210, 1380),
            agrees=True,
            percentile=38.0,
            passes=(None, 1380.0),
        ),
        fact(
            "posts_lost",
            "checked",
            0.0,
            "0",
            simulated=fixed(0, "share"),
            agrees=True,
            percentile=50.0,
            unit="share",
            passes=(0.0, 0.0),
        ),
        fact(
            "other_15_min",
            "checked",
            15.0,
            "15 min",
            simulated=spread(13, 6, 29),
            agrees=agrees,
            percentile=62.0,
            passes=(6.0, 29.0),
            free=True,
        ),
        fact("page", "noted", "page does not exist", "page does not exist", unit=None),
    )


def measures(dark: Summary) -> dict[str, Summary]:
    return {
        "dark_minutes": dark,
        "audience_minutes": Summary(
            *(41.7e6 * v for v in (dark.mean, dark.median, dark.p05, dark.p95)), "follower minutes"
        ),
        "time_to_detect": spread(1.5, 0.5, 4.1),
        "time_to_first_statement": fixed(77.35),
        "time_to_audience_whole": spread(780, 200, 1380),
    }


def replay(
    policy: str = "as-it-was", stopped: float = 0.0, dark: Summary | None = None, **more: object
) -> Replay:
    found = measures(dark or fixed(11))
    readings = tuple(
        ReadingReplay(
            name,
            label,
            letter,
            2000,
            580.0,
            Estimate(stopped, stopped, stopped, "share"),
            found,
            stages(),
            channels(),
            36.0,
            None if letter == "D" else "deliberate",
        )
        for name, label, letter in READINGS
    )
    made = Replay(
        scenario=scenario(),
        policy=policy,
        reading="deliberate",
        seed=1,
        worlds=2000,
        effective_worlds=580.0,
        measures=found,
        free=measures(spread(13, 6, 29)),
        stages=stages(),
        channels=channels(),
        facts=facts(),
        timeline=timeline(),
        prior_percentile=36.0,
        readings=readings,
        rests_on=Basis(
            19,
            3,
            0,
            0,
            27,
            5,
            ("split of the minutes", "hour of leaving"),
            ("response.pick_up",),
            {"pinned": 1, "given": 1, "checked": 4, "noted": 1},
            1,
        ),
        frame_of=frame,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def outcomes(
    shares: Sequence[float], dark: Summary | None, starts: float = 0.0
) -> tuple[ReadingOutcome, ...]:
    return tuple(
        ReadingOutcome(
            name,
            Estimate(share, max(0.0, share - 0.01), min(1.0, share + 0.01), "share"),
            None if share >= 1 or dark is None else dark,
            None if share >= 1 else fixed(starts),
            about((1 - share) * (dark.mean if dark is not None else 0.0)),
        )
        for (name, _, _), share in zip(READINGS, shares, strict=False)
    )


def outcome(
    name: str,
    group: Group,
    shares: Sequence[float],
    dark: Summary | None,
    decides: tuple[str, str] | None,
    friction: Mapping[str, tuple[float, str]],
    text: str,
    starts: float = 0.0,
    reason: str | None = None,
    adapted: tuple[ReadingOutcome, ...] = (),
) -> PolicyOutcome:
    found = tuple(
        replace(
            each,
            measures={} if dark is None else measures(dark),
            difference={"dark_minutes": Estimate(-1.0, -1.1, -0.9, "min")},
        )
        for each in outcomes(shares, dark, starts)
    )
    return PolicyOutcome(
        name=name,
        label=name,
        group=group,
        readings=found,
        decided_by=None
        if decides is None
        else Decision("policies." + name, decides[0], decides[1], "assumed", "50 %", "99 %", 5.5, 0.1),
        friction={key: about(*value) for key, value in friction.items()},
        friction_text=text,
        reason=reason,
        reason_source="Herald" if reason and group == "nothing" else None,
        adapted=adapted,
    )


def policies() -> tuple[PolicyOutcome, ...]:
    eleven = fixed(11)
    return (
        outcome("as-it-was", "nothing", (0, 0, 0), eleven, None, {}, ""),
        outcome(
            "protected-list",
            "stops",
            (0.98,) * 3,
            eleven,
            ("list covers 98%", "98%"),
            {"rerouted": (2, "a week")},
            "2 rerouted",
        ),
        outcome(
            "two-person",
            "stops",
            (0.9, 0.9, 0.898),
            eleven,
            ("review catches 90%", "90%"),
            {"minutes_held": (112, "min a week"), "urgent_held": (1.4, "a week")},
            "28 held 4 min, 1.4 urgent ones waited",
        ),
        outcome(
            "step-down-1d",
            "stops",
            (0.99,) * 3,
            eleven,
            ("HR told in time 99%", "99%"),
            {"agent_days_lost": (2.2, "days a week")},
            "2.2 agent-days",
            reason="D acts a day sooner",
            adapted=outcomes((0.0,), eleven, -1440.0),
        ),
        outcome(
            "preauthorised",
            "shortens",
            (0, 0, 0),
            spread(5.1, 2.4, 8.4),
            ("split of the 11 min", ""),
            {"wrongly_undone": (0.1, "a week")},
            "0.1 wrong undo",
        ),
        outcome(
            "alert-undo",
            "shortens",
            (0, 0, 0),
            spread(8.4, 5.0, 10.4),
            ("split of the 11 min", ""),
            {"false_alarms": (21, "a week")},
            "21 alarms",
        ),
        outcome(
            "undo-button", "shortens", (0, 0, 0), spread(9.9, 6.7, 11.0), ("split of the 11 min", ""), {}, ""
        ),
        outcome(
            "vip-alert",
            "shortens",
            (0, 0, 0),
            spread(9.9, 7.2, 11.0),
            ("split of the 11 min", ""),
            {"false_alarms": (21, "a week")},
            "21 alarms",
        ),
        outcome(
            "cool-off-15m",
            "postpones",
            (0, 0, 0),
            eleven,
            ("nobody is watching", ""),
            {"minutes_held": (420, "min a week")},
            "28 held 15 min",
            starts=15.0,
        ),
        outcome("short-retention", "lengthens", (0, 0, 0), spread(300, 200, 1440), None, {}, ""),
        outcome(
            "fast-cut-off",
            "nothing",
            (0, 0, 0),
            eleven,
            None,
            {},
            "",
            reason="the act came before the last shift ended",
        ),
        outcome("ten-an-hour", "nothing", (0, 0, 0), eleven, None, {}, "", reason="there was one act"),
        outcome("confirm", "nothing", (0, 0, 0), eleven, None, {}, ""),
        replace(
            outcome(
                "fifteen-holders",
                "unknown",
                (),
                None,
                None,
                {},
                "",
                reason="unknown whether this actor would be one of the 15",
            ),
            readings=(),
        ),
    )


def comparison(made: Sequence[PolicyOutcome] | None = None, **more: object) -> Comparison:
    shown = tuple(policies() if made is None else made)
    order = tuple(policy.name for policy in shown)
    known = [policy for policy in shown if policy.readings]
    worst = {
        policy.name: max(each.mean_dark.mean for each in (*policy.readings, *policy.adapted))
        for policy in known
    }
    whole = Comparison(
        scenario=scenario(),
        baseline="as-it-was",
        seed=1,
        worlds=2000,
        effective_worlds=580.0,
        weeks=52,
        readings=READINGS,
        policies=shown,
        tipping=(
            Tipping(
                "two-person",
                "preauthorised",
                "policies.two-person.approval.catches",
                "what the reviewers catch",
                "over",
                "53%",
                "90%",
                "assumed",
                "49%",
                "57%",
                ("53.2%", "52.8%"),
                ("57.1%", "48.9%"),
            ),
            Tipping(
                "vip-alert",
                "undo-button",
                "detection.word_reaches_platform.delay",
                "the time word takes",
                "over",
                "60 s",
                "90 s",
                "assumed",
                None,
                "75 s",
                ("61 s", "59 s"),
                ("76 s", None),
            ),
        ),
        ranking=Ranking(
            {name: order for name, _, _ in READINGS},
            {name: () for name, _, _ in READINGS},
            True,
            "protected-list, two-person, preauthorised; under D, nobody adapting: step-down-1d first",
            tuple(sorted(worst, key=lambda name: worst[name])),
            (("undo-button", "vip-alert"),),
        ),
        error=0.008,
        frame_of=frame,
    )
    return replace(whole, **more)  # type: ignore[arg-type]
