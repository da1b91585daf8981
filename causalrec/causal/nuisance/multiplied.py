"""A regression whose covariates multiply: ``a + c exp(x b)``, as amounts and counts often are.

Least squares by Gauss and Newton's method, damped (Marquardt, 1963), with a ridge penalty on the
slopes; level and scale are solved for at each step (Golub and Pereyra, 1973).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["MULTIPLIED_PENALTIES", "Multiplied", "fit_multiplied"]

MULTIPLIED_PENALTIES = (3e-3, 3e-2, 0.3)
"""A row, of the slopes, in units of the outcome's variance."""
STEPS = 25


@dataclass(frozen=True, eq=False)
class Multiplied:
    """A fitted curve.

    Attributes:
        level, scale: a and c.
        slopes: b, (p,).
        most: largest exponent that is believed.
    """

    level: float
    scale: float
    slopes: np.ndarray
    most: float

    def predict(self, x: np.ndarray) -> np.ndarray:
        """What is expected at covariates (m, p), (m,)."""
        exponent = np.clip(x @ self.slopes, -30.0, self.most)
        return np.asarray(self.level + self.scale * np.exp(exponent))


def fit_multiplied(x: np.ndarray, y: np.ndarray, penalty: float) -> Multiplied:
    """The curve of least squares.

    Args:
        x: standardised, (n, p).
        y: (n,).
        penalty: a row.
    """
    spread = float(y.std()) or 1.0
    z = (y - y.mean()) / spread
    sign = 1.0 if float((z**3).mean()) >= 0 else -1.0  # the long tail lies where it grows
    base = np.log(sign * z - (sign * z).min() + 0.3)
    slopes = _ridge(x, base - base.mean(), 0.1)
    ridge = penalty * len(x)
    best = _loss(x, z, slopes, ridge)
    damping = 1e-2
    for _ in range(STEPS):
        curve, (level, scale) = _projected(x, z, slopes)
        left = z - level - scale * curve
        jacobian = scale * curve[:, None] * x
        jacobian = jacobian - jacobian.mean(axis=0)
        gram = jacobian.T @ jacobian
        right = jacobian.T @ left - ridge * slopes
        matrix = gram + (ridge + damping * np.trace(gram) / len(gram)) * np.eye(len(gram))
        moved = slopes + np.linalg.solve(matrix, right)
        loss = _loss(x, z, moved, ridge)
        if loss < best:
            done = best - loss < 1e-5 * best
            slopes, best, damping = moved, loss, damping / 3
            if done:
                break
        else:
            damping *= 5
            if damping > 1e4:
                break
    _, (level, scale) = _projected(x, z, slopes)
    most = float((x @ slopes).max()) + 1.0
    return Multiplied(y.mean() + spread * level, spread * scale, slopes, most)


def _ridge(x: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    gram = x.T @ x + penalty * len(x) * np.eye(x.shape[1])
    return np.asarray(np.linalg.solve(gram, x.T @ y))


def _projected(
    x: np.ndarray, z: np.ndarray, slopes: np.ndarray
) -> tuple[np.ndarray, tuple[float, float]]:
    """The curve at some slopes, with the level and scale that fit best."""
    curve = np.exp(np.clip(x @ slopes, -30.0, 12.0))
    centred = curve - curve.mean()
    scale = float(centred @ z / max(float(centred @ centred), 1e-12))
    return curve, (float(z.mean() - scale * curve.mean()), scale)


def _loss(x: np.ndarray, z: np.ndarray, slopes: np.ndarray, ridge: float) -> float:
    curve, (level, scale) = _projected(x, z, slopes)
    return float(((z - level - scale * curve) ** 2).sum() + ridge * slopes @ slopes)
