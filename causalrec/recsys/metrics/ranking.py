"""Accuracy of ranked lists, one value a user; relevance is 0 or 1, every item competes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

__all__ = [
    "Judged",
    "accuracy",
    "average_precision",
    "f1",
    "hit_rate",
    "hits",
    "ndcg",
    "ndcg_of_lists",
    "precision",
    "recall",
    "reciprocal_rank",
    "weights_at",
]


@dataclass(frozen=True, eq=False)
class Judged:
    """Lists held against what was held out.

    Attributes:
        found: which places hold a held-out item, bool (n, k), best place first.
        wanted: held-out items, those outside the catalogue included, (n,).
        candidates: items that could have been listed, (n,).
    """

    found: np.ndarray
    wanted: np.ndarray
    candidates: np.ndarray

    @property
    def k(self) -> int:
        """Length of the lists."""
        return int(self.found.shape[1])

    def at(self, k: int) -> Judged:
        """The first k places."""
        return replace(self, found=self.found[:, :k])


def hits(lists: np.ndarray, targets: sparse.csr_matrix) -> np.ndarray:
    """Which listed items are targets.

    Args:
        lists: int (n, k), item codes, best first; -1 for no item.
        targets: csr (n, n_items), an entry for each held-out item.

    Returns:
        bool (n, k).
    """
    return _looked_up(lists, targets)[1]


def weights_at(lists: np.ndarray, weights: sparse.csr_matrix) -> np.ndarray:
    """The entry of ``weights``, csr (n, n_items), for each listed item, 0 without: (n, k)."""
    place, there = _looked_up(lists, weights)
    if not weights.nnz:
        return np.zeros(lists.shape)
    return np.where(there, weights.data[place], 0.0)


def _looked_up(lists: np.ndarray, matrix: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """The place of each listed item among the entries of a matrix, and whether it is there."""
    n, k = lists.shape
    width = matrix.shape[1]
    matrix.sort_indices()
    row = np.repeat(np.arange(n, dtype=np.int64), np.diff(matrix.indptr))
    wanted = row * width + matrix.indices
    if not len(wanted):
        return np.zeros((n, k), dtype=np.int64), np.zeros((n, k), dtype=bool)
    keys = np.arange(n, dtype=np.int64)[:, None] * width + lists
    place = np.searchsorted(wanted, keys).clip(0, len(wanted) - 1)
    return place, (wanted[place] == keys) & (lists >= 0)


def precision(judged: Judged) -> np.ndarray:
    """Hits / k, (n,); a list shorter than k counts as k long."""
    return np.asarray(judged.found.sum(axis=1) / judged.k)


def recall(judged: Judged) -> np.ndarray:
    """Share of the held-out items that the list holds, (n,)."""
    return _ratio(judged.found.sum(axis=1), judged.wanted)


def f1(judged: Judged) -> np.ndarray:
    """Harmonic mean of the user's precision and recall, 2 hits / (k + held-out items), (n,)."""
    return _ratio(2.0 * judged.found.sum(axis=1), judged.k + judged.wanted)


def accuracy(judged: Judged) -> np.ndarray:
    """Share of the candidates that the list rightly holds or rightly leaves out, (n,).

    (true positives + true negatives) / candidates, where listing is the positive answer and the
    candidates are the items not yet known of the user (Gunawardana and Shani, 2009). Since most
    items are rightly left out by any list, it is near 1 and tells little.
    """
    found = judged.found.sum(axis=1)
    wrong = (judged.k - found) + (judged.wanted - found)
    return 1.0 - _ratio(np.minimum(wrong, judged.candidates), judged.candidates)


def ndcg(judged: Judged) -> np.ndarray:
    """Normalised discounted cumulative gain, (n,): gain 1, discount log2(rank + 1).

    The ideal list holds min(k, held-out items) hits first (Järvelin and Kekäläinen, 2002).
    """
    discount = 1.0 / np.log2(np.arange(2, judged.k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discount)])[np.minimum(judged.wanted, judged.k)]
    return _ratio(judged.found @ discount, ideal)


def reciprocal_rank(judged: Judged) -> np.ndarray:
    """1 / rank of the first hit, 0 without one, (n,); its mean is MRR."""
    first = judged.found.argmax(axis=1)
    return np.where(judged.found.any(axis=1), 1.0 / (first + 1.0), 0.0)


def average_precision(judged: Judged) -> np.ndarray:
    """Mean of the precision at the places of the hits, (n,); its mean is MAP.

    Divided by min(k, held-out items), as in RecBole.
    """
    rank = np.arange(1, judged.k + 1)
    so_far = np.cumsum(judged.found, axis=1) / rank
    total = (so_far * judged.found).sum(axis=1)
    return _ratio(total, np.minimum(judged.wanted, judged.k))


def hit_rate(judged: Judged) -> np.ndarray:
    """1 where the list holds at least one held-out item, (n,)."""
    return judged.found.any(axis=1).astype(float)


def ndcg_of_lists(
    lists: np.ndarray, targets: sparse.csr_matrix, n_targets: np.ndarray | None = None
) -> np.ndarray:
    """`ndcg` of lists (n, k) against targets, csr (n, n_items): (n,).

    ``n_targets`` (n,) counts the held-out items where some are outside the catalogue.
    """
    wanted = targets.getnnz(axis=1) if n_targets is None else n_targets
    return ndcg(Judged(hits(lists, targets), wanted, np.full(len(lists), targets.shape[1])))


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(top, bottom, out=np.zeros(len(top)), where=bottom > 0))
