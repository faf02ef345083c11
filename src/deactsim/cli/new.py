"""`deactsim new`: a commented scenario to start from."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

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
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise click.ClickException(f"{path} exists already; it is left as it is") from None
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror or error}") from None
    say(f"wrote {path}; next: deactsim run {shlex.quote(str(path))}")
