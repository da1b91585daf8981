"""External ids (text) and the codes that stand for them."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["clean_text_ids", "encode_ids", "recode", "sort_ids", "union_ids"]

_MISSING = ("", "null", "nan", "none", "\\n", "<na>")


def clean_text_ids(values: pd.Series) -> pd.Series:
    """Ids as text without surrounding spaces; whole floats lose their ".0"; NA where missing."""
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_integer_dtype(values):
        return values.astype("string").astype(object)
    if pd.api.types.is_float_dtype(values):
        present = values.dropna()
        whole = bool(((present % 1) == 0).all()) and bool((present.abs() < 2**53).all())
        text = values.astype("Int64" if whole else "Float64").astype("string").astype(object)
        return text.where(values.notna(), None)
    text = values.astype("string").str.strip()
    return text.mask(text.str.lower().isin(_MISSING)).astype(object)


def sort_ids(ids: np.ndarray) -> np.ndarray:
    """Ids in a fixed order: by number when every id is a whole number, else by text."""
    try:
        order = np.argsort(np.array([int(i) for i in ids], dtype=np.int64), kind="stable")
    except (ValueError, OverflowError):
        order = np.argsort(ids.astype(str), kind="stable")
    return ids[order]


def encode_ids(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Codes and sorted distinct ids of a column.

    Returns:
        codes: int32, shape (n,), -1 where the id is missing.
        ids: object array of str, shape (n_ids,); code = index.
    """
    raw, distinct = pd.factorize(values)
    cleaned = clean_text_ids(pd.Series(distinct))
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
