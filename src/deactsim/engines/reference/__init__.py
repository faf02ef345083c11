"""The reference engine: SimPy, readable as a description of the night."""

from .night import run

__all__ = ["run"]
