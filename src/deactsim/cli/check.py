"""`deactsim check`: all faults of a scenario, and what it implies."""

from __future__ import annotations

from pathlib import Path

import click

from .output import digest, load, scenario_argument, show


@click.command()
@scenario_argument
def check(scenario: Path) -> None:
    """Find all faults of SCENARIO, and say what it implies.

    Every fault is shown with file, line and column. A scenario without faults is answered
    with the wrongful actions it implies for a year and the load of each pool of people, so
    that a slip rate off by ten is seen before it is believed.

    \b
      deactsim check scenarios/trump.yaml
    """
    read = load(scenario)

    from ..report.implied import implied_table
    from ..study.implied import implied

    show(implied_table(implied(read), read, digest(read)))
