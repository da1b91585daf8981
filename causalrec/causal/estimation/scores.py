"""From one score a row to an interval: clustered, with Student's t."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.estimation.small_sample_errors import Spread
from causalrec.core.statistics.intervals import clustered_error
from causalrec.core.statistics.quantiles import student
from causalrec.core.statistics.samples import totals
from causalrec.core.words import Text

__all__ = ["Answer", "from_scores"]


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


def from_scores(
    value: float,
    scores: np.ndarray,
    cluster: np.ndarray | None,
    *,
    level: float,
    spread: Spread | None = None,
) -> Answer:
    """Interval from influence scores.

    The variance is the sum of squared unit totals over n squared (Liang and Zeger, 1986), each
    scaled by the factor of `spread`, with its degrees of freedom; without one the factor is
    G / (G - 1), with G - 1 degrees of freedom.

    Args:
        value: the estimate.
        scores: influence of each row, mean about 0, (n,).
        cluster: number of each row's cluster, int (n,); None: every row its own.
        level: of the interval.
        spread: the small-sample correction.
    """
    sums = totals(scores, cluster)
    groups = len(sums)
    factor = groups / (groups - 1) if spread is None else spread.factor
    freedom = groups - 1 if spread is None else spread.freedom
    se = clustered_error(sums, len(scores), factor)
    half = student(level, freedom) * se
    return Answer(value, se, value - half, value + half, scores)
