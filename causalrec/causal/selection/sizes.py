"""The mean of all rows, how far the mean of the seen ones is off, and the errors of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.selection.response import Response
from causalrec.core.statistics.intervals import clustered_error
from causalrec.core.statistics.quantiles import student
from causalrec.core.statistics.samples import totals

__all__ = ["Sized", "log_scores", "sized"]


@dataclass(frozen=True)
class Sized:
    """An estimate of the mean of all rows, and of the bias of the seen ones' mean.

    Attributes:
        population, low, high: the mean of all rows; a range without a value has None.
        bias, bias_low, bias_high: the mean of the seen rows less it.
    """

    population: float | None
    low: float
    high: float
    bias: float | None
    bias_low: float
    bias_high: float


def log_scores(response: Response) -> np.ndarray:
    """Influence of each row on the mean of the seen ones, mean 0, (n,)."""
    return response.excess / float(response.seen.mean())


def sized(response: Response, population: float, scores: np.ndarray, level: float) -> Sized:
    """An estimate with the influence of each row as intervals.

    Args:
        response: the rows.
        population: the mean of all.
        scores: influence of each row on it, mean 0, (n,).
        level: of the intervals.
    """
    bias = response.mean - population
    ends = []
    for value, own in ((population, scores), (bias, log_scores(response) - scores)):
        sums = totals(own, response.cluster)
        reach = student(level, max(len(sums) - 1, 1)) * clustered_error(sums, len(response))
        ends += [value - reach, value + reach]
    return Sized(population, ends[0], ends[1], bias, ends[2], ends[3])
