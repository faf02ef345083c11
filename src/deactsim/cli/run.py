"""`deactsim run`: replay the documented incident."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..report.csv_cells import csv_text
from .output import (
    columns,
    digest,
    emit,
    engine_option,
    folder_option,
    format_option,
    json_text,
    load,
    progress,
    ready,
    scenario_argument,
    seed_option,
    show,
    worlds_option,
    write_file,
    write_folder,
)

if TYPE_CHECKING:
    from ..scenario.schema import Scenario
    from ..study.replay import Told

TYPICAL = "typical"


class WorldOrTypical(click.ParamType[int | str]):
    """A world's number, or the typical one."""

    name = "world"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        """The number of a world, or TYPICAL."""
        if value == TYPICAL:
            return TYPICAL
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is not the number of a world", param, ctx)


class RunCommand(click.Command):
    """A command whose `--story` may stand alone, even right before the scenario."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give a lone `--story` its value, so that it does not swallow the argument after it."""
        given: list[str] = []
        for at, arg in enumerate(args):
            alone = arg == "--story" and not (at + 1 < len(args) and args[at + 1].isdecimal())
            given.append(f"--story={TYPICAL}" if alone else arg)
        return super().parse_args(ctx, given)


@click.command(cls=RunCommand)
@scenario_argument
@click.option("--policy", metavar="NAME", help="Replay under this policy instead of the scenario's own.")
@worlds_option
@seed_option
@engine_option
@format_option
@folder_option
@click.option(
    "--story", type=WorldOrTypical(), metavar="[WORLD]",
    help="Tell one world in plain sentences, with causes: the typical one, or the one of this number.",
)  # fmt: skip
@click.option(
    "--trace", "trace_file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write the event log of that world to FILE, as CSV.",
)  # fmt: skip
@click.pass_context
def run(
    ctx: click.Context,
    scenario: Path,
    policy: str | None,
    worlds: int,
    seed: int,
    form: str,
    folder: Path | None,
    story: int | str | None,
    trace_file: Path | None,
) -> None:
    """Replay the documented incident of SCENARIO.

    Prints the exposure time first, then where the minutes went, the timeline beside the
    record, the checks that were free to fail, and what the answer rests on.

    Exit code 1 when a checked fact fails under the scenario's own policy.

    \b
      deactsim run scenarios/trump.yaml
      deactsim run scenarios/trump.yaml --policy two-person --worlds 5000
      deactsim run scenarios/trump.yaml --story
      deactsim run scenarios/trump.yaml --format json -o results
    """
    if story is not None and (form != "table" or folder is not None):
        raise click.UsageError("--story is told in sentences: leave --format and -o out, or --story")
    if trace_file is not None and trace_file.exists() and trace_file.samefile(scenario):
        raise click.UsageError("--trace would replace the scenario: name another file")
    read = load(scenario)
    ready(folder)
    if story is not None or trace_file is not None:
        told = _one_world(read, policy, worlds, seed, story if isinstance(story, int) else None)
        if trace_file is not None:
            write_file(trace_file, _log(told, read))
        if story is not None:
            from ..report.story import story as tell
            from ..report.wording import WIDTH

            show(tell(told, read, columns(WIDTH)))
            return

    from ..report.records import RUN_COLUMNS, run_record, run_rows
    from ..report.replayed import own_policy
    from ..report.run_table import run_table
    from ..report.wording import WIDTH
    from ..study.replay import replay

    with progress("simulating") as report:
        result = replay(read, policy=policy, worlds=worlds, seed=seed, progress=report)
    forms = {
        "table": lambda: run_table(result, str(scenario), digest(read)),
        "json": lambda: json_text(run_record(result, digest(read))),
        "csv": lambda: csv_text(RUN_COLUMNS, run_rows(result)),
    }
    if form == "table":
        show(run_table(result, str(scenario), digest(read), columns(WIDTH)))
    else:
        emit(form, forms)
    if folder is not None:
        write_folder(folder, "run", forms, result.frame)
    if own_policy(result) and not result.checks_pass:
        ctx.exit(1)


def _one_world(scenario: Scenario, policy: str | None, worlds: int, seed: int, world: int | None) -> Told:
    from ..study.replay import one_world

    if world is not None and world >= worlds:
        raise click.UsageError(f"world {world} is not among the {worlds} simulated ones (0 to {worlds - 1})")
    return one_world(scenario, policy=policy, seed=seed, worlds=worlds, world=world)


def _log(told: Told, scenario: Scenario) -> str:
    """The event log of one world as CSV."""
    from ..report.wording import instant

    trace = told.trace
    rows = [
        (
            told.world,
            instant(row.time, scenario.zone).isoformat(timespec="microseconds"),
            row.time,
            trace.event_name(row),
            trace.entity_name(row),
            trace.by_name(row),
            trace.reason_text(row),
        )
        for row in trace
    ]
    return csv_text(("world", "time", "microseconds", "event", "entity", "by", "reason"), rows)
