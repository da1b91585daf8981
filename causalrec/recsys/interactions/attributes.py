"""What is known of items or users beside their interactions, as a sparse matrix of features.

A category is one-hot, several at once ("Action|Comedy" or a list) multi-hot, a number one of
five quantile bins. What is missing, or was not met when the features were made, has no entry.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pandas as pd
from scipy import sparse

from causalrec.core.errors import ParamError

__all__ = ["Attributes", "Feature", "attribute_matrix", "encoded"]

_BINS = 5
_FEW = 10
_MOST_VALUES = 1_000
_TITLES = {"title", "title_zh", "name", "description", "text", "url", "image"}
_ID = re.compile(r"(^|[_\W])id$|[a-z]Id$")


@dataclass(frozen=True)
class Feature:
    """How one column becomes features: by its categories, or by the edges of its bins.

    Attributes:
        column: the table's column.
        categories: its values, one feature each.
        edges: inner edges of the bins of a number, rising: one feature more than edges.
    """

    column: str
    categories: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()

    @property
    def names(self) -> list[str]:
        """One name a feature, such as ``category=Drama`` or ``price=10–20``."""
        if not self.edges:
            return [f"{self.column}={value}" for value in self.categories]
        ends = ["", *(f"{edge:g}" for edge in self.edges), ""]
        return [f"{self.column}={low}–{high}" for low, high in pairwise(ends)]


@dataclass(frozen=True, eq=False)
class Attributes:
    """Rows described by features.

    Attributes:
        matrix: float32 csr (n, d) of ones.
        features: how each column was read; d is the sum of their names.
    """

    matrix: sparse.csr_matrix
    features: tuple[Feature, ...]

    @property
    def names(self) -> list[str]:
        """Names of the features, (d,)."""
        return [name for feature in self.features for name in feature.names]

    @property
    def columns(self) -> np.ndarray:
        """Number of the table's column that each feature comes from, int64 (d,)."""
        sizes = [len(feature.names) for feature in self.features]
        return np.repeat(np.arange(len(sizes)), sizes)

    def vocabulary(self) -> list[dict[str, Any]]:
        """The features as JSON; `encoded` reads it."""
        return [
            {"column": f.column, "categories": list(f.categories), "edges": list(f.edges)}
            for f in self.features
        ]


def attribute_matrix(table: pd.DataFrame | None, n: int) -> Attributes:
    """Features of all columns that describe: titles, free text, ids and constants are left out.

    So is a column that says the same as one before it (a category in another language).

    Args:
        table: one row a code; None where nothing is known.
        n: how many codes there are.

    Raises:
        ParamError: the table has not n rows.
    """
    if table is None:
        return Attributes(sparse.csr_matrix((n, 0), dtype=np.float32), ())
    _check(table, n)
    parts: list[sparse.csr_matrix] = []
    features: list[Feature] = []
    seen: set[tuple[bytes, bytes]] = set()
    for column in table.columns:
        feature = _read(str(column), table[column])
        if feature is None:
            continue
        columns = _column(feature, table[column])
        if len(feature.names) == 1 and columns.nnz == n:
            continue
        shape = _shape_of(columns)
        if shape not in seen:
            seen.add(shape)
            parts.append(columns)
            features.append(feature)
    return Attributes(_beside(parts, n), tuple(features))


def encoded(
    vocabulary: Iterable[dict[str, Any]], table: pd.DataFrame | None, n: int
) -> sparse.csr_matrix:
    """Rows in features that were made of another table: what is new there has no entry.

    Args:
        vocabulary: of `Attributes.vocabulary`.
        table: one row a code, or None; columns it lacks are missing throughout.
        n: how many codes there are.

    Returns:
        float32 csr (n, d).

    Raises:
        ParamError: the table has not n rows.
    """
    if table is not None:
        _check(table, n)
    parts = []
    for entry in vocabulary:
        feature = Feature(entry["column"], tuple(entry["categories"]), tuple(entry["edges"]))
        if table is None or feature.column not in table.columns:
            parts.append(sparse.csr_matrix((n, len(feature.names)), dtype=np.float32))
        else:
            parts.append(_column(feature, table[feature.column]))
    return _beside(parts, n)


