"""The rows of a question that could have been in either group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from causalrec.causal.effects.answers import Asking
from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.core.words import Text

__all__ = ["comparable", "narrowed"]

LEAST_CHANCE = 0.1
"""Of either group: a rule of thumb that is near the best for many shapes of overlap (Crump, Hotz,
Imbens and Mitnik, 2009)."""


def comparable(asking: Asking) -> tuple[Problem, tuple[Text, ...]]:
    """The question without unknown values; where the overlap is poor, of those in the middle.

    Scores of rows that were hardly ever in the other group are so large that they decide any
    figure of a ranking.

    Returns:
        The question, and a flag that says what was left out.

    Raises:
        Refusal: the groups cannot be compared.
    """
    problem = asking.tables[0]
    if asking.seen is None or not asking.seen.poor:
        return problem, ()
    _ = asking.moved  # refuses where even the middle cannot be compared
    e = problem.nuisance.propensity
    kept = (e > LEAST_CHANCE) & (e < 1 - LEAST_CHANCE)
    flag = Text("causal.uplift_trimmed", share=float(1 - kept.mean()))
    return narrowed(problem, kept), (flag,)


def narrowed(problem: Problem, kept: np.ndarray) -> Problem:
    """The question of some of its rows, with models of their own.

    Args:
        problem: the question.
        kept: bool (n,).
    """
    cluster = problem.cluster
    if cluster is not None:
        cluster = np.unique(cluster[kept], return_inverse=True)[1]
    return replace(
        problem,
        frame=problem.frame[kept].reset_index(drop=True),
        treatment=problem.treatment[kept],
        outcome=problem.outcome[kept],
        cluster=cluster,
    )
