"""External ids (text) and the codes that stand for them.

An id is text. Whole numbers are their digits, however long; text stays as it is written but for
the blanks around it. Nothing that was told apart becomes one id.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pandas as pd

from causalrec.core.errors import DataError

__all__ = [
    "NO_ID_WORDS",
    "clean_text_ids",
    "encode_ids",
    "labels",
    "readable",
    "recode",
    "sort_ids",
    "text_id",
    "union_ids",
]

NO_ID_WORDS = (
    "NA",
    "N/A",
    "null",
    "NULL",
    "none",
    "None",
    "nan",
    "NaN",
    "\\N",
    "<NA>",
    "undefined",
    "-",
)
"""Texts that often stand for "no id"; they are ids until a mapping's `missing` names them."""

_WITH_POINT = re.compile(r"-?(?:0|[1-9]\d*)\.0")
_EXACT = {2: 2**11, 4: 2**24, 8: 2**53}
"""From here on a float of so many bytes no longer tells neighbouring whole numbers apart."""
_PLAIN = ("string", "integer", "decimal", "bytes", "empty")


def text_id(value: object) -> str | None:
    """One id as text without blanks around it; None where it is missing.

    A whole float is its digits (5.0 is "5", since one missing neighbour makes numbers floats).

    Raises:
        TypeError: a value that is no id (a list, a dict, an array).
    """
    if type(value) is str:
        return value.strip() or None
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "backslashreplace").strip() or None
    if isinstance(value, (list, tuple, dict, set, frozenset, np.ndarray)):
        raise TypeError(type(value).__name__)
    if value is None or value is pd.NaT or pd.isna(cast(Any, value)):
        return None
    if isinstance(value, (float, np.floating, Decimal)):
        return _of_number(value)
    return str(value).strip() or None


def _of_number(value: float | np.floating | Decimal, *, whole: bool = True) -> str | None:
    if not np.isfinite(float(value)):
        return None
    if whole and value == (digits := int(value)):
        return str(digits)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def clean_text_ids(values: pd.Series, missing: Collection[str] = ()) -> pd.Series:
    """A column of ids as text (object dtype), None where missing.

    Whole numbers written with ".0" lose it if the whole column is written so.

    Args:
        values: any column, shape (n,).
        missing: texts that mean "no id" in this column.

    Raises:
        DataError: the values are lists or objects, or floats too big to tell ids apart.
    """
    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        names = clean_text_ids(pd.Series(kind.categories, name=values.name), missing)
        categories = np.array([*names, None], dtype=object)[values.cat.codes.to_numpy()]
        return pd.Series(categories, index=values.index, dtype=object)
    if pd.api.types.is_float_dtype(kind):
        texts = _of_floats(values)
    elif pd.api.types.is_integer_dtype(kind) or pd.api.types.is_bool_dtype(kind):
        texts = values.astype("string").astype(object)
    else:
        texts = _without_point(_of_objects(values))
    gone = texts.isna() | texts.isin(tuple(missing)) if missing else texts.isna()
    return texts.where(~gone, None)


def _of_floats(values: pd.Series) -> pd.Series:
    real = values.to_numpy(dtype=float, na_value=np.nan)
    present = real[np.isfinite(real)]
    whole = bool((present % 1 == 0).all())
    size = getattr(values.dtype, "itemsize", 8)
    if whole and len(present) and np.abs(present).max() >= _EXACT.get(size, 2**53):
        raise DataError(
            "data.ids_too_big",
            hint="data.ids_too_big_hint",
            column=str(values.name),
            example=f"{present[np.abs(present).argmax()]:.0f}",
        )
    texts = values.astype(object).map(lambda v: _of_number(v, whole=whole), na_action="ignore")
    return texts.astype(object)


def _of_objects(values: pd.Series) -> pd.Series:
    """Any other column by each value; its floats are digits if all of them are whole.

    Raises:
        DataError: a value is a list or another object.
    """
    try:
        texts = values.astype(object).map(text_id, na_action="ignore").astype(object)
    except TypeError as error:
        raise DataError(
            "data.ids_of_objects",
            hint="data.ids_of_objects_hint",
            column=str(values.name),
            kind=str(error),
        ) from error
    if values.dtype == object:
        floats = values.map(lambda v: isinstance(v, (float, np.floating)), na_action="ignore")
        some = values[floats.eq(other=True)]
        if len(some) and some.map(lambda v: np.isfinite(v) and v % 1 != 0).any():
            texts = texts.where(
                ~texts.index.isin(some.index), some.map(lambda v: _of_number(v, whole=False))
            )
    return texts


