"""Ordinary least squares with robust errors."""

from __future__ import annotations

import numpy as np

from causalrec.causal.problem import Problem
from causalrec.causal.scores import Answer, student

__all__ = ["least_squares", "ols"]


def ols(problem: Problem) -> Answer:
    """Coefficient of the treatment in a linear model with the covariates.

    Errors are HC3 (MacKinnon and White, 1985), or clustered with the usual small-sample factor
    (CR1) and G - 1 degrees of freedom.
    """
    return least_squares(problem, problem.design.x)


def least_squares(problem: Problem, covariates: np.ndarray) -> Answer:
    """Slope of the outcome on the treatment given covariates (n, p), by partialling out."""
    n = problem.n
    controls = np.column_stack([np.ones(n), covariates])
    q = _basis(controls)
    both = np.column_stack([problem.treatment, problem.outcome])
    left = both - q @ (q.T @ both)
    residual, target = left[:, 0], left[:, 1]
    weight = float(residual @ residual)
    value = float(residual @ target) / weight
    error = target - value * residual
    rank = q.shape[1] + 1
    if problem.cluster is None:
        leverage = (q**2).sum(axis=1) + residual**2 / weight
        totals = residual * error / np.maximum(1.0 - leverage, 1e-6)
        factor, freedom = 1.0, n - rank
    else:
        totals = np.bincount(problem.cluster, residual * error)
        groups = len(totals)
        factor, freedom = groups / (groups - 1) * (n - 1) / (n - rank), groups - 1
    se = float(np.sqrt(factor * (totals**2).sum())) / weight
    half = student(problem.query.level, freedom) * se
    return Answer(value, se, value - half, value + half, residual * error * n / weight)


def _basis(columns: np.ndarray) -> np.ndarray:
    """Orthonormal basis of the columns' span, collinear ones left out, (n, rank)."""
    values, vectors = np.linalg.eigh(columns.T @ columns)
    kept = values > 1e-9 * values[-1]
    q = columns @ (vectors[:, kept] / np.sqrt(values[kept]))
    return np.linalg.qr(q)[0]
