"""What a column holds: numbers in whatever form they come, or categories.

Every estimator sees a column as this module reads it, so that a duration, a decimal, a text
"12.5" or a nullable boolean means the same to each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real

import numpy as np
import pandas as pd

__all__ = ["SMALLEST", "YES_AND_NO", "Column", "look", "text_of", "words_of"]

MOSTLY = 0.95
"""Share of the values that must read as numbers before the rest counts as unknown."""
LARGEST, SMALLEST = 1e100, 1e-100
"""Beyond these a square overflows or vanishes."""
YES_AND_NO = {
    **dict.fromkeys(("true", "yes", "y", "t", "on", "是", "真", "有"), True),
    **dict.fromkeys(("false", "no", "n", "f", "off", "否", "假", "无"), False),
}
UNKNOWN = frozenset(
    ("", "na", "n/a", "nan", "null", "none", "nil", "<na>", "nat", "-", "--", "?", ".", "unknown")
)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?\d*,\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_CODE = re.compile(r"[+-]?0\d+")
_MARKS = re.compile(r"[\s$€£¥%]")


@dataclass(frozen=True, eq=False)
class Column:
    """A column as an estimator takes it.

    Attributes:
        data: float64 with NaN for what is unknown, or text with None, (n,).
        form: "number", "duration", "time" (both in days), "boolean", "text_number",
            "text_duration", "text_time" (read from text) or "category".
        order: of an ordered category, its values in words from first to last; else empty.
        infinite: how many values were infinite; they count as unknown.
    """

    data: np.ndarray
    form: str
    order: tuple[str, ...] = ()
    infinite: int = 0

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers."""
        return self.form != "category"

    @property
    def known(self) -> np.ndarray:
        """Which values are known, bool (n,)."""
        return ~np.asarray(pd.isna(self.data))


def look(values: pd.Series) -> Column:
    """A column as numbers, where it holds numbers in any form, else as categories.

    Times and durations become days. Text is read as numbers, durations or times where at least
    95 % of its values are such; codes with leading zeros are not numbers. Categories of a pandas
    `Categorical` stay categories, in their order if they have one.
    """
    kind = values.dtype
    if isinstance(kind, pd.SparseDtype):
        return look(pd.Series(np.asarray(values)))
    if isinstance(kind, pd.CategoricalDtype):
        return _category(values)
    if isinstance(kind, (pd.PeriodDtype, pd.IntervalDtype)):
        return _spans(values)
    column = _by_type(values)
    return _objects(values.astype(object)) if column is None else column


def _by_type(values: pd.Series) -> Column | None:
    """A column whose type says what it holds; None for objects and text."""
    kind = values.dtype
    if pd.api.types.is_datetime64_any_dtype(kind):
        return Column(_days(values - values.min()), "time")
    if pd.api.types.is_timedelta64_dtype(kind):
        return Column(_days(values), "duration")
    if pd.api.types.is_bool_dtype(kind) and not pd.api.types.is_object_dtype(kind):
        return Column(values.to_numpy(dtype=float, na_value=np.nan), "boolean")
    if pd.api.types.is_complex_dtype(kind):
        held = values.to_numpy()
        real = not held.imag.any()
        return _finite(held.real, "number") if real else words_of(values.astype(object))
    if pd.api.types.is_numeric_dtype(kind):
        return _finite(values.to_numpy(dtype=float, na_value=np.nan), "number")
    return None


