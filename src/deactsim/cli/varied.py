"""`--vary`: a result for each value of one input, and how one or several results are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import CannotCondition, DeactsimError
from ..report.csv_cells import csv_text
from .output import Writer, digest, json_text

if TYPE_CHECKING:
    import pandas as pd

    from ..scenario.schema import Scenario
    from ..study.forecast_results import Forecast
    from ..study.results import Comparison

Vary = tuple[str, tuple[str, ...]]
"""The path of an input, and the values to try there."""
Result = TypeVar("Result", "Comparison", "Forecast")


class Varied(click.ParamType[Vary]):
    """A path into the scenario and the values to try there: `PATH=V1,V2`."""

    name = "path=values"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Vary:
        """The path and its values. A value with commas inside takes `;` between values."""
        path, found, listed = value.partition("=")
        values = tuple(each.strip() for each in listed.split(";" if ";" in listed else ","))
        if not (found and path.strip() and all(values)):
            self.fail(
                "write PATH=V1,V2, for example response.pick_up='median 2 min, p90 8 min; 5 min'", param, ctx
            )
        return path.strip(), values


def at_each_value(
    scenario: Scenario,
    vary: Vary,
    policies: tuple[str, ...] | None,
    study: Callable[[Scenario, str], Result],
) -> Iterator[Result]:
    """The study's result at each value of what is varied, one after the other; `policies` are those asked for."""
    from ..scenario.paths import vary as with_value

    path, values = vary
    # All scenarios first: a value that cannot be read is said before any simulation.
    try:
        scenarios = [with_value(scenario, path, value) for value in values]
    except DeactsimError as error:
        raise click.UsageError(str(error)) from None
    having = _compared(scenario, path, policies)
    for value, each in zip(values, scenarios, strict=True):
        what = f"{path} = {value}"
        try:
            found = study(each, what)
        except CannotCondition as error:
            raise CannotCondition(f"{what}: {error}") from None
        yield replace(found, varied=(path, value), reached=having)


def _compared(scenario: Scenario, path: str, policies: tuple[str, ...] | None) -> tuple[str, ...]:
    """The policies compared whose input is varied; none where it is no policy's.

    An input of policies of which none is compared could not show, and is refused.
    """
    from ..report.wording import and_list
    from ..scenario.paths import policies_at
    from ..study.replay import known_policy

    compared = {scenario.baseline, *(known_policy(scenario, name) for name in policies or scenario.policies)}
    having = policies_at(scenario, path)
    if having and compared.isdisjoint(having):
        none, one = ("which is not", "it") if len(having) == 1 else ("none of which is", "one of them")
        raise click.UsageError(
            f"`{path}` belongs to {and_list(list(having))}, {none} compared: "
            f"add {one} to --policies, or leave --policies out"
        )
    return tuple(name for name in having if name in compared)


def forms_of(
    results: Sequence[Result],
    table: Writer,
    record: Callable[[Result, str], dict[str, Any]],
    columns: Sequence[str],
    rows: Callable[[Result], Sequence[Sequence[object]]],
) -> dict[str, Writer]:
    """The forms of a result, or of one for each value of what is varied."""
    return {
        "table": table,
        "json": lambda: _document(results, record),
        "csv": lambda: _tidy(results, columns, rows),
    }


def _document(results: Sequence[Result], record: Callable[[Result, str], dict[str, Any]]) -> str:
    records = [record(each, digest(each.scenario)) for each in results]
    return json_text(records[0] if results[0].varied is None else records)


def _tidy(
    results: Sequence[Result],
    columns: Sequence[str],
    rows: Callable[[Result], Sequence[Sequence[object]]],
) -> str:
    written = [line for each in results for line in _led(each.varied, rows(each))]
    return csv_text((*_lead(results[0].varied), *columns), written)


def _led(varied: tuple[str, str] | None, rows: Sequence[Sequence[object]]) -> list[list[object]]:
    return [[*_lead(varied).values(), *row] for row in rows]


def frame_of(results: Sequence[Result]) -> pd.DataFrame:
    """The frames of all results in one."""
    import pandas as pd

    return pd.concat([each.frame.assign(**_lead(each.varied)) for each in results])


def _lead(varied: tuple[str, str] | None) -> dict[str, str]:
    """The column that tells the results of several values apart, with this one's value; none of a single one."""
    return {} if varied is None else dict([varied])
