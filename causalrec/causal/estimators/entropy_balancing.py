"""Weights that make the groups' covariates alike exactly."""

from __future__ import annotations

import numpy as np

from causalrec.causal.estimation.arm_lines import about, arm_lines, leftovers
from causalrec.causal.estimation.balancing import balancing_weights
from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.misfit import misfit
from causalrec.causal.estimation.scores import Answer, from_scores
from causalrec.causal.estimation.small_sample_errors import spread
from causalrec.causal.estimators.estimator import Estimator, adjusting
from causalrec.core.words import Text

__all__ = ["EntropyBalancing"]


class EntropyBalancing(Estimator):
    """Each arm is weighted to the target's mean covariates, as evenly as that allows.

    Weighted means so balanced are those of lines fitted with the weights, which is where the
    errors come from: right where either the outcome is a line in the covariates or the log odds
    of the treatment are (Zhao and Percival, 2017).
    """

    name = "entropy-balancing"
    source = "Hainmueller, 2012; Zhao and Percival, 2017"
    compared = False
    by_weight = True
    kinds = ("binary", "levels")
    assumptions = adjusting("causal.assume_lines_or_odds")

    def answer(self, problem: Problem) -> Answer:
        """The difference of balanced means, its interval, and whether balance is enough.

        Raises:
            Refusal: no weights balance an arm.
        """
        x, t, share = problem.design.x, problem.treatment, about(problem)
        means = share @ x / problem.n
        weight = np.ones(problem.n)
        for arm, value in zip((0.0, 1.0), problem.arms, strict=True):
            rows = t == arm
            balanced = balancing_weights(x[rows], means, problem.weights[rows])
            if balanced is None:
                raise Refusal(Text("causal.refuse_unbalanced", value=value))
            weight[rows] = balanced
        lines = arm_lines(x, t, problem.outcome, share=share, weight=weight)
        small = spread(
            lines.pull / problem.n, lines.columns, lines.fit,
            residual=lines.residual, cluster=problem.cluster,
        )  # fmt: skip
        level = problem.query.level
        answer = from_scores(lines.value, lines.scores, problem.cluster, level=level, spread=small)
        return misfit(
            problem,
            answer,
            leftovers(t, lines.pull, lines.residual, lines.share),
            "causal.flag_unbalanced",
        )
