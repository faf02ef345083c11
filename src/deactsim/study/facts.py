"""The record beside the simulation: what is pinned, given, checked or noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from ..scenario.schema import Fact, Incident, Scenario
from ..scenario.stated import FactValue
from ..stats import weighted
from .measures import MINUTE
from .nights import Nights
from .results import FactResult, Role, TimelineRow

Array = NDArray[np.float64]

#: Where each kind of fact is found in a table of nights.
_COLUMNS = {
    "dark": "dark_first",
    "took_effect": "at_took_effect",
    "public_notice": "at_public_notice",
    "detected": "at_detected",
    "visible": "at_visible",
    "contained": "at_contained",
    "first_statement": "at_first_statement",
    "second_statement": "at_second_statement",
    "audience_whole": "at_audience_whole",
    "content_lost": "content_lost",
}
#: What people call each kind of fact.
LABELS = {
    "dark": "minutes dark",
    "took_effect": "account deactivated",
    "public_notice": "first public posts",
    "detected": "word at the platform",
    "visible": "account visible",
    "contained": "actor contained",
    "first_statement": "first statement",
    "second_statement": "second statement",
    "audience_whole": "follower counts whole",
    "content_lost": "content lost",
}


def role_of(fact: Fact) -> Role:
    """The one role a fact has."""
    roles: tuple[Role, ...] = ("pinned", "given", "checked", "noted")
    return next(role for role in roles if getattr(fact, role) is not None)


def value_of(fact: Fact) -> FactValue:
    """What the record says."""
    value = getattr(fact, role_of(fact))
    assert isinstance(value, FactValue)  # noqa: S101 - the loader made it one
    return value


def fact_results(scenario: Scenario, nights: Nights, free: Nights, *, own: bool) -> tuple[FactResult, ...]:
    """Every fact of the incident beside the worlds; checked only under the scenario's own policy."""
    incident = scenario.incident
    assert incident is not None  # noqa: S101 - facts belong to incidents
    return tuple(
        _fact(scenario, incident, name, fact, free if fact.model == "free" else nights, own=own)
        for name, fact in incident.facts.items()
    )


def _fact(
    scenario: Scenario, incident: Incident, name: str, fact: Fact, nights: Nights, *, own: bool
) -> FactResult:
    role, value = role_of(fact), value_of(fact)
    documented = _number(value, incident)
    simulated, unit, agrees, percentile, passes = None, None, None, None, None
    if fact.of is not None:
        values, cut = _values(nights, fact.of, value), nights.cut(_COLUMNS[fact.of])
        unit = "share" if fact.of == "content_lost" else "min"
        simulated = nights.summary_of(values, unit, cut=cut)
        # What is only known to be later may be later than any time.
        values = np.where(cut, np.inf, values)
        if role == "checked" and own and isinstance(documented, float):
            agrees, percentile = _check(values, nights.weights, value.relation, documented)
            passes = _passes(values, nights.weights, value.relation)
    return FactResult(
        id=name,
        label=fact.label or LABELS.get(fact.of or "", name.replace("_", " ")),
        role=role,
        documented=documented,
        documented_text=text_of_value(value, scenario, incident),
        simulated=simulated,
        unit=unit,
        agrees=agrees,
        percentile=percentile,
        source=source_text(scenario, fact.source),
        disputed=fact.disputed,
        note=fact.note,
        passes=passes,
        free=fact.model == "free",
    )


def _values(nights: Nights, of: str, value: FactValue) -> Array:
    """What the worlds have for a fact, counted from where the record counts.

    A length of time is counted from each world's own effect, an instant by the clock.
    """
    values = nights.column(_COLUMNS[of])
    if value.kind == "duration" and _COLUMNS[of].startswith("at_"):
        return values - nights.column("at_took_effect")
    return values


