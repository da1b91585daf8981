"""What the values of a column look like, on a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.data.column_names.role_names import has_row_name, is_sequence, restarts
from causalrec.data.values.ids import readable
from causalrec.data.values.numbers import to_number
from causalrec.data.values.times import are_numeric_times, parse_times

__all__ = ["Look", "look_at"]


@dataclass(frozen=True)
class Look:
    """What the values of a column look like."""

    numeric: bool
    time: bool
    dates: bool
    binary: bool
    whole: bool
    low: float
    high: float
    distinct: int
    n: int
    length: float
    row_number: bool

    @property
    def share(self) -> float:
        return self.distinct / max(self.n, 1)


def look_at(name: str, values: pd.Series) -> Look:
    """What the values (n,) of a column of this name look like."""
    values = readable(values)
    present = int(values.notna().sum())
    numbers = _numbers(values, present)
    numeric = not pd.api.types.is_datetime64_any_dtype(values) and (
        present > 0 and int(numbers.notna().sum()) >= 0.95 * present
    )
    real = numbers.dropna().to_numpy(dtype=float) if numeric else np.empty(0)
    text = values.dropna() if numeric else values.dropna().astype(str)
    return Look(
        numeric=numeric,
        time=_is_time(values, numeric),
        dates=pd.api.types.is_datetime64_any_dtype(values),
        binary=bool(len(real)) and bool(np.isin(real, (0.0, 1.0)).all()),
        whole=bool(len(real)) and bool((real % 1 == 0).all()),
        low=float(real.min()) if len(real) else np.nan,
        high=float(real.max()) if len(real) else np.nan,
        distinct=int(text.nunique()),
        n=present,
        length=float(text.astype(str).str.len().mean()) if not numeric and present else 0.0,
        row_number=is_sequence(real) or _numbers_rows(name, values, real),
    )


def _numbers(values: pd.Series, present: int) -> pd.Series:
    """The values as numbers, amounts such as "$1,234.50" too; words for yes and no are none."""
    plain = pd.to_numeric(values, errors="coerce")
    if int(plain.notna().sum()) == present or pd.api.types.is_datetime64_any_dtype(values):
        return plain
    figures = values.astype("str").str.contains(r"\d", regex=True)
    return to_number(values) if bool(figures.any()) else plain


def _is_time(values: pd.Series, numeric: bool) -> bool:
    if pd.api.types.is_datetime64_any_dtype(values):
        return True
    if numeric:
        return are_numeric_times(values)
    head = values.dropna().head(200)
    looks_dated = head.astype(str).str.contains(r"\d{2,4}\D{1,2}\d{1,2}", regex=True)
    if not len(head) or not looks_dated.all():
        return False
    return bool(parse_times(head, "text").notna().mean() > 0.9)


def _numbers_rows(name: str, values: pd.Series, real: np.ndarray) -> bool:
    """Whether a column is called like row numbers and numbers rows."""
    whole = len(real) == len(values) and bool((real % 1 == 0).all())
    return has_row_name(name) and whole and (len(np.unique(real)) == len(real) or restarts(real))
