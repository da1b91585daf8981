"""Which ranks estimates may have, all of them at once (Mogstad, Romano, Shaikh, Wilhelm, 2024).

"Inference for ranks with applications to mobility across neighbourhoods and academic achievement
across countries".
"""

from __future__ import annotations

import numpy as np

from causalrec.core.statistics.quantiles import normal

__all__ = ["largest_first"]

DRAWS = 10_000
"""Of the largest deviation: its 95 % quantile is known to about 1 %."""
BLANK = 1e-12
"""Errors below it, in units of the largest value, are rounding."""


def largest_first(
    values: np.ndarray, covariance: np.ndarray, level: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Ranks by absolute size, 1 the largest, that cannot be excluded: all sets hold together.

    Two sizes are in order where both the difference and the sum of the two values exclude 0, for
    |a| > |b| says that (a - b)(a + b) > 0; that asks nothing of values near 0, whose absolute
    value has no normal error. The intervals of all differences and sums are simultaneous: their
    quantile is that of the largest of jointly normal deviations.

    Args:
        values: estimates, (m,).
        covariance: of them, (m, m); NaN where a pair's is unknown: the worst one is taken then,
            and the quantile is Bonferroni's.
        level: the chance that every true rank lies in its set.
        rng: of the draws.

    Returns:
        least and largest rank of each, int (m,).
    """
    m = len(values)
    first, second = np.triu_indices(m, 1)
    if not len(first):
        return np.ones(m, dtype=int), np.ones(m, dtype=int)
    eye = np.eye(m)
    contrasts = np.concatenate([eye[first] - eye[second], eye[first] + eye[second]])
    errors = _errors(covariance, first, second)
    floor = BLANK * max(float(np.abs(values).max()), 1e-300)
    wide = _quantile(covariance, contrasts, errors, (level, rng))
    z = contrasts @ values
    sign = np.where(np.abs(z) > np.maximum(wide * errors, floor), np.sign(z), 0.0)
    order = sign[: len(first)] * sign[len(first) :]
    larger = np.zeros((m, m), dtype=bool)
    larger[first, second], larger[second, first] = order > 0, order < 0
    return 1 + larger.sum(axis=0), m - larger.sum(axis=1)


def _errors(covariance: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Standard errors of all differences, then of all sums."""
    own = np.diag(covariance)
    shared = covariance[first, second]
    worst = np.sqrt(own[first] * own[second])
    both = own[first] + own[second]
    parts = [both - 2 * np.where(np.isnan(shared), -worst, shared)]
    parts.append(both + 2 * np.where(np.isnan(shared), worst, shared))
    return np.asarray(np.sqrt(np.maximum(np.concatenate(parts), 0.0)))


def _quantile(
    covariance: np.ndarray,
    contrasts: np.ndarray,
    errors: np.ndarray,
    asked: tuple[float, np.random.Generator],
) -> float:
    """Errors that the largest deviation of all contrasts keeps to, with a chance of `level`."""
    level, rng = asked
    if np.isnan(covariance).any():
        return normal(1 - (1 - level) / len(contrasts))
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = np.abs(rng.standard_normal((DRAWS, len(covariance))) @ (contrasts @ root).T)
    known = errors > 0
    if not known.any():
        return normal(level)
    return float(np.quantile((drawn[:, known] / errors[known]).max(axis=1), level))
