"""p-values of several comparisons at once."""

from __future__ import annotations

import numpy as np

__all__ = ["holm"]


def holm(p: np.ndarray) -> np.ndarray:
    """p-values adjusted so that the chance of any false finding among them is held (Holm, 1979).

    Args:
        p: (m,).

    Returns:
        (m,), at most 1.
    """
    m = len(p)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (m - np.arange(m)))
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
