"""Nearest neighbours of the other arm, corrected for what they differ by."""

from __future__ import annotations

from functools import partial

import numpy as np

from causalrec.causal.estimation.arm_lines import about, leftovers
from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.scores import Answer
from causalrec.causal.estimation.second_order_bias import Leftover
from causalrec.causal.estimation.stability import steady
from causalrec.causal.estimators.estimator import Estimator, adjusting
from causalrec.causal.nuisance.cross_fitting import Nuisance
from causalrec.core.statistics.quantiles import normal
from causalrec.core.words import Text

__all__ = ["Matching"]

MATCHES = 4
"""Neighbours of each row: of one the error is larger, of more the difference (Abadie and Imbens,
2011, take four)."""
MOST_ROWS = 50_000
"""Beyond it neighbours in ten columns take half a minute to find."""


class Matching(Estimator):
    """Each row is compared with the four rows of the other arm that are nearest to it.

    Neighbours are nearest in standardised covariates; what they still differ by the cross-fitted
    models of the outcome take off. Errors are those of Abadie and Imbens: a bootstrap's would
    be wrong.
    """

    name = "matching"
    source = "Abadie and Imbens, 2006, 2011"
    compared = False
    weighted = True
    by_unit = False
    kinds = ("binary", "levels")
    targets = ("ATE", "ATT", "ATC")
    assumptions = adjusting("causal.assume_near")

    def answer(self, problem: Problem) -> Answer:
        """The mean difference to the neighbours.

        Raises:
            Refusal: rows are too many, or there are no covariates.
        """
        _check(problem)
        return steady(problem, partial(_with, problem, _mates(problem)))


def _with(problem: Problem, mates: np.ndarray, nuisance: Nuisance) -> tuple[Answer, list[Leftover]]:
    """The mean difference to neighbours (n, 4) with given models, and what is left over."""
    t, y, share = problem.treatment == 1, problem.outcome, about(problem)
    asked = share > 0
    without, given = (stack.predicted for stack in nuisance.by_arm)
    other = np.where(t, without, given)
    left = y - np.where(t, given, without)
    each = np.where(t, 1.0, -1.0) * (y - other - left[mates].mean(axis=1))
    value = float(share @ each) / problem.n
    used = np.bincount(mates[asked].ravel(), minlength=problem.n) / MATCHES
    carried = used**2 + (2 - 1 / MATCHES) * used
    if not asked.all():
        carried = np.where(asked, 0.0, used * (used - 1 / MATCHES))
    people = int(asked.sum())
    squares = asked * (each - value) ** 2 + carried * _noise(problem)
    se = float(np.sqrt(squares.sum())) / people
    half = normal(problem.query.level) * se
    pull = np.where(t, 1.0, -1.0) * (share + used * problem.n / people)
    scores = share * (given - without) + pull * left
    answer = Answer(value, se, value - half, value + half, scores - scores.mean())
    return answer, leftovers(problem.treatment, pull, left, share)


def _check(problem: Problem) -> None:
    """Refuse what neighbours cannot answer.

    Raises:
        Refusal: they cannot.
    """
    if problem.n > MOST_ROWS:
        raise Refusal(Text("causal.refuse_matching_rows", n=problem.n, most=MOST_ROWS))
    if not problem.design.x.shape[1]:
        raise Refusal(Text("causal.refuse_matching_nothing"))


def _mates(problem: Problem) -> np.ndarray:
    """The nearest rows of the other arm, int (n, 4)."""
    x, t = problem.design.x, problem.treatment == 1
    mates = np.empty((problem.n, MATCHES), dtype=np.int64)
    for arm in (t, ~t):
        mates[arm] = np.flatnonzero(~arm)[_nearest(x[~arm], x[arm], MATCHES)]
    return mates


def _noise(problem: Problem) -> np.ndarray:
    """Variance of each row's outcome given its covariates, from its arm's nearest, (n,)."""
    x, t, y = problem.design.x, problem.treatment == 1, problem.outcome
    noise = np.empty(problem.n)
    for arm in (t, ~t):
        own = y[arm]
        near = own[_nearest(x[arm], x[arm], MATCHES + 1)[:, 1:]].mean(axis=1)
        noise[arm] = MATCHES / (MATCHES + 1) * (own - near) ** 2
    return noise


def _nearest(among: np.ndarray, of: np.ndarray, count: int) -> np.ndarray:
    """Places in `among` of the nearest rows, (len(of), count)."""
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(among).query(of, k=count)[1])
