"""dowhy's linear regression, as a cross-check by another hand."""

from __future__ import annotations

import logging
import warnings

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimators.ols import ols
from causalrec.core.statistics.quantiles import student
from causalrec.core.words import Text

__all__ = ["dowhy_linear"]


def dowhy_linear(problem: Problem) -> Answer:
    """The effect by dowhy's backdoor.linear_regression, on a fresh copy of the data.

    dowhy writes into the frame that it is given, so it gets one of its own. Its interval takes
    rows as independent with equal variance, which a flag says where rows belong to units. Where
    a line does not fit, it gets the flags of `ols`, which is the same line.
    """
    from dowhy import CausalModel

    names = [f"x{i}" for i in range(problem.design.x.shape[1])]
    copy = pd.DataFrame(problem.design.x, columns=names)
    copy["treatment"], copy["outcome"] = problem.treatment, problem.outcome
    logging.getLogger("dowhy").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = CausalModel(copy, "treatment", "outcome", common_causes=names or None)
        estimand = model.identify_effect(proceed_when_unidentifiable=True)
        found = model.estimate_effect(
            estimand,
            method_name="backdoor.linear_regression",
            control_value=0,
            treatment_value=1,
            confidence_intervals=True,
        )
        interval = found.get_confidence_intervals(confidence_level=problem.query.level)
    low, high = (float(v) for v in np.ravel(interval)[:2])
    se = (high - low) / 2 / student(problem.query.level, problem.n)
    line = ols(problem)
    flags = line.flags if problem.cluster is None else (*line.flags, _flag(problem))
    return Answer(float(found.value), se, low, high, flags=flags)


def _flag(problem: Problem) -> Text:
    """Its interval does not know that rows belong together."""
    return Text("causal.flag_dowhy_rows", n=problem.n, units=problem.n_clusters)
