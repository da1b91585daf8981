"""What a line says after a prior: the posterior of its coefficient in closed form.

The conjugate normal and inverse-gamma model (Raiffa and Schlaifer, 1961), with a prior of the
treatment's coefficient that is worth one row and centred on no effect (unit information: Kass and
Wasserman, 1995), and flat ones on the rest.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.residuals import residuals_of
from causalrec.causal.estimation.scores import Answer
from causalrec.core.statistics.quantiles import student
from causalrec.core.words import Text

__all__ = ["posterior"]


def posterior(problem: Problem, line: Answer) -> Answer:
    """The answer of a line as the mean and the central interval of a posterior.

    Args:
        problem: the question.
        line: what least squares say.

    Raises:
        Refusal: rows belong to units, which the model takes as independent.
    """
    if problem.cluster is not None:
        raise Refusal(Text("causal.refuse_posterior_units"))
    left, n = residuals_of(problem), problem.n
    value = left.slope * n / (n + 1)
    freedom = n - problem.design.x.shape[1] - 1
    squares = float(left.error @ left.error) + left.slope**2 * left.weight / (n + 1)
    se = float(np.sqrt(squares / freedom / (left.weight * (n + 1) / n)))
    half = student(problem.query.level, freedom) * se
    flags = (*line.flags, Text("causal.flag_posterior"))
    return replace(line, value=value, se=se, low=value - half, high=value + half, flags=flags)
