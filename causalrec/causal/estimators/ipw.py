"""Inverse probability weighting, normalised within each arm (Hajek, 1971)."""

from __future__ import annotations

import numpy as np

from causalrec.causal.estimation.arm_lines import about
from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.misfit import misfit
from causalrec.causal.estimation.scores import Answer, from_scores
from causalrec.causal.estimation.second_order_bias import Leftover
from causalrec.causal.estimation.small_sample_errors import arm_spread
from causalrec.causal.estimation.weights import arm_weights, clipped
from causalrec.causal.estimators.estimator import Estimator
from causalrec.core.statistics.samples import totals

__all__ = ["IPW"]

LEAST_FREE = 0.05
"""Of a row or unit that the propensity's scores fit: one of leverage 1 would divide by zero."""


class IPW(Estimator):
    """Difference of weighted means.

    Estimated propensities balance the covariates better than the true ones would: the scores
    are freed of what the propensity's own scores explain of them (Lunceford and Davidian, 2004),
    with each row's leverage counted (MacKinnon and White, 1985).
    """

    name = "ipw"
    source = "Hajek, 1971; Lunceford and Davidian, 2004"
    weighted = True
    by_weight = True
    kinds = ("binary", "levels")

    def answer(self, problem: Problem) -> Answer:
        """The difference, its interval, and whether the weights balance the groups."""
        t, y = problem.treatment, problem.outcome
        weight = arm_weights(problem, problem.query.target)
        means = [float(np.average(y[t == a], weights=weight[t == a])) for a in (0.0, 1.0)]
        share = [float((weight * (t == a)).sum()) / problem.n for a in (0.0, 1.0)]
        signed = weight * np.where(t == 1, 1 / share[1], -1 / share[0])
        residual = y - np.where(t == 1, means[1], means[0])
        spread = arm_spread(t, weight, residual, problem.cluster)
        scores = _freed(problem, signed * residual)
        level = problem.query.level
        weighted = from_scores(
            means[1] - means[0], scores, problem.cluster, level=level, spread=spread
        )
        return misfit(problem, weighted, _left(problem, signed), "causal.flag_unbalanced")


def _freed(problem: Problem, scores: np.ndarray) -> np.ndarray:
    """Scores less their projection on those of a logistic propensity, (n,)."""
    x, e = problem.design.x, clipped(problem)
    if not x.shape[1]:
        return scores
    own = (problem.treatment - e)[:, None] * np.column_stack([np.ones(problem.n), x])
    sums = totals(own, problem.cluster)
    if len(sums) < 2 * sums.shape[1]:
        return scores
    slopes, *_ = np.linalg.lstsq(sums, totals(scores, problem.cluster), rcond=None)
    basis, _ = np.linalg.qr(sums)
    free = np.maximum(1 - (basis**2).sum(axis=1), LEAST_FREE)
    left = scores - own @ slopes
    return np.asarray(left / (free if problem.cluster is None else free[problem.cluster]))


def _left(problem: Problem, signed: np.ndarray) -> list[Leftover]:
    """Weights beyond those of the target, and outcomes that a line in each arm leaves."""
    t, y, x = problem.treatment, problem.outcome, problem.design.x
    parts, share = [], about(problem)
    for arm in (0.0, 1.0):
        rows = t == arm
        line = np.column_stack([np.ones(int(rows.sum())), x[rows]])
        slopes, *_ = np.linalg.lstsq(line, y[rows], rcond=None)
        error = np.zeros(problem.n)
        error[rows] = y[rows] - line @ slopes
        sign = 1.0 if arm else -1.0
        parts.append(Leftover(np.abs(signed) * rows - share, np.abs(signed) * error, sign))
    return parts
