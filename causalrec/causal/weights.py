"""Propensity weights, and what they say about overlap and balance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.causal.problem import Problem

__all__ = ["Overlap", "arm_weights", "clipped", "examine"]

EXTREME_SHARE = 0.05
FEWEST_EFFECTIVE = 50.0
LARGEST_DIFFERENCE = 0.25


def clipped(problem: Problem) -> np.ndarray:
    """Cross-fitted propensities kept in [clip, 1 - clip], (n,)."""
    clip = problem.query.clip
    return np.asarray(np.clip(problem.nuisance.propensity, clip, 1 - clip))


def arm_weights(problem: Problem, target: str) -> np.ndarray:
    """Weight of each row for a target, (n,).

    "ATE": 1/e and 1/(1-e); "ATT": 1 and e/(1-e); "overlap": 1-e and e (Li, Morgan and
    Zaslavsky, 2018).
    """
    e, t = clipped(problem), problem.treatment
    if target == "ATT":
        return np.where(t == 1, 1.0, e / (1 - e))
    if target == "overlap":
        return np.where(t == 1, 1 - e, e)
    return np.where(t == 1, 1 / e, 1 / (1 - e))


@dataclass(frozen=True, eq=False)
class Overlap:
    """How comparable two arms are for a target.

    Attributes:
        extreme: share of propensities outside [.01, .99].
        effective: rows that the weighted control and treated arms are worth (Kish, 1965).
        balance: covariate, before, after (standardised mean differences).
        histogram: low, high, treated, control (shares).
    """

    extreme: float
    effective: tuple[float, float]
    balance: pd.DataFrame
    histogram: pd.DataFrame

    @property
    def worst(self) -> float:
        """Largest absolute standardised difference after weighting."""
        return float(self.balance["after"].abs().max()) if len(self.balance) else 0.0

    @property
    def unbalanced(self) -> bool:
        """Whether a covariate differs by more than .25 beyond what chance explains."""
        chance = 2.0 * float(np.sqrt(sum(1.0 / n for n in self.effective)))
        return self.worst > LARGEST_DIFFERENCE + chance

    @property
    def poor(self) -> bool:
        """Whether the overlap alarm rings."""
        return (
            self.extreme > EXTREME_SHARE
            or min(self.effective) < FEWEST_EFFECTIVE
            or self.unbalanced
        )

    @property
    def hopeless(self) -> bool:
        """Whether even weights for the overlap leave too little to compare."""
        return min(self.effective) < FEWEST_EFFECTIVE / 2 or self.unbalanced


def examine(problem: Problem, target: str) -> Overlap:
    """Overlap of the two arms of a problem under the weights of a target."""
    e, t = problem.nuisance.propensity, problem.treatment
    weight = arm_weights(problem, target)
    extreme = float(((e < 0.01) | (e > 0.99)).mean())
    effective = tuple(
        float(weight[t == a].sum() ** 2 / (weight[t == a] ** 2).sum()) for a in (0.0, 1.0)
    )
    edges = np.linspace(0, 1, 26)
    treated, control = (np.histogram(e[t == a], edges)[0] / (t == a).sum() for a in (1.0, 0.0))
    histogram = pd.DataFrame(
        {"low": edges[:-1], "high": edges[1:], "treated": treated, "control": control}
    )
    return Overlap(extreme, (effective[0], effective[1]), _balance(problem, weight), histogram)


def _balance(problem: Problem, weight: np.ndarray) -> pd.DataFrame:
    """Standardised mean differences before and after weighting (Austin, 2009)."""
    x, t = problem.design.x, problem.treatment == 1
    spread = np.sqrt((x[t].var(axis=0) + x[~t].var(axis=0)) / 2)
    spread = np.where(spread > 1e-9, spread, 1.0)
    before = (x[t].mean(axis=0) - x[~t].mean(axis=0)) / spread
    means = [weight[arm] @ x[arm] / weight[arm].sum() for arm in (t, ~t)]
    after = (means[0] - means[1]) / spread
    return pd.DataFrame({"covariate": problem.design.names, "before": before, "after": after})
