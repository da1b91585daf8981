"""Intervals for the mean of scores whose rows come in clusters."""

from __future__ import annotations

import numpy as np

from causalrec.core.statistics.quantiles import normal, student
from causalrec.core.statistics.samples import totals

__all__ = ["clustered_error", "clustered_interval", "share_interval"]


def clustered_error(sums: np.ndarray, n: int, factor: float | np.ndarray | None = None) -> float:
    """Standard error of a mean of n scores from their sums by unit (Liang and Zeger, 1986).

    Args:
        sums: of the scores less their mean, over the rows of each unit, (G,).
        n: number of rows.
        factor: small-sample correction of the squares, one or (G,); None: G / (G - 1).
    """
    groups = len(sums)
    factor = groups / (groups - 1) if factor is None else factor
    return float(np.sqrt((sums**2 * factor).sum())) / n


def clustered_interval(
    scores: np.ndarray, cluster: np.ndarray, level: float = 0.95
) -> tuple[float, float, float]:
    """Mean and interval of scores, rows of a cluster free to depend on each other.

    The variance is the cluster-robust one of a mean (Liang and Zeger, 1986) with the factor
    G / (G - 1); the quantile is Student's with as many degrees of freedom as the clusters'
    contributions to the variance are worth (Satterthwaite, 1946), at least 2.

    Args:
        scores: (n,).
        cluster: cluster codes 0 .. G-1, int (n,).
        level: coverage.

    Returns:
        mean, low, high; the interval is the whole line with fewer than two clusters.
    """
    n, value = len(scores), float(scores.mean())
    sums = totals(scores - value, cluster)
    groups = len(sums)
    if groups < 2:
        return value, -np.inf, np.inf
    squares = sums**2
    total = float(squares.sum())
    if total == 0.0:
        return value, value, value
    freedom = np.clip(total**2 / float(squares @ squares), 2.0, groups - 1)
    reach = student(level, float(freedom)) * clustered_error(sums, n)
    return value, value - reach, value + reach


def share_interval(value: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Interval of a share, honest also where nobody or everybody did it (Wilson, 1927).

    Args:
        value: the share, 0 to 1.
        n: effective number of independent units, above 0.
        level: coverage.
    """
    z = normal(level)
    middle = (value + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * float(np.sqrt(value * (1 - value) / n + z**2 / (4 * n**2)))
    return max(0.0, middle - reach), min(1.0, middle + reach)
