"""Inverse propensity scoring."""

from __future__ import annotations

import numpy as np

from causalrec.whatif.ope.estimator import OffPolicyEstimator
from causalrec.whatif.ope.weighted_log import WeightedLog

__all__ = ["IPS"]


class IPS(OffPolicyEstimator):
    """``V = mean_i w_i r_i`` with ``w = target / propensity``.

    Unbiased where the log's policy could show whatever the target shows; its variance grows with
    the weights. Horvitz and Thompson (1952); for logged policies Strehl et al. (2010).
    """

    name = "ips"
    unbiased = True
    source = "Horvitz and Thompson (1952)"

    def scores(self, rows: WeightedLog) -> np.ndarray:
        """``w_i r_i``, (n,)."""
        return np.asarray(rows.weight * rows.outcome)
