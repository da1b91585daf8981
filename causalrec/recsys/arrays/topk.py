"""The k best of each row, with ties broken by the lower code so that lists never depend on luck."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy import sparse

__all__ = ["Listed", "best", "best_of_sorted", "blocks", "chunks", "entries", "hide", "listed"]

_CHUNK_BYTES = 64_000_000
_CACHE_BYTES = 1_000_000


def chunks(n: int, width: int, *, bytes_each: int = 8) -> Iterator[slice]:
    """Slices of ``range(n)`` so that rows of ``width`` numbers stay near 64 MB."""
    size = max(1, _CHUNK_BYTES // max(1, width * bytes_each))
    for start in range(0, n, size):
        yield slice(start, min(n, start + size))


class Listed(NamedTuple):
    """Lists of some users: which of all, int64 (m, k) item codes, and all scores (m, n_items)."""

    part: slice
    lists: np.ndarray
    scores: np.ndarray


def listed(
    shape: tuple[int, int],
    k: int,
    *,
    score: Callable[[slice], np.ndarray],
    seen: Callable[[slice], sparse.csr_matrix] | None = None,
) -> Iterator[Listed]:
    """The k best items of each user, a part of the users at a time.

    Args:
        shape: numbers of users and items.
        k: length of a list, at least 1.
        score: part of the users -> scores (m, n_items).
        seen: part of the users -> what may not be listed, csr (m, n_items).
    """
    for part in chunks(*shape):
        scores = score(part)
        shown = scores if seen is None else hide(scores, seen(part))
        yield Listed(part, best(shown, k), scores)


def blocks(scores: np.ndarray) -> Iterator[slice]:
    """Slices of the rows of ``scores`` (n, width) that stay in the processor's cache."""
    size = max(1, _CACHE_BYTES // max(1, scores.shape[1] * scores.itemsize))
    for start in range(0, len(scores), size):
        yield slice(start, min(len(scores), start + size))


def hide(scores: np.ndarray, seen: sparse.csr_matrix) -> np.ndarray:
    """``scores`` (n, n_items) as a copy with -inf where ``seen`` (n, n_items) has an entry."""
    hidden = np.array(scores, copy=True)
    hidden[entries(seen, slice(0, len(hidden)))] = -np.inf
    return hidden


def entries(matrix: sparse.csr_matrix, rows: slice) -> tuple[np.ndarray, np.ndarray]:
    """Row (counted from the first of ``rows``) and column of the entries of some rows."""
    starts = matrix.indptr[rows.start : rows.stop + 1]
    row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return row, matrix.indices[starts[0] : starts[-1]]


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
    if take == 0:
        return lists
    for rows in blocks(scores):
        block = scores[rows]
        edge = np.partition(block, width - take, axis=1)[:, width - take]
        lists[rows, :take] = _above(block, edge, take)
    return lists


def best_of_sorted(scores: np.ndarray, ordered: np.ndarray, k: int) -> np.ndarray:
    """`best` where the rows are at hand in rising order too, (n, n_items)."""
    n, width = scores.shape
    take = min(k, width)
    lists = np.full((n, k), -1, dtype=np.int64)
    if take:
        lists[:, :take] = _above(scores, ordered[:, width - take], take)
    return lists


def _above(scores: np.ndarray, edge: np.ndarray, take: int) -> np.ndarray:
    """The ``take`` best of each row (n, take), given the smallest score among them, (n,)."""
    n, width = scores.shape
    chosen = scores >= edge[:, None]
    places = np.flatnonzero(chosen)
    if len(places) > n * take:
        # More items at the edge than there is room for: the lower codes stay.
        crowded = np.flatnonzero(np.bincount(places // width, minlength=n) > take)
        some, level = scores[crowded], scores[crowded] == edge[crowded, None]
        room = take - (some > edge[crowded, None]).sum(axis=1, keepdims=True)
        chosen[crowded] &= ~level | (np.cumsum(level, axis=1, dtype=np.int32) <= room)
        places = np.flatnonzero(chosen)
    codes = places.reshape(n, take) - (np.arange(n) * width)[:, None]
    values = np.take_along_axis(scores, codes, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    codes = np.take_along_axis(codes, order, axis=1)
    codes[np.isneginf(np.take_along_axis(values, order, axis=1))] = -1
    return codes
