"""Engines: deterministic functions from a plan and a world to a trace, equal to the last bit.

`reference` says what the model means, `fast` is its compiled twin; `chosen` chooses.
"""
