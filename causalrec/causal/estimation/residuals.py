"""What the covariates leave of treatment and outcome: a pair from which a slope is read at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.estimation.least_squares import orthonormal

__all__ = ["Residuals", "residuals_of"]


@dataclass(frozen=True, eq=False)
class Residuals:
    """Treatment and outcome less what the covariates say of them (Frisch and Waugh, 1933).

    Attributes:
        treatment, outcome: (n,).
        cluster: number of each row's unit, int (n,); None where rows are independent.
    """

    treatment: np.ndarray
    outcome: np.ndarray
    cluster: np.ndarray | None = None

    @cached_property
    def weight(self) -> float:
        """Sum of squares of the treatment."""
        return float(self.treatment @ self.treatment)

    @cached_property
    def slope(self) -> float:
        """Residual on residual: the treatment's coefficient in the whole regression."""
        return float(self.treatment @ self.outcome) / self.weight

    @cached_property
    def error(self) -> np.ndarray:
        """What treatment and covariates together leave of the outcome, (n,)."""
        return self.outcome - self.slope * self.treatment

    @cached_property
    def ratio(self) -> float:
        """Spread of `error` in units of the treatment's: what a hidden cause can move is in it."""
        return float(np.sqrt((self.error @ self.error) / self.weight))

    def given(self, hidden: np.ndarray) -> float:
        """The slope with one more covariate, (n,), that is a residual itself."""
        of_treatment, of_error = float(hidden @ self.treatment), float(hidden @ self.error)
        # Treatment and error have nothing in common, so that the change of the slope stands alone.
        shared = float(hidden @ hidden) * self.weight - of_treatment**2
        return self.slope - of_treatment * of_error / shared


def residuals_of(problem: Problem) -> Residuals:
    """What straight lines in the covariates leave of a problem's treatment and outcome.

    Args:
        problem: without unknown covariates.
    """
    root = np.sqrt(problem.weights)  # weighted least squares
    q = orthonormal(root[:, None] * np.column_stack([np.ones(problem.n), problem.design.x]))
    both = (root * values for values in (problem.treatment, problem.outcome))
    t, y = (values - q @ (q.T @ values) for values in both)
    return Residuals(t, y, problem.cluster)
