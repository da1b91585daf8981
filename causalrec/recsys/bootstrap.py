"""Bootstrap over users, vectorised, in pieces that fit in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import sparse

__all__ = ["resampled_means", "resampled_totals", "resamples"]

_PIECE = 4_000_000


def resamples(n: int, draws: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """How often each of n users is drawn: float32 (piece, n), ``draws`` rows in all."""
    size = max(1, _PIECE // max(n, 1))
    for start in range(0, draws, size):
        rows = min(size, draws - start)
        drawn = rng.integers(0, n, size=(rows, n))
        flat = drawn + np.arange(rows)[:, None] * n
        counts = np.bincount(flat.ravel(), minlength=rows * n)
        yield counts.reshape(rows, n).astype(np.float32)


def resampled_means(values: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Means of each column over resampled users.

    Args:
        values: (n, columns), one row a user.
        draws: number of resamples.
        rng: the stream; equal streams draw the same users.

    Returns:
        (draws, columns).
    """
    n = len(values)
    pieces = [counts @ values.astype(np.float32) / n for counts in resamples(n, draws, rng)]
    return np.concatenate(pieces).astype(float)


def resampled_totals(
    listed: sparse.csr_matrix,
    statistic: Callable[[np.ndarray], np.ndarray],
    draws: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """A statistic of how often each item is listed, over resampled users.

    Args:
        listed: csr (n, n_items), an entry for each listed item.
        statistic: maps counts (rows, n_items) to (rows,).
        draws: number of resamples.
        rng: the stream.

    Returns:
        (draws,).
    """
    turned = sparse.csr_matrix(listed.T)
    pieces = [
        statistic(np.asarray(turned @ counts.T).T)
        for counts in resamples(listed.shape[0], draws, rng)
    ]
    return np.concatenate(pieces)
