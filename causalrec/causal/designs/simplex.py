"""Weights of other units that make up one: shares, corrected where they fall short."""

from __future__ import annotations

import numpy as np

__all__ = ["left_out", "mixture", "ridge_penalty", "simplex_weights"]

_HEAVY = 1e3
"""How much the sum of the weights counts beside the fit, in lengths of the donors."""
_PENALTIES = np.logspace(-4, 3, 15)


def simplex_weights(donors: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Shares, none negative, whose mix of donors is nearest to the target: (J,), sum 1.

    Args:
        donors: one column a donor, (T, J).
        target: (T,).
    """
    from scipy.optimize import nnls

    scale = float(np.abs(donors).max()) or 1.0
    heavy = _HEAVY * np.ones((1, donors.shape[1]))
    weights, _ = nnls(np.vstack([donors / scale, heavy]), np.append(target / scale, _HEAVY))
    return np.asarray(weights / weights.sum())


def _correction(donors: np.ndarray, left: np.ndarray, penalty: float) -> np.ndarray:
    """What is added to weights for what they leave (Ben-Michael, Feller and Rothstein, 2021): (J,).

    Args:
        donors: (T, J).
        left: target less the weighted donors, (T,).
        penalty: of the squared weights, in mean squares of the donors about their mean.
    """
    apart = donors - donors.mean(axis=1, keepdims=True)
    unit = float((apart**2).sum(axis=1).mean()) or 1.0
    inner = apart @ apart.T + penalty * unit * np.eye(len(apart))
    return np.asarray(apart.T @ np.linalg.solve(inner, left))


def ridge_penalty(donors: np.ndarray, target: np.ndarray) -> float:
    """The penalty whose mix foretells times that were left out best."""
    errors = np.zeros(len(_PENALTIES))
    for out in range(len(target)):
        keep = np.arange(len(target)) != out
        weights = simplex_weights(donors[keep], target[keep])
        left = target[keep] - donors[keep] @ weights
        for at, penalty in enumerate(_PENALTIES):
            mixed = weights + _correction(donors[keep], left, penalty)
            errors[at] += (target[out] - donors[out] @ mixed) ** 2
    return float(_PENALTIES[errors.argmin()])


def left_out(donors: np.ndarray, target: np.ndarray, penalty: float | None) -> np.ndarray:
    """What the mix misses of each time when that time is left out of its making, (T,)."""
    missed = np.empty(len(target))
    for out in range(len(target)):
        keep = np.arange(len(target)) != out
        missed[out] = target[out] - donors[out] @ mixture(donors[keep], target[keep], penalty)
    return missed


def mixture(donors: np.ndarray, target: np.ndarray, penalty: float | None) -> np.ndarray:
    """Shares, corrected where there is a penalty, (J,)."""
    weights = simplex_weights(donors, target)
    if penalty is None:
        return weights
    return np.asarray(weights + _correction(donors, target - donors @ weights, penalty))
