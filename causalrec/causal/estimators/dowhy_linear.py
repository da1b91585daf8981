"""dowhy's linear regression, as a cross-check by another hand."""

from __future__ import annotations

import logging
import warnings

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimators.estimator import Estimator, adjusting
from causalrec.causal.estimators.ols import OLS
from causalrec.core.statistics.quantiles import student
from causalrec.core.words import Text

__all__ = ["DowhyLinear"]


class DowhyLinear(Estimator):
    """The effect by dowhy's backdoor.linear_regression, on a fresh copy of the data.

    Its interval takes rows as independent with equal variance, which a flag says where rows
    belong to units. Where a line does not fit, it gets the flags of `OLS`, which is the same line.
    """

    name = "dowhy-linear"
    source = "Sharma and Kiciman, 2020"
    compared = False
    assumptions = adjusting("causal.assume_linear", rows="causal.assume_rows_alike")
    checks = OLS

    def answer(self, problem: Problem) -> Answer:
        """The coefficient by dowhy, with its interval."""
        value, low, high = _dowhy(problem)
        se = (high - low) / 2 / student(problem.query.level, problem.n)
        flags = OLS().answer(problem).flags
        if problem.cluster is not None:
            rows = Text("causal.flag_dowhy_rows", n=problem.n, units=problem.n_clusters)
            flags = (*flags, rows)
        return Answer(value, se, low, high, flags=flags)


def _dowhy(problem: Problem) -> tuple[float, float, float]:
    """Value, low and high; dowhy writes into the frame that it is given, so it gets its own."""
    from dowhy import CausalModel

    names = [f"x{i}" for i in range(problem.design.x.shape[1])]
    frame = pd.DataFrame(problem.design.x, columns=names)
    frame["treatment"], frame["outcome"] = problem.treatment, problem.outcome
    logging.getLogger("dowhy").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = CausalModel(frame, "treatment", "outcome", common_causes=names or None)
        estimand = model.identify_effect(proceed_when_unidentifiable=True)
        estimate = model.estimate_effect(
            estimand,
            method_name="backdoor.linear_regression",
            control_value=0,
            treatment_value=1,
            confidence_intervals=True,
        )
        interval = estimate.get_confidence_intervals(confidence_level=problem.query.level)
    low, high = (float(end) for end in np.ravel(interval)[:2])
    return float(estimate.value), low, high
