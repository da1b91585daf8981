"""The difference in means: what one sees, not what one causes."""

from __future__ import annotations

import numpy as np

from causalrec.causal.estimators.ols import least_squares
from causalrec.causal.problem import Problem
from causalrec.causal.scores import Answer

__all__ = ["difference"]


def difference(problem: Problem) -> Answer:
    """Mean outcome of the treated less that of the control (a slope for a number); not causal."""
    return least_squares(problem, np.empty((problem.n, 0)))[0]
