"""Coverage: how much of the catalogue is listed to anybody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from causalrec.recsys.metrics.metric import CatalogueMetric

__all__ = ["Coverage", "coverage_covariance"]

_RARE = 25


class Coverage(CatalogueMetric):
    """Share of the catalogue listed at least once."""

    name = "coverage"
    kind = "share"
    compared = True
    may_lose = 0.2
    leads = True
    overview = True
    place = 3

    @classmethod
    def of_counts(cls, counts: np.ndarray) -> np.ndarray:
        """Coverage from how often each item is listed, (..., n_items) to (...)."""
        return np.asarray((counts > 0).mean(axis=-1))

    @classmethod
    def error(cls, listed: Sequence[sparse.csr_matrix]) -> float:
        """Standard error of the bootstrap with endless resamples: see `coverage_covariance`."""
        first, last = listed[0], listed[-1]
        variance = coverage_covariance(last, last)
        if len(listed) > 1:
            both = coverage_covariance(first, last)
            variance += coverage_covariance(first, first) - 2.0 * both
        return float(np.sqrt(max(variance, 0.0)))


def coverage_covariance(a: sparse.csr_matrix, b: sparse.csr_matrix) -> float:
    """Covariance of the coverage of two sets of lists under resampling of their users.

    What the bootstrap gives with endless resamples. An item listed to c of n users drops out of
    a resample with the chance (1 - c/n)^n; two items drop out together more often than by
    chance where they share users. Items listed to more than 25 users never drop out.

    Args:
        a: csr (n, items), an entry for each listed item.
        b: the same of the same users, (n, items of b).
    """
    n = a.shape[0]
    counts = [np.asarray(one.getnnz(axis=0), dtype=float) for one in (a, b)]
    rare = [np.flatnonzero((c > 0) & (c <= _RARE)) for c in counts]
    few = [c[i] for c, i in zip(counts, rare, strict=True)]
    absent = [(1.0 - c / n) ** n for c in few]
    # Without shared users: (1 - (c + d)/n)^n - (1 - c/n)^n (1 - d/n)^n, to first order in 1/n.
    apart = -(few[0] @ absent[0]) * (few[1] @ absent[1]) / n
    shared = sparse.coo_matrix(a[:, rare[0]].T @ b[:, rare[1]])
    c, d = few[0][shared.row], few[1][shared.col]
    alone = absent[0][shared.row] * absent[1][shared.col]
    together = (1.0 - (c + d - shared.data) / n).clip(0.0) ** n
    total = apart + (together - alone + alone * c * d / n).sum()
    return float(total / (a.shape[1] * b.shape[1]))
