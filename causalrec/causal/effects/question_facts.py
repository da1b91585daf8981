"""What an effect says of its question and rows, whatever answers it."""

from __future__ import annotations

from typing import Any

import numpy as np

from causalrec.causal.estimation.estimation_problem import Problem

__all__ = ["facts_of", "round_step"]


def _step(treatment: np.ndarray) -> float:
    """How much more of a number a sentence speaks of: of whole numbers at least one more."""
    spread = float(np.std(treatment))
    if not np.isfinite(spread) or spread <= 0:
        return 1.0
    whole = bool((treatment == np.rint(treatment)).all())
    return max(round_step(spread), 1.0) if whole else round_step(spread)


def round_step(spread: float) -> float:
    """The number of the series 1, 2, 5, 10, 20, … that is nearest to a spread, by its ratio.

    One unit more of a treatment may be nothing or the world; one standard deviation more is what
    people see. Said as a round number ("ten more") it can be repeated.

    Args:
        spread: standard deviation of the treatment, above 0.
    """
    power = 10.0 ** np.floor(np.log10(spread))
    steps = power * np.array([1.0, 2.0, 5.0, 10.0])
    return float(steps[np.argmin(np.abs(np.log(steps / spread)))])


def facts_of(problem: Problem) -> dict[str, Any]:
    """What an effect says of its question and rows."""
    query, t, y = problem.query, problem.treatment, problem.outcome
    arms = () if problem.kind == "continuous" else (t == 0, t == 1)
    share = bool(np.isin(y, (0.0, 1.0)).all())
    return {
        "level": query.level,
        "n": problem.n,
        "clusters": problem.n_clusters,
        "treatment": query.treatment,
        "outcome": query.outcome,
        "kind": problem.kind,
        "arms": problem.arms,
        "arms_n": tuple(int(arm.sum()) for arm in arms),
        "adjustment": query.covariates,
        "weights": query.weights,
        "interval": query.interval,
        "outcome_kind": "share" if share else "mean",
        "baseline": float(np.average(y[arms[0]], weights=problem.weights[arms[0]]))
        if arms
        else None,
        "step": None if arms else _step(t),
    }
