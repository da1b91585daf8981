"""Metrics of predicted outcomes that are no plain means: AUC and the calibration error."""

from __future__ import annotations

import numpy as np

__all__ = ["auc_parts", "bins_of", "calibration_error"]

_BINS = 10


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


def bins_of(predicted: np.ndarray) -> list[np.ndarray]:
    """Rows in ten bins of like size by their prediction, bool (n,) each; equal ones together."""
    edges = np.unique(np.quantile(predicted, np.arange(1, _BINS) / _BINS))
    place = np.searchsorted(edges, predicted, side="right")
    return [place == bin_ for bin_ in np.unique(place)]


def calibration_error(predicted: np.ndarray, y: np.ndarray) -> float:
    """Expected calibration error: |mean prediction - mean outcome| over bins, by their rows.

    Ten bins of like size (Naeini et al., 2015; Nguyen and O'Connor, 2015 for like sizes).
    """
    return float(sum(abs((predicted - y)[part].sum()) for part in bins_of(predicted)) / len(y))
