"""What a scenario implies before anything is simulated, as `check` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .wording import filled, number, plural, refused_text

if TYPE_CHECKING:
    from ..scenario.schema import Scenario
    from ..study.implied import Implied


def implied_table(implied: Implied, scenario: Scenario, digest: str) -> str:
    """Wrongful actions expected in a year and the load of each pool, as text."""
    policies = plural(len(scenario.policies), "policy")
    lines = [f"{scenario.title}: no faults, {policies}, hash {digest[:8]}"]
    if implied.wrongful_per_year:
        lines += ["", "IMPLIED  wrongful actions a year by mistake, before any safeguard"]
        width = max(map(len, implied.wrongful_per_year))
        lines += [
            f"  {tier:<{width}}  {number(amount):>8}" for tier, amount in implied.wrongful_per_year.items()
        ]
    if implied.pools:
        lines += ["", "LOAD     what routine asks of each pool of people"]
        names = [pool.policy or "every policy" for pool in implied.pools]
        width = max(map(len, names))
        for name, pool in zip(names, implied.pools, strict=True):
            lines.append(f"  {name:<{width}}  {pool.text}{'   UNSTABLE' if pool.grows else ''}")
    if implied.refused:
        lines.append("")
        for at, said in enumerate(refused_text(implied.refused)):
            lines += filled("" if at else "CAREFUL", said)
    return "\n".join(lines) + "\n"
