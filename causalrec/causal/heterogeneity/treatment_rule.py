"""Who should get it: a tree learned on half of the users, and its value on the other half."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from causalrec.causal.estimation.estimation_problem import Problem
from causalrec.causal.heterogeneity.held_out_ranking import PARTS, dealt
from causalrec.causal.heterogeneity.policy_tree import cuts_of, grow
from causalrec.core.statistics.intervals import clustered_interval

__all__ = ["Rule", "rule_of"]


@dataclass(frozen=True, eq=False)
class Rule:
    """A tree and what it is worth.

    Attributes:
        leaves: one row a leaf: segment ("" for everybody), treats, n, value, low, high (effect
            less cost), of the users that the tree was not learned from.
        worth: one row a comparison ("nobody", "everybody"): against, value, low, high: what
            the rule gains a user of all, its costs taken off.
        share: of those users whom it treats.
    """

    leaves: pd.DataFrame
    worth: pd.DataFrame
    share: float


def rule_of(
    problem: Problem, scores: np.ndarray, columns: tuple[str, ...], *, cost: float, depth: int,
    level: float,
) -> Rule:  # fmt: skip
    """The tree that gains most, learned on half of the users and valued on the others.

    Args:
        problem: the question, without unknown values.
        scores: doubly robust, (n,).
        columns: which the tree may ask about.
        cost: of treating a row, in units of the outcome.
        depth: questions that one user is asked at most, 1 to 3.
        level: of the intervals.
    """
    taught = dealt(problem) < PARTS // 2
    cuts = cuts_of(problem.frame[list(columns)])
    gains = scores - cost
    tree = grow(cuts, gains, taught, depth)
    cluster = np.arange(problem.n) if problem.cluster is None else problem.cluster
    held = ~taught
    treated = tree.treated(cuts)
    rows = []
    for segment, treats, inside in tree.leaves(cuts):
        mine = held & inside
        value, low, high = _mean(gains, mine, cluster, level)
        rows.append({"segment": segment, "treats": treats, "n": int(mine.sum()),
                     "value": value, "low": low, "high": high})  # fmt: skip
    worth = []
    for against, others in (("nobody", np.zeros_like(treated)), ("everybody", treated | ~treated)):
        more = gains * (treated.astype(float) - others)
        value, low, high = _mean(more, held, cluster, level)
        worth.append({"against": against, "value": value, "low": low, "high": high})
    return Rule(pd.DataFrame(rows), pd.DataFrame(worth), float(treated[held].mean()))


def _mean(
    values: np.ndarray, rows: np.ndarray, cluster: np.ndarray, level: float
) -> tuple[float, float, float]:
    """Mean and interval over some rows; no interval without rows."""
    if not rows.any():
        return float("nan"), float("nan"), float("nan")
    units = np.unique(cluster[rows], return_inverse=True)[1]
    return clustered_interval(values[rows], units, level)
