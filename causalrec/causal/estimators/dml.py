"""Double machine learning of a partially linear model."""

from __future__ import annotations

from functools import partial

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.partialling_out import partialled_out
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.second_order_bias import Leftover
from causalrec.causal.estimation.stability import steady
from causalrec.causal.estimators.estimator import Estimator, adjusting
from causalrec.causal.nuisance.cross_fitting import Nuisance

__all__ = ["DML"]


class DML(Estimator):
    """Residual on residual, each from cross-fitted models of the outcome and of the treatment.

    Where the effect differs it is the mean weighted by how uncertain the treatment was: of two
    groups, of those who could be in either. It is the model of econml's LinearDML without effect
    modifiers (which agrees to rounding given the same predictions), corrected for what the models
    left over where chance does not explain it, and checked as `AIPW` is.
    """

    name = "dml"
    source = "Chernozhukov et al., 2018; Robinson, 1988"
    compared = False
    weighted = True
    by_weight = True
    targets = ("overlap",)
    assumptions = adjusting("causal.assume_one_slope")

    def answer(self, problem: Problem) -> Answer:
        """The slope, corrected and checked where there are covariates and time for it.

        Raises:
            Refusal: the covariates fix the treatment.
        """
        return steady(problem, partial(_with, problem), always=False)


def _with(problem: Problem, nuisance: Nuisance) -> tuple[Answer, list[Leftover]]:
    """The slope with given nuisance models, and what these leave over."""
    if problem.kind == "continuous":
        expected = nuisance.treatment_mean.predicted
    else:
        clip = problem.query.clip
        expected = np.clip(nuisance.propensity, clip, 1 - clip)
    return partialled_out(problem, expected, nuisance.outcome_mean.predicted)
