"""What lists hold, one value a user: novelty, popularity, diversity, the user's categories."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from causalrec.recsys.metrics.catalogue import novelty_of_items

__all__ = ["Shelf", "diversity", "long_tail", "miscalibration", "novelty", "popularity_lift"]

HEAD = 0.2
"""Share of the items that are the head: the most popular; the others are the long tail."""

_SMOOTH = 0.01
_USERS = 2_000


@dataclass(frozen=True, eq=False)
class Shelf:
    """What is known of the items, and of who took them, before the lists are made.

    Attributes:
        counts: how many users are known to have taken each item, (n_items,).
        users: how many users have a known history.
        history: ones for what each listed user took, csr (n, n_items).
        attributes: features of the items, csr (n_items, d), d 0 where none are known.
        categories: category features of the items, csr (n_items, c), c 0 where none are known.
    """

    counts: np.ndarray
    users: int
    history: sparse.csr_matrix
    attributes: sparse.csr_matrix
    categories: sparse.csr_matrix

    @cached_property
    def own_popularity(self) -> np.ndarray:
        """Mean count of what each user took, (n,); 0 without a history."""
        taken = np.asarray(self.history @ self.counts.astype(float)).ravel()
        return np.asarray(taken / np.maximum(self.history.getnnz(axis=1), 1))

    @cached_property
    def shares(self) -> sparse.csr_matrix:
        """Each item's categories, adding up to 1, csr (n_items, c)."""
        each = np.asarray(self.categories.sum(axis=1)).ravel()
        parts = np.divide(1.0, each, out=np.zeros(len(each)), where=each > 0)
        return sparse.csr_matrix(sparse.diags_array(parts) @ self.categories)

    @cached_property
    def own_categories(self) -> sparse.csr_matrix:
        """How much each user took of each category, csr (n, c)."""
        return sparse.csr_matrix(self.history @ self.shares)


def novelty(lists: np.ndarray, shelf: Shelf) -> np.ndarray:
    """Mean self-information of the listed items in bits, (n,): see `novelty_of_items`."""
    return _mean_of(lists, novelty_of_items(shelf.counts, shelf.users))


def popularity_lift(lists: np.ndarray, shelf: Shelf) -> np.ndarray:
    """How much more popular the listed items are than those the user took, (n,).

    Mean count of the listed items / mean count of the user's items - 1: 0 is alike, 1 twice as
    popular (Abdollahpouri et al., 2020). 0 for users without a history.
    """
    own = shelf.own_popularity
    listed = _mean_of(lists, shelf.counts.astype(float))
    lift = np.divide(listed, own, out=np.ones(len(lists)), where=own > 0) - 1.0
    return np.asarray(lift)


def long_tail(lists: np.ndarray, shelf: Shelf) -> np.ndarray:
    """Share of the listed items that are not among the most popular fifth, (n,).

    Abdollahpouri, Burke and Mobasher (2017); of items equally popular the lower code is head.
    """
    head = np.argsort(-shelf.counts, kind="stable")[: round(HEAD * len(shelf.counts))]
    tail = np.ones(len(shelf.counts))
    tail[head] = 0.0
    return _mean_of(lists, tail)


def diversity(lists: np.ndarray, shelf: Shelf) -> np.ndarray | None:
    """Mean distance (1 - cosine of attributes) between two items of a list, (n,).

    Ziegler et al. (2005). Items without attributes are left out; a list with fewer than two
    others has 0. None where no attributes are known.
    """
    if not shelf.attributes.nnz:
        return None
    norms = np.sqrt(np.asarray(shelf.attributes.multiply(shelf.attributes).sum(axis=1)).ravel())
    known = norms > 0
    scale = np.divide(1.0, norms, out=np.zeros(len(norms)), where=known)
    unit = sparse.csr_matrix(sparse.diags_array(scale) @ shelf.attributes)
    listed = _listed(lists, len(norms))
    together = listed @ unit
    # The sum over all pairs is the squared length of the sum.
    square = np.asarray(together.multiply(together).sum(axis=1)).ravel()
    n = np.asarray(listed @ known.astype(float)).ravel()
    pairs = n * (n - 1.0)
    apart = np.divide(pairs - (square - n), pairs, out=np.zeros(len(n)), where=pairs > 0)
    return np.asarray(apart.clip(0.0, 1.0))


def miscalibration(lists: np.ndarray, shelf: Shelf) -> np.ndarray | None:
    """How far the list's shares of categories are from those of what the user took, (n,).

    Kullback-Leibler divergence in nats of the history's shares from the list's, the list's
    smoothed by a hundredth of the history's (Steck, 2018); 0 is the same shares. An item of
    several categories counts for each in part. None where no categories are known.
    """
    if not shelf.categories.nnz:
        return None
    found = np.zeros(len(lists))
    listed = _listed(lists, shelf.categories.shape[0])
    shown_categories = sparse.csr_matrix(listed @ shelf.shares)
    for start in range(0, len(lists), _USERS):
        some = slice(start, start + _USERS)
        own, shown = (
            _shares(totals[some].toarray()) for totals in (shelf.own_categories, shown_categories)
        )
        smooth = (1.0 - _SMOOTH) * shown + _SMOOTH * own
        inside = own > 0
        ratio = np.divide(own, smooth, out=np.ones_like(own), where=inside)
        found[some] = (own * np.log(ratio)).sum(axis=1)
    return found


def _shares(totals: np.ndarray) -> np.ndarray:
    sums = totals.sum(axis=1, keepdims=True)
    return np.asarray(
        np.divide(totals, sums, out=np.zeros(totals.shape, dtype=float), where=sums > 0)
    )


def _mean_of(lists: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean of a value of the listed items, (n,); 0 for an empty list."""
    listed = lists >= 0
    total = np.where(listed, values[lists.clip(0)], 0.0).sum(axis=1)
    return np.asarray(total / np.maximum(listed.sum(axis=1), 1))


def _listed(lists: np.ndarray, n_items: int) -> sparse.csr_matrix:
    """Lists as csr (n, n_items) of ones."""
    there = lists >= 0
    starts = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    ones = np.ones(int(starts[-1]))
    return sparse.csr_matrix((ones, lists[there], starts), shape=(len(lists), n_items))
