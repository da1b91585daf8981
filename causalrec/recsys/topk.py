"""The k best of each row, with ties broken by the lower code so that lists never depend on luck."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

__all__ = ["best", "chunks", "hide"]

_CHUNK_BYTES = 64_000_000


def chunks(n: int, width: int, *, bytes_each: int = 8) -> Iterator[slice]:
    """Slices of ``range(n)`` so that rows of ``width`` numbers stay near 64 MB."""
    size = max(1, _CHUNK_BYTES // max(1, width * bytes_each))
    for start in range(0, n, size):
        yield slice(start, min(n, start + size))


def hide(scores: np.ndarray, seen: sparse.csr_matrix) -> np.ndarray:
    """``scores`` (n, n_items) as a copy with -inf where ``seen`` (n, n_items) has an entry."""
    hidden = np.array(scores, copy=True)
    coo = seen.tocoo()
    hidden[coo.row, coo.col] = -np.inf
    return hidden


def best(scores: np.ndarray, k: int) -> np.ndarray:
    """Codes of the k largest scores a row, best first.

    Args:
        scores: (n, n_items); -inf marks items that may not be listed.
        k: length of the list, at least 1.

    Returns:
        int64 (n, k); -1 where a row has fewer than k items to list.
    """
    n, width = scores.shape
    take = min(k, width)
    lists = np.full((n, k), -1, dtype=np.int64)
    if take == 0 or n == 0:
        return lists
    edge = np.partition(scores, width - take, axis=1)[:, width - take, None]
    above = scores > edge
    level = scores == edge
    room = take - above.sum(axis=1, keepdims=True)
    chosen = above | (level & (np.cumsum(level, axis=1, dtype=np.int32) <= room))
    codes = np.nonzero(chosen)[1].reshape(n, take)
    values = np.take_along_axis(scores, codes, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    codes = np.take_along_axis(codes, order, axis=1)
    values = np.take_along_axis(values, order, axis=1)
    lists[:, :take] = np.where(np.isneginf(values), -1, codes)
    return lists
