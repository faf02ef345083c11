"""`deactsim compare`: the same worlds under every policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .output import (
    Writer,
    csv_text,
    digest,
    emit,
    folder_option,
    format_option,
    json_text,
    load,
    progress,
    scenario_argument,
    seed_option,
    workers,
    worlds_option,
    write_folder,
)

if TYPE_CHECKING:
    import pandas as pd

    from ..scenario.schema import Scenario
    from ..study.results import Comparison

    Study = Callable[..., Comparison]
    Output = tuple[dict[str, Writer], Callable[[], pd.DataFrame]]


class Listed(click.ParamType[tuple[str, ...]]):
    """Names separated by commas."""

    name = "list"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The names, none of them empty."""
        names = tuple(name.strip() for name in value.split(","))
        if not all(names):
            self.fail("a name is empty: write A,B,C", param, ctx)
        return names


class Varied(click.ParamType[tuple[str, tuple[str, ...]]]):
    """A path into the scenario and the values to try there: `PATH=V1,V2`."""

    name = "path=values"

    def convert(
        self,
        value: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, tuple[str, ...]]:
        """The path and its values. A value with commas inside takes `;` between values."""
        path, found, listed = value.partition("=")
        values = tuple(each.strip() for each in listed.split(";" if ";" in listed else ","))
        if not (found and path.strip() and all(values)):
            self.fail(
                "write PATH=V1,V2, for example response.pick_up='median 2 min, p90 8 min; 5 min'", param, ctx
            )
        return path.strip(), values


@click.command()
@scenario_argument
@click.option(
    "--policies", type=Listed(), metavar="A,B,...", help="Compare only these with the scenario's own policy."
)
@click.option(
    "--vary", type=Varied(), metavar="PATH=V1,V2,...",
    help="Compare once for each value of one input; ';' separates values that have commas inside.",
)  # fmt: skip
@worlds_option
@seed_option
@format_option
@folder_option
def compare(
    scenario: Path,
    policies: tuple[str, ...] | None,
    vary: tuple[str, tuple[str, ...]] | None,
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
    study = partial(_study, policies=policies, worlds=worlds, seed=seed)
    forms, frame = _plain(read, str(scenario), study) if vary is None else _varied(read, vary, study)
    emit(form, forms)
    if folder is not None:
        write_folder(folder, "compare", forms, frame())


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


def _plain(scenario: Scenario, file: str, study: Study) -> Output:
    from ..report.compare_table import compare_table
    from ..report.records import COMPARE_COLUMNS, compare_record, compare_rows

    result = study(scenario, "simulating")
    forms: dict[str, Writer] = {
        "table": lambda: compare_table(result, file),
        "json": lambda: json_text(compare_record(result, digest(scenario))),
        "csv": lambda: csv_text(COMPARE_COLUMNS, compare_rows(result)),
    }
    return forms, lambda: result.frame


def _varied(scenario: Scenario, vary: tuple[str, tuple[str, ...]], study: Study) -> Output:
    """One comparison a value; what decides each figure is left out, since one input is moved on purpose."""
    from ..report.compare_table import vary_table
    from ..report.records import COMPARE_COLUMNS, compare_record, compare_rows
    from ..scenario.paths import vary as with_value

    path, values = vary
    # All scenarios first: a value that cannot be read is said before any simulation.
    scenarios = [with_value(scenario, path, value) for value in values]
    results = [
        replace(study(each, f"{path} = {value}", explain=False), varied=(path, value))
        for value, each in zip(values, scenarios, strict=True)
    ]
    pairs = list(zip(values, results, strict=True))

    def frame() -> pd.DataFrame:
        import pandas as pd

        return pd.concat([result.frame.assign(**{path: value}) for value, result in pairs])

    forms: dict[str, Writer] = {
        "table": lambda: vary_table(results),
        "json": lambda: json_text([compare_record(result, digest(result.scenario)) for result in results]),
        "csv": lambda: csv_text(
            (path, *COMPARE_COLUMNS),
            [(value, *row) for value, result in pairs for row in compare_rows(result)],
        ),
    }
    return forms, frame
