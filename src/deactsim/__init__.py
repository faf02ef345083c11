"""deactsim: the account-deactivation incident simulator.

`load` reads a scenario, `replay` relives its incident, `compare` puts the same evenings
under every policy, `forecast` the same years; `use_engine` chooses
what runs them. Importing the package loads nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .engines.chosen import use as use_engine
    from .scenario.load import load
    from .study.compare import compare
    from .study.forecast import forecast
    from .study.replay import replay

__version__ = "0.1.0"
__all__ = ["__version__", "compare", "forecast", "load", "replay", "use_engine"]

_ROOMS = {
    "load": "scenario.load",
    "replay": "study.replay",
    "compare": "study.compare",
    "forecast": "study.forecast",
    "use_engine": "engines.chosen",
}
_NAMED = {"use_engine": "use"}


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        from importlib import import_module

        return getattr(import_module(f".{_ROOMS[name]}", __name__), _NAMED.get(name, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
