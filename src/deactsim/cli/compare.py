"""`deactsim compare`: the same worlds under every policy."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .output import (
    emit,
    engine_option,
    folder_option,
    format_option,
    load,
    policies_option,
    progress,
    ready,
    scenario_argument,
    seed_option,
    workers,
    worlds_option,
    write_folder,
)
from .varied import Varied, Vary, at_each_value, forms_of, frame_of

if TYPE_CHECKING:
    from ..scenario.schema import Scenario
    from ..study.results import Comparison


@click.command()
@scenario_argument
@policies_option
@click.option(
    "--vary", type=Varied(), metavar="PATH=V1,V2,...",
    help="Compare once for each value of one input; ';' separates values that have commas inside.",
)  # fmt: skip
@worlds_option
@seed_option
@engine_option
@format_option
@folder_option
def compare(
    scenario: Path,
    policies: tuple[str, ...] | None,
    vary: Vary | None,
    worlds: int,
    seed: int,
    form: str,
    folder: Path | None,
) -> None:
    """Put the same worlds of SCENARIO under every policy.

    Policies are grouped into those that stop it, shorten it, postpone it, change nothing
    that night (with the reason), and those of which it cannot be said.

    \b
      deactsim compare scenarios/trump.yaml
      deactsim compare scenarios/trump.yaml --policies two-person,vip-alert
      deactsim compare scenarios/trump.yaml --vary policies.two-person.approval.catches=50%,70%,90%
      deactsim compare scenarios/trump.yaml --format json | jq .ranking
    """
    read = load(scenario)
    ready(folder)

    from ..report.compare_table import compare_table, vary_table
    from ..report.records import COMPARE_COLUMNS, compare_record, compare_rows

    study = partial(_study, policies=policies, worlds=worlds, seed=seed)
    if vary is None:
        found = [study(read, "simulating")]
    else:
        # What decides a figure is left out: one input is moved on purpose.
        found = list(at_each_value(read, vary, policies, partial(study, explain=False)))

    def table() -> str:
        return compare_table(found[0], str(scenario)) if vary is None else vary_table(found)

    forms = forms_of(found, table, compare_record, COMPARE_COLUMNS, compare_rows)
    emit(form, forms)
    if folder is not None:
        write_folder(folder, "compare", forms, frame_of(found))


def _study(
    scenario: Scenario,
    what: str,
    *,
    policies: tuple[str, ...] | None,
    worlds: int,
    seed: int,
    explain: bool = True,
) -> Comparison:
    from ..study.compare import compare

    with progress(what) as report:
        return compare(
            scenario,
            policies=policies,
            worlds=worlds,
            seed=seed,
            explain=explain,
            workers=workers(worlds),
            progress=report,
        )
