"""A linear model in which the effect may differ with each covariate."""

from __future__ import annotations

import numpy as np

from causalrec.causal.estimation.arm_lines import about, arm_lines, leftovers
from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.least_squares import least_squares
from causalrec.causal.estimation.misfit import misfit
from causalrec.causal.estimation.scores import Answer, from_scores
from causalrec.causal.estimation.small_sample_errors import spread
from causalrec.causal.estimators.estimator import Estimator, adjusting
from causalrec.core.statistics.intervals import clustered_error
from causalrec.core.statistics.samples import totals

__all__ = ["Interacted"]


class Interacted(Estimator):
    """A line in the covariates for each arm, compared at the target's mean covariates.

    Of a number as treatment: its slope at the mean, where the slope differs with the covariates.
    """

    name = "interacted"
    source = "Lin, 2013; Imbens and Wooldridge, 2009"
    compared = False
    by_weight = True
    assumptions = adjusting("causal.assume_lines")

    def answer(self, problem: Problem) -> Answer:
        """The difference of the lines, its interval, and whether they fit."""
        if problem.kind == "continuous":
            return _slope(problem)
        t, y, level = problem.treatment, problem.outcome, problem.query.level
        share, weight = about(problem), problem.weight
        lines = arm_lines(problem.design.x, t, y, share=share, weight=weight)
        small = spread(
            lines.pull / problem.n, lines.columns, lines.fit,
            residual=lines.residual, cluster=problem.cluster,
        )  # fmt: skip
        answer = from_scores(lines.value, lines.scores, problem.cluster, level=level, spread=small)
        return misfit(problem, answer, leftovers(t, lines.pull, lines.residual, lines.share))


def _slope(problem: Problem) -> Answer:
    """The slope at the mean of the covariates, whose own chance its interval counts."""
    t, x, n = problem.treatment, problem.design.x, problem.n
    weights = problem.weights
    off = x - weights @ x / n
    moving = t[:, None] * off
    answer, left = least_squares(problem, np.column_stack([x, moving]))
    whole = np.column_stack([np.ones(n), t, x, moving])
    root = np.sqrt(weights)
    slopes = np.linalg.lstsq(whole * root[:, None], problem.outcome * root, rcond=None)[0]
    differs = weights * (off @ slopes[-x.shape[1] :]) if x.shape[1] else np.zeros(n)
    chance = clustered_error(totals(differs, problem.cluster), n)
    se = float(np.hypot(answer.se, chance))
    half = (answer.high - answer.value) / answer.se * se if answer.se > 0 else 0.0
    scores = None if answer.scores is None else answer.scores + differs
    wide = Answer(answer.value, se, answer.value - half, answer.value + half, scores)
    return misfit(problem, wide, [left])
