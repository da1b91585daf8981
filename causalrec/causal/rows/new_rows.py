"""Columns of new rows read as those that something was learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.causal.rows.column_values import look, words_of
from causalrec.causal.rows.question_rows import label

__all__ = ["Reading", "readings_of"]

SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True)
class Reading:
    """How a column was read.

    Attributes:
        column: its name.
        numeric: whether as numbers; else as categories.
        origin: of times, the first: they are days since then; else None.
    """

    column: str
    numeric: bool
    origin: pd.Timestamp | None = None

    def of(self, frame: pd.DataFrame) -> pd.Series:
        """The column of other rows: numbers or words, NaN or None where unknown, (m,).

        What was read as numbers and holds none now is unknown, and so is a column that lacks.
        """
        if self.column not in frame.columns:
            return pd.Series(np.full(len(frame), np.nan if self.numeric else None))
        values = frame[self.column].reset_index(drop=True)
        if not self.numeric:
            return pd.Series(words_of(values.astype(object)).data, dtype=object)
        if self.origin is not None:
            passed = _times(values) - self.origin
            return pd.Series(passed.dt.total_seconds().to_numpy(dtype=float) / SECONDS_A_DAY)
        read = look(values)
        timed = read.form in ("time", "text_time")
        numbers = read.data if read.numeric and not timed else np.full(len(frame), np.nan)
        return pd.Series(numbers, dtype=float)


def readings_of(frame: pd.DataFrame, covariates: pd.DataFrame) -> tuple[Reading, ...]:
    """How the covariates of a question were read.

    Args:
        frame: the table, `labelled`.
        covariates: its columns as they were read: numbers or words.
    """
    readings = []
    for name in covariates.columns:
        numeric = covariates[name].dtype.kind == "f"
        timed = numeric and look(frame[name]).form in ("time", "text_time")
        origin = _times(frame[name]).min() if timed else None
        readings.append(Reading(label(name), numeric, origin))
    return tuple(readings)


def _times(values: pd.Series) -> pd.Series:
    if isinstance(values.dtype, pd.PeriodDtype):
        values = values.dt.to_timestamp()
    return pd.to_datetime(values, errors="coerce", utc=True, format="ISO8601")
