"""Tables that a spreadsheet opens, without letting a cell become a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["safe_cell", "to_csv"]

_FORMULA = "=+-@"
_MISSING = ("NAType", "NaTType")
_BREAKS = ("\t", "\r", "\n")
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
"""Blanks, controls and marks without a width (a byte order mark), which programs skip."""


def to_csv(frame: pd.DataFrame) -> bytes:
    """A frame as CSV (UTF-8 with a mark, as spreadsheets want it): numbers in full precision.

    Every table that leaves the product is written by this. Words and column names that a
    spreadsheet would read as a formula begin with an apostrophe (OWASP, CSV injection).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(str(name)) for name in frame.columns])
    for row in frame.itertuples(index=False):
        writer.writerow([safe_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet runs: numbers as they are, nothing for what is missing."""
    if value is None or type(value).__name__ in _MISSING or value != value:
        return ""
    if isinstance(value, (bool, int, float)) or hasattr(value, "dtype"):
        return value
    text = str(value)
    return f"'{text}" if _runs(text) else text


def _runs(text: str) -> bool:
    """Whether a spreadsheet may read it as a formula: so by its first sign, wide or narrow."""
    if text.startswith(_BREAKS):
        return True
    first = next((letter for letter in text if unicodedata.category(letter) not in _UNSEEN), "")
    return unicodedata.normalize("NFKC", first)[:1] in _FORMULA if first else False
