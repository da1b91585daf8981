"""A line in the covariates for each arm, and what the difference of the two says (Lin, 2013)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.second_order_bias import Leftover
from causalrec.causal.estimation.weights import clipped

__all__ = ["ArmLines", "about", "arm_lines", "leftovers"]

LEAST_FREE = 0.05
"""Of a row of leverage 1 the residual says nothing: it counts four times at most."""


@dataclass(frozen=True, eq=False)
class ArmLines:
    """Lines of both arms at the mean of those that the question is about.

    Attributes:
        value: the mean difference of the lines.
        scores: influence of each row, (n,).
        pull: what each row's outcome adds to `value`, times n: above 0 where treated, (n,).
        residual: outcome less the line of its arm, (n,).
        columns: regressors of both arms side by side, (n, k); `fit`: the lines' coefficients
            are ``fit.T @ outcome``, (n, k).
        share: how much of the question's people each row is, mean 1, (n,).
    """

    value: float
    scores: np.ndarray
    pull: np.ndarray
    residual: np.ndarray
    columns: np.ndarray
    fit: np.ndarray
    share: np.ndarray

    @property
    def unshrunk(self) -> np.ndarray:
        """Residuals with the variance of the errors that they stand for (HC2), (n,)."""
        leverage = (self.columns * self.fit).sum(axis=1)
        return np.asarray(self.residual / np.sqrt(np.maximum(1.0 - leverage, LEAST_FREE)))


def about(problem: Problem) -> np.ndarray:
    """How much of those that a target is about each row is, mean 1, (n,)."""
    target = problem.query.target
    if target == "ATT":
        share = problem.treatment
    elif target == "ATC":
        share = 1 - problem.treatment
    elif target == "overlap":
        e = clipped(problem)
        share = e * (1 - e)
    else:
        share = np.ones(problem.n)
    share = share * problem.weights
    return np.asarray(share / share.mean())


def arm_lines(
    x: np.ndarray, treatment: np.ndarray, outcome: np.ndarray,
    *, share: np.ndarray, weight: np.ndarray | None = None,
) -> ArmLines:  # fmt: skip
    """Least squares within each arm, its lines compared at the mean of `share`.

    Args:
        x: covariates, (n, p).
        treatment: 0/1, (n,).
        outcome: (n,).
        share: of whom the difference is, mean 1, (n,).
        weight: of each row in its arm's fit, (n,); None: all alike.
    """
    n = len(outcome)
    whole = np.column_stack([np.ones(n), x])
    middle = share @ whole / n
    value, scores, pull, residual = 0.0, np.zeros(n), np.zeros(n), np.zeros(n)
    columns, fits = [], []
    for arm, sign in ((treatment == 0, -1.0), (treatment == 1, 1.0)):
        own = whole * (arm if weight is None else arm * weight)[:, None]
        inverse = np.linalg.pinv(whole.T @ own, hermitian=True)
        slopes = inverse @ (own.T @ outcome)
        value += sign * float(middle @ slopes)
        pull += sign * n * (own @ (inverse @ middle))
        residual += arm * (outcome - whole @ slopes)
        scores += sign * share * ((whole - middle) @ slopes)
        columns.append(whole * arm[:, None])
        fits.append(own @ inverse)
    return ArmLines(
        value, scores + pull * residual, pull, residual,
        np.column_stack(columns), np.column_stack(fits), share,
    )  # fmt: skip


def leftovers(
    treatment: np.ndarray, pull: np.ndarray, residual: np.ndarray, share: np.ndarray
) -> list[Leftover]:
    """What balance and lines leave over in each arm, for `misfit`.

    Args:
        treatment: 0/1, (n,).
        pull: what each row's outcome adds to the estimate, times n, (n,).
        residual: outcome less what a line expects, (n,).
        share: of whom the difference is, mean 1, (n,).
    """
    parts = []
    for sign, arm in ((-1.0, treatment == 0), (1.0, treatment == 1)):
        weight = sign * pull * arm
        parts.append(Leftover(weight - share, weight * residual, sign))
    return parts
