"""A result as plain data: the JSON document, and the same figures as tidy rows for CSV.

Numbers are numbers, units are named, and what cannot be said is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..study.results import (
    Basis,
    Comparison,
    Estimate,
    PolicyOutcome,
    ReadingReplay,
    Replay,
    StageResult,
    Summary,
)
from .wording import is_known

Record = dict[str, Any]
Row = tuple[str | float | int | None, ...]

RUN_COLUMNS = ("part", "name", "reading", "figure", "value", "unit", "longer")
COMPARE_COLUMNS = ("policy", "group", "reading", "part", "name", "figure", "value", "unit", "longer")
FIGURES = ("mean", "median", "p05", "p95")
ESTIMATES = ("mean", "low", "high")


def run_record(replay: Replay, digest: str) -> Record:
    """The JSON document of a replay."""
    return only_known(
        {
            "question": "replay",
            "scenario": {"title": replay.scenario.title, "hash": digest},
            "policy": replay.policy,
            "reading": replay.reading,
            "seed": replay.seed,
            "worlds": replay.worlds,
            "effective_worlds": replay.effective_worlds,
            "fit": None if replay.fit is None else asdict(replay.fit),
            "measures": summaries(replay.measures),
            "stages": [_stage(stage) for stage in replay.stages],
            "facts": [asdict(fact) for fact in replay.facts],
            "timeline": [asdict(row) for row in replay.timeline],
            "prior_percentile": replay.prior_percentile,
            "free": summaries(replay.free),
            "channels": [asdict(channel) for channel in replay.channels],
            "readings": [_reading(reading) for reading in replay.readings],
            "assumed": sorted(replay.rests_on.assumed_paths),
            "rests_on": counted(replay.rests_on)
            | {
                "decisive": list(replay.rests_on.decisive),
                "facts": dict(replay.rests_on.facts),
                "disputed_facts": replay.rests_on.disputed_facts,
                "noted": list(replay.rests_on.noted_paths),
            },
            "silent": list(replay.scenario.silent),
        }
    )


def compare_record(comparison: Comparison, digest: str) -> Record:
    """The JSON document of a comparison."""
    return only_known(
        {
            "question": "compare",
            "scenario": {"title": comparison.scenario.title, "hash": digest},
            "varied": varied_record(comparison.varied, comparison.reached),
            "baseline": comparison.baseline,
            "seed": comparison.seed,
            "worlds": comparison.worlds,
            "effective_worlds": comparison.effective_worlds,
            "fit": None if comparison.fit is None else asdict(comparison.fit),
            "weeks": comparison.weeks,
            "readings": [
                {"name": name, "letter": letter, "label": label}
                for name, label, letter in comparison.readings
            ],
            "policies": [_policy(policy) for policy in comparison.policies],
            "tipping": [asdict(tipping) for tipping in comparison.tipping],
            "ranking": {
                "by_reading": {name: list(order) for name, order in comparison.ranking.by_reading.items()},
                "ties": {name: [list(tie) for tie in ties] for name, ties in comparison.ranking.ties.items()},
                "survives": comparison.ranking.survives,
                "order": list(comparison.ranking.order),
                "tied": [list(tie) for tie in comparison.ranking.tied],
                "text": comparison.ranking.text,
            },
            "error": comparison.error,
        }
    )


def varied_record(varied: tuple[str, str] | None, reached: Iterable[str]) -> Record | None:
    """What was varied: the path, its value here, and the policies that it moved."""
    return None if varied is None else {"path": varied[0], "value": varied[1], "reached": list(reached)}


def run_rows(replay: Replay) -> list[Row]:
    """The figures of a replay, one a row: see RUN_COLUMNS."""
    rows: list[Row] = [
        ("run", "policy", None, None, replay.policy, None),
        ("run", "seed", None, None, replay.seed, None),
        ("run", "worlds", None, None, replay.worlds, None),
        ("run", "effective_worlds", replay.reading, None, known_or_none(replay.effective_worlds), None),
        ("run", "prior_percentile", replay.reading, None, known_or_none(replay.prior_percentile), None),
    ]
    for reading in replay.readings:
        rows += [("stopped", "", reading.name, *row) for row in flagged_rows(reading.stopped, ESTIMATES)]
        for name, summary in reading.measures.items():
            rows += [("measure", name, reading.name, *row) for row in flagged_rows(summary, FIGURES)]
        for stage in reading.stages:
            rows += [
                ("stage", stage.name, reading.name, *row) for row in flagged_rows(stage.summary, FIGURES)
            ]
        for channel in reading.channels:
            rows.append(("channel", channel.name, reading.name, "first", channel.first, "share"))
            for part, spread in (("notices", channel.notices), ("arrives", channel.arrives)):
                if spread is not None:
                    rows += [
                        ("channel", channel.name, reading.name, f"{part} {figure}", *row)
                        for figure, *row in flagged_rows(spread, FIGURES)
                    ]
    for name, summary in replay.free.items():
        rows += [("free", name, replay.reading, *row) for row in flagged_rows(summary, FIGURES)]
    for fact in replay.facts:
        rows.append(("fact", fact.id, None, f"documented ({fact.role})", fact.documented, fact.unit))
        if fact.simulated is not None:
            rows += [("fact", fact.id, None, *row) for row in flagged_rows(fact.simulated, FIGURES)]
        if fact.agrees is not None:
            rows.append(("fact", fact.id, None, "agrees", int(fact.agrees), None))
            rows.append(("fact", fact.id, None, "percentile", known_or_none(fact.percentile), None))
    for event in replay.timeline:
        for figure in ("documented", "median", "p05", "p95"):
            longer = int(figure in event.longer) or None
            rows.append(("timeline", event.event, None, figure, getattr(event, figure), "time", longer))
    return _whole(rows, RUN_COLUMNS)


def compare_rows(comparison: Comparison) -> list[Row]:
    """The figures of a comparison, one a row: see COMPARE_COLUMNS."""
    rows: list[Row] = []
    for policy in comparison.policies:
        who = (policy.name, policy.group)
        for adapts, outcomes in ((False, policy.readings), (True, policy.adapted)):
            for outcome in outcomes:
                under = (*who, outcome.reading, "actor adapts" if adapts else "reading")
                rows += [(*under, "stopped", *row) for row in flagged_rows(outcome.stopped, ESTIMATES)]
                rows += [(*under, "mean_dark", *row) for row in flagged_rows(outcome.mean_dark, ESTIMATES)]
                for name, summary in (("dark", outcome.dark), ("starts", outcome.starts)):
                    if summary is not None:
                        rows += [(*under, name, *row) for row in flagged_rows(summary, FIGURES)]
            for outcome in outcomes:
                under = (*who, outcome.reading, "stopped_by")
                if not adapts:
                    rows += [
                        (*under, f"{each.gate} {each.reason}", each.how, known_or_none(each.share), "share")
                        for each in outcome.stopped_by
                    ]
        for outcome in policy.readings:
            read_so = (*who, outcome.reading)
            for name, summary in outcome.measures.items():
                rows += [(*read_so, "measure", name, *row) for row in flagged_rows(summary, FIGURES)]
            for name, estimate in outcome.difference.items():
                rows += [(*read_so, "difference", name, *row) for row in flagged_rows(estimate, ESTIMATES)]
        for name, estimate in policy.friction.items():
            rows += [(*who, None, "friction", name, *row) for row in flagged_rows(estimate, ESTIMATES)]
        if policy.refused is not None:
            rows.append((*who, None, "refused", policy.refused.text, "share", policy.refused.share, "share"))
        first = policy.readings[0].reading if policy.readings else None
        decided = policy.decided_by
        for decision in () if decided is None else (decided, *decided.shared_with):
            start = (*who, first, "decided_by", decision.path)
            unit = "share" if decision.figure == "stopped" else "min"
            rows.append((*start, decision.low_text, known_or_none(decision.figure_low), unit))
            rows.append((*start, decision.high_text, known_or_none(decision.figure_high), unit))
    return _whole(rows, COMPARE_COLUMNS)


def _whole(rows: Iterable[Row], columns: Sequence[str]) -> list[Row]:
    """Rows with a cell for every column."""
    return [row + (None,) * (len(columns) - len(row)) for row in rows]


def flagged_rows(summary: Summary | Estimate, figures: Iterable[str]) -> list[Row]:
    """Each figure of a summary with its value, its unit, and 1 where it is only known to be longer.

    Where durations were cut follow the share of them, and the horizon at which means are restricted.
    """
    longer = summary.longer if isinstance(summary, Summary) else ()
    rows: list[Row] = [(*row, int(row[0] in longer) or None) for row in figure_rows(summary, figures)]
    if isinstance(summary, Summary) and summary.cut > 0.0:
        rows.append(("cut", summary.cut, "share", None))
    if summary.horizon is not None and (isinstance(summary, Estimate) or summary.cut > 0.0):
        rows.append(("horizon", summary.horizon, "min", None))
    return rows


def figure_rows(summary: Summary | Estimate, figures: Iterable[str]) -> list[tuple[str, float | None, str]]:
    """Each figure of a summary with its value and unit."""
    return [(figure, known_or_none(getattr(summary, figure)), summary.unit) for figure in figures]


def known_or_none(value: float | None) -> float | None:
    """A number; None where it cannot be said."""
    return value if is_known(value) else None


def only_known(record: Record) -> Record:
    """The same data with None for every number that cannot be said."""
    return {key: _known_value(value) for key, value in record.items()}


def _known_value(value: Any) -> Any:
    if isinstance(value, dict):
        return only_known(value)
    if isinstance(value, list | tuple):
        return [_known_value(item) for item in value]
    if isinstance(value, float):
        return known_or_none(float(value))
    return value


def summaries(measures: Mapping[str, Summary] | Mapping[str, Estimate]) -> Record:
    """Summaries or estimates by name."""
    return {name: asdict(summary) for name, summary in measures.items()}


def counted(rests_on: Basis) -> Record:
    """How many inputs an answer rests on, by their basis, and how many are disputed."""
    names = ("documented", "inferred", "fitted", "expert", "assumed", "disputed")
    return {name: getattr(rests_on, name) for name in names}


def _stage(stage: StageResult) -> Record:
    return {"name": stage.name, "label": stage.label, **asdict(stage.summary), "spread": stage.spread}


def _reading(reading: ReadingReplay) -> Record:
    return {
        "name": reading.name,
        "label": reading.label,
        "letter": reading.letter,
        "same_as": reading.same_as,
        "worlds": reading.worlds,
        "effective_worlds": reading.effective_worlds,
        "stopped": asdict(reading.stopped),
        "measures": summaries(reading.measures),
        "stages": [_stage(stage) for stage in reading.stages],
        "channels": [asdict(channel) for channel in reading.channels],
        "prior_percentile": reading.prior_percentile,
        "dark_worlds": reading.dark_worlds,
    }


def _policy(policy: PolicyOutcome) -> Record:
    return {
        "name": policy.name,
        "label": policy.label,
        "group": policy.group,
        "stopped": {
            outcome.reading: {
                "share": outcome.stopped.mean,
                "low": outcome.stopped.low,
                "high": outcome.stopped.high,
            }
            for outcome in policy.readings
        },
        "stopped_by": {
            outcome.reading: [asdict(each) for each in outcome.stopped_by] for outcome in policy.readings
        },
        "stopped_how": policy.stopped_how,
        "unheard": policy.unheard,
        "measures": {outcome.reading: summaries(outcome.measures) for outcome in policy.readings},
        "difference": {outcome.reading: summaries(outcome.difference) for outcome in policy.readings},
        "worst": None if policy.worst is None else policy.worst.reading,
        "decided_by": None if policy.decided_by is None else asdict(policy.decided_by),
        "friction": summaries(policy.friction),
        "refused": None if policy.refused is None else asdict(policy.refused),
        "reason": policy.reason,
        "reason_source": policy.reason_source,
        "readings": [asdict(outcome) for outcome in policy.readings],
        "adapted": [asdict(outcome) for outcome in policy.adapted],
    }
