"""What rows are worth once they are weighted, or belong to units."""

from __future__ import annotations

import numpy as np

__all__ = ["kish", "totals"]


def kish(weights: np.ndarray) -> float:
    """Rows of equal weight that would carry as much: (sum w)^2 / sum w^2 (Kish, 1965).

    Args:
        weights: (n,), of any size: they are scaled first, so that no square overflows.
    """
    largest = float(np.abs(weights).max(initial=0.0))
    if not 0 < largest < np.inf:
        return 0.0
    scaled = weights / largest
    return float(scaled.sum()) ** 2 / float(scaled @ scaled)


def totals(values: np.ndarray, cluster: np.ndarray | None) -> np.ndarray:
    """Sums over the rows of each unit, (G, …); every row its own unit where cluster is None."""
    if cluster is None:
        return values
    if values.ndim == 1:
        return np.bincount(cluster, values)
    return np.column_stack([np.bincount(cluster, column) for column in values.T])
