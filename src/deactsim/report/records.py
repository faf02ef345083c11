"""A result as plain data: the JSON document, and the same figures as tidy rows for CSV.

Numbers are numbers, units are named, and what cannot be said is None.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ..study.results import (
    ChannelResult,
    Comparison,
    Decision,
    Estimate,
    FactResult,
    PolicyOutcome,
    ReadingOutcome,
    ReadingReplay,
    Replay,
    StageResult,
    Summary,
)

Record = dict[str, Any]
Row = tuple[str | float | int | None, ...]

RUN_COLUMNS = ("part", "name", "reading", "figure", "value", "unit")
COMPARE_COLUMNS = ("policy", "group", "reading", "part", "name", "figure", "value", "unit")
FIGURES = ("mean", "median", "p05", "p95")
ESTIMATES = ("mean", "low", "high")


def run_record(replay: Replay, digest: str) -> Record:
    """The JSON document of a replay."""
    return _finite(
        {
            "question": "replay",
            "scenario": {"title": replay.scenario.title, "hash": digest},
            "policy": replay.policy,
            "reading": replay.reading,
            "seed": replay.seed,
            "worlds": replay.worlds,
            "effective_worlds": replay.effective_worlds,
            "measures": _summaries(replay.measures),
            "stages": [_stage(stage) for stage in replay.stages],
            "facts": [_fact(fact) for fact in replay.facts],
            "timeline": [
                {
                    "event": row.event,
                    "label": row.label,
                    "role": row.role,
                    "documented": row.documented,
                    "documented_text": row.documented_text,
                    "median": row.median,
                    "p05": row.p05,
                    "p95": row.p95,
                    "minutes": None if row.minutes is None else asdict(row.minutes),
                    "source": row.source,
                }
                for row in replay.timeline
            ],
            "prior_percentile": replay.prior_percentile,
            "free": _summaries(replay.free),
            "channels": [_channel(channel) for channel in replay.channels],
            "readings": [_reading(reading) for reading in replay.readings],
            "assumed": list(replay.rests_on.assumed_paths),
            "rests_on": {
                name: getattr(replay.rests_on, name)
                for name in ("documented", "inferred", "fitted", "expert", "assumed", "disputed")
            }
            | {
                "decisive": list(replay.rests_on.decisive),
                "facts": dict(replay.rests_on.facts),
                "disputed_facts": replay.rests_on.disputed_facts,
            },
            "silent": list(replay.scenario.silent),
        }
    )


def compare_record(comparison: Comparison, digest: str) -> Record:
    """The JSON document of a comparison."""
    path, value = comparison.varied or (None, None)
    return _finite(
        {
            "question": "compare",
            "scenario": {"title": comparison.scenario.title, "hash": digest},
            "varied": None if comparison.varied is None else {"path": path, "value": value},
            "baseline": comparison.baseline,
            "seed": comparison.seed,
            "worlds": comparison.worlds,
            "effective_worlds": comparison.effective_worlds,
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


def run_rows(replay: Replay) -> list[Row]:
    """The figures of a replay, one a row: see RUN_COLUMNS."""
    rows: list[Row] = [
        ("run", "policy", None, None, replay.policy, None),
        ("run", "seed", None, None, replay.seed, None),
        ("run", "worlds", None, None, replay.worlds, None),
        ("run", "effective_worlds", replay.reading, None, _number(replay.effective_worlds), None),
        ("run", "prior_percentile", replay.reading, None, _number(replay.prior_percentile), None),
    ]
    for reading in replay.readings:
        rows += [("stopped", "", reading.name, *row) for row in _spread(reading.stopped, ESTIMATES)]
        for name, summary in reading.measures.items():
            rows += [("measure", name, reading.name, *row) for row in _spread(summary, FIGURES)]
        for stage in reading.stages:
            rows += [("stage", stage.name, reading.name, *row) for row in _spread(stage.summary, FIGURES)]
        for channel in reading.channels:
            rows.append(("channel", channel.name, reading.name, "first", channel.first, "share"))
            for part, spread in (("notices", channel.notices), ("arrives", channel.arrives)):
                if spread is not None:
                    rows += [
                        ("channel", channel.name, reading.name, f"{part} {figure}", value, unit)
                        for figure, value, unit in _spread(spread, FIGURES)
                    ]
    for name, summary in replay.free.items():
        rows += [("free", name, replay.reading, *row) for row in _spread(summary, FIGURES)]
    for fact in replay.facts:
        rows.append(("fact", fact.id, None, f"documented ({fact.role})", fact.documented, fact.unit))
        if fact.simulated is not None:
            rows += [("fact", fact.id, None, *row) for row in _spread(fact.simulated, FIGURES)]
        if fact.agrees is not None:
            rows.append(("fact", fact.id, None, "agrees", int(fact.agrees), None))
            rows.append(("fact", fact.id, None, "percentile", _number(fact.percentile), None))
    for event in replay.timeline:
        for figure in ("documented", "median", "p05", "p95"):
            rows.append(("timeline", event.event, None, figure, getattr(event, figure), "time"))
    return rows


def compare_rows(comparison: Comparison) -> list[Row]:
    """The figures of a comparison, one a row: see COMPARE_COLUMNS."""
    rows: list[Row] = []
    for policy in comparison.policies:
        who = (policy.name, policy.group)
        for adapts, outcomes in ((False, policy.readings), (True, policy.adapted)):
            for outcome in outcomes:
                under = (*who, outcome.reading, "actor adapts" if adapts else "reading")
                rows += [(*under, "stopped", *row) for row in _spread(outcome.stopped, ESTIMATES)]
                rows += [(*under, "mean_dark", *row) for row in _spread(outcome.mean_dark, ESTIMATES)]
                for name, summary in (("dark", outcome.dark), ("starts", outcome.starts)):
                    if summary is not None:
                        rows += [(*under, name, *row) for row in _spread(summary, FIGURES)]
            for outcome in outcomes:
                under = (*who, outcome.reading, "stopped_by")
                if not adapts:
                    rows += [
                        (*under, f"{each.gate} {each.reason}", each.how, _number(each.share), "share")
                        for each in outcome.stopped_by
                    ]
        first = policy.readings[0].reading if policy.readings else None
        for name, summary in policy.measures.items():
            rows += [(*who, first, "measure", name, *row) for row in _spread(summary, FIGURES)]
        for part, estimates in (("difference", policy.difference), ("friction", policy.friction)):
            for name, estimate in estimates.items():
                reading = first if part == "difference" else None
                rows += [(*who, reading, part, name, *row) for row in _spread(estimate, ESTIMATES)]
        decision = policy.decided_by
        if decision is not None:
            start = (*who, first, "decided_by", decision.path)
            unit = "share" if decision.figure == "stopped" else "min"
            rows.append((*start, decision.low_text, _number(decision.figure_low), unit))
            rows.append((*start, decision.high_text, _number(decision.figure_high), unit))
    return rows


def _spread(summary: Summary | Estimate, figures: Iterable[str]) -> list[tuple[str, float | None, str]]:
    return [(figure, _number(getattr(summary, figure)), summary.unit) for figure in figures]


def _number(value: float | None) -> float | None:
    return value if value is None or math.isfinite(value) else None


def _finite(record: Record) -> Record:
    """The same data with None for every number that is not finite."""
    return {key: _finite_value(value) for key, value in record.items()}


def _finite_value(value: Any) -> Any:
    if isinstance(value, dict):
        return _finite(value)
    if isinstance(value, list | tuple):
        return [_finite_value(item) for item in value]
    if isinstance(value, float):
        return _number(float(value))
    return value


def _summaries(measures: Mapping[str, Summary] | Mapping[str, Estimate]) -> Record:
    return {name: asdict(summary) for name, summary in measures.items()}


def _stage(stage: StageResult) -> Record:
    return {"name": stage.name, "label": stage.label, **asdict(stage.summary), "spread": stage.spread}


def _channel(channel: ChannelResult) -> Record:
    return asdict(channel)


def _fact(fact: FactResult) -> Record:
    return {
        "id": fact.id,
        "label": fact.label,
        "role": fact.role,
        "documented": fact.documented,
        "documented_text": fact.documented_text,
        "simulated": None if fact.simulated is None else asdict(fact.simulated),
        "unit": fact.unit,
        "agrees": fact.agrees,
        "percentile": fact.percentile,
        "source": fact.source,
        "disputed": fact.disputed,
        "note": fact.note,
        "passes": None if fact.passes is None else list(fact.passes),
        "free": fact.free,
    }


def _reading(reading: ReadingReplay) -> Record:
    return {
        "name": reading.name,
        "label": reading.label,
        "letter": reading.letter,
        "same_as": reading.same_as,
        "worlds": reading.worlds,
        "effective_worlds": reading.effective_worlds,
        "stopped": asdict(reading.stopped),
        "measures": _summaries(reading.measures),
        "stages": [_stage(stage) for stage in reading.stages],
        "channels": [_channel(channel) for channel in reading.channels],
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
        "measures": _summaries(policy.measures),
        "difference": _summaries(policy.difference),
        "decided_by": _decision(policy.decided_by),
        "friction": _summaries(policy.friction),
        "reason": policy.reason,
        "reason_source": policy.reason_source,
        "readings": [_outcome(outcome) for outcome in policy.readings],
        "adapted": [_outcome(outcome) for outcome in policy.adapted],
    }


def _outcome(outcome: ReadingOutcome) -> Record:
    return asdict(outcome)


def _decision(decision: Decision | None) -> Record | None:
    return None if decision is None else asdict(decision)
