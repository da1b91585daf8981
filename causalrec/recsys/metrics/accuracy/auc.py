"""AUC: how the whole ranking tells targets from the rest."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.judged import SortedScores
from causalrec.recsys.metrics.metric import WholeMetric

__all__ = ["AUC", "auc_of_sorted", "places_below"]


class AUC(WholeMetric):
    """P(a target scores above a candidate that is none), ties a half.

    A target that the model does not know is ranked below all.
    """

    name = "auc"

    @classmethod
    def of_scores(cls, scores: SortedScores) -> np.ndarray:
        """AUC of each user, (n,)."""
        return auc_of_sorted(scores.ordered, scores.rows, scores.values, scores.hidden)


def auc_of_sorted(
    ordered: np.ndarray, rows: np.ndarray, values: np.ndarray, hidden: np.ndarray
) -> np.ndarray:
    """P(a target scores above a candidate that is none), ties a half, (n,).

    The Mann-Whitney count: ranks of the targets less what they take from each other. 0.5 where
    a row has no target or nothing but targets.

    Args:
        ordered: scores of each row, rising, (n, n_items); -inf for items that do not compete.
        rows: row of each target, rising, int (m,).
        values: score of each target, (m,).
        hidden: how many items of each row do not compete, (n,).

    Returns:
        float64 (n,).
    """
    n, width = ordered.shape
    below = places_below(ordered, rows, values)
    after = np.minimum(below + 1, width - 1)
    tied = (below + 1 < width) & (ordered[rows, after] == values)
    upto = below + 1
    if tied.any():
        upto[tied] = width - places_below(-ordered[:, ::-1], rows[tied], -values[tied])
    ranks = (below + upto + 1) / 2.0 - hidden[rows]
    # What an item that never may be listed ties with does not compete.
    ranks = np.where(np.isneginf(values), (1.0 + upto - hidden[rows]) / 2.0, ranks)
    targets = np.bincount(rows, minlength=n)
    others = width - hidden - targets
    won = np.bincount(rows, ranks, minlength=n) - targets * (targets + 1) / 2.0
    pairs = targets * others
    return np.asarray(np.divide(won, pairs, out=np.full(n, 0.5), where=pairs > 0))


def places_below(ordered: np.ndarray, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """How many entries of its row are smaller than each value, int64 (m,): all halved at once.

    Args:
        ordered: rising rows, (n, width).
        rows: which row, (m,).
        values: (m,).
    """
    flat, left = ordered.ravel(), ordered.shape[1]
    start = rows.astype(np.int64) * left
    low = start.copy()
    while left > 1:
        half = left // 2
        low += half * (flat[low + half - 1] < values)
        left -= half
    return np.asarray(low + (flat[low] < values) - start)
