"""Miscalibration: how far a list's mix of categories is from the user's own."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from causalrec.recsys.metrics.item_facts import ItemFacts, listed_matrix
from causalrec.recsys.metrics.metric import ListedMetric

__all__ = ["Miscalibration"]

_SMOOTH = 0.01
_USERS = 2_000


class Miscalibration(ListedMetric):
    """How far the list's shares of categories are from those of what the user took.

    Kullback-Leibler divergence in nats of the history's shares from the list's, the list's
    smoothed by a hundredth of the history's; 0 is the same shares. An item of several
    categories counts for each in part.
    """

    name = "miscalibration"
    source = "Steck, 2018"
    good = -1
    needs = ("categories",)

    @classmethod
    def of(cls, lists: np.ndarray, facts: ItemFacts) -> np.ndarray | None:
        """Divergence of each list, (n,); None where no categories are known."""
        if not facts.categories.nnz:
            return None
        divergence = np.zeros(len(lists))
        listed = listed_matrix(lists, facts.categories.shape[0])
        shown_categories = sparse.csr_matrix(listed @ facts.shares)
        for start in range(0, len(lists), _USERS):
            some = slice(start, start + _USERS)
            own, shown = (
                _shares(totals[some].toarray())
                for totals in (facts.own_categories, shown_categories)
            )
            smooth = (1.0 - _SMOOTH) * shown + _SMOOTH * own
            ratio = np.divide(own, smooth, out=np.ones_like(own), where=own > 0)
            divergence[some] = (own * np.log(ratio)).sum(axis=1)
        return divergence


def _shares(totals: np.ndarray) -> np.ndarray:
    sums = totals.sum(axis=1, keepdims=True)
    return np.asarray(
        np.divide(totals, sums, out=np.zeros(totals.shape, dtype=float), where=sums > 0)
    )
