"""The reference engine: SimPy, readable as a description of the night."""

from .desk import Desk, take_reports
from .night import run, run_blocks

__all__ = ["Desk", "run", "run_blocks", "take_reports"]
