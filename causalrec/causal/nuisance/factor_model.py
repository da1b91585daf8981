"""What many columns share: a factor analysis, how many factors, and a check of it on other rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Factors", "fit_factors", "predictive_check"]

TURNS, FEWER_TURNS = 200, 30
"""From nothing, and from a model of almost the same rows."""
TABLES = 59
MOST_FACTORS = 10
_LEAST = 1e-3


@dataclass(frozen=True, eq=False)
class Factors:
    """Columns as loadings times normal factors and noise of their own.

    Attributes:
        loadings: (p, k).
        noise: variance of each column given the factors, (p,).
    """

    loadings: np.ndarray
    noise: np.ndarray

    @property
    def covariance(self) -> np.ndarray:
        """Of the columns, (p, p)."""
        return np.asarray(self.loadings @ self.loadings.T + np.diag(self.noise))

    def of(self, x: np.ndarray) -> np.ndarray:
        """Expected factors of rows (m, p): (m, k)."""
        return np.asarray(x @ np.linalg.solve(self.covariance, self.loadings))

    def likelihood(self, x: np.ndarray) -> float:
        """Mean logarithm of the density of rows (m, p), but for its constant."""
        _, size = np.linalg.slogdet(self.covariance)
        distance = (x * np.linalg.solve(self.covariance, x.T).T).sum(1)
        return float(-0.5 * (size + distance.mean()))


def fit_factors(x: np.ndarray, folds: np.ndarray, most: int = MOST_FACTORS) -> Factors:
    """As many factors as describe the rows of other folds best; at least one.

    Args:
        x: standardised columns, (n, p).
        folds: fold of each row, int (n,): whole units.
        most: factors; never more than half of the columns.
    """
    most = max(1, min(most, (x.shape[1] - 1) // 2))
    held = [folds == fold for fold in np.unique(folds)]
    told = [
        np.mean([_learned(x[~part], count).likelihood(x[part]) for part in held])
        for count in range(1, most + 1)
    ]
    return _learned(x, 1 + int(np.argmax(told)))


def _learned(x: np.ndarray, count: int, start: Factors | None = None) -> Factors:
    """Factor analysis by expectation and maximisation (Rubin and Thayer, 1982)."""
    spread = x.T @ x / len(x)
    if start is None:
        sizes, ways = np.linalg.eigh(spread)
        loadings = ways[:, -count:] * np.sqrt(np.maximum(sizes[-count:] - sizes.mean() / 2, _LEAST))
        noise = np.maximum(np.diag(spread) - (loadings**2).sum(1), 0.1)
    else:
        loadings, noise = start.loadings, start.noise
    for _ in range(TURNS if start is None else FEWER_TURNS):
        now = Factors(loadings, noise)
        pull = np.linalg.solve(now.covariance, loadings).T
        second = np.eye(count) - pull @ loadings + pull @ spread @ pull.T
        loadings = np.linalg.solve(second, pull @ spread).T
        noise = np.maximum(np.diag(spread) - (loadings * (spread @ pull.T)).sum(1), _LEAST)
    return Factors(loadings, noise)


def predictive_check(x: np.ndarray, factors: Factors, rng: np.random.Generator) -> float:
    """Chance that columns share as much beside the factors as they do, were the model right.

    The squared correlations that the model leaves are held against those of tables drawn from it
    and learned from alike (a predictive check: Wang and Blei, 2019).

    Args:
        x: standardised columns, (n, p); rows are taken as independent.
        factors: the model.
        rng: draws the tables.

    Returns:
        A one-sided p value, at least 1 / (tables + 1).
    """
    own = _left_over(x, factors)
    beyond = 1
    for _ in range(TABLES):
        z = rng.standard_normal((len(x), factors.loadings.shape[1]))
        noise = rng.standard_normal(x.shape) * np.sqrt(factors.noise)
        drawn = z @ factors.loadings.T + noise
        beyond += _left_over((drawn - drawn.mean(0)) / drawn.std(0), factors) >= own
    return beyond / (TABLES + 1)


def _left_over(x: np.ndarray, factors: Factors) -> float:
    """Squared correlations of different columns that a model of these rows leaves."""
    fitted = _learned(x, factors.loadings.shape[1], factors).covariance
    left = x.T @ x / len(x) - fitted
    return float((left**2).sum() - (np.diag(left) ** 2).sum())
