"""AUC of predicted probabilities over all rows."""

from __future__ import annotations

import numpy as np

from causalrec.recsys.metrics.predictions.prediction_metric import (
    HeldOutcomes,
    PairedFigure,
    PairedMetric,
)

__all__ = ["PredictedAUC", "auc_parts"]


class PredictedAUC(PairedMetric):
    """P(a 1 scores above a 0) over all rows; its spread sums each user's influence."""

    name = "auc"
    source = "DeLong et al., 1988; Obuchowski, 1997"
    binary = True
    good = 1

    @classmethod
    def paired(cls, outcomes: HeldOutcomes) -> PairedFigure:
        """AUC of model and baseline."""
        values, pulls = [], []
        for predicted in outcomes.both:
            auc, pull = auc_parts(predicted, outcomes.y)
            values.append(auc)
            pulls.append(outcomes.by_person(pull))
        n = len(pulls[0])
        factor = np.sqrt(n / max(n - 1, 1))
        own, change = (
            float(np.sqrt((one**2).sum()) * factor) for one in (pulls[0], pulls[0] - pulls[1])
        )
        return PairedFigure(values[0], values[1], own, change)


def auc_parts(scores: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """P(a 1 scores above a 0), ties a half, and each row's influence on it, (n,).

    Args:
        scores: (n,).
        y: 0 or 1, (n,), both occurring.

    Returns:
        The AUC, and numbers that sum to 0 whose squares, summed over independent units, give
        its variance (DeLong et al., 1988).
    """
    order = np.argsort(scores, kind="stable")
    ranked = scores[order]
    # Of each row, the 0s (1s) that score less, those that score the same by half.
    edges = np.concatenate([[0], np.flatnonzero(np.diff(ranked)) + 1, [len(ranked)]])
    group = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    place = np.empty(len(scores))
    one = y > 0.5
    shares = {}
    for kind, mine in (("ones", one), ("zeros", ~one)):
        so_far = np.concatenate([[0], np.cumsum(mine[order])])
        place[order] = (so_far[edges[:-1]] + so_far[edges[1:]])[group] / 2.0
        shares[kind] = place / mine.sum()
    above = np.where(one, shares["zeros"], 1.0 - shares["ones"])
    auc = float(above[one].mean())
    return auc, (above - auc) / np.where(one, one.sum(), (~one).sum())