def _check(values: Array, weights: Array, relation: str, documented: float) -> tuple[bool, float]:
    """Whether a checked fact agrees (it is not outside the simulated 5-95 %), and its percentile.

    `by` fails only if 95 % of the worlds are later, `after` only if 95 % are earlier. Worlds
    in which it never came to that, be it all of them, count as later than any time.
    """
    known = np.where(np.isnan(values), np.inf, values)
    below = weighted.mean((known < documented).astype(float), weights)
    at_most = weighted.mean((known <= documented).astype(float), weights)
    if relation == "by":
        return at_most >= 0.05, 100.0 * at_most
    if relation == "after":
        return 1.0 - below >= 0.05, 100.0 * below
    return at_most >= 0.05 and 1.0 - below >= 0.05, 50.0 * (below + at_most)


def _passes(values: Array, weights: Array, relation: str) -> tuple[float | None, float | None]:
    """From where to where the record could lie for a checked fact to agree; None for an open end.

    Open too is an end that is never: where so many worlds never came to it, any later record agrees.
    """
    known = np.where(np.isnan(values), np.inf, values)
    low, high = (weighted.quantile(known, weights, p) for p in (0.05, 0.95))
    first = None if relation == "after" else low
    last = None if relation == "by" or np.isinf(high) else high
    return first, last


def dark_fact(incident: Incident) -> str | None:
    """The name of the fact that says how long it was dark, or when it was visible again.

    What is put in comes before what is only compared.
    """
    found = [
        (role_of(fact), name)
        for name, fact in incident.facts.items()
        if fact.of in ("dark", "visible")
        and fact.model == "conditioned"
        and value_of(fact).kind in ("duration", "instant")
    ]
    ranks = ("pinned", "given", "checked", "noted")
    return min(found, key=lambda each: ranks.index(each[0]), default=(None, None))[1]


def dark_minutes(incident: Incident) -> float | None:
    """How long the first account was dark on record; None without a record, or with a bound only."""
    name = dark_fact(incident)
    if name is None or value_of(incident.facts[name]).relation != "is":
        return None
    minutes = _number(value_of(incident.facts[name]), incident)
    return minutes if isinstance(minutes, float) else None


def _number(value: FactValue, incident: Incident) -> float | str:
    """A fact as a number: minutes, instants as minutes after the documented effect."""
    if value.kind == "duration":
        return float(value.value) / MINUTE
    if value.kind == "instant":
        return (int(value.value) - incident.at.value.value) / MINUTE
    if value.kind == "number":
        return float(value.value)
    return str(value.value)


def text_of_value(value: FactValue, scenario: Scenario, incident: Incident) -> str:
    """A fact as the record has it: `11 min`, `within 5 min`, `by 18:51`, `06:51:51 +1d`."""
    if value.kind == "text":
        return str(value.value)
    word = _RELATIONS[value.kind][value.relation]
    if value.kind == "duration":
        return word + minutes_text(float(value.value) / MINUTE)
    if value.kind == "instant":
        return word + clock(int(value.value), scenario.zone, incident.at.value.value)
    return f"{word}{value.value:g}"


#: How the file format, too, says at or before and at or after, by what is measured.
_RELATIONS = {
    "duration": {"is": "", "by": "within ", "after": "after "},
    "instant": {"is": "", "by": "by ", "after": "after "},
    "number": {"is": "", "by": "at most ", "after": "at least "},
}


def minutes_text(minutes: float) -> str:
    """Minutes as people say them: `90 s`, `11 min`, `1 h 17 min`, `30 days`."""
    seconds = minutes * 60.0
    if seconds < 120.0 and seconds != 60.0:
        return f"{seconds:g} s"
    if minutes < 120.0:
        return f"{minutes:g} min" if minutes == round(minutes, 1) else f"{minutes:.1f} min"
    hours = minutes / 60.0
    if hours < 48.0:
        whole, rest = divmod(round(minutes), 60)
        return f"{whole} h" if rest == 0 else f"{whole} h {rest} min"
    return f"{hours / 24.0:g} days" if hours % 24.0 == 0.0 else f"{hours / 24.0:.1f} days"