def text_of(value: object) -> str:
    """A value as a person reads it: whole numbers without a fraction."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if not isinstance(value, (float, np.floating)):
        return str(value)
    number = float(value)
    whole = number.is_integer() and abs(number) < 1e15
    return str(int(number)) if whole else f"{number:.12g}"


def _finite(numbers: np.ndarray, form: str) -> Column:
    infinite = np.isinf(numbers) | (np.abs(numbers) > LARGEST)
    return Column(np.where(infinite, np.nan, numbers), form, infinite=int(infinite.sum()))


def _days(spans: pd.Series) -> np.ndarray:
    return np.asarray(spans.dt.total_seconds().to_numpy(dtype=float, na_value=np.nan)) / 86_400.0


def _spans(values: pd.Series) -> Column:
    """Periods by their start, intervals by their middle."""
    if isinstance(values.dtype, pd.PeriodDtype):
        return look(values.dt.to_timestamp())
    middles = pd.Series([np.nan if pd.isna(one) else one.mid for one in values], dtype=object)
    return look(middles.infer_objects())


def _category(values: pd.Series) -> Column:
    levels = values.cat.categories
    column = words_of(values.astype(object))
    order = tuple(text_of(v) for v in levels) if values.cat.ordered else ()
    return Column(column.data, "category", order)


def words_of(values: pd.Series) -> Column:
    """A column as categories; blank text counts as unknown."""
    codes, unique = pd.factorize(_hashable(values))
    words = np.array([*(text_of(one) for one in unique), None], dtype=object)
    words[[i for i, word in enumerate(words) if word is not None and not word.strip()]] = None
    return Column(words[codes], "category")


def _hashable(values: pd.Series) -> np.ndarray:
    """The values, or their words where some cannot be told apart by their hash."""
    held = values.to_numpy(dtype=object)
    if pd.api.types.infer_dtype(values, skipna=True) in ("string", "integer", "boolean"):
        return held
    there = values.notna().to_numpy()
    return np.array([text_of(v) if k else None for v, k in zip(held, there, strict=True)], object)


def _objects(values: pd.Series) -> Column:
    """Python objects: as what they are where they are of one kind, else as words."""
    seen = values.dropna()
    if not len(seen):
        return Column(np.full(len(values), np.nan), "number")
    kind = pd.api.types.infer_dtype(seen, skipna=True)
    if kind == "bytes":
        plain = [
            v.decode("utf-8", "backslashreplace") if isinstance(v, bytes) else v for v in values
        ]
        return _text(pd.Series(plain, dtype=object))
    if kind == "boolean":
        return Column(values.astype("boolean").to_numpy(dtype=float, na_value=np.nan), "boolean")
    if all(isinstance(v, (Real, Decimal)) and not isinstance(v, bool) for v in seen):
        return _finite(np.array([_float(v) for v in values]), "number")
    if kind in ("timedelta", "timedelta64"):
        return Column(_days(pd.to_timedelta(values, errors="coerce")), "duration")
    if kind in ("datetime", "datetime64", "date"):
        return _times(values, "time") or words_of(values)
    return _text(values) if kind == "string" else words_of(values)


def _float(value: float) -> float:
    try:
        return float("nan") if pd.isna(value) else float(value)
    except OverflowError:
        return float("inf")


def _times(values: pd.Series, form: str) -> Column | None:
    times = pd.to_datetime(values, errors="coerce", utc=True, format="ISO8601")
    if times.notna().sum() < MOSTLY * values.notna().sum():
        return None
    return Column(_days(times - times.min()), form)


def _text(values: pd.Series) -> Column:
    """Text: numbers, durations or times where nearly all of it reads so, else words."""
    codes, unique = pd.factorize(values)
    words = [str(one).strip() for one in unique]
    asked = [word.casefold() not in UNKNOWN for word in words]
    rows = np.bincount(codes[codes >= 0], minlength=len(words))
    if not any(asked):
        return words_of(values)
    least = MOSTLY * float(rows[asked].sum())
    numbers = _read_numbers(words)
    if rows[~np.isnan(numbers)].sum() >= least:
        return _finite(np.append(numbers, np.nan)[codes], "text_number")
    listed = pd.Series(words, dtype=object).where(pd.Series(asked), None)
    spans = _clock(listed)
    if rows[spans.notna()].sum() >= least:
        return Column(np.append(_days(spans), np.nan)[codes], "text_duration")
    times = pd.to_datetime(listed, errors="coerce", utc=True, format="ISO8601")
    if rows[times.notna()].sum() >= least:
        return Column(np.append(_days(times - times.min()), np.nan)[codes], "text_time")
    return words_of(values)


def _clock(words: pd.Series) -> pd.Series:
    """Durations such as "3 days 04:05:06" or "01:30:00"; plain numbers are none."""
    shaped = words.where(words.str.contains(r":|\bday", regex=True, na=False), None)
    return pd.to_timedelta(shaped, errors="coerce")


def _read_numbers(words: list[str]) -> np.ndarray:
    """The numbers that words stand for, NaN for others, (n,); codes such as 007 are no numbers."""
    plain = [_MARKS.sub("", word) for word in words]
    if any(_CODE.fullmatch(word) for word in plain):
        return np.full(len(words), np.nan)
    commas = sum(bool(_COMMA.fullmatch(w)) and not _THOUSANDS.fullmatch(w) for w in plain)
    return np.array([_number(word, commas > 0) for word in plain], dtype=float)


def _number(word: str, decimal_comma: bool) -> float:
    if decimal_comma and _COMMA.fullmatch(word):
        return float(word.replace(",", "."))
    if _THOUSANDS.fullmatch(word):
        return float(word.replace(",", ""))
    return float(word) if _NUMBER.fullmatch(word) else float("nan")
