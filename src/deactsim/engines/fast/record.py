"""What is written down, and when the night is over."""

from __future__ import annotations

from ...model import states
from ...model.streams import act_id
from ._jit import compiled, integers
from .clock import wake
from .layout import NIGHT, Night
from .then import THEN

Stage = integers(states.Stage)
FIRST_ACT = act_id(0)


@compiled
def log(night: Night, event: int, entity: int, by: int, reason: int) -> None:
    """Write one row."""
    row = night[NIGHT.ROWS] + 5 * night[NIGHT.ROW_COUNT]
    night[row] = night[NIGHT.NOW]
    night[row + 1] = event
    night[row + 2] = entity
    night[row + 3] = by
    night[row + 4] = reason
    night[NIGHT.ROW_COUNT] += 1


@compiled
def end(night: Night) -> None:
    """The night is over once what goes on at this instant has gone on."""
    if night[NIGHT.OVER] == 0:
        night[NIGHT.OVER] = 1
        wake(night, THEN.STOP, 0)


@compiled
def opens(night: Night, needs_people: int) -> None:
    """Something of the incident has begun that must end before the night is over."""
    night[NIGHT.PENDING] += 1
    night[NIGHT.NEEDING_PEOPLE] += needs_people


@compiled
def closes(night: Night, needs_people: int) -> None:
    """Something of the incident has ended; after the last the night is over."""
    night[NIGHT.PENDING] -= 1
    night[NIGHT.NEEDING_PEOPLE] -= needs_people
    if night[NIGHT.PENDING] == 0 and night[NIGHT.HAS_INCIDENT]:
        end(night)


@compiled
def known(night: Night, stage: int, entity: int, drawn: int) -> int:
    """A stage's length as the record has it, else as drawn."""
    place = night[NIGHT.LENGTHS] + 2 * stage
    return night[place + 1] if entity == FIRST_ACT and night[place] else drawn


@compiled
def stage_end(night: Night, stage: int, entity: int, drawn: int) -> int:
    """When a stage that begins now ends: at its pin, after its known length, or after `drawn`.

    The record is of the incident's first act; nothing else is pinned.
    """
    now = night[NIGHT.NOW]
    if entity != FIRST_ACT:
        return now + drawn
    pin = night[NIGHT.PINS] + 3 * stage
    if night[pin] == 0:
        return now + known(night, stage, entity, drawn)
    ends = night[pin + 1] + (night[NIGHT.EFFECT_OF_FIRST_ACT] if night[pin + 2] else 0)
    if ends < now:
        night[NIGHT.MISSED] = stage
        end(night)
        return now
    return ends
