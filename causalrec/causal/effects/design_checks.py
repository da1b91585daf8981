"""Whether the covariates leave anything to compare, the same for all estimators that use them."""

from __future__ import annotations

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem, Refusal
from causalrec.causal.estimation.least_squares import orthonormal
from causalrec.causal.estimation.neighbours import fixed_by_neighbours
from causalrec.causal.intervals.proportions import still_arms
from causalrec.core.words import Text

__all__ = ["check_design"]

LEAST_LEFT = 1e-4
"""Share of the treatment's variance that the covariates must leave: a variance inflation of
10,000, an error 100 times that of a treatment of its own."""
LEAST_LEFT_CURVED = 1e-3
"""The same beyond curves, whose fit leaves noise of its own: an inflation of 1,000."""
MOST_ROWS = 50_000
"""Above it the models that the check asks take longer than it is worth."""
MOST_COLUMNS = 0.8
"""Columns a row: the rest is what the residuals' variance is estimated from."""
EXACT = 1e-12
"""Share of variance that rounding leaves of a formula."""


def check_design(problem: Problem) -> None:
    """Whether the covariates leave anything to compare.

    Raises:
        Refusal: more columns than the rows can bear, a treatment that the covariates fix, or an
            outcome that is a formula of the other columns.
    """
    if not problem.design.x.shape[1]:
        return
    listed = {"covariates": ", ".join(problem.query.covariates), "name": problem.query.treatment}
    basis = _basis(problem.design.x)
    if basis.shape[1] > MOST_COLUMNS * problem.n:
        facts = {"columns": basis.shape[1], "n": problem.n}
        raise Refusal(Text("causal.refuse_columns", **facts))
    t, y = problem.treatment, problem.outcome
    left = _left(t, basis)
    curved = left < LEAST_LEFT or _curved(problem, left) < LEAST_LEFT_CURVED
    if curved or fixed_by_neighbours(problem):
        raise Refusal(Text("causal.refuse_fixed", **listed))
    given = _basis(np.column_stack([problem.design.x, t]))
    if not (problem.arms and all(still_arms(problem))) and _left(y, given) < EXACT:
        raise Refusal(Text("causal.refuse_formula", **{**listed, "outcome": problem.query.outcome}))


def _basis(columns: np.ndarray) -> np.ndarray:
    """Orthonormal basis of an intercept and the columns, (n, rank)."""
    return orthonormal(np.column_stack([np.ones(len(columns)), columns]))


def _left(values: np.ndarray, basis: np.ndarray) -> float:
    """Share of a variable's variance that a basis leaves."""
    centred = values - values.mean()
    scale = float(np.abs(centred).max())
    if not scale:
        return 0.0
    centred = centred / scale
    error = centred - basis @ (basis.T @ centred)
    return float((error**2).sum() / (centred**2).sum())


def _curved(problem: Problem, left: float) -> float:
    """The same for a number as treatment, given curves of the covariates too."""
    if problem.kind != "continuous" or left < 10 * LEAST_LEFT_CURVED or problem.n > MOST_ROWS:
        return 1.0
    t = problem.treatment
    error = t - problem.nuisance.treatment_mean.predicted
    return float((error**2).sum() / ((t - t.mean()) ** 2).sum())
