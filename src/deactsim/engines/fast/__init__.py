"""The fast engine: the reference engine's nights, compiled, file for file and name for name."""

from .batch import marks_of
from .run import run

__all__ = ["marks_of", "run"]