def _check(table: pd.DataFrame, n: int) -> None:
    if len(table) != n:
        raise ParamError(
            "core.bad_param",
            hint="core.bad_param_hint",
            name="table",
            value=str(len(table)),
            why=str(n),
        )


def _beside(parts: Sequence[sparse.csr_matrix], n: int) -> sparse.csr_matrix:
    if not parts:
        return sparse.csr_matrix((n, 0), dtype=np.float32)
    return sparse.csr_matrix(sparse.hstack(parts, format="csr"), dtype=np.float32)


def _shape_of(matrix: sparse.csr_matrix) -> tuple[bytes, bytes]:
    """What a column says whatever its values are called: its groups, by their first row."""
    by_row = sparse.csc_matrix(matrix)
    by_row.sort_indices()
    groups = sorted(by_row.indices[start:end].tobytes() for start, end in pairwise(by_row.indptr))
    return matrix.indptr.tobytes(), b"|".join(groups)


def _read(name: str, values: pd.Series) -> Feature | None:
    """How a column is read; None where it does not describe."""
    if name.lower() in _TITLES:
        return None
    if _is_number(values):
        numbers = _numbers(values)
        finite = numbers[np.isfinite(numbers)]
        if len(np.unique(finite)) > _FEW and not _ID.search(name):
            return Feature(name, edges=_edges(finite))
    rows = _lists(values)
    counts = Counter(value for row in rows for value in row)
    described = sum(bool(row) for row in rows)
    # Nearly as many values as rows: ids, addresses, sentences.
    if not counts or len(counts) > max(2 * _FEW, described / 2):
        return None
    common = sorted(counts, key=lambda value: (-counts[value], value))[:_MOST_VALUES]
    return Feature(name, categories=tuple(sorted(common)))


def _edges(values: np.ndarray) -> tuple[float, ...]:
    """Inner quantiles that part the values; where nearly all are the least, that one apart."""
    inner = np.unique(np.quantile(values, np.arange(1, _BINS) / _BINS))
    inner = inner[inner > values.min()]
    return tuple(map(float, inner)) or (float(values[values > values.min()].min()),)


def _column(feature: Feature, values: pd.Series) -> sparse.csr_matrix:
    """One column in its features, float32 csr (n, names)."""
    shape = (len(values), len(feature.names))
    if feature.edges:
        numbers = _numbers(values)
        rows = np.flatnonzero(np.isfinite(numbers))
        columns = np.searchsorted(feature.edges, numbers[rows], side="right")
    else:
        place = {value: j for j, value in enumerate(feature.categories)}
        pairs = [
            (i, place[value])
            for i, row in enumerate(_lists(values))
            for value in dict.fromkeys(row)
            if value in place
        ]
        rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    ones = np.ones(len(rows), dtype=np.float32)
    return sparse.csr_matrix((ones, (rows, columns)), shape=shape)


def _is_number(values: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(values.dtype):
        return False
    return bool(
        pd.api.types.is_numeric_dtype(values.dtype)
        or pd.api.types.is_datetime64_any_dtype(values.dtype)
    )


def _numbers(values: pd.Series) -> np.ndarray:
    """A column as float64 (n,), NaN where it is no number."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        whole = values.to_numpy(dtype="datetime64[s]")
        return np.where(np.isnat(whole), np.nan, whole.astype(np.int64).astype(float))
    return np.asarray(pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan))


def _lists(values: pd.Series) -> list[list[str]]:
    """The categories of each row, none where it is missing."""
    return [_several(value) for value in values.tolist()]


def _several(value: object) -> list[str]:
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        parts = sorted(map(str, value)) if isinstance(value, (set, frozenset)) else list(value)
        return [text for part in parts for text in _several(part)]
    if value is None or (not isinstance(value, str) and bool(pd.isna(cast(Any, value)))):
        return []
    if isinstance(value, (bool, np.bool_)):
        return [str(bool(value))]
    if isinstance(value, (int, float, np.integer, np.floating)):
        return [f"{value:.12g}"] if np.isfinite(value) else []
    return [part.strip() for part in str(value).split("|") if part.strip()]
