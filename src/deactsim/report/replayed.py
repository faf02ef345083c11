"""What tables and charts ask of a replay: its incident, its record, how far it can be trusted."""

from __future__ import annotations

from datetime import datetime

from ..scenario.schema import Incident
from ..study import facts as record
from ..study.results import FactResult, ReadingReplay, Replay
from .cut_text import run_cuts
from .fit_text import fit_cautions
from .wording import instant, minutes, occasion, percent, too_few

EXPECTED = (5.0, 95.0)
"""Percentiles of the model left free between which the record is one that it explains."""


def followers(replay: Replay) -> int | None:
    """The audience of the account of the incident, as the scenario has it."""
    incident = replay.scenario.incident
    account = incident and replay.scenario.platform.accounts.get(incident.account)
    return account.followers.value if account else None


def dark_fact(replay: Replay) -> FactResult | None:
    """The fact that says how long the first account was dark, where the record has one."""
    name = record.dark_fact(incident_of(replay))
    return next((fact for fact in replay.facts if fact.id == name), None)


def own_policy(replay: Replay) -> bool:
    """Whether the replay is of what the platform had, and not of another policy."""
    return replay.policy == replay.scenario.baseline


def incident_of(replay: Replay) -> Incident:
    """The incident that was replayed."""
    assert replay.scenario.incident is not None  # noqa: S101 - a replay has an incident
    return replay.scenario.incident


def acts_of(replay: Replay) -> int:
    """How many accounts the actor goes for."""
    return 1 + len(incident_of(replay).further_acts)


def reading_of(replay: Replay) -> ReadingReplay:
    """The first reading, whose figures a replay gives."""
    return next(reading for reading in replay.readings if reading.name == replay.reading)


def day_of(replay: Replay) -> datetime:
    """When the record has it begin, on the local clock."""
    return instant(incident_of(replay).at.value.value, replay.scenario.zone)


def length_on_record(replay: Replay, fact: FactResult) -> str | None:
    """How long it was dark on record, as text; None where there is only a bound."""
    length = record.dark_minutes(incident_of(replay))
    if length is None:
        return None
    given = record.value_of(incident_of(replay).facts[fact.id])
    return fact.documented_text if given.kind == "duration" else minutes(length)


def few_dark(replay: Replay) -> bool:
    """Whether too few evenings are left dark for ranges over them."""
    reading = reading_of(replay)
    return reading.stopped.mean > 0 and too_few(reading.dark_worlds)


def cautions(replay: Replay) -> list[str]:
    """What makes a replay rough or doubtful: what was cut, worlds that fit badly, a record nobody would expect."""
    said = [*run_cuts(replay), *fit_cautions(replay)]
    prior = replay.prior_percentile
    if prior is not None and not EXPECTED[0] <= prior <= EXPECTED[1]:
        sooner = f"{percent(prior / 100)} % of the {occasion(replay.scenario)}s end sooner"
        said.append(f"what was put in does not explain the record: left free, {sooner}")
    return said
