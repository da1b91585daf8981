"""When a treatment began: the date that divides before from after, read off the log."""

from __future__ import annotations

import numpy as np
import pandas as pd

from causalrec.causal.tables.templates import same_in
from causalrec.data.dataset.dataset import Dataset

__all__ = ["treatment_start"]

_LEAST = 0.05
"""Share of the rows that must lie before and after: of a treatment given row by row the first
other value comes at once (all of 200 rows alike: .5 ** 199)."""


def treatment_start(data: Dataset, column: str) -> pd.Timestamp | None:
    """The time of the first row with another value than all rows before.

    From then on each user must have one value: a treatment that changes row by row, or that users
    got one after the other, began at no one date, and the log does not say which to take.

    Args:
        data: the log.
        column: of the treatment.
    """
    if column not in data.covariates or not (data.has("user") and data.has("time")):
        return None
    frame = data.frame[["user", "time", column]].sort_values("time", kind="stable")
    codes = pd.factorize(frame[column], use_na_sentinel=False)[0]
    if not codes.any():
        return None
    start = frame["time"].iloc[int(np.argmax(codes != 0))]
    after = (frame["time"] >= start).to_numpy()
    if not _LEAST <= after.mean() <= 1 - _LEAST:
        return None
    rest = frame[after]
    same = same_in(rest["user"].to_numpy(), rest[column])
    return pd.Timestamp(start) if same else None