def local(time: int, zone: str) -> datetime:
    """An instant on the clock of a zone."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time)).astimezone(ZoneInfo(zone))


def clock(time: int, zone: str, reference: int) -> str:
    """Clock time to the second (to the minute if it is one), with the days since the reference."""
    moment, day = local(time, zone), local(reference, zone)
    text = moment.strftime("%H:%M" if moment.second == 0 and moment.microsecond == 0 else "%H:%M:%S")
    days = (moment.date() - day.date()).days
    return f"{text} {days:+d}d" if days else text


def source_text(scenario: Scenario, keys: tuple[str, ...]) -> str:
    """Sources as people cite them: the outlets, each once."""
    return ", ".join(dict.fromkeys(scenario.sources[key].outlet for key in keys))


def timeline(scenario: Scenario, nights: Nights, facts: tuple[FactResult, ...]) -> tuple[TimelineRow, ...]:
    """The night in order: the record's instants beside the worlds'."""
    incident = scenario.incident
    assert incident is not None  # noqa: S101 - timelines are of incidents
    at, zone = incident.at.value.value, scenario.zone
    give = incident.at.give_or_take.value
    around = f"{give / 1e6:g}s" if give < 2 * MINUTE else minutes_text(give / MINUTE)
    text = clock(at, zone, at) + (f" ±{around}" if give else "")
    rows = [
        (
            0.0,
            TimelineRow(
                event="took_effect",
                label=_label(incident, "took_effect") or f"account {_past(incident.command)}",
                role="given",
                documented=local(at, zone).isoformat(),
                documented_text=text,
                source=source_text(scenario, incident.at.source),
                **_simulated(nights, "at_took_effect", scenario, incident),
            ),
        )
    ]
    for result, fact in zip(facts, incident.facts.values(), strict=True):
        value = value_of(fact)
        if fact.model == "free" or fact.of == "content_lost" or fact.of == "took_effect":
            continue
        if value.kind not in ("instant", "duration") or (value.kind == "duration" and fact.of is None):
            continue
        column = "at_visible" if fact.of == "dark" else _COLUMNS.get(fact.of or "", "")
        minutes = result.documented if isinstance(result.documented, float) else 0.0
        moment = at + round(minutes * MINUTE)
        word = _RELATIONS["instant"][value.relation]
        since = f"+{minutes_text(minutes)}" if value.kind == "duration" else clock(moment, zone, at)
        rows.append(
            (
                minutes,
                TimelineRow(
                    event="visible" if fact.of == "dark" else (fact.of or result.id),
                    label=fact.label or ("account visible" if fact.of == "dark" else result.label),
                    role=result.role,
                    documented=local(moment, zone).isoformat(),
                    documented_text=word + since,
                    source=result.source,
                    **_simulated(nights, column, scenario, incident),
                ),
            )
        )
    return tuple(row for _, row in sorted(rows, key=lambda item: item[0]))


def _simulated(nights: Nights, column: str, scenario: Scenario, incident: Incident) -> dict[str, Any]:
    """The simulated side of a timeline row.

    Clock times carry the uncertainty of the start; `minutes` counts from the effect.
    """
    on_the_clock = nights.summary(column, "min") if column else None
    if on_the_clock is None:
        return {"median": None, "p05": None, "p95": None, "minutes": None, "longer": ()}

    def iso(minutes: float) -> str:
        return local(incident.at.value.value + round(minutes * MINUTE), scenario.zone).isoformat()

    since = nights.column(column) - nights.column("at_took_effect")
    return {
        "median": iso(on_the_clock.median),
        "p05": iso(on_the_clock.p05),
        "p95": iso(on_the_clock.p95),
        "minutes": nights.summary_of(since, "min", cut=nights.cut(column)),
        "longer": on_the_clock.longer,
    }


def _label(incident: Incident, of: str) -> str | None:
    """What the scenario calls such a fact, if it does."""
    return next((fact.label for fact in incident.facts.values() if fact.of == of and fact.label), None)


def _past(command: str) -> str:
    """The past of a command's name: `deactivate` is `deactivated`."""
    if command.endswith("e"):
        return command + "d"
    return command + ("ped" if command.endswith("p") else "ed")
