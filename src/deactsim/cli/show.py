"""`deactsim show`: the resolved scenario, its sources, the safeguards, the schema."""

from __future__ import annotations

from pathlib import Path

import click

from .output import json_text, load
from .output import show as print_out

OF_A_SCENARIO = ("scenario", "sources")


@click.command()
@click.argument("what", type=click.Choice(["scenario", "sources", "safeguards", "schema"]))
@click.argument("scenario", type=click.Path(path_type=Path), required=False)
def show(what: str, scenario: Path | None) -> None:
    """Show the scenario, sources, safeguards or schema.

    \b
      scenario SCENARIO   the complete form: every default filled in, itself valid input
      sources SCENARIO    what is documented, with sources, and what is assumed
      safeguards          the catalogue: what each does, its parameters, its controls
      schema              JSON Schema of the scenario format, for editors

    \b
      deactsim show scenario scenarios/trump.yaml
      deactsim show sources scenarios/trump.yaml
      deactsim show safeguards
      deactsim show schema > scenario.schema.json
    """
    if what in OF_A_SCENARIO and scenario is None:
        raise click.UsageError(f"`show {what}` needs a SCENARIO")
    if what not in OF_A_SCENARIO and scenario is not None:
        raise click.UsageError(f"`show {what}` is the same for every scenario: leave {scenario} out")
    print_out(_text(what, scenario))


def _text(what: str, scenario: Path | None) -> str:
    if what == "schema":
        from ..scenario.json_schema import json_schema

        return json_text(json_schema())
    if what == "safeguards":
        from ..report.catalogue import catalogue

        return catalogue()
    assert scenario is not None  # noqa: S101 - checked above
    read = load(scenario)
    if what == "sources":
        from ..report.sources import sources_table

        return sources_table(read)
    from ..scenario.resolve import dump

    return dump(read)
