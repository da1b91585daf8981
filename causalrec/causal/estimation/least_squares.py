"""Least squares of the outcome on the treatment and covariates, with robust errors."""

from __future__ import annotations

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.second_order_bias import Leftover
from causalrec.causal.estimation.small_sample_errors import spread
from causalrec.core.statistics.quantiles import student
from causalrec.core.statistics.samples import totals

__all__ = ["least_squares", "orthonormal"]


def least_squares(problem: Problem, covariates: np.ndarray) -> tuple[Answer, Leftover]:
    """Slope of the outcome on the treatment given covariates (n, p), and both residuals.

    Rows count by their sampling weights, as in weighted least squares. Errors are HC3 (MacKinnon
    and White, 1985), or clustered with the small-sample correction of `spread`.
    """
    n = problem.n
    controls = np.column_stack([np.ones(n), covariates])
    both = np.column_stack([problem.treatment, problem.outcome])
    if problem.weight is not None:
        root = np.sqrt(problem.weight)[:, None]
        controls, both = root * controls, root * both
    q = orthonormal(controls)
    left = both - q @ (q.T @ both)
    residual, target = left[:, 0], left[:, 1]
    weight = float(residual @ residual)
    value = float(residual @ target) / weight
    error = target - value * residual
    rank = q.shape[1] + 1
    if problem.cluster is None:
        leverage = (q**2).sum(axis=1) + residual**2 / weight
        sums = residual * error / np.maximum(1.0 - leverage, 1e-6)
        factor, freedom = np.ones(n), float(n - rank)
    else:
        whole = np.column_stack([q, residual / np.sqrt(weight)])
        sums = totals(residual * error, problem.cluster)
        small = spread(residual / weight, whole, whole, residual=error, cluster=problem.cluster)
        factor, freedom = small.factor, small.freedom
    se = float(np.sqrt((factor * sums**2).sum())) / weight
    half = student(problem.query.level, freedom) * se
    answer = Answer(value, se, value - half, value + half, residual * error * n / weight)
    return answer, Leftover(residual, error, n / weight)


def orthonormal(columns: np.ndarray) -> np.ndarray:
    """Orthonormal basis of the columns' span, collinear ones left out, (n, rank)."""
    values, vectors = np.linalg.eigh(columns.T @ columns)
    kept = values > 1e-9 * values[-1]
    q = columns @ (vectors[:, kept] / np.sqrt(values[kept]))
    return np.linalg.qr(q)[0]
