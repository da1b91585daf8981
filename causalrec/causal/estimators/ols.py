"""Ordinary least squares with robust errors."""

from __future__ import annotations

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.least_squares import least_squares
from causalrec.causal.estimation.misfit import misfit, varying
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimators.estimator import Estimator, adjusting
from causalrec.causal.intervals.clustered_bootstrap import bootstrapped
from causalrec.causal.intervals.posterior_line import posterior

__all__ = ["OLS"]


class OLS(Estimator):
    """Coefficient of the treatment in a linear model with the covariates.

    Its interval can also come from a thousand refits to drawn units ("bootstrap"), or be that of
    a posterior ("posterior"). Where the line does not fit, or the effect differs with the
    covariates, so that the answer would be another, a flag says so.
    """

    name = "ols"
    source = "MacKinnon and White, 1985 (HC3); Bell and McCaffrey, 2002 (units)"
    by_weight = True
    intervals = ("formula", "bootstrap", "posterior")
    assumptions = adjusting("causal.assume_linear")

    def answer(self, problem: Problem) -> Answer:
        """The coefficient, its interval, and whether the line fits.

        Raises:
            Refusal: a posterior is asked of rows that belong to units.
        """
        line, left = least_squares(problem, problem.design.x)
        if problem.query.interval == "bootstrap":
            line = bootstrapped(problem, line)
        elif problem.query.interval == "posterior":
            line = posterior(problem, line)
        return varying(problem, misfit(problem, line, [left]))
