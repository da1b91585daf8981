"""The difference in means: what one sees, not what one causes."""

from __future__ import annotations

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimators.ols import least_squares

__all__ = ["difference"]


def difference(problem: Problem) -> Answer:
    """Mean outcome of the treated less that of the control (a slope for a number); not causal."""
    return least_squares(problem, np.empty((problem.n, 0)))[0]
