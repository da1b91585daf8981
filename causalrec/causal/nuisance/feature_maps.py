"""Feature maps of the nuisance models, from straight lines to kernels."""

from __future__ import annotations

import numpy as np

__all__ = ["bases"]

MOST_PAIRS = 12
"""Columns whose products enter: 66 features."""
LANDMARKS = 100
"""Points of the kernels, from 1,600 rows on (fewer have one in 16): a Gram matrix of 100."""
MOST_KERNEL_ROWS = 50_000
"""Above it the trees of `cross_fitting` take the kernels' part."""


def bases(x: np.ndarray, smooth: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Feature matrices to choose from, each (n, m) standardised, without an intercept.

    * ``linear``: the columns, and the normal scores of the smooth ones;
    * ``curves``: with truncated cubic curves at quantiles, squares and products of pairs;
    * ``smooth``: with a Gaussian kernel;
    * ``rough``: with a kernel of main effects and pairs that allows kinks and steps.
    The kernels are by Nystrom's method (Williams and Seeger, 2001), on up to 50,000 rows.

    Args:
        x: standardised covariates, (n, p).
        smooth: which columns have more than two values, bool (p,).
        rng: picks the landmarks.
    """
    score = x.copy()
    for j in np.flatnonzero(smooth):
        score[:, j] = _normal_scores(x[:, j])
    maps = {"linear": np.column_stack([x, score[:, smooth]])}
    if x.shape[1] == 0 or len(x) < 60:
        return maps
    bent = np.column_stack([x, *_curves(score, smooth), *_pairs(score, smooth)])
    maps["curves"] = _standard(bent)
    if len(x) > MOST_KERNEL_ROWS:
        return maps
    at = rng.choice(len(x), size=min(LANDMARKS, len(x) // 16), replace=False)
    for name, kernel in (("smooth", _gaussian), ("rough", _pairwise)):
        features = _nystrom(score, score[at], kernel)
        maps[name] = _standard(np.column_stack([x, score[:, smooth], features]))
    return maps


def _normal_scores(column: np.ndarray) -> np.ndarray:
    """Ranks (ties shared) as quantiles of a normal distribution: skewed columns become even."""
    from scipy.special import ndtri

    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2.0
    scores = ndtri((ranks[place] - 0.5) / len(column))
    return np.asarray((scores - scores.mean()) / max(float(scores.std()), 1e-9))


def _standard(features: np.ndarray) -> np.ndarray:
    spread = features.std(axis=0)
    kept = features[:, spread > 1e-9]
    return np.asarray((kept - kept.mean(axis=0)) / spread[spread > 1e-9])


def _curves(x: np.ndarray, smooth: np.ndarray) -> list[np.ndarray]:
    """Hinges at four quantiles of each smooth column."""
    hinges = []
    for j in np.flatnonzero(smooth):
        knots = np.unique(np.quantile(x[:, j], [0.15, 0.38, 0.62, 0.85]))
        hinges += [np.maximum(x[:, j] - knot, 0.0) for knot in knots]
    return hinges


def _pairs(x: np.ndarray, smooth: np.ndarray) -> list[np.ndarray]:
    """Squares of smooth columns and products of pairs of the first columns."""
    squares = [x[:, j] ** 2 for j in np.flatnonzero(smooth)]
    first = range(min(x.shape[1], MOST_PAIRS))
    return squares + [x[:, i] * x[:, j] for i in first for j in first if i < j]


def _nystrom(x: np.ndarray, landmarks: np.ndarray, kernel: object) -> np.ndarray:
    assert callable(kernel)
    values, vectors = np.linalg.eigh(kernel(landmarks, landmarks))
    kept = values > 1e-8 * values[-1]
    root = vectors[:, kept] / np.sqrt(values[kept])
    return np.asarray(kernel(x, landmarks) @ root)


def _gaussian(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """exp(-|a - b|^2 / p): for standard columns the mean squared distance is 2 p."""
    squared = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * a @ b.T
    return np.asarray(np.exp(-np.maximum(squared, 0.0) / a.shape[1]))


def _pairwise(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Sum over columns and pairs of columns of products of exp(-|a_j - b_j|)."""
    total = np.zeros((len(a), len(b)))
    squares = np.zeros((len(a), len(b)))
    for j in range(a.shape[1]):
        one = np.exp(-np.abs(a[:, j][:, None] - b[:, j][None]))
        total += one
        squares += one * one
    return total + 0.5 * (total * total - squares)
