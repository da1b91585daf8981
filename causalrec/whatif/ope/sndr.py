"""The self-normalised doubly robust estimator."""

from __future__ import annotations

import numpy as np

from causalrec.whatif.ope.estimator import OffPolicyEstimator
from causalrec.whatif.ope.outcome_means import expected_outcomes
from causalrec.whatif.ope.weighted_log import WeightedLog

__all__ = ["SNDR"]


class SNDR(OffPolicyEstimator):
    """``V = mean_i sum_a target(a | x_i) q(a) + sum_i w_i (r_i - q(a_i)) / sum_i w_i``.

    Consistent where the propensities are right, whatever q is. Dudik, Langford and Li (2011),
    normalised as in Thomas and Brunskill (2016).
    """

    name = "sndr"
    self_normalised = True
    needs_model = True
    needs_all = True
    source = "Dudik, Langford and Li (2011); Thomas and Brunskill (2016)"

    def scores(self, rows: WeightedLog) -> np.ndarray:
        """The direct part plus the linearised correction, (n,)."""
        direct, logged = expected_outcomes(rows)
        residual = rows.outcome - logged
        mass = float(rows.weight.sum())
        correction = float(rows.weight @ residual) / mass
        return np.asarray(
            direct + correction + rows.weight * (residual - correction) * (rows.n / mass)
        )
