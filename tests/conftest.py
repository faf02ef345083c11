"""What every test may lean on: a fixed screen, no window, no deadline, the scenarios' folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Set before anything draws or prints: results may not depend on the terminal that runs the tests.
os.environ["MPLBACKEND"] = "agg"
os.environ["COLUMNS"] = "120"
for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS"):
    os.environ.pop(name, None)

# No deadline (two busy cores would fail it) and no chance in which examples are tried.
settings.register_profile("house", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("house")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def scenarios(root: Path) -> Path:
    """The folder of the example scenarios."""
    return root / "scenarios"
