"""Diversity: how unlike each other the items of a list are."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from causalrec.recsys.metrics.item_facts import ItemFacts, listed_matrix
from causalrec.recsys.metrics.metric import ListedMetric

__all__ = ["Diversity"]


class Diversity(ListedMetric):
    """Mean distance (1 - cosine of attributes) between two items of a list.

    Items without attributes are left out; a list with fewer than two others has 0.
    """

    name = "diversity"
    source = "Ziegler et al., 2005"
    needs = ("attributes",)
    place = 5

    @classmethod
    def of(cls, lists: np.ndarray, facts: ItemFacts) -> np.ndarray | None:
        """Diversity of each list, (n,); None where no attributes are known."""
        if not facts.attributes.nnz:
            return None
        attributes = facts.attributes
        norms = np.sqrt(np.asarray(attributes.multiply(attributes).sum(axis=1)).ravel())
        described = norms > 0
        scale = np.divide(1.0, norms, out=np.zeros(len(norms)), where=described)
        unit = sparse.csr_matrix(sparse.diags_array(scale) @ attributes)
        listed = listed_matrix(lists, len(norms))
        together = listed @ unit
        # The sum over all pairs is the squared length of the sum.
        square = np.asarray(together.multiply(together).sum(axis=1)).ravel()
        n = np.asarray(listed @ described.astype(float)).ravel()
        pairs = n * (n - 1.0)
        apart = np.divide(pairs - (square - n), pairs, out=np.zeros(len(n)), where=pairs > 0)
        return np.asarray(apart.clip(0.0, 1.0))
