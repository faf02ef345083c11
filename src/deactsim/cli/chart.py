"""`deactsim chart`: the pictures, with alt text and data beside each."""

from __future__ import annotations

from pathlib import Path

import click

from .output import (
    Listed,
    engine_option,
    load,
    progress,
    ready,
    say,
    scenario_argument,
    seed_option,
    workers,
    worlds_option,
)

KINDS = ("png", "svg", "pdf")
USUAL = ("png", "svg")
"""The kinds that are drawn unless others are asked for."""


class PictureKinds(Listed):
    """Kinds of picture files, separated by commas."""

    name = "kinds"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The kinds, each once."""
        kinds = super().convert(value, param, ctx)
        for kind in kinds:
            if kind not in KINDS:
                self.fail(f"{kind!r} is not one of {', '.join(KINDS)}", param, ctx)
        return tuple(dict.fromkeys(kinds))


@click.command()
@scenario_argument
@click.option(
    "-o", "--output", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR",
    help="The folder to write into; it is made if it is not there.",
)  # fmt: skip
@click.option(
    "--as", "kinds", type=PictureKinds(), default=",".join(USUAL), show_default=True, metavar="png,svg,pdf",
    help="Which kinds of files: png for slides, svg and pdf for print.",
)  # fmt: skip
@worlds_option
@seed_option
@engine_option
def chart(scenario: Path, folder: Path, kinds: tuple[str, ...], worlds: int, seed: int) -> None:
    """Draw the charts of SCENARIO into DIR.

    The hero chart (record and policies on one time axis), where the minutes went, the race
    of channels, outcomes by policy, and what honest work pays. Each has its alt text (.txt)
    and its data (.csv) beside it.

    \b
      deactsim chart scenarios/trump.yaml -o charts
      deactsim chart scenarios/trump.yaml -o charts --as pdf
    """
    read = load(scenario)
    ready(folder)

    from ..study.compare import compare
    from ..study.replay import replay

    with progress("replaying") as report:
        replayed = replay(read, worlds=worlds, seed=seed, progress=report)
    with progress("comparing policies") as report:
        compared = compare(read, worlds=worlds, seed=seed, workers=workers(worlds), progress=report)

    from ..report.charts import save_all

    for path in save_all(replayed, compared, folder, kinds):
        say(f"wrote {path}")
