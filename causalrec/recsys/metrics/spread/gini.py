"""The Gini index of how often items are listed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from causalrec.recsys.metrics.metric import CatalogueMetric

__all__ = ["Gini", "gini_slopes"]


class Gini(CatalogueMetric):
    """How unevenly items are listed: 0 all alike, near 1 a few take everything."""

    name = "gini"
    source = "Gini, 1912; its error: Langel and Tillé, 2013"
    good = -1
    compared = True
    overview = True
    place = 7

    @classmethod
    def of_counts(cls, counts: np.ndarray) -> np.ndarray:
        """Gini from how often each item is listed, (..., n_items) to (...); all zeros give 0."""
        ordered = np.sort(np.asarray(counts, dtype=float), axis=-1)
        n = ordered.shape[-1]
        total = ordered.sum(axis=-1)
        rank = np.arange(1, n + 1)
        weighted = (ordered * (2 * rank - n - 1)).sum(axis=-1)
        spread = np.divide(weighted, n * total, out=np.zeros_like(total), where=total > 0)
        return np.asarray(spread)

    @classmethod
    def error(cls, listed: Sequence[sparse.csr_matrix]) -> float:
        """Standard error from each user's influence: see `gini_slopes`."""
        pull = [one @ gini_slopes(np.asarray(one.sum(axis=0)).ravel()) for one in listed]
        influence = pull[-1] - pull[0] if len(listed) > 1 else pull[0]
        n = max(len(influence), 2)
        return float(np.sqrt(n / (n - 1) * ((influence - influence.mean()) ** 2).sum()))


def gini_slopes(counts: np.ndarray) -> np.ndarray:
    """How Gini changes with each item's count, (n_items,); ties share the mean rank.

    Summed over a user's list it is that user's influence, whose spread gives the standard
    error (Langel and Tillé, 2013).
    """
    from scipy.stats import rankdata

    n, total = len(counts), float(counts.sum())
    if not total:
        return np.zeros(n)
    rank = rankdata(counts)
    return np.asarray((2 * rank - n - 1) / (n * total) - Gini.of_counts(counts) / total)
