"""Cross-fitted ridge regression and ridge logistic regression, all folds at once.

One pass makes a Gram matrix a fold; leaving a fold out is a subtraction (Hoerl and Kennard,
1970). The logistic models start from the fit to all rows and share its curvature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

__all__ = [
    "PENALTIES",
    "CrossFit",
    "cross_fit_logistic",
    "cross_fit_ridge",
    "log_loss",
    "ridge_slopes",
]

PENALTIES = (1e-3, 4e-3, 1.6e-2, 6.4e-2, 0.26, 1.0)
"""A row, of standardised features, four times apart: from hardly any to half of a slope."""
STEPS = 8
"""Of Newton's method from the fit to all rows: it ends earlier where a step is below 1e-3."""


@dataclass(frozen=True, eq=False)
class CrossFit:
    """Predictions of rows by models that never saw them.

    Attributes:
        predicted: (n,).
        loss: mean squared error (ridge) or log loss (logistic) on the training rows, left out.
        penalty: the penalty a row that was chosen.
    """

    predicted: np.ndarray
    loss: float
    penalty: float


def cross_fit_ridge(
    features: np.ndarray,
    target: np.ndarray,
    folds: np.ndarray,
    *,
    rows: np.ndarray,
    penalties: Sequence[float] = PENALTIES,
    weight: np.ndarray | None = None,
) -> CrossFit:
    """Ridge regression by fold, with the penalty that predicts left-out rows best.

    Args:
        features: (n, m), standardised.
        target: (n,).
        folds: fold of each row, int (n,) from 0 on.
        rows: which rows to learn from, bool (n,).
        penalties: to choose from.
        weight: of each row, (n,); None: all alike.
    """
    k, m = int(folds.max()) + 1, features.shape[1]
    sums, cross = np.zeros((k, m + 1, m + 1)), np.zeros((k, m + 1))
    parts = [np.flatnonzero(folds == fold) for fold in range(k)]
    for fold, mine in enumerate(parts):
        taught = mine[rows[mine]]
        whole = np.column_stack([np.ones(len(taught)), features[taught]])
        heavy = whole if weight is None else whole * weight[taught, None]
        sums[fold], cross[fold] = heavy.T @ whole, heavy.T @ target[taught]
    gram, moment = sums.sum(0) - sums, cross.sum(0) - cross
    n = np.maximum(gram[:, 0, 0], 1.0)
    mean_x, mean_y = gram[:, 0, 1:] / n[:, None], moment[:, 0] / n
    centred = gram[:, 1:, 1:] / n[:, None, None] - mean_x[:, :, None] * mean_x[:, None, :]
    right = moment[:, 1:] / n[:, None] - mean_x * mean_y[:, None]
    ridge = np.asarray(penalties)[:, None, None] * np.eye(m)
    candidates = np.empty((len(features), len(penalties)))
    for fold, mine in enumerate(parts):
        wanted = np.broadcast_to(right[fold][:, None], (len(penalties), m, 1))
        slopes = np.linalg.solve(centred[fold] + ridge, wanted)[..., 0].T
        candidates[mine] = features[mine] @ slopes + (mean_y[fold] - mean_x[fold] @ slopes)
    square = (candidates[rows] - target[rows, None]) ** 2
    losses = np.average(square, axis=0, weights=None if weight is None else weight[rows])
    best = int(losses.argmin())
    return CrossFit(candidates[:, best], float(losses[best]), float(penalties[best]))


def ridge_slopes(
    features: np.ndarray, target: np.ndarray, penalty: float, weight: np.ndarray | None = None
) -> np.ndarray:
    """Coefficients of a ridge regression, the unpenalised intercept first, (m + 1,).

    Args:
        features: (n, m), standardised.
        target: (n,).
        penalty: a row.
        weight: of each row, (n,); None: all alike.
    """
    w = np.ones(len(target)) if weight is None else weight
    mean_x, mean_y = w @ features / w.sum(), float(w @ target / w.sum())
    centred = features - mean_x
    gram = (centred * w[:, None]).T @ centred / w.sum() + penalty * np.eye(features.shape[1])
    slopes = np.linalg.solve(gram, centred.T @ (w * (target - mean_y)) / w.sum())
    return np.append(mean_y - mean_x @ slopes, slopes)


def cross_fit_logistic(
    features: np.ndarray,
    target: np.ndarray,
    folds: np.ndarray,
    *,
    rows: np.ndarray,
    penalty: float,
) -> CrossFit:
    """Ridge logistic regression by fold, by Newton's method.

    Args:
        features: (n, m), standardised.
        target: 0/1, (n,).
        folds: fold of each row, int (n,) from 0 on.
        rows: which rows to learn from, bool (n,).
        penalty: ridge penalty a row.
    """
    whole = np.column_stack([np.ones(len(features)), features])
    start, weight = _newton(whole[rows], target[rows], penalty)
    curvature = np.zeros(len(features))
    curvature[rows] = weight
    parts = [np.flatnonzero((folds == fold) & rows) for fold in range(int(folds.max()) + 1)]
    bent = np.stack([(whole[mine] * curvature[mine, None]).T @ whole[mine] for mine in parts])
    predicted = np.empty(len(features))
    for fold in range(len(parts)):
        train = np.flatnonzero((folds != fold) & rows)
        x, y = whole[train], target[train]
        ridge = _ridge(x, penalty)
        turn = np.linalg.inv(bent.sum(0) - bent[fold] + np.diag(ridge))
        slopes = start
        for _ in range(STEPS):
            step = turn @ (x.T @ (y - _chance(x @ slopes)) - ridge * slopes)
            slopes = slopes + _short(step)
            if float(np.abs(step).max()) < 1e-3:
                break
        left_out = np.flatnonzero(folds == fold)
        predicted[left_out] = _chance(whole[left_out] @ slopes)
    return CrossFit(predicted, log_loss(predicted[rows], target[rows]), penalty)


def _newton(
    x: np.ndarray, y: np.ndarray, penalty: float, steps: int = 12
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients, intercept first and unpenalised, (m + 1,), and each row's curvature."""
    ridge = _ridge(x, penalty)
    slopes = np.zeros(x.shape[1])
    base = np.clip(y.mean(), 1e-4, 1 - 1e-4)
    slopes[0] = np.log(base / (1 - base))
    for _ in range(steps):
        p = _chance(x @ slopes)
        weight = np.maximum(p * (1 - p), 1e-5)
        hessian = (x * weight[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(hessian, x.T @ (y - p) - ridge * slopes)
        slopes = slopes + _short(step)
        if float(np.abs(step).max()) < 1e-2:
            break
    return slopes, weight


def _ridge(x: np.ndarray, penalty: float) -> np.ndarray:
    return np.append(1e-8, np.full(x.shape[1] - 1, penalty * len(x)))


def _short(step: np.ndarray) -> np.ndarray:
    return step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))


def _chance(logit: np.ndarray) -> np.ndarray:
    return np.asarray(expit(np.clip(logit, -15.0, 15.0)))


def log_loss(probability: np.ndarray, target: np.ndarray) -> float:
    """Mean negative log likelihood of 0/1 targets."""
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    return float(-(target * np.log(p) + (1 - target) * np.log(1 - p)).mean())
