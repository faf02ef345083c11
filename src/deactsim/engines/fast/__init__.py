"""The fast engine: the reference engine's nights, compiled, file for file and name for name."""

from .batch import marks_of, meet
from .desk import take_reports
from .run import run, run_rows

__all__ = ["marks_of", "meet", "run", "run_rows", "take_reports"]
