"""The fast engine: the reference engine's nights, compiled, file for file and name for name."""

from .run import run

__all__ = ["run"]
