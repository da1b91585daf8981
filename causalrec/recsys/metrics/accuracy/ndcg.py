"""Normalised discounted cumulative gain: hits near the top count more."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from causalrec.recsys.metrics.judged import Judged, hits, share_of
from causalrec.recsys.metrics.metric import RankedMetric

__all__ = ["NDCG", "ndcg_of_lists"]


class NDCG(RankedMetric):
    """Gain 1, discount log2(rank + 1); the ideal list holds min(k, held-out items) hits first."""

    name = "ndcg"
    source = "Järvelin and Kekäläinen, 2002"
    compared = True
    may_lose = 0.05
    leads = True
    overview = True
    place = 1

    @classmethod
    def of(cls, judged: Judged) -> np.ndarray:
        """NDCG of each user, (n,)."""
        discount = 1.0 / np.log2(np.arange(2, judged.k + 2))
        ideal = np.concatenate([[0.0], np.cumsum(discount)])[np.minimum(judged.wanted, judged.k)]
        return share_of(judged.hits @ discount, ideal)


def ndcg_of_lists(
    lists: np.ndarray, targets: sparse.csr_matrix, n_targets: np.ndarray | None = None
) -> np.ndarray:
    """NDCG of lists (n, k) against targets, csr (n, n_items): (n,).

    ``n_targets`` (n,) counts the held-out items where some are outside the catalogue.
    """
    wanted = targets.getnnz(axis=1) if n_targets is None else n_targets
    return NDCG.of(Judged(hits(lists, targets), wanted, np.full(len(lists), targets.shape[1])))
