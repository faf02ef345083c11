"""CSV as spreadsheets read it."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from deactsim.report.csv_cells import cell, csv_text, frame_text


@pytest.mark.parametrize("text", ["=1+1", "+11 min", "-2+3", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_calculate_stands_behind_an_apostrophe(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize("value", ["two-person", "a=b", "", None, -3, -0.5, True])
def test_numbers_and_other_texts_stay(value: object) -> None:
    assert cell(value) is value


def test_headings_rows_and_frames_are_alike() -> None:
    rows = list(csv.reader(io.StringIO(csv_text(("policy", "=x"), [("=1+1", -2.5), ("b,c", None)]))))
    assert rows == [["policy", "'=x"], ["'=1+1", "-2.5"], ["b,c", ""]]
    frame = pd.DataFrame({"policy": ["=1+1", "b"], "minutes": [-2.5, 3.0]})
    assert frame_text(frame) == "policy,minutes\n'=1+1,-2.5\nb,3.0\n"
    assert frame["policy"].tolist() == ["=1+1", "b"]
