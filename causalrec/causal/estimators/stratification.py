"""Strata of alike propensities, with a model of the outcome for what their width leaves."""

from __future__ import annotations

from functools import partial

import numpy as np

from causalrec.causal.estimation.arm_lines import about, arm_lines, leftovers
from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.scores import Answer, from_scores
from causalrec.causal.estimation.second_order_bias import Leftover
from causalrec.causal.estimation.stability import steady
from causalrec.causal.estimation.weights import clipped
from causalrec.causal.estimators.estimator import Estimator
from causalrec.causal.nuisance.cross_fitting import Nuisance
from causalrec.core.words import Text

__all__ = ["Stratification"]

MOST_STRATA = 10
"""Five take off nine tenths of a covariate's bias (Cochran, 1968), ten nearly all of the rest."""
ROWS_A_COLUMN = 4
"""Rows of the smaller arm, for each coefficient of its line, that a stratum needs."""


class Stratification(Estimator):
    """Rows are put into strata of alike propensities and compared within.

    What differs between the arms of a stratum the cross-fitted models of the outcome take off,
    and a line for each arm what these leave.
    """

    name = "stratification"
    source = "Rosenbaum and Rubin, 1984; Imbens and Rubin, 2015 (blocking with regression)"
    compared = False
    weighted = True
    by_weight = True
    kinds = ("binary", "levels")

    def answer(self, problem: Problem) -> Answer:
        """The mean of the strata's differences.

        Raises:
            Refusal: an arm has too few rows for a line.
        """
        return steady(problem, partial(_with, problem, _strata(problem)))


def _with(
    problem: Problem, strata: np.ndarray, nuisance: Nuisance
) -> tuple[Answer, list[Leftover]]:
    """The mean of the strata's differences with given models, and what is left over."""
    share = about(problem)
    n, x, t, y = problem.n, problem.design.x, problem.treatment, problem.outcome
    without, given = (stack.predicted for stack in nuisance.by_arm)
    left = y - np.where(t == 1, given, without)
    values = given - without
    scores, pull, residual = np.zeros(n), np.zeros(n), np.zeros(n)
    for stratum in np.unique(strata):
        rows = strata == stratum
        part = float(share[rows].mean())
        lines = arm_lines(
            x[rows], t[rows], left[rows], share=share[rows] / part, weight=problem.weights[rows]
        )
        values[rows] += lines.value
        # Of a stratum's few rows residuals are smaller than the errors that they stand for.
        more = lines.pull * (lines.unshrunk - lines.residual)
        scores[rows] = part * (lines.scores + more)
        pull[rows], residual[rows] = part * lines.pull, lines.residual
    value = float(share @ values) / n
    scores += share * (values - value)
    answer = from_scores(value, scores, problem.cluster, level=problem.query.level)
    return answer, leftovers(t, pull, residual, share)


def _strata(problem: Problem) -> np.ndarray:
    """Stratum of each row, int (n,): as many as leave rows enough for a line in either arm.

    Raises:
        Refusal: not even one does.
    """
    chance, t = clipped(problem), problem.treatment
    least = ROWS_A_COLUMN * (problem.design.x.shape[1] + 1)
    for count in range(MOST_STRATA, 0, -1):
        edges = np.quantile(chance, np.arange(1, count) / count)
        strata = np.searchsorted(edges, chance, side="right")
        arms = [np.bincount(strata[t == arm], minlength=count) for arm in (0.0, 1.0)]
        if min(int(rows.min()) for rows in arms) >= least:
            return strata
    raise Refusal(Text("causal.refuse_strata", least=least))
