"""The reference engine: SimPy, readable as a description of the night."""

from .desk import Desk, take_reports
from .night import run

__all__ = ["Desk", "run", "take_reports"]
