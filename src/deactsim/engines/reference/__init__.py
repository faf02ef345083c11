"""The reference engine: SimPy, readable as a description of the night."""

from .desk import Desk
from .night import run

__all__ = ["Desk", "run"]
