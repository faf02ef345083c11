"""The reference engine: SimPy, readable as a description of the night."""

from .desk import Desk, Handled, asked_teams, askers, handling
from .night import Requests, run

__all__ = ["Desk", "Handled", "Requests", "asked_teams", "askers", "handling", "run"]
