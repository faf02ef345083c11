"""The entry point: the group of commands, and what every error looks like."""

from __future__ import annotations

import atexit
import gc
import io
import sys
from typing import Any

import click

from .. import __version__
from ..engines.chosen import engines
from ..errors import DeactsimError, UnknownName
from .chart import chart
from .check import check
from .compare import compare
from .forecast import forecast
from .new import new
from .output import STOPPED
from .output import show as print_out
from .run import run
from .show import show

#: Objects made between two searches for cycles that nobody needs any more, of which a study makes hardly any: as
#: often as Python looks for them they cost a comparison a twentieth of its time.
COLLECTED_AFTER = 10_000


class Commands(click.Group):
    """The commands; problems a user can mend become a message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; never a traceback for what the user wrote."""
        try:
            done = super().invoke(ctx)
        except UnknownName as error:
            raise click.UsageError(str(error), self._called(ctx)) from None
        except DeactsimError as error:
            click.echo(str(error), err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            ctx.exit(STOPPED)
        return done

    def _called(self, ctx: click.Context) -> click.Context:
        """The command that was called, so that its own usage is shown."""
        name = ctx.invoked_subcommand
        command = None if name is None else self.get_command(ctx, name)
        return ctx if command is None else click.Context(command, parent=ctx, info_name=name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=lambda *given: _version(*given),
    help="Show the version, and the engines that can run nights.",
)  # fmt: skip
def main() -> None:
    """Replay a documented account deactivation, and ask which safeguard would have changed it.

    \b
      deactsim run scenarios/trump.yaml             what happened, and what is put in
      deactsim compare scenarios/trump.yaml         the same worlds under every policy
      deactsim forecast scenarios/small-saas.yaml   years of a platform under every policy
      deactsim chart scenarios/trump.yaml -o charts
    """


def _version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted:
        lines = [f"deactsim {__version__}"]
        for number, engine in enumerate(engines()):
            used = " (used)" if number == 0 else ""
            lines.append(f"  engine {engine.name}{used}: {engine.why}")
        try:
            print_out("\n".join(lines) + "\n")
        except DeactsimError as error:  # no command is invoked that would say it
            click.echo(str(error), err=True)
            ctx.exit(1)
        ctx.exit()


for command in (run, compare, forecast, chart, check, show, new):
    main.add_command(command)


def start() -> None:
    """The command line of a process of its own."""
    gc.set_threshold(COLLECTED_AFTER)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # what a terminal cannot show is a question mark
    # When it ends nobody asks what of its memory could be used again: to look takes a comparison a tenth of a second.
    atexit.register(gc.freeze)
    main()
