"""From one score a row to an interval: clustered, with Student's t."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.core.words import Text

__all__ = ["Answer", "from_scores", "student"]


@dataclass(frozen=True)
class Answer:
    """What an estimator says.

    Attributes:
        value, se: estimate and standard error.
        low, high: interval.
        scores: the influence of each row, mean 0, (n,); None where the estimator has none.
        flags: what the estimator itself warns of.
    """

    value: float
    se: float
    low: float
    high: float
    scores: np.ndarray | None = None
    flags: tuple[Text, ...] = ()


def student(level: float, freedom: float) -> float:
    """Half-width of Student's interval in standard errors."""
    from scipy.special import stdtrit

    return float(stdtrit(max(freedom, 1.0), 0.5 + level / 2))


def from_scores(
    value: float, scores: np.ndarray, cluster: np.ndarray | None, level: float
) -> Answer:
    """Interval from influence scores.

    The variance is the sum of squared cluster totals over n squared, times G / (G - 1)
    (Liang and Zeger, 1986), with G - 1 degrees of freedom.

    Args:
        value: the estimate.
        scores: influence of each row, mean about 0, (n,).
        cluster: number of each row's cluster, int (n,); None: every row its own.
        level: of the interval.
    """
    n = len(scores)
    totals = scores if cluster is None else np.bincount(cluster, scores)
    groups = len(totals)
    se = float(np.sqrt((totals**2).sum() * groups / (groups - 1)) / n)
    half = student(level, groups - 1) * se
    return Answer(value, se, value - half, value + half, scores)
