"""The direct method and its self-normalised doubly robust correction."""

from __future__ import annotations

import numpy as np

from causalrec.whatif.ope.estimator import OffPolicyEstimator
from causalrec.whatif.ope.weighted_log import Rows

__all__ = ["DM", "SNDR"]

_FOLDS = 2
_PRIOR_ROWS = 20.0


class DM(OffPolicyEstimator):
    """``V = mean_i sum_a target(a | x_i) q(a)`` with q the mean outcome of an item.

    q is learnt on the other half of the clusters, weighted by 1 / propensity against the log's
    selection and shrunk towards the overall mean. Biased where q is wrong, and its interval does
    not know that: never to be read alone. Beygelzimer and Langford (2009).
    """

    name = "dm"
    needs_all = True
    model_based = True

    def scores(self, rows: Rows) -> np.ndarray:
        """``sum_a target(a | x_i) q(a)``, (n,)."""
        return _direct(rows)[0]


class SNDR(OffPolicyEstimator):
    """``V = mean_i sum_a target(a | x_i) q(a) + sum_i w_i (r_i - q(a_i)) / sum_i w_i``.

    Consistent where the propensities are right, whatever q is. Dudik, Langford and Li (2011),
    normalised as in Thomas and Brunskill (2016).
    """

    name = "sndr"
    needs_all = True

    def scores(self, rows: Rows) -> np.ndarray:
        """The direct part plus the linearised correction, (n,)."""
        direct, logged = _direct(rows)
        residual = rows.outcome - logged
        mass = float(rows.weight.sum())
        correction = float(rows.weight @ residual) / mass
        return np.asarray(
            direct + correction + rows.weight * (residual - correction) * (rows.n / mass)
        )


def _direct(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """``sum_a target(a | x_i) q(a)`` and q of the logged item, each (n,)."""
    assert rows.expect is not None
    model, fold = _models(rows)
    mean = float(rows.outcome.mean())  # of items that the log does not know
    direct = rows.expect(model.T, mean)[np.arange(rows.n), fold]
    return direct, model[fold, rows.action]


def _models(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
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
