"""The charts of a forecast: data in, figures out."""

from __future__ import annotations

from collections.abc import Sequence

from ...study.forecast_results import Forecast
from ..forecast_chart_data import exceedance_data, frontier_data
from ..forecast_time_data import access_data, bad_year_data, utilisation_data
from ..forecast_unknown_data import unknown_data
from ..forecast_vary_data import vary_data
from . import access, bad_year, exceedance, frontier, unknown, utilisation, varied
from .files import Chart


def forecast_charts(forecast: Forecast) -> list[Chart]:
    """Every chart that the forecast has figures for."""
    exceedance_, frontier_ = exceedance_data(forecast), frontier_data(forecast)
    found: list[Chart] = [
        ("exceedance", lambda: exceedance.draw(exceedance_), exceedance_.alt, exceedance_.table),
        ("frontier", lambda: frontier.draw(frontier_), frontier_.alt, frontier_.table),
    ]
    if (unsure := unknown_data(forecast)) is not None:
        found.append(("unknown", lambda: unknown.draw(unsure), unsure.alt, unsure.table))
    if (access_ := access_data(forecast)) is not None:
        found.append(("access", lambda: access.draw(access_), access_.alt, access_.table))
    if (busy := utilisation_data(forecast)) is not None:
        found.append(("utilisation", lambda: utilisation.draw(busy), busy.alt, busy.table))
    if (year := bad_year_data(forecast)) is not None:
        found.append(("bad-year", lambda: bad_year.draw(year), year.alt, year.table))
    return found


def vary_charts(forecasts: Sequence[Forecast]) -> list[Chart]:
    """The chart of a variation."""
    data = vary_data(forecasts)
    return [("varied", lambda: varied.draw(data), data.alt, data.table)]
