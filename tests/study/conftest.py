"""Long runs of studies need the compiled engine: where nothing is compiled they would take a quarter of an hour."""

from __future__ import annotations

import os

import pytest

#: Tests by the beginning of their ids, whose code shorter ones run through as well.
LONG = (
    "test_order.py::test_no_number_hangs_on_the_order_of_a_file[platform-2017]",
    "test_order.py::test_no_number_hangs_on_the_order_of_a_file[borrowed-keys]",
    "test_tipping.py::test_vary_shows_the_policies_change_places[trump-300]",
    "test_forecast_cut.py::test_what_nobody_notices_is_longer_than_the_horizon[direct]",
    "test_settling.py::test_reports_wait_as_in_the_steady_state",
    "test_settling.py::test_what_approvers_are_asked_waits_as_in_the_steady_state",
    "test_settling.py::test_a_busy_desk_on_work_days_waits_as_worked_out_by_hand",
    "test_warm_up.py::test_both_methods_begin_as_busy_as_usual",
    "test_warm_up.py::test_on_monday_morning_the_weekend_waits",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the long ones where numba's compiler is off."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0"):
        return
    for item in items:
        if item.nodeid.rpartition("/")[2].startswith(LONG):
            item.add_marker(pytest.mark.skip(reason="takes the compiled engine"))
