"""Few questions to one column of a Parquet table, without loading the others."""

from __future__ import annotations

import pandas as pd

from causalrec.data.values.ids import labels

__all__ = ["event_values"]


def event_values(path: str, column: str, most: int = 50) -> list[str]:
    """The values of a column as text, the most frequent first.

    Args:
        path: a Parquet file.
        column: its name.
        most: how many values at most.
    """
    values = labels(pd.read_parquet(path, columns=[column])[column])
    counts = values[values != ""].value_counts().head(most)
    return counts.index.tolist()
