"""A comparison as a table that any spreadsheet opens, without letting a cell become a formula."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd

from causalrec.whatif.comparison import Comparison

__all__ = ["safe_cell", "to_csv"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_csv(made: Comparison) -> str:
    """Every figure with its interval, one a row; the verdict and what is compared in each row.

    Numbers stay numbers, in full precision. Words that a spreadsheet would read as a formula
    begin with an apostrophe (OWASP, CSV injection).
    """
    frame = made.to_frame()
    frame.insert(0, "comparison", made.name)
    frame["verdict"] = made.verdict.code
    frame["currency"] = made.currency
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(frame.columns)
    for row in frame.itertuples(index=False):
        writer.writerow([safe_cell(value) for value in row])
    return out.getvalue()


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet runs: numbers as they are, nothing for what is missing."""
    if value is None or (isinstance(value, float) and pd.isna(value)) or value is pd.NA:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return value
