"""A comparison as a table that any spreadsheet opens."""

from __future__ import annotations

from causalrec.core.untrusted import spreadsheet
from causalrec.whatif.changes.comparison import Comparison

__all__ = ["to_csv"]


def to_csv(comparison: Comparison) -> bytes:
    """Every figure with its interval, one a row; the verdict and what is compared in each row."""
    frame = comparison.to_frame()
    frame.insert(0, "comparison", comparison.name)
    frame["verdict"] = comparison.verdict.code
    frame["currency"] = comparison.currency
    return spreadsheet.to_csv(frame)
