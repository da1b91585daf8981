"""Weights that give an arm the covariates' means of those that a question is about."""

from __future__ import annotations

import numpy as np

__all__ = ["balancing_weights"]

MOST_STEPS = 60
EXACT, NEAR = 1e-8, 1e-4
"""Standard deviations by which a weighted mean may be off: where to stop, and where rounding does
not let it come nearer."""


def balancing_weights(
    x: np.ndarray, means: np.ndarray, base: np.ndarray | None = None
) -> np.ndarray | None:
    """Weights (m,) of mean 1 that are nearest to equal and give the columns the wanted means.

    Nearest in entropy: the dual is minimised by Newton's method with halved steps (Hainmueller,
    2012, "Entropy balancing for causal effects").

    Args:
        x: standardised covariates of the arm, (m, p).
        means: wanted, (p,).
        base: weights above 0 to stay near instead of equal ones, (m,).

    Returns:
        The weights; None where no positive weights give these means.
    """
    gap = x - means
    slopes = np.zeros(x.shape[1])
    level = np.zeros(len(x)) if base is None else np.log(base)
    loss, share = _dual(gap, slopes, level)
    for _ in range(MOST_STEPS):
        gradient = gap.T @ share
        if float(np.abs(gradient).max(initial=0.0)) < EXACT:
            return np.asarray(share * len(share))
        centred = gap - gradient
        hessian = (centred * share[:, None]).T @ centred
        step = np.linalg.lstsq(hessian, gradient, rcond=1e-12)[0]
        size = 1.0
        while size > 1e-6:
            tried, shares = _dual(gap, slopes - size * step, level)
            if tried < loss:
                break
            size /= 2
        else:
            close = float(np.abs(gradient).max()) < NEAR
            return np.asarray(share * len(share)) if close else None
        slopes, loss, share = slopes - size * step, tried, shares
    return None


def _dual(gap: np.ndarray, slopes: np.ndarray, level: np.ndarray) -> tuple[float, np.ndarray]:
    """Log of the sum of exponentials, and each one's share of it, (m,)."""
    line = gap @ slopes + level
    highest = float(line.max())
    parts = np.exp(line - highest)
    total = float(parts.sum())
    return highest + float(np.log(total)), parts / total
