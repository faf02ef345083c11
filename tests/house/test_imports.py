"""What is loaded when: the heavy packages wait until they are needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

import deactsim

HEAVY = ("numpy", "pandas", "scipy", "matplotlib", "simpy", "pydantic", "yaml", "rich")

IMPORT = "import deactsim"
HELP = """
from deactsim.cli.main import main
sys.argv = ["deactsim", "--help"]
try:
    main()
except SystemExit as done:
    assert not done.code, done.code
"""
REPORT = "print('loaded', *sorted({name.partition('.')[0] for name in sys.modules}))"


def loaded(source: str) -> set[str]:
    """Top-level packages loaded after `source` ran in a new interpreter."""
    script = f"import sys\n{source}\n{REPORT}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_the_probe_sees_a_heavy_package() -> None:
    assert "numpy" in loaded("import numpy")


@pytest.mark.parametrize("source", [IMPORT, HELP], ids=["import deactsim", "deactsim --help"])
def test_nothing_heavy_is_loaded(source: str) -> None:
    packages = loaded(source)
    assert "deactsim" in packages
    assert not packages & set(HEAVY)


@pytest.mark.parametrize("name", sorted(set(deactsim.__all__) - {"__version__"}))
def test_what_is_promised_is_there_when_asked_for(name: str) -> None:
    assert callable(getattr(deactsim, name))


def test_nothing_else_is_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'prophesy'"):
        deactsim.prophesy  # noqa: B018 - asking is the test
