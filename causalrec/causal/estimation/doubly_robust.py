"""What each row says of the effect: doubly robust scores.

Robins, Rotnitzky and Zhao, 1994. Their mean over any group of rows, chosen by covariates, is
an estimate of the average effect in it (Semenova and Chernozhukov, 2021).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.nuisance.cross_fitting import Nuisance

__all__ = ["RowScores", "row_scores"]


class RowScores(NamedTuple):
    """Each row's score and what the weighted residuals add to it, each (n,).

    Attributes:
        effect: predicted difference plus both corrections.
        treated: t (y - m1) / e; control: (1 - t) (y - m0) / (1 - e).
    """

    effect: np.ndarray
    treated: np.ndarray
    control: np.ndarray


def row_scores(problem: Problem, nuisance: Nuisance | None = None) -> RowScores:
    """Scores of a problem of two arms, with clipped propensities.

    Args:
        problem: the question.
        nuisance: cross-fitted models; None: the problem's own.
    """
    nuisance = nuisance or problem.nuisance
    clip, t, y = problem.query.clip, problem.treatment, problem.outcome
    e = np.clip(nuisance.propensity, clip, 1 - clip)
    without, given = (stack.predicted for stack in nuisance.by_arm)
    treated, control = t * (y - given) / e, (1 - t) * (y - without) / (1 - e)
    return RowScores(given - without + treated - control, treated, control)
