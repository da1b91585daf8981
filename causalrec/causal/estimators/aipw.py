"""Augmented inverse probability weighting with cross-fitted nuisances.

Robins, Rotnitzky and Zhao, 1994; cross-fitting: Chernozhukov et al., 2018, "Double/debiased
machine learning". Continuous treatments and the overlap target: Robinson, 1988.
"""

from __future__ import annotations

import numpy as np

from causalrec.causal.problem import Problem
from causalrec.causal.scores import Answer, from_scores
from causalrec.causal.weights import clipped

__all__ = ["aipw"]


def aipw(problem: Problem) -> Answer:
    """The efficient estimate of the target, with influence-function errors."""
    if problem.kind == "continuous":
        return _partial(problem, problem.nuisance.treatment_mean, problem.nuisance.outcome_mean)
    e = clipped(problem)
    without, given = problem.nuisance.by_arm
    if problem.query.target == "overlap":
        return _partial(problem, e, e * given + (1 - e) * without)
    t, y = problem.treatment, problem.outcome
    if problem.query.target == "ATT":
        share = float(t.mean())
        each = (t * (y - without) - (1 - t) * e / (1 - e) * (y - without)) / share
        value = float(each.mean())
        scores = each - t / share * value
    else:
        each = given - without + t * (y - given) / e - (1 - t) * (y - without) / (1 - e)
        value = float(each.mean())
        scores = each - value
    return from_scores(value, scores, problem.cluster, problem.query.level)


def _partial(problem: Problem, treatment: np.ndarray, outcome: np.ndarray) -> Answer:
    """Residual on residual: the slope, or the effect weighted by e (1 - e)."""
    t, y = problem.treatment - treatment, problem.outcome - outcome
    weight = float((t**2).mean())
    value = float((t * y).mean()) / weight
    scores = t * (y - value * t) / weight
    return from_scores(value, scores, problem.cluster, problem.query.level)
