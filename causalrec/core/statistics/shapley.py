"""Shapley values (1953) of a game whose every coalition has been played."""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np

__all__ = ["coalitions", "shapley_weights"]


@cache
def coalitions(players: int) -> np.ndarray:
    """Every coalition: row s, column j says whether player j takes part, bool (2^k, k)."""
    return (np.arange(1 << players)[:, None] >> np.arange(players) & 1).astype(bool)


@cache
def shapley_weights(players: int) -> np.ndarray:
    """Weights W of the coalitions' values v: ``W @ v`` are the players' parts, (k, 2^k).

    The parts sum to what all together gain over nobody, ``v[-1] - v[0]``.
    """
    inside = coalitions(players)
    size = inside.sum(axis=1)
    share = np.array(
        [factorial(s) * factorial(players - 1 - s) / factorial(players) for s in range(players)]
    )
    joined = share[np.maximum(size - 1, 0)]
    left = share[np.minimum(size, players - 1)]
    return np.asarray(np.where(inside, joined[:, None], -left[:, None]).T)
