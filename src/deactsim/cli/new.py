"""`deactsim new`: a commented scenario to start from."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from ..report.files import write_new
from .output import say


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Write NAME.yaml, a commented starter scenario.

    It runs as it stands; change its numbers to yours.

    \b
      deactsim new our-platform
      deactsim run our-platform.yaml
    """
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")

    from ..scenario.starter import starter

    text = starter()
    if not write_new(path, text):
        raise click.ClickException(f"{path} exists already; it is left as it is")
    say(f"wrote {path}; next: deactsim run {shlex.quote(str(path))}")
