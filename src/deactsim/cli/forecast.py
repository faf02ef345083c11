"""`deactsim forecast`: years of a platform under every policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from .chart import PictureKinds
from .compare import Listed, Varied
from .output import (
    STOPPED,
    Writer,
    csv_text,
    digest,
    emit,
    format_option,
    json_text,
    load,
    progress,
    say,
    scenario_argument,
    seed_option,
    workers,
    write_folder,
)

if TYPE_CHECKING:
    import pandas as pd

    from ..scenario.schema import Scenario
    from ..study.forecast_results import Forecast, Method

    Study = Callable[[Scenario, str], Forecast]

KINDS = ("png", "svg")
EVENINGS = 50
"""How many evenings of a comparison a year is at least worth, when processes are counted."""
PILOT = 100
"""Years that are counted with where their number is not known beforehand."""


class Precision(click.ParamType[float]):
    """How narrow intervals shall be, as a share of the mean: `5%` or `0.05`."""

    name = "share"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share, above 0 and below 1."""
        if isinstance(value, float):
            return value
        text = value.strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = 0.0
        if not 0 < share < 1:
            self.fail(f"{value!r} is not a share between 0% and 100%: write 5%", param, ctx)
        return share


@click.command()
@scenario_argument
@click.option(
    "--policies", type=Listed(), metavar="A,B,...", help="Compare only these with the scenario's own policy."
)
@click.option(
    "--years", type=click.IntRange(min=2), metavar="N",
    help="How many simulated years. Left out, as many as the method takes by default.",
)  # fmt: skip
@click.option(
    "--precision", type=Precision(), metavar="5%",
    help="As many years as it takes for intervals of this half-width around the differences.",
)  # fmt: skip
@click.option(
    "--vary", type=Varied(), metavar="PATH=V1,V2,...",
    help="Forecast once for each value of one input; ';' separates values that have commas inside.",
)  # fmt: skip
@click.option(
    "--method", type=click.Choice(["auto", "episodes", "direct"]), default="auto", show_default=True,
    help="Every occurrence in its own window, whole years, or whichever suits the rarest cause.",
)  # fmt: skip
@seed_option
@format_option
@click.option(
    "-o", "--output", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
    help="Also write the table, JSON, CSV, one row an occurrence, and the charts into DIR.",
)  # fmt: skip
@click.option(
    "--charts", "kinds", type=PictureKinds(), metavar="png,svg,pdf",
    help="With -o: which kinds of pictures to draw beside the tables. [default: png,svg]",
)  # fmt: skip
@click.pass_context
def forecast(
    ctx: click.Context,
    scenario: Path,
    policies: tuple[str, ...] | None,
    years: int | None,
    precision: float | None,
    vary: tuple[str, tuple[str, ...]] | None,
    method: Method | Literal["auto"],
    seed: int,
    form: str,
    folder: Path | None,
    kinds: tuple[str, ...] | None,
) -> None:
    """Simulate years of the platform of SCENARIO under every policy.

    Prints what a year brings and what honest work pays for it: wrongful actions, dark
    minutes, the chance of a headline, bad years. With -o draws the charts too.

    Ctrl-C prints what is known by then, marked as such; the exit code is 130.

    \b
      deactsim forecast scenarios/trump.yaml
      deactsim forecast scenarios/trump.yaml --policies two-person --precision 5%
      deactsim forecast scenarios/trump.yaml --vary policies.two-person.approval.catches=50%,90%
      deactsim forecast scenarios/trump.yaml -o results --charts svg
    """
    if years is not None and precision is not None:
        raise click.UsageError("--years says how many years, --precision finds it: leave one of them out")
    if kinds is not None and folder is None:
        raise click.UsageError("--charts needs a folder to draw into: add -o DIR")
    read = load(scenario)
    study = partial(_study, policies=policies, years=years, precision=precision, method=method, seed=seed)
    found = _plain(read, study) if vary is None else _varied(read, vary, study)
    missing = () if vary is None else vary[1][len(found) :]
    forms = _forms(found, str(scenario), missing)
    emit(form, forms)
    if folder is not None:
        write_folder(folder, "forecast", forms, _frame(found), rows="occurrences")
        _draw(found, folder, kinds or KINDS)
    if missing or not all(each.complete for each in found):
        say("stopped")
        ctx.exit(STOPPED)


def _study(
    scenario: Scenario,
    what: str,
    *,
    policies: tuple[str, ...] | None,
    years: int | None,
    precision: float | None,
    method: Method | Literal["auto"],
    seed: int,
) -> Forecast:
    from ..study.forecast import forecast

    with progress(what) as report:
        return forecast(
            scenario,
            policies=policies,
            years=years,
            precision=precision,
            seed=seed,
            method=method,
            workers=workers(EVENINGS * (PILOT if years is None else years)),
            progress=report,
        )


def _plain(scenario: Scenario, study: Study) -> list[Forecast]:
    return [study(scenario, "simulating years")]


def _varied(scenario: Scenario, vary: tuple[str, tuple[str, ...]], study: Study) -> list[Forecast]:
    """One forecast a value, on the same years; those done when it is interrupted."""
    from ..scenario.paths import vary as with_value

    path, values = vary
    # All scenarios first: a value that cannot be read is said before any simulation.
    scenarios = [with_value(scenario, path, value) for value in values]
    found: list[Forecast] = []
    for value, each in zip(values, scenarios, strict=True):
        try:
            found.append(replace(study(each, f"{path} = {value}"), varied=(path, value)))
        except KeyboardInterrupt:
            if not found:
                raise
            break
        if not found[-1].complete:
            break
    return found


def _forms(found: Sequence[Forecast], file: str, missing: Sequence[str]) -> dict[str, Writer]:
    from ..report.forecast_records import FORECAST_COLUMNS, forecast_record, forecast_rows
    from ..report.forecast_table import forecast_table, vary_table

    first = found[0]
    if first.varied is None:
        return {
            "table": lambda: forecast_table(first, file, digest(first.scenario)),
            "json": lambda: json_text(forecast_record(first, digest(first.scenario))),
            "csv": lambda: csv_text(FORECAST_COLUMNS, forecast_rows(first)),
        }
    pairs = [(each.varied, each) for each in found if each.varied is not None]
    return {
        "table": lambda: vary_table(found, missing),
        "json": lambda: json_text([forecast_record(each, digest(each.scenario)) for each in found]),
        "csv": lambda: csv_text(
            (first.varied[0] if first.varied else "", *FORECAST_COLUMNS),
            [(value, *row) for (_, value), each in pairs for row in forecast_rows(each)],
        ),
    }


def _frame(found: Sequence[Forecast]) -> pd.DataFrame:
    import pandas as pd

    if found[0].varied is None:
        return found[0].frame
    return pd.concat([each.frame.assign(**dict([each.varied])) for each in found if each.varied is not None])


def _draw(found: Sequence[Forecast], folder: Path, kinds: Sequence[str]) -> None:
    from ..report.charts.files import save
    from ..report.charts.forecast import forecast_charts, vary_charts

    drawn = forecast_charts(found[0]) if found[0].varied is None else vary_charts(found)
    for path in save(drawn, folder, kinds):
        say(f"wrote {path}")
