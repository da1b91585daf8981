"""Inverse probability weighting, normalised within each arm (Hajek, 1971)."""

from __future__ import annotations

import numpy as np

from causalrec.causal.problem import Problem, Refusal
from causalrec.causal.scores import Answer, from_scores
from causalrec.causal.weights import arm_weights
from causalrec.core.words import Text

__all__ = ["ipw"]


def ipw(problem: Problem) -> Answer:
    """Difference of weighted means.

    The scores take the propensities as known, which makes the interval conservative when they
    are estimated well (Lunceford and Davidian, 2004).

    Raises:
        Refusal: the treatment is a number; weights need arms.
    """
    if problem.kind == "continuous":
        raise Refusal(Text("causal.refuse_slope", estimator="IPW"))
    t, y = problem.treatment, problem.outcome
    weight = arm_weights(problem, problem.query.target)
    means = [float(np.average(y[t == a], weights=weight[t == a])) for a in (0.0, 1.0)]
    share = [float((weight * (t == a)).sum()) / problem.n for a in (0.0, 1.0)]
    scores = weight * np.where(t == 1, (y - means[1]) / share[1], -(y - means[0]) / share[0])
    return from_scores(means[1] - means[0], scores, problem.cluster, problem.query.level)
