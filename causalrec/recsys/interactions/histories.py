"""Histories in any form, as the rows of a matrix in a model's codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

from causalrec.core.errors import ParamError
from causalrec.data.dataset.dataset import Dataset
from causalrec.data.values.asked_ids import asked_id, asked_ids, codes_of, listed
from causalrec.recsys.interactions.interaction_matrix import of_dataset, placed, rows_of

__all__ = ["History", "from_lists", "rows_for"]

History: TypeAlias = Dataset | sparse.csr_matrix | Sequence[Iterable[Any]]
"""What users took, in any form: a log, a matrix in codes, or lists of external item ids."""


def from_lists(
    histories: Sequence[Iterable[Any]], item_ids: np.ndarray, *, ordered: bool = False
) -> tuple[sparse.csr_matrix, list[str]]:
    """Histories given as lists of external item ids.

    Returns:
        float32 csr (len(histories), n_items), and the ids that no item has, once each.
    """
    lists = [_taken(history) for history in histories]
    names = [item for history in lists for item in history]
    codes = codes_of(names, item_ids)
    rows = np.repeat(np.arange(len(lists)), [len(history) for history in lists])
    there = codes >= 0
    matrix = placed(rows[there], codes[there], (len(lists), len(item_ids)))
    if not ordered:
        matrix.data[:] = 1.0
    strangers = [asked_id(name) for name, code in zip(names, codes, strict=True) if code < 0]
    return matrix, list(dict.fromkeys(strangers))


def _taken(history: object) -> list[Any]:
    """The items of one history, as they were given; holes in it are no items."""
    items = listed(history)
    return [item for item, text in zip(items, asked_ids(items), strict=True) if text is not None]


def rows_for(
    codes: np.ndarray,
    history: History,
    ids: tuple[np.ndarray, np.ndarray],
    *,
    ordered: bool = False,
) -> sparse.csr_matrix:
    """Histories (n, n_items) of user codes (n,), from any form.

    Args:
        codes: -1 for users who are not known.
        history: csr (n, n_items) or (n_users, n_items), a Dataset, or lists of item ids.
        ids: user ids and item ids of the codes.
        ordered: whether datasets and lists give places in time.

    Raises:
        ParamError: the history has another shape.
    """
    if isinstance(history, Dataset):
        return rows_of(of_dataset(history, ids, ordered=ordered), codes)
    given: sparse.csr_matrix = (
        history if sparse.issparse(history) else from_lists(history, ids[1], ordered=ordered)[0]
    )
    if given.shape == (len(ids[0]), len(ids[1])) and (
        len(codes) != len(ids[0]) or np.array_equal(codes, np.arange(len(codes)))
    ):
        return rows_of(sparse.csr_matrix(given, dtype=np.float32), codes)
    if given.shape == (len(codes), len(ids[1])):
        return sparse.csr_matrix(given, dtype=np.float32)
    raise ParamError(
        "recsys.history_shape",
        hint="recsys.history_shape_hint",
        given=str(given.shape),
        expected=str((len(codes), len(ids[1]))),
    )
