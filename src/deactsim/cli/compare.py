"""`deactsim compare`: the same evenings under every policy."""

from __future__ import annotations

from pathlib import Path

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


class Listed(click.ParamType[tuple[str, ...]]):
    """Names separated by commas."""

    name = "list"

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The names, none of them empty."""
        if isinstance(value, tuple):
            return value
        names = tuple(name.strip() for name in value.split(","))
        if not all(names):
            self.fail("a name is empty: write A,B,C", param, ctx)
        return names


class Varied(click.ParamType[tuple[str, tuple[str, ...]]]):
    """A path into the scenario and the values to try there: `PATH=V1,V2`."""

    name = "path=values"

    def convert(
        self,
        value: str | tuple[str, tuple[str, ...]],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, tuple[str, ...]]:
        """The path and its values. A value with commas inside takes `;` between values."""
        if isinstance(value, tuple):
            return value
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
    """Put the same evenings of SCENARIO under every policy.

    Policies are grouped into those that stop it, shorten it, postpone it, change nothing
    that night (with the reason), and those of which it cannot be said.

    \b
      deactsim compare scenarios/trump.yaml
      deactsim compare scenarios/trump.yaml --policies two-person,vip-alert
      deactsim compare scenarios/trump.yaml --vary policies.two-person.approval.catches=50%,70%,90%
      deactsim compare scenarios/trump.yaml --format json | jq .ranking
    """
    read = load(scenario)

    from ..report.compare_table import compare_table, vary_table
    from ..report.records import COMPARE_COLUMNS, compare_record, compare_rows
    from ..study.compare import compare as study

    forms: dict[str, Writer]
    if vary is None:
        with progress("simulating evenings") as report:
            result = study(
                read, policies=policies, worlds=worlds, seed=seed, workers=workers(worlds), progress=report
            )
        forms = {
            "table": lambda: compare_table(result, str(scenario)),
            "json": lambda: json_text(compare_record(result, digest(read))),
            "csv": lambda: csv_text(COMPARE_COLUMNS, compare_rows(result)),
        }
        frame = result.frame
    else:
        from dataclasses import replace

        import pandas as pd

        from ..scenario.paths import vary as with_value

        path, values = vary
        results = []
        # All scenarios first: a value that cannot be read is said before any simulation.
        scenarios = [with_value(read, path, value) for value in values]
        for value, varied in zip(values, scenarios, strict=True):
            with progress(f"{path} = {value}") as report:
                result = study(
                    varied,
                    policies=policies,
                    worlds=worlds,
                    seed=seed,
                    explain=False,
                    workers=workers(worlds),
                    progress=report,
                )
            results.append(replace(result, varied=(path, value)))
        forms = {
            "table": lambda: vary_table(results),
            "json": lambda: json_text([compare_record(each, digest(each.scenario)) for each in results]),
            "csv": lambda: csv_text(
                (path, *COMPARE_COLUMNS),
                [
                    (value, *row)
                    for value, each in zip(values, results, strict=True)
                    for row in compare_rows(each)
                ],
            ),
        }
        frame = pd.concat(
            [each.frame.assign(**{path: value}) for value, each in zip(values, results, strict=True)]
        )
    emit(form, forms)
    if folder is not None:
        write_folder(folder, "compare", forms, frame)
