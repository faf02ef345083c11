"""`deactsim forecast`: years of a platform under every policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from .chart import USUAL, PictureKinds
from .output import (
    STOPPED,
    digest,
    emit,
    engine_option,
    format_option,
    load,
    policies_option,
    progress,
    ready,
    say,
    scenario_argument,
    seed_option,
    workers,
    write_folder,
)
from .varied import Varied, Vary, at_each_value, forms_of, frame_of

if TYPE_CHECKING:
    from ..scenario.schema import Scenario
    from ..study.forecast_results import Forecast, Method

EVENINGS = 500
"""How many evenings of a comparison a year is at least worth, when processes are counted."""


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
@policies_option
@click.option(
    "--years", type=click.IntRange(min=2), metavar="N",
    help="How many simulated years. Left out, 100.",
)  # fmt: skip
@click.option(
    "--precision", type=Precision(), metavar="5%",
    help="As many years as it takes until minutes dark and differences are known to this share of the baseline's.",
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
@engine_option
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
    vary: Vary | None,
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
      deactsim forecast scenarios/small-saas.yaml
      deactsim forecast scenarios/small-saas.yaml --policies two-person --precision 20%
      deactsim forecast scenarios/small-saas.yaml --vary policies.two-person.approval.catches=50%,90%
      deactsim forecast scenarios/small-saas.yaml -o results --charts svg
    """
    if years is not None and precision is not None:
        raise click.UsageError("--years says how many years, --precision finds it: leave one of them out")
    if kinds is not None and folder is None:
        raise click.UsageError("--charts needs a folder to draw into: add -o DIR")
    read = load(scenario)
    ready(folder)

    from ..report.forecast_records import FORECAST_COLUMNS, forecast_record, forecast_rows

    study = partial(_study, policies=policies, years=years, precision=precision, method=method, seed=seed)
    found = [study(read, "simulating years")] if vary is None else _varied(read, vary, policies, study)
    missing = () if vary is None else vary[1][len(found) :]
    table = partial(_table, found, str(scenario), missing)
    forms = forms_of(found, table, forecast_record, FORECAST_COLUMNS, forecast_rows)
    emit(form, forms)
    if folder is not None:
        write_folder(folder, "forecast", forms, frame_of(found), rows="occurrences")
        _draw(found, folder, kinds or USUAL)
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
    from ..study.forecast import YEARS, forecast

    with progress(what) as report:
        return forecast(
            scenario,
            policies=policies,
            years=years,
            precision=precision,
            seed=seed,
            method=method,
            workers=workers(EVENINGS * (years or YEARS)),
            progress=report,
        )


def _varied(
    scenario: Scenario,
    vary: Vary,
    policies: tuple[str, ...] | None,
    study: Callable[[Scenario, str], Forecast],
) -> list[Forecast]:
    """One forecast a value, on the same years; those done when it is interrupted."""
    found: list[Forecast] = []
    try:
        for each in at_each_value(scenario, vary, policies, study):
            found.append(each)
            if not each.complete:
                break
    except KeyboardInterrupt:
        if not found:
            raise
    return found


def _table(found: Sequence[Forecast], file: str, missing: Sequence[str]) -> str:
    from ..report.forecast_table import forecast_table, vary_table

    first = found[0]
    if first.varied is None:
        return forecast_table(first, file, digest(first.scenario))
    return vary_table(found, missing)


def _draw(found: Sequence[Forecast], folder: Path, kinds: Sequence[str]) -> None:
    from ..report.charts.files import save
    from ..report.charts.forecast import forecast_charts, vary_charts
    from ..report.forecast_time_data import bad_year_missing

    drawn = forecast_charts(found[0]) if found[0].varied is None else vary_charts(found)
    for path in save(drawn, folder, kinds):
        say(f"wrote {path}")
    if found[0].varied is None and (why := bad_year_missing(found[0])):
        say(f"no chart bad-year. {why}")
