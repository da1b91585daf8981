"""Jumps at a cutoff by weighted polynomials on both sides, with a bandwidth that suits them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Jump", "bandwidth", "jump"]

_PILOT = 2.576
"""Of the pilot bandwidth for triangular weights (Calonico, Cattaneo and Titiunik, 2014)."""
FEWEST = 12
"""Values of a side that a fit rests on at least."""


@dataclass(frozen=True, eq=False)
class Jump:
    """Jumps of several columns at 0.

    Attributes:
        value: right less left, (K,).
        left: what the left side comes to at 0, (K,).
        influence: of each row, (n, K): the squares add up to the variance (HC3).
        sides: rows within the bandwidth on the left and on the right.
        curves: polynomials of the first column, left and right, constant first.
        width: bandwidth.
    """

    value: np.ndarray
    left: np.ndarray
    influence: np.ndarray
    sides: tuple[int, int]
    curves: tuple[np.ndarray, np.ndarray]
    width: float


def _weights(x: np.ndarray, width: float) -> np.ndarray:
    """Triangular weights: nearest count most, (n,)."""
    return np.asarray(np.clip(1 - np.abs(x) / width, 0, None))


def _pull(x: np.ndarray, weights: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """The polynomial's columns (n, p), and what rows add to its coefficients (p, n)."""
    columns = np.vander(x, order + 1, increasing=True)
    heavy = columns * weights[:, None]
    return columns, np.linalg.pinv(columns.T @ heavy, rcond=1e-14) @ heavy.T


def jump(x: np.ndarray, y: np.ndarray, width: float) -> Jump:
    """Jumps by local quadratics at the bandwidth of a line.

    A quadratic at the bandwidth that is best for a line is the line corrected for its bias, with an
    error that counts the correction (Calonico, Cattaneo and Titiunik, 2014, remark 7).

    Args:
        x: running values less the cutoff, (n,).
        y: (n, K).
        width: bandwidth.
    """
    weights = _weights(x, width)
    influence = np.zeros_like(y, dtype=float)
    ends, curves, sides = [], [], []
    for side in (x < 0, x >= 0):
        rows = np.flatnonzero(side & (weights > 0))
        scaled = x[rows] / width
        columns, pull = _pull(scaled, weights[rows], 2)
        beta = pull @ y[rows]
        left = y[rows] - columns @ beta
        own = np.clip((columns * pull.T).sum(axis=1), 0, 0.99)
        sign = 1.0 if side[rows[0]] and x[rows[0]] >= 0 else -1.0
        influence[rows] = sign * pull[0][:, None] * left / (1 - own)[:, None]
        ends.append(beta[0])
        curves.append(beta[:, 0] / width ** np.arange(3))
        sides.append(len(rows))
    return Jump(
        ends[1] - ends[0], ends[0], influence, (sides[0], sides[1]), (curves[0], curves[1]), width
    )


def bandwidth(x: np.ndarray, y: np.ndarray) -> float:
    """The bandwidth with the least mean squared error of a line's jump.

    Calonico, Cattaneo and Titiunik (2014), one for both sides, regularised, in three steps: for the
    fourth derivative, for the curve, for the line. At least as wide as `FEWEST` values a side.

    Args:
        x: running values less the cutoff, (n,).
        y: (n,).
    """
    quarter = np.quantile(x, [0.25, 0.75])
    spread = min(float(x.std()), float(np.diff(quarter)[0]) / 1.349) or float(x.std())
    least = max(_reach(-x[x < 0]), _reach(x[x >= 0]))
    most = float(np.abs(x).max())
    pilot = min(max(_PILOT * spread * len(x) ** -0.2, least), most)
    sides = [(x[side], y[side]) for side in (x < 0, x >= 0)]
    width = most
    for order, nu, regular in ((3, 3, 0.0), (2, 2, 1.0), (1, 0, 1.0)):
        parts = [_terms(side, (order, nu), (pilot, width)) for side in sides]
        variance = parts[0][0] + parts[1][0]
        bias = (parts[1][1] - parts[0][1]) ** 2 + regular * (parts[0][2] + parts[1][2])
        power = 1 / (2 * order + 3)
        width = most if bias <= 0 else float(variance / bias) ** power
        width = min(max(width, least), most)
    return width


def _reach(distance: np.ndarray) -> float:
    """How far one must go for `FEWEST` different values."""
    values = np.unique(distance)
    return float(values[min(FEWEST, len(values)) - 1]) * (1 + 1e-9)


def _terms(
    side: tuple[np.ndarray, np.ndarray], of: tuple[int, int], widths: tuple[float, float]
) -> tuple[float, float, float]:
    """Variance, bias and the bias's own variance of one side's derivative, each per bandwidth.

    Args:
        side: x and y, (n,).
        of: order of the polynomial, and which derivative is asked for.
        widths: for the variance, and for the bias.
    """
    (x, y), (order, nu) = side, of
    columns, pull = _pull(x / widths[0], _weights(x, widths[0]), order)
    left = y - columns @ (pull @ y)
    pull = pull / widths[0] ** np.arange(order + 1)[:, None]
    variance = float(((pull[nu] * left) ** 2).sum())
    lean = widths[0] ** nu * float(pull[nu] @ (x / widths[0]) ** (order + 1))
    columns, wide = _pull(x / widths[1], _weights(x, widths[1]), order + 1)
    left = y - columns @ (wide @ y)
    last = wide[order + 1] / widths[1] ** (order + 1)
    steps = 2 * (order + 1 - nu)
    bias = steps**0.5 * lean * float(last @ y)
    unsure = steps * 3 * lean**2 * float(((last * left) ** 2).sum())
    return (2 * nu + 1) * widths[0] ** (2 * nu + 1) * variance, bias, unsure
