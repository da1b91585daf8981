"""Numbers that stand for times: since 1970 in some unit, or the figures of a date in one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.data.values.date_text import NOT_A_TIME, composed

__all__ = ["KINDS", "UNITS", "Epochs", "kind_of_numbers", "read_epochs"]

UNITS = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}
"""Microseconds in each unit of numbers since 1970."""
KINDS = (*UNITS, "date", "excel")
"""What one number may be."""

_YEAR = 31_556_952.0
# Smallest and largest number that is a time between 1975 and 2100 in the unit; none overlap.
_RANGE = {u: (5 * _YEAR * 1e6 / size, 130 * _YEAR * 1e6 / size) for u, size in UNITS.items()}
_DIGITS = (8, 12, 14, 17)
_MOST = 0.9
_LOOK = 1_000
"""How many of the numbers are looked at first: most columns hold no dates in figures at all."""
_DAY = 86_400_000_000
_SPREADSHEET = np.datetime64("1899-12-30", "us")
_SPREADSHEET_DAYS = (20_000.0, 80_000.0)


@dataclass(frozen=True, eq=False)
class Epochs:
    """Numbers read as times.

    Attributes:
        times: datetime64[us] (n,), UTC, NaT where unreadable.
        kind: "date" (20210305), a unit, "excel", or "clock": too small for dates, so that they
            count as seconds.
        units: place in `KINDS` of what each number is, int8 (n,).
        days: whether a clock may be days of a spreadsheet.
    """

    times: np.ndarray
    kind: str
    units: np.ndarray
    days: bool = False


def kind_of_numbers(numbers: np.ndarray, counts: np.ndarray | None = None) -> str:
    """What numbers float64 (n,) are as times: "date", a unit, or "clock"."""
    real = np.isfinite(numbers)
    weights = np.ones(len(numbers)) if counts is None else counts
    total = float(weights[real].sum())
    if not total:
        return "clock"
    some = slice(None, None, max(len(numbers) // _LOOK, 1))
    likely = bool((~np.isnat(_dates(numbers[some]))).any())
    if likely and weights[~np.isnat(_dates(numbers))].sum() >= _MOST * total:
        return "date"
    sizes = {unit: float(weights[real & _within(numbers, unit)].sum()) for unit in UNITS}
    best = max(sizes, key=lambda unit: sizes[unit])
    return best if sum(sizes.values()) >= 0.5 * total else "clock"


def _within(numbers: np.ndarray, unit: str) -> np.ndarray:
    low, high = _RANGE[unit]
    return np.asarray((numbers >= low) & (numbers <= high))


def read_epochs(numbers: np.ndarray, counts: np.ndarray, unit: str | None = None) -> Epochs:
    """Read numbers as times; each by its own size where nobody names the unit.

    Args:
        numbers: int64 or float64 (n,), NaN where missing.
        counts: how many rows say each, int (n,).
        unit: a unit, "excel" (days of a spreadsheet), or None.
    """
    real = numbers.astype(float)
    units = np.full(len(numbers), KINDS.index(unit) if unit else 0, dtype=np.int8)
    if unit == "excel":
        micros = np.where(np.abs(real) < 3e6, real, np.nan) * _DAY
        return Epochs(_shifted(_SPREADSHEET, micros), "excel", units)
    if unit is not None:
        return Epochs(_since_1970(numbers, real, units), unit, units)
    kind = kind_of_numbers(real, counts)
    if kind == "date":
        units[:] = KINDS.index(kind)
        return Epochs(_dates(real), kind, units)
    units[:] = 0 if kind == "clock" else KINDS.index(kind)
    if kind != "clock":
        for one in UNITS:
            units[_within(real, one)] = KINDS.index(one)
    low, high = _SPREADSHEET_DAYS
    present = real[np.isfinite(real)]
    days = bool(len(present)) and bool(((present >= low) & (present <= high)).all())
    return Epochs(_since_1970(numbers, real, units), kind, units, days and kind == "clock")


def _since_1970(numbers: np.ndarray, real: np.ndarray, units: np.ndarray) -> np.ndarray:
    times = np.full(len(numbers), NOT_A_TIME)
    for unit, size in UNITS.items():
        own = units == KINDS.index(unit)
        if not own.any():
            continue
        rows = own & (np.abs(real) < 2 * _RANGE[unit][1])
        if unit == "ns" and numbers.dtype.kind == "i":
            times[rows] = (numbers[rows] // 1000).astype("datetime64[us]")
        else:
            times[rows] = np.rint(real[rows] * size).astype("int64").astype("datetime64[us]")
    return times


def _shifted(start: np.datetime64, micros: np.ndarray) -> np.ndarray:
    good = np.isfinite(micros)
    moved = start + np.rint(np.where(good, micros, 0)).astype("timedelta64[us]")
    return np.where(good, moved, NOT_A_TIME)


def _dates(numbers: np.ndarray) -> np.ndarray:
    """Dates whose figures are written as one number (20210305, also with the time of day)."""
    finite = np.where(np.isfinite(numbers), numbers, 0)
    whole = (finite % 1 == 0) & (finite >= 19e6) & (finite < 2.2e16)
    figures = np.where(whole, finite, 0).astype("int64")
    width = np.floor(np.log10(np.maximum(figures, 1))).astype(int) + 1
    whole &= np.isin(width, _DIGITS)
    if not whole.any():
        return np.full(len(numbers), NOT_A_TIME)  # seconds of a large log: at once
    left = np.where(whole, figures, 0) * 10 ** (17 - np.where(whole, width, 17))
    parts: dict[str, np.ndarray] = {}
    for name, size in (("f", 3), ("S", 2), ("M", 2), ("H", 2), ("d", 2), ("m", 2)):
        left, parts[name] = np.divmod(left, 10**size)
    real = {name: part.astype(float) for name, part in parts.items()}
    real |= {"half": np.zeros(len(numbers)), "offset": np.zeros(len(numbers))}
    real["f"] *= 1000
    year = np.where(whole & (left >= 1900) & (left <= 2100), left, -1).astype(float)
    return composed(real, np.where(year < 0, np.nan, year), real["m"], real["d"])
