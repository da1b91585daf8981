"""What a treatment moves in mediators times what these move in the outcome, row by row.

The front-door formula of Pearl, 1995, with lines for the outcome: of two groups one line each, in
which means are put in, so that the mediators may be spread as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.estimation.least_squares import orthonormal

__all__ = ["Path", "bent", "slopes", "through"]


@dataclass(frozen=True, eq=False)
class Path:
    """A treatment, an outcome, and what may stand between.

    Attributes:
        treatment: 0/1 or numbers, (n,).
        outcome: (n,).
        mediators: (n, k).
        covariates: that both lines have besides, (n, p).
    """

    treatment: np.ndarray
    outcome: np.ndarray
    mediators: np.ndarray
    covariates: np.ndarray


def through(path: Path, *, groups: bool) -> tuple[float, np.ndarray]:
    """The effect by way of mediators, and the influence of each row on it, (n,).

    Args:
        path: what leads where.
        groups: whether the treatment is 0/1, so that mediators may pull differently in each group.
    """
    t, y, m, x = path.treatment, path.outcome, path.mediators, path.covariates
    moved, of_moved = slopes(t[:, None], m, x)
    moved, of_moved = moved[0], of_moved[:, 0]
    if not groups:
        pull, of_pull = slopes(m, y[:, None], np.column_stack([x, t]))
        return float(moved @ pull[:, 0]), of_moved @ pull[:, 0] + of_pull[:, :, 0] @ moved
    value, scores = 0.0, np.zeros(len(y))
    for arm in (t == 0, t == 1):
        share = float(arm.mean())
        pull, of_pull = slopes(m[arm], y[arm][:, None], x[arm])
        by_arm = float(pull[:, 0] @ moved)
        value += share * by_arm
        scores += share * (of_moved @ pull[:, 0]) + (arm - share) * by_arm
        scores[arm] += of_pull[:, :, 0] @ moved
    return value, scores


def bent(mediators: np.ndarray) -> np.ndarray:
    """The mediators with their squares and products, as far as these are none of them, (n, m)."""
    k = mediators.shape[1]
    pairs = [mediators[:, i] * mediators[:, j] for i in range(k) for j in range(i, k)]
    columns = [*mediators.T]
    for pair in pairs:
        basis = np.column_stack([np.ones(len(pair)), *columns])
        left = pair - basis @ np.linalg.lstsq(basis, pair, rcond=None)[0]
        if float(left @ left) > 1e-8 * float(((pair - pair.mean()) ** 2).sum()):
            columns.append(pair)
    return np.column_stack(columns)


def slopes(x: np.ndarray, y: np.ndarray, controls: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes (k, m) of y (n, m) on x (n, k), and the influence of each row, (n, k, m).

    Args:
        x: regressors.
        y: what is regressed.
        controls: further regressors, (n, p), beside an intercept.
    """
    basis = orthonormal(np.column_stack([np.ones(len(x)), controls]))
    x, y = (values - basis @ (basis.T @ values) for values in (x, y))
    inverse = np.linalg.pinv(x.T @ x / len(x), hermitian=True)
    coefficients = inverse @ (x.T @ y) / len(x)
    error = y - x @ coefficients
    return coefficients, (x @ inverse)[:, :, None] * error[:, None, :]
