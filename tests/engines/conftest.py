"""One behaviour, two engines: every test of this folder is run by each."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from deactsim.engines import chosen

without_numba = pytest.mark.skipif(find_spec("numba") is None, reason="the fast engine needs numba")


@pytest.fixture(scope="module", autouse=True, params=["reference", pytest.param("fast", marks=without_numba)])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine that `chosen` runs nights by.

    A module that runs both, or is about one, has a fixture of this name of its own.
    """
    chosen.use(request.param)
    yield request.param
    chosen.use("auto")
