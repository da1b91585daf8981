"""Times in any of their usual forms, as UTC; what had to be guessed is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.core.words import Text
from causalrec.data.values.date_text import NOT_A_TIME
from causalrec.data.values.dates import ORDERS, Dates, read_dates
from causalrec.data.values.epochs import KINDS, UNITS, Epochs, kind_of_numbers, read_epochs
from causalrec.data.values.ids import readable
from causalrec.data.values.oddity import Oddity

__all__ = [
    "TIME_UNITS",
    "TimeReading",
    "are_numeric_times",
    "parse_times",
    "read_times",
    "stand_ins",
]

TIME_UNITS = ("text", *ORDERS, *UNITS, "excel")
"""How times may be written: text, text with a given order of day and month, numbers."""

_SHOWN = {"dmy": "dd/mm/yyyy", "mdy": "mm/dd/yyyy", "ymd": "yyyy/mm/dd", "ydm": "yyyy/dd/mm"}
_NUMBER = r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"


@dataclass(frozen=True, eq=False)
class TimeReading:
    """A column read as times.

    Attributes:
        times: datetime64[us] (n,), UTC without a zone, NaT where unreadable.
        oddities: what was guessed or is in doubt.
    """

    times: pd.Series
    oddities: tuple[Oddity, ...] = ()


def are_numeric_times(values: pd.Series) -> bool:
    """Whether numbers are of the size of times (or dates in figures) between 1975 and 2100."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return kind_of_numbers(numbers) != "clock"


def parse_times(values: pd.Series, unit: str | None = None) -> pd.Series:
    """`read_times`, the times alone."""
    return read_times(values, unit).times


