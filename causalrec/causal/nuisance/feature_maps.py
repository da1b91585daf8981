"""Feature maps of flexible models, from straight lines to kernels, made once for any rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

__all__ = ["FeatureMaps", "bases", "feature_maps", "lines_alone"]

MOST_PAIRS = 12
"""Columns whose products enter: 66 features."""
LANDMARKS = 100
"""Points of the kernels, from 1,600 rows on (fewer have one in 16): a Gram matrix of 100."""
MOST_KERNEL_ROWS = 50_000
"""Above it the trees of `cross_fitting` take the kernels' part."""
QUANTILES = (0.15, 0.38, 0.62, 0.85)
"""Where hinges stand."""


@dataclass(frozen=True, eq=False)
class _Kernel:
    """A kernel's features by landmarks (Nystrom): those, and the root of their Gram matrix."""

    kernel: Callable[[np.ndarray, np.ndarray], np.ndarray]
    landmarks: np.ndarray
    root: np.ndarray


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """Feature maps made for a sample of covariates.

    Attributes:
        smooth: places of the columns with more than two values.
        scores: of each smooth column its values, sorted, and their normal scores.
        knots: of each smooth column; None where there are straight lines alone.
        kernels: by name.
        scaling: of each map that is standardised: means, spreads, which columns vary.
    """

    smooth: np.ndarray
    scores: tuple[tuple[np.ndarray, np.ndarray], ...]
    knots: tuple[np.ndarray, ...] | None
    kernels: dict[str, _Kernel]
    scaling: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]

    def of(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """The feature matrices, each (m, k), of covariates (m, p)."""
        maps = {}
        for name, features in self.raw(x):
            if name in self.scaling:
                mean, spread, kept = self.scaling[name]
                features = (features[:, kept] - mean) / spread
            maps[name] = features
        return maps

    def raw(self, x: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """The feature matrices before they are standardised."""
        score = x.copy()
        for j, (values, scores) in zip(self.smooth, self.scores, strict=True):
            score[:, j] = np.interp(x[:, j], values, scores)
        yield "linear", np.column_stack([x, score[:, self.smooth]])
        if self.knots is None:
            return
        hinges = [
            np.maximum(score[:, j] - knot, 0.0)
            for j, knots in zip(self.smooth, self.knots, strict=True)
            for knot in knots
        ]
        squares = [score[:, j] ** 2 for j in self.smooth]
        first = range(min(x.shape[1], MOST_PAIRS))
        pairs = [score[:, i] * score[:, j] for i in first for j in first if i < j]
        yield "curves", np.column_stack([x, *hinges, *squares, *pairs])
        for name, one in self.kernels.items():
            features = one.kernel(score, one.landmarks) @ one.root
            yield name, np.column_stack([x, score[:, self.smooth], features])


def lines_alone(x: np.ndarray, smooth: np.ndarray) -> FeatureMaps:
    """The map ``linear`` of `feature_maps`, for as many rows in no time."""
    places = np.flatnonzero(smooth)
    return FeatureMaps(places, tuple(_normal_scores(x[:, j]) for j in places), None, {}, {})


def feature_maps(x: np.ndarray, smooth: np.ndarray, rng: np.random.Generator) -> FeatureMaps:
    """Feature maps to choose from, without an intercept.

    * ``linear``: the columns, and the normal scores of the smooth ones;
    * ``curves``: with hinges at quantiles, squares and products of pairs;
    * ``smooth``: with a Gaussian kernel;
    * ``rough``: with a kernel of main effects and pairs that allows kinks and steps.
    The kernels are by Nystrom's method (Williams and Seeger, 2001), on up to 50,000 rows. Beyond
    the values that were seen, normal scores stay what they are at the last one.

    Args:
        x: standardised covariates, (n, p).
        smooth: which columns have more than two values, bool (p,).
        rng: picks the landmarks.
    """
    maps = lines_alone(x, smooth)
    places, scores = maps.smooth, maps.scores
    if x.shape[1] == 0 or len(x) < 60:
        return maps
    score = x.copy()
    for j, (values, heights) in zip(places, scores, strict=True):
        score[:, j] = np.interp(x[:, j], values, heights)
    knots = tuple(np.unique(np.quantile(score[:, j], QUANTILES)) for j in places)
    kernels = {}
    if len(x) <= MOST_KERNEL_ROWS:
        at = rng.choice(len(x), size=min(LANDMARKS, len(x) // 16), replace=False)
        for name, kernel in (("smooth", _gaussian), ("rough", _pairwise)):
            kernels[name] = _Kernel(kernel, score[at], _root(kernel(score[at], score[at])))
    maps = replace(maps, knots=knots, kernels=kernels)
    scaling = {name: _scale(raw) for name, raw in maps.raw(x) if name != "linear"}
    return replace(maps, scaling=scaling)


def bases(x: np.ndarray, smooth: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The feature matrices, each (n, m), of the rows that they are made for."""
    return feature_maps(x, smooth, rng).of(x)


def _normal_scores(column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values, sorted, and their ranks (ties shared) as quantiles of a normal distribution.

    Skewed columns become even.
    """
    from scipy.special import ndtri

    values, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2.0
    scores = ndtri((ranks - 0.5) / len(column))
    of_rows = scores[place]
    return values, (scores - of_rows.mean()) / max(float(of_rows.std()), 1e-9)


def _scale(features: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    spread = features.std(axis=0)
    kept = spread > 1e-9
    return features[:, kept].mean(axis=0), spread[kept], kept


def _root(gram: np.ndarray) -> np.ndarray:
    """The inverse root of a kernel's Gram matrix of landmarks."""
    values, vectors = np.linalg.eigh(gram)
    kept = values > 1e-8 * values[-1]
    return np.asarray(vectors[:, kept] / np.sqrt(values[kept]))


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