def _without_point(texts: pd.Series) -> pd.Series:
    present = texts.dropna()
    # The first answers for nearly every column.
    if not len(present) or not _WITH_POINT.fullmatch(present.iloc[0]):
        return texts
    if not present.map(_WITH_POINT.fullmatch).notna().all():
        return texts
    return texts.map(lambda text: text[:-2], na_action="ignore").astype(object)


def labels(values: pd.Series) -> pd.Series:
    """Groups, categories and other values as text, by the rule for ids; "" where missing."""
    try:
        return clean_text_ids(values).fillna("").astype(object)
    except DataError:  # figures too big for ids are still figures
        return readable(values).astype("str").fillna("").astype(object)


def readable(values: pd.Series) -> pd.Series:
    """A column that can be compared, counted and written: bytes, lists and objects as text."""
    if values.dtype != object:
        arrow = isinstance(values.dtype, pd.ArrowDtype) and values.dtype.kind == "O"
        return _each_as_text(values.astype(object)) if arrow else values
    if pd.api.types.infer_dtype(values, skipna=True) in ("string", "integer", "empty", "boolean"):
        return values
    return _each_as_text(values)


def _each_as_text(values: pd.Series) -> pd.Series:
    def text(value: object) -> object:
        if isinstance(value, (bytes, bytearray)):
            return bytes(value).decode("utf-8", "backslashreplace")
        if isinstance(value, (list, tuple, dict, set, frozenset, np.ndarray)):
            return str(value.tolist() if isinstance(value, np.ndarray) else value)
        return value

    return values.map(text, na_action=None).astype(object)


def sort_ids(ids: np.ndarray) -> np.ndarray:
    """Ids in a fixed order: by number when every id is a whole number, else by text."""
    try:
        order = np.argsort(np.array([int(i) for i in ids], dtype=np.int64), kind="stable")
    except (ValueError, OverflowError):
        order = np.argsort(ids.astype(str), kind="stable")
    return ids[order]


def encode_ids(values: pd.Series, missing: Collection[str] = ()) -> tuple[np.ndarray, np.ndarray]:
    """Codes and sorted distinct ids of a column.

    Returns:
        codes: int32, shape (n,), -1 where the id is missing.
        ids: object array of str, shape (n_ids,); code = index.

    Raises:
        DataError: the values cannot be ids (`clean_text_ids`).
    """
    if values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) not in _PLAIN:
        values = clean_text_ids(values)  # hashing would take True for 1, and no lists
    raw, distinct = pd.factorize(values)
    cleaned = clean_text_ids(pd.Series(distinct, name=values.name), missing)
    ids = sort_ids(cleaned.dropna().unique().astype(object))
    lookup = np.append(pd.Index(ids).get_indexer(cleaned), -1)
    lookup[:-1][cleaned.isna().to_numpy()] = -1
    return lookup[raw].astype(np.int32), ids


def union_ids(*parts: np.ndarray) -> np.ndarray:
    """All distinct ids of several id arrays, in the fixed order."""
    joined = np.concatenate(parts) if parts else np.empty(0, dtype=object)
    return sort_ids(np.asarray(pd.unique(pd.Series(joined, dtype=object)), dtype=object))


def recode(codes: np.ndarray, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Codes of `old` ids as codes of `new` ids, shape (n,) int32; -1 where `new` lacks the id."""
    table = np.append(pd.Index(new).get_indexer(pd.Index(old)), -1).astype(np.int32)
    return np.asarray(table[codes], dtype=np.int32)


def with_ids(frame: pd.DataFrame, user_ids: np.ndarray, item_ids: np.ndarray) -> pd.DataFrame:
    """Rows with external ids in place of the codes of users and items.

    Args:
        frame: with the columns `user` and `item`, where there are any, as codes.
        user_ids: external ids, (n_users,); code = index.
        item_ids: external ids, (n_items,); code = index.
    """
    ids = {"user": user_ids, "item": item_ids}
    named = {role: ids[role][frame[role].to_numpy()] for role in ids if role in frame}
    return frame.assign(**named)
