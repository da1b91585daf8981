"""Lists held against what was held out; relevance is 0 or 1, every item competes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from causalrec.recsys.metrics.item_facts import ItemFacts

__all__ = ["Judged", "ListsOfUsers", "SortedScores", "hits", "share_of", "weights_at"]


@dataclass(frozen=True, eq=False)
class Judged:
    """Lists held against what was held out.

    Attributes:
        hits: which places hold a held-out item, bool (n, k), best place first.
        wanted: held-out items, those outside the catalogue included, (n,).
        candidates: items that could have been listed, (n,).
    """

    hits: np.ndarray
    wanted: np.ndarray
    candidates: np.ndarray

    @property
    def k(self) -> int:
        """Length of the lists."""
        return int(self.hits.shape[1])

    def at(self, k: int) -> Judged:
        """The first k places."""
        return replace(self, hits=self.hits[:, :k])


@dataclass(frozen=True, eq=False)
class ListsOfUsers:
    """Everything that a figure of users may be told from.

    Attributes:
        items: their lists, item codes (n, k), best first, -1 for none.
        judged: the lists held against what was held out.
        facts: what is known of the items, and of what the users took.
        known_targets: how many held-out items the model knows, (n,).
        of_ranking: metrics of the whole ranking, computed where the scores were, (n,) each.
        listed_weights: inverse propensity of the held-out item at each place, (n, k), 0 without;
            None where propensities are not known.
        target_weights: inverse propensities of all held-out items added up, (n,).
    """

    items: np.ndarray
    judged: Judged
    facts: ItemFacts
    known_targets: np.ndarray
    of_ranking: Mapping[str, np.ndarray]
    listed_weights: np.ndarray | None = None
    target_weights: np.ndarray | None = None

    def at(self, k: int) -> ListsOfUsers:
        """The first k places."""
        weights = self.listed_weights
        return replace(
            self,
            items=self.items[:, :k],
            judged=self.judged.at(k),
            listed_weights=None if weights is None else weights[:, :k],
        )


@dataclass(frozen=True, eq=False)
class SortedScores:
    """Scores of all items for some users, sorted once for every metric of the whole ranking.

    Attributes:
        ordered: scores of each row, rising, (n, n_items); -inf for items that do not compete.
        rows: row of each target, rising, int (m,).
        values: score of each target, (m,).
        hidden: how many items of each row do not compete, (n,).
    """

    ordered: np.ndarray
    rows: np.ndarray
    values: np.ndarray
    hidden: np.ndarray


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


def share_of(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """One over the other, (n,); 0 where there is nothing to share."""
    return np.asarray(np.divide(top, bottom, out=np.zeros(len(top)), where=bottom > 0))
