"""Augmented inverse probability weighting with cross-fitted nuisances.

Robins, Rotnitzky and Zhao, 1994; cross-fitting: Chernozhukov et al., 2018, "Double/debiased
machine learning". Continuous treatments and the overlap target: Robinson, 1988.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from causalrec.causal.estimation.arm_lines import about
from causalrec.causal.estimation.doubly_robust import row_scores
from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.partialling_out import partialled_out
from causalrec.causal.estimation.scores import Answer, from_scores
from causalrec.causal.estimation.second_order_bias import Leftover
from causalrec.causal.estimation.small_sample_errors import arm_spread
from causalrec.causal.estimation.stability import steady
from causalrec.causal.estimation.weights import arm_weights
from causalrec.causal.estimators.estimator import Estimator
from causalrec.causal.nuisance.cross_fitting import Nuisance

__all__ = ["AIPW", "doubly_robust"]


class AIPW(Estimator):
    """The efficient estimate of the target, with influence-function errors.

    On up to 50,000 rows it is corrected for what the nuisance models left over, and on up to
    6,000 it is checked against models of half of the rows.
    """

    name = "aipw"
    source = "Robins, Rotnitzky and Zhao, 1994; Chernozhukov et al., 2018"
    weighted = True
    by_weight = True

    def answer(self, problem: Problem) -> Answer:
        """The estimate, corrected and checked where there are covariates and time for it."""
        return steady(problem, partial(doubly_robust, problem))


def doubly_robust(problem: Problem, nuisance: Nuisance) -> tuple[Answer, list[Leftover]]:
    """The estimate with given nuisance models, and what these leave over."""
    if problem.kind == "continuous":
        expected = nuisance.treatment_mean.predicted, nuisance.outcome_mean.predicted
        return partialled_out(problem, *expected)
    clip = problem.query.clip
    e = np.clip(nuisance.propensity, clip, 1 - clip)
    without, given = (stack.predicted for stack in nuisance.by_arm)
    if problem.query.target == "overlap":
        return partialled_out(problem, e, e * given + (1 - e) * without)
    t, y, w = problem.treatment, problem.outcome, problem.weights
    effect, treated, control = (w * part for part in row_scores(problem, nuisance))
    people = about(problem)
    if problem.query.target in ("ATT", "ATC"):
        att = problem.query.target == "ATT"
        share = float((w * (t == att)).mean())
        odds = t - (1 - t) * e / (1 - e) if att else t * (1 - e) / e - (1 - t)
        each = w * odds * (y - (without if att else given)) / share
        left = [Leftover(odds, control if att else treated, 1 / share)]
    else:
        each = effect
        left = [Leftover(t / e - 1, treated, 1), Leftover((1 - t) / (1 - e) - 1, control, -1)]
    value = float(each.mean())
    scores = each - people * value
    pull = arm_weights(problem, problem.query.target, e)
    residual = np.where(t == 1, y - given, y - without)
    small = arm_spread(t, pull, residual, problem.cluster)
    level = problem.query.level
    return from_scores(value, scores, problem.cluster, level=level, spread=small), left
