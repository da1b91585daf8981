"""Bootstrap over users: all figures from the same resamples, in pieces that fit in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

__all__ = ["DRAWS", "Drawn", "drawn_means", "resampled_means", "resamples"]

DRAWS = 1_000
_PIECE = 4_000_000


def resamples(n: int, draws: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """How often each of n users is drawn: float32 (piece, n), ``draws`` rows in all."""
    size = max(1, _PIECE // max(n, 1))
    for start in range(0, draws, size):
        rows = min(size, draws - start)
        drawn = rng.integers(0, n, size=(rows, n))
        drawn += np.arange(rows)[:, None] * n
        counts = np.bincount(drawn.ravel(), minlength=rows * n)
        yield counts.reshape(rows, n).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Means over resampled users.

    Attributes:
        all: of everybody, float64 (draws, columns).
        groups: of each group, (draws, groups, columns).
        gaps: of each group less everybody else's, (draws, groups, columns).
    """

    all: np.ndarray
    groups: np.ndarray
    gaps: np.ndarray


def drawn_means(
    values: np.ndarray, members: np.ndarray, draws: int, rng: np.random.Generator
) -> Drawn:
    """Means of each column over resampled users, of all and of groups.

    Args:
        values: (n, columns), one row a user.
        members: who belongs to which group, bool (n, groups).
        draws: number of resamples.
        rng: the stream; equal streams draw the same users.
    """
    n, columns = values.shape
    # About their means, so that single precision loses nothing.
    middle = values.mean(axis=0)
    small, inside = (values - middle).astype(np.float32), members.astype(np.float32)
    # One matrix product a piece: everybody's columns, then each group's, then the groups' sizes.
    apart = (inside[:, :, None] * small[:, None, :]).reshape(n, -1)
    wide = np.concatenate([small, apart, inside], axis=1)
    sums = np.concatenate([counts @ wide for counts in resamples(n, draws, rng)]).astype(float)
    total = sums[:, :columns]
    mine = sums[:, columns : columns + apart.shape[1]].reshape(draws, -1, columns)
    size = sums[:, columns + apart.shape[1] :][:, :, None]
    group = np.divide(mine, size, out=np.full(mine.shape, np.nan), where=size > 0)
    left = np.maximum(n - size, 1.0)
    gaps = group - (total[:, None, :] - mine) / left
    return Drawn(middle + total / n, middle + group, gaps)


def resampled_means(values: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """`drawn_means` of everybody alone: (draws, columns)."""
    return drawn_means(values, np.zeros((len(values), 0), dtype=bool), draws, rng).all
