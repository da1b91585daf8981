"""How lists spread over the catalogue: from how often each item is listed."""

from __future__ import annotations

import numpy as np
from scipy import sparse

__all__ = [
    "coverage_covariance",
    "coverage_of_counts",
    "gini_of_counts",
    "gini_slopes",
    "novelty_of_items",
]

_RARE = 25


def coverage_of_counts(counts: np.ndarray) -> np.ndarray:
    """Share of the catalogue listed at least once. Args: counts (..., n_items)."""
    return np.asarray((counts > 0).mean(axis=-1))


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


def gini_of_counts(counts: np.ndarray) -> np.ndarray:
    """Gini index of how often items are listed: 0 all alike, near 1 a few take everything.

    Args:
        counts: (..., n_items); all zeros give 0.
    """
    ordered = np.sort(np.asarray(counts, dtype=float), axis=-1)
    n = ordered.shape[-1]
    total = ordered.sum(axis=-1)
    rank = np.arange(1, n + 1)
    weighted = (ordered * (2 * rank - n - 1)).sum(axis=-1)
    spread = np.divide(weighted, n * total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(spread)


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
    return np.asarray((2 * rank - n - 1) / (n * total) - gini_of_counts(counts) / total)


def novelty_of_items(counts: np.ndarray, n_users: int) -> np.ndarray:
    """Self-information of each item in bits, -log2 of the share of users who know it, (n_items,).

    Shares are (count + 1) / (n_users + 1), so that an item nobody took is finite
    (Zhou et al., 2010; Vargas and Castells, 2011).
    """
    share = (np.asarray(counts, dtype=float) + 1.0) / (n_users + 1.0)
    return np.asarray(-np.log2(np.minimum(share, 1.0)))