def read_times(values: pd.Series, unit: str | None = None) -> TimeReading:
    """UTC times without a zone, NaT where unreadable.

    Dates that are all figures have one order a column. Numbers are each read by their size;
    if most are too small to be dates since 1975 all count as seconds (a clock keeps its order).

    Args:
        values: datetimes, numbers or text, shape (n,).
        unit: one of `TIME_UNITS`; None goes by the whole column.
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        return _of_datetimes(values)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        whole = pd.api.types.is_integer_dtype(values) and not values.isna().any()
        if whole:
            numbers = values.to_numpy(dtype="int64")
        else:
            numbers = values.to_numpy(dtype="float64", na_value=np.nan)
        epochs = read_epochs(numbers, np.ones(len(values)), _unit_of_numbers(unit))
        oddities = _about_numbers(epochs, ~np.isnan(numbers.astype(float)), str(values.name))
        return TimeReading(_series(epochs.times, values), oddities)
    return _of_texts(values, unit)


def _unit_of_numbers(unit: str | None) -> str | None:
    return unit if unit in UNITS or unit == "excel" else None


def _series(times: np.ndarray, like: pd.Series) -> pd.Series:
    return pd.Series(times.astype("datetime64[us]"), index=like.index)


def _of_datetimes(values: pd.Series) -> TimeReading:
    parsed = pd.to_datetime(values.astype(object) if values.dtype.kind == "O" else values, utc=True)
    times = parsed.dt.tz_localize(None).astype("datetime64[us]")
    zone = getattr(values.dtype, "tz", None) or getattr(
        getattr(values.dtype, "pyarrow_dtype", None), "tz", None
    )
    return TimeReading(times, () if zone else _zones(times, times.notna().to_numpy(), 0))


def _of_texts(values: pd.Series, unit: str | None) -> TimeReading:
    codes, distinct = pd.factorize(readable(values))
    texts = pd.Series(distinct).astype("str").str.strip()
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    times = np.full(len(texts) + 1, NOT_A_TIME)  # the last is of rows without a value
    figures = texts.str.fullmatch(_NUMBER).fillna(value=False).to_numpy(dtype=bool)
    oddities: list[Oddity] = []
    numbers = np.flatnonzero(figures)
    if len(numbers):
        real = pd.to_numeric(texts.iloc[numbers], errors="coerce").to_numpy()
        real = real.astype("int64" if real.dtype.kind == "i" else "float64")
        epochs = read_epochs(real, counts[numbers], _unit_of_numbers(unit))
        times[numbers] = epochs.times
        units = np.full(len(texts) + 1, -1, dtype=np.int8)
        units[numbers] = epochs.units
        whole = Epochs(times[codes], epochs.kind, units[codes], epochs.days)
        oddities += _about_numbers(whole, units[codes] >= 0, str(values.name))
    words = np.flatnonzero(~figures & (texts != "").to_numpy())
    if len(words) and _unit_of_numbers(unit) is None:
        dates = read_dates(texts.iloc[words], counts[words], unit if unit in ORDERS else None)
        times[words] = dates.times
        rows = np.full(len(texts) + 1, -1)
        rows[words] = np.arange(len(words))
        oddities += _about_dates(dates, texts.iloc[words].to_numpy(), rows[codes], str(values.name))
    return TimeReading(_series(times[codes], values), tuple(oddities))


def _about_numbers(epochs: Epochs, present: np.ndarray, column: str) -> tuple[Oddity, ...]:
    if epochs.kind == "clock" and present.any():
        name = "time_is_days" if epochs.days else "time_is_clock"
        return (Oddity(name, present, {"column": column}),)
    if epochs.kind == "clock":
        return ()
    other = present & (epochs.units != KINDS.index(epochs.kind))
    if not other.any():
        return ()
    kinds = ", ".join(KINDS[place] for place in np.unique(epochs.units[present]))
    return (Oddity("time_units_mixed", other, {"column": column, "units": kinds}),)


def _about_dates(dates: Dates, texts: np.ndarray, rows: np.ndarray, column: str) -> list[Oddity]:
    """What is told of dates; ``rows`` (n,): which of the texts each row says, -1 for none."""
    read = np.append(~np.isnat(dates.times), [False])
    zoned = np.append(dates.zoned, [False])[rows] & read[rows]
    times = pd.Series(np.append(dates.times, [NOT_A_TIME])[rows], name=column)
    oddities = list(_zones(times, read[rows] & ~zoned, int(zoned.sum())))
    if dates.doubt == "none" or dates.open is None or dates.other is None:
        return oddities
    shown, mine, theirs = dates.open
    chosen, other = str(dates.order), dates.other
    examples = pd.DataFrame({column: texts[shown], _SHOWN[chosen]: mine, _SHOWN[other]: theirs})
    against = dates.against if dates.against is not None else np.empty(0, dtype=int)
    about = np.isin(rows, against) if dates.doubt == "mixed" else rows >= 0
    said = {
        "column": column,
        "chosen": Text(f"data.order_{chosen}"),
        "other": Text(f"data.order_{other}"),
    }
    return [Oddity(f"date_order_{dates.doubt}", about, said, examples), *oddities]


def _zones(times: pd.Series, bare: np.ndarray, zoned: int) -> tuple[Oddity, ...]:
    """Times without a zone are UTC; days without a clock need none."""
    clocks = bare & (times != times.dt.normalize()).to_numpy()
    if not clocks.any():
        return ()
    name = "zones_mixed" if zoned else "zone_assumed"
    return (Oddity(name, bare, {"column": str(times.name), "zoned": zoned}),)


def stand_ins(times: pd.Series) -> np.ndarray:
    """Rows whose time is a missing one written as a date (0 is 1970-01-01): bool, (n,).

    All of January 1970 is: seconds that were taken for milliseconds come out there. None where
    most times are there: then it is a clock that starts in 1970.
    """
    days = times.dt.normalize()
    usual = pd.to_datetime(["1969-12-31", "1900-01-01", "1899-12-30", "1899-12-31", "0001-01-01"])
    rows = days.isin(usual).to_numpy() | (times.dt.year >= 9999).to_numpy()
    rows |= ((times.dt.year == 1970) & (times.dt.month == 1)).to_numpy()
    early = (times.dt.year <= 1970).to_numpy()
    return rows if early.mean() < 0.5 else np.zeros(len(times), dtype=bool)
