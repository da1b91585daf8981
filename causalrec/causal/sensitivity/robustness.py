"""Omitted-variable bias in partial R-squared (Cinelli and Hazlett, 2020).

"Making sense of sensitivity: extending omitted variable bias".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem

__all__ = ["Benchmark", "benchmarks", "bias", "robustness_value"]

SMALL = 1e-8
"""Ridge, in units of n, that makes the share of a column that others repeat zero, not undefined."""
MOST = 1 - 1e-12
HALVINGS = 50
"""Of the range in which a multiple lies: its rounding is all that is left."""


def bias(with_treatment: float, with_outcome: float, ratio: float) -> float:
    """How far a hidden cause moves the answer; infinitely far where it is the treatment itself.

    Args:
        with_treatment: partial R-squared with the treatment given the covariates, in [0, 1].
        with_outcome: with the outcome given treatment and covariates, in [0, 1].
        ratio: `Residuals.ratio`.
    """
    if with_treatment >= 1:
        return math.inf
    return math.sqrt(with_outcome * with_treatment / (1 - with_treatment)) * ratio


def robustness_value(distance: float, ratio: float) -> float:
    """The partial R-squared with both at which a hidden cause moves the answer by a distance.

    Args:
        distance: from the answer to what it would have to be, at least 0.
        ratio: `Residuals.ratio`, above 0.
    """
    f = distance / ratio
    # (sqrt(f^4 + 4 f^2) - f^2) / 2, of which a large f would leave rounding only.
    return 2.0 / (1.0 + math.sqrt(1.0 + 4.0 / f**2)) if f > 0 else 0.0


@dataclass(frozen=True)
class Benchmark:
    """How strongly a covariate goes with treatment and outcome: a measure for a hidden cause.

    Attributes:
        name: of the covariate.
        with_treatment: partial R-squared with the treatment given the other covariates.
        with_outcome: with the outcome given the treatment and the other covariates.
    """

    name: str
    with_treatment: float
    with_outcome: float

    def bound(self, times: float) -> tuple[float, float]:
        """Partial R-squared of a hidden cause `times` as strong as this one: with both.

        The first is at most 1; at 1 such a hidden cause cannot be.
        """
        d, y = min(self.with_treatment, MOST), min(self.with_outcome, MOST)
        hidden = times * d / (1 - d)
        if hidden >= 1 or times * d >= 1:
            return 1.0, 1.0
        shared = times * d**2 / ((1 - times * d) * (1 - d))
        if shared >= 1:
            return 1.0, 1.0
        eta = (math.sqrt(times) + math.sqrt(shared)) / math.sqrt(1 - shared)
        return hidden, min(eta**2 * y / (1 - y), 1.0)

    def times(self, distance: float, ratio: float) -> float:
        """How many times as strong a hidden cause must be to move the answer by a distance.

        Infinite where the covariate goes with one of the two only: no multiple of it would do.
        """
        if self.with_treatment <= 0 or self.with_outcome <= 0:
            return math.inf if distance > 0 else 0.0
        low, high = 0.0, (1 - self.with_treatment) / self.with_treatment + 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            enough = bias(*self.bound(middle), ratio) >= distance
            low, high = (low, middle) if enough else (middle, high)
        return high


def benchmarks(problem: Problem) -> tuple[Benchmark, ...]:
    """Every covariate of a problem as a measure, in the problem's order.

    Straight lines are fitted: all columns that a covariate became count together.
    """
    x = problem.design.x - problem.design.x.mean(axis=0)
    if not x.shape[1]:
        return ()
    t = problem.treatment - problem.treatment.mean()
    y = problem.outcome - problem.outcome.mean()
    of = np.array(problem.design.origin)
    groups = {name: np.flatnonzero(of == name) for name in dict.fromkeys(problem.design.origin)}
    with_treatment = _shares(x, t, groups)
    with_outcome = _shares(np.column_stack([x, t / (t.std() or 1.0)]), y, groups)
    return tuple(
        Benchmark(name, d, o)
        for name, d, o in zip(groups, with_treatment, with_outcome, strict=True)
    )


def _shares(x: np.ndarray, target: np.ndarray, groups: dict[str, np.ndarray]) -> list[float]:
    """Partial R-squared of each group of columns given the others."""
    gram = x.T @ x
    inverse = np.linalg.inv(gram + SMALL * len(x) * np.eye(len(gram)))
    slopes = inverse @ (x.T @ target)
    error = target - x @ slopes
    left = float(error @ error)
    shares = []
    for columns in groups.values():
        own = slopes[columns]
        explained = float(own @ np.linalg.solve(inverse[np.ix_(columns, columns)], own))
        total = explained + left
        shares.append(explained / total if total > 0 else 0.0)
    return shares
