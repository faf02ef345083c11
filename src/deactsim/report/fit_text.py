"""What makes figures doubtful after worlds were fitted to the record, in sentences."""

from __future__ import annotations

import math

from ..stats.pareto import allowed
from ..study.results import Comparison, Fit, Replay

FEW_EFFECTIVE = 100
"""Effective worlds below which a table says that it is rough."""


def fit_cautions(found: Replay | Comparison) -> list[str]:
    """Each reason to doubt that the worlds carry what is said of them, as a sentence without its full stop."""
    fit, said = found.fit, list[str]()
    if found.effective_worlds < FEW_EFFECTIVE:
        said.append(few_text(found.worlds, found.effective_worlds, fit))
    if fit is not None and fit.tail is not None and fit.tail > allowed(fit.agreeing):
        said.append(
            f"a few worlds decide (Pareto's k of their weights is {fit.tail:.2f}, over {allowed(fit.agreeing):.2f}): "
            "means can be off by more than their intervals say, and more worlds help little"
        )
    if fit is not None and fit.strained is not None:
        said.append(
            f"all that the record leaves went to {fit.strained}, the only stage it could be left to here, and so long "
            "or short it is in fewer than 2 of 1,000 evenings left free: how the minutes split, and what hangs "
            "on it, is doubtful"
        )
    return said


def few_text(worlds: int, effective: float, fit: Fit | None) -> str:
    """That worlds are worth few, what would help, and why where the reason is known."""
    said = f"{worlds:,} worlds worth {effective:,.0f} make rough figures"
    if effective > 0:
        asked = math.ceil(worlds * FEW_EFFECTIVE / effective / 500) * 500
        said += f": more would help (--worlds {asked})"
    if fit is None or effective >= 0.1 * worlds:
        return said
    if fit.agreeing < worlds / 2:
        return f"{said}; only {fit.agreeing:,} of them agree with the record at all"
    return f"{said}; {fit.agreeing:,} of them agree with the record, most of them hardly"
