"""Propensity weights, and what they say about overlap and balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.core.statistics.samples import kish
from causalrec.core.words import Text

__all__ = ["Overlap", "arm_weights", "clipped", "examine", "overlap_flags"]

EXTREME = 0.01
"""Propensities below it, or above the rest of 1, are extreme."""
EXTREME_SHARE = 0.05
"""Share of propensities outside [.01, .99]. With the limits below the alarm rings in .97 to 1 of
the tables whose arms hardly overlap, and in .05 at most of those that do (60 to 500 rows)."""
FEWEST_EFFECTIVE = 50.0
"""Rows that an arm is worth: of fewer, a mean's error is above a seventh of a deviation."""
LEAST_WORTH = 0.05
"""Part of an arm that its weights must leave: less is poor overlap, whatever the size."""
LARGEST_DIFFERENCE = 0.25
"""Standard deviations between the arms beyond which a line is no adjustment (Rubin, 2001)."""


def clipped(problem: Problem) -> np.ndarray:
    """Cross-fitted propensities kept in [clip, 1 - clip], (n,)."""
    clip = problem.query.clip
    return np.asarray(np.clip(problem.nuisance.propensity, clip, 1 - clip))


def arm_weights(problem: Problem, target: str, chance: np.ndarray | None = None) -> np.ndarray:
    """Weight of each row for a target, (n,), from its clipped propensity or another `chance`.

    "ATE": 1/e and 1/(1-e); "ATT": 1 and e/(1-e); "ATC": (1-e)/e and 1; "overlap": 1-e and e
    (Li, Morgan and Zaslavsky, 2018); each times the row's sampling weight.
    """
    t, e = problem.treatment, clipped(problem) if chance is None else chance
    share = {"ATT": e, "ATC": 1 - e, "overlap": e * (1 - e)}.get(target, 1.0)
    return np.asarray(problem.weights * share / np.where(t == 1, e, 1 - e))


@dataclass(frozen=True, eq=False)
class Overlap:
    """How comparable two arms are for a target.

    Attributes:
        n: rows of the control and the treated arm.
        extreme: share of propensities outside [.01, .99]; `clipped`: of those that are clipped.
        effective: rows that the weighted control and treated arms are worth (Kish, 1965).
        balance: covariate, before, after (standardised mean differences).
        histogram: low, high, treated, control (shares).
    """

    n: tuple[int, int]
    extreme: float
    clipped: float
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
        """Whether the overlap alarm rings: the arms differ, not merely: the arms are small."""
        chance = 2.0 * float(np.sqrt(EXTREME_SHARE * (1 - EXTREME_SHARE) / sum(self.n)))
        return (
            self.extreme > EXTREME_SHARE + chance
            or (min(self.effective) < FEWEST_EFFECTIVE and self.worth < LEAST_WORTH)
            or self.unbalanced
        )

    @property
    def worth(self) -> float:
        """Smallest part of an arm that its weights leave."""
        return min(left / n for left, n in zip(self.effective, self.n, strict=True))

    @property
    def hopeless(self) -> bool:
        """Whether even weights for the overlap leave too little to compare."""
        least = min(FEWEST_EFFECTIVE / 2, min(self.n) / 2)
        return min(self.effective) < least or self.unbalanced

    @property
    def facts(self) -> dict[str, float]:
        """Numbers for the words: share of extremes, smaller effective arm, worst difference."""
        return {
            "share": self.extreme,
            "effective": min(self.effective),
            "worst": self.worst,
        }

    @property
    def evidence(self) -> dict[str, Any]:
        """Fields of an effect."""
        return {
            "effective_n": self.effective,
            "extreme_share": self.extreme,
            "balance": self.balance,
            "overlap": self.histogram,
        }


def overlap_flags(
    seen: Overlap, problem: Problem, weighted: bool, about: Overlap | None = None
) -> list[Text]:
    """What there is to know about an overlap for an estimator with weights or without.

    Args:
        seen: the overlap for the target that was asked.
        problem: the question.
        weighted: whether the estimator weighs rows by their propensity.
        about: the overlap for those whom the answer is about; None: for the target asked.
    """
    about = about or seen
    flags = [_poor(seen, problem, weighted)] if seen.poor else []
    few = min(about.effective if weighted or not seen.poor else seen.n)
    if few < FEWEST_EFFECTIVE:
        flags.append(Text("causal.flag_small", effective=few))
    if weighted and seen.clipped:
        flags.append(_clipped(seen, problem.query.clip))
    return flags


def _poor(seen: Overlap, problem: Problem, weighted: bool) -> Text:
    """What is done about an overlap that is poor."""
    if not weighted:
        return Text("causal.flag_extrapolates", **seen.facts)
    target = problem.query.target
    if target == "overlap":
        return Text("causal.flag_thin", **seen.facts)
    return Text("causal.flag_moved", asked=target, **seen.facts)


def _clipped(seen: Overlap, clip: float) -> Text:
    if clip == EXTREME:
        return Text("causal.flag_clipped", share=seen.clipped)
    return Text("causal.flag_clipped_at", share=seen.clipped, low=clip, high=1 - clip)


def examine(problem: Problem, target: str) -> Overlap:
    """Overlap of the two arms of a problem under the weights of a target."""
    e, t = problem.nuisance.propensity, problem.treatment
    weight = arm_weights(problem, target)
    extreme, cut = (_beyond(e, bound) for bound in (EXTREME, problem.query.clip))
    effective = tuple(kish(weight[t == arm]) for arm in (0.0, 1.0))
    sizes = (int((t == 0).sum()), int((t == 1).sum()))
    edges = np.linspace(0, 1, 26)
    treated, control = (np.histogram(e[t == a], edges)[0] / (t == a).sum() for a in (1.0, 0.0))
    histogram = pd.DataFrame(
        {"low": edges[:-1], "high": edges[1:], "treated": treated, "control": control}
    )
    balance = _balance(problem, weight)
    return Overlap(sizes, extreme, cut, (effective[0], effective[1]), balance, histogram)


def _beyond(e: np.ndarray, bound: float) -> float:
    """Share of propensities (n,) outside [bound, 1 - bound]."""
    return float(((e < bound) | (e > 1 - bound)).mean())


def _balance(problem: Problem, weight: np.ndarray) -> pd.DataFrame:
    """Standardised mean differences before and after weighting (Austin, 2009)."""
    x, t = problem.design.x, problem.treatment == 1
    spread = np.sqrt((x[t].var(axis=0) + x[~t].var(axis=0)) / 2)
    spread = np.where(spread > 1e-9, spread, 1.0)
    before = (x[t].mean(axis=0) - x[~t].mean(axis=0)) / spread
    means = [weight[arm] @ x[arm] / weight[arm].sum() for arm in (t, ~t)]
    after = (means[0] - means[1]) / spread
    return pd.DataFrame({"covariate": problem.design.names, "before": before, "after": after})
