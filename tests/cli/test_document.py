"""docs/cli.md names every command and option that there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from deactsim.cli.main import main

DOCUMENT = Path(__file__).parents[2] / "docs" / "cli.md"


def sections() -> dict[str, str]:
    """The text under each command's heading."""
    parts = re.split(r"^## deactsim (\w+).*$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_has_its_section() -> None:
    assert set(sections()) == set(main.commands)


@pytest.mark.parametrize("name", main.commands)
def test_every_option_stands_in_the_table(name: str) -> None:
    options = [each for each in main.commands[name].params if isinstance(each, click.Option)]
    named = set(
        re.findall(r"`(-\w|--[a-z]+)", "\n".join(re.findall(r"^\| `-.*$", sections()[name], re.MULTILINE)))
    )
    assert named == {flag for option in options for flag in option.opts}


@pytest.mark.parametrize("name", main.commands)
def test_defaults_are_those_of_the_command(name: str) -> None:
    for option in main.commands[name].params:
        if isinstance(option, click.Option) and option.show_default:
            row = re.search(
                rf"^\| .*`{option.opts[-1]} [^|]*?(?:\\\|[^|]*?)*`? \| ([^|]*) \|",
                sections()[name],
                re.MULTILINE,
            )
            assert row is not None, option.opts
            assert row[1] == str(option.default)


@pytest.mark.parametrize("name", main.commands)
def test_every_command_has_an_example(name: str) -> None:
    assert f"\ndeactsim {name} " in sections()[name]
