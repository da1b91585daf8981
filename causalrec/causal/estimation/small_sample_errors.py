"""Errors of a linear estimate with few units: an unbiased variance and its degrees of freedom.

Each unit's total is scaled so that its square is unbiased where rows of a unit are alike
correlated, and the degrees of freedom are Satterthwaite's of the quadratic form that results:
Bell and McCaffrey, 2002, in the form of Imbens and Kolesar, 2016, "Robust standard errors in
small samples", with the scalar adjustment per unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.core.statistics.samples import totals

__all__ = ["Spread", "arm_spread", "spread"]

MOST_SCALED = 25.0
"""A unit's total counts at most five times: of one alone in its arm the residual says nothing."""


@dataclass(frozen=True, eq=False)
class Spread:
    """How sums over units become a variance.

    Attributes:
        factor: of the square of each unit's total, (G,).
        freedom: degrees of freedom of the variance.
    """

    factor: np.ndarray
    freedom: float


def spread(
    pull: np.ndarray,
    columns: np.ndarray,
    fit: np.ndarray,
    *,
    residual: np.ndarray,
    cluster: np.ndarray | None,
) -> Spread:
    """The variance of ``pull @ outcome`` from ``pull @ residual`` by unit.

    Args:
        pull: what each row's outcome adds to the estimate, (n,).
        columns: regressors that the residuals are free of, (n, k).
        fit: ``residual = outcome - columns @ (fit.T @ outcome)``, (n, k).
        residual: (n,).
        cluster: number of each row's unit, int (n,), or None.
    """
    alike = _alike(residual, cluster)
    sums = totals(pull, cluster)
    true = (1 - alike) * totals(pull**2, cluster) + alike * sums**2
    b = totals(pull[:, None] * columns, cluster)
    shared = totals(fit, cluster)
    p = (1 - alike) * totals(pull[:, None] * fit, cluster) + alike * sums[:, None] * shared
    inner = (1 - alike) * fit.T @ fit + alike * shared.T @ shared
    gap = -2 * (p * b).sum(axis=1) + ((b @ inner) * b).sum(axis=1)
    expected = np.maximum(true + gap, true / MOST_SCALED)
    factor = np.divide(true, expected, out=np.ones_like(true), where=expected > 0)
    # The quadratic form is a diagonal plus low rank: its traces need no matrix of all units.
    diagonal, low = true * factor, np.column_stack([p, b])
    k = b.shape[1]
    middle = np.block([[np.zeros((k, k)), -np.eye(k)], [-np.eye(k), inner]])
    inside = middle @ (low * factor[:, None]).T @ low
    trace = float(diagonal.sum() + (gap * factor).sum())
    square = float((diagonal**2).sum() + 2 * (diagonal * gap * factor).sum())
    square += float(np.trace(inside @ inside))
    return Spread(factor, max(trace**2 / square, 1.0) if square > 0 else 1.0)


def arm_spread(
    treatment: np.ndarray, weight: np.ndarray, residual: np.ndarray, cluster: np.ndarray | None
) -> Spread:
    """The same for a difference of two weighted means.

    Args:
        treatment: 0/1, (n,).
        weight: of each row within its arm, (n,).
        residual: outcome less the mean of its arm, (n,).
        cluster: number of each row's unit, int (n,), or None.
    """
    arms = np.column_stack([treatment == 0, treatment == 1]).astype(float)
    fit = arms * weight[:, None] / (arms * weight[:, None]).sum(axis=0)
    return spread(fit[:, 1] - fit[:, 0], arms, fit, residual=residual, cluster=cluster)


def _alike(residual: np.ndarray, cluster: np.ndarray | None) -> float:
    """Correlation of the residuals of a unit's rows, from 0 to 1 (moments)."""
    if cluster is None:
        return 0.0
    sizes = np.bincount(cluster)
    pairs = float((sizes * (sizes - 1.0)).sum())
    squares = float((residual**2).sum())
    if pairs <= 0 or squares <= 0:
        return 0.0
    products = float((np.bincount(cluster, residual) ** 2).sum()) - squares
    return float(np.clip(products / pairs / (squares / len(residual)), 0.0, 1.0))
