"""What is known of the items, and of who took them, before lists are made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

__all__ = ["ItemFacts", "listed_matrix"]


@dataclass(frozen=True, eq=False)
class ItemFacts:
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


def listed_matrix(lists: np.ndarray, n_items: int) -> sparse.csr_matrix:
    """Lists as csr (n, n_items) of ones."""
    there = lists >= 0
    starts = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    ones = np.ones(int(starts[-1]))
    return sparse.csr_matrix((ones, lists[there], starts), shape=(len(lists), n_items))
