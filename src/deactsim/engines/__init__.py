"""Engines: deterministic functions from a plan and a world to a trace."""
