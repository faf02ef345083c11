"""Engines: deterministic functions from a plan and a world to a trace, equal to the last bit.

`reference` says what the model means, `fast` is its compiled twin; `chosen` chooses.
"""

from .chosen import Engine, engine, engines, run, use
from .handled import Handled, Requests, asked_teams, askers, closed_within, handling
from .reference.desk import Desk

__all__ = [
    "Desk",
    "Engine",
    "Handled",
    "Requests",
    "asked_teams",
    "askers",
    "closed_within",
    "engine",
    "engines",
    "handling",
    "run",
    "use",
]
