"""The difference in means: what one sees, not what one causes."""

from __future__ import annotations

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.formulas import SEEN
from causalrec.causal.estimation.least_squares import least_squares
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimators.estimator import Estimator

__all__ = ["Difference"]


class Difference(Estimator):
    """Mean outcome of the treated less that of the control (a slope for a number); not causal."""

    name = "difference"
    source = "Welch, 1947; Bell and McCaffrey, 2002 (units)"
    causal = False
    by_weight = True
    assumptions = ("causal.assume_alike",)
    formulas = SEEN

    def answer(self, problem: Problem) -> Answer:
        """The least squares of an outcome on the treatment alone."""
        return least_squares(problem, np.empty((problem.n, 0)))[0]
