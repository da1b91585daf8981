"""Cross-fitted ridge regression and ridge logistic regression, all folds at once.

One pass makes a Gram matrix a fold; leaving a fold out is a subtraction, and one
eigendecomposition a fold serves every penalty (Hoerl and Kennard, 1970).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["CrossFit", "cross_fit_logistic", "cross_fit_ridge"]

PENALTIES = np.geomspace(1e-4, 3.0, 10)


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
    features: np.ndarray, target: np.ndarray, folds: np.ndarray, rows: np.ndarray
) -> CrossFit:
    """Ridge regression by fold, with the penalty that predicts left-out rows best.

    Args:
        features: (n, m), standardised.
        target: (n,).
        folds: fold of each row, int (n,) from 0 on.
        rows: which rows to learn from, bool (n,).
    """
    k, m = int(folds.max()) + 1, features.shape[1]
    sums = np.zeros((k, m + 1, m + 1))
    cross = np.zeros((k, m + 1))
    whole = np.column_stack([np.ones(len(features)), features])
    for fold in range(k):
        mine = whole[(folds == fold) & rows]
        sums[fold] = mine.T @ mine
        cross[fold] = mine.T @ target[(folds == fold) & rows]
    gram, moment = sums.sum(0) - sums, cross.sum(0) - cross
    n = np.maximum(gram[:, 0, 0], 1.0)
    mean_x, mean_y = gram[:, 0, 1:] / n[:, None], moment[:, 0] / n
    centred = gram[:, 1:, 1:] / n[:, None, None] - mean_x[:, :, None] * mean_x[:, None, :]
    right = moment[:, 1:] / n[:, None] - mean_x * mean_y[:, None]
    values, vectors = np.linalg.eigh(centred)
    turned = np.einsum("kmj,km->kj", vectors, right)
    shrunk = turned[:, None, :] / (np.maximum(values, 0.0)[:, None, :] + PENALTIES[:, None])
    slopes = np.einsum("kmj,kpj->kmp", vectors, shrunk)
    return _choose(features, target, folds, rows, (slopes, mean_x, mean_y))


def _choose(
    features: np.ndarray,
    target: np.ndarray,
    folds: np.ndarray,
    rows: np.ndarray,
    fitted: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> CrossFit:
    slopes, mean_x, mean_y = fitted
    predicted = np.empty((len(features), len(PENALTIES)))
    for fold in range(len(mean_y)):
        mine = folds == fold
        predicted[mine] = mean_y[fold] + (features[mine] - mean_x[fold]) @ slopes[fold]
    losses = ((predicted[rows] - target[rows, None]) ** 2).mean(axis=0)
    best = int(losses.argmin())
    return CrossFit(predicted[:, best], float(losses[best]), float(PENALTIES[best]))


def cross_fit_logistic(
    features: np.ndarray,
    target: np.ndarray,
    folds: np.ndarray,
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
    predicted = np.empty(len(features))
    for fold in range(int(folds.max()) + 1):
        left_out = folds == fold
        train = rows & ~left_out
        slopes = _newton(whole[train], target[train], penalty)
        predicted[left_out] = whole[left_out] @ slopes
    predicted = 1.0 / (1.0 + np.exp(-np.clip(predicted, -15.0, 15.0)))
    return CrossFit(predicted, log_loss(predicted[rows], target[rows]), penalty)


def _newton(x: np.ndarray, y: np.ndarray, penalty: float, steps: int = 12) -> np.ndarray:
    """Coefficients, intercept first and unpenalised, (m + 1,)."""
    ridge = np.full(x.shape[1], penalty * len(x))
    ridge[0] = 1e-8
    slopes = np.zeros(x.shape[1])
    base = np.clip(y.mean(), 1e-4, 1 - 1e-4)
    slopes[0] = np.log(base / (1 - base))
    for _ in range(steps):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ slopes, -15.0, 15.0)))
        weight = np.maximum(p * (1 - p), 1e-5)
        hessian = (x * weight[:, None]).T @ x
        hessian[np.diag_indices_from(hessian)] += ridge
        step = np.linalg.solve(hessian, x.T @ (y - p) - ridge * slopes)
        slopes = slopes + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-3:
            break
    return slopes


def log_loss(probability: np.ndarray, target: np.ndarray) -> float:
    """Mean negative log likelihood of 0/1 targets."""
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    return float(-(target * np.log(p) + (1 - target) * np.log(1 - p)).mean())
