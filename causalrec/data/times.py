"""Times in any of their usual forms, as UTC."""

from __future__ import annotations

import pandas as pd

__all__ = ["TIME_UNITS", "guess_time_unit", "parse_times"]

TIME_UNITS = ("text", "s", "ms", "us", "ns")
_YEAR_SECONDS = 31_556_952.0
# Smallest and largest number that is a time between 1975 and 2100 in the unit.
_RANGE = {
    unit: (5 * _YEAR_SECONDS * scale, 130 * _YEAR_SECONDS * scale)
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("us", 1e6), ("ns", 1e9))
}


def guess_time_unit(values: pd.Series) -> str | None:
    """The unit of epoch numbers ("s", "ms", "us", "ns"), "text" for text or times, else None."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return "text"
    numbers = pd.to_numeric(values, errors="coerce").dropna()
    if len(numbers) < 0.5 * values.notna().sum():
        return "text"
    middle = float(numbers.median()) if len(numbers) else 0.0
    return next((u for u, (low, high) in _RANGE.items() if low <= middle <= high), None)


def parse_times(values: pd.Series, unit: str | None = None) -> pd.Series:
    """UTC times without a zone, NaT where unreadable.

    Args:
        values: datetimes, epoch numbers or text, shape (n,).
        unit: one of `TIME_UNITS`; None guesses. Numbers too small to be dates since 1975 count
            as seconds (a relative clock keeps its order).
    """
    unit = unit or guess_time_unit(values) or "s"
    if unit == "text":
        parsed = _parse_text(values)
    else:
        numbers = pd.to_numeric(values, errors="coerce").astype("float64")
        numbers = numbers.where(numbers.abs() < _RANGE[unit][1] * 2)
        scale = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}[unit]
        micros = (numbers * scale).round().astype("Int64")
        parsed = pd.to_datetime(micros, unit="us", utc=True, errors="coerce")
    naive: pd.Series = parsed.dt.tz_localize(None).astype("datetime64[us]")
    return naive


def _parse_text(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        return pd.to_datetime(values, utc=True)
    best = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us, UTC]")
    for form in ("ISO8601", None, "mixed"):
        left = best.isna() & values.notna()
        if not left.any():
            break
        text = values[left].astype(str).str.strip()
        parsed = pd.to_datetime(text, utc=True, errors="coerce", format=form or _first_form(text))
        best = best.where(~left, parsed.reindex(best.index).astype(best.dtype))
    return best


def _first_form(text: pd.Series) -> str:
    """The usual form with slashes or Chinese words that most of the text has."""
    sample = text.head(200)
    forms = ("%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y", "%m/%d/%Y", "%Y年%m月%d日")
    read = {
        form: int(pd.to_datetime(sample, format=form, errors="coerce").notna().sum())
        for form in forms
    }
    # On a tie (every day at most 12) the month comes first, as pandas reads it too.
    return max(sorted(forms, key=lambda f: not f.startswith("%m")), key=lambda f: read[f])
