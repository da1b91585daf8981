"""Ordinary least squares with robust errors."""

from __future__ import annotations

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.least_squares import least_squares
from causalrec.causal.estimation.misfit import misfit, varying
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimators.estimator import Estimator, adjusting

__all__ = ["OLS"]


class OLS(Estimator):
    """Coefficient of the treatment in a linear model with the covariates.

    Where the line does not fit, or the effect differs with the covariates, so that the answer
    would be another, a flag says so.
    """

    name = "ols"
    source = "MacKinnon and White, 1985 (HC3); Bell and McCaffrey, 2002 (units)"
    by_weight = True
    assumptions = adjusting("causal.assume_linear")

    def answer(self, problem: Problem) -> Answer:
        """The coefficient, its interval, and whether the line fits."""
        line, left = least_squares(problem, problem.design.x)
        return varying(problem, misfit(problem, line, [left]))
