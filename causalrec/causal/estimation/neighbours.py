"""Whether a number as treatment is a curve of the covariates: rows that are alike have the same."""

from __future__ import annotations

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.core.seeds import generator

__all__ = ["fixed_by_neighbours"]

FEWEST_POINTS = 50
"""Of fewer, `BORDERS` would be a tenth."""
MOST_ROWS = 50_000
MOST_ALONE = 40
"""Covariates one by one: half a processor second for ten of them at the most rows."""
MOST_TOGETHER = 10
"""In more columns neighbours are far apart and say nothing."""
MOST_POINTS = 5_000
"""Points that are held against their nearest in several columns: more take seconds to find."""
BORDERS, BORDERS_SHARE = 4, 0.03
"""So many points, or that share, are left out: the steps of a rule, the ends of a curve."""
LEAST_LEFT, LEAST_LEFT_EACH = 1e-3, 0.4
"""Shares of the treatment's variance that make it fixed: this, or that divided by the points."""


def fixed_by_neighbours(problem: Problem) -> bool:
    """Whether one covariate, or all together, say what the treatment is; two arms: never.

    Between neighbours in one covariate a line is drawn and the point between them held against
    it (Gasser, Sroka and Jennen-Steinmetz, 1986); with several, neighbours are held against each
    other (Rice, 1984). Both measure the variance of what is no smooth function. Of each unit one
    row counts, and equal rows count once.
    """
    if problem.kind != "continuous" or problem.n > MOST_ROWS:
        return False
    x, t = problem.design.x, problem.treatment
    if problem.cluster is not None:
        first = np.unique(problem.cluster, return_index=True)[1]
        x, t = x[first], t[first]
    alone = (_between(x[:, column], t) for column in range(min(x.shape[1], MOST_ALONE)))
    if any(_is_curve(squares, t) for squares in alone):
        return True
    return 1 < x.shape[1] <= MOST_TOGETHER and _is_curve(_nearest(x, t), t)


def _is_curve(squares: np.ndarray, t: np.ndarray) -> bool:
    """Whether squared errors (m,), each of the size of what is left, leave nothing of t (n,)."""
    m = len(squares)
    if m < FEWEST_POINTS:
        return False
    left_out = max(BORDERS, round(BORDERS_SHARE * m))
    kept = np.sort(squares)[: m - left_out]
    # Of a number that is nearly always the same, the others are what there is to compare.
    common = t[np.argsort(np.abs(t - np.median(t)))[: len(t) - left_out]]
    return bool(kept.mean() < max(LEAST_LEFT, LEAST_LEFT_EACH / m) * common.var())


def _between(x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Squared errors of each point (x, t) from the line between its neighbours, (m,)."""
    points = _points(x, t)
    if len(points) < FEWEST_POINTS:
        return np.empty(0)
    x, t = points[np.argsort(points[:, 0], kind="stable")].T
    gap = x[2:] - x[:-2]
    left = np.divide(x[2:] - x[1:-1], gap, out=np.full(len(gap), 0.5), where=gap > 0)
    error = left * t[:-2] + (1 - left) * t[2:] - t[1:-1]
    return np.asarray(error**2 / (1 + left**2 + (1 - left) ** 2))


def _nearest(x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Half the squared differences of each point from its nearest neighbour, (m,)."""
    from scipy.spatial import cKDTree

    points = _points(x, t)[:MOST_POINTS]
    spread = points[:, :-1].std(axis=0)
    place = points[:, :-1] / np.where(spread > 0, spread, 1.0)
    if len(points) < FEWEST_POINTS:
        return np.empty(0)
    mate = cKDTree(place).query(place, k=2)[1][:, 1]
    return np.asarray((points[:, -1] - points[mate, -1]) ** 2 / 2.0)


def _points(x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The different points, (m, columns + 1), in random order.

    Sorted by t, points at the same place would seem to lie on a line.
    """
    points = np.unique(np.column_stack([x, t]), axis=0)
    return np.asarray(generator(0, "neighbours").permutation(points))
