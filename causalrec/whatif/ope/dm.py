"""The direct method."""

from __future__ import annotations

import numpy as np

from causalrec.whatif.ope.estimator import OffPolicyEstimator
from causalrec.whatif.ope.outcome_means import expected_outcomes
from causalrec.whatif.ope.weighted_log import WeightedLog

__all__ = ["DM"]


class DM(OffPolicyEstimator):
    """``V = mean_i sum_a target(a | x_i) q(a)`` with q the mean outcome of an item.

    q is learnt on the other half of the clusters, weighted by 1 / propensity against the log's
    selection and shrunk towards the overall mean. Biased where q is wrong, and its interval does
    not know that: never to be read alone. Beygelzimer and Langford (2009).
    """

    name = "dm"
    needs_model = True
    needs_all = True
    brackets = True
    source = "Beygelzimer and Langford (2009)"

    def scores(self, rows: WeightedLog) -> np.ndarray:
        """``sum_a target(a | x_i) q(a)``, (n,)."""
        return expected_outcomes(rows)[0]
