"""Few questions to one column of a Parquet table, without loading the others."""

from __future__ import annotations

import pandas as pd

__all__ = ["event_values"]


def event_values(path: str, column: str, most: int = 50) -> list[str]:
    """The values of a column as text, the most frequent first.

    Args:
        path: a Parquet file.
        column: its name.
        most: how many values at most.
    """
    values = pd.read_parquet(path, columns=[column])[column].dropna()
    counts = values.value_counts().head(most)
    return [str(value).strip() for value in counts.index]
