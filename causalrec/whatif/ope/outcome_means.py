"""The simplest model of an outcome: what came of each item on average, learnt on other rows."""

from __future__ import annotations

import numpy as np

from causalrec.whatif.ope.weighted_log import WeightedLog

__all__ = ["expected_outcomes"]

_FOLDS = 2
_PRIOR_ROWS = 20.0


def expected_outcomes(rows: WeightedLog) -> tuple[np.ndarray, np.ndarray]:
    """``sum_a target(a | x_i) q(a)`` and q of the logged item, each (n,).

    Items that the log does not know are worth what all are worth on average.
    """
    assert rows.expect is not None
    model, fold = _models(rows)
    mean = float(rows.outcome.mean())
    direct = rows.expect(model.T, mean)[np.arange(rows.n), fold]
    return direct, model[fold, rows.action]


def _models(rows: WeightedLog) -> tuple[np.ndarray, np.ndarray]:
    """Outcome models of each fold, learnt outside it, (2, n_items); the fold of each row, (n,)."""
    fold = rows.cluster % _FOLDS
    model = np.empty((_FOLDS, rows.n_items))
    for held in range(_FOLDS):
        learn = fold != held if (fold != held).any() else np.ones(rows.n, dtype=bool)
        share = 1.0 / rows.propensity[learn]
        share = share / share.mean()
        item, outcome = rows.action[learn], rows.outcome[learn]
        overall = float(share @ outcome) / float(share.sum())
        counts = np.bincount(item, share, rows.n_items)
        sums = np.bincount(item, share * outcome, rows.n_items)
        model[held] = (sums + _PRIOR_ROWS * overall) / (counts + _PRIOR_ROWS)
    return model, fold
