"""Who interacted with what, as sparse matrices: from data, and between id universes.

A history is a csr with an entry for each item taken. Its entries are ones; where ``ordered``
is asked for they are the place in time instead (1 for the first item a user took, and so on;
an item taken again counts at its last place).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse

from causalrec.core.errors import DataError, ParamError
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.asked_ids import asked_id, codes_of
from causalrec.recsys.team.team import current_team

__all__ = [
    "aligned",
    "as_ids",
    "by_time",
    "codes_of",
    "log_popularity",
    "of_all",
    "of_dataset",
    "placed",
    "positives",
    "rows_of",
    "union",
    "weighted",
]


def as_ids(values: Iterable[Any]) -> np.ndarray:
    """External ids as an object array of str (n,): one long id does not widen all.

    Raises:
        ParamError: one of them is no id.
    """
    return np.array([asked_id(value) for value in values], dtype=object)


def positives(data: Dataset, *, ordered: bool = False) -> sparse.csr_matrix:
    """What each user took: float32 csr, (n_users, n_items).

    Where each process of a team has read a part of the log, all get the whole matrix.

    Raises:
        DataError: the log names no users, or is another process's part.
    """
    if "user" not in data.frame.columns:
        raise DataError("recsys.no_users", hint="recsys.no_users_hint", name=data.name)
    if not ordered:
        return of_all(data, sparse.csr_matrix(data.matrix()))
    taken = data.frame[np.asarray(data.positive_mask(), dtype=bool)]
    if "time" in taken.columns:
        taken = taken.sort_values("time", kind="stable")
    users, items = taken["user"].to_numpy(), taken["item"].to_numpy()
    return of_all(data, placed(users, items, (data.n_users, data.n_items)))


def of_all(data: Dataset, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """A matrix of the log's rows with those that the other processes read.

    Raises:
        DataError: the log is another part than this process's.
    """
    team = current_team()
    if data.part[1] == 1 or team.size == 1:
        return matrix
    if data.part != (team.rank, team.size):
        raise DataError("distributed.other_part", hint="distributed.other_part_hint")
    return team.joined(matrix)


def by_time(history: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Items of each row of an ordered history in time: codes (nnz,) and where rows start (n + 1,).

    Ties (a history of ones) keep the order of the item codes.
    """
    rows = np.repeat(np.arange(history.shape[0]), np.diff(history.indptr))
    order = np.lexsort([history.indices, history.data, rows])
    return history.indices[order], history.indptr


def placed(rows: np.ndarray, items: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    """An ordered history of events (n,) that come in time's order."""
    keys = rows.astype(np.int64) * shape[1] + items
    # Backwards, the first of its kind is the last that happened.
    last = np.unique(keys[::-1], return_index=True)[1]
    kept = np.sort(len(keys) - 1 - last)
    rows, items = rows[kept], items[kept]
    place = pd.Series(np.ones(len(rows))).groupby(rows).cumsum().to_numpy()
    history = sparse.csr_matrix((place.astype(np.float32), (rows, items)), shape=shape)
    history.sort_indices()
    return history


def weighted(data: Dataset, weights: ArrayLike) -> sparse.csr_matrix:
    """`positives` with a weight for each user and item: the mean of their rows' weights.

    Args:
        data: the log.
        weights: one number a row of ``data.frame``, (n,), finite and not negative.

    Raises:
        ParamError: the weights have another length, are negative or not finite.
    """
    values = np.asarray(weights, dtype=np.float64)
    if values.shape != (len(data.frame),):
        raise ParamError(
            "recsys.weights_length",
            hint="recsys.weights_hint",
            given=int(values.size),
            rows=len(data.frame),
        )
    if not np.isfinite(values).all() or (values < 0).any():
        raise ParamError("recsys.weights_values", hint="recsys.weights_hint")
    keep = np.asarray(data.positive_mask(), dtype=bool)
    users = data.frame["user"].to_numpy()[keep]
    items = data.frame["item"].to_numpy()[keep]
    shape = (data.n_users, data.n_items)
    total = sparse.csr_matrix((values[keep], (users, items)), shape=shape)
    count = sparse.csr_matrix((np.ones(len(users)), (users, items)), shape=shape)
    mean = total.multiply(count.power(-1)).tocsr().astype(np.float32)
    mean.eliminate_zeros()
    return of_all(data, mean)


def aligned(
    matrix: sparse.csr_matrix, ids: tuple[np.ndarray, np.ndarray], to: tuple[np.ndarray, np.ndarray]
) -> sparse.csr_matrix:
    """A matrix over one id universe, moved to another by external id (unknown ids drop out).

    Args:
        matrix: (n_users, n_items).
        ids: its user ids and item ids.
        to: user ids and item ids of the answer.
    """
    if all(np.array_equal(mine, theirs) for mine, theirs in zip(ids, to, strict=True)):
        return matrix
    users, items = codes_of(ids[0], to[0]), codes_of(ids[1], to[1])
    coo = matrix.tocoo()
    rows, columns = users[coo.row], items[coo.col]
    keep = (rows >= 0) & (columns >= 0)
    shape = (len(to[0]), len(to[1]))
    return sparse.csr_matrix((coo.data[keep], (rows[keep], columns[keep])), shape=shape)


def union(*matrices: sparse.csr_matrix, ordered: bool = False) -> sparse.csr_matrix:
    """An entry wherever any of the matrices (equal shapes) has one.

    Ordered: what is in a later matrix happened after all that is in an earlier one.
    """
    if ordered:
        parts = [by_time(sparse.csr_matrix(matrix)) for matrix in matrices]
        rows = [np.repeat(np.arange(len(starts) - 1), np.diff(starts)) for _, starts in parts]
        items = np.concatenate([codes for codes, _ in parts])
        return placed(np.concatenate(rows), items, matrices[0].shape)
    total = sparse.csr_matrix(sum(matrices[1:], start=matrices[0]))
    total = sparse.csr_matrix(total, dtype=np.float32, copy=True)
    total.sum_duplicates()
    total.eliminate_zeros()
    total.data[:] = 1.0
    total.sort_indices()
    return total


def of_dataset(
    data: Dataset, ids: tuple[np.ndarray, np.ndarray], *, ordered: bool = False
) -> sparse.csr_matrix:
    """`positives` of a log in the codes of another id universe (user ids, item ids)."""
    mine = (np.asarray(data.user_ids), np.asarray(data.item_ids))
    return aligned(positives(data, ordered=ordered), mine, ids)


def rows_of(matrix: sparse.csr_matrix, codes: np.ndarray) -> sparse.csr_matrix:
    """Rows (n, n_items) of user codes (n,); code -1 gives an empty row."""
    if len(codes) and codes.min() < 0:
        if not matrix.shape[0]:
            return sparse.csr_matrix((len(codes), matrix.shape[1]), dtype=np.float32)
        keep = sparse.diags_array((codes >= 0).astype(np.float32)).tocsr()
        rows = sparse.csr_matrix(keep @ matrix[np.maximum(codes, 0)])
        rows.eliminate_zeros()
        return rows
    return sparse.csr_matrix(matrix[codes])


def log_popularity(matrix: sparse.csr_matrix) -> np.ndarray:
    """log(1 + weight of the users who took it) of each item, float32 (n_items,)."""
    total = np.asarray(matrix.sum(axis=0), dtype=float).ravel()
    return np.asarray(np.log1p(total), dtype=np.float32)
