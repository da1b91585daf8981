"""The slope of what the covariates leave of an outcome on what they leave of the treatment."""

from __future__ import annotations

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.scores import Answer, from_scores
from causalrec.causal.estimation.second_order_bias import Leftover
from causalrec.causal.estimation.small_sample_errors import spread
from causalrec.core.words import Text

__all__ = ["partialled_out"]

LEAST_VARIED = 1e-8
"""Share of the treatment's variance that its model must leave."""


def partialled_out(
    problem: Problem, treatment: np.ndarray, outcome: np.ndarray
) -> tuple[Answer, list[Leftover]]:
    """Residual on residual: the slope, or the effect weighted by e (1 - e), and what is left over.

    Args:
        problem: the question.
        treatment: what the covariates say of it, (n,).
        outcome: what they say of the outcome, (n,).

    Raises:
        Refusal: the covariates fix the treatment.
    """
    root = np.sqrt(problem.weights)
    t, y = root * (problem.treatment - treatment), root * (problem.outcome - outcome)
    weight = float((t**2).mean())
    if weight <= LEAST_VARIED * float(problem.treatment.var()):
        names = {"name": problem.query.treatment, "covariates": ", ".join(problem.query.covariates)}
        raise Refusal(Text("causal.refuse_fixed", **names))
    value = float((t * y).mean()) / weight
    scores = t * (y - value * t) / weight
    pull = t / (weight * problem.n)
    ends = np.column_stack([np.ones(problem.n) / problem.n**0.5, t / (weight * problem.n) ** 0.5])
    small = spread(pull, ends, ends, residual=y - value * t, cluster=problem.cluster)
    level = problem.query.level
    answer = from_scores(value, scores, problem.cluster, level=level, spread=small)
    return answer, [Leftover(t, y - value * t, 1 / weight)]
