"""Accuracy of ranked lists, one value a user; relevance is 0 or 1, every item competes."""

from __future__ import annotations

import numpy as np
from scipy import sparse

__all__ = ["hit_of_lists", "hits", "mrr_of_lists", "ndcg_of_lists", "recall_of_lists"]


def hits(lists: np.ndarray, targets: sparse.csr_matrix) -> np.ndarray:
    """Which listed items are targets.

    Args:
        lists: int (n, k), item codes, best first; -1 for no item.
        targets: csr (n, n_items), an entry for each held-out item.

    Returns:
        bool (n, k).
    """
    n, k = lists.shape
    width = targets.shape[1]
    coo = targets.tocoo()
    wanted = np.sort(coo.row.astype(np.int64) * width + coo.col)
    if not len(wanted):
        return np.zeros((n, k), dtype=bool)
    keys = np.arange(n, dtype=np.int64)[:, None] * width + lists
    place = np.searchsorted(wanted, keys).clip(0, len(wanted) - 1)
    return np.asarray((wanted[place] == keys) & (lists >= 0))


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(top, bottom, out=np.zeros(len(top)), where=bottom > 0))


def recall_of_lists(
    lists: np.ndarray, targets: sparse.csr_matrix, n_targets: np.ndarray | None = None
) -> np.ndarray:
    """Share of the held-out items that the list holds, (n,). Arguments as in `hits`.

    ``n_targets`` (n,) counts the held-out items where some are outside the catalogue.
    """
    total = targets.getnnz(axis=1) if n_targets is None else n_targets
    return _ratio(hits(lists, targets).sum(axis=1), total)


def ndcg_of_lists(
    lists: np.ndarray, targets: sparse.csr_matrix, n_targets: np.ndarray | None = None
) -> np.ndarray:
    """Normalised discounted cumulative gain, (n,): gain 1, discount log2(rank + 1).

    The ideal list holds min(k, held-out items) hits first (Järvelin and Kekäläinen, 2002).
    """
    total = targets.getnnz(axis=1) if n_targets is None else n_targets
    k = lists.shape[1]
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discount)])[np.minimum(total, k)]
    return _ratio(hits(lists, targets) @ discount, ideal)


def mrr_of_lists(
    lists: np.ndarray, targets: sparse.csr_matrix, n_targets: np.ndarray | None = None
) -> np.ndarray:
    """1 / rank of the first hit, 0 without one, (n,)."""
    found = hits(lists, targets)
    return np.where(found.any(axis=1), 1.0 / (found.argmax(axis=1) + 1.0), 0.0)


def hit_of_lists(
    lists: np.ndarray, targets: sparse.csr_matrix, n_targets: np.ndarray | None = None
) -> np.ndarray:
    """1 where the list holds at least one held-out item, (n,)."""
    return hits(lists, targets).any(axis=1).astype(float)
